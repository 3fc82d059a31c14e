/* list.h - the workloads, in the order of `clfbench --list`: a line each, W(KIND, name).
 *
 * A line stands for bench_KIND of problem.h, `bench_workload bench_name` of workloads/name.c, the
 * device code workloads/name.fib and the peers' name_solve of peers/name.h.
 */
#ifndef BENCH_LIST_H
#define BENCH_LIST_H

#define BENCH_WORKLOADS(W)    \
    W(FIB, fib)               \
    W(NQUEENS, nqueens)       \
    W(UTS, uts)               \
    W(SPAWNJOIN, spawnjoin)   \
    W(EMPTY, empty)           \
    W(YIELD, yield)           \
    W(CILKSORT, cilksort)     \
    W(MERGESORT, mergesort)   \
    W(BINTREE, bintree)       \
    W(BARYTREE, barytree)     \
    W(MANDELBROT, mandelbrot) \
    W(KNAPSACK, knapsack)     \
    W(MATMUL, matmul)         \
    W(STRASSEN, strassen)     \
    W(NBODY, nbody)           \
    W(BFS, bfs)               \
    W(RMAT, rmat)             \
    W(HOSTCALL, hostcall)     \
    W(SLEEPERS, sleepers)     \
    W(MUTEX, mutex)           \
    W(CHANNEL, channel)       \
    W(PINGPONG, pingpong)

#endif
