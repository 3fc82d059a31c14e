/* stress.c - many operations with an oracle of identity. An operation is one fiber: made, put into
 * a deque, taken from it or stolen, run, joined; and counted only after its own word has said that
 * it began once and ended once, and its root's result that every result below it went to its place.
 *
 * First a flood: trees of fibers one after another on one scheduler, whose memory may not grow;
 * and hail, so little work at a time that most of it is stolen.
 * Then lives (life.c): schedulers of random shapes that are disturbed in all ways, as many or as
 * long as wanted. By default there are more than 10^8 operations.
 *
 *   stress [--flood N] [--lives N] [--seconds S] [--seed N] [--life N]
 *
 * The seed decides all that the host decides; what the workers make of it is up to them. --life
 * repeats one life alone, by the number that is printed when it goes wrong. */
#include "stress.h"

#include <getopt.h>
#include <time.h>
#include <unistd.h>

char stress_where[256];

double stress_now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

uint64_t stress_mix(uint64_t x)
{
    x += 0x9e3779b97f4a7c15u;
    x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9u;
    x = (x ^ (x >> 27)) * 0x94d049bb133111ebu;
    return x ^ (x >> 31);
}

uint32_t stress_random(uint64_t *state, uint32_t below)
{
    *state += 0x9e3779b97f4a7c15u;
    return (uint32_t)((stress_mix(*state) >> 32) * below >> 32);
}

/* ---- trees -------------------------------------------------------------------------- */

uint32_t stress_ids(uint32_t depth)
{
    uint32_t ids = 1;
    for (uint32_t level = 0; level < depth; level++)
        ids = ids * STRESS_FAN + 1;
    return ids;
}

uint64_t stress_walk(unsigned char *there, uint32_t id, uint32_t depth)
{
    uint64_t mixed = stress_mix(id), sum = mixed;
    there[id] = 1;
    if (depth == 0 || (id > STRESS_FAN && (mixed & 7) == 0))
        return sum;
    for (uint32_t k = 0; k < STRESS_FAN; k++)
        sum += (k + 2) * stress_walk(there, id * STRESS_FAN + k + 1, depth - 1);
    return sum;
}

uint64_t stress_check_marks(const cl_uint *marks, const unsigned char *there, uint32_t ids,
                            bool all)
{
    uint64_t once = 0;
    for (uint32_t id = 0; id < ids; id++) {
        cl_uint mark = marks[id];
        if (mark == STRESS_ONCE && there[id]) {
            once++;
        } else if (mark != 0 || there[id]) {
            REQUIRE(there[id], "there is no fiber %u, but it began %u times and ended %u times",
                    (unsigned)id, (unsigned)mark % STRESS_ENDED, (unsigned)mark / STRESS_ENDED);
            REQUIRE(!all && (mark == 0 || mark == STRESS_BEGUN),
                    "fiber %u began %u times and ended %u times", (unsigned)id,
                    (unsigned)mark % STRESS_ENDED, (unsigned)mark / STRESS_ENDED);
        }
    }
    return once;
}

/* ---- one context for all ------------------------------------------------------------ */

/* A scheduler picks the device; its context and queue stay. */
static void open_device(stress *t)
{
    clf_scheduler *s = NULL;
    clf_status status = clf_create(NULL, &s);
    if (status == CLF_NO_DEVICE) {
        printf("SKIP: %s\n", clf_message(NULL));
        exit(77);
    }
    REQUIRE(status == CLF_OK, "clf_create: %s", clf_message(NULL));
    t->device = clf_device(s);
    t->context = clf_context(s);
    t->queue = clf_queue(s);
    REQUIRE(clRetainContext(t->context) == CL_SUCCESS &&
                clRetainCommandQueue(t->queue) == CL_SUCCESS,
            "context and queue");
    clf_options used = {.size = sizeof used};
    MUST(NULL, clf_get_options(s, &used));
    printf("device %s, tier %s\n", used.device, clf_tier_name(used.tier));
    clf_destroy(s);
    t->marks = stress_buffer(t, STRESS_MARKS * sizeof(cl_uint));
    t->state = stress_buffer(t, sizeof(stress_state));
    t->words = calloc(STRESS_MARKS, sizeof *t->words);
    t->there = calloc(STRESS_MARKS, sizeof *t->there);
    REQUIRE(t->words && t->there, "out of memory");
}

