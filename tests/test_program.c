/* test_program.c - building programs: the log, what is no fiber program, replacing one, and what
 * the library tells about a program's fibers and env. */
#include "support.h"

static clf_scheduler *s;

static void open_fib(void)
{
    s = open_scheduler(OPTIONS(.workers = 2), "fib");
}

static void close_fib(void)
{
    check_usable(s);
    clf_destroy(s);
}

/* fib.cl with one text in it replaced by another; the caller frees it. */
static char *fib_with(const char *old, const char *new)
{
    char *source = read_program("fib");
    char *place = strstr(source, old);
    ck_assert_msg(place != NULL, "fib.cl has no \"%s\"", old);
    size_t bytes = strlen(source) + strlen(new) + 1;
    char *changed = malloc(bytes);
    ck_assert_ptr_nonnull(changed);
    snprintf(changed, bytes, "%.*s%s%s", (int)(place - source), source, new, place + strlen(old));
    free(source);
    return changed;
}

/* ---- sources that do not compile ---------------------------------------------------- */

START_TEST(null_sources_are_refused)
{
    gives(s, CLF_BAD_ARGUMENT, clf_program_build(s, NULL, NULL));
    ck_assert_int_gt(strlen(clf_message(s)), 0);
}
END_TEST

START_TEST(a_syntax_error_is_in_the_log)
{
    char *source = fib_with("return;\n        }", "return oops_no_such_name;\n        }");
    gives(s, CLF_BUILD_FAILED, clf_program_build(s, source, NULL));
    ck_assert_msg(strstr(clf_build_log(s), "oops_no_such_name") != NULL, "log: %s",
                  clf_build_log(s));
    free(source);
    ck_assert_int_eq(fiber_fib(s, 12), 144); /* the program before is still there */
}
END_TEST

/* The log says where: by the line of the user's source, the runtime in the middle notwithstanding.
 */
START_TEST(the_log_gives_the_user_s_line)
{
    char *source = fib_with("/* fib.cl", "\n\n/* fib.cl");
    char *text = strstr(source, "        CLF_RETURN(w, self, f, long, f->a + f->b);");
    ck_assert_ptr_nonnull(text);
    memcpy(text, "        not_declared = 1; //", 28);
    int line = 1;
    for (char *c = source; c < text; c++)
        line += *c == '\n';
    char number[32];
    snprintf(number, sizeof number, ":%d:", line);
    gives(s, CLF_BUILD_FAILED, clf_program_build(s, source, NULL));
    ck_assert_msg(strstr(clf_build_log(s), number) != NULL, "no %s in the log: %s", number,
                  clf_build_log(s));
    free(source);
}
END_TEST

START_TEST(bad_build_options_are_an_error)
{
    char *source = read_program("fib");
    clf_status status = clf_program_build(s, source, "-this-is-no-option");
    ck_assert_int_lt(status, 0);
    ck_assert_int_gt(strlen(clf_message(s)), 0);
    must(s, clf_program_build(s, source, "-DUNUSED=1"));
    must(s, clf_program_build(s, source, ""));
    free(source);
}
END_TEST

START_TEST(build_options_reach_the_compiler)
{
    char *source = fib_with("f->n < 2", "f->n < LIMIT");
    gives(s, CLF_BUILD_FAILED, clf_program_build(s, source, NULL));
    ck_assert_ptr_nonnull(strstr(clf_build_log(s), "LIMIT"));
    must(s, clf_program_build(s, source, "-DLIMIT=2"));
    ck_assert_int_eq(fiber_fib(s, 10), 55);
    free(source);
}
END_TEST

/* ---- sources that compile and are no fiber program ---------------------------------- */

static const struct {
    const char *source;
    const char *named; /* in the message, when not NULL */
} strangers[] = {
    {"", NULL},
    {"__kernel void k(__global int *x) { x[0] = 1; }\n", NULL},
    {"int helper(int x) { return x; }\n", NULL},
    {"#pragma clfiber runtime\n", "CLF_FIBERS"},
    {"#define CLF_FIBERS(F)\n#pragma clfiber runtime\n", NULL},
    {"typedef struct { clf_header h; } clf_frame_f;\n"
     "typedef struct { uint none; } clf_spill_f;\n"
     "#define CLF_FIBERS(F) F(f)\n#define CLF_ARGS_f(A)\n"
     "#pragma clfiber runtime\n"
     "static void clf_segment_f(clf_worker *w, uint self, __global clf_frame_f *f, uint at)\n"
     "{ clf_return_void(w, self, &f->h); }\n",
     NULL}, /* no CLF_RESULT_f */
    {"typedef struct { uint none; } clf_spill_f;\n"
     "#define CLF_FIBERS(F) F(f)\n#define CLF_RESULT_f(R)\n#define CLF_ARGS_f(A)\n"
     "#pragma clfiber runtime\n",
     NULL}, /* no frame type */
};

