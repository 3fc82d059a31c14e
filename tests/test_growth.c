/* test_growth.c - frames and rings that run out: they grow between slices, fibers that wait for a
 * frame go on where they were, and at the limit there is an error with the counts and the state
 * stays whole. */
#include "support.h"
#include "tree.h"

/* ---- from the smallest start -------------------------------------------------------- */

static const struct {
    uint32_t workers, lanes, slice;
    clf_mode mode;
} smallest[] = {
    {1, 1, 0, CLF_STEAL},   {2, 1, 0, CLF_STEAL},  {2, 1, 1, CLF_STEAL},
    {2, 1, 7, CLF_STEAL},   {2, 4, 0, CLF_STEAL},  {2, 32, 0, CLF_STEAL},
    {7, 1, 0, CLF_STEAL},   {7, 4, 3, CLF_STEAL},  {64, 1, 0, CLF_STEAL},
    {64, 32, 0, CLF_STEAL}, {2, 1, 0, CLF_STATIC}, {7, 4, 0, CLF_STATIC},
    {2, 1, 0, CLF_SHARED},  {7, 4, 0, CLF_SHARED}, {2, 1, CLF_UNLIMITED, CLF_STEAL},
};

static clf_scheduler *open_smallest(int i, const char *program)
{
    return open_scheduler(OPTIONS(.workers = smallest[i].workers, .lanes = smallest[i].lanes,
                                  .slice = smallest[i].slice, .mode = smallest[i].mode, .frames = 1,
                                  .ring = 2),
                          program);
}

START_TEST(a_tree_grows_out_of_one_frame)
{
    clf_scheduler *s = open_smallest(_i, "tree");
    tree_run(s, 4, 5);
    clf_stats stats = get_stats(s);
    ck_assert_uint_gt(stats.frame_growths, 0);
    ck_assert_uint_gt(stats.frames, 1);
    check_balanced(s);
    clf_destroy(s);
}
END_TEST

static void check_wide(clf_scheduler *s, cl_uint count)
{
    cl_mem hits = bind_words(s, "hits", count);
    cl_uint result = 0;
    clf_arg args[] = {CLF_UINT(0), CLF_ARG(count)};
    run_fiber(s, "wide", args, &result);
    ck_assert_uint_eq(result, count);
    check_all_once(s, hits, count, "leaf");
    check_balanced(s);
    must_cl(clReleaseMemObject(hits));
}

START_TEST(two_thousand_children)
{
    clf_scheduler *s = open_smallest(_i, "wide");
    check_wide(s, 2000);
    clf_destroy(s);
}
END_TEST

START_TEST(a_hundred_thousand_children)
{
    clf_scheduler *s = open_smallest(_i, "wide");
    check_wide(s, 100000);
    clf_destroy(s);
}
END_TEST

/* Static mode deals its work out once, after some slices; rings that grow in the very slice before
 * must not be mistaken for the larger ones. Every slice budget puts the growth elsewhere. */
START_TEST(dealing_while_rings_grow)
{
    clf_scheduler *s = open_scheduler(OPTIONS(.workers = 3, .lanes = 1, .slice = (uint32_t)_i,
                                              .mode = CLF_STATIC, .frames = 1, .ring = 2),
                                      "wide");
    check_wide(s, 400);
    clf_destroy(s);
}
END_TEST

/* Several parents that spawn more than there are frames, so that lanes and workers park at one
 * time. */
START_TEST(many_parents_park_at_once)
{
    enum { PARENTS = 64, KIDS = 200 };
    clf_scheduler *s = open_smallest(_i, "wide");
    cl_mem hits = bind_words(s, "hits", PARENTS * KIDS);
    clf_handle handles[PARENTS];
    for (cl_uint i = 0; i < PARENTS; i++) {
        clf_arg args[] = {CLF_UINT(i * KIDS), CLF_UINT(KIDS)};
        must(s, clf_start(s, "wide", 2, args, &handles[i]));
    }
    for (cl_uint i = 0; i < PARENTS; i++) {
        cl_uint result = 0;
        must(s, clf_join(s, handles[i], &result, sizeof result, CLF_FOREVER));
        ck_assert_uint_eq(result, KIDS);
    }
    check_all_once(s, hits, PARENTS * KIDS, "leaf");
    check_balanced(s);
    must_cl(clReleaseMemObject(hits));
    clf_destroy(s);
}
END_TEST

