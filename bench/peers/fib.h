/* fib.h - the naive Fibonacci recursion, for the peers. */
static uint64_t fib(uint32_t n)
{
    uint64_t a, b;

    if (n < 2)
        return n;
    TASK_GROUP();
    TASK_SPAWN_TO(a, fib(n - 1));
    TASK_SPAWN_TO(b, fib(n - 2));
    TASK_WAIT();
    return a + b;
}

static void fib_solve(const bench_problem *problem, void *data, peer_count *counts)
{
    (void)data;
    counts[0].part[0] = fib(problem->as.fib.n);
}