START_TEST(strangers_are_refused)
{
    clf_status status = clf_program_build(s, strangers[_i].source, NULL);
    ck_assert_msg(status == CLF_BAD_PROGRAM || status == CLF_BUILD_FAILED, "%s: %s",
                  clf_status_name(status), clf_message(s));
    ck_assert_int_gt(strlen(clf_message(s)), 0);
    if (strangers[_i].named)
        ck_assert_msg(strstr(clf_message(s), strangers[_i].named) != NULL ||
                          strstr(clf_build_log(s), strangers[_i].named) != NULL,
                      "message: %s\nlog: %s", clf_message(s), clf_build_log(s));
}
END_TEST

START_TEST(a_fiber_without_a_segment_is_an_error)
{
    char *source = fib_with("clf_segment_fib(", "clf_segment_fob(");
    clf_status status = clf_program_build(s, source, NULL);
    ck_assert_msg(status == CLF_BUILD_FAILED || status == CLF_BAD_PROGRAM, "%s",
                  clf_status_name(status));
    ck_assert_msg(strstr(clf_build_log(s), "clf_segment_fib") != NULL ||
                      strstr(clf_message(s), "clf_segment_fib") != NULL,
                  "message: %s\nlog: %s", clf_message(s), clf_build_log(s));
    free(source);
}
END_TEST

/* ---- before and between programs ---------------------------------------------------- */

START_TEST(nothing_works_without_a_program)
{
    clf_scheduler *bare = NULL;
    must(NULL, clf_create(NULL, &bare));
    cl_int n = 3;
    clf_handle handle;
    clf_fiber_info info;
    uint32_t count = 77;
    gives(bare, CLF_NO_PROGRAM, clf_start(bare, "fib", 1, &CLF_ARG(n), &handle));
    gives(bare, CLF_NO_PROGRAM, clf_start_many(bare, "fib", 1, 1, &CLF_ARG(n), &handle));
    gives(bare, CLF_NO_PROGRAM, clf_bind(bare, "x", &n, sizeof n));
    gives(bare, CLF_NO_PROGRAM, clf_find_fiber(bare, "fib", &info));
    gives(bare, CLF_NO_PROGRAM, clf_step(bare));
    gives(bare, CLF_NO_PROGRAM, clf_run(bare, CLF_FOREVER));
    gives(bare, CLF_NO_PROGRAM, clf_enqueue_slice(bare, 0, NULL, NULL));
    ck_assert_int_lt(clf_get_fiber(bare, 0, &info, &count), 0);
    check_usable(bare);
    clf_destroy(bare);
}
END_TEST

START_TEST(a_first_build_that_fails_leaves_no_program)
{
    clf_scheduler *bare = NULL;
    must(NULL, clf_create(NULL, &bare));
    char *source = fib_with("f->n < 2", "f->oops < 2");
    gives(bare, CLF_BUILD_FAILED, clf_program_build(bare, source, NULL));
    gives(bare, CLF_NO_PROGRAM, clf_run(bare, CLF_FOREVER));
    free(source);
    check_usable(bare);
    clf_destroy(bare);
}
END_TEST

START_TEST(no_build_while_fibers_are_outstanding)
{
    char *source = read_program("wide");
    clf_handle handle = start_fib(s, 12);
    gives(s, CLF_BUSY, clf_program_build(s, source, NULL));
    cl_long result = 0;
    must(s, clf_join(s, handle, &result, sizeof result, CLF_FOREVER));
    ck_assert_int_eq(result, 144);
    must(s, clf_program_build(s, source, NULL));
    clf_fiber_info info;
    refuses(s, CLF_UNKNOWN_FIBER, "fib", clf_find_fiber(s, "fib", &info));
    free(source);
}
END_TEST

START_TEST(a_handle_does_not_outlive_its_program)
{
    clf_handle handle = start_fib(s, 5);
    must(s, clf_run(s, CLF_FOREVER));
    build_program(s, "tree");
    cl_long result;
    gives(s, CLF_STALE_HANDLE, clf_poll(s, handle));
    gives(s, CLF_STALE_HANDLE, clf_join(s, handle, &result, sizeof result, CLF_FOREVER));
}
END_TEST

START_TEST(programs_can_be_replaced_many_times)
{
    for (int i = 0; i < 10; i++) {
        build_program(s, i % 2 ? "fib" : "wide");
        if (i % 2)
            ck_assert_int_eq(fiber_fib(s, 10), 55);
    }
}
END_TEST

/* ---- what the library tells --------------------------------------------------------- */

START_TEST(the_generated_source_is_the_user_s)
{
    ck_assert_ptr_nonnull(strstr(clf_generated_source(s), "clf_segment_fib"));
    ck_assert_ptr_nonnull(strstr(clf_generated_source(s), "#pragma clfiber runtime"));
}
END_TEST

