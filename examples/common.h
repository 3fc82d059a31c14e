/* common.h - what every example needs and what is not worth reading twice. */
#ifndef EXAMPLES_COMMON_H
#define EXAMPLES_COMMON_H

#include <stddef.h>

#include <clfiber.h>

/* Exit statuses: a wrong result or an error is 1; 77 tells `make check` that nothing could be run.
 */
enum { EXAMPLE_FAILED = 1, EXAMPLE_SKIPPED = 77 };

/* Prints the sentence, printf-like, and ends the program. */
_Noreturn void example_die(int status, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* The whole file, with a NUL behind it; to be freed. */
char *example_read_file(const char *path);

/* The path of a file of the examples: in the folder $EXAMPLES_DIR, or else in that of the sources.
 * To be freed. */
char *example_path(const char *name);

/* A scheduler on the default device, with the examples' fiber file `name` built. */
clf_scheduler *example_open(const char *name);

/* Ends the program with the scheduler's message unless `status` is CLF_OK. */
void example_check(const clf_scheduler *scheduler, clf_status status);

/* A buffer on the scheduler's device, bound to the env member `name`. `data`, unless it is NULL, is
 * what it holds at first. */
cl_mem example_buffer(clf_scheduler *scheduler, const char *name, size_t size, const void *data);

/* Copies a buffer back to the host, then frees it. */
void example_take_buffer(clf_scheduler *scheduler, cl_mem buffer, size_t size, void *data);

/* A line on what the device did. */
void example_print_stats(clf_scheduler *scheduler);

/* argv[1] as a number from `low` to `high`, or `otherwise` if there is none. */
long example_number(int argc, char **argv, long low, long high, long otherwise);

#endif
