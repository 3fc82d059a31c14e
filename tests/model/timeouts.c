/* timeouts.c - waits that end after a time, against wake-ups and hand-overs in the slices around
 * it: who is told that its time is up is in no line any more and has got nothing, who is not has
 * it, an old timer ends no later wait, and nobody is forgotten.
 *
 * Slices of three workers, each with a fiber. A fiber waits with a time-out at first, later without
 * one. Who has got something in the first slice may keep it to the next, some fibers begin there
 * only; and which timers are due after a slice depends on a race, so that all cases come up. After
 * the third slice all are.
 */
#include "item.h"
#include "ready.cl"
#include "sift.cl"

enum { RECORDS = 24, LATE_SLICE = 2, UNITS = 2 };

static struct {
    clf_mutex mutex;
    clf_semaphore units;
    clf_event event;
    clf_barrier barrier;
    clf_channel channel;
    uint room[1];
    uint inside;            /* units that are owned, atomic */
    uint guarded;           /* plain: what a lock orders */
    uint wrote[WORKERS];    /* plain, before it is sent or signalled */
    uint asked[WORKERS];    /* by fiber: what it waits for, 2 with a time-out */
    uint asks[WORKERS];     /* so far */
    uint misses[WORKERS];   /* how often its time was up */
    uint got[WORKERS];      /* how often it had what it waited for */
    uint lasts;             /* who came last to the barrier */
    uint received[WORKERS]; /* messages, by sender */
    uint kept_by[WORKERS];  /* by fiber: the worker that has it to the next slice + 1 */
    uint tosses[WORKERS];   /* atomic */
    uint due[WORKERS];      /* by fiber */
    uint timer[WORKERS];    /* the host's: one for a fiber at most */
    uint slice;
} * at;

/* What a scenario is about. */
static struct {
    uint role[WORKERS];  /* CLF_WAITS_, 0: signals */
    uint times[WORKERS]; /* how often a fiber wants it */
    uint timed;          /* a fiber's first waits, which have a time-out */
    uint late;           /* fibers that begin in the second slice, bits */
    uint keeps;          /* that keep what they got in the first slice, bits */
    uint amount[WORKERS];
} plan;

static bool is_over(uint fiber)
{
    return at->got[fiber] == plan.times[fiber];
}

/* ---- a fiber -------------------------------------------------------------------------- */

/* True: it waits. */
static bool ask(clf_worker *w, uint fiber, clf_frame_item *f)
{
    const uint place = offsetof(clf_frame_item, message);
    bool timed = at->asks[fiber]++ < plan.timed;
    uint request = timed ? clf_request_take(w) : CLF_NIL;
    if (timed)
        clf_ask(w, request, 5);
    at->asked[fiber] = timed ? 2 : 1;
    w->code = f->h.code;
    switch (plan.role[fiber]) {
    case CLF_WAITS_LOCK:
        return clf_lock_timed(w, fiber, &f->h, &at->mutex, request, 0, 1);
    case CLF_WAITS_ACQUIRE:
        return clf_acquire_timed(w, fiber, &f->h, &at->units, plan.amount[fiber], request, 0, 1);
    case CLF_WAITS_EVENT:
        return clf_wait_event_timed(w, fiber, &f->h, &at->event, request, 0, 1);
    case CLF_WAITS_BARRIER:
        at->wrote[fiber] = 50 + fiber;
        return clf_arrive_timed(w, fiber, &f->h, &at->barrier, request, 0, 1);
    case CLF_WAITS_SEND:
        at->wrote[fiber] = 50 + fiber;
        f->message = 70 + fiber;
        return clf_send_timed(w, fiber, &f->h, &at->channel, place, sizeof(uint), request, 0, 1);
    default:
        return clf_recv_timed(w, fiber, &f->h, &at->channel, place, sizeof(uint), request, 0, 1);
    }
}

/* What lets in one at a time, or as many as there are units. */
static bool is_turn(uint fiber)
{
    uint role = plan.role[fiber];
    return role == CLF_WAITS_LOCK || role == CLF_WAITS_ACQUIRE ||
           (role == CLF_WAITS_EVENT && at->event.mode == CLF_EVENT_AUTO);
}

