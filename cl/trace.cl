/* trace.cl - what a worker writes down of a slice when the host keeps a trace (lib/trace.c). In
 * programs that are not traced, CLF_TRACE is not defined and nothing of it is there.
 *
 * OpenCL devices have no clock. A worker's clock is what it has done in this slice: one tick for a
 * segment, for each child that ran inline in it and for a round of looking for work in vain (with
 * several lanes, for a round). The host maps it linearly onto the slice's time.
 *
 * Which fibers: in every `sample`th tick, those that are spawned, and the one that spawns them. A
 * traced fiber has a number, its id, and each of its segments is recorded when it has ended.
 * Records go to the worker's own buffer, which nobody reads before the slice is over. What finds it
 * full is counted and dropped: nothing waits, and no fiber behaves differently.
 *
 * All fibers, traced or not, know the length of the longest chain of segments that led to them
 * (`path`); the longest of all is the program's critical path. No races: `path` is written by who
 * has the fiber - it runs it, or has just taken it out of its wait. `joined` and `number` may be
 * touched by others at any time, so they are atomic. A child raises `joined` before it decrements
 * its parent's `pending`, acquire-release or on the parent's own worker (clf_count_down), and who
 * resumes the parent has acquired all of these. `maker` is written before others can know the frame, and read by who begins the
 * fiber.
 */
#ifdef CLF_TRACE

#define CLF_TRACE_STEALS (CLF_TRACE / 4)                /* records, behind ... */
#define CLF_TRACE_ROOM   (CLF_TRACE - CLF_TRACE_STEALS) /* ... those of segments */

static inline __global clf_trail *clf_trail_of(clf_worker *w, uint index)
{
    return (__global clf_trail *)((__global char *)clf_frame_at(w, index) - CLF_TRAIL_BACK);
}

/* Children that have run inline in this segment. What is left of the fuel is with the worker while
 * no clone runs, and when one makes its frame (CLF_LEAVING). */
static inline uint clf_trace_inlined(clf_worker *w)
{
    return w->inlined + w->granted - w->fuel - w->trace.before;
}

/* The path of the running segment up to here. */
static inline uint clf_trace_path(clf_worker *w)
{
    return w->trace.path + clf_trace_inlined(w);
}

/* No two workers give the same id: they are equal to the worker's number modulo their count. */
static inline uint clf_trace_new_id(clf_worker *w)
{
#if CLF_LANES == 1
    uint i = w->trace.ids++;
#else
    uint i = clf_local_add(&w->round->trace_ids, 1);
#endif
    return i * w->workers + w->id + 1;
}

static inline bool clf_trace_samples(clf_worker *w)
{
    return w->trace.tick % w->trace.sample == 0;
}

static inline void clf_trace_raise(__global uint *word, uint value)
{
    uint found = clf_load_relaxed(word);
    while (found < value) {
        uint was = clf_cas_acq_rel(word, found, value);
        if (was == found)
            break;
        found = was;
    }
}

/* ---- fibers --------------------------------------------------------------------------- */

static inline void clf_trace_new(clf_worker *w, uint index, uint path, uint maker)
{
    __global clf_trail *t = clf_trail_of(w, index);
    clf_store_relaxed(&t->id, clf_trace_samples(w) ? clf_trace_new_id(w) : 0u);
    clf_store_relaxed(&t->number, 0u);
    clf_store_relaxed(&t->joined, 0u);
    t->path = path;
    t->maker = maker;
    t->at_maker = w->trace.number;
}

static inline void clf_trace_root(clf_worker *w, uint index)
{
    clf_trace_new(w, index, 0, 0);
}

/* The running fiber makes another one, or a child that it has called gets a frame. */
static inline void clf_trace_spawn(clf_worker *w, uint child)
{
    bool traced = clf_trace_samples(w);
    if (traced && w->trace.id == 0) {
        w->trace.id = clf_trace_new_id(w);
        clf_store_relaxed(&clf_trail_of(w, w->trace.self)->id, w->trace.id);
    }
    w->trace.made += traced;
    clf_trace_new(w, child, clf_trace_path(w), traced ? w->trace.id : 0u);
}

