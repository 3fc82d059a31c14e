/* mock.h - the fiber ABI (doc/abi.md) for one worker, as a random and unkind scheduler: for tests
 * of the code that the front end generates, without a device. Fibers run in random order, frames
 * run out at random, and whatever a fiber has no right to rely on is overwritten.
 *
 * Compiles as OpenCL C (clang -x cl for the host's processor) and as C. It stands in front of the
 * program; mock_runtime.h takes the place of `#pragma clfiber runtime`. */
#ifndef __OPENCL_C_VERSION__
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#define __global
#define __constant const
#define __private
#define global
#define constant const
typedef unsigned char uchar;
typedef unsigned short ushort;
typedef unsigned int uint;
typedef unsigned long ulong;
static inline int max_int(int a, int b)
{
    return a > b ? a : b;
}
#endif

#include "../../cl/layout.h"
#include "../../cl/types.cl"
