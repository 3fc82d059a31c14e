/* fibonacci.c - start one fiber, wait for its result. The place to begin.
 *
 * usage: fibonacci [N] */
#include <stdio.h>

#include "common.h"

/* By another way than the fibers', so that the two cannot be wrong together. */
static long long expected(long n)
{
    long long a = 0, b = 1;

    while (n-- > 0) {
        long long next = a + b;
        a = b;
        b = next;
    }
    return a;
}

int main(int argc, char **argv)
{
    long n = example_number(argc, argv, 0, 45, 24);
    clf_scheduler *s = example_open("fibonacci.fib");
    clf_handle root;
    cl_long result;

    /* Nothing runs at the start: clf_join drives the device until the root has its result. */
    example_check(s, clf_start(s, "fib", 1, (clf_arg[]){CLF_INT((cl_int)n)}, &root));
    example_check(s, clf_join(s, root, &result, sizeof result, CLF_FOREVER));

    printf("fib(%ld) = %lld\n", n, (long long)result);
    example_print_stats(s);
    clf_destroy(s);
    if (result != expected(n))
        example_die(EXAMPLE_FAILED, "wrong: it is %lld", expected(n));
    return 0;
}
