/* program.c - builds a program for the scheduler's device and finds its fibers. */
#include "clfi.h"

#include <stdlib.h>
#include <string.h>

void clfi_program_free(clfi_program *p)
{
    for (uint32_t i = 0; i < p->envs; i++) {
        if (p->env[i].memory != NULL)
            clReleaseMemObject(p->env[i].memory);
        free(p->env[i].value);
    }
    clfi_places_free(p->places);
    if (p->slice != NULL)
        clReleaseKernel(p->slice);
    if (p->move_rings != NULL)
        clReleaseKernel(p->move_rings);
    if (p->deal != NULL)
        clReleaseKernel(p->deal);
    if (p->give_results != NULL)
        clReleaseKernel(p->give_results);
    if (p->unhook != NULL)
        clReleaseKernel(p->unhook);
    if (p->holders != NULL)
        clReleaseKernel(p->holders);
    if (p->program != NULL)
        clReleaseProgram(p->program);
    if (p->fiber != NULL) {
        free(p->fiber[0].param);
        free(p->fiber[0].public_param);
    }
    free(p->fiber);
    free(p->env);
    free(p->report);
    *p = (clfi_program){0};
}

static clf_status compile(clf_scheduler *s, const char *text, const char *user,
                          const char *user_flags, clfi_program *p)
{
    clfi_text flags = {0};
    clfi_text_print(&flags, "%s -DCLF_LANES=%uu -DCLF_MODE=%uu%s%s", clfi_tier_flags(s),
                    (unsigned)s->options.lanes, (unsigned)s->options.mode,
                    s->device_type & CL_DEVICE_TYPE_CPU ? " -DCLF_CPU" : "",
                    s->options.debug == CLF_DEBUG ? " -DCLF_GUARDS" : "");
    if (s->trace != NULL)
        clfi_text_print(&flags, " -DCLF_TRACE=%uu", (unsigned)clfi_trace_records(s));
    clfi_text_print(&flags, " %s", user_flags != NULL ? user_flags : "");
    if (flags.data == NULL)
        return clfi_no_memory(s, 256, "compiler options");
    clfi_text log = {0};
    cl_int error = clfi_build(s, text, flags.data, &p->program, &log);
    if (log.data != NULL)
        clfi_log_add(&s->log, log.data, text, user);
    clfi_text_free(&log);
    clfi_text_free(&flags);
    if (error == CL_INVALID_BUILD_OPTIONS)
        return clfi_fail(s, CLF_BUILD_FAILED,
                         "the device's compiler does not take the build options \"%s\"",
                         user_flags != NULL ? user_flags : "");
    if (error == CL_BUILD_PROGRAM_FAILURE || error == CL_COMPILE_PROGRAM_FAILURE) {
        char line[512];
        clfi_first_error(clfi_text_get(&s->log), line, sizeof line);
        return clfi_fail(s, CLF_BUILD_FAILED,
                         "the program does not compile: %s (clf_build_log has all of it)",
                         line[0] != '\0' ? line : "the compiler gave no reason");
    }
    return clfi_cl(s, error, "clBuildProgram");
}

static clf_status make_kernel(clf_scheduler *s, clfi_program *p, const char *name,
                              cl_kernel *kernel)
{
    cl_int error;
    *kernel = clCreateKernel(p->program, name, &error);
    return clfi_cl(s, error, "clCreateKernel");
}

static clf_status ask_device(clf_scheduler *s, clfi_program *p)
{
    const size_t bytes = CLF_REPORT_WORDS * sizeof(cl_uint);
    cl_uint *words = calloc(1, bytes);
    cl_kernel kernel = NULL;
    cl_int error = CL_SUCCESS;
    size_t one = 1;
    if (words == NULL)
        return clfi_no_memory(s, bytes, "program report");
    cl_mem buffer =
        clCreateBuffer(s->context, CL_MEM_READ_WRITE | CL_MEM_COPY_HOST_PTR, bytes, words, &error);
    clf_status status = clfi_cl(s, error, "clCreateBuffer");
    if (status == CLF_OK)
        status = make_kernel(s, p, "clf_report", &kernel);
    if (status == CLF_OK) {
        error = clSetKernelArg(kernel, 0, sizeof buffer, &buffer);
        if (error == CL_SUCCESS)
            error = clEnqueueNDRangeKernel(s->queue, kernel, 1, NULL, &one, &one, 0, NULL, NULL);
        if (error == CL_SUCCESS)
            error = clEnqueueReadBuffer(s->queue, buffer, CL_TRUE, 0, bytes, words, 0, NULL, NULL);
        status = clfi_cl(s, error, "reading the program's report");
    }
    if (status == CLF_OK)
        status = clfi_report_read(s, words, p);
    if (kernel != NULL)
        clReleaseKernel(kernel);
    if (buffer != NULL)
        clReleaseMemObject(buffer);
    free(words);
    return status;
}

