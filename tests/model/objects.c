/* objects.c - semaphores, events and barriers: a unit has one owner, who sees what the last one wrote;
 * nobody waits for what is there. */
#include "host_opencl.h"
#define CLF_LANES 1
#define CLF_MODE  0u
#define CLF_WAITING
#include "device_before.h"

typedef struct {
    clf_header h;
    uint rounds;
} clf_frame_item;
typedef struct {
    uint none;
} clf_spill_item;
#define CLF_FIBERS(F) F(item)
#define CLF_RESULT_item(R)
#define CLF_ARGS_item(A)

#define CLF_MACHINE_UNITS
#include "machine.h"

enum { WORKERS = 3, FRAMES = 4 };

static struct {
    clf_semaphore units;
    clf_event event;
    clf_barrier barrier;
    uint wrote[WORKERS], last;
    uint data;
    uint inside, times;
    uint entered[WORKERS]; /* by fiber */
} * at;
static uint *woken; /* by worker */
static uint rounds;

static void setup_rounds(uint n)
{
    machine_setup(WORKERS, 4, 4, FRAMES, 2, 0xfffffffeu, 0);
    machine.ctl->fresh = FRAMES;
    at = ex_alloc("at", sizeof *at, sizeof *at, NULL);
    woken = ex_alloc("woken", WORKERS * sizeof *woken, sizeof *woken, NULL);
    rounds = n;
    at->units.value = 1;
    for (uint i = 0; i < WORKERS; i++)
        MACHINE_FRAME(item, i)->h.code = CLF_FN_item << CLF_FN_SHIFT;
}

static void setup(void)
{
    setup_rounds(1);
}

static void setup_again(void)
{
    setup_rounds(2);
}

/* Between acquire and release. */
static void critical(clf_worker *w, uint fiber)
{
    clf_header *h = &MACHINE_FRAME(item, fiber)->h;
    EX_CHECK(h->status == 0);
    EX_CHECK(at->inside == 0);
    at->inside = fiber + 1;
    at->times++;
    at->entered[fiber]++;
    EX_CHECK(at->inside == fiber + 1);
    at->inside = 0;
    MACHINE_FRAME(item, fiber)->rounds++;
    w->code = h->code;
    EX_CHECK(!clf_release(w, fiber, h, &at->units, 1, 0, 1));
}

/* The next fiber that was woken here, or CLF_NIL. */
static uint next_woken(clf_worker *w)
{
    uint fiber = w->next;
    w->next = CLF_NIL;
    if (fiber == CLF_NIL && w->yields != 0) {
        fiber = w->yield_head;
        w->yield_head = clf_frame_at(w, fiber)->link;
        w->yields--;
    }
    woken[w->id] += fiber != CLF_NIL;
    return fiber;
}

/* Runs the fibers that were woken here, which have the unit, and those that want it. */
static void thread(unsigned self)
{
    clf_worker worker, *w = &worker;
    uint wants[WORKERS] = {self}, n = 1;
    machine_enter(w, self);
    for (;;) {
        uint fiber = next_woken(w);
        if (fiber == CLF_NIL && n == 0)
            break;
        if (fiber == CLF_NIL) {
            fiber = wants[--n];
            clf_header *h = &MACHINE_FRAME(item, fiber)->h;
            w->code = h->code;
            if (clf_acquire(w, fiber, h, &at->units, 1, 0, 1))
                continue;
        }
        critical(w, fiber);
        if (MACHINE_FRAME(item, fiber)->rounds < rounds) /* its own: releasing wakes others only */
            wants[n++] = fiber;
    }
    machine_leave(w);
}

/* Outcome: bit 0: somebody was woken, 1: somebody by another worker than the first. */
static uint finish(void)
{
    EX_CHECK(at->times == WORKERS * rounds);
    EX_CHECK(at->units.value == 1 && at->units.gate == 0 && at->units.line.first == 0);
    for (uint i = 0; i < WORKERS; i++) {
        EX_CHECK(at->entered[i] == rounds);
        EX_CHECK(MACHINE_WORKER(i)->yields == 0);
    }
    return (woken[0] + woken[1] + woken[2] != 0) | (woken[1] + woken[2] != 0) << 1;
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
    clf_header *h = &MACHINE_FRAME(item, self)->h;
    w->code = h->code;
    if (self == 0) {
        at->data = 7;
        EX_CHECK(!clf_signal(w, self, h, &at->event, 0, 1));
        if (at->event.mode == CLF_EVENT_AUTO) /* once for each */
            EX_CHECK(!clf_signal(w, self, h, &at->event, 0, 1));
    } else if (!clf_wait_event(w, self, h, &at->event, 0, 1)) {
        pass(w, self);
    }
    for (uint fiber = next_woken(w); fiber != CLF_NIL; fiber = next_woken(w))
        pass(w, fiber);
    machine_leave(w);
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
    clf_header *h = &MACHINE_FRAME(item, self)->h;
    w->code = h->code;
    at->wrote[self] = 50 + self;
    if (!clf_arrive(w, self, h, &at->barrier, 0, 1))
        through(w, self);
    for (uint fiber = next_woken(w); fiber != CLF_NIL; fiber = next_woken(w))
        through(w, fiber);
    machine_leave(w);
}

static uint finish_barrier(void)
{
    EX_CHECK(at->last == 1 && at->barrier.arrived == 0 && at->barrier.gate == 0);
    for (uint i = 0; i < WORKERS; i++)
        EX_CHECK(at->entered[i] == 1);
    return woken[0] != 0 ? 0 : woken[1] != 0 ? 1 : 2;
}

const struct ex_scenario ex_objects[] = {
    {"semaphore", "3 fibers acquire and release a unit", 3, setup, thread, NULL, finish, 0, 0, 0,
     20000000, 0, 0, false},
    {"semaphore-again", "the same, twice, with load buffering", 3, setup_again, thread, NULL,
     finish, 2, 1, 1, 300000, 50000, 0, false},
    {"event-manual", "a signal lets all pass", 3, setup_manual, signal_and_wait, NULL, finish_event,
     0, 0, 0, 20000000, 0, 0, false},
    {"event-auto", "a signal lets one pass", 3, setup_auto, signal_and_wait, NULL, finish_event, 0,
     0, 0, 20000000, 0, 0, false},
    {"barrier", "3 fibers meet: all see what each wrote before", 3, setup_barrier, arrive, NULL,
     finish_barrier, 0, 0, 0, 20000000, 0, 7, true},
    {0},
};
