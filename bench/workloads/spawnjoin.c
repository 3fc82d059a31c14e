/* spawnjoin.c - host side of spawnjoin: a place per child, and what has to be in it. */
#include <stdlib.h>
#include <string.h>

#include "../device.h"

#define BATCH 1024

static int parse(char *numbers, bench_problem *problem, char *error, size_t size)
{
    char *comma = strchr(numbers, ',');

    if (comma)
        *comma++ = '\0';
    problem->as.spawnjoin.batch = BATCH;
    if (bench_parse_number(numbers, "N", 1, 200000000, &problem->as.spawnjoin.count, error, size))
        return -1;
    return comma ? bench_parse_number(comma, "BATCH", 1, 200000000, &problem->as.spawnjoin.batch,
                                      error, size)
                 : 0;
}

static unsigned parts(const bench_problem *problem)
{
    (void)problem;
    return 1;
}

static uint64_t fibers(const bench_problem *problem, const bench_answer *answer)
{
    (void)answer;
    return (uint64_t)problem->as.spawnjoin.count + 1;
}

static uint64_t times(const bench_problem *problem, uint64_t count)
{
    (void)problem;
    return count;
}

static int bind(bench_run *run)
{
    return bench_buffer(run, 0, "places", sizeof(cl_uint) * run->problem->as.spawnjoin.count, NULL,
                        "the children's places");
}

static clf_status start(bench_run *run, clf_handle *root)
{
    cl_uint count = run->problem->as.spawnjoin.count, batch = run->problem->as.spawnjoin.batch;

    return clf_start(run->scheduler, "parent", 2, (clf_arg[]){CLF_ARG(count), CLF_ARG(batch)},
                     root);
}

static void *make(const bench_problem *problem)
{
    return bench_zeroes(sizeof(uint32_t) * (size_t)problem->as.spawnjoin.count);
}

static void judge(const bench_problem *problem, const void *data, bench_answer *answer)
{
    const uint32_t *places = data;

    for (uint32_t i = 0; i < problem->as.spawnjoin.count; i++)
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
    answer->part[0] = problem->as.spawnjoin.count;
    return true;
}

static double guess(const bench_problem *problem, const bench_answer *answer)
{
    (void)problem;
    return 5e-9 * (double)answer->part[0];
}

const bench_workload bench_spawnjoin = {
    .name = "spawnjoin",
    .synopsis = "spawnjoin:N[,BATCH]",
    .about = "one fiber creates N children and joins them, BATCH at a time (1024)",
    .numbers = "1000000",
    .each = "fiber",
    .part_name = {"children that ran once"},
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
