/* unhook.cl - takes fibers that were cancelled out of the lists of synchronization objects: a
 * kernel of the user's program, which has the buffers where the objects are.
 *
 * It runs between two slices, as one work-item. All that are gone leave an object at once, so that
 * many waiters of one object cost no more than one walk along its list.
 */
#ifdef CLF_WAITING

/* The list of waiters without those that are gone. */
static inline uint clf_sift_waiters(clf_worker *w, uint list, __global const uint *gone)
{
    uint first = 0, last = 0;
    for (uint at = list; at != 0;) {
        uint next = clf_frame_at(w, at - 1)->link;
        if (gone[at - 1]) {
            clf_wait_of(w, at - 1)->what = 0;
        } else {
            if (last != 0)
                clf_frame_at(w, last - 1)->link = at;
            else
                first = at;
            last = at;
        }
        at = next;
    }
    if (last != 0)
        clf_frame_at(w, last - 1)->link = 0;
    return first;
}

static inline void clf_sift_mutex(clf_worker *w, __global clf_mutex *m, __global const uint *gone)
{
    m->queue = clf_sift_waiters(w, m->queue, gone);
    m->state = (m->state & CLF_HELD) | clf_sift_waiters(w, m->state & ~CLF_HELD, gone);
}

/* A line of waiters; returns how many stay. A line that has become empty looks so to the next who
 * serves the object; so does one that has a new first. */
static inline uint clf_sift_line(clf_worker *w, __global clf_waiters *line,
                                 __global const uint *gone)
{
    uint n = 0;
    line->first = clf_sift_waiters(w, line->first, gone);
    for (uint at = line->first; at != 0; at = clf_frame_at(w, at - 1)->link) {
        line->last = at;
        n++;
    }
    return n;
}

/* Takes all that are gone out of the object that a fiber waits for. */
static inline void clf_sift_object(clf_worker *w, __global const clf_wait *wait,
                                   __global const uint *gone)
{
    __global void *object = (__global void *)(size_t)wait->object;
    __global clf_channel *channel = (__global clf_channel *)object;
    __global clf_barrier *barrier = (__global clf_barrier *)object;
    switch (wait->what) {
    case CLF_WAITS_LOCK:
        clf_sift_mutex(w, (__global clf_mutex *)object, gone);
        break;
    case CLF_WAITS_ACQUIRE:
    case CLF_WAITS_EVENT:
    case CLF_WAITS_ONCE:
        clf_sift_line(w, &((__global clf_semaphore *)object)->line, gone);
        break;
    case CLF_WAITS_BARRIER:
        barrier->arrived = clf_sift_line(w, &barrier->line, gone);
        break;
    case CLF_WAITS_SEND:
    case CLF_WAITS_RECV:
        clf_sift_line(w, &channel->senders, gone);
        clf_sift_line(w, &channel->receivers, gone);
        break;
    }
}

#define CLF_VALUE(type, name)   , type clf_env_##name
#define CLF_POINTER(type, name) , type *clf_env_##name
/* For a dump: who holds what each fiber waits for, as a ticket in the place of the fates. */
__kernel void clf_holders(__global clf_upkeep *u, __global char *frames, __global uint *scratch,
                          uint turn CLF_ENV(CLF_VALUE, CLF_POINTER))
{
    clf_worker worker, *w = &worker;
    uint i = get_global_id(0), holder = 0;
    if (i >= u->used)
        return;
    w->frames = frames;
    __global clf_wait *wait = clf_wait_of(w, i);
    if (CLF_MARKS[i] != CLF_MARK_FREE && wait->what == CLF_WAITS_LOCK)
        holder = ((__global clf_mutex *)(size_t)wait->object)->holder;
    CLF_FATE_A[i] = holder;
}

__kernel void clf_unhook(__global clf_upkeep *u, __global char *frames, __global uint *scratch,
                         uint turn CLF_ENV(CLF_VALUE, CLF_POINTER))
#undef CLF_VALUE
#undef CLF_POINTER
{
    clf_worker worker, *w = &worker;
    w->frames = frames;
    for (uint k = 0; k < u->waiters; k++) {
        clf_sift_object(w, clf_wait_of(w, CLF_WAITERS[k]), CLF_GONE);
    }
}

#endif
