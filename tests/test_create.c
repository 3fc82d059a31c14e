/* test_create.c - making schedulers: options with their defaults and bounds, choosing a device, the
 * variables of the environment, the user's own context and queue, and destroying at any moment. */
#include "support.h"

/* The variables are the tests' own business. */
static void clear_environment(void)
{
    unsetenv("CLFIBER_DEVICE");
    unsetenv("CLFIBER_TIER");
}

/* ---- options ------------------------------------------------------------------------ */

START_TEST(defaults_are_filled_in)
{
    clf_scheduler *s = open_scheduler(NULL, "fib");
    clf_options o = {.size = sizeof o};
    must(s, clf_get_options(s, &o));
    ck_assert_uint_eq(o.size, sizeof o);
    ck_assert_ptr_nonnull(o.device);
    ck_assert_uint_ge(o.workers, 1);
    ck_assert_uint_ge(o.lanes, 1);
    cl_device_type type = 0;
    must_cl(clGetDeviceInfo(clf_device(s), CL_DEVICE_TYPE, sizeof type, &type, NULL));
    ck_assert_uint_eq(o.slice_ms, type & CL_DEVICE_TYPE_GPU ? 100 : 4);
    uint32_t each = o.lanes > 64 ? 64 * o.lanes : 4096, most = o.lanes > 64 ? 1u << 23 : 1u << 22;
    ck_assert_uint_eq(o.frames, o.workers < most / each ? each * o.workers : most);
    ck_assert_uint_gt(o.max_frames, o.frames);
    ck_assert_uint_ge(o.ring, o.lanes > 16 ? 64 * o.lanes : 1024);
    ck_assert_uint_eq(o.window, 65536);
    ck_assert_int_eq(o.mode, CLF_STEAL);
    ck_assert_int_ne(o.tier, CLF_TIER_AUTO);
    check_usable(s);
    clf_destroy(s);
}
END_TEST

START_TEST(given_options_come_back)
{
    clf_scheduler *s =
        open_scheduler(OPTIONS(.workers = 3, .lanes = 2, .slice = 17, .slice_ms = 9, .frames = 77,
                               .max_frames = 100000, .ring = 64, .window = 50, .mode = CLF_SHARED,
                               .seed = 5, .first_counter = 99),
                       "fib");
    clf_options o = {.size = sizeof o};
    check_usable(s);
    must(s, clf_get_options(s, &o));
    ck_assert_uint_eq(o.workers, 3);
    ck_assert_uint_eq(o.lanes, 2);
    ck_assert_uint_eq(o.slice, 17);
    ck_assert_uint_eq(o.slice_ms, 9);
    ck_assert_uint_eq(o.max_frames, 100000);
    ck_assert_uint_eq(o.window, 50);
    ck_assert_int_eq(o.mode, CLF_SHARED);
    ck_assert_uint_eq(o.seed, 5);
    ck_assert_uint_eq(o.first_counter, 99);
    clf_destroy(s);
}
END_TEST

static const uint32_t rings[][2] = {{1, 2}, {2, 2}, {3, 4}, {4, 4}, {5, 8}, {1000, 1024}};

START_TEST(rings_are_rounded_up)
{
    clf_scheduler *s = open_scheduler(OPTIONS(.ring = rings[_i][0]), "fib");
    clf_options o = {.size = sizeof o};
    must(s, clf_get_options(s, &o));
    ck_assert_uint_eq(o.ring, rings[_i][1]);
    check_usable(s);
    clf_destroy(s);
}
END_TEST

/* What no scheduler can have, and the value that the message has to name. */
static const struct {
    clf_options options;
    const char *named;
} absurd[] = {
    {{.size = sizeof(clf_options), .workers = 1u << 31}, "2147483648"},
    {{.size = sizeof(clf_options), .workers = 65537}, "65537"},
    {{.size = sizeof(clf_options), .lanes = 100000}, "100000"},
    {{.size = sizeof(clf_options), .lanes = 1025}, "1025"},
    {{.size = sizeof(clf_options), .ring = UINT32_MAX}, "4294967295"},
    {{.size = sizeof(clf_options), .frames = 100, .max_frames = 99}, "99"},
    {{.size = sizeof(clf_options), .mode = (clf_mode)3}, "3"},
    {{.size = sizeof(clf_options), .mode = (clf_mode)-7}, "-7"},
    {{.size = sizeof(clf_options), .tier = (clf_tier)6}, "6"},
    {{.size = sizeof(clf_options), .tier = (clf_tier)-2}, "-2"},
    {{.size = 0}, "size"},
    {{.size = 3}, "3"},
};

