/* tree.h - the host side of the synthetic trees: words that their nodes read. */
#ifndef BENCH_TREE_H
#define BENCH_TREE_H

#include "workload.h"

/* "DEPTH,...": as bench_parse_numbers does, to problem->as.tree. "width=8" is known as well: a few
 * nodes side by side, whose loads do not wait for one another. By default so on devices without
 * vectors. */
int bench_tree_parse(char *numbers, const bench_blank *blank, size_t count, bench_problem *problem,
                     char *error, size_t size);
uint32_t bench_tree_width(const bench_run *run);

/* Members of such a workload. Its env has `words`, `mem` and `comp`. */
void *bench_tree_make(const bench_problem *problem);
void bench_tree_build_options(const bench_run *run, char *text, size_t size);
int bench_tree_bind(bench_run *run);

double bench_tree_guess(const bench_problem *problem, uint64_t nodes);

#endif
