/* oracle.c - the right answers: published ones, or a sequential run. The workloads know which. */
#include <stdio.h>
#include <string.h>

#include "oracle.h"
#include "peers/peer.h"
#include "workload.h"

bench_origin bench_known(const bench_problem *problem, bench_answer *answer)
{
    memset(answer, 0, sizeof *answer);
    return bench_workloads[problem->kind]->known(problem, answer) ? BENCH_LISTED : BENCH_UNKNOWN;
}

int bench_expect(const bench_problem *problem, bench_answer *answer, bench_origin *origin,
                 char *error, size_t size)
{
    const bench_workload *workload = bench_workloads[problem->kind];
    double seconds;

    *origin = bench_known(problem, answer);
    if (*origin != BENCH_UNKNOWN)
        return 0;
    *origin = BENCH_COMPUTED;
    memset(answer, 0, sizeof *answer);
    if (workload->compute)
        return workload->compute(problem, answer, error, size);
    if (bench_run_peer(bench_find_peer("seq"), problem, 1, answer, &seconds) != PEER_OK) {
        snprintf(error, size, "no memory for a sequential run of %s", problem->name);
        return -1;
    }
    return 0;
}

double bench_guess_seconds(const bench_problem *problem, const bench_answer *answer)
{
    return bench_workloads[problem->kind]->guess(problem, answer);
}