static void enter(uint fiber)
{
    bool several = plan.role[fiber] == CLF_WAITS_ACQUIRE;
    uint before = clf_add_acq_rel(&at->inside, plan.amount[fiber]);
    EX_CHECK(before + plan.amount[fiber] <= (several ? UNITS : 1));
    if (!several)
        at->guarded++;
}

static void give_back(clf_worker *w, uint fiber, clf_frame_item *f)
{
    uint role = plan.role[fiber];
    bool failed;
    clf_add_acq_rel(&at->inside, -plan.amount[fiber]);
    w->code = f->h.code;
    if (role == CLF_WAITS_LOCK)
        failed = clf_unlock(w, fiber, &f->h, &at->mutex, 0, 1);
    else if (role == CLF_WAITS_EVENT)
        failed = clf_signal(w, fiber, &f->h, &at->event, 0, 1);
    else
        failed = clf_release(w, fiber, &f->h, &at->units, plan.amount[fiber], 0, 1);
    EX_CHECK(!failed);
    at->got[fiber]++;
}

/* It has what it waited for. True: it goes on in the next slice. */
static bool use(clf_worker *w, uint fiber, clf_frame_item *f)
{
    EX_CHECK(f->h.status == 0 || (f->h.status == 1 && plan.role[fiber] == CLF_WAITS_BARRIER));
    if (is_turn(fiber)) {
        enter(fiber);
        if (at->slice == 0 && (plan.keeps >> fiber & 1)) {
            at->kept_by[fiber] = w->id + 1;
            return true;
        }
        give_back(w, fiber, f);
        return false;
    }
    switch (plan.role[fiber]) {
    case CLF_WAITS_EVENT:
        EX_CHECK(at->wrote[2] == 50);
        break;
    case CLF_WAITS_BARRIER:
        for (uint i = 0; i < WORKERS; i++)
            EX_CHECK(at->wrote[i] == 50 + i);
        if (f->h.status == 1)
            at->lasts++;
        break;
    case CLF_WAITS_RECV:
        EX_CHECK(f->message - 70 < WORKERS && at->wrote[f->message - 70] == f->message - 20);
        at->received[f->message - 70]++;
        break;
    }
    at->got[fiber]++;
    return false;
}

/* Until it waits, is over, or keeps what it has. */
static void go_on(clf_worker *w, uint fiber, bool answered)
{
    clf_frame_item *f = MACHINE_FRAME(item, fiber);
    for (; !is_over(fiber); answered = true) {
        if (answered) {
            at->asked[fiber] = 0;
            if (f->h.status == (uint)CLF_TIMED_OUT)
                at->misses[fiber]++;
            else if (use(w, fiber, f))
                break;
            if (is_over(fiber))
                break;
        }
        if (ask(w, fiber, f))
            break;
    }
}

/* ---- the workers ------------------------------------------------------------------------ */

static void begin(clf_worker *w, uint fiber)
{
    clf_header *h = &MACHINE_FRAME(item, fiber)->h;
    w->code = h->code;
    if (plan.role[fiber] != 0) {
        go_on(w, fiber, false);
        return;
    }
    at->wrote[fiber] = 50;
    at->got[fiber]++;
    EX_CHECK(!clf_signal(w, fiber, h, &at->event, 0, 1));
}

static void run_kept(clf_worker *w)
{
    for (uint fiber = 0; fiber < WORKERS; fiber++) {
        if (at->slice != 1 || at->kept_by[fiber] != w->id + 1)
            continue;
        give_back(w, fiber, MACHINE_FRAME(item, fiber));
        go_on(w, fiber, false);
    }
}

static void run_woken(clf_worker *w)
{
    for (uint fiber = next_woken(w); fiber != CLF_NIL; fiber = next_woken(w))
        go_on(w, fiber, true);
}

/* Those that the host made runnable. */
static void run_ready(clf_worker *w)
{
    for (uint n = clf_take_ready(w, CLF_READY_FIRST); n != 0; n--) {
        go_on(w, clf_load_relaxed(&w->ring[(w->bottom + n - 1) & w->mask]), true);
        run_woken(w);
    }
}

