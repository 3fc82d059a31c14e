/* test_stats.c - the counters agree with each other and with what is known about the work. */
#include "support.h"
#include "tree.h"

static clf_scheduler *s;

static void open_tree(void)
{
    s = open_scheduler(OPTIONS(.workers = 3, .slice = 500), "tree");
}

static void close_tree(void)
{
    check_usable(s);
    clf_destroy(s);
}

static const clf_counters nothing;

START_TEST(all_is_zero_at_first)
{
    clf_stats stats = get_stats(s);
    ck_assert_mem_eq(&stats.total, &nothing, sizeof nothing);
    ck_assert_uint_eq(stats.slices, 0);
    ck_assert_uint_eq(stats.started, 0);
    ck_assert_uint_eq(stats.outstanding, 0);
    ck_assert_uint_eq(stats.size, sizeof stats);
}
END_TEST

START_TEST(a_tree_is_counted)
{
    tree t = tree_open(s, 4, 7);
    tree_start(s, &t);
    clf_stats stats = get_stats(s);
    ck_assert_uint_eq(stats.started, 1);
    ck_assert_uint_eq(stats.outstanding, 1);
    tree_finish(s, &t);
    stats = get_stats(s);
    ck_assert_uint_eq(stats.started, 1);
    ck_assert_uint_eq(stats.outstanding, 0);
    ck_assert_uint_eq(stats.total.spawned, t.nodes);
    ck_assert_uint_eq(stats.total.completed, t.nodes);
    ck_assert_uint_eq(stats.total.failed, 0);
    ck_assert_uint_ge(stats.total.segments, t.nodes);
    ck_assert_uint_le(stats.total.segments, 2 * t.nodes + stats.slices * 3);
    ck_assert_uint_ge(stats.total.stolen, stats.total.steals_taken);
    ck_assert_uint_gt(stats.slices, 0);
    ck_assert(stats.device_seconds > 0);
    ck_assert_uint_ge(stats.frames, stats.total.frames_high);
    ck_assert_uint_gt(stats.total.frames_high, 7);
    ck_assert_uint_gt(stats.total.deque_high, 0);
    tree_close(&t);
}
END_TEST

/* fib's segments are known: a call with children has two, another one has one; nothing parks. The
 * table of known answers has the calls. */
START_TEST(fib_s_fibers_are_counted)
{
    build_program(s, "fib");
    ck_assert_int_eq(fiber_fib(s, 20), host_fib(20));
    clf_stats stats = get_stats(s);
    ck_assert_uint_eq(stats.total.spawned, 21891);
    ck_assert_uint_eq(stats.total.completed, 21891);
    ck_assert_uint_eq(stats.total.segments, 21891 + 21891 / 2);
}
END_TEST

/* A round begins with one kind of segment at least. fib has four: begun, twice in want of a frame,
 * and resumed. */
START_TEST(rounds_of_lanes_are_counted)
{
    clf_scheduler *wide = open_scheduler(OPTIONS(.workers = 2, .lanes = 8), "fib");
    ck_assert_int_eq(fiber_fib(wide, 20), host_fib(20));
    clf_stats stats = get_stats(wide);
    ck_assert_uint_eq(stats.total.spawned, 21891);
    ck_assert_uint_eq(stats.total.completed, 21891);
    ck_assert_uint_ge(stats.total.rounds, stats.total.segments / (8 * 4));
    ck_assert_uint_ge(stats.total.kinds, stats.total.rounds);
    ck_assert_uint_le(stats.total.kinds, 4 * stats.total.rounds);
    clf_destroy(wide);
}
END_TEST

#define SUMMED(member)                               \
    do {                                             \
        uint64_t sum_ = 0;                           \
        for (int i_ = 0; i_ < 3; i_++)               \
            sum_ += each[i_].member;                 \
        ck_assert_uint_eq(sum_, stats.total.member); \
    } while (0)

START_TEST(workers_add_up)
{
    tree_run(s, 4, 7);
    clf_counters each[3];
    clf_stats stats = get_stats(s);
    uint64_t deque_high = 0;
    for (uint32_t i = 0; i < 3; i++) {
        must(s, clf_get_worker_counters(s, i, &each[i]));
        deque_high = each[i].deque_high > deque_high ? each[i].deque_high : deque_high;
    }
    SUMMED(segments);
    SUMMED(completed);
    SUMMED(failed);
    SUMMED(steals_taken);
    SUMMED(steals_lost);
    SUMMED(steals_empty);
    SUMMED(stolen);
    SUMMED(publishes);
    SUMMED(idle_rounds);
    SUMMED(rounds);
    SUMMED(kinds);
    ck_assert_uint_eq(deque_high, stats.total.deque_high);
}
END_TEST