static void close_device(stress *t)
{
    clReleaseMemObject(t->marks);
    clReleaseMemObject(t->state);
    clReleaseCommandQueue(t->queue);
    clReleaseContext(t->context);
    free(t->words);
    free(t->there);
    free(t->source);
}

cl_mem stress_buffer(stress *t, size_t bytes)
{
    cl_int code;
    cl_mem buffer = clCreateBuffer(t->context, CL_MEM_READ_WRITE, bytes, NULL, &code);
    REQUIRE(code == CL_SUCCESS, "clCreateBuffer of %zu bytes: %d", bytes, (int)code);
    return buffer;
}

void stress_clear(stress *t, cl_mem buffer, size_t bytes)
{
    cl_uint zero = 0;
    REQUIRE(clEnqueueFillBuffer(t->queue, buffer, &zero, sizeof zero, 0, bytes, 0, NULL, NULL) ==
                CL_SUCCESS,
            "clEnqueueFillBuffer");
}

void stress_read(stress *t, cl_mem buffer, void *to, size_t bytes)
{
    REQUIRE(clEnqueueReadBuffer(t->queue, buffer, CL_TRUE, 0, bytes, to, 0, NULL, NULL) ==
                CL_SUCCESS,
            "clEnqueueReadBuffer");
}

clf_scheduler *stress_open(stress *t, const clf_options *options)
{
    clf_scheduler *s = NULL;
    MUST(NULL, clf_create_on(t->context, t->device, t->queue, options, &s));
    MUST(s, clf_program_build(s, t->source, NULL));
    MUST(s, clf_bind(s, "marks", &t->marks, sizeof t->marks));
    MUST(s, clf_bind(s, "state", &t->state, sizeof t->state));
    return s;
}

static void read_source(stress *t)
{
    const char *folder = getenv("CLF_TEST_PROGRAMS");
    char path[4096];
    snprintf(path, sizeof path, "%s/stress.fib", folder ? folder : TEST_PROGRAMS);
    FILE *file = fopen(path, "r");
    REQUIRE(file != NULL, "cannot open %s", path);
    enum { MOST = 1 << 16 };
    t->source = calloc(1, MOST);
    REQUIRE(t->source != NULL && fread(t->source, 1, MOST - 1, file) > 0, "cannot read %s", path);
    fclose(file);
}

/* ---- the flood ---------------------------------------------------------------------- */

/* Kilobytes that the process has in memory; 0 where /proc does not say. */
long stress_resident(void)
{
    long pages = 0, all;
    FILE *file = fopen("/proc/self/statm", "r");
    if (file != NULL) {
        if (fscanf(file, "%ld %ld", &all, &pages) != 2)
            pages = 0;
        fclose(file);
    }
    return pages * (sysconf(_SC_PAGESIZE) / 1024);
}

uint32_t stress_live_frames(clf_scheduler *s, uint32_t *used)
{
    uint32_t *marks, live = 0;
    MUST(s, clfi_live_marks(s, &marks, used));
    for (uint32_t i = 0; i < *used; i++)
        live += marks[i] != CLF_MARK_FREE;
    free(marks);
    return live;
}

typedef struct memory {
    long resident;
    clf_stats stats;
    uint32_t used, live;
} memory;

static memory look_at_memory(clf_scheduler *s, const char *when)
{
    memory m = {.stats = {.size = sizeof m.stats}};
    MUST(s, clf_get_stats(s, &m.stats));
    m.live = stress_live_frames(s, &m.used);
    m.resident = stress_resident();
    printf("memory %s: %llu fibers; resident %ld KiB, device %llu bytes, frames %u (%u ever used, "
           "%u in use), ring %u\n",
           when, (unsigned long long)m.stats.total.completed, m.resident,
           (unsigned long long)m.stats.device_bytes, (unsigned)m.stats.frames, (unsigned)m.used,
           (unsigned)m.live, (unsigned)m.stats.ring);
    return m;
}

