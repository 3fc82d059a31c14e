/* test_join.c - the host's side of starting and waiting: joins, polls, waiting for any, draining,
 * detaching, time-outs and interruptions, and handles that are stale. */
#include "support.h"

#include <math.h>
#include <pthread.h>
#include <signal.h>

static clf_scheduler *s;

static void open_fib(void)
{
    s = open_scheduler(OPTIONS(.workers = 2, .slice = 200), "fib");
}

static void close_any(void)
{
    clf_destroy(s);
}

static cl_long join_fib(clf_handle handle)
{
    cl_long result = -1;
    must(s, clf_join(s, handle, &result, sizeof result, CLF_FOREVER));
    return result;
}

/* ---- joining ------------------------------------------------------------------------ */

START_TEST(joins_in_any_order)
{
    clf_handle handles[21];
    for (int n = 0; n <= 20; n++)
        handles[n] = start_fib(s, n);
    for (int k = 0; k <= 20; k++) {
        int n = (k * 8) % 21;
        ck_assert_int_eq(join_fib(handles[n]), host_fib(n));
    }
    check_balanced(s);
}
END_TEST

START_TEST(handles_differ)
{
    clf_handle handles[300];
    for (int i = 0; i < 300; i++) {
        handles[i] = start_fib(s, 1);
        for (int j = 0; j < i; j++)
            ck_assert_uint_ne(handles[i], handles[j]);
        if (i % 2)
            ck_assert_int_eq(join_fib(handles[i]), 1);
    }
}
END_TEST

static void check_stale(clf_handle handle)
{
    cl_long result = 4321;
    size_t index = 4321;
    gives(s, CLF_STALE_HANDLE, clf_join(s, handle, &result, sizeof result, CLF_FOREVER));
    ck_assert_int_gt(strlen(clf_message(s)), 0);
    gives(s, CLF_STALE_HANDLE, clf_join(s, handle, NULL, 0, 0));
    gives(s, CLF_STALE_HANDLE, clf_poll(s, handle));
    gives(s, CLF_STALE_HANDLE, clf_detach(s, handle));
    gives(s, CLF_STALE_HANDLE, clf_wait_any(s, &handle, 1, &index, CLF_FOREVER));
    ck_assert_int_eq(result, 4321);
    ck_assert_uint_eq(index, 4321);
}

START_TEST(a_second_join_is_stale)
{
    clf_handle handle = start_fib(s, 10);
    ck_assert_int_eq(join_fib(handle), 55);
    check_stale(handle);
    /* Its slot given to somebody else, it still is. */
    clf_handle others[50];
    for (int i = 0; i < 50; i++)
        others[i] = start_fib(s, i % 10);
    check_stale(handle);
    for (int i = 0; i < 50; i++)
        ck_assert_int_eq(join_fib(others[i]), host_fib(i % 10));
    check_usable(s);
}
END_TEST

START_TEST(handles_nobody_gave_out_are_stale)
{
    clf_handle handle = start_fib(s, 10);
    check_stale(0);
    check_stale(UINT64_MAX);
    check_stale(handle + 1);
    check_stale(handle + (UINT64_C(1) << 32));
    check_stale(handle ^ (UINT64_C(1) << 63));
    ck_assert_int_eq(join_fib(handle), 55);
}
END_TEST

START_TEST(a_join_with_a_wrong_size_leaves_the_handle)
{
    clf_handle handle = start_fib(s, 10);
    cl_int small = 4321;
    char large[16];
    refuses(s, CLF_WRONG_SIZE, "4", clf_join(s, handle, &small, sizeof small, CLF_FOREVER));
    refuses(s, CLF_WRONG_SIZE, "16", clf_join(s, handle, large, sizeof large, CLF_FOREVER));
    clf_status status = clf_join(s, handle, NULL, sizeof(cl_long), CLF_FOREVER);
    ck_assert_int_eq(status, CLF_BAD_ARGUMENT);
    gives(s, CLF_WRONG_SIZE, clf_join(s, handle, &small, 0, CLF_FOREVER));
    ck_assert_int_eq(small, 4321);
    ck_assert_int_eq(join_fib(handle), 55);
}
END_TEST

