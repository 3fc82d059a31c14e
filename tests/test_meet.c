/* test_meet.c - barriers, events that are reset by hand, and what is done once: all members are in
 * the same round, one of them came last, nobody misses a signal. */
#include "objects.h"

enum { MEMBERS = 50 };

typedef struct shared_state {
    clf_barrier barrier;
    clf_once once;
    cl_uint made, lasts;
    clf_event begin[2];
} shared_state;

START_TEST(rounds_are_apart)
{
    const object_case *c = wanted_case(_i);
    if (c == NULL)
        return;
    cl_uint rounds = case_operations(c, 5) / MEMBERS / 2; /* two meetings each */
    clf_scheduler *s = open_case(c, "meet.fib");
    shared_state start = {.barrier = CLF_BARRIER_INIT(MEMBERS)};
    cl_mem state = bind_bytes(s, "state", sizeof start);
    cl_mem here = bind_words(s, "here", (size_t)MEMBERS * (rounds + 1));
    write_bytes(s, state, &start, sizeof start);
    bind_uint(s, "members", MEMBERS);
    bind_uint(s, "rounds", rounds);
    clf_handle handles[MEMBERS];
    cl_uint sum = 0;
    for (cl_uint i = 0; i < MEMBERS; i++)
        must(s, clf_start(s, "member", 1, &CLF_ARG(i), &handles[i]));
    for (cl_uint i = 0; i < MEMBERS; i++) {
        cl_uint lasts = 0;
        must(s, clf_join(s, handles[i], &lasts, sizeof lasts, CLF_FOREVER));
        sum += lasts;
    }
    ck_assert_uint_eq(sum, rounds);
    read_bytes(s, state, &start, sizeof start);
    ck_assert_uint_eq(start.made, 1);
    ck_assert_uint_eq(start.barrier.gate | start.barrier.arrived | start.barrier.line[0], 0);
    check_balanced(s);
    must_cl(clReleaseMemObject(state));
    must_cl(clReleaseMemObject(here));
    clf_destroy(s);
}
END_TEST

START_TEST(each_is_done_once)
{
    const object_case *c = wanted_case(_i);
    if (c == NULL)
        return;
    cl_uint objects = case_operations(c, 5) / MEMBERS, sum = 0;
    clf_scheduler *s = open_case(c, "once.fib");
    cl_mem once = bind_bytes(s, "once", objects * sizeof(clf_once));
    cl_mem made = bind_words(s, "made", objects);
    bind_uint(s, "objects", objects);
    clf_handle handles[MEMBERS];
    for (cl_uint i = 0; i < MEMBERS; i++)
        must(s, clf_start(s, "visitor", 1, &CLF_ARG(i), &handles[i]));
    for (cl_uint i = 0; i < MEMBERS; i++) {
        cl_uint firsts = 0;
        must(s, clf_join(s, handles[i], &firsts, sizeof firsts, CLF_FOREVER));
        sum += firsts;
    }
    ck_assert_uint_eq(sum, objects);
    check_all_once(s, made, objects, "object");
    check_balanced(s);
    must_cl(clReleaseMemObject(once));
    must_cl(clReleaseMemObject(made));
    clf_destroy(s);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("meet");
    tcase_add_loop_test(new_case(suite, "rounds"), rounds_are_apart, 0, OBJECT_CASES);
    tcase_add_loop_test(new_case(suite, "once"), each_is_done_once, 0, OBJECT_CASES);
    return test_main(suite, true);
}
