/* matrix.h - the host side of the workloads that multiply matrices. */
#ifndef BENCH_MATRIX_H
#define BENCH_MATRIX_H

#include "workload.h"

/* N and LEAF, up to `most`. */
int bench_parse_matrix(char *numbers, uint32_t most, bench_problem *problem, char *error,
                       size_t size);

/* A, B, C and `spare` words more in one block, the last two of zeroes. NULL: out of memory. */
void *bench_matrices(const bench_problem *problem, size_t spare);

/* Members of such a workload. Its env has a, b, c, n and leaf. */
uint64_t bench_matrix_times(const bench_problem *problem, uint64_t count);
bool bench_matrix_known(const bench_problem *problem, bench_answer *answer);
double bench_matrix_guess(const bench_problem *problem, const bench_answer *answer);
void bench_matrix_judge(const bench_problem *problem, const void *data, bench_answer *answer);
void bench_matrix_build_options(const bench_run *run, char *text, size_t size);
int bench_matrix_bind(bench_run *run);
int bench_matrix_collect(bench_run *run, bench_answer *answer);

#define BENCH_MATRIX_MEMBERS                                                               \
    .each = "product", .part_name = {"right rows"}, .times = bench_matrix_times,           \
    .known = bench_matrix_known, .guess = bench_matrix_guess, .judge = bench_matrix_judge, \
    .build_options = bench_matrix_build_options, .collect = bench_matrix_collect

#endif
