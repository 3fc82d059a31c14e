/* mutex.cl - a lock for fibers, handed over first come, first served.
 *
 * `state` is 0 (free) or CLF_HELD with the newest of those that came while it was held: a list,
 * newest first, that grows by CAS. `queue` are the older waiters, oldest first, and belongs to the
 * holder, as all that the mutex protects. Unlocking gives the lock to the first of the queue
 * without freeing it; if the queue is empty the holder first takes the newcomers, all at once, and
 * turns them round. So nobody but the holder takes a frame out of anything, and a CAS on `state`
 * cannot be fooled by a frame that went and came back: what a newcomer links to is whatever is the
 * newest, and it is the newest if the CAS succeeds, whichever frame it is.
 *
 * Nobody is lost: a newcomer that saw 0 tries to take the lock, one that saw CLF_HELD puts its
 * frame into the word that the holder must still change to free it. The holder's CAS to 0 fails if
 * a frame has come, and then it is the holder that serves it. Never two holders: the state goes
 * from 0 to CLF_HELD by a CAS that one wins; until it is 0 again the lock passes from hand to hand.
 *
 * Order. The CAS that frees (release) pairs with the one that takes the lock from 0 (acquire). A
 * hand-over happens in one work-item, and the fiber that is woken runs there, or is published by
 * clf_publish. The CAS that adds a frame (release) pairs with the one that takes the newcomers
 * (acquire): the holder sees their links and clf_waits. Model: tests/model.
 */
#ifdef CLF_WAITING

#define CLF_HELD 0x80000000u

/* Takes a free mutex. */
static inline bool clf_mutex_take(clf_worker *w, uint self, __global clf_mutex *m)
{
    if (clf_cas_acq_rel(&m->state, 0u, CLF_HELD) != 0)
        return false;
    clf_store_relaxed(&m->holder, CLF_TICKET(self));
    return true;
}

/* Takes the mutex (false) or becomes its newest waiter (true): then the frame may be anybody's. */
CLF_SLOW(bool) clf_mutex_wait(clf_worker *w, uint self, __global clf_mutex *m, uint request)
{
    __global clf_header *h = clf_frame_at(w, self);
    clf_wait_for(w, self, CLF_WAITS_LOCK, m, request);
    uint found = clf_load_relaxed(&m->state);
    for (;;) {
        h->link = found & ~CLF_HELD;
        uint was =
            clf_cas_acq_rel(&m->state, found, found == 0 ? CLF_HELD : CLF_HELD | CLF_TICKET(self));
        if (was == found)
            break;
        found = was;
    }
    if (found != 0)
        return true;
    clf_wait_of(w, self)->what = 0;
    clf_store_relaxed(&m->holder, CLF_TICKET(self));
    return false;
}

/* `request`: a record for the time-out (clf_request_take, clf_ask), or CLF_NIL: none. */
static inline bool clf_lock_timed(clf_worker *w, uint self, __global clf_header *h,
                                  __global clf_mutex *m, uint request, uint kids, uint at)
{
    uint status = 0;
    clf_prepare(w, self, h, kids, at);
    if (m == 0)
        status = (uint)CLF_FAIL_BAD_OBJECT;
    else if (!clf_mutex_take(w, self, m) && clf_mutex_wait(w, self, m, request))
        status = CLF_NIL;
    return clf_begun(w, self, h, request, status);
}

static inline bool clf_lock(clf_worker *w, uint self, __global clf_header *h, __global clf_mutex *m,
                            uint kids, uint at)
{
    return clf_lock_timed(w, self, h, m, CLF_NIL, kids, at);
}

/* 0, or CLF_AGAIN: it is held. */
static inline int clf_try_lock(clf_worker *w, uint self, __global clf_mutex *m)
{
    return m == 0 ? CLF_FAIL_BAD_OBJECT : clf_mutex_take(w, self, m) ? 0 : CLF_AGAIN;
}

/* The holder frees the mutex, or gives it to the one who has waited longest. */
CLF_SLOW(void) clf_mutex_pass(clf_worker *w, __global clf_mutex *m)
{
    uint first = m->queue;
    if (first == 0) {
        uint found = clf_load_relaxed(&m->state);
        for (;;) {
            uint was = clf_cas_acq_rel(&m->state, found, found == CLF_HELD ? 0 : CLF_HELD);
            if (was == found)
                break;
            found = was;
        }
        if (found == CLF_HELD)
            return;
        first = clf_oldest_first(w, found & ~CLF_HELD);
    }
    __global clf_header *h = clf_frame_at(w, first - 1);
    m->queue = h->link;
    clf_store_relaxed(&m->holder, first);
    clf_answer(w, first - 1, 0);
}

/* True: the fiber does not hold the mutex, and has failed. */
static inline bool clf_unlock(clf_worker *w, uint self, __global clf_header *h,
                              __global clf_mutex *m, uint kids, uint line)
{
    uint holder = m != 0 ? clf_load_relaxed(&m->holder) : 0;
    if (m == 0 || holder != CLF_TICKET(self)) {
        clf_fail(w, self, h, kids,
                 m == 0        ? CLF_FAIL_BAD_OBJECT
                 : holder == 0 ? CLF_FAIL_NOT_LOCKED
                               : CLF_FAIL_NOT_HOLDER,
                 line);
        return true;
    }
    clf_store_relaxed(&m->holder, 0u);
    if (m->queue != 0 || clf_cas_acq_rel(&m->state, CLF_HELD, 0u) != CLF_HELD)
        clf_mutex_pass(w, m);
    return false;
}

#endif
