/* trace.c - a trace of what the scheduler does, as it goes: slices, workers, host calls; the fibers
 * are trace_fibers.c's, the form of the file trace_json.c's, the device's part cl/trace.cl.
 *
 * After each slice the host reads what the workers have recorded. A worker's clock, its ticks, is
 * mapped linearly: from the slice's begin to its end; a worker that gave up, while others went on,
 * is taken to have been as quick as the quickest worker of the slice, and idle for the rest.
 */
#include "trace.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* Records of all workers and of one; together at most 6 MiB on a small device. */
#define ALL_RECORDS   131072u
#define LEAST_RECORDS 128u
#define MOST_RECORDS  8192u
#define MOST_SAMPLE   (1u << 24)
/* Written before fibers are picked half as often. */
#define ENOUGH_RECORDS 32768u

/* ---- opening and closing ---------------------------------------------------------------- */

/* $CLFIBER_TRACE is everybody's: the second scheduler of a process writes to NAME-2.SUFFIX. */
static clf_status path_of(clf_scheduler *s, clfi_text *path)
{
    static atomic_uint schedulers;
    const char *name = s->options.trace;
    if (name != NULL) {
        clfi_text_print(path, "%s", name);
    } else {
        name = getenv("CLFIBER_TRACE");
        unsigned n = atomic_fetch_add(&schedulers, 1) + 1;
        const char *slash = strrchr(name, '/');
        const char *dot = strrchr(slash != NULL ? slash : name, '.');
        int stem = dot != NULL ? (int)(dot - name) : (int)strlen(name);
        if (n == 1)
            clfi_text_print(path, "%s", name);
        else
            clfi_text_print(path, "%.*s-%u%s", stem, name, n, name + stem);
    }
    return path->failed ? clfi_no_memory(s, strlen(name), "a file name") : CLF_OK;
}

bool clfi_trace_wanted(const clf_scheduler *s)
{
    const char *name = s->options.trace != NULL ? s->options.trace : getenv("CLFIBER_TRACE");
    return name != NULL && name[0] != '\0';
}

static clf_status read_sample(clf_scheduler *s, uint32_t *sample)
{
    const char *text = getenv("CLFIBER_TRACE_SAMPLE");
    *sample = s->options.trace_sample;
    if (*sample != 0 || text == NULL || text[0] == '\0')
        return CLF_OK;
    char *end;
    unsigned long n = strtoul(text, &end, 10);
    if (*end != '\0' || text[0] < '0' || text[0] > '9' || n > MOST_SAMPLE)
        return clfi_fail(s, CLF_BAD_ARGUMENT,
                         "CLFIBER_TRACE_SAMPLE is \"%.40s\"; it may be 1 to %u, or 0 to adapt",
                         text, MOST_SAMPLE);
    *sample = (uint32_t)n;
    return CLF_OK;
}

static clf_status open_file(clf_scheduler *s)
{
    clfi_text path = {0};
    clf_status status = path_of(s, &path);
    if (status == CLF_OK) {
        s->trace->file = fopen(clfi_text_get(&path), "w");
        if (s->trace->file == NULL)
            status = clfi_fail(s, CLF_BAD_ARGUMENT,
                               "the trace cannot be written to \"%.300s\": %s (options.trace or "
                               "CLFIBER_TRACE)",
                               clfi_text_get(&path), strerror(errno));
    }
    clfi_text_free(&path);
    return status;
}

static clf_status make_room(clf_scheduler *s, uint32_t sample)
{
    clfi_trace *t = s->trace;
    const uint32_t workers = s->options.workers;
    t->room = ALL_RECORDS / workers;
    t->room = t->room < LEAST_RECORDS  ? LEAST_RECORDS
              : t->room > MOST_RECORDS ? MOST_RECORDS
                                       : t->room;
    t->room &= ~3u;
    size_t records = (size_t)workers * t->room;
    size_t bytes = workers * sizeof *t->head + records * sizeof *t->event;
    t->head = calloc(workers, sizeof *t->head);
    t->event = malloc(records * sizeof *t->event);
    t->worker = malloc(workers * sizeof *t->worker);
    t->before = calloc(workers, sizeof *t->before);
    t->named = calloc((size_t)workers * s->options.lanes, 1);
    if (t->head == NULL || t->event == NULL || t->worker == NULL || t->before == NULL ||
        t->named == NULL)
        return clfi_no_memory(s, bytes, "a trace");
    for (uint32_t g = 0; g < workers; g++)
        t->head[g].sample = sample;
    cl_int error;
    t->buffer = clCreateBuffer(s->context, CL_MEM_READ_WRITE, bytes, NULL, &error);
    CLFI_TRY(clfi_cl(s, error, "clCreateBuffer for a trace"));
    return clfi_cl(s,
                   clEnqueueWriteBuffer(s->queue, t->buffer, CL_TRUE, 0, workers * sizeof *t->head,
                                        t->head, 0, NULL, NULL),
                   "clEnqueueWriteBuffer");
}

