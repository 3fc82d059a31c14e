/* sha1.h - SHA-1 of several short messages at once: an example of SIMD inside a fiber.
 *
 *   wide_sha1_children(s0, s1, s2, s3, s4, first, numbers, out)
 *
 * hashes the messages s0, s1, s2, s3, s4, k for k = first, first + 1, ... of a vector: word i of
 * the hash of message first + j to out[i * WIDE_SHA1_WIDTH + j]. WIDE_SHA1_WIDTH, 1, 2, 4, 8 or 16,
 * is the width; first is a multiple of it, so that first + j is first XOR j. `numbers` are 80 rows
 * of WIDE_SHA1_WIDTH words: word j of row i is word i of the message schedule that the number j
 * alone gives. With a width of 1 it is not looked at.
 *
 *   wide_sha1_each8(s0, s1, s2, s3, s4, number, stride, out)
 *   wide_sha1_each16(...)
 *
 * hash 8 or 16 such messages that have nothing in common, each with a state and a number of its
 * own, in vectors; word i of message j's hash to out[i * stride + j].
 */
#ifndef WIDE_SHA1_H
#define WIDE_SHA1_H

#ifndef WIDE_SHA1_WIDTH
#define WIDE_SHA1_WIDTH 8
#endif

#define WIDE_SHA1_CHOOSE(b, c, d)   ((d) ^ ((b) & ((c) ^ (d))))
#define WIDE_SHA1_PARITY(b, c, d)   ((b) ^ (c) ^ (d))
#define WIDE_SHA1_MAJORITY(b, c, d) ((c) ^ (((c) ^ (d)) & ((b) ^ (c))))

#define WIDE_SHA1_K0 0x5a827999u
#define WIDE_SHA1_K1 0x6ed9eba1u
#define WIDE_SHA1_K2 0x8f1bbcdcu
#define WIDE_SHA1_K3 0xca62c1d6u

#define WIDE_SHA1_A 0x67452301u
#define WIDE_SHA1_B 0xefcdab89u
#define WIDE_SHA1_C 0x98badcfeu
#define WIDE_SHA1_D 0x10325476u
#define WIDE_SHA1_E 0xc3d2e1f0u

#define WIDE_SHA1_STEP(type, f, word, a, b, c, d, e)     \
    e += f(b, c, d) + (type)(word) + rotate(a, (type)5); \
    b = rotate(b, (type)30);
/* Five steps bring the five registers back to their places. */
#define WIDE_SHA1_FIVE(type, f, w0, w1, w2, w3, w4) \
    WIDE_SHA1_STEP(type, f, w0, a, b, c, d, e)      \
    WIDE_SHA1_STEP(type, f, w1, e, a, b, c, d)      \
    WIDE_SHA1_STEP(type, f, w2, d, e, a, b, c)      \
    WIDE_SHA1_STEP(type, f, w3, c, d, e, a, b)      \
    WIDE_SHA1_STEP(type, f, w4, b, c, d, e, a)

/* ---- the schedule in registers ----------------------------------------------------------------
 */

/* Word i of the schedule; from 16 on made in place from a ring of the last 16. i is a constant
 * everywhere, so that the ring lives in registers. */
#define WIDE_SHA1_WORD(i)            \
    ((i) < 16 ? w[(i)&15]            \
              : (w[(i)&15] = rotate( \
                     w[((i) + 13) & 15] ^ w[((i) + 8) & 15] ^ w[((i) + 2) & 15] ^ w[(i)&15], 1u)))
#define WIDE_SHA1_RING(type, f, k, i)                                           \
    WIDE_SHA1_FIVE(type, f, k + WIDE_SHA1_WORD(i), k + WIDE_SHA1_WORD((i) + 1), \
                   k + WIDE_SHA1_WORD((i) + 2), k + WIDE_SHA1_WORD((i) + 3),    \
                   k + WIDE_SHA1_WORD((i) + 4))
