/* test_notify.c - what tells the host of completions, the library's own thread, host calls that end
 * later, and several threads on one scheduler. Built once more with the library under
 * ThreadSanitizer. */
#include "support.h"

#include <poll.h>
#include <pthread.h>
#include <unistd.h>

static clf_scheduler *s;

static void open_fib(void)
{
    s = open_scheduler(OPTIONS(.workers = 2), "fib");
}

static void close_fib(void)
{
    clf_destroy(s);
}

/* ---- functions ---------------------------------------------------------------------- */

enum { FIBERS = 60 };

typedef struct told {
    clf_handle handle[FIBERS];
    int times[FIBERS];
    int count;
} told;

static void tell(clf_scheduler *scheduler, clf_handle handle, void *user)
{
    told *t = user;
    cl_long result = 0;
    int i = 0;
    while (t->handle[i] != handle)
        i++;
    t->times[i]++;
    t->count++;
    must(scheduler, clf_poll(scheduler, handle));
    must(scheduler, clf_join(scheduler, handle, &result, sizeof result, 0));
    ck_assert_int_eq(result, host_fib(i % 12));
    /* the function may start fibers, too */
    if (i == 0)
        must(scheduler, clf_start(scheduler, "fib", 1, &CLF_INT(5), NULL));
}

START_TEST(functions_are_called_once)
{
    told t = {.count = 0};
    for (int i = 0; i < FIBERS; i++) {
        t.handle[i] = start_fib(s, i % 12);
        must(s, clf_on_completion(s, t.handle[i], tell, &t));
    }
    must(s, clf_run(s, CLF_FOREVER));
    ck_assert_int_eq(t.count, FIBERS);
    for (int i = 0; i < FIBERS; i++)
        ck_assert_int_eq(t.times[i], 1);
}
END_TEST

/* Waits for a fiber in the function, whichever thread calls it. */
static void wait_inside(clf_scheduler *scheduler, clf_handle handle, void *user)
{
    (void)handle;
    clf_handle other = start_fib(scheduler, 9);
    must(scheduler, clf_join(scheduler, other, user, sizeof(cl_long), CLF_FOREVER));
}

START_TEST(a_function_may_wait)
{
    cl_long result = 0;
    clf_handle handle = start_fib(s, 5);
    must(s, clf_on_completion(s, handle, wait_inside, &result));
    if (_i == 1)
        must(s, clf_thread_start(s));
    must(s, clf_run(s, CLF_FOREVER));
    if (_i == 1)
        must(s, clf_thread_stop(s));
    ck_assert_int_eq(result, host_fib(9));
}
END_TEST

static void count(clf_scheduler *scheduler, clf_handle handle, void *user)
{
    (void)scheduler;
    (void)handle;
    ++*(int *)user;
}

START_TEST(a_completed_fiber_is_told_of_at_once)
{
    int times = 0;
    clf_handle handle = start_fib(s, 5);
    must(s, clf_run(s, CLF_FOREVER));
    must(s, clf_on_completion(s, handle, count, &times));
    ck_assert_int_eq(times, 1);
    must(s, clf_on_completion(s, handle, count, &times));
    ck_assert_int_eq(times, 2);
    must(s, clf_join(s, handle, NULL, 0, 0));
    gives(s, CLF_STALE_HANDLE, clf_on_completion(s, handle, count, &times));
    refuses(s, CLF_BAD_ARGUMENT, "function", clf_on_completion(s, start_fib(s, 1), NULL, NULL));
    /* given up, it is still told of; with the scheduler gone, not */
    handle = start_fib(s, 5);
    must(s, clf_on_completion(s, handle, count, &times));
    must(s, clf_detach(s, handle));
    must(s, clf_run(s, CLF_FOREVER));
    ck_assert_int_eq(times, 3);
    must(s, clf_on_completion(s, start_fib(s, 5), count, &times));
    clf_destroy(s);
    ck_assert_int_eq(times, 3);
    open_fib();
}
END_TEST

/* ---- events ------------------------------------------------------------------------- */

static cl_int event_status(cl_event event)
{
    cl_int status = 1;
    must_cl(clGetEventInfo(event, CL_EVENT_COMMAND_EXECUTION_STATUS, sizeof status, &status, NULL));
    return status;
}

