/* buffers.c - what a scheduler keeps on the device, made for the program at hand, and how it grows
 * between slices. */
#include "clfi.h"

#include <stdlib.h>
#include <string.h>

#define DATA_PER_RECORD 64u
#define SHARED_RINGS    2u /* behind the workers': the shared mode's queue, that of urgent fibers */

static size_t round_up(size_t n, size_t unit)
{
    return (n + unit - 1) / unit * unit;
}

static uint32_t chunk(const clf_scheduler *s)
{
    return CLF_CHUNK_FOR(s->options.lanes);
}

/* That so many units can be. */
static uint32_t most_frames(const clf_scheduler *s, uint32_t units)
{
    return units / s->program.smallest;
}

/* More slots than full chunks can exist: a put into the pool always finds one that is empty or
 * about to be. */
static uint32_t slots_for(const clf_scheduler *s, uint32_t units)
{
    return most_frames(s, units) / chunk(s) + 2 * s->options.workers * s->program.classes + 1;
}

static clf_status make(clf_scheduler *s, size_t bytes, const char *what, cl_mem *memory)
{
    cl_int error;
    *memory = clCreateBuffer(s->context, CL_MEM_READ_WRITE, bytes, NULL, &error);
    if (error != CL_SUCCESS)
        return clfi_fail(s, (clf_status)error, "the device cannot allocate %zu bytes for %s: %s",
                         bytes, what, clf_status_name((clf_status)error));
    s->buffers.bytes += bytes;
    return CLF_OK;
}

/* A buffer of zeros, so that nothing depends on what memory held before. */
static clf_status make_zeroed(clf_scheduler *s, size_t bytes, const char *what, cl_mem *memory)
{
    cl_uint zero = 0;
    CLFI_TRY(make(s, bytes, what, memory));
    return clfi_cl(
        s, clEnqueueFillBuffer(s->queue, *memory, &zero, sizeof zero, 0, bytes, 0, NULL, NULL),
        "clEnqueueFillBuffer");
}

