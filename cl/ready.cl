/* ready.cl - the ready list: fibers that became runnable between two slices.
 *
 * A ring of entries with two free-running counters. Whoever works between slices - the host
 * (lib/ready.c) or a maintenance kernel (clf_ready_push) - moves the tail; during a slice the tail
 * stands still and workers claim entries at the head by a CAS, as they claim roots. A frame is in
 * the list once at most, so that a ring with as many entries as there are frames never overflows.
 *
 * Why a claim is sound: entries and frames were written before the slice began, which orders them
 * before everything in it; the CAS takes the head from h to h + n for one worker only, and the head
 * cannot come round to h during the slice, since it never passes the tail.
 */
#define CLF_READY_FIRST 64u /* entries that a worker takes at most when a slice begins */
#define CLF_READY_MORE  8u  /* and when it looks again */

/* Takes up to `most` entries, this worker's share, to ring[bottom...], where the caller counts them
 * in; the oldest is popped first. Work that is there already waits: or fibers woken by timers would
 * starve behind it. */
static inline uint clf_take_ready(clf_worker *w, uint most)
{
    __global clf_control *ctl = w->ctl;
    if (!w->ready_open)
        return 0;
    uint head = clf_load_relaxed(&ctl->ready_head);
    uint there = ctl->ready_tail - head;
    if (there == 0) {
        w->ready_open = 0;
        return 0;
    }
    uint n = min(min((there - 1) / w->workers + 1, most), clf_room(w));
    if (n == 0 || clf_cas_acq_rel(&ctl->ready_head, head, head + n) != head)
        return 0;
    uint kept = 0;
    for (uint i = n; i-- > 0;) {
        clf_ready entry = w->ready[(head + i) & ctl->ready_mask];
        clf_frame_at(w, entry.frame)->status = entry.status;
        if (!clf_is_urgent(w, entry.frame))
            clf_store_relaxed(&w->ring[(w->bottom + kept++) & w->mask], entry.frame);
    }
    for (uint i = 0; i < n && kept != n; i++) {
        uint frame = w->ready[(head + i) & ctl->ready_mask].frame;
        if (clf_is_urgent(w, frame))
            clf_list_urgent(w, frame);
    }
    return kept;
}

/* The same before other work, but for half of a slice at most: where more fibers become runnable
 * between slices than a slice can run, those that yielded have a turn all the same. */
static inline uint clf_take_ready_first(clf_worker *w, uint most)
{
    uint n = w->ready_left != 0 ? clf_take_ready(w, min(most, w->ready_left)) : 0;
    w->ready_left -= n;
    return n;
}

/* For kernels that run between slices, any number of work-items: makes the fiber runnable. The
 * kernel runs behind the host's write of the control block (clfi_ready_flush). */
static inline void clf_ready_push(__global clf_control *ctl, __global clf_ready *ready, uint frame,
                                  uint status)
{
    uint i = clf_add_relaxed(&ctl->ready_tail, 1u) & ctl->ready_mask;
    ready[i].frame = frame;
    ready[i].status = status;
}
