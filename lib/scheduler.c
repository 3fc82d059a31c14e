/* scheduler.c - making and ending schedulers. */
/* The call that 1.2 devices know as well. */
#define CL_USE_DEPRECATED_OPENCL_1_2_APIS
#include "clfi.h"

#include <stdlib.h>
#include <string.h>

/* What a scheduler needs to know of its device before anything else. */
static clf_status look_at_device(clf_scheduler *s)
{
    cl_bool compiler = CL_FALSE;
    CLFI_TRY(clfi_device_string(s, CL_DEVICE_NAME, &s->device_name));
    CLFI_TRY(clfi_device_get(s, CL_DEVICE_TYPE, sizeof s->device_type, &s->device_type));
    CLFI_TRY(clfi_device_get(s, CL_DEVICE_COMPILER_AVAILABLE, sizeof compiler, &compiler));
    if (!compiler)
        return clfi_fail(s, CLF_NO_COMPILER,
                         "the device %s has no OpenCL C compiler, which fiber programs need; pick "
                         "another by options.device or CLFIBER_DEVICE",
                         s->device_name);
    return CLF_OK;
}

static clf_status settle(clf_scheduler *s)
{
    CLFI_TRY(look_at_device(s));
    CLFI_TRY(clfi_tier_settle(s));
    CLFI_TRY(clfi_options_settle(s));
    s->options.device = s->device_name;
    CLFI_TRY(clfi_trace_open(s));
    s->options.trace = NULL; /* the caller's memory */
    clfi_bell_make(s);
    return CLF_OK;
}

static clf_status allocate(const clf_options *options, clf_scheduler **scheduler)
{
    clf_scheduler *s = calloc(1, sizeof *s);
    if (s == NULL)
        return clfi_no_memory(NULL, sizeof *s, "a scheduler");
    static atomic_uint_least64_t serial;
    s->serial = atomic_fetch_add(&serial, 1) + 1;
    s->level[0] = s->level[1] = -1;
    s->due_end = &s->due;
    s->calls.todo_end = &s->calls.todo;
    atomic_init(&s->interrupted, false);
    clf_status status = clfi_lock_make(s);
    if (status != CLF_OK) {
        clfi_pipe_close(s->wake);
        free(s);
        return status;
    }
    *scheduler = s;
    CLFI_TRY(clfi_calls_add_shipped(s));
    return clfi_options_read(s, options);
}

/* Hands a half-made scheduler's message to the thread and frees it. */
static clf_status give_up(clf_scheduler *s, clf_status status)
{
    if (s != NULL && s->message[0] != '\0')
        clfi_fail(NULL, status, "%s", s->message);
    clf_destroy(s);
    return status;
}

/* From now on the device is the scheduler's to release. */
static clf_status keep_device(clf_scheduler *s, cl_device_id device)
{
    CLFI_TRY(clfi_cl(s, clRetainDevice(device), "clRetainDevice"));
    s->device = device;
    return CLF_OK;
}

static clf_status open_device(clf_scheduler *s)
{
    cl_int error;
    cl_device_id device;
    CLFI_TRY(clfi_device_pick(s->options.device, &device));
    CLFI_TRY(keep_device(s, device));
    s->context = clCreateContext(NULL, 1, &s->device, NULL, NULL, &error);
    CLFI_TRY(clfi_cl(s, error, "clCreateContext"));
    s->queue = clCreateCommandQueue(s->context, s->device,
                                    clfi_trace_wanted(s) ? CL_QUEUE_PROFILING_ENABLE : 0, &error);
    return clfi_cl(s, error, "clCreateCommandQueue");
}

clf_status clf_create(const clf_options *options, clf_scheduler **scheduler)
{
    clf_scheduler *s = NULL;
    if (scheduler == NULL)
        return clfi_fail(NULL, CLF_BAD_ARGUMENT, "clf_create: scheduler is null");
    *scheduler = NULL;
    clf_status status = allocate(options, &s);
    if (status == CLF_OK)
        status = open_device(s);
    if (status == CLF_OK)
        status = settle(s);
    if (status != CLF_OK)
        return give_up(s, status);
    *scheduler = s;
    return CLF_OK;
}

/* The queue must be in-order, of this context and this device. */
static clf_status check_queue(clf_scheduler *s, cl_context context, cl_device_id device,
                              cl_command_queue queue)
{
    cl_context of_context = NULL;
    cl_device_id of_device = NULL;
    cl_command_queue_properties properties = 0;
    cl_int error =
        clGetCommandQueueInfo(queue, CL_QUEUE_CONTEXT, sizeof of_context, &of_context, NULL);
    error |= clGetCommandQueueInfo(queue, CL_QUEUE_DEVICE, sizeof of_device, &of_device, NULL);
    error |=
        clGetCommandQueueInfo(queue, CL_QUEUE_PROPERTIES, sizeof properties, &properties, NULL);
    if (error != CL_SUCCESS)
        return clfi_fail(s, CLF_BAD_ARGUMENT,
                         "clf_create_on: the queue does not answer: is it a cl_command_queue?");
    if (of_context != context || of_device != device)
        return clfi_fail(s, CLF_BAD_ARGUMENT, "clf_create_on: the queue belongs to another %s",
                         of_context != context ? "context" : "device");
    if (properties & CL_QUEUE_OUT_OF_ORDER_EXEC_MODE_ENABLE)
        return clfi_fail(s, CLF_BAD_ARGUMENT,
                         "clf_create_on: the queue is out-of-order; slices need an in-order one");
    return CLF_OK;
}

