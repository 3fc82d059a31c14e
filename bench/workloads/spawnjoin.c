/* spawnjoin.c - host side of spawnjoin: a place per child, which it marks. */
#include "../flat.h"

#define BATCH 1024

static int parse(char *numbers, bench_problem *problem, char *error, size_t size)
{
    const bench_blank blank[] = {{"N", 1, 200000000, &problem->as.flat.fibers},
                                 {"BATCH", 1, 200000000, &problem->as.flat.rounds}};

    problem->as.flat.rounds = BATCH;
    return bench_parse_numbers(numbers, blank, 2, NULL, error, size);
}

static uint64_t times(const bench_problem *problem, uint64_t count)
{
    (void)problem;
    return count;
}

static clf_status start(bench_run *run, clf_handle *root)
{
    cl_uint count = run->problem->as.flat.fibers, batch = run->problem->as.flat.rounds;

    return clf_start(run->scheduler, "parent", 2, (clf_arg[]){CLF_ARG(count), CLF_ARG(batch)},
                     root);
}

const bench_workload bench_spawnjoin = {
    .name = "spawnjoin",
    .synopsis = "spawnjoin:N[,BATCH]",
    .about = "one fiber creates N children and joins them, BATCH at a time (1024)",
    .numbers = "1000000",
    .each = "fiber",
    .part_name = {"children that ran once"},
    .parse = parse,
    .fibers = bench_flat_fibers,
    .times = times,
    .bind = bench_flat_bind,
    .known = bench_flat_known_marks,
    .guess = bench_flat_guess,
    .make = bench_flat_make,
    .judge = bench_flat_judge_marks,
    .start = start,
    .collect = bench_flat_collect,
};
