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
    const object_case *c = &object_cases[_i];
    cl_uint rounds = case_operations(c) / MEMBERS / 10;
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

int main(void)
{
    Suite *suite = suite_create("meet");
    tcase_add_loop_test(new_case(suite, "rounds"), rounds_are_apart, 0, OBJECT_CASES);
    return test_main(suite, true);
}
