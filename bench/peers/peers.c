/* peers.c - the list of comparison runtimes, and what they have in common. */
#include "config.h" /* which runtimes this build has */

#include <pthread.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

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
        call->result = call->peer->run(call->problem, call->threads, call->answer, call->seconds);
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

/* ---- answers -------------------------------------------------------------------------------- */

void peer_sum(const bench_problem *problem, const peer_count *counts, unsigned threads,
              bench_answer *answer)
{
    memset(answer, 0, sizeof *answer);
    for (unsigned t = 0; t < threads; t++)
        for (int i = 0; i < BENCH_PARTS; i++) {
            /* The third part of a tree is its depth. */
            if (problem->kind == BENCH_UTS && i == 2) {
                if (counts[t].part[i] > answer->part[i])
                    answer->part[i] = counts[t].part[i];
            } else {
                answer->part[i] += counts[t].part[i];
            }
        }
}

void peer_judge_places(const bench_problem *problem, const uint32_t *places, bench_answer *answer)
{
    memset(answer, 0, sizeof *answer);
    if (problem->kind == BENCH_SPAWNJOIN) {
        for (uint32_t i = 0; i < problem->as.spawnjoin.count; i++)
            answer->part[0] += places[i] == bench_mark(i);
    } else {
        for (uint32_t i = 0; i < problem->as.yield.fibers; i++) {
            answer->part[0] += places[i];
            answer->part[1] += places[i] == problem->as.yield.rounds;
        }
    }
}

uint32_t *peer_places(uint32_t count)
{
    uint32_t *places = malloc(sizeof *places * (size_t)count);

    if (places)
        memset(places, 0, sizeof *places * (size_t)count);
    return places;
}