static void check_memory(const memory *begin, const memory *end)
{
    REQUIRE(begin->live == 0 && end->live == 0, "frames are in use, but no fiber is alive");
    REQUIRE(end->stats.device_bytes == begin->stats.device_bytes, "device memory grew");
    REQUIRE(end->used <= begin->used + STRESS_SLACK, "more and more frames are used");
    REQUIRE(end->resident <= begin->resident + 4096, "host memory grew");
    REQUIRE(end->stats.total.spawned == end->stats.total.completed, "%llu spawned, %llu completed",
            (unsigned long long)end->stats.total.spawned,
            (unsigned long long)end->stats.total.completed);
}

/* Trees until there were `wanted` fibers. Memory is compared with that after the first tenth. */
static void flood(stress *t, uint64_t wanted)
{
    uint32_t ids = stress_ids(STRESS_DEPTH);
    memset(t->there, 0, ids);
    uint64_t sum = stress_walk(t->there, 0, STRESS_DEPTH), done = 0;
    clf_options options = CLF_OPTIONS_INIT;
    options.seed = t->seed;
    options.inline_depth = CLF_NO_INLINE; /* they are to go through the deques */
    clf_scheduler *s = stress_open(t, &options);
    memory begin = {0}, end;
    double since = stress_now();
    while (done < wanted) {
        clf_handle handle;
        clf_arg args[] = {CLF_UINT(0), CLF_UINT(STRESS_DEPTH)};
        uint64_t result = 0;
        stress_clear(t, t->marks, ids * sizeof(cl_uint));
        MUST(s, clf_start(s, "plain", 2, args, &handle));
        MUST(s, clf_join(s, handle, &result, sizeof result, CLF_FOREVER));
        REQUIRE(result == sum, "a tree's result is wrong");
        stress_read(t, t->marks, t->words, ids * sizeof(cl_uint));
        done += stress_check_marks(t->words, t->there, ids, true);
        if (begin.used == 0 && done >= wanted / 10)
            begin = look_at_memory(s, "early");
    }
    end = look_at_memory(s, "at the end");
    check_memory(&begin, &end);
    printf("flood: %llu operations, %llu entries stolen, %llu slices, in %.1f s\n",
           (unsigned long long)done, (unsigned long long)end.stats.total.stolen,
           (unsigned long long)end.stats.slices, stress_now() - since);
    t->operations += done;
    clf_destroy(s);
}

/* ---- hail --------------------------------------------------------------------------- */

static uint64_t hail_sum(uint32_t count)
{
    uint64_t sum = 0;
    for (uint32_t id = 0; id < count; id++)
        sum += (id % STRESS_FAN + 2) * stress_mix(id);
    return sum;
}

static void check_turns(stress *t, uint32_t wanted)
{
    stress_state end;
    stress_read(t, t->state, &end, sizeof end);
    REQUIRE(end.broken == 0 && end.inside == 0, "two fibers held the mutex at one time");
    REQUIRE(end.turns == wanted, "%u turns under the mutex, not %u", (unsigned)end.turns,
            (unsigned)wanted);
    REQUIRE((end.lock.state | end.lock.queue | end.lock.holder) == 0, "the mutex is not free");
}

/* Work that is hardly enough for two workers: they take it from each other all the time, with and
 * without a mutex that all want. */
