/* test_slice.c - slices: every budget gives the same answers, one slice at a time, and slices
 * enqueued between the user's own commands. */
#include "support.h"
#include "tree.h"

/* ---- budgets ------------------------------------------------------------------------ */

/* The programs that are run under one budget, on a scheduler whose frames and rings have to grow. A
 * scheduler is made for each: the budget is an option. */
static void check_budget(uint32_t lanes, uint32_t budget)
{
    clf_options options = {.size = sizeof options,
                           .workers = 2,
                           .lanes = lanes,
                           .slice = budget,
                           .frames = 1,
                           .ring = 2};
    clf_scheduler *s = open_scheduler(&options, "tree");
    tree_run(s, 3, 4);
    ck_assert_msg(fiber_fib(s, 11) == host_fib(11), "fib(11) with a budget of %u", budget);
    check_balanced(s);
    clf_destroy(s);
}

enum { BUDGETS = 200, PARTS = 8 };

/* In parts, so that they are spread over forks. */
START_TEST(every_budget_gives_the_same)
{
    for (uint32_t budget = 1 + (uint32_t)_i; budget <= BUDGETS; budget += PARTS)
        check_budget(1, budget);
    if (_i == 0)
        check_budget(1, CLF_UNLIMITED);
}
END_TEST

static const uint32_t sample[] = {1, 2, 3, 5, 8, 31, 32, 33, 64, 100, 199, 200, CLF_UNLIMITED};

START_TEST(budgets_with_many_lanes)
{
    check_budget(32, sample[_i]);
}
END_TEST

/* ---- one at a time ------------------------------------------------------------------ */

START_TEST(steps_go_on_until_nothing_is_left)
{
    clf_scheduler *s = open_scheduler(OPTIONS(.workers = 2, .slice = 50), "fib");
    must(s, clf_step(s)); /* nothing is outstanding */
    clf_handle handle = start_fib(s, 18);
    uint64_t before = get_stats(s).slices, steps = 1;
    clf_status status;
    while ((status = clf_step(s)) == CLF_PENDING) {
        ck_assert_uint_eq(get_stats(s).slices, before + steps);
        ck_assert_uint_eq(get_stats(s).outstanding, 1);
        ck_assert_uint_lt(steps++, 1000000);
    }
    must(s, status);
    ck_assert_uint_gt(steps, 10); /* 8,361 calls, a hundred segments a slice */
    ck_assert_uint_eq(get_stats(s).outstanding, 0);
    cl_long result = 0;
    must(s, clf_join(s, handle, &result, sizeof result, 0));
    ck_assert_int_eq(result, host_fib(18));
    clf_destroy(s);
}
END_TEST

START_TEST(a_slice_keeps_to_its_budget)
{
    clf_scheduler *s = open_scheduler(OPTIONS(.workers = 2, .lanes = 1, .slice = 10), "fib");
    start_fib(s, 15);
    uint64_t before = 0;
    while (clf_step(s) == CLF_PENDING) {
        uint64_t now = get_stats(s).total.segments;
        ck_assert_uint_le(now - before, 2 * 10);
        before = now;
    }
    clf_destroy(s);
}
END_TEST

START_TEST(roots_may_come_between_slices)
{
    clf_scheduler *s = open_scheduler(OPTIONS(.workers = 2, .slice = 20), "fib");
    clf_handle handles[60];
    for (int i = 0; i < 60; i++) {
        handles[i] = start_fib(s, i % 15);
        clf_status status = clf_step(s);
        ck_assert(status == CLF_OK || status == CLF_PENDING);
    }
    for (int i = 0; i < 60; i++) {
        cl_long result = 0;
        must(s, clf_join(s, handles[i], &result, sizeof result, CLF_FOREVER));
        ck_assert_int_eq(result, host_fib(i % 15));
    }
    clf_destroy(s);
}
END_TEST

/* ---- enqueued by the user ----------------------------------------------------------- */

