/* sequence.h - the host side of the workloads that sort. */
#ifndef BENCH_SEQUENCE_H
#define BENCH_SEQUENCE_H

#include <stdint.h>

#include "workload.h"

/* Number i of a sequence: a bijection, so that all are different and each tells where it was. */
uint32_t bench_number(uint32_t i);
uint32_t bench_number_place(uint32_t number);

/* Three arrays of n in one block: the numbers, and two of zeroes. NULL: out of memory. */
uint32_t *bench_sequence(uint32_t n);

/* How many places are right: the number there is above the one before it and among the first n.
 * If all n are, the sequence is sorted and nothing is missing from it. */
uint64_t bench_sorted(const uint32_t *sequence, uint32_t n);

/* Members of such a workload. Its env has `input`, `data`, where the sorted numbers end up,
 * `spare`, and `leaf`. */
int bench_parse_sort(char *numbers, uint32_t leaf, uint32_t lanes_leaf, bench_problem *problem,
                     char *error, size_t size);
uint64_t bench_sort_times(const bench_problem *problem, uint64_t count);
bool bench_sort_known(const bench_problem *problem, bench_answer *answer);
double bench_sort_guess(const bench_problem *problem, const bench_answer *answer);
void *bench_sort_make(const bench_problem *problem);
void bench_sort_judge(const bench_problem *problem, const void *data, bench_answer *answer);
void bench_sort_build_options(const bench_run *run, char *text, size_t size);
int bench_sort_bind(bench_run *run);
int bench_sort_collect(bench_run *run, bench_answer *answer);

#endif
