/* host_opencl.h - as much of OpenCL C as the device runtime needs, for a host compiler: a thread
 * for every work-item, and device-scope atomics are C11's of the same order. */
#ifndef CLF_TESTS_HOST_OPENCL_H
#define CLF_TESTS_HOST_OPENCL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef unsigned int uint;
typedef unsigned char uchar;
typedef unsigned long ulong;
typedef struct uint2 {
    uint x, y;
} uint2;

static inline uint as_uint(float value)
{
    uint bits;
    __builtin_memcpy(&bits, &value, sizeof bits);
    return bits;
}

#define __kernel
#define __global
#define __private
#define __local
#define __constant                    const
#define reqd_work_group_size(x, y, z) unused

#define CLF_TIER 1

#define atomic_uint          uint
#define memory_order_relaxed __ATOMIC_RELAXED
#define memory_order_acquire __ATOMIC_ACQUIRE
#define memory_order_release __ATOMIC_RELEASE
#define memory_order_acq_rel __ATOMIC_ACQ_REL
#define memory_scope_device
#define atomic_load_explicit(p, order, scope)         __atomic_load_n(p, order)
#define atomic_store_explicit(p, v, order, scope)     __atomic_store_n(p, v, order)
#define atomic_fetch_add_explicit(p, v, order, scope) __atomic_fetch_add(p, v, order)
#define atomic_fetch_or_explicit(p, v, order, scope)  __atomic_fetch_or(p, v, order)
#define atomic_compare_exchange_strong_explicit(p, expected, desired, order, failed, scope) \
    __atomic_compare_exchange_n(p, expected, desired, false, order, failed)

/* What the programs use on their own data: relaxed, as OpenCL C 1.2 has it. */
#define atomic_inc(p)    __atomic_fetch_add(p, 1u, __ATOMIC_RELAXED)
#define atomic_dec(p)    __atomic_fetch_sub(p, 1u, __ATOMIC_RELAXED)
#define atomic_add(p, v) __atomic_fetch_add(p, v, __ATOMIC_RELAXED)
#define atomic_or(p, v)  __atomic_fetch_or(p, v, __ATOMIC_RELAXED)
#define popcount(x)      ((uint)__builtin_popcount(x))

#define min(a, b)                          \
    __extension__({                        \
        __typeof__(a) min_a_ = (a);        \
        __typeof__(b) min_b_ = (b);        \
        min_a_ < min_b_ ? min_a_ : min_b_; \
    })
#define max(a, b)                          \
    __extension__({                        \
        __typeof__(a) max_a_ = (a);        \
        __typeof__(b) max_b_ = (b);        \
        max_a_ > max_b_ ? max_a_ : max_b_; \
    })

#define CLK_LOCAL_MEM_FENCE  1
#define CLK_GLOBAL_MEM_FENCE 2
#define barrier(flags)       host_barrier()
static void host_barrier(void);

static _Thread_local uint host_group, host_lane;
#define get_group_id(dimension)  host_group
#define get_global_id(dimension) host_group
#define get_local_id(dimension)  host_lane

#endif
