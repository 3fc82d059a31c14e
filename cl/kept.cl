/* kept.cl - joins without atomic operations, of children that stay with their parent's worker.
 *
 * That is what most do unless others are short of work. `pending` of a fiber that waits in sync has
 * CLF_LOCAL then, and a child that ends counts it down by a load and a store (join.cl).
 *
 * Why that is sound. A fiber is *kept* if it lies in the private part of its worker's deque, is the
 * next one there, runs there, or waits in a sync with CLF_LOCAL there. Invariant: the children of a
 * fiber whose `pending` has CLF_LOCAL are all kept, by one worker, which is therefore the only one
 * that looks at that word. A sync establishes it: its children were made in the segment that ends,
 * unless some ran inline and suspended in ways of their own (`late`). A child that is kept resumes
 * its parent on the same worker, which keeps it on. Before a fiber does anything else - before it
 * is published, waits for something other than its children, or waits for some that are not kept -
 * it is exposed: CLF_LOCAL is taken off its parent, which may be resumed elsewhere from now on and
 * so is exposed as well, and so on up to an ancestor that was before. These stores come before what
 * lets others know the fiber, as those to its frame do: the release of split, of a gate, of the
 * parent's count, or the end of the slice. Between slices only cancel.cl makes a fiber runnable
 * that waits in a sync: it takes off every CLF_LOCAL. Each sync is exposed once at most.
 *
 * Not with several lanes, which would count side by side; nor with one queue for all workers, nor
 * where entries of one deque are dealt out to others between slices (clf_deal).
 * Lineage: joins count only what was stolen in Cilk-5 (Frigo, Leiserson and Randall 1998) and its
 * heirs, which know from the order of their stacks what was; fibers here need a bit for it. Models:
 * tests/model/join.c, tests/model/spin/join.pml.
 */
#if CLF_LANES == 1 && CLF_MODE == CLF_MODE_STEAL
#define CLF_KEEPS 1

/* An awaited child's parent was exposed when it began to wait. */
static inline void clf_expose(clf_worker *w, __global clf_header *h)
{
    while ((h->slot & (CLF_SLOT_TOP | CLF_SLOT_AWAITED)) == 0) {
        h = clf_frame_at(w, h->parent);
        uint pending = clf_load_relaxed(&h->pending);
        if ((pending & CLF_LOCAL) == 0)
            break;
        clf_store_relaxed(&h->pending, pending & ~CLF_LOCAL);
    }
}

/* Whether the children that a segment leaves are all kept. */
#define clf_keeps_children(w) (CLF_INLINE_DEPTH == 0 || (w)->late == 0)

#else
#define CLF_KEEPS 0
#define clf_expose(w, h)
#define clf_keeps_children(w) false
#endif
