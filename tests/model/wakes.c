/* wakes.c - fibers that are woken by lanes whose worker's ring is full (cl/wake.cl): each
 * lane wakes one and makes its parent runnable, in one round, with no entry left. Code that the
 * front end makes of wakes.fib, in whole slices; with two lanes in wakes_lanes.c. */
#include "host_opencl.h"
#ifndef CLF_LANES
#define CLF_LANES 1
#endif
#define CLF_MODE          0u
#define MACHINE_CHUNK     4u
#define CLF_MACHINE_UNITS /* for clf_worker between slices */
#include "device_before.h"
#include "wakes_head.h"
#include "machine.h"
#include "wakes_tail.h"

static shared_data *shared;
#define MACHINE_ENV , shared
#include "machine_slice.h"
#include "machine_host.h"

/* Roots: one for each lane that waits, one with a child that wakes one, and two that fill the ring.
 */
enum { WAITERS = CLF_LANES, PARENTS = CLF_LANES, FILLERS = 2, ROOTS = WAITERS + PARENTS + FILLERS };
enum { FIRST_CHILD = ROOTS, IDS = ROOTS + PARENTS };

enum { WAITING, WAKING, FILLED };
static uint *stage;

static uint expected_result(uint root)
{
    return root;
}

static void thread(unsigned self)
{
    machine_slice(self);
}

static void setup(void)
{
    host_setup(1, 8, 24, 24, CLF_LANES, 0xfffffffeu, ROOTS);
    shared = ex_alloc("shared", sizeof *shared, sizeof *shared, NULL);
    stage = ex_alloc("stage", sizeof *stage, sizeof *stage, NULL);
    for (uint i = 0; i < ROOTS; i++)
        host_root(i,
                  i < WAITERS             ? CLF_FN_waiter
                  : i < WAITERS + PARENTS ? CLF_FN_parent
                                          : CLF_FN_filler,
                  i, FIRST_CHILD + i - WAITERS);
    machine.ctl->inbox_tail = WAITERS;
}

static bool runs_waker(uint lane)
{
    uint next = MACHINE_LANE(lane)->next;
    return next != CLF_NIL && MACHINE_FRAME(waker, next)->h.code >> CLF_FN_SHIFT == CLF_FN_waker;
}

/* Whether all lanes are about to wake somebody, and the deque is empty. */
static bool is_about_to_wake(void)
{
    for (uint i = 0; i < CLF_LANES; i++)
        if (!runs_waker(i))
            return false;
    return MACHINE_WORKER(0)->top == MACHINE_WORKER(0)->bottom;
}

/* A ring of two entries, with two roots that nobody has taken yet. */
static void fill_ring(void)
{
    clf_worker worker, *w = &worker;
    clf_worker_state *state = MACHINE_WORKER(0);
    machine.ctl->ring_mask = FILLERS - 1;
    machine_enter(w, 0);
    for (uint i = 0; i < FILLERS; i++) {
        uint index = machine.ctl->fresh++;
        clf_unpack_root(w, WAITERS + PARENTS + i, index);
        w->ring[state->bottom++ & w->mask] = index;
    }
    state->counter[CLF_COUNT_SPAWNED] += FILLERS;
    machine.ctl->inbox_head = machine.ctl->inbox_tail = ROOTS;
}

/* Who waits is there first, then who wakes. */
static bool between_wakes(void)
{
    bool more = between();
    if (*stage == WAITING && shared->begun[0] && shared->begun[WAITERS - 1]) {
        machine.ctl->inbox_tail = WAITERS + PARENTS;
        *stage = WAKING;
    } else if (*stage == WAKING && is_about_to_wake()) {
        fill_ring();
        *stage = FILLED;
    }
    return more;
}

static uint finish(void)
{
    uint outcome = host_finish();
    EX_CHECK(*stage == FILLED);
    for (uint i = 0; i < IDS; i++)
        EX_CHECK(shared->begun[i] == 1 && shared->ended[i] == 1);
    return outcome;
}

#if CLF_LANES == 1
const struct ex_scenario ex_wakes[] = {
    {"wakes-full", "a fiber is woken while the ring is full: nobody is overwritten", 1, setup,
     thread, between_wakes, finish, 1, 0, 0, 10, 0, 0, false},
    {0},
};
#else
const struct ex_scenario ex_wakes_lanes[] = {
    {"wakes-lanes-full", "the same by two lanes in one round", 2, setup, thread, between_wakes,
     finish, 0, 0, 0, 0, 500, 0, false},
    {0},
};
#endif
