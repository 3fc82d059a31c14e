/* cancel.cl - ending fibers that have not finished, between two slices.
 *
 * A target is a fiber whose descendants are to go: one that failed and still has children, one that
 * waits in a sync although a child has failed, or one that is itself cancelled. In order:
 *     clf_victims  finds the targets that fibers have named
 *     clf_target   finds the others
 *     clf_decide   finds their descendants, the doomed, by walking up parents; repeated until no
 *                  frame is left open
 *     clf_settle   ends the targets, takes the doomed out of join words, lists what is free or can
 *                  run again
 *     clf_list_waiters, clf_unhook (unhook.cl)  take those that are gone out of the lists of
 *                  synchronization objects
 *     clf_requeue  takes them out of deques, yield queues, lanes and the ready list, where those go
 *                  that can run again
 *     clf_sort_freed (several classes of frames), clf_plan, clf_refund  put the free frames into
 *                  the pool
 *
 * Started fibers have no parent: they live on when who started them is cancelled.
 */
#define CLF_SPARED 0xffffffffu /* no ancestor is a target */
#define CLF_DOOMED 0xfffffffeu
#define CLF_HOPS   64u

static inline bool clf_is_failing(__global const clf_header *h)
{
    return h->code >> CLF_FN_SHIFT == CLF_FN_FAILING;
}

/* What fibers cancel: a handle names a started fiber by its frame and generation. One that has
 * ended, been joined or freed is left alone; several may have named the same one. */
__kernel void clf_victims(CLF_UPKEEP_ARGUMENTS)
{
    uint k = get_global_id(0);
    if (k >= u->victims)
        return;
    __global const uint *victim = roots + u->slots / 32 + 1 + (size_t)2 * k;
    uint i = victim[0];
    if (i >= u->used || atomic_or((volatile __global uint *)&CLF_MARKS[i], 0u) == CLF_MARK_FREE)
        return;
    __global const clf_header *h = clf_header_at(u, frames, i);
    uint word = h->parent;
    bool ended = word != CLF_JOIN_DETACHED && (word & ~CLF_FRAME_MAX) == CLF_JOIN_DONE;
    if ((h->slot & CLF_SLOT_TOP) == CLF_SLOT_STARTED && h->gen == victim[1] && !ended)
        atomic_or((volatile __global uint *)&CLF_MARKS[i], CLF_MARK_TARGET | CLF_MARK_CANCEL);
}

/* `pending` of a fiber that has children says how many: more by CLF_BIAS if it does not wait for
 * them. Without children it may be anything. */
__kernel void clf_target(CLF_UPKEEP_ARGUMENTS)
{
    uint i = get_global_id(0);
    if (i >= u->used)
        return;
    uint mark = CLF_MARKS[i], fate = CLF_SPARED;
    if (mark != CLF_MARK_FREE) {
        __global clf_header *h = clf_header_at(u, frames, i);
        uint kids = CLF_KIDS[i], slot = h->slot;
        if (!(slot & CLF_SLOT_TOP))
            fate = h->parent;
        if (kids != 0 && (h->pending & CLF_COUNT) != kids)
            atomic_inc((volatile __global uint *)&u->broken);
        h->pending &= ~CLF_LOCAL; /* who is woken here goes on anywhere */
        if (kids != 0 && h->pending == kids && (clf_is_failing(h) || h->error != 0))
            mark |= CLF_MARK_TARGET;
        if (slot & CLF_SLOT_ROOT) {
            uint root = slot & ~CLF_SLOT_TOP;
            if (u->everything || (root < u->slots && (roots[root / 32] >> root % 32 & 1)))
                mark |= CLF_MARK_TARGET | CLF_MARK_CANCEL;
        } else if ((slot & CLF_SLOT_STARTED) && u->everything) {
            mark |= CLF_MARK_TARGET | CLF_MARK_CANCEL;
        }
        CLF_MARKS[i] = mark;
    }
    CLF_FATE_A[i] = fate;
}

/* Walks some way up from every frame. What is left is the ancestor reached: none between here and
 * there is a target. The next pass goes on from there and profits from what that one has found, so
 * that depth d takes about log d passes. */