static void thread(unsigned self)
{
    clf_worker worker, *w = &worker;
    machine_enter(w, self);
    w->ready_open = clf_load_relaxed(&w->ctl->ready_head) != w->ctl->ready_tail;
    run_kept(w);
    if ((plan.late >> self & 1) == at->slice)
        begin(w, self);
    run_woken(w);
    run_ready(w);
    clf_store_relaxed(&at->tosses[(self + 1) % WORKERS], at->slice + 1);
    bool first = clf_load_relaxed(&at->tosses[self]) != at->slice + 1;
    at->due[self] = first == (self == 1);
    machine_leave(w);
}

/* ---- the host: lib/requests.c ------------------------------------------------------------ */

static bool is_ready(uint fiber)
{
    const clf_control *c = machine.ctl;
    const clf_ready *ready = machine.ready;
    for (uint i = c->ready_head; i != c->ready_tail; i++)
        if (ready[i & c->ready_mask].frame == fiber)
            return true;
    return false;
}

static void set_timers(void)
{
    clf_control *c = machine.ctl;
    const clf_request *r = machine.requests;
    for (uint i = 0; i < c->request_tail; i++) {
        if (r[i].kind == CLF_REQUEST_NONE)
            continue;
        EX_CHECK(r[i].kind == CLF_REQUEST_TIMEOUT && r[i].frame < WORKERS && r[i].value == 5);
        at->timer[r[i].frame] = 1;
    }
    c->request_tail = 0;
}

/* One kernel for `n` timers: what is left of `list`. */
static void sift(uint late, uint *list, uint n)
{
    clf_control *c = machine.ctl;
    clf_upkeep u = {.late = late,
                    .ready_head = c->ready_head,
                    .ready_tail = c->ready_tail,
                    .ready_mask = c->ready_mask,
                    .waiters = n};
    clf_worker worker, *w = &worker;
    machine_enter(w, 0);
    clf_sift_all(w, &u, list, machine.ready);
    c->ready_tail = u.ready_tail;
}

/* Those that still wait are the ones that should. */
static void look(void)
{
    for (uint fiber = 0; fiber < WORKERS; fiber++) {
        uint list[1] = {fiber};
        if (!at->timer[fiber])
            continue;
        sift(CLF_LATE_LOOK, list, 1);
        EX_CHECK((list[0] == fiber) == (at->asked[fiber] == 2 && !is_ready(fiber)));
    }
}

/* Who is first in line wants more than there is; without a line it is the number alone. */
static void check_units(const clf_semaphore *s)
{
    clf_worker worker, *w = &worker;
    machine_enter(w, 0);
    if (s->line.first == 0)
        EX_CHECK(!(s->value & CLF_CROWD));
    else
        EX_CHECK(clf_wait_of(w, s->line.first - 1)->amount > (s->value & ~CLF_CROWD));
}

static void serve_due(void)
{
    uint list[WORKERS], n = 0;
    for (uint fiber = 0; fiber < WORKERS; fiber++)
        if (at->timer[fiber] && (at->due[fiber] || at->slice >= LATE_SLICE)) {
            list[n++] = fiber;
            at->timer[fiber] = 0;
        }
    if (n != 0)
        sift(CLF_LATE_LEAVES, list, n);
}

static bool between(void)
{
    const clf_control *c = machine.ctl;
    bool timers = false;
    for (uint i = 0; i < WORKERS; i++)
        EX_CHECK(MACHINE_WORKER(i)->yields == 0);
    set_timers();
    look();
    serve_due();
    look();
    check_units(&at->units);
    for (uint fiber = 0; fiber < WORKERS; fiber++)
        timers |= at->timer[fiber] != 0;
    at->slice++;
    EX_CHECK(at->slice < 20);
    return at->slice == 1 || timers || c->ready_head != c->ready_tail;
}

/* ---- scenarios ---------------------------------------------------------------------------- */

static void setup(uint what, uint times, uint timed, uint late, uint keeps)
{
    setup_items();
    at = ex_alloc("at", sizeof *at, sizeof *at, NULL);
    for (uint i = 0; i < WORKERS; i++) {
        plan.role[i] = what;
        plan.times[i] = times;
        plan.amount[i] = 1;
    }
    plan.timed = timed;
    plan.late = late;
    plan.keeps = keeps;
    machine.ctl->request_room = RECORDS;
    machine.ctl->ready_mask = 31;
    at->units.value = UNITS;
    at->barrier.fibers = WORKERS;
    at->channel.bytes = sizeof(uint);
}

