/* random_program.h - random fiber programs, each also as serial C (spawn = call) to compare with.
 */
#ifndef RANDOM_PROGRAM_H
#define RANDOM_PROGRAM_H

#include "mock_host.h"

enum { RANDOM_DEPTH = 3, RANDOM_Y = 99 };

/* `n` programs with the seeds seed, seed + 1, ...; texts to be freed. The root of program i is the
 * fiber pi_0(int RANDOM_DEPTH, uint i, ulong RANDOM_Y) with a result of type uint; `serial` needs
 * the types in `fibers`. */
void random_programs(uint64_t seed, int n, char **fibers, char **serial);
/* What program i gives, from `serial` as compiled with the mock. */
uint32_t random_expected(mock_program *p, int i);
/* A number from the environment. */
long random_setting(const char *name, long otherwise);
/* With $MOCK_KEEP set: writes the text to a file, to look at. */
void random_keep(const char *name, const char *content);

#endif
