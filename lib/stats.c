/* stats.c - counters: the device keeps them per worker over all slices, the host reads them on
 * request. */
#include "clfi.h"

#include <stdlib.h>
#include <string.h>

static clf_counters counters_of(const clf_worker_state *w)
{
    const ulong *c = w->counter;
    return (clf_counters){.segments = c[CLF_COUNT_SEGMENTS],
                          .spawned = c[CLF_COUNT_SPAWNED],
                          .completed = c[CLF_COUNT_COMPLETED],
                          .failed = c[CLF_COUNT_FAILED],
                          .steals_taken = c[CLF_COUNT_TAKEN],
                          .steals_lost = c[CLF_COUNT_LOST],
                          .steals_empty = c[CLF_COUNT_EMPTY],
                          .stolen = c[CLF_COUNT_STOLEN],
                          .publishes = c[CLF_COUNT_PUBLISHES],
                          .idle_rounds = c[CLF_COUNT_IDLE],
                          .deque_high = c[CLF_COUNT_DEQUE_HIGH],
                          .frames_high = c[CLF_COUNT_FRAMES_HIGH],
                          .rounds = c[CLF_COUNT_ROUNDS],
                          .kinds = c[CLF_COUNT_KINDS]};
}

static void add(clf_counters *sum, const clf_counters *c)
{
    sum->segments += c->segments;
    sum->spawned += c->spawned;
    sum->completed += c->completed;
    sum->failed += c->failed;
    sum->steals_taken += c->steals_taken;
    sum->steals_lost += c->steals_lost;
    sum->steals_empty += c->steals_empty;
    sum->stolen += c->stolen;
    sum->publishes += c->publishes;
    sum->idle_rounds += c->idle_rounds;
    sum->rounds += c->rounds;
    sum->kinds += c->kinds;
    sum->deque_high = c->deque_high > sum->deque_high ? c->deque_high : sum->deque_high;
}

/* The workers' states, to be freed; waits for a slice in flight. */
static clf_status read_workers(clf_scheduler *s, clf_worker_state **workers)
{
    size_t bytes = s->options.workers * sizeof **workers;
    CLFI_TRY(clfi_slice_collect(s));
    *workers = malloc(bytes);
    if (*workers == NULL)
        return clfi_no_memory(s, bytes, "worker states");
    clf_status status = clfi_cl(s,
                                clEnqueueReadBuffer(s->queue, s->buffers.workers, CL_TRUE, 0, bytes,
                                                    *workers, 0, NULL, NULL),
                                "clEnqueueReadBuffer");
    if (status != CLF_OK)
        free(*workers);
    return status;
}

/* How many frames were ever drawn. */
static uint32_t frames_made(const clf_scheduler *s)
{
    const clf_control *c = &s->co.control;
    uint32_t n = 0;
    if (s->program.classes == 1)
        return c->fresh;
    for (uint32_t i = 0; i < s->program.classes; i++)
        n += c->made[i];
    return n;
}

clf_status clf_get_stats(clf_scheduler *s, clf_stats *stats)
{
    CLFI_NEED_SCHEDULER(s);
    CLFI_NEED(s, stats);
    CLFI_NEED_PROGRAM(s);
    if (stats->size < sizeof stats->size || stats->size > 4096)
        return clfi_fail(s, CLF_BAD_ARGUMENT,
                         "clf_get_stats: stats->size is %zu; set it to sizeof(clf_stats) = %zu",
                         stats->size, sizeof *stats);
    clf_worker_state *workers;
    CLFI_TRY(read_workers(s, &workers));
    clf_stats all = {.size = stats->size};
    for (uint32_t g = 0; g < s->options.workers; g++) {
        clf_counters c = counters_of(&workers[g]);
        add(&all.total, &c);
    }
    free(workers);
    const clfi_coordinator *co = &s->co;
    all.total.frames_high = frames_made(s);
    all.slices = co->slices;
    all.device_seconds = co->seconds;
    all.started = co->started;
    all.outstanding = co->given + clfi_waiting_roots(s);
    all.frames = s->buffers.frame_count / s->program.smallest;
    all.frame_bytes = s->program.smallest * s->program.frame_bytes;
    all.ring = s->buffers.ring;
    all.frame_growths = s->buffers.frame_growths;
    all.ring_growths = s->buffers.ring_growths;
    all.device_bytes = s->buffers.bytes;
    all.frame_classes = s->program.classes;
    all.largest_frame_bytes = s->program.largest * s->program.frame_bytes;
    all.frame_bytes_used = (uint64_t)co->control.fresh * s->program.frame_bytes;
    memcpy(stats, &all, stats->size < sizeof all ? stats->size : sizeof all);
    return CLF_OK;
}

clf_status clf_get_worker_counters(clf_scheduler *s, uint32_t worker, clf_counters *counters)
{
    CLFI_NEED_SCHEDULER(s);
    CLFI_NEED(s, counters);
    CLFI_NEED_PROGRAM(s);
    if (worker >= s->options.workers)
        return clfi_fail(s, CLF_BAD_ARGUMENT,
                         "clf_get_worker_counters: worker %u, but there are %u", (unsigned)worker,
                         (unsigned)s->options.workers);
    clf_worker_state *workers;
    CLFI_TRY(read_workers(s, &workers));
    *counters = counters_of(&workers[worker]);
    free(workers);
    return CLF_OK;
}

clf_status clf_reset_stats(clf_scheduler *s)
{
    CLFI_NEED_SCHEDULER(s);
    CLFI_NEED_PROGRAM(s);
    clf_worker_state *workers;
    CLFI_TRY(read_workers(s, &workers));
    for (uint32_t g = 0; g < s->options.workers; g++)
        memset(workers[g].counter, 0, sizeof workers[g].counter);
    size_t bytes = s->options.workers * sizeof *workers;
    clf_status status = clfi_cl(s,
                                clEnqueueWriteBuffer(s->queue, s->buffers.workers, CL_TRUE, 0,
                                                     bytes, workers, 0, NULL, NULL),
                                "clEnqueueWriteBuffer");
    free(workers);
    CLFI_TRY(status);
    clfi_trace_reset(s);
    s->co.slices = 0;
    s->co.seconds = 0;
    s->co.started = 0;
    return CLF_OK;
}
