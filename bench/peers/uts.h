/* uts.h - unbalanced tree search, for the peers. */
#include "uts_leaf.h"

struct uts_node {
    uint32_t state[5], depth;
};

static void uts_visit(const uts_tree *tree, struct uts_node at, peer_count *counts)
{
    peer_count *mine = &counts[TASK_THREAD()];
    uint32_t children = leaf_uts_children(tree, at.state[4], at.depth);

    mine->part[0]++;
    mine->part[1] += children == 0;
    if (at.depth > mine->part[2])
        mine->part[2] = at.depth;
    if (!children)
        return;
    TASK_GROUP();
    for (uint32_t i = 0; i < children; i++) {
        struct uts_node child;

        leaf_sha1_child(at.state, i, child.state);
        child.depth = at.depth + 1;
        TASK_SPAWN(uts_visit(tree, child, counts));
    }
    TASK_WAIT();
}

static void uts_solve(const bench_problem *problem, void *data, peer_count *counts)
{
    const uts_tree *tree = &problem->as.uts;
    struct uts_node root = {
        {tree->root[0], tree->root[1], tree->root[2], tree->root[3], tree->root[4]}, 0};

    (void)data;
    uts_visit(tree, root, counts);
}
