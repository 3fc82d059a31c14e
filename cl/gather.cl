/* gather.cl - puts all free frames into the pool, between two slices.
 *
 * A fiber may find no frame although some are free: in the lists of workers that do not need them,
 * put aside in lanes' chains, or in lists whose owner found no empty slot because all held a few
 * frames of other classes. Then, when nobody can go on, in order:
 *     clf_collect     lists the free frames (those that clf_mark_free has marked)
 *     clf_sort_freed  (several classes; cancel.cl) puts them in order, class by class
 *     clf_stow        empties all lists and chains, and fills slot after slot
 *     clf_hand_out    gives each worker that lacks a frame of a class one, as far as there are any
 * Frames stay what they are. A worker that gets one runs the fiber that lacked it first, or takes
 * the root that did, if nobody was quicker: so somebody gets further in the next slice, whatever
 * the others draw from the pool before. That slice can do without gathering only if no class that
 * somebody lacks has a free frame: all that there may be are in use.
 */
__kernel void clf_collect(CLF_UPKEEP_ARGUMENTS)
{
    uint i = get_global_id(0);
    if (i < u->used && CLF_MARKS[i] == CLF_MARK_FREE && (u->classes == 1 || sizes[i] != CLF_INSIDE))
        clf_list_freed(u, CLF_LIST, sizes, i);
}

static inline uint clf_slots_for(__global const clf_upkeep *u, uint frames)
{
    return (frames + u->chunk - 1) / u->chunk;
}

/* All of a worker's own, counted out. */
static inline void clf_strip(__global const clf_upkeep *u, __global clf_worker_state *w,
                             __global clf_lane_state *lanes, __global char *frames)
{
    for (uint c = 0; c < u->classes; c++) {
        w->held -= w->nfree[c];
        w->nfree[c] = 0;
    }
    for (uint l = 0; l < u->lanes; l++) {
        for (uint at = lanes[l].spare; at != CLF_NIL; at = clf_header_at(u, frames, at)->link)
            w->held--;
        lanes[l].spare = CLF_NIL;
    }
}

/* A work-item for every worker and every slot. */
__kernel void clf_stow(CLF_UPKEEP_ARGUMENTS)
{
    uint i = get_global_id(0), first = 0, n = 0, class_ = 0;
    if (i < u->workers) {
        clf_strip(u, &workers[i], lanes + (size_t)i * u->lanes, frames);
        return;
    }
    i -= u->workers;
    if (i >= u->pool_slots)
        return;
    __global const uint *list = u->classes > 1 ? CLF_SORTED : CLF_LIST;
    for (uint slot = i; class_ < u->classes; class_++) {
        uint freed = u->freed_of[class_], slots = clf_slots_for(u, freed);
        if (slot < slots) {
            first += slot * u->chunk;
            n = min(u->chunk, freed - slot * u->chunk);
            break;
        }
        slot -= slots;
        first += freed;
    }
    for (uint k = 0; k < n; k++)
        pool_entry[(size_t)i * u->chunk + k] = list[first + k];
    pool_state[i] = n == 0 ? 0 : class_ << CLF_SLOT_SHIFT | n;
}

/* One work-item: the last frames of the class's last slots. */
__kernel void clf_hand_out(CLF_UPKEEP_ARGUMENTS)
{
    uint first = 0;
    for (uint c = 0; c < u->classes; c++) {
        uint left = u->freed_of[c], slots = clf_slots_for(u, left);
        for (uint g = 0; g < u->workers && left != 0; g++) {
            __global clf_worker_state *w = &workers[g];
            if ((w->lacks >> c & 1) == 0)
                continue;
            left--;
            free[((size_t)g * u->classes + c) * 3 * u->chunk] =
                pool_entry[(size_t)first * u->chunk + left];
            w->nfree[c] = 1;
            w->held++;
            uint rest = left % u->chunk;
            pool_state[first + left / u->chunk] = rest == 0 ? 0 : c << CLF_SLOT_SHIFT | rest;
        }
        u->filled[c] = clf_slots_for(u, left);
        first += slots;
    }
}
