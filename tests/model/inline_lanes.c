/* inline_lanes.c - inline.c with workers of two lanes, which have credits of frames. */
#define CLF_LANES 2
#include "inline.c"
