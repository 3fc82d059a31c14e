/* test_started.c - fibers that fibers start: joined, detached, left alone, joined in wrong ways,
 * and knots of fibers that wait for each other. */
#include "support.h"

enum { HITS = 3000 };

static clf_scheduler *s;
static cl_mem hits, mail;

static void bind_all(void)
{
    hits = bind_words(s, "hits", HITS);
    mail = bind_words(s, "mail", 16);
}

static void open_started(void)
{
    s = open_scheduler(OPTIONS(.workers = 2, .slice = 100), "started");
    bind_all();
}

/* From one frame and a ring of two, so that every start may have to wait. */
static void open_small(void)
{
    s = open_scheduler(OPTIONS(.workers = 2, .frames = 1, .ring = 2, .slice = 3), "started");
    bind_all();
}

static void open_lanes(void)
{
    s = open_scheduler(OPTIONS(.workers = 2, .lanes = 32, .frames = 1, .ring = 2), "started");
    bind_all();
}

static void close_started(void)
{
    check_balanced(s);
    must_cl(clReleaseMemObject(hits));
    must_cl(clReleaseMemObject(mail));
    check_usable(s);
    clf_destroy(s);
}

START_TEST(started_fibers_are_joined)
{
    for (cl_uint count = 0; count <= 8; count++) {
        cl_ulong sum = 0, wanted = 0;
        for (cl_ulong k = 0; k < count; k++)
            wanted += (k + 1) * k * k;
        clf_arg args[] = {CLF_ARG(count)};
        run_fiber(s, "squares", args, &sum);
        ck_assert_uint_eq(sum, wanted);
    }
}
END_TEST

START_TEST(many_join_their_own)
{
    enum { COUNT = 500 };
    static cl_uint counts[COUNT];
    static clf_handle handles[COUNT];
    for (cl_uint i = 0; i < COUNT; i++)
        counts[i] = i % 9;
    clf_arg args[] = {{counts, sizeof *counts}};
    must(s, clf_start_many(s, "squares", COUNT, 1, args, handles));
    for (cl_uint i = 0; i < COUNT; i++) {
        cl_ulong sum = 0, wanted = 0;
        for (cl_ulong k = 0; k < i % 9; k++)
            wanted += (k + 1) * k * k;
        must(s, clf_join(s, handles[i], &sum, sizeof sum, CLF_FOREVER));
        ck_assert_uint_eq(sum, wanted);
    }
}
END_TEST

/* Detached at once, or forgotten when their starter ends: they all run, and the run waits for them.
 */
START_TEST(forgotten_fibers_run)
{
    clf_arg detached[] = {CLF_UINT(HITS / 2), CLF_UINT(0), CLF_UINT(0)};
    clf_arg forgotten[] = {CLF_UINT(HITS / 2), CLF_UINT(HITS / 2), CLF_UINT(1)};
    must(s, clf_start(s, "crowd", 3, detached, NULL));
    must(s, clf_start(s, "crowd", 3, forgotten, NULL));
    must(s, clf_run(s, CLF_FOREVER));
    check_all_once(s, hits, HITS, "started fiber");
}
END_TEST

static cl_int run_int(const char *fiber, cl_uint argument)
{
    cl_int result = 4321;
    clf_arg args[] = {CLF_ARG(argument)};
    run_fiber(s, fiber, args, &result);
    return result;
}

/* Joined before it completed, and after. */
START_TEST(a_second_join_is_a_failure_code)
{
    for (cl_uint late = 0; late < 4; late++) {
        cl_int status = run_int("twice", late);
        ck_assert_int_ne(status, 0);
        ck_assert_int_ne(status, -1000);
        ck_assert_int_ne(status, 4321);
    }
}
END_TEST

START_TEST(a_stray_handle_is_a_failure_code)
{
    static const cl_ulong garbage[] = {0, 1, 12345, UINT32_MAX, UINT64_C(1) << 32, UINT64_MAX};
    for (size_t i = 0; i < sizeof garbage / sizeof *garbage; i++) {
        cl_int status = 0;
        clf_arg args[] = {CLF_ARG(garbage[i])};
        run_fiber(s, "stray", args, &status);
        ck_assert_int_ne(status, 0);
    }
}
END_TEST

START_TEST(a_join_of_another_size_is_a_failure_code)
{
    for (cl_uint late = 0; late < 3; late++) {
        cl_int status = run_int("narrow", late);
        ck_assert_int_ne(status, 0);
        ck_assert_int_ne(status, 4321);
        ck_assert_int_ne(status, run_int("twice", late)); /* and told from a stale handle */
    }
    clf_status status = clf_run(s, CLF_FOREVER);
    ck_assert_msg(status == CLF_OK, "%s: %s", clf_status_name(status), clf_message(s));
}
END_TEST

