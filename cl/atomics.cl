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

#else

/* Fences of their own, in the standard's order: for compilers that order the operations themselves
 * on the wrong side. (Intel's for CPUs, 2026.2, fences before an acquiring load and after a
 * releasing store, and reads plainly before such a load what the program reads behind it.) A
 * release fence before a relaxed store and an acquire fence behind the relaxed load that sees it
 * synchronize like the operations of tier 1 (C11, 7.17.4). */
#define CLF_FENCE(order) \
    atomic_work_item_fence(CLK_GLOBAL_MEM_FENCE, memory_order_##order, memory_scope_device)
static inline uint clf_load_acquire(__global uint *p)
{
    uint v = clf_load_relaxed(p);
    CLF_FENCE(acquire);
    return v;
}
static inline void clf_store_release(__global uint *p, uint v)
{
    CLF_FENCE(release);
    clf_store_relaxed(p, v);
}
static inline uint clf_add_acq_rel(__global uint *p, uint v)
{
    CLF_FENCE(release);
    uint old = clf_add_relaxed(p, v);
    CLF_FENCE(acquire);
    return old;
}
static inline uint clf_cas_acq_rel(__global uint *p, uint expected, uint desired)
{
    CLF_FENCE(release);
    atomic_compare_exchange_strong_explicit(CLF_A(p), &expected, desired, memory_order_relaxed,
                                            memory_order_relaxed, memory_scope_device);
    CLF_FENCE(acquire);
    return expected;
}

#endif

#elif CLF_TIER == 3

/* NVIDIA's OpenCL reports relaxed order and work-group scope only; PTX has the rest. A volatile
 * access is a relaxed one of system scope; fence.acq_rel.gpu orders at device scope (PTX 6.0,
 * sm_70). */
static inline void clf_fence(void)
{
    asm volatile("fence.acq_rel.gpu;" ::: "memory");
}
#define clf_load_relaxed(p)     (*(volatile __global uint *)(p))
#define clf_store_relaxed(p, v) ((void)(*(volatile __global uint *)(p) = (v)))
#define clf_add_relaxed(p, v)   atomic_add((volatile __global uint *)(p), (v))
#define clf_or_relaxed(p, v)    atomic_or((volatile __global uint *)(p), (v))
static inline uint clf_load_acquire(__global uint *p)
{
    uint v = clf_load_relaxed(p);
    clf_fence();
    return v;
}
static inline void clf_store_release(__global uint *p, uint v)
{
    clf_fence();
    clf_store_relaxed(p, v);
}
static inline uint clf_add_acq_rel(__global uint *p, uint v)
{
    clf_fence();
    uint old = clf_add_relaxed(p, v);
    clf_fence();
    return old;
}
static inline uint clf_cas_acq_rel(__global uint *p, uint expected, uint desired)
{
    clf_fence();
    uint old = atomic_cmpxchg((volatile __global uint *)p, expected, desired);
    clf_fence();
    return old;
}

#elif CLF_TIER == 4

/* OpenCL C 1.2: every access is a read-modify-write, with mem_fence between it and the rest. The
 * standard promises no order between work-groups for this; the start-up litmus run decides whether
 * it holds here. */
#define CLF_V(p)                ((volatile __global uint *)(p))
#define clf_load_relaxed(p)     atomic_or(CLF_V(p), 0u)
#define clf_store_relaxed(p, v) ((void)atomic_xchg(CLF_V(p), (v)))
#define clf_add_relaxed(p, v)   atomic_add(CLF_V(p), (v))
#define clf_or_relaxed(p, v)    atomic_or(CLF_V(p), (v))
static inline uint clf_load_acquire(__global uint *p)
{
    uint v = clf_load_relaxed(p);
    mem_fence(CLK_GLOBAL_MEM_FENCE);
    return v;
}
static inline void clf_store_release(__global uint *p, uint v)
{
    mem_fence(CLK_GLOBAL_MEM_FENCE);
    clf_store_relaxed(p, v);
}
static inline uint clf_add_acq_rel(__global uint *p, uint v)
{
    mem_fence(CLK_GLOBAL_MEM_FENCE);
    uint old = clf_add_relaxed(p, v);
    mem_fence(CLK_GLOBAL_MEM_FENCE);
    return old;
}
static inline uint clf_cas_acq_rel(__global uint *p, uint expected, uint desired)
{
    mem_fence(CLK_GLOBAL_MEM_FENCE);
    uint old = atomic_cmpxchg(CLF_V(p), expected, desired);
    mem_fence(CLK_GLOBAL_MEM_FENCE);
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
