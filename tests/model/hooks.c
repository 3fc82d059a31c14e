/* hooks.c - what the compiler calls for each access to memory, as the device code is compiled with
 * -fsanitize=thread: these stand in for the sanitizer's library. */
#include "engine.h"

#define HOOK(kind, suffix, bytes, writes)                \
    void __tsan_##kind##suffix(void *address);           \
    void __tsan_##kind##suffix(void *address)            \
    {                                                    \
        memory_access(address, bytes, writes);           \
    }                                                    \
    void __tsan_unaligned_##kind##suffix(void *address); \
    void __tsan_unaligned_##kind##suffix(void *address)  \
    {                                                    \
        memory_access(address, bytes, writes);           \
    }
#define HOOKS(kind, writes)                                  \
    HOOK(kind, 1, 1, writes)                                 \
    HOOK(kind, 2, 2, writes)                                 \
    HOOK(kind, 4, 4, writes)                                 \
    HOOK(kind, 8, 8, writes)                                 \
    HOOK(kind, 16, 16, writes)                               \
    void __tsan_##kind##_range(void *address, size_t bytes); \
    void __tsan_##kind##_range(void *address, size_t bytes)  \
    {                                                        \
        memory_access(address, bytes, writes);               \
    }
HOOKS(read, false)
HOOKS(write, true)

void __tsan_init(void);
void __tsan_init(void)
{
}

void __tsan_func_entry(void *caller);
void __tsan_func_entry(void *caller)
{
    (void)caller;
}

void __tsan_func_exit(void);
void __tsan_func_exit(void)
{
}

/* Outside of threads, in setup and checks, an operation is done at once. */
static uint32_t operation(struct op *op)
{
    if (ex_in_thread)
        ex_operation(op);
    else
        memory_direct(op);
    return op->result;
}

#define CALLER __builtin_return_address(0)

uint32_t __tsan_atomic32_load(uint32_t *p, int order);
uint32_t __tsan_atomic32_load(uint32_t *p, int order)
{
    struct op op = {.kind = OP_LOAD, .address = p, .order = order, .from = CALLER};
    return operation(&op);
}

#define MODIFY(name, what, type)                                                         \
    type __tsan_atomic32_##name(uint32_t *p, uint32_t value, int order);                 \
    type __tsan_atomic32_##name(uint32_t *p, uint32_t value, int order)                  \
    {                                                                                    \
        struct op op = {                                                                 \
            .kind = what, .address = p, .value = value, .order = order, .from = CALLER}; \
        return (type)operation(&op);                                                     \
    }
MODIFY(store, OP_STORE, void)
MODIFY(exchange, OP_EXCHANGE, uint32_t)
MODIFY(fetch_add, OP_ADD, uint32_t)
MODIFY(fetch_or, OP_OR, uint32_t)
MODIFY(fetch_and, OP_AND, uint32_t)

uint32_t __tsan_atomic32_fetch_sub(uint32_t *p, uint32_t value, int order);
uint32_t __tsan_atomic32_fetch_sub(uint32_t *p, uint32_t value, int order)
{
    struct op op = {.kind = OP_ADD, .address = p, .value = -value, .order = order, .from = CALLER};
    return operation(&op);
}

/* gcc's and clang's compare-exchange. */
int __tsan_atomic32_compare_exchange_strong(uint32_t *p, uint32_t *expected, uint32_t desired,
                                            int order, int fail_order);
int __tsan_atomic32_compare_exchange_strong(uint32_t *p, uint32_t *expected, uint32_t desired,
                                            int order, int fail_order)
{
    struct op op = {.kind = OP_CAS,
                    .address = p,
                    .value = desired,
                    .expected = *expected,
                    .order = order,
                    .fail_order = fail_order,
                    .from = CALLER};
    *expected = operation(&op);
    return op.result == op.expected;
}

uint32_t __tsan_atomic32_compare_exchange_val(uint32_t *p, uint32_t expected, uint32_t desired,
                                              int order, int fail_order);
uint32_t __tsan_atomic32_compare_exchange_val(uint32_t *p, uint32_t expected, uint32_t desired,
                                              int order, int fail_order)
{
    struct op op = {.kind = OP_CAS,
                    .address = p,
                    .value = desired,
                    .expected = expected,
                    .order = order,
                    .fail_order = fail_order,
                    .from = CALLER};
    return operation(&op);
}
