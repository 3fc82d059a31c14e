/* cilksort.c - host side of cilksort. */
#include "../device.h"
#include "../sequence.h"

#define LEAF       2048 /* Cilk's */
#define LANES_LEAF 128  /* 2048 leave two of three lanes idle: an H200 takes five times as long */

static int parse(char *numbers, bench_problem *problem, char *error, size_t size)
{
    return bench_parse_sort(numbers, LEAF, LANES_LEAF, problem, error, size);
}

static clf_status start(bench_run *run, clf_handle *root)
{
    cl_uint first = 0, n = run->problem->as.sort.n;

    return clf_start(run->scheduler, "cilksort", 2, (clf_arg[]){CLF_ARG(first), CLF_ARG(n)}, root);
}

const bench_workload bench_cilksort = {
    .name = "cilksort",
    .synopsis = "cilksort:N[,LEAF]",
    .about = "sorts N numbers by quarters, with parallel merges; LEAF numbers (2048, on GPUs "
             "128) are sorted by one fiber; width=1 does without vectors",
    .numbers = "4194304",
    .each = "number",
    .part_name = {"numbers in order"},
    .parse = parse,
    .times = bench_sort_times,
    .known = bench_sort_known,
    .guess = bench_sort_guess,
    .make = bench_sort_make,
    .judge = bench_sort_judge,
    .build_options = bench_sort_build_options,
    .bind = bench_sort_bind,
    .start = start,
    .collect = bench_sort_collect,
};