/* Retains what is the user's. */
static clf_status keep(clf_scheduler *s, cl_context context, cl_device_id device,
                       cl_command_queue queue)
{
    CLFI_TRY(keep_device(s, device));
    CLFI_TRY(clfi_cl(s, clRetainContext(context), "clRetainContext"));
    s->context = context;
    CLFI_TRY(clfi_cl(s, clRetainCommandQueue(queue), "clRetainCommandQueue"));
    s->queue = queue;
    return CLF_OK;
}

clf_status clf_create_on(cl_context context, cl_device_id device, cl_command_queue queue,
                         const clf_options *options, clf_scheduler **scheduler)
{
    clf_scheduler *s = NULL;
    if (scheduler == NULL)
        return clfi_fail(NULL, CLF_BAD_ARGUMENT, "clf_create_on: scheduler is null");
    *scheduler = NULL;
    if (context == NULL || device == NULL || queue == NULL)
        return clfi_fail(NULL, CLF_BAD_ARGUMENT, "clf_create_on: %s is null",
                         context == NULL  ? "context"
                         : device == NULL ? "device"
                                          : "queue");
    clf_status status = allocate(options, &s);
    if (status == CLF_OK)
        status = check_queue(s, context, device, queue);
    if (status != CLF_OK)
        return give_up(s, status);
    status = keep(s, context, device, queue);
    if (status == CLF_OK)
        status = settle(s);
    if (status != CLF_OK)
        return give_up(s, status);
    *scheduler = s;
    return CLF_OK;
}

/* Commands may still read what is about to be freed: a wait that fails is tried once more. */
static void finish(const clf_scheduler *s)
{
    if (s->queue != NULL && clFinish(s->queue) != CL_SUCCESS)
        clFinish(s->queue);
}

void clf_destroy(clf_scheduler *s)
{
    if (s == NULL)
        return;
    if (s->has_thread)
        clf_thread_stop(s);
    finish(s);
    if (s->co.in_flight)
        clReleaseEvent(s->co.event);
    s->co.in_flight = false;
    clfi_trace_close(s);
    clfi_notify_last(s);
    clfi_pipe_close(s->level);
    clfi_buffers_free(&s->buffers);
    clfi_upkeep_free(&s->upkeep);
    clfi_program_free(&s->program);
    clfi_handles_free(&s->handles);
    free(s->roots.data);
    free(s->urgent_roots.data);
    free(s->ready.entry);
    clfi_timers_free(&s->timers);
    clfi_calls_free(s);
    free(s->co.staging);
    free(s->co.drained);
    free(s->cancel.slot);
    free(s->cancel.victim);
    clfi_timers_free(&s->cancel.deadlines);
    clfi_text_free(&s->log);
    clfi_text_free(&s->generated);
    clfi_text_free(&s->dump);
    clfi_bell_free(s);
    if (s->queue != NULL)
        clReleaseCommandQueue(s->queue);
    if (s->context != NULL)
        clReleaseContext(s->context);
    if (s->device != NULL)
        clReleaseDevice(s->device);
    free(s->device_name);
    clfi_lock_free(s);
    free(s);
}

/* Of the largest, whatever the other classes have. */
static uint32_t most_frames(const clf_scheduler *s)
{
    return s->buffers.frame_max / (s->program.largest * s->program.classes);
}

clf_status clf_get_options(const clf_scheduler *s, clf_options *options)
{
    clf_scheduler *writable = (clf_scheduler *)s; /* for the message */
    CLFI_NEED_SCHEDULER(writable);
    CLFI_NEED(writable, options);
    if (options->size < offsetof(clf_options, workers) || options->size > 4096)
        return clfi_fail(
            writable, CLF_BAD_ARGUMENT,
            "clf_get_options: options->size is %zu; set it to sizeof(clf_options) = %zu",
            options->size, sizeof *options);
    clf_options all = s->options;
    all.size = options->size;
    if (s->options.slice == 0)
        all.slice = s->co.control.budget;
    uint32_t most = s->has_program ? most_frames(s) : 0;
    if (most != 0 && (all.max_frames == 0 || most < all.max_frames))
        all.max_frames = most;
    memcpy(options, &all, options->size < sizeof all ? options->size : sizeof all);
    return CLF_OK;
}

cl_context clf_context(const clf_scheduler *s)
{
    return s != NULL ? s->context : NULL;
}

cl_device_id clf_device(const clf_scheduler *s)
{
    return s != NULL ? s->device : NULL;
}

cl_command_queue clf_queue(const clf_scheduler *s)
{
    return s != NULL ? s->queue : NULL;
}
