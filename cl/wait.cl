/* wait.cl - fibers that wait for an object.
 *
 * A fiber that waits is a frame in the object's list of waiters (chained through `link`), and
 * nothing else: no worker has it. What it waits for stands in a clf_wait in front of its frame,
 * written before the frame can be found in the object (the CAS that puts it there releases it).
 * Whoever takes the frame out of the list, and that is one work-item, sets `status`, clears `what`
 * and wakes the fiber (wake.cl).
 *
 * Time-outs. A wait that ends after a time has CLF_TIMER_SET in its `timer`, and its work-item asks
 * the host for a timer (CLF_REQUEST_TIMEOUT). A wake-up and a time-out race for `what`: who clears
 * it has won. They cannot meet: wake-ups happen during slices, and when the time has come the host
 * runs the kernel of unhook.cl (sift.cl) between two slices. It looks at `what` and `timer`:
 *  - the wait is still that wait: the frame is in the object's line, for every gate is closed at
 * the end of a slice. The kernel takes it out, and the fiber goes on with CLF_TIMED_OUT. No wake-up
 *    can find it any more, so what it would have got goes to somebody else: nothing is lost.
 *  - or it has been woken before, in whichever slice: `what` is 0, or it waits for something else
 *    since. Then it has what it waited for, and the timer is forgotten.
 * "Something else" is told from "that wait" because the host keeps one timer for a frame, the
 * newest that was asked for (the records of a frame are in its order), and a wait without one says
 * CLF_TIMER_NONE: if `timer` is CLF_TIMER_SET, then the newest timer is this wait's. A frame that
 * has been freed does not wait; who has it next begins its waits like any other.
 */
#ifdef CLF_WAITING

/* Waiters in words: 0 is none. */
#define CLF_TICKET(index) ((index) + 1u)

static inline __global clf_wait *clf_wait_of(clf_worker *w, uint index)
{
    return (__global clf_wait *)clf_frame_at(w, index) - 1;
}

/* What the fiber waits for, before it is put into the object's list; with a time-out unless
 * `request` is CLF_NIL. */
static inline __global clf_wait *clf_wait_for(clf_worker *w, uint self, uint what,
                                              __global void *object, uint request)
{
    __global clf_wait *wait = clf_wait_of(w, self);
    wait->object = (ulong)(size_t)object;
    wait->what = what;
    wait->timer = request != CLF_NIL ? CLF_TIMER_SET : CLF_TIMER_NONE;
    return wait;
}

/* It has what it waited for, or a reason why not. */
static inline void clf_answer(clf_worker *w, uint index, uint status)
{
    clf_frame_at(w, index)->status = status;
    clf_wait_of(w, index)->what = 0;
    clf_wake(w, index);
}

/* What an operation that may suspend returns: true, the fiber waits (status CLF_NIL) and its frame
 * may be anybody's; false, it goes on. The record is this work-item's to the end of the slice. */
static inline bool clf_begun(clf_worker *w, uint self, __global clf_header *h, uint request,
                             uint status)
{
    if (request != CLF_NIL && status == CLF_NIL)
        clf_request_timeout(w, self, request);
    else if (request != CLF_NIL)
        clf_request_drop(w, request);
    return status == CLF_NIL ? true : clf_go_on(w, self, h, status);
}

/* A list as it was pushed, newest first, turned round. */
static inline uint clf_oldest_first(clf_worker *w, uint newest)
{
    uint list = 0;
    while (newest != 0) {
        __global clf_header *h = clf_frame_at(w, newest - 1);
        uint next = h->link;
        h->link = list;
        list = newest;
        newest = next;
    }
    return list;
}

#endif
