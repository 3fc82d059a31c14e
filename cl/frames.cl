/* frames.cl - where frames come from and go to.
 *
 * A worker allocates from and frees to lists of its own, one for each size class of frames
 * (worker.cl): plain arrays. It exchanges chunks of CLF_CHUNK frames with the pool, so that frames
 * which steals carry from worker to worker do not pile up at one. The pool is an array of slots; a
 * slot's state word is 0 (empty), CLF_SLOT_BUSY, or the number and the class of the frames in it.
 * Who takes the state from empty or full to busy, by a CAS, owns the slot until it stores the next
 * state. There is no list and so no ABA: a CAS that finds "128 frames here" is right whatever
 * happened in between. Put: the entries are written before the release store of the count; take:
 * the CAS that finds the count acquires it, so the entries, and all that former owners did to these
 * frames, are seen. Frames that were never used are handed out by moving `fresh`: what was claimed
 * for frames of a class stays with that class, and the table of sizes says where frames start, and
 * of which class they are. Who claims writes it, before anybody else knows of the frames.
 */
#define CLF_FREE_ROOM (3 * CLF_CHUNK)

/* The worker's free list of a class. */
static inline __global uint *clf_list(clf_worker *w, uint class_)
{
    return w->free + class_ * CLF_FREE_ROOM;
}

/* A frame that nobody had before. */
static inline void clf_make_frame(clf_worker *w, uint index, uint class_)
{
    clf_frame_at(w, index)->gen = 0;
#ifdef CLF_WAITING
    ((__global clf_wait *)clf_frame_at(w, index) - 1)->what = 0;
#endif
    if (CLF_CLASSES > 1) {
        w->sizes[index] = class_;
        for (uint i = 1; i < clf_units_of(class_); i++)
            w->sizes[index + i] = CLF_INSIDE;
    }
}

/* How many frames a worker draws at a time. A small pool is shared out in small portions, or one
 * worker, or one class, would sit on all of it. Of large frames a portion is about as many bytes,
 * not as many frames. */
static inline uint clf_portion(clf_worker *w, uint class_)
{
    uint n = min(CLF_CHUNK * CLF_UNITS_0, w->ctl->frames / (4 * w->workers * CLF_CLASSES) + 1);
    return CLF_CLASSES == 1 ? n : max(n / clf_units_of(class_), 1u);
}

/* Of how many frames a class consists at most. What is made for a class stays with it; so each has
 * room of its own for as many of the largest fibers as there may be, lest one that had many frames
 * leave too few to another. */
static inline uint clf_class_room(clf_worker *w, uint class_)
{
    return w->ctl->class_units / clf_units_of(class_);
}

/* Several classes: up to n of the frames that the class still may have. */
static inline uint clf_reserve(clf_worker *w, uint class_, uint n)
{
    __global uint *made = &w->ctl->made[class_];
    const uint room = clf_class_room(w, class_);
    uint before = clf_load_relaxed(made);
    while (before < room) {
        uint more = min(n, room - before), found = clf_cas_acq_rel(made, before, before + more);
        if (found == before)
            return more;
        before = found;
    }
    return 0;
}

/* Claims units that were never used for some frames of a class; their number, *first and those
 * behind it. */
static inline uint clf_claim_fresh(clf_worker *w, uint class_, uint *first)
{
    __global uint *fresh = &w->ctl->fresh;
    const uint end = w->ctl->frames, units = clf_units_of(class_);
    uint start = clf_load_relaxed(fresh), most = clf_portion(w, class_);
    if (start + units > end)
        return 0;
    if (CLF_CLASSES > 1)
        most = clf_reserve(w, class_, most);
    uint n = 0;
    while (most != 0 && start + units <= end) {
        n = min(most, (end - start) / units);
        uint found = clf_cas_acq_rel(fresh, start, start + n * units);
        if (found == start) {
            *first = start;
            break;
        }
        start = found;
        n = 0;
    }
    if (CLF_CLASSES > 1 && n != most)
        clf_add_relaxed(&w->ctl->made[class_], n - most);
    return n;
}

/* Whether no more frames of the class can come. */
static inline bool clf_is_scarce(clf_worker *w, uint class_)
{
    if (CLF_CLASSES == 1 || w->ctl->scarce)
        return w->ctl->scarce != 0;
    return clf_load_relaxed(&w->ctl->made[class_]) >= clf_class_room(w, class_);
}

/* Whether a slot that is in this state has frames of the class. */
static inline bool clf_slot_has(uint state, uint class_)
{
    return state != 0 &&
           (CLF_CLASSES == 1 ? state != CLF_SLOT_BUSY : state >> CLF_SLOT_SHIFT == class_);
}

