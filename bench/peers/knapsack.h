/* knapsack.h - branch and bound, for the peers. */

/* Relaxed is enough: the best value prunes, and only grows. */
static void knapsack_improve(bench_items *items, uint32_t value)
{
    uint32_t best = __atomic_load_n(&items->best, __ATOMIC_RELAXED);

    while (value > best && !__atomic_compare_exchange_n(&items->best, &best, value, 1,
                                                        __ATOMIC_RELAXED, __ATOMIC_RELAXED))
        ;
}

static inline int knapsack_promising(const bench_items *items, uint32_t at, uint32_t left,
                                     uint32_t value, uint32_t best)
{
    return (uint64_t)(best - value) * items->weight[at] < (uint64_t)left * items->value[at];
}

static uint32_t knapsack_search(const bench_items *items, uint32_t n, uint32_t at, uint32_t left,
                                uint32_t value, uint32_t best)
{
    if (at == n)
        return value > best ? value : best;
    if (value <= best && !knapsack_promising(items, at, left, value, best))
        return best;
    if (items->weight[at] <= left)
        best = knapsack_search(items, n, at + 1, left - items->weight[at], value + items->value[at],
                               best);
    return knapsack_search(items, n, at + 1, left, value, best);
}

static void knapsack_visit(bench_items *items, uint32_t n, uint32_t leaf, uint32_t at,
                           uint32_t left, uint32_t value)
{
    uint32_t best = __atomic_load_n(&items->best, __ATOMIC_RELAXED);

    if (at < n && value <= best && !knapsack_promising(items, at, left, value, best))
        return;
    if (n - at <= leaf) {
        knapsack_improve(items, knapsack_search(items, n, at, left, value, best));
        return;
    }
    TASK_GROUP();
#ifndef TASK_SEQUENTIAL
    /* Runtimes begin with the youngest task: it is the more promising one, with the item. */
    TASK_SPAWN(knapsack_visit(items, n, leaf, at + 1, left, value));
#endif
    if (items->weight[at] <= left)
        TASK_SPAWN(knapsack_visit(items, n, leaf, at + 1, left - items->weight[at],
                                  value + items->value[at]));
#ifdef TASK_SEQUENTIAL
    knapsack_visit(items, n, leaf, at + 1, left, value);
#endif
    TASK_WAIT();
}

static void knapsack_solve(const bench_problem *problem, void *data, peer_count *counts)
{
    bench_items *items = (bench_items *)data;

    (void)counts;
    items->best = 0;
    knapsack_visit(items, problem->as.knapsack.n, problem->as.knapsack.leaf, 0, items->room, 0);
}