/* The running fiber is about to suspend: from here on others may have it. */
static inline void clf_trace_suspend(clf_worker *w)
{
    clf_trail_of(w, w->trace.self)->path = clf_trace_path(w);
}

/* A sync goes on at once: all children have ended. */
static inline void clf_trace_synced(clf_worker *w)
{
    w->trace.path = max(w->trace.path, clf_load_relaxed(&clf_trail_of(w, w->trace.self)->joined));
}

/* The running fiber has ended; `parent` still waits for it, or not. */
static inline void clf_trace_end_child(clf_worker *w, uint parent, uint slot)
{
    __global clf_trail *p = clf_trail_of(w, parent);
    w->trace.flags |= CLF_TRACE_ENDS;
    w->trace.parent = clf_load_relaxed(&p->id);
    w->trace.at_parent = clf_load_relaxed(&p->number);
    if (slot & CLF_SLOT_AWAITED) {
        w->trace.flags |= CLF_TRACE_AWAITED;
        p->path = max(p->path, clf_trace_path(w));
    } else {
        clf_trace_raise(&p->joined, clf_trace_path(w));
    }
}

static inline void clf_trace_end_root(clf_worker *w)
{
    w->trace.flags |= CLF_TRACE_ENDS;
}

/* A started fiber: who joins it will look at its path. */
static inline void clf_trace_end_started(clf_worker *w, uint self)
{
    w->trace.flags |= CLF_TRACE_ENDS;
    clf_trail_of(w, self)->path = clf_trace_path(w);
}

/* The joiner, which is this worker's now, gets the outcome of a started fiber. */
static inline void clf_trace_deliver(clf_worker *w, uint target, uint joiner)
{
    __global clf_trail *j = clf_trail_of(w, joiner);
    uint path = clf_trail_of(w, target)->path;
    if (joiner == w->trace.self) {
        w->trace.path = max(w->trace.path, path);
        return;
    }
    j->path = max(j->path, path);
    w->trace.flags |= CLF_TRACE_AWAITED;
    w->trace.parent = clf_load_relaxed(&j->id);
    w->trace.at_parent = clf_load_relaxed(&j->number);
}

/* ---- segments and steals -------------------------------------------------------------- */

static inline void clf_trace_begin(clf_worker *w, uint index)
{
    __global clf_trail *t = clf_trail_of(w, index);
    uint open = w->code & CLF_OPEN, number = clf_load_relaxed(&t->number) + 1;
    w->trace.self = index;
    w->trace.before = w->inlined;
    w->trace.fn = w->code >> CLF_FN_SHIFT;
    w->trace.id = clf_load_relaxed(&t->id);
    w->trace.number = number;
    w->trace.flags = (number == 1 ? CLF_TRACE_STARTS : 0) | (open ? CLF_TRACE_OPEN : 0);
    w->trace.parent = w->trace.at_parent = w->trace.made = 0;
    w->trace.maker = number == 1 ? t->maker : 0;
    w->trace.at_maker = t->at_maker;
    /* without CLF_OPEN it has acquired what its children did, or has none */
    w->trace.path = (open ? t->path : max(t->path, clf_load_relaxed(&t->joined))) + 1;
    clf_store_relaxed(&t->number, number);
}

