/* flat.c - see flat.h. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "flat.h"

int bench_flat_parse(char *numbers, bench_blank second, bench_problem *problem, char *error,
                     size_t size)
{
    const bench_blank blank[] = {{"FIBERS", 1, 200000000, &problem->as.flat.fibers}, second};

    if (!strchr(numbers, ',') && *second.number == 0) {
        const char *name = bench_workloads[problem->kind]->name;

        snprintf(error, size, "'%s' lacks the second number; write %s:FIBERS,%s", numbers, name,
                 second.name);
        return -1;
    }
    return bench_parse_numbers(numbers, blank, 2, NULL, error, size);
}

uint64_t bench_flat_fibers(const bench_problem *problem, const bench_answer *answer)
{
    (void)answer;
    return (uint64_t)problem->as.flat.fibers + 1;
}

uint64_t bench_flat_rounds(const bench_problem *problem, uint64_t count)
{
    (void)count;
    return (uint64_t)problem->as.flat.fibers * problem->as.flat.rounds;
}

void *bench_flat_make(const bench_problem *problem)
{
    return bench_zeroes(sizeof(uint32_t) * (size_t)problem->as.flat.fibers);
}

int bench_flat_bind(bench_run *run)
{
    return bench_buffer(run, 0, "places", sizeof(cl_uint) * run->problem->as.flat.fibers, NULL,
                        "the fibers' places");
}

clf_status bench_flat_start(bench_run *run, clf_handle *root)
{
    cl_uint count = run->problem->as.flat.fibers;

    return clf_start(run->scheduler, "parent", 1, (clf_arg[]){CLF_ARG(count)}, root);
}

int bench_flat_collect(bench_run *run, bench_answer *answer)
{
    uint32_t *places = bench_read(run, 0);

    if (!places)
        return -1;
    bench_workloads[run->problem->kind]->judge(run->problem, places, answer);
    free(places);
    return 0;
}

double bench_flat_guess(const bench_problem *problem, const bench_answer *answer)
{
    (void)problem;
    return 5e-9 * (double)answer->part[0];
}

void bench_flat_judge_marks(const bench_problem *problem, const void *data, bench_answer *answer)
{
    const uint32_t *places = data;

    for (uint32_t i = 0; i < problem->as.flat.fibers; i++)
        answer->part[0] += places[i] == bench_mark(i);
}

bool bench_flat_known_marks(const bench_problem *problem, bench_answer *answer)
{
    answer->part[0] = problem->as.flat.fibers;
    return true;
}