START_TEST(a_started_fiber_s_code_is_the_join_s_status)
{
    for (cl_int code = -5; code < 6; code++)
        for (cl_uint late = 0; code != 0 && late < 3; late++) {
            cl_int seen = 0;
            clf_arg args[] = {CLF_ARG(code), CLF_ARG(late)};
            run_fiber(s, "starter", args, &seen);
            ck_assert_int_eq(seen, code);
        }
}
END_TEST

START_TEST(a_fiber_knows_itself)
{
    clf_handle handles[50];
    for (int i = 0; i < 50; i++)
        must(s, clf_start(s, "mirror", 0, NULL, &handles[i]));
    for (int i = 0; i < 50; i++) {
        cl_uint right = 0;
        must(s, clf_join(s, handles[i], &right, sizeof right, CLF_FOREVER));
        ck_assert_uint_eq(right, 1);
    }
}
END_TEST

START_TEST(an_old_handle_is_no_other_s)
{
    for (int i = 0; i < 50; i++) {
        clf_handle handle;
        cl_uint seen = 0;
        must(s, clf_start(s, "ghost", 0, NULL, &handle));
        must(s, clf_join(s, handle, &seen, sizeof seen, CLF_FOREVER));
        ck_assert_uint_eq(seen & 1, 1);
    }
}
END_TEST

/* One worker with one lane takes the frame that it freed last: so the case does come up. */
START_TEST(an_old_handle_of_a_frame_in_use)
{
    s = open_scheduler(OPTIONS(.workers = 1, .lanes = 1), "started");
    bind_all();
    cl_uint seen = 0;
    clf_handle handle;
    must(s, clf_start(s, "ghost", 0, NULL, &handle));
    must(s, clf_join(s, handle, &seen, sizeof seen, CLF_FOREVER));
    ck_assert_uint_eq(seen, 3);
    close_started();
}
END_TEST

START_TEST(a_fiber_knows_its_place)
{
    clf_options options = {.size = sizeof options};
    must(s, clf_get_options(s, &options));
    clf_handle handles[50];
    for (int i = 0; i < 50; i++)
        must(s, clf_start(s, "place", 0, NULL, &handles[i]));
    for (int i = 0; i < 50; i++) {
        cl_uint2 where = {{77777, 77777}};
        must(s, clf_join(s, handles[i], &where, sizeof where, CLF_FOREVER));
        ck_assert_uint_lt(where.s[0], options.workers);
        ck_assert_uint_lt(where.s[1], options.lanes);
    }
}
END_TEST

START_TEST(fibers_are_given_up_late)
{
    enum { COUNT = 300 };
    for (cl_uint i = 0; i < COUNT; i++) {
        clf_arg args[] = {CLF_ARG(i), CLF_UINT(i % 5)};
        must(s, clf_start(s, "dropper", 2, args, NULL));
    }
    must(s, clf_run(s, CLF_FOREVER));
    cl_uint words[COUNT];
    read_words(s, hits, words, COUNT);
    for (int i = 0; i < COUNT; i++)
        ck_assert_uint_eq(words[i], 1);
}
END_TEST

/* ---- knots -------------------------------------------------------------------------- */

static void check_knot(cl_uint across)
{
    s = open_scheduler(OPTIONS(.workers = 2, .slice = 100), "started");
    bind_all();
    must(s, clf_start(s, "knot", 1, &CLF_ARG(across), NULL));
    clf_status status = clf_run(s, CLF_FOREVER);
    ck_assert_msg(status == CLF_DEADLOCK, "%s: %s", clf_status_name(status), clf_message(s));
    ck_assert_int_gt(strlen(clf_message(s)), 0);
    gives(s, CLF_DEADLOCK, clf_run(s, CLF_FOREVER)); /* still */
    /* What else there is to do goes on beside the knot. */
    clf_handle handle;
    cl_ulong sum = 0;
    must(s, clf_start(s, "squares", 1, &CLF_UINT(4), &handle));
    must(s, clf_join(s, handle, &sum, sizeof sum, CLF_FOREVER));
    ck_assert_uint_eq(sum, 2 * 1 + 3 * 4 + 4 * 9);
    must_cl(clReleaseMemObject(hits));
    must_cl(clReleaseMemObject(mail));
    clf_destroy(s);
}

