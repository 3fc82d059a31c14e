/* wake.cl - how fibers that waited for an object are made runnable.
 *
 * A woken fiber goes on on the waker's worker: as its next one, or from the queue of fibers that
 * yielded. That queue is a list through the frames, so a wake-up needs no room anywhere and cannot
 * fail.
 */
#ifdef CLF_WAITING

#define CLF_WAKES_IN_ROW 64u /* woken fibers that run next before one goes to the queue */

/* Whether clf_run_next may have to push the fiber that is next now. */
static inline bool clf_next_has_room(clf_worker *w)
{
#if CLF_LANES == 1
    return (int)(w->limit - w->bottom) > 0 || clf_room(w) >= 2;
#else
    /* one ring entry is left for each segment then (clf_round_begin) */
    return w->round->room != 0;
#endif
}

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