START_TEST(an_event_completes_with_the_last_fiber)
{
    clf_handle handle[3] = {start_fib(s, 3)};
    cl_event event, nothing;
    must(s, clf_join(s, handle[0], NULL, 0, CLF_FOREVER));
    handle[1] = start_fib(s, 15);
    handle[2] = start_fib(s, 8);
    gives(s, CLF_STALE_HANDLE, clf_completion_event(s, handle, 3, &event));
    must(s, clf_completion_event(s, handle + 1, 2, &event));
    ck_assert_int_ne(event_status(event), CL_COMPLETE);
    must(s, clf_thread_start(s));
    must_cl(clWaitForEvents(1, &event));
    ck_assert_int_eq(event_status(event), CL_COMPLETE);
    must(s, clf_poll(s, handle[1]));
    must(s, clf_poll(s, handle[2]));
    must(s, clf_thread_stop(s));
    must_cl(clReleaseEvent(event));
    must(s, clf_completion_event(s, handle + 2, 1, &event));
    ck_assert_int_eq(event_status(event), CL_COMPLETE);
    must_cl(clReleaseEvent(event));
    refuses(s, CLF_BAD_ARGUMENT, "count", clf_completion_event(s, handle, 0, &nothing));
    /* who waits for what does not come is not left waiting */
    clf_handle never = start_fib(s, 3);
    must(s, clf_completion_event(s, &never, 1, &event));
    clf_destroy(s);
    ck_assert_int_eq(event_status(event), CLF_CANCELLED);
    must_cl(clReleaseEvent(event));
    open_fib();
}
END_TEST

START_TEST(an_event_says_that_a_fiber_failed)
{
    build_program(s, "hostcall");
    clf_handle handle;
    cl_event event;
    clf_arg args[] = {CLF_UINT(0), CLF_UINT(8), CLF_UINT(1)};
    must(s, clf_start(s, "asker", 3, args, &handle));
    must(s, clf_completion_event(s, &handle, 1, &event));
    must(s, clf_run(s, CLF_FOREVER));
    ck_assert_int_eq(event_status(event), CLF_FIBER_FAILED);
    must_cl(clReleaseEvent(event));
}
END_TEST

/* ---- the descriptor ----------------------------------------------------------------- */

static bool readable(int descriptor, int milliseconds)
{
    struct pollfd p = {.fd = descriptor, .events = POLLIN};
    return poll(&p, 1, milliseconds) == 1;
}

START_TEST(the_descriptor_says_what_drain_would)
{
    int descriptor = -1;
    clf_handle handle[2] = {start_fib(s, 3), start_fib(s, 4)}, drained[2];
    size_t n;
    must(s, clf_completion_fd(s, &descriptor));
    ck_assert(!readable(descriptor, 0));
    must(s, clf_run(s, CLF_FOREVER));
    ck_assert(readable(descriptor, 0));
    must(s, clf_drain(s, drained, 1, &n));
    ck_assert(readable(descriptor, 0));
    must(s, clf_drain(s, drained, 1, &n));
    ck_assert_uint_eq(n, 1);
    ck_assert(!readable(descriptor, 0));
    handle[0] = start_fib(s, 3);
    must(s, clf_join(s, handle[0], NULL, 0, CLF_FOREVER));
    ck_assert(!readable(descriptor, 0));
    int again = -2;
    must(s, clf_completion_fd(s, &again));
    ck_assert_int_eq(again, descriptor);
}
END_TEST

START_TEST(a_poll_loop_sees_every_fiber)
{
    int descriptor = -1;
    bool seen[FIBERS] = {false};
    clf_handle handle[FIBERS], done[8];
    must(s, clf_completion_fd(s, &descriptor));
    must(s, clf_thread_start(s));
    for (int i = 0; i < FIBERS; i++)
        handle[i] = start_fib(s, i % 15);
    for (size_t left = FIBERS, n = 0; left != 0; left -= n) {
        ck_assert(readable(descriptor, -1));
        must(s, clf_drain(s, done, 8, &n));
        for (size_t k = 0; k < n; k++) {
            int i = 0;
            cl_long result = 0;
            while (handle[i] != done[k])
                i++;
            ck_assert(!seen[i]);
            seen[i] = true;
            must(s, clf_join(s, done[k], &result, sizeof result, 0));
            ck_assert_int_eq(result, host_fib(i % 15));
        }
    }
    ck_assert(!readable(descriptor, 0));
}
END_TEST

