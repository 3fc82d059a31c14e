/* uts.c - host side of uts: which tree, its tables, the device's vector width. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../device.h"
#include "../peers/uts_leaf.h"
#include "../uts_tree.h"

/* ---- which tree ----------------------------------------------------------------------------- */

static int parse_real(const char *text, const char *name, double *value, char *error, size_t size)
{
    char *end;

    *value = strtod(text, &end);
    if (end == text || *end || !isfinite(*value)) {
        snprintf(error, size, "%s is '%s'; it has to be a number", name, text);
        return -1;
    }
    return 0;
}

static int parse_shape(const char *text, uts_shape *shape, char *error, size_t size)
{
    static const char *const name[] = {"fixed", "linear", "cyclic", "expdec"};

    for (int i = 0; i < 4; i++)
        if (strcmp(text, name[i]) == 0) {
            *shape = (uts_shape)i;
            return 0;
        }
    snprintf(error, size, "shape is '%s'; it has to be fixed, linear, cyclic or expdec", text);
    return -1;
}

static int parse_width(const char *text, uint32_t *width, char *error, size_t size)
{
    if (bench_parse_number(text, "width", 1, 16, width, error, size))
        return -1;
    if ((*width & (*width - 1)) == 0)
        return 0;
    snprintf(error, size, "width is %s; it has to be 1, 2, 4, 8 or 16", text);
    return -1;
}

static int parse_pair(uts_tree *tree, const char *key, const char *value, char *error, size_t size)
{
    if (strcmp(key, "shape") == 0)
        return parse_shape(value, &tree->shape, error, size);
    if (strcmp(key, "gen_mx") == 0)
        return bench_parse_number(value, key, 1, 1000, &tree->gen_mx, error, size);
    if (strcmp(key, "b0") == 0)
        return parse_real(value, key, &tree->b0, error, size);
    if (strcmp(key, "q") == 0)
        return parse_real(value, key, &tree->q, error, size);
    if (strcmp(key, "m") == 0)
        return bench_parse_number(value, key, 0, UTS_MAX_CHILDREN, &tree->m, error, size);
    if (strcmp(key, "seed") == 0)
        return bench_parse_number(value, key, 0, UINT32_MAX, &tree->seed, error, size);
    if (strcmp(key, "width") == 0)
        return parse_width(value, &tree->width, error, size);
    snprintf(error, size,
             "'%s' is no key of a tree; there are shape, gen_mx, b0, q, m, seed, width", key);
    return -1;
}

static int parse(char *numbers, bench_problem *problem, char *error, size_t size)
{
    uts_tree *tree = &problem->as.uts;
    char *rest = NULL;
    char *word = strtok_r(numbers, ",", &rest);

    if (!word)
        word = numbers;
    if (strcmp(word, "geo") == 0)
        uts_defaults(UTS_GEOMETRIC, tree);
    else if (strcmp(word, "bin") == 0)
        uts_defaults(UTS_BINOMIAL, tree);
    else if (strcmp(word, "hyb") == 0)
        uts_defaults(UTS_HYBRID, tree);
    else if (uts_named(word, tree)) {
        snprintf(error, size,
                 "there is no tree '%s'; there are T1, T2, T3, T4, T5, T1L, T3L, and geo, bin and "
                 "hyb with keys",
                 word);
        return -1;
    }
    while ((word = strtok_r(NULL, ",", &rest))) {
        char *value = strchr(word, '=');

        if (!value) {
            snprintf(error, size, "'%s' is not of the form key=value", word);
            return -1;
        }
        *value++ = '\0';
        if (parse_pair(tree, word, value, error, size))
            return -1;
    }
    return uts_prepare(tree, error, size);
}

static void forget(bench_problem *problem)
{
    uts_free(&problem->as.uts);
}

/* ---- the right answer ----------------------------------------------------------------------- */

