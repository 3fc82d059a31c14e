/* notify.c - what tells the host that handles have completed: functions that are called, OpenCL
 * events, and a descriptor for poll loops.
 *
 * A watch waits for one or more handles; each of their entries lists it. When the last of them has
 * completed the watch is due, and is delivered when the lock is released.
 */
#include "clfi.h"

#include <stdlib.h>

struct clfi_watch {
    struct clfi_watch *next; /* among those that are due */
    size_t missing;          /* handles that have not completed */
    bool failed;             /* one of them failed */
    clf_completion_function function;
    void *user;
    clf_handle handle;
    cl_event event;
};

struct clfi_watcher {
    struct clfi_watcher *next;
    clfi_watch *watch;
};

static cl_int outcome_of(const clfi_watch *w)
{
    return w->failed && w->event != NULL ? (cl_int)CLF_FIBER_FAILED : CL_COMPLETE;
}

/* Whether the user event is set, by us or somebody else: that will not change. */
static bool set_event(cl_event event, cl_int status)
{
    cl_int error = clSetUserEventStatus(event, status);
    if (error != CL_SUCCESS) /* others may wait for it: at once a second time */
        error = clSetUserEventStatus(event, status);
    return error == CL_SUCCESS || error == CL_INVALID_OPERATION || error == CL_INVALID_EVENT;
}

/* False: OpenCL does not take it; nothing was done. */
static bool tell(clf_scheduler *s, const clfi_watch *w, cl_int status)
{
    if (w->event != NULL && !set_event(w->event, status))
        return false;
    if (w->function != NULL && status == CL_COMPLETE)
        w->function(s, w->handle, w->user);
    return true;
}

static void watch_free(clfi_watch *w)
{
    if (w->event != NULL)
        clReleaseEvent(w->event);
    free(w);
}

static void put_first(clf_scheduler *s, clfi_watch *w)
{
    w->next = s->due;
    if (s->due == NULL)
        s->due_end = &w->next;
    s->due = w;
}

/* What OpenCL does not take stays due: the next call of the library tries again. */
bool clfi_deliver(clf_scheduler *s)
{
    bool any = false, told = true;
    while (s->due != NULL && s->depth == 1 && told) {
        clfi_watch *w = s->due;
        s->due = w->next;
        if (s->due == NULL)
            s->due_end = &s->due;
        s->depth--;
        pthread_mutex_unlock(&s->mutex);
        told = tell(s, w, outcome_of(w));
        if (told)
            watch_free(w);
        pthread_mutex_lock(&s->mutex);
        s->depth++;
        if (!told)
            put_first(s, w);
        any |= told;
    }
    return any;
}

static void one_less(clf_scheduler *s, clfi_watch *w, bool failed)
{
    w->failed |= failed;
    if (--w->missing != 0)
        return;
    w->next = NULL;
    if (s->due == NULL)
        s->due_end = &s->due;
    *s->due_end = w;
    s->due_end = &w->next;
}

/* The completed entry's watches, first come, first served. */
void clfi_notify(clf_scheduler *s, clfi_entry *e)
{
    clfi_watcher *list = NULL;
    while (e->watchers != NULL) {
        clfi_watcher *first = e->watchers;
        e->watchers = first->next;
        first->next = list;
        list = first;
    }
    while (list != NULL) {
        clfi_watcher *first = list;
        list = first->next;
        one_less(s, first->watch, e->code != 0);
        free(first);
    }
}

/* The scheduler ends, or its program: what these waited for will not come. */
void clfi_notify_never(clf_scheduler *s)
{
    for (uint32_t i = 0; i < s->handles.room; i++) {
        clfi_entry *e = &s->handles.entry[i];
        while (e->watchers != NULL) {
            clfi_watcher *first = e->watchers;
            e->watchers = first->next;
            if (--first->watch->missing == 0) {
                tell(s, first->watch, (cl_int)CLF_CANCELLED);
                watch_free(first->watch);
            }
            free(first);
        }
    }
}

void clfi_notify_last(clf_scheduler *s)
{
    clfi_notify_never(s);
    while (s->due != NULL) {
        clfi_watch *w = s->due;
        s->due = w->next;
        if (w->event != NULL)
            set_event(w->event, outcome_of(w));
        watch_free(w);
    }
    s->due_end = &s->due;
}

/* ---- watching ----------------------------------------------------------------------- */

