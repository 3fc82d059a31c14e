/* startup.h - how long it takes from nothing to the first result. */
#ifndef BENCH_STARTUP_H
#define BENCH_STARTUP_H

#include "options.h"

/* Measures and prints, for each of the problems. The exit status: 0, or 1 after a message. */
int bench_startup(const bench_options *options);

#endif
