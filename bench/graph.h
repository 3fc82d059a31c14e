/* graph.h - graphs for the workloads that search them, from a file or generated, and the host side
 * of these workloads. */
#ifndef BENCH_GRAPH_H
#define BENCH_GRAPH_H

#include "workload.h"

/* An undirected graph out of `count` pairs of vertices, without loops and repeated edges. 0, or -1:
 * out of memory. The source of the search is the vertex with the most neighbours. */
int bench_graph_make(bench_graph *graph, uint32_t vertices, const uint32_t *pair, size_t count);

/* Reads a file: Matrix Market coordinates if it begins with %%MatrixMarket, else lines of two
 * vertices, counted from 0; # and % begin comments. 0, or -1 with a sentence in `error`. */
int bench_graph_read(bench_graph *graph, const char *name, char *error, size_t size);

/* Members of such a workload. */
void bench_graph_forget(bench_problem *problem);
unsigned bench_graph_parts(const bench_problem *problem);
uint64_t bench_graph_times(const bench_problem *problem, uint64_t count);
bool bench_graph_known(const bench_problem *problem, bench_answer *answer);
int bench_graph_compute(const bench_problem *problem, bench_answer *answer, char *error,
                        size_t size);
double bench_graph_guess(const bench_problem *problem, const bench_answer *answer);
void *bench_graph_data(const bench_problem *problem);
void bench_graph_judge(const bench_problem *problem, const void *data, bench_answer *answer);
void bench_graph_build_options(const bench_run *run, char *text, size_t size);
int bench_graph_bind(bench_run *run);
clf_status bench_graph_start(bench_run *run, clf_handle *root);
int bench_graph_collect(bench_run *run, bench_answer *answer);

#define BENCH_GRAPH_MEMBERS                                                                 \
    .each = "edge", .part_name = {"vertices reached", "sum of levels", "marks"},            \
    .parts = bench_graph_parts, .times = bench_graph_times, .forget = bench_graph_forget,   \
    .known = bench_graph_known, .compute = bench_graph_compute, .guess = bench_graph_guess, \
    .make = bench_graph_data, .judge = bench_graph_judge,                                   \
    .build_options = bench_graph_build_options, .bind = bench_graph_bind,                   \
    .start = bench_graph_start, .collect = bench_graph_collect

#endif
