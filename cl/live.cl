/* live.cl - which fibers there are: what cancel.cl starts from.
 *
 * Between slices nothing on the device moves, so kernels of their own, one after the other, can
 * look at all of it without costing the slices anything. They are a program apart from the user's
 * (frames are addressed by their size), built when it is first needed. Kernel boundaries order
 * everything; within a kernel a word is written by one work-item alone, or by OpenCL 1.2's relaxed
 * read-modify-writes.
 *
 * A frame is live if it was handed out once and is in no free list: neither a worker's, nor the
 * pool's, nor a lane's chain of spare ones.
 */
#define CLF_LAYOUT_SPACE __global

/* All kernels have the same arguments; scratch: see layout.h. */
#define CLF_UPKEEP_ARGUMENTS                                                                    \
    __global clf_upkeep *u, __global clf_worker_state *workers, __global clf_lane_state *lanes, \
        __global uint *rings, __global uint *free, __global uint *pool_state,                   \
        __global uint *pool_entry, __global char *frames, __global const uchar *sizes,          \
        __global char *done, __global clf_ready *ready, __global const uint *roots,             \
        __global uint *scratch, uint turn

static inline __global clf_header *clf_header_at(__global const clf_upkeep *u,
                                                 __global char *frames, uint index)
{
    return (__global clf_header *)(frames + u->frames_at + (size_t)index * u->frame_bytes);
}

/* One work-item for every worker's lists, every slot of the pool and every lane's chain; with
 * several classes of frames for every unit, too. */
__kernel void clf_mark_free(CLF_UPKEEP_ARGUMENTS)
{
    const uint room = 3 * u->chunk;
    uint i = get_global_id(0);
    if (i < u->workers) {
        for (uint c = 0; c < u->classes; c++)
            for (uint k = 0; k < workers[i].nfree[c]; k++)
                CLF_MARKS[free[((size_t)i * u->classes + c) * room + k]] = CLF_MARK_FREE;
        return;
    }
    i -= u->workers;
    if (i < u->pool_slots) {
        for (uint k = 0; k < (pool_state[i] & CLF_SLOT_COUNT); k++)
            CLF_MARKS[pool_entry[(size_t)i * u->chunk + k]] = CLF_MARK_FREE;
        return;
    }
    i -= u->pool_slots;
    if (i < u->workers * u->lanes) {
        for (uint at = lanes[i].spare; at != CLF_NIL; at = clf_header_at(u, frames, at)->link)
            CLF_MARKS[at] = CLF_MARK_FREE;
        return;
    }
    i -= u->workers * u->lanes;
    if (u->classes > 1 && i < u->used && sizes[i] == CLF_INSIDE)
        CLF_MARKS[i] = CLF_MARK_FREE;
}

/* Gives the fibers that nobody knew so far generations of their own, as clf_self does; started ones
 * are known by their handles. */
__kernel void clf_stamp(CLF_UPKEEP_ARGUMENTS)
{
    uint i = get_global_id(0);
    if (i >= u->used || CLF_MARKS[i] == CLF_MARK_FREE)
        return;
    __global clf_header *h = clf_header_at(u, frames, i);
    if ((h->slot & CLF_SLOT_TOP) == CLF_SLOT_STARTED || (h->code & CLF_SEEN))
        return;
    h->gen = (h->gen + 1) & CLF_FRAME_MAX;
    h->code |= CLF_SEEN;
}

/* How many unfinished children every fiber waits for together; those awaited one by one are not
 * among them. */
__kernel void clf_count_children(CLF_UPKEEP_ARGUMENTS)
{
    uint i = get_global_id(0);
    if (i >= u->used || CLF_MARKS[i] == CLF_MARK_FREE)
        return;
    __global clf_header *h = clf_header_at(u, frames, i);
    if (h->slot & CLF_SLOT_TOP)
        return;
    if (h->parent >= u->used || CLF_MARKS[h->parent] == CLF_MARK_FREE)
        atomic_inc((volatile __global uint *)&u->broken);
    else if (!(h->slot & CLF_SLOT_AWAITED))
        atomic_inc((volatile __global uint *)&CLF_KIDS[h->parent]);
}
