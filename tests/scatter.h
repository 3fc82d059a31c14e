/* scatter.h - puts free frames where nobody looks for them. */
#ifndef CLF_TESTS_SCATTER_H
#define CLF_TESTS_SCATTER_H

#include "frames.h"

enum { ALL_LISTED, ALL_CHAINED, ANYWHERE, WAYS };

/* With nobody alive: takes all frames of `s` out of where they are and puts them elsewhere, to
 * worker g or anywhere. The slots get a small frame each, so that no worker finds an empty one, or
 * what chance gives them. */
void scatter(int way, uint32_t g, cl_ulong seed);

/* Runs `fiber` of frames.fib, which makes n at a time; its result. */
cl_ulong run_many(const char *fiber, cl_uint n);

#endif
