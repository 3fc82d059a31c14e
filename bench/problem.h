/* problem.h - what a benchmark computes and what it answers, shared by the workloads, the oracle
 * and the peers.
 *
 * A problem is a workload with its numbers filled in. Every runtime (ours and the peers) takes a
 * problem and gives an answer; equal problems must give equal answers whatever the runtime.
 */
#ifndef BENCH_PROBLEM_H
#define BENCH_PROBLEM_H

#include <stddef.h>
#include <stdint.h>

#include "list.h"

#ifdef __cplusplus
extern "C" {
#endif

#define BENCH_KIND_OF(KIND, name) BENCH_##KIND,
typedef enum bench_kind { BENCH_WORKLOADS(BENCH_KIND_OF) BENCH_KINDS } bench_kind;
#undef BENCH_KIND_OF

/* ---- unbalanced trees ----------------------------------------------------------------------- */

typedef enum uts_type { UTS_GEOMETRIC, UTS_BINOMIAL, UTS_HYBRID } uts_type;
typedef enum uts_shape { UTS_FIXED, UTS_LINEAR, UTS_CYCLIC, UTS_EXPDEC } uts_shape;

#define UTS_MAX_CHILDREN 100 /* of any node but a binomial root */
/* Thresholds of one depth: the k-th is the smallest random number that gives more than k children.
 * A row ends in numbers that no 31-bit random number reaches, so that a scan needs no other bound.
 */
#define UTS_ROW 104

typedef struct uts_tree {
    uts_type type;
    uts_shape shape;
    uint32_t gen_mx; /* depth that the geometric shapes refer to */
    double b0;       /* children of the root, on average or exactly */
    double q;        /* binomial: probability of having children */
    uint32_t m;      /* binomial: how many they are */
    uint32_t seed;   /* of the root's state */
    uint32_t width;  /* SHA-1 states per vector on the device; 0: chosen for the device */

    /* Derived by uts_prepare, so that devices without fp64 walk the same tree. */
    uint32_t root[5];
    uint32_t root_children; /* a binomial root's; 0: the root is like any other node */
    uint32_t geo_depth;     /* above this depth nodes are geometric, from it on binomial */
    uint32_t bin_threshold; /* smallest random number that gives a binomial node no children */
    uint32_t rows;          /* of `thresholds`: 1 if all depths are alike, else geo_depth */
    uint32_t *thresholds;   /* rows * UTS_ROW */
} uts_tree;

/* ---- problem and answer --------------------------------------------------------------------- */

#define BENCH_ONLY (1u << 31) /* above all numbers of vertices */

/* A graph in compressed rows: the neighbours of v are neighbor[first[v]] ... neighbor[first[v + 1]
 * - 1]. */
typedef struct bench_graph {
    uint32_t vertices, edges, source;
    uint32_t linked; /* vertices with neighbours */
    uint32_t *first, *neighbor;
    uint32_t *hub; /* of each vertex: the neighbour that has the most; without any, itself; with
                      BENCH_ONLY, if there is no other one */
    uint32_t
        width; /* of the search: 16 vertices that look for a level together, 1; 0: for the device */
} bench_graph;

#define BENCH_NAME 256

typedef struct bench_problem {
    char name[BENCH_NAME]; /* as the user wrote it */
    bench_kind kind;
    union {
        struct {
            uint32_t n;
        } fib;
        struct {
            uint32_t n, cutoff; /* cutoff == n: a fiber per node */
            uint32_t width; /* of the search below the cutoff: 16 boards, 1; 0: for the device */
        } nqueens;
        uts_tree uts;
        struct {
            uint32_t fibers, rounds; /* spawnjoin: children between syncs; sleepers: microseconds */
        } flat;                      /* spawnjoin, empty, yield, hostcall, sleepers */
        struct {
            uint32_t fibers, rounds;
        } talk; /* mutex, channel, pingpong */
        struct {
            uint32_t n, leaf;    /* from `leaf` numbers down nobody splits, ... */
            uint32_t lanes_leaf; /* ... on a device that is no CPU from so many down */
            uint32_t width;      /* 16: with vectors, 1: without; 0: chosen for the device */
        } sort;
        struct {
            uint32_t depth, branches;
            uint32_t mem, comp; /* words read and steps computed in a node */
            uint32_t leaf;      /* levels that one fiber does alone */
            uint32_t width;     /* as above */
        } tree;
        struct {
            uint32_t size, limit,
                leaf; /* pixels a side, iterations at most, pixels a side of a leaf */
            uint32_t width;
        } mandelbrot;
        struct {
            uint32_t n, leaf; /* items, and how many of them are one fiber's */
            uint32_t width;
        } knapsack;
        struct {
            uint32_t n, leaf; /* sides of the matrices and of what one fiber multiplies */
            uint32_t width;
        } matmul; /* strassen, too */
        struct {
            uint32_t n, leaf; /* bodies, and how many of them are one fiber's */
            uint32_t width;
            float *input;      /* n times x, y, z, mass */
            uint32_t apart;    /* from one body that is checked to the next */
            double *reference; /* its force, and the length of that, by direct sums */
        } nbody;
        bench_graph graph;
    } as;
} bench_problem;

#define BENCH_PARTS 3

/* part[0] is what the table shows; the workload names the parts and says how many there are. */
typedef struct bench_answer {
    uint64_t part[BENCH_PARTS];
} bench_answer;

/* A knapsack and what there is for it, by value per weight; the best value found so far. */
#define KNAPSACK_ITEMS 64
#define KNAPSACK_LEAF  32
typedef struct bench_items {
    uint32_t value[KNAPSACK_ITEMS], weight[KNAPSACK_ITEMS], room, best;
} bench_items;

/* In a level with more than this part of the vertices, those that were not reached look for it, so
 * many by one fiber. */
#define BFS_LARGE  32
#define BFS_PULLED 512

/* What Barnes and Hut's tree of N bodies is; nbody.fib has the same. */
#define NBODY_GROUP   16 /* bodies that walk together */
#define NBODY_CELL    16 /* bodies of a leaf at most, unless they are this deep: */
#define NBODY_DEEPEST 24
#define NBODY_CUBE    16.0f /* all bodies are in a cube of this side around 0 */
#define NBODY_OPEN    0.5f  /* a cell of this side at distance 1 is opened */
#define NBODY_SOFT    1e-4f /* added to squares of distances */

/* Whether Strassen's product of n x n splits; what it needs beside its operands and its result: for
 * each of seven products the result, two operands, and what it needs itself. */
static inline int bench_strassen_splits(uint32_t n, uint32_t leaf)
{
    return n > leaf && n % 2 == 0;
}

static inline size_t bench_strassen_words(uint32_t n, uint32_t leaf)
{
    size_t words = 0;
    uint32_t levels = 0;

    for (; bench_strassen_splits(n, leaf); n /= 2)
        levels++;
    for (; levels > 0; levels--) {
        words = 7 * (3 * (size_t)n * n + words);
        n *= 2;
    }
    return words;
}

/* What child `index` of spawnjoin adds to its place: differs from child to child, so that a child
 * that ran for another one shows. */
static inline uint32_t bench_mark(uint32_t index)
{
    return (index ^ 0x9e3779b9u) * 0x85ebca6bu | 1u;
}

/* What the host answers to the round-th question of fiber `index` of hostcall. */
static inline uint32_t bench_answer_to(uint32_t index, uint32_t round)
{
    return bench_mark(index ^ round * 0xc2b2ae35u);
}

#ifdef __cplusplus
}
#endif
#endif