clf_status clfi_trace_open(clf_scheduler *s)
{
    cl_command_queue_properties properties = 0;
    uint32_t sample;
    if (!clfi_trace_wanted(s))
        return CLF_OK;
    CLFI_TRY(read_sample(s, &sample));
    clfi_trace *t = s->trace = calloc(1, sizeof *t);
    if (t == NULL)
        return clfi_no_memory(s, sizeof *t, "a trace");
    t->adapts = sample == 0;
    t->enough = ENOUGH_RECORDS;
    CLFI_TRY(make_room(s, sample != 0 ? sample : 1));
    CLFI_TRY(open_file(s));
    t->origin = clfi_now();
    clGetCommandQueueInfo(s->queue, CL_QUEUE_PROPERTIES, sizeof properties, &properties, NULL);
    t->device_clock = (properties & CL_QUEUE_PROFILING_ENABLE) != 0;
    fputs("{\"traceEvents\":[", t->file);
    clfi_trace_name(t, CLFI_PID_HOST, -1, "host");
    clfi_trace_name(t, CLFI_PID_HOST, CLFI_TID_SLICES, "slices (%s times)",
                    t->device_clock ? "device" : "host");
    clfi_trace_name(t, CLFI_PID_DEVICE, -1, "workers");
    return CLF_OK;
}

void clfi_trace_close(clf_scheduler *s)
{
    clfi_trace *t = s->trace;
    if (t == NULL)
        return;
    if (t->file != NULL) {
        clfi_trace_forget(s);
        if (t->file != NULL)
            clfi_trace_foot(s);
        if (t->file != NULL)
            fclose(t->file);
    }
    if (t->buffer != NULL)
        clReleaseMemObject(t->buffer);
    free(t->head);
    free(t->event);
    free(t->worker);
    free(t->before);
    free(t->segment);
    free(t->traced);
    free(t->ended);
    free(t->maker);
    free(t->named);
    free(t);
    s->trace = NULL;
}

/* ---- the program ------------------------------------------------------------------------ */

uint32_t clfi_trace_records(const clf_scheduler *s)
{
    return s->trace != NULL ? s->trace->room : 0;
}

clf_status clfi_trace_argument(clf_scheduler *s)
{
    if (s->trace == NULL)
        return CLF_OK;
    return clfi_cl(s,
                   clSetKernelArg(s->program.slice, CLFI_ENV_ARG + s->program.envs,
                                  sizeof s->trace->buffer, &s->trace->buffer),
                   "clSetKernelArg");
}

/* The workers' counters begin anew. */
void clfi_trace_reset(clf_scheduler *s)
{
    if (s->trace != NULL)
        memset(s->trace->before, 0, s->options.workers * sizeof *s->trace->before);
}

void clfi_trace_program(clf_scheduler *s)
{
    if (s->trace == NULL)
        return;
    clfi_trace_reset(s);
    clfi_trace_forget(s);
}

/* ---- a slice ---------------------------------------------------------------------------- */

static clfi_ns since(const clfi_trace *t, double now)
{
    return (clfi_ns)((now - t->origin) * 1e9);
}

/* When the slice ran. The device's times are put so that it was queued when the host says so. */
static clfi_span time_of(clf_scheduler *s, cl_event event)
{
    clfi_trace *t = s->trace;
    cl_ulong queued = 0, start = 0, end = 0;
    clfi_span span = {since(t, s->co.began), since(t, clfi_now()), 0};
    if (t->device_clock &&
        clGetEventProfilingInfo(event, CL_PROFILING_COMMAND_QUEUED, sizeof queued, &queued, NULL) ==
            CL_SUCCESS &&
        clGetEventProfilingInfo(event, CL_PROFILING_COMMAND_START, sizeof start, &start, NULL) ==
            CL_SUCCESS &&
        clGetEventProfilingInfo(event, CL_PROFILING_COMMAND_END, sizeof end, &end, NULL) ==
            CL_SUCCESS &&
        queued <= start && start <= end) {
        span.end = span.begin + (clfi_ns)(end - queued);
        span.begin += (clfi_ns)(start - queued);
    }
    span.begin = span.begin < t->last_end ? t->last_end : span.begin;
    span.end = span.end < span.begin ? span.begin : span.end;
    return span;
}

