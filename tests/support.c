/* support.c - see support.h. */
#include "support.h"

#include <sys/wait.h>
#include <unistd.h>

#ifndef TEST_PROGRAMS
#define TEST_PROGRAMS "tests/programs"
#endif

/* Asks for a device in a child, so that the tests' forks still start from a process without OpenCL.
 */
static bool device_present(void)
{
    pid_t child = fork();
    if (child == 0)
        _exit(clf_get_device(0, NULL, NULL) == CLF_OK ? 0 : 1);
    int how = 1;
    return child > 0 && waitpid(child, &how, 0) == child && WIFEXITED(how) && WEXITSTATUS(how) == 0;
}

int test_main(Suite *suite, bool needs_device)
{
    SRunner *runner = srunner_create(suite);
    if (needs_device && !device_present()) {
        printf("SKIP: no OpenCL device; on Debian, install pocl-opencl-icd\n");
        srunner_free(runner);
        return SKIPPED;
    }
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}

TCase *new_case(Suite *suite, const char *name)
{
    TCase *tcase = tcase_create(name);
    tcase_set_timeout(tcase, SECONDS_PER_TEST);
    suite_add_tcase(suite, tcase);
    return tcase;
}

/* ---- programs and schedulers -------------------------------------------------------- */

cl_uint line_of(const char *text, const char *name)
{
    char mark[64];
    snprintf(mark, sizeof mark, "HERE %s */", name);
    const char *at = strstr(text, mark);
    ck_assert_msg(at != NULL, "the program says nowhere %s", mark);
    cl_uint line = 1;
    for (const char *c = text; c < at; c++)
        line += *c == '\n';
    return line;
}

char *read_program(const char *name)
{
    const char *folder = getenv("CLF_TEST_PROGRAMS");
    char path[4096];
    snprintf(path, sizeof path, "%s/%s%s", folder ? folder : TEST_PROGRAMS, name,
             strchr(name, '.') != NULL ? "" : ".cl");
    FILE *file = fopen(path, "r");
    ck_assert_msg(file != NULL, "cannot open %s", path);
    enum { MOST = 1 << 20 };
    char *text = malloc(MOST);
    ck_assert_ptr_nonnull(text);
    size_t length = fread(text, 1, MOST - 1, file);
    fclose(file);
    text[length] = '\0';
    return text;
}

void build_program(clf_scheduler *scheduler, const char *program)
{
    char *source = read_program(program);
    clf_status status = clf_program_build(scheduler, source, NULL);
    ck_assert_msg(status == CLF_OK, "%s: %s: %s\n%s", program, clf_status_name(status),
                  clf_message(scheduler), clf_build_log(scheduler));
    free(source);
}

clf_scheduler *open_scheduler(const clf_options *options, const char *program)
{
    clf_scheduler *scheduler = NULL;
    must(NULL, clf_create(options, &scheduler));
    build_program(scheduler, program);
    return scheduler;
}

/* ---- fibers ------------------------------------------------------------------------- */

void run_fiber_sized(clf_scheduler *scheduler, const char *fiber, uint32_t nargs,
                     const clf_arg *args, void *result, size_t size)
{
    clf_handle handle = 0;
    must(scheduler, clf_start(scheduler, fiber, nargs, args, &handle));
    must(scheduler, clf_join(scheduler, handle, result, size, CLF_FOREVER));
}

cl_long fiber_fib(clf_scheduler *scheduler, cl_int n)
{
    cl_long result = -1;
    clf_arg args[] = {CLF_ARG(n)};
    run_fiber(scheduler, "fib", args, &result);
    return result;
}

clf_handle start_fib(clf_scheduler *scheduler, cl_int n)
{
    clf_handle handle = 0;
    must(scheduler, clf_start(scheduler, "fib", 1, &CLF_ARG(n), &handle));
    ck_assert_uint_ne(handle, 0);
    return handle;
}

cl_long host_fib(int n)
{
    cl_long now = 0, next = 1;
    for (int i = 0; i < n; i++) {
        cl_long sum = now + next;
        now = next;
        next = sum;
    }
    return now;
}

