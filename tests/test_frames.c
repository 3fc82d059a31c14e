/* test_frames.c - frames of several sizes in one program: nobody is in anybody else's memory,
 * whatever the workers, lanes and slices; what is full says so; nothing is lost where fibers are
 * cancelled.
 */
#include "frames.h"

enum { ROUNDS = 2 };

/* The fiber with the arguments 0, IDS and ROUNDS: every id was there once. */
static void run_ids(const char *fiber)
{
    cl_ulong sum = 0;
    clf_arg args[] = {CLF_UINT(0), CLF_UINT(IDS), CLF_UINT(ROUNDS)};
    run_fiber(s, fiber, args, &sum);
    ck_assert_uint_eq(sum, (cl_ulong)IDS * (IDS - 1) / 2);
    check_words();
    check_all_once(s, once, IDS, fiber);
    check_balanced(s);
}

static clf_handle start_many(const char *fiber, cl_uint n, cl_uint rounds)
{
    clf_handle handle;
    clf_arg args[] = {CLF_UINT(n), CLF_UINT(rounds)};
    must(s, clf_start(s, fiber, 2, args, &handle));
    return handle;
}

static uint32_t bytes_of(const char *name)
{
    clf_fiber_info info;
    uint32_t count, bytes = 0;
    must(s, clf_get_fiber(s, 0, &info, &count));
    for (uint32_t i = 0; i < count; i++) {
        must(s, clf_get_fiber(s, i, &info, NULL));
        if (strcmp(info.name, name) == 0)
            must(s, clf_get_frame_bytes(s, i, &bytes));
    }
    ck_assert_uint_ne(bytes, 0);
    return bytes;
}

START_TEST(sizes_are_told)
{
    open_frames(OPTIONS(.workers = 2, .lanes = 1));
    clf_stats stats = get_stats(s);
    uint32_t bytes;
    ck_assert_uint_eq(stats.frame_classes, 3);
    ck_assert_uint_ge(stats.frame_bytes, 48); /* as much as the largest that is not twice that */
    ck_assert_uint_lt(stats.frame_bytes, 96);
    ck_assert_uint_eq(stats.largest_frame_bytes, 1056);
    ck_assert_uint_eq(bytes_of("tiny"), stats.frame_bytes);
    ck_assert_uint_ge(bytes_of("middle"), 208);
    ck_assert_uint_lt(bytes_of("middle"), 224);
    ck_assert_uint_eq(bytes_of("large"), 1056);
    refuses(s, CLF_BAD_ARGUMENT, "1000", clf_get_frame_bytes(s, 1000, &bytes));
    gives(s, CLF_BAD_ARGUMENT, clf_get_frame_bytes(s, 0, NULL));
    close_frames();
}
END_TEST

static const clf_options grid[] = {
#define ROW(w, l, n)                                                      \
    {                                                                     \
        .size = sizeof(clf_options), .workers = w, .lanes = l, .slice = n \
    }
    ROW(2, 1, 1),
    ROW(2, 1, 7),
    ROW(2, 1, CLF_UNLIMITED),
    ROW(2, 16, 1),
    ROW(2, 16, 7),
    ROW(2, 16, CLF_UNLIMITED),
    ROW(64, 1, 1),
    ROW(64, 1, 7),
    ROW(64, 1, CLF_UNLIMITED),
    ROW(64, 16, 1),
    ROW(64, 16, 7),
    ROW(64, 16, CLF_UNLIMITED),
    {.size = sizeof(clf_options), .workers = 3, .lanes = 1, .inline_depth = CLF_NO_INLINE},
    {.size = sizeof(clf_options), .workers = 2, .lanes = 16, .inline_depth = 2},
    {.size = sizeof(clf_options), .workers = 2, .lanes = 1, .mode = CLF_STATIC},
    {.size = sizeof(clf_options), .workers = 2, .lanes = 1, .mode = CLF_SHARED},
    {.size = sizeof(clf_options), .workers = 2, .lanes = 1, .frames = 1, .ring = 2},
    {.size = sizeof(clf_options), .workers = 2, .lanes = 16, .frames = 1},
    {.size = sizeof(clf_options), .workers = 2, .lanes = 1, .debug = 1},
#undef ROW
};
enum { GRID = sizeof grid / sizeof *grid };

START_TEST(nobody_is_in_anybodys_memory)
{
    open_frames(&grid[_i]);
    run_ids("crowd");
    close_frames();
}
END_TEST

