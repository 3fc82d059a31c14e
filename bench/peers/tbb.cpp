/* tbb.cpp - the workloads on oneTBB: one task_group::run where we have one fiber, one wait where we
 * have one sync. */
#include <cstdlib>

#include <oneapi/tbb/global_control.h>
#include <oneapi/tbb/task_arena.h>
#include <oneapi/tbb/task_group.h>
#include <oneapi/tbb/version.h>

#include "leaf.h"
#include "peer.h"

#if defined(__clang__)
#define COMPILER "clang " __clang_version__
#else
#define COMPILER "gcc " __VERSION__
#endif

namespace
{

using oneapi::tbb::task_group;

uint64_t fib(uint32_t n)
{
    if (n < 2)
        return n;
    uint64_t a, b;
    task_group group;
    group.run([&a, n] { a = fib(n - 1); });
    group.run([&b, n] { b = fib(n - 2); });
    group.wait();
    return a + b;
}

peer_count &mine(peer_count *counts)
{
    return counts[oneapi::tbb::this_task_arena::current_thread_index()];
}

struct queens {
    uint32_t all, cutoff;
    peer_count *counts;

    void operator()(uint32_t columns, uint32_t left, uint32_t right, uint32_t depth) const
    {
        peer_count &count = mine(counts);
        count.part[1]++;
        if (depth == cutoff) {
            count.part[0] += leaf_queens(all, columns, left, right);
            return;
        }
        uint32_t open = all & ~(columns | left | right);
        if (!open)
            return;
        task_group group;
        while (open) {
            uint32_t bit = open & -open;
            open ^= bit;
            group.run([this, columns, left, right, depth, bit] {
                (*this)(columns | bit, (left | bit) << 1, (right | bit) >> 1, depth + 1);
            });
        }
        group.wait();
    }
};

struct node {
    uint32_t state[5], depth;
};

struct visitor {
    const uts_tree *tree;
    peer_count *counts;

    void operator()(const node &at) const
    {
        uint32_t children = leaf_uts_children(tree, at.state[4], at.depth);
        peer_count &count = mine(counts);
        count.part[0]++;
        count.part[1] += children == 0;
        if (at.depth > count.part[2])
            count.part[2] = at.depth;
        if (!children)
            return;
        task_group group;
        for (uint32_t i = 0; i < children; i++) {
            node child;
            leaf_sha1_child(at.state, i, child.state);
            child.depth = at.depth + 1;
            group.run([this, child] { (*this)(child); });
        }
        group.wait();
    }
};

void spawnjoin(uint32_t count, uint32_t batch, uint32_t *places)
{
    for (uint32_t i = 0; i < count;) {
        uint32_t end = count - i > batch ? i + batch : count;
        task_group group;
        for (; i < end; i++)
            group.run([places, i] { places[i] += bench_mark(i); });
        group.wait();
    }
}

void solve(const bench_problem *problem, peer_count *counts, uint32_t *places)
{
    switch (problem->kind) {
    case BENCH_FIB:
        counts[0].part[0] = fib(problem->as.fib.n);
        break;
    case BENCH_NQUEENS: {
        queens visit{(UINT32_C(1) << problem->as.nqueens.n) - 1, problem->as.nqueens.cutoff,
                     counts};
        visit(0, 0, 0, 0);
        break;
    }
    case BENCH_UTS: {
        node root{{0}, 0};
        for (int i = 0; i < 5; i++)
            root.state[i] = problem->as.uts.root[i];
        visitor{&problem->as.uts, counts}(root);
        break;
    }
    case BENCH_SPAWNJOIN:
        spawnjoin(problem->as.spawnjoin.count, problem->as.spawnjoin.batch, places);
        break;
    case BENCH_YIELD:
    case BENCH_KINDS:
        break;
    }
}

peer_result run(const bench_problem *problem, unsigned threads, bench_answer *answer,
                double *seconds)
{
    if (problem->kind == BENCH_YIELD)
        return PEER_UNSUPPORTED; /* oneTBB's tasks cannot give way */

    oneapi::tbb::global_control parallelism(oneapi::tbb::global_control::max_allowed_parallelism,
                                            threads);
    oneapi::tbb::global_control stacks(oneapi::tbb::global_control::thread_stack_size, PEER_STACK);
    auto counts = static_cast<peer_count *>(std::calloc(threads, sizeof(peer_count)));
    uint32_t *places = nullptr;
    if (problem->kind == BENCH_SPAWNJOIN)
        places = peer_places(problem->as.spawnjoin.count);
    if (!counts || (problem->kind == BENCH_SPAWNJOIN && !places)) {
        std::free(counts);
        std::free(places);
        return PEER_NO_MEMORY;
    }
    oneapi::tbb::task_arena arena(static_cast<int>(threads));
    arena.execute([] { /* wakes the threads before the clock starts */
                       task_group group;
                       for (int i = 0; i < 64; i++)
                           group.run([] {});
                       group.wait();
    });

    double start = bench_now();
    arena.execute([&] { solve(problem, counts, places); });
    *seconds = bench_now() - start;

    if (places)
        peer_judge_places(problem, places, answer);
    else
        peer_sum(problem, counts, threads, answer);
    if (problem->kind == BENCH_NQUEENS && problem->as.nqueens.cutoff < problem->as.nqueens.n)
        answer->part[1] = 0;
    std::free(counts);
    std::free(places);
    return PEER_OK;
}

} // namespace

#define STRING_(x) #x
#define STRING(x)  STRING_(x)

extern "C" {
extern const bench_peer peer_tbb;
const bench_peer peer_tbb = {"tbb",
                             "oneTBB " STRING(TBB_VERSION_MAJOR) "." STRING(
                                 TBB_VERSION_MINOR) " task_group, " COMPILER " -O3 -march=native",
                             1, run};
}
