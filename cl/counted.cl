/* counted.cl - semaphores, events and what is to be done once: a number that can be waited for.
 *
 * `value` is the number, and CLF_CROWD if fibers stand in line. Without a crowd an operation is one
 * CAS on it. With one, nobody passes the line by: who wants something lines up at the gate, and who
 * gives something has the server look. Lost wake-ups: CLF_CROWD is set by a CAS on the very word
 * that was found too small, so whoever makes it larger later finds CLF_CROWD and posts; the server
 * that clears it has the line empty, and looks again before it leaves.
 *
 * What the number means:
 *
 *  - units: a semaphore's; to acquire n subtracts n.
 *  - auto: 0 or 1, an event that lets one fiber pass and is unset by that. Signals for a crowd add
 *    up until the server has woken as many, so that two signals wake two.
 *  - manual: bit 0, set; above it, the signals so far: who lined up before a signal passes even if
 *    the event has been reset since.
 *
 * Order: the CAS that gives (release) pairs with the CAS or load that takes (acquire), or the
 * server's, which wakes on its own worker. */
#ifdef CLF_WAITING

#define CLF_CROWD      0x80000000u
#define CLF_UNITS_MOST 0x7fffffffu

/* ---- taking --------------------------------------------------------------------------- */

/* Whether a number lets someone pass who wants `amount`, and what it is then. */
static inline bool clf_counted_enough(uint kind, uint value, uint amount, uint *left)
{
    uint count = value & ~CLF_CROWD;
    *left = value;
    if (kind == CLF_EVENT_MANUAL)
        return (count & 1) != 0 || count >> 1 != (amount & ~CLF_CROWD) >> 1;
    *left = value - amount;
    return count >= amount;
}

/* Takes for the first in line; false: there is not enough, and the next to give will know. */
static inline bool clf_counted_take(clf_worker *w, __global clf_semaphore *s, uint kind)
{
    uint amount = clf_wait_of(w, s->line.first - 1)->amount;
    uint value = clf_load_acquire(&s->value);
    for (;;) {
        uint left;
        bool enough = clf_counted_enough(kind, value, amount, &left);
        if (enough ? left == value : (value & CLF_CROWD) != 0)
            return enough;
        uint was = clf_cas_acq_rel(&s->value, value, enough ? left : value | CLF_CROWD);
        if (was == value)
            return enough;
        value = was;
    }
}

/* The line is empty: from here on it is one CAS again. */
static inline void clf_counted_uncrowd(__global clf_semaphore *s, uint kind)
{
    uint value = clf_load_relaxed(&s->value);
    while (value & CLF_CROWD) {
        uint count = value & ~CLF_CROWD;
        if (kind == CLF_EVENT_AUTO)
            count = count != 0;
        uint was = clf_cas_acq_rel(&s->value, value, count);
        if (was == value)
            break;
        value = was;
    }
}

/* Serves until nobody asks any more; `own`: the ticket of the fiber that runs, or 0. Returns its
 * status, or CLF_NIL: it waits. */
CLF_SLOW(uint) clf_counted_serve(clf_worker *w, __global clf_semaphore *s, uint kind, uint own)
{
    clf_server server = {own, CLF_NIL};
    uint asking = own;
    do {
        while (asking != 0)
            clf_line_up(w, &s->line, clf_next_of(w, &asking));
        while (s->line.first != 0 && clf_counted_take(w, s, kind))
            clf_serve_answer(w, &server, clf_next_in_line(w, &s->line), 0);
        if (s->line.first == 0)
            clf_counted_uncrowd(s, kind);
    } while (!clf_gate_leave(w, &s->gate, &asking));
    return server.status;
}

CLF_SLOW(uint)
clf_counted_ask(clf_worker *w, uint self, __global clf_semaphore *s, uint kind, uint what,
                uint amount, uint request)
{
    __global clf_wait *wait = clf_wait_for(w, self, what, s, request);
    wait->amount = amount;
    if (!clf_gate_enter(w, self, &s->gate))
        return CLF_NIL;
    clf_frame_at(w, self)->link = 0;
    return clf_counted_serve(w, s, kind, CLF_TICKET(self));
}

