/* mutex.c - host side of mutex. */
#include "../talk.h"

static uint64_t fibers(const bench_problem *problem, const bench_answer *answer)
{
    (void)answer;
    return (uint64_t)problem->as.talk.fibers + 1;
}

static int bind(bench_run *run)
{
    return bench_talk_bind(run, sizeof(clf_mutex) + 16);
}

static bool known(const bench_problem *problem, bench_answer *answer)
{
    uint64_t n = problem->as.talk.fibers, rounds = problem->as.talk.rounds;

    answer->part[0] = n * rounds;
    answer->part[1] = n * rounds * (n * rounds - 1) / 2;
    return true;
}

const bench_workload bench_mutex = {
    .name = "mutex",
    .synopsis = "mutex:FIBERS,ROUNDS",
    .about = "FIBERS fibers lock one mutex, ROUNDS times each",
    .numbers = "100,10000",
    .each = "lock",
    .part_name = {"turns", "what they added up to"},
    .fibers = fibers,
    .times = bench_talk_rounds,
    .bind = bind,
    .known = known,
    BENCH_TALK_MEMBERS,
};
