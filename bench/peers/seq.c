/* seq.c - the workloads as plain sequential C: calls instead of fibers. */
#include <stddef.h>

#define TASK_SEQUENTIAL
#define TASK_GROUP()        ((void)0)
#define TASK_SPAWN(...)     __VA_ARGS__
#define TASK_SPAWN_TO(v, e) v = e
#define TASK_WAIT()         ((void)0)
#define TASK_THREAD()       0

#include "solve.h"

#if defined(__clang__)
#define COMPILER "clang " __clang_version__
#else
#define COMPILER "gcc " __VERSION__
#endif

static peer_result run(const bench_problem *problem, unsigned threads, void *data,
                       peer_count *counts, double *seconds)
{
    task_solve *solve = task_solves[problem->kind];
    double start;

    (void)threads;
    if (!solve)
        return PEER_UNSUPPORTED;
    start = bench_now();
    solve(problem, data, counts);
    *seconds = bench_now() - start;
    return PEER_OK;
}

const bench_peer peer_seq = {"seq", "plain C, one thread, " COMPILER " -O3 -march=native", 0, run};