/* Takes without waiting, unless fibers stand in line. Those that wait for an event that is reset by
 * hand take nothing from one another: who finds it set passes, though they may not have been woken
 * yet. */
static inline bool clf_counted_try(__global clf_semaphore *s, uint kind, uint amount)
{
    uint value = clf_load_acquire(&s->value), left;
    while ((kind == CLF_EVENT_MANUAL || !(value & CLF_CROWD)) &&
           clf_counted_enough(kind, value, amount, &left)) {
        uint was = left == value ? value : clf_cas_acq_rel(&s->value, value, left);
        if (was == value)
            return true;
        value = was;
    }
    return false;
}

/* Returns the fiber's status, or CLF_NIL: it waits. */
static inline uint clf_counted(clf_worker *w, uint self, __global clf_semaphore *s, uint kind,
                               uint what, uint amount, uint request)
{
    return clf_counted_try(s, kind, amount)
               ? 0
               : clf_counted_ask(w, self, s, kind, what, amount, request);
}

/* ---- giving --------------------------------------------------------------------------- */

/* The number after one more signal, or `units` more. */
static inline uint clf_counted_more(uint kind, uint value, uint units)
{
    if (kind == CLF_EVENT_MANUAL)
        return (((value & ~CLF_CROWD) + 2) & ~CLF_CROWD) | (value & CLF_CROWD) | 1u;
    if (kind == CLF_EVENT_AUTO && !(value & CLF_CROWD))
        return 1u;
    return value + units;
}

static inline bool clf_counted_give(clf_worker *w, __global clf_semaphore *s, uint kind, uint units)
{
    uint value = clf_load_relaxed(&s->value);
    for (;;) {
        if (kind != CLF_EVENT_MANUAL && units > CLF_UNITS_MOST - (value & ~CLF_CROWD))
            return false;
        uint was = clf_cas_acq_rel(&s->value, value, clf_counted_more(kind, value, units));
        if (was == value)
            break;
        value = was;
    }
    if ((value & CLF_CROWD) && clf_gate_post(&s->gate))
        clf_counted_serve(w, s, kind, 0);
    return true;
}

/* ---- semaphores ------------------------------------------------------------------------ */

static inline bool clf_acquire_timed(clf_worker *w, uint self, __global clf_header *h,
                                     __global clf_semaphore *s, uint units, uint request, uint kids,
                                     uint at)
{
    uint status = (uint)CLF_FAIL_BAD_OBJECT;
    clf_prepare(w, self, h, kids, at);
    if (s != 0)
        status = units > CLF_UNITS_MOST
                     ? (uint)CLF_FAIL_OVERFLOW
                     : clf_counted(w, self, s, CLF_UNITS, CLF_WAITS_ACQUIRE, units, request);
    return clf_begun(w, self, h, request, status);
}

static inline bool clf_acquire(clf_worker *w, uint self, __global clf_header *h,
                               __global clf_semaphore *s, uint units, uint kids, uint at)
{
    return clf_acquire_timed(w, self, h, s, units, CLF_NIL, kids, at);
}

static inline int clf_try_acquire(clf_worker *w, uint self, __global clf_semaphore *s, uint units)
{
    return s == 0 ? CLF_FAIL_BAD_OBJECT : clf_counted_try(s, CLF_UNITS, units) ? 0 : CLF_AGAIN;
}

/* True: the fiber has failed. */
static inline bool clf_release(clf_worker *w, uint self, __global clf_header *h,
                               __global clf_semaphore *s, uint units, uint kids, uint line)
{
    if (s != 0 && clf_counted_give(w, s, CLF_UNITS, units))
        return false;
    clf_fail(w, self, h, kids, s == 0 ? CLF_FAIL_BAD_OBJECT : CLF_FAIL_OVERFLOW, line);
    return true;
}

/* ---- events ---------------------------------------------------------------------------- */

