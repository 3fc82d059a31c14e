/* slice.c - the coordinator: hands roots to the device, launches a slice, takes completions.
 *
 * The control block is the only thing that is read after every slice: the host keeps a copy,
 * changes it between slices and writes it back before the next one. The device is never looked at
 * while a slice runs.
 */
#include "clfi.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#define FIRST_BUDGET 4096u
#define LEAST_BUDGET 64u
#define IDLE_ROUNDS  400u
/* Segments that workers still run when a fiber has failed that has children or siblings. */
#define PATIENCE 4096u
/* Static mode: slices of this many segments until there is enough work to deal out. */
#define STATIC_BUDGET 64u
#define STATIC_SLICES 16u
/* Stretches of a slice. There may be somebody of whom the host knows nothing: another thread's
 * commands wait for it in the queue. */
#define MOST_STRETCHES 32u

double clfi_now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

static size_t bytes_waiting(const clfi_roots *r)
{
    return r->tail - r->head;
}

size_t clfi_waiting_roots(const clf_scheduler *s)
{
    return (bytes_waiting(&s->roots) + bytes_waiting(&s->urgent_roots)) /
           (s->buffers.inbox_stride != 0 ? s->buffers.inbox_stride : 1);
}

bool clfi_outstanding(const clf_scheduler *s)
{
    return s->has_program &&
           (s->co.given != 0 || s->co.control.live != 0 || clfi_waiting_roots(s) != 0);
}

bool clfi_runnable(const clf_scheduler *s)
{
    const clfi_coordinator *co = &s->co;
    return !co->quiet || (clfi_waiting_roots(s) != 0 && co->given < s->options.window) ||
           clfi_ready_any(s) || clfi_cancel_pending(s) ||
           (clfi_next_deadline(s) != 0 && clfi_next_deadline(s) <= clfi_now());
}

/* ---- before a slice ----------------------------------------------------------------- */

void clfi_inbox_count_urgent(clf_scheduler *s)
{
    clf_control *c = &s->co.control;
    clf_inbox root;
    for (c->inbox_urgent = c->inbox_head; c->inbox_urgent < c->inbox_tail; c->inbox_urgent++) {
        memcpy(&root, s->co.staging + c->inbox_urgent * s->buffers.inbox_stride, sizeof root);
        if (!root.urgent)
            break;
    }
}

/* Moves up to `room` roots to the inbox's copy, behind `at`; how many. */
static size_t move_roots(clf_scheduler *s, clfi_roots *from, size_t at, size_t room)
{
    size_t stride = s->buffers.inbox_stride, n = bytes_waiting(from) / stride;
    n = n < room ? n : room;
    if (n != 0)
        memcpy(s->co.staging + at * stride, from->data + from->head, n * stride);
    from->head += n * stride;
    return n;
}

/* Hands over as many roots as the window has room for: urgent ones before those that nobody has
 * taken yet, others once all have been taken. */
static clf_status feed(clf_scheduler *s)
{
    clfi_coordinator *co = &s->co;
    clf_control *c = &co->control;
    size_t stride = s->buffers.inbox_stride, room = s->options.window - co->given;
    size_t left = c->inbox_tail - c->inbox_head, n = bytes_waiting(&s->urgent_roots) / stride;
    n = n < room ? n : room;
    if (left != 0 && n == 0 && !co->sifted)
        return CLF_OK;
    size_t first = left != 0 ? c->inbox_urgent > c->inbox_head ? c->inbox_urgent - c->inbox_head : 0
                             : 0; /* urgent ones that were there before */
    if (left != 0) {
        memmove(co->staging, co->staging + c->inbox_head * stride, left * stride);
        memmove(co->staging + (first + n) * stride, co->staging + first * stride,
                (left - first) * stride);
    }
    move_roots(s, &s->urgent_roots, first, n);
    if (left == 0)
        n += move_roots(s, &s->roots, n, room - n);
    c->inbox_head = 0;
    c->inbox_tail = (uint32_t)(left + n);
    clfi_inbox_count_urgent(s);
    co->given += (uint32_t)n;
    co->sifted = true;
    if (c->inbox_tail != 0)
        CLFI_TRY(clfi_cl(s,
                         clEnqueueWriteBuffer(s->queue, s->buffers.inbox, CL_FALSE, 0,
                                              c->inbox_tail * stride, co->staging, 0, NULL, NULL),
                         "clEnqueueWriteBuffer"));
    co->sifted = false;
    return CLF_OK;
}

