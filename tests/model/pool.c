/* pool.c - workers exchange frames with the pool, and claim roots: nothing is handed out twice, and
 * who gets a frame sees all that its former holders did to it. */
#include "host_opencl.h"
#define CLF_LANES 1
#define CLF_MODE  0u
#include "device_before.h"

#define ITEM_MEMBERS uint holder, uses;
#include "item_fiber.h"

static void clf_segment_item(clf_worker *w, uint self, __global clf_frame_item *f, uint at)
{
}

#include "machine_slice.h"

enum { FRAMES = 8, NOBODY = 0 };

static struct {
    uint roots[4], gave, took, refused;
} * log_of;

static void setup_log(void)
{
    log_of = ex_alloc("log", 3 * sizeof *log_of, sizeof *log_of, NULL);
}

static uint get(clf_worker *w)
{
    uint index = clf_take(w);
    if (index == CLF_NIL) {
        log_of[w->id].refused++;
        return CLF_NIL;
    }
    EX_CHECK(index < machine.ctl->frames);
    clf_frame_item *f = MACHINE_FRAME(item, index);
    EX_CHECK(f->holder == NOBODY);
    f->holder = w->id + 1;
    f->uses++;
    return index;
}

static void give(clf_worker *w, uint index)
{
    clf_frame_item *f = MACHINE_FRAME(item, index);
    EX_CHECK(f->holder == w->id + 1);
    f->holder = NOBODY;
    clf_release_frame(w, index);
}

/* Every frame is in one place: a free list, the spare list, a slot of the pool, or still fresh. */
static uint finish_frames(void)
{
    uint seen = 0, n = 0;
    for (uint t = 0; t < machine.ctl->workers; t++) {
        for (uint i = 0; i < MACHINE_WORKER(t)->nfree[0]; i++, n++)
            seen |= 1u << ((uint *)machine.free)[t * CLF_FREE_ROOM + i];
        for (uint i = MACHINE_LANE(t)->spare; i != CLF_NIL;
             i = MACHINE_FRAME(item, i)->h.link, n++) {
            EX_CHECK(n <= FRAMES);
            seen |= 1u << i;
        }
    }
    uint full = 0;
    for (uint s = 0; s < machine.ctl->pool_slots; s++) {
        uint state = ((uint *)machine.pool_state)[s];
        EX_CHECK(state <= CLF_CHUNK);
        full += state != 0;
        for (uint i = 0; i < state; i++, n++)
            seen |= 1u << ((uint *)machine.pool_entry)[s * CLF_CHUNK + i];
    }
    EX_CHECK(full == machine.ctl->pool_full[0]);
    for (uint i = machine.ctl->fresh; i < machine.ctl->frames; i++, n++)
        seen |= 1u << i;
    EX_CHECK(n == machine.ctl->frames);
    EX_CHECK(seen == (1u << n) - 1);
    uint refused = 0;
    for (uint t = 0; t < machine.ctl->workers; t++)
        refused += log_of[t].refused;
    return full | (refused != 0) << 3;
}

/* Workers 1 and 2 live on what worker 0 gives away. */
static void setup_exchange(void)
{
    machine_setup(3, 4, 4, FRAMES, 2, 0, 0);
    machine.ctl->fresh = FRAMES;
    machine_give(0, 0, 4);
    machine_give(1, 4, 2);
    machine_give(2, 6, 2);
    setup_log();
}

static void exchange(unsigned self)
{
    clf_worker worker, *w = &worker;
    uint mine[6];
    machine_enter(w, self);
    for (uint i = 0; i < w->me->nfree[0]; i++)
        mine[i] = get(w);
    if (self == 0) {
        clf_refill(w, 0);
        for (uint i = 0; i < 4; i++)
            give(w, mine[i]);
        clf_pool_put(w, 0, 2);
    } else {
        uint more = get(w);
        give(w, mine[0]);
        if (more != CLF_NIL)
            give(w, more);
        give(w, mine[1]);
        if (w->nfree[0] >= 2)
            clf_pool_put(w, 0, 2);
    }
    machine_leave(w);
}

/* All start with fresh frames only, too few for all. */
static void setup_fresh(void)
{
    machine_setup(3, 4, 4, 5, 2, 0, 0);
    setup_log();
}