/* Claims a full slot; the number of its frames. The scan starts at this worker's own region. */
static inline uint clf_claim_full(clf_worker *w, uint class_, uint *claimed)
{
    const uint slots = w->ctl->pool_slots;
    if (clf_load_relaxed(&w->ctl->pool_full[class_]) == 0)
        return 0;
    uint slot = (uint)(((ulong)w->id * slots) / w->workers);
    for (uint i = 0; i < slots; i++) {
        uint n = clf_load_relaxed(&w->pool_state[slot]);
        /* acquire: pairs with clf_slot_full's release store of the count */
        if (clf_slot_has(n, class_) &&
            clf_cas_acq_rel(&w->pool_state[slot], n, CLF_SLOT_BUSY) == n) {
            *claimed = slot;
            return n & CLF_SLOT_COUNT;
        }
        slot = slot + 1 == slots ? 0 : slot + 1;
    }
    return 0;
}

/* How many of a slot's n frames a worker takes: where no more can come it leaves some to others. */
static inline uint clf_part_of(clf_worker *w, uint class_, uint n)
{
    return clf_is_scarce(w, class_) ? min(n, clf_portion(w, class_)) : n;
}

/* With `rest` frames left in it. */
static inline void clf_slot_taken(clf_worker *w, uint class_, uint slot, uint rest)
{
    /* release: the entries were read before anyone writes new ones, or takes the rest */
    clf_store_release(&w->pool_state[slot], rest == 0 ? 0u : class_ << CLF_SLOT_SHIFT | rest);
    if (rest == 0)
        clf_add_relaxed(&w->ctl->pool_full[class_], 0xffffffffu);
}

/* Claims an empty slot; false: there is none. */
static inline bool clf_claim_empty(clf_worker *w, uint *claimed)
{
    const uint slots = w->ctl->pool_slots;
    uint slot = (uint)(((ulong)w->id * slots) / w->workers);
    for (uint i = 0; i < slots; i++) {
        if (clf_load_relaxed(&w->pool_state[slot]) == 0 &&
            /* acquire: pairs with the release store of 0 in clf_slot_taken */
            clf_cas_acq_rel(&w->pool_state[slot], 0u, CLF_SLOT_BUSY) == 0) {
            *claimed = slot;
            return true;
        }
        slot = slot + 1 == slots ? 0 : slot + 1;
    }
    return false;
}

static inline void clf_slot_full(clf_worker *w, uint class_, uint slot, uint n)
{
    n |= class_ << CLF_SLOT_SHIFT;
    /* release: pairs with the CAS of clf_claim_full */
    clf_store_release(&w->pool_state[slot], n);
    clf_add_relaxed(&w->ctl->pool_full[class_], 1u);
}

/* Moves never used frames to the free list. */
static inline uint clf_pool_fresh(clf_worker *w, uint class_)
{
    uint first, n = clf_claim_fresh(w, class_, &first), units = clf_units_of(class_);
    __global uint *free = clf_list(w, class_) + w->nfree[class_];
    for (uint i = 0; i < n; i++) {
        /* Backwards, so that frames are first used in the order of their addresses. */
        clf_make_frame(w, first + i * units, class_);
        free[n - 1 - i] = first + i * units;
    }
    return n;
}

/* Moves frames of one full slot to the free list. */
static inline uint clf_pool_take(clf_worker *w, uint class_)
{
    uint slot, found = clf_claim_full(w, class_, &slot), n = clf_part_of(w, class_, found);
    if (n == 0)
        return 0;
    __global uint *free = clf_list(w, class_) + w->nfree[class_];
    const uint first = slot * CLF_CHUNK + found - n;
    for (uint k = 0; k < n; k++)
        free[k] = w->pool_entry[first + k];
    clf_slot_taken(w, class_, slot, found - n);
    return n;
}

/* Moves the last n (at most CLF_CHUNK) entries of the free list to the pool; false: no slot was
 * empty. */
