/* sha1.h - SHA-1 of several short messages at once: an example of SIMD inside a fiber.
 *
 *   wide_sha1_children(parent, first, numbers, out)
 *
 * hashes the messages parent (five words), k for k = first, first + 1, ... of a vector: lane j is
 * message first + j. WIDE_SHA1_WIDTH, 1, 2, 4, 8 or 16, is the width.
 */
#ifndef WIDE_SHA1_H
#define WIDE_SHA1_H

#ifndef WIDE_SHA1_WIDTH
#define WIDE_SHA1_WIDTH 8
#endif

#if WIDE_SHA1_WIDTH == 1
typedef uint wide_sha1_v;
#define WIDE_SHA1_STORE(v, p) (*(p) = (v))
#define WIDE_SHA1_LOAD(p)     (*(p))
#elif WIDE_SHA1_WIDTH == 2
typedef uint2 wide_sha1_v;
#define WIDE_SHA1_STORE(v, p) vstore2(v, 0, p)
#define WIDE_SHA1_LOAD(p)     vload2(0, p)
#elif WIDE_SHA1_WIDTH == 4
typedef uint4 wide_sha1_v;
#define WIDE_SHA1_STORE(v, p) vstore4(v, 0, p)
#define WIDE_SHA1_LOAD(p)     vload4(0, p)
#elif WIDE_SHA1_WIDTH == 8
typedef uint8 wide_sha1_v;
#define WIDE_SHA1_STORE(v, p) vstore8(v, 0, p)
#define WIDE_SHA1_LOAD(p)     vload8(0, p)
#elif WIDE_SHA1_WIDTH == 16
typedef uint16 wide_sha1_v;
#define WIDE_SHA1_STORE(v, p) vstore16(v, 0, p)
#define WIDE_SHA1_LOAD(p)     vload16(0, p)
#else
#error "WIDE_SHA1_WIDTH has to be 1, 2, 4, 8 or 16"
#endif

typedef struct {
    uint s[5];
} wide_sha1_state;

/* ---- the steps
 * ------------------------------------------------------------------------------------
 *
 * The message is the parent's state, five words, and the child's number, the sixth. SHA-1's message
 * schedule is linear over XOR: word i for child first + j is word i of the message with `first`
 * as its number, a scalar, XOR word i of the schedule that j alone gives, a table (`numbers`, made
 * by the host). So the lanes share the scalar part of the schedule, which a CPU works out beside
 * its vector units, and the first five steps, before the number comes in.
 */

#define WIDE_SHA1_CHOOSE(b, c, d)   ((d) ^ ((b) & ((c) ^ (d))))
#define WIDE_SHA1_PARITY(b, c, d)   ((b) ^ (c) ^ (d))
#define WIDE_SHA1_MAJORITY(b, c, d) (((b) & (c)) | ((d) & ((b) | (c))))

/* Scalar word i of the schedule; from 16 on made in place from a ring of the last 16. i is a
 * constant everywhere, so that the ring lives in registers. */
#define WIDE_SHA1_SCALAR(i)          \
    ((i) < 16 ? w[(i)&15]            \
              : (w[(i)&15] = rotate( \
                     w[((i) + 13) & 15] ^ w[((i) + 8) & 15] ^ w[((i) + 2) & 15] ^ w[(i)&15], 1u)))
#if WIDE_SHA1_WIDTH == 1
#define WIDE_SHA1_WORD(i) WIDE_SHA1_SCALAR(i) /* the table is of zeros */
#else
#define WIDE_SHA1_WORD(i) \
    ((wide_sha1_v)(WIDE_SHA1_SCALAR(i)) ^ WIDE_SHA1_LOAD(numbers + (i)*WIDE_SHA1_WIDTH))
#endif
#define WIDE_SHA1_STEP(type, f, k, word, a, b, c, d, e)        \
    e += rotate(a, (type)5) + f(b, c, d) + (type)(k) + (word); \
    b = rotate(b, (type)30);
