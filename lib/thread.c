/* thread.c - the coordinator's own thread, if the user wants one: it runs slices while there is
 * something to run, and sleeps otherwise. */
#include "clfi.h"

#include <errno.h>
#include <string.h>

/* After an error there is no use in trying again before something has changed. */
static void rest(clf_scheduler *s, clf_status status)
{
    s->thread_status = status;
    memcpy(s->thread_message, s->message, sizeof s->thread_message);
    clfi_poke(s); /* who waits for the thread's work is told */
    s->thread_rests = s->pokes;
    while (s->pokes == s->thread_rests && !s->thread_stop)
        clfi_wait(s, 0);
    s->thread_status = CLF_OK;
}

static void *run(void *data)
{
    clf_scheduler *s = data;
    clfi_lock(s);
    while (!s->thread_stop) {
        clf_status status = CLF_OK;
        if (s->co.in_flight || clfi_outstanding(s))
            status = clfi_advance(s, 0);
        else
            clfi_wait(s, 0);
        if (status != CLF_OK)
            rest(s, status);
    }
    clfi_unlock(s);
    return NULL;
}

clf_status clf_thread_start(clf_scheduler *s)
{
    CLFI_NEED_SCHEDULER(s);
    if (s->has_thread)
        return clfi_fail(
            s, CLF_BUSY,
            "clf_thread_start: the thread is running already; clf_thread_stop ends it");
    s->thread_stop = false;
    s->thread_status = CLF_OK;
    int error = pthread_create(&s->thread, NULL, run, s);
    if (error != 0)
        return clfi_fail(s, CLF_LIMIT, "clf_thread_start: no thread can be made: %s",
                         strerror(error));
    s->has_thread = true;
    return CLF_OK;
}

clf_status clf_thread_stop(clf_scheduler *s)
{
    pthread_t thread;
    {
        CLFI_NEED_SCHEDULER(s);
        if (!s->has_thread)
            return clfi_fail(s, CLF_BAD_ARGUMENT,
                             "clf_thread_stop: no thread is running: call clf_thread_start first");
        if (pthread_equal(s->thread, pthread_self()))
            return clfi_fail(s, CLF_BUSY,
                             "clf_thread_stop: called by the thread itself, which cannot wait for "
                             "its own end");
        thread = s->thread;
        s->has_thread = false;
        s->thread_stop = true;
        clfi_poke(s);
    }
    pthread_join(thread, NULL);
    return CLF_OK;
}
