/* on_host.c - the device runtime (cl/) compiled as C, with a thread for every lane, so that
 * ThreadSanitizer and the address sanitizer see every access to the deques, frames and join words
 * with its order. on_host.sh builds it, once for each program of tests/programs that is named
 * below: PROGRAM is the program's text, in which the runtime is included where its pragma stands;
 * PROGRAM_name is defined, as are CLF_LANES and CLF_MODE.
 *
 * on_host WORKERS RING FRAMES BUDGET FIRST: the coordinator's part is played by main, in the
 * simplest way: a slice is a round of threads, rings and frames are doubled when they run out. Exit
 * status 0: every root came back once with the right result, and every mark is right. */
#undef NDEBUG
#include "host_opencl.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Local memory: HOST_LOCAL stands for the kernel's own declaration. */
static struct clf_round *host_round(void);
#include PROGRAM

enum { RESULT_AT = 64, RECORD = 128, SLOTS = 4096, MOST_WORKERS = 64 };
enum { READY = 1 << 16, REQUESTS = 50 }; /* few, so that the list fills up */

static struct {
    clf_control control;
    clf_worker_state workers[MOST_WORKERS];
    clf_lane_state lanes[MOST_WORKERS * CLF_LANES];
    uint *rings, *free, *pool_state, *pool_entry;
    char *frames, *spill, *inbox, *done;
    uchar *sizes;
    clf_ready *ready;
    clf_request requests[REQUESTS];
    char data[64 * REQUESTS];
    uint bell;
    uint roots, drained, slices;
    bool *seen;
#ifdef CLF_TRACE
    clf_trace_head *trace;
#endif
} host __attribute__((aligned(128)));

static pthread_barrier_t all_here; /* so that the workers of a slice do overlap */
static pthread_barrier_t group_barrier[MOST_WORKERS];

static void host_barrier(void)
{
    pthread_barrier_wait(&group_barrier[host_group]);
}

#if CLF_LANES > 1
static struct clf_round *host_round(void)
{
    static clf_round rounds[MOST_WORKERS];
    return &rounds[host_group];
}
#endif