static uint32_t least(uint32_t a, uint32_t b)
{
    return a < b ? a : b;
}

static cl_int read_records(clf_scheduler *s, uint32_t worker, uint32_t first, uint32_t count)
{
    clfi_trace *t = s->trace;
    size_t at = (size_t)worker * t->room + first;
    if (count == 0)
        return CL_SUCCESS;
    return clEnqueueReadBuffer(s->queue, t->buffer, CL_FALSE,
                               s->options.workers * sizeof *t->head + at * sizeof *t->event,
                               count * sizeof *t->event, t->event + at, 0, NULL, NULL);
}

static clf_status read_all(clf_scheduler *s)
{
    clfi_trace *t = s->trace;
    const uint32_t workers = s->options.workers, steals = t->room / 4, room = t->room - steals;
    cl_int error = clEnqueueReadBuffer(s->queue, s->buffers.workers, CL_FALSE, 0,
                                       workers * sizeof *t->worker, t->worker, 0, NULL, NULL);
    error |= clEnqueueReadBuffer(s->queue, t->buffer, CL_TRUE, 0, workers * sizeof *t->head,
                                 t->head, 0, NULL, NULL);
    for (uint32_t g = 0; g < workers && error == CL_SUCCESS; g++) {
        error = read_records(s, g, 0, least(t->head[g].count, room));
        error |= read_records(s, g, room, least(t->head[g].steals, steals));
    }
    if (error == CL_SUCCESS)
        error = clFinish(s->queue);
    return clfi_cl(s, error, "reading what was traced");
}

/* The worker's time in the slice, and of a tick in it. */
static clfi_span worker_span(const clf_scheduler *s, const clfi_span *slice, uint32_t worker,
                             uint32_t most)
{
    const clf_trace_head *h = &s->trace->head[worker];
    clfi_span span = {slice->begin, slice->end, worker * s->options.lanes};
    if (h->gave_up && most != 0)
        span.end = slice->begin + (clfi_ns)((double)(slice->end - slice->begin) * h->ticks / most);
    return span;
}

static clfi_ns tick_time(const clfi_span *span, uint32_t tick, uint32_t ticks)
{
    if (ticks == 0)
        return span->begin;
    return span->begin + (clfi_ns)((double)(span->end - span->begin) * tick / ticks);
}

static void name_track(clf_scheduler *s, uint32_t track)
{
    clfi_trace *t = s->trace;
    const uint32_t lanes = s->options.lanes;
    if (t->named[track])
        return;
    t->named[track] = 1;
    if (track % lanes == 0)
        clfi_trace_name(t, CLFI_PID_DEVICE, track, "worker %u", (unsigned)(track / lanes));
    else
        clfi_trace_name(t, CLFI_PID_DEVICE, track, "worker %u lane %u", (unsigned)(track / lanes),
                        (unsigned)(track % lanes));
}

/* What the worker has counted in this slice. */
static void count(clfi_trace *t, uint32_t worker, ulong change[CLF_COUNTERS])
{
    for (int i = 0; i < CLF_COUNTERS; i++) {
        ulong now = t->worker[worker].counter[i];
        change[i] = now - t->before[worker][i];
        t->before[worker][i] = now;
        t->total[i] += change[i];
    }
}