/* ---- deep --------------------------------------------------------------------------- */

static const char *const chains[] = {"deep", "plunge"};

START_TEST(a_hundred_thousand_deep)
{
    enum { DEPTH = 100000 };
    clf_scheduler *s = open_scheduler(OPTIONS(.workers = 2, .frames = 1, .ring = 2), "wide");
    cl_mem hits = bind_words(s, "hits", 1);
    cl_ulong result = 0;
    clf_arg args[] = {CLF_UINT(DEPTH)};
    run_fiber(s, chains[_i], args, &result);
    ck_assert_uint_eq(result, (cl_ulong)DEPTH * (DEPTH + 1) / 2);
    ck_assert_uint_ge(get_stats(s).frames, DEPTH);
    check_balanced(s);
    must_cl(clReleaseMemObject(hits));
    clf_destroy(s);
}
END_TEST

START_TEST(deep_chains_in_many_lanes)
{
    clf_scheduler *s =
        open_scheduler(OPTIONS(.workers = 2, .lanes = 32, .frames = 1, .ring = 2), "wide");
    cl_mem hits = bind_words(s, "hits", 1);
    clf_handle handles[40];
    for (cl_uint i = 0; i < 40; i++)
        must(s, clf_start(s, chains[i % 2], 1, &CLF_UINT(100 * i), &handles[i]));
    for (cl_ulong i = 0; i < 40; i++) {
        cl_ulong result = 0, depth = 100 * i;
        must(s, clf_join(s, handles[i], &result, sizeof result, CLF_FOREVER));
        ck_assert_uint_eq(result, depth * (depth + 1) / 2);
    }
    must_cl(clReleaseMemObject(hits));
    clf_destroy(s);
}
END_TEST

/* ---- roots -------------------------------------------------------------------------- */

enum { MILLION = 1000000 };

/* Results by identity, and each started fiber's own mark. */
START_TEST(a_million_roots)
{
    clf_scheduler *s = open_scheduler(OPTIONS(.workers = 2), "wide");
    cl_mem hits = bind_words(s, "hits", MILLION);
    static cl_uint ids[MILLION];
    static clf_handle handles[MILLION];
    for (cl_uint i = 0; i < MILLION; i++)
        ids[i] = MILLION - 1 - i;
    clf_arg args[] = {{ids, sizeof *ids}};
    must(s, clf_start_many(s, "leaf", MILLION, 1, args, handles));
    memset(ids, 0, sizeof ids); /* they were copied */
    ck_assert_uint_eq(get_stats(s).outstanding, MILLION);
    must(s, clf_run(s, CLF_FOREVER));
    for (cl_uint i = 0; i < MILLION; i++) {
        cl_ulong result = 0;
        must(s, clf_join(s, handles[i], &result, sizeof result, CLF_FOREVER));
        if (result != mix(MILLION - 1 - i))
            ck_abort_msg("root %u has the result of another one", i);
    }
    check_all_once(s, hits, MILLION, "leaf");
    ck_assert_uint_eq(get_stats(s).started, MILLION);
    check_balanced(s);
    must_cl(clReleaseMemObject(hits));
    clf_destroy(s);
}
END_TEST

START_TEST(a_small_window_and_small_buffers)
{
    enum { ROOTS = 20000 };
    clf_scheduler *s =
        open_scheduler(OPTIONS(.workers = 2, .window = 7, .frames = 1, .ring = 2), "wide");
    cl_mem hits = bind_words(s, "hits", ROOTS);
    static cl_uint ids[ROOTS];
    for (cl_uint i = 0; i < ROOTS; i++)
        ids[i] = i;
    clf_arg args[] = {{ids, sizeof *ids}};
    must(s, clf_start_many(s, "leaf", ROOTS, 1, args, NULL));
    must(s, clf_run(s, CLF_FOREVER));
    check_all_once(s, hits, ROOTS, "leaf");
    check_balanced(s);
    must_cl(clReleaseMemObject(hits));
    clf_destroy(s);
}
END_TEST