START_TEST(a_join_may_drop_the_result)
{
    clf_handle handle = start_fib(s, 10);
    must(s, clf_join(s, handle, NULL, 0, CLF_FOREVER));
    check_stale(handle);
    check_usable(s);
}
END_TEST

START_TEST(polls_run_nothing)
{
    clf_handle handle = start_fib(s, 10);
    for (int i = 0; i < 100; i++)
        gives(s, CLF_PENDING, clf_poll(s, handle));
    ck_assert_uint_eq(get_stats(s).slices, 0);
    must(s, clf_run(s, CLF_FOREVER));
    uint64_t slices = get_stats(s).slices;
    must(s, clf_poll(s, handle));
    ck_assert_int_eq(join_fib(handle), 55);
    ck_assert_uint_eq(get_stats(s).slices, slices);
}
END_TEST

/* ---- detaching ---------------------------------------------------------------------- */

START_TEST(detached_fibers_run)
{
    build_program(s, "wide");
    cl_mem hits = bind_words(s, "hits", 100);
    for (cl_uint i = 0; i < 100; i++) {
        clf_handle handle;
        must(s, clf_start(s, "leaf", 1, &CLF_ARG(i), i % 2 ? &handle : NULL));
        if (i % 2) {
            must(s, clf_detach(s, handle));
            check_stale(handle);
        }
    }
    ck_assert_uint_eq(get_stats(s).outstanding, 100);
    must(s, clf_run(s, CLF_FOREVER));
    check_all_once(s, hits, 100, "leaf");
    check_balanced(s);
    must_cl(clReleaseMemObject(hits));
}
END_TEST

START_TEST(a_completed_fiber_can_be_detached)
{
    clf_handle handle = start_fib(s, 10);
    must(s, clf_run(s, CLF_FOREVER));
    must(s, clf_detach(s, handle));
    check_stale(handle);
    clf_handle drained;
    size_t count = 9;
    must(s, clf_drain(s, &drained, 1, &count));
    ck_assert_uint_eq(count, 0);
    check_usable(s);
}
END_TEST

/* ---- time-outs ---------------------------------------------------------------------- */

START_TEST(no_time_is_a_time_out_and_the_run_goes_on)
{
    clf_handle handle = start_fib(s, 22);
    cl_long result = 4321;
    int runs = 0;
    for (; clf_poll(s, handle) == CLF_PENDING; runs++) {
        clf_status status =
            runs % 2 ? clf_join(s, handle, &result, sizeof result, 0) : clf_run(s, 0);
        if (status == CLF_OK)
            break;
        ck_assert_msg(status == CLF_TIMEOUT, "%s: %s", clf_status_name(status), clf_message(s));
        ck_assert_int_eq(result, 4321);
        ck_assert_int_lt(runs, 1000000);
        if (runs > 20)
            must(s, clf_run(s, CLF_FOREVER));
    }
    if (clf_poll(s, handle) == CLF_OK)
        result = join_fib(handle);
    ck_assert_int_eq(result, host_fib(22));
    ck_assert_int_gt(runs, 0);
}
END_TEST

START_TEST(a_fiber_without_end_times_out)
{
    build_program(s, "turns");
    cl_mem log = bind_log(s, 4), flag = bind_words(s, "flag", 4);
    clf_handle handle;
    clf_arg args[] = {CLF_UINT(0), CLF_UINT(UINT32_MAX)};
    must(s, clf_start(s, "until", 2, args, &handle));
    cl_uint result = 4321;
    size_t index = 4321;
    gives(s, CLF_TIMEOUT, clf_run(s, 0.01));
    gives(s, CLF_TIMEOUT, clf_join(s, handle, &result, sizeof result, 0.01));
    gives(s, CLF_TIMEOUT, clf_wait_any(s, &handle, 1, &index, 0.01));
    gives(s, CLF_PENDING, clf_step(s));
    gives(s, CLF_PENDING, clf_poll(s, handle));
    ck_assert_uint_eq(result, 4321);
    ck_assert_uint_eq(index, 4321);
    write_word(s, flag, 0, 1);
    must(s, clf_join(s, handle, &result, sizeof result, CLF_FOREVER));
    ck_assert_uint_eq(result, 1);
    check_balanced(s);
    must_cl(clReleaseMemObject(log));
    must_cl(clReleaseMemObject(flag));
}
END_TEST