/* The sample trees of the UTS benchmark (Olivier et al., LCPC 2006). */
static const struct {
    const char *tree;
    uint32_t gen_mx; /* 0: the tree's own */
    uint64_t nodes, leaves, depth;
} trees[] = {
    {"T1", 5, 3987, 3232, 5},
    {"T1", 6, 16000, 12839, 6},
    {"T1", 7, 63914, 51124, 7},
    {"T1", 8, 257042, 205878, 8},
    {"T1", 9, 1031269, 825408, 9},
    {"T1", 0, 4130071, 3305118, 10},
    {"T2", 0, 4117769, 2342762, 81},
    {"T3", 0, 4112897, 3599034, 1572},
    {"T4", 0, 4132453, 3108986, 134},
    {"T5", 0, 4147582, 2181318, 20},
    {"T1L", 0, 102181082, 81746377, 13},
    {"T3L", 0, 111345631, 89076904, 17844},
};

static bool known(const bench_problem *problem, bench_answer *answer)
{
    const uts_tree *tree = &problem->as.uts;

    for (size_t i = 0; i < sizeof trees / sizeof trees[0]; i++) {
        uts_tree listed;

        uts_named(trees[i].tree, &listed);
        if (trees[i].gen_mx)
            listed.gen_mx = trees[i].gen_mx;
        if (!uts_same(tree, &listed))
            continue;
        answer->part[0] = trees[i].nodes;
        answer->part[1] = trees[i].leaves;
        answer->part[2] = trees[i].depth;
        return true;
    }
    return false;
}

struct pending {
    uint32_t state[5], depth;
};

/* Walks a tree by the formulas in double, not by the tables that everybody else uses, and on a
 * stack in the heap, so that no tree is too deep. */
static int walk(const uts_tree *tree, bench_answer *answer)
{
    size_t capacity = 4096, used = 1;
    struct pending *stack = malloc(capacity * sizeof *stack);

    if (!stack)
        return -1;
    memcpy(stack[0].state, tree->root, sizeof stack[0].state);
    stack[0].depth = 0;
    while (used) {
        struct pending at = stack[--used];
        uint32_t children = uts_children_exact(tree, at.state[4], at.depth);

        answer->part[0]++;
        answer->part[1] += children == 0;
        if (at.depth > answer->part[2])
            answer->part[2] = at.depth;
        if (capacity - used < children) {
            struct pending *larger;

            capacity = 2 * capacity + children;
            larger = realloc(stack, capacity * sizeof *stack);
            if (!larger) {
                free(stack);
                return -1;
            }
            stack = larger;
        }
        for (uint32_t i = 0; i < children; i++, used++) {
            leaf_sha1_child(at.state, i, stack[used].state);
            stack[used].depth = at.depth + 1;
        }
    }
    free(stack);
    return 0;
}

static int compute(const bench_problem *problem, bench_answer *answer, char *error, size_t size)
{
    const uts_tree *tree = &problem->as.uts;

    if (walk(tree, answer)) {
        snprintf(error, size, "no memory for a sequential run of %s", problem->name);
        return -1;
    }
    /* Only this shape has geometric nodes at any depth, and only a table of some. */
    if (tree->type == UTS_GEOMETRIC && tree->shape == UTS_EXPDEC && answer->part[2] >= tree->rows) {
        snprintf(error, size, "%s: the tree is %llu deep, the tables end at %u; raise gen_mx",
                 problem->name, (unsigned long long)answer->part[2], tree->rows);
        return -1;
    }
    return 0;
}

static double guess(const bench_problem *problem, const bench_answer *answer)
{
    (void)problem;
    return 100e-9 * (double)answer->part[0];
}

/* ---- on the device -------------------------------------------------------------------------- */

static unsigned parts(const bench_problem *problem)
{
    (void)problem;
    return 3;
}

static uint64_t fibers(const bench_problem *problem, const bench_answer *answer)
{
    (void)problem;
    return answer->part[0];
}

static uint64_t times(const bench_problem *problem, uint64_t count)
{
    (void)problem;
    return count;
}

/* CPUs hash in SIMD. On a GPU the lanes are the SIMD, and a vector only costs each of them
 * registers. Where nodes have eight children or none, vectors of eight are full. */
static uint32_t width_of(const bench_run *run)
{
    const uts_tree *tree = &run->problem->as.uts;

    if (tree->width)
        return tree->width;
    return !run->is_cpu ? 1 : tree->type == UTS_BINOMIAL ? 8 : 16;
}

static bool by_families(const bench_run *run)
{
    return width_of(run) == 16;
}

static const char *code(const bench_run *run)
{
    return by_families(run) ? "uts_family" : "uts";
}

