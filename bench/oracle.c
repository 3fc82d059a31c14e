/* oracle.c - the right answers: published ones, or a sequential run.
 *
 * Sources: the sample trees of the UTS benchmark (Olivier et al., LCPC 2006); solutions of the
 * queens problem are OEIS A000170.
 */
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "oracle.h"
#include "peers/leaf.h"
#include "peers/peer.h"
#include "uts_tree.h"
#include "workload.h"

/* ---- known answers -------------------------------------------------------------------------- */

static const struct {
    const char *tree;
    uint32_t gen_mx; /* 0: the tree's own */
    uint64_t nodes, leaves, depth;
} trees[] = {
    {"T1", 5, 3987, 3232, 5},
    {"T1", 6, 16000, 12839, 6},
    {"T1", 7, 63914, 51124, 7},
    {"T1", 8, 257042, 205878, 8},
    {"T1", 9, 1031269, 825408, 9},
    {"T1", 0, 4130071, 3305118, 10},
    {"T2", 0, 4117769, 2342762, 81},
    {"T3", 0, 4112897, 3599034, 1572},
    {"T4", 0, 4132453, 3108986, 134},
    {"T5", 0, 4147582, 2181318, 20},
    {"T1L", 0, 102181082, 81746377, 13},
    {"T3L", 0, 111345631, 89076904, 17844},
};

static const struct {
    uint64_t solutions, nodes; /* nodes 0: not known */
} queens[] = {
    [1] = {1, 2},
    [2] = {0, 3},
    [3] = {0, 6},
    [4] = {2, 17},
    [5] = {10, 54},
    [6] = {4, 153},
    [7] = {40, 552},
    [8] = {92, 2057},
    [9] = {352, 0},
    [10] = {724, 35539},
    [11] = {2680, 0},
    [12] = {14200, 856189},
    [13] = {73712, 4674890},
    [14] = {365596, 27358553},
    [15] = {2279184, 0},
    [16] = {14772512, 0},
    [17] = {95815104, 0},
    [18] = {666090624, 0},
};

static bench_origin known_tree(const uts_tree *tree, bench_answer *answer)
{
    for (size_t i = 0; i < sizeof trees / sizeof trees[0]; i++) {
        uts_tree listed;

        uts_named(trees[i].tree, &listed);
        if (trees[i].gen_mx)
            listed.gen_mx = trees[i].gen_mx;
        if (!uts_same(tree, &listed))
            continue;
        answer->part[0] = trees[i].nodes;
        answer->part[1] = trees[i].leaves;
        answer->part[2] = trees[i].depth;
        return BENCH_LISTED;
    }
    return BENCH_UNKNOWN;
}

static uint64_t fibonacci(uint32_t n)
{
    uint64_t a = 0, b = 1;

    while (n--) {
        uint64_t next = a + b;

        a = b;
        b = next;
    }
    return a;
}

bench_origin bench_known(const bench_problem *problem, bench_answer *answer)
{
    memset(answer, 0, sizeof *answer);
    switch (problem->kind) {
    case BENCH_FIB:
        answer->part[0] = fibonacci(problem->as.fib.n);
        return BENCH_LISTED;
    case BENCH_NQUEENS: {
        uint32_t n = problem->as.nqueens.n;
        bool count_nodes = problem->as.nqueens.cutoff == n;

        if (n >= sizeof queens / sizeof queens[0] || (count_nodes && queens[n].nodes == 0))
            return BENCH_UNKNOWN;
        answer->part[0] = queens[n].solutions;
        answer->part[1] = count_nodes ? queens[n].nodes : 0;
        return BENCH_LISTED;
    }
    case BENCH_UTS:
        return known_tree(&problem->as.uts, answer);
    case BENCH_SPAWNJOIN:
        answer->part[0] = problem->as.spawnjoin.count;
        return BENCH_LISTED;
    case BENCH_YIELD:
        answer->part[0] = (uint64_t)problem->as.yield.fibers * problem->as.yield.rounds;
        answer->part[1] = problem->as.yield.fibers;
        return BENCH_LISTED;
    case BENCH_KINDS:
        break;
    }
    return BENCH_UNKNOWN;
}

/* ---- sequential runs ------------------------------------------------------------------------ */

struct pending {
    uint32_t state[5], depth;
};

/* Walks a tree by the formulas in double, not by the tables that everybody else uses, and on a
 * stack in the heap, so that no tree is too deep. */
static int walk(const uts_tree *tree, bench_answer *answer)
{
    size_t capacity = 4096, used = 1;
    struct pending *stack = malloc(capacity * sizeof *stack);

    if (!stack)
        return -1;
    memcpy(stack[0].state, tree->root, sizeof stack[0].state);
    stack[0].depth = 0;
    while (used) {
        struct pending at = stack[--used];
        uint32_t children = uts_children_exact(tree, at.state[4], at.depth);

        answer->part[0]++;
        answer->part[1] += children == 0;
        if (at.depth > answer->part[2])
            answer->part[2] = at.depth;
        if (capacity - used < children) {
            struct pending *larger;

            capacity = 2 * capacity + children;
            larger = realloc(stack, capacity * sizeof *stack);
            if (!larger) {
                free(stack);
                return -1;
            }
            stack = larger;
        }
        for (uint32_t i = 0; i < children; i++, used++) {
            leaf_sha1_child(at.state, i, stack[used].state);
            stack[used].depth = at.depth + 1;
        }
    }
    free(stack);
    return 0;
}

int bench_expect(const bench_problem *problem, bench_answer *answer, bench_origin *origin,
                 char *error, size_t size)
{
    double seconds;

    *origin = bench_known(problem, answer);
    if (*origin != BENCH_UNKNOWN)
        return 0;
    *origin = BENCH_COMPUTED;
    if (problem->kind == BENCH_UTS) {
        const uts_tree *tree = &problem->as.uts;

        if (walk(tree, answer)) {
            snprintf(error, size, "no memory for a sequential run of %s", problem->name);
            return -1;
        }
        /* Only this shape has geometric nodes at any depth, and only a table of some. */
        if (tree->type == UTS_GEOMETRIC && tree->shape == UTS_EXPDEC &&
            answer->part[2] >= tree->rows) {
            snprintf(error, size, "%s: the tree is %llu deep, the tables end at %u; raise gen_mx",
                     problem->name, (unsigned long long)answer->part[2], tree->rows);
            return -1;
        }
        return 0;
    }
    if (bench_run_peer(bench_find_peer("seq"), problem, 1, answer, &seconds) != PEER_OK) {
        snprintf(error, size, "no memory for a sequential run of %s", problem->name);
        return -1;
    }
    return 0;
}

double bench_guess_seconds(const bench_problem *problem, const bench_answer *answer)
{
    const bench_workload *workload = bench_workloads[problem->kind];

    switch (problem->kind) {
    case BENCH_FIB:
        return 1e-9 * (double)workload->fibers(problem, answer);
    case BENCH_NQUEENS: /* some 70 nodes to a solution; small boards do not matter */
        return 10e-9 * 70 * (double)answer->part[0];
    case BENCH_UTS:
        return 100e-9 * (double)answer->part[0];
    case BENCH_SPAWNJOIN:
    case BENCH_YIELD:
        return 5e-9 * (double)answer->part[0];
    case BENCH_KINDS:
        break;
    }
    return 0;
}
