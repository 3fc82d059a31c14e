/* sequence.c - the host side of the workloads that sort: numbers, and whether they came out sorted.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "device.h"
#include "sequence.h"

/* The mixing steps of MurmurHash3 (public domain), each of which can be undone. */
uint32_t bench_number(uint32_t i)
{
    i ^= i >> 16;
    i *= 0x85ebca6bu;
    i ^= i >> 13;
    i *= 0xc2b2ae35u;
    return i ^ i >> 16;
}

/* The same backwards; the factors are the inverses modulo 2^32. */
uint32_t bench_number_place(uint32_t number)
{
    number ^= number >> 16;
    number *= 0x7ed1b41du;
    number ^= number >> 13 ^ number >> 26;
    number *= 0xa5cb9243u;
    return number ^ number >> 16;
}

uint32_t *bench_sequence(uint32_t n)
{
    uint32_t *block = malloc(3 * sizeof *block * (size_t)n);

    if (!block)
        return NULL;
    for (uint32_t i = 0; i < n; i++)
        block[i] = bench_number(i);
    memset(block + n, 0, 2 * sizeof *block * (size_t)n);
    return block;
}

uint64_t bench_sorted(const uint32_t *sequence, uint32_t n)
{
    uint64_t right = 0;

    for (uint32_t i = 0; i < n; i++)
        right += (i == 0 || sequence[i - 1] < sequence[i]) && bench_number_place(sequence[i]) < n;
    return right;
}

/* ---- what the workloads have in common ---------------------------------------------------------
 */

int bench_parse_sort(char *numbers, uint32_t leaf, uint32_t lanes_leaf, bench_problem *problem,
                     char *error, size_t size)
{
    const bench_blank blank[] = {{"N", 1, 1u << 30, &problem->as.sort.n},
                                 {"LEAF", 4, 1u << 28, &problem->as.sort.leaf}};

    if (bench_parse_numbers(numbers, blank, 2, &problem->as.sort.width, error, size))
        return -1;
    problem->as.sort.lanes_leaf = problem->as.sort.leaf ? problem->as.sort.leaf : lanes_leaf;
    if (!problem->as.sort.leaf)
        problem->as.sort.leaf = leaf;
    return 0;
}

uint64_t bench_sort_times(const bench_problem *problem, uint64_t count)
{
    (void)count;
    return problem->as.sort.n;
}

bool bench_sort_known(const bench_problem *problem, bench_answer *answer)
{
    answer->part[0] = problem->as.sort.n;
    return true;
}

double bench_sort_guess(const bench_problem *problem, const bench_answer *answer)
{
    (void)problem;
    return 80e-9 * (double)answer->part[0];
}

void *bench_sort_make(const bench_problem *problem)
{
    return bench_sequence(problem->as.sort.n);
}

void bench_sort_judge(const bench_problem *problem, const void *data, bench_answer *answer)
{
    const uint32_t *numbers = data;

    answer->part[0] = bench_sorted(numbers + problem->as.sort.n, problem->as.sort.n);
}

void bench_sort_build_options(const bench_run *run, char *text, size_t size)
{
    snprintf(text, size, "-DSORT_WIDTH=%u", bench_width(run, run->problem->as.sort.width));
}

int bench_sort_bind(bench_run *run)
{
    uint32_t n = run->problem->as.sort.n;
    size_t bytes = sizeof(cl_uint) * (size_t)n;
    uint32_t *numbers = bench_sequence(n);
    int failed;

    if (!numbers)
        return bench_no_memory(run, bytes);
    failed = bench_buffer(run, 0, "input", bytes, numbers, "the numbers") ||
             bench_buffer(run, 1, "data", bytes, NULL, "the sorted numbers") ||
             bench_buffer(run, 2, "spare", bytes, NULL, "half-sorted numbers") ||
             bench_bind_uint(run, "leaf",
                             run->is_cpu ? run->problem->as.sort.leaf
                                         : run->problem->as.sort.lanes_leaf);
    free(numbers);
    return failed ? -1 : 0;
}

int bench_sort_collect(bench_run *run, bench_answer *answer)
{
    uint32_t *sorted = bench_read(run, 1);

    if (!sorted)
        return -1;
    answer->part[0] = bench_sorted(sorted, run->problem->as.sort.n);
    free(sorted);
    return 0;
}
