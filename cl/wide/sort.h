/* sort.h - sorting uints with vectors of 16: an example of SIMD inside a fiber.
 *
 *   wide_sort(in, out, spare, n)        sorts n numbers of `in` into `out`; `spare` has room for n
 *   wide_merge(a, na, b, nb, out)       merges two sorted sequences
 *   wide_lower_bound(a, n, key)         how many numbers of a sorted sequence are below key
 *
 * Everything is in terms of uint16: a compiler for a CPU makes one AVX-512 register of it, two of
 * AVX2, four of SSE or NEON. Numbers that are not there to fill a vector are UINT_MAX: they end up
 * behind all others, where nobody copies them.
 */
#ifndef WIDE_SORT_H
#define WIDE_SORT_H

#define WIDE_SORT_BLOCK 256 /* sorted in registers */

/* ---- lanes of one vector ----------------------------------------------------------------------
 */

#define WIDE_SWAP1(v)   ((v).s1032547698badcfe)
#define WIDE_SWAP2(v)   ((v).s23016745ab89efcd)
#define WIDE_SWAP4(v)   ((v).s45670123cdef89ab)
#define WIDE_SWAP8(v)   ((v).s89abcdef01234567)
#define WIDE_MIRROR2(v) WIDE_SWAP1(v)
#define WIDE_MIRROR4(v) ((v).s32107654ba98fedc)
#define WIDE_MIRROR8(v) ((v).s76543210fedcba98)
#define WIDE_MIRROR(v)  ((v).sfedcba9876543210)

/* In these lanes a group's upper half is. */
#define WIDE_UPPER1 ((int16)(0, -1, 0, -1, 0, -1, 0, -1, 0, -1, 0, -1, 0, -1, 0, -1))
#define WIDE_UPPER2 ((int16)(0, 0, -1, -1, 0, 0, -1, -1, 0, 0, -1, -1, 0, 0, -1, -1))
#define WIDE_UPPER4 ((int16)(0, 0, 0, 0, -1, -1, -1, -1, 0, 0, 0, 0, -1, -1, -1, -1))
#define WIDE_UPPER8 ((int16)(0, 0, 0, 0, 0, 0, 0, 0, -1, -1, -1, -1, -1, -1, -1, -1))

/* Lanes `distance` apart in order. */
#define WIDE_CLEAN(v, distance)                                   \
    {                                                             \
        uint16 other = WIDE_SWAP##distance(v);                    \
        v = WIDE_UPPER##distance ? max(v, other) : min(v, other); \
    }

/* A vector that rises and then falls, or falls and then rises, becomes sorted. */
#define WIDE_CLEAN_ALL(v) \
    WIDE_CLEAN(v, 8)      \
    WIDE_CLEAN(v, 4)      \
    WIDE_CLEAN(v, 2)      \
    WIDE_CLEAN(v, 1)

/* ---- merging ----------------------------------------------------------------------------------
 */

static inline uint16 wide_load_part(__global const uint *p, uint n)
{
    uint lane[16];

    for (uint i = 0; i < 16; i++)
        lane[i] = i < n ? p[i] : UINT_MAX;
    return vload16(0, lane);
}

static inline void wide_store_part(uint16 v, __global uint *p, uint n)
{
    uint lane[16];

    vstore16(v, 0, lane);
    for (uint i = 0; i < n; i++)
        p[i] = lane[i];
}

static inline uint16 wide_load(__global const uint *p, uint at, uint n)
{
    return n - at >= 16 ? vload16(0, p + at) : wide_load_part(p + at, n - at);
}

static inline void wide_store(uint16 v, __global uint *p, uint at, uint n)
{
    if (at < n && n - at >= 16)
        vstore16(v, 0, p + at);
    else if (at < n)
        wide_store_part(v, p + at, n - at);
}

/* Both vectors sorted: the lower 16 numbers to low, the upper 16 to high, sorted. */
#define WIDE_MERGE(low, high, next)        \
    {                                      \
        uint16 turned = WIDE_MIRROR(next); \
        low = min(high, turned);           \
        high = max(high, turned);          \
        WIDE_CLEAN_ALL(low)                \
        WIDE_CLEAN_ALL(high)               \
    }

/* The vector `high` holds the largest numbers read so far. What comes next is read from the
 * sequence whose first unread number is the smaller one: then the lower half of both vectors is
 * not above anything unread. */
