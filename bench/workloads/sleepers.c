/* sleepers.c - host side of sleepers: a place per fiber that it marks when it wakes. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../device.h"

static int parse(char *numbers, bench_problem *problem, char *error, size_t size)
{
    char *comma = strchr(numbers, ',');

    if (!comma) {
        snprintf(error, size, "'%s' lacks the time; write sleepers:FIBERS,MICROSECONDS", numbers);
        return -1;
    }
    *comma++ = '\0';
    if (bench_parse_number(numbers, "FIBERS", 1, 100000000, &problem->as.sleepers.fibers, error,
                           size))
        return -1;
    return bench_parse_number(comma, "MICROSECONDS", 1, 1000000000, &problem->as.sleepers.us, error,
                              size);
}

static unsigned parts(const bench_problem *problem)
{
    (void)problem;
    return 1;
}

static uint64_t fibers(const bench_problem *problem, const bench_answer *answer)
{
    (void)answer;
    return (uint64_t)problem->as.sleepers.fibers + 1;
}

static uint64_t times(const bench_problem *problem, uint64_t count)
{
    (void)count;
    return problem->as.sleepers.fibers;
}

static int bind(bench_run *run)
{
    if (bench_bind_uint(run, "us", run->problem->as.sleepers.us))
        return -1;
    return bench_buffer(run, 0, "places", sizeof(cl_uint) * run->problem->as.sleepers.fibers, NULL,
                        "the fibers' places");
}

static clf_status start(bench_run *run, clf_handle *root)
{
    cl_uint count = run->problem->as.sleepers.fibers;

    return clf_start(run->scheduler, "parent", 1, (clf_arg[]){CLF_ARG(count)}, root);
}

static void *make(const bench_problem *problem)
{
    return bench_zeroes(sizeof(uint32_t) * (size_t)problem->as.sleepers.fibers);
}

static void judge(const bench_problem *problem, const void *data, bench_answer *answer)
{
    const uint32_t *places = data;

    for (uint32_t i = 0; i < problem->as.sleepers.fibers; i++)
        answer->part[0] += places[i] == bench_mark(i);
}

static int collect(bench_run *run, bench_answer *answer)
{
    uint32_t *places = bench_read(run, 0);

    if (!places)
        return -1;
    judge(run->problem, places, answer);
    free(places);
    return 0;
}

static bool known(const bench_problem *problem, bench_answer *answer)
{
    answer->part[0] = problem->as.sleepers.fibers;
    return true;
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
    .parts = parts,
    .fibers = fibers,
    .times = times,
    .bind = bind,
    .known = known,
    .guess = guess,
    .make = make,
    .judge = judge,
    .start = start,
    .collect = collect,
};