/* splitmix64 (Steele, Lea, Flood 2014): spreads a seed and a worker's number over 64 bits. */
static uint64_t scatter(uint64_t x)
{
    x += UINT64_C(0x9e3779b97f4a7c15);
    x = (x ^ (x >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    x = (x ^ (x >> 27)) * UINT64_C(0x94d049bb133111eb);
    return x ^ (x >> 31);
}

static clf_status make_workers(clf_scheduler *s)
{
    const clf_options *o = &s->options;
    size_t bytes = o->workers * sizeof(clf_worker_state);
    clf_worker_state *w = calloc(o->workers, sizeof *w);
    if (w == NULL)
        return clfi_no_memory(s, bytes, "worker states");
    for (uint32_t g = 0; g < o->workers; g++) {
        w[g].top = w[g].split = w[g].bottom = o->first_counter;
        w[g].random = (uint32_t)scatter(o->seed + g) | 1; /* xorshift needs a bit */
    }
    clf_status status = make(s, bytes, "worker states", &s->buffers.workers);
    if (status == CLF_OK)
        status = clfi_cl(
            s,
            clEnqueueWriteBuffer(s->queue, s->buffers.workers, CL_TRUE, 0, bytes, w, 0, NULL, NULL),
            "clEnqueueWriteBuffer");
    free(w);
    return status;
}

static clf_status make_lanes(clf_scheduler *s)
{
    size_t bytes = (size_t)s->options.workers * s->options.lanes * sizeof(clf_lane_state);
    cl_uint nil = CLF_NIL;
    CLFI_TRY(make(s, bytes, "lane states", &s->buffers.lanes));
    return clfi_cl(
        s,
        clEnqueueFillBuffer(s->queue, s->buffers.lanes, &nil, sizeof nil, 0, bytes, 0, NULL, NULL),
        "clEnqueueFillBuffer");
}

static clf_status largest_buffer(clf_scheduler *s, cl_ulong *bytes)
{
    return clfi_device_get(s, CL_DEVICE_MAX_MEM_ALLOC_SIZE, sizeof *bytes, bytes);
}

size_t clfi_frames_bytes(const clf_scheduler *s, uint32_t units)
{
    return s->program.frames_at + (size_t)units * s->program.frame_bytes;
}

/* The table of sizes has a byte for each unit, if there are several classes of frames. */
static size_t sizes_bytes(const clf_scheduler *s, uint32_t units)
{
    return s->program.classes > 1 ? round_up(units, 4) : 4;
}

/* What cancelling and dumps take for a unit, at most (live.c), also in one buffer. */
#define UPKEEP_BYTES 20

/* What the frames of one class may take: as much as options.max_frames of the largest. So whatever
 * the others have taken, so many fit. */
static uint32_t class_units(const clf_scheduler *s)
{
    uint64_t units = (uint64_t)s->options.max_frames * s->program.largest;
    return units != 0 && units < CLF_FRAME_MAX ? (uint32_t)units : CLF_FRAME_MAX;
}

/* The most units that the options and one buffer of the device allow. */
static clf_status frame_limit(clf_scheduler *s, uint32_t *limit)
{
    cl_ulong most = 0;
    CLFI_TRY(largest_buffer(s, &most));
    uint64_t room = most > s->program.frames_at ? most - s->program.frames_at : 0;
    uint64_t units = room / s->program.frame_bytes;
    if (units > most / UPKEEP_BYTES)
        units = most / UPKEEP_BYTES;
    uint64_t wanted = (uint64_t)class_units(s) * s->program.classes;
    if (wanted < units)
        units = wanted;
    *limit = units < CLF_FRAME_MAX - 1 ? (uint32_t)units : CLF_FRAME_MAX - 1;
    return CLF_OK;
}

clf_status clfi_buffers_pass(clf_scheduler *s)
{
    clfi_buffers *b = &s->buffers;
    const cl_mem memory[CLFI_BELL_ARG] = {b->control, b->workers,    b->lanes,      b->rings,
                                          b->free,    b->pool_state, b->pool_entry, b->frames,
                                          b->sizes,   b->spill,      b->inbox,      b->done,
                                          b->ready,   b->requests,   b->data};
    for (cl_uint i = 0; i < CLFI_BELL_ARG && !b->passed; i++)
        CLFI_TRY(clfi_cl(s, clSetKernelArg(s->program.slice, i, sizeof memory[i], &memory[i]),
                         "clSetKernelArg"));
    if (!b->passed)
        CLFI_TRY(clfi_cl(s, clfi_bell_pass(s, CLFI_BELL_ARG), "passing the bell"));
    b->passed = true;
    return clfi_trace_argument(s);
}

static clf_status make_host_side(clf_scheduler *s)
{
    clfi_buffers *b = &s->buffers;
    clfi_coordinator *co = &s->co;
    unsigned char *staging = malloc(b->inbox_stride * s->options.window);
    unsigned char *drained = malloc(b->done_stride * s->options.window);
    if (staging == NULL || drained == NULL) {
        free(staging);
        free(drained);
        return clfi_no_memory(s, (b->inbox_stride + b->done_stride) * s->options.window,
                              "root records");
    }
    free(co->staging);
    free(co->drained);
    uint32_t generation = s->handles.newest + 1;
    clfi_notify_never(s);
    clfi_handles_free(&s->handles);
    clfi_level(s, false);
    free(s->roots.data);
    free(s->urgent_roots.data);
    uint64_t started = co->started;
    *co = (clfi_coordinator){.staging = staging, .drained = drained, .started = started};
    s->handles =
        (clfi_handles){.stride = s->program.max_result, .first = generation, .newest = generation};
    s->roots = s->urgent_roots = (clfi_roots){0};
    s->cancel.count = s->cancel.victims = s->cancel.step = 0;
    clfi_timers_free(&s->cancel.deadlines);
    s->ready.count = 0;
    clfi_timers_free(&s->timers);
    clfi_calls_reset(s);
    clfi_trace_program(s);
    co->control.fresh = 0;
    return CLF_OK;
}

/* The last of the rings holds zeros where there is nothing. */
static clf_status clear_urgent(clf_scheduler *s, cl_mem rings, uint32_t entries)
{
    const size_t bytes = (size_t)entries * 4;
    const cl_uint zero = 0;
    return clfi_cl(s,
                   clEnqueueFillBuffer(s->queue, rings, &zero, sizeof zero,
                                       (s->options.workers + SHARED_RINGS - 1) * bytes, bytes, 0,
                                       NULL, NULL),
                   "clEnqueueFillBuffer");
}

clf_status clfi_buffers_make(clf_scheduler *s)
{
    const clf_options *o = &s->options;
    clfi_buffers *b = &s->buffers;
    const clfi_program *p = &s->program;
    b->ring = o->ring;
    CLFI_TRY(frame_limit(s, &b->frame_limit));
    b->frame_max = b->frame_limit;
    b->class_units = class_units(s);
    uint64_t units = (uint64_t)o->frames * p->smallest;
    units = units > p->largest ? units : p->largest;
    b->frame_count = units < b->frame_max ? (uint32_t)units : b->frame_max;
    b->pool_slots = slots_for(s, b->frame_count);
    b->inbox_stride =
        round_up(sizeof(clf_inbox) + p->max_args + (p->name_place != 0 ? CLF_NAME_BYTES : 0), 16);
    b->done_place = p->max_result <= 16   ? 16
                    : p->max_result <= 32 ? 32
                    : p->max_result <= 64 ? 64
                                          : 128;
    b->done_stride = round_up(b->done_place + p->max_result, b->done_place);
    CLFI_TRY(make_zeroed(s, sizeof(clf_control), "the control block", &b->control));
    CLFI_TRY(make_workers(s));
    CLFI_TRY(make_lanes(s));
    CLFI_TRY(make(s, (size_t)(o->workers + SHARED_RINGS) * b->ring * 4, "rings", &b->rings));
    CLFI_TRY(clear_urgent(s, b->rings, b->ring));
    CLFI_TRY(make(s, (size_t)o->workers * p->classes * 3 * chunk(s) * 4, "free lists", &b->free));
    CLFI_TRY(make_zeroed(s, (size_t)b->pool_slots * 4, "the frame pool", &b->pool_state));
    CLFI_TRY(make(s, (size_t)b->pool_slots * chunk(s) * 4, "the frame pool", &b->pool_entry));
    CLFI_TRY(make(s, clfi_frames_bytes(s, b->frame_count), "frames", &b->frames));
    CLFI_TRY(make_zeroed(s, sizes_bytes(s, b->frame_count), "the sizes of frames", &b->sizes));
    CLFI_TRY(make(s, (size_t)o->workers * o->lanes * p->spill_bytes, "spill areas", &b->spill));
    CLFI_TRY(make(s, b->inbox_stride * o->window, "roots", &b->inbox));
    CLFI_TRY(make(s, b->done_stride * o->window, "results", &b->done));
    b->ready_room = clfi_ready_entries(most_frames(s, b->frame_count));
    b->request_room = clfi_request_records(most_frames(s, b->frame_count));
    b->data_room = b->request_room * DATA_PER_RECORD;
    CLFI_TRY(make(s, b->ready_room * sizeof(clf_ready), "the ready list", &b->ready));
    CLFI_TRY(make(s, b->request_room * sizeof(clf_request), "requests", &b->requests));
    CLFI_TRY(make(s, b->data_room, "the data of requests", &b->data));
    CLFI_TRY(clfi_buffers_pass(s));
    CLFI_TRY(clfi_cl(s, clFinish(s->queue), "clFinish"));
    return make_host_side(s); /* the last to fail: it drops what the program before has left */
}

void clfi_buffers_free(clfi_buffers *b)
{
    cl_mem all[] = {b->control,    b->workers,  b->lanes, b->rings,  b->free,  b->pool_state,
                    b->pool_entry, b->frames,   b->sizes, b->spill,  b->inbox, b->done,
                    b->ready,      b->requests, b->data,  b->results};
    for (size_t i = 0; i < sizeof all / sizeof *all; i++)
        if (all[i] != NULL)
            clReleaseMemObject(all[i]);
    *b = (clfi_buffers){0};
}

/* ---- growth ------------------------------------------------------------------------- */

/* Replaces *memory by `fresh`, which has its contents by the time the queue gets there. */
static void replace(clf_scheduler *s, cl_mem *memory, cl_mem fresh, size_t old_bytes)
{
    clReleaseMemObject(*memory);
    *memory = fresh;
    s->buffers.bytes -= old_bytes;
    s->buffers.passed = false;
}

/* A larger copy of `old`; what is behind its end is zeroed if `zero`. */
static clf_status enlarge(clf_scheduler *s, cl_mem old, size_t old_bytes, size_t bytes, bool zero,
                          const char *what, cl_mem *fresh)
{
    CLFI_TRY(make(s, bytes, what, fresh));
    cl_int error = clEnqueueCopyBuffer(s->queue, old, *fresh, 0, 0, old_bytes, 0, NULL, NULL);
    cl_uint nothing = 0;
    if (error == CL_SUCCESS && zero && bytes > old_bytes)
        error = clEnqueueFillBuffer(s->queue, *fresh, &nothing, sizeof nothing, old_bytes,
                                    bytes - old_bytes, 0, NULL, NULL);
    if (error == CL_SUCCESS)
        return CLF_OK;
    clReleaseMemObject(*fresh);
    *fresh = NULL;
    s->buffers.bytes -= bytes;
    return clfi_cl(s, error, "clEnqueueCopyBuffer");
}

bool clfi_no_device_memory(clf_status status)
{
    return status == (clf_status)CL_MEM_OBJECT_ALLOCATION_FAILURE ||
           status == (clf_status)CL_OUT_OF_RESOURCES ||
           status == (clf_status)CL_INVALID_BUFFER_SIZE ||
           status == (clf_status)CL_OUT_OF_HOST_MEMORY;
}

/* There is memory for any frame: what is lacking is one of a class that may have no more. */
static bool has_units(const clf_scheduler *s)
{
    return s->program.classes > 1 &&
           s->co.control.fresh + s->program.largest <= s->buffers.frame_count;
}

clf_status clfi_grow_frames(clf_scheduler *s, bool *grown)
{
    clfi_buffers *b = &s->buffers;
    uint64_t wanted = 2 * (uint64_t)b->frame_count;
    uint32_t count = wanted < b->frame_max ? (uint32_t)wanted : b->frame_max;
    uint32_t slots = slots_for(s, count), ready_room = clfi_ready_entries(most_frames(s, count));
    size_t per_slot = (size_t)chunk(s) * 4;
    cl_mem frames = NULL, sizes = NULL, state = NULL, entry = NULL, ready = NULL;
    size_t bytes = b->bytes;
    *grown = false;
    if (count == b->frame_count || has_units(s))
        return CLF_OK;
    clf_status status = enlarge(s, b->frames, clfi_frames_bytes(s, b->frame_count),
                                clfi_frames_bytes(s, count), false, "frames", &frames);
    if (status == CLF_OK && s->program.classes > 1)
        status = enlarge(s, b->sizes, sizes_bytes(s, b->frame_count), sizes_bytes(s, count), true,
                         "the sizes of frames", &sizes);
    if (status == CLF_OK)
        status = enlarge(s, b->pool_state, (size_t)b->pool_slots * 4, (size_t)slots * 4, true,
                         "the frame pool", &state);
    if (status == CLF_OK)
        status = enlarge(s, b->pool_entry, b->pool_slots * per_slot, slots * per_slot, false,
                         "the frame pool", &entry);
    if (status == CLF_OK)
        status = make(s, ready_room * sizeof(clf_ready), "the ready list", &ready);
    if (status == CLF_OK)
        status = clfi_ready_move(s, ready, ready_room);
    if (status != CLF_OK) {
        if (frames != NULL)
            clReleaseMemObject(frames);
        if (sizes != NULL)
            clReleaseMemObject(sizes);
        if (state != NULL)
            clReleaseMemObject(state);
        if (entry != NULL)
            clReleaseMemObject(entry);
        if (ready != NULL)
            clReleaseMemObject(ready);
        b->bytes = bytes;
        if (clfi_no_device_memory(status))
            b->frame_max = b->frame_count;
        return clfi_no_device_memory(status) ? CLF_OK : status;
    }
    replace(s, &b->frames, frames, clfi_frames_bytes(s, b->frame_count));
    if (sizes != NULL)
        replace(s, &b->sizes, sizes, sizes_bytes(s, b->frame_count));
    replace(s, &b->pool_state, state, (size_t)b->pool_slots * 4);
    replace(s, &b->pool_entry, entry, b->pool_slots * per_slot);
    replace(s, &b->ready, ready, b->ready_room * sizeof(clf_ready));
    b->ready_room = ready_room;
    b->frame_count = count;
    b->pool_slots = slots;
    b->frame_growths++;
    *grown = true;
    return CLF_OK;
}

clf_status clfi_grow_rings(clf_scheduler *s, bool *grown)
{
    clfi_buffers *b = &s->buffers;
    cl_kernel k = s->program.move_rings;
    cl_uint old_mask = b->ring - 1, mask = 2 * b->ring - 1;
    size_t queues = s->options.workers + SHARED_RINGS, one = 1;
    cl_mem rings = NULL;
    cl_ulong most = 0;
    size_t bytes = b->bytes;
    *grown = false;
    CLFI_TRY(largest_buffer(s, &most));
    if (queues * ((size_t)mask + 1) * 4 > most || mask >= CLF_FRAME_MAX)
        return CLF_OK;
    clf_status status = make(s, queues * ((size_t)mask + 1) * 4, "rings", &rings);
    if (status != CLF_OK)
        return clfi_no_device_memory(status) ? CLF_OK : status;
    status = clear_urgent(s, rings, mask + 1);
    if (status != CLF_OK) {
        clReleaseMemObject(rings);
        return status;
    }
    cl_int error = clSetKernelArg(k, 0, sizeof b->control, &b->control);
    error |= clSetKernelArg(k, 1, sizeof b->workers, &b->workers);
    error |= clSetKernelArg(k, 2, sizeof b->rings, &b->rings);
    error |= clSetKernelArg(k, 3, sizeof old_mask, &old_mask);
    error |= clSetKernelArg(k, 4, sizeof rings, &rings);
    error |= clSetKernelArg(k, 5, sizeof mask, &mask);
    if (error == CL_SUCCESS)
        error = clEnqueueNDRangeKernel(s->queue, k, 1, NULL, &queues, &one, 0, NULL, NULL);
    if (error == CL_SUCCESS)
        error = clFinish(s->queue);
    if (error != CL_SUCCESS) {
        clReleaseMemObject(rings);
        b->bytes = bytes;
        return clfi_cl(s, error, "moving the rings");
    }
    replace(s, &b->rings, rings, queues * (size_t)b->ring * 4);
    b->ring = mask + 1;
    b->ring_growths++;
    *grown = true;
    return CLF_OK;
}

/* The lists are empty now: larger ones take their place. More records than frames cannot be used.
 */
clf_status clfi_grow_requests(clf_scheduler *s, bool *grown)
{
    const clf_control *c = &s->co.control;
    clfi_buffers *b = &s->buffers;
    bool data = c->data_tail > c->data_room;
    size_t bytes = data ? 2 * (size_t)b->data_room : 2 * b->request_room * sizeof(clf_request);
    cl_mem fresh = NULL;
    cl_ulong most = 0;
    *grown = false;
    CLFI_TRY(largest_buffer(s, &most));
    if (bytes > most || bytes > UINT32_MAX / 4 ||
        (!data && b->request_room >= most_frames(s, b->frame_count)))
        return CLF_OK;
    clf_status status = make(s, bytes, "requests", &fresh);
    if (status != CLF_OK)
        return clfi_no_device_memory(status) ? CLF_OK : status;
    if (data) {
        replace(s, &b->data, fresh, b->data_room);
        b->data_room *= 2;
    } else {
        replace(s, &b->requests, fresh, b->request_room * sizeof(clf_request));
        b->request_room *= 2;
    }
    *grown = true;
    return CLF_OK;
}
