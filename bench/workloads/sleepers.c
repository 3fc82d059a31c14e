/* sleepers.c - host side of sleepers: a place per fiber that it marks when it wakes. */
#include "../flat.h"

static int parse(char *numbers, bench_problem *problem, char *error, size_t size)
{
    const bench_blank us = {"MICROSECONDS", 1, 1000000000, &problem->as.flat.rounds};

    return bench_flat_parse(numbers, us, problem, error, size);
}

static uint64_t times(const bench_problem *problem, uint64_t count)
{
    (void)count;
    return problem->as.flat.fibers;
}

static int bind(bench_run *run)
{
    return bench_bind_uint(run, "us", run->problem->as.flat.rounds) || bench_flat_bind(run) ? -1
                                                                                            : 0;
}

/* Plain C does not sleep: there is nothing to compare with. */
static double guess(const bench_problem *problem, const bench_answer *answer)
{
    (void)problem;
    (void)answer;
    return 1e9;
}

const bench_workload bench_sleepers = {
    .name = "sleepers",
    .synopsis = "sleepers:FIBERS,MICROSECONDS",
    .about = "FIBERS fibers sleep MICROSECONDS and up to 1000 more, all at the same time",
    .numbers = "100000,100000",
    .each = "fiber",
    .part_name = {"fibers that woke once"},
    .parse = parse,
    .fibers = bench_flat_fibers,
    .times = times,
    .bind = bind,
    .known = bench_flat_known_marks,
    .guess = guess,
    .make = bench_flat_make,
    .judge = bench_flat_judge_marks,
    .start = bench_flat_start,
    .collect = bench_flat_collect,
};
