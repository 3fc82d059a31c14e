/* barytree.c - host side of barytree: words to read, and counters. */
#include "../device.h"
#include "../tree.h"

static int parse(char *numbers, bench_problem *problem, char *error, size_t size)
{
    const bench_blank blank[] = {{"DEPTH", 1, 1000, &problem->as.tree.depth},
                                 {"BRANCHES", 1, 16, &problem->as.tree.branches},
                                 {"MEM", 0, 1000000, &problem->as.tree.mem},
                                 {"COMP", 0, 1000000, &problem->as.tree.comp}};

    problem->as.tree.branches = 6;
    problem->as.tree.mem = 4;
    problem->as.tree.comp = 64;
    return bench_tree_parse(numbers, blank, 4, problem, error, size);
}

static unsigned parts(const bench_problem *problem)
{
    (void)problem;
    return 2;
}

static uint64_t fibers(const bench_problem *problem, const bench_answer *answer)
{
    (void)problem;
    return answer->part[1];
}

static bool known(const bench_problem *problem, bench_answer *answer)
{
    (void)problem;
    (void)answer;
    return false;
}

static double guess(const bench_problem *problem, const bench_answer *answer)
{
    return bench_tree_guess(problem, 2 * answer->part[1]);
}

static int bind(bench_run *run)
{
    if (bench_bind_uint(run, "branches", run->problem->as.tree.branches) ||
        bench_bind_uint(run, "depth", run->problem->as.tree.depth) || bench_tree_bind(run))
        return -1;
    return bench_counts_buffer(run, 1);
}

static clf_status start(bench_run *run, clf_handle *root)
{
    cl_uint name = 1, depth = 0;

    return clf_start(run->scheduler, "barytree", 2, (clf_arg[]){CLF_ARG(name), CLF_ARG(depth)},
                     root);
}

static int collect(bench_run *run, bench_answer *answer)
{
    return bench_sum_counts(run, 1, answer);
}

const bench_workload bench_barytree = {
    .name = "barytree",
    .synopsis = "barytree:DEPTH[,BRANCHES[,MEM[,COMP]]]",
    .about =
        "pruned tree, up to BRANCHES (6) children, fewer with depth; a child's work is to read "
        "MEM words (4) and to compute COMP steps (64); a fiber per node; width=1 does without "
        "vectors",
    .numbers = "12",
    .each = "fiber",
    .part_name = {"sum", "nodes"},
    .parse = parse,
    .parts = parts,
    .fibers = fibers,
    .known = known,
    .guess = guess,
    .make = bench_tree_make,
    .build_options = bench_tree_build_options,
    .bind = bind,
    .start = start,
    .collect = collect,
};