static void fresh(unsigned self)
{
    clf_worker worker, *w = &worker;
    machine_enter(w, self);
    uint a = get(w), b = get(w);
    if (a != CLF_NIL)
        give(w, a);
    if (b != CLF_NIL)
        give(w, b);
    machine_leave(w);
}

/* Roots: each is claimed once. */
static void setup_roots(void)
{
    machine_setup(3, 4, 4, 6, 2, 0xffffffffu, 4);
    for (uint i = 0; i < 3; i++)
        machine_give(i, 2 * i, 2);
    machine.ctl->fresh = 6;
    for (uint i = 0; i < 4; i++)
        ((clf_inbox *)((char *)machine.inbox + (size_t)i * MACHINE_RECORD))->slot = i;
    setup_log();
}

static void roots(unsigned self)
{
    clf_worker worker, *w = &worker;
    machine_enter(w, self);
    uint n = clf_take_roots(w, 8);
    n += n != 0 && w->nfree[0] != 0 ? (w->bottom += n, clf_take_roots(w, 1)) : 0;
    for (uint i = 0; i < n; i++) {
        uint index = clf_load_relaxed(&w->ring[(w->me->bottom + i) & w->mask]);
        log_of[self].roots[MACHINE_FRAME(item, index)->h.slot & 3]++;
    }
    machine_leave(w);
}

static uint finish_roots(void)
{
    uint claimed = 0;
    for (uint i = 0; i < 4; i++) {
        uint n = log_of[0].roots[i] + log_of[1].roots[i] + log_of[2].roots[i];
        EX_CHECK(n == (i < machine.ctl->inbox_head));
        claimed += n;
    }
    return claimed;
}

/* The ready list: each entry is claimed once, with its status. */
static void setup_ready(void)
{
    machine_setup(3, 4, 4, 6, 2, 0xfffffffeu, 0);
    machine.ctl->fresh = 6;
    machine.ctl->ready_mask = 7;
    machine.ctl->ready_head = 0xfffffffeu;
    machine.ctl->ready_tail = 2;
    for (uint i = 0; i < 4; i++) {
        clf_ready *entry = (clf_ready *)machine.ready + ((0xfffffffeu + i) & 7);
        entry->frame = i;
        entry->status = 100 + i;
    }
    setup_log();
}

static void take_ready(unsigned self)
{
    clf_worker worker, *w = &worker;
    machine_enter(w, self);
    w->ready_open = 1;
    for (uint k = 0; k < 2; k++) {
        uint n = clf_take_ready(w, 8);
        for (uint i = 0; i < n; i++) {
            uint index = clf_load_relaxed(&w->ring[(w->bottom + i) & w->mask]);
            EX_CHECK(index < 4 && clf_frame_at(w, index)->status == 100 + index);
            log_of[self].roots[index]++;
        }
    }
    machine_leave(w);
}

static uint finish_ready(void)
{
    uint claimed = 0;
    for (uint i = 0; i < 4; i++) {
        uint n = log_of[0].roots[i] + log_of[1].roots[i] + log_of[2].roots[i];
        EX_CHECK(n == (i < machine.ctl->ready_head + 2));
        claimed += n;
    }
    return claimed;
}

const struct ex_scenario ex_pool[] = {
    {"pool-exchange", "a frame has one holder; 3 workers put into and take from 2 slots", 3,
     setup_exchange, exchange, NULL, finish_frames, 0, 0, 0, 20000000, 0, 0, false},
    {"pool-future", "the same, with load buffering", 3, setup_exchange, exchange, NULL,
     finish_frames, 2, 1, 1, 1000000, 50000, 0, false},
    {"pool-fresh", "fresh frames are handed out once", 3, setup_fresh, fresh, NULL, finish_frames,
     0, 0, 0, 20000000, 0, 0x100, false},
    {"roots", "a root is claimed once", 3, setup_roots, roots, NULL, finish_roots, 0, 0, 0,
     20000000, 0, 0, false},
    {"ready", "an entry of the ready list is claimed once", 3, setup_ready, take_ready, NULL,
     finish_ready, 0, 0, 0, 20000000, 0, 0, false},
    {0},
};
