/* request.cl - what fibers ask of the coordinator: a list of records that the host reads after the
 * slice, as many as were written.
 *
 * A record is reserved first, by moving the list's counter; there may be none, and then the fiber
 * parks, as it does without a frame, and the host empties the list. A reserved record has to be
 * filled before the segment ends. Everything is ordered by the end of the slice.
 */

/* A record, its kind CLF_REQUEST_NONE; CLF_NIL: the list is full. */
static inline uint clf_request_take(clf_worker *w)
{
    __global clf_control *ctl = w->ctl;
    uint i = clf_add_relaxed(&ctl->request_tail, 1u);
    if (i < ctl->request_room) {
        w->requests[i].kind = CLF_REQUEST_NONE;
        return i;
    }
    clf_or_relaxed(&ctl->want, CLF_WANT_REQUESTS);
    return CLF_NIL;
}

/* Suspends the fiber for `us` microseconds at least; resumed with status 0. */
static inline void clf_sleep(clf_worker *w, uint request, uint self, __global clf_header *h,
                             ulong us, uint kids, uint at)
{
    __global clf_request *r = &w->requests[request];
    clf_set_resume(w, h, clf_leave_open(w, h, kids), at);
    r->kind = CLF_REQUEST_SLEEP;
    r->frame = self;
    r->value = us;
}
