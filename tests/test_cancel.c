/* test_cancel.c - fibers that do not finish: cancelled by the host at any slice, cancelled because
 * a fiber failed, stuck for ever. Nothing of them may stay behind, and nothing else may be touched.
 */
#include "clfi.h"
#include "support.h"

enum { HITS = 16 };

static clf_scheduler *s;
static cl_mem hits;

static const uint32_t lane_counts[] = {1, 16};

static void open_cancel(const clf_options *options)
{
    s = open_scheduler(options, "cancel.fib");
    hits = bind_words(s, "hits", HITS);
}

static uint32_t live_frames(void)
{
    uint32_t *marks, used, live = 0;
    must(s, clfi_live_marks(s, &marks, &used));
    for (uint32_t i = 0; i < used; i++)
        live += marks[i] != CLF_MARK_FREE;
    free(marks);
    return live;
}

/* Every frame that was ever used is in a free list, every fiber made has ended. */
static void check_clean(void)
{
    clf_stats stats = get_stats(s);
    ck_assert_uint_eq(live_frames(), 0);
    ck_assert_uint_eq(stats.outstanding, 0);
    ck_assert_uint_eq(stats.total.spawned, stats.total.completed);
}

static void close_cancel(void)
{
    check_clean();
    must_cl(clReleaseMemObject(hits));
    clf_destroy(s);
}

/* The same, after the scheduler has shown that it still works. */
static void finish(void)
{
    cl_int leaves = 0;
    clf_arg args[] = {CLF_INT(3), CLF_INT(1)};
    run_fiber(s, "branch", args, &leaves);
    ck_assert_int_eq(leaves, 15);
    close_cancel();
}

/* ---- by the host ---------------------------------------------------------------------- */

static clf_handle start_branch(cl_int depth, cl_int n)
{
    clf_handle handle;
    clf_arg args[] = {CLF_ARG(depth), CLF_ARG(n)};
    must(s, clf_start(s, "branch", 2, args, &handle));
    return handle;
}

static void join_cancelled(clf_handle handle)
{
    cl_int result = 4321;
    refuses(s, CLF_CANCELLED, "cancelled",
            clf_join(s, handle, &result, sizeof result, CLF_FOREVER));
    ck_assert_int_eq(result, 4321);
    gives(s, CLF_STALE_HANDLE, clf_poll(s, handle));
}

/* Cancelled after 0, 1, 2, ... slices of one segment, until it is too late: each time all of it
 * goes, and a family beside it does not notice. */
START_TEST(a_family_at_every_slice)
{
    open_cancel(OPTIONS(.workers = 2, .lanes = lane_counts[_i], .slice = 1));
    bool over = false;
    for (int after = 0; !over; after++) {
        clf_handle victim = start_branch(3, 1), other = start_branch(2, 1);
        for (int k = 0; k < after; k++)
            ck_assert_int_ge(clf_step(s), 0);
        must(s, clf_cancel(s, victim));
        must(s, clf_cancel(s, victim)); /* twice is as good as once */
        cl_int leaves = 0;
        must(s, clf_join(s, other, &leaves, sizeof leaves, CLF_FOREVER));
        ck_assert_int_eq(leaves, 7);
        clf_status status = clf_join(s, victim, &leaves, sizeof leaves, CLF_FOREVER);
        over = status == CLF_OK;
        ck_assert_msg(status == (over ? CLF_OK : CLF_CANCELLED), "%s", clf_message(s));
        ck_assert_int_eq(leaves, over ? 15 : 7);
        check_clean();
        ck_assert_int_lt(after, 2000);
    }
    finish();
}
END_TEST

/* Not yet handed to the device, in the inbox, on the device: by a window of one. */
START_TEST(roots_wherever_they_are)
{
    enum { COUNT = 40 };
    clf_handle handle[COUNT];
    for (uint32_t window = 1; window <= COUNT; window = 3 * window + 1)
        for (int steps = 0; steps < 4; steps++) {
            open_cancel(
                OPTIONS(.workers = 2, .lanes = lane_counts[_i], .slice = 5, .window = window));
            for (int i = 0; i < COUNT; i++)
                handle[i] = start_branch(2, i);
            for (int k = 0; k < steps; k++)
                gives(s, CLF_PENDING, clf_step(s));
            for (int i = 0; i < COUNT; i++)
                if (i % 3 != 0)
                    must(s, clf_cancel(s, handle[i]));
            must(s, clf_run(s, CLF_FOREVER));
            for (int i = 0; i < COUNT; i++) {
                cl_int leaves = 0;
                clf_status status = clf_join(s, handle[i], &leaves, sizeof leaves, 0);
                ck_assert_msg(status == (i % 3 != 0 ? CLF_CANCELLED : CLF_OK) ||
                                  (status == CLF_OK && steps > 0),
                              "root %d after %d slices: %s", i, steps, clf_status_name(status));
                ck_assert_int_eq(leaves, status == CLF_OK ? 7 : 0);
            }
            close_cancel();
        }
}
END_TEST

