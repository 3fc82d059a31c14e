/* kept.c - joins that are counted without atomic operations, and what ends that: children that are
 * published, or wait for something else, of a fiber whose parent waits itself. */
#include "host_opencl.h"
#define CLF_LANES        1
#define CLF_MODE         0u
#define CLF_PRIORITIES   1
#define CLF_INLINE_DEPTH 1
#define CLF_CLONES(F)
#include "device_before.h"

/* root has the children middle and `aside`, or two of middle; middle has those behind it. */
typedef struct {
    clf_header h;
    uint r[3];
    uint resumed;
} clf_frame_root;
typedef struct {
    uint none;
} clf_spill_root;
typedef struct {
    clf_header h;
    uint first, kids; /* its children are the frames from `first` on */
    uint r[3];
} clf_frame_middle;
typedef struct {
    uint none;
} clf_spill_middle;
typedef struct {
    clf_header h;
    uint n;
} clf_frame_leaf;
typedef struct {
    uint none;
} clf_spill_leaf;
#define CLF_FIBERS(F) F(root) F(middle) F(leaf)
#define CLF_RESULT_root(R)
#define CLF_ARGS_root(A)
#define CLF_RESULT_middle(R) R(uint)
#define CLF_ARGS_middle(A)
#define CLF_RESULT_leaf(R) R(uint)
#define CLF_ARGS_leaf(A)

#define CLF_MACHINE_UNITS
#include "machine.h"

enum { ROOT, MIDDLE, ASIDE, LEAVES, LATE = LEAVES + 3, FRAMES = 8 };
enum { BEGINS, GOES_ON, ENDS };

static struct {
    uint ran[FRAMES], resumed_root, resumed_middle;
} * log_of;

/* A fiber of the frame whose number is its name. */
static void make(clf_worker *w, uint index, uint fn, uint self, uint place)
{
    if (fn == CLF_FN_leaf)
        MACHINE_FRAME(leaf, index)->n = index;
    clf_spawn(w, index, fn, self, place);
}

static void clf_segment_leaf(clf_worker *w, uint self, __global clf_frame_leaf *f, uint at)
{
    uint n = f->n;
    EX_CHECK(n == self);
    f->n = 0;
    log_of[w->id].ran[n]++;
    CLF_RETURN(w, self, f, uint, 100 + n);
}

static void clf_segment_middle(clf_worker *w, uint self, __global clf_frame_middle *f, uint at)
{
    if (at == BEGINS) {
        for (uint k = 0; k < f->kids; k++)
            make(w, f->first + k, CLF_FN_leaf, self, CLF_PLACE(f, r[k]));
        EX_CHECK(clf_sync(w, self, &f->h, f->kids, ENDS));
        return;
    }
    if (self != LATE)
        log_of[w->id].resumed_middle++;
    for (uint k = 0; k < f->kids; k++)
        EX_CHECK(f->r[k] == 100 + f->first + k);
    CLF_RETURN(w, self, f, uint, 100 + self);
}

static void clf_segment_root(clf_worker *w, uint self, __global clf_frame_root *f, uint at)
{
    EX_CHECK(at == ENDS);
    log_of[w->id].resumed_root++;
    for (uint k = 0; k < 2; k++)
        EX_CHECK(f->r[k] == 101 + k);
    f->resumed++;
}

#include "machine_slice.h"

static void setup(void)
{
    machine_setup(2, 8, 8, FRAMES, 4, 0xfffffffeu, 0);
    machine.ctl->fresh = FRAMES;
    MACHINE_FRAME(root, ROOT)->h.code = CLF_FN_root << CLF_FN_SHIFT;
    MACHINE_FRAME(root, ROOT)->h.slot = CLF_SLOT_ROOT;
    MACHINE_FRAME(middle, MIDDLE)->first = MACHINE_FRAME(middle, LATE)->first = LEAVES;
    MACHINE_FRAME(middle, MIDDLE)->kids = MACHINE_FRAME(middle, LATE)->kids = 3;
    log_of = ex_alloc("log", 2 * sizeof *log_of, sizeof *log_of, NULL);
}

/* Runs a fiber, and what goes on because of it, until its worker would look into its deque. */
static void run(clf_worker *w, uint index)
{
    for (; index != CLF_NIL; index = w->next) {
        w->next = CLF_NIL;
        clf_run_segment(w, index);
    }
}

static uint pop(clf_worker *w)
{
    return clf_load_relaxed(&w->ring[--w->bottom & w->mask]);
}

static void run_all(clf_worker *w, uint looks)
{
    for (uint i = 0; i < looks; i++) {
        if (w->bottom == w->split)
            w->bottom += clf_steal(w, 0, 8);
        while (w->bottom != w->split)
            run(w, pop(w));
    }
}

/* The root waits for middle, which is made first, and another one, which is next. */
static uint root_waits(clf_worker *w, uint fn)
{
    clf_frame_root *f = MACHINE_FRAME(root, ROOT);
    w->code = f->h.code;
    make(w, MIDDLE, CLF_FN_middle, ROOT, CLF_PLACE(f, r[0]));
    make(w, ASIDE, fn, ROOT, CLF_PLACE(f, r[1]));
    EX_CHECK(clf_sync(w, ROOT, &f->h, 2, ENDS));
    EX_CHECK(f->h.pending & CLF_LOCAL);
    uint next = w->next;
    w->next = CLF_NIL;
    return next;
}

