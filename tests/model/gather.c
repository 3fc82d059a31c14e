/* gather.c - free frames that nobody finds are gathered between slices (cl/gather.cl): all of them
 * are in the pool then, each once and among its like, but one for each worker that lacks one; and
 * somebody gets further in the next slice, whoever draws frames before. */
#include "host_opencl.h"
#define CLF_LANES        1
#define CLF_MODE         0u
#define CLF_INLINE_DEPTH 2
#define MACHINE_CHUNK    8u
#include "device_before.h"

/* leaf, hub: small frames; bulk, broad: large ones. A hub spawns a bulk, a broad one a leaf. */
typedef struct {
    clf_header h;
    uint id;
} clf_frame_leaf;
typedef struct {
    clf_header h;
    uint id, room[37];
} clf_frame_bulk;
typedef struct {
    clf_header h;
    uint id, a;
} clf_frame_hub;
typedef struct {
    clf_header h;
    uint id, a, room[36];
} clf_frame_broad;
typedef struct {
    uint none;
} clf_spill_leaf, clf_spill_bulk, clf_spill_hub, clf_spill_broad;

#define CLF_FIBERS(F)       F(leaf) F(bulk) F(hub) F(broad)
#define CLF_CLONES(C)       C(leaf) C(bulk)
#define CLF_RESULT_leaf(R)  R(uint)
#define CLF_ARGS_leaf(A)    A(uint, id)
#define CLF_RESULT_bulk(R)  R(uint)
#define CLF_ARGS_bulk(A)    A(uint, id)
#define CLF_RESULT_hub(R)   R(uint)
#define CLF_ARGS_hub(A)     A(uint, id)
#define CLF_RESULT_broad(R) R(uint)
#define CLF_ARGS_broad(A)   A(uint, id)

#define CLF_MACHINE_UNITS
#include "machine.h"

_Static_assert(CLF_CLASSES == 2 && CLF_UNITS_0 == 1 && CLF_UNITS_1 == 4, "two classes");

static void clf_segment_leaf(clf_worker *w, uint self, __global clf_frame_leaf *f, uint at)
{
    CLF_RETURN(w, self, f, uint, f->id);
}

static void clf_segment_bulk(clf_worker *w, uint self, __global clf_frame_bulk *f, uint at)
{
    CLF_RETURN(w, self, f, uint, f->id);
}