static void wide_merge(__global const uint *a, uint na, __global const uint *b, uint nb,
                       __global uint *out)
{
    uint i = 0, j = 0, k = 0, n = na + nb;
    uint16 low, high;

    if (na == 0) {
        a = b;
        na = nb;
        nb = 0;
    }
    if (na == 0)
        return;
    if (nb > 0 && b[0] < a[0]) {
        high = wide_load(b, 0, nb);
        j = 16;
    } else {
        high = wide_load(a, 0, na);
        i = 16;
    }
    while (i + 16 <= na && j + 16 <= nb) {
        bool from_a = a[i] <= b[j];
        uint16 next = vload16(0, from_a ? a + i : b + j);

        i += from_a ? 16 : 0;
        j += from_a ? 0 : 16;
        WIDE_MERGE(low, high, next)
        vstore16(low, 0, out + k);
        k += 16;
    }
    while (i < na || j < nb) {
        bool from_a = i < na && (j >= nb || a[i] <= b[j]);
        uint16 next = from_a ? wide_load(a, i, na) : wide_load(b, j, nb);

        i += from_a ? 16 : 0;
        j += from_a ? 0 : 16;
        WIDE_MERGE(low, high, next)
        wide_store(low, out, k, n);
        k += 16;
    }
    wide_store(high, out, k, n);
}

static inline uint wide_lower_bound(__global const uint *a, uint n, uint key)
{
    uint first = 0;

    while (n > 0) {
        uint middle = n >> 1;

        if (a[first + middle] < key) {
            first += middle + 1;
            n -= middle + 1;
        } else {
            n = middle;
        }
    }
    return first;
}

/* ---- sorting 256 numbers in 16 vectors --------------------------------------------------------
 *
 * First every lane is sorted over the 16 vectors by Green's network. Then groups of 1, 2, 4 and 8
 * lanes are merged with their neighbours; number p of a group is in its lane p / 16, vector p % 16.
 * So most comparisons are of whole vectors.
 */

#define WIDE_ORDER(x, y)          \
    {                             \
        uint16 lower = min(x, y); \
        y = max(x, y);            \
        x = lower;                \
    }

#define WIDE_SORT_LANES                                                                            \
    WIDE_ORDER(v0, v1)                                                                             \
    WIDE_ORDER(v2, v3)                                                                             \
    WIDE_ORDER(v4, v5) WIDE_ORDER(v6, v7) WIDE_ORDER(v8, v9) WIDE_ORDER(v10, v11) WIDE_ORDER(      \
        v12, v13) WIDE_ORDER(v14, v15) WIDE_ORDER(v0, v2) WIDE_ORDER(v1, v3) WIDE_ORDER(v4, v6)    \
        WIDE_ORDER(v5, v7) WIDE_ORDER(v8, v10) WIDE_ORDER(v9, v11) WIDE_ORDER(v12, v14)            \
            WIDE_ORDER(v13, v15) WIDE_ORDER(v0, v4) WIDE_ORDER(v1, v5) WIDE_ORDER(v2, v6)          \
                WIDE_ORDER(v3, v7) WIDE_ORDER(v8, v12) WIDE_ORDER(v9, v13) WIDE_ORDER(v10, v14)    \
                    WIDE_ORDER(v11, v15) WIDE_ORDER(v0, v8) WIDE_ORDER(v1, v9) WIDE_ORDER(v2, v10) \
                        WIDE_ORDER(v3, v11) WIDE_ORDER(v4, v12) WIDE_ORDER(v5, v13) WIDE_ORDER(    \
                            v6, v14) WIDE_ORDER(v7, v15) WIDE_ORDER(v5, v10) WIDE_ORDER(v6, v9)    \
                            WIDE_ORDER(v3, v12) WIDE_ORDER(v13, v14) WIDE_ORDER(v4, v8)            \
                                WIDE_ORDER(v7, v11) WIDE_ORDER(v1, v2) WIDE_ORDER(v1, v4)          \
                                    WIDE_ORDER(v7, v13) WIDE_ORDER(v2, v8) WIDE_ORDER(v11, v14)    \
                                        WIDE_ORDER(v2, v4) WIDE_ORDER(v5, v6) WIDE_ORDER(v9, v10)  \
                                            WIDE_ORDER(v11, v13) WIDE_ORDER(v3, v8)                \
                                                WIDE_ORDER(v7, v12) WIDE_ORDER(v6, v8)             \
                                                    WIDE_ORDER(v10, v12) WIDE_ORDER(v3, v5)        \
                                                        WIDE_ORDER(v7, v9) WIDE_ORDER(v3, v4)      \
                                                            WIDE_ORDER(v5, v6) WIDE_ORDER(v7, v8)  \
                                                                WIDE_ORDER(v9, v10)                \
                                                                    WIDE_ORDER(v11, v12)           \
                                                                        WIDE_ORDER(v6, v7)         \
                                                                            WIDE_ORDER(v8, v9)

