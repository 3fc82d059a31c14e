/* device.h - running a problem on fibers. */
#ifndef BENCH_DEVICE_H
#define BENCH_DEVICE_H

#include "workload.h"

/* Creates the scheduler, builds the workload's program, out of `source` if that has a text, binds
 * its env. 0, or -1 with run->error; bench_close in either case. */
int bench_open(bench_run *run, const bench_problem *problem, const clf_options *options,
               const bench_file *source);
void bench_close(bench_run *run);
/* After the last run. */
void bench_end(void);

/* Runs the problem once. The clock sees the start of the root, the slices and the join of its
 * result; not the clearing and reading of counters. 0, or -1 with run->error. */
int bench_once(bench_run *run, bench_answer *answer, double *seconds, clf_stats *stats);

/* Stops the run in progress at the end of its slice; for signal handlers. */
void bench_interrupt(void);
/* Whether bench_interrupt was called. */
bool bench_interrupted(void);

/* ---- for the workloads ---------------------------------------------------------------------- */

/* Makes buffer number `index` and binds it to the env member `name`. `init` is its first content;
 * NULL: zero before each run. `what` names it in the message. */
int bench_buffer(bench_run *run, unsigned index, const char *name, size_t bytes, const void *init,
                 const char *what);
/* The same with memory that stays as it is and lives as long as the run. A CPU reads it where it
 * is, as the peers do: in their caches or not, for all alike. */
int bench_input(bench_run *run, unsigned index, const char *name, size_t bytes, const void *input,
                const char *what);
int bench_bind_uint(bench_run *run, const char *name, uint32_t value);

/* A buffer of counts per lane, as the workloads with counters use it, and their totals. */
int bench_counts_buffer(bench_run *run, unsigned index);
int bench_sum_counts(bench_run *run, unsigned index, bench_answer *answer);

/* Memory for make(), zeroed and touched; NULL: there is none. */
void *bench_zeroes(size_t bytes);

/* The width of vectors that was asked for, or else the device's: CPUs have SIMD inside a fiber. On
 * a GPU the lanes are the SIMD, and a vector only costs each of them registers. */
uint32_t bench_width(const bench_run *run, uint32_t asked);

/* Says in run->error that host memory is short; -1. */
int bench_no_memory(bench_run *run, size_t bytes);

/* Reads a buffer; the caller frees it. NULL with run->error. */
void *bench_read(bench_run *run, unsigned index);

#endif
