/* slices.c - whole slices: the worker loop, roots, growth, the host's part in between. Every fiber
 * of a tree, every started fiber and every yield happens once, and roots have the right results. */
#include "host_opencl.h"
#ifndef CLF_LANES
#define CLF_LANES 1
#endif
#define CLF_MODE 0u
#include "device_before.h"

/* node: a tree; a node has two children down to depth 0 and counts the nodes below. */
typedef struct {
    clf_header h;
    uint id, depth;
    uint a, b;
} clf_frame_node;
typedef struct {
    uint none;
} clf_spill_node;
/* starter: starts a task and joins it, at once (late 0) or after a yield (1), or lets it go (2). */
typedef struct {
    clf_header h;
    uint id, late;
    fiber_t who;
    uint r;
} clf_frame_starter;
typedef struct {
    uint none;
} clf_spill_starter;
typedef struct {
    clf_header h;
    uint id;
} clf_frame_task;
typedef struct {
    uint none;
} clf_spill_task;

#define CLF_FIBERS(F)         F(node) F(starter) F(task)
#define CLF_RESULT_node(R)    R(uint)
#define CLF_ARGS_node(A)      A(uint, id) A(uint, depth)
#define CLF_RESULT_starter(R) R(uint)
#define CLF_ARGS_starter(A)   A(uint, id) A(uint, late)
#define CLF_RESULT_task(R)    R(uint)
#define CLF_ARGS_task(A)      A(uint, id)

#include "machine.h"

enum { IDS = 64 };

static struct {
    uint begun[IDS], ended[IDS]; /* counted plainly: each id has one segment of each kind */
} * mark;

static void clf_segment_node(clf_worker *w, uint self, __global clf_frame_node *f, uint at)
{
    uint kids = 0, c;
    switch (at) {
    case 0:
        EX_CHECK(mark->begun[f->id]++ == 0);
        if (f->depth == 0) {
            EX_CHECK(mark->ended[f->id]++ == 0);
            CLF_RETURN(w, self, f, uint, 1);
            return;
        }
        f->a = f->b = 0;
        /* fall through */
    case 1:
        c = clf_take(w);
        if (c == CLF_NIL) {
            clf_park(w, self, &f->h, kids, 1);
            return;
        }
        CLF_FRAME(w, node, c)->id = 2 * f->id;
        CLF_FRAME(w, node, c)->depth = f->depth - 1;
        clf_spawn(w, c, CLF_FN_node, self, CLF_PLACE(f, a));
        kids++;
        /* fall through */
    case 2:
        c = clf_take(w);
        if (c == CLF_NIL) {
            clf_park(w, self, &f->h, kids, 2);
            return;
        }
        CLF_FRAME(w, node, c)->id = 2 * f->id + 1;
        CLF_FRAME(w, node, c)->depth = f->depth - 1;
        clf_spawn(w, c, CLF_FN_node, self, CLF_PLACE(f, b));
        kids++;
        if (clf_sync(w, self, &f->h, kids, 3))
            return;
        /* fall through */
    case 3:
        EX_CHECK(f->h.error == 0);
        EX_CHECK(mark->ended[f->id]++ == 0);
        CLF_RETURN(w, self, f, uint, f->a + f->b + 1);
        return;
    }
}

static void clf_segment_starter(clf_worker *w, uint self, __global clf_frame_starter *f, uint at)
{
    uint c;
    switch (at) {
    case 0:
        EX_CHECK(mark->begun[f->id]++ == 0);
        /* fall through */
    case 1:
        c = clf_take(w);
        if (c == CLF_NIL) {
            clf_park(w, self, &f->h, 0, 1);
            return;
        }
        CLF_FRAME(w, task, c)->id = f->id + 1;
        f->who = clf_start_fiber(w, c, CLF_FN_task);
        if (f->late == 2) {
            clf_detach(w, &f->h, f->who);
            EX_CHECK(mark->ended[f->id]++ == 0);
            CLF_RETURN(w, self, f, uint, f->id + 2);
            return;
        }
        if (f->late == 1) {
            clf_yield(w, self, &f->h, 0, 2);
            return;
        }
        /* fall through */
    case 2:
        if (clf_join(w, self, &f->h, f->who, CLF_PLACE(f, r), sizeof f->r, 0, 3))
            return;
        /* fall through */
    case 3:
        EX_CHECK(f->h.status == 0);
        EX_CHECK(mark->ended[f->id]++ == 0);
        CLF_RETURN(w, self, f, uint, f->r + 1);
        return;
    }
}

static void clf_segment_task(clf_worker *w, uint self, __global clf_frame_task *f, uint at)
{
    if (at == 0) {
        EX_CHECK(mark->begun[f->id]++ == 0);
        clf_yield(w, self, &f->h, 0, 1);
        return;
    }
    EX_CHECK(mark->ended[f->id]++ == 0);
    CLF_RETURN(w, self, f, uint, f->id);
}

#include "machine_slice.h"

#include "machine_host.h"

static void thread(unsigned self)
{
    machine_slice(self);
}

