/* inline.cl - children that run at once, as a call of a clone of their fiber (doc/design.md, "Spawn
 * inlining"). A clone that ends returns CLF_NIL: there was no frame. One that cannot go on makes
 * its frame, late, and returns its index; its parent treats it like a child that was spawned, and
 * gives it its parent and place when the parent's own frame is known.
 *
 * No race: what is made here goes to the private part of the deque or to the worker's yield queue,
 * where nobody else looks before the segment ends. So nothing may be done in a clone that lets
 * another worker know its frame; that is why a join, say, makes the frame first and is done when
 * the fiber is resumed.
 *
 * There is always a frame. A clone makes a frame at most once, as its last act, and one that has a
 * child without an end calls nothing any more. So a call from a segment makes frames for the clones
 * that run when the first of them makes its own, CLF_INLINE_DEPTH at most, each with one ring entry
 * at most. Invariant of a segment between such calls: if there is fuel, then nfree > fuel +
 * CLF_INLINE_DEPTH, for every class of frames that clones get, and the ring has room for one entry
 * more than that. clf_refuel establishes it, also in the middle of a call, when none of that call's
 * frames is made yet; each call of a clone takes one of fuel and makes one frame at most. The fuel
 * may fall below nothing meanwhile. clf_take, which spends frames and entries otherwise, first
 * gives all fuel back (clf_unfuel), and is never called with a clone active; so does nobody else
 * spend any within a segment. A release may move CLF_CHUNK of 2 * CLF_CHUNK free frames to the
 * pool; CLF_FUEL is small enough for the rest.
 *
 * With several lanes there is no fuel. A lane has a credit of frames with ring entries for the
 * round; a frame that a clone makes and one that clf_take spends each cost one of it, a call of a
 * clone needs more than CLF_INLINE_DEPTH. Invariant: credit >= active. A call makes active at most
 * CLF_INLINE_DEPTH and leaves the credit, a clone's frame takes one from both, and clf_take is not
 * called with a clone active.
 */
#define CLF_SAVE  __attribute__((noinline)) static
#define CLF_CLONE CLF_SAVE
#define CLF_FOLD  __attribute__((always_inline)) static inline

/* What a clone returns: the fuel that is left, which goes from hand to hand in a register, and the
 * index of its frame. */
#if CLF_LANES == 1
#define CLF_RAN(child)     ((ulong)clf_fuel << 32 | (child))
#define CLF_FUEL_LEFT(ran) ((uint)((ran) >> 32))
#else
#define CLF_RAN(child)     ((ulong)(child))
#define CLF_FUEL_LEFT(ran) 0u
#endif
#define CLF_CHILD(ran) ((uint)(ran))

/* What one returns that is a part of its caller: nothing has to be put together and taken apart
 * again. */
#define CLF_FOLDED(child) (*clf_left = clf_fuel, (uint)(child))

/* The worker, for what makes the frame of a clone: a trace counts the children that have run. */
#if defined(CLF_TRACE) && CLF_LANES == 1
#define CLF_LEAVING(w) ((w)->fuel = clf_fuel, (w))
#else
#define CLF_LEAVING(w) (w)
#endif

/* Calls between looks at the rest of the world; in one segment; and in one that began when others
 * were at the end of the slice already: it is as fine as any, lest 64 workers that run one after
 * the other cut what they have to pieces at the end of every slice. */
#define CLF_FUEL         (CLF_CHUNK - CLF_INLINE_DEPTH - 2)
#define CLF_INLINE_MOST  16384u
#define CLF_INLINE_LEAST 64u

/* Calls that a worker has made alone, as if, when a slice begins: clf_calls_alone. */
#ifndef CLF_ALONE_BEFORE
#define CLF_ALONE_BEFORE 0u
#endif

#if CLF_INLINE_DEPTH > 0

/* Whether nobody lacks work that this worker could give by making frames, and nobody waits for it
 * at the end of the slice. */
static inline bool clf_may_inline(clf_worker *w)
{
    if (w->workers == 1)
        return true;
    uint want = clf_load_relaxed(&w->ctl->want);
    if ((want & ~(CLF_WANT_HELP | CLF_WANT_CANCEL)) != 0 && w->inlined >= CLF_INLINE_LEAST)
        return false;
#if CLF_MODE == CLF_MODE_SHARED
    return clf_load_relaxed(&w->ctl->shared_top) >= w->workers;
#elif CLF_MODE == CLF_MODE_STATIC
    return w->bottom - clf_load_relaxed(&w->me->top) >= 2 * w->workers;
#else
    bool hungry = clf_load_relaxed(&w->ctl->hungry) != 0, left = (want & CLF_WANT_HELP) != 0;
#if CLF_LANES == 1
    /* who has left is called back by the end of the slice: between segments */
    left = left && w->inlined >= w->help_after;
#endif
    w->giving = left || (hungry && clf_load_relaxed(&w->me->top) == w->split);
    if (w->giving)
        w->alone = 0;
    return !w->giving;
#endif
}