static void setup_mutex(void)
{
    setup(CLF_WAITS_LOCK, 2, 1, 0, 1);
}

static void setup_mutex_again(void)
{
    setup(CLF_WAITS_LOCK, 2, 2, 2, 5);
}

static void setup_units(void)
{
    setup(CLF_WAITS_ACQUIRE, 2, 1, 0, 1);
    plan.amount[1] = UNITS;
}

/* The last fiber signals, in the second slice. */
static void setup_manual(void)
{
    setup(CLF_WAITS_EVENT, 1, 1, 4, 0);
    plan.role[2] = 0;
}

static void setup_auto(void)
{
    setup(CLF_WAITS_EVENT, 2, 2, 1, 6);
    at->event.mode = CLF_EVENT_AUTO;
    at->event.counter.value = 1;
}

static void setup_barrier(void)
{
    setup(CLF_WAITS_BARRIER, 1, 1, 4, 0);
}

/* Two send a message each, the last receives both. */
static void setup_channel(uint capacity, uint late)
{
    setup(CLF_WAITS_SEND, 1, 1, late, 0);
    plan.role[2] = CLF_WAITS_RECV;
    plan.times[2] = 2;
    at->channel.capacity = capacity;
}

static void setup_senders(void)
{
    setup_channel(0, 4);
}

static void setup_room(void)
{
    setup_channel(1, 4);
}

static void setup_receiver(void)
{
    setup_channel(0, 3);
}

/* Whether this is what is left of what nobody waits for. */
static bool is_idle(const clf_semaphore *s, uint value)
{
    return s->gate == 0 && s->line.first == 0 && (s->value == value || value == CLF_NIL);
}

/* Bit 0: somebody's time was up, 1: somebody was woken. */
static uint finish(void)
{
    const clf_channel *c = &at->channel;
    for (uint i = 0; i < WORKERS; i++)
        EX_CHECK(is_over(i));
    EX_CHECK(at->inside == 0);
    EX_CHECK(at->guarded == 0 || at->guarded == WORKERS * plan.times[0]);
    EX_CHECK(at->mutex.state == 0 && at->mutex.holder == 0 && at->mutex.queue == 0);
    EX_CHECK(is_idle(&at->units, UNITS) && is_idle(&at->event.counter, CLF_NIL));
    EX_CHECK(at->barrier.gate == 0 && at->barrier.arrived == 0 && at->barrier.line.first == 0);
    EX_CHECK(at->lasts == (plan.role[0] == CLF_WAITS_BARRIER));
    EX_CHECK(c->gate == 0 && c->messages == 0 && c->senders.first == 0 && c->receivers.first == 0);
    for (uint i = 0; i < WORKERS; i++)
        EX_CHECK(at->received[i] == (plan.role[i] == CLF_WAITS_SEND));
    return (at->misses[0] + at->misses[1] + at->misses[2] != 0) |
           (woken[0] + woken[1] + woken[2] != 0) << 1;
}

#define TIMEOUT(name, claim, set_up)                                                            \
    {                                                                                           \
        "timeout-" name, claim, 3, set_up, thread, between, finish, 1, 1, 0, 300000, 8000, 0x8, \
            false                                                                               \
    }

const struct ex_scenario ex_timeouts[] = {
    TIMEOUT("mutex", "3 fibers lock twice, first with a time-out; one keeps it over slices",
            setup_mutex),
    TIMEOUT("again", "time-outs both times; two keep it, one comes later", setup_mutex_again),
    TIMEOUT("units", "a semaphore of 2 units: 1, both, 1", setup_units),
    TIMEOUT("manual", "a signal comes when two may have given up", setup_manual),
    TIMEOUT("auto", "an event that lets one pass, who sets it again; one comes later", setup_auto),
    TIMEOUT("barrier", "3 meet, one of them later", setup_barrier),
    TIMEOUT("senders", "2 send, the receiver comes later", setup_senders),
    TIMEOUT("room", "the same with room for one message", setup_room),
    TIMEOUT("receiver", "the senders come later", setup_receiver),
    {0},
};