static void build_options(const bench_run *run, char *text, size_t size)
{
    if (!by_families(run))
        snprintf(text, size, "-DUTS_WIDTH=%u", width_of(run));
}

/* The message schedule of each lane's number alone: 80 rows of `width` words. */
static int bind_numbers(bench_run *run)
{
    uint32_t width = width_of(run), table[80 * 16] = {0};

    for (uint32_t j = 0; j < width; j++) {
        table[5 * width + j] = j;
        for (uint32_t i = 16; i < 80; i++) {
            uint32_t x = table[(i - 3) * width + j] ^ table[(i - 8) * width + j] ^
                         table[(i - 14) * width + j] ^ table[(i - 16) * width + j];

            table[i * width + j] = x << 1 | x >> 31;
        }
    }
    return bench_buffer(run, 2, "numbers", 80 * width * sizeof *table, table,
                        "the children's message schedules");
}

static int bind(bench_run *run)
{
    const uts_tree *tree = &run->problem->as.uts;
    size_t rows = tree->rows ? tree->rows : 1;

    if (bench_bind_uint(run, "geo_depth", tree->geo_depth) ||
        bench_bind_uint(run, "row_step", rows > 1 ? UTS_ROW : 0) ||
        bench_bind_uint(run, "bin_threshold", tree->bin_threshold) ||
        bench_bind_uint(run, "many", tree->m))
        return -1;
    if (bench_buffer(run, 0, "thresholds", rows * UTS_ROW * sizeof(uint32_t), tree->thresholds,
                     "the tree's thresholds") ||
        (!by_families(run) && bind_numbers(run)))
        return -1;
    return bench_counts_buffer(run, 1);
}

/* The root of a tree that is walked by families: its children's hashes, or its own if they are too
 * many. A root without children is a leaf. */
static clf_status start_family(bench_run *run, cl_uint children, clf_handle *root)
{
    const uts_tree *tree = &run->problem->as.uts;
    cl_uint depth = 0, hash[5][16];
    clf_arg args[7];

    if (children == 0)
        return clf_start(run->scheduler, "leaf", 1, (clf_arg[]){CLF_ARG(depth)}, root);
    for (uint32_t k = 0; k < 16; k++) {
        uint32_t child[5];

        leaf_sha1_child(tree->root, k, child);
        for (int i = 0; i < 5; i++)
            hash[i][k] = children > 16 ? tree->root[i] : child[i];
    }
    for (int i = 0; i < 5; i++)
        args[i] = (clf_arg){hash[i], sizeof hash[i]};
    args[5] = (clf_arg)CLF_ARG(depth);
    args[6] = (clf_arg)CLF_ARG(children);
    return clf_start(run->scheduler, "family", 7, args, root);
}

static clf_status start(bench_run *run, clf_handle *root)
{
    const uts_tree *tree = &run->problem->as.uts;
    cl_uint depth = 0, children = leaf_uts_children(tree, tree->root[4], depth);
    clf_arg args[7];

    if (by_families(run))
        return start_family(run, children, root);
    for (int i = 0; i < 5; i++)
        args[i] = (clf_arg)CLF_ARG(tree->root[i]);
    args[5] = (clf_arg)CLF_ARG(depth);
    args[6] = (clf_arg)CLF_ARG(children);
    return clf_start(run->scheduler, "node", 7, args, root);
}

static int collect(bench_run *run, bench_answer *answer)
{
    return bench_sum_counts(run, 1, answer);
}

const bench_workload bench_uts = {
    .name = "uts",
    .synopsis = "uts:TREE[,KEY=VALUE...]",
    .about =
        "unbalanced tree search, a fiber per node; TREE is T1, T2, T3, T4, T5, T1L, T3L, or geo, "
        "bin, hyb with shape=fixed|linear|cyclic|expdec, gen_mx, b0, q, m, seed; width=1..16 "
        "sets the SHA-1s per vector",
    .numbers = "T1",
    .each = "fiber",
    .part_name = {"nodes", "leaves", "depth"},
    .parse = parse,
    .parts = parts,
    .fibers = fibers,
    .times = times,
    .code = code,
    .build_options = build_options,
    .bind = bind,
    .forget = forget,
    .known = known,
    .compute = compute,
    .guess = guess,
    .greatest = 1u << 2,
    .start = start,
    .collect = collect,
};