__kernel void clf_decide(CLF_UPKEEP_ARGUMENTS)
{
    uint i = get_global_id(0);
    if (i >= u->used)
        return;
    uint at = CLF_FATE_A[i];
    for (uint hop = 0; hop < CLF_HOPS && at < CLF_DOOMED; hop++)
        at = CLF_MARKS[at] & CLF_MARK_TARGET ? CLF_DOOMED : CLF_FATE_A[at];
    CLF_FATE_B[i] = at;
    if (at < CLF_DOOMED)
        atomic_inc((volatile __global uint *)&u->undecided);
}

/* ---- ending ------------------------------------------------------------------------- */

static inline void clf_list_freed(__global clf_upkeep *u, __global uint *list,
                                  __global const uchar *sizes, uint index)
{
    uint class_ = u->classes > 1 ? sizes[index] : 0;
    atomic_inc((volatile __global uint *)&u->freed_of[class_]);
    list[atomic_inc((volatile __global uint *)&u->freed)] = index;
}

static inline void clf_list_woken(__global clf_upkeep *u, __global uint *list, uint index)
{
    list[u->used - 1 - atomic_inc((volatile __global uint *)&u->woken)] = index;
}

/* A started fiber that ends here; the caller has seen to its descendants. */
static inline void clf_settle_started(__global clf_upkeep *u, __global clf_header *h, uint self,
                                      uint code, __global char *frames, __global const uchar *sizes,
                                      __global const uint *marks, __global const uint *fates,
                                      __global uint *list)
{
    uint word = h->parent;
    bool over = (word & ~CLF_FRAME_MAX) == CLF_JOIN_DONE;
    if (!over) {
        atomic_inc((volatile __global uint *)&u->ended);
        atomic_inc((volatile __global uint *)&u->started);
    }
    if (word != CLF_JOIN_DETACHED && (word & ~CLF_FRAME_MAX) == CLF_JOIN_WAIT) {
        uint joiner = word & CLF_FRAME_MAX;
        if (fates[joiner] != CLF_DOOMED && !(marks[joiner] & CLF_MARK_TARGET)) {
            clf_header_at(u, frames, joiner)->status = code;
            clf_list_woken(u, list, joiner);
        }
    } else if (word != CLF_JOIN_DETACHED && !u->everything) {
        h->status = code; /* for who joins it some time */
        h->code = 0;
        h->parent = CLF_JOIN_DONE | h->gen;
        return;
    }
    h->gen = (h->gen + 1) & CLF_FRAME_MAX;
    h->parent = 0;
    clf_list_freed(u, list, sizes, self);
}

__kernel void clf_settle(CLF_UPKEEP_ARGUMENTS)
{
    uint i = get_global_id(0);
    if (i >= u->used)
        return;
    uint mark = CLF_MARKS[i];
    CLF_GONE[i] = CLF_FATE_A[i] == CLF_DOOMED || (mark & CLF_MARK_CANCEL) != 0;
    if (mark == CLF_MARK_FREE)
        return; /* and maybe no frame, but the middle of one */
    __global clf_header *h = clf_header_at(u, frames, i);
    uint slot = h->slot;
    uint code = clf_is_failing(h) ? h->status : (uint)CLF_FAIL_CANCELLED;
    if (CLF_FATE_A[i] == CLF_DOOMED) {
        atomic_inc((volatile __global uint *)&u->ended);
        clf_list_freed(u, CLF_LIST, sizes, i);
    } else if (!(mark & CLF_MARK_TARGET)) {
        uint word = h->parent, joiner = word & CLF_FRAME_MAX;
        /* a join that was begun has used up the handle: the fiber is nobody's now */
        if ((slot & CLF_SLOT_STARTED) && word != CLF_JOIN_DETACHED &&
            (word & ~CLF_FRAME_MAX) == CLF_JOIN_WAIT &&
            (CLF_FATE_A[joiner] == CLF_DOOMED || (CLF_MARKS[joiner] & CLF_MARK_CANCEL)))
            h->parent = CLF_JOIN_DETACHED;
    } else if (!(mark & CLF_MARK_CANCEL) && !clf_is_failing(h)) {
        h->pending = 0; /* goes on after its sync, where it finds the error */
        clf_list_woken(u, CLF_LIST, i);
    } else if (slot & CLF_SLOT_ROOT) {
        uint record = atomic_inc((volatile __global uint *)&u->done);
        __global clf_done *d = (__global clf_done *)(done + (size_t)record * u->done_stride);
        d->slot = slot & ~CLF_SLOT_TOP;
        d->code = code;
        atomic_inc((volatile __global uint *)&u->ended);
        CLF_GONE[i] = 1;
        clf_list_freed(u, CLF_LIST, sizes, i);
    } else if (slot & CLF_SLOT_STARTED) {
        CLF_GONE[i] = 1;
        clf_settle_started(u, h, i, code, frames, sizes, CLF_MARKS, CLF_FATE_A, CLF_LIST);
    } else {
        h->pending = 0; /* a failed child: runs once more to tell its parent */
        clf_list_woken(u, CLF_LIST, i);
    }
}

