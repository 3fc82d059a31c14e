/* test_cancel_objects.c - fibers that are cancelled while they wait for an object leave its line;
 * those that wait before and behind them go on when it is their turn, and nothing is left behind.
 */
#include "objects.h"

typedef struct shared_state {
    clf_semaphore units;
    clf_event event;
    clf_once once;
    clf_barrier barrier;
    clf_channel empty;
    clf_channel full;
    cl_uint message, fill;
} shared_state;

enum { KINDS = 5 };
static const cl_uint lane_counts[] = {1, 16};

static void settle(clf_scheduler *s)
{
    for (int k = 0; k < 4; k++) {
        clf_status status = clf_step(s);
        ck_assert_msg(status >= 0 || status == CLF_DEADLOCK, "%s", clf_message(s));
    }
}

/* Who stands in any line, or came to the barrier. */
static cl_uint waiting(clf_scheduler *s, cl_mem state)
{
    shared_state now;
    read_bytes(s, state, &now, sizeof now);
    return now.units.line[0] | now.event.counter.line[0] | now.barrier.line[0] |
           now.barrier.arrived | now.empty.receivers[0] | now.full.senders[0];
}

static void cancel_some(clf_scheduler *s, cl_uint kind, int after)
{
    clf_handle kept[2], victim[2];
    for (int k = 0; k < 2; k++) {
        must(s, clf_start(s, "waiter", 1, &CLF_ARG(kind), &victim[k]));
        if (kind == 2 && k == 1)
            settle(s); /* three would be enough for the barrier */
        if (kind == 2)
            must(s, clf_cancel(s, victim[k]));
        must(s, clf_start(s, "waiter", 1, &CLF_ARG(kind), &kept[k]));
    }
    for (int k = 0; k < after; k++)
        settle(s);
    for (int k = 0; k < 2 && kind != 2; k++)
        must(s, clf_cancel(s, victim[k]));
    settle(s);
    must(s, clf_start(s, "releaser", 1, &CLF_ARG(kind), NULL));
    for (int k = 0; k < 2; k++) {
        cl_uint message = 0;
        must(s, clf_join(s, kept[k], &message, sizeof message, CLF_FOREVER));
        ck_assert_uint_eq(message, 5);
        gives(s, CLF_CANCELLED, clf_join(s, victim[k], NULL, 0, CLF_FOREVER));
    }
}

START_TEST(waiters_of_objects)
{
    cl_uint kind = (cl_uint)_i / 2;
    clf_scheduler *s = open_scheduler(
        OPTIONS(.workers = 2, .lanes = lane_counts[_i % 2], .slice = 5), "cancel_objects.fib");
    cl_mem state = bind_bytes(s, "state", sizeof(shared_state));
    shared_state start = {.barrier = CLF_BARRIER_INIT(3),
                          .empty = CLF_CHANNEL_INIT(0, sizeof(cl_uint)),
                          .full = CLF_CHANNEL_INIT(1, sizeof(cl_uint))};
    for (int after = 0; after < 3; after++) {
        start.full.messages = 1;
        start.message = 5;
        write_bytes(s, state, &start, sizeof start);
        cancel_some(s, kind, after);
        must(s, clf_run(s, CLF_FOREVER));
        ck_assert_uint_eq(waiting(s, state), 0);
        clf_stats stats = get_stats(s);
        ck_assert_uint_eq(stats.total.spawned, stats.total.completed);
    }
    must_cl(clReleaseMemObject(state));
    clf_destroy(s);
}
END_TEST

/* A semaphore's first in line wants more than there is and holds up those behind it; cancelled, it
 * lets as many pass as the units allow, in order, and the next to ask need not wait. */
START_TEST(first_holds_up)
{
    clf_scheduler *s = open_scheduler(
        OPTIONS(.workers = 2, .lanes = lane_counts[_i % 2], .slice = 5), "cancel_objects.fib");
    cl_mem state = bind_bytes(s, "state", sizeof(shared_state));
    shared_state start = {.units = CLF_SEMAPHORE_INIT(2)};
    write_bytes(s, state, &start, sizeof start);
    static const cl_uint wanted[] = {9, 1, 3, 1}; /* of 2: the second passes, it keeps one */
    enum { ALL = sizeof wanted / sizeof *wanted };
    clf_handle asks[ALL];
    cl_uint got = 0;
    for (int k = 0; k < ALL; k++) {
        must(s, clf_start(s, "wants", 1, &CLF_ARG(wanted[k]), &asks[k]));
        settle(s);
    }
    must(s, clf_cancel(s, asks[0]));
    must(s, clf_join(s, asks[1], &got, sizeof got, CLF_FOREVER));
    settle(s);
    gives(s, CLF_DEADLOCK, clf_join(s, asks[2], NULL, 0, CLF_FOREVER));
    must(s, clf_cancel(s, asks[2]));
    must(s, clf_join(s, asks[3], &got, sizeof got, CLF_FOREVER));
    gives(s, CLF_CANCELLED, clf_join(s, asks[0], NULL, 0, CLF_FOREVER));
    gives(s, CLF_CANCELLED, clf_join(s, asks[2], NULL, 0, CLF_FOREVER));
    read_bytes(s, state, &start, sizeof start);
    ck_assert_uint_eq(start.units.value, 0); /* with nobody in line it is the number alone */
    ck_assert_uint_eq(start.units.gate | start.units.line[0], 0);
    must_cl(clReleaseMemObject(state));
    clf_destroy(s);
}
END_TEST

/* The only one in line is cancelled: what it did not get can be had without waiting. */
START_TEST(line_is_empty_again)
{
    clf_scheduler *s = open_scheduler(
        OPTIONS(.workers = 2, .lanes = lane_counts[_i % 2], .slice = 5), "cancel_objects.fib");
    cl_mem state = bind_bytes(s, "state", sizeof(shared_state));
    shared_state start = {.units = CLF_SEMAPHORE_INIT(2)};
    write_bytes(s, state, &start, sizeof start);
    clf_handle ask;
    cl_int code = -1;
    must(s, clf_start(s, "wants", 1, (clf_arg[]){CLF_UINT(3)}, &ask));
    settle(s);
    must(s, clf_cancel(s, ask));
    gives(s, CLF_CANCELLED, clf_join(s, ask, NULL, 0, CLF_FOREVER));
    run_fiber(s, "tries", ((clf_arg[]){CLF_UINT(2)}), &code);
    ck_assert_int_eq(code, 0);
    read_bytes(s, state, &start, sizeof start);
    ck_assert_uint_eq(start.units.value, 0);
    must_cl(clReleaseMemObject(state));
    clf_destroy(s);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("cancel_objects");
    tcase_add_loop_test(new_case(suite, "lines"), waiters_of_objects, 0, 2 * KINDS);
    TCase *units = new_case(suite, "units");
    tcase_add_loop_test(units, first_holds_up, 0, 2);
    tcase_add_loop_test(units, line_is_empty_again, 0, 2);
    return test_main(suite, true);
}
