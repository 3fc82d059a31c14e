/* test_fail.c - fibers that fail: the code and the record, parents that pass it on, siblings that
 * finish or are cancelled, and roots that work afterwards. */
#include "support.h"

enum { HITS = 64 };

static clf_scheduler *s;
static cl_mem hits;

static void open_fail(void)
{
    s = open_scheduler(OPTIONS(.workers = 2, .slice = 100), "fail");
    hits = bind_words(s, "hits", HITS);
}

/* Whatever failed, everything ended, and later roots work. */
static void close_fail(void)
{
    check_balanced(s);
    cl_uint result = 0;
    clf_arg args[] = {CLF_INT(0)};
    run_fiber(s, "bad", args, &result);
    ck_assert_uint_eq(result, 5);
    must_cl(clReleaseMemObject(hits));
    check_usable(s);
    clf_destroy(s);
}

/* Joins a fiber that fails with that code, in the fiber `first` at that line. */
static void join_failed(clf_handle handle, int code, const char *first, uint32_t at)
{
    cl_uint result = 4321;
    gives(s, CLF_FIBER_FAILED, clf_join(s, handle, &result, sizeof result, CLF_FOREVER));
    char number[16];
    snprintf(number, sizeof number, "%d", code);
    ck_assert_msg(strstr(clf_message(s), number) != NULL, "says \"%s\"", clf_message(s));
    ck_assert_uint_eq(result, 4321);
    clf_failure failure = {.code = 0};
    must(s, clf_get_failure(s, &failure));
    ck_assert_int_eq(failure.code, code);
    ck_assert_str_eq(failure.fiber, first);
    ck_assert_uint_eq(failure.at, at);
    ck_assert_uint_lt(failure.worker, 2);
    gives(s, CLF_STALE_HANDLE, clf_poll(s, handle)); /* freed as well */
}

static const int codes[] = {1, -1, 42, INT32_MAX, INT32_MIN, -30001};

START_TEST(a_root_fails)
{
    clf_handle handle;
    must(s, clf_start(s, "bad", 1, &CLF_INT(codes[_i]), &handle));
    must(s, clf_run(s, CLF_FOREVER)); /* a fiber's failure is not the run's */
    must(s, clf_poll(s, handle));
    join_failed(handle, codes[_i], "bad", 77);
    ck_assert_uint_eq(get_stats(s).total.failed, 1);
}
END_TEST

/* Siblings have run once, or were cancelled if a slice ended meanwhile. */
static void check_siblings(cl_uint count, cl_uint bad)
{
    cl_uint words[HITS];
    read_words(s, hits, words, count);
    for (cl_uint k = 0; k < count; k++)
        ck_assert_uint_le(words[k], k != bad);
}

START_TEST(a_child_fails_beside_its_siblings)
{
    enum { KIDS = 16 };
    clf_handle handle;
    clf_arg args[] = {CLF_INT(7), CLF_UINT(KIDS), CLF_UINT((cl_uint)_i * 5)};
    must(s, clf_start(s, "family", 3, args, &handle));
    join_failed(handle, 7, "bad", 77);
    check_siblings(KIDS, (cl_uint)_i * 5);
    ck_assert_uint_eq(get_stats(s).total.failed, 1); /* the parent has no code of its own */
}
END_TEST

START_TEST(a_family_without_failure)
{
    cl_uint good = 0;
    clf_arg args[] = {CLF_INT(0), CLF_UINT(16), CLF_UINT(3)};
    run_fiber(s, "family", args, &good);
    ck_assert_uint_eq(good, 16);
    ck_assert_uint_eq(get_stats(s).total.failed, 0);
}
END_TEST

START_TEST(a_failure_goes_up_a_chain)
{
    for (cl_uint depth = 0; depth < 50; depth += 7) {
        clf_handle handle;
        clf_arg args[] = {CLF_INT(11), CLF_ARG(depth)};
        must(s, clf_start(s, "chain", 2, args, &handle));
        join_failed(handle, 11, "chain", 99);
    }
}
END_TEST

START_TEST(an_await_sees_the_code)
{
    for (cl_int code = -3; code <= 3; code++) {
        cl_int seen = 4321;
        clf_arg args[] = {CLF_ARG(code)};
        run_fiber(s, "watcher", args, &seen);
        ck_assert_int_eq(seen, code);
    }
    ck_assert_uint_eq(get_stats(s).total.failed, 6);
}
END_TEST

START_TEST(a_fiber_fails_before_its_children_end)
{
    clf_handle handle;
    must(s, clf_start(s, "quitter", 1, &CLF_INT(13), &handle));
    join_failed(handle, 13, "quitter", 123);
    check_siblings(8, HITS);
}
END_TEST

/* A failure needs a code: without one it is still a failure, with a code of the runtime's own. */
START_TEST(a_failure_without_code_is_one)
{
    clf_handle handle;
    clf_failure failure = {.code = 0};
    must(s, clf_start(s, "quitter", 1, &CLF_INT(0), &handle));
    gives(s, CLF_FIBER_FAILED, clf_join(s, handle, NULL, 0, CLF_FOREVER));
    must(s, clf_get_failure(s, &failure));
    ck_assert_int_ne(failure.code, 0);
    check_siblings(8, HITS);
}
END_TEST