clf_status clfi_program_make(clf_scheduler *s, const char *source, const char *user,
                             const char *flags, clfi_program *p)
{
    clfi_text text = {0};
    clf_status status = clfi_source_assemble(s, source, &text);
    if (status == CLF_OK)
        status = compile(s, text.data, user, flags, p);
    clfi_text_free(&text);
    CLFI_TRY(status);
    CLFI_TRY(make_kernel(s, p, "clf_slice", &p->slice));
    CLFI_TRY(make_kernel(s, p, "clf_move_rings", &p->move_rings));
    CLFI_TRY(make_kernel(s, p, "clf_deal", &p->deal));
    CLFI_TRY(make_kernel(s, p, "clf_give_results", &p->give_results));
    cl_int error;
    p->unhook = clCreateKernel(p->program, "clf_unhook", &error);
    if (error != CL_SUCCESS && error != CL_INVALID_KERNEL_NAME)
        return clfi_cl(s, error, "clCreateKernel");
    if (p->unhook != NULL)
        CLFI_TRY(make_kernel(s, p, "clf_holders", &p->holders));
    return ask_device(s, p);
}

clfi_fiber *clfi_program_find(const clfi_program *p, const char *name)
{
    for (uint32_t i = 0; i < p->fibers; i++)
        if (!strcmp(p->fiber[i].info.name, name))
            return &p->fiber[i];
    return NULL;
}

/* ---- public ------------------------------------------------------------------------- */

clf_status clf_program_build(clf_scheduler *s, const char *source, const char *build_options)
{
    CLFI_NEED_SCHEDULER(s);
    CLFI_NEED(s, source);
    if (s->has_program) {
        CLFI_TRY(clfi_slice_collect(s));
        if (clfi_outstanding(s))
            return clfi_fail(
                s, CLF_BUSY,
                "clf_program_build: fibers of the program before are outstanding: clf_run first, "
                "or end them with clf_cancel_all");
    }
    clfi_program fresh = {0};
    clfi_text_free(&s->log);
    clfi_text_free(&s->generated);
    CLFI_TRY(clfi_source_translate(s, source, &fresh.places));
    const char *generated = clfi_text_get(&s->generated);
    bool by_hand = strcmp(generated, source) == 0;
    clf_status status =
        clfi_program_make(s, generated, by_hand ? NULL : source, build_options, &fresh);
    if (status != CLF_OK) {
        clfi_program_free(&fresh);
        return status;
    }
    clfi_program before = s->program;
    clfi_buffers buffers = s->buffers;
    s->program = fresh;
    s->buffers = (clfi_buffers){0};
    status = clfi_buffers_make(s);
    if (status != CLF_OK) {
        clfi_buffers_free(&s->buffers);
        clfi_program_free(&s->program);
        s->program = before;
        s->buffers = buffers;
        return status;
    }
    clfi_buffers_free(&buffers);
    clfi_program_free(&before);
    s->has_program = true;
    return CLF_OK;
}

const char *clf_build_log(const clf_scheduler *s)
{
    return s != NULL ? clfi_text_get(&s->log) : "";
}

const char *clf_generated_source(const clf_scheduler *s)
{
    return s != NULL ? clfi_text_get(&s->generated) : "";
}

clf_status clf_get_fiber(const clf_scheduler *s, uint32_t index, clf_fiber_info *info,
                         uint32_t *count)
{
    /* the message may change on an object that is otherwise only read */
    clf_scheduler *writable = (clf_scheduler *)s;
    CLFI_NEED_SCHEDULER(writable);
    CLFI_NEED_PROGRAM(writable);
    if (info != NULL && index >= s->program.fibers)
        return clfi_fail(writable, CLF_BAD_ARGUMENT,
                         "clf_get_fiber: index %u, but the program has %u fibers", (unsigned)index,
                         (unsigned)s->program.fibers);
    if (info != NULL)
        *info = s->program.fiber[index].info;
    if (count != NULL)
        *count = s->program.fibers;
    return CLF_OK;
}

clf_status clf_get_frame_bytes(clf_scheduler *s, uint32_t index, uint32_t *bytes)
{
    CLFI_NEED_SCHEDULER(s);
    CLFI_NEED(s, bytes);
    CLFI_NEED_PROGRAM(s);
    if (index >= s->program.fibers)
        return clfi_fail(s, CLF_BAD_ARGUMENT,
                         "clf_get_frame_bytes: index %u, but the program has %u fibers",
                         (unsigned)index, (unsigned)s->program.fibers);
    *bytes = s->program.fiber[index].room;
    return CLF_OK;
}

clf_status clf_find_fiber(clf_scheduler *s, const char *name, clf_fiber_info *info)
{
    CLFI_NEED_SCHEDULER(s);
    CLFI_NEED(s, name);
    CLFI_NEED(s, info);
    CLFI_NEED_PROGRAM(s);
    clfi_fiber *f = clfi_program_find(&s->program, name);
    if (f != NULL) {
        *info = f->info;
        return CLF_OK;
    }
    clfi_text names = {0};
    for (uint32_t i = 0; i < s->program.fibers; i++)
        clfi_text_print(&names, "%s%s", i == 0 ? "" : ", ", s->program.fiber[i].info.name);
    clf_status status =
        clfi_fail(s, CLF_UNKNOWN_FIBER, "the program has no fiber \"%.100s\"; it has %s", name,
                  clfi_text_get(&names));
    clfi_text_free(&names);
    return status;
}