/* ---- the library's thread ----------------------------------------------------------- */

START_TEST(the_thread_runs_and_rests)
{
    gives(s, CLF_BAD_ARGUMENT, clf_thread_stop(s));
    must(s, clf_thread_start(s));
    gives(s, CLF_BUSY, clf_thread_start(s));
    for (int i = 0; i < 20; i++)
        ck_assert_int_eq(fiber_fib(s, 10 + i % 5), host_fib(10 + i % 5));
    clf_handle handle[2] = {start_fib(s, 18), start_fib(s, 3)};
    size_t index = 9;
    must(s, clf_wait_any(s, handle, 2, &index, CLF_FOREVER));
    ck_assert_uint_lt(index, 2);
    must(s, clf_run(s, CLF_FOREVER));
    must(s, clf_thread_stop(s));
    check_balanced(s);
    /* and by hand again */
    ck_assert_int_eq(fiber_fib(s, 10), 55);
    must(s, clf_thread_start(s)); /* clf_destroy ends it */
}
END_TEST

/* What stops the thread is told to who waits, and it goes on when that has been put right. */
START_TEST(the_thread_s_errors_are_told)
{
    build_program(s, "sleep");
    clf_handle handle;
    cl_uint result = 0;
    clf_arg args[] = {CLF_UINT(0), CLF_UINT(1000), CLF_UINT(2)};
    must(s, clf_thread_start(s));
    must(s, clf_start(s, "naps", 3, args, &handle));
    refuses(s, CLF_UNBOUND_ENV, "words", clf_join(s, handle, &result, sizeof result, CLF_FOREVER));
    cl_mem words = bind_words(s, "words", 1);
    must(s, clf_join(s, handle, &result, sizeof result, CLF_FOREVER));
    ck_assert_uint_eq(result, 100);
    must_cl(clReleaseMemObject(words));
}
END_TEST

static void *interrupt_soon(void *unused)
{
    (void)unused;
    clf_interrupt(s);
    return NULL;
}

/* An hour's sleep, from which only the interrupt wakes; with the thread and without. */
START_TEST(an_interrupt_ends_the_wait)
{
    build_program(s, "sleep");
    cl_mem words = bind_words(s, "words", 1);
    clf_handle handle;
    pthread_t thread;
    clf_arg args[] = {CLF_UINT(0), CLF_UINT(3600u * 1000000u), CLF_UINT(1)};
    must(s, clf_start(s, "naps", 3, args, &handle));
    if (_i == 1)
        must(s, clf_thread_start(s));
    gives(s, CLF_TIMEOUT, clf_join(s, handle, NULL, 0, 0.01));
    ck_assert_int_eq(pthread_create(&thread, NULL, interrupt_soon, NULL), 0);
    gives(s, CLF_INTERRUPTED, clf_join(s, handle, NULL, 0, CLF_FOREVER));
    ck_assert_int_eq(pthread_join(thread, NULL), 0);
    must_cl(clReleaseMemObject(words));
}
END_TEST

/* ---- host calls that end later ------------------------------------------------------ */

enum { CALLS = 50 };

static struct {
    pthread_mutex_t mutex;
    pthread_cond_t came;
    clf_hostcall *call[CALLS];
    int count;
} mail = {.mutex = PTHREAD_MUTEX_INITIALIZER, .came = PTHREAD_COND_INITIALIZER};

static int32_t post(clf_hostcall *call, void *user)
{
    (void)user;
    pthread_mutex_lock(&mail.mutex);
    mail.call[mail.count++] = call;
    pthread_cond_signal(&mail.came);
    pthread_mutex_unlock(&mail.mutex);
    return CLF_CALL_LATER;
}

