/* machine_slice.h - the worker loop on the machine of machine.h, for scenarios that run whole
 * slices: included behind their segments. A thread of the explorer is a lane. */
#if CLF_LANES > 1
static struct clf_round *machine_rounds; /* local memory, of each worker */
static struct clf_round *host_round(void)
{
    return &machine_rounds[ex_thread() / CLF_LANES];
}
#endif

#include "device_behind.h"
#include "machine_arguments.h"

#ifndef MACHINE_ENV
#define MACHINE_ENV /* arguments for the program's env */
#endif

static void host_barrier(void)
{
    ex_barrier(((1u << CLF_LANES) - 1) << (ex_thread() / CLF_LANES * CLF_LANES));
}

static inline void machine_slice(uint thread)
{
    host_group = thread / CLF_LANES;
    host_lane = thread % CLF_LANES;
    clf_slice(MACHINE_ARGUMENTS MACHINE_ENV);
}