/* A slice that is to end when the next timer is due. */
static uint32_t until_deadline(const clf_scheduler *s, uint32_t wanted)
{
    double deadline = clfi_next_deadline(s), length = s->options.slice_ms * 1e-3;
    if (deadline == 0)
        return wanted;
    double left = deadline - clfi_now();
    if (left >= length)
        return wanted;
    double budget = left > 0 ? wanted * (left / length) : 0;
    return budget < LEAST_BUDGET ? LEAST_BUDGET : (uint32_t)budget;
}

static uint32_t budget(const clf_scheduler *s)
{
    const clfi_coordinator *co = &s->co;
    uint32_t wanted = s->options.slice != 0 ? s->options.slice : co->budget;
    if (s->options.mode == CLF_STATIC && !co->dealt && wanted > STATIC_BUDGET)
        return STATIC_BUDGET;
    return s->options.slice != 0 ? wanted : until_deadline(s, wanted);
}

/* How many stretches a worker may run if nobody needs the host (cl/slice.cl). What a segment takes
 * may change: where somebody wants to go on at a certain time, half of the time until then. */
static uint32_t stretches(const clf_scheduler *s, double end)
{
    double deadline = clfi_next_deadline(s), length = s->options.slice_ms * 1e-3;
    if (s->bell == NULL || s->trace != NULL)
        return 1;
    if (end == 0 || (deadline != 0 && deadline < end))
        end = deadline;
    uint32_t most = s->co.stretches != 0 ? s->co.stretches : 1;
    double n = end != 0 ? (end - clfi_now()) / (2 * length) : most;
    return n < 1 ? 1 : n < most ? (uint32_t)n : most;
}

/* Half of what a worker can run in the stretch; of one segment, every other slice's. */
static uint32_t ready_quota(const clf_scheduler *s, uint32_t segments)
{
    uint64_t half = (uint64_t)segments * s->options.lanes / 2;
    return half == 0           ? (uint32_t)(s->co.launches % 2)
           : half < UINT32_MAX ? (uint32_t)half
                               : UINT32_MAX;
}

static void prepare_control(clf_scheduler *s, double end)
{
    clfi_coordinator *co = &s->co;
    clf_control *c = &co->control;
    const clfi_buffers *b = &s->buffers;
    if (co->budget == 0)
        co->budget = FIRST_BUDGET * s->options.lanes;
    c->workers = s->options.workers;
    c->budget = budget(s);
    c->stretches = stretches(s, end);
    c->units = s->units;
    c->ready_quota = ready_quota(s, c->budget);
    c->frames = b->frame_count;
    c->ring_mask = b->ring - 1;
    c->pool_slots = b->pool_slots;
    c->inbox_stride = (uint32_t)b->inbox_stride;
    c->inbox_quota = UINT32_MAX;
    if (s->options.mode == CLF_STATIC)
        c->inbox_quota = (c->inbox_tail - c->inbox_head + c->workers - 1) / c->workers;
    c->done_stride = (uint32_t)b->done_stride;
    c->done_place = (uint32_t)b->done_place;
    c->expected = co->given;
    c->idle_limit = IDLE_ROUNDS;
    c->scarce = b->frame_count == b->frame_max;
    c->class_units = b->class_units;
    /* looking for the children means looking at all frames: that much work makes it pay */
    c->patience = c->fresh > PATIENCE ? c->fresh : PATIENCE;
    c->want = 0;
    c->done_tail = 0;
    c->lock = 0;
    c->record_count = 0;
    c->ran = c->parked = c->progress = c->left = c->entered = 0;
    c->waiting = c->laden;
    clfi_requests_prepare(s);
}

