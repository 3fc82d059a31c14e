/* tree.h - the tree program on the host's side: starting it, and checking that every fiber of it
 * ran exactly once. What has to come out is computed by a recursion of the host's own. */
#ifndef CLF_TESTS_TREE_H
#define CLF_TESTS_TREE_H

#include "support.h"

typedef struct tree {
    uint32_t fan, depth;
    uint32_t ids;   /* how many ids the full tree would have */
    uint32_t nodes; /* how many there are */
    cl_uint *there; /* by id: 1 if there is such a node, else 0 */
    cl_ulong sum;   /* the root's result */
    cl_mem begun, ended;
    clf_handle root;
} tree;

/* Computes the tree and binds its buffers on a scheduler whose program is tree; fan at most 4. */
tree tree_open(clf_scheduler *scheduler, uint32_t fan, uint32_t depth);
void tree_start(clf_scheduler *scheduler, tree *t);
/* Joins the root and checks its result, and that each id there is began and ended exactly once and
 * no other. */
void tree_finish(clf_scheduler *scheduler, tree *t);
/* Zeroes the marks for another run. */
void tree_reset(clf_scheduler *scheduler, tree *t);
void tree_close(tree *t);
/* All of it. */
void tree_run(clf_scheduler *scheduler, uint32_t fan, uint32_t depth);

#endif