START_TEST(absurd_options_are_refused)
{
    clf_scheduler *s = (clf_scheduler *)&s;
    refuses(NULL, CLF_BAD_ARGUMENT, absurd[_i].named, clf_create(&absurd[_i].options, &s));
    ck_assert_ptr_null(s);
    s = open_scheduler(NULL, "fib");
    check_usable(s);
    clf_destroy(s);
}
END_TEST

/* More frames than a device has memory for: an error with the number, here or when the frames are
 * made. */
START_TEST(frames_beyond_the_device_are_an_error)
{
    clf_scheduler *s = NULL;
    clf_status status = clf_create(OPTIONS(.frames = 4000000000u), &s);
    if (status == CLF_OK) {
        char *source = read_program("fib");
        status = clf_program_build(s, source, NULL);
        free(source);
    }
    ck_assert_int_lt(status, 0);
    ck_assert_msg(strstr(clf_message(s), "4000000000") != NULL, "says \"%s\"", clf_message(s));
    clf_destroy(s);
}
END_TEST

static const uint32_t worker_counts[] = {1, 2, 7, 64, 1000};

START_TEST(any_number_of_workers_works)
{
    clf_scheduler *s = open_scheduler(OPTIONS(.workers = worker_counts[_i]), "fib");
    check_usable(s);
    clf_destroy(s);
}
END_TEST

/* A program that was compiled when the structure ended earlier: what lies behind its end is not
 * looked at. */
START_TEST(options_of_an_older_program)
{
    clf_options old, now = {.size = sizeof now};
    memset(&old, 0xff, sizeof old);
    old.size = offsetof(clf_options, ring);
    old.device = NULL;
    old.workers = 3;
    old.lanes = 2;
    old.slice = 10;
    old.slice_ms = 0;
    old.frames = 50;
    old.max_frames = 100000;
    clf_scheduler *s = open_scheduler(&old, "fib");
    check_usable(s);
    must(s, clf_get_options(s, &now));
    ck_assert_uint_eq(now.workers, 3);
    ck_assert_uint_eq(now.lanes, 2);
    ck_assert_uint_eq(now.ring, 1024);
    ck_assert_uint_eq(now.window, 65536);
    ck_assert_int_eq(now.mode, CLF_STEAL);
    must(s, clf_get_options(s, &old));
    ck_assert_uint_eq(old.workers, 3);
    ck_assert_uint_eq(old.ring, UINT32_MAX); /* not written either */
    clf_destroy(s);
}
END_TEST

START_TEST(a_slice_of_no_milliseconds_is_the_default)
{
    clf_scheduler *s = open_scheduler(OPTIONS(.slice = 0, .slice_ms = 0), "fib");
    check_usable(s);
    clf_destroy(s);
}
END_TEST

START_TEST(unlimited_slices_work)
{
    clf_scheduler *s = open_scheduler(OPTIONS(.slice = CLF_UNLIMITED), "fib");
    check_usable(s);
    clf_destroy(s);
}
END_TEST

START_TEST(get_options_refuses_bad_places)
{
    clf_scheduler *s = open_scheduler(NULL, "fib");
    clf_options zero = {.size = 0};
    gives(s, CLF_BAD_ARGUMENT, clf_get_options(s, NULL));
    gives(s, CLF_BAD_ARGUMENT, clf_get_options(s, &zero));
    check_usable(s);
    clf_destroy(s);
}
END_TEST

START_TEST(messages_start_empty)
{
    clf_scheduler *s = NULL;
    must(NULL, clf_create(NULL, &s));
    ck_assert_str_eq(clf_message(s), "");
    ck_assert_str_eq(clf_build_log(s), "");
    clf_destroy(s);
}
END_TEST

/* ---- devices ------------------------------------------------------------------------ */