/* The helper: ends calls newest first, some with a code; perhaps before `post` has returned. */
static void *helper(void *unused)
{
    (void)unused;
    for (int left = CALLS; left != 0; left--) {
        pthread_mutex_lock(&mail.mutex);
        while (mail.count == 0)
            pthread_cond_wait(&mail.came, &mail.mutex);
        clf_hostcall *call = mail.call[--mail.count];
        pthread_mutex_unlock(&mail.mutex);
        const cl_uint *id = call->argument;
        *(cl_ulong *)call->result = 1000 + *id;
        must(s, clf_hostcall_finish(s, call, *id % 10 == 3 ? 77 : 0));
    }
    return NULL;
}

START_TEST(calls_end_in_another_thread)
{
    build_program(s, "hostcall");
    clf_handle handle[CALLS];
    pthread_t thread;
    must(s, clf_hostcall_register(s, 4, post, NULL));
    ck_assert_int_eq(pthread_create(&thread, NULL, helper, NULL), 0);
    if (_i == 1)
        must(s, clf_thread_start(s));
    for (cl_uint i = 0; i < CALLS; i++) {
        clf_arg args[] = {CLF_ARG(i), CLF_UINT(4), CLF_UINT(1)};
        must(s, clf_start(s, "asker", 3, args, &handle[i]));
    }
    for (cl_uint i = 0; i < CALLS; i++) {
        cl_ulong sum = 0;
        clf_status status = clf_join(s, handle[i], &sum, sizeof sum, CLF_FOREVER);
        ck_assert_int_eq(status, i % 10 == 3 ? CLF_FIBER_FAILED : CLF_OK);
        ck_assert_uint_eq(sum, i % 10 == 3 ? 0 : 1000 + i);
    }
    ck_assert_int_eq(pthread_join(thread, NULL), 0);
}
END_TEST

/* ---- many threads ------------------------------------------------------------------- */

enum { THREADS = 4, TURNS = 12 };

static void *use(void *number)
{
    int me = (int)(intptr_t)number;
    for (int turn = 0; turn < TURNS; turn++) {
        int n = 5 + (me + turn) % 9;
        cl_long result = 0;
        clf_handle handle = start_fib(s, n), other = start_fib(s, 3);
        clf_status status = clf_poll(s, handle);
        ck_assert(status == CLF_OK || status == CLF_PENDING);
        gives(s, CLF_STALE_HANDLE, clf_poll(s, 12345678));
        ck_assert_ptr_nonnull(strstr(clf_message(s), "0xbc614e"));
        must(s, clf_join(s, handle, &result, sizeof result, CLF_FOREVER));
        ck_assert_int_eq(result, host_fib(n));
        must(s, clf_detach(s, other));
        if (turn % 4 == 0)
            (void)get_stats(s);
    }
    return NULL;
}

START_TEST(threads_share_a_scheduler)
{
    pthread_t thread[THREADS];
    if (_i == 1)
        must(s, clf_thread_start(s));
    for (int i = 0; i < THREADS; i++)
        ck_assert_int_eq(pthread_create(&thread[i], NULL, use, (void *)(intptr_t)i), 0);
    for (int i = 0; i < THREADS; i++)
        ck_assert_int_eq(pthread_join(thread[i], NULL), 0);
    must(s, clf_run(s, CLF_FOREVER));
    check_balanced(s);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("notify");
    TCase *tcase = new_case(suite, "completions");
    tcase_add_checked_fixture(tcase, open_fib, close_fib);
    tcase_add_test(tcase, functions_are_called_once);
    tcase_add_test(tcase, a_completed_fiber_is_told_of_at_once);
    tcase_add_test(tcase, an_event_completes_with_the_last_fiber);
    tcase_add_test(tcase, an_event_says_that_a_fiber_failed);
    tcase_add_test(tcase, the_descriptor_says_what_drain_would);
    tcase_add_test(tcase, a_poll_loop_sees_every_fiber);
    TCase *threads = new_case(suite, "threads");
    tcase_add_checked_fixture(threads, open_fib, close_fib);
    tcase_add_test(threads, the_thread_runs_and_rests);
    tcase_add_test(threads, the_thread_s_errors_are_told);
    tcase_add_loop_test(threads, a_function_may_wait, 0, 2);
    tcase_add_loop_test(threads, an_interrupt_ends_the_wait, 0, 2);
    tcase_add_loop_test(threads, calls_end_in_another_thread, 0, 2);
    tcase_add_loop_test(threads, threads_share_a_scheduler, 0, 2);
    return test_main(suite, true);
}