/* The oldest of three leaves is published; the others end here, and then what stood aside. */
static void publish_and_end(clf_worker *w, uint aside)
{
    EX_CHECK(w->bottom - w->split == 2);
    clf_publish(w);
    run(w, w->next);
    run(w, pop(w));
    run(w, aside);
}

/* One of middle's children is published: it, and so the root, may be resumed elsewhere, while its
 * worker ends the others. */
static void publish_a_leaf(unsigned self)
{
    clf_worker worker, *w = &worker;
    machine_enter(w, self);
    if (self == 0) {
        uint aside = root_waits(w, CLF_FN_leaf);
        clf_run_segment(w, pop(w));
        publish_and_end(w, aside);
    }
    run_all(w, 2);
    machine_leave(w);
}

/* The segment of middle, whose child ran inline until its own children had to have frames: it got
 * one of its own then, late, and waits for them. */
static void middle_has_late_child(clf_worker *w)
{
    clf_frame_middle *f = MACHINE_FRAME(middle, MIDDLE), *late = MACHINE_FRAME(middle, LATE);
    w->code = f->h.code;
    uint list = CLF_NIL;
    f->first = LATE;
    f->kids = 1;
    for (uint k = 0; k < 3; k++) {
        MACHINE_FRAME(leaf, LEAVES + k)->n = LEAVES + k;
        clf_launch(w, LEAVES + k, CLF_FN_leaf);
        list = clf_hang(w, LEAVES + k, list, CLF_PLACE(late, r[k]));
    }
    clf_late_syncs(w, LATE, &late->h, CLF_FN_middle, list, ENDS);
    w->late++;
    clf_adopt(w, LATE, MIDDLE, CLF_PLACE(f, r[0]));
    EX_CHECK(clf_sync(w, MIDDLE, &f->h, 1, ENDS));
    w->late = 0;
}

static void publish_a_late_leaf(unsigned self)
{
    clf_worker worker, *w = &worker;
    machine_enter(w, self);
    if (self == 0) {
        uint aside = root_waits(w, CLF_FN_leaf);
        EX_CHECK(pop(w) == MIDDLE);
        middle_has_late_child(w);
        publish_and_end(w, aside);
    }
    run_all(w, 2);
    machine_leave(w);
}

/* A segment that waits for something else than children. */
static void yield(clf_worker *w, uint index)
{
    clf_header *h = &MACHINE_FRAME(middle, index)->h;
    w->code = h->code;
    for (uint k = 0; k < 3; k++)
        MACHINE_FRAME(middle, index)->r[k] = 100 + LEAVES + k;
    clf_yield(w, index, h, 0, ENDS);
}

/* Two children yield, and others are given one of them. */
static void share_who_yields(unsigned self)
{
    clf_worker worker, *w = &worker;
    machine_enter(w, self);
    if (self == 0) {
        yield(w, root_waits(w, CLF_FN_middle));
        yield(w, pop(w));
        clf_share_yields(w);
        EX_CHECK(w->yields == 1);
        w->bottom += clf_take_yields(w, 1);
        run(w, pop(w));
    }
    run_all(w, 1);
    machine_leave(w);
}

/* A child is urgent, and all others may take it. */
static void share_who_is_urgent(unsigned self)
{
    clf_worker worker, *w = &worker;
    machine_enter(w, self);
    if (self == 0) {
        uint aside = root_waits(w, CLF_FN_leaf);
        uint index = pop(w);
        for (uint k = 0; k < 3; k++)
            MACHINE_FRAME(middle, index)->r[k] = 100 + LEAVES + k;
        MACHINE_FRAME(middle, index)->h.code |= CLF_URGENT | ENDS;
        clf_list_urgent(w, index);
        clf_share_urgent(w);
        run(w, aside);
    }
    for (uint index; (index = clf_find_urgent(w)) != CLF_NIL;)
        run(w, index);
    machine_leave(w);
}

/* Outcome: who resumed the root. */
static uint finish(void)
{
    EX_CHECK(log_of[0].resumed_root + log_of[1].resumed_root == 1);
    EX_CHECK(MACHINE_FRAME(root, ROOT)->resumed == 1);
    return log_of[1].resumed_root;
}

/* And who resumed middle. */
static uint finish_published(void)
{
    for (uint k = ASIDE; k < LEAVES + 3; k++)
        EX_CHECK(log_of[0].ran[k] + log_of[1].ran[k] == 1);
    EX_CHECK(log_of[0].resumed_middle + log_of[1].resumed_middle == 1);
    return finish() | log_of[1].resumed_middle << 1;
}

const struct ex_scenario ex_kept[] = {
    {"kept-published", "a grandchild is published, and two levels are resumed elsewhere", 2, setup,
     publish_a_leaf, NULL, finish_published, 0, 0, 0, 20000000, 0, 0xd, true},
    {"kept-late",
     "a child of one that ran inline is published, and three levels are resumed elsewhere", 2,
     setup, publish_a_late_leaf, NULL, finish_published, 0, 0, 0, 20000000, 0, 0xd, true},
    {"kept-yields", "a child that yielded ends elsewhere", 2, setup, share_who_yields, NULL, finish,
     0, 0, 0, 20000000, 0, 3, true},
    {"kept-urgent", "an urgent child ends elsewhere", 2, setup, share_who_is_urgent, NULL, finish,
     0, 0, 0, 20000000, 0, 3, true},
    {0},
};
