/* workloads.c - the list of workloads, and how "name:numbers" becomes a problem. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sources.h"
#include "workload.h"

#define DECLARE(KIND, name) extern const bench_workload bench_##name;
BENCH_WORKLOADS(DECLARE)

#define ENTRY(KIND, name) [BENCH_##KIND] = &bench_##name,
const bench_workload *const bench_workloads[BENCH_KINDS] = {BENCH_WORKLOADS(ENTRY)};

int bench_parse_number(const char *text, const char *name, uint32_t min, uint32_t max,
                       uint32_t *number, char *error, size_t size)
{
    char *end;
    unsigned long long value;

    errno = 0;
    value = strtoull(text, &end, 10);
    /* strtoull takes signs and leading blanks; we do not. */
    if (text[0] < '0' || text[0] > '9' || *end || errno || value < min || value > max) {
        snprintf(error, size, "%s is '%s'; it has to be a whole number from %u to %u", name, text,
                 min, max);
        return -1;
    }
    *number = (uint32_t)value;
    return 0;
}

static int parse_width(const char *text, uint32_t *width, char *error, size_t size)
{
    if (bench_parse_number(text, "width", 1, 16, width, error, size))
        return -1;
    if (*width == 1 || *width == 16)
        return 0;
    snprintf(error, size, "width is %s; it has to be 1 or 16", text);
    return -1;
}

int bench_parse_numbers(char *numbers, const bench_blank *blank, size_t count, uint32_t *width,
                        char *error, size_t size)
{
    char *rest = NULL, *word = strtok_r(numbers, ",", &rest);
    size_t found = 0;

    for (; word; word = strtok_r(NULL, ",", &rest)) {
        if (width && strncmp(word, "width=", 6) == 0) {
            if (parse_width(word + 6, width, error, size))
                return -1;
            continue;
        }
        if (found == count) {
            snprintf(error, size, "'%s' is one number too many", word);
            return -1;
        }
        if (bench_parse_number(word, blank[found].name, blank[found].min, blank[found].max,
                               blank[found].number, error, size))
            return -1;
        found++;
    }
    if (found)
        return 0;
    snprintf(error, size, "%s is missing", blank[0].name);
    return -1;
}

unsigned bench_parts(const bench_problem *problem)
{
    const bench_workload *workload = bench_workloads[problem->kind];

    return workload->parts ? workload->parts(problem) : 1;
}

uint64_t bench_fibers(const bench_problem *problem, const bench_answer *answer)
{
    const bench_workload *workload = bench_workloads[problem->kind];

    return workload->fibers ? workload->fibers(problem, answer) : 0;
}

uint64_t bench_each(const bench_problem *problem, uint64_t fibers)
{
    const bench_workload *workload = bench_workloads[problem->kind];

    return workload->times ? workload->times(problem, fibers) : fibers;
}

int bench_parse_problem(const char *text, bench_problem *problem, char *error, size_t size)
{
    const char *colon = strchr(text, ':');
    size_t length = colon ? (size_t)(colon - text) : strlen(text);
    char numbers[BENCH_NAME];
    size_t used;

    memset(problem, 0, sizeof *problem);
    if (strlen(text) >= BENCH_NAME) {
        snprintf(error, size, "a workload's name has at most %d characters", BENCH_NAME - 1);
        return -1;
    }
    for (int kind = 0; kind < BENCH_KINDS; kind++) {
        const bench_workload *workload = bench_workloads[kind];

        if (strlen(workload->name) != length || strncmp(text, workload->name, length) != 0)
            continue;
        problem->kind = (bench_kind)kind;
        snprintf(numbers, sizeof numbers, "%s", colon ? colon + 1 : workload->numbers);
        snprintf(problem->name, sizeof problem->name, "%s", text);
        if (!colon)
            snprintf(problem->name + length, sizeof problem->name - length, ":%s", numbers);
        return workload->parse(numbers, problem, error, size);
    }
    used = (size_t)snprintf(
        error, size,
        "there is no workload '%.*s'; --list describes those that there are:", (int)length, text);
    for (int kind = 0; kind < BENCH_KINDS && used < size; kind++)
        used += (size_t)snprintf(error + used, size - used, "%s %s", kind ? "," : "",
                                 bench_workloads[kind]->name);
    return -1;
}

void bench_forget(bench_problem *problem)
{
    const bench_workload *workload = bench_workloads[problem->kind];

    if (workload->forget)
        workload->forget(problem);
}

/* ---- device code ----------------------------------------------------------------------------- */

static const char *find_source(const char *name, size_t length)
{
    for (size_t i = 0; bench_device_sources[i].name; i++)
        if (strlen(bench_device_sources[i].name) == length &&
            strncmp(bench_device_sources[i].name, name, length) == 0)
            return bench_device_sources[i].text;
    return NULL;
}

/* Writes a file, with the embedded files in place of the lines that include them. */
static void write_source(FILE *out, const char *text)
{
    static const char directive[] = "#include \"";

    while (*text) {
        const char *end = strchr(text, '\n');
        size_t length = end ? (size_t)(end - text) + 1 : strlen(text);
        const char *name = text + sizeof directive - 1, *included = NULL;

        if (strncmp(text, directive, sizeof directive - 1) == 0)
            included = find_source(name, strcspn(name, "\"\n"));
        if (included)
            write_source(out, included);
        else
            fwrite(text, 1, length, out);
        text += length;
    }
}

char *bench_expand(const char *text)
{
    char *expanded = NULL;
    size_t size;
    FILE *out = open_memstream(&expanded, &size);

    if (!out)
        return NULL;
    write_source(out, text);
    return fclose(out) ? NULL : expanded;
}

char *bench_source(const char *name)
{
    char file[64];
    int length = snprintf(file, sizeof file, "%s.fib", name);

    return bench_expand(find_source(file, (size_t)length));
}
