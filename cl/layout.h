/* layout.h - constants and structures that host and device share.
 *
 * Compiled by both sides: `uint` and `ulong` are OpenCL's names, lib/layout.c defines them for the
 * host. Members are ordered so that every compiler lays them out alike; the device reports its
 * sizes and offsets when a program is built (cl/report.cl) and the host compares them with its own
 * (lib/layout.c).
 */
#ifndef CLF_LAYOUT_H
#define CLF_LAYOUT_H

#define CLF_NIL       0xffffffffu /* no frame */
#define CLF_FRAME_MAX 0x3fffffffu /* frame indices have 30 bits: two are taken in the join word */
#define CLF_LINE_WORDS                                                                        \
    32u                 /* words that keep two hot words on different cache lines (128 bytes) \
                         */
#define CLF_RECORDS 64u /* failure records kept per slice */
/* Frames that a worker exchanges with the pool at a time: room for the children of all lanes. */
#define CLF_CHUNK_FOR(lanes) ((lanes) > 64 ? 2u * (lanes) : 128u)

/* Reasons to end a slice early, bits of clf_control.want. */
#define CLF_WANT_FRAMES 1u /* a worker found neither a free nor a fresh frame */
#define CLF_WANT_RING   2u /* a worker's ring is full */
#define CLF_WANT_END \
    4u /* a worker has used up its budget: what follows is better shared out anew */
#define CLF_WANT_HELP \
    8u /* a worker has left for want of work: the others may end the slice to call it back */
#define CLF_WANT_CANCEL 16u /* a fiber failed that has unfinished children or siblings */

/* Values of CLF_MODE, a constant of the build: enum clf_mode of clfiber.h. */
#define CLF_MODE_STEAL  0u
#define CLF_MODE_STATIC 1u
#define CLF_MODE_SHARED 2u

/* One failure, as recorded where it happened. */
typedef struct clf_record {
    uint code;
    uint fn;
    uint at; /* source line, or resume point */
    uint worker;
    ulong value; /* what it was about */
} clf_record;

/* One per scheduler. The first part is written by the host before a slice and constant during it.
 */
typedef struct clf_control {
    uint workers;
    uint budget;    /* segments per worker */
    uint frames;    /* frames in the pool */
    uint ring_mask; /* entries per ring - 1 */
    uint pool_slots;
    uint inbox_tail;   /* roots waiting at inbox_head..inbox_tail - 1 */
    uint inbox_stride; /* bytes */
    uint inbox_quota;  /* most roots that one worker takes in this slice (static mode) */
    uint done_stride;  /* bytes */
    uint done_place;   /* bytes from the start of a done record to the result */
    uint expected;     /* value of done_tail at which no root is left */
    uint idle_limit;   /* idle rounds after which a worker leaves */
    uint scarce;       /* the pool cannot grow: leave no free frames with idle workers */
    uint patience;     /* segments that a worker still runs when something is to be cancelled */
    uint fill0[18];
    /* Written during a slice, each by anyone, on lines of their own. */
    uint want; /* CLF_WANT_ bits, atomic */
    uint fill1[31];
    uint fresh; /* frames never used start here, atomic */
    uint fill2[31];
    uint pool_full; /* full pool slots (a hint), atomic */
    uint fill3[31];
    uint inbox_head; /* atomic */
    uint fill4[31];
    uint done_tail; /* done records written, atomic */
    uint fill5[31];
    uint lock;       /* of the shared queue (shared mode), atomic */
    uint shared_top; /* its height, under the lock */
    uint fill6[30];
    uint record_count; /* failures recorded, may exceed CLF_RECORDS, atomic */
    uint fill7[31];
    /* Added to once per worker, when it leaves, atomic. */
    uint ran;      /* segments run in this slice */
    uint progress; /* fibers made and ended in this slice */
    uint live;     /* fibers started on the device and not ended, over all slices */
    uint ready;    /* fibers that could run when their worker left */
    uint fill8[28];
    clf_record records[CLF_RECORDS];
} clf_control;

