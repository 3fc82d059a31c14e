/* corpus.h - the programs in tests/fibers and the examples of doc/language.md, with what the first
 * lines of each say:
 *
 *     // run: FIBER ARG ...      arguments as OpenCL C expressions without blanks
 *     // env: NAME=VALUE         or NAME=zero:BYTES for a pointer
 *     // expect: 55              the result: integers in decimal, vectors' elements apart by commas
 *     // fails: 7                or the code it fails with */
#ifndef CORPUS_H
#define CORPUS_H

#include <stdbool.h>
#include <stddef.h>

typedef struct corpus_program {
    const char *name; /* the file's, or "language.md, example 3" */
    const char *source;
    size_t length;
    bool example, scarce; /* scarce: on a device with hardly any frames only */
    char fiber[64];
    char args[16][128];
    int nargs;
    char env[16][128];
    int nenv;
    char expect[256];
    long fails;
} corpus_program;

/* Runs one program; how many faults it has found. What the program points to lives during the call.
 */
typedef int corpus_run(const corpus_program *program, void *user);

/* Calls `run` for the programs under the folder `top` whose files' names have `part` in them, and
 * for the examples if `part` is NULL. The sum of the faults, at least one if there was no program.
 * Prints how many there were. */
int corpus_each(const char *top, const char *part, corpus_run *run, void *user);

#endif
