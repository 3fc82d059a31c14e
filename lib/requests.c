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

static clf_status serve_one(clf_scheduler *s, const clf_request *r, double now)
{
    switch (r->kind) {
    case CLF_REQUEST_NONE:
        return CLF_OK;
    case CLF_REQUEST_SLEEP:
        return clfi_timer_set(
            s, &s->timers,
            &(clfi_timer){.deadline = now + (double)r->value * 1e-6, .key = r->frame});
    default:
        return clfi_fail(s, CLF_INTERNAL, "frame %u made a request of the unknown kind %u",
                         (unsigned)r->frame, (unsigned)r->kind);
    }
}

clf_status clfi_requests_serve(clf_scheduler *s)
{
    const clf_control *c = &s->co.control;
    uint32_t n = c->request_tail < c->request_room ? c->request_tail : c->request_room;
    if (n == 0)
        return CLF_OK;
    clf_request *records = malloc(n * sizeof *records);
    if (records == NULL)
        return clfi_no_memory(s, n * sizeof *records, "requests");
    clf_status status = clfi_cl(s,
                                clEnqueueReadBuffer(s->queue, s->buffers.requests, CL_TRUE, 0,
                                                    n * sizeof *records, records, 0, NULL, NULL),
                                "clEnqueueReadBuffer");
    double now = clfi_now();
    for (uint32_t i = 0; i < n && status == CLF_OK; i++)
        status = serve_one(s, &records[i], now);
    free(records);
    return status;
}

clf_status clfi_timers_serve(clf_scheduler *s)
{
    clfi_timer timer;
    double now = s->timers.count != 0 ? clfi_now() : 0;
    while (clfi_timer_due(&s->timers, now, &timer))
        CLFI_TRY(clfi_ready_add(s, timer.key, 0));
    return CLF_OK;
}

bool clfi_waits_for_host(const clf_scheduler *s)
{
    return s->timers.count != 0;
}

double clfi_next_deadline(const clf_scheduler *s)
{
    return s->timers.count != 0 ? s->timers.heap[0].deadline : 0;
}