void check_usable(clf_scheduler *scheduler)
{
    clf_fiber_info info;
    uint32_t members = 0;
    clf_status status = clf_get_env(scheduler, 0, NULL, &members);
    if (status != CLF_OK || members != 0 || clf_find_fiber(scheduler, "fib", &info) != CLF_OK)
        build_program(scheduler, "fib");
    ck_assert_int_eq(fiber_fib(scheduler, 15), host_fib(15));
}

/* ---- env ---------------------------------------------------------------------------- */

cl_mem bind_words(clf_scheduler *scheduler, const char *member, size_t count)
{
    size_t bytes = count * sizeof(cl_uint);
    cl_int code = CL_SUCCESS;
    cl_mem buffer = clCreateBuffer(clf_context(scheduler), CL_MEM_READ_WRITE, bytes, NULL, &code);
    must_cl(code);
    cl_uint zero = 0;
    must_cl(clEnqueueFillBuffer(clf_queue(scheduler), buffer, &zero, sizeof zero, 0, bytes, 0, NULL,
                                NULL));
    must_cl(clFinish(clf_queue(scheduler)));
    must(scheduler, clf_bind(scheduler, member, &buffer, sizeof buffer));
    return buffer;
}

cl_mem bind_log(clf_scheduler *scheduler, size_t entries)
{
    bind_uint(scheduler, "room", (cl_uint)entries);
    return bind_words(scheduler, "log", 1 + entries);
}

void bind_uint(clf_scheduler *scheduler, const char *member, cl_uint value)
{
    must(scheduler, clf_bind(scheduler, member, &value, sizeof value));
}

void read_words(clf_scheduler *scheduler, cl_mem buffer, cl_uint *words, size_t count)
{
    must_cl(clEnqueueReadBuffer(clf_queue(scheduler), buffer, CL_TRUE, 0, count * sizeof *words,
                                words, 0, NULL, NULL));
}

void write_word(clf_scheduler *scheduler, cl_mem buffer, size_t index, cl_uint value)
{
    must_cl(clEnqueueWriteBuffer(clf_queue(scheduler), buffer, CL_TRUE, index * sizeof value,
                                 sizeof value, &value, 0, NULL, NULL));
}

void check_all_once(clf_scheduler *scheduler, cl_mem buffer, size_t count, const char *what)
{
    cl_uint *words = malloc(count * sizeof *words);
    ck_assert_ptr_nonnull(words);
    read_words(scheduler, buffer, words, count);
    for (size_t i = 0; i < count; i++)
        ck_assert_msg(words[i] == 1, "%s %zu of %zu: %u times, not once", what, i, count, words[i]);
    free(words);
}

cl_ulong mix(cl_ulong x)
{
    x += 0x9e3779b97f4a7c15u;
    x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9u;
    x = (x ^ (x >> 27)) * 0x94d049bb133111ebu;
    return x ^ (x >> 31);
}

/* ---- statistics --------------------------------------------------------------------- */

clf_stats get_stats(clf_scheduler *scheduler)
{
    clf_stats stats = {.size = sizeof stats};
    must(scheduler, clf_get_stats(scheduler, &stats));
    return stats;
}

uint32_t workers_used(clf_scheduler *scheduler)
{
    clf_options options = {.size = sizeof options};
    must(scheduler, clf_get_options(scheduler, &options));
    uint32_t used = 0;
    for (uint32_t worker = 0; worker < options.workers; worker++) {
        clf_counters counters;
        must(scheduler, clf_get_worker_counters(scheduler, worker, &counters));
        used += counters.segments > 0;
    }
    return used;
}

void check_balanced(clf_scheduler *scheduler)
{
    clf_stats stats = get_stats(scheduler);
    ck_assert_uint_eq(stats.outstanding, 0);
    ck_assert_uint_eq(stats.total.spawned, stats.total.completed);
    ck_assert_uint_ge(stats.total.segments, stats.total.spawned);
}

uint32_t parallel_workers(clf_scheduler *scheduler)
{
    const char *limit = getenv("POCL_MAX_PTHREAD_COUNT");
    if (limit && atoi(limit) > 0)
        return (uint32_t)atoi(limit);
    cl_uint units = 0;
    must_cl(clGetDeviceInfo(clf_device(scheduler), CL_DEVICE_MAX_COMPUTE_UNITS, sizeof units,
                            &units, NULL));
    return units;
}
