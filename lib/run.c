/* run.c - running slices until something has happened. */
#include "clfi.h"

#include <math.h>
#include <string.h>

/* Waits for the slice in flight, without the lock, and collects it if nobody else has. */
static clf_status wait_for_slice(clf_scheduler *s)
{
    uint64_t launch = s->co.launches;
    cl_event event = s->co.event;
    CLFI_TRY(clfi_cl(s, clRetainEvent(event), "clRetainEvent"));
    clfi_unlock(s);
    clWaitForEvents(1, &event); /* what went wrong is found when the slice is collected */
    clReleaseEvent(event);
    clfi_lock(s);
    return s->co.launches == launch ? clfi_slice_collect(s) : CLF_OK;
}

/* With nothing to run: waits for the next deadline, or until `end`, or until something changes. */
static void idle(clf_scheduler *s, double end)
{
    double deadline = clfi_next_deadline(s);
    clfi_wait(s, end == 0 || (deadline != 0 && deadline < end) ? deadline : end);
}

clf_status clfi_advance(clf_scheduler *s, double end)
{
    CLFI_TRY(clfi_calls_make(s));
    if (!s->co.in_flight) {
        CLFI_TRY(clfi_cancel_apply(s));
        if (!clfi_outstanding(s))
            return CLF_OK;
    }
    CLFI_TRY(clfi_deadlock_check(s));
    if (!s->co.in_flight && !clfi_runnable(s)) {
        idle(s, end);
        return CLF_OK;
    }
    if (!s->co.in_flight)
        CLFI_TRY(clfi_slice_enqueue(s, 0, NULL, NULL, end));
    else if (end != 0)
        clfi_bell_ring(s); /* who launched it may not be in a hurry */
    return wait_for_slice(s);
}

/* Whether what a caller waits for has happened. */
typedef bool (*condition)(const clf_scheduler *s, const void *data);

/* Whether another thread, the scheduler's own, runs the slices. (A function of the user's that it
 * calls may wait for fibers, too.) */
static bool thread_works(const clf_scheduler *s)
{
    return s->has_thread && !pthread_equal(s->thread, pthread_self());
}

/* The scheduler's own thread does the work: waits for it. */
static clf_status watch_thread(clf_scheduler *s, double end)
{
    if (s->thread_status != CLF_OK && s->pokes == s->thread_rests) {
        clfi_poke(s); /* told: it tries again */
        return clfi_fail(s, s->thread_status, "%s", s->thread_message);
    }
    CLFI_TRY(clfi_deadlock_check(s));
    clfi_wait(s, end);
    return CLF_OK;
}

static clf_status run_until(clf_scheduler *s, condition met, const void *data, double seconds)
{
    double end = seconds < 0 ? 0 : clfi_now() + seconds;
    while (!met(s, data)) {
        if (atomic_exchange(&s->interrupted, false))
            return clfi_fail(s, CLF_INTERRUPTED, "clf_interrupt was called; call again to go on");
        if (!clfi_outstanding(s) && !s->co.in_flight)
            return clfi_fail(s, CLF_INTERNAL,
                             "nothing is outstanding, but a live handle was waited for");
        clf_status status = thread_works(s) ? watch_thread(s, end) : clfi_advance(s, end);
        if (status == CLF_DEADLOCK && met(s, data))
            break; /* the others': what was waited for has just been cancelled */
        CLFI_TRY(status);
        if (seconds >= 0 && clfi_now() >= end && !met(s, data))
            return clfi_fail(s, CLF_TIMEOUT, "%g seconds have passed; call again to go on",
                             seconds);
    }
    return CLF_OK;
}

static clf_status check_seconds(clf_scheduler *s, double seconds)
{
    if (isnan(seconds))
        return clfi_fail(s, CLF_BAD_ARGUMENT,
                         "seconds is nan; it may be 0 or more, or CLF_FOREVER");
    return CLF_OK;
}

static bool is_idle(const clf_scheduler *s, const void *data)
{
    (void)data;
    return !s->co.in_flight && !clfi_outstanding(s);
}

clf_status clf_run(clf_scheduler *s, double seconds)
{
    CLFI_NEED_SCHEDULER(s);
    CLFI_NEED_PROGRAM(s);
    CLFI_TRY(check_seconds(s, seconds));
    return run_until(s, is_idle, NULL, seconds);
}

clf_status clf_step(clf_scheduler *s)
{
    CLFI_NEED_SCHEDULER(s);
    CLFI_NEED_PROGRAM(s);
    if (is_idle(s, NULL))
        return CLF_OK;
    CLFI_TRY(clfi_advance(s, clfi_now() + s->options.slice_ms * 1e-3));
    return clfi_outstanding(s) ? CLF_PENDING : CLF_OK;
}

clf_status clf_enqueue_slice(clf_scheduler *s, cl_uint num_events, const cl_event *wait_list,
                             cl_event *event)
{
    CLFI_NEED_SCHEDULER(s);
    CLFI_NEED_PROGRAM(s);
    if ((num_events == 0) != (wait_list == NULL))
        return clfi_fail(s, CLF_BAD_ARGUMENT,
                         "clf_enqueue_slice: num_events is %u, but wait_list is %s",
                         (unsigned)num_events, wait_list == NULL ? "null" : "not null");
    for (cl_uint i = 0; i < num_events; i++)
        if (wait_list[i] == NULL)
            return clfi_fail(s, CLF_BAD_ARGUMENT, "clf_enqueue_slice: wait_list[%u] is null",
                             (unsigned)i);
    if (s->co.in_flight)
        return clfi_fail(
            s, CLF_BUSY,
            "clf_enqueue_slice: a slice is in flight; clf_step or clf_run collects it");
    CLFI_TRY(clfi_calls_make(s));
    if (s->co.in_flight)
        return clfi_fail(s, CLF_BUSY, "clf_enqueue_slice: a host call has begun a slice");
    return clfi_slice_enqueue(s, num_events, wait_list, event, clfi_now());
}

