/* trace.h - a trace as clftrace has it in memory: read by load.c, summarised by text.c, drawn by
 * svg.c and axis.c. Times are in microseconds, as in the file. */
#ifndef CLF_TOOLS_TRACE_H
#define CLF_TOOLS_TRACE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

typedef struct trace_span {
    double begin, end;
} trace_span;

/* A worker in a slice: from its begin until it left. */
typedef struct trace_work {
    trace_span span;
    uint32_t worker;
    uint64_t ticks, idle, segments;
} trace_work;

typedef struct trace_segment {
    trace_span span;
    uint32_t track; /* worker * lanes + lane */
    uint32_t name;  /* index of trace.name */
    uint64_t fiber, number, inlined;
} trace_segment;

typedef struct trace_steal {
    double at;
    uint32_t thief, victim, entries;
} trace_steal;

/* A host call. */
typedef struct trace_call {
    trace_span span;
    uint32_t name;
} trace_call;

/* An arrow from where a fiber is made to where it begins, or from its end to where it is joined. */
typedef struct trace_arrow {
    bool spawn;
    double from, to;
    uint32_t from_track, to_track;
    uint64_t id;
} trace_arrow;

typedef struct trace_total {
    char *device, *mode, *tier, *clock;
    uint64_t workers, lanes, sample, slices, starts, recorded, dropped, steals_dropped, path;
    uint64_t segments, completed, failed, steals_taken, stolen;
} trace_total;

/* What has many members is a pointer and a count, grown by load.c. */
typedef struct trace {
    trace_total total;
    trace_span *slice;
    trace_work *work;
    trace_segment *segment;
    trace_steal *steal;
    trace_call *call;
    trace_arrow *arrow;
    char **name;
    size_t slices, works, segments, steals, calls, arrows, names;
    double begin, end; /* of the first and the last slice or call */
} trace;

/* Reads a file that libclfiber wrote ("-": standard input). 0, or -1 and a sentence in error. */
int trace_load(const char *path, trace *t, char *error, size_t size);
void trace_free(trace *t);

/* `top`: lines of each list. */
int trace_print(const trace *t, uint32_t top, FILE *out);
/* What lies within `window`. */
int trace_draw(const trace *t, const trace_span *window, FILE *out);

/* ---- axis.c: from times to places in the picture, piece by piece ------------------------- */

typedef struct trace_knot {
    double time, x;
} trace_knot;

typedef struct trace_axis {
    double left, width;
    trace_knot *knot;
    size_t knots;
    bool shortened; /* some gaps are */
} trace_axis;

int trace_axis_make(trace_axis *a, const trace *t, const trace_span *window, double left,
                    double width);
void trace_axis_free(trace_axis *a);
double trace_axis_x(const trace_axis *a, double time);
double trace_axis_time(const trace_axis *a, double x);

/* How much of the worker's time in that slice it had something to run. */
double trace_busy(const trace_work *w);

#endif