#define WIDE_SHA1_TWENTY(type, f, k, i)  \
    WIDE_SHA1_RING(type, f, k, i)        \
    WIDE_SHA1_RING(type, f, k, (i) + 5)  \
    WIDE_SHA1_RING(type, f, k, (i) + 10) \
    WIDE_SHA1_RING(type, f, k, (i) + 15)
/* All 80 steps: a to e become the hash's words. */
#define WIDE_SHA1_HASH(type, s0, s1, s2, s3, s4, number)                                      \
    type a = WIDE_SHA1_A, b = WIDE_SHA1_B, c = WIDE_SHA1_C, d = WIDE_SHA1_D, e = WIDE_SHA1_E; \
    type w[16] = {s0, s1, s2, s3, s4, number, 0x80000000u, 0, 0, 0, 0, 0, 0, 0, 0, 24 * 8};   \
    WIDE_SHA1_TWENTY(type, WIDE_SHA1_CHOOSE, WIDE_SHA1_K0, 0)                                 \
    WIDE_SHA1_TWENTY(type, WIDE_SHA1_PARITY, WIDE_SHA1_K1, 20)                                \
    WIDE_SHA1_TWENTY(type, WIDE_SHA1_MAJORITY, WIDE_SHA1_K2, 40)                              \
    WIDE_SHA1_TWENTY(type, WIDE_SHA1_PARITY, WIDE_SHA1_K3, 60)                                \
    a += WIDE_SHA1_A;                                                                         \
    b += WIDE_SHA1_B;                                                                         \
    c += WIDE_SHA1_C;                                                                         \
    d += WIDE_SHA1_D;                                                                         \
    e += WIDE_SHA1_E;

/* ---- messages that have nothing in common -----------------------------------------------------
 */