START_TEST(a_reset_starts_from_zero)
{
    tree_run(s, 4, 5);
    must(s, clf_reset_stats(s));
    clf_stats stats = get_stats(s);
    ck_assert_uint_eq(stats.total.segments, 0);
    ck_assert_uint_eq(stats.total.spawned, 0);
    ck_assert_uint_eq(stats.total.completed, 0);
    ck_assert_uint_eq(stats.slices, 0);
    ck_assert_uint_eq(stats.started, 0);
    ck_assert(stats.device_seconds == 0);
    ck_assert_uint_gt(stats.frames, 0);
    tree_run(s, 4, 5);
    check_balanced(s);
}
END_TEST

START_TEST(a_build_starts_from_zero)
{
    tree_run(s, 4, 5);
    build_program(s, "fib");
    ck_assert_uint_eq(get_stats(s).total.segments, 0);
    fiber_fib(s, 10);
    ck_assert_uint_eq(get_stats(s).total.spawned, 177); /* 2·F(11) − 1 */
}
END_TEST

START_TEST(a_reset_with_fibers_outstanding)
{
    tree t = tree_open(s, 4, 6);
    tree_start(s, &t);
    gives(s, CLF_PENDING, clf_step(s));
    uint64_t before = get_stats(s).total.completed;
    must(s, clf_reset_stats(s));
    ck_assert_uint_eq(get_stats(s).outstanding, 1);
    tree_finish(s, &t);
    ck_assert_uint_eq(get_stats(s).total.completed + before, t.nodes);
    tree_close(&t);
}
END_TEST

START_TEST(buffers_are_described)
{
    clf_stats stats = get_stats(s);
    ck_assert_uint_gt(stats.frames, 0);
    ck_assert_uint_ge(stats.frame_bytes, 32);
    ck_assert_uint_eq(stats.frame_bytes % 16, 0);
    ck_assert_uint_ge(stats.ring, 1024); /* more with many lanes */
    ck_assert_uint_eq(stats.frame_growths, 0);
    ck_assert_uint_eq(stats.ring_growths, 0);
    ck_assert_uint_ge(stats.device_bytes, (uint64_t)stats.frames * stats.frame_bytes);
    clf_fiber_info info;
    must(s, clf_find_fiber(s, "node", &info));
    ck_assert_uint_ge(stats.frame_bytes, info.frame_size);
}
END_TEST

START_TEST(used_frames_have_bytes)
{
    ck_assert_uint_eq(get_stats(s).frame_bytes_used, 0);
    tree t = tree_open(s, 4, 7);
    tree_start(s, &t);
    tree_finish(s, &t);
    clf_stats stats = get_stats(s);
    ck_assert_uint_eq(stats.frame_bytes_used, stats.total.frames_high * stats.frame_bytes);
    ck_assert_uint_le(stats.frame_bytes_used, stats.device_bytes);
    tree_close(&t);
}
END_TEST

START_TEST(bad_places_are_refused)
{
    clf_stats zero = {.size = 0}, small = {.size = 3};
    clf_counters counters;
    gives(s, CLF_BAD_ARGUMENT, clf_get_stats(s, NULL));
    gives(s, CLF_BAD_ARGUMENT, clf_get_stats(s, &zero));
    refuses(s, CLF_BAD_ARGUMENT, "3", clf_get_stats(s, &small));
    gives(s, CLF_BAD_ARGUMENT, clf_get_worker_counters(s, 0, NULL));
    refuses(s, CLF_BAD_ARGUMENT, "3", clf_get_worker_counters(s, 3, &counters));
    refuses(s, CLF_BAD_ARGUMENT, "4294967295", clf_get_worker_counters(s, UINT32_MAX, &counters));
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("stats");
    TCase *stats = new_case(suite, "stats");
    tcase_add_checked_fixture(stats, open_tree, close_tree);
    tcase_add_test(stats, all_is_zero_at_first);
    tcase_add_test(stats, a_tree_is_counted);
    tcase_add_test(stats, fib_s_fibers_are_counted);
    tcase_add_test(stats, rounds_of_lanes_are_counted);
    tcase_add_test(stats, workers_add_up);
    tcase_add_test(stats, a_reset_starts_from_zero);
    tcase_add_test(stats, a_build_starts_from_zero);
    tcase_add_test(stats, a_reset_with_fibers_outstanding);
    tcase_add_test(stats, buffers_are_described);
    tcase_add_test(stats, used_frames_have_bytes);
    tcase_add_test(stats, bad_places_are_refused);
    return test_main(suite, true);
}
