/* wait.cl - fibers that wait for an object.
 *
 * A fiber that waits is a frame in the object's list of waiters (chained through `link`), and
 * nothing else: no worker has it. What it waits for stands in a clf_wait at the end of its frame,
 * written before the frame can be found in the object (the CAS that puts it there releases it).
 * Whoever takes the frame out of the list, and that is one work-item, sets `status`, clears `what`
 * and wakes the fiber (wake.cl).
 */
#ifdef CLF_WAITING

/* Waiters in words: 0 is none. */
#define CLF_TICKET(index) ((index) + 1u)

static inline __global clf_wait *clf_wait_of(clf_worker *w, uint index)
{
    return (__global clf_wait *)((__global char *)clf_frame_at(w, index) + CLF_FRAME_BYTES -
                                 sizeof(clf_wait));
}

/* What the fiber waits for, before it is put into the object's list. */
static inline __global clf_wait *clf_wait_for(clf_worker *w, uint self, uint what,
                                              __global void *object)
{
    __global clf_wait *wait = clf_wait_of(w, self);
    wait->object = (ulong)(size_t)object;
    wait->what = what;
    wait->timer = CLF_TIMER_NONE;
    return wait;
}

/* It has what it waited for, or a reason why not. */
static inline void clf_answer(clf_worker *w, uint index, uint status)
{
    clf_frame_at(w, index)->status = status;
    clf_wait_of(w, index)->what = 0;
    clf_wake(w, index);
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
