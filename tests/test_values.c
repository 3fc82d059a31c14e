/* test_values.c - what goes into fibers and comes out: parameters, results and env members of every
 * shape, and names and sizes that are wrong. */
#include "support.h"

typedef struct point {
    cl_int x;
    cl_float y;
    cl_char tag;
    cl_short s[3];
} point;

typedef struct summary {
    point p;
    cl_float4 v;
    cl_int i;
    cl_uint cell;
} summary;

enum { CELLS = 8 };

static clf_scheduler *s;
static cl_mem cells, table;
static const point somewhere = {.x = -7, .y = 2.5f, .tag = 'p', .s = {1, -2, 30000}};
static const cl_char before = 'b', after = 'a';

static void bind_all(void)
{
    cl_char tiny = 5;
    cl_int number = 1000;
    cl_float4 vector = {{1, 2, 3, 4}};
    cl_float numbers[] = {100, 200, 300, 400};
    cl_int code;
    table = clCreateBuffer(clf_context(s), CL_MEM_COPY_HOST_PTR | CL_MEM_READ_ONLY, sizeof numbers,
                           numbers, &code);
    must_cl(code);
    cells = bind_words(s, "cells", CELLS);
    must(s, clf_bind(s, "tiny", &tiny, sizeof tiny));
    must(s, clf_bind(s, "number", &number, sizeof number));
    must(s, clf_bind(s, "vector", &vector, sizeof vector));
    must(s, clf_bind(s, "place", &somewhere, sizeof somewhere));
    must(s, clf_bind(s, "table", &table, sizeof table));
}

static void open_values(void)
{
    s = open_scheduler(OPTIONS(.workers = 2), "values");
    bind_all();
}

static void close_values(void)
{
    must_cl(clReleaseMemObject(cells));
    must_cl(clReleaseMemObject(table));
    clf_destroy(s);
}

/* By member: padding is nobody's. */
static void check_point(const point *p)
{
    ck_assert_int_eq(p->x, somewhere.x);
    ck_assert_float_eq(p->y, somewhere.y);
    ck_assert_int_eq(p->tag, somewhere.tag);
    ck_assert_mem_eq(p->s, somewhere.s, sizeof p->s);
}

/* ---- in and out --------------------------------------------------------------------- */

