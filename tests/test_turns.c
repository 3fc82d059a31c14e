/* test_turns.c - yields come back in their turn, first in, first out, after everything else that
 * the worker could run; and an await returns while other children are still waiting. */
#include "support.h"

/* ---- the order of one worker with one lane ------------------------------------------ */

enum { FIBERS = 20, ROUNDS = 30 };

static void start_turns(clf_scheduler *s, clf_handle *handles)
{
    for (cl_uint i = 0; i < FIBERS; i++) {
        clf_arg args[] = {CLF_ARG(i), CLF_UINT(ROUNDS)};
        must(s, clf_start(s, "turns", 2, args, &handles[i]));
    }
}

static void join_turns(clf_scheduler *s, const clf_handle *handles)
{
    for (cl_uint i = 0; i < FIBERS; i++) {
        cl_uint id = 99;
        must(s, clf_join(s, handles[i], &id, sizeof id, CLF_FOREVER));
        ck_assert_uint_eq(id, i);
    }
}

/* when[id][round]: the entry's place in the log; every (id, round) is there exactly once. */
static void read_log(clf_scheduler *s, cl_mem log, cl_uint when[FIBERS][ROUNDS])
{
    static cl_uint words[1 + FIBERS * ROUNDS];
    read_words(s, log, words, 1 + FIBERS * ROUNDS);
    ck_assert_uint_eq(words[0], FIBERS * ROUNDS);
    memset(when, 0xff, FIBERS * sizeof *when);
    for (cl_uint k = 0; k < FIBERS * ROUNDS; k++) {
        cl_uint id = words[1 + k] >> 16, round = words[1 + k] & 0xffff;
        ck_assert_uint_lt(id, FIBERS);
        ck_assert_uint_lt(round, ROUNDS);
        ck_assert_uint_eq(when[id][round], UINT32_MAX);
        when[id][round] = k;
    }
}

/* Whoever yielded first runs again first: so between two turns of a fiber, all that waited have
 * one. */
static void check_order(cl_uint when[FIBERS][ROUNDS])
{
    for (cl_uint a = 0; a < FIBERS * (ROUNDS - 1); a++)
        for (cl_uint b = 0; b < FIBERS * (ROUNDS - 1); b++) {
            cl_uint ai = a / (ROUNDS - 1), ar = a % (ROUNDS - 1);
            cl_uint bi = b / (ROUNDS - 1), br = b % (ROUNDS - 1);
            if (when[ai][ar] < when[bi][br])
                ck_assert_uint_lt(when[ai][ar + 1], when[bi][br + 1]);
        }
}

static const uint32_t budgets[] = {1, 2, 7, FIBERS, 33, 1000, CLF_UNLIMITED};

START_TEST(yields_are_first_in_first_out)
{
    clf_scheduler *s =
        open_scheduler(OPTIONS(.workers = 1, .lanes = 1, .slice = budgets[_i]), "turns");
    cl_mem log = bind_log(s, FIBERS * ROUNDS), flag = bind_words(s, "flag", 1);
    clf_handle handles[FIBERS];
    cl_uint when[FIBERS][ROUNDS];
    start_turns(s, handles);
    join_turns(s, handles);
    read_log(s, log, when);
    check_order(when);
    check_balanced(s);
    must_cl(clReleaseMemObject(log));
    must_cl(clReleaseMemObject(flag));
    clf_destroy(s);
}
END_TEST

/* With more workers and lanes there is no one order, but every turn is taken once, a fiber's own in
 * order. */
static const uint32_t shapes[][2] = {{2, 1}, {7, 1}, {1, 4}, {2, 32}, {64, 1}};

START_TEST(every_turn_is_taken_once)
{
    clf_scheduler *s = open_scheduler(OPTIONS(.workers = shapes[_i][0], .lanes = shapes[_i][1],
                                              .slice = 50, .frames = 1, .ring = 2),
                                      "turns");
    cl_mem log = bind_log(s, FIBERS * ROUNDS), flag = bind_words(s, "flag", 1);
    clf_handle handles[FIBERS];
    cl_uint when[FIBERS][ROUNDS];
    start_turns(s, handles);
    join_turns(s, handles);
    read_log(s, log, when);
    for (cl_uint id = 0; id < FIBERS; id++)
        for (cl_uint round = 1; round < ROUNDS; round++)
            ck_assert_uint_lt(when[id][round - 1], when[id][round]);
    must_cl(clReleaseMemObject(log));
    must_cl(clReleaseMemObject(flag));
    clf_destroy(s);
}
END_TEST

/* ---- fairness ----------------------------------------------------------------------- */

