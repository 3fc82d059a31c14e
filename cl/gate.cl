/* gate.cl - how objects with a state of several words are kept in order: one work-item at a time
 * serves, and nobody waits for it.
 *
 * `gate` is 0, or CLF_SERVED with the newest of those who came meanwhile (a list through their
 * frames, newest first) and CLF_LOOK if somebody who is no frame changed an atomic word of the
 * object. Who takes it from 0 to CLF_SERVED serves: its own request, then those that it finds when
 * it wants to leave, until the CAS back to 0 succeeds. Who finds it served puts its frame into the
 * list and suspends: its request stands in its clf_wait, and its worker goes on.
 *
 * Nothing is lost: the word that the server must still change to leave is the word that the others
 * change to be served; its CAS from CLF_SERVED to 0 fails if there is anything else in it. The list
 * is taken as a whole, so there is no ABA: what a newcomer links to is the newest if its CAS
 * succeeds.
 *
 * Order: every CAS on the gate is acquire-release. Entering (acquire) pairs with the last server's
 * leaving (release): the plain words of the object are as it left them. Adding a frame, or
 * CLF_LOOK, (release) pairs with the server's taking (acquire): it sees the request, or the changed
 * word. A poster does its CAS even if CLF_LOOK is there already, or it would have nothing to
 * release with. Model: tests/model.
 */
#ifdef CLF_WAITING

#define CLF_SERVED 0x80000000u
#define CLF_LOOK   0x40000000u
#define CLF_ASKING 0x3fffffffu

/* True: the fiber's work-item serves now. False: it is in the list, and its frame may be anybody's.
 */
static inline bool clf_gate_enter(clf_worker *w, uint self, __global uint *gate)
{
    uint found = clf_cas_acq_rel(gate, 0u, CLF_SERVED);
    while (found != 0) {
        clf_frame_at(w, self)->link = found & CLF_ASKING;
        uint was = clf_cas_acq_rel(gate, found, (found & ~CLF_ASKING) | CLF_TICKET(self));
        if (was == found)
            return false;
        found = was;
        if (found == 0)
            found = clf_cas_acq_rel(gate, 0u, CLF_SERVED);
    }
    return true;
}

/* Has the object looked at. True: by the caller, who serves now. */
static inline bool clf_gate_post(__global uint *gate)
{
    uint found = 0;
    for (;;) {
        uint was = clf_cas_acq_rel(gate, found, found == 0 ? CLF_SERVED : found | CLF_LOOK);
        if (was == found)
            return found == 0;
        found = was;
    }
}

/* The server has left (true), or has to look once more, and at those who ask, oldest first. */
static inline bool clf_gate_leave(clf_worker *w, __global uint *gate, uint *asking)
{
    uint found = clf_cas_acq_rel(gate, CLF_SERVED, 0u);
    if (found == CLF_SERVED)
        return true;
    for (;;) {
        uint was = clf_cas_acq_rel(gate, found, CLF_SERVED);
        if (was == found)
            break;
        found = was;
    }
    *asking = clf_oldest_first(w, found & CLF_ASKING);
    return false;
}

/* ---- the line of those who have to wait, the server's ---------------------------------- */

static inline void clf_line_up(clf_worker *w, __global clf_waiters *line, uint ticket)
{
    clf_frame_at(w, ticket - 1)->link = 0;
    if (line->first == 0)
        line->first = ticket;
    else
        clf_frame_at(w, line->last - 1)->link = ticket;
    line->last = ticket;
}

static inline uint clf_next_in_line(clf_worker *w, __global clf_waiters *line)
{
    uint ticket = line->first;
    line->first = clf_frame_at(w, ticket - 1)->link;
    return ticket;
}

/* The next of a list; *list goes on. */
static inline uint clf_next_of(clf_worker *w, uint *list)
{
    uint ticket = *list;
    *list = clf_frame_at(w, ticket - 1)->link;
    return ticket;
}

/* The fiber whose segment serves: it is not woken but goes on, if it gets an answer. */
typedef struct clf_server {
    uint own;    /* its ticket, 0: none */
    uint status; /* the answer, CLF_NIL: none yet */
} clf_server;

static inline void clf_serve_answer(clf_worker *w, clf_server *server, uint ticket, uint status)
{
    if (ticket == server->own) {
        clf_wait_of(w, ticket - 1)->what = 0;
        server->status = status;
    } else {
        clf_answer(w, ticket - 1, status);
    }
}

#endif
