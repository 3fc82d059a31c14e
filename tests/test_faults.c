/* test_faults.c - what a healthy machine does not show: a device without a compiler, a device of
 * groups that are too small, and OpenCL calls that fail at the worst moment. The linker's --wrap
 * puts this file's functions between the library and OpenCL (tests/scheduler.mk has the list). */
#include "support.h"
#include "tree.h"

/* ---- the functions in between ------------------------------------------------------- */

static bool no_compiler;
static size_t largest_group; /* 0: the device's own */

/* The call number `fail_at` of `failing` returns `fail_with`; counted from 1, 0 for none. */
enum failing { NONE, CREATE_BUFFER, BUILD, CREATE_KERNEL, ENQUEUE_KERNEL, ENQUEUE_READ, FINISH };
static enum failing failing;
static int fail_at, calls;
static cl_int fail_with;

#define BETWEEN(function) extern __typeof__(function) __real_##function, __wrap_##function
BETWEEN(clGetDeviceInfo);
BETWEEN(clCreateBuffer);
BETWEEN(clBuildProgram);
BETWEEN(clCreateKernel);
BETWEEN(clEnqueueNDRangeKernel);
BETWEEN(clEnqueueReadBuffer);
BETWEEN(clFinish);

static bool fails_now(enum failing which)
{
    return failing == which && ++calls == fail_at;
}

cl_int __wrap_clGetDeviceInfo(cl_device_id device, cl_device_info what, size_t size, void *value,
                              size_t *actual)
{
    cl_int code = __real_clGetDeviceInfo(device, what, size, value, actual);
    if (code == CL_SUCCESS && value && no_compiler && what == CL_DEVICE_COMPILER_AVAILABLE)
        *(cl_bool *)value = CL_FALSE;
    if (code == CL_SUCCESS && value && largest_group && what == CL_DEVICE_MAX_WORK_GROUP_SIZE)
        *(size_t *)value = largest_group;
    return code;
}

cl_mem __wrap_clCreateBuffer(cl_context context, cl_mem_flags flags, size_t size, void *from,
                             cl_int *code)
{
    if (!fails_now(CREATE_BUFFER))
        return __real_clCreateBuffer(context, flags, size, from, code);
    if (code)
        *code = fail_with;
    return NULL;
}

cl_int __wrap_clBuildProgram(cl_program program, cl_uint count, const cl_device_id *devices,
                             const char *options, void (*notify)(cl_program, void *), void *data)
{
    if (fails_now(BUILD))
        return fail_with;
    return __real_clBuildProgram(program, count, devices, options, notify, data);
}

cl_kernel __wrap_clCreateKernel(cl_program program, const char *name, cl_int *code)
{
    if (!fails_now(CREATE_KERNEL))
        return __real_clCreateKernel(program, name, code);
    if (code)
        *code = fail_with;
    return NULL;
}

cl_int __wrap_clEnqueueNDRangeKernel(cl_command_queue queue, cl_kernel kernel, cl_uint dimensions,
                                     const size_t *offset, const size_t *global,
                                     const size_t *local, cl_uint waits, const cl_event *list,
                                     cl_event *event)
{
    if (fails_now(ENQUEUE_KERNEL))
        return fail_with;
    return __real_clEnqueueNDRangeKernel(queue, kernel, dimensions, offset, global, local, waits,
                                         list, event);
}

cl_int __wrap_clEnqueueReadBuffer(cl_command_queue queue, cl_mem buffer, cl_bool wait,
                                  size_t offset, size_t size, void *to, cl_uint waits,
                                  const cl_event *list, cl_event *event)
{
    if (fails_now(ENQUEUE_READ))
        return fail_with;
    return __real_clEnqueueReadBuffer(queue, buffer, wait, offset, size, to, waits, list, event);
}

cl_int __wrap_clFinish(cl_command_queue queue)
{
    if (fails_now(FINISH))
        return fail_with;
    return __real_clFinish(queue);
}

static void all_well(void)
{
    no_compiler = false;
    largest_group = 0;
    failing = NONE;
    calls = 0;
}

static void let_fail(enum failing which, int at, cl_int with)
{
    failing = which;
    fail_at = at;
    fail_with = with;
    calls = 0;
}

/* ---- devices that lack something ---------------------------------------------------- */

