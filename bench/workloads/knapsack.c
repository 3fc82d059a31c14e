/* knapsack.c - host side of knapsack: items, and the best value by dynamic programming. */
#include <stdio.h>
#include <stdlib.h>

#include "../device.h"
#include "../sequence.h"

static int parse(char *numbers, bench_problem *problem, char *error, size_t size)
{
    const bench_blank blank[] = {{"N", 4, KNAPSACK_ITEMS, &problem->as.knapsack.n},
                                 {"LEAF", 4, KNAPSACK_LEAF, &problem->as.knapsack.leaf}};

    problem->as.knapsack.leaf = 16;
    return bench_parse_numbers(numbers, blank, 2, &problem->as.knapsack.width, error, size);
}

/* ---- items ------------------------------------------------------------------------------------
 */

static int by_density(const void *a, const void *b)
{
    const uint32_t *x = a, *y = b;
    uint64_t left = (uint64_t)x[0] * y[1], right = (uint64_t)y[0] * x[1];

    return (left < right) - (left > right);
}

/* Values and weights are nearly in proportion, which makes the bound weak. The knapsack holds half
 * of all.
 */
static void *make(const bench_problem *problem)
{
    uint32_t n = problem->as.knapsack.n, pair[KNAPSACK_ITEMS][2];
    bench_items *items = calloc(1, sizeof *items);

    if (!items)
        return NULL;
    for (uint32_t i = 0; i < n; i++) {
        pair[i][1] = 64 * (16 + bench_number(i) % 100);
        pair[i][0] = pair[i][1] + bench_number(n + i) % 16;
        items->room += pair[i][1];
    }
    items->room = items->room / 128 * 64 + 32;
    qsort(pair, n, sizeof pair[0], by_density);
    for (uint32_t i = 0; i < n; i++) {
        items->value[i] = pair[i][0];
        items->weight[i] = pair[i][1];
    }
    return items;
}

/* ---- the right answer ---------------------------------------------------------------------------
 */

static bool known(const bench_problem *problem, bench_answer *answer)
{
    (void)problem;
    (void)answer;
    return false;
}

static int compute(const bench_problem *problem, bench_answer *answer, char *error, size_t size)
{
    bench_items *items = make(problem);
    uint32_t *best = items ? calloc((size_t)items->room + 1, sizeof *best) : NULL;

    if (best) {
        for (uint32_t i = 0; i < problem->as.knapsack.n; i++)
            for (uint32_t w = items->room; w >= items->weight[i]; w--)
                if (best[w - items->weight[i]] + items->value[i] > best[w])
                    best[w] = best[w - items->weight[i]] + items->value[i];
        answer->part[0] = best[items->room];
    } else {
        snprintf(error, size, "no memory for the right answer of %s", problem->name);
    }
    free(best);
    free(items);
    return best ? 0 : -1;
}

/* How much can be pruned is hard to tell. */
static double guess(const bench_problem *problem, const bench_answer *answer)
{
    (void)answer;
    return 1e-6 * (double)(UINT64_C(1) << problem->as.knapsack.n / 2);
}

static void judge(const bench_problem *problem, const void *data, bench_answer *answer)
{
    const bench_items *items = data;

    (void)problem;
    answer->part[0] = items->best;
}

/* ---- on the device ------------------------------------------------------------------------------
 */

static void build_options(const bench_run *run, char *text, size_t size)
{
    snprintf(text, size, "-DKNAPSACK_WIDTH=%u", bench_width(run, run->problem->as.knapsack.width));
}

/* Values and weights of the 16 choices among the last four items. */
static void try_all(const bench_items *items, uint32_t n, uint32_t sums[32])
{
    for (uint32_t choice = 0; choice < 16; choice++)
        for (uint32_t k = 0; k < 4; k++)
            if (choice >> k & 1) {
                sums[choice] += items->value[n - 4 + k];
                sums[16 + choice] += items->weight[n - 4 + k];
            }
}

static int bind(bench_run *run)
{
    uint32_t n = run->problem->as.knapsack.n, sums[32] = {0};
    bench_items *items = make(run->problem);
    int failed;

    if (!items)
        return bench_no_memory(run, sizeof *items);
    try_all(items, n, sums);
    failed = bench_buffer(run, 0, "values", sizeof(cl_uint) * n, items->value, "the values") ||
             bench_buffer(run, 1, "weights", sizeof(cl_uint) * n, items->weight, "the weights") ||
             bench_buffer(run, 2, "sums16", sizeof sums, sums, "the choices of the last items") ||
             bench_buffer(run, 3, "best", sizeof(cl_uint), NULL, "the best value") ||
             bench_bind_uint(run, "count", n) ||
             bench_bind_uint(run, "leaf", run->problem->as.knapsack.leaf);
    free(items);
    return failed ? -1 : 0;
}

static clf_status start(bench_run *run, clf_handle *root)
{
    bench_items *items = make(run->problem);
    cl_uint zero = 0, room = items ? items->room : 0;

    free(items);
    return clf_start(run->scheduler, "knapsack", 3,
                     (clf_arg[]){CLF_ARG(zero), CLF_ARG(room), CLF_ARG(zero)}, root);
}

static int collect(bench_run *run, bench_answer *answer)
{
    cl_uint *best = bench_read(run, 3);

    if (!best)
        return -1;
    answer->part[0] = *best;
    free(best);
    return 0;
}

const bench_workload bench_knapsack = {
    .name = "knapsack",
    .synopsis = "knapsack:N[,LEAF]",
    .about =
        "0-1 knapsack of N items by branch and bound, a fiber per decision until LEAF (16) items "
        "are left; the tree differs from run to run; width=1 does without vectors",
    .numbers = "32",
    .each = "fiber",
    .part_name = {"best value"},
    .parse = parse,
    .known = known,
    .compute = compute,
    .guess = guess,
    .make = make,
    .judge = judge,
    .build_options = build_options,
    .bind = bind,
    .start = start,
    .collect = collect,
};
