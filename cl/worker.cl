/* worker.cl - the private state of a work-item during a slice, and the tables made from the
 * program's macros.
 *
 * It stands behind the user's source (at `#pragma clfiber runtime`), because the sizes of frames
 * are those of the program's fibers.
 */
#define CLF_CHUNK CLF_CHUNK_FOR(CLF_LANES)

#ifndef CLF_FIBERS
#error a fiber program defines CLF_FIBERS in front of its "#pragma clfiber runtime"
#define CLF_FIBERS(F)
#endif
#ifndef CLF_ENV
#define CLF_ENV(V, P)
#endif
/* The deepest clone that runs a child inline; 0: there is none. And the fibers that have clones. */
#ifndef CLF_INLINE_DEPTH
#define CLF_INLINE_DEPTH 0
#endif
#ifndef CLF_CLONES
#define CLF_CLONES(F)
#endif

/* Fiber numbers CLF_FN_name, from 0. */
enum {
#define CLF_DECLARE(name) CLF_FN_##name,
    CLF_FIBERS(CLF_DECLARE)
#undef CLF_DECLARE
        CLF_FN_COUNT
};

/* Room for any fiber, and for any started fiber's result (see CLF_RESULT_AT). */
#define CLF_RESULT_AT(bytes)  ((bytes) <= 32 ? 32u : (bytes) <= 64 ? 64u : 128u)
#define CLF_RESULT_ROOM(type) char result[CLF_RESULT_AT(sizeof(type)) + sizeof(type)];
#ifdef CLF_GUARDS
#define CLF_GUARD_ROOM(name)    \
    struct {                    \
        clf_frame_##name frame; \
        uint guard;             \
    } guarded_##name;
#else
#define CLF_GUARD_ROOM(name)
#endif
/* The fiber's part of a frame. */
#define CLF_DECLARE(name)                      \
    typedef union clf_part_##name {            \
        clf_frame_##name frame;                \
        struct {                               \
            uint none_##name;                  \
            CLF_RESULT_##name(CLF_RESULT_ROOM) \
        } result;                              \
        CLF_GUARD_ROOM(name)                   \
    } clf_part_##name;
CLF_FIBERS(CLF_DECLARE)
#undef CLF_DECLARE

typedef union clf_any_frame {
    clf_header h;
#define CLF_DECLARE(name) clf_part_##name name;
    CLF_FIBERS(CLF_DECLARE)
#undef CLF_DECLARE
} clf_any_frame;

typedef union clf_any_spill {
    uint none;
#define CLF_DECLARE(name) clf_spill_##name name;
    CLF_FIBERS(CLF_DECLARE)
#undef CLF_DECLARE
} clf_any_spill;

#ifdef CLF_WAITING
#define CLF_WAIT_BYTES sizeof(clf_wait)
#else
#define CLF_WAIT_BYTES 0
#endif
#ifdef CLF_TRACE
#define CLF_TRAIL_BYTES sizeof(clf_trail)
#else
#define CLF_TRAIL_BYTES 0
#endif

typedef struct clf_frame_start {
    char first;
    union {
        clf_any_frame frame;
#ifdef CLF_LOCALS
        clf_locals locals;
#endif
        char least[16];
    } rest;
} clf_frame_start;

#ifdef CLF_NAMES
#define CLF_NAME_SIZE sizeof(clf_name)
#else
#define CLF_NAME_SIZE 0
#endif
#define CLF_ROUND_UP(bytes, unit) (((bytes) + (unit)-1) / (unit) * (unit))

/* What a fiber has besides lies in front of its frame, at the same distance whatever the frame's
 * size: fiber-local data, the trail, a name, what it waits for. */
