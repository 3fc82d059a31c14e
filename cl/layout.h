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
/* Frames that a worker exchanges with the pool at a time: with several lanes so many that it has
 * some for the children of each (clf_round.credit). */
#define CLF_CHUNK_FOR(lanes) ((lanes) > 8 ? 16u * (lanes) : 128u)

/* Size classes of frames that a program may have at most (worker.cl). */
#define CLF_CLASSES_MOST 4
/* The number of a class that stands for no frame's start, in the table of sizes. */
#define CLF_INSIDE 0xffu

/* State of a pool's slot: 0, CLF_SLOT_BUSY, or class << CLF_SLOT_SHIFT | number of frames. */
#define CLF_SLOT_BUSY  0xffffffffu
#define CLF_SLOT_SHIFT 28
#define CLF_SLOT_COUNT 0x0fffffffu

/* Reasons to end a slice early, bits of clf_control.want. */
#define CLF_WANT_FRAMES 1u /* a worker found neither a free nor a fresh frame */
#define CLF_WANT_RING   2u /* a worker's ring is full */
#define CLF_WANT_END \
    4u /* a worker has used up its budget: what follows is better shared out anew */
#define CLF_WANT_HELP \
    8u /* a worker has left for want of work: the others may end the slice to call it back */
#define CLF_WANT_REQUESTS 16u /* the request list, or the room for its data, is full */
#define CLF_WANT_CANCEL   32u /* a fiber failed that has unfinished children or siblings */
#define CLF_WANT_CALL     64u /* a worker with work has left to have those called back */

/* Values of CLF_MODE, a constant of the build: enum clf_mode of clfiber.h. */
#define CLF_MODE_STEAL  0u
#define CLF_MODE_STATIC 1u
#define CLF_MODE_SHARED 2u

#define CLF_NAME_BYTES 24u /* of a fiber's name, with the 0 at its end */

/* One failure, as recorded where it happened. */
typedef struct clf_record {
    uint code;
    uint fn;
    uint at; /* source line, or CLF_AT_POINT | resume point */
    uint worker;
    ulong value;               /* what it was about */
    uint root;                 /* slot of the root whose descendant failed, CLF_NIL: not known */
    uint generation;           /* of that slot; the host's */
    char name[CLF_NAME_BYTES]; /* of the fiber, "": none */
} clf_record;

#define CLF_AT_POINT 0x80000000u

/* One per scheduler. The first part is written by the host before a slice and constant during it.
 */
typedef struct clf_control {
    uint workers;
    uint budget;    /* segments per worker */
    uint frames;    /* units in the pool: frames of the smallest class */
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
    uint ready_tail;   /* frames made runnable between slices are at ready_head..ready_tail - 1 */
    uint ready_mask;   /* entries of the ready list - 1 */
    uint request_room; /* records */
    uint data_room;    /* bytes for what requests bring along */
    uint patience;     /* segments that a worker still runs when something is to be cancelled */
    uint ready_quota;  /* entries of the ready list that a worker takes before its other work */
    uint stretches;    /* of `budget` segments each: the most of them in this slice; 0: as 1 */
    uint units;        /* workers that the device runs at the same time, as far as is known */
    uint class_units;  /* with several classes: units that the frames of each may have */
    uint fill0[10];
    /* Written during a slice, each by anyone, on lines of their own. */
    uint want;         /* CLF_WANT_ bits, atomic */
    uint hungry;       /* workers that look for work and find none, atomic */
    uint inbox_urgent; /* the first of the inbox, up to this one, are urgent; the host's */
    uint busy;         /* workers that are in the slice and not hungry, atomic */
    uint fill1[28];
    uint fresh; /* units never used start here, atomic */
    /* with several classes: frames of each that were made of those before, or are about to be,
     * atomic */
    uint made[CLF_CLASSES_MOST];
    uint fill2[31 - CLF_CLASSES_MOST];
    uint pool_full[CLF_CLASSES_MOST]; /* full pool slots of each class (a hint), atomic */
    uint fill3[32 - CLF_CLASSES_MOST];
    uint inbox_head; /* atomic */
    uint fill4[31];
    uint done_tail; /* done records written, atomic */
    uint fill5[31];
    uint lock;       /* of the shared queue (shared mode), atomic */
    uint shared_top; /* its height, under the lock */
    uint fill6[30];
    uint record_count; /* failures recorded, may exceed CLF_RECORDS, atomic */
    uint fill7[31];
    uint ready_head; /* next entry of the ready list to take, free-running, atomic */
    uint fill8[31];
    uint request_tail; /* request records reserved, may exceed request_room, atomic */
    uint data_tail;    /* bytes of their data reserved, may exceed data_room, atomic */
    uint fill9[30];
    uint urgent_head; /* queue of urgent fibers (urgent.cl): next to take, free-running, atomic */
    uint fill11[31];
    uint urgent_tail; /* next to put, atomic */
    uint fill12[31];
    /* Added to once per worker, when it leaves, atomic. */
    uint ran;      /* segments run in this slice */
    uint progress; /* fibers made and ended in this slice */
    uint live;     /* fibers started on the device and not ended, over all slices */
    uint left;     /* workers and lanes that left this slice with something to run */
    uint entered;  /* workers that have begun this slice */
    uint ended_at; /* segments of a worker that has used up its budget, stretches counted in */
    uint parked;   /* of the segments run, those that ended for want of room; added to as above */
    uint laden;    /* workers that left their last slice with something to run */
    uint waiting;  /* those of them that have not begun this slice */
    uint fill10[23];
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
    CLF_COUNT_ROUNDS, /* with several lanes: batches that were run ... */
    CLF_COUNT_KINDS,  /* ... and the sum of their kinds (clf_round.kinds) */
    CLF_COUNTERS = 16
};

