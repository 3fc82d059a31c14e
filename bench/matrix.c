/* matrix.c - the host side of the workloads that multiply matrices: small whole numbers, so that
 * floats are exact whatever the order of sums.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "device.h"
#include "matrix.h"
#include "sequence.h"

int bench_parse_matrix(char *numbers, uint32_t most, bench_problem *problem, char *error,
                       size_t size)
{
    const bench_blank blank[] = {{"N", 1, most, &problem->as.matmul.n},
                                 {"LEAF", 1, most, &problem->as.matmul.leaf}};

    problem->as.matmul.leaf = 128;
    return bench_parse_numbers(numbers, blank, 2, &problem->as.matmul.width, error, size);
}

uint64_t bench_matrix_times(const bench_problem *problem, uint64_t count)
{
    uint64_t n = problem->as.matmul.n;

    (void)count;
    return n * n * n;
}

bool bench_matrix_known(const bench_problem *problem, bench_answer *answer)
{
    answer->part[0] = problem->as.matmul.n;
    return true;
}

double bench_matrix_guess(const bench_problem *problem, const bench_answer *answer)
{
    (void)answer;
    return 0.15e-9 * (double)bench_matrix_times(problem, 0);
}

/* From -8 to 7: a sum of 16384 products is below 2^24, also of sums as Strassen makes them. */
void *bench_matrices(const bench_problem *problem, size_t spare)
{
    size_t words = (size_t)problem->as.matmul.n * problem->as.matmul.n;
    float *matrix = malloc((3 * words + spare) * sizeof *matrix);

    if (!matrix)
        return NULL;
    for (size_t i = 0; i < 2 * words; i++)
        matrix[i] = (float)((int)(bench_number((uint32_t)i) >> 28) - 8);
    memset(matrix + 2 * words, 0, (words + spare) * sizeof *matrix);
    return matrix;
}

/* y = M x */
static void apply(const float *matrix, uint32_t n, const int64_t *x, int64_t *y)
{
    for (uint32_t i = 0; i < n; i++) {
        y[i] = 0;
        for (uint32_t j = 0; j < n; j++)
            y[i] += (int64_t)matrix[(size_t)i * n + j] * x[j];
    }
}

/* Rows i with (C x)[i] = (A (B x))[i] for an x of random 16-bit numbers: a row with a wrong
 * element passes with a probability of 2^-16 at most. */
static uint64_t right_rows(const float *a, const float *b, const float *c, uint32_t n)
{
    int64_t *x = calloc(n, 4 * sizeof *x);
    uint64_t right = 0;

    for (uint32_t i = 0; x && i < n; i++)
        x[i] = bench_number(i + 12345) & 0xffff;
    if (x) {
        apply(b, n, x, x + n);
        apply(a, n, x + n, x + 2 * (size_t)n);
        apply(c, n, x, x + 3 * (size_t)n);
        for (uint32_t i = 0; i < n; i++)
            right += x[2 * (size_t)n + i] == x[3 * (size_t)n + i];
    }
    free(x);
    return right;
}

void bench_matrix_judge(const bench_problem *problem, const void *data, bench_answer *answer)
{
    uint32_t n = problem->as.matmul.n;
    const float *a = data, *b = a + (size_t)n * n, *c = b + (size_t)n * n;

    answer->part[0] = right_rows(a, b, c, n);
}

void bench_matrix_build_options(const bench_run *run, char *text, size_t size)
{
    snprintf(text, size, "-DMATMUL_WIDTH=%u", bench_width(run, run->problem->as.matmul.width));
}

int bench_matrix_bind(bench_run *run)
{
    uint32_t n = run->problem->as.matmul.n;
    size_t words = (size_t)n * n;
    float *matrix = bench_matrices(run->problem, 0);
    int failed;

    if (!matrix)
        return bench_no_memory(run, 3 * words * sizeof *matrix);
    failed = bench_buffer(run, 0, "a", words * sizeof *matrix, matrix, "A") ||
             bench_buffer(run, 1, "b", words * sizeof *matrix, matrix + words, "B") ||
             bench_buffer(run, 2, "c", words * sizeof *matrix, NULL, "C") ||
             bench_bind_uint(run, "n", n) ||
             bench_bind_uint(run, "leaf", run->problem->as.matmul.leaf);
    free(matrix);
    return failed ? -1 : 0;
}

int bench_matrix_collect(bench_run *run, bench_answer *answer)
{
    uint32_t n = run->problem->as.matmul.n;
    float *matrix = bench_matrices(run->problem, 0), *product = bench_read(run, 2);

    if (matrix && product)
        answer->part[0] = right_rows(matrix, matrix + (size_t)n * n, product, n);
    else if (product)
        bench_no_memory(run, 3 * sizeof *matrix * n * n);
    free(product);
    free(matrix);
    return matrix && product ? 0 : -1;
}