/* The record belongs to the join that returned the failure, whoever failed in between. */
START_TEST(every_join_has_its_own_record)
{
    clf_handle handles[6];
    for (int i = 0; i < 6; i++)
        must(s, clf_start(s, "bad", 1, &CLF_INT(100 + i), &handles[i]));
    for (int i = 5; i >= 0; i--) {
        clf_failure failure = {.code = 0};
        gives(s, CLF_FIBER_FAILED, clf_join(s, handles[i], NULL, 0, CLF_FOREVER));
        must(s, clf_get_failure(s, &failure));
        ck_assert_int_eq(failure.code, 100 + i);
    }
}
END_TEST

START_TEST(failures_among_successes)
{
    enum { COUNT = 2000 };
    static cl_int wanted[COUNT];
    static clf_handle handles[COUNT];
    cl_uint failed = 0;
    for (int i = 0; i < COUNT; i++) {
        wanted[i] = i % 3 == 0 ? i + 1 : 0;
        failed += wanted[i] != 0;
    }
    clf_arg args[] = {{wanted, sizeof *wanted}};
    must(s, clf_start_many(s, "bad", COUNT, 1, args, handles));
    for (int i = 0; i < COUNT; i++) {
        cl_uint result = 0;
        clf_failure failure = {.code = 0};
        clf_status status = clf_join(s, handles[i], &result, sizeof result, CLF_FOREVER);
        ck_assert_int_eq(status, wanted[i] ? CLF_FIBER_FAILED : CLF_OK);
        if (status == CLF_FIBER_FAILED)
            must(s, clf_get_failure(s, &failure));
        ck_assert_int_eq(failure.code, wanted[i]);
    }
    ck_assert_uint_eq(get_stats(s).total.failed, failed);
}
END_TEST

START_TEST(detached_failures_are_counted)
{
    for (int i = 0; i < 10; i++)
        must(s, clf_start(s, "bad", 1, &CLF_INT(i % 2), NULL));
    must(s, clf_run(s, CLF_FOREVER));
    ck_assert_uint_eq(get_stats(s).total.failed, 5);
}
END_TEST

/* Failing costs no frame: many times the limit passes through. */
START_TEST(no_frame_is_lost)
{
    enum { FEW = 300 };
    clf_scheduler *small = open_scheduler(
        OPTIONS(.workers = 2, .window = 5, .slice = 200, .frames = 8, .max_frames = FEW), "fail");
    cl_mem words = bind_words(small, "hits", HITS);
    clf_arg family[] = {CLF_INT(7), CLF_UINT(16), CLF_UINT(3)};
    clf_arg chain[] = {CLF_INT(8), CLF_UINT(30)};
    for (int i = 0; i < FEW; i++) {
        must(small, clf_start(small, "family", 3, family, NULL));
        must(small, clf_start(small, "chain", 2, chain, NULL));
        must(small, clf_start(small, "watcher", 1, &CLF_INT(9), NULL));
        must(small, clf_start(small, "quitter", 1, &CLF_INT(10), NULL));
    }
    must(small, clf_run(small, CLF_FOREVER));
    check_balanced(small);
    ck_assert_uint_eq(get_stats(small).total.failed, 4 * FEW);
    must_cl(clReleaseMemObject(words));
    clf_destroy(small);
}
END_TEST

START_TEST(a_record_needs_a_failure_and_a_place)
{
    clf_failure failure;
    gives(s, CLF_BAD_ARGUMENT, clf_get_failure(s, NULL));
    ck_assert_int_lt(clf_get_failure(s, &failure), 0); /* nothing failed yet */
}
END_TEST

START_TEST(wait_any_and_drain_take_failed_ones)
{
    clf_handle handle, drained = 0;
    size_t index = 99, count = 0;
    must(s, clf_start(s, "bad", 1, &CLF_INT(9), &handle));
    must(s, clf_wait_any(s, &handle, 1, &index, CLF_FOREVER));
    ck_assert_uint_eq(index, 0);
    must(s, clf_drain(s, &drained, 1, &count));
    ck_assert_uint_eq(count, 1);
    ck_assert_uint_eq(drained, handle);
    join_failed(handle, 9, "bad", 77);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("fail");
    TCase *fail = new_case(suite, "fail");
    tcase_add_checked_fixture(fail, open_fail, close_fail);
    tcase_add_loop_test(fail, a_root_fails, 0, sizeof codes / sizeof *codes);
    tcase_add_loop_test(fail, a_child_fails_beside_its_siblings, 0, 4);
    tcase_add_test(fail, a_family_without_failure);
    tcase_add_test(fail, a_failure_goes_up_a_chain);
    tcase_add_test(fail, an_await_sees_the_code);
    tcase_add_test(fail, a_fiber_fails_before_its_children_end);
    tcase_add_test(fail, a_failure_without_code_is_one);
    tcase_add_test(fail, every_join_has_its_own_record);
    tcase_add_test(fail, failures_among_successes);
    tcase_add_test(fail, detached_failures_are_counted);
    tcase_add_test(fail, no_frame_is_lost);
    tcase_add_test(fail, a_record_needs_a_failure_and_a_place);
    tcase_add_test(fail, wait_any_and_drain_take_failed_ones);
    return test_main(suite, true);
}
