/* lanes.c - the scenarios of slices.c with several lanes to a worker: what they share, in local
 * memory and in the worker's own lists, is ordered by barriers, and data races are errors there,
 * too. */
#define CLF_LANES     2
#define MACHINE_CHUNK 4u
#include "slices.c"
