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

/* A frame that nobody had before. */
static inline void clf_make_frame(clf_worker *w, uint index)
{
    clf_frame_at(w, index)->gen = 0;
#ifdef CLF_WAITING
    ((__global clf_wait *)clf_frame_at(w, index + 1) - 1)->what = 0;
#endif
}

/* Claims up to CLF_CHUNK never used frames, *first and those behind it; their number. */
static inline uint clf_claim_fresh(clf_worker *w, uint *first)
{
    __global uint *fresh = &w->ctl->fresh;
    const uint end = w->ctl->frames;
    uint start = clf_load_relaxed(fresh);
    while (start < end) {
        /* A small pool is shared out in small chunks, or one worker would sit on all of it. */
        uint n = min(min(CLF_CHUNK, end - start), end / (4 * w->workers) + 1);
        uint found = clf_cas_acq_rel(fresh, start, start + n);
        if (found == start) {
            *first = start;
            return n;
        }
        start = found;
    }
    return 0;
}

/* Claims a full slot; the number of its frames. The scan starts at this worker's own region. */
static inline uint clf_claim_full(clf_worker *w, uint *claimed)
{
    const uint slots = w->ctl->pool_slots;
    if (clf_load_relaxed(&w->ctl->pool_full) == 0)
        return 0;
    uint slot = (uint)(((ulong)w->id * slots) / w->workers);
    for (uint i = 0; i < slots; i++) {
        uint n = clf_load_relaxed(&w->pool_state[slot]);
        /* acquire: pairs with clf_slot_full's release store of the count */
        if (n != 0 && n != CLF_SLOT_BUSY &&
            clf_cas_acq_rel(&w->pool_state[slot], n, CLF_SLOT_BUSY) == n) {
            *claimed = slot;
            return n;
        }
        slot = slot + 1 == slots ? 0 : slot + 1;
    }
    return 0;
}

static inline void clf_slot_empty(clf_worker *w, uint slot)
{
    /* release: the entries were read before anyone writes new ones */
    clf_store_release(&w->pool_state[slot], 0u);
    clf_add_relaxed(&w->ctl->pool_full, 0xffffffffu);
}

/* Claims an empty slot; false: there is none. */
static inline bool clf_claim_empty(clf_worker *w, uint *claimed)
{
    const uint slots = w->ctl->pool_slots;
    uint slot = (uint)(((ulong)w->id * slots) / w->workers);
    for (uint i = 0; i < slots; i++) {
        if (clf_load_relaxed(&w->pool_state[slot]) == 0 &&
            /* acquire: pairs with the release store of 0 in clf_slot_empty */
            clf_cas_acq_rel(&w->pool_state[slot], 0u, CLF_SLOT_BUSY) == 0) {
            *claimed = slot;
            return true;
        }
        slot = slot + 1 == slots ? 0 : slot + 1;
    }
    return false;
}

static inline void clf_slot_full(clf_worker *w, uint slot, uint n)
{
    /* release: pairs with the CAS of clf_claim_full */
    clf_store_release(&w->pool_state[slot], n);
    clf_add_relaxed(&w->ctl->pool_full, 1u);
}

/* Moves never used frames to the free list. */
static inline uint clf_pool_fresh(clf_worker *w)
{
    uint first, n = clf_claim_fresh(w, &first);
    for (uint i = 0; i < n; i++) {
        /* Backwards, so that frames are first used in the order of their addresses. */
        clf_make_frame(w, first + i);
        w->free[w->nfree + n - 1 - i] = first + i;
    }
    return n;
}

/* Moves the frames of one full slot to the free list. */
static inline uint clf_pool_take(clf_worker *w)
{
    uint slot, n = clf_claim_full(w, &slot);
    if (n == 0)
        return 0;
    for (uint k = 0; k < n; k++)
        w->free[w->nfree + k] = w->pool_entry[slot * CLF_CHUNK + k];
    clf_slot_empty(w, slot);
    return n;
}

/* Moves the last n (at most CLF_CHUNK) entries of the free list to the pool; false: no slot was
 * empty. */
