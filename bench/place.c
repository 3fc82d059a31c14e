/* place.c - see place.h. Where the system is not Linux, nothing is done. */
#include <stdbool.h>
#include <stdlib.h>

#include "place.h"

#ifdef __linux__

#include <sched.h>
#include <stdatomic.h>
#include <string.h>
#include <unistd.h>

#define VARIABLE "POCL_AFFINITY"

/* Cores of the machine, if this process may use all of them and they are numbered from 0; else 0:
 * whoever chose some of them knows why, and PoCL does not look. Asked once: later this thread may
 * be on one core. */
static unsigned cores(void)
{
    static atomic_long known = -1;
    long count = known;
    cpu_set_t set;

    if (count >= 0)
        return (unsigned)count;
    count = sysconf(_SC_NPROCESSORS_CONF);
    if (count < 1 || count > CPU_SETSIZE || sched_getaffinity(0, sizeof set, &set))
        count = 0;
    for (long i = 0; i < count; i++)
        if (!CPU_ISSET((size_t)i, &set))
            count = 0;
    known = count;
    return (unsigned)count;
}

void bench_place_device(void)
{
    if (cores() > 1)
        setenv(VARIABLE, "1", 0);
}

static bool placed(void)
{
    const char *value = getenv(VARIABLE);

    return value && strcmp(value, "1") == 0 && cores() > 1;
}

void bench_place_thread(unsigned index)
{
    cpu_set_t set;

    if (!placed())
        return;
    CPU_ZERO(&set);
    CPU_SET(index % cores(), &set);
    sched_setaffinity(0, sizeof set, &set);
}

void bench_place_anywhere(void)
{
    cpu_set_t set;

    if (!placed())
        return;
    CPU_ZERO(&set);
    for (unsigned i = 0; i < cores(); i++)
        CPU_SET(i, &set);
    sched_setaffinity(0, sizeof set, &set);
}

#else

void bench_place_device(void)
{
}
void bench_place_thread(unsigned index)
{
    (void)index;
}
void bench_place_anywhere(void)
{
}

#endif
