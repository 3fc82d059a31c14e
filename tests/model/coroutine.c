/* coroutine.c - threads of the explorer: stacks between which it switches. On x86-64 by hand, as
 * swapcontext asks the kernel for the signal mask twice. */
#include "engine.h"

enum { STACK = 1 << 17 };
static char stacks[EX_THREADS][STACK] __attribute__((aligned(64)));
static void (*entry)(unsigned);

#if defined(__x86_64__)

void coroutine_switch(void **from, void *to);
__asm__(".text\n"
        ".globl coroutine_switch\n"
        ".type coroutine_switch, @function\n"
        "coroutine_switch:\n"
        "    pushq %rbp\n    pushq %rbx\n    pushq %r12\n    pushq %r13\n    pushq %r14\n"
        "    pushq %r15\n"
        "    movq %rsp, (%rdi)\n"
        "    movq %rsi, %rsp\n"
        "    popq %r15\n    popq %r14\n    popq %r13\n    popq %r12\n    popq %rbx\n"
        "    popq %rbp\n"
        "    ret\n"
        ".size coroutine_switch, . - coroutine_switch\n");

static void *scheduler, *parked[EX_THREADS];
static unsigned starting;

static void begin(void)
{
    entry(starting);
    __builtin_unreachable(); /* a thread ends by leaving for good */
}

void coroutine_start(unsigned thread, void (*run)(unsigned))
{
    void **top = (void **)(void *)(stacks[thread] + STACK);
    entry = run;
    *--top = NULL; /* where begin would return to; aligns the stack as a call does */
    *--top = (void *)(uintptr_t)begin;
    for (int i = 0; i < 6; i++)
        *--top = NULL;
    parked[thread] = top;
}

void coroutine_enter(unsigned thread)
{
    starting = thread;
    coroutine_switch(&scheduler, parked[thread]);
}

void coroutine_leave(unsigned thread)
{
    coroutine_switch(&parked[thread], scheduler);
}

#else

#include <ucontext.h>

static ucontext_t scheduler, parked[EX_THREADS];

static void begin(unsigned thread)
{
    entry(thread);
}

void coroutine_start(unsigned thread, void (*run)(unsigned))
{
    entry = run;
    getcontext(&parked[thread]);
    parked[thread].uc_stack.ss_sp = stacks[thread];
    parked[thread].uc_stack.ss_size = STACK;
    parked[thread].uc_link = &scheduler;
    makecontext(&parked[thread], (void (*)(void))begin, 1, thread);
}

void coroutine_enter(unsigned thread)
{
    swapcontext(&scheduler, &parked[thread]);
}

void coroutine_leave(unsigned thread)
{
    swapcontext(&parked[thread], &scheduler);
}

#endif