START_TEST(absurd_times_are_refused)
{
    clf_handle handle = start_fib(s, 10);
    cl_long result;
    size_t index;
    refuses(s, CLF_BAD_ARGUMENT, "nan", clf_run(s, NAN));
    gives(s, CLF_BAD_ARGUMENT, clf_join(s, handle, &result, sizeof result, NAN));
    gives(s, CLF_BAD_ARGUMENT, clf_wait_any(s, &handle, 1, &index, NAN));
    must(s, clf_wait_any(s, &handle, 1, &index, INFINITY));
    must(s, clf_join(s, handle, &result, sizeof result, 1e300));
    ck_assert_int_eq(result, 55);
}
END_TEST

/* ---- interruptions ------------------------------------------------------------------ */

static void *interrupt_from_a_thread(void *unused)
{
    (void)unused;
    clf_interrupt(s);
    return NULL;
}

/* A fiber that ends only when the host says so. */
static clf_handle start_endless(cl_mem *log, cl_mem *flag)
{
    build_program(s, "turns");
    *log = bind_log(s, 4);
    *flag = bind_words(s, "flag", 4);
    clf_handle handle;
    clf_arg args[] = {CLF_UINT(0), CLF_UINT(UINT32_MAX)};
    must(s, clf_start(s, "until", 2, args, &handle));
    return handle;
}

static void end_endless(clf_handle handle, cl_mem log, cl_mem flag)
{
    cl_uint result;
    write_word(s, flag, 0, 1);
    must(s, clf_join(s, handle, &result, sizeof result, CLF_FOREVER));
    ck_assert_uint_eq(result, 1);
    must_cl(clReleaseMemObject(log));
    must_cl(clReleaseMemObject(flag));
}

START_TEST(an_interrupt_ends_the_next_run)
{
    clf_handle handle = start_fib(s, 24);
    clf_interrupt(s);
    gives(s, CLF_INTERRUPTED, clf_run(s, CLF_FOREVER));
    ck_assert_uint_le(get_stats(s).slices, 1);
    clf_interrupt(s);
    gives(s, CLF_INTERRUPTED, clf_join(s, handle, NULL, 0, CLF_FOREVER));
    clf_interrupt(s);
    size_t index;
    gives(s, CLF_INTERRUPTED, clf_wait_any(s, &handle, 1, &index, CLF_FOREVER));
    ck_assert_int_eq(join_fib(handle), host_fib(24));
}
END_TEST

START_TEST(an_interrupt_from_another_thread)
{
    cl_mem log, flag;
    clf_handle handle = start_endless(&log, &flag);
    for (int i = 0; i < 20; i++) {
        pthread_t thread;
        size_t index;
        cl_uint result;
        ck_assert_int_eq(pthread_create(&thread, NULL, interrupt_from_a_thread, NULL), 0);
        if (i % 3 == 0)
            gives(s, CLF_INTERRUPTED, clf_run(s, CLF_FOREVER));
        else if (i % 3 == 1)
            gives(s, CLF_INTERRUPTED, clf_join(s, handle, &result, sizeof result, CLF_FOREVER));
        else
            gives(s, CLF_INTERRUPTED, clf_wait_any(s, &handle, 1, &index, CLF_FOREVER));
        ck_assert_int_eq(pthread_join(thread, NULL), 0);
    }
    end_endless(handle, log, flag);
}
END_TEST

static void interrupt_from_a_handler(int signal)
{
    (void)signal;
    clf_interrupt(s);
}

static void *signal_the_other(void *other)
{
    pthread_kill(*(pthread_t *)other, SIGUSR1);
    return NULL;
}

