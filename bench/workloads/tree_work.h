/* tree_work.h - what a node of the synthetic trees does: reads `mem` words that depend on its name
 * and computes `comp` steps that depend on one another. One node, or 3, 8 or 16 in a vector.
 */
#define TREE_WORDS 65536u /* that are read from */

/* tree_work and so on, for names of a type; READ(at) are the words at these places. */
#define TREE_WORK(function, type, READ)                                                     \
    static inline type function(type name, __global const uint *words, uint mem, uint comp) \
    {                                                                                       \
        type x = name * 2654435769u;                                                        \
        for (uint i = 0; i < mem; i++) {                                                    \
            type at = (x ^ i * 40503u) % TREE_WORDS;                                        \
            x += READ(at);                                                                  \
        }                                                                                   \
        for (uint i = 0; i < comp; i++) {                                                   \
            x += 2654435769u;                                                               \
            x ^= x << 13;                                                                   \
            x ^= x >> 17;                                                                   \
        }                                                                                   \
        return x;                                                                           \
    }

#define TREE_READ(at)  words[at]
#define TREE_READ3(at) (uint3)(words[at.s0], words[at.s1], words[at.s2])
#define TREE_READ8(at)                                                                          \
    (uint8)(words[at.s0], words[at.s1], words[at.s2], words[at.s3], words[at.s4], words[at.s5], \
            words[at.s6], words[at.s7])
#define TREE_READ16(at)                                                                          \
    (uint16)(words[at.s0], words[at.s1], words[at.s2], words[at.s3], words[at.s4], words[at.s5], \
             words[at.s6], words[at.s7], words[at.s8], words[at.s9], words[at.sa], words[at.sb], \
             words[at.sc], words[at.sd], words[at.se], words[at.sf])

/* Loads wait for one another within a node, not from node to node: what hides such waits on a
 * device without vectors, too, is a few nodes at a time. */
TREE_WORK(tree_work, uint, TREE_READ)
TREE_WORK(tree_work3, uint3, TREE_READ3)
TREE_WORK(tree_work8, uint8, TREE_READ8)
TREE_WORK(tree_work16, uint16, TREE_READ16)

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
