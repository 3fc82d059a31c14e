/* test_guard.c - with options.debug a fiber that writes behind its frame fails, at the line where
 * that is found out, and nobody else does. */
#include "support.h"

static clf_scheduler *s;
static char *text; /* of guard.fib */

static const clf_options shapes[] = {
    {.size = sizeof(clf_options), .debug = CLF_DEBUG, .workers = 2},
    {.size = sizeof(clf_options), .debug = CLF_DEBUG, .workers = 2, .lanes = 4, .slice = 3},
    {.size = sizeof(clf_options), .debug = CLF_DEBUG, .workers = 2, .inline_depth = 4},
};
enum { SHAPES = sizeof shapes / sizeof *shapes };

static void open_shape(const clf_options *options)
{
    s = open_scheduler(options, "guard.fib");
    text = read_program("guard.fib");
}

static void close_shape(void)
{
    free(text);
    clf_destroy(s);
}

static clf_handle start(const char *fiber, cl_int at)
{
    clf_handle handle;
    must(s, clf_start(s, fiber, 1, &CLF_INT(at), &handle));
    return handle;
}

static cl_int join(clf_handle handle)
{
    cl_int result = 0;
    must(s, clf_join(s, handle, &result, sizeof result, CLF_FOREVER));
    return result;
}

static void join_broken(clf_handle handle, const char *first)
{
    clf_failure failure = {.code = 0};
    gives(s, CLF_FIBER_FAILED, clf_join(s, handle, NULL, 0, CLF_FOREVER));
    must(s, clf_get_failure(s, &failure));
    ck_assert_int_eq(failure.code, CLF_FAIL_GUARD);
    ck_assert_str_eq(failure.fiber, first);
    ck_assert_msg(failure.at == line_of(text, first), "%s: line %u, not %u", first,
                  (unsigned)failure.at, (unsigned)line_of(text, first));
    ck_assert_ptr_nonnull(strstr(clf_message(s), "overwritten"));
}

/* What each does and says, beside others that keep to their frames. */
START_TEST(who_writes_behind_its_frame_fails)
{
    static const struct {
        const char *fiber, *first;
        cl_int otherwise; /* what comes out when it keeps to its frame */
    } all[] = {{"resumed", "resumed", 8},
               {"returns", "returns", 8},
               {"with_children", "with_children", 30},
               {"awaits", "awaits", 10},
               {"parent", "returns", 16}};
    enum { ALL = sizeof all / sizeof *all };
    clf_handle good[ALL], bad[ALL];
    open_shape(&shapes[_i]);
    for (int i = 0; i < ALL; i++) {
        good[i] = start(all[i].fiber, 3);
        bad[i] = start(all[i].fiber, 4);
    }
    for (int i = 0; i < ALL; i++) {
        ck_assert_msg(join(good[i]) == all[i].otherwise, "%s", all[i].fiber);
        join_broken(bad[i], all[i].first);
    }
    join_broken(start("ends", 4), "ends");
    join_broken(start("fails", 4), "fails");
    ck_assert_int_eq(join(start("joins", 3)), 8);
    ck_assert_int_eq(join(start("joins", 4)), CLF_FAIL_GUARD);
    check_balanced(s);
    close_shape();
}
END_TEST

/* Without it the frames are as they were, and nobody looks. */
START_TEST(nobody_looks_otherwise)
{
    open_shape(OPTIONS(.workers = 2, .debug = CLF_NO_DEBUG));
    uint32_t bytes = get_stats(s).frame_bytes;
    ck_assert_int_eq(join(start("returns", 3)), 8);
    close_shape();
    open_shape(&shapes[0]);
    ck_assert_uint_ge(get_stats(s).frame_bytes, bytes);
    close_shape();
}
END_TEST

static uint32_t debug_of(clf_scheduler *scheduler)
{
    clf_options o = CLF_OPTIONS_INIT;
    must(scheduler, clf_get_options(scheduler, &o));
    clf_destroy(scheduler);
    return o.debug;
}

START_TEST(the_variable_asks_for_it)
{
    clf_scheduler *one = NULL;
    setenv("CLFIBER_DEBUG", "1", 1);
    must(NULL, clf_create(NULL, &one));
    ck_assert_uint_eq(debug_of(one), CLF_DEBUG);
    must(NULL, clf_create(OPTIONS(.debug = CLF_NO_DEBUG), &one));
    ck_assert_uint_eq(debug_of(one), CLF_NO_DEBUG);
    setenv("CLFIBER_DEBUG", "perhaps", 1);
    refuses(NULL, CLF_BAD_ARGUMENT, "\"perhaps\"", clf_create(NULL, &one));
    setenv("CLFIBER_DEBUG", "0", 1);
    must(NULL, clf_create(NULL, &one));
    ck_assert_uint_eq(debug_of(one), CLF_NO_DEBUG);
    unsetenv("CLFIBER_DEBUG");
    refuses(NULL, CLF_BAD_ARGUMENT, "debug is 7", clf_create(OPTIONS(.debug = 7), &one));
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("guard");
    TCase *tcase = new_case(suite, "guard");
    tcase_add_loop_test(tcase, who_writes_behind_its_frame_fails, 0, SHAPES);
    tcase_add_test(tcase, nobody_looks_otherwise);
    tcase_add_test(tcase, the_variable_asks_for_it);
    return test_main(suite, true);
}
