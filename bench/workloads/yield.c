/* yield.c - host side of yield: a place per fiber that counts its rounds. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../device.h"

static int parse(char *numbers, bench_problem *problem, char *error, size_t size)
{
    char *comma = strchr(numbers, ',');

    if (!comma) {
        snprintf(error, size, "'%s' lacks the number of rounds; write yield:FIBERS,ROUNDS",
                 numbers);
        return -1;
    }
    *comma++ = '\0';
    if (bench_parse_number(numbers, "FIBERS", 1, 100000000, &problem->as.yield.fibers, error, size))
        return -1;
    return bench_parse_number(comma, "ROUNDS", 1, 1000000000, &problem->as.yield.rounds, error,
                              size);
}

static unsigned parts(const bench_problem *problem)
{
    (void)problem;
    return 2;
}

static uint64_t fibers(const bench_problem *problem, const bench_answer *answer)
{
    (void)answer;
    return (uint64_t)problem->as.yield.fibers + 1;
}

static uint64_t times(const bench_problem *problem, uint64_t count)
{
    (void)count;
    return (uint64_t)problem->as.yield.fibers * problem->as.yield.rounds;
}

static int bind(bench_run *run)
{
    if (bench_bind_uint(run, "rounds", run->problem->as.yield.rounds))
        return -1;
    return bench_buffer(run, 0, "places", sizeof(cl_uint) * run->problem->as.yield.fibers, NULL,
                        "the fibers' places");
}

static clf_status start(bench_run *run, clf_handle *root)
{
    cl_uint count = run->problem->as.yield.fibers;

    return clf_start(run->scheduler, "parent", 1, (clf_arg[]){CLF_ARG(count)}, root);
}

static void *make(const bench_problem *problem)
{
    return bench_zeroes(sizeof(uint32_t) * (size_t)problem->as.yield.fibers);
}

static void judge(const bench_problem *problem, const void *data, bench_answer *answer)
{
    const uint32_t *places = data;

    for (uint32_t i = 0; i < problem->as.yield.fibers; i++) {
        answer->part[0] += places[i];
        answer->part[1] += places[i] == problem->as.yield.rounds;
    }
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
    answer->part[0] = (uint64_t)problem->as.yield.fibers * problem->as.yield.rounds;
    answer->part[1] = problem->as.yield.fibers;
    return true;
}

static double guess(const bench_problem *problem, const bench_answer *answer)
{
    (void)problem;
    return 5e-9 * (double)answer->part[0];
}

const bench_workload bench_yield = {
    .name = "yield",
    .synopsis = "yield:FIBERS,ROUNDS",
    .about = "FIBERS fibers yield to one another, ROUNDS times each",
    .numbers = "1000,1000",
    .each = "yield",
    .part_name = {"yields", "fibers that yielded ROUNDS times"},
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