START_TEST(fibers_are_described_in_order)
{
    build_program(s, "values");
    static const char *const names[] = {"echo_char",   "echo_short",  "echo_float", "echo_long",
                                        "echo_float4", "echo_float8", "echo_long8", "echo_point",
                                        "nothing",     "relay",       "look"};
    clf_fiber_info info;
    uint32_t count = 0;
    must(s, clf_get_fiber(s, 0, NULL, &count));
    ck_assert_uint_eq(count, sizeof names / sizeof *names);
    for (uint32_t i = 0; i < count; i++) {
        must(s, clf_get_fiber(s, i, &info, NULL));
        ck_assert_str_eq(info.name, names[i]);
        ck_assert_uint_ge(info.frame_size, 32);
    }
    refuses(s, CLF_BAD_ARGUMENT, "11", clf_get_fiber(s, count, &info, NULL));
    gives(s, CLF_BAD_ARGUMENT, clf_get_fiber(s, UINT32_MAX, &info, &count));
}
END_TEST

START_TEST(results_and_parameters_are_described)
{
    build_program(s, "values");
    clf_fiber_info info;
    must(s, clf_find_fiber(s, "echo_float4", &info));
    ck_assert_str_eq(info.result_type, "float4");
    ck_assert_uint_eq(info.result_size, 16);
    ck_assert_uint_eq(info.params, 3);
    ck_assert_str_eq(info.param[0].type, "char");
    ck_assert_str_eq(info.param[0].name, "before");
    ck_assert_uint_eq(info.param[0].size, 1);
    ck_assert_str_eq(info.param[1].type, "float4");
    ck_assert_str_eq(info.param[1].name, "v");
    ck_assert_uint_eq(info.param[1].size, 16);
    ck_assert_int_eq(info.param[1].is_pointer, 0);
    must(s, clf_find_fiber(s, "nothing", &info));
    ck_assert_str_eq(info.result_type, "void");
    ck_assert_uint_eq(info.result_size, 0);
    must(s, clf_find_fiber(s, "look", &info));
    ck_assert_str_eq(info.result_type, "summary");
    gives(s, CLF_BAD_ARGUMENT, clf_find_fiber(s, "echo_point", NULL));
}
END_TEST

START_TEST(env_members_are_described)
{
    build_program(s, "values");
    static const struct {
        const char *name, *type;
        size_t size;
        int is_pointer;
    } members[] = {{"tiny", "char", 1, 0},    {"number", "int", 4, 0}, {"vector", "float4", 16, 0},
                   {"place", "point", 16, 0}, {"cells", NULL, 0, 1},   {"table", NULL, 0, 1}};
    uint32_t count = 0;
    clf_param_info info;
    must(s, clf_get_env(s, 0, NULL, &count));
    ck_assert_uint_eq(count, sizeof members / sizeof *members);
    for (uint32_t i = 0; i < count; i++) {
        must(s, clf_get_env(s, i, &info, NULL));
        ck_assert_str_eq(info.name, members[i].name);
        ck_assert_int_eq(info.is_pointer != 0, members[i].is_pointer);
        if (!members[i].is_pointer) {
            ck_assert_str_eq(info.type, members[i].type);
            ck_assert_uint_eq(info.size, members[i].size);
        }
    }
    refuses(s, CLF_BAD_ARGUMENT, "6", clf_get_env(s, count, &info, NULL));
}
END_TEST

START_TEST(a_program_without_env_has_none)
{
    uint32_t count = 99;
    clf_param_info info;
    gives(s, CLF_BAD_ARGUMENT, clf_get_env(s, 0, &info, &count));
}
END_TEST

START_TEST(unknown_fibers_are_named)
{
    clf_fiber_info info;
    refuses(s, CLF_UNKNOWN_FIBER, "fibonacci", clf_find_fiber(s, "fibonacci", &info));
    refuses(s, CLF_UNKNOWN_FIBER, "fib", clf_find_fiber(s, "", &info)); /* the known ones */
    gives(s, CLF_BAD_ARGUMENT, clf_find_fiber(s, NULL, &info));
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("program");
    TCase *build = new_case(suite, "build");
    tcase_add_checked_fixture(build, open_fib, close_fib);
    tcase_add_test(build, null_sources_are_refused);
    tcase_add_test(build, a_syntax_error_is_in_the_log);
    tcase_add_test(build, the_log_gives_the_user_s_line);
    tcase_add_test(build, bad_build_options_are_an_error);
    tcase_add_test(build, build_options_reach_the_compiler);
    tcase_add_loop_test(build, strangers_are_refused, 0, sizeof strangers / sizeof *strangers);
    tcase_add_test(build, a_fiber_without_a_segment_is_an_error);
    tcase_add_test(build, nothing_works_without_a_program);
    tcase_add_test(build, a_first_build_that_fails_leaves_no_program);
    tcase_add_test(build, no_build_while_fibers_are_outstanding);
    tcase_add_test(build, a_handle_does_not_outlive_its_program);
    tcase_add_test(build, programs_can_be_replaced_many_times);
    TCase *describe = new_case(suite, "describe");
    tcase_add_checked_fixture(describe, open_fib, close_fib);
    tcase_add_test(describe, the_generated_source_is_the_user_s);
    tcase_add_test(describe, fibers_are_described_in_order);
    tcase_add_test(describe, results_and_parameters_are_described);
    tcase_add_test(describe, env_members_are_described);
    tcase_add_test(describe, a_program_without_env_has_none);
    tcase_add_test(describe, unknown_fibers_are_named);
    return test_main(suite, true);
}
