/* fib.c - host side of fib: one argument, one result, no env. */
#include "../device.h"

static int parse(char *numbers, bench_problem *problem, char *error, size_t size)
{
    /* 60 keeps a result in a long with room to spare and already means months. */
    return bench_parse_number(numbers, "N", 0, 60, &problem->as.fib.n, error, size);
}

static unsigned parts(const bench_problem *problem)
{
    (void)problem;
    return 1;
}

/* 2 F(n+1) - 1, made as the recursion makes it. */
static uint64_t fibers(const bench_problem *problem, const bench_answer *answer)
{
    uint64_t before = 1, calls = 1;

    (void)answer;
    for (uint32_t i = 2; i <= problem->as.fib.n; i++) {
        uint64_t next = calls + before + 1;

        before = calls;
        calls = next;
    }
    return calls;
}

static uint64_t times(const bench_problem *problem, uint64_t count)
{
    (void)problem;
    return count;
}

static clf_status start(bench_run *run, clf_handle *root)
{
    cl_int n = (cl_int)run->problem->as.fib.n;

    return clf_start(run->scheduler, "fib", 1, (clf_arg[]){CLF_ARG(n)}, root);
}

static bool known(const bench_problem *problem, bench_answer *answer)
{
    uint64_t a = 0, b = 1;

    for (uint32_t i = 0; i < problem->as.fib.n; i++) {
        uint64_t next = a + b;

        a = b;
        b = next;
    }
    answer->part[0] = a;
    return true;
}

static double guess(const bench_problem *problem, const bench_answer *answer)
{
    return 1e-9 * (double)fibers(problem, answer);
}

const bench_workload bench_fib = {
    .name = "fib",
    .synopsis = "fib:N",
    .about = "naive Fibonacci recursion, a fiber per call (N up to 60)",
    .numbers = "32",
    .each = "fiber",
    .part_name = {"fib(N)"},
    .answer_is_result = true,
    .parse = parse,
    .parts = parts,
    .fibers = fibers,
    .times = times,
    .known = known,
    .guess = guess,
    .start = start,
};
