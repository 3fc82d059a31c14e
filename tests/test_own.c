/* test_own.c - what fibers have of their own: fiber-local data, names, and identities in dumps. */
#include "objects.h"

enum { NUMBERS = 8 };

static clf_scheduler *s;
static cl_mem state, seen;

static const clf_options shapes[] = {
    {.size = sizeof(clf_options), .workers = 2},
    {.size = sizeof(clf_options), .workers = 3, .slice = 2, .frames = 1, .ring = 2},
    {.size = sizeof(clf_options), .workers = 2, .lanes = 4, .slice = 5},
    {.size = sizeof(clf_options), .workers = 2, .inline_depth = 3},
};
enum { SHAPES = sizeof shapes / sizeof *shapes };

static void open_own(const clf_options *options)
{
    clf_channel channel = CLF_CHANNEL_INIT(0, sizeof(cl_int));
    s = open_scheduler(options, "own.fib");
    state = bind_bytes(s, "state", sizeof channel);
    seen = bind_words(s, "seen", 2 * NUMBERS);
    write_bytes(s, state, &channel, sizeof channel);
}

static void close_own(void)
{
    must_cl(clReleaseMemObject(state));
    must_cl(clReleaseMemObject(seen));
    clf_destroy(s);
}

START_TEST(every_fiber_has_data_of_its_own)
{
    enum { TIMES = 20, DEPTH = 12 };
    cl_uint sum = 0;
    clf_arg args[] = {CLF_UINT(TIMES), CLF_UINT(DEPTH)};
    open_own(&shapes[_i]);
    run_fiber(s, "many_nested", args, &sum);
    ck_assert_uint_eq(sum, TIMES * (DEPTH * (DEPTH + 1) / 2 + 2 * (DEPTH + 1)));
    check_balanced(s);
    close_own();
}
END_TEST

/* ---- names -------------------------------------------------------------------------- */

static clf_handle start_named(const char *name, const char *fiber)
{
    clf_attributes as = CLF_ATTRIBUTES_INIT;
    clf_handle handle;
    as.name = name;
    must(s, clf_start_as(s, fiber, 0, NULL, &as, &handle));
    return handle;
}

static void is_called(clf_handle handle, const char *name)
{
    clf_name result;
    must(s, clf_join(s, handle, &result, sizeof result, CLF_FOREVER));
    ck_assert_str_eq(result.text, name);
}

START_TEST(fibers_know_their_names)
{
    open_own(&shapes[_i]);
    is_called(start_named("boss", "who"), "boss");
    is_called(start_named(NULL, "who"), "");
    is_called(start_named("0123456789012345678901234567", "who"), "01234567890123456789012");
    clf_handle handle;
    must(s, clf_start(s, "named", 1, &CLF_LONG(7), &handle));
    is_called(handle, "a name that is much t 7");
    must(s, clf_start(s, "named_twice", 1, &CLF_LONG(8), &handle));
    is_called(handle, "a name that is much t 8");
    must(s, clf_start(s, "named", 1, &CLF_LONG(INT64_MIN), &handle));
    is_called(handle, "a  -9223372036854775808");
    close_own();
}
END_TEST

START_TEST(failures_have_names)
{
    clf_attributes as = CLF_ATTRIBUTES_INIT;
    clf_failure failure;
    clf_handle handle;
    open_own(&shapes[_i]);
    as.name = "root";
    must(s, clf_start_as(s, "parent_of_bad", 1, &CLF_INT(33), &as, &handle));
    gives(s, CLF_FIBER_FAILED, clf_join(s, handle, NULL, 0, CLF_FOREVER));
    must(s, clf_get_failure(s, &failure));
    ck_assert_str_eq(failure.name.text, "bad one 33");
    ck_assert_msg(strstr(clf_message(s), "fiber parent_of_bad \"root\" failed with code 33") &&
                      strstr(clf_message(s), "first in bad \"bad one 33\", fiber source:"),
                  "says %s", clf_message(s));
    close_own();
}
END_TEST

START_TEST(faults_have_names)
{
    clf_failure failure;
    clf_handle handle;
    open_own(&shapes[_i]);
    must(s, clf_start(s, "faulty", 1, &CLF_INT(4), &handle));
    gives(s, CLF_FIBER_FAILED, clf_join(s, handle, NULL, 0, CLF_FOREVER));
    must(s, clf_get_failure(s, &failure));
    ck_assert_int_eq(failure.code, CLF_FAIL_BAD_HANDLE);
    ck_assert_str_eq(failure.name.text, "faulty one 4");
    ck_assert_msg(strstr(clf_message(s), "first in faulty \"faulty one 4\", fiber source:") != NULL,
                  "says %s", clf_message(s));
    close_own();
}
END_TEST

