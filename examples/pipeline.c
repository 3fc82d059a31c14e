/* pipeline.c - fibers that hand messages on: which numbers are prime, and by what the others can be
 * divided.
 *
 * usage: pipeline [COUNT] */
#include <stdio.h>
#include <stdlib.h>

#include "common.h"

enum { FIRST = 1000000, WORKERS = 20, ROOM = 8 };

/* By another way than the fibers': downwards, the last one found is the smallest. */
static cl_uint expected(cl_uint n)
{
    cl_uint found = 0;

    for (cl_uint d = 1100; d > 1; d--)
        if (n % d == 0 && d < n)
            found = d;
    return found;
}

int main(int argc, char **argv)
{
    cl_uint count = (cl_uint)example_number(argc, argv, 1, 100000, 2000);
    clf_scheduler *s = example_open("pipeline.fib");
    size_t line = CLF_CHANNEL_BYTES(ROOM, 2 * sizeof(cl_uint));
    cl_mem questions = example_buffer(s, "questions", line, NULL);
    cl_mem answers = example_buffer(s, "answers", line, NULL);
    cl_mem divisors = example_buffer(s, "divisors", count * sizeof(cl_uint), NULL);
    cl_uint *found = calloc(count, sizeof *found);
    cl_uint primes = 0, wrong = 0;
    clf_handle root;

    if (!found)
        example_die(EXAMPLE_FAILED, "out of memory");
    example_check(s, clf_start(s, "pipeline", 3,
                               (clf_arg[]){CLF_UINT(FIRST), CLF_UINT(count), CLF_UINT(WORKERS)},
                               &root));
    example_check(s, clf_join(s, root, &primes, sizeof primes, CLF_FOREVER));
    example_take_buffer(s, divisors, count * sizeof(cl_uint), found);
    clReleaseMemObject(questions);
    clReleaseMemObject(answers);
    printf("%u primes from %d to %u\n", primes, FIRST, FIRST + count - 1);
    example_print_stats(s);
    clf_destroy(s);
    for (cl_uint i = 0; i < count; i++)
        wrong += found[i] != expected(FIRST + i);
    free(found);
    if (wrong)
        example_die(EXAMPLE_FAILED, "wrong: %u divisors", wrong);
    return 0;
}
