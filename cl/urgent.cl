/* urgent.cl - fibers that go first, in programs that have such (CLF_PRIORITIES); in others all of
 * this is nothing.
 *
 * A worker has a list of urgent fibers of its own, chained through their frames, oldest first:
 * whatever would make an urgent fiber runnable puts it there, private as the deque's private part,
 * and needs no room. After the segment the worker moves them to one queue for all workers, as far
 * as that has room. Before every segment it takes the oldest urgent fiber, of the queue or else of
 * its list; the fiber that was to be next goes to the deque meanwhile. So no worker begins with
 * another fiber while an urgent one is in the queue.
 *
 * The queue is a ring of tickets (frame + 1; 0: empty) with two free-running counters. A slot
 * passes through four steps, each by one work-item: a put claims position t by the CAS tail t -> t
 * + 1, after it saw that the slot is empty and less than a ring full; it stores the ticket; a take
 * claims it by the CAS head t -> t + 1, after it saw the ticket; it empties the slot. Nobody waits
 * for another: a put that finds its slot not yet emptied leaves the fiber in the list, a take that
 * finds its slot not yet filled finds nothing.
 *
 * Why that is sound. Only the put that owns t writes to the slot between the emptying of t - size
 * and the take of t, so a ticket seen at a position below the tail is that position's: the put of t
 * acquired the emptying before its CAS released the tail t + 1, and the take acquired that tail, so
 * it cannot see the ticket of t - size. A put sees 0 only after that slot was emptied: the head
 * that it acquired is past t - size, whose take had seen the ticket, so the 0 before that ticket is
 * too old to be seen. The frame was left as it is before the put's CAS released the tail, which the
 * taker acquired: the ticket itself orders nothing. The store of 0 (release) pairs with the put's
 * load of it (acquire). Model: tests/model/urgent.c.
 */
#ifdef CLF_PRIORITIES

static inline bool clf_is_urgent(clf_worker *w, uint index)
{
    return (clf_frame_at(w, index)->code & CLF_URGENT) != 0;
}

/* ---- the worker's own list: lane 0 only ------------------------------------------------- */

static inline void clf_list_urgent(clf_worker *w, uint index)
{
    clf_frame_at(w, index)->link = CLF_NIL;
    if (w->urgents++ == 0)
        w->urgent_head = index;
    else
        clf_frame_at(w, w->urgent_tail)->link = index;
    w->urgent_tail = index;
}

static inline uint clf_unlist_urgent(clf_worker *w)
{
    uint index = w->urgent_head;
    w->urgent_head = clf_frame_at(w, index)->link;
    w->urgents--;
    return index;
}

#if CLF_LANES == 1

#define clf_stage_urgent(w, index) clf_list_urgent(w, index)

#else

/* The lane's own until the end of its segment: a ring of frames of which the last is known. */
static inline void clf_stage_urgent(clf_worker *w, uint index)
{
    __global clf_header *h = clf_frame_at(w, index);
    if (w->staged == CLF_NIL) {
        h->link = index;
    } else {
        __global clf_header *last = clf_frame_at(w, w->staged);
        h->link = last->link;
        last->link = index;
    }
    w->staged = index;
}

/* Every lane after its segment. */
static inline void clf_hand_in_urgent(clf_worker *w)
{
    if (w->staged != CLF_NIL)
        w->round->last_staged[clf_local_add(&w->round->stagers, 1)] = w->staged;
    w->staged = CLF_NIL;
}

/* Lane 0 at the end of a round. */
static inline void clf_take_up_urgent(clf_worker *w)
{
    for (uint i = 0; i < w->round->stagers; i++) {
        uint last = w->round->last_staged[i], at = clf_frame_at(w, last)->link;
        for (bool more = true; more;) {
            uint next = clf_frame_at(w, at)->link;
            more = at != last;
            clf_list_urgent(w, at);
            at = next;
        }
    }
}

#endif

/* ---- the queue -------------------------------------------------------------------------- */

static inline __global uint *clf_urgent_ring(clf_worker *w)
{
    return w->rings + (size_t)(w->workers + 1) * (w->mask + 1);
}

/* False: there is no room just now. */
static inline bool clf_put_urgent(clf_worker *w, uint index)
{
    __global clf_control *ctl = w->ctl;
    __global uint *ring = clf_urgent_ring(w);
    uint tail = clf_load_relaxed(&ctl->urgent_tail);
    for (;;) {
        if (tail - clf_load_acquire(&ctl->urgent_head) > w->mask ||
            clf_load_acquire(&ring[tail & w->mask]) != 0)
            return false;
        uint found = clf_cas_acq_rel(&ctl->urgent_tail, tail, tail + 1);
        if (found == tail)
            break;
        tail = found;
    }
    clf_store_relaxed(&ring[tail & w->mask], index + 1);
    return true;
}

static inline uint clf_take_urgent(clf_worker *w)
{
    __global clf_control *ctl = w->ctl;
    __global uint *ring = clf_urgent_ring(w);
    uint head = clf_load_relaxed(&ctl->urgent_head);
    for (;;) {
        if ((int)(clf_load_acquire(&ctl->urgent_tail) - head) <= 0)
            return CLF_NIL;
        uint ticket = clf_load_relaxed(&ring[head & w->mask]);
        if (ticket == 0)
            return CLF_NIL;
        uint found = clf_cas_acq_rel(&ctl->urgent_head, head, head + 1);
        if (found == head) {
            clf_store_release(&ring[head & w->mask], 0u);
            return ticket - 1;
        }
        head = found;
    }
}

/* After a segment or round: what it made runnable is for all. */
static inline void clf_share_urgent(clf_worker *w)
{
    while (w->urgents != 0 && w->workers > 1) {
        clf_expose(w, clf_frame_at(w, w->urgent_head));
        if (!clf_put_urgent(w, w->urgent_head))
            break;
        clf_unlist_urgent(w);
    }
}

static inline bool clf_urgent_waits(clf_worker *w)
{
    return w->urgents != 0 ||
           clf_load_relaxed(&w->ctl->urgent_tail) != clf_load_relaxed(&w->ctl->urgent_head);
}

/* The urgent fiber that has waited longest; CLF_NIL: there is none. */
static inline uint clf_find_urgent(clf_worker *w)
{
    uint index = CLF_NIL;
    if (clf_load_relaxed(&w->ctl->urgent_tail) != clf_load_relaxed(&w->ctl->urgent_head))
        index = clf_take_urgent(w);
    if (index == CLF_NIL && w->urgents != 0)
        index = clf_unlist_urgent(w);
    return index;
}

/* ---- priorities ------------------------------------------------------------------------- */

/* What a fiber begins with is what the one has that makes it. */
#define CLF_INHERITED(w) ((w)->code & CLF_URGENT)

static inline void clf_set_priority(clf_worker *w, int priority)
{
    w->code = priority == CLF_PRIORITY_URGENT ? w->code | CLF_URGENT : w->code & ~CLF_URGENT;
}

static inline int clf_priority_of(clf_worker *w)
{
    return w->code & CLF_URGENT ? CLF_PRIORITY_URGENT : CLF_PRIORITY_NORMAL;
}

#else

#define clf_is_urgent(w, index) false
#define clf_stage_urgent(w, index)
#define clf_list_urgent(w, index)
#define clf_share_urgent(w)
#define clf_urgent_waits(w) false
#define CLF_INHERITED(w)    0u

#endif
