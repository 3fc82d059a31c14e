/* omp.c - the workloads as OpenMP tasks: one task where we have one fiber, one taskwait where we
 * have one sync. */
#include <omp.h>
#include <pthread.h>
#include <stdlib.h>

#include "leaf.h"
#include "peer.h"

#if defined(__clang__)
#define RUNTIME "libomp, clang " __clang_version__
#else
#define RUNTIME "libgomp, gcc " __VERSION__
#endif

/* libomp's own controls; other runtimes lack them. */
extern void kmp_set_stacksize_s(size_t size) __attribute__((weak));
extern void kmp_set_blocktime(int milliseconds) __attribute__((weak));

static uint64_t fib(uint32_t n)
{
    uint64_t a, b;

    if (n < 2)
        return n;
#pragma omp task shared(a)
    a = fib(n - 1);
#pragma omp task shared(b)
    b = fib(n - 2);
#pragma omp taskwait
    return a + b;
}

struct queens {
    uint32_t all, cutoff, columns, left, right, depth;
};

static void queens(struct queens at, peer_count *counts)
{
    peer_count *mine = &counts[omp_get_thread_num()];
    uint32_t open = at.all & ~(at.columns | at.left | at.right);

    mine->part[1]++;
    if (at.depth == at.cutoff) {
        mine->part[0] += leaf_queens(at.all, at.columns, at.left, at.right);
        return;
    }
    while (open) {
        uint32_t bit = open & -open;
        struct queens next = {
            at.all,      at.cutoff, at.columns | bit, (at.left | bit) << 1, (at.right | bit) >> 1,
            at.depth + 1};

        open ^= bit;
#pragma omp task firstprivate(next, counts)
        queens(next, counts);
    }
#pragma omp taskwait
}

struct node {
    uint32_t state[5], depth;
};

static void visit(const uts_tree *tree, struct node at, peer_count *counts)
{
    peer_count *mine = &counts[omp_get_thread_num()];
    uint32_t children = leaf_uts_children(tree, at.state[4], at.depth);

    mine->part[0]++;
    mine->part[1] += children == 0;
    if (at.depth > mine->part[2])
        mine->part[2] = at.depth;
    for (uint32_t i = 0; i < children; i++) {
        struct node child;

        leaf_sha1_child(at.state, i, child.state);
        child.depth = at.depth + 1;
#pragma omp task firstprivate(tree, child, counts)
        visit(tree, child, counts);
    }
#pragma omp taskwait
}

static void spawnjoin(uint32_t count, uint32_t batch, uint32_t *places)
{
    for (uint32_t i = 0; i < count;) {
        uint32_t end = count - i > batch ? i + batch : count;

        for (; i < end; i++) {
#pragma omp task firstprivate(i, places)
            places[i] += bench_mark(i);
        }
#pragma omp taskwait
    }
}

/* The root of the problem, inside the parallel region. */
static void solve(const bench_problem *problem, peer_count *counts, uint32_t *places)
{
    switch (problem->kind) {
    case BENCH_FIB:
        counts[0].part[0] = fib(problem->as.fib.n);
        break;
    case BENCH_NQUEENS:
        queens((struct queens){.all = (UINT32_C(1) << problem->as.nqueens.n) - 1,
                               .cutoff = problem->as.nqueens.cutoff},
               counts);
        break;
    case BENCH_UTS: {
        struct node root = {.depth = 0};

        for (int i = 0; i < 5; i++)
            root.state[i] = problem->as.uts.root[i];
        visit(&problem->as.uts, root, counts);
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

/* Before the first parallel region: libomp asks it of its own setting, libgomp's threads take the
 * default of the process. */
static void enlarge_stacks(void)
{
    static int done;
    pthread_attr_t attr;

    if (done)
        return;
    done = 1;
    if (kmp_set_stacksize_s)
        kmp_set_stacksize_s(PEER_STACK);
    if (kmp_set_blocktime)
        kmp_set_blocktime(0); /* do not spin into the next runtime's time */
    if (pthread_attr_init(&attr) == 0) {
        if (pthread_attr_setstacksize(&attr, PEER_STACK) == 0)
            pthread_setattr_default_np(&attr);
        pthread_attr_destroy(&attr);
    }
}

static peer_result run(const bench_problem *problem, unsigned threads, bench_answer *answer,
                       double *seconds)
{
    peer_count *counts;
    uint32_t *places = NULL;
    unsigned started = 0;
    double start;

    /* taskyield may do nothing, and nobody says which task goes on: no counterpart of a fair yield.
     */
    if (problem->kind == BENCH_YIELD)
        return PEER_UNSUPPORTED;
    enlarge_stacks();
    counts = calloc(threads, sizeof *counts);
    if (problem->kind == BENCH_SPAWNJOIN)
        places = peer_places(problem->as.spawnjoin.count);
    if (!counts || (problem->kind == BENCH_SPAWNJOIN && !places)) {
        free(counts);
        free(places);
        return PEER_NO_MEMORY;
    }
    omp_set_dynamic(0);
#pragma omp parallel num_threads((int)threads) reduction(+ : started)
    started++;
    (void)started; /* starts the threads; a region that does nothing might be dropped */

    start = bench_now();
#pragma omp parallel num_threads((int)threads)
#pragma omp single
    solve(problem, counts, places);
    *seconds = bench_now() - start;

    if (places)
        peer_judge_places(problem, places, answer);
    else
        peer_sum(problem, counts, threads, answer);
    if (problem->kind == BENCH_NQUEENS && problem->as.nqueens.cutoff < problem->as.nqueens.n)
        answer->part[1] = 0;
    free(counts);
    free(places);
    return PEER_OK;
}

const bench_peer peer_omp = {"omp", "OpenMP tasks, " RUNTIME " -O3 -march=native", 1, run};
