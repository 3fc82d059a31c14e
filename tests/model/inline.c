/* inline.c - children that run inline and get frames late (cl/inline.cl): code that the front end
 * makes of inline.fib, with clones two levels deep, in whole slices. Every fiber begins once and
 * ends once, with and without a frame of its own, and roots have the right results. */
#include "host_opencl.h"
#ifndef CLF_LANES
#define CLF_LANES 1
#endif
#define CLF_MODE 0u
/* Room for some fuel. */
#define MACHINE_CHUNK    (8u * CLF_LANES)
#define MACHINE_RINGS    64u
#define CLF_ALONE_BEFORE 64u /* as much fuel as there may be from the start */
#include "device_before.h"
#include "inline_head.h"
#include "machine.h"
#include "inline_tail.h"

static shared_data *shared;
#define MACHINE_ENV , shared
#include "machine_slice.h"
#include "machine_host.h"

enum { IDS = 128 };

/* A tree's sum: of the numbers below this one. */
static uint tree(uint id, uint depth)
{
    return id + (depth == 0 ? 0 : tree(2 * id, depth - 1) + tree(2 * id + 1, depth - 1));
}

static uint chain(uint id, uint depth)
{
    return id + (depth == 0 ? 0 : 2 * id + 1 + chain(2 * id, depth - 1));
}

/* What inline.fib says. */
static uint expected_result(uint root)
{
    const clf_inbox *in =
        (const clf_inbox *)((const char *)machine.inbox + (size_t)root * MACHINE_RECORD);
    const uint *words = (const uint *)(in + 1);
    uint id = words[0], n = words[1], sum = 0;
    switch (in->fn) {
    case CLF_FN_chain:
        return chain(id, n);
    case CLF_FN_joiner:
        for (uint i = 0; i < 1u << n; i++)
            sum += 2 * ((id << n) + i);
        return sum + tree(id, n);
    case CLF_FN_catcher:
        return 77;
    case CLF_FN_wide:
        for (uint i = 0; i < n; i++)
            sum += tree(id + i, 2);
        return sum;
    case CLF_FN_taker:
        return tree(id, 0) + tree(id + 8, 2);
    default:
        return tree(id, n);
    }
}

static void thread(unsigned self)
{
    machine_slice(self);
}

static void setup(uint workers, uint ring, uint frames, uint budget, uint roots_)
{
    host_setup(workers, ring, frames, 64, budget, 0xfffffffeu, roots_);
    shared = ex_alloc("shared", sizeof *shared, sizeof *shared, NULL);
}

static uint finish(void)
{
    uint outcome = host_finish();
    for (uint i = 0; i < IDS; i++) {
        EX_CHECK(shared->begun[i] <= 1);
        EX_CHECK(shared->begun[i] == shared->ended[i]);
    }
    return outcome;
}

static void setup_tree(void)
{
    setup(2, 8, 32, 0xffffffffu, 1);
    host_root(0, CLF_FN_node, 1, 3);
}

static void setup_mixed(void)
{
    setup(2, 8, 32, 0xffffffffu, 1);
    host_root(0, CLF_FN_mixed, 1, 2);
}

static void setup_lean(void)
{
    setup(2, 4, 2, 5, 1);
    host_root(0, CLF_FN_mixed, 1, 3);
}

#if CLF_LANES == 1
static void setup_alone(void)
{
    setup(1, 8, 32, 0xffffffffu, 1);
    host_root(0, CLF_FN_node, 1, 4);
}

/* More children that are cut than there are entries. */
static void setup_ring(void)
{
    setup(1, 8, 64, 0xffffffffu, 1);
    host_root(0, CLF_FN_wide, 8, 5);
}

/* The last frames are taken while there is fuel. */
static void setup_fuel(void)
{
    setup(1, 32, 64, 0xffffffffu, 6);
    for (uint i = 0; i < 6; i++)
        host_root(i, CLF_FN_taker, i + 2, i + 5);
}

static void setup_chain(void)
{
    setup(2, 8, 32, 7, 1);
    host_root(0, CLF_FN_chain, 1, 3);
}

static void setup_joins(void)
{
    setup(2, 8, 32, 0xffffffffu, 1);
    host_root(0, CLF_FN_joiner, 1, 2);
}

static void setup_fails(void)
{
    setup(2, 8, 32, 0xffffffffu, 1);
    host_root(0, CLF_FN_catcher, 1, 2);
}

const struct ex_scenario ex_inline[] = {
    {"inline-alone", "31 fibers, one worker", 1, setup_alone, thread, between, finish, 1, 0, 0, 10,
     0, 0, false},
    {"inline-ring", "a ring that is too small for all that are cut", 1, setup_ring, thread, between,
     finish, 1, 0, 0, 10, 0, 0, false},
    {"inline-fuel", "frames that are taken while clones may run", 1, setup_fuel, thread, between,
     finish, 1, 0, 0, 10, 0, 0, false},
    {"inline-tree", "15 fibers, 2 workers", 2, setup_tree, thread, between, finish, 1, 1, 0, 100000,
     2000, 0, false},
    {"inline-mixed", "7 fibers; yields and an awaited child", 2, setup_mixed, thread, between,
     finish, 1, 1, 0, 100000, 2000, 0, false},
    {"inline-lean", "15 fibers, slices of 5 segments; rings and frames grow", 2, setup_lean, thread,
     between, finish, 0, 0, 1, 0, 2000, 0, false},
    {"inline-chain", "an awaited child that is cut, and others", 2, setup_chain, thread, between,
     finish, 0, 0, 1, 0, 2000, 0, false},
    {"inline-joins", "fibers that start one and join it", 2, setup_joins, thread, between, finish,
     0, 0, 1, 0, 2000, 0, false},
    {"inline-fails", "fibers that fail inline", 2, setup_fails, thread, between, finish, 0, 0, 1, 0,
     2000, 0, false},
    {0},
};
#else
/* Two lanes that make more frames in a round than there are. */
static void setup_wide(void)
{
    setup(1, 32, 30, 0xffffffffu, 2);
    host_root(0, CLF_FN_wide, 16, 5);
    host_root(1, CLF_FN_wide, 21, 5);
}

const struct ex_scenario ex_inline_lanes[] = {
    {"inline-lanes-tree", "15 fibers, 2 workers of 2 lanes", 4, setup_tree, thread, between, finish,
     0, 0, 0, 0, 500, 0, false},
    {"inline-lanes-mixed", "7 fibers; yields and an awaited child", 4, setup_mixed, thread, between,
     finish, 0, 0, 0, 0, 500, 0, false},
    {"inline-lanes-lean", "15 fibers; rings and frames grow", 4, setup_lean, thread, between,
     finish, 0, 0, 0, 0, 500, 0, false},
    {"inline-lanes-wide", "lanes that make many frames in a round", 2, setup_wide, thread, between,
     finish, 0, 0, 0, 0, 1000, 0, false},
    {0},
};
#endif
