/* sift.cl - takes fibers that were cancelled, or whose time is up (wait.cl), out of the lists of
 * synchronization objects.
 *
 * Between two slices, by one work-item. Who leaves is marked, CLF_TIMER_LEAVES, and all that leave
 * an object leave it at once, so that many waiters of one object cost no more than one walk along
 * its list. Whom the first in line held up, it having wanted more units than there were, is let
 * pass then: nobody else would look.
 */
#ifdef CLF_WAITING

/* The list of waiters without those that leave. */
static inline uint clf_sift_waiters(clf_worker *w, uint list)
{
    uint first = 0, last = 0;
    for (uint at = list; at != 0;) {
        uint next = clf_frame_at(w, at - 1)->link;
        __global clf_wait *wait = clf_wait_of(w, at - 1);
        if (wait->timer == CLF_TIMER_LEAVES) {
            wait->what = 0;
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

static inline void clf_sift_mutex(clf_worker *w, __global clf_mutex *m)
{
    m->queue = clf_sift_waiters(w, m->queue);
    m->state = (m->state & CLF_HELD) | clf_sift_waiters(w, m->state & ~CLF_HELD);
}

/* A line of waiters; returns how many stay. */
static inline uint clf_sift_line(clf_worker *w, __global clf_waiters *line)
{
    uint n = 0;
    line->first = clf_sift_waiters(w, line->first);
    for (uint at = line->first; at != 0; at = clf_frame_at(w, at - 1)->link) {
        line->last = at;
        n++;
    }
    return n;
}

/* Runs in the next slice: the ready list has room for every frame. */
static inline void clf_ready_next(__global clf_upkeep *u, __global clf_ready *ready, uint frame,
                                  uint status)
{
    __global clf_ready *entry = &ready[u->ready_tail++ & u->ready_mask];
    entry->frame = frame;
    entry->status = status;
}

/* As clf_counted_serve would: who is first now may want no more than there is, and without a line
 * it is one CAS again. */
static inline void clf_sift_counted(clf_worker *w, __global clf_upkeep *u,
                                    __global clf_ready *ready, __global clf_semaphore *s, uint kind)
{
    clf_sift_line(w, &s->line);
    while (s->line.first != 0 && clf_counted_take(w, s, kind)) {
        uint frame = clf_next_in_line(w, &s->line) - 1;
        clf_wait_of(w, frame)->what = 0;
        clf_ready_next(u, ready, frame, 0);
    }
    if (s->line.first == 0)
        clf_counted_uncrowd(s, kind);
}

/* Takes all that leave out of the object that a fiber waits for. */
static inline void clf_sift_object(clf_worker *w, __global clf_upkeep *u, __global clf_ready *ready,
                                   __global const clf_wait *wait)
{
    __global void *object = (__global void *)(size_t)wait->object;
    __global clf_semaphore *counted = (__global clf_semaphore *)object;
    __global clf_channel *channel = (__global clf_channel *)object;
    __global clf_barrier *barrier = (__global clf_barrier *)object;
    switch (wait->what) {
    case CLF_WAITS_LOCK:
        clf_sift_mutex(w, (__global clf_mutex *)object);
        break;
    case CLF_WAITS_ACQUIRE:
        clf_sift_counted(w, u, ready, counted, CLF_UNITS);
        break;
    case CLF_WAITS_EVENT:
        clf_sift_counted(w, u, ready, counted, ((__global clf_event *)object)->mode);
        break;
    case CLF_WAITS_ONCE:
        clf_sift_counted(w, u, ready, counted, CLF_EVENT_MANUAL);
        break;
    case CLF_WAITS_BARRIER:
        barrier->arrived = clf_sift_line(w, &barrier->line);
        break;
    case CLF_WAITS_SEND:
    case CLF_WAITS_RECV:
        clf_sift_line(w, &channel->senders);
        clf_sift_line(w, &channel->receivers);
        break;
    }
}

/* The frames in `list` leave, u->waiters of them. Timers, when u->late says that these are all it
 * is about, may have outlived what they were for: these entries become CLF_NIL. */
static inline void clf_sift_all(clf_worker *w, __global clf_upkeep *u, __global uint *list,
                                __global clf_ready *ready)
{
    for (uint k = 0; k < u->waiters; k++) {
        __global clf_wait *wait = clf_wait_of(w, list[k]);
        if (u->late != 0 && (wait->what == 0 || wait->timer != CLF_TIMER_SET))
            list[k] = CLF_NIL;
        else if (u->late != CLF_LATE_LOOK)
            wait->timer = CLF_TIMER_LEAVES;
    }
    if (u->late == CLF_LATE_LOOK)
        return;
    for (uint k = 0; k < u->waiters; k++)
        if (list[k] != CLF_NIL)
            clf_sift_object(w, u, ready, clf_wait_of(w, list[k]));
    for (uint k = 0; u->late != 0 && k < u->waiters; k++)
        if (list[k] != CLF_NIL)
            clf_ready_next(u, ready, list[k], (uint)CLF_TIMED_OUT);
}

#endif
