/* shim.h - stands between the library and OpenCL, and between it and the C library's allocator:
 * counts the calls, makes the n-th fail, and knows what the library holds. By the linker's --wrap
 * (tests/faults/local.mk has the list): OpenCL drivers' own allocations are not touched. */
#ifndef CLF_TESTS_FAULTS_SHIM_H
#define CLF_TESTS_FAULTS_SHIM_H

#include <stdbool.h>
#include <stdint.h>

typedef enum shim_kind {
    SHIM_CALL,   /* every OpenCL call */
    SHIM_MEMORY, /* device memory: clCreateBuffer */
    SHIM_HOST    /* every host allocation, and what makes threads and pipes */
} shim_kind;

typedef struct shim_fault {
    shim_kind kind;
    uint32_t at;  /* which one fails, from 1; 0: none */
    bool lasting; /* so do all that follow */
    int code;     /* of OpenCL calls: an error, or 0 for one that suits the call */
} shim_fault;

/* The fault to come; counts from 0 again. */
void shim_set(shim_fault fault);
/* Calls are counted and may fail only in between: around calls of the library, not the test's. */
void shim_arm(void);
void shim_disarm(void);
/* Whether the fault has come, and the function that it came to. */
bool shim_was_hit(void);
const char *shim_hit_name(void);
/* With its number, for messages. */
const char *shim_hit_text(void);

/* What is held: objects made or retained and not released, the test's included; and blocks of
 * memory that the library made while calls were counted. */
long shim_objects(void);
long shim_blocks(void);

#endif
