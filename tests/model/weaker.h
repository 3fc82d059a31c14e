/* weaker.h - the atomic operations of cl/atomics.cl with less order than they have there: appended
 * to it for mutants (mutants.sh). Under tests/host_opencl.h and for the first tier on a device. */
#define clf_cas_as(p, expected, desired, order, failed)                                   \
    uint expected_ = (expected);                                                          \
    atomic_compare_exchange_strong_explicit(CLF_A(p), &expected_, desired, order, failed, \
                                            memory_scope_device);                         \
    return expected_;
static inline uint clf_cas_relaxed(__global uint *p, uint expected, uint desired)
{
    clf_cas_as(p, expected, desired, memory_order_relaxed, memory_order_relaxed)
}
static inline uint clf_cas_acquire(__global uint *p, uint expected, uint desired)
{
    clf_cas_as(p, expected, desired, memory_order_acquire, memory_order_acquire)
}
static inline uint clf_cas_release(__global uint *p, uint expected, uint desired)
{
    clf_cas_as(p, expected, desired, memory_order_release, memory_order_relaxed)
}
#define clf_add_acquire(p, v) \
    atomic_fetch_add_explicit(CLF_A(p), (v), memory_order_acquire, memory_scope_device)
#define clf_add_release(p, v) \
    atomic_fetch_add_explicit(CLF_A(p), (v), memory_order_release, memory_scope_device)
