/* quicksort.c - fibers that work in place on a buffer of the host's.
 *
 * usage: quicksort [COUNT] */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common.h"

static int compare(const void *a, const void *b)
{
    cl_int x = *(const cl_int *)a, y = *(const cl_int *)b;

    return (x > y) - (x < y);
}

/* Random numbers, with as many different ones as `mask` leaves: few make for many equal elements.
 */
static void fill(cl_int *data, size_t count, uint32_t mask)
{
    uint32_t x = 2463534242u;

    for (size_t i = 0; i < count; i++) {
        x ^= x << 13;
        x ^= x >> 17;
        x ^= x << 5;
        data[i] = (cl_int)(x & mask);
    }
}

static void sort(clf_scheduler *s, cl_int *data, size_t count)
{
    size_t size = count * sizeof *data;
    cl_mem buffer = example_buffer(s, "data", size, data);
    clf_handle root;

    example_check(
        s, clf_start(s, "quicksort", 2, (clf_arg[]){CLF_INT(0), CLF_INT((cl_int)count)}, &root));
    /* A void fiber has no result to fetch, but its end, and its failure if there was one. */
    example_check(s, clf_join(s, root, NULL, 0, CLF_FOREVER));
    example_take_buffer(s, buffer, size, data);
}

int main(int argc, char **argv)
{
    size_t count = (size_t)example_number(argc, argv, 1, 1 << 26, 200000);
    /* All bits: negative numbers too. 15: many equal ones. 0: only equal ones. */
    static const uint32_t masks[] = {UINT32_MAX, 15, 0};
    clf_scheduler *s = example_open("quicksort.fib");
    cl_int *data = malloc(count * sizeof *data), *expected = malloc(count * sizeof *expected);

    if (!data || !expected)
        example_die(EXAMPLE_FAILED, "out of memory");
    for (size_t k = 0; k < sizeof masks / sizeof *masks; k++) {
        fill(data, count, masks[k]);
        memcpy(expected, data, count * sizeof *data);
        /* Equal to what the C library makes of the same numbers: sorted, and none lost or doubled.
         */
        qsort(expected, count, sizeof *expected, compare);
        sort(s, data, count);
        if (memcmp(data, expected, count * sizeof *data))
            example_die(EXAMPLE_FAILED, "wrong: not what qsort makes of it");
    }
    /* What is sorted already is where a careless pivot takes quadratic time. */
    sort(s, data, count);
    if (memcmp(data, expected, count * sizeof *data))
        example_die(EXAMPLE_FAILED, "wrong: sorted numbers are in another order now");

    printf("%zu integers sorted, four times\n", count);
    example_print_stats(s);
    clf_destroy(s);
    free(expected);
    free(data);
    return 0;
}
