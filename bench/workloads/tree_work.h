/* tree_work.h - what a node of the synthetic trees does: reads `mem` words that depend on its name
 * and computes `comp` steps that depend on one another. One node, or 16 in a vector.
 */
#define TREE_WORDS 65536u /* that are read from */

static inline uint tree_work(uint name, __global const uint *words, uint mem, uint comp)
{
    uint x = name * 2654435769u;

    for (uint i = 0; i < mem; i++)
        x += words[(x ^ i * 40503u) % TREE_WORDS];
    for (uint i = 0; i < comp; i++) {
        x += 2654435769u;
        x ^= x << 13;
        x ^= x >> 17;
    }
    return x;
}

/* Loads wait for one another within a node, not from node to node: what hides such waits on a device
 * without vectors, too, is a few nodes at a time. */
static inline uint3 tree_work3(uint3 name, __global const uint *words, uint mem, uint comp)
{
    uint3 x = name * 2654435769u;

    for (uint i = 0; i < mem; i++) {
        uint3 at = (x ^ i * 40503u) % TREE_WORDS;

        x += (uint3)(words[at.s0], words[at.s1], words[at.s2]);
    }
    for (uint i = 0; i < comp; i++) {
        x += 2654435769u;
        x ^= x << 13;
        x ^= x >> 17;
    }
    return x;
}

static inline uint8 tree_work8(uint8 name, __global const uint *words, uint mem, uint comp)
{
    uint8 x = name * 2654435769u;

    for (uint i = 0; i < mem; i++) {
        uint8 at = (x ^ i * 40503u) % TREE_WORDS;

        x += (uint8)(words[at.s0], words[at.s1], words[at.s2], words[at.s3], words[at.s4],
                     words[at.s5], words[at.s6], words[at.s7]);
    }
    for (uint i = 0; i < comp; i++) {
        x += 2654435769u;
        x ^= x << 13;
        x ^= x >> 17;
    }
    return x;
}

static inline uint16 tree_work16(uint16 name, __global const uint *words, uint mem, uint comp)
{
    uint16 x = name * 2654435769u;

    for (uint i = 0; i < mem; i++) {
        uint16 at = (x ^ i * 40503u) % TREE_WORDS;

        x += (uint16)(words[at.s0], words[at.s1], words[at.s2], words[at.s3], words[at.s4],
                      words[at.s5], words[at.s6], words[at.s7], words[at.s8], words[at.s9],
                      words[at.sa], words[at.sb], words[at.sc], words[at.sd], words[at.se],
                      words[at.sf]);
    }
    for (uint i = 0; i < comp; i++) {
        x += 2654435769u;
        x ^= x << 13;
        x ^= x >> 17;
    }
    return x;
}

/* Sum of the lanes first ... first + n - 1. */
static inline ulong tree_sum16(uint16 x, uint first, uint n)
{
    uint lane[16];
    ulong sum = 0;

    vstore16(x, 0, lane);
    for (uint i = first; i < first + n; i++)
        sum += lane[i];
    return sum;
}