/* The host's names are known in dumps of any program. */
START_TEST(names_need_no_program)
{
    clf_attributes as = CLF_ATTRIBUTES_INIT;
    const char *dump;
    s = NULL;
    must(NULL, clf_create(OPTIONS(.workers = 1, .slice = 1), &s));
    must(s, clf_program_build(s, "fiber void f(void)\n{\n    for (;;)\n        yield;\n}\n", NULL));
    as.name = "looper";
    must(s, clf_start_as(s, "f", 0, NULL, &as, NULL));
    must(s, clf_start(s, "f", 0, NULL, NULL));
    for (int i = 0; i < 4; i++)
        gives(s, CLF_PENDING, clf_step(s));
    must(s, clf_dump(s, &dump));
    ck_assert_msg(strstr(dump, "f \"looper\" in yield") && strstr(dump, "f in yield"), "%s", dump);
    clf_destroy(s);
}
END_TEST

START_TEST(bad_attributes_are_refused)
{
    clf_attributes as = CLF_ATTRIBUTES_INIT;
    open_own(&shapes[0]);
    as.size = 3;
    refuses(s, CLF_BAD_ARGUMENT, "3", clf_start_as(s, "who", 0, NULL, &as, NULL));
    as.size = sizeof as;
    as.priority = (clf_priority)5;
    refuses(s, CLF_BAD_ARGUMENT, "5", clf_start_as(s, "who", 0, NULL, &as, NULL));
    as.priority = CLF_PRIORITY_URGENT;
    refuses(s, CLF_BAD_ARGUMENT, "set_priority", clf_start_as(s, "who", 0, NULL, &as, NULL));
    refuses(s, CLF_UNKNOWN_FIBER, "nosuch", clf_start_as(s, "nosuch", 0, NULL, NULL, NULL));
    must(s, clf_start_as(s, "who", 0, NULL, NULL, NULL));
    must(s, clf_run(s, CLF_FOREVER));
    close_own();
}
END_TEST

/* ---- identities --------------------------------------------------------------------- */

/* What the dump calls the only fiber that waits. */
static void read_id(const char *fiber, unsigned *frame, unsigned *generation)
{
    const char *dump;
    char after[64];
    int end = 0;
    must(s, clf_dump(s, &dump));
    ck_assert_msg(sscanf(dump, "fiber %u.%u %n", frame, generation, &end) == 2, "%s", dump);
    snprintf(after, sizeof after, "%s ", fiber);
    ck_assert_msg(strncmp(dump + end, after, strlen(after)) == 0, "%s", dump);
}

static clf_handle wait_with(const char *fiber, cl_uint number)
{
    clf_handle handle;
    must(s, clf_start(s, fiber, 1, &CLF_UINT(number), &handle));
    gives(s, CLF_DEADLOCK, clf_run(s, CLF_FOREVER));
    return handle;
}

static void end_of(clf_handle handle)
{
    must(s, clf_cancel(s, handle));
    gives(s, CLF_CANCELLED, clf_join(s, handle, NULL, 0, CLF_FOREVER));
}

/* One after the other in the same frame: whoever is asked, each has a number of its own that stays.
 */
START_TEST(a_reused_frame_is_told_apart)
{
    static const char *const fibers[] = {"waits", "waits_unseen"};
    unsigned frames[NUMBERS], generations[NUMBERS];
    cl_uint words[2 * NUMBERS];
    open_own(OPTIONS(.workers = 1, .frames = 1, .max_frames = 1));
    for (cl_uint i = 0; i < NUMBERS; i++) {
        unsigned frame, generation;
        const char *fiber = fibers[i / 2 % 2];
        clf_handle handle = wait_with(fiber, i);
        read_id(fiber, &frames[i], &generations[i]);
        read_id(fiber, &frame, &generation);
        ck_assert_uint_eq(frame, frames[i]);
        ck_assert_uint_eq(generation, generations[i]);
        end_of(handle);
        ck_assert_uint_eq(frames[i], frames[0]);
        for (cl_uint k = 0; k < i; k++)
            ck_assert_uint_ne(generations[i], generations[k]);
    }
    read_words(s, seen, words, 2 * NUMBERS);
    for (cl_uint i = 0; i < NUMBERS; i++)
        if (i / 2 % 2 == 0) {
            ck_assert_uint_eq(words[2 * i], frames[i]);
            ck_assert_uint_eq(words[2 * i + 1], generations[i]);
        }
    close_own();
}
END_TEST

START_TEST(a_dump_has_names)
{
    const char *dump;
    open_own(OPTIONS(.workers = 1));
    clf_handle handle = wait_with("waits", 3);
    must(s, clf_dump(s, &dump));
    ck_assert_msg(strstr(dump, " waits \"reader 3\" in await recv, fiber source:") != NULL, "%s",
                  dump);
    end_of(handle);
    close_own();
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("own");
    TCase *tcase = new_case(suite, "own");
    tcase_add_loop_test(tcase, every_fiber_has_data_of_its_own, 0, SHAPES);
    tcase_add_loop_test(tcase, fibers_know_their_names, 0, SHAPES);
    tcase_add_loop_test(tcase, failures_have_names, 0, SHAPES);
    tcase_add_loop_test(tcase, faults_have_names, 0, SHAPES);
    tcase_add_test(tcase, names_need_no_program);
    tcase_add_test(tcase, bad_attributes_are_refused);
    tcase_add_test(tcase, a_reused_frame_is_told_apart);
    tcase_add_test(tcase, a_dump_has_names);
    return test_main(suite, true);
}