enum {
    /* alignment: what padding the members need behind a char, of 16 at least */
    CLF_OWN_UNIT = sizeof(clf_frame_start) - sizeof(((clf_frame_start *)0)->rest) < 16
                       ? 16
                       : sizeof(clf_frame_start) - sizeof(((clf_frame_start *)0)->rest),
    CLF_NAME_BACK = CLF_WAIT_BYTES + CLF_NAME_SIZE,
    CLF_TRAIL_BACK = CLF_NAME_BACK + CLF_TRAIL_BYTES,
#ifdef CLF_LOCALS
    CLF_LOCALS_BYTES = CLF_ROUND_UP(sizeof(clf_locals), 4),
    CLF_LOCALS_BACK = CLF_ROUND_UP(CLF_TRAIL_BACK + CLF_LOCALS_BYTES, CLF_OWN_UNIT),
    CLF_FRONT = CLF_LOCALS_BACK,
#else
    CLF_FRONT = CLF_TRAIL_BACK,
#endif
    /* in front of the first frame; whole cache lines */
    CLF_FRAMES_AT = CLF_ROUND_UP(CLF_ROUND_UP(CLF_FRONT, 128), CLF_OWN_UNIT),
    CLF_SPILL_BYTES = (sizeof(clf_any_spill) + 127) / 128 * 128
};

/* Size classes. A frame is one or more units of memory in a row and named by the first one's
 * number. A class begins with the smallest fiber that is left and reaches up to less than twice its
 * size, the fourth one up to the largest fiber; and so does one whose frames are more than half as
 * large as the largest. So in a program whose fibers are not very different all frames are alike.
 * Constants of the compiler's: only it knows how large types are. */
#define CLF_NEED(part) CLF_ROUND_UP(sizeof(part) + CLF_FRONT, CLF_OWN_UNIT)
/* The largest need is the size of a union of arrays, the smallest one what is missing from it. The
 * fiber's name is pasted before it gets here: it may be a macro's, like `all`. */
#define CLF_LEAST(part, above) \
    char part##_bytes[CLF_NEED(part) > (above) ? CLF_MOST + 1 - CLF_NEED(part) : 1];
#define CLF_REACH(part, least) char part##_bytes[CLF_NEED(part) < 2 * (least) ? CLF_NEED(part) : 1];

#define CLF_CLASS_BYTES(reach) (2 * (reach) > CLF_MOST ? CLF_MOST : (reach))

enum { CLF_MOST = CLF_NEED(clf_any_frame) };

#define CLF_DECLARE(name) CLF_LEAST(clf_part_##name, 0)
typedef union clf_least_0 {
    CLF_FIBERS(CLF_DECLARE)
} clf_least_0;
#undef CLF_DECLARE
enum { CLF_LEAST_0 = CLF_MOST + 1 - sizeof(clf_least_0) };
#define CLF_DECLARE(name) CLF_REACH(clf_part_##name, CLF_LEAST_0)
typedef union clf_reach_0 {
    CLF_FIBERS(CLF_DECLARE)
} clf_reach_0;
#undef CLF_DECLARE
enum { CLF_BYTES_0 = CLF_CLASS_BYTES(sizeof(clf_reach_0)) };

#define CLF_DECLARE(name) CLF_LEAST(clf_part_##name, CLF_BYTES_0)
typedef union clf_least_1 {
    CLF_FIBERS(CLF_DECLARE)
} clf_least_1;
#undef CLF_DECLARE
enum { CLF_LEAST_1 = CLF_MOST + 1 - sizeof(clf_least_1) };
#define CLF_DECLARE(name) CLF_REACH(clf_part_##name, CLF_LEAST_1)
typedef union clf_reach_1 {
    CLF_FIBERS(CLF_DECLARE)
} clf_reach_1;
#undef CLF_DECLARE
enum { CLF_BYTES_1 = CLF_CLASS_BYTES(sizeof(clf_reach_1)) };

#define CLF_DECLARE(name) CLF_LEAST(clf_part_##name, CLF_BYTES_1)
typedef union clf_least_2 {
    CLF_FIBERS(CLF_DECLARE)
} clf_least_2;
#undef CLF_DECLARE
enum { CLF_LEAST_2 = CLF_MOST + 1 - sizeof(clf_least_2) };
#define CLF_DECLARE(name) CLF_REACH(clf_part_##name, CLF_LEAST_2)
typedef union clf_reach_2 {
    CLF_FIBERS(CLF_DECLARE)
} clf_reach_2;
#undef CLF_DECLARE
enum { CLF_BYTES_2 = CLF_CLASS_BYTES(sizeof(clf_reach_2)) };