START_TEST(an_interrupt_from_a_signal_handler)
{
    cl_mem log, flag;
    clf_handle handle = start_endless(&log, &flag);
    struct sigaction action = {.sa_handler = interrupt_from_a_handler};
    ck_assert_int_eq(sigaction(SIGUSR1, &action, NULL), 0);
    pthread_t thread, self = pthread_self();
    ck_assert_int_eq(pthread_create(&thread, NULL, signal_the_other, &self), 0);
    gives(s, CLF_INTERRUPTED, clf_run(s, CLF_FOREVER));
    ck_assert_int_eq(pthread_join(thread, NULL), 0);
    end_endless(handle, log, flag);
}
END_TEST

/* ---- waiting for any ---------------------------------------------------------------- */

START_TEST(any_is_the_one_that_completed)
{
    build_program(s, "turns");
    cl_mem log = bind_log(s, 64), flag = bind_words(s, "flag", 8);
    clf_handle handles[5];
    for (cl_uint i = 0; i < 5; i++) {
        clf_arg args[] = {CLF_ARG(i), CLF_UINT(UINT32_MAX)};
        must(s, clf_start(s, "until", 2, args, &handles[i]));
    }
    static const size_t order[] = {3, 0, 4, 1, 2};
    size_t left = 5;
    for (int k = 0; k < 5; k++) {
        clf_handle wanted = handles[order[k]];
        cl_uint result = 0;
        size_t index = 99, at = 0;
        clf_handle waiting[5];
        left = 0;
        for (int i = k; i < 5; i++) {
            if (i == k)
                at = left;
            waiting[left++] = handles[order[i]];
        }
        write_word(s, flag, order[k], 1);
        must(s, clf_wait_any(s, waiting, left, &index, CLF_FOREVER));
        ck_assert_uint_eq(index, at);
        must(s, clf_wait_any(s, waiting, left, &index, 0)); /* completed already */
        ck_assert_uint_eq(index, at);
        must(s, clf_join(s, wanted, &result, sizeof result, CLF_FOREVER));
        ck_assert_uint_eq(result, 1);
    }
    must_cl(clReleaseMemObject(log));
    must_cl(clReleaseMemObject(flag));
}
END_TEST

START_TEST(bad_waits_are_refused)
{
    clf_handle handles[2] = {start_fib(s, 10), 12345};
    size_t index = 99;
    gives(s, CLF_BAD_ARGUMENT, clf_wait_any(s, NULL, 2, &index, CLF_FOREVER));
    gives(s, CLF_BAD_ARGUMENT, clf_wait_any(s, handles, 1, NULL, CLF_FOREVER));
    refuses(s, CLF_BAD_ARGUMENT, "0", clf_wait_any(s, handles, 0, &index, CLF_FOREVER));
    gives(s, CLF_STALE_HANDLE, clf_wait_any(s, handles, 2, &index, CLF_FOREVER));
    ck_assert_uint_eq(index, 99);
    ck_assert_int_eq(join_fib(handles[0]), 55);
}
END_TEST

/* ---- draining ----------------------------------------------------------------------- */

/* One worker with one lane: the fibers' own log is the order of completion. */
START_TEST(drains_in_the_order_of_completion)
{
    enum { COUNT = 200 };
    clf_destroy(s);
    s = open_scheduler(OPTIONS(.workers = 1, .lanes = 1, .slice = 37), "turns");
    cl_mem log = bind_log(s, COUNT), flag = bind_words(s, "flag", 1);
    clf_handle handles[COUNT], drained[COUNT];
    cl_uint words[1 + COUNT];
    for (cl_uint i = 0; i < COUNT; i++) {
        clf_arg args[] = {CLF_ARG(i), CLF_UINT(1)};
        must(s, clf_start(s, "turns", 2, args, &handles[i]));
    }
    size_t count = 0, got = 0;
    while (got < COUNT) {
        clf_status status = clf_step(s);
        ck_assert(status == CLF_PENDING || status == CLF_OK);
        do {
            must(s, clf_drain(s, drained + got, COUNT - got < 7 ? COUNT - got : 7, &count));
            got += count;
        } while (count > 0);
    }
    read_words(s, log, words, 1 + COUNT);
    ck_assert_uint_eq(words[0], COUNT);
    for (size_t i = 0; i < COUNT; i++) {
        cl_uint id = words[1 + i] >> 16, result;
        ck_assert_uint_eq(drained[i], handles[id]);
        must(s, clf_poll(s, drained[i]));
        must(s, clf_join(s, drained[i], &result, sizeof result, CLF_FOREVER));
        ck_assert_uint_eq(result, id);
    }
    must(s, clf_drain(s, drained, COUNT, &count));
    ck_assert_uint_eq(count, 0);
    must_cl(clReleaseMemObject(log));
    must_cl(clReleaseMemObject(flag));
}
END_TEST