#define WIDE_SHA1_EACH(width)                                                           \
    __attribute__((noinline)) static void wide_sha1_each##width(                        \
        uint##width s0, uint##width s1, uint##width s2, uint##width s3, uint##width s4, \
        uint##width number, uint stride, uint *out)                                     \
    {                                                                                   \
        WIDE_SHA1_HASH(uint##width, s0, s1, s2, s3, s4, number)                         \
        vstore##width(a, 0, out);                                                       \
        vstore##width(b, 0, out + stride);                                              \
        vstore##width(c, 0, out + 2 * stride);                                          \
        vstore##width(d, 0, out + 3 * stride);                                          \
        vstore##width(e, 0, out + 4 * stride);                                          \
    }
WIDE_SHA1_EACH(8)
WIDE_SHA1_EACH(16)

#if WIDE_SHA1_WIDTH == 1

/* ---- one message -------------------------------------------------------------------------------
 */

static void wide_sha1_children(uint s0, uint s1, uint s2, uint s3, uint s4, uint first,
                               __global const uint *numbers, uint *out)
{
    (void)numbers;
    WIDE_SHA1_HASH(uint, s0, s1, s2, s3, s4, first)
    out[0] = a;
    out[1] = b;
    out[2] = c;
    out[3] = d;
    out[4] = e;
}

#else

/* ---- several messages --------------------------------------------------------------------------
 *
 * SHA-1's message schedule is linear over XOR: word i for message first + j is word i of the
 * message with `first` as its number, a scalar that all lanes share, XOR row i of `numbers`. The
 * scalar words are made four at a time and put into memory, whence a vector operation takes one for
 * all its lanes at no cost. From 32 on word i is made from words that are 6 and more before it:
 * rotate(w[i-6] ^ w[i-16] ^ w[i-28] ^ w[i-32], 2). Words 6 to 18, 20, 23 and 26 do not depend on
 * the number: no XOR, and their constant is added here. out[0] has the constants: from memory they
 * are added before what the step before has made, and the steps are a chain.
 */
#define WIDE_SHA1_ROW(i, a, b, c, d, e)                    \
    a = rotate((uint4)(b.zw, c.xy) ^ d ^ e ^ a, (uint4)2); \
    out[i] = a;
__attribute__((noinline)) static void wide_sha1_schedule(uint w0, uint w1, uint w2, uint w3,
                                                         uint w4, uint w5, __private uint4 *out)
{
    const uint w6 = 0x80000000u, w15 = 24 * 8;
    uint w16 = rotate(w0 ^ w2, 1u), w17 = rotate(w1 ^ w3, 1u), w18 = rotate(w2 ^ w4 ^ w15, 1u);
    uint w19 = rotate(w3 ^ w5 ^ w16, 1u), w20 = rotate(w4 ^ w6 ^ w17, 1u);
    uint w21 = rotate(w5 ^ w18, 1u), w22 = rotate(w6 ^ w19, 1u), w23 = rotate(w15 ^ w20, 1u);
    uint w24 = rotate(w16 ^ w21, 1u), w25 = rotate(w17 ^ w22, 1u), w26 = rotate(w18 ^ w23, 1u);
    uint w27 = rotate(w19 ^ w24, 1u), w28 = rotate(w20 ^ w25, 1u);
    uint w29 = rotate(w15 ^ w21 ^ w26, 1u), w30 = rotate(w16 ^ w22 ^ w27, 1u);
    uint w31 = rotate(w15 ^ w17 ^ w23 ^ w28, 1u);
    uint4 r0 = (uint4)(w0, w1, w2, w3), r1 = (uint4)(w4, w5, w6, 0), r2 = 0;
    uint4 r3 = (uint4)(0, 0, 0, w15), r4 = (uint4)(w16, w17, w18, w19);
    uint4 r5 = (uint4)(w20, w21, w22, w23), r6 = (uint4)(w24, w25, w26, w27);
    uint4 r7 = (uint4)(w28, w29, w30, w31);

    out[0] = (uint4)(WIDE_SHA1_K0, WIDE_SHA1_K1, WIDE_SHA1_K2, WIDE_SHA1_K3);
    out[4] = r4 + (uint4)(WIDE_SHA1_K0, WIDE_SHA1_K0, WIDE_SHA1_K0, 0);
    out[5] = r5 + (uint4)(WIDE_SHA1_K1, 0, 0, WIDE_SHA1_K1);
    out[6] = r6 + (uint4)(0, 0, WIDE_SHA1_K1, 0);
    out[7] = r7;
    WIDE_SHA1_ROW(8, r0, r6, r7, r4, r1)
    WIDE_SHA1_ROW(9, r1, r7, r0, r5, r2)
    WIDE_SHA1_ROW(10, r2, r0, r1, r6, r3)
    WIDE_SHA1_ROW(11, r3, r1, r2, r7, r4)
    WIDE_SHA1_ROW(12, r4, r2, r3, r0, r5)
    WIDE_SHA1_ROW(13, r5, r3, r4, r1, r6)
    WIDE_SHA1_ROW(14, r6, r4, r5, r2, r7)
    WIDE_SHA1_ROW(15, r7, r5, r6, r3, r0)
    WIDE_SHA1_ROW(16, r0, r6, r7, r4, r1)
    WIDE_SHA1_ROW(17, r1, r7, r0, r5, r2)
    WIDE_SHA1_ROW(18, r2, r0, r1, r6, r3)
    WIDE_SHA1_ROW(19, r3, r1, r2, r7, r4)
}

#define WIDE_SHA1_LOAD_ROW(width, i) vload##width(0, numbers + (i)*WIDE_SHA1_WIDTH)
/* Word i with its constant. */
#define WIDE_SHA1_W(width, k, i)     (((uint##width)(w[i]) ^ WIDE_SHA1_LOAD_ROW(width, i)) + k)
#define WIDE_SHA1_STEPS(width, f, k, i)                                                      \
    WIDE_SHA1_FIVE(uint##width, f, WIDE_SHA1_W(width, k, i), WIDE_SHA1_W(width, k, (i) + 1), \
                   WIDE_SHA1_W(width, k, (i) + 2), WIDE_SHA1_W(width, k, (i) + 3),           \
                   WIDE_SHA1_W(width, k, (i) + 4))
#define WIDE_SHA1_ONE(f, word, a, b, c, d, e) \
    WIDE_SHA1_STEP(uint, f, WIDE_SHA1_K0 + word, a, b, c, d, e)

/* The steps before the number comes in, and what does not depend on a lane in the five after it,
 * are the same for all lanes. `lanes` are 0, 1, ...; a vector among the parameters makes LLVM use
 * registers as wide as the vector even where it prefers halves. */
#define WIDE_SHA1_FUNCTION(width)                                                                 \
    __attribute__((noinline)) static void wide_sha1_##width(                                      \
        uint##width lanes, uint s0, uint s1, uint s2, uint s3, uint s4, uint first,               \
        __global const uint *numbers, uint *out)                                                  \
    {                                                                                             \
        uint sa = WIDE_SHA1_A, sb = WIDE_SHA1_B, sc = WIDE_SHA1_C, sd = WIDE_SHA1_D;              \
        uint se = WIDE_SHA1_E;                                                                    \
        uint4 words[20];                                                                          \
        __private uint *w = (__private uint *)words;                                              \
        uint##width a, b, c, d, e, k0, k1, k2, k3;                                                \
                                                                                                  \
        wide_sha1_schedule(s0, s1, s2, s3, s4, first, words);                                     \
        k0 = w[0], k1 = w[1], k2 = w[2], k3 = w[3];                                               \
        WIDE_SHA1_ONE(WIDE_SHA1_CHOOSE, s0, sa, sb, sc, sd, se)                                   \
        WIDE_SHA1_ONE(WIDE_SHA1_CHOOSE, s1, se, sa, sb, sc, sd)                                   \
        WIDE_SHA1_ONE(WIDE_SHA1_CHOOSE, s2, sd, se, sa, sb, sc)                                   \
        WIDE_SHA1_ONE(WIDE_SHA1_CHOOSE, s3, sc, sd, se, sa, sb)                                   \
        WIDE_SHA1_ONE(WIDE_SHA1_CHOOSE, s4, sb, sc, sd, se, sa)                                   \
        WIDE_SHA1_ONE(WIDE_SHA1_CHOOSE, 0, sa, sb, sc, sd, se)                                    \
        e = se + (first ^ lanes);                                                                 \
        d = sd + (WIDE_SHA1_K0 + 0x80000000u) + WIDE_SHA1_CHOOSE(sa, sb, sc) +                    \
            rotate(e, (uint##width)5);                                                            \
        sa = rotate(sa, 30u);                                                                     \
        c = (sc + WIDE_SHA1_K0) + WIDE_SHA1_CHOOSE(e, (uint##width)sa, (uint##width)sb) +         \
            rotate(d, (uint##width)5);                                                            \
        e = rotate(e, (uint##width)30);                                                           \
        b = (sb + WIDE_SHA1_K0) + WIDE_SHA1_CHOOSE(d, e, (uint##width)sa) +                       \
            rotate(c, (uint##width)5);                                                            \
        d = rotate(d, (uint##width)30);                                                           \
        a = (sa + WIDE_SHA1_K0) + WIDE_SHA1_CHOOSE(c, d, e) + rotate(b, (uint##width)5);          \
        c = rotate(c, (uint##width)30);                                                           \
        WIDE_SHA1_FIVE(uint##width, WIDE_SHA1_CHOOSE, WIDE_SHA1_K0, WIDE_SHA1_K0, WIDE_SHA1_K0,   \
                       WIDE_SHA1_K0, WIDE_SHA1_K0)                                                \
        WIDE_SHA1_FIVE(uint##width, WIDE_SHA1_CHOOSE, WIDE_SHA1_K0 + 24 * 8, w[16], w[17], w[18], \
                       WIDE_SHA1_W(width, k0, 19))                                                \
        WIDE_SHA1_FIVE(uint##width, WIDE_SHA1_PARITY, w[20], WIDE_SHA1_W(width, k1, 21),          \
                       WIDE_SHA1_W(width, k1, 22), w[23], WIDE_SHA1_W(width, k1, 24))             \
        WIDE_SHA1_FIVE(uint##width, WIDE_SHA1_PARITY, WIDE_SHA1_W(width, k1, 25), w[26],          \
                       WIDE_SHA1_W(width, k1, 27), WIDE_SHA1_W(width, k1, 28),                    \
                       WIDE_SHA1_W(width, k1, 29))                                                \
        WIDE_SHA1_STEPS(width, WIDE_SHA1_PARITY, k1, 30)                                          \
        WIDE_SHA1_STEPS(width, WIDE_SHA1_PARITY, k1, 35)                                          \
        WIDE_SHA1_STEPS(width, WIDE_SHA1_MAJORITY, k2, 40)                                        \
        WIDE_SHA1_STEPS(width, WIDE_SHA1_MAJORITY, k2, 45)                                        \
        WIDE_SHA1_STEPS(width, WIDE_SHA1_MAJORITY, k2, 50)                                        \
        WIDE_SHA1_STEPS(width, WIDE_SHA1_MAJORITY, k2, 55)                                        \
        WIDE_SHA1_STEPS(width, WIDE_SHA1_PARITY, k3, 60)                                          \
        WIDE_SHA1_STEPS(width, WIDE_SHA1_PARITY, k3, 65)                                          \
        WIDE_SHA1_STEPS(width, WIDE_SHA1_PARITY, k3, 70)                                          \
        WIDE_SHA1_STEPS(width, WIDE_SHA1_PARITY, k3, 75)                                          \
        vstore##width(a + WIDE_SHA1_A, 0, out);                                                   \
        vstore##width(b + WIDE_SHA1_B, 0, out + WIDE_SHA1_WIDTH);                                 \
        vstore##width(c + WIDE_SHA1_C, 0, out + 2 * WIDE_SHA1_WIDTH);                             \
        vstore##width(d + WIDE_SHA1_D, 0, out + 3 * WIDE_SHA1_WIDTH);                             \
        vstore##width(e + WIDE_SHA1_E, 0, out + 4 * WIDE_SHA1_WIDTH);                             \
    }

#if WIDE_SHA1_WIDTH == 2
WIDE_SHA1_FUNCTION(2)
#define WIDE_SHA1_CALL  wide_sha1_2
#define WIDE_SHA1_LANES (uint2)(0, 1)
#elif WIDE_SHA1_WIDTH == 4
WIDE_SHA1_FUNCTION(4)
#define WIDE_SHA1_CALL  wide_sha1_4
#define WIDE_SHA1_LANES (uint4)(0, 1, 2, 3)
#elif WIDE_SHA1_WIDTH == 8
WIDE_SHA1_FUNCTION(8)
#define WIDE_SHA1_CALL  wide_sha1_8
#define WIDE_SHA1_LANES (uint8)(0, 1, 2, 3, 4, 5, 6, 7)
#elif WIDE_SHA1_WIDTH == 16
WIDE_SHA1_FUNCTION(16)
#define WIDE_SHA1_CALL  wide_sha1_16
#define WIDE_SHA1_LANES (uint16)(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15)
#else
#error "WIDE_SHA1_WIDTH has to be 1, 2, 4, 8 or 16"
#endif

static inline void wide_sha1_children(uint s0, uint s1, uint s2, uint s3, uint s4, uint first,
                                      __global const uint *numbers, uint *out)
{
    WIDE_SHA1_CALL(WIDE_SHA1_LANES, s0, s1, s2, s3, s4, first, numbers, out);
}

#endif

#endif