static void put_worker(clf_scheduler *s, const clfi_span *slice, const clfi_span *span,
                       uint32_t worker)
{
    clfi_trace *t = s->trace;
    const clf_trace_head *h = &t->head[worker];
    ulong change[CLF_COUNTERS];
    count(t, worker, change);
    name_track(s, span->track);
    clfi_trace_put(
        t,
        "\"ph\":\"X\",\"cat\":\"work\",\"name\":\"work\",\"pid\":%d,\"tid\":%u,\"ts\":%s,"
        "\"dur\":%s,\"args\":{\"worker\":%u,\"ticks\":%u,\"segments\":%llu,\"idle\":%llu}",
        CLFI_PID_DEVICE, (unsigned)span->track, clfi_trace_us(span->begin).text,
        clfi_trace_us(span->end - span->begin).text, (unsigned)worker, (unsigned)h->ticks,
        (unsigned long long)change[CLF_COUNT_SEGMENTS], (unsigned long long)change[CLF_COUNT_IDLE]);
    clfi_trace_put(t,
                   "\"ph\":\"C\",\"name\":\"worker %u\",\"pid\":%d,\"tid\":%u,\"ts\":%s,\"args\":"
                   "{\"busy\":%llu,\"idle\":%llu,\"stolen\":%llu}",
                   (unsigned)worker, CLFI_PID_DEVICE, (unsigned)span->track,
                   clfi_trace_us(slice->begin).text, (unsigned long long)change[CLF_COUNT_SEGMENTS],
                   (unsigned long long)change[CLF_COUNT_IDLE],
                   (unsigned long long)change[CLF_COUNT_STOLEN]);
    t->longest = h->longest > t->longest ? h->longest : t->longest;
}

static void put_steals(clf_scheduler *s, const clfi_span *span, uint32_t worker)
{
    clfi_trace *t = s->trace;
    const clf_trace_head *h = &t->head[worker];
    const uint32_t room = t->room / 4, n = least(h->steals, room);
    const clf_trace_event *e = t->event + (size_t)worker * t->room + (t->room - room);
    for (uint32_t i = 0; i < n; i++)
        clfi_trace_put(t,
                       "\"ph\":\"i\",\"s\":\"t\",\"cat\":\"steal\",\"name\":\"steal\",\"pid\":%d,"
                       "\"tid\":%u,\"ts\":%s,\"args\":{\"thief\":%u,\"victim\":%u,\"entries\":%u}",
                       CLFI_PID_DEVICE, (unsigned)span->track,
                       clfi_trace_us(tick_time(span, e[i].begin, h->ticks)).text, (unsigned)worker,
                       (unsigned)e[i].id, (unsigned)e[i].number);
    t->steals += n;
    t->steals_dropped += h->steals - n;
}

static clf_status collect_segments(clf_scheduler *s, const clfi_span *span, uint32_t worker)
{
    clfi_trace *t = s->trace;
    const clf_trace_head *h = &t->head[worker];
    const uint32_t n = least(h->count, t->room - t->room / 4);
    if (t->segments + n > t->segment_room) {
        uint32_t room = 2 * (t->segments + n);
        clfi_segment *more = realloc(t->segment, room * sizeof *more);
        if (more == NULL)
            return clfi_no_memory(s, room * sizeof *more, "a trace");
        t->segment = more;
        t->segment_room = room;
    }
    for (uint32_t i = 0; i < n; i++) {
        const clf_trace_event *e = t->event + (size_t)worker * t->room + i;
        uint32_t lane = (e->what >> CLF_TRACE_LANE_SHIFT) & CLF_TRACE_LANE_MASK;
        uint32_t ticks = s->options.lanes == 1 ? 1 + e->inlined : 1;
        if (lane >= s->options.lanes || e->id == 0)
            return clfi_fail(s, CLF_INTERNAL, "worker %u traced fiber %u on lane %u",
                             (unsigned)worker, (unsigned)e->id, (unsigned)lane);
        name_track(s, span->track + lane);
        t->segment[t->segments++] =
            (clfi_segment){e,
                           {tick_time(span, e->begin, h->ticks),
                            tick_time(span, e->begin + ticks, h->ticks), span->track + lane},
                           e->made};
    }
    t->recorded += n;
    t->dropped += h->count - n;
    return CLF_OK;
}

/* Fibers are picked half as often when a worker had no room for what was picked, and again whenever
 * so many segments have been written: a run of any length makes a file that can be opened. */
