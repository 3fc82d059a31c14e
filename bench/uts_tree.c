/* uts_tree.c - unbalanced trees: named ones, checks, and integer thresholds instead of floating
 * point.
 *
 * A node's number of children is floor(log(1-u) / log(1-p)) with u from its hash: the same on every
 * machine only if everybody uses the same double arithmetic. OpenCL devices need not have doubles
 * at all, so the host turns the formula into thresholds on the 31-bit random number, found by
 * bisection with the formula itself.
 */
#include <math.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "peers/uts_leaf.h"
#include "uts_tree.h"

#define RANDOM_LIMIT 2147483648.0 /* random numbers are below 2^31 */

static const struct {
    const char *name;
    uts_type type;
    uts_shape shape;
    uint32_t gen_mx;
    double b0, q;
    uint32_t m, seed;
} named[] = {
    {"T1", UTS_GEOMETRIC, UTS_FIXED, 10, 4, 0, 0, 19},
    {"T2", UTS_GEOMETRIC, UTS_CYCLIC, 16, 6, 0, 0, 502},
    {"T3", UTS_BINOMIAL, UTS_FIXED, 0, 2000, 0.124875, 8, 42},
    {"T4", UTS_HYBRID, UTS_LINEAR, 16, 6, 0.234375, 4, 1},
    {"T5", UTS_GEOMETRIC, UTS_LINEAR, 20, 4, 0, 0, 34},
    {"T1L", UTS_GEOMETRIC, UTS_FIXED, 13, 4, 0, 0, 29},
    {"T3L", UTS_BINOMIAL, UTS_FIXED, 0, 2000, 0.200014, 5, 7},
};

#define NAMED (sizeof named / sizeof named[0])

int uts_named(const char *name, uts_tree *tree)
{
    for (size_t i = 0; i < NAMED; i++)
        if (strcmp(name, named[i].name) == 0) {
            *tree = (uts_tree){.type = named[i].type,
                               .shape = named[i].shape,
                               .gen_mx = named[i].gen_mx,
                               .b0 = named[i].b0,
                               .q = named[i].q,
                               .m = named[i].m,
                               .seed = named[i].seed};
            return 0;
        }
    return -1;
}

bool uts_same(const uts_tree *a, const uts_tree *b)
{
    bool geo = a->type != UTS_BINOMIAL, bin = a->type != UTS_GEOMETRIC;

    return a->type == b->type && a->b0 == b->b0 && a->seed == b->seed &&
           (!geo || (a->shape == b->shape && a->gen_mx == b->gen_mx)) &&
           (!bin || (a->q == b->q && a->m == b->m));
}

static bool is_named(const uts_tree *tree)
{
    for (size_t i = 0; i < NAMED; i++) {
        uts_tree other;

        if (uts_named(named[i].name, &other) == 0 && uts_same(tree, &other))
            return true;
    }
    return false;
}

void uts_defaults(uts_type type, uts_tree *tree)
{
    *tree = (uts_tree){.type = type,
                       .shape = UTS_LINEAR,
                       .gen_mx = type == UTS_BINOMIAL ? 0 : 6,
                       .b0 = 4,
                       .q = type == UTS_GEOMETRIC ? 0 : 0.234375,
                       .m = type == UTS_GEOMETRIC ? 0 : 4};
}

/* ---- the formulas --------------------------------------------------------------------------- */

/* Average number of children of a geometric node. */
static double branching(const uts_tree *tree, uint32_t depth)
{
    double b0 = tree->b0, gen_mx = tree->gen_mx, d = depth;

    if (depth == 0)
        return b0;
    switch (tree->shape) {
    case UTS_FIXED:
        return depth < tree->gen_mx ? b0 : 0;
    case UTS_LINEAR:
        return depth < tree->gen_mx ? b0 * (1 - d / gen_mx) : 0;
    case UTS_CYCLIC:
        if (d > 5 * gen_mx)
            return 0;
        return pow(b0, sin(2.0 * 3.141592653589793 * d / gen_mx));
    case UTS_EXPDEC:
        break;
    }
    return b0 * pow(d, -log(b0) / log(gen_mx));
}

/* Children of a geometric node with `b` on average, not yet limited. */
static double geometric(double b, uint32_t random)
{
    double p = 1.0 / (1.0 + b), u = random / RANDOM_LIMIT;

    return b > 0 ? floor(log(1.0 - u) / log(1.0 - p)) : 0;
}

uint32_t uts_children_exact(const uts_tree *tree, uint32_t random, uint32_t depth)
{
    double n;

    random &= 0x7fffffffu;
    if (tree->type == UTS_BINOMIAL && depth == 0)
        return (uint32_t)floor(tree->b0);
    if (tree->type == UTS_BINOMIAL ||
        (tree->type == UTS_HYBRID && !(depth < 0.5 * (double)tree->gen_mx)))
        return random / RANDOM_LIMIT < tree->q ? tree->m : 0;
    n = geometric(branching(tree, depth), random);
    return n > UTS_MAX_CHILDREN ? UTS_MAX_CHILDREN : (uint32_t)n;
}

/* ---- tables --------------------------------------------------------------------------------- */

