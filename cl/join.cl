/* join.cl - how fibers wait for their children and how they end.
 *
 * `pending` of a fiber that waits in sync is the number of its unfinished children; while it does
 * not wait it is CLF_BIAS more, so that the last child cannot mistake it for waiting. At the first
 * suspension with children it is stored plainly: none of them is visible to another worker before
 * the segment ends (clf_publish releases it with them). From then on it is changed by
 * read-modify-writes alone, all acquire-release: a child releases its result to whoever takes the
 * count to 0, and that one acquires all of them. Exactly one child sees the 1 -> 0 step, or the
 * parent itself does when it takes the bias off: the fiber is resumed exactly once.
 * Where all children stay with one worker, none of that is needed: kept.cl.
 */
/* A fiber gets a generation of its own when somebody gets to know it: itself, who starts it, or a
 * dump (live.cl). So those that nobody knows pay nothing, and no two that somebody knows are
 * alike, one after the other in one frame. */
static inline fiber_t clf_self(clf_worker *w, uint self)
{
    __global clf_header *h = clf_frame_at(w, self);
    if (!(w->code & CLF_SEEN)) {
        h->gen = (h->gen + 1) & CLF_FRAME_MAX;
        w->code |= CLF_SEEN;
    }
    fiber_t me = {self, h->gen};
    return me;
}

/* ---- suspending --------------------------------------------------------------------- */

static inline void clf_spawn(clf_worker *w, uint child, uint fn, uint self, uint place)
{
    __global clf_header *c = clf_frame_at(w, child);
    c->code = (fn << CLF_FN_SHIFT) | CLF_INHERITED(w);
    clf_store_relaxed(&c->parent, self); /* see the join word below */
    c->slot = place;
    clf_begin(w, child, fn);
#if CLF_MODE == CLF_MODE_SHARED
    clf_push(w, child);
#else
    clf_run_next(w, child);
#endif
    clf_trace_spawn(w, child);
    w->spawned++;
}

/* Leaves the segment while `kids` new children, and perhaps older ones, are outstanding; the fiber
 * does not wait for them. Returns the CLF_OPEN bit for its code word. */
static inline uint clf_leave_open(clf_worker *w, __global clf_header *h, uint kids)
{
    clf_expose(w, h);
    if (w->code & CLF_OPEN) {
        if (kids != 0)
            clf_add_acq_rel(&h->pending, kids);
        return CLF_OPEN;
    }
    if (kids == 0)
        return 0;
    h->error = 0;
    clf_store_relaxed(&h->pending, CLF_BIAS + kids);
    return CLF_OPEN;
}

static inline void clf_set_resume(clf_worker *w, __global clf_header *h, uint open, uint at)
{
    h->code = (w->code & ~(CLF_OPEN | CLF_AT_MASK)) | open | at;
    clf_trace_suspend(w);
}

static inline void clf_park(clf_worker *w, uint self, __global clf_header *h, uint kids, uint at)
{
    clf_set_resume(w, h, clf_leave_open(w, h, kids), at);
    clf_run_next(w, self);
    w->parked = 1;
}

static inline bool clf_sync(clf_worker *w, uint self, __global clf_header *h, uint kids, uint at)
{
    if (!(w->code & CLF_OPEN)) {
        h->error = 0;
        if (kids == 0)
            return false;
        clf_set_resume(w, h, 0, at);
        if (clf_keeps_children(w))
            kids |= CLF_LOCAL;
        else
            clf_expose(w, h);
        clf_store_relaxed(&h->pending, kids);
        return true;
    }
    /* A child that fails later than this looks for siblings itself: clf_end_failed. */
    if (clf_load_relaxed(&h->error) != 0)
        clf_or_relaxed(&w->ctl->want, CLF_WANT_CANCEL);
    /* Children of earlier segments may be ending now. The code word is written first: the last one
     * may resume the fiber, on another worker, as soon as the bias is off. */
    clf_set_resume(w, h, 0, at);
    uint change = kids - CLF_BIAS;
    /* acq_rel: acquires the children's results if they are all done; releases this segment to who
     * resumes */
    if (clf_add_acq_rel(&h->pending, change) + change != 0)
        return true;
    w->code &= ~CLF_OPEN;
    clf_trace_synced(w);
    return false;
}

