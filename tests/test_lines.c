/* test_lines.c - every fault that the runtime finds is reported with the file and line of the
 * source where it happened, by clf_failure and by the message; and so are the places of a dump and
 * of diagnostics. */
#include "objects.h"

enum { STATE_BYTES = 1024 };

static clf_scheduler *s;
static cl_mem state;
static char *text; /* of faults.fib */

/* The text as the lines of a file, as clfrun does it. */
static char *behind_line(const char *name, const char *program)
{
    size_t room = strlen(name) + strlen(program) + 32;
    char *named = malloc(room);
    ck_assert_ptr_nonnull(named);
    snprintf(named, room, "#line 1 \"%s\"\n%s", name, program);
    return named;
}

static void build_named(void)
{
    char *named = behind_line("faults.fib", text);
    clf_status status = clf_program_build(s, named, NULL);
    ck_assert_msg(status == CLF_OK, "%s\n%s", clf_message(s), clf_build_log(s));
    free(named);
}

static void open_faults(const clf_options *options)
{
    must(NULL, clf_create(options, &s));
    text = read_program("faults.fib");
    build_named();
    state = bind_bytes(s, "state", STATE_BYTES);
}

static void open_plain(void)
{
    open_faults(OPTIONS(.workers = 2));
}

static void open_lanes(void)
{
    open_faults(OPTIONS(.workers = 2, .lanes = 4, .slice = 7));
}

static void open_inline(void)
{
    open_faults(OPTIONS(.workers = 2, .inline_depth = 4));
}

static void close_faults(void)
{
    must_cl(clReleaseMemObject(state));
    free(text);
    clf_destroy(s);
}

/* ---- faults ------------------------------------------------------------------------- */

typedef struct fault {
    const char *fiber; /* to start */
    const char *first; /* that fails first; NULL: itself */
    cl_int code;
    const char *file; /* NULL: faults.fib, at the line of the mark */
    cl_uint line;
} fault;

static const fault faults[] = {
    {"fails", NULL, 33, NULL, 0},
    {"fails_elsewhere", NULL, 33, NULL, 0},
    {"fails_with_0", NULL, CLF_FAIL_ZERO, NULL, 0},
    {"forgets_its_result", NULL, CLF_FAIL_NO_RESULT, NULL, 0},
    {"child_fails", "fails", 33, NULL, 0},
    {"awaited_fails", "fails_elsewhere", 33, NULL, 0},
    {"joined_fails", "fails", 33, NULL, 0},
    {"joins_nobody", NULL, CLF_FAIL_BAD_HANDLE, NULL, 0},
    {"joins_twice", NULL, CLF_FAIL_BAD_HANDLE, NULL, 0},
    {"joins_into_less", NULL, CLF_FAIL_RESULT_SIZE, NULL, 0},
    {"waits_into_less", NULL, CLF_FAIL_RESULT_SIZE, NULL, 0},
    {"detaches_twice", NULL, CLF_FAIL_BAD_HANDLE, NULL, 0},
    {"unlocks_unlocked", NULL, CLF_FAIL_NOT_LOCKED, NULL, 0},
    {"unlocks_anothers", NULL, CLF_FAIL_NOT_HOLDER, NULL, 0},
    {"locks_null", NULL, CLF_FAIL_BAD_OBJECT, NULL, 0},
    {"releases_too_many", NULL, CLF_FAIL_OVERFLOW, NULL, 0},
    {"acquires_too_many", NULL, CLF_FAIL_OVERFLOW, NULL, 0},
    {"done_by_another", NULL, CLF_FAIL_NOT_HOLDER, NULL, 0},
    {"closes_null", NULL, CLF_FAIL_BAD_OBJECT, NULL, 0},
    {"sends_on_closed", NULL, CLF_FAIL_CLOSED, NULL, 0},
    {"receives_from_closed", NULL, CLF_FAIL_CLOSED, NULL, 0},
    {"waits_for_the_end", NULL, CLF_FAIL_CLOSED, NULL, 0},
    {"sends_much", NULL, CLF_FAIL_MESSAGE, NULL, 0},
    {"calls_nobody", NULL, CLF_FAIL_NO_CALL, NULL, 0},
    {"generated", NULL, 33, "grammar.y", 700},
    {"generated_point", NULL, CLF_FAIL_BAD_HANDLE, "grammar.y", 710},
};
enum { FAULTS = sizeof faults / sizeof *faults };

static clf_handle start_fault(const char *fiber)
{
    clf_handle handle;
    must(s, clf_start(s, fiber, 1, &CLF_INT(33), &handle));
    return handle;
}

static void join_fault(const fault *f, clf_handle handle)
{
    const char *first = f->first != NULL ? f->first : f->fiber;
    const char *file = f->file != NULL ? f->file : "faults.fib";
    cl_uint line = f->file != NULL ? f->line : line_of(text, first);
    clf_failure failure = {.code = 0};
    clf_status status = clf_join(s, handle, NULL, 0, CLF_FOREVER);
    ck_assert_msg(status == CLF_FIBER_FAILED, "%s: %s", f->fiber, clf_message(s));
    char place[128], code[32];
    snprintf(place, sizeof place, "(first in %s, %s:%u)", first, file, (unsigned)line);
    snprintf(code, sizeof code, "code %d", (int)f->code);
    ck_assert_msg(strstr(clf_message(s), place) != NULL && strstr(clf_message(s), code) != NULL,
                  "%s: \"%s\" lacks \"%s\" or \"%s\"", f->fiber, clf_message(s), place, code);
    ck_assert_msg(f->code > 0 || strstr(clf_message(s), clf_failure_text(f->code)) != NULL,
                  "%s: \"%s\" does not explain the code", f->fiber, clf_message(s));
    must(s, clf_get_failure(s, &failure));
    ck_assert_int_eq(failure.code, f->code);
    ck_assert_str_eq(failure.fiber, first);
    ck_assert_str_eq(failure.file, file);
    ck_assert_uint_eq(failure.at, line);
}