static inline bool clf_pool_put(clf_worker *w, uint class_, uint n)
{
    uint slot;
    if (!clf_claim_empty(w, &slot))
        return false;
    __global uint *free = clf_list(w, class_) + w->nfree[class_] - n;
    for (uint k = 0; k < n; k++)
        w->pool_entry[slot * CLF_CHUNK + k] = free[k];
    clf_slot_full(w, class_, slot, n);
    w->nfree[class_] -= n;
    w->held -= n;
    return true;
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

/* What cancel.cl has put aside for want of a slot for its class; true: there is a frame. */
static inline bool clf_take_up_spare(clf_worker *w, uint class_)
{
    while (w->spare != CLF_NIL) {
        uint index = w->spare, found = clf_class_at(w, index);
        if (w->nfree[found] >= 2 * CLF_CHUNK)
            break;
        clf_list(w, found)[w->nfree[found]++] = clf_unspare(w);
    }
    return w->nfree[class_] != 0;
}

/* The free list has got n more. */
static inline void clf_hold(clf_worker *w, uint class_, uint n)
{
    w->nfree[class_] += n;
    w->held += n;
    if ((int)(w->held - w->held_high) > 0) /* who puts back what others drew holds less than none */
        w->held_high = w->held;
}

/* Draws frames into the free list, which has room for a chunk; false: there are none anywhere in
 * sight. */
static inline bool clf_refill(clf_worker *w, uint class_)
{
    uint n = clf_pool_take(w, class_);
    if (n == 0)
        n = clf_pool_fresh(w, class_);
    if (n == 0)
        n = clf_pool_take(w, class_); /* one that came meanwhile */
    clf_hold(w, class_, n);
    if (CLF_CLASSES > 1 && n == 0)
        return clf_take_up_spare(w, class_);
    return n != 0;
}

/* The worker needs a frame of the class, and there is none: that is for the host to see to. */
static inline void clf_lack(clf_worker *w, uint class_)
{
    w->lacks |= 1u << class_;
    clf_or_relaxed(&w->ctl->want, CLF_WANT_FRAMES);
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

/* Gives a frame back. A put fails if no slot is empty: all are busy just now, or hold a few frames
 * each (gather.cl puts these together when frames get short). */
static inline void clf_release_frame(clf_worker *w, uint index)
{
    const uint class_ = clf_class_at(w, index);
    if (w->nfree[class_] == 2 * CLF_CHUNK && !clf_pool_put(w, class_, CLF_CHUNK))
        clf_spare(w, index);
    else
        clf_list(w, class_)[w->nfree[class_]++] = index;
}

/* Whether the fiber that spawns has made enough children for others that lack work. It parks then:
 * what it has made is there for them after the segment only. It goes on at once, and its children
 * run inline again while others do not take what is there. */
#if CLF_INLINE_DEPTH > 0 && CLF_MODE == CLF_MODE_STEAL && !defined(CLF_PRIORITIES)
#define CLF_ENOUGH 16u
static inline bool clf_pauses(clf_worker *w)
{
    return w->paused = w->giving && w->bottom - clf_load_relaxed(&w->me->top) >= CLF_ENOUGH;
}
#else
#define clf_pauses(w) false
#endif

/* A frame and room for two entries: one for this child or the one before it, one for clf_run_next.
 */
static inline uint clf_take_class(clf_worker *w, uint class_)
{
    clf_unfuel(w);
    if (clf_pauses(w))
        return CLF_NIL;
    if ((int)(w->limit - w->bottom) <= 0 && clf_room(w) < 2) {
        clf_or_relaxed(&w->ctl->want, CLF_WANT_RING);
        return CLF_NIL;
    }
    if (w->nfree[class_] == 0 && !clf_refill(w, class_)) {
        clf_lack(w, class_);
        return CLF_NIL;
    }
    return clf_list(w, class_)[--w->nfree[class_]];
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

static inline void clf_move_in(clf_worker *w, uint class_, uint move, uint n)
{
    __local clf_round *r = w->round;
    r->move[class_] = move;
    r->moving[class_] = n;
    r->move_at[class_] = w->nfree[class_];
    clf_hold(w, class_, n);
}

/* Of a claimed slot's n frames. */
static inline void clf_move_part(clf_worker *w, uint class_, uint n)
{
    const uint part = clf_part_of(w, class_, n);
    w->round->move_rest[class_] = n - part;
    clf_move_in(w, class_, CLF_MOVE_TAKE, part);
}

/* How few free frames make lane 0 look for more: a chunk's worth of memory, of those that clones
 * may need as many as there are in a chunk; none of a class that was never asked for. */
static inline uint clf_few(clf_worker *w, uint class_)
{
    if (CLF_CLASSES == 1 || (CLF_CLONED >> class_ & 1) != 0)
        return clf_part_of(w, class_, CLF_CHUNK);
    return (w->wanted >> class_ & 1) != 0
               ? clf_part_of(w, class_, max(CLF_CHUNK * CLF_UNITS_0 / clf_units_of(class_), 1u))
               : 0;
}

/* Where the pool cannot grow, fresh memory, which stays of the class that it is claimed for, is
 * left to those who cannot do without. */
static inline bool clf_may_claim(clf_worker *w, uint class_)
{
    return CLF_CLASSES == 1 || !clf_is_scarce(w, class_) || w->nfree[class_] == 0;
}

/* Lane 0: at most one chunk of a class in or out, so that between one and two are left. */
static inline void clf_move_begin_class(clf_worker *w, uint class_, bool needs)
{
    __local clf_round *r = w->round;
    uint slot = 0, n;
    r->move[class_] = CLF_MOVE_NONE;
    r->moving[class_] = r->move_rest[class_] = r->dry[class_] = 0;
    if (w->nfree[class_] > 2 * CLF_CHUNK) {
        if (clf_claim_empty(w, &slot)) {
            r->move[class_] = CLF_MOVE_PUT;
            r->moving[class_] = CLF_CHUNK;
            w->nfree[class_] -= CLF_CHUNK;
            w->held -= CLF_CHUNK;
            r->move_at[class_] = w->nfree[class_];
        }
    } else if (needs && w->nfree[class_] < clf_few(w, class_)) {
        if ((n = clf_claim_full(w, class_, &slot)) != 0)
            clf_move_part(w, class_, n);
        else if (clf_may_claim(w, class_) && (n = clf_claim_fresh(w, class_, &slot)) != 0)
            clf_move_in(w, class_, CLF_MOVE_FRESH, n);
        else if ((n = clf_claim_full(w, class_, &slot)) != 0) /* one that came meanwhile */
            clf_move_part(w, class_, n);
        else
            r->dry[class_] = 1;
    }
    r->move_slot[class_] = slot;
}

static inline void clf_move_begin(clf_worker *w, bool needs)
{
    for (uint c = 0; c < CLF_CLASSES; c++)
        clf_move_begin_class(w, c, needs);
}

/* Every lane. */
CLF_APART clf_move(clf_worker *w)
{
    __local clf_round *r = w->round;
    for (uint c = 0; c < CLF_CLASSES; c++) {
        const uint n = r->moving[c], slot = r->move_slot[c];
        __global uint *mine = clf_list(w, c) + r->move_at[c];
        __global uint *pool = w->pool_entry + (size_t)slot * CLF_CHUNK + r->move_rest[c];
        for (uint k = w->lane; k < n; k += CLF_LANES) {
            if (r->move[c] == CLF_MOVE_PUT) {
                pool[k] = mine[k];
            } else if (r->move[c] == CLF_MOVE_TAKE) {
                mine[k] = pool[k];
            } else {
                uint index = slot + k * clf_units_of(c);
                clf_make_frame(w, index, c);
                mine[n - 1 - k] = index;
            }
        }
    }
}

/* Lane 0, when all have copied. */
CLF_APART clf_move_end(clf_worker *w)
{
    __local clf_round *r = w->round;
    for (uint c = 0; c < CLF_CLASSES; c++) {
        if (r->move[c] == CLF_MOVE_PUT)
            clf_slot_full(w, c, r->move_slot[c], r->moving[c]);
        else if (r->move[c] == CLF_MOVE_TAKE)
            clf_slot_taken(w, c, r->move_slot[c], r->move_rest[c]);
    }
}

/* Gives a frame back: lane 0 takes up what is in release[] after the round. */
static inline void clf_release_frame(clf_worker *w, uint index)
{
    const uint class_ = clf_class_at(w, index);
    uint i = clf_local_add(&w->round->freed[class_], 1);
    if (i < w->round->keep[class_])
        w->round->release[class_][i] = index;
    else
        clf_spare(w, index);
}

/* Lanes take from the end of the free list on, so that no holes come about. */
static inline uint clf_take_nth(clf_worker *w, uint class_, uint n)
{
    return clf_list(w, class_)[w->round->nfree[class_] - 1 - n];
}

/* The lanes share out frames and ring entries of a round: by a counter, or, where children run
 * inline, each has its credit first, which clones rely on (inline.cl). With one class of frames and
 * no credit one counter does for both. */
static inline uint clf_take_class(clf_worker *w, uint class_)
{
    if ((CLF_INLINE_DEPTH > 0) + (CLF_CLASSES > 1) != 0) {
        if (w->credit != 0)
            w->credit--;
        else if (clf_local_add(&w->round->asked, 1) >= w->round->common)
            return CLF_NIL;
    }
    uint n = clf_local_add(&w->round->taken[class_], 1);
    return n < w->round->avail[class_] ? clf_take_nth(w, class_, n) : CLF_NIL;
}

#endif

/* For a fiber by its name; and one that any fiber may have. */
#define clf_take_for(w, name) clf_take_class((w), CLF_CLASS_##name)
static inline uint clf_take(clf_worker *w)
{
    return clf_take_class(w, CLF_CLASSES - 1);
}
