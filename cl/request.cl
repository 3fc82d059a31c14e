/* request.cl - what fibers ask of the coordinator: a list of records that the host reads after the
 * slice, as many as were written.
 *
 * A record is reserved first, by moving the list's counter; there may be none, and then the fiber
 * parks, as it does without a frame, and the host empties the list. A reserved record has to be
 * filled before the segment ends. Everything is ordered by the end of the slice, except that a
 * record which is given back may go to another worker at once.
 */

/* A record, its kind CLF_REQUEST_NONE; CLF_NIL: the list is full. */
static inline uint clf_request_take(clf_worker *w)
{
    __global clf_control *ctl = w->ctl;
    /* acquire: pairs with clf_request_drop's CAS, by which another worker gives back what it wrote
     * to */
    uint i = clf_add_acq_rel(&ctl->request_tail, 1u);
    if (i < ctl->request_room) {
        w->requests[i].kind = CLF_REQUEST_NONE;
        return i;
    }
    clf_or_relaxed(&ctl->want, CLF_WANT_REQUESTS);
    return CLF_NIL;
}

/* What is asked for: the microseconds of a sleep (less than 0 is 0), the number of a host call. Set
 * before what the fiber keeps is stored, so that the expression may have side effects. */
static inline void clf_ask(clf_worker *w, uint request, long what)
{
    w->requests[request].value = (ulong)what;
}

/* Nothing is asked for after all. The record is given back unless others were taken since; then it
 * stays, as it is, to the end of the slice. Records of one fiber stand in its order all the same:
 * one that it has filled is never given back, and what it takes later is behind that. */
static inline void clf_request_drop(clf_worker *w, uint request)
{
    clf_cas_acq_rel(&w->ctl->request_tail, request + 1, request);
}

/* The fiber waits for an object for as long as clf_ask says. */
static inline void clf_request_timeout(clf_worker *w, uint self, uint request)
{
    __global clf_request *r = &w->requests[request];
    r->frame = self;
    if ((long)r->value < 0)
        r->value = 0;
    r->kind = CLF_REQUEST_TIMEOUT;
}

/* Has a fiber that was started end after the slice, if it has not ended by itself: cancel.cl. */
static inline void clf_cancel(clf_worker *w, uint request, fiber_t fiber)
{
    __global clf_request *r = &w->requests[request];
    r->frame = fiber.frame;
    r->what = fiber.generation;
    r->kind = CLF_REQUEST_CANCEL;
    clf_or_relaxed(&w->ctl->want, CLF_WANT_CANCEL);
}

/* Suspends the fiber as long as clf_ask says at least; resumed with status 0. Returns true: return.
 */
static inline bool clf_sleep(clf_worker *w, uint self, __global clf_header *h, uint request,
                             uint kids, uint at)
{
    __global clf_request *r = &w->requests[request];
    clf_set_resume(w, h, clf_leave_open(w, h, kids), at);
    r->frame = self;
    if ((long)r->value < 0)
        r->value = 0;
    r->kind = CLF_REQUEST_SLEEP;
    return true;
}

/* ---- host calls --------------------------------------------------------------------- */

/* A record for a host call with an argument of `bytes` bytes, and room for the argument, aligned as
 * a type of that size can need; CLF_NIL: park. */
static inline uint clf_call_take(clf_worker *w, uint bytes)
{
    __global clf_control *ctl = w->ctl;
    uint align = min(max(bytes & -bytes, 16u), 128u);
    uint size = (bytes + 15) / 16 * 16 + align - 16;
    uint at = size != 0 ? clf_add_relaxed(&ctl->data_tail, size) : 0;
    if (at + size > ctl->data_room) {
        clf_or_relaxed(&ctl->want, CLF_WANT_REQUESTS);
        return CLF_NIL;
    }
    uint request = clf_request_take(w);
    if (request != CLF_NIL)
        w->requests[request].data = (at + align - 1) / align * align;
    return request;
}

/* Where the argument of the call goes. */
#define CLF_CALL_ARGUMENT(w, request, type) \
    (*(__global type *)((w)->data + (w)->requests[request].data))

/* Calls the function of the host that clf_ask named with `bytes` bytes of argument, written before;
 * its result of `size` bytes goes to `place`. Resumed with status 0 or the call's failure code.
 * Returns true: return. */
static inline bool clf_hostcall(clf_worker *w, uint self, __global clf_header *h, uint request,
                                uint bytes, uint place, uint size, uint kids, uint at)
{
    __global clf_request *r = &w->requests[request];
    clf_set_resume(w, h, clf_leave_open(w, h, kids), at);
    r->frame = self;
    r->place = place;
    r->size = place != CLF_NO_PLACE ? size : 0;
    r->what = (uint)r->value;
    r->value = bytes;
    r->kind = CLF_REQUEST_HOSTCALL;
    return true;
}
