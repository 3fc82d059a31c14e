/* mergesort.c - host side of mergesort. */
#include "../device.h"
#include "../sequence.h"

#define LEAF 256

static int parse(char *numbers, bench_problem *problem, char *error, size_t size)
{
    return bench_parse_sort(numbers, LEAF, LEAF, problem, error, size);
}

static clf_status start(bench_run *run, clf_handle *root)
{
    cl_uint first = 0, n = run->problem->as.sort.n, aside = 0;

    return clf_start(run->scheduler, "mergesort", 3,
                     (clf_arg[]){CLF_ARG(first), CLF_ARG(n), CLF_ARG(aside)}, root);
}

const bench_workload bench_mergesort = {
    .name = "mergesort",
    .synopsis = "mergesort:N[,LEAF]",
    .about =
        "sorts N numbers by halves, a fiber per half down to LEAF numbers (256), with sequential "
        "merges; width=1 does without vectors",
    .numbers = "1048576",
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
