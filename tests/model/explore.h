/* explore.h - what a scenario of the explorer sees: shared memory, checks, its description.
 *
 * A scenario runs the device runtime (cl/, compiled as C) in a few threads. The explorer decides,
 * before every atomic operation, which thread goes on and what a load reads: README.md. Nothing but
 * memory from ex_alloc is shared; whatever else a scenario keeps between executions is lost or
 * wrong.
 */
#ifndef CLF_TESTS_MODEL_EXPLORE_H
#define CLF_TESTS_MODEL_EXPLORE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { EX_THREADS = 4 };

struct ex_scenario {
    const char *name;
    const char *claim; /* what it checks, for the report */
    unsigned threads;
    void (*setup)(void); /* allocates and fills the memory, once */
    void (*thread)(unsigned self);
    bool (*between)(void);        /* all threads have ended: true if they shall run once more, as
                                     the next slice does; NULL: never */
    unsigned (*finish)(void);     /* checks; returns the number of the outcome, 0..63 */
    unsigned preemptions, stales; /* bounds of the systematic search; both 0: complete, by DPOR */
    unsigned futures;     /* most reads of the future in an execution that is not complete */
    unsigned long limit;  /* most executions of the systematic search; 0: none is made */
    unsigned long random; /* seeded random executions after it */
    uint64_t outcomes;    /* bits of the outcomes that have to be seen */
    bool only;            /* no others may be */
};

/* Shared memory, cleared; `fields` names its words by turns (entries of `stride` bytes), or is
 * NULL. */
void *ex_alloc(const char *name, size_t bytes, size_t stride, const char *const *fields);

/* In threads: the number of the one that runs; waits until all members, bits, have come (not where
 * the search is complete). */
unsigned ex_thread(void);
void ex_barrier(unsigned members);

/* Ends the execution as failed. */
void ex_fail(const char *format, ...) __attribute__((format(printf, 1, 2)));

#define EX_CHECK(condition)                                       \
    do {                                                          \
        if (!(condition))                                         \
            ex_fail("%s:%d: %s", __FILE__, __LINE__, #condition); \
    } while (0)

/* Lists of scenarios, ended by one without a name. A program need not have all of them. */
#define EX_LIST(name) extern const struct ex_scenario name[] __attribute__((weak))
EX_LIST(ex_litmus);
EX_LIST(ex_deque);
EX_LIST(ex_pool);
EX_LIST(ex_sizes);
EX_LIST(ex_join);
EX_LIST(ex_kept);
EX_LIST(ex_started);
EX_LIST(ex_mutex);
EX_LIST(ex_objects);
EX_LIST(ex_channel);
EX_LIST(ex_slices);
EX_LIST(ex_lanes);
EX_LIST(ex_fibers);
EX_LIST(ex_urgent);
EX_LIST(ex_inline);
EX_LIST(ex_inline_lanes);
EX_LIST(ex_timeouts);
EX_LIST(ex_wakes);
EX_LIST(ex_wakes_lanes);
EX_LIST(ex_gather);

#endif
