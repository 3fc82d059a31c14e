/* litmus.c - small concurrent programs that show whether a device keeps the order that a tier of
 * atomics promises (cl/litmus.cl has the device's part). A short run decides, at the first use of a
 * device, which tiers may be used; clf_litmus makes long ones on request.
 *
 * The tests are the classic ones of the memory-model literature, reduced to what the runtime relies
 * on; names as in Alglave, Maranget and Tautschnig, "Herding cats" (2014).
 */
#include "clfi.h"
#include "device_sources.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#define LINE       32u /* words, CLF_LITMUS_LINE */
#define CELLS      8192u
#define SHORT_RUN  512u /* cells of the run at first use */
#define MOST_PAIRS 64u
#define MOST_LANES 128u
#define LANES_TEST (CLF_LITMUS_TESTS - 1u)
/* How often a side that is ahead may look for the other one in a launch: some milliseconds on a
 * CPU, because its threads do not start together. */
#define LOOKS       (1u << 24)
#define SHORT_LOOKS (1u << 20)

/* In the order of the enum in cl/litmus.cl. */
static const struct {
    const char *name;
    bool allowed; /* the weak outcome is: nothing relies on it */
} tests[CLF_LITMUS_TESTS] = {
    {"message passing", false},
    {"message passing, plain data", false},
    {"last of two to join", false},
    {"load buffering", false},
    {"store buffering", true},
    {"coherence", false},
    {"claim by compare-and-swap", false},
    {"plain data between lanes", false},
};

typedef struct bench {
    clf_scheduler *s;
    cl_program program;
    cl_kernel kernel[2]; /* [1]: with lanes */
    cl_mem words, meet, seen;
    uint32_t pairs, cells; /* cells: per pair and launch */
    cl_uint looks;
    cl_uint *saw;  /* 2 per cell */
    cl_uint *line; /* the groups' lines of `meet` */
} bench;

/* Whether this is the outcome that the test is about. */
static bool is_weak(uint32_t test, cl_uint left, cl_uint right)
{
    switch (test) {
    case 0: /* the flag without the data */
        return right == 1;
    case 1: /* the same; or the data went back */
    case LANES_TEST:
        return (right & 3) == 1 || (right & 6) == 4;
    case 2: /* not exactly one was last, or the last one missed the other's data */
        return (left & 1) + (right & 1) != 1 || (left & 3) == 1 || (right & 3) == 1;
    case 3: /* both saw what the other stored only afterwards */
        return left == 1 && right == 1;
    case 4: /* both missed what the other had stored before */
        return left == 0 && right == 0;
    case 5: /* the second load is older than the first */
        return (right & 3) > (right >> 2);
    default: /* two winners or none */
        return left + right != 1;
    }
}

static clf_status build(bench *b, const char *flags)
{
    const char *texts[2] = {NULL, NULL};
    clfi_text text = {0}, log = {0};
    cl_int error;
    for (const struct clfi_device_source *d = clfi_device_sources; d->name != NULL; d++) {
        if (!strcmp(d->name, "atomics.cl"))
            texts[0] = d->text;
        if (!strcmp(d->name, "litmus.cl"))
            texts[1] = d->text;
    }
    clfi_text_print(&text, "%s%s", texts[0], texts[1]);
    error =
        text.failed ? CL_OUT_OF_HOST_MEMORY : clfi_build(b->s, text.data, flags, &b->program, &log);
    clfi_text_free(&text);
    clfi_text_free(&log);
    CLFI_TRY(clfi_cl(b->s, error, "clBuildProgram of the litmus tests"));
    b->kernel[0] = clCreateKernel(b->program, "clf_litmus", &error);
    CLFI_TRY(clfi_cl(b->s, error, "clCreateKernel"));
    b->kernel[1] = clCreateKernel(b->program, "clf_litmus_lanes", &error);
    return clfi_cl(b->s, error, "clCreateKernel");
}

static clf_status make_buffer(bench *b, size_t bytes, cl_mem *buffer)
{
    cl_int error;
    *buffer = clCreateBuffer(b->s->context, CL_MEM_READ_WRITE, bytes, NULL, &error);
    return clfi_cl(b->s, error, "clCreateBuffer for the litmus tests");
}

static size_t words_bytes(const bench *b)
{
    return sizeof(cl_uint) * 2 * LINE * b->pairs * b->cells;
}

static size_t meet_bytes(const bench *b)
{
    return sizeof(cl_uint) * 2 * LINE * b->pairs;
}

static size_t seen_bytes(const bench *b)
{
    return sizeof(cl_uint) * 2 * b->pairs * b->cells;
}