START_TEST(what_never_ends_is_ended)
{
    open_cancel(OPTIONS(.workers = 2, .lanes = lane_counts[_i], .slice = 50, .frames = 64));
    for (cl_int depth = 0; depth < 8; depth++) {
        clf_handle wide, deep;
        must(s, clf_start(s, "forever", 1, &CLF_ARG(depth), &wide));
        must(s, clf_start(s, "chain", 1, &CLF_INT(1 << depth << 4), &deep));
        gives(s, CLF_TIMEOUT, clf_run(s, 0.01));
        must(s, clf_cancel(s, deep));
        join_cancelled(deep);
        gives(s, CLF_PENDING, clf_poll(s, wide));
        must(s, clf_cancel(s, wide));
        must(s, clf_run(s, CLF_FOREVER));
        join_cancelled(wide);
        check_clean();
    }
    finish();
}
END_TEST

/* A handle given up between cancelling and the slice; one joined before; one never given out. */
START_TEST(handles_of_all_kinds)
{
    open_cancel(OPTIONS(.workers = 2, .lanes = lane_counts[_i]));
    clf_handle handle = start_branch(2, 2);
    cl_int leaves = 0;
    must(s, clf_cancel(s, handle));
    must(s, clf_detach(s, handle));
    gives(s, CLF_STALE_HANDLE, clf_cancel(s, handle));
    must(s, clf_run(s, CLF_FOREVER));
    check_clean();
    handle = start_branch(2, 2);
    must(s, clf_join(s, handle, &leaves, sizeof leaves, CLF_FOREVER));
    gives(s, CLF_STALE_HANDLE, clf_cancel(s, handle));
    gives(s, CLF_STALE_HANDLE, clf_cancel(s, 0));
    handle = start_branch(2, 2);
    must(s, clf_run(s, CLF_FOREVER));
    must(s, clf_cancel(s, handle)); /* too late */
    must(s, clf_join(s, handle, &leaves, sizeof leaves, CLF_FOREVER));
    ck_assert_int_eq(leaves, 7);
    gives(s, CLF_BAD_ARGUMENT, clf_cancel(NULL, handle));
    gives(s, CLF_BAD_ARGUMENT, clf_cancel_all(NULL));
    finish();
}
END_TEST

START_TEST(all_at_once)
{
    open_cancel(OPTIONS(.workers = 2, .lanes = lane_counts[_i], .slice = 20, .window = 8));
    for (int after = 0; after < 12; after++) {
        clf_handle kept = start_branch(3, 3);
        for (int i = 0; i < 10; i++) {
            must(s, clf_start(s, "forever", 1, &CLF_INT(2), NULL));
            must(s, clf_start(s, "joins_leaf", 1, &CLF_INT(i), NULL));
            must(s, clf_start(s, "knot", 1, &CLF_INT(i), NULL));
        }
        for (int k = 0; k < after; k++)
            gives(s, CLF_PENDING, clf_step(s));
        must(s, clf_cancel_all(s));
        must(s, clf_poll(s, kept));
        must(s, clf_detach(s, kept));
        check_clean();
        cl_int leaves = 0; /* what starts later is not meant */
        clf_handle later = start_branch(1, 1);
        must(s, clf_join(s, later, &leaves, sizeof leaves, CLF_FOREVER));
        ck_assert_int_eq(leaves, 3);
    }
    finish();
}
END_TEST

/* One deadline passes, one is taken away, one comes too late. */
START_TEST(deadlines)
{
    open_cancel(OPTIONS(.workers = 2, .lanes = lane_counts[_i]));
    clf_handle endless, spared = start_branch(3, 40), quick = start_branch(1, 1);
    cl_int leaves = 0;
    must(s, clf_start(s, "forever", 1, &CLF_INT(3), &endless));
    must(s, clf_cancel_after(s, endless, 1000));
    must(s, clf_cancel_after(s, endless, 0.05));
    must(s, clf_cancel_after(s, spared, 0));
    must(s, clf_cancel_after(s, spared, CLF_FOREVER));
    must(s, clf_cancel_after(s, quick, 1000));
    must(s, clf_run(s, CLF_FOREVER));
    join_cancelled(endless);
    must(s, clf_join(s, spared, &leaves, sizeof leaves, CLF_FOREVER));
    ck_assert_int_eq(leaves, 15);
    must(s, clf_cancel_after(s, quick, 0));
    must(s, clf_join(s, quick, &leaves, sizeof leaves, CLF_FOREVER));
    ck_assert_uint_eq(s->cancel.deadlines.count, 0);
    gives(s, CLF_STALE_HANDLE, clf_cancel_after(s, quick, 0));
    finish();
}
END_TEST