static inline void clf_await(clf_worker *w, uint child, uint fn, uint self, __global clf_header *h,
                             uint place, uint kids, uint at)
{
    __global clf_header *c = clf_frame_at(w, child);
    clf_set_resume(w, h, clf_leave_open(w, h, kids), at);
    c->code = (fn << CLF_FN_SHIFT) | CLF_INHERITED(w);
    clf_store_relaxed(&c->parent, self);
    c->slot = place | CLF_SLOT_AWAITED;
    clf_begin(w, child, fn);
    clf_trace_spawn(w, child);
    w->spawned++;
    clf_run_next(w, child); /* at once, on this lane: the fiber itself waits for nothing else */
}

/* Appends a frame to the worker's queue of fibers that yielded, or that were woken and have to
 * wait. With several lanes to the lane's own list, a ring of frames of which the last is known:
 * lane 0 appends it to the queue at the end of the round. */
static inline void clf_queue(clf_worker *w, uint index)
{
    __global clf_header *h = clf_frame_at(w, index);
#if CLF_LANES == 1
    h->link = CLF_NIL;
    if (w->yields++ == 0)
        w->yield_head = index;
    else
        clf_frame_at(w, w->yield_tail)->link = index;
    w->yield_tail = index;
#else
    if (w->queue == CLF_NIL) {
        h->link = index;
    } else {
        __global clf_header *last = clf_frame_at(w, w->queue);
        h->link = last->link;
        last->link = index;
    }
    w->queue = index;
    w->queued++;
#endif
}

static inline void clf_yield(clf_worker *w, uint self, __global clf_header *h, uint kids, uint at)
{
    clf_set_resume(w, h, clf_leave_open(w, h, kids), at);
    clf_queue(w, self);
}

/* ---- failures are put down for the host --------------------------------------------- */

#define CLF_HOPS_TO_ROOT 256u

/* The slot of the root that the fiber descends from; CLF_NIL: from a started one, or from too far
 * off. Parents cannot end meanwhile. */
static inline uint clf_root_of(clf_worker *w, uint index)
{
    for (uint hop = 0; hop < CLF_HOPS_TO_ROOT; hop++) {
        __global clf_header *h = clf_frame_at(w, index);
        if (h->slot & CLF_SLOT_TOP)
            return h->slot & CLF_SLOT_ROOT ? h->slot & ~CLF_SLOT_TOP : CLF_NIL;
        index = h->parent;
    }
    return CLF_NIL;
}

static inline void clf_put_record(clf_worker *w, uint self, uint fn, uint code, uint at,
                                  ulong value, uint root)
{
    uint i = clf_add_relaxed(&w->ctl->record_count, 1u);
    w->failed++;
    if (i < CLF_RECORDS) {
        __global clf_record *r = &w->ctl->records[i];
        r->code = code;
        r->fn = fn;
        r->at = at;
        r->worker = w->id;
        r->value = value;
        r->root = root;
#ifdef CLF_NAMES
        for (uint k = 0; k < CLF_NAME_BYTES; k++)
            r->name[k] = clf_name_at(w, self)->text[k];
#else
        r->name[0] = 0;
#endif
    }
}

/* A failure of the fiber that is suspended, or about to be, where its code word says. */
static inline void clf_record_suspended(clf_worker *w, uint self, uint code, ulong value)
{
    uint word = clf_frame_at(w, self)->code;
    clf_put_record(w, self, word >> CLF_FN_SHIFT, code, CLF_AT_POINT | (word & CLF_AT_MASK), value,
                   clf_root_of(w, self));
}

static inline ulong clf_handle_value(fiber_t fiber)
{
    return ((ulong)fiber.generation << 32) | fiber.frame;
}

/* ---- ending ------------------------------------------------------------------------- */

/* The last child, or the only one that was waited for, has ended. */
static inline void clf_resume(clf_worker *w, uint parent)
{
#if CLF_LANES > 1
    w->resumes = 1;
#endif
    clf_run_next(w, parent);
}

/* A child less; the number of those that are left if the parent waits. */
static inline uint clf_count_down(__global clf_header *p)
{
#if CLF_KEEPS
    uint pending = clf_load_relaxed(&p->pending);
    if (pending & CLF_LOCAL) {
        clf_store_relaxed(&p->pending, pending - 1);
        return (pending & CLF_COUNT) - 1;
    }
#endif
    /* acq_rel: releases the result to, and acquires the siblings' results for, who sees 1 */
    return clf_add_acq_rel(&p->pending, 0xffffffffu) - 1;
}