static clf_status adapt(clf_scheduler *s)
{
    clfi_trace *t = s->trace;
    uint32_t room = t->room - t->room / 4, sample = t->head[0].sample;
    bool full = false;
    for (uint32_t g = 0; g < s->options.workers; g++)
        full = full || t->head[g].count > room;
    full = full || t->recorded > t->enough;
    if (!full || !t->adapts || sample >= MOST_SAMPLE)
        return CLF_OK;
    t->enough = t->recorded + ENOUGH_RECORDS;
    for (uint32_t g = 0; g < s->options.workers; g++)
        t->head[g].sample = 2 * sample;
    return clfi_cl(s,
                   clEnqueueWriteBuffer(s->queue, t->buffer, CL_TRUE, 0,
                                        s->options.workers * sizeof *t->head, t->head, 0, NULL,
                                        NULL),
                   "clEnqueueWriteBuffer");
}

clf_status clfi_trace_slice(clf_scheduler *s, cl_event event)
{
    clfi_trace *t = s->trace;
    const clf_control *c = &s->co.control;
    if (t->file == NULL)
        return CLF_OK;
    clfi_span slice = time_of(s, event);
    CLFI_TRY(read_all(s));
    uint32_t most = 0;
    for (uint32_t g = 0; g < s->options.workers; g++)
        most = t->head[g].ticks > most ? t->head[g].ticks : most;
    clfi_trace_put(
        t,
        "\"ph\":\"X\",\"cat\":\"slice\",\"name\":\"slice\",\"pid\":%d,\"tid\":%d,\"ts\":%s,"
        "\"dur\":%s,\"args\":{\"slice\":%llu,\"budget\":%u,\"segments\":%u,\"roots_ended\":%u}",
        CLFI_PID_HOST, CLFI_TID_SLICES, clfi_trace_us(slice.begin).text,
        clfi_trace_us(slice.end - slice.begin).text, (unsigned long long)t->slices,
        (unsigned)c->budget, (unsigned)c->ran, (unsigned)c->done_tail);
    t->slices++;
    t->segments = 0;
    for (uint32_t g = 0; g < s->options.workers; g++) {
        clfi_span span = worker_span(s, &slice, g, most);
        put_worker(s, &slice, &span, g);
        put_steals(s, &span, g);
        CLFI_TRY(collect_segments(s, &span, g));
    }
    t->last_end = slice.end;
    CLFI_TRY(clfi_trace_fibers(s));
    return adapt(s);
}

/* ---- host calls --------------------------------------------------------------------------- */

static void put_call_name(char *name, size_t size, uint32_t number)
{
    static const char *const shipped[] = {"print", "read", "write", "clock", "seed"};
    if (number >= CLF_CALL_PRINT && number <= CLF_CALL_SEED)
        snprintf(name, size, "%s", shipped[number - CLF_CALL_PRINT]);
    else
        snprintf(name, size, "call %u", (unsigned)number);
}

void clfi_trace_call(clf_scheduler *s, uint32_t number, double began, double ended)
{
    clfi_trace *t = s->trace;
    clfi_ns begin = since(t, began), end = since(t, ended);
    char name[32];
    int track = 0;
    /* threads that make calls at the same time have tracks of their own */
    while (track + 1 < CLFI_CALL_TRACKS && t->call_end[track] > begin)
        track++;
    if (t->call_end[track] == 0)
        clfi_trace_name(t, CLFI_PID_HOST, CLFI_TID_CALLS + track, "host calls");
    t->call_end[track] = end;
    put_call_name(name, sizeof name, number);
    clfi_trace_put(
        t,
        "\"ph\":\"X\",\"cat\":\"hostcall\",\"name\":\"%s\",\"pid\":%d,\"tid\":%d,\"ts\":%s,"
        "\"dur\":%s,\"args\":{\"number\":%u}",
        name, CLFI_PID_HOST, CLFI_TID_CALLS + track, clfi_trace_us(begin).text,
        clfi_trace_us(end - begin).text, (unsigned)number);
}

/* A call that was ended later than its function returned. */
void clfi_trace_late_call(clf_scheduler *s, uint32_t number, double began)
{
    clfi_trace *t = s->trace;
    unsigned long long id = ++t->calls;
    char name[32];
    put_call_name(name, sizeof name, number);
    for (int end = 0; end < 2; end++)
        clfi_trace_put(t,
                       "\"ph\":\"%s\",\"cat\":\"hostcall\",\"name\":\"%s\",\"id\":\"call%llu\","
                       "\"pid\":%d,\"tid\":%d,\"ts\":%s",
                       end ? "e" : "b", name, id, CLFI_PID_HOST, CLFI_TID_CALLS,
                       clfi_trace_us(since(t, end ? clfi_now() : began)).text);
}
