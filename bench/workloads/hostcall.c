/* hostcall.c - host side of hostcall: the function that fibers call, and a place per fiber for the
 * sum of its answers. */
#include <stdio.h>

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

static uint64_t calls; /* in this run */

static int32_t answer_call(clf_hostcall *call, void *user)
{
    const cl_uint *question = call->argument;

    (void)user;
    if (call->argument_size != 2 * sizeof *question || call->result_size != sizeof(cl_uint))
        return CLF_FAIL_CALL_SIZE;
    *(cl_uint *)call->result = bench_answer_to(question[0], question[1]);
    calls++;
    return 0;
}

static int bind(bench_run *run)
{
    if (clf_hostcall_register(run->scheduler, 1, answer_call, NULL) != CLF_OK) {
        snprintf(run->error, sizeof run->error, "%s", clf_message(run->scheduler));
        return -1;
    }
    return bench_bind_uint(run, "rounds", run->problem->as.flat.rounds) || bench_flat_bind(run) ? -1
                                                                                                : 0;
}

static clf_status start(bench_run *run, clf_handle *root)
{
    calls = 0;
    return bench_flat_start(run, root);
}

static uint32_t right_sum(const bench_problem *problem, uint32_t index)
{
    uint32_t sum = 0;

    for (uint32_t round = 1; round <= problem->as.flat.rounds; round++)
        sum += bench_answer_to(index, round);
    return sum;
}

static void judge(const bench_problem *problem, const void *data, bench_answer *answer)
{
    const uint32_t *places = data;

    for (uint32_t i = 0; i < problem->as.flat.fibers; i++)
        if (places[i] == right_sum(problem, i))
            answer->part[0] += problem->as.flat.rounds;
    answer->part[1] = bench_flat_rounds(problem, 0);
}

static int collect(bench_run *run, bench_answer *answer)
{
    if (bench_flat_collect(run, answer))
        return -1;
    answer->part[1] = calls;
    return 0;
}

static bool known(const bench_problem *problem, bench_answer *answer)
{
    answer->part[0] = bench_flat_rounds(problem, 0);
    answer->part[1] = answer->part[0];
    return true;
}

const bench_workload bench_hostcall = {
    .name = "hostcall",
    .synopsis = "hostcall:FIBERS,ROUNDS",
    .about = "FIBERS fibers call a function of the host, ROUNDS times each",
    .numbers = "10000,10",
    .each = "call",
    .part_name = {"calls of fibers that got the right answers", "calls that the host saw"},
    .parse = parse,
    .parts = parts,
    .fibers = bench_flat_fibers,
    .times = bench_flat_rounds,
    .bind = bind,
    .known = known,
    .guess = bench_flat_guess,
    .make = bench_flat_make,
    .judge = judge,
    .start = start,
    .collect = collect,
};
