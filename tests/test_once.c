/* test_once.c - every fiber runs exactly once, told by its identity, however the work moves: modes,
 * lanes, workers, counters about to wrap; with evidence that workers really overlapped; and joins
 * whose last children race. */
#include "support.h"
#include "tree.h"

enum { TRIES = 200 }; /* for what a busy machine may put off */

/* ---- identity ----------------------------------------------------------------------- */

static const clf_options shapes[] = {
    {.size = sizeof(clf_options), .workers = 1, .lanes = 1},
    {.size = sizeof(clf_options), .workers = 2, .lanes = 1, .slice = 500},
    {.size = sizeof(clf_options), .workers = 2, .lanes = 4, .slice = 500},
    {.size = sizeof(clf_options), .workers = 2, .lanes = 32, .slice = 100},
    {.size = sizeof(clf_options), .workers = 7, .lanes = 1, .slice = 200},
    {.size = sizeof(clf_options), .workers = 7, .lanes = 4, .slice = 200},
    {.size = sizeof(clf_options), .workers = 7, .lanes = 32, .slice = CLF_UNLIMITED},
    {.size = sizeof(clf_options), .workers = 64, .lanes = 1},
    {.size = sizeof(clf_options), .workers = 64, .lanes = 4, .slice = 33},
    {.size = sizeof(clf_options), .workers = 64, .lanes = 32, .slice = 33},
};

static void check_shape(const clf_options *shape, clf_mode mode)
{
    clf_options options = *shape;
    options.mode = mode;
    clf_scheduler *s = open_scheduler(&options, "tree");
    tree_run(s, 4, 8);
    check_balanced(s);
    if (mode == CLF_STATIC)
        ck_assert_uint_eq(get_stats(s).total.steals_taken, 0);
    clf_destroy(s);
}

START_TEST(once_by_stealing)
{
    check_shape(&shapes[_i], CLF_STEAL);
}
END_TEST

START_TEST(once_by_static_shares)
{
    check_shape(&shapes[_i], CLF_STATIC);
}
END_TEST

START_TEST(once_by_a_shared_queue)
{
    check_shape(&shapes[_i], CLF_SHARED);
}
END_TEST

static const uint64_t seeds[] = {0, 1, 12345, UINT64_MAX};

START_TEST(once_with_any_seed)
{
    clf_scheduler *s =
        open_scheduler(OPTIONS(.workers = 7, .slice = 100, .seed = seeds[_i]), "tree");
    tree_run(s, 3, 8);
    clf_destroy(s);
}
END_TEST

/* Where the free-running counters start: a run takes them past the sign bit or past zero, with
 * rings so small that they also go round many times. */
static const uint32_t starts[] = {0x7fffffffu, 0x7fffff00u, 0x7fff0000u,
                                  0xffffffffu, 0xffffff00u, 0xffff0000u};

static void check_start(uint32_t start, uint32_t lanes, clf_mode mode)
{
    clf_options options = {.size = sizeof options,
                           .workers = 3,
                           .lanes = lanes,
                           .slice = 300,
                           .ring = 2,
                           .frames = 1,
                           .mode = mode,
                           .first_counter = start};
    clf_scheduler *s = open_scheduler(&options, "tree");
    tree_run(s, 4, 7);
    clf_destroy(s);
}

START_TEST(once_while_counters_wrap)
{
    check_start(starts[_i], 1, CLF_STEAL);
    check_start(starts[_i], 4, CLF_STEAL);
    check_start(starts[_i], 1, CLF_SHARED);
    check_start(starts[_i], 1, CLF_STATIC);
}
END_TEST

/* The pool is warm and the queues have been used: again, on the same scheduler. */
START_TEST(once_again_and_again)
{
    clf_scheduler *s = open_scheduler(OPTIONS(.workers = 2, .slice = 300), "tree");
    tree t = tree_open(s, 4, 6);
    for (int i = 0; i < 50; i++) {
        tree_start(s, &t);
        tree_finish(s, &t);
        tree_reset(s, &t);
    }
    tree_close(&t);
    check_balanced(s);
    clf_destroy(s);
}
END_TEST

/* ---- overlap ------------------------------------------------------------------------ */

/* Work moved by steals, and at least two workers had a share of it, while every fiber ran once. Not
 * where groups run one after another: with a lane each, work stays where it is. */
START_TEST(workers_share_by_stealing)
{
    clf_scheduler *s = open_scheduler(OPTIONS(.workers = 2, .lanes = 1, .slice = 2000), "tree");
    const bool apart = parallel_workers(s) < 2;
    tree t = tree_open(s, 4, 9);
    uint64_t taken = 0;
    for (int i = 0; i < (apart ? 1 : TRIES) && (taken == 0 || workers_used(s) < 2); i++) {
        tree_start(s, &t);
        tree_finish(s, &t);
        tree_reset(s, &t);
        taken = get_stats(s).total.steals_taken;
    }
    if (apart) {
        ck_assert_uint_eq(taken, 0);
        tree_close(&t);
        clf_destroy(s);
        return;
    }
    ck_assert_uint_gt(taken, 0);
    ck_assert_uint_ge(get_stats(s).total.stolen, taken);
    ck_assert_uint_eq(workers_used(s), 2);
    tree_close(&t);
    clf_destroy(s);
}
END_TEST

/* Two fibers of one slice inside their segments at one time. Neither waits for ever: where groups
 * run one after another they give up, and then there is nothing to assert. */
