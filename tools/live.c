/* live.c - see live.h. The numbers are read between slices, when the scheduler hands out control
 * anyway. */
#include "live.h"

#include <stdio.h>
#include <time.h>
#include <unistd.h>

#define CLEAR "\r\033[K" /* to the start, and to the end of the line */

static bool shown;

static double now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

bool live_possible(void)
{
    return isatty(STDERR_FILENO) == 1;
}

static void put(const clf_stats *s, const char *what)
{
    fprintf(stderr, "%s: %llu fibers done, %llu alive, %llu steals, %llu slices, %.1f MiB", what,
            (unsigned long long)s->total.completed,
            (unsigned long long)(s->total.spawned - s->total.completed),
            (unsigned long long)s->total.steals_taken, (unsigned long long)s->slices,
            (double)s->device_bytes / (1 << 20));
}

void live_show(clf_scheduler *scheduler, const char *what)
{
    clf_stats stats = {.size = sizeof stats};
    if (!live_possible() || clf_get_stats(scheduler, &stats) != CLF_OK)
        return;
    fputs(CLEAR, stderr);
    put(&stats, what);
    fflush(stderr);
    shown = true;
}

void live_clear(void)
{
    if (!shown)
        return;
    fputs(CLEAR, stderr);
    fflush(stderr);
    shown = false;
}

void live_print(const clf_stats *stats, const char *what)
{
    live_clear();
    put(stats, what);
    fputc('\n', stderr);
}

clf_status live_join(clf_scheduler *scheduler, clf_handle handle, void *result, size_t size,
                     const char *what)
{
    static double due; /* when the line is to be renewed, also over several short runs */
    if (!live_possible())
        return clf_join(scheduler, handle, result, size, CLF_FOREVER);
    if (due == 0)
        due = now() + LIVE_SECONDS;
    for (;;) {
        double left = due - now();
        clf_status status = clf_join(scheduler, handle, result, size, left > 0 ? left : 0);
        if (status != CLF_TIMEOUT)
            return status;
        live_show(scheduler, what);
        due = now() + LIVE_SECONDS;
    }
}
