/* solve.h - every workload for one runtime. The runtime's file defines the TASK_ macros first; the
 * workloads' headers are written in terms of them, so that all runtimes, and sequential C, do the
 * same work. They are C and C++ both.
 *
 *   TASK_GROUP()               begins a scope with tasks; stands among its declarations
 *   TASK_SPAWN(statement)      a task, with copies of the locals
 *   TASK_SPAWN_TO(v, e)        a task that puts the value of e into the local v
 *   TASK_WAIT()                waits for the tasks of the scope
 *   TASK_THREAD()              the number of the thread that runs this
 *   TASK_SEQUENTIAL            defined if a task is but a call
 */
#ifndef BENCH_PEERS_SOLVE_H
#define BENCH_PEERS_SOLVE_H

#include "peer.h"

/* What a workload has for a runtime that lacks the operation. */
#define TASK_NO_COUNTERPART NULL

#include "barytree.h"
#include "bfs.h"
#include "bintree.h"
#include "channel.h"
#include "cilksort.h"
#include "empty.h"
#include "fib.h"
#include "hostcall.h"
#include "knapsack.h"
#include "mandelbrot.h"
#include "matmul.h"
#include "mergesort.h"
#include "mutex.h"
#include "nbody.h"
#include "nqueens.h"
#include "pingpong.h"
#include "rmat.h"
#include "sleepers.h"
#include "spawnjoin.h"
#include "strassen.h"
#include "uts.h"
#include "yield.h"

typedef void task_solve(const bench_problem *problem, void *data, peer_count *counts);

#define TASK_SOLVE_OF(KIND, name) name##_solve,
static task_solve *const task_solves[BENCH_KINDS] = {BENCH_WORKLOADS(TASK_SOLVE_OF)};
#undef TASK_SOLVE_OF

#endif