/* What a worker keeps between slices. */
typedef struct clf_worker_state {
    uint top; /* deque: next entry to take, atomic, by anyone */
    uint fill0[31];
    uint split; /* deque: end of the shared part, atomic, by the owner */
    uint fill1[31];
    uint bottom;                  /* deque: end of the private part */
    uint nfree[CLF_CLASSES_MOST]; /* frames in the worker's own free lists */
    uint held;                    /* frames drawn from the pool and not given back */
    uint random;                  /* state of the generator of steal victims */
    uint yield_head; /* fibers that yielded, linked through their frames, oldest first */
    uint yield_tail;
    uint yields;      /* how many */
    uint urgent_head; /* likewise, urgent fibers that are not in the queue for all */
    uint urgent_tail;
    uint urgents;
    uint wanted; /* with several lanes: classes of which frames were taken, bits */
    uint laden;  /* 1: it left its last slice with something to run */
    uint lacks;  /* classes of which a frame was not to be had in the last slice, bits */
    uint fill2[16];
    ulong counter[CLF_COUNTERS];
} clf_worker_state;

/* What a lane keeps between slices. */
typedef struct clf_lane_state {
    uint next;   /* frame that it runs first, or CLF_NIL */
    uint spare;  /* freed frames that found no room in the free list, linked */
    uint parked; /* the next one has parked: the lane has what it spilled, and runs it first */
} clf_lane_state;

/* A root that the host started, followed by its parameters as they stand in the frame after the
 * header; in programs with CLF_NAMES its name is at the record's end. */
typedef struct clf_inbox {
    uint fn;
    uint slot;  /* of the join handle */
    uint bytes; /* of the parameters, a multiple of 4 */
    uint urgent;
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
    uint used;      /* units ever handed out */
    uint frame_bytes, frames_at, done_stride;
    uint classes;    /* of frames */
    uint slots;      /* bits in the map of roots to cancel */
    uint victims;    /* started fibers to cancel: pairs of frame and generation behind the map */
    uint everything; /* cancel all roots and started fibers */
    uint late;       /* CLF_LATE_: who leaves an object does it because its time is up */
    /* Changed by the kernels. */
    uint shared_top;
    uint ready_head, ready_tail, ready_mask;
    uint urgent_head, urgent_tail;
    uint undecided;                  /* frames whose fate a pass of clf_decide left open */
    uint freed;                      /* frames that have become free: CLF_LIST[0...] */
    uint freed_of[CLF_CLASSES_MOST]; /* of each class, and as many as are sorted */
    uint sorted[CLF_CLASSES_MOST];
    uint woken;   /* fibers that can run again: CLF_LIST[used - 1], downwards */
    uint waiters; /* fibers that are gone and wait for an object: CLF_WAITERS[0...] */
    uint done;    /* done records written */
    uint ended;   /* fibers ended, and how many of them */
    uint started; /* had been started on the device */
    uint filled[CLF_CLASSES_MOST]; /* pool slots that were empty */
    uint broken;                   /* frames that contradict each other */
} clf_upkeep;

