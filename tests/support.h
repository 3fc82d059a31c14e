/* support.h - what the scheduler's test suites share: a main, assertions on a status and its
 * message, test programs, buffers, and running a fiber to its result.
 *
 * Check forks a process for every test. An OpenCL runtime's threads do not survive a fork, so
 * nothing here touches OpenCL outside of a test, its checked fixture or a child of test_main's own.
 */
#ifndef CLF_TESTS_SUPPORT_H
#define CLF_TESTS_SUPPORT_H

#undef NDEBUG
#include <check.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "clfiber.h"

enum { SKIPPED = 77, SECONDS_PER_TEST = 240 };

/* Runs the suite and gives main's exit status: 0, 1, or SKIPPED with a reason on stdout when the
 * suite needs an OpenCL device and there is none. */
int test_main(Suite *suite, bool needs_device);

/* A test case of that name in the suite, with the time-out that suits a busy machine. */
TCase *new_case(Suite *suite, const char *name);

/* CLF_OK expected. `call` is last so that it may hold commas. */
#define must(scheduler, ...)                                                    \
    do {                                                                        \
        clf_status status_ = (__VA_ARGS__);                                     \
        ck_assert_msg(status_ == CLF_OK, "%s\n  returned %s: %s", #__VA_ARGS__, \
                      clf_status_name(status_), clf_message(scheduler));        \
    } while (0)

/* Another status expected. */
#define gives(scheduler, wanted, ...)                                                     \
    do {                                                                                  \
        clf_status status_ = (__VA_ARGS__);                                               \
        ck_assert_msg(status_ == (wanted), "%s\n  returned %s, not %s: %s", #__VA_ARGS__, \
                      clf_status_name(status_), #wanted, clf_message(scheduler));         \
    } while (0)

/* An error expected whose message names `part`. */
#define refuses(scheduler, wanted, part, ...)                                        \
    do {                                                                             \
        gives(scheduler, wanted, __VA_ARGS__);                                       \
        ck_assert_msg(strstr(clf_message(scheduler), (part)) != NULL,                \
                      "%s\n  says \"%s\", which does not name \"%s\"", #__VA_ARGS__, \
                      clf_message(scheduler), (part));                               \
    } while (0)

/* OpenCL's own calls. */
#define must_cl(...)                                                                       \
    do {                                                                                   \
        cl_int code_ = (__VA_ARGS__);                                                      \
        ck_assert_msg(code_ == CL_SUCCESS, "%s\n  returned %d", #__VA_ARGS__, (int)code_); \
    } while (0)

/* The default options but for the members given: OPTIONS(.lanes = 4). */
#define OPTIONS(...) (&(clf_options){.size = sizeof(clf_options), __VA_ARGS__})

/* Text of tests/programs/NAME, .cl if it has no ending; the caller frees it. */
char *read_program(const char *name);

/* The line of that text that says HERE and the name, in a comment. */
cl_uint line_of(const char *text, const char *name);

/* A scheduler with these options (NULL: the default ones), and the program built on it. */
clf_scheduler *open_scheduler(const clf_options *options, const char *program);
void build_program(clf_scheduler *scheduler, const char *program);

/* Starts one fiber, runs it to its end and copies its result. */
#define run_fiber(scheduler, fiber, args, result)                                     \
    run_fiber_sized(scheduler, fiber, sizeof(args) / sizeof((args)[0]), args, result, \
                    sizeof(*(result)))
void run_fiber_sized(clf_scheduler *scheduler, const char *fiber, uint32_t nargs,
                     const clf_arg *args, void *result, size_t size);

/* fib(n) by a fiber for every call, on a scheduler whose program is fib; and by a loop on the host.
 */
cl_long fiber_fib(clf_scheduler *scheduler, cl_int n);
clf_handle start_fib(clf_scheduler *scheduler, cl_int n);
cl_long host_fib(int n);

/* After an error: builds fib unless it is the program, and runs it. */
void check_usable(clf_scheduler *scheduler);

/* A zeroed buffer of `count` 32-bit words bound to the env member; scalars for the other members.
 * The buffer is the caller's to release. */
cl_mem bind_words(clf_scheduler *scheduler, const char *member, size_t count);
/* The log of turns.cl, with room for `entries` behind its counter. */
cl_mem bind_log(clf_scheduler *scheduler, size_t entries);
void bind_uint(clf_scheduler *scheduler, const char *member, cl_uint value);
void read_words(clf_scheduler *scheduler, cl_mem buffer, cl_uint *words, size_t count);
void write_word(clf_scheduler *scheduler, cl_mem buffer, size_t index, cl_uint value);
/* Fails unless words[0..count) of the buffer are all 1: everybody was there exactly once. */
void check_all_once(clf_scheduler *scheduler, cl_mem buffer, size_t count, const char *what);

/* The mixing function of the test programs: a different number for every id (splitmix64's
 * finalizer). */
cl_ulong mix(cl_ulong x);

clf_stats get_stats(clf_scheduler *scheduler);
/* Workers that ran at least one segment. */
uint32_t workers_used(clf_scheduler *scheduler);
/* All fibers made have ended, and nothing is left outstanding. */
void check_balanced(clf_scheduler *scheduler);

/* Workers that the device can really run side by side; the suites that assert an overlap ask. */
uint32_t parallel_workers(clf_scheduler *scheduler);

#endif
