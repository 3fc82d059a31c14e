/* hostcall.c - host side of hostcall: the function that fibers call, and a place per fiber for the
 * sum of its answers. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../device.h"

static int parse(char *numbers, bench_problem *problem, char *error, size_t size)
{
    char *comma = strchr(numbers, ',');

    if (!comma) {
        snprintf(error, size, "'%s' lacks the number of rounds; write hostcall:FIBERS,ROUNDS",
                 numbers);
        return -1;
    }
    *comma++ = '\0';
    if (bench_parse_number(numbers, "FIBERS", 1, 100000000, &problem->as.hostcall.fibers, error,
                           size))
        return -1;
    return bench_parse_number(comma, "ROUNDS", 1, 1000000000, &problem->as.hostcall.rounds, error,
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
    return (uint64_t)problem->as.hostcall.fibers + 1;
}

static uint64_t times(const bench_problem *problem, uint64_t count)
{
    (void)count;
    return (uint64_t)problem->as.hostcall.fibers * problem->as.hostcall.rounds;
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
    if (bench_bind_uint(run, "rounds", run->problem->as.hostcall.rounds))
        return -1;
    return bench_buffer(run, 0, "places", sizeof(cl_uint) * run->problem->as.hostcall.fibers, NULL,
                        "the fibers' places");
}

static clf_status start(bench_run *run, clf_handle *root)
{
    cl_uint count = run->problem->as.hostcall.fibers;

    calls = 0;
    return clf_start(run->scheduler, "parent", 1, (clf_arg[]){CLF_ARG(count)}, root);
}

static void *make(const bench_problem *problem)
{
    return bench_zeroes(sizeof(uint32_t) * (size_t)problem->as.hostcall.fibers);
}

static uint32_t right_sum(const bench_problem *problem, uint32_t index)
{
    uint32_t sum = 0;

    for (uint32_t round = 1; round <= problem->as.hostcall.rounds; round++)
        sum += bench_answer_to(index, round);
    return sum;
}

static void judge(const bench_problem *problem, const void *data, bench_answer *answer)
{
    const uint32_t *places = data;

    for (uint32_t i = 0; i < problem->as.hostcall.fibers; i++)
        if (places[i] == right_sum(problem, i))
            answer->part[0] += problem->as.hostcall.rounds;
    answer->part[1] = (uint64_t)problem->as.hostcall.fibers * problem->as.hostcall.rounds;
}

static int collect(bench_run *run, bench_answer *answer)
{
    uint32_t *places = bench_read(run, 0);

    if (!places)
        return -1;
    judge(run->problem, places, answer);
    answer->part[1] = calls;
    free(places);
    return 0;
}

static bool known(const bench_problem *problem, bench_answer *answer)
{
    answer->part[0] = (uint64_t)problem->as.hostcall.fibers * problem->as.hostcall.rounds;
    answer->part[1] = answer->part[0];
    return true;
}

static double guess(const bench_problem *problem, const bench_answer *answer)
{
    (void)problem;
    return 5e-9 * (double)answer->part[0];
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