START_TEST(a_fiber_that_joins_itself)
{
    check_knot(0);
}
END_TEST

START_TEST(two_that_join_each_other)
{
    check_knot(1);
}
END_TEST

START_TEST(a_host_s_join_finds_the_knot)
{
    s = open_scheduler(OPTIONS(.workers = 2), "started");
    bind_all();
    must(s, clf_start(s, "knot", 1, &CLF_UINT(1), NULL));
    gives(s, CLF_DEADLOCK, clf_run(s, CLF_FOREVER));
    clf_handle handle;
    cl_int status = 0;
    must(s, clf_start(s, "joiner", 1, &CLF_UINT(5), &handle)); /* an empty letter: a stray handle */
    must(s, clf_join(s, handle, &status, sizeof status, CLF_FOREVER));
    ck_assert_int_ne(status, 0);
    must_cl(clReleaseMemObject(hits));
    must_cl(clReleaseMemObject(mail));
    clf_destroy(s);
}
END_TEST

/* ---- frames come back --------------------------------------------------------------- */

enum { FEW = 400 };
static const uint32_t lane_counts[] = {1, 4, 32};

static void start_many(const char *fiber, cl_uint count, cl_uint nargs, cl_uint first,
                       cl_uint second)
{
    clf_arg args[] = {CLF_ARG(first), CLF_ARG(second)};
    for (cl_uint i = 0; i < count; i++)
        must(s, clf_start(s, fiber, nargs, args, NULL));
}

/* However a fiber ends and is joined, its frame can be used again: many times the limit passes
 * through. */
START_TEST(no_frame_is_lost)
{
    static const struct {
        const char *fiber;
        cl_uint nargs, first, second;
    } kinds[] = {{"squares", 1, 8, 0}, {"twice", 1, 0, 0},   {"twice", 1, 3, 0},
                 {"narrow", 1, 0, 0},  {"narrow", 1, 3, 0},  {"starter", 2, 7, 0},
                 {"starter", 2, 7, 3}, {"dropper", 2, 0, 0}, {"dropper", 2, 0, 1},
                 {"dropper", 2, 0, 4}, {"mirror", 0, 0, 0}};
    s = open_scheduler(OPTIONS(.workers = 2, .window = 20, .slice = 200, .max_frames = FEW,
                               .frames = 8, .lanes = lane_counts[_i]),
                       "started");
    bind_all();
    for (size_t k = 0; k < sizeof kinds / sizeof *kinds; k++) {
        start_many(kinds[k].fiber, 2 * FEW, kinds[k].nargs, kinds[k].first, kinds[k].second);
        must(s, clf_run(s, CLF_FOREVER));
    }
    check_balanced(s);
    must_cl(clReleaseMemObject(hits));
    must_cl(clReleaseMemObject(mail));
    clf_destroy(s);
}
END_TEST

static void add_all(Suite *suite, const char *name, void (*open)(void))
{
    TCase *tcase = new_case(suite, name);
    tcase_add_checked_fixture(tcase, open, close_started);
    tcase_add_test(tcase, started_fibers_are_joined);
    tcase_add_test(tcase, many_join_their_own);
    tcase_add_test(tcase, forgotten_fibers_run);
    tcase_add_test(tcase, a_second_join_is_a_failure_code);
    tcase_add_test(tcase, a_stray_handle_is_a_failure_code);
    tcase_add_test(tcase, a_join_of_another_size_is_a_failure_code);
    tcase_add_test(tcase, a_started_fiber_s_code_is_the_join_s_status);
    tcase_add_test(tcase, a_fiber_knows_itself);
    tcase_add_test(tcase, an_old_handle_is_no_other_s);
    tcase_add_test(tcase, a_fiber_knows_its_place);
    tcase_add_test(tcase, fibers_are_given_up_late);
}

int main(void)
{
    Suite *suite = suite_create("started");
    add_all(suite, "started", open_started);
    add_all(suite, "from one frame", open_small);
    add_all(suite, "in many lanes", open_lanes);
    TCase *frames = new_case(suite, "frames");
    tcase_add_test(frames, an_old_handle_of_a_frame_in_use);
    tcase_add_loop_test(frames, no_frame_is_lost, 0, 3);
    TCase *knots = new_case(suite, "knots");
    tcase_add_test(knots, a_fiber_that_joins_itself);
    tcase_add_test(knots, two_that_join_each_other);
    tcase_add_test(knots, a_host_s_join_finds_the_knot);
    return test_main(suite, true);
}
