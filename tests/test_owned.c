/* test_owned.c - a scheduler on the user's own context, device and queue: what is retained and
 * given back, what is refused, and destroying with anything outstanding. A context's reference
 * count also counts what was made in it, so that an equal count before and after says that no
 * OpenCL object leaked. */
#include "support.h"

#include <sched.h>
#include <time.h>

static cl_device_id device;
static cl_context context, other_context;
static cl_command_queue queue, other_queue;

static void open_opencl(void)
{
    clf_device_info info;
    must(NULL, clf_get_device(0, &info, NULL));
    device = info.id;
    cl_int code;
    context = clCreateContext(NULL, 1, &device, NULL, NULL, &code);
    must_cl(code);
    queue = clCreateCommandQueueWithProperties(context, device, NULL, &code);
    must_cl(code);
    other_context = clCreateContext(NULL, 1, &device, NULL, NULL, &code);
    must_cl(code);
    other_queue = clCreateCommandQueueWithProperties(other_context, device, NULL, &code);
    must_cl(code);
}

static cl_uint context_references(void)
{
    cl_uint references = 0;
    must_cl(clFinish(queue));
    must_cl(clGetContextInfo(context, CL_CONTEXT_REFERENCE_COUNT, sizeof references, &references,
                             NULL));
    return references;
}

static cl_uint queue_references(void)
{
    cl_uint references = 0;
    must_cl(clGetCommandQueueInfo(queue, CL_QUEUE_REFERENCE_COUNT, sizeof references, &references,
                                  NULL));
    return references;
}

static cl_uint buffer_references(cl_mem buffer)
{
    cl_uint references = 0;
    must_cl(
        clGetMemObjectInfo(buffer, CL_MEM_REFERENCE_COUNT, sizeof references, &references, NULL));
    return references;
}

static clf_scheduler *open_on(const clf_options *options, const char *program)
{
    clf_scheduler *s = NULL;
    must(NULL, clf_create_on(context, device, queue, options, &s));
    if (program)
        build_program(s, program);
    return s;
}

/* A driver's threads may let go of a command's objects a little after the command has ended: on a
 * busy machine that little is as long as such a thread waits for its turn. */
enum { PATIENCE = 60 };
static void check_references(cl_uint (*references)(void), cl_uint wanted)
{
    for (time_t end = time(NULL) + PATIENCE; references() != wanted && time(NULL) < end;)
        sched_yield();
    ck_assert_uint_eq(references(), wanted);
}

/* The same of a buffer. */
static void check_buffer_references(cl_mem buffer, cl_uint wanted)
{
    for (time_t end = time(NULL) + PATIENCE;
         buffer_references(buffer) != wanted && time(NULL) < end;)
        sched_yield();
    ck_assert_uint_eq(buffer_references(buffer), wanted);
}

/* Runs the body and asserts that context and queue have as many references after as before. */
#define BALANCED(...)                                                           \
    do {                                                                        \
        cl_uint contexts_ = context_references(), queues_ = queue_references(); \
        __VA_ARGS__                                                             \
        check_references(context_references, contexts_);                        \
        check_references(queue_references, queues_);                            \
    } while (0)

START_TEST(the_user_s_objects_are_used)
{
    clf_scheduler *s = open_on(NULL, "fib");
    ck_assert_ptr_eq(clf_context(s), context);
    ck_assert_ptr_eq(clf_device(s), device);
    ck_assert_ptr_eq(clf_queue(s), queue);
    check_usable(s);
    clf_destroy(s);
}
END_TEST

START_TEST(all_is_given_back)
{
    BALANCED({
        clf_scheduler *s = open_on(NULL, "fib");
        ck_assert_uint_gt(context_references(), contexts_);
        ck_assert_uint_gt(queue_references(), queues_);
        check_usable(s);
        clf_destroy(s);
    });
}
END_TEST

