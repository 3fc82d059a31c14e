/* seq.c - the workloads as plain sequential C: calls instead of fibers. */
#include <stdlib.h>

#include "leaf.h"
#include "peer.h"

#if defined(__clang__)
#define COMPILER "clang " __clang_version__
#else
#define COMPILER "gcc " __VERSION__
#endif

static uint64_t fib(uint32_t n)
{
    return n < 2 ? n : fib(n - 1) + fib(n - 2);
}

static void queens(uint32_t all, uint32_t columns, uint32_t left, uint32_t right, peer_count *count)
{
    uint32_t open = all & ~(columns | left | right);

    count->part[1]++;
    if (columns == all)
        count->part[0]++;
    while (open) {
        uint32_t bit = open & -open;

        open ^= bit;
        queens(all, columns | bit, (left | bit) << 1, (right | bit) >> 1, count);
    }
}

static void visit(const uts_tree *tree, const uint32_t state[5], uint32_t depth, peer_count *count)
{
    uint32_t children = leaf_uts_children(tree, state[4], depth), child[5];

    count->part[0]++;
    count->part[1] += children == 0;
    if (depth > count->part[2])
        count->part[2] = depth;
    for (uint32_t i = 0; i < children; i++) {
        leaf_sha1_child(state, i, child);
        visit(tree, child, depth + 1, count);
    }
}

/* Through volatile pointers, so that the compiler keeps the calls whose cost is asked for. */
static void child(uint32_t *places, uint32_t index)
{
    places[index] += bench_mark(index);
}
static void (*volatile call_child)(uint32_t *, uint32_t) = child;

static void step(uint32_t *round)
{
    ++*round;
}
static void (*volatile call_step)(uint32_t *) = step;

static peer_result run_places(const bench_problem *problem, bench_answer *answer, double *seconds)
{
    uint32_t count =
        problem->kind == BENCH_YIELD ? problem->as.yield.fibers : problem->as.spawnjoin.count;
    uint32_t rounds = problem->kind == BENCH_YIELD ? problem->as.yield.rounds : 0;
    uint32_t *places = peer_places(count);
    double start;

    if (!places)
        return PEER_NO_MEMORY;
    start = bench_now();
    if (problem->kind == BENCH_SPAWNJOIN)
        for (uint32_t i = 0; i < count; i++)
            call_child(places, i);
    for (uint32_t r = 0; r < rounds; r++)
        for (uint32_t i = 0; i < count; i++)
            call_step(&places[i]);
    *seconds = bench_now() - start;
    peer_judge_places(problem, places, answer);
    free(places);
    return PEER_OK;
}

static peer_result run(const bench_problem *problem, unsigned threads, bench_answer *answer,
                       double *seconds)
{
    peer_count count = {{0}, {0}};
    double start = bench_now();

    (void)threads;
    switch (problem->kind) {
    case BENCH_FIB:
        count.part[0] = fib(problem->as.fib.n);
        break;
    case BENCH_NQUEENS: {
        uint32_t all = (UINT32_C(1) << problem->as.nqueens.n) - 1;

        queens(all, 0, 0, 0, &count);
        if (problem->as.nqueens.cutoff < problem->as.nqueens.n)
            count.part[1] = 0; /* nobody counts the nodes below the cutoff */
        break;
    }
    case BENCH_UTS:
        visit(&problem->as.uts, problem->as.uts.root, 0, &count);
        break;
    case BENCH_SPAWNJOIN:
    case BENCH_YIELD:
        return run_places(problem, answer, seconds);
    case BENCH_KINDS:
        return PEER_UNSUPPORTED;
    }
    *seconds = bench_now() - start;
    peer_sum(problem, &count, 1, answer);
    return PEER_OK;
}

const bench_peer peer_seq = {"seq", "plain C, one thread, " COMPILER " -O3 -march=native", 0, run};
