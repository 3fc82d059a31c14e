/* talk.h - what the workloads have in common whose fibers talk: mutex, channel, pingpong. */
#ifndef BENCH_TALK_H
#define BENCH_TALK_H

#include "device.h"

/* What a fiber leaves behind; a problem has `fibers` of them. */
typedef struct bench_talk {
    uint64_t count, sum;
} bench_talk;

/* "FIBERS,ROUNDS" into problem->as.talk. */
int bench_talk_parse(char *numbers, bench_problem *problem, char *error, size_t size);
/* FIBERS times ROUNDS. */
uint64_t bench_talk_rounds(const bench_problem *problem, uint64_t count);
unsigned bench_talk_parts(const bench_problem *problem);
/* Binds "rounds", "places" (a bench_talk each) and "state", zeroed, of that many bytes. */
int bench_talk_bind(bench_run *run, size_t state);
clf_status bench_talk_start(bench_run *run, clf_handle *root);
void *bench_talk_make(const bench_problem *problem);
void bench_talk_judge(const bench_problem *problem, const void *data, bench_answer *answer);
int bench_talk_collect(bench_run *run, bench_answer *answer);
double bench_talk_guess(const bench_problem *problem, const bench_answer *answer);

#define BENCH_TALK_MEMBERS                                                           \
    .parse = bench_talk_parse, .parts = bench_talk_parts, .guess = bench_talk_guess, \
    .make = bench_talk_make, .judge = bench_talk_judge, .start = bench_talk_start,   \
    .collect = bench_talk_collect

#endif
