/* wake.cl - how fibers that waited for an object are made runnable.
 *
 * A woken fiber goes on on the waker's worker: as its next one, or from the queue of fibers that
 * yielded. That queue is a list through the frames, so a wake-up needs no room anywhere and cannot
 * fail.
 */
#ifdef CLF_WAITING

#define CLF_WAKES_IN_ROW 64u /* woken fibers that run next before one goes to the queue */

#if CLF_LANES == 1

/* Appends a frame to the worker's queue of fibers that yielded. */
static inline void clf_queue(clf_worker *w, uint index)
{
    clf_frame_at(w, index)->link = CLF_NIL;
    if (w->yields++ == 0)
        w->yield_head = index;
    else
        clf_frame_at(w, w->yield_tail)->link = index;
    w->yield_tail = index;
}

/* Whether clf_run_next may have to push the fiber that is next now. */
static inline bool clf_next_has_room(clf_worker *w)
{
    return (int)(w->limit - w->bottom) > 0 || clf_room(w) >= 2;
}

#else

/* The lane's own list, a ring of frames of which the last is known; lane 0 appends it to the
 * worker's queue at the end of the round. */
static inline void clf_queue(clf_worker *w, uint index)
{
    __global clf_header *h = clf_frame_at(w, index);
    if (w->woken == CLF_NIL) {
        h->link = index;
    } else {
        __global clf_header *last = clf_frame_at(w, w->woken);
        h->link = last->link;
        last->link = index;
    }
    w->woken = index;
    w->wakes_queued++;
}

/* With frames to be had in this round, one ring entry is left for each lane (clf_round_begin). */
static inline bool clf_next_has_room(clf_worker *w)
{
    return w->round->avail != 0;
}

#endif

/* Makes a fiber that has been taken out of its list runnable. It runs next, so that a message or a
 * lock finds its reader's frame in the cache; now and then it queues, so that two fibers that wake
 * each other for ever do not keep the worker from the others. */
static inline void clf_wake(clf_worker *w, uint index)
{
    if (w->next == CLF_NIL && ++w->wakes % CLF_WAKES_IN_ROW != 0 && clf_next_has_room(w))
        w->next = index;
    else if (clf_is_urgent(w, index))
        clf_stage_urgent(w, index);
    else
        clf_queue(w, index);
}

/* ---- operations that may suspend ---------------------------------------------------- */

/* Everything that the fiber needs to be resumed at `at` is in its frame from here on. */
static inline void clf_prepare(clf_worker *w, uint self, __global clf_header *h, uint kids, uint at)
{
    clf_set_resume(w, h, clf_leave_open(w, h, kids), at);
    (void)self;
}

/* It need not wait. */
static inline bool clf_go_on(clf_worker *w, uint self, __global clf_header *h, uint status)
{
    h->status = status;
    w->code = h->code;
    (void)self;
    return false;
}

#endif