/* Whether units of so many bytes waste at most an eighth of each class's. */
#define CLF_WASTES_LITTLE(bytes, unit) (8 * (CLF_ROUND_UP(bytes, unit) - (bytes)) <= (bytes))
#define CLF_FITS(unit)                                                               \
    ((unit) % CLF_OWN_UNIT == 0 && CLF_BYTES_0 % (unit) == 0 &&                      \
     CLF_WASTES_LITTLE(CLF_BYTES_1, unit) && CLF_WASTES_LITTLE(CLF_BYTES_2, unit) && \
     CLF_WASTES_LITTLE(CLF_MOST, unit))

/* A class that would begin above the largest fiber is as large as that one. */
enum {
    CLF_CLASSES =
        1 + (CLF_BYTES_0 < CLF_MOST) + (CLF_BYTES_1 < CLF_MOST) + (CLF_BYTES_2 < CLF_MOST),
    /* a unit: the smallest frame, or a part of it */
    CLF_FRAME_BYTES = CLF_FITS(CLF_BYTES_0 / 1)   ? CLF_BYTES_0 / 1
                      : CLF_FITS(CLF_BYTES_0 / 2) ? CLF_BYTES_0 / 2
                      : CLF_FITS(CLF_BYTES_0 / 3) ? CLF_BYTES_0 / 3
                                                  : CLF_OWN_UNIT,
    CLF_UNITS_0 = CLF_BYTES_0 / CLF_FRAME_BYTES,
    CLF_UNITS_1 = (CLF_BYTES_1 + CLF_FRAME_BYTES - 1) / CLF_FRAME_BYTES,
    CLF_UNITS_2 = (CLF_BYTES_2 + CLF_FRAME_BYTES - 1) / CLF_FRAME_BYTES,
    CLF_UNITS_3 = (CLF_MOST + CLF_FRAME_BYTES - 1) / CLF_FRAME_BYTES,
/* CLF_CLASS_name: the class of a fiber. */
#define CLF_DECLARE(name)                                          \
    CLF_CLASS_##name = (CLF_NEED(clf_part_##name) > CLF_BYTES_0) + \
                       (CLF_NEED(clf_part_##name) > CLF_BYTES_1) + \
                       (CLF_NEED(clf_part_##name) > CLF_BYTES_2),
    CLF_FIBERS(CLF_DECLARE)
#undef CLF_DECLARE
#define CLF_DECLARE(name) | 1u << CLF_CLASS_##name
    /* the classes of the fibers that have clones, CLF_CLONES; bits */
    CLF_CLONED = 0 CLF_CLONES(CLF_DECLARE)
#undef CLF_DECLARE
};

/* A word of the table of sizes, one a unit: its frame's class, or CLF_INSIDE. */
#ifndef CLF_SIZE_WORD
#define CLF_SIZE_WORD uchar
#endif
typedef CLF_SIZE_WORD clf_size_word;

/* Of a frame of the class. */
static inline uint clf_units_of(uint class_)
{
    if (CLF_CLASSES == 1)
        return 1;
    return class_ == 0   ? CLF_UNITS_0
           : class_ == 1 ? CLF_UNITS_1
           : class_ == 2 ? CLF_UNITS_2
                         : CLF_UNITS_3;
}

/* What the host has bound. */
typedef struct clf_env {
    uint none;
#define CLF_VALUE(type, name)   type name;
#define CLF_POINTER(type, name) type *name;
    CLF_ENV(CLF_VALUE, CLF_POINTER)
#undef CLF_VALUE
#undef CLF_POINTER
} clf_env;

/* What not all lanes of a worker do is kept out of the kernel function on CPUs: PoCL's default
 * work-group method (loopvec, 3.1) puts barriers of its own into loops that it takes for uniform,
 * and with one in a segment's loop the lanes without a fiber ran the segment too. Elsewhere it is
 * inlined: NVIDIA's compiler (driver 580) lost a failing child's code when it was not. */
#if CLF_LANES > 1 && defined(CLF_CPU)
#define CLF_APART __attribute__((noinline)) static void
#else
#define CLF_APART static inline void
#endif

/* Called seldom, or so large that copies of it cost more than the calls: out of line on CPUs, for
 * the sake of the compiler's time. */
#ifdef CLF_CPU
#define CLF_SLOW(type) __attribute__((noinline)) static type
#else
#define CLF_SLOW(type) static inline type
#endif

/* A clock, where there is one that takes a few nanoseconds: what it says decides when a worker
 * looks for work, nothing else. */
#if CLF_LANES == 1 && CLF_INLINE_DEPTH > 0 && defined(CLF_CPU) && defined(__x86_64__) && \
    defined(__has_builtin)
#if __has_builtin(__builtin_readcyclecounter)
#define CLF_CLOCK
/* clang 14 takes what the builtin returns for 128 bits wide in any other place than this one. */
static inline ulong clf_clock(void)
{
    ulong ticks = __builtin_readcyclecounter();
    return ticks;
}
#endif
#endif

/* Segments that a lane runs in a round at most: behind its first one those of parents that it has
 * completed. */
#define CLF_CHAIN 4

#if CLF_LANES > 1
/* What the lanes of a worker share during a round; see lanes.cl. */
typedef struct clf_round {
    uint need;  /* lanes that have no fiber, counted by the lanes */
    uint given; /* entries for them, at ring[base...] */
    uint base;
    uint bottom; /* children go to ring[bottom + pushed++] */
    /* of each class of frames: they come from free[nfree - 1 - taken++] ... */
    uint nfree[CLF_CLASSES];
    uint avail[CLF_CLASSES]; /* ... as long as there are */
    uint taken[CLF_CLASSES];
    uint room;   /* ring entries for them; with one class avail is no more than that */
    uint credit; /* of them each lane may take so many, ... */
    uint common; /* ... and then one as long as asked++ < common */
    uint asked;
    uint most; /* children that a lane may run inline in this round */
    uint pushed;
    uint freed[CLF_CLASSES]; /* frames given back, in release[] ... */
    uint keep[CLF_CLASSES];  /* ... as long as freed < keep */
    uint queues;             /* lanes with fibers for the yield queue, in last_queued[] ... */
    uint queued;             /* ... and how many these are */
    uint parked;             /* lanes whose fiber found no frame */
    uint over;               /* the slice ends */
    uint chain;              /* segments that a lane may run in the round */
    uint more;               /* segments run behind the first of each lane */
    uint kinds;              /* a bit for each kind of segment that lanes begin with */
    /* What is exchanged with the pool: CLF_MOVE_, how many frames, from or to free[move_at ...],
     * the pool's slot or the first fresh frame. */
    uint move[CLF_CLASSES], moving[CLF_CLASSES], move_at[CLF_CLASSES], move_slot[CLF_CLASSES];
    uint move_rest[CLF_CLASSES]; /* frames that stay in the slot */
    uint dry[CLF_CLASSES];       /* frames are short, and there are none in the pool */
    uint sum[5];                 /* counters of all lanes at the end */
    uint last_queued[CLF_LANES];
#ifdef CLF_PRIORITIES
    uint stagers; /* lanes that made urgent fibers runnable, in last_staged[] */
    uint last_staged[CLF_LANES];
#endif
#ifdef CLF_TRACE
    uint traced, trace_ids; /* see trace.cl */
#endif
    uint release[CLF_CLASSES][CLF_LANES * CLF_CHAIN];
} clf_round;
#endif

#ifdef CLF_TRACE
/* What is written down of the slice: trace.cl. */
typedef struct clf_tracer {
    __global clf_trace_head *head;
    __global clf_trace_event *events;
    uint sample, tick;
    uint count, steals, ids, gave_up, longest;
    /* of the segment that runs */
    uint self, fn, id, number, flags, path, parent, at_parent, maker, at_maker, made;
    uint before; /* children that had run inline in this round when it began */
} clf_tracer;
#endif

typedef struct clf_worker {
    __global clf_control *ctl;
    __global clf_worker_state *me;
    __global clf_worker_state *all;
    __global uint *rings;
    __global uint *ring; /* this worker's */
    __global uint *free; /* this worker's free lists, CLF_FREE_ROOM entries each */
    __global clf_size_word *sizes;
    __global uint *pool_state;
    __global uint *pool_entry;
    __global char *frames;
    __global char *spill; /* this lane's */
    __global char *inbox;
    __global char *done;
    __global clf_ready *ready;
    __global clf_request *requests;
    __global char *data; /* that requests bring along */
    __global uint *bell; /* not 0: the host wants its turn */
    uint id, lane;
    uint workers, mask; /* of the control block: number of workers, entries per ring - 1 */
    uint next;  /* frame that this lane runs next, CLF_NIL: look for one; within a segment the child
                   that was spawned last */
    uint code;  /* code word of the running fiber */
    uint spare; /* see clf_release_frame */
    uint parked; /* the running fiber found no room */
    uint parks;  /* segments that ended so; with several lanes lane 0 counts those of all */
#ifdef CLF_WAITING
    uint wakes; /* fibers woken */
#endif
#if CLF_LANES > 1
    uint queue;   /* the last fiber that this lane has for the yield queue, CLF_NIL: none ... */
    uint queued;  /* ... and how many there are */
    uint resumes; /* the fiber that is next was resumed by the one that ends */
#endif
#ifdef CLF_PRIORITIES
    uint urgent_head, urgent_tail, urgents; /* the worker's list, see urgent.cl */
    uint staged;                            /* with several lanes: the lane's */
#endif
    uint spawned, completed, failed, started, ended; /* counted per lane */
    /* inline.cl: children that may yet run inline of those granted; in this segment: those that
     * did, the most that may; those that got a frame in the end */
    uint fuel, granted, inlined, inline_most, late;
    uint giving;     /* no child runs inline, as others lack work and nothing is there for them */
    uint alone;      /* calls since that was so */
    uint help_after; /* calls after which a segment ends for those who have left */
    uint paused;     /* see clf_pauses */
    uint credit;     /* with several lanes: see clf_round.credit */
    uint late_comer; /* it began when others had come to the end of the slice, or found nothing */
    uint hungry;     /* this worker is counted as one that finds no work */
    /* The worker's own; with several lanes only lane 0's copies count. */
    uint bottom, split, limit; /* limit: the entry that clf_take must not reach */
    uint nfree[CLF_CLASSES];
    uint held, held_high, deque_high;
    uint wanted, lacks; /* see clf_worker_state */
    uint yield_head, yield_tail, yields;
    uint random;
    uint victim; /* the last worker that was stolen from, or the own one */
#ifdef CLF_CLOCK
    ulong stole_at, rest_until; /* see clf_rests */
    uint poor;                  /* steals in a row that brought next to nothing */
#endif
    uint inbox_quota;
    uint ready_open; /* the ready list may hold entries */
    uint ready_left; /* of the control block's ready_quota */
    uint taken, lost, empty, stolen, publishes, idle, rounds, kinds;
#if CLF_LANES > 1
    __local clf_round *round;
#endif
#ifdef CLF_TRACE
    clf_tracer trace;
#endif
    clf_env env;
} clf_worker;

static inline __global clf_header *clf_frame_at(clf_worker *w, uint index)
{
    return (__global clf_header *)(w->frames + CLF_FRAMES_AT + (size_t)index * CLF_FRAME_BYTES);
}

/* The class of a frame. */
static inline uint clf_class_at(clf_worker *w, uint index)
{
    return CLF_CLASSES == 1 ? 0 : w->sizes[index];
}

/* Of the frames that a fiber gets. */
static inline uint clf_class_of(uint fn)
{
    uint class_ = 0;
    if (CLF_CLASSES == 1)
        return class_;
#define CLF_CASE(name)       \
    if (fn == CLF_FN_##name) \
        class_ = CLF_CLASS_##name;
    CLF_FIBERS(CLF_CASE)
#undef CLF_CASE
    return class_;
}

#define clf_worker_id(w) ((w)->id)
#if CLF_LANES > 1
#define clf_lane_id(w) ((w)->lane)
#else
#define clf_lane_id(w) 0u
#endif
