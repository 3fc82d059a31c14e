/* barytree.h - a pruned tree, for the peers. */
#include "tree_work.h"

struct barytree {
    const uint32_t *words;
    uint32_t mem, comp, branches, depth;
};

static void barytree_visit(const struct barytree *t, uint32_t name, uint32_t depth,
                           peer_count *counts)
{
    peer_count *mine = &counts[TASK_THREAD()];

    mine->part[0] += name;
    mine->part[1]++;
    if (depth >= t->depth)
        return;
    TASK_GROUP();
    for (uint32_t k = 0; k < t->branches; k++) {
        uint32_t child = tree_work(name + k + 1, t->words, t->mem, t->comp);

        if ((child >> 8) % t->depth >= depth)
            TASK_SPAWN(barytree_visit(t, child, depth + 1, counts));
    }
    TASK_WAIT();
}

static void barytree_solve(const bench_problem *problem, void *data, peer_count *counts)
{
    struct barytree t = {(const uint32_t *)data, problem->as.tree.mem, problem->as.tree.comp,
                         problem->as.tree.branches, problem->as.tree.depth};

    barytree_visit(&t, 1, 0, counts);
}
