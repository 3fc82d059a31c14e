/* tree.h - the host side of the synthetic trees: words that their nodes read. */
#ifndef BENCH_TREE_H
#define BENCH_TREE_H

#include "workload.h"

/* Members of such a workload. Its env has `words`, `mem` and `comp`. */
void *bench_tree_make(const bench_problem *problem);
void bench_tree_build_options(const bench_run *run, char *text, size_t size);
int bench_tree_bind(bench_run *run);

double bench_tree_guess(const bench_problem *problem, uint64_t nodes);

#endif
