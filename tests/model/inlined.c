/* inlined.c - the scenarios of fibers.c, with children that run inline, as calls, as long as there
 * is fuel: what runs late is handed over like any other fiber (cl/inline.cl). */
#define FIBERS        "inlined"
#define FIBERS_HEAD   "inlined_head.h"
#define FIBERS_TAIL   "inlined_tail.h"
#define MACHINE_CHUNK 8u
#define ex_fibers     ex_inlined
#include "fibers.c"