/* Those that are gone and wait for an object, in the place of the fates. */
__kernel void clf_list_waiters(CLF_UPKEEP_ARGUMENTS)
{
    uint i = get_global_id(0);
    if (i >= u->used || !CLF_GONE[i])
        return;
    __global clf_wait *wait = (__global clf_wait *)clf_header_at(u, frames, i) - 1;
    if (wait->what != 0)
        CLF_WAITERS[atomic_inc((volatile __global uint *)&u->waiters)] = i;
}

/* ---- queues ------------------------------------------------------------------------- */

/* Drops the entries that are gone; the others move down. */
static inline void clf_sift_ring(__global clf_worker_state *w, __global uint *ring, uint mask,
                                 __global const uint *gone)
{
    uint kept = w->top, split = w->top;
    for (uint i = w->top; i != w->bottom; i++) {
        uint index = ring[i & mask];
        if (i == w->split)
            split = kept;
        if (!gone[index])
            ring[kept++ & mask] = index;
    }
    w->split = w->split == w->bottom ? kept : split;
    w->bottom = kept;
}

/* A list through the frames: yields, urgent ones. */
static inline void clf_sift_list(__global uint *head, __global uint *tail, __global uint *count,
                                 __global const clf_upkeep *u, __global char *frames,
                                 __global const uint *gone)
{
    uint n = *count, at = *head;
    *count = 0;
    for (uint i = 0; i < n; i++) {
        uint next = clf_header_at(u, frames, at)->link;
        if (!gone[at]) {
            if ((*count)++ == 0)
                *head = at;
            else
                clf_header_at(u, frames, *tail)->link = at;
            *tail = at;
        }
        at = next;
    }
}

/* The queue of urgent fibers: tickets, and zeros where there are none. */
static inline void clf_sift_urgent(__global clf_upkeep *u, __global uint *ring,
                                   __global const uint *gone)
{
    uint kept = u->urgent_head;
    for (uint i = u->urgent_head; i != u->urgent_tail; i++) {
        uint ticket = ring[i & u->ring_mask];
        ring[i & u->ring_mask] = 0;
        if (!gone[ticket - 1])
            ring[kept++ & u->ring_mask] = ticket;
    }
    u->urgent_tail = kept;
}

/* The ready list has room for every frame once. */
static inline void clf_sift_ready(__global clf_upkeep *u, __global clf_ready *ready,
                                  __global char *frames, __global const uint *gone,
                                  __global const uint *list)
{
    uint kept = u->ready_head;
    for (uint i = u->ready_head; i != u->ready_tail; i++) {
        clf_ready entry = ready[i & u->ready_mask];
        if (!gone[entry.frame])
            ready[kept++ & u->ready_mask] = entry;
    }
    for (uint k = 0; k < u->woken; k++) {
        uint index = list[u->used - 1 - k];
        ready[kept & u->ready_mask].frame = index;
        ready[kept++ & u->ready_mask].status = clf_header_at(u, frames, index)->status;
    }
    u->ready_tail = kept;
}

static inline uint clf_sift_stack(__global uint *stack, uint height, __global const uint *gone)
{
    uint kept = 0;
    for (uint i = 0; i < height; i++)
        if (!gone[stack[i]])
            stack[kept++] = stack[i];
    return kept;
}