/* To run the child inline there are too few frames; to find that out frames are drawn ahead. */
#define PARENT(name, child)                                                                \
    static void clf_segment_##name(clf_worker *w, uint self, __global clf_frame_##name *f, \
                                   uint at)                                                \
    {                                                                                      \
        if (at < 2) {                                                                      \
            EX_CHECK(!clf_inlines(w));                                                     \
            uint c = clf_take_for(w, child);                                               \
            if (c == CLF_NIL) {                                                            \
                clf_park(w, self, &f->h, 0, 1);                                            \
                return;                                                                    \
            }                                                                              \
            CLF_FRAME(w, child, c)->id = f->id;                                            \
            clf_spawn(w, c, CLF_FN_##child, self, CLF_PLACE(f, a));                        \
            if (clf_sync(w, self, &f->h, 1, 2))                                            \
                return;                                                                    \
        }                                                                                  \
        CLF_RETURN(w, self, f, uint, f->a);                                                \
    }
PARENT(hub, bulk)
PARENT(broad, leaf)

#include "machine_slice.h"
#include "machine_host.h"

/* The kernels that look after fibers, a program of their own; sizes are words here. */
#define uchar uint
#include "live.cl"
#include "cancel.cl"
#include "gather.cl"
#undef uchar

enum { SLOTS = 6, UNITS = 48, WORKERS_MOST = 3 };

static clf_upkeep *upkeep;
static uint *guard; /* behind it: what counts by class counts by no other number */
static uint *scratch;
enum { GUARDS = 2 * CLF_INSIDE };

/* ---- what the host does, as in lib/live.c and lib/room.c ------------------------------ */

static void run_kernel(void (*kernel)(CLF_UPKEEP_ARGUMENTS), uint items)
{
    for (host_group = 0; host_group < items; host_group++)
        kernel(upkeep, machine.workers, machine.lanes, machine.rings, machine.free,
               machine.pool_state, machine.pool_entry, machine.frames, machine.sizes, machine.done,
               machine.ready, NULL, scratch, 0);
}

static void gather(void)
{
    clf_control *c = machine.ctl;
    *upkeep = (clf_upkeep){.workers = c->workers,
                           .lanes = CLF_LANES,
                           .chunk = CLF_CHUNK,
                           .pool_slots = c->pool_slots,
                           .used = c->fresh,
                           .frame_bytes = CLF_FRAME_BYTES,
                           .frames_at = CLF_FRAMES_AT,
                           .classes = CLF_CLASSES};
    memset(scratch, 0, 2 * c->fresh * sizeof *scratch);
    run_kernel(clf_mark_free, c->workers + c->pool_slots + c->workers * CLF_LANES + c->fresh);
    run_kernel(clf_collect, c->fresh);
    run_kernel(clf_sort_freed, c->fresh);
    run_kernel(clf_stow, c->workers + c->pool_slots);
    run_kernel(clf_hand_out, 1);
    for (uint i = 0; i < GUARDS; i++)
        EX_CHECK(guard[i] == 0);
    for (uint i = 0; i < CLF_CLASSES; i++)
        c->pool_full[i] = upkeep->filled[i];
}

static void gather_setup(uint workers, uint roots_)
{
    host_setup(workers, 4, UNITS, UNITS, 0xffffffffu, 0xfffffffeu, roots_);
    machine.ctl->pool_slots = SLOTS;
    machine.ctl->scarce = 1;
    upkeep = ex_alloc("upkeep", sizeof *upkeep + GUARDS * sizeof *guard, sizeof *upkeep, NULL);
    guard = (uint *)(upkeep + 1);
    scratch = ex_alloc("scratch", (4 * UNITS + SLOTS) * sizeof *scratch, 4, NULL);
}

/* The next units, that were never used, become a frame of the class; its index. */
static uint make(uint class_)
{
    clf_size_word *sizes = machine.sizes;
    uint index = machine.ctl->fresh, units = clf_units_of(class_);
    machine.ctl->fresh += units;
    for (uint u = 0; u < units; u++)
        sizes[index + u] = u == 0 ? class_ : CLF_INSIDE;
    return index;
}

static void into_list(uint id, uint class_, uint index)
{
    clf_worker_state *w = MACHINE_WORKER(id);
    ((uint *)machine.free)[(id * CLF_CLASSES + class_) * CLF_FREE_ROOM + w->nfree[class_]++] =
        index;
    w->held++;
}

static void into_chain(uint id, uint index)
{
    MACHINE_FRAME(leaf, index)->h.link = MACHINE_LANE(id)->spare;
    MACHINE_LANE(id)->spare = index;
    MACHINE_WORKER(id)->held++;
}

static bool into_slot(uint slot, uint class_, uint index)
{
    uint *state = (uint *)machine.pool_state + slot, n = *state & CLF_SLOT_COUNT;
    if (n == CLF_CHUNK || (n != 0 && *state >> CLF_SLOT_SHIFT != class_))
        return false;
    ((uint *)machine.pool_entry)[slot * CLF_CHUNK + n] = index;
    *state = class_ << CLF_SLOT_SHIFT | (n + 1);
    machine.ctl->pool_full[class_] += n == 0;
    return true;
}

/* ---- in slices -------------------------------------------------------------------------- */

/* Slices in a row that got nothing done; whether frames were gathered. */
static struct {
    uint stuck, gathered;
} * room;

static uint expected_result(uint root)
{
    return root + 10;
}

static void thread(unsigned self)
{
    machine_slice(self);
}

/* A root in a frame, next on that worker. */
static void begin_root(uint id, uint root, uint fn, uint class_)
{
    clf_worker worker, *w = &worker;
    machine_enter(w, id);
    host_root(root, fn, root + 10, 0);
    uint index = make(class_);
    clf_unpack_root(w, root, index);
    MACHINE_LANE(id)->next = index;
    MACHINE_WORKER(id)->counter[CLF_COUNT_SPAWNED]++;
    MACHINE_WORKER(id)->laden = 1;
    machine.ctl->laden++;
    machine.ctl->inbox_head++;
}

/* The hub lacks a large frame, of which there is none before the broad one has ended, which lacks a
 * small one: there is one. Returns it. */
static uint setup_needs(void)
{
    gather_setup(2, 2);
    room = ex_alloc("room", sizeof *room, sizeof *room, NULL);
    begin_root(0, 0, CLF_FN_hub, 0);
    begin_root(1, 1, CLF_FN_broad, 1);
    uint index = make(0);
    machine.ctl->frames = machine.ctl->fresh;
    machine.ctl->waiting = machine.ctl->laden;
    return index;
}

static void setup_list(void)
{
    into_list(0, 0, setup_needs());
}

static void setup_chain(void)
{
    into_chain(0, setup_needs());
}

static void setup_slot(void)
{
    into_slot(SLOTS - 1, 0, setup_needs());
}

/* Who gets nothing done twice in a row has frames gathered; the third time would be CLF_LIMIT. */
static bool between_stuck(void)
{
    clf_control *c = machine.ctl;
    bool none = (c->want & CLF_WANT_FRAMES) != 0 && c->progress == 0;
    drain();
    host->slices++;
    if (host->drained == roots)
        return false;
    EX_CHECK(none || c->progress != 0);
    room->stuck = none ? room->stuck + 1 : 0;
    EX_CHECK(room->stuck < 3);
    if (room->stuck == 2) {
        gather();
        room->gathered = 1;
    }
    c->want = c->ran = c->progress = c->left = c->entered = c->parked = 0;
    c->waiting = c->laden;
    return true;
}

/* ---- where frames are ------------------------------------------------------------------- */

static void count(uint class_, uint index, uint *seen)
{
    const clf_size_word *sizes = machine.sizes;
    EX_CHECK(index + clf_units_of(class_) <= machine.ctl->fresh);
    EX_CHECK(sizes[index] == class_);
    EX_CHECK(seen[index]++ == 0);
}

/* Each free frame is in one place, where its like are. */
static void count_all(uint *seen)
{
    const clf_control *c = machine.ctl;
    uint full[CLF_CLASSES] = {0};
    for (uint id = 0; id < c->workers; id++) {
        for (uint class_ = 0; class_ < CLF_CLASSES; class_++)
            for (uint i = 0; i < MACHINE_WORKER(id)->nfree[class_]; i++)
                count(class_,
                      ((uint *)machine.free)[(id * CLF_CLASSES + class_) * CLF_FREE_ROOM + i],
                      seen);
        for (uint at = MACHINE_LANE(id)->spare; at != CLF_NIL; at = MACHINE_FRAME(leaf, at)->h.link)
            count(((clf_size_word *)machine.sizes)[at], at, seen);
    }
    for (uint slot = 0; slot < c->pool_slots; slot++) {
        uint state = ((uint *)machine.pool_state)[slot], class_ = state >> CLF_SLOT_SHIFT;
        if (state == 0)
            continue;
        EX_CHECK(class_ < CLF_CLASSES);
        EX_CHECK((state & CLF_SLOT_COUNT) != 0 && (state & CLF_SLOT_COUNT) <= CLF_CHUNK);
        full[class_]++;
        for (uint i = 0; i < (state & CLF_SLOT_COUNT); i++)
            count(class_, ((uint *)machine.pool_entry)[slot * CLF_CHUNK + i], seen);
    }
    for (uint class_ = 0; class_ < CLF_CLASSES; class_++)
        EX_CHECK(full[class_] == c->pool_full[class_]);
}

/* All frames are free: both roots' and the one for a child. Outcome: whether it came to that. */
static uint finish_stuck(void)
{
    uint seen[UNITS] = {0}, n = 0;
    EX_CHECK(machine.ctl->done_tail == roots);
    count_all(seen);
    for (uint i = 0; i < machine.ctl->fresh; i++)
        n += seen[i];
    EX_CHECK(n == 3);
    return room->gathered;
}

/* ---- anywhere --------------------------------------------------------------------------- */

static uint dice(uint *state, uint sides)
{
    *state = *state * 1664525 + 1013904223;
    return (*state >> 16) % sides;
}

/* Frames of both classes, most of them free, in lists, chains and slots; some lack some. */
static void scatter(uint seed)
{
    clf_control *c = machine.ctl;
    c->fresh = 0;
    memset(machine.pool_state, 0, SLOTS * sizeof(uint));
    c->pool_full[0] = c->pool_full[1] = 0;
    for (uint id = 0; id < c->workers; id++) {
        clf_worker_state *w = MACHINE_WORKER(id);
        w->nfree[0] = w->nfree[1] = w->held = 0;
        w->lacks = dice(&seed, 4);
        MACHINE_LANE(id)->spare = CLF_NIL;
    }
    const uint large = dice(&seed, 4), alive = dice(&seed, 8);
    while (c->fresh + CLF_UNITS_1 <= UNITS) {
        uint class_ = dice(&seed, 4) < large, index = make(class_);
        uint id = dice(&seed, c->workers), where = dice(&seed, 8);
        if (where < alive && dice(&seed, 2) == 0)
            continue;
        if (where >= 6 && into_slot(dice(&seed, SLOTS), class_, index))
            continue;
        if (where >= 3 && MACHINE_WORKER(id)->nfree[class_] < 2 * CLF_CHUNK)
            into_list(id, class_, index);
        else
            into_chain(id, index);
    }
}

/* One for each worker that lacks one, as far as there are any, and nothing else is with workers. */
static void check_handed_out(const uint *lacks, const uint *before)
{
    const clf_size_word *sizes = machine.sizes;
    uint free[CLF_CLASSES] = {0};
    for (uint i = 0; i < machine.ctl->fresh; i++)
        if (before[i])
            free[sizes[i]]++;
    for (uint id = 0; id < machine.ctl->workers; id++) {
        EX_CHECK(MACHINE_LANE(id)->spare == CLF_NIL);
        uint held = 0;
        for (uint class_ = 0; class_ < CLF_CLASSES; class_++) {
            uint wanted = (lacks[id] >> class_ & 1) != 0 && free[class_] != 0;
            free[class_] -= wanted;
            held += wanted;
            EX_CHECK(MACHINE_WORKER(id)->nfree[class_] == wanted);
        }
        EX_CHECK(MACHINE_WORKER(id)->held == held);
    }
}

static void setup_anywhere(void)
{
    gather_setup(WORKERS_MOST, 0);
}

static void nothing(unsigned self)
{
}

static uint finish_anywhere(void)
{
    for (uint seed = 0; seed < 400; seed++) {
        uint before[UNITS] = {0}, after[UNITS] = {0}, lacks[WORKERS_MOST];
        scatter(seed);
        count_all(before);
        for (uint id = 0; id < WORKERS_MOST; id++)
            lacks[id] = MACHINE_WORKER(id)->lacks;
        gather();
        count_all(after);
        EX_CHECK(memcmp(before, after, sizeof before) == 0);
        check_handed_out(lacks, before);
    }
    return 0;
}

const struct ex_scenario ex_gather[] = {
    {"gather-anywhere", "400 times frames of two sizes anywhere: all are there afterwards", 1,
     setup_anywhere, nothing, NULL, finish_anywhere, 1, 0, 0, 10, 0, 0, false},
    {"gather-list", "one worker needs what is in the other's list", 2, setup_list, thread,
     between_stuck, finish_stuck, 2, 0, 0, 100000, 4000, 3, false},
    {"gather-chain", "the same in the other's chain of spare ones", 2, setup_chain, thread,
     between_stuck, finish_stuck, 2, 0, 0, 100000, 4000, 3, false},
    {"gather-slot", "the same in the pool, where the other draws it ahead", 2, setup_slot, thread,
     between_stuck, finish_stuck, 2, 0, 0, 100000, 4000, 3, false},
    {0},
};
