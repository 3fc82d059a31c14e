/* workload.h - what a workload is to clfbench: its numbers, its device code, its answer. */
#ifndef BENCH_WORKLOAD_H
#define BENCH_WORKLOAD_H

#include <stdbool.h>
#include <stddef.h>

#include <clfiber.h>

#include "problem.h"

#define BENCH_BUFFERS 6

/* A file of device code. */
typedef struct bench_file {
    const char *name;
    char *text;
} bench_file;

/* A scheduler with a problem's program built and its env bound. */
typedef struct bench_run {
    clf_scheduler *scheduler;
    const bench_problem *problem;
    clf_options options; /* as they came out */
    bool is_cpu;
    bool live; /* a line tells how far it is */
    cl_mem buffer[BENCH_BUFFERS];
    size_t bytes[BENCH_BUFFERS];
    double create_seconds, build_seconds;
    char error[512]; /* after a failed call */
} bench_run;

typedef struct bench_workload {
    const char *name;
    const char *synopsis; /* how to write it */
    const char *about;
    const char *numbers; /* taken if the user gives none */
    const char *each;    /* what the table's time "each" is the time of */
    const char *part_name[BENCH_PARTS];
    bool answer_is_result; /* the answer is the root's result, a long */

    /* Fills in the problem; 0, or -1 with a sentence in `error`. `numbers` may be cut to pieces. */
    int (*parse)(char *numbers, bench_problem *problem, char *error, size_t size);
    /* How many parts of the answer are known and compared; NULL: one. */
    unsigned (*parts)(const bench_problem *problem);
    /* Fibers that have to complete, given the right answer; 0, or NULL: that does not follow. */
    uint64_t (*fibers)(const bench_problem *problem, const bench_answer *answer);
    /* How many things "each" divides the time by; NULL: the fibers. */
    uint64_t (*times)(const bench_problem *problem, uint64_t fibers);

    /* What the problem holds beside numbers; NULL: nothing. */
    void (*forget)(bench_problem *problem);

    /* ---- the right answer ---- */

    /* Fills in an answer that is published or follows from the numbers; false: it is not known
     * without a run. */
    bool (*known)(const bench_problem *problem, bench_answer *answer);
    /* Computes it otherwise; 0, or -1 with a sentence in `error`. NULL: plain C runs as a peer. */
    int (*compute)(const bench_problem *problem, bench_answer *answer, char *error, size_t size);
    /* About how many seconds plain C takes, given the answer. */
    double (*guess)(const bench_problem *problem, const bench_answer *answer);

    /* ---- on the host: the peers ---- */

    /* The memory that a peer works on, touched, so that the clock does not see page faults: one
     * block for free(). NULL: out of memory. Without this member there is none. */
    void *(*make)(const bench_problem *problem);
    /* The answer, out of that memory. Without this member it is the sum of the threads' counts. */
    void (*judge)(const bench_problem *problem, const void *data, bench_answer *answer);
    unsigned greatest; /* a bit per part that is the greatest of the counts instead of their sum */

    /* ---- on the device ---- */

    /* The file of its device code, without .fib; NULL: the workload's name. */
    const char *(*code)(const bench_run *run);
    /* For clBuildProgram; may be NULL. */
    void (*build_options)(const bench_run *run, char *text, size_t size);
    /* Makes buffers, binds the env. 0, or -1 with run->error. NULL: there is no env. */
    int (*bind)(bench_run *run);
    clf_status (*start)(bench_run *run, clf_handle *root);
    /* Gets the answer out of the buffers; NULL if answer_is_result. */
    int (*collect)(bench_run *run, bench_answer *answer);
} bench_workload;

extern const bench_workload *const bench_workloads[BENCH_KINDS];

/* The three of a problem's workload, or what their absence means. */
unsigned bench_parts(const bench_problem *problem);
uint64_t bench_fibers(const bench_problem *problem, const bench_answer *answer);
uint64_t bench_each(const bench_problem *problem, uint64_t fibers);

/* Makes a problem of "name" or "name:numbers". 0, or -1 with a sentence in `error`. bench_forget
 * after success. */
int bench_parse_problem(const char *text, bench_problem *problem, char *error, size_t size);
void bench_forget(bench_problem *problem);

/* A whole number from min to max out of `text`; `name` is for the message. */
int bench_parse_number(const char *text, const char *name, uint32_t min, uint32_t max,
                       uint32_t *number, char *error, size_t size);

/* "a,b,c": up to `count` such numbers. The first is needed, of the others those that are missing
 * stay as they are. "width=1" or "width=16" may stand among them if `width` is not NULL. `numbers`
 * is cut to pieces. */
typedef struct bench_blank {
    const char *name;
    uint32_t min, max, *number;
} bench_blank;
int bench_parse_numbers(char *numbers, const bench_blank *blank, size_t count, uint32_t *width,
                        char *error, size_t size);

/* The embedded file NAME.fib, with what it includes. The caller frees it. NULL: out of memory. */
char *bench_source(const char *name);

/* A text with embedded files in place of the lines that include them, for the caller to free. */
char *bench_expand(const char *text);

#endif
