/* channel.c - host side of channel. */
#include "../talk.h"

static uint64_t fibers(const bench_problem *problem, const bench_answer *answer)
{
    (void)answer;
    return 2 * (uint64_t)problem->as.talk.fibers + 1;
}

static int bind(bench_run *run)
{
    return bench_talk_bind(run, CLF_CHANNEL_BYTES(64, sizeof(cl_uint)));
}

static bool known(const bench_problem *problem, bench_answer *answer)
{
    uint64_t n = problem->as.talk.fibers, rounds = problem->as.talk.rounds;

    answer->part[0] = n * rounds;
    answer->part[1] = n * (rounds * (rounds - 1) / 2);
    return true;
}

const bench_workload bench_channel = {
    .name = "channel",
    .synopsis = "channel:FIBERS,ROUNDS",
    .about = "FIBERS fibers send ROUNDS messages each to as many others, through one channel",
    .numbers = "100,10000",
    .each = "message",
    .part_name = {"messages", "their sum"},
    .fibers = fibers,
    .times = bench_talk_rounds,
    .bind = bind,
    .known = known,
    BENCH_TALK_MEMBERS,
};