START_TEST(started_fibers_have_their_sizes)
{
    open_frames(&grid[_i]);
    run_ids("starter");
    close_frames();
}
END_TEST

/* A few large fibers among many small ones cost what they take, not what all would. */
START_TEST(small_fibers_take_little)
{
    open_frames(OPTIONS(.workers = 2, .lanes = 1, .frames = 1));
    cl_ulong n;
    must(s, clf_join(s, start_many("many_large", 4, 1), &n, sizeof n, CLF_FOREVER));
    must(s, clf_join(s, start_many("many_tiny", IDS, 1), &n, sizeof n, CLF_FOREVER));
    clf_stats stats = get_stats(s);
    ck_assert_uint_gt(stats.frame_growths, 0);
    ck_assert_uint_ge(stats.total.frames_high, IDS);
    ck_assert_uint_lt(stats.frame_bytes_used, 150 * stats.total.frames_high);
    check_balanced(s);
    close_frames();
}
END_TEST

/* So many of the largest fit as options.max_frames says, the parent included. */
START_TEST(the_limit_holds_the_largest)
{
    static const clf_options limits[] = {
        {.size = sizeof(clf_options), .workers = 1, .lanes = 1, .max_frames = 9},
        {.size = sizeof(clf_options), .workers = 4, .lanes = 1, .max_frames = 41, .slice = 7},
        {.size = sizeof(clf_options), .workers = 2, .lanes = 16, .max_frames = 41},
        /* clones have frames of other classes ready */
        {.size = sizeof(clf_options), .workers = 1, .lanes = 1, .max_frames = 9, .inline_depth = 1},
    };
    const cl_uint n = limits[_i].max_frames - 1;
    cl_ulong result = 0;
    open_frames(&limits[_i]);
    must(s, clf_join(s, start_many("many_large", n, 20), &result, sizeof result, CLF_FOREVER));
    ck_assert_uint_eq(result, n);
    check_words();
    check_all_once(s, once, n, "large");
    check_balanced(s);
    close_frames();
}
END_TEST

/* Where all frames of a size are in use, the message says so. When those fibers are cancelled,
 * others go on. */
START_TEST(a_full_class_is_an_error)
{
    cl_ulong n = 0;
    open_frames(OPTIONS(.workers = 1, .lanes = 1, .max_frames = 8));
    clf_stats stats = get_stats(s);
    const cl_uint tinies = 8 * stats.largest_frame_bytes / stats.frame_bytes;
    clf_handle handle = start_many("many_tiny", tinies, 3); /* and their parent */
    refuses(s, CLF_LIMIT, "8448 may be of one size",
            clf_join(s, handle, &n, sizeof n, CLF_FOREVER));
    must(s, clf_cancel(s, handle));
    gives(s, CLF_CANCELLED, clf_join(s, handle, &n, sizeof n, CLF_FOREVER));
    must(s, clf_join(s, start_many("many_tiny", tinies - 1, 3), &n, sizeof n, CLF_FOREVER));
    must(s, clf_join(s, start_many("many_large", 7, 3), &n, sizeof n, CLF_FOREVER));
    check_words();
    close_frames();
}
END_TEST

/* Cancelled fibers' frames come back as what they were. */
START_TEST(cancelled_frames_come_back)
{
    open_frames(&grid[_i]);
    uint64_t used = 0;
    for (int i = 0; i < 12; i++) {
        clf_handle handle;
        clf_arg args[] = {CLF_UINT(40)};
        must(s, clf_start(s, "failing", 1, args, &handle));
        gives(s, CLF_FIBER_FAILED, clf_join(s, handle, NULL, 0, CLF_FOREVER));
        if (i == 5)
            used = get_stats(s).frame_bytes_used;
    }
    ck_assert_uint_le(get_stats(s).frame_bytes_used, used + used / 2);
    run_ids("crowd");
    close_frames();
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("frames");
    TCase *frames = new_case(suite, "frames");
    tcase_add_test(frames, sizes_are_told);
    tcase_add_loop_test(frames, nobody_is_in_anybodys_memory, 0, GRID);
    tcase_add_loop_test(frames, started_fibers_have_their_sizes, 0, GRID);
    tcase_add_test(frames, small_fibers_take_little);
    tcase_add_loop_test(frames, the_limit_holds_the_largest, 0, 4);
    tcase_add_test(frames, a_full_class_is_an_error);
    tcase_add_loop_test(frames, cancelled_frames_come_back, 0, 12);
    return test_main(suite, true);
}
