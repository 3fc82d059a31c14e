/* join.c - children end while their parent suspends: it goes on exactly once, with all results and
 * the first failure in its frame. */
#include "host_opencl.h"
#define CLF_LANES 1
#define CLF_MODE  0u
#include "device_before.h"

typedef struct {
    clf_header h;
    uint r[3];
    uint resumed;
} clf_frame_parent;
typedef struct {
    uint none;
} clf_spill_parent;
typedef struct {
    clf_header h;
    uint n;
} clf_frame_child;
typedef struct {
    uint none;
} clf_spill_child;
#define CLF_FIBERS(F) F(parent) F(child)
#define CLF_RESULT_parent(R)
#define CLF_ARGS_parent(A)
#define CLF_RESULT_child(R) R(uint)
#define CLF_ARGS_child(A)

#define CLF_MACHINE_UNITS
#include "machine.h"

enum { PARENT = 0, FRAMES = 8, KIDS = 3 };

static struct {
    uint resumed, ran[KIDS + 1];
} * log_of;
static uint kids, failing; /* children, and those that fail, bits */

static void setup(void)
{
    machine_setup(3, 4, 4, FRAMES, 4, 0xfffffffeu, 0);
    machine.ctl->fresh = FRAMES;
    machine_give(0, 4, 4);
    log_of = ex_alloc("log", 3 * sizeof *log_of, sizeof *log_of, NULL);
    kids = KIDS;
    failing = 0;
}

/* Makes child k (frame k) of the parent, as clf_spawn leaves it. */
static void make_child(uint k)
{
    clf_frame_child *c = MACHINE_FRAME(child, k);
    c->h.code = CLF_FN_child << CLF_FN_SHIFT;
    c->h.parent = PARENT;
    c->h.slot = CLF_PLACE(MACHINE_FRAME(parent, PARENT), r[k - 1]);
    c->n = 100 + k;
}

/* The parent yielded with children 1..n outstanding. */
static void setup_open(uint n)
{
    setup();
    clf_frame_parent *p = MACHINE_FRAME(parent, PARENT);
    p->h.code = (CLF_FN_parent << CLF_FN_SHIFT) | CLF_OPEN | 1;
    p->h.pending = CLF_BIAS + n;
    for (uint k = 1; k <= KIDS; k++)
        make_child(k);
}

static void resume(clf_worker *w);

/* Runs a child to its end, and its parent if it was the last. */
static void run_child(clf_worker *w, uint index)
{
    clf_frame_child *f = MACHINE_FRAME(child, index);
    w->code = f->h.code;
    EX_CHECK(w->code >> CLF_FN_SHIFT == CLF_FN_child);
    EX_CHECK(f->n >= 101 && f->n <= 100 + KIDS);
    uint k = f->n - 100;
    f->n = 0;
    log_of[w->id].ran[k]++;
    if (failing >> k & 1)
        clf_fail_with(w, index, &f->h, 500 + k);
    else
        CLF_RETURN(w, index, f, uint, 200 + k);
    if (w->next == PARENT) {
        w->next = CLF_NIL;
        resume(w);
    }
}

/* The segment behind the parent's sync. */
static void resume(clf_worker *w)
{
    clf_frame_parent *p = MACHINE_FRAME(parent, PARENT);
    log_of[w->id].resumed++;
    EX_CHECK(p->h.code == (CLF_FN_parent << CLF_FN_SHIFT | 3));
    for (uint k = 1; k <= kids; k++)
        EX_CHECK(p->r[k - 1] == (failing >> k & 1 ? 0 : 200 + k));
    EX_CHECK(failing == 0 ? p->h.error == 0
                          : p->h.error > 500 && (failing >> (p->h.error - 500) & 1));
    p->resumed++;
}

/* All three children exist: 1 and 2 from before; the parent spawns 3 and waits. */
static void wait_for_all(unsigned self)
{
    clf_worker worker, *w = &worker;
    machine_enter(w, self);
    if (self != 0) {
        run_child(w, self);
    } else {
        clf_header *h = &MACHINE_FRAME(parent, PARENT)->h;
        w->code = h->code;
        make_child(3);
        clf_run_next(w, 3);
        bool suspended = clf_sync(w, PARENT, h, 1, 3);
        EX_CHECK(suspended); /* child 3 has not run */
        w->next = CLF_NIL;
        run_child(w, 3);
    }
    machine_leave(w);
}

