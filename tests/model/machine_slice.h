/* machine_slice.h - the worker loop on the machine of machine.h, for scenarios that run whole
 * slices: included behind their segments. */
#include "device_behind.h"
#include "machine_arguments.h"

static void host_barrier(void)
{
}

static inline void machine_slice(uint id)
{
    host_group = id;
    host_lane = 0;
    clf_slice(MACHINE_ARGUMENTS);
}
