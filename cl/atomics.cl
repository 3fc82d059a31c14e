/* atomics.cl - the few atomic operations that the runtime needs, named by their order, in five
 * backends.
 *
 * CLF_TIER is set by the host (lib/tier.c): 1 C11 at device scope, 2 the same with fences, 3
 * NVIDIA, 4 legacy OpenCL C 1.2, 5 serial. All work on 32-bit words in global memory; a word that
 * is touched by one of these while others may touch it is never accessed plainly in that time.
 * clf_cas_* return the value found: equal to `expected` means exchanged.
 */
#if CLF_TIER == 1 || CLF_TIER == 2

#define CLF_A(p) ((volatile __global atomic_uint *)(p))
#define clf_load_relaxed(p) \
    atomic_load_explicit(CLF_A(p), memory_order_relaxed, memory_scope_device)
#define clf_store_relaxed(p, v) \
    atomic_store_explicit(CLF_A(p), (v), memory_order_relaxed, memory_scope_device)
#define clf_add_relaxed(p, v) \
    atomic_fetch_add_explicit(CLF_A(p), (v), memory_order_relaxed, memory_scope_device)
#define clf_or_relaxed(p, v) \
    atomic_fetch_or_explicit(CLF_A(p), (v), memory_order_relaxed, memory_scope_device)

#elif CLF_TIER == 3

/* NVIDIA's OpenCL reports relaxed order and work-group scope only; PTX has the rest. A volatile
 * access is a relaxed one of system scope. */
#define CLF_V(p)                ((volatile __global uint *)(p))
#define clf_load_relaxed(p)     (*CLF_V(p))
#define clf_store_relaxed(p, v) ((void)(*CLF_V(p) = (v)))
#define clf_add_relaxed(p, v)   atomic_add(CLF_V(p), (v))
#define clf_or_relaxed(p, v)    atomic_or(CLF_V(p), (v))

#elif CLF_TIER == 4

/* OpenCL C 1.2: every access is a read-modify-write. */
#define CLF_V(p)                ((volatile __global uint *)(p))
#define clf_load_relaxed(p)     atomic_or(CLF_V(p), 0u)
#define clf_store_relaxed(p, v) ((void)atomic_xchg(CLF_V(p), (v)))
#define clf_add_relaxed(p, v)   atomic_add(CLF_V(p), (v))
#define clf_or_relaxed(p, v)    atomic_or(CLF_V(p), (v))

#endif

#if CLF_TIER == 1

#define clf_load_acquire(p) \
    atomic_load_explicit(CLF_A(p), memory_order_acquire, memory_scope_device)
#define clf_store_release(p, v) \
    atomic_store_explicit(CLF_A(p), (v), memory_order_release, memory_scope_device)
#define clf_add_acq_rel(p, v) \
    atomic_fetch_add_explicit(CLF_A(p), (v), memory_order_acq_rel, memory_scope_device)
static inline uint clf_cas_acq_rel(__global uint *p, uint expected, uint desired)
{
    atomic_compare_exchange_strong_explicit(CLF_A(p), &expected, desired, memory_order_acq_rel,
                                            memory_order_acquire, memory_scope_device);
    return expected;
}

#elif CLF_TIER <= 4

/* Fences of their own: a release fence before a relaxed store and an acquire fence behind the
 * relaxed load that sees it synchronize like the operations of tier 1 (C11, 7.17.4).
 *
 * Tier 2 is for compilers that order the operations themselves on the wrong side. (Intel's for
 * CPUs, 2026.2, fences before an acquiring load and after a releasing store, and reads plainly
 * before such a load what the program reads behind it.) Tier 3 has PTX' fence (6.0, sm_70). For
 * tier 4 the standard promises no order between work-groups: the start-up litmus run decides
 * whether it holds.
 */
#if CLF_TIER == 2
#define clf_fence_acquire() \
    atomic_work_item_fence(CLK_GLOBAL_MEM_FENCE, memory_order_acquire, memory_scope_device)
#define clf_fence_release() \
    atomic_work_item_fence(CLK_GLOBAL_MEM_FENCE, memory_order_release, memory_scope_device)
static inline uint clf_cas_relaxed(__global uint *p, uint expected, uint desired)
{
    atomic_compare_exchange_strong_explicit(CLF_A(p), &expected, desired, memory_order_relaxed,
                                            memory_order_relaxed, memory_scope_device);
    return expected;
}
#else
#define clf_cas_relaxed(p, expected, desired) atomic_cmpxchg(CLF_V(p), (expected), (desired))
static inline void clf_fence_acquire(void)
{
#if CLF_TIER == 3
    asm volatile("fence.acq_rel.gpu;" ::: "memory");
#else
    mem_fence(CLK_GLOBAL_MEM_FENCE);
#endif
}
#define clf_fence_release() clf_fence_acquire()
#endif

static inline uint clf_load_acquire(__global uint *p)
{
    uint v = clf_load_relaxed(p);
    clf_fence_acquire();
    return v;
}
static inline void clf_store_release(__global uint *p, uint v)
{
    clf_fence_release();
    clf_store_relaxed(p, v);
}
static inline uint clf_add_acq_rel(__global uint *p, uint v)
{
    clf_fence_release();
    uint old = clf_add_relaxed(p, v);
    clf_fence_acquire();
    return old;
}
static inline uint clf_cas_acq_rel(__global uint *p, uint expected, uint desired)
{
    clf_fence_release();
    uint old = clf_cas_relaxed(p, expected, desired);
    clf_fence_acquire();
    return old;
}

#else

/* Serial: one worker with one lane, so that plain operations do. */
#define clf_load_relaxed(p)     (*(p))
#define clf_load_acquire(p)     (*(p))
#define clf_store_relaxed(p, v) ((void)(*(p) = (v)))
#define clf_store_release(p, v) ((void)(*(p) = (v)))
static inline uint clf_add_relaxed(__global uint *p, uint v)
{
    uint old = *p;
    *p = old + v;
    return old;
}
#define clf_add_acq_rel(p, v)   clf_add_relaxed(p, v)
static inline uint clf_or_relaxed(__global uint *p, uint v)
{
    uint old = *p;
    *p = old | v;
    return old;
}
static inline uint clf_cas_acq_rel(__global uint *p, uint expected, uint desired)
{
    uint old = *p;
    if (old == expected)
        *p = desired;
    return old;
}

#endif

/* Counters in local memory, between the lanes of one worker; a barrier orders what they count. */
#define clf_local_add(p, v) atomic_add((volatile __local uint *)(p), (uint)(v))
#define clf_local_or(p, v)  atomic_or((volatile __local uint *)(p), (uint)(v))
