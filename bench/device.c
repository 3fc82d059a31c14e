/* device.c - runs a problem on fibers: scheduler, program, buffers, one timed run after another. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "device.h"
#include "live.h"
#include "peers/peer.h"

/* Counts of one lane, a cache line; the device code has the same number. */
#define COUNT_SLOT 8

/* What bench_interrupt stops. Set while a scheduler lives; only one does at a time. */
static clf_scheduler *volatile current;
static volatile int interrupted;

/* The first run's context, kept: with the last context PoCL drops its library of built-in
 * functions, and loads it again for the next program, which takes as long as compiling one. */
static cl_context kept;

void bench_end(void)
{
    if (kept)
        clReleaseContext(kept);
    kept = NULL;
}

void bench_interrupt(void)
{
    clf_scheduler *scheduler = current;

    interrupted = 1;
    if (scheduler)
        clf_interrupt(scheduler);
}

bool bench_interrupted(void)
{
    return interrupted != 0;
}

/* ---- errors --------------------------------------------------------------------------------- */

static int fail_clf(bench_run *run, const char *what, clf_status status)
{
    const char *message = clf_message(run->scheduler);

    if (status == CLF_INTERRUPTED) {
        snprintf(run->error, sizeof run->error, "interrupted");
        return -1;
    }
    snprintf(run->error, sizeof run->error, "%s: %s (%s)", what,
             message[0] ? message : clf_status_text(status), clf_status_name(status));
    return -1;
}

static int fail_cl(bench_run *run, const char *what, cl_int error)
{
    snprintf(run->error, sizeof run->error, "%s: %s", what, clf_status_name((clf_status)error));
    return -1;
}

/* ---- buffers -------------------------------------------------------------------------------- */

static int make_buffer(bench_run *run, unsigned index, const char *name, size_t bytes,
                       cl_mem_flags flags, const void *init, const char *what)
{
    cl_int error;
    clf_status status;
    /* It is copied here, or only read. */
    void *content = (void *)(uintptr_t)init;

    run->buffer[index] = clCreateBuffer(clf_context(run->scheduler), flags, bytes, content, &error);
    if (error) {
        run->buffer[index] = NULL;
        snprintf(run->error, sizeof run->error, "no buffer of %zu bytes for %s: %s", bytes, what,
                 clf_status_name((clf_status)error));
        return -1;
    }
    run->bytes[index] = init ? 0 : bytes;
    status = clf_bind(run->scheduler, name, &run->buffer[index], sizeof(cl_mem));
    return status ? fail_clf(run, name, status) : 0;
}

int bench_buffer(bench_run *run, unsigned index, const char *name, size_t bytes, const void *init,
                 const char *what)
{
    cl_mem_flags copied = init ? CL_MEM_COPY_HOST_PTR : 0;

    return make_buffer(run, index, name, bytes, CL_MEM_READ_WRITE | copied, init, what);
}

int bench_input(bench_run *run, unsigned index, const char *name, size_t bytes, const void *input,
                const char *what)
{
    cl_mem_flags where = run->is_cpu ? CL_MEM_USE_HOST_PTR : CL_MEM_COPY_HOST_PTR;

    return make_buffer(run, index, name, bytes, CL_MEM_READ_ONLY | where, input, what);
}

int bench_bind_uint(bench_run *run, const char *name, uint32_t value)
{
    cl_uint member = value;
    clf_status status = clf_bind(run->scheduler, name, &member, sizeof member);

    return status ? fail_clf(run, name, status) : 0;
}

int bench_counts_buffer(bench_run *run, unsigned index)
{
    size_t slots = (size_t)run->options.workers * run->options.lanes;

    return bench_buffer(run, index, "counts", slots * COUNT_SLOT * sizeof(cl_ulong), NULL,
                        "the lanes' counts");
}

uint32_t bench_width(const bench_run *run, uint32_t asked)
{
    return asked ? asked : run->is_cpu ? 16u : 1u;
}

int bench_no_memory(bench_run *run, size_t bytes)
{
    snprintf(run->error, sizeof run->error, "no memory for %zu bytes on the host", bytes);
    return -1;
}

void *bench_read(bench_run *run, unsigned index)
{
    void *content = malloc(run->bytes[index]);
    cl_int error;

    if (!content) {
        bench_no_memory(run, run->bytes[index]);
        return NULL;
    }
    error = clEnqueueReadBuffer(clf_queue(run->scheduler), run->buffer[index], CL_TRUE, 0,
                                run->bytes[index], content, 0, NULL, NULL);
    if (error) {
        fail_cl(run, "reading the answer", error);
        free(content);
        return NULL;
    }
    return content;
}

int bench_sum_counts(bench_run *run, unsigned index, bench_answer *answer)
{
    size_t slots = run->bytes[index] / (COUNT_SLOT * sizeof(cl_ulong));
    unsigned greatest = bench_workloads[run->problem->kind]->greatest;
    cl_ulong *counts = bench_read(run, index);

    if (!counts)
        return -1;
    for (size_t s = 0; s < slots; s++)
        for (int i = 0; i < BENCH_PARTS; i++) {
            cl_ulong count = counts[s * COUNT_SLOT + (size_t)i];

            if (!(greatest & 1u << i))
                answer->part[i] += count;
            else if (count > answer->part[i])
                answer->part[i] = count;
        }
    free(counts);
    return 0;
}

