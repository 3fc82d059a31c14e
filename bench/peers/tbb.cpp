/* tbb.cpp - the workloads on oneTBB: one task_group::run where we have one fiber, one wait where we
 * have one sync. */
#include <cstddef>

#include <oneapi/tbb/global_control.h>
#include <oneapi/tbb/task_arena.h>
#include <oneapi/tbb/task_group.h>
#include <oneapi/tbb/task_scheduler_observer.h>
#include <oneapi/tbb/version.h>

#define TASK_GROUP()        oneapi::tbb::task_group group
#define TASK_SPAWN(...)     group.run([=] { __VA_ARGS__; })
#define TASK_SPAWN_TO(v, e) group.run([=, &v] { v = e; })
#define TASK_WAIT()         group.wait()
#define TASK_THREAD()       oneapi::tbb::this_task_arena::current_thread_index()

#include "../place.h"
#include "solve.h"

#if defined(__clang__)
#define COMPILER "clang " __clang_version__
#else
#define COMPILER "gcc " __VERSION__
#endif

namespace
{

/* Every thread that comes to the arena is put on a core. */
class placing : public oneapi::tbb::task_scheduler_observer
{
  public:
    explicit placing(oneapi::tbb::task_arena &arena) : oneapi::tbb::task_scheduler_observer(arena)
    {
        observe(true);
    }
    ~placing() override
    {
        observe(false);
    }
    placing(const placing &) = delete;
    placing &operator=(const placing &) = delete;
    void on_scheduler_entry(bool) override
    {
        bench_place_thread((unsigned)oneapi::tbb::this_task_arena::current_thread_index());
    }
};

peer_result run(const bench_problem *problem, unsigned threads, void *data, peer_count *counts,
                double *seconds)
{
    task_solve *solve = task_solves[problem->kind];

    if (!solve)
        return PEER_UNSUPPORTED;

    oneapi::tbb::global_control parallelism(oneapi::tbb::global_control::max_allowed_parallelism,
                                            threads);
    oneapi::tbb::global_control stacks(oneapi::tbb::global_control::thread_stack_size, PEER_STACK);
    oneapi::tbb::task_arena arena(static_cast<int>(threads));
    placing places(arena);
    arena.execute([] { /* wakes the threads before the clock starts */
                       oneapi::tbb::task_group group;
                       for (int i = 0; i < 64; i++)
                           group.run([] {});
                       group.wait();
    });

    double start = bench_now();
    arena.execute([&] { solve(problem, data, counts); });
    *seconds = bench_now() - start;
    return PEER_OK;
}

} // namespace

#define STRING_(x) #x
#define STRING(x)  STRING_(x)

extern "C" {
extern const bench_peer peer_tbb;
const bench_peer peer_tbb = {"tbb",
                             "oneTBB " STRING(TBB_VERSION_MAJOR) "." STRING(
                                 TBB_VERSION_MINOR) " task_group, " COMPILER " -O3 -march=native",
                             1, run};
}