/* The first step of merging groups of `half` lanes: number p of the lower group against number
 * n - 1 - p of the upper one, which is in the mirrored lane of the mirrored vector. */
#define WIDE_FOLD(x, y, size, half)                            \
    {                                                          \
        uint16 turned = WIDE_MIRROR##size(y);                  \
        uint16 lower = min(x, turned), upper = max(x, turned); \
        x = WIDE_UPPER##half ? upper : lower;                  \
        turned = WIDE_UPPER##half ? lower : upper;             \
        y = WIDE_MIRROR##size(turned);                         \
    }
#define WIDE_MIRROR16(v) WIDE_MIRROR(v)
#define WIDE_FOLD_ALL(size, half)                                                                \
    WIDE_FOLD(v0, v15, size, half)                                                               \
    WIDE_FOLD(v1, v14, size, half)                                                               \
    WIDE_FOLD(v2, v13, size, half) WIDE_FOLD(v3, v12, size, half) WIDE_FOLD(v4, v11, size, half) \
        WIDE_FOLD(v5, v10, size, half) WIDE_FOLD(v6, v9, size, half) WIDE_FOLD(v7, v8, size, half)
#define WIDE_CLEAN_LANES(distance)                                                            \
    WIDE_CLEAN(v0, distance)                                                                  \
    WIDE_CLEAN(v1, distance)                                                                  \
    WIDE_CLEAN(v2, distance) WIDE_CLEAN(v3, distance) WIDE_CLEAN(v4, distance)                \
        WIDE_CLEAN(v5, distance) WIDE_CLEAN(v6, distance) WIDE_CLEAN(v7, distance)            \
            WIDE_CLEAN(v8, distance) WIDE_CLEAN(v9, distance) WIDE_CLEAN(v10, distance)       \
                WIDE_CLEAN(v11, distance) WIDE_CLEAN(v12, distance) WIDE_CLEAN(v13, distance) \
                    WIDE_CLEAN(v14, distance) WIDE_CLEAN(v15, distance)
#define WIDE_CLEAN_VECTORS                                                                        \
    WIDE_ORDER(v0, v8)                                                                            \
    WIDE_ORDER(v1, v9)                                                                            \
    WIDE_ORDER(v2, v10) WIDE_ORDER(v3, v11) WIDE_ORDER(v4, v12) WIDE_ORDER(v5, v13)               \
        WIDE_ORDER(v6, v14) WIDE_ORDER(v7, v15) WIDE_ORDER(v0, v4) WIDE_ORDER(v1, v5)             \
            WIDE_ORDER(v2, v6) WIDE_ORDER(v3, v7) WIDE_ORDER(v8, v12) WIDE_ORDER(v9, v13)         \
                WIDE_ORDER(v10, v14) WIDE_ORDER(v11, v15) WIDE_ORDER(v0, v2) WIDE_ORDER(v1, v3)   \
                    WIDE_ORDER(v4, v6) WIDE_ORDER(v5, v7) WIDE_ORDER(v8, v10) WIDE_ORDER(v9, v11) \
                        WIDE_ORDER(v12, v14) WIDE_ORDER(v13, v15) WIDE_ORDER(v0, v1)              \
                            WIDE_ORDER(v2, v3) WIDE_ORDER(v4, v5) WIDE_ORDER(v6, v7)              \
                                WIDE_ORDER(v8, v9) WIDE_ORDER(v10, v11) WIDE_ORDER(v12, v13)      \
                                    WIDE_ORDER(v14, v15)

/* Rows become columns: four rounds of interleaving vector i with vector i + 8. */
#define WIDE_LACE_LOW(x, y)                                                                  \
    (uint16)((x).s0, (y).s0, (x).s1, (y).s1, (x).s2, (y).s2, (x).s3, (y).s3, (x).s4, (y).s4, \
             (x).s5, (y).s5, (x).s6, (y).s6, (x).s7, (y).s7)
