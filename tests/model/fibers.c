/* fibers.c - code of the front end (fibers.fib, translated by clfcc), in whole slices: fork and
 * join, a mutex that is held over suspensions, started fibers. */
#include "host_opencl.h"
#define CLF_LANES 1
#define CLF_MODE  0u
#include "device_before.h"
#include "fibers_head.h"
#include "machine.h"
#include "fibers_tail.h"

static shared_data *shared;
#define MACHINE_ENV , shared
#include "machine_slice.h"
#include "machine_host.h"

static uint expected;

static uint expected_result(uint root)
{
    return expected;
}

static void thread(unsigned self)
{
    machine_slice(self);
}

static void setup(uint workers, uint ring, uint frames, uint budget)
{
    host_setup(workers, ring, frames, 64, budget, 0xfffffffeu, 1);
    shared = ex_alloc("shared", sizeof *shared, sizeof *shared, NULL);
}

static void setup_fib(void)
{
    setup(2, 4, 16, 0xffffffffu);
    host_root(0, CLF_FN_fib, 4, 0);
    expected = 3;
}

static void setup_fib_lean(void)
{
    setup(3, 2, 2, 2);
    host_root(0, CLF_FN_fib, 5, 0);
    expected = 5;
}

static void setup_adders(void)
{
    setup(3, 4, 16, 0xffffffffu);
    host_root(0, CLF_FN_adders, 3, 0);
    expected = 3;
}

static void setup_adders_lean(void)
{
    setup(3, 2, 2, 2);
    host_root(0, CLF_FN_adders, 4, 1);
    expected = 4;
}

static void setup_starter(void)
{
    setup(3, 2, 4, 3);
    host_root(0, CLF_FN_starter, 3, 1);
    expected = 63;
}

const struct ex_scenario ex_fibers[] = {
    {"fibers-fib", "spawn, await and sync, 2 workers", 2, setup_fib, thread, between, host_finish,
     2, 1, 0, 200000, 20000, 0, false},
    {"fibers-fib-lean", "the same, 3 workers, slices of 2 segments; all grows", 3, setup_fib_lean,
     thread, between, host_finish, 0, 0, 1, 0, 20000, 0, false},
    {"fibers-mutex", "3 fibers add under a lock", 3, setup_adders, thread, between, host_finish, 1,
     1, 0, 200000, 30000, 0, false},
    {"fibers-mutex-lean", "the same, with a yield under the lock; all grows", 3, setup_adders_lean,
     thread, between, host_finish, 0, 0, 1, 0, 20000, 0, false},
    {"fibers-start", "started and joined", 3, setup_starter, thread, between, host_finish, 0, 0, 1,
     0, 20000, 0, false},
    {0},
};