/* The joined fiber has lost its joiner: it ends, and its frame comes back. */
START_TEST(a_joiner_at_every_slice)
{
    open_cancel(OPTIONS(.workers = 2, .lanes = lane_counts[_i], .slice = 1));
    for (int after = 2; after < 30; after++) {
        clf_handle handle;
        must(s, clf_start(s, "joins_leaf", 1, &CLF_INT(10), &handle));
        for (int k = 0; k < after; k++)
            ck_assert_int_ge(clf_step(s), 0);
        must(s, clf_cancel(s, handle));
        must(s, clf_run(s, CLF_FOREVER));
        must(s, clf_poll(s, handle));
        must(s, clf_detach(s, handle));
    }
    cl_uint ended;
    read_words(s, hits, &ended, 1);
    ck_assert_uint_eq(ended, 28);
    finish();
}
END_TEST

/* Modes for comparison keep their work elsewhere. */
START_TEST(other_modes)
{
    open_cancel(OPTIONS(.workers = 3, .lanes = lane_counts[_i], .slice = 7,
                        .mode = _i == 0 ? CLF_SHARED : CLF_STATIC,
                        .first_counter = UINT32_MAX - 20));
    for (int after = 0; after < 60; after += 3) {
        clf_handle victim = start_branch(5, 2), other = start_branch(4, 2);
        for (int k = 0; k < after; k++)
            ck_assert_int_ge(clf_step(s), 0);
        must(s, clf_cancel(s, victim));
        cl_int leaves = 0;
        must(s, clf_join(s, other, &leaves, sizeof leaves, CLF_FOREVER));
        ck_assert_int_eq(leaves, 31);
        must(s, clf_run(s, CLF_FOREVER));
        must(s, clf_detach(s, victim));
        check_clean();
    }
    finish();
}
END_TEST

/* ---- out of frames -------------------------------------------------------------------- */

START_TEST(room_for_others)
{
    open_cancel(OPTIONS(.workers = 2, .lanes = lane_counts[_i], .frames = 32, .max_frames = 32));
    clf_handle one[16], big;
    for (int i = 0; i < 16; i++)
        must(s, clf_start(s, "chain", 1, &CLF_INT(0), &one[i]));
    while (live_frames() != 32)
        ck_assert_int_ge(clf_step(s), 0);
    must(s, clf_start(s, "many", 2, ((clf_arg[]){CLF_INT(31), CLF_INT(1)}), &big));
    gives(s, CLF_LIMIT, clf_run(s, CLF_FOREVER));
    for (int i = 0; i < 16; i++)
        must(s, clf_cancel(s, one[i]));
    cl_int count = 0;
    must(s, clf_join(s, big, &count, sizeof count, CLF_FOREVER));
    ck_assert_int_eq(count, 31);
    for (int i = 0; i < 16; i++)
        join_cancelled(one[i]);
    finish();
}
END_TEST

/* ---- by failures ---------------------------------------------------------------------- */

static void fails_with(const char *fiber, uint32_t nargs, const clf_arg *args, int code,
                       const char *first)
{
    clf_handle handle;
    clf_failure failure = {.code = 0};
    must(s, clf_start(s, fiber, nargs, args, &handle));
    gives(s, CLF_FIBER_FAILED, clf_join(s, handle, NULL, 0, CLF_FOREVER));
    must(s, clf_get_failure(s, &failure));
    ck_assert_int_eq(failure.code, code);
    ck_assert_str_eq(failure.fiber, first);
    must(s, clf_run(s, CLF_FOREVER));
    check_clean();
}