START_TEST(workers_overlap_in_time)
{
    clf_scheduler *s = open_scheduler(OPTIONS(.workers = 2, .lanes = 1, .slice = 8), "meet");
    if (parallel_workers(s) < 2) {
        clf_destroy(s);
        return;
    }
    enum { FIBERS = 8 };
    cl_mem inside = bind_words(s, "inside", 1);
    cl_uint most = 0;
    for (int i = 0; i < TRIES && most < 2; i++) {
        clf_handle handles[FIBERS];
        for (int k = 0; k < FIBERS; k++)
            must(s, clf_start(s, "meet", 1, &CLF_UINT(200000), &handles[k]));
        for (int k = 0; k < FIBERS; k++) {
            cl_uint seen = 0;
            must(s, clf_join(s, handles[k], &seen, sizeof seen, CLF_FOREVER));
            most = seen > most ? seen : most;
        }
    }
    ck_assert_uint_eq(most, 2); /* of two workers with a lane each, never more */
    ck_assert_uint_eq(workers_used(s), 2);
    must_cl(clReleaseMemObject(inside));
    clf_destroy(s);
}
END_TEST

/* The same rendezvous must end where it cannot succeed. */
START_TEST(a_lone_worker_does_not_hang)
{
    clf_scheduler *s = open_scheduler(OPTIONS(.workers = 1), "meet");
    cl_mem inside = bind_words(s, "inside", 1);
    cl_uint seen = 0;
    clf_arg args[] = {CLF_UINT(1000)};
    run_fiber(s, "meet", args, &seen);
    ck_assert_uint_eq(seen, 1);
    must_cl(clReleaseMemObject(inside));
    clf_destroy(s);
}
END_TEST

/* ---- the last child ----------------------------------------------------------------- */

enum { PARENTS = 3000, ROUNDS = 8 };

/* Parents with k children each, round after round; each sees its own children's results, and goes
 * on exactly once a round. */
static void check_last_children(const clf_options *options, cl_uint kids)
{
    clf_scheduler *s = open_scheduler(options, "family");
    cl_mem born = bind_words(s, "born", PARENTS);
    cl_mem resumed = bind_words(s, "resumed", PARENTS * ROUNDS);
    static cl_uint ids[PARENTS], counts[PARENTS], rounds[PARENTS], words[PARENTS];
    static clf_handle handles[PARENTS];
    for (cl_uint i = 0; i < PARENTS; i++) {
        ids[i] = i;
        counts[i] = kids;
        rounds[i] = ROUNDS;
    }
    clf_arg args[] = {{ids, sizeof *ids}, {counts, sizeof *counts}, {rounds, sizeof *rounds}};
    must(s, clf_start_many(s, "parent", PARENTS, 3, args, handles));
    for (cl_uint i = 0; i < PARENTS; i++) {
        cl_uint good = 0;
        must(s, clf_join(s, handles[i], &good, sizeof good, CLF_FOREVER));
        ck_assert_uint_eq(good, kids * ROUNDS);
    }
    check_all_once(s, resumed, PARENTS * ROUNDS, "round");
    read_words(s, born, words, PARENTS);
    for (cl_uint i = 0; i < PARENTS; i++)
        ck_assert_uint_eq(words[i], kids * ROUNDS);
    check_balanced(s);
    must_cl(clReleaseMemObject(born));
    must_cl(clReleaseMemObject(resumed));
    clf_destroy(s);
}

START_TEST(last_children_race)
{
    check_last_children(OPTIONS(.workers = 2, .slice = 1000, .ring = 64), 2 + (cl_uint)_i);
}
END_TEST

START_TEST(last_children_race_over_lanes)
{
    check_last_children(OPTIONS(.workers = 2, .lanes = 4, .slice = 300), 2 + (cl_uint)_i);
    check_last_children(OPTIONS(.workers = 7, .lanes = 32, .slice = 50), 2 + (cl_uint)_i);
}
END_TEST

START_TEST(last_children_race_in_a_shared_queue)
{
    check_last_children(OPTIONS(.workers = 7, .mode = CLF_SHARED, .slice = 700), 2 + (cl_uint)_i);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("once");
    TCase *identity = new_case(suite, "identity");
    const int all = sizeof shapes / sizeof *shapes;
    tcase_add_loop_test(identity, once_by_stealing, 0, all);
    tcase_add_loop_test(identity, once_by_static_shares, 0, all);
    tcase_add_loop_test(identity, once_by_a_shared_queue, 0, all);
    tcase_add_loop_test(identity, once_with_any_seed, 0, sizeof seeds / sizeof *seeds);
    tcase_add_loop_test(identity, once_while_counters_wrap, 0, sizeof starts / sizeof *starts);
    tcase_add_test(identity, once_again_and_again);
    TCase *overlap = new_case(suite, "overlap");
    tcase_add_test(overlap, workers_share_by_stealing);
    tcase_add_test(overlap, workers_overlap_in_time);
    tcase_add_test(overlap, a_lone_worker_does_not_hang);
    TCase *last = new_case(suite, "last child");
    tcase_add_loop_test(last, last_children_race, 0, 7);
    tcase_add_loop_test(last, last_children_race_over_lanes, 0, 2);
    tcase_add_loop_test(last, last_children_race_in_a_shared_queue, 0, 2);
    return test_main(suite, true);
}