static void fill_row(double b, uint32_t *row)
{
    uint64_t from = 0;

    for (uint32_t k = 0; k < UTS_ROW; k++)
        row[k] = UINT32_MAX;
    for (uint32_t k = 0; k < UTS_MAX_CHILDREN; k++) {
        uint64_t low = from, high = UINT64_C(1) << 31;

        while (low < high) {
            uint64_t middle = (low + high) / 2;

            if (geometric(b, (uint32_t)middle) > k)
                high = middle;
            else
                low = middle + 1;
        }
        if (low == UINT64_C(1) << 31)
            return;
        row[k] = (uint32_t)low;
        from = low;
    }
}

/* Depth from which on no node is geometric. The exponential shape has no end: its branching sinks
 * below 1 at gen_mx, and the reference run finds out whether the tree outlives the table. */
static uint32_t geometric_depth(const uts_tree *tree)
{
    if (tree->type == UTS_BINOMIAL)
        return 0;
    if (tree->type == UTS_HYBRID)
        return (tree->gen_mx + 1) / 2;
    switch (tree->shape) {
    case UTS_FIXED:
    case UTS_LINEAR:
        return tree->gen_mx;
    case UTS_CYCLIC:
        return 5 * tree->gen_mx + 1;
    case UTS_EXPDEC:
        break;
    }
    return 16 * tree->gen_mx;
}

/* Nodes on average; grows out of bounds for trees that nobody can walk. */
static double expected_nodes(const uts_tree *tree)
{
    double level = 1, sum = 1, below = 1;
    double subtree = tree->q * tree->m < 1 ? 1 / (1 - tree->q * tree->m) : INFINITY;
    uint32_t depth = geometric_depth(tree);

    if (tree->type == UTS_BINOMIAL)
        return 1 + floor(tree->b0) * subtree;
    for (uint32_t d = 0; d < depth && sum < 1e18; d++) {
        level *= branching(tree, d);
        sum += level;
        below = level;
    }
    return tree->type == UTS_HYBRID ? sum + below * subtree : sum;
}

static int complain(char *error, size_t size, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

static int complain(char *error, size_t size, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    vsnprintf(error, size, format, args);
    va_end(args);
    return -1;
}

static int check(const uts_tree *tree, char *error, size_t size)
{
    bool geo = tree->type != UTS_BINOMIAL, bin = tree->type != UTS_GEOMETRIC;
    double nodes;

    if (is_named(tree))
        return 0; /* T3L's branching is a hair above 1, and yet its tree is known to end */
    if (geo && (tree->gen_mx < 1 || tree->gen_mx > 1000))
        return complain(error, size, "gen_mx is %u; it has to be 1 to 1000", tree->gen_mx);
    if (geo && tree->shape == UTS_EXPDEC && tree->gen_mx < 2)
        return complain(error, size, "gen_mx is %u; the shape expdec needs 2 or more",
                        tree->gen_mx);
    if (geo && tree->shape == UTS_EXPDEC && !(tree->b0 > 1))
        return complain(error, size, "b0 is %g; the shape expdec needs more than 1", tree->b0);
    if (geo && !(tree->b0 > 0 && tree->b0 <= UTS_MAX_CHILDREN))
        return complain(error, size, "b0 is %g; it has to be above 0 and at most 100", tree->b0);
    if (!geo && !(tree->b0 >= 1 && tree->b0 <= 1e6))
        return complain(error, size, "b0 is %g; it has to be 1 to 1000000", tree->b0);
    if (bin && !(tree->q >= 0 && tree->q < 1))
        return complain(error, size, "q is %g; it has to be at least 0 and below 1", tree->q);
    if (bin && tree->m > UTS_MAX_CHILDREN)
        return complain(error, size, "m is %u; it has to be at most 100", tree->m);
    if (bin && tree->q * tree->m >= 1)
        return complain(error, size,
                        "q times m is %g, so that the tree may never end; keep it below 1",
                        tree->q * tree->m);
    nodes = expected_nodes(tree);
    if (nodes > 1e11)
        return complain(error, size,
                        "the tree has about %.2g nodes; choose parameters for 1e11 or fewer",
                        nodes);
    return 0;
}

int uts_prepare(uts_tree *tree, char *error, size_t size)
{
    uint32_t block[5] = {0, 0, 0, 0, tree->seed};

    if (check(tree, error, size))
        return -1;
    leaf_sha1_root(block, tree->root);
    tree->root_children = tree->type == UTS_BINOMIAL ? (uint32_t)floor(tree->b0) : 0;
    tree->geo_depth = geometric_depth(tree);
    tree->bin_threshold = tree->type == UTS_GEOMETRIC ? 0 : (uint32_t)ceil(tree->q * RANDOM_LIMIT);
    tree->rows = tree->geo_depth == 0 ? 0 : tree->shape == UTS_FIXED ? 1 : tree->geo_depth;
    /* One row too many for a binomial tree: OpenCL has no empty buffers. */
    tree->thresholds = malloc(sizeof(uint32_t) * UTS_ROW * (tree->rows ? tree->rows : 1));
    if (!tree->thresholds)
        return complain(error, size, "out of memory for %u rows of thresholds", tree->rows);
    memset(tree->thresholds, 0xff, sizeof(uint32_t) * UTS_ROW);
    for (uint32_t d = 0; d < tree->rows; d++)
        fill_row(branching(tree, d), tree->thresholds + (size_t)d * UTS_ROW);
    return 0;
}

void uts_free(uts_tree *tree)
{
    free(tree->thresholds);
    tree->thresholds = NULL;
}
