/* uts_leaf.h - the work at a node of an unbalanced tree, for the peers and the reference runs: the
 * SHA-1 of a child, and how many children a node has. The device code in workloads/uts.fib is the
 * same algorithm.
 */
#ifndef BENCH_PEERS_UTS_LEAF_H
#define BENCH_PEERS_UTS_LEAF_H

#include <stdint.h>

#include "../problem.h"

/* ---- SHA-1 of one short message ----------------------------------------------------------------
 */

static inline uint32_t leaf_rotate(uint32_t x, int n)
{
    return x << n | x >> (32 - n);
}

#define LEAF_CHOOSE(b, c, d)   ((d) ^ ((b) & ((c) ^ (d))))
#define LEAF_PARITY(b, c, d)   ((b) ^ (c) ^ (d))
#define LEAF_MAJORITY(b, c, d) (((b) & (c)) | ((d) & ((b) | (c))))

/* Word i of the schedule; from 16 on made in place from a ring of the last 16. i is a constant
 * everywhere, so that the ring lives in registers. */
#define LEAF_WORD(w, i)                                                                 \
    ((i) < 16 ? (w)[(i)&15]                                                             \
              : ((w)[(i)&15] = leaf_rotate((w)[((i) + 13) & 15] ^ (w)[((i) + 8) & 15] ^ \
                                               (w)[((i) + 2) & 15] ^ (w)[(i)&15],       \
                                           1)))
#define LEAF_STEP(f, k, i, a, b, c, d, e)                        \
    e += leaf_rotate(a, 5) + f(b, c, d) + (k) + LEAF_WORD(w, i); \
    b = leaf_rotate(b, 30);
/* Five steps bring the five registers back to their places. */
#define LEAF_FIVE(f, k, i)                  \
    LEAF_STEP(f, k, i, a, b, c, d, e)       \
    LEAF_STEP(f, k, (i) + 1, e, a, b, c, d) \
    LEAF_STEP(f, k, (i) + 2, d, e, a, b, c) \
    LEAF_STEP(f, k, (i) + 3, c, d, e, a, b) \
    LEAF_STEP(f, k, (i) + 4, b, c, d, e, a)
#define LEAF_TWENTY(f, k, i)  \
    LEAF_FIVE(f, k, i)        \
    LEAF_FIVE(f, k, (i) + 5)  \
    LEAF_FIVE(f, k, (i) + 10) \
    LEAF_FIVE(f, k, (i) + 15)

/* One padded 64-byte block, as 16 big-endian words that are overwritten. */
static inline void leaf_sha1_block(uint32_t w[16], uint32_t out[5])
{
    uint32_t a = 0x67452301u, b = 0xefcdab89u, c = 0x98badcfeu, d = 0x10325476u, e = 0xc3d2e1f0u;

    LEAF_TWENTY(LEAF_CHOOSE, 0x5a827999u, 0)
    LEAF_TWENTY(LEAF_PARITY, 0x6ed9eba1u, 20)
    LEAF_TWENTY(LEAF_MAJORITY, 0x8f1bbcdcu, 40)
    LEAF_TWENTY(LEAF_PARITY, 0xca62c1d6u, 60)
    out[0] = a + 0x67452301u;
    out[1] = b + 0xefcdab89u;
    out[2] = c + 0x98badcfeu;
    out[3] = d + 0x10325476u;
    out[4] = e + 0xc3d2e1f0u;
}

/* SHA-1 of 20 bytes: sixteen zero bytes and the seed. */
static inline void leaf_sha1_root(const uint32_t message[5], uint32_t out[5])
{
    uint32_t w[16] = {message[0], message[1], message[2], message[3], message[4], 0x80000000u,
                      0,          0,          0,          0,          0,          0,
                      0,          0,          0,          20 * 8};

    leaf_sha1_block(w, out);
}

/* SHA-1 of 24 bytes: the parent's state and the child's number. */
static inline void leaf_sha1_child(const uint32_t parent[5], uint32_t index, uint32_t out[5])
{
    uint32_t w[16] = {parent[0],   parent[1], parent[2], parent[3], parent[4], index,
                      0x80000000u, 0,         0,         0,         0,         0,
                      0,           0,         0,         24 * 8};

    leaf_sha1_block(w, out);
}

/* ---- unbalanced trees ----------------------------------------------------------------------- */

static inline uint32_t leaf_uts_children(const uts_tree *tree, uint32_t random, uint32_t depth)
{
    random &= 0x7fffffffu;
    if (depth == 0 && tree->root_children)
        return tree->root_children;
    if (depth < tree->geo_depth) {
        const uint32_t *row = tree->thresholds;
        uint32_t n = 0;

        if (tree->rows > 1)
            row += (uint64_t)depth * UTS_ROW;
        while (random >= row[n])
            n++;
        return n;
    }
    return random < tree->bin_threshold ? tree->m : 0;
}

#endif