#define WIDE_LACE_HIGH(x, y)                                                                 \
    (uint16)((x).s8, (y).s8, (x).s9, (y).s9, (x).sa, (y).sa, (x).sb, (y).sb, (x).sc, (y).sc, \
             (x).sd, (y).sd, (x).se, (y).se, (x).sf, (y).sf)
#define WIDE_LACE(to, from)                                                                       \
    uint16 to##0 = WIDE_LACE_LOW(from##0, from##8), to##1 = WIDE_LACE_HIGH(from##0, from##8);     \
    uint16 to##2 = WIDE_LACE_LOW(from##1, from##9), to##3 = WIDE_LACE_HIGH(from##1, from##9);     \
    uint16 to##4 = WIDE_LACE_LOW(from##2, from##10), to##5 = WIDE_LACE_HIGH(from##2, from##10);   \
    uint16 to##6 = WIDE_LACE_LOW(from##3, from##11), to##7 = WIDE_LACE_HIGH(from##3, from##11);   \
    uint16 to##8 = WIDE_LACE_LOW(from##4, from##12), to##9 = WIDE_LACE_HIGH(from##4, from##12);   \
    uint16 to##10 = WIDE_LACE_LOW(from##5, from##13), to##11 = WIDE_LACE_HIGH(from##5, from##13); \
    uint16 to##12 = WIDE_LACE_LOW(from##6, from##14), to##13 = WIDE_LACE_HIGH(from##6, from##14); \
    uint16 to##14 = WIDE_LACE_LOW(from##7, from##15), to##15 = WIDE_LACE_HIGH(from##7, from##15);

#define WIDE_BLOCK_LOAD(k)  uint16 v##k = at + 16 * k < n ? wide_load(in, at + 16 * k, n) : UINT_MAX;
#define WIDE_BLOCK_STORE(k) wide_store(u##k, out, at + 16 * k, n);
#define WIDE_EACH_OF_16(M) \
    M(0) M(1) M(2) M(3) M(4) M(5) M(6) M(7) M(8) M(9) M(10) M(11) M(12) M(13) M(14) M(15)

/* Sorts the numbers at, at + 1, ... of n, at most 256 of them. */
static void wide_sort_block(__global const uint *in, __global uint *out, uint at, uint n)
{
    WIDE_EACH_OF_16(WIDE_BLOCK_LOAD)
    WIDE_SORT_LANES
    WIDE_FOLD_ALL(2, 1)
    WIDE_CLEAN_VECTORS
    WIDE_FOLD_ALL(4, 2)
    WIDE_CLEAN_LANES(1)
    WIDE_CLEAN_VECTORS
    WIDE_FOLD_ALL(8, 4)
    WIDE_CLEAN_LANES(2)
    WIDE_CLEAN_LANES(1)
    WIDE_CLEAN_VECTORS
    WIDE_FOLD_ALL(16, 8)
    WIDE_CLEAN_LANES(4)
    WIDE_CLEAN_LANES(2)
    WIDE_CLEAN_LANES(1)
    WIDE_CLEAN_VECTORS
    WIDE_LACE(r, v)
    WIDE_LACE(s, r)
    WIDE_LACE(t, s)
    WIDE_LACE(u, t)
    WIDE_EACH_OF_16(WIDE_BLOCK_STORE)
}

/* Blocks, then rounds of merging from one buffer to the other. An even number of rounds begins in
 * `out`, an odd one in `spare`. */
static void wide_sort(__global const uint *in, __global uint *out, __global uint *spare, uint n)
{
    __global uint *from = out, *to = spare;

    for (uint run = WIDE_SORT_BLOCK; run < n; run *= 2) {
        __global uint *other = from;

        from = to;
        to = other;
    }
    for (uint at = 0; at < n; at += WIDE_SORT_BLOCK)
        wide_sort_block(in, from, at, n);
    for (uint run = WIDE_SORT_BLOCK; run < n; run *= 2) {
        __global uint *other = from;

        for (uint at = 0; at < n; at += 2 * run) {
            uint left = min(run, n - at);

            wide_merge(from + at, left, from + at + left, min(run, n - at - left), to + at);
        }
        from = to;
        to = other;
    }
}

#endif