static inline void clf_trace_finish(clf_worker *w)
{
    uint inlined = clf_trace_inlined(w), begin = w->trace.tick;
    w->trace.longest = max(w->trace.longest, w->trace.path + inlined);
#if CLF_LANES == 1
    w->trace.tick += 1 + inlined;
#endif
    if (w->trace.id == 0)
        return;
#if CLF_LANES == 1
    uint i = w->trace.count++;
#else
    uint i = clf_local_add(&w->round->traced, 1);
#endif
    if (i >= CLF_TRACE_ROOM)
        return;
    __global clf_trace_event *e = &w->trace.events[i];
    e->what = w->trace.flags | (w->lane << CLF_TRACE_LANE_SHIFT) | (w->trace.fn << CLF_FN_SHIFT);
    e->begin = begin;
    e->inlined = inlined;
    e->id = w->trace.id;
    e->number = w->trace.number;
    e->parent = w->trace.parent;
    e->at_parent = w->trace.at_parent;
    e->maker = w->trace.maker;
    e->at_maker = w->trace.at_maker;
    e->made = w->trace.made;
}

/* By lane 0 alone. In shared mode the victim is the queue, behind the last worker. */
static inline void clf_trace_steal(clf_worker *w, uint victim, uint entries)
{
    uint i = w->trace.steals++;
    if (i >= CLF_TRACE_STEALS)
        return;
    __global clf_trace_event *e = &w->trace.events[CLF_TRACE_ROOM + i];
    e->begin = w->trace.tick;
    e->id = victim;
    e->number = entries;
}

/* ---- the slice ------------------------------------------------------------------------ */

/* A round of looking in vain; with several lanes rounds are counted by the worker loop. */
static inline void clf_trace_idle(clf_worker *w)
{
#if CLF_LANES == 1
    w->trace.tick++;
#endif
}

/* The worker leaves for want of work, while others go on. */
static inline void clf_trace_gives_up(clf_worker *w)
{
    w->trace.gave_up = 1;
}

#if CLF_LANES > 1
static inline void clf_trace_first_round(clf_worker *w)
{
    w->round->traced = 0;
    w->round->trace_ids = w->trace.head->ids;
}
#endif

static inline void clf_trace_round(clf_worker *w, uint round)
{
    w->trace.tick = round;
}

static inline void clf_trace_enter(clf_worker *w, __global clf_trace_head *heads)
{
    w->trace.head = heads + w->id;
    w->trace.events = (__global clf_trace_event *)(heads + w->workers) + (size_t)w->id * CLF_TRACE;
    w->trace.sample = w->trace.head->sample;
    w->trace.ids = w->trace.head->ids;
    w->trace.tick = w->trace.count = w->trace.steals = w->trace.gave_up = w->trace.longest = 0;
    w->trace.id = w->trace.path = w->trace.flags = 0;
    w->trace.self = CLF_NIL;
}

static inline void clf_trace_leave_lane(clf_worker *w)
{
    clf_trace_raise(&w->trace.head->longest, w->trace.longest);
}

/* By lane 0, behind all others. */
static inline void clf_trace_leave(clf_worker *w)
{
#if CLF_LANES > 1
    w->trace.count = w->round->traced;
    w->trace.ids = w->round->trace_ids;
#endif
    w->trace.head->count = w->trace.count;
    w->trace.head->steals = w->trace.steals;
    w->trace.head->ids = w->trace.ids;
    w->trace.head->ticks = w->trace.tick;
    w->trace.head->gave_up = w->trace.gave_up;
}

#define CLF_TRACE_PARAMETER , __global clf_trace_head *trace

#else

#define clf_trace_root(w, index)
#define clf_trace_spawn(w, child)
#define clf_trace_suspend(w)
#define clf_trace_synced(w)
#define clf_trace_end_child(w, parent, slot)
#define clf_trace_end_root(w)
#define clf_trace_end_started(w, self)
#define clf_trace_deliver(w, target, joiner)
#define clf_trace_begin(w, index)
#define clf_trace_finish(w)
#define clf_trace_steal(w, victim, entries)
#define clf_trace_idle(w)
#define clf_trace_gives_up(w)
#define clf_trace_first_round(w)
#define clf_trace_round(w, round)
#define clf_trace_enter(w, heads)
#define clf_trace_leave_lane(w)
#define clf_trace_leave(w)
#define CLF_TRACE_PARAMETER

#endif