/* A work-item for every worker, and one for what they share. */
__kernel void clf_requeue(CLF_UPKEEP_ARGUMENTS)
{
    uint g = get_global_id(0);
    if (g > u->workers)
        return;
    __global uint *ring = rings + (size_t)g * (u->ring_mask + 1);
    if (g == u->workers) {
        u->shared_top = clf_sift_stack(ring, u->shared_top, CLF_GONE);
        clf_sift_urgent(u, ring + u->ring_mask + 1, CLF_GONE);
        clf_sift_ready(u, ready, frames, CLF_GONE, CLF_LIST);
        return;
    }
    __global clf_worker_state *w = &workers[g];
    clf_sift_ring(w, ring, u->ring_mask, CLF_GONE);
    for (uint l = g * u->lanes; l < (g + 1) * u->lanes; l++)
        if (lanes[l].next != CLF_NIL && CLF_GONE[lanes[l].next])
            lanes[l].next = CLF_NIL;
    clf_sift_list(&w->yield_head, &w->yield_tail, &w->yields, u, frames, CLF_GONE);
    clf_sift_list(&w->urgent_head, &w->urgent_tail, &w->urgents, u, frames, CLF_GONE);
    if (g == 0) {
        w->counter[CLF_COUNT_COMPLETED] += u->ended;
        w->counter[CLF_COUNT_ENDED] += u->started;
    }
}

/* ---- frames ------------------------------------------------------------------------- */

static inline uint clf_freed_up_to(__global const clf_upkeep *u, uint class_)
{
    uint n = 0;
    for (uint c = 0; c <= class_; c++)
        n += u->freed_of[c];
    return n;
}

/* Several classes: puts the freed frames in order, class by class. */
__kernel void clf_sort_freed(CLF_UPKEEP_ARGUMENTS)
{
    uint k = get_global_id(0);
    if (k >= u->freed)
        return;
    uint index = CLF_LIST[k], class_ = sizes[index];
    uint first = clf_freed_up_to(u, class_) - u->freed_of[class_];
    CLF_SORTED[first + atomic_inc((volatile __global uint *)&u->sorted[class_])] = index;
}

/* Slots are topped up, so that there is always room: the pool has slots for more frames than there
 * are. Only with several classes the slots may be taken up by a few frames of another class each:
 * what finds none is put aside, as clf_spare does. Which part of the list goes where; and the
 * workers' accounts. */
__kernel void clf_plan(CLF_UPKEEP_ARGUMENTS)
{
    uint given = 0;
    for (uint i = 0; i < u->pool_slots; i++)
        CLF_OFFSETS[i] = u->freed;
    for (uint c = 0; c < u->classes; c++) {
        uint end = clf_freed_up_to(u, c);
        for (uint i = 0; i < u->pool_slots && given != end; i++) {
            uint state = pool_state[i];
            if (CLF_OFFSETS[i] != u->freed || (state != 0 && state >> CLF_SLOT_SHIFT != c))
                continue;
            uint n = min(u->chunk - (state & CLF_SLOT_COUNT), end - given);
            CLF_OFFSETS[i] = n != 0 ? given : u->freed;
            u->filled[c] += state == 0 && n != 0;
            given += n;
        }
        for (; given != end; given++) {
            clf_header_at(u, frames, CLF_SORTED[given])->link = lanes[0].spare;
            lanes[0].spare = CLF_SORTED[given];
        }
    }
    for (uint g = 0; given != 0 && g < u->workers; g++) {
        uint n = g + 1 == u->workers ? given : min(workers[g].held, given);
        workers[g].held -= n;
        given -= n;
    }
}

__kernel void clf_refund(CLF_UPKEEP_ARGUMENTS)
{
    uint i = get_global_id(0);
    if (i >= u->pool_slots || CLF_OFFSETS[i] == u->freed)
        return;
    __global const uint *list = u->classes > 1 ? CLF_SORTED : CLF_LIST;
    uint n = pool_state[i] & CLF_SLOT_COUNT, offset = CLF_OFFSETS[i];
    uint class_ = u->classes > 1 ? sizes[list[offset]] : 0;
    uint end = clf_freed_up_to(u, class_);
    while (n < u->chunk && offset < end)
        pool_entry[(size_t)i * u->chunk + n++] = list[offset++];
    pool_state[i] = class_ << CLF_SLOT_SHIFT | n;
}