/* A value of each type, between two characters that shift its place, comes back as it was. */
#define ECHOES(name, type, ...)                                             \
    START_TEST(name##_comes_back)                                           \
    {                                                                       \
        type value = __VA_ARGS__, result;                                   \
        memset(&result, 0x5a, sizeof result);                               \
        clf_arg args[] = {CLF_ARG(before), CLF_ARG(value), CLF_ARG(after)}; \
        run_fiber(s, #name, args, &result);                                 \
        ck_assert_mem_eq(&result, &value, sizeof value);                    \
        check_balanced(s);                                                  \
    }                                                                       \
    END_TEST

ECHOES(echo_char, cl_char, -3)
ECHOES(echo_short, cl_short, -12345)
ECHOES(echo_float, cl_float, 0.1f)
ECHOES(echo_long, cl_long, INT64_MIN + 5)
ECHOES(echo_float4, cl_float4, {{1.5f, -2, 3e30f, 0}})
ECHOES(echo_float8, cl_float8, {{1, 2, 3, 4, 5, 6, 7, 8}})
ECHOES(echo_long8, cl_long8, {{-1, 2, -3, 4, -5, 6, INT64_MAX, INT64_MIN}})

START_TEST(echo_point_comes_back)
{
    point result = {.x = 0};
    clf_arg args[] = {CLF_ARG(before), CLF_ARG(somewhere), CLF_ARG(after)};
    run_fiber(s, "echo_point", args, &result);
    check_point(&result);
}
END_TEST

START_TEST(shapes_of_many_roots_do_not_mix)
{
    enum { COUNT = 3000 };
    static cl_char befores[COUNT], afters[COUNT];
    static cl_short values[COUNT];
    static clf_handle handles[COUNT];
    memset(befores, 'b', sizeof befores);
    memset(afters, 'a', sizeof afters);
    for (int i = 0; i < COUNT; i++)
        values[i] = (cl_short)mix((cl_ulong)i);
    clf_arg args[] = {{befores, 1}, {values, sizeof *values}, {afters, 1}};
    must(s, clf_start_many(s, "echo_short", COUNT, 3, args, handles));
    for (int i = 0; i < COUNT; i++) {
        cl_short result = 0;
        must(s, clf_join(s, handles[i], &result, sizeof result, CLF_FOREVER));
        ck_assert_int_eq(result, values[i]);
    }
}
END_TEST

START_TEST(void_results)
{
    clf_handle handle;
    must(s, clf_start(s, "nothing", 1, &CLF_UINT(3), &handle));
    cl_int room = 4321;
    refuses(s, CLF_WRONG_SIZE, "4", clf_join(s, handle, &room, sizeof room, CLF_FOREVER));
    must(s, clf_join(s, handle, NULL, 0, CLF_FOREVER));
    ck_assert_int_eq(room, 4321);
    cl_uint words[CELLS];
    read_words(s, cells, words, CELLS);
    for (int i = 0; i < CELLS; i++)
        ck_assert_uint_eq(words[i], i == 3);
}
END_TEST

START_TEST(children_s_results_of_every_shape)
{
    cl_char tail = 'z';
    cl_long8 wide = {{1, 2, 3, 4, 5, 6, 7, -8}};
    point result = {.x = 0};
    clf_arg args[] = {CLF_ARG(somewhere), CLF_ARG(tail), CLF_ARG(wide)};
    run_fiber(s, "relay", args, &result);
    check_point(&result);
    check_balanced(s);
}
END_TEST

/* ---- env ---------------------------------------------------------------------------- */

static void check_look(cl_int number)
{
    summary result;
    write_word(s, cells, 6, 66);
    clf_arg args[] = {CLF_UINT(6)};
    run_fiber(s, "look", args, &result);
    check_point(&result.p);
    for (int i = 0; i < 4; i++)
        ck_assert_float_eq(result.v.s[i], (float)(i + 1 + 200));
    ck_assert_int_eq(result.i, number + 5);
    ck_assert_uint_eq(result.cell, 66);
}

START_TEST(the_env_is_seen)
{
    check_look(1000);
}
END_TEST

START_TEST(the_env_can_be_bound_again_between_runs)
{
    for (cl_int number = -3; number < 4; number++) {
        must(s, clf_bind(s, "number", &number, sizeof number));
        check_look(number);
    }
}
END_TEST

START_TEST(bound_values_are_copied)
{
    cl_int number = 8;
    must(s, clf_bind(s, "number", &number, sizeof number));
    number = 9;
    check_look(8);
}
END_TEST

START_TEST(an_unbound_member_is_named)
{
    clf_scheduler *other = open_scheduler(NULL, "tree");
    clf_arg args[] = {CLF_UINT(0), CLF_UINT(0)};
    clf_handle handle;
    bind_uint(other, "fan", 2);
    cl_mem begun = bind_words(other, "begun", 1);
    must(other, clf_start(other, "node", 2, args, &handle));
    refuses(other, CLF_UNBOUND_ENV, "ended", clf_run(other, CLF_FOREVER));
    refuses(other, CLF_UNBOUND_ENV, "ended", clf_step(other));
    refuses(other, CLF_UNBOUND_ENV, "ended", clf_join(other, handle, NULL, 0, CLF_FOREVER));
    refuses(other, CLF_UNBOUND_ENV, "ended", clf_enqueue_slice(other, 0, NULL, NULL));
    cl_mem ended = bind_words(other, "ended", 1);
    cl_ulong sum;
    must(other, clf_join(other, handle, &sum, sizeof sum, CLF_FOREVER));
    ck_assert_uint_eq(sum, mix(0));
    check_usable(other);
    must_cl(clReleaseMemObject(begun));
    must_cl(clReleaseMemObject(ended));
    clf_destroy(other);
}
END_TEST

START_TEST(bad_binds_are_refused)
{
    cl_int number = 5;
    cl_long large = 5;
    cl_mem none = NULL;
    refuses(s, CLF_UNKNOWN_ENV, "nombre", clf_bind(s, "nombre", &number, sizeof number));
    refuses(s, CLF_UNKNOWN_ENV, "", clf_bind(s, "", &number, sizeof number));
    gives(s, CLF_BAD_ARGUMENT, clf_bind(s, NULL, &number, sizeof number));
    gives(s, CLF_BAD_ARGUMENT, clf_bind(s, "number", NULL, sizeof number));
    refuses(s, CLF_WRONG_SIZE, "number", clf_bind(s, "number", &large, sizeof large));
    refuses(s, CLF_WRONG_SIZE, "8", clf_bind(s, "number", &large, sizeof large));
    refuses(s, CLF_WRONG_SIZE, "0", clf_bind(s, "number", &number, 0));
    refuses(s, CLF_WRONG_SIZE, "cells", clf_bind(s, "cells", &number, sizeof number));
    clf_status status = clf_bind(s, "cells", &none, sizeof none);
    ck_assert_msg(status == CLF_BAD_ARGUMENT || status == (clf_status)CL_INVALID_MEM_OBJECT, "%s",
                  clf_status_name(status));
    check_look(1000); /* nothing of that took effect */
}
END_TEST

START_TEST(a_buffer_of_another_context_is_refused)
{
    clf_scheduler *other = open_scheduler(NULL, "wide");
    cl_mem theirs = bind_words(other, "hits", CELLS);
    clf_status status = clf_bind(s, "cells", &theirs, sizeof theirs);
    ck_assert_int_lt(status, 0);
    ck_assert_ptr_nonnull(strstr(clf_message(s), "cells"));
    check_look(1000);
    must_cl(clReleaseMemObject(theirs));
    clf_destroy(other);
}
END_TEST

/* ---- arguments ---------------------------------------------------------------------- */

START_TEST(bad_starts_are_refused)
{
    cl_short v = 1;
    cl_long large = 1;
    clf_handle handle = 99;
    clf_arg good[] = {CLF_ARG(before), CLF_ARG(v), CLF_ARG(after), CLF_ARG(after)};
    clf_arg missing[] = {CLF_ARG(before), {NULL, sizeof v}, CLF_ARG(after)};
    clf_arg wrong[] = {CLF_ARG(before), CLF_ARG(large), CLF_ARG(after)};
    refuses(s, CLF_UNKNOWN_FIBER, "echo_shirt", clf_start(s, "echo_shirt", 3, good, &handle));
    gives(s, CLF_BAD_ARGUMENT, clf_start(s, NULL, 3, good, &handle));
    refuses(s, CLF_WRONG_COUNT, "2", clf_start(s, "echo_short", 2, good, &handle));
    refuses(s, CLF_WRONG_COUNT, "4", clf_start(s, "echo_short", 4, good, &handle));
    refuses(s, CLF_WRONG_COUNT, "echo_short", clf_start(s, "echo_short", 0, NULL, &handle));
    gives(s, CLF_BAD_ARGUMENT, clf_start(s, "echo_short", 3, NULL, &handle));
    gives(s, CLF_BAD_ARGUMENT, clf_start(s, "echo_short", 3, missing, &handle));
    refuses(s, CLF_WRONG_SIZE, "8", clf_start(s, "echo_short", 3, wrong, &handle));
    refuses(s, CLF_WRONG_SIZE, "v", clf_start(s, "echo_short", 3, wrong, &handle));
    gives(s, CLF_BAD_ARGUMENT, clf_start_many(s, NULL, 2, 3, good, NULL));
    refuses(s, CLF_WRONG_SIZE, "8", clf_start_many(s, "echo_short", 2, 3, wrong, NULL));
    refuses(s, CLF_WRONG_COUNT, "1", clf_start_many(s, "echo_short", 2, 1, good, NULL));
    refuses(s, CLF_UNKNOWN_FIBER, "nope", clf_start_many(s, "nope", 2, 3, good, NULL));
    ck_assert_uint_eq(handle, 99);
    ck_assert_uint_eq(get_stats(s).started, 0);
    check_usable(s);
}
END_TEST

START_TEST(starting_none_is_fine)
{
    clf_arg args[] = {CLF_ARG(before), CLF_ARG(before), CLF_ARG(after)};
    must(s, clf_start_many(s, "echo_char", 0, 3, args, NULL));
    ck_assert_uint_eq(get_stats(s).started, 0);
    must(s, clf_run(s, CLF_FOREVER));
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("values");
    TCase *shapes = new_case(suite, "shapes");
    tcase_add_checked_fixture(shapes, open_values, close_values);
    tcase_add_test(shapes, echo_char_comes_back);
    tcase_add_test(shapes, echo_short_comes_back);
    tcase_add_test(shapes, echo_float_comes_back);
    tcase_add_test(shapes, echo_long_comes_back);
    tcase_add_test(shapes, echo_float4_comes_back);
    tcase_add_test(shapes, echo_float8_comes_back);
    tcase_add_test(shapes, echo_long8_comes_back);
    tcase_add_test(shapes, echo_point_comes_back);
    tcase_add_test(shapes, shapes_of_many_roots_do_not_mix);
    tcase_add_test(shapes, void_results);
    tcase_add_test(shapes, children_s_results_of_every_shape);
    TCase *env = new_case(suite, "env");
    tcase_add_checked_fixture(env, open_values, close_values);
    tcase_add_test(env, the_env_is_seen);
    tcase_add_test(env, the_env_can_be_bound_again_between_runs);
    tcase_add_test(env, bound_values_are_copied);
    tcase_add_test(env, an_unbound_member_is_named);
    tcase_add_test(env, bad_binds_are_refused);
    tcase_add_test(env, a_buffer_of_another_context_is_refused);
    TCase *arguments = new_case(suite, "arguments");
    tcase_add_checked_fixture(arguments, open_values, close_values);
    tcase_add_test(arguments, bad_starts_are_refused);
    tcase_add_test(arguments, starting_none_is_fine);
    return test_main(suite, true);
}