static clf_scheduler *s;
static cl_mem log_words, flags;

static void open_one(void)
{
    s = open_scheduler(OPTIONS(.workers = 1, .lanes = 1), "turns");
    log_words = bind_log(s, 64);
    flags = bind_words(s, "flag", 64);
}

static void open_two(void)
{
    s = open_scheduler(OPTIONS(.workers = 2, .slice = 50), "turns");
    log_words = bind_log(s, 64);
    flags = bind_words(s, "flag", 64);
}

static void open_small(void)
{
    s = open_scheduler(OPTIONS(.workers = 2, .frames = 1, .ring = 2, .slice = 2), "turns");
    log_words = bind_log(s, 64);
    flags = bind_words(s, "flag", 64);
}

static void open_lanes(void)
{
    s = open_scheduler(OPTIONS(.workers = 2, .lanes = 4, .frames = 1, .ring = 2), "turns");
    log_words = bind_log(s, 64);
    flags = bind_words(s, "flag", 64);
}

static void close_turns(void)
{
    check_balanced(s);
    must_cl(clReleaseMemObject(log_words));
    must_cl(clReleaseMemObject(flags));
    clf_destroy(s);
}

START_TEST(a_yield_lets_the_child_run)
{
    cl_uint seen = 0;
    clf_handle handle;
    must(s, clf_start(s, "polite", 0, NULL, &handle));
    must(s, clf_join(s, handle, &seen, sizeof seen, CLF_FOREVER));
    ck_assert_uint_eq(seen, 1);
}
END_TEST

/* The one that yields was started first; the one that it waits for must get its turn. */
START_TEST(yielding_starves_nobody)
{
    clf_handle waiting, setting;
    clf_arg args[] = {CLF_UINT(3), CLF_UINT(100000)};
    must(s, clf_start(s, "until", 2, args, &waiting));
    must(s, clf_start(s, "setter", 1, &CLF_UINT(3), &setting));
    cl_uint seen = 0, set = 0;
    must(s, clf_join(s, waiting, &seen, sizeof seen, CLF_FOREVER));
    must(s, clf_join(s, setting, &set, sizeof set, CLF_FOREVER));
    ck_assert_uint_eq(seen, 1);
    ck_assert_uint_eq(set, 1003);
}
END_TEST

START_TEST(a_yield_gives_up_at_its_bound)
{
    cl_uint seen = 99;
    clf_arg args[] = {CLF_UINT(0), CLF_UINT(1000)};
    run_fiber(s, "until", args, &seen);
    ck_assert_uint_eq(seen, 0);
    ck_assert_uint_ge(get_stats(s).total.segments, 1001);
}
END_TEST

/* ---- await -------------------------------------------------------------------------- */

START_TEST(an_await_returns_while_others_wait)
{
    cl_uint result = 0;
    clf_arg args[] = {CLF_UINT(8)};
    run_fiber(s, "impatient", args, &result);
    ck_assert_uint_eq(result, 111);
}
END_TEST

START_TEST(many_awaits_at_once)
{
    clf_handle handles[16];
    for (cl_uint i = 0; i < 16; i++)
        must(s, clf_start(s, "impatient", 1, &CLF_UINT(2 * i), &handles[i]));
    for (int i = 0; i < 16; i++) {
        cl_uint result = 0;
        must(s, clf_join(s, handles[i], &result, sizeof result, CLF_FOREVER));
        ck_assert_uint_eq(result, 111);
    }
}
END_TEST

static TCase *add_common(Suite *suite, const char *name, void (*open)(void))
{
    TCase *tcase = new_case(suite, name);
    tcase_add_checked_fixture(tcase, open, close_turns);
    tcase_add_test(tcase, yielding_starves_nobody);
    tcase_add_test(tcase, a_yield_gives_up_at_its_bound);
    tcase_add_test(tcase, an_await_returns_while_others_wait);
    tcase_add_test(tcase, many_awaits_at_once);
    return tcase;
}

int main(void)
{
    Suite *suite = suite_create("turns");
    TCase *order = new_case(suite, "order");
    tcase_add_loop_test(order, yields_are_first_in_first_out, 0, sizeof budgets / sizeof *budgets);
    tcase_add_loop_test(order, every_turn_is_taken_once, 0, sizeof shapes / sizeof *shapes);
    TCase *one = add_common(suite, "one worker", open_one);
    tcase_add_test(one, a_yield_lets_the_child_run);
    add_common(suite, "two workers", open_two);
    add_common(suite, "from one frame", open_small);
    add_common(suite, "four lanes", open_lanes);
    return test_main(suite, true);
}