/* Each would never end if the others of its family were waited for. */
START_TEST(a_failure_ends_the_family)
{
    static const uint32_t budgets[] = {1, 7, 1000};
    for (int b = 0; b < 3; b++) {
        open_cancel(OPTIONS(.workers = 2, .lanes = lane_counts[_i], .slice = budgets[b]));
        for (cl_int n = 0; n < 12; n++) {
            clf_arg args[] = {CLF_ARG(n), CLF_INT(n + 100)};
            fails_with("waits_in_sync", 2, args, n + 100, "fails");
            fails_with("waits_in_await", 2, args, n + 100, "fails");
            fails_with("gives_up", 2, args, n + 100, "gives_up");
            fails_with("syncs_late", 2, args, n + 100, "fails");
            clf_arg rungs[] = {CLF_INT(n % 5), CLF_ARG(n), CLF_INT(n + 100)};
            fails_with("ladder", 3, rungs, n + 100, "fails");
            cl_int seen = 0;
            run_fiber(s, "joins", args, &seen);
            ck_assert_int_eq(seen, n + 100);
            check_clean();
        }
        finish();
    }
}
END_TEST

/* Without a limit on the slice, the failure itself ends it. */
START_TEST(a_failure_ends_an_unlimited_slice)
{
    open_cancel(OPTIONS(.workers = 2, .lanes = lane_counts[_i], .slice = CLF_UNLIMITED));
    clf_arg args[] = {CLF_INT(5), CLF_INT(77)};
    fails_with("waits_in_sync", 2, args, 77, "fails");
    fails_with("gives_up", 2, args, 77, "gives_up");
    finish();
}
END_TEST

/* ---- deadlocks ------------------------------------------------------------------------ */

START_TEST(a_knot_is_cut)
{
    open_cancel(OPTIONS(.workers = 2, .lanes = lane_counts[_i], .slice = CLF_UNLIMITED));
    must(s, clf_start(s, "knot", 1, &CLF_INT(1), NULL));
    uint64_t before = get_stats(s).slices;
    gives(s, CLF_DEADLOCK, clf_run(s, CLF_FOREVER));
    ck_assert_uint_eq(get_stats(s).slices - before, 1);
    gives(s, CLF_DEADLOCK, clf_run(s, CLF_FOREVER)); /* still */
    const char *text = NULL;
    must(s, clf_dump(s, &text));
    ck_assert_msg(strstr(text, "joins_itself in await join") != NULL, "%s", text);
    ck_assert_msg(strstr(text, "waits for fiber") != NULL, "%s", text);
    must(s, clf_cancel_all(s));
    must(s, clf_run(s, CLF_FOREVER));
    finish();
}
END_TEST

/* ---- dumps ---------------------------------------------------------------------------- */

START_TEST(a_dump_counts_like_ones)
{
    open_cancel(OPTIONS(.workers = 2, .lanes = lane_counts[_i], .slice = 2000));
    const char *text = NULL;
    must(s, clf_dump(s, &text));
    ck_assert_str_eq(text, ""); /* nobody yet */
    for (int i = 0; i < 100; i++)
        must(s, clf_start(s, "forever", 1, &CLF_INT(0), NULL));
    must(s, clf_start(s, "chain", 1, &CLF_INT(50), NULL));
    gives(s, CLF_TIMEOUT, clf_run(s, 0.2));
    must(s, clf_dump(s, &text));
    ck_assert_msg(strstr(text, "and 97 more like it") != NULL, "%s", text);
    ck_assert_msg(strstr(text, "    ...\n") != NULL, "%s", text); /* too many parents */
    ck_assert_uint_lt(strlen(text), 4000);
    gives(s, CLF_BAD_ARGUMENT, clf_dump(NULL, &text));
    gives(s, CLF_BAD_ARGUMENT, clf_dump(s, NULL));
    must(s, clf_cancel_all(s));
    finish();
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("cancel");
    TCase *host = new_case(suite, "host");
    tcase_add_loop_test(host, a_family_at_every_slice, 0, 2);
    tcase_add_loop_test(host, roots_wherever_they_are, 0, 2);
    tcase_add_loop_test(host, what_never_ends_is_ended, 0, 2);
    tcase_add_loop_test(host, handles_of_all_kinds, 0, 2);
    tcase_add_loop_test(host, all_at_once, 0, 2);
    tcase_add_loop_test(host, deadlines, 0, 2);
    tcase_add_loop_test(host, a_joiner_at_every_slice, 0, 2);
    tcase_add_loop_test(host, other_modes, 0, 2);
    tcase_add_loop_test(host, room_for_others, 0, 2);
    TCase *failures = new_case(suite, "failures");
    tcase_add_loop_test(failures, a_failure_ends_the_family, 0, 2);
    tcase_add_loop_test(failures, a_failure_ends_an_unlimited_slice, 0, 2);
    TCase *knots = new_case(suite, "deadlocks");
    tcase_add_loop_test(knots, a_knot_is_cut, 0, 2);
    TCase *dumps = new_case(suite, "dumps");
    tcase_add_loop_test(dumps, a_dump_counts_like_ones, 0, 2);
    return test_main(suite, true);
}