#endif

#if CLF_INLINE_DEPTH > 0 && CLF_LANES == 1

/* How many calls until a worker looks at the rest of the world again: one, where others have been
 * hungry just now, else an eighth of the calls made since then. So they wait for a short time, seen
 * from how long they were not hungry, whatever a call takes. */
static inline uint clf_calls_alone(clf_worker *w)
{
    return min(1 + w->alone / 8, (uint)CLF_FUEL);
}

/* More frames of a class, of which clones may need some. Where the pool cannot grow, fresh memory
 * is left to those who cannot do without: it stays of the class that it is claimed for. */
static inline void clf_refill_ahead(clf_worker *w, uint class_)
{
    if (CLF_CLASSES == 1 || !clf_is_scarce(w, class_)) {
        clf_refill(w, class_);
        return;
    }
    clf_hold(w, class_, clf_pool_take(w, class_));
}

/* When all fuel is gone, or more, `fuel`: new fuel, or 0: the next child gets a frame. */
CLF_SLOW(uint) clf_refuel(clf_worker *w, uint fuel)
{
    w->fuel = fuel;
    w->alone = min(w->alone + w->granted - fuel, 8u * CLF_FUEL);
    clf_unfuel(w);
    if (w->inlined >= w->inline_most || clf_urgent_waits(w) || !clf_may_inline(w))
        return 0;
    uint least = CLF_FREE_ROOM;
    for (uint c = 0; c < CLF_CLASSES; c++) {
        if (CLF_CLASSES > 1 && (CLF_CLONED >> c & 1) == 0)
            continue;
        if (w->nfree[c] < CLF_CHUNK / 2)
            clf_refill_ahead(w, c);
        least = min(least, w->nfree[c]);
    }
    if ((int)(w->limit - w->bottom) < (int)CLF_CHUNK)
        clf_room(w);
    int room = min((int)least, (int)(w->limit - w->bottom)) - (CLF_INLINE_DEPTH + 1);
    if (room <= 0)
        return 0;
    return w->granted = min(min((uint)room, clf_calls_alone(w)), w->inline_most - w->inlined);
}

/* Whether the next child of a segment runs inline; its clone gets the fuel. */
static inline bool clf_inlines(clf_worker *w)
{
    if ((int)w->fuel <= 0 && (w->fuel = clf_refuel(w, w->fuel)) == 0)
        return false;
    w->fuel--;
    return true;
}

/* Of a clone: whether it may call another one, and whether one that was called may run. A clone
 * that is a function asks, where it begins, for fuel that is gone; one that is a part of its caller
 * does not, and runs on credit. */
#define CLF_LOAN        64
#define CLF_MAY_CALL(w) ((int)--clf_fuel >= -CLF_LOAN || ++clf_fuel == 0)
#define CLF_MAY_RUN(w)  ((int)clf_fuel >= 0 || (clf_fuel = clf_refuel(w, clf_fuel)) != 0)

#elif CLF_INLINE_DEPTH > 0

/* Whether the next child runs inline. */
static inline bool clf_inlines(clf_worker *w)
{
    if (w->credit <= CLF_INLINE_DEPTH || w->inlined >= w->inline_most)
        return false;
    w->inlined++;
    return true;
}
#define CLF_MAY_CALL(w) clf_inlines(w)
#define CLF_MAY_RUN(w)  true

#else

#define clf_inlines(w)  false
#define CLF_MAY_CALL(w) false
#define CLF_MAY_RUN(w)  true

#endif

/* ---- the parent has a frame --------------------------------------------------------- */

#define CLF_KEEP(f, place, type, value) \
    (*(__global type *)((__global char *)(f) + (place)) = (value))

static inline uint clf_adopt(clf_worker *w, uint child, uint self, uint place)
{
    __global clf_header *c = clf_frame_at(w, child);
    clf_store_relaxed(&c->parent, self);
    c->slot = place;
    return 1;
}

/* The first half of clf_await: a child that has a frame and did not run yet. */
static inline void clf_launch(clf_worker *w, uint child, uint fn)
{
    clf_frame_at(w, child)->code = (fn << CLF_FN_SHIFT) | CLF_INHERITED(w);
    clf_begin(w, child, fn);
    clf_trace_spawn(w, child);
    w->spawned++;
    clf_run_next(w, child);
}

static inline void clf_await_made(clf_worker *w, uint child, uint self, __global clf_header *h,
                                  uint place, uint kids, uint at)
{
    clf_adopt(w, child, self, place | CLF_SLOT_AWAITED);
    clf_set_resume(w, h, clf_leave_open(w, h, kids), at);
}

/* ---- the parent has none ------------------------------------------------------------ */

#define CLF_BYTES_BETWEEN(from, to) ((uint)((__private char *)(to) - (__private char *)(from)))

/* Children that did not end are chained through their parent words until the parent has a frame. */
static inline uint clf_hang(clf_worker *w, uint child, uint list, uint place)
{
    clf_adopt(w, child, list, place);
    return child;
}