static clf_status open_bench(bench *b, const char *flags)
{
    CLFI_TRY(build(b, flags));
    CLFI_TRY(make_buffer(b, words_bytes(b), &b->words));
    CLFI_TRY(make_buffer(b, meet_bytes(b), &b->meet));
    CLFI_TRY(make_buffer(b, seen_bytes(b), &b->seen));
    b->saw = malloc(seen_bytes(b));
    b->line = malloc(meet_bytes(b));
    if (b->saw == NULL || b->line == NULL)
        return clfi_no_memory(b->s, seen_bytes(b) + meet_bytes(b), "the litmus tests");
    cl_int error = CL_SUCCESS;
    for (int k = 0; k < 2; k++) {
        error |= clSetKernelArg(b->kernel[k], 0, sizeof b->words, &b->words);
        error |= clSetKernelArg(b->kernel[k], 1, sizeof b->meet, &b->meet);
        error |= clSetKernelArg(b->kernel[k], 2, sizeof b->seen, &b->seen);
    }
    return clfi_cl(b->s, error, "clSetKernelArg");
}

static void close_bench(bench *b)
{
    clFinish(b->s->queue); /* after an error, a read may still be on its way to `saw` */
    if (b->words != NULL)
        clReleaseMemObject(b->words);
    if (b->meet != NULL)
        clReleaseMemObject(b->meet);
    if (b->seen != NULL)
        clReleaseMemObject(b->seen);
    for (int k = 0; k < 2; k++)
        if (b->kernel[k] != NULL)
            clReleaseKernel(b->kernel[k]);
    if (b->program != NULL)
        clReleaseProgram(b->program);
    free(b->saw);
    free(b->line);
}

/* Lanes of a group: on a GPU in different hardware threads of execution. */
static size_t lanes_for(const clf_scheduler *s)
{
    size_t most = 1;
    clGetDeviceInfo(s->device, CL_DEVICE_MAX_WORK_GROUP_SIZE, sizeof most, &most, NULL);
    return most < MOST_LANES ? most : MOST_LANES;
}

static clf_status launch(bench *b, cl_uint test, cl_uint undo)
{
    const cl_uint zero = 0, cells = b->cells;
    const bool with_lanes = test == LANES_TEST;
    const size_t local = with_lanes ? lanes_for(b->s) : 1, global = 2 * b->pairs * local;
    cl_kernel kernel = b->kernel[with_lanes];
    cl_command_queue q = b->s->queue;
    cl_int error =
        clEnqueueFillBuffer(q, b->words, &zero, sizeof zero, 0, words_bytes(b), 0, NULL, NULL);
    error |= clEnqueueFillBuffer(q, b->meet, &zero, sizeof zero, 0, meet_bytes(b), 0, NULL, NULL);
    error |= clSetKernelArg(kernel, 3, sizeof test, &test);
    error |= clSetKernelArg(kernel, 4, sizeof undo, &undo);
    error |= clSetKernelArg(kernel, 5, sizeof cells, &cells);
    error |= clSetKernelArg(kernel, 6, sizeof b->looks, &b->looks);
    CLFI_TRY(clfi_cl(b->s, error, "preparing a litmus test"));
    CLFI_TRY(clfi_cl(b->s,
                     clEnqueueNDRangeKernel(q, kernel, 1, NULL, &global, &local, 0, NULL, NULL),
                     "clEnqueueNDRangeKernel of a litmus test"));
    error = clEnqueueReadBuffer(q, b->seen, CL_FALSE, 0, seen_bytes(b), b->saw, 0, NULL, NULL);
    error |= clEnqueueReadBuffer(q, b->meet, CL_TRUE, 0, meet_bytes(b), b->line, 0, NULL, NULL);
    return clfi_cl(b->s, error, "reading a litmus test's outcomes");
}

/* At least `rounds` rounds; *weak and *met get how many of them were so. */
static clf_status repeat(bench *b, cl_uint test, cl_uint undo, uint64_t rounds, uint64_t *ran,
                         uint64_t *weak, uint64_t *met)
{
    const uint32_t all = b->pairs * b->cells;
    uint64_t meetings = 0;
    unsigned lonely = 0;
    *ran = *weak = 0;
    while (*ran < rounds) {
        CLFI_TRY(launch(b, test, undo));
        for (uint32_t i = 0; i < all; i++)
            *weak += is_weak(test, b->saw[2 * i], b->saw[2 * i + 1]);
        for (uint32_t g = 0; g < 2 * b->pairs; g++)
            meetings += b->line[g * LINE + 1];
        *ran += all;
        if (meetings == 0 && ++lonely == 8)
            b->looks = 0; /* groups run one after another here: waiting is in vain */
    }
    if (met != NULL)
        *met = meetings / 2;
    return CLF_OK;
}

