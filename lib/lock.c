/* lock.c - the scheduler's lock, and how threads wait for one another.
 *
 * Every public function holds the lock from CLFI_NEED_SCHEDULER on; nobody holds it while a slice
 * runs (wait_for_slice in run.c), while it sleeps, or while functions of the user's are called:
 * those are called when the lock would be released (clfi_deliver), so that they may call the
 * library.
 *
 * A thread that has to wait for something to change waits on `changed`, or, if it is the only one,
 * on the pipe `wake`: a signal handler cannot signal a condition, but it can write to a pipe. Who
 * waits on the pipe passes the news on to the others.
 */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE /* ppoll: to the nanosecond */
#endif
#include "clfi.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <time.h>
#include <unistd.h>

#define LONGEST_WAIT \
    3600.0 /* seconds: then the conditions are looked at again, which does no harm */
#define WITHOUT_PIPE 0.005
#define REFUSED_WAIT 0.01 /* then an event that OpenCL did not let be set is tried again */

bool clfi_pipe_open(int ends[2])
{
    if (pipe(ends) != 0) {
        ends[0] = ends[1] = -1;
        return false;
    }
    for (int i = 0; i < 2; i++) {
        fcntl(ends[i], F_SETFD, FD_CLOEXEC);
        fcntl(ends[i], F_SETFL, fcntl(ends[i], F_GETFL) | O_NONBLOCK);
    }
    return true;
}

void clfi_pipe_close(int ends[2])
{
    for (int i = 0; i < 2; i++)
        if (ends[i] >= 0)
            close(ends[i]);
    ends[0] = ends[1] = -1;
}

/* May be called in a signal handler. A full pipe wakes as well as one with one byte. */
void clfi_pipe_fill(const int ends[2])
{
    int before = errno;
    ssize_t written = ends[1] >= 0 ? write(ends[1], "", 1) : 0;
    (void)written;
    errno = before;
}

void clfi_pipe_drain(const int ends[2])
{
    char some[64];
    while (ends[0] >= 0 && read(ends[0], some, sizeof some) > 0)
        ;
}

clf_status clfi_lock_make(clf_scheduler *s)
{
    pthread_mutexattr_t kind;
    pthread_condattr_t clock;
    int error = pthread_mutexattr_init(&kind);
    if (error != 0)
        return clfi_no_memory(NULL, sizeof s->mutex, "a lock");
    pthread_mutexattr_settype(&kind, PTHREAD_MUTEX_RECURSIVE);
    error = pthread_mutex_init(&s->mutex, &kind);
    pthread_mutexattr_destroy(&kind);
    if (error == 0 && (error = pthread_condattr_init(&clock)) == 0) {
        pthread_condattr_setclock(&clock, CLOCK_MONOTONIC);
        error = pthread_cond_init(&s->changed, &clock);
        pthread_condattr_destroy(&clock);
    }
    clfi_pipe_open(s->wake); /* without one, waits are short */
    return error == 0 ? CLF_OK : clfi_no_memory(NULL, sizeof s->mutex, "a lock");
}

void clfi_lock_free(clf_scheduler *s)
{
    clfi_pipe_close(s->wake);
    pthread_cond_destroy(&s->changed);
    pthread_mutex_destroy(&s->mutex);
}

clf_scheduler *clfi_lock(clf_scheduler *s)
{
    pthread_mutex_lock(&s->mutex);
    s->depth++;
    return s;
}

void clfi_unlock(clf_scheduler *s)
{
    if (s->depth == 1)
        clfi_deliver(s);
    s->depth--;
    pthread_mutex_unlock(&s->mutex);
}

void clfi_leave(clf_scheduler **guard)
{
    clfi_unlock(*guard);
}

void clfi_poke(clf_scheduler *s)
{
    s->pokes++;
    clfi_bell_ring(s);
    if (s->waiters != 0)
        pthread_cond_broadcast(&s->changed);
    if (s->polling)
        clfi_pipe_fill(s->wake);
}

/* Of a time that is not negative. */
static struct timespec timespec_of(double seconds)
{
    time_t whole = (time_t)seconds;
    return (struct timespec){whole, (long)((seconds - (double)whole) * 1e9)};
}

static void poll_pipe(clf_scheduler *s, double seconds)
{
    struct pollfd p = {.fd = s->wake[0], .events = POLLIN};
    if (s->wake[0] < 0 && seconds > WITHOUT_PIPE)
        seconds = WITHOUT_PIPE;
    struct timespec wait = timespec_of(seconds);
    s->polling = true;
    clfi_unlock(s);
    ppoll(&p, 1, &wait, NULL); /* a negative descriptor is ignored */
    clfi_lock(s);
    clfi_pipe_drain(s->wake);
    s->polling = false;
    if (s->waiters != 0)
        pthread_cond_broadcast(&s->changed);
}

void clfi_wait(clf_scheduler *s, double until)
{
    double now = clfi_now();
    if (until == 0 || until > now + LONGEST_WAIT)
        until = now + LONGEST_WAIT;
    if (clfi_deliver(s) || until <= now)
        return; /* what the caller saw may have changed meanwhile */
    if (s->due != NULL && until > now + REFUSED_WAIT)
        until = now + REFUSED_WAIT;
    if (!s->polling) {
        poll_pipe(s, until - now);
        return;
    }
    struct timespec at = timespec_of(until);
    s->waiters++;
    s->depth--; /* others count while this one waits */
    pthread_cond_timedwait(&s->changed, &s->mutex, &at);
    s->depth++;
    s->waiters--;
}
