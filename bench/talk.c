/* talk.c - see talk.h. */
#include "talk.h"

#include <stdlib.h>

int bench_talk_parse(char *numbers, bench_problem *problem, char *error, size_t size)
{
    const bench_blank blank[] = {{"FIBERS", 1, 1000000, &problem->as.talk.fibers},
                                 {"ROUNDS", 1, 1000000000, &problem->as.talk.rounds}};

    problem->as.talk.rounds = 1000;
    return bench_parse_numbers(numbers, blank, 2, NULL, error, size);
}

uint64_t bench_talk_rounds(const bench_problem *problem, uint64_t count)
{
    (void)count;
    return (uint64_t)problem->as.talk.fibers * problem->as.talk.rounds;
}

unsigned bench_talk_parts(const bench_problem *problem)
{
    (void)problem;
    return 2;
}

int bench_talk_bind(bench_run *run, size_t state)
{
    if (bench_bind_uint(run, "rounds", run->problem->as.talk.rounds))
        return -1;
    if (bench_buffer(run, 0, "places", sizeof(bench_talk) * run->problem->as.talk.fibers, NULL,
                     "the fibers' places"))
        return -1;
    return bench_buffer(run, 1, "state", state, NULL, "the objects that fibers share");
}

clf_status bench_talk_start(bench_run *run, clf_handle *root)
{
    cl_uint count = run->problem->as.talk.fibers;

    return clf_start(run->scheduler, "parent", 1, (clf_arg[]){CLF_ARG(count)}, root);
}

void *bench_talk_make(const bench_problem *problem)
{
    return bench_zeroes(sizeof(bench_talk) * (size_t)problem->as.talk.fibers);
}

void bench_talk_judge(const bench_problem *problem, const void *data, bench_answer *answer)
{
    const bench_talk *places = data;

    for (uint32_t i = 0; i < problem->as.talk.fibers; i++) {
        answer->part[0] += places[i].count;
        answer->part[1] += places[i].sum;
    }
}

int bench_talk_collect(bench_run *run, bench_answer *answer)
{
    bench_talk *places = bench_read(run, 0);

    if (!places)
        return -1;
    bench_talk_judge(run->problem, places, answer);
    free(places);
    return 0;
}

double bench_talk_guess(const bench_problem *problem, const bench_answer *answer)
{
    (void)problem;
    return 50e-9 * (double)answer->part[0];
}