/* Order of clf_worker_state.counter. */
enum {
    CLF_COUNT_SEGMENTS,
    CLF_COUNT_SPAWNED,
    CLF_COUNT_COMPLETED,
    CLF_COUNT_FAILED,
    CLF_COUNT_TAKEN,
    CLF_COUNT_LOST,
    CLF_COUNT_EMPTY,
    CLF_COUNT_STOLEN,
    CLF_COUNT_PUBLISHES,
    CLF_COUNT_IDLE,
    CLF_COUNT_STARTED, /* fibers started on the device */
    CLF_COUNT_ENDED,   /* of these, ended */
    CLF_COUNT_DEQUE_HIGH,
    CLF_COUNT_FRAMES_HIGH,
    CLF_COUNTERS = 16
};

/* What a worker keeps between slices. */
typedef struct clf_worker_state {
    uint top; /* deque: next entry to take, atomic, by anyone */
    uint fill0[31];
    uint split; /* deque: end of the shared part, atomic, by the owner */
    uint fill1[31];
    uint bottom;     /* deque: end of the private part */
    uint nfree;      /* frames in the worker's own free list */
    uint held;       /* frames drawn from the pool and not given back */
    uint random;     /* state of the generator of steal victims */
    uint yield_head; /* fibers that yielded, linked through their frames, oldest first */
    uint yield_tail;
    uint yields; /* how many */
    uint fill2[25];
    ulong counter[CLF_COUNTERS];
} clf_worker_state;

/* What a lane keeps between slices. */
typedef struct clf_lane_state {
    uint next;  /* frame that it runs first, or CLF_NIL */
    uint spare; /* freed frames that found no room in the free list, linked */
} clf_lane_state;

/* A root that the host started, followed by its parameters as they stand in the frame after the
 * header. */
typedef struct clf_inbox {
    uint fn;
    uint slot;  /* of the join handle */
    uint bytes; /* of the parameters, a multiple of 4 */
    uint fill;
} clf_inbox;

/* A root that completed; its result is at clf_control.done_place. */
typedef struct clf_done {
    uint slot;
    uint code; /* failure code or 0 */
} clf_done;

/* What the host and the kernels that look after fibers between slices (live.cl, cancel.cl) tell
 * each other. */
typedef struct clf_upkeep {
    uint workers, lanes, chunk, ring_mask,
        pool_slots; /* as in the slice's build and control block */
    uint used;      /* frames ever handed out */
    uint frame_bytes, done_stride;
    uint slots;      /* bits in the map of roots to cancel */
    uint everything; /* cancel all roots and started fibers */
    /* Changed by the kernels. */
    uint shared_top;
    uint undecided; /* frames whose fate a pass of clf_decide left open */
    uint freed;     /* frames that have become free: list[0...] */
    uint woken;     /* fibers that can run again: list[used - 1], downwards */
    uint done;      /* done records written */
    uint ended;     /* fibers ended, and how many of them */
    uint started;   /* had been started on the device */
    uint filled;    /* pool slots that were empty */
    uint broken;    /* frames that contradict each other */
} clf_upkeep;

/* Bits of the marks that these kernels give to frames. */
#define CLF_MARK_FREE   1u /* in a free list */
#define CLF_MARK_TARGET 2u /* its unfinished descendants are cancelled */
#define CLF_MARK_CANCEL 4u /* and so is the fiber itself */

/* The words of a frame that belong to the runtime: doc/abi.md. */
typedef struct clf_header {
    uint code;
    uint parent;
    uint slot;
    uint error;
    uint pending;
    uint gen;
    uint link;
    uint status;
} clf_header;

/* clf_header.code: fiber number << 16 | CLF_OPEN | resume point. */
#define CLF_OPEN       0x8000u
#define CLF_AT_MASK    0x7fffu
#define CLF_FN_SHIFT   16
#define CLF_FN_FAILING 0xffffu /* the fiber failed and waits for its children */
#define CLF_FN_MAX     0xfff0u

