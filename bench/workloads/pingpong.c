/* pingpong.c - host side of pingpong. */
#include "../talk.h"

static uint64_t fibers(const bench_problem *problem, const bench_answer *answer)
{
    (void)answer;
    return 3 * (uint64_t)problem->as.talk.fibers + 1;
}

static uint64_t times(const bench_problem *problem, uint64_t count)
{
    (void)count;
    return 2 * (uint64_t)problem->as.talk.fibers * problem->as.talk.rounds;
}

static int bind(bench_run *run)
{
    return bench_talk_bind(run, run->problem->as.talk.fibers * 2 * CLF_CHANNEL_BYTES(2, 8));
}

static bool known(const bench_problem *problem, bench_answer *answer)
{
    uint64_t n = problem->as.talk.fibers, rounds = problem->as.talk.rounds;

    answer->part[0] = 2 * n * rounds;
    answer->part[1] = n * (rounds * (rounds - 1) + rounds);
    return true;
}

const bench_workload bench_pingpong = {
    .name = "pingpong",
    .synopsis = "pingpong:FIBERS,ROUNDS",
    .about = "FIBERS pairs of fibers exchange ROUNDS messages each way",
    .numbers = "1,1000000",
    .each = "message",
    .part_name = {"messages", "their sum"},
    .fibers = fibers,
    .times = times,
    .bind = bind,
    .known = known,
    BENCH_TALK_MEMBERS,
};
