/* empty.c - host side of empty: runs that do nothing, one after another, the scheduler warm. */
#include "../flat.h"

static int parse(char *numbers, bench_problem *problem, char *error, size_t size)
{
    const bench_blank blank[] = {{"RUNS", 1, 10000000, &problem->as.flat.fibers}};

    return bench_parse_numbers(numbers, blank, 1, NULL, error, size);
}

static uint64_t fibers(const bench_problem *problem, const bench_answer *answer)
{
    (void)answer;
    return problem->as.flat.fibers;
}

static bool known(const bench_problem *problem, bench_answer *answer)
{
    for (uint32_t i = 0; i < problem->as.flat.fibers; i++)
        answer->part[0] += bench_mark(i);
    return true;
}

static double guess(const bench_problem *problem, const bench_answer *answer)
{
    (void)answer;
    return 5e-9 * problem->as.flat.fibers;
}

static void judge(const bench_problem *problem, const void *data, bench_answer *answer)
{
    (void)problem;
    answer->part[0] = *(const uint64_t *)data;
}

static void *make(const bench_problem *problem)
{
    (void)problem;
    return bench_zeroes(sizeof(uint64_t));
}

static clf_status begin(bench_run *run, cl_ulong before, uint32_t i, clf_handle *root)
{
    cl_uint mark = bench_mark(i);

    return clf_start(run->scheduler, "empty", 2, (clf_arg[]){CLF_ARG(before), CLF_ARG(mark)}, root);
}

/* Joins all but the last, which clfbench does. */
static clf_status start(bench_run *run, clf_handle *root)
{
    cl_ulong sum = 0;
    clf_status status = begin(run, sum, 0, root);

    for (uint32_t i = 1; status == CLF_OK && i < run->problem->as.flat.fibers; i++) {
        status = clf_join(run->scheduler, *root, &sum, sizeof sum, CLF_FOREVER);
        if (status == CLF_OK)
            status = begin(run, sum, i, root);
    }
    return status;
}

const bench_workload bench_empty = {
    .name = "empty",
    .synopsis = "empty:RUNS",
    .about = "RUNS runs that do nothing, each started and joined before the next begins",
    .numbers = "1000",
    .each = "run",
    .part_name = {"sum"},
    .answer_is_result = true,
    .parse = parse,
    .fibers = fibers,
    .known = known,
    .guess = guess,
    .make = make,
    .judge = judge,
    .start = start,
};