static inline bool clf_pool_put(clf_worker *w, uint n)
{
    uint slot;
    if (!clf_claim_empty(w, &slot))
        return false;
    for (uint k = 0; k < n; k++)
        w->pool_entry[slot * CLF_CHUNK + k] = w->free[w->nfree - n + k];
    clf_slot_full(w, slot, n);
    w->nfree -= n;
    w->held -= n;
    return true;
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

/* Gives the fuel that is left back; what is gone was children that ran inline. */
static inline void clf_unfuel(clf_worker *w)
{
    w->inlined += w->granted - w->fuel;
    w->granted = w->fuel = 0;
}

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
    clf_unfuel(w);
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

/* ---- several lanes: exchanges with the pool by all of them --------------------------- */

/* A chunk copied by one lane takes as long as a hundred segments. So lane 0 claims
 * (clf_move_begin), all copy (clf_move), lane 0 gives the slot free (clf_move_end), with barriers
 * in between. */
#define CLF_MOVE_NONE  0u
#define CLF_MOVE_PUT   1u
#define CLF_MOVE_TAKE  2u
#define CLF_MOVE_FRESH 3u

static inline void clf_move_in(clf_worker *w, uint move, uint n)
{
    __local clf_round *r = w->round;
    r->move = move;
    r->moving = n;
    r->move_at = w->nfree;
    w->nfree += n;
    w->held += n;
    w->held_high = max(w->held_high, w->held);
}

/* Lane 0: at most one chunk in or out, so that between one and two are left. */
static inline void clf_move_begin(clf_worker *w, bool needs)
{
    __local clf_round *r = w->round;
    uint slot = 0, n;
    r->move = CLF_MOVE_NONE;
    r->moving = r->dry = 0;
    if (w->nfree > 2 * CLF_CHUNK) {
        if (clf_claim_empty(w, &slot)) {
            r->move = CLF_MOVE_PUT;
            r->moving = CLF_CHUNK;
            w->nfree -= CLF_CHUNK;
            w->held -= CLF_CHUNK;
            r->move_at = w->nfree;
        }
    } else if (needs && w->nfree < CLF_CHUNK) {
        if ((n = clf_claim_full(w, &slot)) != 0)
            clf_move_in(w, CLF_MOVE_TAKE, n);
        else if ((n = clf_claim_fresh(w, &slot)) != 0)
            clf_move_in(w, CLF_MOVE_FRESH, n);
        else if ((n = clf_claim_full(w, &slot)) != 0) /* one that came meanwhile */
            clf_move_in(w, CLF_MOVE_TAKE, n);
        else
            r->dry = 1;
    }
    r->move_slot = slot;
}

/* Every lane. */
CLF_APART clf_move(clf_worker *w)
{
    __local clf_round *r = w->round;
    const uint n = r->moving, slot = r->move_slot;
    __global uint *mine = w->free + r->move_at;
    __global uint *pool = w->pool_entry + (size_t)slot * CLF_CHUNK;
    for (uint k = w->lane; k < n; k += CLF_LANES) {
        if (r->move == CLF_MOVE_PUT) {
            pool[k] = mine[k];
        } else if (r->move == CLF_MOVE_TAKE) {
            mine[k] = pool[k];
        } else {
            clf_make_frame(w, slot + k);
            mine[n - 1 - k] = slot + k;
        }
    }
}

/* Lane 0, when all have copied. */
CLF_APART clf_move_end(clf_worker *w)
{
    __local clf_round *r = w->round;
    if (r->move == CLF_MOVE_PUT)
        clf_slot_full(w, r->move_slot, r->moving);
    else if (r->move == CLF_MOVE_TAKE)
        clf_slot_empty(w, r->move_slot);
}

/* Gives a frame back: lane 0 takes up what is in release[] after the round. */
static inline void clf_release_frame(clf_worker *w, uint index)
{
    uint i = clf_local_add(&w->round->freed, 1);
    if (i < w->round->keep)
        w->round->release[i] = index;
    else
        clf_spare(w, index);
}

/* Lanes take from the end of the free list on, so that no holes come about. */
static inline uint clf_take_nth(clf_worker *w, uint n)
{
    return w->free[w->round->nfree - 1 - n];
}

/* The lanes share out frames and ring entries of a round, always one with the other: by a counter,
 * or, where children run inline, each has its credit first, which clones rely on (inline.cl). */
static inline uint clf_take(clf_worker *w)
{
#if CLF_INLINE_DEPTH > 0
    if (w->credit != 0)
        w->credit--;
    else if (clf_local_add(&w->round->asked, 1) >= w->round->common)
        return CLF_NIL;
#endif
    uint n = clf_local_add(&w->round->taken, 1);
    return n < w->round->avail ? clf_take_nth(w, n) : CLF_NIL;
}

#endif