static clf_scheduler *s;

static void open_small(void)
{
    s = open_scheduler(OPTIONS(.workers = 2, .slice = 100), "fib");
}

static void close_small(void)
{
    check_usable(s);
    clf_destroy(s);
}

START_TEST(an_enqueued_slice_has_an_event)
{
    clf_handle handle = start_fib(s, 16);
    for (int i = 0; i < 3; i++) {
        cl_event event = NULL;
        cl_int state = CL_QUEUED;
        must(s, clf_enqueue_slice(s, 0, NULL, &event));
        ck_assert_ptr_nonnull(event);
        must_cl(clWaitForEvents(1, &event));
        must_cl(
            clGetEventInfo(event, CL_EVENT_COMMAND_EXECUTION_STATUS, sizeof state, &state, NULL));
        ck_assert_int_eq(state, CL_COMPLETE);
        gives(s, CLF_PENDING, clf_step(s)); /* takes note of that slice, then runs another one */
        must_cl(clReleaseEvent(event));
    }
    cl_long result = 0;
    must(s, clf_join(s, handle, &result, sizeof result, CLF_FOREVER));
    ck_assert_int_eq(result, host_fib(16));
}
END_TEST

START_TEST(slices_without_event_run_to_the_end)
{
    clf_handle handle = start_fib(s, 14);
    int slices = 0;
    while (clf_poll(s, handle) == CLF_PENDING && slices++ < 100000)
        must(s, clf_enqueue_slice(s, 0, NULL, NULL));
    cl_long result = 0;
    must(s, clf_join(s, handle, &result, sizeof result, CLF_FOREVER));
    ck_assert_int_eq(result, host_fib(14));
    ck_assert_int_gt(slices, 1);
}
END_TEST

/* The slice waits for an event that the test itself completes, and only one slice is in flight. */
START_TEST(a_slice_waits_for_its_events)
{
    cl_int code, state = CL_COMPLETE;
    cl_event gate = clCreateUserEvent(clf_context(s), &code), done = NULL;
    must_cl(code);
    clf_handle handle = start_fib(s, 10);
    must(s, clf_enqueue_slice(s, 1, &gate, &done));
    must_cl(clGetEventInfo(done, CL_EVENT_COMMAND_EXECUTION_STATUS, sizeof state, &state, NULL));
    ck_assert_int_gt(state, CL_COMPLETE);
    gives(s, CLF_BUSY, clf_enqueue_slice(s, 0, NULL, NULL));
    ck_assert_int_gt(strlen(clf_message(s)), 0);
    must_cl(clSetUserEventStatus(gate, CL_COMPLETE));
    must_cl(clWaitForEvents(1, &done));
    cl_long result = 0;
    must(s, clf_join(s, handle, &result, sizeof result, CLF_FOREVER));
    ck_assert_int_eq(result, 55);
    must_cl(clReleaseEvent(gate));
    must_cl(clReleaseEvent(done));
}
END_TEST

START_TEST(bad_wait_lists_are_refused)
{
    cl_event none = NULL, event = (cl_event)&event;
    clf_handle handle = start_fib(s, 10);
    ck_assert_int_lt(clf_enqueue_slice(s, 1, NULL, NULL), 0);
    ck_assert_int_lt(clf_enqueue_slice(s, 1, &none, &event), 0);
    ck_assert_ptr_eq(event, (cl_event)&event);
    ck_assert_uint_eq(get_stats(s).slices, 0);
    cl_long result = 0;
    must(s, clf_join(s, handle, &result, sizeof result, CLF_FOREVER));
    ck_assert_int_eq(result, 55);
}
END_TEST

