/* peer.h - what a comparison runtime looks like to clfbench. */
#ifndef BENCH_PEER_H
#define BENCH_PEER_H

#include "../problem.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef enum peer_result {
    PEER_OK = 0,
    PEER_UNSUPPORTED, /* the runtime has no such operation */
    PEER_NO_MEMORY
} peer_result;

/* Counts of one thread, on a cache line of its own. */
typedef struct peer_count {
    uint64_t part[BENCH_PARTS];
    uint64_t pad[8 - BENCH_PARTS];
} peer_count;

typedef struct bench_peer {
    const char *name;  /* as in --peers */
    const char *about; /* which runtime, by which compiler */
    int parallel;      /* uses the threads it is given; otherwise one */
    /* Solves the problem once with `threads` threads, in `data`, what the workload's make() made,
     * and `counts`, zeroed, one per thread. Threads are started before the clock is. */
    peer_result (*run)(const bench_problem *problem, unsigned threads, void *data,
                       peer_count *counts, double *seconds);
} bench_peer;

/* Those that this build has, NULL at the end; seq is the first. */
extern const bench_peer *const bench_peers[];

/* NULL if this build has none of that name. */
const bench_peer *bench_find_peer(const char *name);

/* One run, and its answer. It has a thread with a stack that deep trees fit on: tasks that wait run
 * other tasks on top of themselves, so that a runtime's stack grows with the depth of the tree. */
peer_result bench_run_peer(const bench_peer *peer, const bench_problem *problem, unsigned threads,
                           bench_answer *answer, double *seconds);

/* Stack of a runtime's own threads, for the same reason. Only what is touched is really used. */
#define PEER_STACK ((size_t)256 << 20)

/* ---- for the peers' own use ----------------------------------------------------------------- */

/* Seconds on a clock that only goes forward. */
double bench_now(void);

#ifdef __cplusplus
}
#endif
#endif
