/* frames.h - what test_frames.c and test_room.c play with: a scheduler with fibers of several
 * sizes, and the words in which they tell where they were. */
#ifndef CLF_TESTS_FRAMES_H
#define CLF_TESTS_FRAMES_H

#include "support.h"

enum { IDS = 600 };

extern clf_scheduler *s;
extern cl_mem once; /* by id: how often the fiber was there */
extern cl_mem bad;  /* words in frames that were somebody else's */

void open_frames(const clf_options *options); /* tests/programs/frames.fib */
void check_words(void);                       /* none of them is bad */
void close_frames(void);

#endif