/* What may come while a slice is in flight: new roots, handles given up, questions. */
START_TEST(calls_while_a_slice_is_in_flight)
{
    cl_int code;
    cl_event gate = clCreateUserEvent(clf_context(s), &code);
    must_cl(code);
    clf_handle first = start_fib(s, 10), second, third;
    must(s, clf_enqueue_slice(s, 1, &gate, NULL));
    second = start_fib(s, 11);
    third = start_fib(s, 12);
    must(s, clf_detach(s, third));
    gives(s, CLF_STALE_HANDLE, clf_poll(s, third));
    must_cl(clSetUserEventStatus(gate, CL_COMPLETE));
    ck_assert_uint_eq(get_stats(s).slices, 1);
    char *source = read_program("tree");
    must(s, clf_enqueue_slice(s, 0, NULL, NULL));
    clf_status status = clf_program_build(s, source, NULL);
    ck_assert_int_eq(status, CLF_BUSY);
    cl_long result = 0;
    must(s, clf_join(s, second, &result, sizeof result, CLF_FOREVER));
    ck_assert_int_eq(result, 89);
    must(s, clf_join(s, first, &result, sizeof result, CLF_FOREVER));
    ck_assert_int_eq(result, 55);
    must(s, clf_run(s, CLF_FOREVER));
    check_balanced(s);
    free(source);
    must_cl(clReleaseEvent(gate));
}
END_TEST

/* In order with the user's commands: what was written to a buffer before the slice is what its
 * fibers see. */
START_TEST(slices_are_in_order_with_the_user_s_commands)
{
    build_program(s, "turns");
    cl_mem log = bind_log(s, 64), flag = bind_words(s, "flag", 2);
    cl_uint one = 1, zero = 0, result;
    for (int i = 0; i < 5; i++) {
        clf_handle handle;
        clf_arg args[] = {CLF_UINT(0), CLF_UINT(0)};
        must(s, clf_start(s, "until", 2, args, &handle));
        must_cl(clEnqueueWriteBuffer(clf_queue(s), flag, CL_FALSE, 0, 4, &one, 0, NULL, NULL));
        must(s, clf_enqueue_slice(s, 0, NULL, NULL));
        must_cl(clEnqueueWriteBuffer(clf_queue(s), flag, CL_FALSE, 0, 4, &zero, 0, NULL, NULL));
        must(s, clf_join(s, handle, &result, sizeof result, CLF_FOREVER));
        ck_assert_uint_eq(result, 1);
    }
    must_cl(clReleaseMemObject(log));
    must_cl(clReleaseMemObject(flag));
}
END_TEST

/* ---- stretches ---------------------------------------------------------------------- */

static bool device_has_bells(void)
{
    cl_device_svm_capabilities there = 0, needed = CL_DEVICE_SVM_FINE_GRAIN_BUFFER;
    needed |= CL_DEVICE_SVM_ATOMICS;
    cl_device_type type = 0;
    clGetDeviceInfo(clf_device(s), CL_DEVICE_TYPE, sizeof type, &type, NULL);
    return (type & CL_DEVICE_TYPE_CPU) != 0 &&
           clGetDeviceInfo(clf_device(s), CL_DEVICE_SVM_CAPABILITIES, sizeof there, &there, NULL) ==
               CL_SUCCESS &&
           (there & needed) == needed;
}

/* fib(20) is 32,836 segments. Stretches that are much shorter than wanted become four times as long
 * from slice to slice, and each slice may have twice as many: 4096, and 2 times 16,384. */
START_TEST(a_slice_goes_on_unless_the_host_is_needed)
{
    const clf_options *options = OPTIONS(.workers = 1, .lanes = 1, .slice_ms = 60000);
    s = open_scheduler(options, "fib");
    ck_assert_int_eq(fiber_fib(s, 20), host_fib(20));
    ck_assert_uint_eq(get_stats(s).slices, device_has_bells() ? 2 : 3);
    clf_destroy(s);
    s = open_scheduler(options, "fib");
    clf_handle handle = start_fib(s, 20); /* one step is one stretch */
    gives(s, CLF_PENDING, clf_step(s));
    must(s, clf_cancel(s, handle));
    cl_long result;
    gives(s, CLF_CANCELLED, clf_join(s, handle, &result, sizeof result, CLF_FOREVER));
    clf_destroy(s);
}
END_TEST

