/* sources.h - the device code of the workloads; sources.c is generated from bench/workloads/ by
 * cl/embed.sh. */
#ifndef BENCH_SOURCES_H
#define BENCH_SOURCES_H

#include <stddef.h>

struct bench_device_source {
    const char *name; /* the file's, without its folder */
    const char *text; /* NUL-terminated */
    size_t size;      /* without the NUL */
};

/* A null name ends the list. */
extern const struct bench_device_source bench_device_sources[];

#endif