/* A child has ended: its frame is free, and the parent may be next. */
static inline void clf_end_child(clf_worker *w, uint self, uint parent, uint slot)
{
    __global clf_header *p = clf_frame_at(w, parent);
    clf_trace_end_child(w, parent, slot);
    clf_release_frame(w, self);
    w->completed++;
    if (slot & CLF_SLOT_AWAITED) {
        p->status = 0;
        clf_resume(w, parent);
    } else if (clf_count_down(p) == 0) {
        clf_resume(w, parent);
    }
}

/* The done record of a root: the host sizes their buffer for all roots that may be in flight. */
static inline __global char *clf_done_record(clf_worker *w, uint slot, uint code)
{
    uint i = clf_add_relaxed(&w->ctl->done_tail, 1u);
    __global char *record = w->done + (size_t)i * w->ctl->done_stride;
    __global clf_done *d = (__global clf_done *)record;
    d->slot = slot & ~CLF_SLOT_TOP;
    d->code = code;
    clf_trace_end_root(w);
    return record + w->ctl->done_place;
}

/* The join word of a started fiber is the parent word of its frame:
 *     01 generation   idle: neither ended nor joined
 *     10 generation   done: ended, its result and status in its frame
 *     11 frame        that fiber waits in a join; all ones: detached
 * An ordinary fiber has its parent's index there (00...), so a stale handle never matches a reused
 * frame. Who holds one may look at the word at any time: all that write it do so atomically. */
static inline uint clf_result_bytes(uint fn)
{
    uint bytes = 0;
#define CLF_SIZE(type) bytes = sizeof(type);
#define CLF_CASE(name)              \
    if (fn == CLF_FN_##name) {      \
        CLF_RESULT_##name(CLF_SIZE) \
    }
    CLF_FIBERS(CLF_CASE)
#undef CLF_CASE
#undef CLF_SIZE
    return bytes;
}

/* Hands a started fiber's outcome to the fiber that joins it (its `link` is the place, its `status`
 * the size, as clf_join left them) and frees the frame. */
static inline void clf_deliver(clf_worker *w, uint target, uint joiner)
{
    __global clf_header *t = clf_frame_at(w, target);
    __global clf_header *j = clf_frame_at(w, joiner);
    uint bytes = clf_result_bytes(t->code >> CLF_FN_SHIFT);
    uint place = j->link, wanted = j->status;
    clf_trace_deliver(w, target, joiner);
    j->status = t->status;
    if (t->status == 0 && place != CLF_NO_PLACE) {
        if (wanted != bytes) {
            j->status = (uint)CLF_FAIL_RESULT_SIZE;
            clf_record_suspended(w, joiner, j->status, ((ulong)t->gen << 32) | target);
        } else {
            __global const char *from = (__global const char *)t + CLF_RESULT_AT(bytes);
            __global char *to = (__global char *)j + place;
            for (uint i = 0; i < bytes; i++)
                to[i] = from[i];
        }
    }
    t->gen = (t->gen + 1) & CLF_FRAME_MAX;
    clf_store_relaxed(&t->parent, 0u);
    clf_release_frame(w, target);
}

/* Ends a started fiber whose result, if `code` is 0, is in its frame. */
static inline void clf_end_started(clf_worker *w, uint self, uint fn, uint code)
{
    __global clf_header *h = clf_frame_at(w, self);
    uint idle = CLF_JOIN_IDLE | h->gen;
    h->status = code;
    h->code = fn << CLF_FN_SHIFT;
    clf_trace_end_started(w, self);
    w->completed++;
    w->ended++;
    /* acq_rel: releases the result to a later joiner; acquires what an earlier one left in its
     * frame */
    uint found = clf_cas_acq_rel(&h->parent, idle, CLF_JOIN_DONE | h->gen);
    if (found == idle)
        return;
    if (found == CLF_JOIN_DETACHED) {
        h->gen = (h->gen + 1) & CLF_FRAME_MAX;
        clf_store_relaxed(&h->parent, 0u);
        clf_release_frame(w, self);
        return;
    }
    clf_deliver(w, self, found & CLF_FRAME_MAX);
    clf_run_next(w, found & CLF_FRAME_MAX);
}

