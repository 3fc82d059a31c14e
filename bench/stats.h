/* stats.h - what several runs of the same thing took. */
#ifndef BENCH_STATS_H
#define BENCH_STATS_H

#include <stddef.h>

typedef struct bench_times {
    double min, median, max;
} bench_times;

/* Sorts the n >= 1 values. */
bench_times bench_summarize(double *seconds, size_t n);

#endif
