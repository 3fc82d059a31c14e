/* test_room.c - what options.max_frames promises: so many fibers may live at one time, of whatever
 * sizes, and whatever sizes there were before; workers, lanes, and what others hold in store, take
 * nothing of that.
 */
#include "scatter.h"

#include "clfi.h"

static void close_room(void)
{
    check_words();
    check_balanced(s);
    close_frames();
}

/* ---- so many roots at a time -------------------------------------------------------- */

static const struct {
    uint32_t workers, lanes, slice, most;
} shapes[] = {
    {1, 1, 0, 1},     {1, 1, 7, 2}, {2, 1, 0, 1},   {2, 1, 1, 3},   {2, 1, 7, 8},
    {2, 1, 200, 40},  {7, 1, 5, 3}, {7, 1, 0, 30},  {64, 1, 3, 5},  {1, 16, 0, 1},
    {1, 16, 9, 20},   {2, 4, 3, 3}, {2, 16, 0, 2},  {2, 16, 7, 40}, {2, 32, 0, 20},
    {2, 32, 200, 64}, {7, 4, 0, 9}, {7, 32, 1, 30},
};
enum { SHAPES = sizeof shapes / sizeof *shapes };

/* Roots of all sizes that stay for some turns; at most options.window of them are there at a time.
 */
START_TEST(as_many_as_there_may_be)
{
    static const char *const fibers[] = {"tiny", "middle", "large"};
    open_frames(OPTIONS(.workers = shapes[_i].workers, .lanes = shapes[_i].lanes,
                        .slice = shapes[_i].slice, .max_frames = shapes[_i].most, .frames = 1,
                        .window = shapes[_i].most));
    for (cl_uint id = 0; id < IDS; id++) {
        cl_ulong dice = mix(id + 1000 * (cl_uint)_i);
        clf_arg args[] = {CLF_ARG(id), CLF_UINT((cl_uint)(dice >> 8) % 7)};
        /* for a time mostly of one size, then of another */
        must(s, clf_start(s, fibers[dice % 3 == 0 ? dice / 3 % 3 : id / 100 % 3], 2, args, NULL));
    }
    must(s, clf_run(s, CLF_FOREVER));
    check_all_once(s, once, IDS, "root");
    close_room();
}
END_TEST

/* ---- sizes do not keep one another out ---------------------------------------------- */

/* Small fibers, more than all memory has room for; with one lane their parent, which finds no
 * frame, is in their way. */
static void make_too_many(void)
{
    clf_arg args[] = {CLF_UINT(IDS), CLF_UINT(3)};
    must(s, clf_start(s, "many_tiny", 2, args, NULL));
    if (s->options.lanes > 1) {
        must(s, clf_run(s, CLF_FOREVER));
    } else {
        gives(s, CLF_LIMIT, clf_run(s, CLF_FOREVER));
        must(s, clf_cancel_all(s));
    }
}

/* As much memory as there may be becomes small frames, which are free then: large ones still fit.
 */
START_TEST(small_ones_leave_room_for_large_ones)
{
    enum { LARGE = 8 };
    static const uint32_t lanes[] = {1, 4, 16};
    open_frames(OPTIONS(.workers = 1, .lanes = lanes[_i], .max_frames = LARGE));
    clf_stats stats = get_stats(s);
    const cl_uint small = (cl_uint)(LARGE * stats.largest_frame_bytes / stats.frame_bytes) - 1;
    ck_assert_uint_gt(IDS, s->program.classes * small);
    make_too_many();
    for (int round = 0; round < 3; round++) {
        ck_assert_uint_eq(run_many("many_large", LARGE - 1), LARGE - 1);
        ck_assert_uint_eq(run_many("many_tiny", small), small);
    }
    close_room();
}
END_TEST

/* ---- wherever the free ones are ----------------------------------------------------- */

/* Frames of all sizes are made, as many as there may be, and put where their worker does not need
 * them or cannot give them away: they are found. */
START_TEST(free_frames_are_found)
{
    enum { MOST = 24 };
    static const struct {
        uint32_t workers, lanes;
    } pool[] = {{2, 1}, {2, 16}, {3, 4}};
    open_frames(OPTIONS(.workers = pool[_i].workers, .lanes = pool[_i].lanes, .max_frames = MOST,
                        .slice = 100));
    for (cl_uint i = 0; i < 2 * pool[_i].workers * WAYS; i++) {
        const cl_uint small = (cl_uint)s->buffers.class_units / s->program.smallest - 1;
        ck_assert_uint_eq(run_many("many_tiny", small), small);
        scatter((int)i % WAYS, i / WAYS % pool[_i].workers, 1000 * i);
        ck_assert_uint_eq(run_many("many_large", MOST - 1), MOST - 1);
        scatter((int)i % WAYS, i / WAYS % pool[_i].workers, 1000 * i + 500);
    }
    close_room();
}
END_TEST