/* The parent has nothing new, and may find that all is done. */
static void wait_for_two(unsigned self)
{
    clf_worker worker, *w = &worker;
    machine_enter(w, self);
    if (self != 0) {
        run_child(w, self);
    } else {
        clf_header *h = &MACHINE_FRAME(parent, PARENT)->h;
        w->code = h->code;
        if (!clf_sync(w, PARENT, h, 0, 3))
            resume(w);
    }
    machine_leave(w);
}

/* The parent suspends otherwise first, handing in another child, and waits in its next segment. */
static void wait_later(unsigned self)
{
    clf_worker worker, *w = &worker;
    machine_enter(w, self);
    if (self != 0) {
        run_child(w, self);
    } else {
        clf_header *h = &MACHINE_FRAME(parent, PARENT)->h;
        w->code = h->code;
        make_child(3);
        clf_run_next(w, 3);
        clf_set_resume(w, h, clf_leave_open(w, h, 1), 2);
        w->next = CLF_NIL;
        run_child(w, 3);
        w->code = h->code;
        EX_CHECK(w->code & CLF_OPEN);
        if (!clf_sync(w, PARENT, h, 0, 3))
            resume(w);
    }
    machine_leave(w);
}

/* From the start: the parent's children go through the deque, and thieves end them. */
static void spawn_and_wait(unsigned self)
{
    clf_worker worker, *w = &worker;
    machine_enter(w, self);
    if (self == 0) {
        clf_header *h = &MACHINE_FRAME(parent, PARENT)->h;
        w->code = h->code;
        for (uint k = 1; k <= KIDS; k++) {
            uint place = CLF_PLACE(MACHINE_FRAME(parent, PARENT), r[k - 1]);
            uint c = clf_take(w);
            MACHINE_FRAME(child, c)->n = 100 + k;
            clf_spawn(w, c, CLF_FN_child, PARENT, place);
        }
        EX_CHECK(clf_sync(w, PARENT, h, KIDS, 3));
        clf_publish(w);
        uint next = w->next;
        w->next = CLF_NIL;
        run_child(w, next);
    }
    for (uint i = 0; i < 2; i++) {
        if (w->bottom == w->split)
            w->bottom += clf_steal(w, 0, 8);
        if (w->bottom != w->split)
            run_child(w, clf_load_relaxed(&w->ring[--w->bottom & w->mask]));
    }
    machine_leave(w);
}

static uint resumptions(void)
{
    return log_of[0].resumed + log_of[1].resumed + log_of[2].resumed;
}

static uint who_resumed(void)
{
    return log_of[0].resumed ? 0 : log_of[1].resumed ? 1 : 2;
}

/* Outcome: who resumed the parent, and whether the second failure was the first. */
static uint finish(void)
{
    EX_CHECK(resumptions() == 1);
    EX_CHECK(MACHINE_FRAME(parent, PARENT)->resumed == 1);
    return who_resumed() | (MACHINE_FRAME(parent, PARENT)->h.error == 502) << 2;
}

/* Each child ran once; the owner leaves none. */
static uint finish_spawned(void)
{
    for (uint k = 1; k <= KIDS; k++) {
        uint n = log_of[0].ran[k] + log_of[1].ran[k] + log_of[2].ran[k];
        EX_CHECK(n == 1);
    }
    return finish();
}

static void setup_two(void)
{
    setup_open(2);
    kids = 2;
}

static void setup_three(void)
{
    setup_open(2);
}

static void setup_failing(void)
{
    setup_open(2);
    kids = 2;
    failing = 6;
}

static void setup_spawn(void)
{
    setup();
    MACHINE_FRAME(parent, PARENT)->h.code = CLF_FN_parent << CLF_FN_SHIFT;
}

const struct ex_scenario ex_join[] = {
    {"join-sync", "the parent goes on once: it waits while children of earlier segments end", 3,
     setup_two, wait_for_two, NULL, finish, 0, 0, 0, 20000000, 0, 7, true},
    {"join-new", "the same with a new child", 3, setup_three, wait_for_all, NULL, finish, 0, 0, 0,
     20000000, 0, 7, true},
    {"join-open", "the same, handed in before", 3, setup_three, wait_later, NULL, finish, 0, 0, 0,
     20000000, 0, 7, true},
    {"join-failing", "one failure of two arrives", 3, setup_failing, wait_for_two, NULL, finish, 0,
     0, 0, 20000000, 0, 0x77, true},
    {"join-spawn", "children are stolen and ended", 3, setup_spawn, spawn_and_wait, NULL,
     finish_spawned, 0, 0, 0, 20000000, 0, 7, true},
    {"join-future", "the same, with load buffering", 3, setup_spawn, spawn_and_wait, NULL,
     finish_spawned, 2, 1, 1, 1000000, 50000, 7, true},
    {0},
};