#define CLF_END(w, self, f, type, value)                                                         \
    do {                                                                                         \
        uint clf_slot = (f)->h.slot;                                                             \
        if (!(clf_slot & CLF_SLOT_TOP)) {                                                        \
            uint clf_place = clf_slot & CLF_SLOT_PLACE, clf_parent = (f)->h.parent;              \
            if (clf_place != CLF_NO_PLACE)                                                       \
                *(__global type *)((__global char *)clf_frame_at((w), clf_parent) + clf_place) = \
                    (value);                                                                     \
            clf_end_child((w), (self), clf_parent, clf_slot);                                    \
        } else if (clf_slot & CLF_SLOT_ROOT) {                                                   \
            *(__global type *)clf_done_record((w), clf_slot, 0) = (value);                       \
            clf_release_frame((w), (self));                                                      \
            (w)->completed++;                                                                    \
        } else {                                                                                 \
            *(__global type *)((__global char *)(f) + CLF_RESULT_AT(sizeof(type))) = (value);    \
            clf_end_started((w), (self), (w)->code >> CLF_FN_SHIFT, 0);                          \
        }                                                                                        \
    } while (0)

/* Ends the fiber with a result. */
#define CLF_RETURN(w, self, f, type, value)   \
    do {                                      \
        type clf_value = (value);             \
        CLF_GUARDED_RETURN(w, self, &(f)->h)  \
        CLF_END(w, self, f, type, clf_value); \
    } while (0)

static inline void clf_end_void(clf_worker *w, uint self, __global clf_header *h)
{
    uint slot = h->slot;
    if (!(slot & CLF_SLOT_TOP)) {
        clf_end_child(w, self, h->parent, slot);
    } else if (slot & CLF_SLOT_ROOT) {
        clf_done_record(w, slot, 0);
        clf_release_frame(w, self);
        w->completed++;
    } else {
        clf_end_started(w, self, w->code >> CLF_FN_SHIFT, 0);
    }
}

#define clf_return_void(w, self, h)                              \
    do {                                                         \
        CLF_GUARDED_RETURN(w, self, h) clf_end_void(w, self, h); \
    } while (0)

/* ---- failing ------------------------------------------------------------------------ */

/* Ends a fiber whose failure code is in its status and whose children are all done. A child's
 * siblings are cancelled after the slice if the parent waits for them by then. */
static inline void clf_end_failed(clf_worker *w, uint self, __global clf_header *h)
{
    uint slot = h->slot, code = h->status;
    if (slot & CLF_SLOT_ROOT) {
        clf_done_record(w, slot, code);
        clf_release_frame(w, self);
        w->completed++;
    } else if (slot & CLF_SLOT_STARTED) {
        clf_end_started(w, self, 0, code);
    } else if (slot & CLF_SLOT_AWAITED) {
        uint parent = h->parent;
        clf_end_child(w, self, parent, slot);
        clf_frame_at(w, parent)->status = code;
    } else {
        uint parent = h->parent; /* not read before: a started fiber's is its join word, changed at
                                    any time */
        /* the first failure wins; the decrement in clf_end_child releases it to the parent */
        clf_cas_acq_rel(&clf_frame_at(w, parent)->error, 0u, code);
        if ((clf_load_relaxed(&clf_frame_at(w, parent)->pending) & CLF_COUNT) > 1)
            clf_or_relaxed(&w->ctl->want, CLF_WANT_CANCEL);
        clf_end_child(w, self, parent, slot);
    }
}

/* Ends the fiber with a failure code as soon as no child is outstanding: those that are will be
 * cancelled after the slice (cancel.cl). */
static inline void clf_fail_when_done(clf_worker *w, uint self, __global clf_header *h, uint kids,
                                      uint code)
{
    h->status = code;
    w->code = (CLF_FN_FAILING << CLF_FN_SHIFT) | (w->code & (CLF_OPEN | CLF_SEEN | CLF_URGENT));
    if (!clf_sync(w, self, h, kids, 1))
        clf_end_failed(w, self, h);
    else
        clf_or_relaxed(&w->ctl->want, CLF_WANT_CANCEL);
}

static inline void clf_fail_with(clf_worker *w, uint self, __global clf_header *h, uint code)
{
    clf_fail_when_done(w, self, h, 0, code);
}

/* `value`: what it is about. */
static inline void clf_fail_about(clf_worker *w, uint self, __global clf_header *h, uint kids,
                                  int code, uint line, ulong value)
{
    /* 0 would read as success; the front end rejects a constant one */
    uint known = clf_guard_broken(w, self) ? (uint)CLF_FAIL_GUARD
                 : code != 0               ? (uint)code
                                           : (uint)CLF_FAIL_ZERO;
    clf_put_record(w, self, w->code >> CLF_FN_SHIFT, known, line, value, clf_root_of(w, self));
    clf_fail_when_done(w, self, h, kids, known);
}

