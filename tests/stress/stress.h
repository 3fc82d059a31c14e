/* stress.h - what the parts of the stress test share (stress.c, life.c); tests/programs/stress.fib
 * has the same constants. */
#ifndef CLF_TESTS_STRESS_H
#define CLF_TESTS_STRESS_H

#include "clfi.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    STRESS_FAN = 4,
    STRESS_DEPTH = 10,     /* of the flood's trees */
    STRESS_MARKS = 1 << 21 /* words: more than ids in such a tree */
};

/* Frames that scheduling may need more of in a later tree than in the first ones. */
#define STRESS_SLACK 4096u

/* What a fiber adds to its word. */
#define STRESS_BEGUN 1u
#define STRESS_ENDED 0x10000u
#define STRESS_ONCE  (STRESS_BEGUN + STRESS_ENDED)

/* What the nodes of a tree do besides. */
#define STRESS_YIELDS 1u
#define STRESS_STARTS 2u
#define STRESS_LOCKS  4u
#define STRESS_STUCK  8u

typedef struct stress_state {
    clf_mutex lock;
    clf_semaphore never;
    cl_uint inside, turns, broken, fill;
} stress_state;

typedef struct stress {
    uint64_t seed;
    cl_context context;
    cl_device_id device;
    cl_command_queue queue;
    cl_mem marks, state;
    char *source;
    cl_uint *words; /* the marks, read */
    unsigned char *there;
    uint64_t operations, slices, schedulers, cancelled, killed;
} stress;

/* What goes on, for the sentence with which the program ends if something is wrong. */
extern char stress_where[256];

#define REQUIRE(condition, ...)                                             \
    do {                                                                    \
        if (!(condition)) {                                                 \
            printf("%s:%d: FAILED %s\n  ", __FILE__, __LINE__, #condition); \
            printf(__VA_ARGS__);                                            \
            printf("\n  %s\n", stress_where);                               \
            exit(1);                                                        \
        }                                                                   \
    } while (0)

#define MUST(scheduler, ...)                                                                     \
    do {                                                                                         \
        clf_status status_ = (__VA_ARGS__);                                                      \
        REQUIRE(status_ == CLF_OK, "%s returned %s: %s", #__VA_ARGS__, clf_status_name(status_), \
                clf_message(scheduler));                                                         \
    } while (0)

double stress_now(void);
/* splitmix64: its finalizer, and a number below a limit from a state. */
uint64_t stress_mix(uint64_t x);
uint32_t stress_random(uint64_t *state, uint32_t below);

/* Ids of a full tree; and the result of the tree there is, by a recursion on the host that marks
 * the ids that exist. */
uint32_t stress_ids(uint32_t depth);
uint64_t stress_walk(unsigned char *there, uint32_t id, uint32_t depth);
/* Every fiber began and ended once, and no other: how many. Unless `all`, of a tree that was cut
 * off: nobody more than once. */
uint64_t stress_check_marks(const cl_uint *marks, const unsigned char *there, uint32_t ids,
                            bool all);

cl_mem stress_buffer(stress *t, size_t bytes);
void stress_clear(stress *t, cl_mem buffer, size_t bytes);
void stress_read(stress *t, cl_mem buffer, void *to, size_t bytes);
/* A scheduler with the program, everything bound. */
clf_scheduler *stress_open(stress *t, const clf_options *options);
/* Frames in use, and *used: that ever were. */
uint32_t stress_live_frames(clf_scheduler *s, uint32_t *used);
long stress_resident(void);

/* ---- life.c ------------------------------------------------------------------------- */

/* One scheduler after another until all roots of this life have ended. */
void stress_life(stress *t, uint64_t number);

#endif