static bool add_watcher(clf_scheduler *s, clf_handle handle, clfi_watch *w)
{
    clfi_watcher *watcher = malloc(sizeof *watcher);
    if (watcher == NULL)
        return false;
    clfi_entry *e = &s->handles.entry[(uint32_t)handle - 1];
    *watcher = (clfi_watcher){e->watchers, w};
    e->watchers = watcher;
    return true;
}

/* Takes the first `count` handles' watchers off again. */
static void undo(clf_scheduler *s, const clf_handle *handles, size_t count)
{
    while (count-- != 0) {
        clfi_entry *e = &s->handles.entry[(uint32_t)handles[count] - 1];
        clfi_watcher *first = e->watchers;
        e->watchers = first->next;
        free(first);
    }
}

/* Lists the watch at its handles; those that have completed count at once. */
static clf_status watch(clf_scheduler *s, const clf_handle *handles, size_t count, clfi_watch *w)
{
    for (size_t i = 0; i < count; i++)
        if (!add_watcher(s, handles[i], w)) {
            undo(s, handles, i);
            return clfi_no_memory(s, sizeof(clfi_watcher), "a notification");
        }
    w->missing = count + 1; /* one for this function: not due before all are listed */
    for (size_t i = 0; i < count; i++) {
        clfi_entry *e = &s->handles.entry[(uint32_t)handles[i] - 1];
        if (e->state == CLFI_DONE)
            clfi_notify(s, e);
    }
    one_less(s, w, false);
    return CLF_OK;
}

clf_status clf_on_completion(clf_scheduler *s, clf_handle handle, clf_completion_function function,
                             void *user)
{
    uint32_t slot = 0;
    CLFI_NEED_SCHEDULER(s);
    CLFI_NEED(s, function);
    CLFI_TRY(clfi_handle_find(s, handle, &slot));
    clfi_watch *w = malloc(sizeof *w);
    if (w == NULL)
        return clfi_no_memory(s, sizeof *w, "a notification");
    *w = (clfi_watch){.function = function, .user = user, .handle = handle};
    clf_status status = watch(s, &handle, 1, w);
    if (status != CLF_OK)
        free(w);
    return status;
}

clf_status clf_completion_event(clf_scheduler *s, const clf_handle *handles, size_t count,
                                cl_event *event)
{
    uint32_t slot = 0;
    cl_int error;
    CLFI_NEED_SCHEDULER(s);
    CLFI_NEED(s, handles);
    CLFI_NEED(s, event);
    if (count == 0)
        return clfi_fail(s, CLF_BAD_ARGUMENT,
                         "clf_completion_event: count is 0: there is nothing to wait for");
    for (size_t i = 0; i < count; i++)
        CLFI_TRY(clfi_handle_find(s, handles[i], &slot));
    clfi_watch *w = malloc(sizeof *w);
    if (w == NULL)
        return clfi_no_memory(s, sizeof *w, "a notification");
    *w = (clfi_watch){.event = clCreateUserEvent(s->context, &error)};
    cl_event made = w->event, callers = NULL;
    clf_status status = clfi_cl(s, error, "clCreateUserEvent");
    if (status == CLF_OK)
        status = clfi_cl(s, clRetainEvent(made), "clRetainEvent");
    if (status == CLF_OK) {
        callers = made;
        status = watch(s, handles, count, w);
    }
    if (status == CLF_OK) {
        *event = callers;
        return CLF_OK;
    }
    if (callers != NULL)
        clReleaseEvent(callers);
    if (made != NULL)
        clReleaseEvent(made);
    free(w);
    return status;
}

/* ---- a descriptor ------------------------------------------------------------------- */

/* There is a byte in the pipe while clf_drain would give a handle. */
void clfi_level(clf_scheduler *s, bool any)
{
    if (s->level[0] < 0 || any == s->level_full)
        return;
    if (any)
        clfi_pipe_fill(s->level);
    else
        clfi_pipe_drain(s->level);
    s->level_full = any;
}

clf_status clf_completion_fd(clf_scheduler *s, int *descriptor)
{
    CLFI_NEED_SCHEDULER(s);
    CLFI_NEED(s, descriptor);
    if (s->level[0] < 0 && !clfi_pipe_open(s->level))
        return clfi_fail(s, CLF_LIMIT,
                         "clf_completion_fd: no pipe can be made: the process has too many open "
                         "files");
    clfi_level(s, clfi_handles_done(s));
    *descriptor = s->level[0];
    return CLF_OK;
}
