/* objects.c - semaphores, events, barriers, what is done once: a unit has one owner; nobody waits
 * for what is there, and who goes on sees what was written before. */
#include "turns.h"

static struct {
    clf_semaphore units;
    clf_event event;
    clf_barrier barrier;
    clf_once once;
    uint wrote[WORKERS], last;
    uint data, first;
    uint entered[WORKERS]; /* by fiber */
} * at;

/* ---- a semaphore of one unit ---------------------------------------------------------- */

static bool take(clf_worker *w, uint fiber, clf_header *h)
{
    return clf_acquire(w, fiber, h, &at->units, 1, 0, 1);
}

static void give(clf_worker *w, uint fiber, clf_header *h)
{
    EX_CHECK(!clf_release(w, fiber, h, &at->units, 1, 0, 1));
}

static void setup_rounds(uint n)
{
    setup_turns(n);
    at = ex_alloc("at", sizeof *at, sizeof *at, NULL);
    at->units.value = 1;
}

static void setup(void)
{
    setup_rounds(1);
}

static void setup_again(void)
{
    setup_rounds(2);
}

static uint finish(void)
{
    EX_CHECK(at->units.value == 1 && at->units.gate == 0 && at->units.line.first == 0);
    return finish_turns();
}

/* ---- the others ----------------------------------------------------------------------- */

/* What a fiber does when it goes on. */
static void (*go_on)(clf_worker *w, uint fiber);

static void run_woken(clf_worker *w)
{
    for (uint fiber = next_woken(w); fiber != CLF_NIL; fiber = next_woken(w))
        go_on(w, fiber);
    machine_leave(w);
}

/* One fiber signals, the others wait. */
static void setup_event(uint mode)
{
    setup_rounds(1);
    at->event.mode = mode;
}

static void setup_manual(void)
{
    setup_event(CLF_EVENT_MANUAL);
}

static void setup_auto(void)
{
    setup_event(CLF_EVENT_AUTO);
}

static void pass(clf_worker *w, uint fiber)
{
    EX_CHECK(MACHINE_FRAME(item, fiber)->h.status == 0);
    EX_CHECK(at->data == 7);
    at->entered[fiber]++;
}

static void signal_and_wait(unsigned self)
{
    clf_worker worker, *w = &worker;
    machine_enter(w, self);
    go_on = pass;
    clf_header *h = &MACHINE_FRAME(item, self)->h;
    w->code = h->code;
    if (self == 0) {
        at->data = 7;
        EX_CHECK(!clf_signal(w, self, h, &at->event, 0, 1));
        if (at->event.mode == CLF_EVENT_AUTO) /* once for each */
            EX_CHECK(!clf_signal(w, self, h, &at->event, 0, 1));
        if (at->event.mode ==
            CLF_EVENT_MANUAL) /* set is set, though others may still stand in line */
            EX_CHECK(clf_try_wait(w, self, &at->event) == 0);
    } else if (!clf_wait_event(w, self, h, &at->event, 0, 1)) {
        pass(w, self);
    }
    run_woken(w);
}

/* Two signals that no one waits for make one. */
static uint finish_event(void)
{
    uint passed = at->entered[1] + at->entered[2];
    EX_CHECK(at->entered[1] <= 1 && at->entered[2] <= 1);
    EX_CHECK(passed == 2 || (passed == 1 && at->event.mode == CLF_EVENT_AUTO));
    EX_CHECK(at->event.counter.gate == 0);
    EX_CHECK(passed == 2 || (at->event.counter.value & 0x7fffffff) == 0);
    return passed | (woken[0] + woken[1] + woken[2] != 0) << 2;
}

/* A barrier for all three. */
static void setup_barrier(void)
{
    setup_rounds(1);
    at->barrier.fibers = WORKERS;
}

static void through(clf_worker *w, uint fiber)
{
    const clf_header *h = &MACHINE_FRAME(item, fiber)->h;
    EX_CHECK(h->status <= 1);
    for (uint i = 0; i < WORKERS; i++)
        EX_CHECK(at->wrote[i] == 50 + i);
    if (h->status == 1)
        at->last++;
    at->entered[fiber]++;
}

static void arrive(unsigned self)
{
    clf_worker worker, *w = &worker;
    machine_enter(w, self);
    go_on = through;
    clf_header *h = &MACHINE_FRAME(item, self)->h;
    w->code = h->code;
    at->wrote[self] = 50 + self;
    if (!clf_arrive(w, self, h, &at->barrier, 0, 1))
        through(w, self);
    run_woken(w);
}

static uint finish_barrier(void)
{
    EX_CHECK(at->last == 1 && at->barrier.arrived == 0 && at->barrier.gate == 0);
    for (uint i = 0; i < WORKERS; i++)
        EX_CHECK(at->entered[i] == 1);
    return woken[0] != 0 ? 0 : woken[1] != 0 ? 1 : 2;
}

/* The first does it, the others see what it did. */
static void do_once(clf_worker *w, uint fiber)
{
    clf_header *h = &MACHINE_FRAME(item, fiber)->h;
    EX_CHECK(h->status <= 1);
    at->entered[fiber]++;
    if (h->status == 1) {
        at->first++;
        at->data = 7;
        w->code = h->code;
        EX_CHECK(!clf_once_done(w, fiber, h, &at->once, 0, 1));
    } else {
        EX_CHECK(at->data == 7);
    }
}

static void enter_once(unsigned self)
{
    clf_worker worker, *w = &worker;
    machine_enter(w, self);
    clf_header *h = &MACHINE_FRAME(item, self)->h;
    w->code = h->code;
    go_on = do_once;
    if (!clf_enter_once(w, self, h, &at->once, 0, 1))
        do_once(w, self);
    run_woken(w);
}

static uint finish_once(void)
{
    EX_CHECK(at->first == 1 && at->once.done.counter.gate == 0);
    EX_CHECK(at->once.done.counter.line.first == 0);
    for (uint i = 0; i < WORKERS; i++)
        EX_CHECK(at->entered[i] == 1);
    return finish_items();
}

const struct ex_scenario ex_objects[] = {
    {"once", "one of 3 fibers does it, the others see it", 3, setup, enter_once, NULL, finish_once,
     0, 0, 0, 20000000, 0, 0, false},
    {"semaphore", "3 fibers acquire and release a unit", 3, setup, take_turns, NULL, finish, 0, 0,
     0, 20000000, 0, 0, false},
    {"semaphore-again", "the same, twice, with load buffering", 3, setup_again, take_turns, NULL,
     finish, 2, 1, 1, 300000, 50000, 0, false},
    {"event-manual", "a signal lets all pass", 3, setup_manual, signal_and_wait, NULL, finish_event,
     0, 0, 0, 20000000, 0, 0, false},
    {"event-auto", "a signal lets one pass", 3, setup_auto, signal_and_wait, NULL, finish_event, 0,
     0, 0, 20000000, 0, 0, false},
    {"barrier", "3 fibers meet: all see what each wrote before", 3, setup_barrier, arrive, NULL,
     finish_barrier, 0, 0, 0, 20000000, 0, 7, true},
    {0},
};