/* What a fiber wants of an event: for one that is reset by hand, a later signal than the last. */
static inline uint clf_event_amount(__global clf_event *e)
{
    return e->mode == CLF_EVENT_MANUAL ? clf_load_acquire(&e->counter.value) : 1u;
}

static inline bool clf_wait_event_timed(clf_worker *w, uint self, __global clf_header *h,
                                        __global clf_event *e, uint request, uint kids, uint at)
{
    uint status = (uint)CLF_FAIL_BAD_OBJECT;
    clf_prepare(w, self, h, kids, at);
    if (e != 0 && e->mode <= CLF_EVENT_AUTO)
        status = clf_counted(w, self, &e->counter, e->mode, CLF_WAITS_EVENT, clf_event_amount(e),
                             request);
    return clf_begun(w, self, h, request, status);
}

static inline bool clf_wait_event(clf_worker *w, uint self, __global clf_header *h,
                                  __global clf_event *e, uint kids, uint at)
{
    return clf_wait_event_timed(w, self, h, e, CLF_NIL, kids, at);
}

static inline int clf_try_wait(clf_worker *w, uint self, __global clf_event *e)
{
    if (e == 0 || e->mode > CLF_EVENT_AUTO)
        return CLF_FAIL_BAD_OBJECT;
    return clf_counted_try(&e->counter, e->mode, clf_event_amount(e)) ? 0 : CLF_AGAIN;
}

static inline bool clf_signal(clf_worker *w, uint self, __global clf_header *h,
                              __global clf_event *e, uint kids, uint line)
{
    if (e != 0 && e->mode <= CLF_EVENT_AUTO && clf_counted_give(w, &e->counter, e->mode, 1))
        return false;
    clf_fail(w, self, h, kids, CLF_FAIL_BAD_OBJECT, line);
    return true;
}

/* Unsets an event. What fibers that stand in line have been promised stays theirs. */
static inline bool clf_reset(clf_worker *w, uint self, __global clf_header *h,
                             __global clf_event *e, uint kids, uint line)
{
    if (e == 0 || e->mode > CLF_EVENT_AUTO) {
        clf_fail(w, self, h, kids, CLF_FAIL_BAD_OBJECT, line);
        return true;
    }
    uint value = clf_load_relaxed(&e->counter.value);
    while ((value & 1u) && !(e->mode == CLF_EVENT_AUTO && (value & CLF_CROWD))) {
        uint was = clf_cas_acq_rel(&e->counter.value, value, value & ~1u);
        if (was == value)
            break;
        value = was;
    }
    return false;
}

/* ---- once ------------------------------------------------------------------------------ */

/* Resumed with 1: the fiber is the first, and calls clf_once_done when it has done it; 0: it has
 * been done. */
static inline bool clf_enter_once(clf_worker *w, uint self, __global clf_header *h,
                                  __global clf_once *o, uint kids, uint at)
{
    clf_prepare(w, self, h, kids, at);
    if (o == 0)
        return clf_go_on(w, self, h, (uint)CLF_FAIL_BAD_OBJECT);
    /* the acquire of what has been done comes with the event's number */
    if (clf_load_relaxed(&o->begun) == 0 && clf_cas_acq_rel(&o->begun, 0u, CLF_TICKET(self)) == 0)
        return clf_go_on(w, self, h, 1);
    uint status = clf_counted(w, self, &o->done.counter, CLF_EVENT_MANUAL, CLF_WAITS_ONCE,
                              clf_event_amount(&o->done), CLF_NIL);
    return clf_begun(w, self, h, CLF_NIL, status);
}

static inline bool clf_once_done(clf_worker *w, uint self, __global clf_header *h,
                                 __global clf_once *o, uint kids, uint line)
{
    if (o == 0 || clf_load_relaxed(&o->begun) != CLF_TICKET(self)) {
        clf_fail(w, self, h, kids, o == 0 ? CLF_FAIL_BAD_OBJECT : CLF_FAIL_NOT_HOLDER, line);
        return true;
    }
    clf_counted_give(w, &o->done.counter, CLF_EVENT_MANUAL, 1);
    return false;
}

#endif
