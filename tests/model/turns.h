/* turns.h - three fibers take turns at what lets one in at a time: each sees what the one before
 * wrote, and nobody is forgotten. The scenario says what that is: take() (true: the fiber waits)
 * and give(). */
#include "item.h"

static bool take(clf_worker *w, uint fiber, clf_header *h);
static void give(clf_worker *w, uint fiber, clf_header *h);

static struct {
    uint inside, times;
    uint entered[WORKERS]; /* by fiber */
} * turns;
static uint rounds;

static void setup_turns(uint n)
{
    setup_items();
    turns = ex_alloc("turns", sizeof *turns, sizeof *turns, NULL);
    rounds = n;
}

/* Between take and give. */
static void critical(clf_worker *w, uint fiber)
{
    clf_header *h = &MACHINE_FRAME(item, fiber)->h;
    EX_CHECK(h->status == 0);
    EX_CHECK(turns->inside == 0);
    turns->inside = fiber + 1;
    turns->times++;
    turns->entered[fiber]++;
    EX_CHECK(turns->inside == fiber + 1);
    turns->inside = 0;
    MACHINE_FRAME(item, fiber)->rounds++;
    w->code = h->code;
    give(w, fiber, h);
}

/* Runs the fibers that were woken here, whose turn it is, and those that want one. */
static void take_turns(unsigned self)
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
            if (take(w, fiber, h))
                continue;
        }
        critical(w, fiber);
        if (MACHINE_FRAME(item, fiber)->rounds < rounds) /* its own: giving wakes others only */
            wants[n++] = fiber;
    }
    machine_leave(w);
}

static uint finish_turns(void)
{
    EX_CHECK(turns->times == WORKERS * rounds);
    for (uint i = 0; i < WORKERS; i++)
        EX_CHECK(turns->entered[i] == rounds);
    return finish_items();
}