/* ---- no frame now, but later --------------------------------------------------------- */

static const uint32_t some_lanes[] = {1, 4, 16};

/* As many sleep as may be alive but one, which wants a child: when they go on there is a frame. */
START_TEST(sleepers_give_way)
{
    enum { MOST = 4 };
    s = open_scheduler(OPTIONS(.workers = 2, .lanes = some_lanes[_i], .max_frames = MOST),
                       "room.fib");
    once = bind_words(s, "once", MOST);
    bind_uint(s, "micros", 200000);
    for (cl_uint id = 1; id < MOST; id++) {
        clf_arg args[] = {CLF_ARG(id)};
        must(s, clf_start(s, "nap", 1, args, NULL));
    }
    gives(s, CLF_TIMEOUT, clf_run(s, 0.02)); /* they sleep */
    cl_uint result = 0;
    clf_arg args[] = {CLF_UINT(1)};
    run_fiber(s, "naps", args, &result);
    ck_assert_uint_eq(result, 1);
    must(s, clf_run(s, CLF_FOREVER));
    check_all_once(s, once, MOST, "nap");
    check_balanced(s);
    must_cl(clReleaseMemObject(once));
    clf_destroy(s);
}
END_TEST

static clf_handle start_nap(cl_uint id)
{
    clf_handle nap = 0;
    must(s, clf_start(s, "nap", 1, &CLF_ARG(id), &nap));
    return nap;
}

/* Until no slice is tried any more: who has to wait for others waits. */
static void run_until_quiet(void)
{
    clf_stats before, after = {.size = sizeof after};
    must(s, clf_get_stats(s, &after));
    do {
        before = after;
        gives(s, CLF_TIMEOUT, clf_run(s, 0.02));
        must(s, clf_get_stats(s, &after));
    } while (after.slices != before.slices);
}

/* Who sleeps for long has all frames there may be, and is cancelled: what waited for a frame has
 * one at once, and nobody takes the rest for a deadlock. */
START_TEST(the_cancelled_give_way)
{
    s = open_scheduler(OPTIONS(.workers = 2, .lanes = some_lanes[_i], .max_frames = 1), "room.fib");
    once = bind_words(s, "once", 2);
    bind_uint(s, "micros", 3600000000u);
    clf_handle sleeper = start_nap(0);
    run_until_quiet();
    bind_uint(s, "micros", 0);
    clf_handle waiting = start_nap(1);
    run_until_quiet(); /* there is no frame for it */
    cl_uint words[2];
    read_words(s, once, words, 2);
    ck_assert_uint_eq(words[1], 0);
    must(s, clf_cancel(s, sleeper));
    gives(s, CLF_CANCELLED, clf_join(s, sleeper, NULL, 0, CLF_FOREVER));
    must(s, clf_join(s, waiting, NULL, 0, CLF_FOREVER));
    read_words(s, once, words, 2);
    ck_assert_uint_eq(words[0], 0);
    ck_assert_uint_eq(words[1], 1);
    check_balanced(s);
    must_cl(clReleaseMemObject(once));
    clf_destroy(s);
}
END_TEST

/* The same of fibers that yield many times. (With one lane those on the worker of the one that
 * lacks a frame would not run.) */
START_TEST(yielders_give_way)
{
    enum { MOST = 2, TURNS = 300 };
    open_frames(OPTIONS(.workers = 2, .lanes = some_lanes[1 + _i], .max_frames = MOST));
    for (cl_uint id = 100; id < 100 + MOST; id++) {
        clf_arg args[] = {CLF_ARG(id), CLF_UINT(TURNS)};
        must(s, clf_start(s, "large", 2, args, NULL));
    }
    ck_assert_uint_eq(run_many("many_large", 1), 1);
    must(s, clf_run(s, CLF_FOREVER));
    close_room();
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("room");
    TCase *room = new_case(suite, "room");
    tcase_add_loop_test(room, as_many_as_there_may_be, 0, SHAPES);
    tcase_add_loop_test(room, small_ones_leave_room_for_large_ones, 0, 3);
    tcase_add_loop_test(room, free_frames_are_found, 0, 3);
    tcase_add_loop_test(room, sleepers_give_way, 0, 3);
    tcase_add_loop_test(room, the_cancelled_give_way, 0, 3);
    tcase_add_loop_test(room, yielders_give_way, 0, 2);
    return test_main(suite, true);
}
