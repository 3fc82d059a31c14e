/* sudoku.c - a root fiber for each puzzle of a file, all started with one call.
 *
 * usage: sudoku [FILE]   one puzzle a line: 81 characters, '.' or 0 for an empty cell, # for a
 * comment */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common.h"

enum { CELLS = 81 };

/* The cells of all puzzles in the text, one after another. */
static cl_uchar *parse(const char *text, size_t *count)
{
    cl_uchar *cells = NULL;
    size_t line = 0;

    *count = 0;
    while (*text) {
        size_t length = strcspn(text, "\n"), used = length;

        line++;
        if (used && text[used - 1] == '\r')
            used--;
        if (used && *text != '#') {
            if (used != CELLS || strspn(text, ".0123456789") != CELLS)
                example_die(EXAMPLE_FAILED, "line %zu: not 81 of the characters .0123456789", line);
            cells = realloc(cells, (*count + 1) * CELLS);
            if (!cells)
                example_die(EXAMPLE_FAILED, "out of memory");
            for (size_t k = 0; k < CELLS; k++)
                cells[*count * CELLS + k] = (cl_uchar)(text[k] == '.' ? 0 : text[k] - '0');
            ++*count;
        }
        text += length + (text[length] == '\n');
    }
    return cells;
}

/* Whether no row, column or box holds a digit twice, and if `full`, no cell is empty. */
static int lawful(const cl_uchar *cell, int full)
{
    unsigned row[9] = {0}, column[9] = {0}, box[9] = {0};

    for (size_t k = 0; k < CELLS; k++) {
        size_t r = k / 9, c = k % 9, b = r / 3 * 3 + c / 3;
        unsigned bit = 1u << cell[k];

        if (cell[k] == 0) {
            if (full)
                return 0;
            continue;
        }
        if ((row[r] | column[c] | box[b]) & bit)
            return 0;
        row[r] |= bit;
        column[c] |= bit;
        box[b] |= bit;
    }
    return 1;
}

/* A solution is easy to check, however it was found: the rules hold and the given digits are in it.
 */
static int solves(const cl_uchar *solution, const cl_uchar *given)
{
    for (size_t k = 0; k < CELLS; k++)
        if (given[k] && given[k] != solution[k])
            return 0;
    return lawful(solution, 1);
}

int main(int argc, char **argv)
{
    char *path = argc > 1 ? NULL : example_path("puzzles.txt");
    char *text = example_read_file(path ? path : argv[1]);
    size_t count, wrong = 0;
    cl_uchar *given = parse(text, &count), *solution = malloc(count * CELLS + 1);
    cl_int *index = malloc(count * sizeof *index + 1), *found = calloc(count + 1, sizeof *found);
    clf_handle *root = malloc(count * sizeof *root + 1);
    clf_scheduler *s;
    cl_mem cells_buffer, found_buffer;

    if (!solution || !index || !found || !root)
        example_die(EXAMPLE_FAILED, "out of memory");
    if (count == 0)
        example_die(EXAMPLE_FAILED, "no puzzles");
    for (size_t k = 0; k < count; k++) {
        /* The search looks at empty cells only: it would not notice. */
        if (!lawful(given + k * CELLS, 0))
            example_die(EXAMPLE_FAILED, "puzzle %zu: a digit stands twice in a row, column or box",
                        k + 1);
        index[k] = (cl_int)k;
    }

    s = example_open("sudoku.fib");
    cells_buffer = example_buffer(s, "cells", count * CELLS, given);
    found_buffer = example_buffer(s, "found", count * sizeof *found, found);
    /* An argument of clf_start_many is an array with an element for each fiber. */
    example_check(s, clf_start_many(s, "sudoku", count, 1,
                                    &(clf_arg){.value = index, .size = sizeof *index}, root));
    for (size_t k = 0; k < count; k++)
        example_check(s, clf_join(s, root[k], &found[k], sizeof found[k], CLF_FOREVER));
    example_take_buffer(s, cells_buffer, count * CELLS, solution);
    clReleaseMemObject(found_buffer);

    for (size_t k = 0; k < count; k++) {
        for (size_t i = 0; found[k] && i < CELLS; i++)
            putchar('0' + solution[k * CELLS + i]);
        puts(found[k] == 1 ? "" : found[k] ? " one of several" : "no solution");
        /* Of our own puzzles it is known that each has one solution. */
        if ((found[k] && !solves(solution + k * CELLS, given + k * CELLS)) ||
            (path && found[k] != 1))
            wrong++;
    }
    example_print_stats(s);
    clf_destroy(s);
    free(root);
    free(found);
    free(index);
    free(solution);
    free(given);
    free(text);
    free(path);
    if (wrong)
        example_die(EXAMPLE_FAILED, "%zu of %zu puzzles: wrong", wrong, count);
    return 0;
}