START_TEST(devices_are_numbered)
{
    clf_device_info info;
    uint32_t count = 0;
    must(NULL, clf_get_device(0, &info, &count));
    ck_assert_uint_ge(count, 1);
    for (uint32_t i = 0; i < count; i++) {
        must(NULL, clf_get_device(i, &info, NULL));
        ck_assert_int_gt(strlen(info.name), 0);
        ck_assert_int_gt(strlen(info.platform), 0);
        ck_assert_int_gt(strlen(info.version), 0);
        ck_assert_ptr_nonnull(info.id);
        ck_assert_ptr_nonnull(info.platform_id);
        ck_assert_uint_ge(info.compute_units, 1);
    }
    must(NULL, clf_get_device(0, NULL, NULL));
}
END_TEST

START_TEST(device_numbers_past_the_end_are_refused)
{
    clf_device_info info;
    refuses(NULL, CLF_BAD_ARGUMENT, "4711", clf_get_device(4711, &info, NULL));
    uint32_t count = 0;
    gives(NULL, CLF_BAD_ARGUMENT, clf_get_device(UINT32_MAX, &info, &count));
}
END_TEST

START_TEST(a_device_is_picked_by_number_and_by_name)
{
    clf_device_info info;
    must(NULL, clf_get_device(0, &info, NULL));
    clf_scheduler *s = open_scheduler(OPTIONS(.device = "0"), "fib");
    ck_assert_ptr_eq(clf_device(s), info.id);
    clf_destroy(s);
    char part[sizeof info.name];
    snprintf(part, sizeof part, "%.6s", info.name);
    for (char *c = part; *c; c++)
        *c = *c >= 'a' && *c <= 'z' ? (char)(*c - 32) : *c;
    s = open_scheduler(OPTIONS(.device = part), "fib");
    check_usable(s);
    clf_options o = {.size = sizeof o};
    must(s, clf_get_options(s, &o));
    ck_assert_int_gt(strlen(o.device), 0);
    clf_destroy(s);
}
END_TEST

/* A device that is not there: the message has what was asked for and what there is. */
static void check_no_such_device(const clf_options *options, const char *asked)
{
    clf_device_info info;
    must(NULL, clf_get_device(0, &info, NULL));
    clf_scheduler *s = (clf_scheduler *)&s;
    refuses(NULL, CLF_NO_DEVICE, asked, clf_create(options, &s));
    ck_assert_msg(strstr(clf_message(NULL), info.name) != NULL, "says \"%s\", without \"%s\"",
                  clf_message(NULL), info.name);
    ck_assert_ptr_null(s);
}

START_TEST(a_device_that_is_not_there)
{
    check_no_such_device(OPTIONS(.device = "Quantum Abacus"), "Quantum Abacus");
    check_no_such_device(OPTIONS(.device = "4711"), "4711");
    check_no_such_device(OPTIONS(.device = "-1"), "-1");
}
END_TEST

START_TEST(the_device_variable)
{
    setenv("CLFIBER_DEVICE", "0", 1);
    clf_scheduler *s = open_scheduler(NULL, "fib");
    check_usable(s);
    clf_destroy(s);
    setenv("CLFIBER_DEVICE", "Quantum Abacus", 1);
    check_no_such_device(NULL, "Quantum Abacus");
    s = open_scheduler(OPTIONS(.device = "0"), "fib"); /* the option goes first */
    clf_destroy(s);
    setenv("CLFIBER_DEVICE", "", 1); /* as if it were not set */
    s = open_scheduler(NULL, "fib");
    clf_destroy(s);
}
END_TEST

/* ---- tiers -------------------------------------------------------------------------- */

static const char *const tier_names[] = {"c11", "fences", "nvidia", "legacy", "serial"};

/* A forced tier is the one in use, or it is refused by its name. */
static void check_tier(const clf_options *options, const char *name)
{
    clf_scheduler *s = NULL;
    clf_status status = clf_create(options, &s);
    if (status == CLF_NO_TIER) {
        ck_assert_ptr_nonnull(strstr(clf_message(NULL), name));
        ck_assert_str_ne(name, "serial");
        return;
    }
    must(NULL, status);
    clf_options o = {.size = sizeof o};
    must(s, clf_get_options(s, &o));
    ck_assert_str_eq(clf_tier_name(o.tier), name);
    check_usable(s);
    clf_destroy(s);
}

START_TEST(forced_tiers)
{
    setenv("CLFIBER_TIER", tier_names[_i], 1);
    check_tier(NULL, tier_names[_i]);
    setenv("CLFIBER_TIER", "no tier", 1); /* the option goes first */
    check_tier(OPTIONS(.tier = (clf_tier)(CLF_TIER_C11 + _i)), tier_names[_i]);
}
END_TEST