/* clf_header.slot: flags over the byte offset of the result's place in the parent's frame. */
#define CLF_SLOT_ROOT    0x80000000u /* the rest is the join handle's slot on the host */
#define CLF_SLOT_STARTED 0x40000000u /* started on the device: parent is the join word */
#define CLF_SLOT_AWAITED 0x20000000u /* the parent waits for this child alone */
#define CLF_SLOT_PLACE   0x1fffffffu
#define CLF_SLOT_TOP     (CLF_SLOT_ROOT | CLF_SLOT_STARTED)
#define CLF_NO_PLACE     0u

/* The join word of a started fiber, in clf_header.parent: see join.cl. */
#define CLF_JOIN_IDLE     0x40000000u
#define CLF_JOIN_DONE     0x80000000u
#define CLF_JOIN_WAIT     0xc0000000u
#define CLF_JOIN_DETACHED 0xffffffffu

#define CLF_BIAS 0x80000000u /* in clf_header.pending: the fiber does not wait for its children */

/* Failure codes of the runtime's own, far from what users pick. */
#define CLF_FAIL_BAD_HANDLE \
    (-31001) /* join of a handle that was joined, detached or never given out */
#define CLF_FAIL_RESULT_SIZE (-31002) /* join into a result of another size than the fiber's */
#define CLF_FAIL_ZERO        (-31003) /* `fail 0` */
#define CLF_FAIL_CANCELLED   (-30020) /* CLF_CANCELLED of clfiber.h */

/* Report of a program (cl/report.cl): records of four words and a string of padded bytes. */
#define CLF_REPORT_WORDS  16384u
#define CLF_REPORT_MAGIC  0x636c6662u
#define CLF_REPORT_END    0u
#define CLF_REPORT_FIBER  1u /* frame bytes, spill bytes; name */
#define CLF_REPORT_RESULT 2u /* bytes; type */
#define CLF_REPORT_ARG    3u /* offset in the frame, bytes; type */
#define CLF_REPORT_NAME   4u /* of the argument or env member before; name */
#define CLF_REPORT_ENV    5u /* 1: pointer, bytes; type */
#define CLF_REPORT_LAYOUT 6u /* number of the check, value */
#define CLF_REPORT_FRAME  7u /* bytes of a frame of the pool, bytes of a lane's spill area */

/* Sizes and offsets that both sides must agree on: CLF_LAYOUT_CHECKS(X) gives X(number, value)
 * lines. */
#define CLF_OFFSET(type, member) ((uint)(size_t) & (((CLF_LAYOUT_SPACE type *)0)->member))
#define CLF_LAYOUT_CHECKS(X)                     \
    X(0, sizeof(clf_control))                    \
    X(1, sizeof(clf_worker_state))               \
    X(2, sizeof(clf_header))                     \
    X(3, sizeof(clf_inbox))                      \
    X(4, sizeof(clf_done))                       \
    X(5, sizeof(clf_record))                     \
    X(6, CLF_OFFSET(clf_control, want))          \
    X(7, CLF_OFFSET(clf_control, fresh))         \
    X(8, CLF_OFFSET(clf_control, done_tail))     \
    X(9, CLF_OFFSET(clf_control, records))       \
    X(10, CLF_OFFSET(clf_control, record_count)) \
    X(11, CLF_OFFSET(clf_worker_state, split))   \
    X(12, CLF_OFFSET(clf_worker_state, bottom))  \
    X(13, CLF_OFFSET(clf_worker_state, counter)) \
    X(14, CLF_OFFSET(clf_header, status))        \
    X(15, CLF_OFFSET(clf_record, value))         \
    X(16, sizeof(clf_lane_state))                \
    X(17, CLF_OFFSET(clf_control, patience))     \
    X(18, CLF_OFFSET(clf_control, ready))

#endif