/* Has the control block read behind the slice: this thread is woken once, not once by the slice and
 * once by the reading. On CPUs; for a GPU's driver it is no saving (doc/performance.md). */
static void read_ahead(clf_scheduler *s)
{
    clfi_coordinator *co = &s->co;
    cl_event read = NULL;
    if (clEnqueueReadBuffer(s->queue, s->buffers.control, CL_FALSE, 0, sizeof co->ahead, &co->ahead,
                            0, NULL, &read) != CL_SUCCESS)
        return; /* it is read when the slice has ended */
    clReleaseEvent(co->event);
    co->event = read;
    co->is_ahead = true;
}

clf_status clfi_slice_enqueue(clf_scheduler *s, cl_uint num_events, const cl_event *wait_list,
                              cl_event *event, double end)
{
    clfi_coordinator *co = &s->co;
    const size_t local = s->options.lanes, global = local * s->options.workers;
    CLFI_TRY(clfi_env_check(s));
    CLFI_TRY(clfi_buffers_pass(s));
    co->quiet = false; /* what is handed over now is there even if no slice comes of it */
    CLFI_TRY(clfi_cancel_apply(s));
    CLFI_TRY(feed(s));
    CLFI_TRY(clfi_timers_serve(s));
    CLFI_TRY(clfi_calls_flush(s));
    CLFI_TRY(clfi_ready_flush(s));
    prepare_control(s, end);
    clfi_bell_still(s);
    co->began = clfi_now();
    CLFI_TRY(
        clfi_cl(s,
                clEnqueueWriteBuffer(s->queue, s->buffers.control, CL_FALSE, 0,
                                     offsetof(clf_control, records), &co->control, 0, NULL, NULL),
                "clEnqueueWriteBuffer"));
    cl_int error = clEnqueueNDRangeKernel(s->queue, s->program.slice, 1, NULL, &global, &local,
                                          num_events, wait_list, &co->event);
    if (error != CL_SUCCESS) {
        clFinish(s->queue); /* the control block may be on its way, and is about to change */
        return clfi_cl(s, error, "clEnqueueNDRangeKernel of a slice");
    }
    co->in_flight = true;
    co->is_ahead = false;
    co->collected = CLFI_NOTHING;
    co->launches++;
    if (event == NULL) {
        if ((s->device_type & CL_DEVICE_TYPE_CPU) && s->trace == NULL)
            read_ahead(s); /* a trace looks at the slice's own event */
        return CLF_OK;
    }
    CLFI_TRY(clfi_cl(s, clRetainEvent(co->event), "clRetainEvent of the slice's event"));
    *event = co->event;
    return CLF_OK;
}

/* ---- after a slice ------------------------------------------------------------------ */

static void keep_records(clf_scheduler *s)
{
    clfi_coordinator *co = &s->co;
    const uint32_t room = sizeof co->recent / sizeof *co->recent;
    uint32_t n = co->control.record_count < CLF_RECORDS ? co->control.record_count : CLF_RECORDS;
    for (uint32_t i = 0; i < n; i++) {
        clf_record *r = &co->recent[co->recent_count++ % room];
        *r = co->control.records[i];
        /* slots are used again: which root it was */
        r->generation = r->root < s->handles.room ? s->handles.entry[r->root].generation : 0;
    }
}

/* The newest record of such a failure: of a descendant of that root, or else of anyone. */
static const clf_record *record_of(const clf_scheduler *s, uint32_t slot, int32_t code)
{
    const clfi_coordinator *co = &s->co;
    const uint32_t room = sizeof co->recent / sizeof *co->recent;
    const clf_record *any = NULL;
    for (uint32_t i = 0; i < room && i < co->recent_count; i++) {
        const clf_record *r = &co->recent[(co->recent_count - 1 - i) % room];
        if ((int32_t)r->code != code || r->fn >= s->program.fibers)
            continue;
        if (r->root == slot && r->generation == s->handles.entry[slot].generation)
            return r;
        if (any == NULL && r->root == CLF_NIL)
            any = r;
    }
    return any;
}