static uint32_t pairs_for(const clf_scheduler *s)
{
    cl_uint units = 0;
    clGetDeviceInfo(s->device, CL_DEVICE_MAX_COMPUTE_UNITS, sizeof units, &units, NULL);
    units /= 2;
    return units < 1 ? 1 : units > MOST_PAIRS ? MOST_PAIRS : units;
}

/* ---- at the first use of a device --------------------------------------------------- */

/* What has passed before in this process: a scheduler after the first one starts without a run. */
static struct {
    pthread_mutex_t lock;
    struct {
        cl_device_id device;
        clf_tier tier;
    } entry[64];
    uint32_t count;
} passed = {.lock = PTHREAD_MUTEX_INITIALIZER};

static bool has_passed(cl_device_id device, clf_tier tier)
{
    bool found = false;
    pthread_mutex_lock(&passed.lock);
    for (uint32_t i = 0; i < passed.count; i++)
        found |= passed.entry[i].device == device && passed.entry[i].tier == tier;
    pthread_mutex_unlock(&passed.lock);
    return found;
}

static void remember(cl_device_id device, clf_tier tier)
{
    pthread_mutex_lock(&passed.lock);
    if (passed.count < sizeof passed.entry / sizeof *passed.entry) {
        passed.entry[passed.count].device = device;
        passed.entry[passed.count++].tier = tier;
    }
    pthread_mutex_unlock(&passed.lock);
}

static bool is_shortage(clf_status status)
{
    return status == CLF_NO_MEMORY || status == (clf_status)CL_OUT_OF_HOST_MEMORY ||
           status == (clf_status)CL_MEM_OBJECT_ALLOCATION_FAILURE;
}

clf_status clfi_litmus_judge(clf_scheduler *s, clf_tier tier, const char *flags,
                             const char **failure)
{
    *failure = NULL;
    if (tier == CLF_TIER_SERIAL || has_passed(s->device, tier))
        return CLF_OK;
    bench b = {.s = s, .pairs = pairs_for(s), .cells = SHORT_RUN, .looks = SHORT_LOOKS};
    uint64_t ran, weak = 0;
    clf_status status = open_bench(&b, flags);
    for (cl_uint t = 0; t < CLF_LITMUS_TESTS && status == CLF_OK && weak == 0; t++)
        if (!tests[t].allowed)
            status = repeat(&b, t, 0, 1, &ran, &weak, NULL);
    bool compiled = b.kernel[1] != NULL;
    close_bench(&b);
    if (is_shortage(status))
        return status;
    s->message[0] = '\0'; /* why a tier did not pass is no failure of the caller's */
    if (!compiled)
        *failure = "its litmus tests do not compile";
    else if (status != CLF_OK)
        *failure = "its litmus tests do not run";
    else if (weak != 0)
        *failure = "a litmus test saw an outcome that its order forbids";
    else
        remember(s->device, tier);
    return CLF_OK;
}

/* ---- on request --------------------------------------------------------------------- */

static clf_status run_all(bench *b, uint64_t rounds, clf_litmus_row *rows)
{
    uint64_t ran;
    for (cl_uint t = 0; t < CLF_LITMUS_TESTS; t++) {
        clf_litmus_row *row = &rows[t];
        *row = (clf_litmus_row){.name = tests[t].name, .allowed = tests[t].allowed};
        CLFI_TRY(repeat(b, t, 0, rounds, &row->rounds, &row->weak, &row->met));
        CLFI_TRY(repeat(b, t, 1, rounds / 8 + 1, &ran, &row->control, NULL));
    }
    return CLF_OK;
}

clf_status clf_litmus(clf_scheduler *s, clf_tier tier, uint64_t rounds, clf_litmus_row *rows)
{
    char flags[sizeof s->tier_flags];
    CLFI_NEED_SCHEDULER(s);
    CLFI_NEED(s, rows);
    if (rounds == 0)
        return clfi_fail(s, CLF_BAD_ARGUMENT, "clf_litmus: rounds is 0; it must be 1 or more");
    CLFI_TRY(clfi_slice_collect(s));
    CLFI_TRY(clfi_tier_offered(s, tier, flags, sizeof flags));
    bench b = {.s = s, .pairs = pairs_for(s), .cells = CELLS, .looks = LOOKS};
    clf_status status = open_bench(&b, flags);
    if (status == CLF_OK)
        status = run_all(&b, rounds, rows);
    close_bench(&b);
    return status;
}