static int clear_buffers(bench_run *run)
{
    static const cl_uint zero;
    cl_command_queue queue = clf_queue(run->scheduler);
    cl_int error = CL_SUCCESS;

    for (unsigned i = 0; i < BENCH_BUFFERS && !error; i++)
        if (run->bytes[i])
            error = clEnqueueFillBuffer(queue, run->buffer[i], &zero, sizeof zero, 0, run->bytes[i],
                                        0, NULL, NULL);
    if (!error)
        error = clFinish(queue);
    return error ? fail_cl(run, "clearing the counters", error) : 0;
}

void *bench_zeroes(size_t bytes)
{
    void *memory = malloc(bytes);

    if (memory)
        memset(memory, 0, bytes); /* touches it, which calloc need not do */
    return memory;
}

/* ---- runs ----------------------------------------------------------------------------------- */

static int create(bench_run *run, const clf_options *options)
{
    cl_device_type type = 0;
    clf_status status = clf_create(options, &run->scheduler);

    if (status)
        return fail_clf(run, "no scheduler", status);
    current = run->scheduler;
    if (!kept && !clRetainContext(clf_context(run->scheduler)))
        kept = clf_context(run->scheduler);
    run->options.size = sizeof run->options;
    status = clf_get_options(run->scheduler, &run->options);
    if (status)
        return fail_clf(run, "options", status);
    clGetDeviceInfo(clf_device(run->scheduler), CL_DEVICE_TYPE, sizeof type, &type, NULL);
    run->is_cpu = (type & CL_DEVICE_TYPE_CPU) != 0;
    return 0;
}

static int build(bench_run *run, const bench_workload *workload, const bench_file *source)
{
    char build_options[128] = "";
    const char *code = workload->code ? workload->code(run) : workload->name;
    char *own = source->text ? NULL : bench_source(code);
    clf_status status;

    if (!own && !source->text)
        return bench_no_memory(run, sizeof build_options);
    if (workload->build_options)
        workload->build_options(run, build_options, sizeof build_options);
    status = clf_program_build(run->scheduler, own ? own : source->text, build_options);
    free(own);
    if (status == CLF_BUILD_FAILED) {
        snprintf(run->error, sizeof run->error, "%s%s does not compile:\n%.400s",
                 source->text ? source->name : code, source->text ? "" : ".fib",
                 clf_build_log(run->scheduler));
        return -1;
    }
    return status ? fail_clf(run, "program", status) : 0;
}

int bench_open(bench_run *run, const bench_problem *problem, const clf_options *options,
               const bench_file *source)
{
    const bench_workload *workload = bench_workloads[problem->kind];
    double start = bench_now();

    memset(run, 0, sizeof *run);
    run->problem = problem;
    if (create(run, options))
        return -1;
    run->create_seconds = bench_now() - start;
    start = bench_now();
    if (build(run, workload, source))
        return -1;
    run->build_seconds = bench_now() - start;
    return workload->bind ? workload->bind(run) : 0;
}

void bench_close(bench_run *run)
{
    current = NULL;
    clf_destroy(run->scheduler);
    run->scheduler = NULL;
    for (unsigned i = 0; i < BENCH_BUFFERS; i++)
        if (run->buffer[i])
            clReleaseMemObject(run->buffer[i]);
    memset(run->buffer, 0, sizeof run->buffer);
}

static clf_status wait_for(bench_run *run, clf_handle root, void *result, size_t size)
{
    if (run->live)
        return live_join(run->scheduler, root, result, size, run->problem->name);
    return clf_join(run->scheduler, root, result, size, CLF_FOREVER);
}

int bench_once(bench_run *run, bench_answer *answer, double *seconds, clf_stats *stats)
{
    const bench_workload *workload = bench_workloads[run->problem->kind];
    cl_long result = 0;
    clf_handle root;
    clf_status status;
    double start;

    memset(answer, 0, sizeof *answer);
    if (clear_buffers(run))
        return -1;
    status = clf_reset_stats(run->scheduler);
    if (status)
        return fail_clf(run, "statistics", status);

    start = bench_now();
    status = workload->start(run, &root);
    if (status)
        return fail_clf(run, "start", status);
    status = wait_for(run, root, workload->answer_is_result ? &result : NULL,
                      workload->answer_is_result ? sizeof result : 0);
    *seconds = bench_now() - start;
    if (status)
        return fail_clf(run, "run", status);

    stats->size = sizeof *stats;
    status = clf_get_stats(run->scheduler, stats);
    if (status)
        return fail_clf(run, "statistics", status);
    if (workload->answer_is_result) {
        answer->part[0] = (uint64_t)result;
        return 0;
    }
    return workload->collect(run, answer);
}
