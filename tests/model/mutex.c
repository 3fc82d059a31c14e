/* mutex.c - fibers lock and unlock a mutex: one at a time, each sees what the one before wrote, and
 * nobody is forgotten. */
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
    clf_mutex mutex;
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

/* Between lock and unlock. */
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
    EX_CHECK(!clf_unlock(w, fiber, h, &at->mutex, 0, 1));
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

/* Runs the fibers that were woken here, which hold the lock, and those that want it. */
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
            if (clf_lock(w, fiber, h, &at->mutex, 0, 1))
                continue;
        }
        critical(w, fiber);
        if (MACHINE_FRAME(item, fiber)->rounds < rounds) /* its own: unlocking wakes others only */
            wants[n++] = fiber;
    }
    machine_leave(w);
}

/* Outcome: bit 0: somebody was woken, 1: somebody by another worker than the first. */
static uint finish(void)
{
    EX_CHECK(at->times == WORKERS * rounds);
    EX_CHECK(at->mutex.state == 0 && at->mutex.holder == 0 && at->mutex.queue == 0);
    for (uint i = 0; i < WORKERS; i++) {
        EX_CHECK(at->entered[i] == rounds);
        EX_CHECK(MACHINE_WORKER(i)->yields == 0);
    }
    return (woken[0] + woken[1] + woken[2] != 0) | (woken[1] + woken[2] != 0) << 1;
}

const struct ex_scenario ex_mutex[] = {
    {"mutex", "3 fibers lock and unlock once", 3, setup, thread, NULL, finish, 0, 0, 0, 20000000, 0,
     0xb, true},
    {"mutex-again", "the same, twice, with load buffering", 3, setup_again, thread, NULL, finish, 2,
     1, 1, 3000000, 100000, 0xb, true},
    {0},
};
