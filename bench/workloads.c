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
    used =
        (size_t)snprintf(error, size, "there is no workload '%.*s'; there are", (int)length, text);
    for (int kind = 0; kind < BENCH_KINDS && used < size; kind++)
        used += (size_t)snprintf(error + used, size - used, "%s %s", kind ? "," : "",
                                 bench_workloads[kind]->synopsis);
    return -1;
}

void bench_forget(bench_problem *problem)
{
    const bench_workload *workload = bench_workloads[problem->kind];

    if (workload->forget)
        workload->forget(problem);
}

const char *bench_source(const bench_workload *workload)
{
    size_t length = strlen(workload->name);

    for (size_t i = 0; bench_device_sources[i].name; i++)
        if (strncmp(bench_device_sources[i].name, workload->name, length) == 0 &&
            strcmp(bench_device_sources[i].name + length, ".fib") == 0)
            return bench_device_sources[i].text;
    return NULL;
}
