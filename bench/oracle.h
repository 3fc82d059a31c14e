/* oracle.h - the right answers. */
#ifndef BENCH_ORACLE_H
#define BENCH_ORACLE_H

#include <stddef.h>

#include "problem.h"

typedef enum bench_origin {
    BENCH_UNKNOWN, /* no answer yet: bench_expect has to run the problem on the host */
    BENCH_LISTED,  /* published, or follows from the problem's definition */
    BENCH_COMPUTED /* by a sequential run on the host */
} bench_origin;

/* The right answer if it is known without a run; BENCH_UNKNOWN if not. */
bench_origin bench_known(const bench_problem *problem, bench_answer *answer);

/* The right answer, by a sequential run if need be. 0, or -1 with a sentence in `error`. */
int bench_expect(const bench_problem *problem, bench_answer *answer, bench_origin *origin,
                 char *error, size_t size);

/* About how long plain C takes, given the answer. */
double bench_guess_seconds(const bench_problem *problem, const bench_answer *answer);

#endif
