/* stats.c - what several runs of the same thing took. */
#include <stdlib.h>

#include "stats.h"

static int compare(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;

    return (x > y) - (x < y);
}

bench_times bench_summarize(double *seconds, size_t n)
{
    bench_times times;

    qsort(seconds, n, sizeof *seconds, compare);
    times.min = seconds[0];
    times.max = seconds[n - 1];
    times.median = n % 2 ? seconds[n / 2] : (seconds[n / 2 - 1] + seconds[n / 2]) / 2;
    return times;
}