void clf_interrupt(clf_scheduler *s)
{
    if (s == NULL)
        return;
    atomic_store(&s->interrupted, true);
    clfi_bell_ring(s);
    clfi_pipe_fill(s->wake);
}

static bool is_done(const clf_scheduler *s, const void *data)
{
    return s->handles.entry[*(const uint32_t *)data].state == CLFI_DONE;
}

/* ` "boss"`, or nothing. */
static void quoted(char *to, size_t size, const char *name)
{
    to[0] = '\0';
    if (name != NULL && name[0] != '\0')
        snprintf(to, size, " \"%.30s\"", name);
}

/* "fiber main failed with code -31011, unlock by another fiber than the holder (first in worker
 * "eve", dinner.fib:14)" */
static clf_status tell_failure(clf_scheduler *s, const char *fiber, const clfi_entry *e)
{
    const clf_failure *f = &e->failure;
    const char *text = clf_failure_text(f->code);
    char place[320], name[40], first[40], more[200] = "";
    quoted(name, sizeof name, e->name);
    quoted(first, sizeof first, f->name.text);
    if (f->fiber[0] == '\0')
        snprintf(place, sizeof place, "an unknown fiber");
    else if (f->file[0] != '\0')
        snprintf(place, sizeof place, "%.100s%s, %.100s:%u", f->fiber, first, f->file,
                 (unsigned)f->at);
    else
        snprintf(place, sizeof place, "%.100s%s, line or resume point %u", f->fiber, first,
                 (unsigned)f->at);
    if (f->code == CLF_FAIL_NO_CALL)
        clfi_call_missing(s, more, sizeof more);
    return clfi_fail(s, CLF_FIBER_FAILED, "fiber %s%s failed with code %d%s%s (first in %s)%s",
                     fiber, name, (int)f->code, text[0] != '\0' ? ", " : "", text, place, more);
}

clf_status clf_join(clf_scheduler *s, clf_handle handle, void *result, size_t size, double seconds)
{
    uint32_t slot = 0;
    CLFI_NEED_SCHEDULER(s);
    CLFI_NEED_PROGRAM(s);
    CLFI_TRY(clfi_handle_find(s, handle, &slot));
    const clf_fiber_info *f = &s->program.fiber[s->handles.entry[slot].fiber].info;
    CLFI_TRY(check_seconds(s, seconds));
    if (result == NULL && size != 0)
        return clfi_fail(s, CLF_BAD_ARGUMENT, "clf_join: result is null, but size is %zu", size);
    if (result != NULL && f->result_size == 0)
        return clfi_fail(
            s, CLF_WRONG_SIZE,
            "clf_join: fiber %s gives no result: pass NULL and 0 for it, not %zu bytes", f->name,
            size);
    if (result != NULL && size != f->result_size)
        return clfi_fail(s, CLF_WRONG_SIZE,
                         "clf_join: size is %zu, but the result of fiber %s (%s) has %zu byte%s",
                         size, f->name, f->result_type, f->result_size,
                         f->result_size == 1 ? "" : "s");
    CLFI_TRY(run_until(s, is_done, &slot, seconds));
    const clfi_entry *e = &s->handles.entry[slot];
    clf_status status = CLF_OK;
    if (e->code == CLF_CANCELLED && e->cancelled) {
        status = clfi_fail(s, CLF_CANCELLED, "fiber %s was cancelled", f->name);
    } else if (e->code != 0) {
        s->failure = e->failure;
        status = tell_failure(s, f->name, e);
    } else if (result != NULL) {
        memcpy(result, s->handles.result + slot * s->handles.stride, size);
    }
    clfi_handle_drop(s, slot);
    return status;
}

typedef struct handle_set {
    const clf_handle *handles;
    size_t count;
} handle_set;

static size_t first_done(const clf_scheduler *s, const handle_set *set)
{
    size_t i = 0;
    while (i < set->count && s->handles.entry[(uint32_t)set->handles[i] - 1].state != CLFI_DONE)
        i++;
    return i;
}

static bool any_done(const clf_scheduler *s, const void *data)
{
    const handle_set *set = data;
    return first_done(s, set) < set->count;
}

clf_status clf_wait_any(clf_scheduler *s, const clf_handle *handles, size_t count, size_t *index,
                        double seconds)
{
    CLFI_NEED_SCHEDULER(s);
    CLFI_NEED(s, handles);
    CLFI_NEED(s, index);
    CLFI_NEED_PROGRAM(s);
    CLFI_TRY(check_seconds(s, seconds));
    if (count == 0)
        return clfi_fail(s, CLF_BAD_ARGUMENT,
                         "clf_wait_any: count is 0: there is nothing to wait for");
    uint32_t slot = 0;
    for (size_t i = 0; i < count; i++)
        CLFI_TRY(clfi_handle_find(s, handles[i], &slot));
    handle_set set = {handles, count};
    CLFI_TRY(run_until(s, any_done, &set, seconds));
    *index = first_done(s, &set);
    return CLF_OK;
}