static inline void clf_fail(clf_worker *w, uint self, __global clf_header *h, uint kids, int code,
                            uint line)
{
    clf_fail_about(w, self, h, kids, code, line, self);
}

/* Before a segment. True: the fiber has overwritten its guard word, and failed. */
#ifdef CLF_GUARDS
static inline bool clf_guard_stops(clf_worker *w, uint self, __global clf_header *h)
{
    if (!clf_guard_broken(w, self))
        return false;
    clf_record_suspended(w, self, (uint)CLF_FAIL_GUARD, self);
    clf_fail_with(w, self, h, (uint)CLF_FAIL_GUARD);
    return true;
}
#else
#define clf_guard_stops(w, self, h) false
#endif

/* ---- started fibers ----------------------------------------------------------------- */

static inline fiber_t clf_start_fiber(clf_worker *w, uint child, uint fn)
{
    __global clf_header *c = clf_frame_at(w, child);
    c->gen = (c->gen + 1) & CLF_FRAME_MAX; /* see clf_self */
    fiber_t handle = {child, c->gen};
    c->code = (fn << CLF_FN_SHIFT) | CLF_SEEN | CLF_INHERITED(w);
    c->slot = CLF_SLOT_STARTED;
    clf_begin(w, child, fn);
    clf_store_relaxed(&c->parent, CLF_JOIN_IDLE | c->gen);
    clf_push(w, child);
    clf_trace_spawn(w, child);
    w->spawned++;
    w->started++;
    return handle;
}

/* Whether a handle can be one at all. */
static inline bool clf_handle_in_range(clf_worker *w, fiber_t fiber)
{
    return fiber.frame < w->ctl->frames && fiber.generation <= CLF_FRAME_MAX &&
           clf_class_at(w, fiber.frame) < CLF_CLASSES;
}

static inline bool clf_join(clf_worker *w, uint self, __global clf_header *h, fiber_t fiber,
                            uint place, uint size, uint kids, uint at)
{
    clf_set_resume(w, h, clf_leave_open(w, h, kids), at);
    h->link = place;
    h->status = size;
    uint found = 0;
    if (clf_handle_in_range(w, fiber)) {
        __global uint *word = &clf_frame_at(w, fiber.frame)->parent;
        /* release: where the result goes; acquire: the result, if the fiber has ended
         * (clf_end_started) */
        found = clf_cas_acq_rel(word, CLF_JOIN_IDLE | fiber.generation, CLF_JOIN_WAIT | self);
        if (found == (CLF_JOIN_IDLE | fiber.generation))
            return true;
        if (found == (CLF_JOIN_DONE | fiber.generation))
            /* of several joiners one gets it */
            found = clf_cas_acq_rel(word, found, CLF_JOIN_DETACHED);
    }
    if (found == (CLF_JOIN_DONE | fiber.generation)) {
        clf_deliver(w, fiber.frame, self);
    } else {
        h->status = (uint)CLF_FAIL_BAD_HANDLE;
        clf_record_suspended(w, self, h->status, clf_handle_value(fiber));
    }
    w->code = h->code;
    return false;
}

/* False: it is none, or not any more. */
static inline bool clf_give_handle_up(clf_worker *w, fiber_t fiber)
{
    if (!clf_handle_in_range(w, fiber))
        return false;
    __global clf_header *t = clf_frame_at(w, fiber.frame);
    uint idle = CLF_JOIN_IDLE | fiber.generation, ended = CLF_JOIN_DONE | fiber.generation;
    uint found = clf_cas_acq_rel(&t->parent, idle, CLF_JOIN_DETACHED);
    if (found == idle)
        return true;
    if (found != ended || clf_cas_acq_rel(&t->parent, ended, CLF_JOIN_DETACHED) != ended)
        return false;
    t->gen = (t->gen + 1) & CLF_FRAME_MAX;
    clf_store_relaxed(&t->parent, 0u);
    clf_release_frame(w, fiber.frame);
    return true;
}

static inline void clf_detach(clf_worker *w, __global clf_header *h, fiber_t fiber)
{
    clf_give_handle_up(w, fiber);
}

/* True: the handle is none, and the fiber has failed. */
static inline bool clf_detach_or_fail(clf_worker *w, uint self, __global clf_header *h,
                                      fiber_t fiber, uint kids, uint line)
{
    if (clf_give_handle_up(w, fiber))
        return false;
    clf_fail_about(w, self, h, kids, CLF_FAIL_BAD_HANDLE, line, clf_handle_value(fiber));
    return true;
}