START_TEST(a_device_without_a_compiler)
{
    clf_scheduler *s = (clf_scheduler *)&s;
    clf_device_info info;
    must(NULL, clf_get_device(0, &info, NULL));
    no_compiler = true;
    refuses(NULL, CLF_NO_COMPILER, info.name, clf_create(NULL, &s));
    ck_assert_ptr_null(s);
    no_compiler = false;
    s = open_scheduler(NULL, "fib");
    check_usable(s);
    clf_destroy(s);
}
END_TEST

START_TEST(a_device_with_small_groups)
{
    clf_scheduler *s = NULL;
    largest_group = 8;
    refuses(NULL, CLF_BAD_ARGUMENT, "16", clf_create(OPTIONS(.lanes = 16), &s));
    ck_assert_ptr_null(s);
    s = open_scheduler(OPTIONS(.lanes = 8), "fib");
    check_usable(s);
    clf_destroy(s);
}
END_TEST

/* ---- calls that fail ---------------------------------------------------------------- */

/* One creation and build with the n-th call failing, for every n until no call is left to fail:
 * either it all works all the same, or there is a status and a message, and the next try works. */
static void check_creation(enum failing which, cl_int code)
{
    char *source = read_program("fib");
    for (int n = 1;; n++) {
        clf_scheduler *s = NULL;
        let_fail(which, n, code);
        clf_status status = clf_create(OPTIONS(.workers = 2), &s);
        if (status != CLF_OK) {
            ck_assert_ptr_null(s);
            ck_assert_int_gt(strlen(clf_message(NULL)), 0);
        } else if ((status = clf_program_build(s, source, NULL)) != CLF_OK) {
            ck_assert_int_lt(status, 0);
            ck_assert_int_gt(strlen(clf_message(s)), 0);
        }
        bool was_hit = calls >= n;
        all_well();
        if (s) {
            check_usable(s);
            clf_destroy(s);
        }
        if (!was_hit)
            break;
        ck_assert_int_lt(n, 200);
    }
    free(source);
}

START_TEST(creation_survives_failing_calls)
{
    static const struct {
        enum failing which;
        cl_int code;
    } faults[] = {{CREATE_BUFFER, CL_MEM_OBJECT_ALLOCATION_FAILURE},
                  {BUILD, CL_OUT_OF_HOST_MEMORY},
                  {CREATE_KERNEL, CL_OUT_OF_RESOURCES},
                  {ENQUEUE_KERNEL, CL_OUT_OF_RESOURCES},
                  {ENQUEUE_READ, CL_OUT_OF_RESOURCES}};
    check_creation(faults[_i].which, faults[_i].code);
}
END_TEST

/* A run with the n-th call failing, growth included. A failed slice says so; destroying is always
 * possible. */
static void check_run(enum failing which, int n)
{
    clf_scheduler *s =
        open_scheduler(OPTIONS(.workers = 2, .slice = 50, .frames = 1, .ring = 2), "fib");
    clf_handle handle = start_fib(s, 12);
    let_fail(which, n, CL_OUT_OF_RESOURCES);
    cl_long result = 0;
    clf_status status = clf_join(s, handle, &result, sizeof result, CLF_FOREVER);
    if (status == CLF_OK)
        ck_assert_int_eq(result, 144);
    else
        ck_assert_int_gt(strlen(clf_message(s)), 0);
    all_well();
    clf_destroy(s);
}

START_TEST(runs_survive_failing_calls)
{
    static const enum failing kinds[] = {CREATE_BUFFER, ENQUEUE_KERNEL, ENQUEUE_READ, FINISH};
    for (int n = 1; n <= 12; n++)
        check_run(kinds[_i], n);
    clf_scheduler *s = open_scheduler(NULL, "fib");
    check_usable(s);
    clf_destroy(s);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("faults");
    TCase *devices = new_case(suite, "devices");
    tcase_add_checked_fixture(devices, all_well, all_well);
    tcase_add_test(devices, a_device_without_a_compiler);
    tcase_add_test(devices, a_device_with_small_groups);
    TCase *failures = new_case(suite, "calls");
    tcase_add_checked_fixture(failures, all_well, all_well);
    tcase_add_loop_test(failures, creation_survives_failing_calls, 0, 5);
    tcase_add_loop_test(failures, runs_survive_failing_calls, 0, 4);
    return test_main(suite, true);
}
