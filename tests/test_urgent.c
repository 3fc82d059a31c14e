/* test_urgent.c - priorities: urgent fibers go first, whatever makes them runnable, and nobody is
 * lost. */
#include "objects.h"

enum { LOG = 4096, NORMALS = 40 };

static clf_scheduler *s;
static cl_mem log_words, once, state;

static void open_urgent(const clf_options *options, size_t ids)
{
    s = open_scheduler(options, "urgent.fib");
    log_words = bind_words(s, "log", LOG + 1);
    once = bind_words(s, "once", ids);
    state = bind_bytes(s, "state", sizeof(clf_event));
}

static void close_urgent(void)
{
    must_cl(clReleaseMemObject(log_words));
    must_cl(clReleaseMemObject(once));
    must_cl(clReleaseMemObject(state));
    clf_destroy(s);
}

/* The order in which they ran so far; how many. */
static cl_uint read_log(cl_uint *ids)
{
    static cl_uint words[LOG + 1];
    read_words(s, log_words, words, LOG + 1);
    ck_assert_uint_le(words[0], LOG);
    memcpy(ids, words + 1, words[0] * sizeof *ids);
    return words[0];
}

static clf_handle start_urgent(const char *fiber, cl_uint id)
{
    clf_attributes as = CLF_ATTRIBUTES_INIT;
    clf_handle handle;
    as.priority = CLF_PRIORITY_URGENT;
    must(s, clf_start_as(s, fiber, 1, &CLF_UINT(id), &as, &handle));
    return handle;
}

static clf_handle start_normal(const char *fiber, cl_uint id)
{
    clf_handle handle;
    must(s, clf_start(s, fiber, 1, &CLF_UINT(id), &handle));
    return handle;
}

/* One worker with one lane: the order is exact. */
static const clf_options single[] = {
    {.size = sizeof(clf_options), .workers = 1, .lanes = 1},
    {.size = sizeof(clf_options), .workers = 1, .lanes = 1, .slice = 1, .frames = 4, .ring = 2},
    {.size = sizeof(clf_options), .workers = 1, .lanes = 1, .mode = CLF_SHARED},
};
enum { SINGLES = sizeof single / sizeof *single };

/* With few frames what was spawned runs before all is spawned: then there is no order to look at.
 */
START_TEST(started_ones_go_first)
{
    cl_uint ids[LOG];
    open_urgent(&single[_i], 1);
    clf_handle handle = start_normal("boss", NORMALS);
    must(s, clf_join(s, handle, NULL, 0, CLF_FOREVER));
    must(s, clf_run(s, CLF_FOREVER));
    ck_assert_uint_eq(read_log(ids), NORMALS + 4);
    for (cl_uint i = 0; i < 3 && single[_i].frames == 0; i++)
        ck_assert_msg(ids[i] == 1000 + i, "place %u has %u", (unsigned)i, (unsigned)ids[i]);
    check_balanced(s);
    close_urgent();
}
END_TEST

START_TEST(woken_ones_go_first)
{
    cl_uint ids[LOG];
    open_urgent(&single[_i], 1);
    clf_handle handle = start_normal("caller", NORMALS);
    must(s, clf_join(s, handle, NULL, 0, CLF_FOREVER));
    ck_assert_uint_eq(read_log(ids), NORMALS + 2);
    for (cl_uint i = 0; i < 2 && single[_i].frames == 0; i++)
        ck_assert_msg(ids[i] / 1000 == 1, "place %u has %u", (unsigned)i, (unsigned)ids[i]);
    check_balanced(s);
    close_urgent();
}
END_TEST

