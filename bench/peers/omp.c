/* omp.c - the workloads as OpenMP tasks: one task where we have one fiber, one taskwait where we
 * have one sync. */
#include <omp.h>
#include <pthread.h>
#include <stddef.h>

#define TASK_PRAGMA(...)    _Pragma(#__VA_ARGS__)
#define TASK_GROUP()        ((void)0)
#define TASK_SPAWN(...)     TASK_PRAGMA(omp task) __VA_ARGS__
#define TASK_SPAWN_TO(v, e) TASK_PRAGMA(omp task shared(v)) v = e
#define TASK_WAIT()         TASK_PRAGMA(omp taskwait)
#define TASK_THREAD()       omp_get_thread_num()

#include "../place.h"
#include "solve.h"

#if defined(__clang__)
#define RUNTIME "libomp, clang " __clang_version__
#else
#define RUNTIME "libgomp, gcc " __VERSION__
#endif

/* libomp's own controls; other runtimes lack them. */
extern void kmp_set_stacksize_s(size_t size) __attribute__((weak));
extern void kmp_set_blocktime(int milliseconds) __attribute__((weak));

/* Before the first parallel region: libomp asks it of its own setting, libgomp's threads take the
 * default of the process. */
static void enlarge_stacks(void)
{
    static int done;
    pthread_attr_t attr;

    if (done)
        return;
    done = 1;
    if (kmp_set_stacksize_s)
        kmp_set_stacksize_s(PEER_STACK);
    if (kmp_set_blocktime)
        kmp_set_blocktime(0); /* do not spin into the next runtime's time */
    if (pthread_attr_init(&attr) == 0) {
        if (pthread_attr_setstacksize(&attr, PEER_STACK) == 0)
            pthread_setattr_default_np(&attr);
        pthread_attr_destroy(&attr);
    }
}

static peer_result run(const bench_problem *problem, unsigned threads, void *data,
                       peer_count *counts, double *seconds)
{
    task_solve *solve = task_solves[problem->kind];
    unsigned started = 0;
    double start;

    if (!solve)
        return PEER_UNSUPPORTED;
    enlarge_stacks();
    omp_set_dynamic(0);
#pragma omp parallel num_threads((int)threads) reduction(+ : started)
    {
        bench_place_thread((unsigned)omp_get_thread_num());
        started++;
    }
    (void)started; /* starts the threads; a region that does nothing might be dropped */

    start = bench_now();
#pragma omp parallel num_threads((int)threads)
#pragma omp single
    solve(problem, data, counts);
    *seconds = bench_now() - start;
    return PEER_OK;
}

const bench_peer peer_omp = {"omp", "OpenMP tasks, " RUNTIME " -O3 -march=native", 1, run};
