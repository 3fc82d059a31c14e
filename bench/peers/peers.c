/* peers.c - the list of comparison runtimes, and what they have in common. */
#include "config.h" /* which runtimes this build has */

#include <pthread.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "../workload.h"
#include "peer.h"

#define CALLER_STACK ((size_t)1 << 30)

extern const bench_peer peer_seq, peer_omp, peer_tbb;

const bench_peer *const bench_peers[] = {
    &peer_seq,
#ifdef HAVE_OPENMP
    &peer_omp,
#endif
#ifdef HAVE_TBB
    &peer_tbb,
#endif
    NULL,
};

const bench_peer *bench_find_peer(const char *name)
{
    for (size_t i = 0; bench_peers[i]; i++)
        if (strcmp(bench_peers[i]->name, name) == 0)
            return bench_peers[i];
    return NULL;
}

double bench_now(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

/* ---- one run ----------------------------------------------------------------------------------
 */

/* The threads' counts put together. */
static void sum(const bench_workload *workload, const peer_count *counts, unsigned threads,
                bench_answer *answer)
{
    for (unsigned t = 0; t < threads; t++)
        for (int i = 0; i < BENCH_PARTS; i++) {
            if (!(workload->greatest & 1u << i))
                answer->part[i] += counts[t].part[i];
            else if (counts[t].part[i] > answer->part[i])
                answer->part[i] = counts[t].part[i];
        }
}

static peer_result solve(const bench_peer *peer, const bench_problem *problem, unsigned threads,
                         bench_answer *answer, double *seconds)
{
    const bench_workload *workload = bench_workloads[problem->kind];
    peer_count *counts = calloc(threads, sizeof *counts);
    void *data = workload->make ? workload->make(problem) : NULL;
    peer_result result = PEER_NO_MEMORY;

    if (counts && (data || !workload->make))
        result = peer->run(problem, threads, data, counts, seconds);
    if (result == PEER_OK) {
        if (workload->judge)
            workload->judge(problem, data, answer);
        else
            sum(workload, counts, threads, answer);
    }
    free(data);
    free(counts);
    return result;
}

/* ---- on a large stack -------------------------------------------------------------------------
 */

struct call {
    const bench_peer *peer;
    const bench_problem *problem;
    unsigned threads;
    bench_answer *answer;
    double *seconds;
    peer_result result;
};

static void *call_peer(void *data)
{
    struct call *call = data;

    call->result = solve(call->peer, call->problem, call->threads, call->answer, call->seconds);
    return NULL;
}

peer_result bench_run_peer(const bench_peer *peer, const bench_problem *problem, unsigned threads,
                           bench_answer *answer, double *seconds)
{
    struct call call = {peer, problem, threads, answer, seconds, PEER_NO_MEMORY};
    pthread_attr_t attr;
    pthread_t thread;
    int failed;

    memset(answer, 0, sizeof *answer);
    if (pthread_attr_init(&attr))
        return PEER_NO_MEMORY;
    failed = pthread_attr_setstacksize(&attr, CALLER_STACK) ||
             pthread_create(&thread, &attr, call_peer, &call);
    pthread_attr_destroy(&attr);
    if (failed)
        return PEER_NO_MEMORY;
    pthread_join(thread, NULL);
    return call.result;
}
