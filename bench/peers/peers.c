/* peers.c - the list of comparison runtimes, and what they have in common. */
#include "config.h" /* which runtimes this build has */

#include <pthread.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "../place.h"
#include "../workload.h"
#include "peer.h"

#define CALLER_STACK ((size_t)1 << 30)

extern const bench_peer peer_seq, peer_omp, peer_tbb, peer_boost;

const bench_peer *const bench_peers[] = {
    &peer_seq,
#ifdef HAVE_OPENMP
    &peer_omp,
#endif
#ifdef HAVE_TBB
    &peer_tbb,
#endif
#ifdef HAVE_BOOST_FIBER
    &peer_boost,
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
    bench_place_anywhere(); /* the caller's thread, which others use next */
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

/* ---- running on a large stack ---------------------------------------------------------------
 *
 * All calls are made by one thread that lives as long as the process: libomp 14 crashes when its
 * tasks' memory was allocated under a root thread that has ended.
 */

struct call {
    const bench_peer *peer;
    const bench_problem *problem;
    unsigned threads;
    bench_answer *answer;
    double *seconds;
    peer_result result;
};

static struct {
    pthread_mutex_t lock;
    pthread_cond_t changed;
    struct call *call; /* to be made, or being made; NULL: none */
    int started;
} caller = {PTHREAD_MUTEX_INITIALIZER, PTHREAD_COND_INITIALIZER, NULL, 0};

static void *make_calls(void *unused)
{
    (void)unused;
    pthread_mutex_lock(&caller.lock);
    for (;;) {
        while (caller.call == NULL)
            pthread_cond_wait(&caller.changed, &caller.lock);
        struct call *call = caller.call;
        pthread_mutex_unlock(&caller.lock);
        call->result = solve(call->peer, call->problem, call->threads, call->answer, call->seconds);
        pthread_mutex_lock(&caller.lock);
        caller.call = NULL;
        pthread_cond_broadcast(&caller.changed);
    }
    return NULL;
}

static int start_caller(void)
{
    pthread_attr_t attr;
    pthread_t thread;
    int failed;

    if (caller.started)
        return 1;
    if (pthread_attr_init(&attr))
        return 0;
    failed = pthread_attr_setstacksize(&attr, CALLER_STACK) ||
             pthread_attr_setdetachstate(&attr, PTHREAD_CREATE_DETACHED) ||
             pthread_create(&thread, &attr, make_calls, NULL);
    pthread_attr_destroy(&attr);
    caller.started = !failed;
    return caller.started;
}

peer_result bench_run_peer(const bench_peer *peer, const bench_problem *problem, unsigned threads,
                           bench_answer *answer, double *seconds)
{
    struct call call = {peer, problem, threads, answer, seconds, PEER_NO_MEMORY};

    memset(answer, 0, sizeof *answer);
    pthread_mutex_lock(&caller.lock);
    if (start_caller()) {
        caller.call = &call;
        pthread_cond_broadcast(&caller.changed);
        while (caller.call != NULL)
            pthread_cond_wait(&caller.changed, &caller.lock);
    }
    pthread_mutex_unlock(&caller.lock);
    return call.result;
}
