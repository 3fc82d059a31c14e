/* tree.c - the host side of the synthetic trees: words that their nodes read. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "device.h"
#include "peers/tree_work.h"
#include "sequence.h"
#include "tree.h"

void *bench_tree_make(const bench_problem *problem)
{
    uint32_t *words = malloc(sizeof *words * TREE_WORDS);

    (void)problem;
    for (uint32_t i = 0; words && i < TREE_WORDS; i++)
        words[i] = bench_number(i);
    return words;
}

int bench_tree_parse(char *numbers, const bench_blank *blank, size_t count, bench_problem *problem,
                     char *error, size_t size)
{
    static const char chains[] = ",width=8";
    size_t length = strlen(numbers), end = sizeof chains - 1;

    if (length > end && strcmp(numbers + length - end, chains) == 0) {
        numbers[length - end] = '\0';
        problem->as.tree.width = 8;
        return bench_parse_numbers(numbers, blank, count, NULL, error, size);
    }
    return bench_parse_numbers(numbers, blank, count, &problem->as.tree.width, error, size);
}

uint32_t bench_tree_width(const bench_run *run)
{
    uint32_t asked = run->problem->as.tree.width;

    return asked ? asked : run->is_cpu ? 16u : 8u;
}

void bench_tree_build_options(const bench_run *run, char *text, size_t size)
{
    snprintf(text, size, "-DTREE_WIDTH=%u", bench_tree_width(run));
}

int bench_tree_bind(bench_run *run)
{
    uint32_t *words = bench_tree_make(run->problem);
    int failed;

    if (!words)
        return bench_no_memory(run, sizeof *words * TREE_WORDS);
    failed =
        bench_buffer(run, 0, "words", sizeof *words * TREE_WORDS, words, "the words to read") ||
        bench_bind_uint(run, "mem", run->problem->as.tree.mem) ||
        bench_bind_uint(run, "comp", run->problem->as.tree.comp);
    free(words);
    return failed ? -1 : 0;
}

double bench_tree_guess(const bench_problem *problem, uint64_t nodes)
{
    return (double)nodes * (2e-9 + 3e-9 * problem->as.tree.mem + 1.5e-9 * problem->as.tree.comp);
}
