/* wakes_lanes.c - the scenarios of wakes.c with two lanes to a worker. */
#define CLF_LANES 2
#include "wakes.c"
