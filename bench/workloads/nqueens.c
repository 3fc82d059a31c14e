/* nqueens.c - host side of nqueens: masks and counters. */
#include <stdio.h>
#include <string.h>

#include "../device.h"

static int parse(char *numbers, bench_problem *problem, char *error, size_t size)
{
    /* 20 queens already take a day. */
    const bench_blank blank[] = {{"N", 1, 20, &problem->as.nqueens.n},
                                 {"CUTOFF", 0, 20, &problem->as.nqueens.cutoff}};

    problem->as.nqueens.cutoff = UINT32_MAX;
    if (bench_parse_numbers(numbers, blank, 2, &problem->as.nqueens.width, error, size))
        return -1;
    if (problem->as.nqueens.cutoff == UINT32_MAX)
        problem->as.nqueens.cutoff = problem->as.nqueens.n;
    if (problem->as.nqueens.cutoff <= problem->as.nqueens.n)
        return 0;
    snprintf(error, size, "CUTOFF is '%u'; it has to be N, %u, at most", problem->as.nqueens.cutoff,
             problem->as.nqueens.n);
    return -1;
}

/* Below a cutoff nobody counts nodes. */
static bool fiber_per_node(const bench_problem *problem)
{
    return problem->as.nqueens.cutoff == problem->as.nqueens.n;
}

static unsigned parts(const bench_problem *problem)
{
    return fiber_per_node(problem) ? 2 : 1;
}

static uint64_t fibers(const bench_problem *problem, const bench_answer *answer)
{
    return fiber_per_node(problem) ? answer->part[1] : 0;
}

static uint64_t times(const bench_problem *problem, uint64_t count)
{
    (void)problem;
    return count;
}

static void build_options(const bench_run *run, char *text, size_t size)
{
    snprintf(text, size, "-DNQUEENS_WIDTH=%u -DNQUEENS_TO_THE_END=%d",
             bench_width(run, run->problem->as.nqueens.width), fiber_per_node(run->problem));
}

static int bind(bench_run *run)
{
    uint32_t n = run->problem->as.nqueens.n;

    if (bench_bind_uint(run, "all", (UINT32_C(1) << n) - 1) ||
        bench_bind_uint(run, "cutoff", run->problem->as.nqueens.cutoff))
        return -1;
    return bench_counts_buffer(run, 0);
}

static clf_status start(bench_run *run, clf_handle *root)
{
    cl_uint none = 0, all = (UINT32_C(1) << run->problem->as.nqueens.n) - 1;

    return clf_start(run->scheduler, "queens", 4,
                     (clf_arg[]){CLF_ARG(none), CLF_ARG(none), CLF_ARG(none), CLF_ARG(all)}, root);
}

static int collect(bench_run *run, bench_answer *answer)
{
    return bench_sum_counts(run, 0, answer);
}

/* Solutions: OEIS A000170. */
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

static bool known(const bench_problem *problem, bench_answer *answer)
{
    uint32_t n = problem->as.nqueens.n;
    bool count_nodes = fiber_per_node(problem);

    if (n >= sizeof queens / sizeof queens[0] || (count_nodes && queens[n].nodes == 0))
        return false;
    answer->part[0] = queens[n].solutions;
    answer->part[1] = count_nodes ? queens[n].nodes : 0;
    return true;
}

/* Some 70 nodes to a solution; small boards do not matter. */
static double guess(const bench_problem *problem, const bench_answer *answer)
{
    (void)problem;
    return 10e-9 * 70 * (double)answer->part[0];
}

const bench_workload bench_nqueens = {
    .name = "nqueens",
    .synopsis = "nqueens:N[,CUTOFF]",
    .about = "all ways to place N queens, a fiber per node of the search tree, or down to depth "
             "CUTOFF (N up to 20)",
    .numbers = "12",
    .each = "fiber",
    .part_name = {"solutions", "nodes"},
    .parse = parse,
    .parts = parts,
    .fibers = fibers,
    .times = times,
    .build_options = build_options,
    .bind = bind,
    .known = known,
    .guess = guess,
    .start = start,
    .collect = collect,
};
