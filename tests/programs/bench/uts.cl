/* uts.cl - walks an unbalanced tree whose shape comes from SHA-1, every node a fiber.
 *
 * A node hashes its children UTS_WIDTH at a time: lane k of a vector is child k's SHA-1. The
 * compilers of CPU devices turn that into SIMD, which they do not manage across work-items. How
 * many children a random number stands for is looked up in thresholds that the host computed, so
 * that no fp64 is needed. Nodes, leaves and the greatest depth are counted per lane.
 */

#ifndef UTS_WIDTH
#define UTS_WIDTH 8
#endif

#if UTS_WIDTH == 1
typedef uint vec;
#define VEC_STORE(v, p) (*(p) = (v))
#define VEC_LOAD(p)     (*(p))
#elif UTS_WIDTH == 2
typedef uint2 vec;
#define VEC_STORE(v, p) vstore2(v, 0, p)
#define VEC_LOAD(p)     vload2(0, p)
#elif UTS_WIDTH == 4
typedef uint4 vec;
#define VEC_STORE(v, p) vstore4(v, 0, p)
#define VEC_LOAD(p)     vload4(0, p)
#elif UTS_WIDTH == 8
typedef uint8 vec;
#define VEC_STORE(v, p) vstore8(v, 0, p)
#define VEC_LOAD(p)     vload8(0, p)
#elif UTS_WIDTH == 16
typedef uint16 vec;
#define VEC_STORE(v, p) vstore16(v, 0, p)
#define VEC_LOAD(p)     vload16(0, p)
#else
#error "UTS_WIDTH has to be 1, 2, 4, 8 or 16"
#endif

typedef struct {
    uint s[5];
} uts_state;

typedef struct {
    clf_header h;
    uts_state state;
    uint depth;
    uint children;
    uint next; /* child to go on with; written when the fiber parks */
} clf_frame_node;

typedef struct {
    uint none;
} clf_spill_node;

#define CLF_FIBERS(F) F(node)
#define CLF_RESULT_node(R)
#define CLF_ARGS_node(A)                                                                    \
    A(uint, state.s[0]) A(uint, state.s[1]) A(uint, state.s[2]) A(uint, state.s[3])         \
    A(uint, state.s[4]) A(uint, depth) A(uint, children)
/* geo_depth: from there on nodes have `many`
 * children or none. row_step: from one depth's thresholds to the next one's, 0 if they are all the
 * same. */
#define CLF_ENV(V, P)                  \
    V(uint, geo_depth)                 \
    V(uint, row_step)                  \
    V(uint, bin_threshold)             \
    V(uint, many)                      \
    P(__global const uint, thresholds) \
    P(__global const uint, numbers)    \
    P(__global ulong, counts)

/* Counts of one lane: a cache line. */
#define COUNT_SLOT   8
#define COUNT_NODES  0
#define COUNT_LEAVES 1
#define COUNT_DEPTH  2

#pragma clfiber runtime

/* ---- SHA-1 ------------------------------------------------------------------------------------
 *
 * The message is the parent's state, five words, and the child's number, the sixth. SHA-1's message
 * schedule is linear over XOR: word i for child first + j is word i of the message with `first`
 * as its number, a scalar, XOR word i of the schedule that j alone gives, a table (`numbers`, made by
 * the host). So the lanes share the scalar part of the schedule, which a CPU works out beside its
 * vector units, and the first five steps, before the number comes in.
 */

#define SHA_CHOOSE(b, c, d)   ((d) ^ ((b) & ((c) ^ (d))))
#define SHA_PARITY(b, c, d)   ((b) ^ (c) ^ (d))
#define SHA_MAJORITY(b, c, d) (((b) & (c)) | ((d) & ((b) | (c))))

/* Scalar word i of the schedule; from 16 on made in place from a ring of the last 16. i is a
 * constant everywhere, so that the ring lives in registers. */
#define SHA_SCALAR(i)           \
    ((i) < 16                   \
         ? w[(i)&15]            \
         : (w[(i)&15] = rotate( \
                w[((i) + 13) & 15] ^ w[((i) + 8) & 15] ^ w[((i) + 2) & 15] ^ w[(i)&15], 1u)))
#define SHA_WORD(i) ((vec)(SHA_SCALAR(i)) ^ VEC_LOAD(numbers + (i)*UTS_WIDTH))
#define SHA_STEP(type, f, k, word, a, b, c, d, e)              \
    e += rotate(a, (type)5) + f(b, c, d) + (type)(k) + (word); \
    b = rotate(b, (type)30);
/* Five steps bring the five registers back to their places. */
#define SHA_FIVE(f, k, i)                                         \
    SHA_STEP(vec, f, k, SHA_WORD(i), a, b, c, d, e)       \
    SHA_STEP(vec, f, k, SHA_WORD((i) + 1), e, a, b, c, d) \
    SHA_STEP(vec, f, k, SHA_WORD((i) + 2), d, e, a, b, c) \
    SHA_STEP(vec, f, k, SHA_WORD((i) + 3), c, d, e, a, b) \
    SHA_STEP(vec, f, k, SHA_WORD((i) + 4), b, c, d, e, a)
