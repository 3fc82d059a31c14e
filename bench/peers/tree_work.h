/* tree_work.h - what a node of the synthetic trees does; workloads/tree_work.h is the same on the
 * device.
 */
#ifndef BENCH_PEERS_TREE_WORK_H
#define BENCH_PEERS_TREE_WORK_H

#include <stdint.h>

#define TREE_WORDS 65536u /* that are read from */

static inline uint32_t tree_work(uint32_t name, const uint32_t *words, uint32_t mem, uint32_t comp)
{
    uint32_t x = name * 2654435769u;

    for (uint32_t i = 0; i < mem; i++)
        x += words[(x ^ i * 40503u) % TREE_WORDS];
    for (uint32_t i = 0; i < comp; i++) {
        x += 2654435769u;
        x ^= x << 13;
        x ^= x >> 17;
    }
    return x;
}

#endif
