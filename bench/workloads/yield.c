/* yield.c - host side of yield: a place per fiber that counts its rounds. */
#include "../flat.h"

static int parse(char *numbers, bench_problem *problem, char *error, size_t size)
{
    const bench_blank rounds = {"ROUNDS", 1, 1000000000, &problem->as.flat.rounds};

    return bench_flat_parse(numbers, rounds, problem, error, size);
}

static unsigned parts(const bench_problem *problem)
{
    (void)problem;
    return 2;
}

static int bind(bench_run *run)
{
    return bench_bind_uint(run, "rounds", run->problem->as.flat.rounds) || bench_flat_bind(run) ? -1
                                                                                                : 0;
}

static void judge(const bench_problem *problem, const void *data, bench_answer *answer)
{
    const uint32_t *places = data;

    for (uint32_t i = 0; i < problem->as.flat.fibers; i++) {
        answer->part[0] += places[i];
        answer->part[1] += places[i] == problem->as.flat.rounds;
    }
}

static bool known(const bench_problem *problem, bench_answer *answer)
{
    answer->part[0] = bench_flat_rounds(problem, 0);
    answer->part[1] = problem->as.flat.fibers;
    return true;
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
    .fibers = bench_flat_fibers,
    .times = bench_flat_rounds,
    .bind = bind,
    .known = known,
    .guess = bench_flat_guess,
    .make = bench_flat_make,
    .judge = judge,
    .start = bench_flat_start,
    .collect = bench_flat_collect,
};
