/* requests.c - what fibers asked of the coordinator during a slice: reads the records
 * (cl/request.cl), serves them or puts them down to be served when the time has come. */
#include "clfi.h"

#include <stdlib.h>

#define LEAST_RECORDS 256u
#define MOST_RECORDS  65536u

uint32_t clfi_request_records(uint32_t frames)
{
    return frames < LEAST_RECORDS ? LEAST_RECORDS : frames < MOST_RECORDS ? frames : MOST_RECORDS;
}

void clfi_requests_prepare(clf_scheduler *s)
{
    clf_control *c = &s->co.control;
    c->request_room = s->buffers.request_room;
    c->data_room = s->buffers.data_room;
    c->request_tail = c->data_tail = 0;
}

/* What was read back. */
typedef struct asked {
    clf_request *record;
    unsigned char *data;
    size_t data_size;
} asked;

/* Puts a fiber down that another one cancels. */
static clf_status add_victim(clf_scheduler *s, const clf_request *r)
{
    clfi_cancel *c = &s->cancel;
    if (c->victims == c->victim_room) {
        uint32_t room = 2 * c->victim_room + 64;
        uint32_t *more = realloc(c->victim, (size_t)2 * room * sizeof *more);
        if (more == NULL)
            return clfi_no_memory(s, (size_t)2 * room * sizeof *more, "fibers to be cancelled");
        c->victim = more;
        c->victim_room = room;
    }
    c->victim[2 * c->victims] = r->frame;
    c->victim[2 * c->victims++ + 1] = r->what;
    return CLF_OK;
}

static clf_status serve_one(clf_scheduler *s, const asked *a, const clf_request *r, double now)
{
    switch (r->kind) {
    case CLF_REQUEST_NONE:
        return CLF_OK;
    case CLF_REQUEST_SLEEP:
    case CLF_REQUEST_TIMEOUT:
        return clfi_timer_set(s, &s->timers,
                              &(clfi_timer){.deadline = now + (double)r->value * 1e-6,
                                            .key = r->frame,
                                            .kind = r->kind == CLF_REQUEST_SLEEP
                                                        ? CLFI_TIMER_SLEEP
                                                        : CLFI_TIMER_TIMEOUT});
    case CLF_REQUEST_CANCEL:
        return add_victim(s, r);
    case CLF_REQUEST_HOSTCALL:
        return clfi_call_serve(s, r, a->data, a->data_size);
    default:
        return clfi_fail(s, CLF_INTERNAL, "frame %u made a request of the unknown kind %u",
                         (unsigned)r->frame, (unsigned)r->kind);
    }
}

static clf_status read_back(clf_scheduler *s, asked *a, uint32_t n)
{
    const clfi_buffers *b = &s->buffers;
    cl_int error = CL_SUCCESS;
    if (a->data_size != 0)
        error = clEnqueueReadBuffer(s->queue, b->data, CL_FALSE, 0, a->data_size, a->data, 0, NULL,
                                    NULL);
    if (error == CL_SUCCESS)
        error = clEnqueueReadBuffer(s->queue, b->requests, CL_TRUE, 0, n * sizeof *a->record,
                                    a->record, 0, NULL, NULL);
    if (error != CL_SUCCESS)
        clFinish(s->queue); /* the data may be on their way */
    return clfi_cl(s, error, "reading the fibers' requests");
}

clf_status clfi_requests_serve(clf_scheduler *s)
{
    const clf_control *c = &s->co.control;
    uint32_t n = c->request_tail < c->request_room ? c->request_tail : c->request_room;
    asked a = {.data_size = c->data_tail < c->data_room ? c->data_tail : c->data_room};
    if (n == 0)
        return CLF_OK;
    a.record = malloc(n * sizeof *a.record);
    a.data = malloc(a.data_size + 1);
    clf_status status = CLF_OK;
    if (a.record == NULL || a.data == NULL)
        status = clfi_no_memory(s, n * sizeof *a.record + a.data_size, "requests");
    if (status == CLF_OK)
        status = read_back(s, &a, n);
    double now = clfi_now();
    while (s->co.served < n && status == CLF_OK) {
        status = serve_one(s, &a, &a.record[s->co.served], now);
        s->co.served += status == CLF_OK;
    }
    free(a.record);
    free(a.data);
    return status;
}

/* Sleepers are woken; those that wait for an object may have got it long since. */
static clf_status serve_due(clf_scheduler *s, double now, uint32_t *late)
{
    uint32_t n = 0;
    clf_status status = CLF_OK;
    for (const clfi_timer *t; status == CLF_OK && (t = clfi_timer_due(&s->timers, now)) != NULL;) {
        uint32_t key = t->key;
        if (t->kind == CLFI_TIMER_SLEEP)
            status = clfi_ready_add(s, key, 0);
        else
            late[n++] = key;
        if (status == CLF_OK)
            clfi_timer_forget(&s->timers, key);
    }
    if (status == CLF_OK && n != 0)
        status = clfi_upkeep_late(s, late, n, CLF_LATE_LEAVES);
    for (uint32_t i = 0; status != CLF_OK && i < n; i++) /* the room is there: it cannot fail */
        clfi_timer_set(s, &s->timers,
                       &(clfi_timer){.deadline = now, .key = late[i], .kind = CLFI_TIMER_TIMEOUT});
    return status;
}

static clf_status no_room(clf_scheduler *s)
{
    return clfi_no_memory(s, s->timers.count * sizeof(uint32_t), "timers that are due");
}

clf_status clfi_timers_serve(clf_scheduler *s)
{
    clfi_timers *t = &s->timers;
    double now = t->count != 0 ? clfi_now() : 0;
    if (t->count == 0 || t->heap[0].deadline > now)
        return CLF_OK;
    uint32_t *late = malloc(t->count * sizeof *late);
    clf_status status = late != NULL ? serve_due(s, now, late) : no_room(s);
    free(late);
    return status;
}

clf_status clfi_timers_prune(clf_scheduler *s)
{
    clfi_timers *t = &s->timers;
    uint32_t n = t->count;
    if (s->co.pruned == s->co.launches || n == 0)
        return CLF_OK;
    for (uint32_t i = 0; i < n; i++)
        if (t->heap[i].kind == CLFI_TIMER_SLEEP)
            return CLF_OK;
    uint32_t *key = malloc(2 * n * sizeof *key);
    if (key == NULL)
        return no_room(s);
    uint32_t *waits = key + n;
    for (uint32_t i = 0; i < n; i++)
        key[i] = waits[i] = t->heap[i].key;
    clf_status status = clfi_upkeep_late(s, waits, n, CLF_LATE_LOOK);
    for (uint32_t i = 0; i < n && status == CLF_OK; i++)
        if (waits[i] == CLF_NIL)
            clfi_timer_forget(t, key[i]);
    free(key);
    if (status == CLF_OK)
        s->co.pruned = s->co.launches;
    return status;
}

bool clfi_waits_for_host(const clf_scheduler *s)
{
    return s->timers.count != 0 || s->cancel.deadlines.count != 0 || s->calls.waiting != 0;
}

double clfi_next_deadline(const clf_scheduler *s)
{
    const clfi_timers *t = &s->timers, *d = &s->cancel.deadlines;
    double first = t->count != 0 ? t->heap[0].deadline : 0;
    if (d->count != 0 && (first == 0 || d->heap[0].deadline < first))
        first = d->heap[0].deadline;
    return first;
}
