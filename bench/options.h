/* options.h - the command line. */
#ifndef BENCH_OPTIONS_H
#define BENCH_OPTIONS_H

#include <stdbool.h>

#include "peers/peer.h"
#include "workload.h"

#define BENCH_MAX_PEERS 8
#define BENCH_MAX_RUNS  1000

typedef struct bench_options {
    clf_options scheduler;
    unsigned threads; /* of the peers */
    unsigned runs;
    const bench_peer *peers[BENCH_MAX_PEERS]; /* NULL at the end */
    bench_file source;                        /* instead of the embedded one; no text: none */
    const char *json;                         /* file, or NULL */
    bool list, startup, progress;
    bench_problem *problems;
    size_t count;
} bench_options;

/* Exits with 2 and a message on bad input. */
void bench_parse_options(int argc, char **argv, bench_options *options);
void bench_free_options(bench_options *options);

#endif