START_TEST(roots_go_first)
{
    cl_uint ids[LOG], before;
    open_urgent(OPTIONS(.workers = 1, .lanes = 1, .slice = 3), 1);
    for (cl_uint i = 0; i < NORMALS; i++)
        start_normal("normal", i);
    start_urgent("normal", 1000);
    start_urgent("normal", 1001);
    gives(s, CLF_PENDING, clf_step(s));
    before = read_log(ids);
    ck_assert_uint_ge(before, 3);
    ck_assert_uint_eq(ids[0], 1000);
    ck_assert_uint_eq(ids[1], 1001);
    /* later ones go before those that the device has been told of, but has not begun */
    start_urgent("normal", 1002);
    gives(s, CLF_PENDING, clf_step(s));
    ck_assert_uint_gt(read_log(ids), before);
    ck_assert_uint_eq(ids[before], 1002);
    must(s, clf_run(s, CLF_FOREVER));
    ck_assert_uint_eq(read_log(ids), NORMALS + 3);
    for (cl_uint i = 2, next = 0; i < NORMALS + 3; i++)
        if (i != before)
            ck_assert_msg(ids[i] < NORMALS || next++ == 0, "%u", (unsigned)ids[i]);
    check_balanced(s);
    close_urgent();
}
END_TEST

START_TEST(priorities_are_inherited)
{
    cl_int result = 0;
    open_urgent(&single[_i], 1);
    must(s, clf_join(s, start_urgent("inherits", 1), &result, sizeof result, CLF_FOREVER));
    ck_assert_int_eq(result, 111);
    must(s, clf_join(s, start_normal("inherits", 1), &result, sizeof result, CLF_FOREVER));
    ck_assert_int_eq(result, 0);
    close_urgent();
}
END_TEST

/* ---- nobody is lost ------------------------------------------------------------------- */

static const clf_options shapes[] = {
    {.size = sizeof(clf_options), .workers = 2, .lanes = 1},
    {.size = sizeof(clf_options), .workers = 1, .lanes = 1, .slice = 1},
    {.size = sizeof(clf_options), .workers = 8, .lanes = 1, .slice = 7, .frames = 1, .ring = 2},
    {.size = sizeof(clf_options), .workers = 2, .lanes = 16, .frames = 8, .ring = 2, .slice = 20},
    {.size = sizeof(clf_options), .workers = 64, .lanes = 1, .slice = 50},
    {.size = sizeof(clf_options), .workers = 3, .lanes = 1, .mode = CLF_SHARED},
    {.size = sizeof(clf_options), .workers = 3, .lanes = 4, .mode = CLF_STATIC},
    {.size = sizeof(clf_options), .workers = 2, .lanes = 1, .inline_depth = 4, .debug = CLF_DEBUG},
};
enum { SHAPES = sizeof shapes / sizeof *shapes, DEPTH = 6, IDS = (2187 - 1) / 2 };

START_TEST(everybody_runs_once)
{
    cl_uint count = 0;
    clf_arg args[] = {CLF_UINT(0), CLF_UINT(DEPTH)};
    open_urgent(&shapes[_i], IDS);
    run_fiber(s, "storm", args, &count);
    ck_assert_uint_eq(count, IDS);
    check_all_once(s, once, IDS, "a fiber of the storm");
    check_balanced(s);
    close_urgent();
}
END_TEST

/* Who has parked goes on before others that are urgent, which may park as well. */
START_TEST(who_parked_goes_on)
{
    enum { EACH = 64, MOST_STEPS = 10 };
    for (int steps = 0; steps < MOST_STEPS; steps++) {
        cl_uint result[2] = {0, 0};
        open_urgent(OPTIONS(.workers = 1 + _i, .lanes = 1, .frames = 1, .ring = 2,
                            .inline_depth = CLF_NO_INLINE),
                    2 * EACH);
        clf_handle slow = start_normal("marks", 0);
        for (int k = 0; k < steps; k++)
            ck_assert_int_ge(clf_step(s), 0);
        clf_handle fast = start_urgent("marks", EACH);
        must(s, clf_join(s, slow, &result[0], sizeof *result, CLF_FOREVER));
        must(s, clf_join(s, fast, &result[1], sizeof *result, CLF_FOREVER));
        ck_assert_uint_eq(result[0], EACH);
        ck_assert_uint_eq(result[1], 2 * EACH);
        check_all_once(s, once, 2 * EACH, "a mark");
        check_balanced(s);
        close_urgent();
    }
}
END_TEST