/* Their memory: four words per unit and one per pool slot. */
#define CLF_MARKS               (scratch)
#define CLF_KIDS                (scratch + u->used)
#define CLF_GONE                CLF_KIDS /* later: 1, the frame leaves all queues */
#define CLF_FATE_A              (scratch + (size_t)(2 + turn % 2) * u->used)
#define CLF_FATE_B              (scratch + (size_t)(3 - turn % 2) * u->used)
#define CLF_WAITERS_AT(u, turn) ((size_t)(2 + (turn) % 2) * (u)->used)
#define CLF_WAITERS             (scratch + CLF_WAITERS_AT(u, turn))
#define CLF_LIST                CLF_FATE_B
#define CLF_SORTED              CLF_WAITERS /* several classes: the freed ones, class by class */
#define CLF_OFFSETS             (scratch + (size_t)4 * u->used)

#define CLF_LATE_LEAVES 1u
#define CLF_LATE_LOOK   2u /* only tell who still waits */

/* Bits of the marks that these kernels give to frames. */
#define CLF_MARK_FREE   1u /* in a free list, or no frame's start */
#define CLF_MARK_TARGET 2u /* its unfinished descendants are cancelled */
#define CLF_MARK_CANCEL 4u /* and so is the fiber itself */
/* A fiber that the coordinator made runnable between two slices: cl/ready.cl. */
typedef struct clf_ready {
    uint frame;
    uint status; /* for clf_header.status */
} clf_ready;

/* What a fiber asks of the coordinator: cl/request.cl. The fiber waits, unless the kind says
 * otherwise. */
typedef struct clf_request {
    uint kind;   /* CLF_REQUEST_ */
    uint frame;  /* of the fiber that asks */
    uint what;   /* hostcall: number of the call */
    uint place;  /* hostcall: byte offset of the result's place in the frame, or CLF_NO_PLACE */
    uint size;   /* hostcall: bytes of the result */
    uint data;   /* hostcall: where the argument lies in the data buffer, in bytes */
    ulong value; /* sleep, time-out: microseconds; hostcall: bytes of the argument */
} clf_request;

/* A result of a host call on its way to a frame. */
typedef struct clf_result {
    uint frame;
    uint place;  /* in the frame, bytes */
    uint size;   /* bytes */
    uint offset; /* of the result in the block, a multiple of 4 */
} clf_result;

#define CLF_REQUEST_NONE     0u /* reserved, but nothing was asked */
#define CLF_REQUEST_SLEEP    1u
#define CLF_REQUEST_HOSTCALL 2u
#define CLF_REQUEST_CANCEL   4u /* end the fiber with this frame and generation (what) */
#define CLF_REQUEST_TIMEOUT \
    3u /* the fiber waits for an object: no longer than so many microseconds */

/* The words of a frame that belong to the runtime: doc/abi.md. Frames begin at multiples of 16
 * bytes: the first four words, which every spawn and end touches, are in one cache line wherever
 * that is. */
typedef struct clf_header {
    uint code;
    uint parent;
    uint slot;
    uint pending;
    uint error;
    uint gen;
    uint link;
    uint status;
} clf_header;

/* What a fiber waits for, in front of its frame: programs that use synchronization objects have
 * room for it there. */
typedef struct clf_wait {
    ulong object; /* its address on the device */
    uint what;    /* CLF_WAITS_, 0: for no object (any more) */
    uint place;   /* of the message: bytes from the frame's start, or CLF_NO_PLACE */
    uint amount;  /* units to acquire, bytes of the message, or signals of the event so far */
    uint timer;   /* CLF_TIMER_ */
} clf_wait;

#define CLF_TIMER_NONE   0u
#define CLF_TIMER_SET    1u /* this wait ends after a time: the host has a timer for the frame */
#define CLF_TIMER_LEAVES 2u /* sift.cl takes the fiber out of the object's line */

#define CLF_WAITS_LOCK    1u
#define CLF_WAITS_ACQUIRE 2u
#define CLF_WAITS_EVENT   3u
#define CLF_WAITS_BARRIER 4u
#define CLF_WAITS_SEND    5u
#define CLF_WAITS_RECV    6u
#define CLF_WAITS_ONCE    7u

