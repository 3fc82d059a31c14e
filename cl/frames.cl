/* frames.cl - where frames come from and go to.
 *
 * A worker allocates from and frees to a list of its own (free[0..nfree)), a plain array. It
 * exchanges chunks of CLF_CHUNK frames with the pool, so that frames which steals carry from worker
 * to worker do not pile up at one. The pool is an array of slots; a slot's state word is 0 (empty),
 * CLF_SLOT_BUSY, or the number of frames in it. Who takes the state from empty or full to busy, by
 * a CAS, owns the slot until it stores the next state. There is no list and so no ABA: a CAS that
 * finds "128 frames here" is right whatever happened in between. Put: the entries are written
 * before the release store of the count; take: the CAS that finds the count acquires it, so the
 * entries, and all that former owners did to these frames, are seen. Frames that were never used
 * are handed out by moving `fresh`.
 */
#define CLF_SLOT_BUSY 0xffffffffu
#define CLF_FREE_ROOM (3 * CLF_CHUNK)

/* Moves up to CLF_CHUNK never used frames to the free list. */
static inline uint clf_pool_fresh(clf_worker *w)
{
    __global uint *fresh = &w->ctl->fresh;
    const uint end = w->ctl->frames;
    uint start = clf_load_relaxed(fresh);
    while (start < end) {
        /* A small pool is shared out in small chunks, or one worker would sit on all of it. */
        uint n = min(min(CLF_CHUNK, end - start), end / (4 * w->workers) + 1);
        uint found = clf_cas_acq_rel(fresh, start, start + n);
        if (found == start) {
            for (uint i = 0; i < n; i++) {
                /* Backwards, so that frames are first used in the order of their addresses. */
                clf_frame_at(w, start + i)->gen = 0;
#ifdef CLF_WAITING
                ((__global clf_wait *)clf_frame_at(w, start + i + 1) - 1)->what = 0;
#endif
                w->free[w->nfree + n - 1 - i] = start + i;
            }
            return n;
        }
        start = found;
    }
    return 0;
}

/* Moves the frames of one full slot to the free list. The scan starts at this worker's own region.
 */
static inline uint clf_pool_take(clf_worker *w)
{
    const uint slots = w->ctl->pool_slots;
    if (clf_load_relaxed(&w->ctl->pool_full) == 0)
        return 0;
    uint slot = (uint)(((ulong)w->id * slots) / w->workers);
    for (uint i = 0; i < slots; i++) {
        uint n = clf_load_relaxed(&w->pool_state[slot]);
        /* acquire: pairs with clf_pool_put's release store of the count */
        if (n != 0 && n != CLF_SLOT_BUSY &&
            clf_cas_acq_rel(&w->pool_state[slot], n, CLF_SLOT_BUSY) == n) {
            for (uint k = 0; k < n; k++)
                w->free[w->nfree + k] = w->pool_entry[slot * CLF_CHUNK + k];
            /* release: the entries were read before anyone writes new ones */
            clf_store_release(&w->pool_state[slot], 0u);
            clf_add_relaxed(&w->ctl->pool_full, 0xffffffffu);
            return n;
        }
        slot = slot + 1 == slots ? 0 : slot + 1;
    }
    return 0;
}

/* Moves the last n (at most CLF_CHUNK) entries of the free list to the pool; false: no slot was
 * empty. */
static inline bool clf_pool_put(clf_worker *w, uint n)
{
    const uint slots = w->ctl->pool_slots;
    uint slot = (uint)(((ulong)w->id * slots) / w->workers);
    for (uint i = 0; i < slots; i++) {
        if (clf_load_relaxed(&w->pool_state[slot]) == 0 &&
            /* acquire: pairs with the release store of 0 in clf_pool_take */
            clf_cas_acq_rel(&w->pool_state[slot], 0u, CLF_SLOT_BUSY) == 0) {
            for (uint k = 0; k < n; k++)
                w->pool_entry[slot * CLF_CHUNK + k] = w->free[w->nfree - n + k];
            /* release: pairs with the CAS of clf_pool_take */
            clf_store_release(&w->pool_state[slot], n);
            clf_add_relaxed(&w->ctl->pool_full, 1u);
            w->nfree -= n;
            w->held -= n;
            return true;
        }
        slot = slot + 1 == slots ? 0 : slot + 1;
    }
    return false;
}

/* Draws frames into the free list, which has room for a chunk; false: there are none anywhere in
 * sight. */
static inline bool clf_refill(clf_worker *w)
{
    uint n = clf_pool_take(w);
    if (n == 0)
        n = clf_pool_fresh(w);
    if (n == 0)
        n = clf_pool_take(w); /* one that came meanwhile */
    w->nfree += n;
    w->held += n;
    w->held_high = max(w->held_high, w->held);
    return n != 0;
}

/* Puts a freed frame aside that finds no room: chained through its link, until clf_unspare. A
 * segment may free any number of frames (it joins fibers that have ended), so that no fixed room
 * would do. */
static inline void clf_spare(clf_worker *w, uint index)
{
    clf_frame_at(w, index)->link = w->spare;
    w->spare = index;
}

static inline uint clf_unspare(clf_worker *w)
{
    uint index = w->spare;
    w->spare = clf_frame_at(w, index)->link;
    return index;
}

/* Free entries of this worker's ring. */
static inline uint clf_room(clf_worker *w)
{
    /* acquire: pairs with the thieves' CAS on top, which they do after they have read their
     * entries: only then may the slots be written again */
    uint end = clf_load_acquire(&w->me->top) + w->mask + 1;
    w->limit = end - 1;
    return end - w->bottom;
}

#if CLF_LANES == 1

/* Gives a frame back. The pool has more slots than there can be full chunks; a put fails only if
 * slots are busy just now. */
static inline void clf_release_frame(clf_worker *w, uint index)
{
    if (w->nfree == 2 * CLF_CHUNK && !clf_pool_put(w, CLF_CHUNK))
        clf_spare(w, index);
    else
        w->free[w->nfree++] = index;
}

/* A frame and room for two entries: one for this child or the one before it, one for clf_run_next.
 */
static inline uint clf_take(clf_worker *w)
{
    if ((int)(w->limit - w->bottom) <= 0 && clf_room(w) < 2) {
        clf_or_relaxed(&w->ctl->want, CLF_WANT_RING);
        return CLF_NIL;
    }
    if (w->nfree == 0 && !clf_refill(w)) {
        clf_or_relaxed(&w->ctl->want, CLF_WANT_FRAMES);
        return CLF_NIL;
    }
    return w->free[--w->nfree];
}

#else

/* Gives a frame back: lane 0 takes up what is in release[] after the round. */
static inline void clf_release_frame(clf_worker *w, uint index)
{
    uint i = clf_local_add(&w->round->freed, 1);
    if (i < w->round->keep)
        w->round->release[i] = index;
    else
        clf_spare(w, index);
}

/* The worker's lanes share frames and ring entries of a round by one counter: a lane that gets a
 * number below `avail` has both. */
static inline uint clf_take(clf_worker *w)
{
    uint i = clf_local_add(&w->round->taken, 1);
    return i < w->round->avail ? w->free[w->round->nfree - 1 - i] : CLF_NIL;
}

#endif