#define CHECK(condition)                                        \
    do {                                                        \
        if (!(condition)) {                                     \
            printf("on_host.c:%d: %s\n", __LINE__, #condition); \
            exit(1);                                            \
        }                                                       \
    } while (0)

static void *allocate(size_t bytes)
{
    void *memory = NULL;
    CHECK(posix_memalign(&memory, 128, bytes ? bytes : 1) == 0);
    memset(memory, 0, bytes);
    return memory;
}

#ifdef CLF_TRACE
#define HOST_TRACE , host.trace
#else
#define HOST_TRACE
#endif

/* The program's own part. */
static uint root_count(void);
static uint root_params(uint root, uint *fn, uint *words);
static void check_result(uint root, const void *result);
static void check_end(void);
#define ENV_ARGUMENTS
#include "on_host_programs.h"

/* ---- the coordinator ---------------------------------------------------------------- */

static void add_roots(void)
{
    clf_control *c = &host.control;
    host.roots = root_count();
    c->inbox_stride = RECORD;
    c->done_stride = RECORD;
    c->done_place = RESULT_AT;
    c->inbox_tail = host.roots;
    c->expected = host.roots;
    c->inbox_quota = CLF_MODE == CLF_MODE_STATIC ? host.roots / c->workers + 1 : 0xffffffffu;
    host.inbox = allocate((size_t)RECORD * host.roots);
    host.done = allocate((size_t)RECORD * host.roots);
    host.seen = allocate(host.roots);
    for (uint i = 0; i < host.roots; i++) {
        clf_inbox *root = (clf_inbox *)(host.inbox + (size_t)i * RECORD);
        root->slot = i;
        root->bytes = 4 * root_params(i, &root->fn, (uint *)(root + 1));
    }
}

static void start(int argc, char **argv)
{
    uint value[] = {2, 1024, 100000, 500, 0};
    for (int i = 1; i < argc && i <= 5; i++)
        value[i - 1] = (uint)strtoul(argv[i], NULL, 0);
    clf_control *c = &host.control;
    c->workers = value[0];
    CHECK(c->workers <= MOST_WORKERS);
    c->ring_mask = value[1] - 1;
    c->frames = value[2];
    c->budget = value[3];
    c->idle_limit = 100;
    c->pool_slots = SLOTS;
    c->class_units = 0xffffffffu;
    c->ready_mask = READY - 1;
    c->ready_head = c->ready_tail = value[4];
    c->request_room = REQUESTS;
    c->data_room = sizeof host.data;
    host.ready = allocate(READY * sizeof *host.ready);
    host.rings = allocate((size_t)(c->workers + 1) * value[1] * sizeof(uint));
    host.free = allocate((size_t)c->workers * CLF_CLASSES * CLF_FREE_ROOM * sizeof(uint));
    host.pool_state = allocate(SLOTS * sizeof(uint));
    host.pool_entry = allocate((size_t)SLOTS * CLF_CHUNK * sizeof(uint));
    host.frames = allocate(CLF_FRAMES_AT + (size_t)c->frames * CLF_FRAME_BYTES);
    host.sizes = allocate(c->frames);
    host.spill = allocate((size_t)c->workers * CLF_LANES * CLF_SPILL_BYTES);
    for (uint i = 0; i < c->workers; i++) {
        clf_worker_state *w = &host.workers[i];
        w->top = w->split = w->bottom = value[4];
        w->random = i * 2654435761u + 1;
        CHECK(pthread_barrier_init(&group_barrier[i], NULL, CLF_LANES) == 0);
    }
    for (uint i = 0; i < c->workers * CLF_LANES; i++)
        host.lanes[i].next = host.lanes[i].spare = CLF_NIL;
    CHECK(pthread_barrier_init(&all_here, NULL, c->workers * CLF_LANES) == 0);
#ifdef CLF_TRACE
    host.trace = allocate(c->workers * (sizeof *host.trace + CLF_TRACE * sizeof(clf_trace_event)));
    for (uint i = 0; i < c->workers; i++)
        host.trace[i].sample = 1 + i;
#endif
    add_roots();
}

static void grow_rings(void)
{
    clf_control *c = &host.control;
    uint mask = 2 * c->ring_mask + 1;
    uint *rings = allocate((size_t)(c->workers + 1) * (mask + 1) * sizeof(uint));
    for (host_group = 0; host_group <= c->workers; host_group++)
        clf_move_rings(c, host.workers, host.rings, c->ring_mask, rings, mask);
    free(host.rings);
    host.rings = rings;
    c->ring_mask = mask;
}

static void grow_frames(void)
{
    clf_control *c = &host.control;
    char *frames = allocate(CLF_FRAMES_AT + 2 * (size_t)c->frames * CLF_FRAME_BYTES);
    uchar *sizes = allocate(2 * (size_t)c->frames);
    memcpy(frames, host.frames, CLF_FRAMES_AT + (size_t)c->frames * CLF_FRAME_BYTES);
    memcpy(sizes, host.sizes, c->frames);
    free(host.frames);
    free(host.sizes);
    host.frames = frames;
    host.sizes = sizes;
    c->frames *= 2;
}

static void *worker_thread(void *number)
{
    host_group = (uint)(uintptr_t)number / CLF_LANES;
    host_lane = (uint)(uintptr_t)number % CLF_LANES;
    pthread_barrier_wait(&all_here);
    clf_slice(&host.control, host.workers, host.lanes, host.rings, host.free, host.pool_state,
              host.pool_entry, host.frames, host.sizes, host.spill, host.inbox, host.done,
              host.ready, host.requests, host.data, &host.bell ENV_VALUES HOST_TRACE);
    return NULL;
}

static void run_slice(void)
{
    pthread_t threads[MOST_WORKERS * CLF_LANES];
    uint items = host.control.workers * CLF_LANES;
    host.control.want = host.control.ran = host.control.progress = 0;
    host.control.entered = host.control.left = 0;
    host.control.stretches = 1 + host.slices % 3;
    for (uint i = 0; i < items; i++)
        CHECK(pthread_create(&threads[i], NULL, worker_thread, (void *)(uintptr_t)i) == 0);
    for (uint i = 0; i < items; i++)
        CHECK(pthread_join(threads[i], NULL) == 0);
    host.slices++;
}

/* Nobody sleeps for long here: who asked is runnable in the next slice. */
static void serve(void)
{
    clf_control *c = &host.control;
    uint n = c->request_tail < REQUESTS ? c->request_tail : REQUESTS;
    for (uint i = 0; i < n; i++) {
        CHECK(host.requests[i].kind == CLF_REQUEST_SLEEP);
        clf_ready_push(c, host.ready, host.requests[i].frame, 0);
    }
    c->request_tail = c->data_tail = 0;
}

static void drain(void)
{
    for (; host.drained < host.control.done_tail; host.drained++) {
        char *record = host.done + (size_t)host.drained * RECORD;
        clf_done *d = (clf_done *)record;
        CHECK(d->slot < host.roots);
        CHECK(!host.seen[d->slot]);
        CHECK(d->code == 0);
        host.seen[d->slot] = true;
        check_result(d->slot, record + RESULT_AT);
    }
}

int main(int argc, char **argv)
{
    start(argc, argv);
    clf_control *c = &host.control;
    for (uint still = 0; host.drained < host.roots || c->live != 0;) {
        run_slice();
        drain();
        serve();
        if (c->want & CLF_WANT_RING)
            grow_rings();
        if (c->want & CLF_WANT_FRAMES)
            grow_frames();
        still = c->ran == 0 ? still + 1 : 0;
        CHECK(still < 100);
    }
    ulong counts[CLF_COUNTERS] = {0};
    for (uint i = 0; i < c->workers; i++)
        for (int k = 0; k < CLF_COUNTERS; k++)
            counts[k] += host.workers[i].counter[k];
    CHECK(counts[CLF_COUNT_SPAWNED] == counts[CLF_COUNT_COMPLETED]);
    check_end();
    printf("right: %u roots, %lu fibers, %u slices, %lu steals, %lu lost, frames %u, ring %u\n",
           host.roots, counts[CLF_COUNT_COMPLETED], host.slices, counts[CLF_COUNT_TAKEN],
           counts[CLF_COUNT_LOST], c->frames, c->ring_mask + 1);
    return 0;
}
