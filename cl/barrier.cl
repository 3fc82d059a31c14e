/* barrier.cl - fibers that wait until so many of them have come; then the next round begins. The
 * gate (gate.cl) keeps the count and the line together. */
#ifdef CLF_WAITING

CLF_SLOW(uint) clf_barrier_serve(clf_worker *w, __global clf_barrier *b, uint own)
{
    clf_server server = {own, CLF_NIL};
    uint asking = own;
    do {
        while (asking != 0) {
            uint ticket = clf_next_of(w, &asking);
            if (++b->arrived < b->fibers) {
                clf_line_up(w, &b->line, ticket);
                continue;
            }
            b->arrived = 0;
            while (b->line.first != 0)
                clf_serve_answer(w, &server, clf_next_in_line(w, &b->line), 0);
            clf_serve_answer(w, &server, ticket, 1);
        }
    } while (!clf_gate_leave(w, &b->gate, &asking));
    return server.status;
}

CLF_SLOW(uint) clf_barrier_ask(clf_worker *w, uint self, __global clf_barrier *b, uint request)
{
    clf_wait_for(w, self, CLF_WAITS_BARRIER, b, request);
    if (!clf_gate_enter(w, self, &b->gate))
        return CLF_NIL;
    clf_frame_at(w, self)->link = 0;
    return clf_barrier_serve(w, b, CLF_TICKET(self));
}

/* Resumed with 1 in the fiber that came last, with 0 in the others. Whose time is up has not come.
 */
static inline bool clf_arrive_timed(clf_worker *w, uint self, __global clf_header *h,
                                    __global clf_barrier *b, uint request, uint kids, uint at)
{
    uint status = (uint)CLF_FAIL_BAD_OBJECT;
    clf_prepare(w, self, h, kids, at);
    if (b != 0 && b->fibers != 0)
        status = clf_barrier_ask(w, self, b, request);
    return clf_begun(w, self, h, request, status);
}

static inline bool clf_arrive(clf_worker *w, uint self, __global clf_header *h,
                              __global clf_barrier *b, uint kids, uint at)
{
    return clf_arrive_timed(w, self, h, b, CLF_NIL, kids, at);
}

#endif