START_TEST(each_fault_has_its_line)
{
    static const unsigned char zeros[STATE_BYTES];
    for (int i = 0; i < FAULTS; i++) {
        write_bytes(s, state, zeros, sizeof zeros);
        join_fault(&faults[i], start_fault(faults[i].fiber));
    }
}
END_TEST

/* Roots that fail with one code in different lines, in one run. */
START_TEST(each_root_has_its_own)
{
    enum { MANY = 24 };
    static const int which[] = {0, 1, 4, 5};
    clf_handle handles[MANY];
    for (int i = 0; i < MANY; i++)
        handles[i] = start_fault(faults[which[i % 4]].fiber);
    must(s, clf_run(s, CLF_FOREVER));
    for (int i = 0; i < MANY; i++)
        join_fault(&faults[which[i % 4]], handles[i]);
}
END_TEST

/* A program that did not build changes nothing about the one before. */
START_TEST(a_failed_build_keeps_the_places)
{
    gives(s, CLF_BUILD_FAILED, clf_program_build(s, "fiber int f(int n) { spawn g(); }", NULL));
    join_fault(&faults[0], start_fault("fails"));
}
END_TEST

START_TEST(a_dump_names_file_and_line)
{
    const char *dump;
    start_fault("waits_for_ever");
    gives(s, CLF_DEADLOCK, clf_run(s, CLF_FOREVER));
    must(s, clf_dump(s, &dump));
    ck_assert_msg(
        strstr(dump, "waits_for_ever in await recv, grammar.y:810: waits for a message") != NULL,
        "%s", dump);
    must(s, clf_cancel_all(s));
}
END_TEST

/* ---- diagnostics -------------------------------------------------------------------- */

/* The library's own errors, and those of the device's compiler. */
START_TEST(diagnostics_follow_line)
{
    static const char *const programs[] = {
        "fiber int f(int n)\n{\n#line 40 \"grammar.y\"\n    spawn g(n);\n    return n;\n}\n",
        "fiber int f(int n)\n{\n    yield;\n#line 40 \"grammar.y\"\n    n = unheard_of;\n    "
        "return n;\n}\n"};
    static const char *const said[] = {"grammar.y:40:11: error: ", "grammar.y:40"};
    for (int i = 0; i < 2; i++) {
        char *named = behind_line("top.fib", programs[i]);
        gives(s, CLF_BUILD_FAILED, clf_program_build(s, named, NULL));
        ck_assert_msg(strstr(clf_build_log(s), said[i]) != NULL, "says\n%s", clf_build_log(s));
        free(named);
    }
    gives(s, CLF_BUILD_FAILED,
          clf_program_build(s, "#line 7 \"top.fib\"\nfiber int f(int n) { spawn g(n); }\n", NULL));
    ck_assert_msg(strstr(clf_build_log(s), "top.fib:7:28: error: ") != NULL, "says\n%s",
                  clf_build_log(s));
    ck_assert_msg(strstr(clf_message(s), "top.fib:7:28: error: ") != NULL, "says %s",
                  clf_message(s));
}
END_TEST

/* What the front end makes of places with side effects gives the device's compiler no reason to
 * warn. */
START_TEST(subscripts_do_not_warn)
{
    must(s,
         clf_program_build(s,
                           "fiber int f(int n)\n{\n    return n;\n}\n"
                           "fiber int g(int n)\n{\n    int r[4], k = 0;\n"
                           "    r[k++] = spawn f(n);\n    r[k++] = await f(n + 1);\n"
                           "    fiber_t h = start f(n + 2);\n    r[k++] = await join(h);\n"
                           "    sync;\n    return r[0] + 10 * r[1] + 100 * r[2] + 1000 * k;\n}\n",
                           NULL));
    ck_assert_msg(strstr(clf_build_log(s), "fiber source:") == NULL, "%s", clf_build_log(s));
    cl_int result = 0;
    clf_arg args[] = {CLF_INT(1)};
    run_fiber(s, "g", args, &result);
    ck_assert_int_eq(result, 3321);
    build_named();
}
END_TEST

int main(void)
{
    static const struct {
        const char *name;
        void (*open)(void);
    } shapes[] = {{"plain", open_plain}, {"lanes", open_lanes}, {"inline", open_inline}};
    Suite *suite = suite_create("lines");
    for (size_t i = 0; i < sizeof shapes / sizeof *shapes; i++) {
        TCase *tcase = new_case(suite, shapes[i].name);
        tcase_add_checked_fixture(tcase, shapes[i].open, close_faults);
        tcase_add_test(tcase, each_fault_has_its_line);
        tcase_add_test(tcase, each_root_has_its_own);
        if (i != 0)
            continue;
        tcase_add_test(tcase, a_failed_build_keeps_the_places);
        tcase_add_test(tcase, a_dump_names_file_and_line);
        tcase_add_test(tcase, diagnostics_follow_line);
        tcase_add_test(tcase, subscripts_do_not_warn);
    }
    return test_main(suite, true);
}
