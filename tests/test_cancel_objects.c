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

enum { ONCE = 4, KINDS = 6 }; /* of cancel_objects.fib */

static clf_scheduler *s;
static cl_mem state;

/* With one lane or many; `start` is how the objects are at first. */
static void open_objects(bool lanes, const shared_state *start)
{
    s = open_scheduler(OPTIONS(.workers = 2, .lanes = lanes ? 16 : 1, .slice = 5),
                       "cancel_objects.fib");
    state = bind_bytes(s, "state", sizeof *start);
    write_bytes(s, state, start, sizeof *start);
}

static void close_objects(void)
{
    must_cl(clReleaseMemObject(state));
    clf_destroy(s);
}

/* The semaphore has `value` units and nobody in line: with a line it is more than the number. */
static void check_units(cl_uint value)
{
    shared_state now;
    read_bytes(s, state, &now, sizeof now);
    ck_assert_uint_eq(now.units.value, value);
    ck_assert_uint_eq(now.units.gate | now.units.line[0], 0);
}

static void settle(void)
{
    for (int k = 0; k < 4; k++) {
        clf_status status = clf_step(s);
        ck_assert_msg(status >= 0 || status == CLF_DEADLOCK, "%s", clf_message(s));
    }
}

/* Who stands in any line, or came to the barrier. */
static cl_uint waiting(void)
{
    shared_state now;
    read_bytes(s, state, &now, sizeof now);
    return now.units.line[0] | now.event.counter.line[0] | now.barrier.line[0] |
           now.barrier.arrived | now.once.done.counter.line[0] | now.empty.receivers[0] |
           now.full.senders[0];
}

static void cancel_some(cl_uint kind, int after)
{
    clf_handle kept[2], victim[2];
    if (kind == ONCE) {
        must(s, clf_start(s, "doer", 0, NULL, NULL));
        settle();
    }
    for (int k = 0; k < 2; k++) {
        must(s, clf_start(s, "waiter", 1, &CLF_ARG(kind), &victim[k]));
        if (kind == 2 && k == 1)
            settle(); /* three would be enough for the barrier */
        if (kind == 2)
            must(s, clf_cancel(s, victim[k]));
        must(s, clf_start(s, "waiter", 1, &CLF_ARG(kind), &kept[k]));
    }
    for (int k = 0; k < after; k++)
        settle();
    for (int k = 0; k < 2 && kind != 2; k++)
        must(s, clf_cancel(s, victim[k]));
    settle();
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
    shared_state start = {.barrier = CLF_BARRIER_INIT(3),
                          .empty = CLF_CHANNEL_INIT(0, sizeof(cl_uint)),
                          .full = CLF_CHANNEL_INIT(1, sizeof(cl_uint))};
    start.full.messages = 1;
    start.message = 5;
    open_objects(_i % 2, &start);
    for (int after = 0; after < 3; after++) {
        write_bytes(s, state, &start, sizeof start);
        cancel_some(kind, after);
        must(s, clf_run(s, CLF_FOREVER));
        ck_assert_uint_eq(waiting(), 0);
        clf_stats stats = get_stats(s);
        ck_assert_uint_eq(stats.total.spawned, stats.total.completed);
    }
    close_objects();
}
END_TEST

/* A semaphore's first in line wants more than there is and holds up those behind it; cancelled, it
 * lets as many pass as the units allow, in order, and the next to ask need not wait. */
START_TEST(first_holds_up)
{
    const shared_state start = {.units = CLF_SEMAPHORE_INIT(2)};
    open_objects(_i % 2, &start);
    static const cl_uint wanted[] = {9, 1, 3, 1}; /* of 2: the second passes, it keeps one */
    enum { ALL = sizeof wanted / sizeof *wanted };
    clf_handle asks[ALL];
    cl_uint got = 0;
    for (int k = 0; k < ALL; k++) {
        must(s, clf_start(s, "wants", 1, &CLF_ARG(wanted[k]), &asks[k]));
        settle();
    }
    must(s, clf_cancel(s, asks[0]));
    must(s, clf_join(s, asks[1], &got, sizeof got, CLF_FOREVER));
    settle();
    gives(s, CLF_DEADLOCK, clf_join(s, asks[2], NULL, 0, CLF_FOREVER));
    must(s, clf_cancel(s, asks[2]));
    must(s, clf_join(s, asks[3], &got, sizeof got, CLF_FOREVER));
    gives(s, CLF_CANCELLED, clf_join(s, asks[0], NULL, 0, CLF_FOREVER));
    gives(s, CLF_CANCELLED, clf_join(s, asks[2], NULL, 0, CLF_FOREVER));
    check_units(0);
    close_objects();
}
END_TEST

/* The only one in line is cancelled: what it did not get can be had without waiting. */
START_TEST(line_is_empty_again)
{
    const shared_state start = {.units = CLF_SEMAPHORE_INIT(2)};
    open_objects(_i % 2, &start);
    clf_handle ask;
    cl_int code = -1;
    must(s, clf_start(s, "wants", 1, (clf_arg[]){CLF_UINT(3)}, &ask));
    settle();
    must(s, clf_cancel(s, ask));
    gives(s, CLF_CANCELLED, clf_join(s, ask, NULL, 0, CLF_FOREVER));
    run_fiber(s, "tries", ((clf_arg[]){CLF_UINT(2)}), &code);
    ck_assert_int_eq(code, 0);
    check_units(0);
    close_objects();
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