/* Where the failure of the root came from. */
static clf_failure origin(const clf_scheduler *s, uint32_t slot, int32_t code)
{
    const clf_record *r = record_of(s, slot, code);
    const clfi_places *places = s->program.places;
    clf_failure failure = {.code = code, .fiber = "", .file = ""};
    if (r == NULL)
        return failure;
    clfi_place place = {.line = r->at & ~CLF_AT_POINT};
    if (!(r->at & CLF_AT_POINT) || !clfi_place_find(places, r->fn, place.line, &place))
        place.file = r->at & CLF_AT_POINT ? NULL : clfi_place_file(places, r->fn, r->at);
    failure.fiber = s->program.fiber[r->fn].info.name;
    failure.file = place.file != NULL ? place.file : "";
    failure.at = place.line;
    failure.worker = r->worker;
    failure.value = r->value;
    memcpy(failure.name.text, r->name, sizeof failure.name.text - 1);
    return failure;
}

clf_status clfi_slice_drain(clf_scheduler *s, uint32_t n)
{
    clfi_coordinator *co = &s->co;
    size_t stride = s->buffers.done_stride;
    if (n == 0)
        return CLF_OK;
    if (n > co->given)
        return clfi_fail(s, CLF_INTERNAL, "%u roots ended, but only %u were running", (unsigned)n,
                         (unsigned)co->given);
    CLFI_TRY(clfi_cl(s,
                     clEnqueueReadBuffer(s->queue, s->buffers.done, CL_TRUE, 0, n * stride,
                                         co->drained, 0, NULL, NULL),
                     "clEnqueueReadBuffer"));
    for (uint32_t i = 0; i < n; i++) {
        const unsigned char *record = co->drained + i * stride;
        clf_done done;
        memcpy(&done, record, sizeof done);
        if (done.slot >= s->handles.room)
            return clfi_fail(s, CLF_INTERNAL, "a root with the unknown slot %u ended",
                             (unsigned)done.slot);
        if (done.code != 0)
            s->handles.entry[done.slot].failure = origin(s, done.slot, (int32_t)done.code);
        clfi_handle_complete(s, done.slot, (int32_t)done.code, record + s->buffers.done_place);
    }
    co->given -= n;
    return CLF_OK;
}

/* Brings stretches nearer to the wanted length; the segments of a slice that ended for want of work
 * say nothing. A slice may go on twice as long as the one before, as long as stretches are no more
 * than twice as long as wanted: nobody waits for the end of 32 that turn out to be too long. */
static void adapt(clf_scheduler *s, double seconds)
{
    clfi_coordinator *co = &s->co;
    double wanted = s->options.slice_ms * 1e-3;
    if (s->options.slice != 0 || !(co->control.want & CLF_WANT_END) || seconds <= 0)
        return;
    double next = co->control.ended_at * (wanted / seconds);
    uint32_t twice = co->stretches != 0 ? 2 * co->stretches : 2;
    co->stretches = next < 0.5 * co->budget ? 1 : twice < MOST_STRETCHES ? twice : MOST_STRETCHES;
    next = next > 4.0 * co->budget ? 4.0 * co->budget : next;
    next = next < 0.25 * co->budget ? 0.25 * co->budget : next;
    co->budget = next > 4e9 ? 4000000000u : next < LEAST_BUDGET ? LEAST_BUDGET : (uint32_t)next;
}

