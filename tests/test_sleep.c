/* test_sleep.c - timers: every sleeper wakes, once a sleep and not before its time, in every mode
 * and shape, and whatever the lists' sizes; an idle scheduler waits, and is no deadlock. */
#include "support.h"

#include <time.h>

static double now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

/* ---- one sleeper -------------------------------------------------------------------- */

START_TEST(a_sleep_is_not_shorter_than_asked)
{
    clf_scheduler *s = open_scheduler(OPTIONS(.workers = 2), "sleep");
    cl_mem words = bind_words(s, "words", 1);
    cl_uint result = 0, woke = 0;
    clf_arg args[] = {CLF_UINT(0), CLF_UINT(20000), CLF_UINT(3)};
    double before = now();
    run_fiber(s, "naps", args, &result);
    ck_assert(now() - before >= 0.06);
    ck_assert_uint_eq(result, 100);
    read_words(s, words, &woke, 1);
    ck_assert_uint_eq(woke, 3);
    /* waiting is not spinning: a slice or two a sleep, not one a millisecond */
    ck_assert_uint_le(get_stats(s).slices, 3 * 3);
    check_balanced(s);
    must_cl(clReleaseMemObject(words));
    clf_destroy(s);
}
END_TEST

START_TEST(a_run_gives_up_while_fibers_sleep)
{
    clf_scheduler *s = open_scheduler(OPTIONS(.workers = 1), "sleep");
    cl_mem words = bind_words(s, "words", 1);
    clf_handle handle;
    cl_uint result = 0;
    clf_arg args[] = {CLF_UINT(0), CLF_UINT(3600u * 1000000u), CLF_UINT(1)};
    must(s, clf_start(s, "naps", 3, args, &handle));
    gives(s, CLF_TIMEOUT, clf_join(s, handle, &result, sizeof result, 0.02));
    gives(s, CLF_PENDING, clf_step(s));
    clf_interrupt(s);
    gives(s, CLF_INTERRUPTED, clf_run(s, CLF_FOREVER));
    must_cl(clReleaseMemObject(words));
    clf_destroy(s);
}
END_TEST

START_TEST(a_child_sleeps_beside_its_parent)
{
    clf_scheduler *s = open_scheduler(OPTIONS(.workers = 2), "sleep");
    cl_mem words = bind_words(s, "words", 2);
    cl_uint result = 0;
    clf_arg args[] = {CLF_UINT(0), CLF_UINT(4000)};
    run_fiber(s, "nurse", args, &result);
    ck_assert_uint_eq(result, 101);
    check_all_once(s, words, 2, "sleeper");
    must_cl(clReleaseMemObject(words));
    clf_destroy(s);
}
END_TEST

/* ---- many --------------------------------------------------------------------------- */

static const struct {
    clf_mode mode;
    uint32_t workers, lanes, frames, ring, slice;
} shapes[] = {
    {CLF_STEAL, 1, 1, 0, 0, 0},   {CLF_STEAL, 2, 1, 1, 2, 1},
    {CLF_STEAL, 2, 1, 1, 2, 7},   {CLF_STEAL, 64, 1, 0, 0, 0},
    {CLF_STEAL, 2, 16, 1, 2, 50}, {CLF_STEAL, 1, 4, 0, 0, 0},
    {CLF_STATIC, 4, 1, 0, 0, 0},  {CLF_SHARED, 4, 1, 1, 2, 7},
    {CLF_SHARED, 2, 4, 0, 0, 0},  {CLF_STEAL, 2, 1, 0, 0, CLF_UNLIMITED},
};

enum { MANY = 3000, STARTED = 500 };

