/* tree.c - see tree.h. */
#include "tree.h"

static cl_ulong walk(tree *t, uint32_t id, uint32_t depth)
{
    t->there[id] = 1;
    t->nodes++;
    cl_ulong sum = mix(id);
    if (depth == 0 || (id > t->fan && (mix(id) & 3) == 0))
        return sum;
    for (uint32_t k = 0; k < t->fan; k++)
        sum += (k + 2) * walk(t, id * t->fan + k + 1, depth - 1);
    return sum;
}

tree tree_open(clf_scheduler *scheduler, uint32_t fan, uint32_t depth)
{
    tree t = {.fan = fan, .depth = depth, .ids = 1};
    for (uint32_t level = 0; level < depth; level++)
        t.ids = t.ids * fan + 1;
    t.there = calloc(t.ids, sizeof *t.there);
    ck_assert_ptr_nonnull(t.there);
    t.sum = walk(&t, 0, depth);
    bind_uint(scheduler, "fan", fan);
    t.begun = bind_words(scheduler, "begun", t.ids);
    t.ended = bind_words(scheduler, "ended", t.ids);
    return t;
}

void tree_start(clf_scheduler *scheduler, tree *t)
{
    clf_arg args[] = {CLF_UINT(0), CLF_UINT(t->depth)};
    must(scheduler, clf_start(scheduler, "node", 2, args, &t->root));
}

static void check_marks(clf_scheduler *scheduler, const tree *t, cl_mem marks, const char *what)
{
    cl_uint *words = malloc(t->ids * sizeof *words);
    ck_assert_ptr_nonnull(words);
    read_words(scheduler, marks, words, t->ids);
    for (uint32_t id = 0; id < t->ids; id++)
        ck_assert_msg(words[id] == t->there[id], "node %u %s %u times, not %u", id, what, words[id],
                      t->there[id]);
    free(words);
}

void tree_finish(clf_scheduler *scheduler, tree *t)
{
    cl_ulong sum = 0;
    must(scheduler, clf_join(scheduler, t->root, &sum, sizeof sum, CLF_FOREVER));
    check_marks(scheduler, t, t->begun, "began");
    check_marks(scheduler, t, t->ended, "ended");
    ck_assert_uint_eq(sum, t->sum);
}

void tree_reset(clf_scheduler *scheduler, tree *t)
{
    cl_uint zero = 0;
    cl_command_queue queue = clf_queue(scheduler);
    size_t bytes = t->ids * sizeof zero;
    must_cl(clEnqueueFillBuffer(queue, t->begun, &zero, sizeof zero, 0, bytes, 0, NULL, NULL));
    must_cl(clEnqueueFillBuffer(queue, t->ended, &zero, sizeof zero, 0, bytes, 0, NULL, NULL));
    must_cl(clFinish(queue));
}

void tree_close(tree *t)
{
    must_cl(clReleaseMemObject(t->begun));
    must_cl(clReleaseMemObject(t->ended));
    free(t->there);
}

void tree_run(clf_scheduler *scheduler, uint32_t fan, uint32_t depth)
{
    tree t = tree_open(scheduler, fan, depth);
    tree_start(scheduler, &t);
    tree_finish(scheduler, &t);
    tree_close(&t);
}
