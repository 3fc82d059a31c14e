/* objects.h - what the suites of synchronization objects share: the shapes of schedulers that each
 * object is tried with, and buffers of bytes. */
#ifndef OBJECTS_H
#define OBJECTS_H

#include "support.h"

typedef struct object_case {
    cl_uint workers, lanes, slice;
    cl_uint frames, ring; /* 0: the default */
} object_case;

enum { OBJECT_CASES = 14 };
extern const object_case object_cases[OBJECT_CASES];

clf_scheduler *open_case(const object_case *c, const char *program);

/* The case of that number; NULL if $CLF_TEST_CASE names another: then the test is over. */
const object_case *wanted_case(int number);

/* Operations to do in all: a million divided by `share`, fewer where slices are short, since
 * launches take their time. $CLF_TEST_OPERATIONS says otherwise, whatever the share. */
cl_uint case_operations(const object_case *c, cl_uint share);

/* A zeroed buffer bound to the env member, the caller's to release. */
cl_mem bind_bytes(clf_scheduler *scheduler, const char *member, size_t bytes);
void read_bytes(clf_scheduler *scheduler, cl_mem buffer, void *to, size_t bytes);
void write_bytes(clf_scheduler *scheduler, cl_mem buffer, const void *from, size_t bytes);

#endif