/* ---- the limit ---------------------------------------------------------------------- */

static const uint32_t limited_lanes[] = {1, 4, 32};

START_TEST(the_limit_is_an_error_with_the_counts)
{
    clf_scheduler *s = open_scheduler(
        OPTIONS(.workers = 2, .lanes = limited_lanes[_i], .frames = 8, .max_frames = 3000), "wide");
    cl_mem hits = bind_words(s, "hits", 1);
    clf_handle handle;
    must(s, clf_start(s, "deep", 1, &CLF_UINT(100000), &handle));
    refuses(s, CLF_LIMIT, "3000", clf_run(s, CLF_FOREVER));
    refuses(s, CLF_LIMIT, "3000", clf_run(s, CLF_FOREVER)); /* it does not get better, nor worse */
    refuses(s, CLF_LIMIT, "3000", clf_join(s, handle, NULL, 0, CLF_FOREVER));
    gives(s, CLF_PENDING, clf_poll(s, handle));
    clf_stats stats = get_stats(s);
    ck_assert_uint_le(stats.frames, 3000);
    ck_assert_uint_eq(stats.outstanding, 1);
    must_cl(clReleaseMemObject(hits));
    clf_destroy(s);
}
END_TEST

/* A limit that what is running needs only for a time: the wide fiber's children give their frames
 * back. */
START_TEST(work_under_the_limit_completes)
{
    clf_scheduler *s = open_scheduler(
        OPTIONS(.workers = 2, .lanes = limited_lanes[_i], .frames = 8, .max_frames = 5000), "wide");
    cl_mem hits = bind_words(s, "hits", 1);
    for (cl_ulong depth = 0; depth < 1000; depth += 111) {
        cl_ulong result = 0;
        clf_arg args[] = {CLF_UINT((cl_uint)depth)};
        run_fiber(s, "deep", args, &result);
        ck_assert_uint_eq(result, depth * (depth + 1) / 2);
    }
    must_cl(clReleaseMemObject(hits));
    clf_destroy(s);
}
END_TEST

/* Rings grow to what is needed and keep their entries, also those of a worker that sleeps. */
START_TEST(rings_grow_without_loss)
{
    clf_scheduler *s =
        open_scheduler(OPTIONS(.workers = 2, .frames = 200000, .ring = 2, .slice = 1000), "wide");
    check_wide(s, 50000);
    clf_stats stats = get_stats(s);
    ck_assert_uint_gt(stats.ring_growths, 0);
    ck_assert_uint_gt(stats.ring, 2);
    clf_destroy(s);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("growth");
    const int all = sizeof smallest / sizeof *smallest;
    TCase *small = new_case(suite, "smallest");
    tcase_add_loop_test(small, a_tree_grows_out_of_one_frame, 0, all);
    tcase_add_loop_test(small, two_thousand_children, 0, all);
    tcase_add_loop_test(small, a_hundred_thousand_children, 0, 2);
    tcase_add_loop_test(small, many_parents_park_at_once, 0, all);
    tcase_add_loop_test(small, dealing_while_rings_grow, 1, 33);
    TCase *deep = new_case(suite, "deep");
    tcase_add_loop_test(deep, a_hundred_thousand_deep, 0, 2);
    tcase_add_test(deep, deep_chains_in_many_lanes);
    TCase *roots = new_case(suite, "roots");
    tcase_add_test(roots, a_million_roots);
    tcase_add_test(roots, a_small_window_and_small_buffers);
    TCase *limit = new_case(suite, "limit");
    tcase_add_loop_test(limit, the_limit_is_an_error_with_the_counts, 0, 3);
    tcase_add_loop_test(limit, work_under_the_limit_completes, 0, 3);
    tcase_add_test(limit, rings_grow_without_loss);
    return test_main(suite, true);
}
