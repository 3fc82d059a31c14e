/* test_trace.c - traces by the interface: whose queue has a clock, files that cannot be written,
 * several schedulers, calls that end late. What traces hold is trace/trace.sh's. */
#define CL_USE_DEPRECATED_OPENCL_1_2_APIS
#include "support.h"

#include <unistd.h>

static char folder[] = "test_trace.XXXXXX";
static char path[64], second[64];

static void make_folder(void)
{
    ck_assert_ptr_nonnull(mkdtemp(folder));
    snprintf(path, sizeof path, "%s/t.json", folder);
    snprintf(second, sizeof second, "%s/t-2.json", folder);
    unsetenv("CLFIBER_TRACE");
    unsetenv("CLFIBER_TRACE_SAMPLE");
}

static void remove_folder(void)
{
    unlink(path);
    unlink(second);
    rmdir(folder);
}

static bool has(const char *file, const char *text)
{
    char *content = NULL;
    size_t room = 0;
    FILE *f = fopen(file, "r");
    ck_assert_msg(f != NULL, "there is no %s", file);
    ssize_t length = getdelim(&content, &room, '\0', f);
    fclose(f);
    bool found = length > 0 && strstr(content, text) != NULL;
    free(content);
    return found;
}

static void run_fib_on(cl_command_queue_properties properties)
{
    clf_scheduler *first = NULL, *s = NULL;
    cl_int error;
    must(NULL, clf_create(NULL, &first));
    cl_command_queue queue =
        clCreateCommandQueue(clf_context(first), clf_device(first), properties, &error);
    must_cl(error);
    must(NULL,
         clf_create_on(clf_context(first), clf_device(first), queue, OPTIONS(.trace = path), &s));
    build_program(s, "fib");
    ck_assert_int_eq(fiber_fib(s, 10), 55);
    clf_destroy(s);
    clReleaseCommandQueue(queue);
    clf_destroy(first);
}

START_TEST(a_queue_without_profiling_gives_host_times)
{
    run_fib_on(0);
    ck_assert(has(path, "\"clock\":\"host\""));
    ck_assert(has(path, "host times, because the queue has no profiling"));
    ck_assert(has(path, "slices (host times)"));
    ck_assert(has(path, "\"completed\":177"));
}
END_TEST

START_TEST(a_queue_with_profiling_gives_device_times)
{
    run_fib_on(CL_QUEUE_PROFILING_ENABLE);
    ck_assert(has(path, "\"clock\":\"device\""));
    ck_assert(has(path, "slices (device times)"));
}
END_TEST

START_TEST(a_file_that_cannot_be_made_is_named)
{
    clf_scheduler *s = NULL;
    refuses(NULL, CLF_BAD_ARGUMENT, "/nowhere/t.json",
            clf_create(OPTIONS(.trace = "/nowhere/t.json"), &s));
    ck_assert_ptr_null(s);
    setenv("CLFIBER_TRACE", "/nowhere/t.json", 1);
    refuses(NULL, CLF_BAD_ARGUMENT, "CLFIBER_TRACE", clf_create(NULL, &s));
    setenv("CLFIBER_TRACE", "", 1);
    must(NULL, clf_create(NULL, &s));
    clf_destroy(s);
}
END_TEST

START_TEST(schedulers_of_the_environment_have_files_of_their_own)
{
    clf_scheduler *one = NULL, *two = NULL;
    setenv("CLFIBER_TRACE", path, 1);
    must(NULL, clf_create(NULL, &one));
    must(NULL, clf_create(NULL, &two));
    build_program(two, "fib");
    ck_assert_int_eq(fiber_fib(two, 5), 5);
    clf_destroy(one);
    clf_destroy(two);
    ck_assert(has(path, "\"completed\":0"));
    ck_assert(has(second, "\"completed\":15"));
}
END_TEST

/* A file that cannot take any more must not disturb the run. */
START_TEST(a_full_disk_ends_the_trace_and_nothing_else)
{
    clf_scheduler *s = open_scheduler(OPTIONS(.trace = "/dev/full", .trace_sample = 1), "fib");
    ck_assert_int_eq(fiber_fib(s, 15), 610);
    clf_destroy(s);
}
END_TEST

/* Programs follow each other in one trace; counters that are reset go on being added up. */
START_TEST(one_trace_has_several_programs)
{
    clf_scheduler *s = open_scheduler(OPTIONS(.trace = path, .trace_sample = 1), "fib");
    ck_assert_int_eq(fiber_fib(s, 5), 5);
    must(s, clf_reset_stats(s));
    ck_assert_int_eq(fiber_fib(s, 5), 5);
    build_program(s, "fib");
    ck_assert_int_eq(fiber_fib(s, 5), 5);
    clf_options back = {.size = sizeof back};
    must(s, clf_get_options(s, &back));
    ck_assert_uint_eq(back.trace_sample, 1);
    clf_destroy(s);
    ck_assert(has(path, "\"completed\":45"));
    ck_assert(has(path, "\"starts\":45"));
}
END_TEST

static clf_hostcall *kept;

static int32_t keep(clf_hostcall *call, void *user)
{
    (void)user;
    kept = call;
    return CLF_CALL_LATER;
}

START_TEST(a_call_that_ends_late_is_a_span_of_its_own)
{
    clf_scheduler *s = NULL;
    clf_handle h;
    must(NULL, clf_create(OPTIONS(.trace = path, .trace_sample = 1), &s));
    must(s, clf_program_build(
                s, "fiber int ask(int n) { int r = await hostcall(5, &n); return r; }", NULL));
    must(s, clf_hostcall_register(s, 5, keep, NULL));
    must(s, clf_start(s, "ask", 1, (clf_arg[]){CLF_INT(1)}, &h));
    while (kept == NULL)
        gives(s, CLF_PENDING, clf_step(s));
    must(s, clf_hostcall_finish(s, kept, 0));
    must(s, clf_join(s, h, NULL, 0, CLF_FOREVER));
    clf_destroy(s);
    ck_assert(has(path, "\"name\":\"call 5\",\"id\":\"call1\""));
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("trace");
    TCase *t = new_case(suite, "trace");
    tcase_add_checked_fixture(t, make_folder, remove_folder);
    tcase_add_test(t, a_queue_without_profiling_gives_host_times);
    tcase_add_test(t, a_queue_with_profiling_gives_device_times);
    tcase_add_test(t, a_file_that_cannot_be_made_is_named);
    tcase_add_test(t, schedulers_of_the_environment_have_files_of_their_own);
    tcase_add_test(t, a_full_disk_ends_the_trace_and_nothing_else);
    tcase_add_test(t, one_trace_has_several_programs);
    tcase_add_test(t, a_call_that_ends_late_is_a_span_of_its_own);
    return test_main(suite, true);
}