/* Kinds of events, and what else can be counted. */
#define CLF_EVENT_MANUAL 0u /* set until it is reset */
#define CLF_EVENT_AUTO   1u /* reset by the fiber that it lets pass */
#define CLF_UNITS        2u

/* clf_header.code: fiber number << 17 | flags | resume point. */
#define CLF_URGENT     0x10000u
#define CLF_OPEN       0x8000u /* children are outstanding */
#define CLF_SEEN       0x4000u /* somebody knows the fiber by its frame and generation */
#define CLF_AT_MASK    0x3fffu
#define CLF_FN_SHIFT   17
#define CLF_FN_FAILING 0x7fffu /* the fiber failed and waits for its children */
#define CLF_FN_STOPPED 0x7ffeu /* no fiber's */

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

/* clf_header.pending: flags over the number of unfinished children, see join.cl. */
#define CLF_BIAS  0x80000000u /* the fiber does not wait for them */
#define CLF_LOCAL 0x40000000u /* nobody but the worker that has them all looks at the word */
#define CLF_COUNT 0x3fffffffu

/* Failure codes of the runtime's own, far from what users pick. */
#define CLF_FAIL_BAD_HANDLE  (-31001) /* a handle that was joined, detached or never given out */
#define CLF_FAIL_RESULT_SIZE (-31002) /* join into a result of another size than the fiber's */
#define CLF_FAIL_ZERO        (-31003) /* `fail 0` */
#define CLF_FAIL_NO_RESULT   (-31004) /* the fiber's end was reached without a `return` */
#define CLF_FAIL_GUARD       (-31005) /* the guard word behind the fiber's frame was overwritten */
#define CLF_FAIL_CANCELLED   (-30020) /* CLF_CANCELLED of clfiber.h */
#define CLF_FAIL_NO_CALL     (-31031) /* the host has registered no function of that number */
#define CLF_FAIL_CALL_SIZE   (-31032) /* argument or result of a host call has the wrong size */
#define CLF_FAIL_CALL_IO     (-31033) /* reading, writing or printing failed on the host */
#define CLF_FAIL_CALL_FILE   (-31034) /* the host has opened no file of that number */

/* Numbers of the host calls that come with the library: see clfiber.h. */
#define CLF_CALL_PRINT 0x40000001u
#define CLF_CALL_READ  0x40000002u
#define CLF_CALL_WRITE 0x40000003u
#define CLF_CALL_CLOCK 0x40000004u
#define CLF_CALL_SEED  0x40000005u

/* A line to print: a format and the values for its conversions. */
#define CLF_LINE_VALUES 6
#define CLF_LINE_BYTES  96
#define CLF_LINE_LONG   1u
#define CLF_LINE_ULONG  2u
#define CLF_LINE_FLOAT  3u
#define CLF_LINE_DOUBLE 4u
typedef struct clf_line {
    uint count; /* values */
    uint kinds; /* CLF_LINE_, 4 bits each */
    ulong value[CLF_LINE_VALUES];
    char format[CLF_LINE_BYTES]; /* what does not fit is cut off */
} clf_line;

/* Arguments of CLF_CALL_READ, and of CLF_CALL_WRITE with the bytes to write behind it. */
typedef struct clf_file_range {
    uint file; /* the host's number for it */
    uint bytes;
    ulong offset;
} clf_file_range;

#define CLF_FAIL_NOT_LOCKED (-31010) /* unlock of a mutex that nobody holds */
#define CLF_FAIL_NOT_HOLDER (-31011) /* unlock of a mutex that another fiber holds */
#define CLF_FAIL_BAD_OBJECT (-31012) /* null, or not initialised */
#define CLF_FAIL_CLOSED     (-31013) /* the channel is closed (and, for recv, empty) */
#define CLF_FAIL_MESSAGE    (-31014) /* a message of another size than the channel's */
#define CLF_FAIL_OVERFLOW   (-31015) /* more units or fibers than the object can count */
/* What try_ and timed forms give besides 0 and the codes above. */
#define CLF_AGAIN     (-31020) /* not possible at once */
#define CLF_TIMED_OUT (-31021)