START_TEST(the_scheduler_outlives_the_user_s_references)
{
    clf_scheduler *s = open_on(NULL, "fib");
    must_cl(clReleaseCommandQueue(queue));
    must_cl(clReleaseContext(context));
    check_usable(s);
    clf_destroy(s);
}
END_TEST

START_TEST(an_own_context_and_queue_are_made)
{
    clf_scheduler *s = open_scheduler(NULL, "fib");
    ck_assert_ptr_nonnull(clf_context(s));
    ck_assert_ptr_nonnull(clf_queue(s));
    ck_assert_ptr_nonnull(clf_device(s));
    clf_destroy(s);
}
END_TEST

START_TEST(missing_objects_are_refused)
{
    BALANCED({
        clf_scheduler *s = (clf_scheduler *)&s;
        gives(NULL, CLF_BAD_ARGUMENT, clf_create_on(NULL, device, queue, NULL, &s));
        ck_assert_ptr_null(s);
        gives(NULL, CLF_BAD_ARGUMENT, clf_create_on(context, NULL, queue, NULL, &s));
        gives(NULL, CLF_BAD_ARGUMENT, clf_create_on(context, device, NULL, NULL, &s));
        gives(NULL, CLF_BAD_ARGUMENT, clf_create_on(context, device, queue, NULL, NULL));
        gives(NULL, CLF_BAD_ARGUMENT,
              clf_create_on(context, device, queue, OPTIONS(.lanes = 100000), &s));
    });
}
END_TEST

START_TEST(a_queue_of_another_context_is_refused)
{
    clf_scheduler *s = (clf_scheduler *)&s;
    gives(NULL, CLF_BAD_ARGUMENT, clf_create_on(context, device, other_queue, NULL, &s));
    ck_assert_ptr_null(s);
    ck_assert_int_gt(strlen(clf_message(NULL)), 0);
}
END_TEST

START_TEST(an_out_of_order_queue_is_refused)
{
    cl_queue_properties properties[] = {CL_QUEUE_PROPERTIES, CL_QUEUE_OUT_OF_ORDER_EXEC_MODE_ENABLE,
                                        0};
    cl_int code;
    cl_command_queue loose = clCreateCommandQueueWithProperties(context, device, properties, &code);
    if (code != CL_SUCCESS)
        return; /* the device has none: nothing to refuse */
    clf_scheduler *s = (clf_scheduler *)&s;
    refuses(NULL, CLF_BAD_ARGUMENT, "order", clf_create_on(context, device, loose, NULL, &s));
    ck_assert_ptr_null(s);
    must_cl(clReleaseCommandQueue(loose));
}
END_TEST

START_TEST(failed_builds_give_back_too)
{
    BALANCED({
        clf_scheduler *s = open_on(NULL, NULL);
        gives(s, CLF_BUILD_FAILED,
              clf_program_build(s, "#define CLF_FIBERS(F)\n#pragma clfiber runtime\nint x = ;\n",
                                NULL));
        build_program(s, "fib");
        build_program(s, "tree");
        check_usable(s);
        clf_destroy(s);
    });
}
END_TEST

START_TEST(bound_buffers_are_retained_and_released)
{
    clf_scheduler *s = open_on(NULL, "wide");
    cl_mem first = bind_words(s, "hits", 4);
    ck_assert_uint_eq(buffer_references(first), 2);
    cl_mem second = bind_words(s, "hits", 4); /* lets the first one go */
    ck_assert_uint_eq(buffer_references(first), 1);
    ck_assert_uint_eq(buffer_references(second), 2);
    clf_arg args[] = {CLF_UINT(2)};
    cl_ulong result;
    run_fiber(s, "leaf", args, &result);
    ck_assert_uint_eq(result, mix(2));
    clf_destroy(s);
    check_buffer_references(first, 1);
    check_buffer_references(second, 1);
    must_cl(clReleaseMemObject(first));
    must_cl(clReleaseMemObject(second));
}
END_TEST