/* It takes hours; all that needs a turn of the host gets it. */
START_TEST(a_long_run_ends_for_who_needs_the_host)
{
    s = open_scheduler(OPTIONS(.workers = 2, .lanes = 1, .slice_ms = 1), "fib");
    clf_handle handle = start_fib(s, 60);
    cl_long result;
    gives(s, CLF_TIMEOUT, clf_run(s, 0.02));
    must(s, clf_thread_start(s));
    for (int i = 0; i < 10; i++) {
        clf_handle other = start_fib(s, i);
        must(s, clf_cancel(s, other));
        gives(s, CLF_CANCELLED, clf_join(s, other, &result, sizeof result, CLF_FOREVER));
    }
    uint64_t before = get_stats(s).total.segments;
    do
        gives(s, CLF_TIMEOUT, clf_join(s, handle, &result, sizeof result, 0.001));
    while (get_stats(s).total.segments == before);
    clf_interrupt(s);
    gives(s, CLF_INTERRUPTED, clf_join(s, handle, &result, sizeof result, CLF_FOREVER));
    must(s, clf_cancel(s, handle));
    gives(s, CLF_CANCELLED, clf_join(s, handle, &result, sizeof result, CLF_FOREVER));
    clf_destroy(s);
}
END_TEST

/* Work-groups that the device runs one after the other take turns: two of them have enough to do
 * for hours, and a root that is small gets through all the same. */
START_TEST(many_workers_take_turns)
{
    s = open_scheduler(OPTIONS(.lanes = 1), "fib");
    cl_uint units = 0;
    must_cl(
        clGetDeviceInfo(clf_device(s), CL_DEVICE_MAX_COMPUTE_UNITS, sizeof units, &units, NULL));
    clf_destroy(s);
    s = open_scheduler(OPTIONS(.workers = 8 * units, .lanes = 1, .slice_ms = 1), "fib");
    clf_handle handle = start_fib(s, 60);
    gives(s, CLF_TIMEOUT, clf_run(s, 0.02));
    for (int i = 0; i < 10; i++)
        ck_assert_int_eq(fiber_fib(s, i), host_fib(i));
    must(s, clf_cancel(s, handle));
    cl_long result;
    gives(s, CLF_CANCELLED, clf_join(s, handle, &result, sizeof result, CLF_FOREVER));
    clf_destroy(s);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("slice");
    TCase *budgets = new_case(suite, "budgets");
    tcase_add_loop_test(budgets, every_budget_gives_the_same, 0, PARTS);
    tcase_add_loop_test(budgets, budgets_with_many_lanes, 0, sizeof sample / sizeof *sample);
    TCase *steps = new_case(suite, "steps");
    tcase_add_test(steps, steps_go_on_until_nothing_is_left);
    tcase_add_test(steps, a_slice_keeps_to_its_budget);
    tcase_add_test(steps, roots_may_come_between_slices);
    TCase *stretches = new_case(suite, "stretches");
    tcase_add_test(stretches, a_slice_goes_on_unless_the_host_is_needed);
    tcase_add_test(stretches, a_long_run_ends_for_who_needs_the_host);
    tcase_add_test(stretches, many_workers_take_turns);
    TCase *enqueued = new_case(suite, "enqueued");
    tcase_add_checked_fixture(enqueued, open_small, close_small);
    tcase_add_test(enqueued, an_enqueued_slice_has_an_event);
    tcase_add_test(enqueued, slices_without_event_run_to_the_end);
    tcase_add_test(enqueued, a_slice_waits_for_its_events);
    tcase_add_test(enqueued, calls_while_a_slice_is_in_flight);
    tcase_add_test(enqueued, bad_wait_lists_are_refused);
    tcase_add_test(enqueued, slices_are_in_order_with_the_user_s_commands);
    return test_main(suite, true);
}
