/* smoke.c - smoke WORKERS LANES: a short life of a scheduler without Check and without forks, for
 * runs under oclgrind and valgrind: programs, runs that grow, joins, errors of every kind that
 * leave the scheduler usable. Exit status 0 if all came out as it should, 77 without a device. The
 * programs' folder is CLF_TEST_PROGRAMS. */
#undef NDEBUG
#include "clfiber.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int wrong;

#define EXPECT(condition)                                     \
    do {                                                      \
        if (!(condition)) {                                   \
            printf("smoke.c:%d: %s\n", __LINE__, #condition); \
            wrong = 1;                                        \
        }                                                     \
    } while (0)

#define MUST(scheduler, ...)                                                                     \
    do {                                                                                         \
        clf_status status_ = (__VA_ARGS__);                                                      \
        if (status_ != CLF_OK) {                                                                 \
            printf("smoke.c:%d: %s: %s: %s\n", __LINE__, #__VA_ARGS__, clf_status_name(status_), \
                   clf_message(scheduler));                                                      \
            wrong = 1;                                                                           \
        }                                                                                        \
    } while (0)

static char *read_program(const char *name)
{
    char path[4096];
    const char *folder = getenv("CLF_TEST_PROGRAMS");
    snprintf(path, sizeof path, "%s/%s.cl", folder ? folder : "tests/programs", name);
    FILE *file = fopen(path, "r");
    char *text = calloc(1, 1 << 16);
    if (!file || !text) {
        printf("cannot read %s\n", path);
        exit(1);
    }
    if (fread(text, 1, (1 << 16) - 1, file) == 0)
        wrong = 1;
    fclose(file);
    return text;
}

static void build(clf_scheduler *s, const char *program)
{
    char *source = read_program(program);
    MUST(s, clf_program_build(s, source, NULL));
    free(source);
    if (wrong)
        printf("%s\n", clf_build_log(s));
}

static void run_fib(clf_scheduler *s, cl_int n, cl_long wanted)
{
    clf_handle handle = 0;
    cl_long result = -1;
    MUST(s, clf_start(s, "fib", 1, &CLF_ARG(n), &handle));
    MUST(s, clf_join(s, handle, &result, sizeof result, CLF_FOREVER));
    EXPECT(result == wanted);
    EXPECT(clf_join(s, handle, &result, sizeof result, CLF_FOREVER) == CLF_STALE_HANDLE);
}

static void make_errors(clf_scheduler *s)
{
    cl_int n = 3;
    clf_handle handle;
    EXPECT(clf_program_build(s, "#define CLF_FIBERS(F)\n#pragma clfiber runtime\nint x = ;\n",
                             NULL) == CLF_BUILD_FAILED);
    EXPECT(strlen(clf_build_log(s)) > 0);
    EXPECT(clf_start(s, "nobody", 1, &CLF_ARG(n), &handle) == CLF_UNKNOWN_FIBER);
    EXPECT(clf_start(s, "fib", 2, &CLF_ARG(n), &handle) == CLF_WRONG_COUNT);
    EXPECT(clf_bind(s, "nothing", &n, sizeof n) == CLF_UNKNOWN_ENV);
    EXPECT(clf_poll(s, 1234567) == CLF_STALE_HANDLE);
    EXPECT(clf_start(s, NULL, 1, &CLF_ARG(n), &handle) == CLF_BAD_ARGUMENT);
}

/* A wide fiber whose children mark a buffer: each once. */
static void run_wide(clf_scheduler *s)
{
    enum { COUNT = 40 };
    cl_uint hits[COUNT] = {0}, result = 0;
    cl_int code;
    clf_handle handle = 0;
    build(s, "wide");
    cl_mem buffer = clCreateBuffer(clf_context(s), CL_MEM_COPY_HOST_PTR, sizeof hits, hits, &code);
    EXPECT(code == CL_SUCCESS);
    MUST(s, clf_bind(s, "hits", &buffer, sizeof buffer));
    clf_arg args[] = {CLF_UINT(0), CLF_UINT(COUNT)};
    MUST(s, clf_start(s, "wide", 2, args, &handle));
    MUST(s, clf_join(s, handle, &result, sizeof result, CLF_FOREVER));
    EXPECT(result == COUNT);
    clEnqueueReadBuffer(clf_queue(s), buffer, CL_TRUE, 0, sizeof hits, hits, 0, NULL, NULL);
    for (int i = 0; i < COUNT; i++)
        EXPECT(hits[i] == 1);
    clReleaseMemObject(buffer);
}

/* Failing fibers, and fibers outstanding when the scheduler goes. */
static void run_failing(clf_scheduler *s)
{
    build(s, "fail");
    cl_uint hits[64] = {0};
    cl_int code;
    clf_handle handle = 0;
    clf_failure failure;
    cl_mem buffer = clCreateBuffer(clf_context(s), CL_MEM_COPY_HOST_PTR, sizeof hits, hits, &code);
    EXPECT(code == CL_SUCCESS);
    MUST(s, clf_bind(s, "hits", &buffer, sizeof buffer));
    clf_arg args[] = {CLF_INT(7), CLF_UINT(6), CLF_UINT(2)};
    MUST(s, clf_start(s, "family", 3, args, &handle));
    EXPECT(clf_join(s, handle, NULL, 0, CLF_FOREVER) == CLF_FIBER_FAILED);
    MUST(s, clf_get_failure(s, &failure));
    EXPECT(failure.code == 7);
    MUST(s, clf_start(s, "family", 3, args, &handle));
    MUST(s, clf_start(s, "family", 3, args, NULL));
    clf_status status = clf_step(s);
    if (status != CLF_PENDING)
        MUST(s, status);
    clReleaseMemObject(buffer);
}

int main(int argc, char **argv)
{
    clf_options options = {.size = sizeof options,
                           .workers = argc > 1 ? (uint32_t)atoi(argv[1]) : 2,
                           .lanes = argc > 2 ? (uint32_t)atoi(argv[2]) : 1,
                           .slice = 50,
                           .frames = 1,
                           .ring = 2};
    clf_options absurd = {.size = sizeof absurd, .lanes = 100000};
    clf_scheduler *s = NULL;
    EXPECT(clf_create(&absurd, &s) == CLF_BAD_ARGUMENT);
    clf_status status = clf_create(&options, &s);
    if (status == CLF_NO_DEVICE) {
        printf("%s\n", clf_message(NULL));
        return 77;
    }
    MUST(NULL, status);
    if (wrong)
        return 1;
    clf_options used = {.size = sizeof used};
    MUST(s, clf_get_options(s, &used));
    printf("%s, tier %s, %u workers, %u lanes\n", used.device, clf_tier_name(used.tier),
           used.workers, used.lanes);
    build(s, "fib");
    run_fib(s, 9, 34);
    make_errors(s);
    run_fib(s, 7, 13);
    run_wide(s);
    run_failing(s);
    clf_destroy(s);
    printf(wrong ? "wrong\n" : "right\n");
    return wrong;
}
