/* compare.h - measuring one problem: our runs, the peers' runs, and who was how fast. */
#ifndef BENCH_COMPARE_H
#define BENCH_COMPARE_H

#include "options.h"
#include "result.h"

/* Ours and the peers', in the order of options->peers. */
typedef struct bench_comparison {
    bench_result ours;
    bench_result peer[BENCH_MAX_PEERS];
    size_t peers;
    char device[256]; /* ours.about */
} bench_comparison;

/* 0, or -1 after a message on standard error: a run failed. Wrong answers are described on standard
 * error and show in `verified`. */
int bench_compare(const bench_problem *problem, const bench_options *options,
                  bench_comparison *comparison);

#endif