static void setup(uint workers, uint ring, uint frames, uint budget, uint first, uint roots_)
{
    host_setup(workers, ring, frames, IDS, budget, first, roots_);
    mark = ex_alloc("mark", sizeof *mark, sizeof *mark, NULL);
}

static uint expected_result(uint root)
{
    const clf_inbox *in =
        (const clf_inbox *)((const char *)machine.inbox + (size_t)root * MACHINE_RECORD);
    const uint *words = (const uint *)(in + 1);
    return in->fn == CLF_FN_node ? (2u << words[1]) - 1 : words[0] + 2;
}

static uint finish(void)
{
    uint outcome = host_finish();
    for (uint i = 0; i < IDS; i++)
        EX_CHECK(mark->begun[i] == mark->ended[i]);
    return outcome;
}

static void setup_tree(void)
{
    setup(2, 4, 16, 0xffffffffu, 0xfffffffeu, 1);
    host_root(0, CLF_FN_node, 1, 2);
}

#if CLF_LANES > 1
static void setup_lanes_lean(void)
{
    setup(2, 4, 4, 3, 0xffffffffu, 1);
    host_root(0, CLF_FN_node, 1, 3);
}

static void setup_lanes_started(void)
{
    setup(2, 4, 4, 4, 0xffffffffu, 4);
    host_root(0, CLF_FN_starter, 2, 0);
    host_root(1, CLF_FN_starter, 4, 1);
    host_root(2, CLF_FN_node, 8, 1);
    host_root(3, CLF_FN_starter, 6, 2);
}
#else
static void setup_tree_lean(void)
{
    setup(3, 2, 2, 3, 0xffffffffu, 1);
    host_root(0, CLF_FN_node, 1, 3);
}

static void setup_started(void)
{
    setup(3, 2, 2, 4, 0xffffffffu, 4);
    host_root(0, CLF_FN_starter, 2, 0);
    host_root(1, CLF_FN_starter, 4, 1);
    host_root(2, CLF_FN_node, 8, 1);
    host_root(3, CLF_FN_starter, 6, 2);
}

/* Workers go on when their budget is used up. */
static uint *stretched;

static void setup_stretches(void)
{
    setup(2, 4, 16, 2, 0xfffffffeu, 1);
    machine.ctl->stretches = 3;
    host_root(0, CLF_FN_node, 1, 2);
    stretched = ex_alloc("stretched", sizeof *stretched, sizeof *stretched, NULL);
}

static void setup_bell(void)
{
    setup_stretches();
    *(uint *)machine.bell = 1;
}

/* The machine goes on to the next slice; *stretched: one had several stretches. */
static bool between_stretches(void)
{
    const clf_control *c = machine.ctl;
    *stretched |= c->ran > c->workers * c->budget;
    EX_CHECK(c->ran <= c->workers * c->budget * c->stretches);
    return between();
}

static uint finish_stretches(void)
{
    finish();
    return *stretched;
}

static uint finish_bell(void)
{
    EX_CHECK(*stretched == 0);
    return finish();
}

static void setup_one(void)
{
    setup(2, 2, 2, 1, 0xffffffffu, 2);
    host_root(0, CLF_FN_starter, 2, 1);
    host_root(1, CLF_FN_node, 8, 1);
}

#endif

#if CLF_LANES == 1
const struct ex_scenario ex_slices[] = {
    {"slice-tree", "a tree of 7 fibers, 2 workers: each runs once", 2, setup_tree, thread, between,
     finish, 2, 1, 0, 1000000, 100000, 0, false},
    {"slice-lean", "15 fibers, 3 workers, slices of 3 segments; rings and frames grow", 3,
     setup_tree_lean, thread, between, finish, 0, 0, 1, 0, 60000, 0, false},
    {"slice-started", "started fibers, yields and a tree, slices of 4 segments", 3, setup_started,
     thread, between, finish, 0, 0, 1, 0, 60000, 0, false},
    {"slice-stretches", "a tree of 7 fibers, slices of up to 3 times 2 segments", 2,
     setup_stretches, thread, between_stretches, finish_stretches, 2, 1, 0, 1000000, 60000, 2,
     false},
    {"slice-bell", "the same, but the host wants its turn: one stretch each", 2, setup_bell, thread,
     between_stretches, finish_bell, 1, 0, 0, 1000000, 10000, 0, false},
    {"slice-one", "the same with slices of one segment", 2, setup_one, thread, between, finish, 2,
     1, 0, 1000000, 60000, 0, false},
    {0},
};
#else
const struct ex_scenario ex_lanes[] = {
    {"lanes-tree", "a tree of 7 fibers, 2 workers of 2 lanes", 4, setup_tree, thread, between,
     finish, 0, 0, 0, 0, 10000, 0, false},
    {"lanes-lean", "15 fibers; rings and frames grow", 4, setup_lanes_lean, thread, between, finish,
     0, 0, 0, 0, 10000, 0, false},
    {"lanes-started", "started fibers, yields and a tree", 4, setup_lanes_started, thread, between,
     finish, 0, 0, 0, 0, 10000, 0, false},
    {0},
};
#endif