START_TEST(a_new_program_lets_the_env_go)
{
    clf_scheduler *s = open_on(NULL, "wide");
    cl_mem buffer = bind_words(s, "hits", 4);
    build_program(s, "fib");
    ck_assert_uint_eq(buffer_references(buffer), 1);
    must_cl(clReleaseMemObject(buffer));
    clf_destroy(s);
}
END_TEST

/* ---- destroying at any moment ------------------------------------------------------- */

START_TEST(destroyed_without_a_program)
{
    BALANCED({ clf_destroy(open_on(NULL, NULL)); });
}
END_TEST

START_TEST(destroyed_with_fibers_that_never_ran)
{
    BALANCED({
        clf_scheduler *s = open_on(NULL, "fib");
        for (int i = 0; i < 100; i++)
            start_fib(s, 20);
        clf_destroy(s);
    });
}
END_TEST

START_TEST(destroyed_after_any_number_of_slices)
{
    BALANCED({
        for (int slices = 1; slices < 40; slices += 1 + slices / 4) {
            clf_scheduler *s =
                open_on(OPTIONS(.workers = 2, .slice = 5, .frames = 1, .ring = 2), "fib");
            start_fib(s, 25);
            for (int k = 0; k < slices; k++)
                gives(s, CLF_PENDING, clf_step(s));
            clf_destroy(s);
        }
    });
}
END_TEST

START_TEST(destroyed_with_a_slice_in_flight)
{
    BALANCED({
        clf_scheduler *s = open_on(OPTIONS(.slice = 100000), "fib");
        start_fib(s, 25);
        must(s, clf_enqueue_slice(s, 0, NULL, NULL));
        clf_destroy(s);
    });
}
END_TEST

START_TEST(events_of_slices_are_given_back)
{
    BALANCED({
        clf_scheduler *s = open_on(OPTIONS(.slice = 10), "fib");
        clf_handle handle = start_fib(s, 10);
        for (int i = 0; i < 5; i++) {
            cl_event event = NULL;
            must(s, clf_enqueue_slice(s, 0, NULL, i % 2 ? &event : NULL));
            gives(s, CLF_PENDING, clf_step(s));
            if (event)
                must_cl(clReleaseEvent(event));
        }
        must(s, clf_join(s, handle, NULL, 0, CLF_FOREVER));
        clf_destroy(s);
    });
}
END_TEST

START_TEST(destroyed_with_results_nobody_took)
{
    BALANCED({
        clf_scheduler *s = open_on(NULL, "fib");
        for (int i = 0; i < 100; i++)
            start_fib(s, 8);
        must(s, clf_run(s, CLF_FOREVER));
        clf_destroy(s);
    });
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("owned");
    TCase *objects = new_case(suite, "objects");
    tcase_add_checked_fixture(objects, open_opencl, NULL);
    tcase_add_test(objects, the_user_s_objects_are_used);
    tcase_add_test(objects, all_is_given_back);
    tcase_add_test(objects, the_scheduler_outlives_the_user_s_references);
    tcase_add_test(objects, an_own_context_and_queue_are_made);
    tcase_add_test(objects, missing_objects_are_refused);
    tcase_add_test(objects, a_queue_of_another_context_is_refused);
    tcase_add_test(objects, an_out_of_order_queue_is_refused);
    tcase_add_test(objects, failed_builds_give_back_too);
    tcase_add_test(objects, bound_buffers_are_retained_and_released);
    tcase_add_test(objects, a_new_program_lets_the_env_go);
    TCase *destroy = new_case(suite, "destroy");
    tcase_add_checked_fixture(destroy, open_opencl, NULL);
    tcase_add_test(destroy, destroyed_without_a_program);
    tcase_add_test(destroy, destroyed_with_fibers_that_never_ran);
    tcase_add_test(destroy, destroyed_after_any_number_of_slices);
    tcase_add_test(destroy, destroyed_with_a_slice_in_flight);
    tcase_add_test(destroy, events_of_slices_are_given_back);
    tcase_add_test(destroy, destroyed_with_results_nobody_took);
    return test_main(suite, true);
}
