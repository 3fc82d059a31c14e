/* place.h - threads on cores of their own, PoCL's and the peers' alike.
 *
 * Threads that are woken while a core is busy for a moment end up on one core, and Linux leaves
 * them there until its next tick, 4 ms: longer than a run. Where PoCL's are put is said by
 * POCL_AFFINITY.
 */
#ifndef BENCH_PLACE_H
#define BENCH_PLACE_H

#ifdef __cplusplus
extern "C" {
#endif

/* Before OpenCL is loaded: puts PoCL's threads on cores 0, 1, ..., unless POCL_AFFINITY says
 * something or this process may not use all of them. */
void bench_place_device(void);

/* Puts the calling thread on core `index` (modulo their number) where PoCL's are placed, too. */
void bench_place_thread(unsigned index);

/* Takes that back. */
void bench_place_anywhere(void);

#ifdef __cplusplus
}
#endif
#endif