/* What a traced program records: cl/trace.cl. One head per worker, then the records of all. */
typedef struct clf_trace_head {
    uint sample;  /* by the host: every how many ticks fibers are picked */
    uint ids;     /* given out by this worker */
    uint count;   /* segments to be recorded in this slice; may be more than there is room for */
    uint steals;  /* likewise */
    uint ticks;   /* the worker's clock at the end of the slice */
    uint gave_up; /* 1: it left for want of work */
    uint longest; /* path of segments, over all slices */
    uint fill[9];
} clf_trace_head;

typedef struct clf_trace_event {
    uint what;  /* fiber number << CLF_FN_SHIFT | lane << CLF_TRACE_LANE_SHIFT | CLF_TRACE_ flags */
    uint begin; /* its tick; it takes one, and one more for each child that ran inline */
    uint inlined; /* children that ran inline */
    uint id;      /* of the fiber; of a steal: the victim */
    uint number;  /* of the segment, from 1; of a steal: entries */
    /* of a fiber that ends and whose parent or joiner is traced: its id, and the number of the
     * segment that it has come to */
    uint parent, at_parent;
    /* of a first segment: who has made the fiber, in which segment; 0: it is a root, or the fiber
     * was not traced from there on */
    uint maker, at_maker;
    uint made; /* traced fibers that this segment has made */
    uint fill;
} clf_trace_event;

/* In front of the frames of traced programs. */
typedef struct clf_trail {
    uint id;     /* 0: not traced; atomic */
    uint number; /* segments begun, atomic */
    uint joined; /* longest path of the children that have ended, atomic */
    uint path;   /* of the fiber itself */
    /* until it has begun: the traced fiber that has made it, 0: none, and the segment that did */
    uint maker, at_maker;
} clf_trail;

#define CLF_TRACE_STARTS     1u
#define CLF_TRACE_ENDS       2u
#define CLF_TRACE_OPEN       4u /* children were outstanding when it began, or perhaps were */
#define CLF_TRACE_AWAITED    8u /* its end resumes `parent` by itself */
#define CLF_TRACE_LANE_SHIFT 6
#define CLF_TRACE_LANE_MASK  0x3ffu

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
#define CLF_REPORT_FRAME  7u /* bytes of a unit of the pool, bytes of a lane's spill area */
#define CLF_REPORT_OWN \
    8u /* bytes from the name to the frame, 0: there are no names; 1: priorities */
#define CLF_REPORT_CLASSES 9u  /* size classes, units of the largest */
#define CLF_REPORT_FRONT   10u /* bytes in front of the first frame, units of the smallest */
#define CLF_REPORT_ROOM    11u /* of the fiber before: bytes of its frame in the pool */

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
    X(17, sizeof(clf_ready))                     \
    X(18, sizeof(clf_request))                   \
    X(19, CLF_OFFSET(clf_request, value))        \
    X(20, CLF_OFFSET(clf_control, ready_head))   \
    X(21, CLF_OFFSET(clf_control, request_tail)) \
    X(22, CLF_OFFSET(clf_control, left))         \
    X(23, sizeof(clf_result))                    \
    X(24, sizeof(clf_line))                      \
    X(25, sizeof(clf_file_range))                \
    X(26, sizeof(clf_wait))                      \
    X(27, sizeof(clf_mutex))                     \
    X(28, CLF_OFFSET(clf_control, patience))     \
    X(29, sizeof(clf_upkeep))                    \
    X(30, sizeof(clf_semaphore))                 \
    X(31, sizeof(clf_event))                     \
    X(32, sizeof(clf_once))                      \
    X(33, sizeof(clf_barrier))                   \
    X(34, sizeof(clf_channel))                   \
    X(35, CLF_OFFSET(clf_channel, bytes))        \
    X(36, CLF_OFFSET(clf_barrier, fibers))       \
    X(37, CLF_OFFSET(clf_event, mode))           \
    X(38, CLF_OFFSET(clf_record, root))          \
    X(39, CLF_OFFSET(clf_control, urgent_tail))  \
    X(40, CLF_OFFSET(clf_worker_state, urgents)) \
    X(41, sizeof(clf_trace_head))                \
    X(42, sizeof(clf_trace_event))               \
    X(43, sizeof(clf_trail))                     \
    X(44, CLF_OFFSET(clf_control, ended_at))     \
    X(45, CLF_OFFSET(clf_worker_state, laden))

#endif
