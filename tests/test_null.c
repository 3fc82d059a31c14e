/* test_null.c - what needs no device: names of tiers and modes, and every function called without a
 * scheduler. */
#include "support.h"

START_TEST(tiers_and_modes_have_names)
{
    ck_assert_str_eq(clf_tier_name(CLF_TIER_AUTO), "auto");
    ck_assert_str_eq(clf_tier_name(CLF_TIER_C11), "c11");
    ck_assert_str_eq(clf_tier_name(CLF_TIER_FENCES), "fences");
    ck_assert_str_eq(clf_tier_name(CLF_TIER_NVIDIA), "nvidia");
    ck_assert_str_eq(clf_tier_name(CLF_TIER_LEGACY), "legacy");
    ck_assert_str_eq(clf_tier_name(CLF_TIER_SERIAL), "serial");
    ck_assert_str_eq(clf_mode_name(CLF_STEAL), "steal");
    ck_assert_str_eq(clf_mode_name(CLF_STATIC), "static");
    ck_assert_str_eq(clf_mode_name(CLF_SHARED), "shared");
    ck_assert_ptr_nonnull(clf_tier_name((clf_tier)99));
    ck_assert_ptr_nonnull(clf_mode_name((clf_mode)99));
}
END_TEST

START_TEST(options_init_has_a_size_and_defaults)
{
    clf_options options = CLF_OPTIONS_INIT;
    clf_options zero = {.size = sizeof zero};
    ck_assert_int_eq(memcmp(&options, &zero, sizeof zero), 0);
}
END_TEST

#define BAD(...) ck_assert_int_eq((__VA_ARGS__), CLF_BAD_ARGUMENT)

START_TEST(create_without_a_place_for_the_scheduler)
{
    BAD(clf_create(NULL, NULL));
    ck_assert_int_gt(strlen(clf_message(NULL)), 0);
    BAD(clf_create_on(NULL, NULL, NULL, NULL, NULL));
}
END_TEST

START_TEST(lookups_without_a_scheduler)
{
    clf_options options = {.size = sizeof options};
    clf_fiber_info fiber;
    clf_param_info param;
    uint32_t count;
    BAD(clf_get_options(NULL, &options));
    ck_assert_ptr_null(clf_context(NULL));
    ck_assert_ptr_null(clf_device(NULL));
    ck_assert_ptr_null(clf_queue(NULL));
    ck_assert_str_eq(clf_build_log(NULL), "");
    ck_assert_str_eq(clf_generated_source(NULL), "");
    BAD(clf_get_fiber(NULL, 0, &fiber, &count));
    BAD(clf_get_env(NULL, 0, &param, &count));
    BAD(clf_find_fiber(NULL, "fib", &fiber));
    BAD(clf_get_frame_bytes(NULL, 0, &count));
}
END_TEST

START_TEST(programs_and_starts_without_a_scheduler)
{
    int value = 1;
    clf_handle handle;
    BAD(clf_program_build(NULL, "", NULL));
    BAD(clf_bind(NULL, "x", &value, sizeof value));
    BAD(clf_start(NULL, "fib", 1, &CLF_ARG(value), &handle));
    BAD(clf_start_many(NULL, "fib", 1, 1, &CLF_ARG(value), &handle));
}
END_TEST

START_TEST(runs_and_joins_without_a_scheduler)
{
    clf_handle handle = 1;
    size_t index;
    int result;
    BAD(clf_run(NULL, CLF_FOREVER));
    BAD(clf_step(NULL));
    BAD(clf_enqueue_slice(NULL, 0, NULL, NULL));
    clf_interrupt(NULL);
    BAD(clf_join(NULL, handle, &result, sizeof result, CLF_FOREVER));
    BAD(clf_poll(NULL, handle));
    BAD(clf_wait_any(NULL, &handle, 1, &index, CLF_FOREVER));
    BAD(clf_drain(NULL, &handle, 1, &index));
    BAD(clf_detach(NULL, handle));
    clf_destroy(NULL);
}
END_TEST

START_TEST(records_without_a_scheduler)
{
    clf_failure failure;
    clf_stats stats = {.size = sizeof stats};
    clf_counters counters;
    BAD(clf_get_failure(NULL, &failure));
    BAD(clf_get_stats(NULL, &stats));
    BAD(clf_get_worker_counters(NULL, 0, &counters));
    BAD(clf_reset_stats(NULL));
    ck_assert_ptr_nonnull(clf_message(NULL));
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("null");
    TCase *names = new_case(suite, "names");
    tcase_add_test(names, tiers_and_modes_have_names);
    tcase_add_test(names, options_init_has_a_size_and_defaults);
    TCase *null = new_case(suite, "no scheduler");
    tcase_add_test(null, create_without_a_place_for_the_scheduler);
    tcase_add_test(null, lookups_without_a_scheduler);
    tcase_add_test(null, programs_and_starts_without_a_scheduler);
    tcase_add_test(null, runs_and_joins_without_a_scheduler);
    tcase_add_test(null, records_without_a_scheduler);
    return test_main(suite, false);
}