/* What was forced is in use and what was passed over has a reason of its own. */
START_TEST(tiers_have_reasons)
{
    const char *none = clf_tier_reason(NULL, CLF_TIER_C11);
    clf_scheduler *s = open_scheduler(OPTIONS(.tier = CLF_TIER_SERIAL), "fib");
    const char *used = clf_tier_reason(s, CLF_TIER_SERIAL);
    ck_assert_str_ne(used, clf_tier_reason(s, CLF_TIER_C11));
    ck_assert_str_eq(none, clf_tier_reason(s, CLF_TIER_AUTO));
    ck_assert_str_eq(none, clf_tier_reason(s, (clf_tier)77));
    clf_destroy(s);
    s = open_scheduler(NULL, "fib");
    clf_options o = {.size = sizeof o};
    must(s, clf_get_options(s, &o));
    for (clf_tier t = CLF_TIER_C11; t <= CLF_TIER_SERIAL; t++)
        ck_assert_int_eq(t == o.tier, strcmp(used, clf_tier_reason(s, t)) == 0);
    clf_destroy(s);
}
END_TEST

START_TEST(the_serial_tier_has_one_worker)
{
    clf_scheduler *s = open_scheduler(OPTIONS(.tier = CLF_TIER_SERIAL), "fib");
    clf_options o = {.size = sizeof o};
    must(s, clf_get_options(s, &o));
    ck_assert_uint_eq(o.workers, 1);
    ck_assert_uint_eq(o.lanes, 1);
    check_usable(s);
    clf_destroy(s);
}
END_TEST

START_TEST(a_bad_tier_variable_is_refused)
{
    clf_scheduler *s = NULL;
    setenv("CLFIBER_TIER", "steampunk", 1);
    clf_status status = clf_create(NULL, &s);
    ck_assert_int_eq(status, CLF_BAD_ARGUMENT);
    ck_assert_ptr_nonnull(strstr(clf_message(NULL), "steampunk"));
    ck_assert_ptr_null(s);
    setenv("CLFIBER_TIER", "auto", 1);
    s = open_scheduler(NULL, "fib");
    clf_destroy(s);
    setenv("CLFIBER_TIER", "", 1);
    s = open_scheduler(NULL, "fib");
    check_usable(s);
    clf_destroy(s);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("create");
    TCase *options = new_case(suite, "options");
    tcase_add_checked_fixture(options, clear_environment, NULL);
    tcase_add_test(options, defaults_are_filled_in);
    tcase_add_test(options, given_options_come_back);
    tcase_add_loop_test(options, rings_are_rounded_up, 0, sizeof rings / sizeof *rings);
    tcase_add_loop_test(options, absurd_options_are_refused, 0, sizeof absurd / sizeof *absurd);
    tcase_add_test(options, frames_beyond_the_device_are_an_error);
    tcase_add_loop_test(options, any_number_of_workers_works, 0,
                        sizeof worker_counts / sizeof *worker_counts);
    tcase_add_test(options, options_of_an_older_program);
    tcase_add_test(options, a_slice_of_no_milliseconds_is_the_default);
    tcase_add_test(options, unlimited_slices_work);
    tcase_add_test(options, get_options_refuses_bad_places);
    tcase_add_test(options, messages_start_empty);
    TCase *devices = new_case(suite, "devices");
    tcase_add_checked_fixture(devices, clear_environment, NULL);
    tcase_add_test(devices, devices_are_numbered);
    tcase_add_test(devices, device_numbers_past_the_end_are_refused);
    tcase_add_test(devices, a_device_is_picked_by_number_and_by_name);
    tcase_add_test(devices, a_device_that_is_not_there);
    tcase_add_test(devices, the_device_variable);
    TCase *tiers = new_case(suite, "tiers");
    tcase_add_checked_fixture(tiers, clear_environment, NULL);
    tcase_add_loop_test(tiers, forced_tiers, 0, sizeof tier_names / sizeof *tier_names);
    tcase_add_test(tiers, tiers_have_reasons);
    tcase_add_test(tiers, the_serial_tier_has_one_worker);
    tcase_add_test(tiers, a_bad_tier_variable_is_refused);
    return test_main(suite, true);
}
