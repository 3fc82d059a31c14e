/* flat.h - the host side of the workloads in which one fiber starts many, each of which has a
 * place, a word, that it writes to: spawnjoin, yield, hostcall, sleepers. Their numbers are
 * problem->as.flat. */
#ifndef BENCH_FLAT_H
#define BENCH_FLAT_H

#include "device.h"

/* "FIBERS,second": both are needed unless the second has a value already. */
int bench_flat_parse(char *numbers, bench_blank second, bench_problem *problem, char *error,
                     size_t size);

/* Members of such a workload. Its env has `places`, and its root is "parent", which takes how many
 * fibers there are to be. */
uint64_t bench_flat_fibers(const bench_problem *problem, const bench_answer *answer);
uint64_t bench_flat_rounds(const bench_problem *problem, uint64_t count); /* of all fibers */
void *bench_flat_make(const bench_problem *problem);
int bench_flat_bind(bench_run *run);
clf_status bench_flat_start(bench_run *run, clf_handle *root);
int bench_flat_collect(bench_run *run, bench_answer *answer); /* judged as the peers' memory is */
double bench_flat_guess(const bench_problem *problem, const bench_answer *answer);

/* For judge: places with their bench_mark, once. */
void bench_flat_judge_marks(const bench_problem *problem, const void *data, bench_answer *answer);
bool bench_flat_known_marks(const bench_problem *problem, bench_answer *answer);

#endif
