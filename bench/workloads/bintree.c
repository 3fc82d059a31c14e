/* bintree.c - host side of bintree: words to read. */
#include <stdio.h>
#include <stdlib.h>

#include "../device.h"
#include "../tree.h"

static int parse(char *numbers, bench_problem *problem, char *error, size_t size)
{
    const bench_blank blank[] = {{"DEPTH", 0, 30, &problem->as.tree.depth},
                                 {"MEM", 0, 1000000, &problem->as.tree.mem},
                                 {"COMP", 0, 1000000, &problem->as.tree.comp},
                                 {"LEAF", 0, 4, &problem->as.tree.leaf}};

    problem->as.tree.branches = 2;
    problem->as.tree.mem = 4;
    problem->as.tree.comp = 64;
    problem->as.tree.leaf = 4;
    return bench_tree_parse(numbers, blank, 4, problem, error, size);
}

static uint64_t nodes_down_to(uint32_t depth)
{
    return (UINT64_C(2) << depth) - 1;
}

/* A leaf of k levels is one fiber instead of 2^k - 1. */
static uint64_t fibers(const bench_problem *problem, const bench_answer *answer)
{
    uint32_t leaf = problem->as.tree.leaf > 1 ? problem->as.tree.leaf - 1 : 0;

    (void)answer;
    return problem->as.tree.depth <= leaf ? 1 : nodes_down_to(problem->as.tree.depth - leaf);
}

static uint64_t times(const bench_problem *problem, uint64_t count)
{
    (void)count;
    return nodes_down_to(problem->as.tree.depth);
}

static bool known(const bench_problem *problem, bench_answer *answer)
{
    (void)problem;
    (void)answer;
    return false;
}

static double guess(const bench_problem *problem, const bench_answer *answer)
{
    (void)answer;
    return bench_tree_guess(problem, nodes_down_to(problem->as.tree.depth));
}

static clf_status start(bench_run *run, clf_handle *root)
{
    cl_uint name = 1, levels = run->problem->as.tree.depth + 1;

    return clf_start(run->scheduler, "bintree", 2, (clf_arg[]){CLF_ARG(name), CLF_ARG(levels)},
                     root);
}

/* Of a leaf's nodes, whose loads do not wait for one another, as many side by side as there are. */
static void build_options(const bench_run *run, char *text, size_t size)
{
    static const unsigned nodes[] = {1, 1, 3, 8, 16};
    unsigned width = bench_tree_width(run);

    snprintf(text, size, "-DTREE_WIDTH=%u", width == 8 ? nodes[run->problem->as.tree.leaf] : width);
}

static int bind(bench_run *run)
{
    if (bench_bind_uint(run, "leaf", run->problem->as.tree.leaf))
        return -1;
    return bench_tree_bind(run);
}

const bench_workload bench_bintree = {
    .name = "bintree",
    .synopsis = "bintree:DEPTH[,MEM[,COMP[,LEAF]]]",
    .about =
        "full binary tree; a node reads MEM words (4) and computes COMP steps (64); the lowest "
        "LEAF levels (4; 0 to 4) are one fiber's, above it is a fiber per node; width=1 does "
        "without vectors",
    .numbers = "18",
    .each = "node",
    .part_name = {"sum"},
    .answer_is_result = true,
    .parse = parse,
    .fibers = fibers,
    .times = times,
    .known = known,
    .guess = guess,
    .make = bench_tree_make,
    .build_options = build_options,
    .bind = bind,
    .start = start,
};
