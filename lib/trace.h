/* trace.h - what the files of a trace share: trace.c reads the device's records and opens and
 * closes the file, trace_fibers.c knows fibers and joins, trace_json.c writes events. */
#ifndef CLFI_TRACE_H
#define CLFI_TRACE_H

#include "clfi.h"

/* Nanoseconds since the trace began: integers, so that spans nest. */
typedef int64_t clfi_ns;

typedef struct clfi_span {
    clfi_ns begin, end;
    uint32_t track; /* worker * lanes + lane */
} clfi_span;

/* Processes and threads as the viewer calls them. */
enum { CLFI_PID_HOST = 1, CLFI_PID_DEVICE = 2 };
enum { CLFI_TID_SLICES = 0, CLFI_TID_CALLS = 1, CLFI_CALL_TRACKS = 16 };

/* A recorded segment of this slice, on the host's time. */
typedef struct clfi_segment {
    const clf_trace_event *event;
    clfi_span span;
    uint32_t made; /* fibers of its making that have not begun, as far as is known */
} clfi_segment;

/* A traced fiber that has not ended, as far as is known. */
typedef struct clfi_traced {
    uint32_t id; /* 0: the place is free */
    uint32_t fn;
    uint32_t segments;
    uint32_t track;
    clfi_ns began;
} clfi_traced;

/* A fiber that has ended and whose parent's next segment is not known yet. */
typedef struct clfi_ended {
    uint32_t id, parent, at_parent;
    bool awaited;
    clfi_span span; /* its last segment */
} clfi_ended;

/* A segment of an earlier slice with fibers of its making that have not begun. */
typedef struct clfi_maker {
    uint32_t id, number, made;
    clfi_span span;
} clfi_maker;

struct clfi_trace {
    FILE *file; /* NULL: it could not be written any more */
    bool any;   /* an event has been written */
    double origin;
    bool device_clock;
    clfi_ns last_end; /* of the slice before */
    cl_mem buffer;
    uint32_t room;   /* records per worker */
    bool adapts;     /* the sampling does, with the next slice or ... */
    uint64_t enough; /* ... when so many segments have been recorded */
    clf_trace_head *head;
    clf_trace_event *event;   /* of all workers, as on the device */
    clf_worker_state *worker; /* as they are now */
    ulong (*before)[CLF_COUNTERS];
    ulong total[CLF_COUNTERS];
    clfi_segment *segment; /* of the slice */
    uint32_t segments, segment_room;
    clfi_traced *traced; /* open addressing, a power of two */
    uint32_t traced_count, traced_room;
    clfi_ended *ended;
    uint32_t ended_count, ended_room;
    clfi_maker *maker; /* by id and number */
    uint32_t makers, maker_room;
    uint64_t flows;
    unsigned char *named; /* per track: whether it has a name yet */
    clfi_ns call_end[CLFI_CALL_TRACKS];
    uint64_t slices, recorded, dropped, steals, steals_dropped, starts, calls;
    uint32_t longest;
};

/* ---- trace_json.c ------------------------------------------------------------------- */

/* One event: the members of a JSON object, without the braces. */
void clfi_trace_put(clfi_trace *t, const char *format, ...) CLFI_PRINTF(2, 3);
/* Microseconds with three digits behind the point, for "%s". */
typedef struct clfi_us {
    char text[32];
} clfi_us;
clfi_us clfi_trace_us(clfi_ns ns);
void clfi_trace_string(FILE *file, const char *text);
/* Names the process or thread in the viewer. */
void clfi_trace_name(clfi_trace *t, uint32_t pid, int64_t tid, const char *format, ...)
    CLFI_PRINTF(4, 5);
/* An arrow between two spans, of the fibers `from_id` and `to_id`. */
void clfi_trace_flow(clfi_trace *t, const char *name, const clfi_span *from, uint32_t from_id,
                     const clfi_segment *to, bool into_end);
/* What closes the file: totals and settings. */
void clfi_trace_foot(clf_scheduler *s);

/* ---- trace_fibers.c ----------------------------------------------------------------- */

/* Writes the slice's recorded segments, the fibers that they belong to, and their joins. */
clf_status clfi_trace_fibers(clf_scheduler *s);
/* The program or the trace ends: no traced fiber is heard of again. */
void clfi_trace_forget(clf_scheduler *s);

#endif
