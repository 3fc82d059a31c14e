/* sizes.c - the pool with frames of two size classes: nobody gets a frame of another size than it
 * asked for, no two frames share memory, and each worker's frames stay frames. */
#include "host_opencl.h"
#define CLF_LANES 1
#define CLF_MODE  0u
#include "device_before.h"

typedef struct {
    clf_header h;
    uint holder, uses;
} clf_frame_small;
typedef struct {
    uint none;
} clf_spill_small;
typedef struct {
    clf_header h;
    uint holder, uses, room[36];
} clf_frame_large;
typedef struct {
    uint none;
} clf_spill_large;
#define CLF_FIBERS(F) F(small) F(large)
#define CLF_RESULT_small(R)
#define CLF_ARGS_small(A)
#define CLF_RESULT_large(R)
#define CLF_ARGS_large(A)

#define CLF_MACHINE_UNITS
#include "machine.h"

static void clf_segment_small(clf_worker *w, uint self, __global clf_frame_small *f, uint at)
{
}

static void clf_segment_large(clf_worker *w, uint self, __global clf_frame_large *f, uint at)
{
}

#include "machine_slice.h"

_Static_assert(CLF_CLASSES == 2 && CLF_CLASS_small == 0 && CLF_CLASS_large == 1, "two classes");
_Static_assert(CLF_UNITS_0 == 1 && CLF_UNITS_1 == 4, "units of the two");

enum { UNITS = 12, NOBODY = 0 };

static struct {
    uint refused, small, large;
} * log_of;

static uint get(clf_worker *w, uint class_)
{
    uint index = class_ == 0 ? clf_take_for(w, small) : clf_take_for(w, large);
    if (index == CLF_NIL) {
        log_of[w->id].refused++;
        return CLF_NIL;
    }
    EX_CHECK(index + clf_units_of(class_) <= machine.ctl->frames);
    EX_CHECK(clf_class_at(w, index) == class_);
    /* all of its units */
    for (uint u = 0; u < clf_units_of(class_); u++) {
        clf_frame_small *f = MACHINE_FRAME(small, index + u);
        EX_CHECK(f->holder == NOBODY);
        f->holder = w->id + 1;
        f->uses++;
    }
    *(class_ == 0 ? &log_of[w->id].small : &log_of[w->id].large) += 1;
    return index;
}

static void give(clf_worker *w, uint class_, uint index)
{
    if (index == CLF_NIL)
        return;
    for (uint u = 0; u < clf_units_of(class_); u++) {
        clf_frame_small *f = MACHINE_FRAME(small, index + u);
        EX_CHECK(f->holder == w->id + 1);
        f->holder = NOBODY;
    }
    clf_release_frame(w, index);
}

/* Makes frames out of units and gives them to a worker: n of the class, from `first` on. */
static void provide(uint id, uint class_, uint first, uint n)
{
    uint *free = (uint *)machine.free + (id * CLF_CLASSES + class_) * CLF_FREE_ROOM;
    clf_size_word *sizes = machine.sizes;
    for (uint i = 0; i < n; i++) {
        free[i] = first + i * clf_units_of(class_);
        for (uint u = 0; u < clf_units_of(class_); u++)
            sizes[free[i] + u] = u == 0 ? class_ : CLF_INSIDE;
    }
    MACHINE_WORKER(id)->nfree[class_] = n;
}

static void count(uint class_, uint index, uint *seen)
{
    clf_size_word *sizes = machine.sizes;
    EX_CHECK(sizes[index] == class_);
    for (uint u = 0; u < clf_units_of(class_); u++) {
        EX_CHECK(u == 0 || sizes[index + u] == CLF_INSIDE);
        EX_CHECK((*seen & 1u << (index + u)) == 0);
        *seen |= 1u << (index + u);
    }
}

/* Every unit is in one frame, and that in one place, among its like; or it is still fresh. Outcome:
 * bits 0, 1: slots of each class are full; 2: somebody was refused. */
static uint finish_sizes(void)
{
    uint seen = 0, refused = 0, full[CLF_CLASSES] = {0};
    for (uint t = 0; t < machine.ctl->workers; t++) {
        for (uint c = 0; c < CLF_CLASSES; c++)
            for (uint i = 0; i < MACHINE_WORKER(t)->nfree[c]; i++)
                count(c, ((uint *)machine.free)[(t * CLF_CLASSES + c) * CLF_FREE_ROOM + i], &seen);
        EX_CHECK(MACHINE_LANE(t)->spare == CLF_NIL);
        refused += log_of[t].refused;
    }
    for (uint s = 0; s < machine.ctl->pool_slots; s++) {
        uint state = ((uint *)machine.pool_state)[s], class_ = state >> CLF_SLOT_SHIFT;
        if (state == 0)
            continue;
        EX_CHECK(class_ < CLF_CLASSES && (state & CLF_SLOT_COUNT) <= CLF_CHUNK);
        full[class_]++;
        for (uint i = 0; i < (state & CLF_SLOT_COUNT); i++)
            count(class_, ((uint *)machine.pool_entry)[s * CLF_CHUNK + i], &seen);
    }
    for (uint c = 0; c < CLF_CLASSES; c++)
        EX_CHECK(full[c] == machine.ctl->pool_full[c]);
    EX_CHECK(seen == (1u << machine.ctl->fresh) - 1);
    return (full[0] != 0) | (full[1] != 0) << 1 | (refused != 0) << 2;
}

static void setup(uint fresh)
{
    machine_setup(3, 4, 4, UNITS, 3, 0, 0);
    machine.ctl->fresh = fresh;
    log_of = ex_alloc("log", 3 * sizeof *log_of, sizeof *log_of, NULL);
}

/* Worker 0 puts one chunk of each class into the pool; 1 wants small ones, 2 large ones. */
static void setup_exchange(void)
{
    setup(12);
    provide(0, 0, 0, 4);
    provide(0, 1, 4, 2);
}

static void exchange(unsigned self)
{
    clf_worker worker, *w = &worker;
    machine_enter(w, self);
    if (self == 0) {
        uint a = get(w, 0), b = get(w, 1);
        clf_pool_put(w, 0, 2);
        give(w, 1, b);
        clf_pool_put(w, 1, 2);
        give(w, 0, a);
    } else {
        uint class_ = self - 1, a = get(w, class_), b = get(w, class_);
        give(w, class_, a);
        give(w, class_, b);
        if (w->nfree[class_] == 2)
            clf_pool_put(w, class_, 2);
    }
    machine_leave(w);
}

/* All start with units that were never used, too few for all. */
static void setup_fresh(void)
{
    setup(0);
    machine.ctl->frames = 10;
}

static void fresh(unsigned self)
{
    clf_worker worker, *w = &worker;
    machine_enter(w, self);
    uint a = get(w, self != 0), b = get(w, self == 2);
    give(w, self != 0, a);
    give(w, self == 2, b);
    machine_leave(w);
}

const struct ex_scenario ex_sizes[] = {
    {"sizes-exchange", "a slot has frames of one class; 3 workers, 3 slots", 3, setup_exchange,
     exchange, NULL, finish_sizes, 2, 1, 0, 1000000, 20000, 0x88, false},
    {"sizes-fresh", "units are in one frame of one class", 3, setup_fresh, fresh, NULL,
     finish_sizes, 2, 1, 0, 1000000, 20000, 0x10, false},
    {0},
};
