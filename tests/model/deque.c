/* deque.c - the deque under its owner and two thieves: every frame that was pushed is taken once,
 * and what its pusher wrote to it is seen. */
#include "host_opencl.h"
#define CLF_LANES 1
#define CLF_MODE  0u
#include "device_before.h"

#define ITEM_MEMBERS uint mark;
#define MACHINE_CHUNK 4u
#include "item_fiber.h"

enum { FRAMES = 12, MARK = 1000, OWNER = 0 };

/* What each thread got, and whether the owner found its ring full. */
static struct {
    uint count, frame[FRAMES], lost, full;
} * log_of;
static uint *pushed;
/* Of the owner: segments, children of each, whether each then resumes a parent, pops at the end. */
static uint segments, spawns, joins, tries;

static void setup(uint ring, uint first)
{
    machine_setup(3, ring, ring, FRAMES, 2, first, 0);
    machine.ctl->fresh = FRAMES;
    machine_give(OWNER, 0, CLF_FREE_ROOM);
    log_of = ex_alloc("log", 3 * sizeof *log_of, sizeof *log_of, NULL);
    pushed = ex_alloc("pushed", sizeof *pushed, 4, NULL);
}

static void consume(clf_worker *w, uint index)
{
    EX_CHECK(index < FRAMES);
    EX_CHECK(log_of[w->id].count < FRAMES);
    clf_frame_item *f = CLF_FRAME(w, item, index);
    EX_CHECK(f->mark == MARK + index);
    f->mark = 0;
    log_of[w->id].frame[log_of[w->id].count++] = index;
}

static uint pop(clf_worker *w)
{
    return clf_load_relaxed(&w->ring[--w->bottom & w->mask]);
}

/* As a segment and the worker loop do. */
static void own(clf_worker *w)
{
    for (uint s = 0; s < segments; s++) {
        for (uint i = 0; i < spawns; i++) {
            uint c = clf_take(w);
            if (c == CLF_NIL) { /* as clf_park: there is room for the child that was kept */
                log_of[OWNER].full = 1;
                if (w->next != CLF_NIL)
                    clf_push(w, w->next);
                w->next = CLF_NIL;
                break;
            }
            CLF_FRAME(w, item, c)->mark = MARK + c;
            *pushed |= 1u << c;
            clf_run_next(w, c);
        }
        if (w->next != CLF_NIL && joins)
            clf_push(w, w->next); /* as clf_run_next(w, parent) */
        else if (w->next != CLF_NIL)
            consume(w, w->next);
        w->next = CLF_NIL;
        if (w->bottom - w->split >= 2)
            clf_publish(w);
    }
    for (uint i = 0; i < tries; i++) {
        if (w->bottom == w->split)
            w->bottom += clf_steal(w, OWNER, 8);
        if (w->bottom != w->split)
            consume(w, pop(w));
    }
}

static void thread(uint self)
{
    clf_worker worker, *w = &worker;
    machine_enter(w, self);
    if (self == OWNER) {
        own(w);
    } else {
        for (uint i = 0; i < self; i++) {
            w->bottom += clf_steal(w, OWNER, self == 1 ? 8 : 1);
            while (w->bottom != w->split)
                consume(w, pop(w));
        }
        log_of[self].lost = w->lost;
    }
    machine_leave(w);
}

/* Outcome: bit 0: a thief got something, 1: both, 2: a thief lost a race, 3: the ring was full,
 * 4: something is left. */
static uint finish(void)
{
    uint seen = 0, left = 0;
    for (uint t = 0; t < 3; t++)
        for (uint i = 0; i < log_of[t].count; i++) {
            EX_CHECK(!(seen >> log_of[t].frame[i] & 1));
            seen |= 1u << log_of[t].frame[i];
        }
    for (uint t = 0; t < 3; t++) {
        const clf_worker_state *s = MACHINE_WORKER(t);
        const uint *ring = (const uint *)machine.rings + t * (machine.ctl->ring_mask + 1);
        EX_CHECK(s->bottom - s->top <= machine.ctl->ring_mask + 1);
        EX_CHECK(s->split - s->top <= s->bottom - s->top);
        for (uint i = s->top; i != s->bottom; i++, left++) {
            uint index = ring[i & machine.ctl->ring_mask];
            EX_CHECK(index < FRAMES && !(seen >> index & 1));
            seen |= 1u << index;
        }
    }
    EX_CHECK(seen == *pushed);
    uint thieves = (log_of[1].count != 0) + (log_of[2].count != 0);
    return (thieves >= 1) | (thieves == 2) << 1 | (log_of[1].lost + log_of[2].lost != 0) << 2 |
           log_of[OWNER].full << 3 | (left != 0) << 4;
}

static void setup_ring2(void)
{
    segments = 3, spawns = 3, joins = 0, tries = 3;
    setup(2, 0xffffffffu);
}

static void setup_ring4(void)
{
    segments = 3, spawns = 3, joins = 0, tries = 4;
    setup(4, 0xfffffffeu);
}

static void setup_future(void)
{
    segments = 3, spawns = 2, joins = 1, tries = 2;
    setup(4, 0xffffffffu);
}

/* Two workers, with `there` shared entries each: they steal from each other, into little room. */
static void setup_full(void)
{
    setup(4, 0xfffffffeu);
    for (uint t = 0; t < 2; t++) {
        clf_worker_state *s = MACHINE_WORKER(t);
        s->bottom = s->split = s->top + 3;
        for (uint i = 0; i < 3; i++) {
            ((uint *)machine.rings)[t * 4 + ((s->top + i) & 3)] = 3 * t + i;
            MACHINE_FRAME(item, 3 * t + i)->mark = MARK + 3 * t + i;
        }
    }
    *pushed = 63;
}

static void swap(unsigned self)
{
    clf_worker worker, *w = &worker;
    machine_enter(w, self);
    if (self < 2) {
        w->bottom += clf_steal(w, 1 - self, 8);
        for (uint i = 0; i < 2 && w->bottom != w->split; i++)
            consume(w, pop(w));
    } else {
        w->bottom += clf_steal(w, 0, 8);
        while (w->bottom != w->split)
            consume(w, pop(w));
    }
    machine_leave(w);
}

static void setup_long(void)
{
    segments = 4, spawns = 3, joins = 0, tries = 4;
    setup(4, 0xfffffffdu);
}

const struct ex_scenario ex_deque[] = {
    {"deque-ring2", "each entry is taken once: ring of 2, wrapping counters, 2 thieves", 3,
     setup_ring2, thread, NULL, finish, 0, 0, 0, 20000000, 0, 0x3300, false},
    {"deque-ring4", "the same, ring of 4", 3, setup_ring4, thread, NULL, finish, 0, 0, 0, 20000000,
     0, 0xbb00, false},
    {"deque-future", "the same, with load buffering", 3, setup_future, thread, NULL, finish, 3, 1,
     1, 1000000, 100000, 0, false},
    {"deque-full", "what is stolen goes to free slots only", 3, setup_full, swap, NULL, finish, 0,
     0, 0, 20000000, 0, 0, false},
    {"deque-long", "the same, for longer", 3, setup_long, thread, NULL, finish, 2, 2, 1, 0, 800000,
     0xbb00, false},
    {0},
};
