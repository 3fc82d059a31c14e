/* result.h - what one runtime did with one problem: a row of the table, a line of JSON. */
#ifndef BENCH_RESULT_H
#define BENCH_RESULT_H

#include <stdbool.h>
#include <stdio.h>

#include "stats.h"
#include "workload.h"

typedef struct bench_result {
    const bench_problem *problem;
    const char *runtime; /* "clfiber", or the peer's name */
    const char *about;   /* the device, or the peer's runtime and compiler */
    unsigned workers, lanes, runs;
    bench_answer answer;
    bool verified;
    bool unsupported; /* the runtime has no such operation: nothing was measured */
    bench_times seconds;
    double vs_seq;  /* seq's median over this one's; 0: not known */
    double vs_ours; /* this one's median over ours; 0: this is ours */

    /* clfiber only: of the last run, so that the numbers fit together */
    uint64_t fibers, steals, slices, segments, rounds, kinds;
    clf_mode mode;
    clf_tier tier;
    uint32_t slice; /* 0: adapts */
    uint32_t frame_bytes, frames, largest_frame_bytes, frame_classes;
    uint64_t frames_used, frame_bytes_used;
    uint64_t seed;
} bench_result;

/* The table, row by row as the results come in. */
void bench_table_head(FILE *out, bool ratios);
void bench_table_row(FILE *out, const bench_result *result, bool ratios);

/* One line. */
void bench_json_line(FILE *out, const bench_result *result);

/* A line on a terminal that says what is going on, and goes away; nothing elsewhere. */
void bench_progress(const char *format, ...) __attribute__((format(printf, 1, 2)));
void bench_progress_done(void);

#endif
