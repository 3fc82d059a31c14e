/* urgent.c - the queue of urgent fibers: each is taken once, as who put it left it, in order; what
 * finds no room stays with its worker. Its counters wrap. */
#include "host_opencl.h"
#define CLF_LANES      1
#define CLF_MODE       0u
#define CLF_PRIORITIES 1
#include "device_before.h"

/* plain: what the queue has to order */
#define ITEM_MEMBERS uint value;
#include "item_fiber.h"

static void clf_segment_item(clf_worker *w, uint self, __global clf_frame_item *f, uint at)
{
}

#include "machine_slice.h"

enum { FRAMES = 4 };

static struct {
    uint taken[FRAMES], n; /* in the order of taking */
    uint kept[FRAMES];     /* left in the worker's list */
} * log_of;

static void setup(void)
{
    machine_setup(3, 2, 2, FRAMES, 2, 0, 0);
    machine.ctl->fresh = FRAMES;
    machine.ctl->urgent_head = machine.ctl->urgent_tail = 0xffffffffu;
    log_of = ex_alloc("log", 3 * sizeof *log_of, sizeof *log_of, NULL);
}

static void put(clf_worker *w, uint index)
{
    MACHINE_FRAME(item, index)->h.code = CLF_URGENT;
    MACHINE_FRAME(item, index)->h.slot = CLF_SLOT_STARTED; /* no parent to be exposed: kept.c */
    MACHINE_FRAME(item, index)->value = 100 + index;
    clf_list_urgent(w, index);
    clf_share_urgent(w);
}

static void take(clf_worker *w)
{
    uint index = clf_take_urgent(w);
    if (index == CLF_NIL)
        return;
    EX_CHECK(index < FRAMES);
    EX_CHECK(MACHINE_FRAME(item, index)->value == 100 + index);
    MACHINE_FRAME(item, index)->value = 0;
    log_of[w->id].taken[log_of[w->id].n++] = index;
}

/* Who is over says what it could not put. */
static void keep(clf_worker *w)
{
    while (w->urgents != 0)
        log_of[w->id].kept[clf_unlist_urgent(w)] = 1;
    machine_leave(w);
}

/* One puts more than there is room for, two take, one of these puts as well. */
static void run(unsigned self)
{
    clf_worker worker, *w = &worker;
    machine_enter(w, self);
    if (self == 0) {
        put(w, 0);
        put(w, 1);
        put(w, 2);
    } else if (self == 1) {
        take(w);
        put(w, 3);
    } else {
        take(w);
        take(w);
    }
    keep(w);
}

static unsigned finish(void)
{
    const clf_control *c = machine.ctl;
    const uint *ring = (const uint *)machine.rings + (c->workers + 1) * (c->ring_mask + 1);
    uint seen[FRAMES] = {0}, queued = 0, taken = 0;
    for (uint t = 0; t < 3; t++) {
        for (uint i = 0; i < log_of[t].n; i++, taken++)
            seen[log_of[t].taken[i]]++;
        for (uint i = 0; i < FRAMES; i++)
            seen[i] += log_of[t].kept[i];
        /* those of one putter come in their order */
        for (uint i = 1; i < log_of[t].n; i++)
            EX_CHECK(log_of[t].taken[i] == 3 || log_of[t].taken[i - 1] == 3 ||
                     log_of[t].taken[i] > log_of[t].taken[i - 1]);
    }
    for (uint i = c->urgent_head; i != c->urgent_tail; i++, queued++) {
        uint ticket = ring[i & c->ring_mask];
        EX_CHECK(ticket != 0 && ticket <= FRAMES && queued < 2);
        seen[ticket - 1]++;
    }
    EX_CHECK((ring[0] != 0) + (ring[1] != 0) == queued);
    for (uint i = 0; i < FRAMES; i++)
        EX_CHECK(seen[i] == 1);
    return taken << 2 | queued;
}

const struct ex_scenario ex_urgent[] = {
    {"urgent-queue", "an urgent fiber is taken once, as it was left; 3 workers, ring of 2", 3,
     setup, run, NULL, finish, 0, 0, 0, 20000000, 0, 0, false},
    {"urgent-future", "the same, with load buffering", 3, setup, run, NULL, finish, 2, 1, 1,
     1000000, 50000, 0, false},
    {0},
};