/* Five steps bring the five registers back to their places. */
#define WIDE_SHA1_FIVE(f, k, i)                                               \
    WIDE_SHA1_STEP(wide_sha1_v, f, k, WIDE_SHA1_WORD(i), a, b, c, d, e)       \
    WIDE_SHA1_STEP(wide_sha1_v, f, k, WIDE_SHA1_WORD((i) + 1), e, a, b, c, d) \
    WIDE_SHA1_STEP(wide_sha1_v, f, k, WIDE_SHA1_WORD((i) + 2), d, e, a, b, c) \
    WIDE_SHA1_STEP(wide_sha1_v, f, k, WIDE_SHA1_WORD((i) + 3), c, d, e, a, b) \
    WIDE_SHA1_STEP(wide_sha1_v, f, k, WIDE_SHA1_WORD((i) + 4), b, c, d, e, a)
#define WIDE_SHA1_TWENTY(f, k, i)  \
    WIDE_SHA1_FIVE(f, k, i)        \
    WIDE_SHA1_FIVE(f, k, (i) + 5)  \
    WIDE_SHA1_FIVE(f, k, (i) + 10) \
    WIDE_SHA1_FIVE(f, k, (i) + 15)

/* States of the children `first`, first + 1, ...: word k of child first + j to out[k][j]. first is
 * a multiple of the width, so that first + j is first XOR j. */
static void wide_sha1_children(wide_sha1_state parent, uint first, __global const uint *numbers,
                               uint out[5][WIDE_SHA1_WIDTH])
{
    uint sa = 0x67452301u, sb = 0xefcdab89u, sc = 0x98badcfeu, sd = 0x10325476u, se = 0xc3d2e1f0u;
    uint w[16];

    w[0] = parent.s[0];
    w[1] = parent.s[1];
    w[2] = parent.s[2];
    w[3] = parent.s[3];
    w[4] = parent.s[4];
    w[5] = first;
    w[6] = 0x80000000u;
    w[7] = w[8] = w[9] = w[10] = w[11] = w[12] = w[13] = w[14] = 0;
    w[15] = 24 * 8;
    WIDE_SHA1_STEP(uint, WIDE_SHA1_CHOOSE, 0x5a827999u, w[0], sa, sb, sc, sd, se)
    WIDE_SHA1_STEP(uint, WIDE_SHA1_CHOOSE, 0x5a827999u, w[1], se, sa, sb, sc, sd)
    WIDE_SHA1_STEP(uint, WIDE_SHA1_CHOOSE, 0x5a827999u, w[2], sd, se, sa, sb, sc)
    WIDE_SHA1_STEP(uint, WIDE_SHA1_CHOOSE, 0x5a827999u, w[3], sc, sd, se, sa, sb)
    WIDE_SHA1_STEP(uint, WIDE_SHA1_CHOOSE, 0x5a827999u, w[4], sb, sc, sd, se, sa)
    wide_sha1_v a = sa, b = sb, c = sc, d = sd, e = se;
    WIDE_SHA1_FIVE(WIDE_SHA1_CHOOSE, 0x5a827999u, 5)
    WIDE_SHA1_FIVE(WIDE_SHA1_CHOOSE, 0x5a827999u, 10)
    WIDE_SHA1_FIVE(WIDE_SHA1_CHOOSE, 0x5a827999u, 15)
    WIDE_SHA1_TWENTY(WIDE_SHA1_PARITY, 0x6ed9eba1u, 20)
    WIDE_SHA1_TWENTY(WIDE_SHA1_MAJORITY, 0x8f1bbcdcu, 40)
    WIDE_SHA1_TWENTY(WIDE_SHA1_PARITY, 0xca62c1d6u, 60)
    WIDE_SHA1_STORE(a + 0x67452301u, out[0]);
    WIDE_SHA1_STORE(b + 0xefcdab89u, out[1]);
    WIDE_SHA1_STORE(c + 0x98badcfeu, out[2]);
    WIDE_SHA1_STORE(d + 0x10325476u, out[3]);
    WIDE_SHA1_STORE(e + 0xc3d2e1f0u, out[4]);
}

#endif
