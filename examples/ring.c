/* ring.c - a hundred thousand actors that pass a token on.
 *
 * usage: ring [ACTORS] */
#include <stdio.h>

#include "common.h"

enum { ROUNDS = 5 };

int main(int argc, char **argv)
{
    cl_uint actors = (cl_uint)example_number(argc, argv, 2, 10000000, 100000);
    clf_scheduler *s = example_open("ring.fib");
    cl_mem boxes =
        example_buffer(s, "boxes", actors * CLF_CHANNEL_BYTES(1, sizeof(cl_ulong)), NULL);
    cl_ulong token = 0, expected = 0;
    clf_handle root;

    example_check(s, clf_bind(s, "actors", &actors, sizeof actors));
    example_check(s, clf_start(s, "ring", 1, (clf_arg[]){CLF_UINT(ROUNDS)}, &root));
    example_check(s, clf_join(s, root, &token, sizeof token, CLF_FOREVER));
    clReleaseMemObject(boxes);
    printf("%u actors, %d rounds: %llu\n", actors, ROUNDS, (unsigned long long)token);
    example_print_stats(s);
    clf_destroy(s);
    for (cl_uint i = 1; i < actors; i++)
        expected += ROUNDS * ((cl_ulong)i * i % 1000003);
    if (token != expected)
        example_die(EXAMPLE_FAILED, "wrong: it is %llu", (unsigned long long)expected);
    return 0;
}
