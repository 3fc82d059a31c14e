/* crowd.c - do fibers that wait slow those that run? Times the same fibers on a scheduler of their
 * own and on one where a crowd sleeps, in turns. Not part of make check, which times nothing.
 *
 *     crowd [SLEEPERS [N]]      prints the medians of fib(N) and their ratio */
#undef NDEBUG
#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "clfiber.h"

static const char source[] = "fiber void sleeper(void)\n"
                             "{\n"
                             "    await sleep(3600000000l);\n"
                             "}\n"
                             "fiber void crowd(uint count)\n"
                             "{\n"
                             "    for (uint i = 0; i < count; i++)\n"
                             "        start sleeper();\n"
                             "}\n"
                             "fiber long fib(int n)\n"
                             "{\n"
                             "    if (n < 2)\n"
                             "        return n;\n"
                             "    long a = spawn fib(n - 1);\n"
                             "    long b = spawn fib(n - 2);\n"
                             "    sync;\n"
                             "    return a + b;\n"
                             "}\n";

enum { TURNS = 15 };

static double now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

static clf_scheduler *open_scheduler(void)
{
    clf_scheduler *s;
    clf_options options = CLF_OPTIONS_INIT;
    options.workers = 1;
    if (clf_create(&options, &s) != CLF_OK || clf_program_build(s, source, NULL) != CLF_OK) {
        fprintf(stderr, "%s\n", clf_message(s));
        exit(1);
    }
    return s;
}

static double seconds_of(clf_scheduler *s, cl_int n)
{
    clf_handle handle;
    cl_long result;
    double start = now();
    assert(clf_start(s, "fib", 1, &CLF_ARG(n), &handle) == CLF_OK);
    assert(clf_join(s, handle, &result, sizeof result, CLF_FOREVER) == CLF_OK);
    return now() - start;
}

static int by_size(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

int main(int argc, char **argv)
{
    cl_uint sleepers = argc > 1 ? (cl_uint)strtoul(argv[1], NULL, 10) : 1000000;
    cl_int n = argc > 2 ? atoi(argv[2]) : 30;
    clf_scheduler *alone = open_scheduler(), *crowded = open_scheduler();
    clf_handle crowd;
    double seconds[2][TURNS];
    assert(clf_start(crowded, "crowd", 1, &CLF_ARG(sleepers), &crowd) == CLF_OK);
    assert(clf_join(crowded, crowd, NULL, 0, CLF_FOREVER) == CLF_OK);
    assert(clf_run(crowded, 1) == CLF_TIMEOUT); /* all of them are asleep */
    seconds_of(alone, n);
    seconds_of(crowded, n);
    for (int i = 0; i < TURNS; i++) {
        seconds[0][i] = seconds_of(alone, n);
        seconds[1][i] = seconds_of(crowded, n);
    }
    for (int i = 0; i < 2; i++)
        qsort(seconds[i], TURNS, sizeof seconds[i][0], by_size);
    clf_stats stats = {.size = sizeof stats};
    assert(clf_get_stats(crowded, &stats) == CLF_OK);
    assert(stats.total.spawned - stats.total.completed == sleepers);
    printf("fib(%d): %.4f s alone, %.4f s beside %u sleepers: %.3f times\n", (int)n,
           seconds[0][TURNS / 2], seconds[1][TURNS / 2], (unsigned)sleepers,
           seconds[1][TURNS / 2] / seconds[0][TURNS / 2]);
    printf("device memory: %.1f bytes a sleeper beside frames of %u\n",
           ((double)stats.device_bytes - (double)stats.frames * stats.frame_bytes) / stats.frames,
           (unsigned)stats.frame_bytes);
    clf_destroy(alone);
    clf_destroy(crowded);
    return 0;
}