static void hail(stress *t, uint64_t wanted)
{
    enum { LEAVES = 200000 };
    uint64_t sum = hail_sum(LEAVES), done = 0;
    memset(t->there, 1, LEAVES);
    clf_options options = CLF_OPTIONS_INIT;
    options.workers = 2;
    options.seed = t->seed;
    options.inline_depth = CLF_NO_INLINE;
    clf_scheduler *s = stress_open(t, &options);
    double since = stress_now();
    for (uint32_t kinds = 0; done < wanted; kinds ^= STRESS_LOCKS) {
        clf_arg args[] = {CLF_UINT(LEAVES), CLF_UINT(kinds)};
        uint64_t result = 0;
        clf_handle handle;
        stress_clear(t, t->marks, LEAVES * sizeof(cl_uint));
        stress_clear(t, t->state, sizeof(stress_state));
        MUST(s, clf_start(s, "hail", 2, args, &handle));
        MUST(s, clf_join(s, handle, &result, sizeof result, CLF_FOREVER));
        REQUIRE(result == sum, "the result is wrong");
        stress_read(t, t->marks, t->words, LEAVES * sizeof(cl_uint));
        done += stress_check_marks(t->words, t->there, LEAVES, true);
        check_turns(t, kinds != 0 ? LEAVES : 0);
    }
    clf_stats stats = {.size = sizeof stats};
    MUST(s, clf_get_stats(s, &stats));
    printf("hail: %llu operations, %llu steals of %llu entries, %llu lost races, in %.1f s\n",
           (unsigned long long)done, (unsigned long long)stats.total.steals_taken,
           (unsigned long long)stats.total.stolen, (unsigned long long)stats.total.steals_lost,
           stress_now() - since);
    t->operations += done;
    clf_destroy(s);
}

/* ---- the whole ---------------------------------------------------------------------- */

static void live_on(stress *t, uint64_t lives, double seconds)
{
    double begin = stress_now(), told = begin;
    uint64_t before = t->operations, life = 0;
    long resident = 0;
    for (; life < lives || stress_now() - begin < seconds; life++) {
        stress_life(t, stress_mix(t->seed ^ life << 32));
        if (life == 20)
            resident = stress_resident();
        if (stress_now() - told > 60) {
            told = stress_now();
            printf("%llu lives, %llu operations, %.0f s, resident %ld KiB\n",
                   (unsigned long long)life, (unsigned long long)t->operations, told - begin,
                   stress_resident());
        }
    }
    printf("lives: %llu with %llu schedulers, %llu operations, %llu slices, %llu cancelled, %llu "
           "killed, in %.1f s; resident %ld KiB after 20 lives, %ld KiB at the end\n",
           (unsigned long long)life, (unsigned long long)t->schedulers,
           (unsigned long long)(t->operations - before), (unsigned long long)t->slices,
           (unsigned long long)t->cancelled, (unsigned long long)t->killed, stress_now() - begin,
           resident, stress_resident());
}

static uint64_t number(const char *text)
{
    char *end;
    double value = strtod(text, &end); /* 1e9 is easily said */
    uint64_t whole = strtoull(text, &end, 0);
    return *end == '\0' ? whole : (uint64_t)value;
}

int main(int argc, char **argv)
{
    static const struct option known[] = {
        {"lives", required_argument, NULL, 'n'},   {"flood", required_argument, NULL, 'f'},
        {"seconds", required_argument, NULL, 's'}, {"seed", required_argument, NULL, 'r'},
        {"life", required_argument, NULL, 'l'},    {NULL, 0, NULL, 0}};
    stress t = {.seed = (uint64_t)time(NULL)};
    uint64_t lives = 20, wanted = 96000000, life = 0;
    bool one_life = false;
    double seconds = 0;
    int c;
    while ((c = getopt_long(argc, argv, "", known, NULL)) != -1) {
        switch (c) {
        case 'n':
            lives = number(optarg);
            break;
        case 'f':
            wanted = number(optarg);
            break;
        case 's':
            seconds = strtod(optarg, NULL);
            break;
        case 'r':
            t.seed = number(optarg);
            break;
        case 'l':
            life = number(optarg);
            one_life = true;
            break;
        default:
            return 2;
        }
    }
    setvbuf(stdout, NULL, _IOLBF, 0);
    printf("seed %llu\n", (unsigned long long)t.seed);
    read_source(&t);
    open_device(&t);
    if (one_life) {
        stress_life(&t, life);
    } else {
        if (wanted != 0) {
            flood(&t, wanted);
            hail(&t, wanted / 24);
        }
        live_on(&t, lives, seconds);
    }
    printf("stress: %llu operations, each once\n", (unsigned long long)t.operations);
    close_device(&t);
    return 0;
}