START_TEST(every_sleeper_wakes_once)
{
    clf_scheduler *s = open_scheduler(
        OPTIONS(.mode = shapes[_i].mode, .workers = shapes[_i].workers, .lanes = shapes[_i].lanes,
                .frames = shapes[_i].frames, .ring = shapes[_i].ring, .slice = shapes[_i].slice,
                .first_counter = UINT32_MAX - 100),
        "sleep");
    cl_mem words = bind_words(s, "words", MANY + STARTED);
    cl_uint id[MANY], us[MANY], rounds[MANY], result = 0;
    clf_handle handle[MANY];
    for (cl_uint i = 0; i < MANY; i++) {
        id[i] = i;
        us[i] = i * 7 % 2000;
        rounds[i] = 1;
    }
    clf_arg args[] = {{id, 4}, {us, 4}, {rounds, 4}};
    must(s, clf_start_many(s, "naps", MANY, 3, args, handle));
    clf_arg more[] = {CLF_UINT(MANY), CLF_UINT(STARTED), CLF_UINT(500)};
    run_fiber(s, "dorm", more, &result);
    must(s, clf_run(s, CLF_FOREVER));
    for (cl_uint i = 0; i < MANY; i++) {
        must(s, clf_join(s, handle[i], &result, sizeof result, 0));
        ck_assert_uint_eq(result, 100 + i);
    }
    check_all_once(s, words, MANY + STARTED, "sleeper");
    check_balanced(s);
    must_cl(clReleaseMemObject(words));
    clf_destroy(s);
}
END_TEST

/* Roots for which there is no room before a sleeper wakes: the host waits, and does not launch
 * slices meanwhile. */
START_TEST(roots_wait_for_the_window)
{
    clf_scheduler *s = open_scheduler(OPTIONS(.workers = 1, .window = 2), "sleep");
    cl_mem words = bind_words(s, "words", 6);
    for (cl_uint i = 0; i < 6; i++) {
        clf_arg args[] = {CLF_ARG(i), CLF_UINT(20000), CLF_UINT(1)};
        must(s, clf_start(s, "naps", 3, args, NULL));
    }
    must(s, clf_run(s, CLF_FOREVER));
    check_all_once(s, words, 6, "sleeper");
    ck_assert_uint_le(get_stats(s).slices, 6 * 3);
    must_cl(clReleaseMemObject(words));
    clf_destroy(s);
}
END_TEST

/* More than the request list holds: those that find it full park. */
START_TEST(a_hundred_thousand_sleep_at_once)
{
    enum { SLEEPERS = 100000 };
    clf_scheduler *s = open_scheduler(OPTIONS(.workers = 2, .window = 1 << 17), "sleep");
    cl_mem words = bind_words(s, "words", SLEEPERS);
    cl_uint *id = malloc(3 * SLEEPERS * sizeof *id), *us = id + SLEEPERS, *one = us + SLEEPERS;
    ck_assert_ptr_nonnull(id);
    for (cl_uint i = 0; i < SLEEPERS; i++) {
        id[i] = i;
        us[i] = 300000 + mix(i) % 100000;
        one[i] = 1;
    }
    clf_arg args[] = {{id, 4}, {us, 4}, {one, 4}};
    must(s, clf_start_many(s, "naps", SLEEPERS, 3, args, NULL));
    must(s, clf_run(s, CLF_FOREVER));
    check_all_once(s, words, SLEEPERS, "sleeper");
    check_balanced(s);
    free(id);
    must_cl(clReleaseMemObject(words));
    clf_destroy(s);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("sleep");
    TCase *one = new_case(suite, "one");
    tcase_add_test(one, a_sleep_is_not_shorter_than_asked);
    tcase_add_test(one, a_run_gives_up_while_fibers_sleep);
    tcase_add_test(one, a_child_sleeps_beside_its_parent);
    TCase *many = new_case(suite, "many");
    tcase_add_loop_test(many, every_sleeper_wakes_once, 0, sizeof shapes / sizeof *shapes);
    tcase_add_test(many, roots_wait_for_the_window);
    tcase_add_test(many, a_hundred_thousand_sleep_at_once);
    return test_main(suite, true);
}