/* Cancelled wherever they are: in the inbox, the queue, the lists. */
START_TEST(urgent_ones_are_cancelled)
{
    cl_uint result = 0;
    open_urgent(&shapes[_i], IDS);
    for (int steps = 0; steps < 12; steps += 3) {
        clf_handle handles[8];
        for (cl_uint i = 0; i < 8; i++) {
            clf_attributes as = CLF_ATTRIBUTES_INIT;
            clf_arg args[] = {CLF_UINT(i), CLF_UINT(4)};
            as.priority = i % 2 == 0 ? CLF_PRIORITY_URGENT : CLF_PRIORITY_NORMAL;
            must(s, clf_start_as(s, "storm", 2, args, &as, &handles[i]));
        }
        for (int k = 0; k < steps; k++)
            (void)clf_step(s);
        must(s, clf_cancel_all(s));
        for (int i = 0; i < 8; i++) {
            clf_status status = clf_join(s, handles[i], &result, sizeof result, CLF_FOREVER);
            ck_assert_msg(status == CLF_OK || status == CLF_CANCELLED, "%s", clf_message(s));
        }
        clf_stats stats = get_stats(s);
        ck_assert_uint_eq(stats.outstanding, 0);
        ck_assert_uint_eq(stats.total.spawned, stats.total.completed);
    }
    must(s, clf_join(s, start_urgent("normal", 7), &result, sizeof result, CLF_FOREVER));
    close_urgent();
}
END_TEST

/* A dump, a deadlock's too, tells urgent fibers and names, of those that wait and of their parents.
 */
START_TEST(a_dump_tells_priorities)
{
    static const char *const wanted[] = {
        " sulk \"sulker 7\" (urgent) in await wait, ", " family \"head\" (urgent) in await sulk, ",
        " sulk \"sulker 8\" in await wait, ", " sulk \"sulker 9\" (urgent) in await wait, "};
    clf_attributes as = CLF_ATTRIBUTES_INIT;
    clf_handle handles[3];
    const char *dump;
    open_urgent(&single[0], 1);
    as.name = "head";
    must(s, clf_start_as(s, "family", 1, &CLF_UINT(7), &as, &handles[0]));
    handles[1] = start_normal("sulk", 8);
    handles[2] = start_urgent("sulk", 9);
    gives(s, CLF_DEADLOCK, clf_run(s, CLF_FOREVER));
    ck_assert_uint_eq(get_stats(s).slices, 1); /* is enough to see it */
    must(s, clf_dump(s, &dump));
    for (size_t i = 0; i < sizeof wanted / sizeof *wanted; i++)
        ck_assert_msg(strstr(dump, wanted[i]) != NULL, "no%sin\n%s", wanted[i], dump);
    must(s, clf_cancel_all(s));
    for (int i = 0; i < 3; i++)
        gives(s, CLF_CANCELLED, clf_join(s, handles[i], NULL, 0, CLF_FOREVER));
    close_urgent();
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("urgent");
    TCase *tcase = new_case(suite, "urgent");
    tcase_add_loop_test(tcase, started_ones_go_first, 0, SINGLES);
    tcase_add_loop_test(tcase, woken_ones_go_first, 0, SINGLES);
    tcase_add_test(tcase, roots_go_first);
    tcase_add_loop_test(tcase, priorities_are_inherited, 0, SINGLES);
    tcase_add_loop_test(tcase, everybody_runs_once, 0, SHAPES);
    tcase_add_loop_test(tcase, who_parked_goes_on, 0, 2);
    tcase_add_loop_test(tcase, urgent_ones_are_cancelled, 0, SHAPES);
    tcase_add_test(tcase, a_dump_tells_priorities);
    return test_main(suite, true);
}