static clf_status deal(clf_scheduler *s)
{
    clfi_coordinator *co = &s->co;
    cl_kernel k = s->program.deal;
    size_t one = 1;
    if (s->options.mode != CLF_STATIC || co->dealt || ++co->grown < STATIC_SLICES)
        return CLF_OK;
    cl_int error = clSetKernelArg(k, 0, sizeof s->buffers.control, &s->buffers.control);
    error |= clSetKernelArg(k, 1, sizeof s->buffers.workers, &s->buffers.workers);
    error |= clSetKernelArg(k, 2, sizeof s->buffers.rings, &s->buffers.rings);
    if (error == CL_SUCCESS)
        error = clEnqueueNDRangeKernel(s->queue, k, 1, NULL, &one, &one, 0, NULL, NULL);
    co->dealt = error == CL_SUCCESS;
    return clfi_cl(s, error, "dealing the work out");
}

/* After a slice: no worker has anything to run, and the lists that feed them are empty. */
static bool nothing_left(const clf_control *c)
{
    return c->left == 0 && c->shared_top == 0 && c->inbox_head >= c->inbox_tail &&
           c->ready_head == c->ready_tail && c->urgent_head == c->urgent_tail;
}

/* The control block, when the slice has ended. */
static clf_status fetch_control(clf_scheduler *s)
{
    clfi_coordinator *co = &s->co;
    if (co->is_ahead && clWaitForEvents(1, &co->event) == CL_SUCCESS) {
        co->control = co->ahead;
        return CLF_OK;
    }
    return clfi_cl(s,
                   clEnqueueReadBuffer(s->queue, s->buffers.control, CL_TRUE, 0, sizeof co->control,
                                       &co->control, 0, NULL, NULL),
                   "waiting for a slice");
}

static clf_status read_control(clf_scheduler *s)
{
    clfi_coordinator *co = &s->co;
    clfi_bell_ring(s);
    CLFI_TRY(fetch_control(s));
    double seconds = clfi_now() - co->began;
    co->seconds += seconds;
    co->slices++;
    adapt(s, seconds);
    keep_records(s);
    co->served = 0;
    return CLF_OK;
}

static clf_status trace(clf_scheduler *s)
{
    return s->trace != NULL ? clfi_trace_slice(s, s->co.event) : CLF_OK;
}

static clf_status drain_done(clf_scheduler *s)
{
    return clfi_slice_drain(s, s->co.control.done_tail);
}

/* In steps, each of which can be tried again after an error: the slice stays in flight until all
 * are done. */
clf_status clfi_slice_collect(clf_scheduler *s)
{
    static clf_status (*const steps[CLFI_ALL_COLLECTED])(clf_scheduler * s) = {
        read_control,        trace, drain_done,
        clfi_requests_serve, deal, /* while the rings are those that the device's control block
                                      describes */
        clfi_room_make};
    clfi_coordinator *co = &s->co;
    if (!co->in_flight)
        return CLF_OK;
    for (; co->collected < CLFI_ALL_COLLECTED; co->collected++)
        CLFI_TRY(steps[co->collected](s));
    co->in_flight = false;
    clReleaseEvent(co->event);
    co->quiet = nothing_left(&co->control);
    clfi_poke(s);
    return clfi_room_check(s);
}

clf_status clfi_deadlock_check(clf_scheduler *s)
{
    if (s->co.in_flight || clfi_runnable(s) || !clfi_outstanding(s))
        return CLF_OK;
    if (clfi_waits_for_host(s))
        CLFI_TRY(clfi_timers_prune(s));
    if (clfi_waits_for_host(s))
        return CLF_OK;
    if (s->co.stuck != 0) {
        s->co.stuck = 0; /* who calls again wants it tried again */
        s->co.quiet = false;
        return clfi_room_limit(s);
    }
    CLFI_TRY(clfi_dump_make(s));
    const unsigned roots = s->co.given, started = s->co.control.live;
    return clfi_fail(s, CLF_DEADLOCK,
                     "%u root%s and %u started fiber%s are alive, but all wait and none can ever "
                     "run; clf_dump tells who waits for what",
                     roots, roots == 1 ? "" : "s", started, started == 1 ? "" : "s");
}
