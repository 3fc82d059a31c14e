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
        __global clf_wait *wait = clf_wait_of(w, CLF_WAITERS[k]);
        if (wait->what == CLF_WAITS_LOCK)
            clf_sift_mutex(w, (__global clf_mutex *)(size_t)wait->object, CLF_GONE);
    }
}

#endif