START_TEST(every_completed_handle_is_drained_once)
{
    enum { COUNT = 500 };
    clf_handle handles[COUNT], drained[COUNT + 1];
    for (int i = 0; i < COUNT; i++)
        handles[i] = start_fib(s, i % 12);
    for (int i = 0; i < COUNT; i += 5)
        ck_assert_int_eq(join_fib(handles[i]), host_fib(i % 12)); /* joined: never drained */
    must(s, clf_run(s, CLF_FOREVER));
    size_t count = 0;
    must(s, clf_drain(s, drained, COUNT + 1, &count));
    ck_assert_uint_eq(count, COUNT - COUNT / 5);
    for (int i = 0; i < COUNT; i++) {
        int seen = 0;
        for (size_t k = 0; k < count; k++)
            seen += drained[k] == handles[i];
        ck_assert_int_eq(seen, i % 5 != 0);
        if (i % 5)
            ck_assert_int_eq(join_fib(handles[i]), host_fib(i % 12));
    }
}
END_TEST

START_TEST(bad_drains_are_refused)
{
    clf_handle handle = start_fib(s, 10), drained = 99;
    size_t count = 99;
    must(s, clf_drain(s, &drained, 1, &count)); /* nothing has run */
    ck_assert_uint_eq(count, 0);
    must(s, clf_run(s, CLF_FOREVER));
    gives(s, CLF_BAD_ARGUMENT, clf_drain(s, NULL, 1, &count));
    gives(s, CLF_BAD_ARGUMENT, clf_drain(s, &drained, 1, NULL));
    must(s, clf_drain(s, &drained, 0, &count));
    ck_assert_uint_eq(count, 0);
    must(s, clf_drain(s, NULL, 0, &count));
    must(s, clf_drain(s, &drained, 1, &count));
    ck_assert_uint_eq(count, 1);
    ck_assert_uint_eq(drained, handle);
    ck_assert_int_eq(join_fib(handle), 55);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("join");
    TCase *join = new_case(suite, "join");
    tcase_add_checked_fixture(join, open_fib, close_any);
    tcase_add_test(join, joins_in_any_order);
    tcase_add_test(join, handles_differ);
    tcase_add_test(join, a_second_join_is_stale);
    tcase_add_test(join, handles_nobody_gave_out_are_stale);
    tcase_add_test(join, a_join_with_a_wrong_size_leaves_the_handle);
    tcase_add_test(join, a_join_may_drop_the_result);
    tcase_add_test(join, polls_run_nothing);
    tcase_add_test(join, detached_fibers_run);
    tcase_add_test(join, a_completed_fiber_can_be_detached);
    TCase *time = new_case(suite, "time");
    tcase_add_checked_fixture(time, open_fib, close_any);
    tcase_add_test(time, no_time_is_a_time_out_and_the_run_goes_on);
    tcase_add_test(time, a_fiber_without_end_times_out);
    tcase_add_test(time, absurd_times_are_refused);
    tcase_add_test(time, an_interrupt_ends_the_next_run);
    tcase_add_test(time, an_interrupt_from_another_thread);
    tcase_add_test(time, an_interrupt_from_a_signal_handler);
    TCase *many = new_case(suite, "many");
    tcase_add_checked_fixture(many, open_fib, close_any);
    tcase_add_test(many, any_is_the_one_that_completed);
    tcase_add_test(many, bad_waits_are_refused);
    tcase_add_test(many, drains_in_the_order_of_completion);
    tcase_add_test(many, every_completed_handle_is_drained_once);
    tcase_add_test(many, bad_drains_are_refused);
    return test_main(suite, true);
}