#define SHA_TWENTY(f, k, i)  \
    SHA_FIVE(f, k, i)        \
    SHA_FIVE(f, k, (i) + 5)  \
    SHA_FIVE(f, k, (i) + 10) \
    SHA_FIVE(f, k, (i) + 15)

/* States of the children `first`, first + 1, ...: word k of child first + j to out[k][j]. first is a
 * multiple of the width, so that first + j is first XOR j. */
static void hash_children(__global const uts_state *parent, uint first,
                          __global const uint *numbers, uint out[5][UTS_WIDTH])
{
    uint sa = 0x67452301u, sb = 0xefcdab89u, sc = 0x98badcfeu, sd = 0x10325476u, se = 0xc3d2e1f0u;
    uint w[16];

    w[0] = parent->s[0];
    w[1] = parent->s[1];
    w[2] = parent->s[2];
    w[3] = parent->s[3];
    w[4] = parent->s[4];
    w[5] = first;
    w[6] = 0x80000000u;
    w[7] = w[8] = w[9] = w[10] = w[11] = w[12] = w[13] = w[14] = 0;
    w[15] = 24 * 8;
    SHA_STEP(uint, SHA_CHOOSE, 0x5a827999u, w[0], sa, sb, sc, sd, se)
    SHA_STEP(uint, SHA_CHOOSE, 0x5a827999u, w[1], se, sa, sb, sc, sd)
    SHA_STEP(uint, SHA_CHOOSE, 0x5a827999u, w[2], sd, se, sa, sb, sc)
    SHA_STEP(uint, SHA_CHOOSE, 0x5a827999u, w[3], sc, sd, se, sa, sb)
    SHA_STEP(uint, SHA_CHOOSE, 0x5a827999u, w[4], sb, sc, sd, se, sa)
    vec a = sa, b = sb, c = sc, d = sd, e = se;
    SHA_FIVE(SHA_CHOOSE, 0x5a827999u, 5)
    SHA_FIVE(SHA_CHOOSE, 0x5a827999u, 10)
    SHA_FIVE(SHA_CHOOSE, 0x5a827999u, 15)
    SHA_TWENTY(SHA_PARITY, 0x6ed9eba1u, 20)
    SHA_TWENTY(SHA_MAJORITY, 0x8f1bbcdcu, 40)
    SHA_TWENTY(SHA_PARITY, 0xca62c1d6u, 60)
    VEC_STORE(a + 0x67452301u, out[0]);
    VEC_STORE(b + 0xefcdab89u, out[1]);
    VEC_STORE(c + 0x98badcfeu, out[2]);
    VEC_STORE(d + 0x10325476u, out[3]);
    VEC_STORE(e + 0xc3d2e1f0u, out[4]);
}

/* ---- the walk ------------------------------------------------------------------------------- */

static uint children_of(clf_worker *w, uint random, uint depth)
{
    uint n = 0;

    random &= 0x7fffffffu;
    if (depth < w->env.geo_depth) {
        __global const uint *row = w->env.thresholds + depth * w->env.row_step;

        while (random >= row[n]) /* a row ends in numbers that are never reached */
            n++;
        return n;
    }
    return random < w->env.bin_threshold ? w->env.many : 0;
}

static void count_node(clf_worker *w, uint depth, bool leaf)
{
    __global ulong *count =
        w->env.counts + (clf_worker_id(w) * CLF_LANES + clf_lane_id(w)) * COUNT_SLOT;

    count[COUNT_NODES]++;
    count[COUNT_LEAVES] += leaf;
    if (depth > count[COUNT_DEPTH])
        count[COUNT_DEPTH] = depth;
}

static void clf_segment_node(clf_worker *w, uint self, __global clf_frame_node *f, uint at)
{
    uint kids = 0, children = f->children, k = 0;

    switch (at) {
    case 0:
    case 1: /* parked between two children: hash on from there */
        if (at == 0)
            count_node(w, f->depth, children == 0);
        else
            k = f->next;
        if (children == 0) {
            clf_return_void(w, self, &f->h);
            return;
        }
        while (k < children) {
            uint hash[5][UTS_WIDTH];
            uint first = k / UTS_WIDTH * UTS_WIDTH;
            uint end = min(children - first, (uint)UTS_WIDTH);

            hash_children(&f->state, first, w->env.numbers, hash);
            for (uint j = k - first; j < end; j++) {
                uint c = clf_take(w);
                __global clf_frame_node *child;

                if (c == CLF_NIL) {
                    f->next = first + j;
                    clf_park(w, self, &f->h, kids, 1);
                    return;
                }
                child = CLF_FRAME(w, node, c);
                child->state.s[0] = hash[0][j];
                child->state.s[1] = hash[1][j];
                child->state.s[2] = hash[2][j];
                child->state.s[3] = hash[3][j];
                child->state.s[4] = hash[4][j];
                child->depth = f->depth + 1;
                child->children = children_of(w, hash[4][j], f->depth + 1);
                clf_spawn(w, c, CLF_FN_node, self, CLF_NO_PLACE);
                kids++;
            }
            k = first + end;
        }
        if (clf_sync(w, self, &f->h, kids, 2))
            return;
        /* fall through */
    case 2:
        if (f->h.error) {
            clf_fail_with(w, self, &f->h, f->h.error);
            return;
        }
        clf_return_void(w, self, &f->h);
        return;
    }
}
