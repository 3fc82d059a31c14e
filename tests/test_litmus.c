/* test_litmus.c - the litmus tests: no forbidden outcome on the tiers of this device, each test
 * sees its outcome once the order is taken away, bad calls are refused.
 */
#include "support.h"

static const clf_tier tiers[] = {CLF_TIER_C11, CLF_TIER_FENCES, CLF_TIER_NVIDIA, CLF_TIER_LEGACY};

/* On a device that runs one group at a time only the programs' logic is tested. */
START_TEST(no_forbidden_outcome)
{
    clf_scheduler *s = open_scheduler(NULL, "fib");
    clf_litmus_row row[CLF_LITMUS_TESTS];
    clf_options used = {.size = sizeof used};
    must(s, clf_get_options(s, &used));
    clf_status status = clf_litmus(s, tiers[_i], 50000, row);
    if (status == CLF_NO_TIER) {
        ck_assert_int_ne(used.tier, tiers[_i]);
    } else {
        must(s, status);
        for (int t = 0; t < CLF_LITMUS_TESTS; t++) {
            ck_assert_uint_ge(row[t].rounds, 50000);
            ck_assert_uint_le(row[t].met, row[t].rounds);
            if (used.tier == tiers[_i] && !row[t].allowed)
                ck_assert_msg(row[t].weak == 0, "%s: %llu of %llu rounds", row[t].name,
                              (unsigned long long)row[t].weak, (unsigned long long)row[t].rounds);
        }
    }
    check_usable(s);
    clf_destroy(s);
}
END_TEST

static bool is_cpu(clf_scheduler *s)
{
    cl_device_type type = 0;
    clGetDeviceInfo(clf_device(s), CL_DEVICE_TYPE, sizeof type, &type, NULL);
    return (type & CL_DEVICE_TYPE_CPU) != 0;
}

/* Without this, a test that never sees anything would pass for ever. On an H100 the last one, plain
 * data between lanes, is never seen without its fences: the barriers do there what they promise to
 * a work-group only. (The legacy tier breaks it.) */
START_TEST(the_controls_see_it)
{
    clf_scheduler *s = open_scheduler(NULL, "fib");
    clf_options used = {.size = sizeof used};
    clf_litmus_row row[CLF_LITMUS_TESTS];
    must(s, clf_get_options(s, &used));
    uint64_t control[CLF_LITMUS_TESTS] = {0}, missing = CLF_LITMUS_TESTS, met = 0;
    for (int tries = 0; tries < 200 && missing != 0; tries++) {
        must(s, clf_litmus(s, used.tier, 100000, row));
        missing = 0;
        for (int t = 0; t < CLF_LITMUS_TESTS; t++) {
            control[t] += row[t].control;
            missing += control[t] == 0;
            met += row[t].met;
        }
    }
    if (parallel_workers(s) >= 2) {
        ck_assert_uint_gt(met, 0);
        for (int t = 0; t < CLF_LITMUS_TESTS; t++)
            if (t != CLF_LITMUS_TESTS - 1 || is_cpu(s))
                ck_assert_msg(control[t] > 0, "%s: the control never saw its outcome", row[t].name);
    }
    clf_destroy(s);
}
END_TEST

START_TEST(bad_calls_are_refused)
{
    clf_scheduler *s = open_scheduler(NULL, "fib");
    clf_litmus_row row[CLF_LITMUS_TESTS];
    refuses(s, CLF_BAD_ARGUMENT, "rows is null", clf_litmus(s, CLF_TIER_LEGACY, 1, NULL));
    refuses(s, CLF_BAD_ARGUMENT, "rounds is 0", clf_litmus(s, CLF_TIER_LEGACY, 0, row));
    refuses(s, CLF_BAD_ARGUMENT, "serial", clf_litmus(s, CLF_TIER_SERIAL, 1, row));
    refuses(s, CLF_BAD_ARGUMENT, "17", clf_litmus(s, (clf_tier)17, 1, row));
    gives(NULL, CLF_BAD_ARGUMENT, clf_litmus(NULL, CLF_TIER_LEGACY, 1, row));
    check_usable(s);
    clf_destroy(s);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("litmus");
    TCase *c = new_case(suite, "litmus");
    tcase_add_loop_test(c, no_forbidden_outcome, 0, sizeof tiers / sizeof *tiers);
    tcase_add_test(c, the_controls_see_it);
    tcase_add_test(c, bad_calls_are_refused);
    return test_main(suite, true);
}