static inline void clf_hang_awaited(clf_worker *w, uint child, uint place)
{
    clf_frame_at(w, child)->slot = place | CLF_SLOT_AWAITED;
}

/* The frame of a fiber that ran inline until now. */
#define clf_take_late_for(w, name) clf_take_late(w, CLF_CLASS_##name)
static inline uint clf_take_late(clf_worker *w, uint class_)
{
    w->late++;
#if CLF_LANES == 1
    uint self = clf_list(w, class_)[--w->nfree[class_]];
#else
    uint self = clf_take_nth(w, class_, clf_local_add(&w->round->taken[class_], 1));
    w->credit--;
#endif
    clf_trace_spawn(w, self);
    return self;
}

/* Takes the children in; their number. */
static inline uint clf_adopt_all(clf_worker *w, uint self, __global clf_header *h, uint list)
{
    uint kids = 0;
    h->error = 0;
    for (; list != CLF_NIL; kids++) {
        __global clf_header *c = clf_frame_at(w, list);
        list = c->parent;
        clf_store_relaxed(&c->parent, self);
    }
    return kids;
}

/* The code word of a fiber that does not wait for these children. */
static inline void clf_late_open(clf_worker *w, uint self, __global clf_header *h, uint fn,
                                 uint list, uint at)
{
    uint kids = clf_adopt_all(w, self, h, list);
    h->code = (fn << CLF_FN_SHIFT) | CLF_INHERITED(w) | (kids != 0 ? CLF_OPEN : 0) | at;
    clf_begin(w, self, fn);
    clf_store_relaxed(&h->pending, CLF_BIAS + kids);
}

static inline void clf_late_goes_on(clf_worker *w, uint self, __global clf_header *h, uint fn,
                                    uint list, uint at)
{
    clf_late_open(w, self, h, fn, list, at);
    if (w->next == CLF_NIL)
        w->next = self;
    else
        clf_push(w, self);
}

static inline void clf_late_syncs(clf_worker *w, uint self, __global clf_header *h, uint fn,
                                  uint list, uint at)
{
    uint kids = clf_adopt_all(w, self, h, list);
    h->code = (fn << CLF_FN_SHIFT) | CLF_INHERITED(w) | at;
    clf_begin(w, self, fn);
    clf_store_relaxed(&h->pending, kids);
}

static inline void clf_late_awaits(clf_worker *w, uint self, __global clf_header *h, uint fn,
                                   uint list, uint child, uint at)
{
    clf_late_open(w, self, h, fn, list, at);
    clf_store_relaxed(&clf_frame_at(w, child)->parent, self);
}

static inline void clf_late_yields(clf_worker *w, uint self, __global clf_header *h, uint fn,
                                   uint list, uint at)
{
    clf_late_open(w, self, h, fn, list, at);
    clf_queue(w, self);
}

/* The fiber fails: it waits for its children, or is resumed to hand its code on. */
CLF_SLOW(uint) clf_inline_fails(clf_worker *w, uint fn, uint list, int code, uint line)
{
    uint self = clf_take_late(w, clf_class_of(fn));
    __global clf_header *h = clf_frame_at(w, self);
    uint known = code != 0 ? (uint)code : (uint)CLF_FAIL_ZERO;
    clf_begin(w, self, fn);
    /* the parents are not known before they have frames */
    clf_put_record(w, self, fn, known, line, self, CLF_NIL);
    h->status = known;
    if (list != CLF_NIL) {
        clf_late_syncs(w, self, h, CLF_FN_FAILING, list, 1);
        clf_or_relaxed(&w->ctl->want, CLF_WANT_CANCEL); /* as in clf_fail_when_done */
    } else {
        clf_late_goes_on(w, self, h, CLF_FN_FAILING, list, 1);
    }
    return self;
}

/* After a segment that had the private entries up to `from` when it began: frames were made from
 * the deepest clone upwards, but are to be run in that order and stolen in the other one. */
static inline void clf_turn_late(clf_worker *w, uint from)
{
#if CLF_LANES == 1 && CLF_INLINE_DEPTH > 0
    if (w->late < 2)
        return;
    for (uint to = w->bottom; (int)(--to - from) > 0; from++) {
        uint high = clf_load_relaxed(&w->ring[to & w->mask]);
        clf_store_relaxed(&w->ring[to & w->mask], clf_load_relaxed(&w->ring[from & w->mask]));
        clf_store_relaxed(&w->ring[from & w->mask], high);
    }
#endif
}

/* After a segment, or a lane's part of a round: how many children ran inline in it. Each counts as
 * spawned, and as completed unless it has a frame. */
static inline uint clf_end_inlined(clf_worker *w)
{
#if CLF_INLINE_DEPTH > 0
#if CLF_LANES == 1
    clf_unfuel(w);
#endif
    uint n = w->inlined;
    w->spawned += n;
    w->completed += n - w->late;
    w->inlined = w->late = 0;
    return n;
#else
    return 0;
#endif
}
