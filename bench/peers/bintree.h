/* bintree.h - a full binary tree whose nodes read and compute, for the peers. */
#include "tree_work.h"

struct bintree {
    const uint32_t *words;
    uint32_t mem, comp, leaf;
};

static uint64_t bintree_below(const struct bintree *t, uint32_t name, uint32_t levels)
{
    uint64_t sum = 0;

    for (uint32_t level = 0; level < levels; level++)
        for (uint32_t k = 0; k < UINT32_C(1) << level; k++)
            sum += tree_work((name << level) + k, t->words, t->mem, t->comp);
    return sum;
}

static uint64_t bintree_visit(const struct bintree *t, uint32_t name, uint32_t levels)
{
    uint64_t left = 0, right = 0;

    if (levels <= t->leaf)
        return bintree_below(t, name, levels);
    if (levels == 1)
        return tree_work(name, t->words, t->mem, t->comp);
    TASK_GROUP();
    TASK_SPAWN_TO(left, bintree_visit(t, 2 * name, levels - 1));
    TASK_SPAWN_TO(right, bintree_visit(t, 2 * name + 1, levels - 1));
    uint64_t own = tree_work(name, t->words, t->mem, t->comp);
    TASK_WAIT();
    return own + left + right;
}

static void bintree_solve(const bench_problem *problem, void *data, peer_count *counts)
{
    struct bintree t = {(const uint32_t *)data, problem->as.tree.mem, problem->as.tree.comp,
                        problem->as.tree.leaf};

    counts[0].part[0] = bintree_visit(&t, 1, problem->as.tree.depth + 1);
}
