/* live.c - the kernels that look after fibers between slices (cl/live.cl, cl/cancel.cl,
 * cl/gather.cl): a program of their own, built when it is first needed, and the memory they work
 * in. */
#include "clfi.h"

#include <stdlib.h>
#include <string.h>

#define TURN_ARG 13 /* the last argument of each kernel */
#define GROUP    64 /* work-items of a group */

static const char *const kernel_name[CLFI_UPKEEP_KERNELS] = {
    "clf_mark_free", "clf_stamp",  "clf_count_children", "clf_victims", "clf_target",
    "clf_decide",    "clf_settle", "clf_list_waiters",   "clf_requeue", "clf_sort_freed",
    "clf_plan",      "clf_refund", "clf_collect",        "clf_stow",    "clf_hand_out"};

static clf_status compile(clf_scheduler *s)
{
    static const char *const names[] = {"layout.h", "live.cl", "cancel.cl", "gather.cl", NULL};
    clfi_upkeep *k = &s->upkeep;
    clfi_text text = {0}, log = {0};
    cl_int error = CL_SUCCESS;
    clf_status status = clfi_source_runtime(s, names, &text);
    if (status == CLF_OK && text.failed)
        status = clfi_no_memory(s, text.length, "program text");
    if (status == CLF_OK) {
        error = clfi_build(s, text.data, "", &k->program, &log);
        for (int i = 0; i < CLFI_UPKEEP_KERNELS && error == CL_SUCCESS; i++)
            k->kernel[i] = clCreateKernel(k->program, kernel_name[i], &error);
        status = clfi_cl(s, error, "building the kernels that look after fibers between slices");
    }
    clfi_text_free(&text);
    clfi_text_free(&log);
    if (status != CLF_OK)
        clfi_upkeep_free(k);
    return status;
}

void clfi_upkeep_free(clfi_upkeep *k)
{
    for (int i = 0; i < CLFI_UPKEEP_KERNELS; i++)
        if (k->kernel[i] != NULL)
            clReleaseKernel(k->kernel[i]);
    if (k->program != NULL)
        clReleaseProgram(k->program);
    cl_mem memory[] = {k->block, k->scratch, k->roots, k->late};
    for (size_t i = 0; i < sizeof memory / sizeof *memory; i++)
        if (memory[i] != NULL)
            clReleaseMemObject(memory[i]);
    *k = (clfi_upkeep){0};
}

/* At least `bytes`; what was there is lost. */
static clf_status need(clf_scheduler *s, cl_mem *memory, size_t *have, size_t bytes)
{
    cl_int error;
    if (bytes <= *have)
        return CLF_OK;
    if (*memory != NULL)
        clReleaseMemObject(*memory);
    *have = 0;
    *memory = clCreateBuffer(s->context, CL_MEM_READ_WRITE, bytes, NULL, &error);
    if (error != CL_SUCCESS)
        return clfi_fail(s, (clf_status)error,
                         "the device cannot allocate %zu bytes to look through the fibers: %s",
                         bytes, clf_status_name((clf_status)error));
    *have = bytes;
    return CLF_OK;
}

static clf_status make_block(clf_scheduler *s)
{
    size_t have = s->upkeep.block != NULL ? sizeof(clf_upkeep) : 0;
    return need(s, &s->upkeep.block, &have, sizeof(clf_upkeep));
}

static size_t roots_bytes(const clf_upkeep *u)
{
    return sizeof(uint32_t) * ((size_t)u->slots / 32 + 1 + (size_t)2 * u->victims);
}

static clf_status make_memory(clf_scheduler *s, const clf_upkeep *u)
{
    clfi_upkeep *k = &s->upkeep;
    CLFI_TRY(make_block(s));
    CLFI_TRY(need(s, &k->scratch, &k->scratch_bytes, 4 * ((size_t)4 * u->used + u->pool_slots)));
    return need(s, &k->roots, &k->roots_bytes, roots_bytes(u));
}

static clf_status set_arguments(clf_scheduler *s)
{
    const clfi_buffers *b = &s->buffers;
    const clfi_upkeep *k = &s->upkeep;
    const cl_mem memory[TURN_ARG] = {k->block,      b->workers,    b->lanes,  b->rings, b->free,
                                     b->pool_state, b->pool_entry, b->frames, b->sizes, b->done,
                                     b->ready,      k->roots,      k->scratch};
    const cl_uint count = TURN_ARG, turn = 0;
    cl_int error = CL_SUCCESS;
    for (int i = 0; i < CLFI_UPKEEP_KERNELS; i++) {
        for (cl_uint a = 0; a < count && error == CL_SUCCESS; a++)
            error = clSetKernelArg(k->kernel[i], a, sizeof memory[a], &memory[a]);
        if (error == CL_SUCCESS)
            error = clSetKernelArg(k->kernel[i], count, sizeof turn, &turn);
    }
    return clfi_cl(s, error, "clSetKernelArg");
}

cl_int clfi_enqueue_items(clf_scheduler *s, cl_kernel kernel, size_t items)
{
    size_t local = 1, most = 1;
    if (items > 1 && clGetKernelWorkGroupInfo(kernel, s->device, CL_KERNEL_WORK_GROUP_SIZE,
                                              sizeof most, &most, NULL) == CL_SUCCESS)
        local = most < GROUP ? most : GROUP;
    items = (items + local - 1) / local * local;
    return clEnqueueNDRangeKernel(s->queue, kernel, 1, NULL, &items, &local, 0, NULL, NULL);
}

clf_status clfi_upkeep_run(clf_scheduler *s, clfi_upkeep_kernel kernel, size_t items, uint32_t turn)
{
    cl_kernel k = s->upkeep.kernel[kernel];
    cl_uint value = turn;
    cl_int error = clSetKernelArg(k, TURN_ARG, sizeof value, &value);
    if (error == CL_SUCCESS)
        error = clfi_enqueue_items(s, k, items);
    return clfi_cl(s, error, kernel_name[kernel]);
}

/* Runs a kernel of the user's program (cl/unhook.cl) that gets `words`, of which `from` is the
 * first that counts. */
static clf_status run_in_program(clf_scheduler *s, cl_kernel k, size_t items, cl_mem words,
                                 uint32_t from)
{
    cl_uint value = from;
    CLFI_TRY(clfi_env_check(s));
    cl_int error = clSetKernelArg(k, 0, sizeof s->upkeep.block, &s->upkeep.block);
    error |= clSetKernelArg(k, 1, sizeof s->buffers.frames, &s->buffers.frames);
    error |= clSetKernelArg(k, 2, sizeof words, &words);
    error |= clSetKernelArg(k, 3, sizeof value, &value);
    error |= clSetKernelArg(k, 4, sizeof s->buffers.ready, &s->buffers.ready);
    if (error == CL_SUCCESS)
        error = clfi_enqueue_items(s, k, items);
    return clfi_cl(s, error, "looking into synchronization objects");
}

clf_status clfi_upkeep_unhook(clf_scheduler *s, const clf_upkeep *u, uint32_t turn)
{
    return s->program.unhook == NULL ? CLF_OK
                                     : run_in_program(s, s->program.unhook, 1, s->upkeep.scratch,
                                                      (uint32_t)CLF_WAITERS_AT(u, turn));
}

clf_status clfi_upkeep_complete(clf_scheduler *s)
{
    clf_upkeep u;
    if (!s->upkeep.leaving)
        return CLF_OK;
    CLFI_TRY(clfi_upkeep_read(s, &u));
    s->co.control.ready_tail = u.ready_tail;
    s->upkeep.leaving = false;
    return CLF_OK;
}

clf_status clfi_upkeep_late(clf_scheduler *s, uint32_t *frames, uint32_t count, uint32_t late)
{
    clf_control *c = &s->co.control;
    clfi_upkeep *k = &s->upkeep;
    const size_t bytes = count * sizeof *frames;
    CLFI_TRY(clfi_upkeep_complete(s));
    clf_upkeep u = {.used = c->fresh,
                    .late = late,
                    .ready_head = c->ready_head,
                    .ready_tail = c->ready_tail,
                    .ready_mask = s->buffers.ready_room - 1,
                    .waiters = count};
    CLFI_TRY(make_block(s));
    CLFI_TRY(need(s, &k->late, &k->late_bytes, bytes));
    CLFI_TRY(clfi_upkeep_write(s, &u));
    CLFI_TRY(clfi_cl(
        s, clEnqueueWriteBuffer(s->queue, k->late, CL_TRUE, 0, bytes, frames, 0, NULL, NULL),
        "clEnqueueWriteBuffer"));
    CLFI_TRY(run_in_program(s, s->program.unhook, 1, k->late, 0));
    k->leaving = true;
    CLFI_TRY(clfi_upkeep_complete(s));
    if (late != CLF_LATE_LOOK)
        return CLF_OK;
    return clfi_cl(s,
                   clEnqueueReadBuffer(s->queue, k->late, CL_TRUE, 0, bytes, frames, 0, NULL, NULL),
                   "clEnqueueReadBuffer");
}

clf_status clfi_upkeep_holders(clf_scheduler *s, const clf_upkeep *u, uint32_t **tickets)
{
    *tickets = NULL;
    if (s->program.holders == NULL)
        return CLF_OK;
    CLFI_TRY(run_in_program(s, s->program.holders, u->used, s->upkeep.scratch, 0));
    return clfi_upkeep_words(s, u, 2, tickets);
}

/* One word per frame, to be freed: the `part`-th of the arrays in scratch. */
clf_status clfi_upkeep_words(clf_scheduler *s, const clf_upkeep *u, uint32_t part, uint32_t **words)
{
    size_t bytes = u->used * sizeof **words;
    *words = malloc(bytes);
    if (*words == NULL)
        return clfi_no_memory(s, bytes, "marks of frames");
    clf_status status = clfi_cl(s,
                                clEnqueueReadBuffer(s->queue, s->upkeep.scratch, CL_TRUE,
                                                    part * bytes, bytes, *words, 0, NULL, NULL),
                                "clEnqueueReadBuffer");
    if (status != CLF_OK) {
        free(*words);
        *words = NULL;
    }
    return status;
}

clf_status clfi_upkeep_read(clf_scheduler *s, clf_upkeep *u)
{
    return clfi_cl(
        s, clEnqueueReadBuffer(s->queue, s->upkeep.block, CL_TRUE, 0, sizeof *u, u, 0, NULL, NULL),
        "clEnqueueReadBuffer");
}

clf_status clfi_upkeep_write(clf_scheduler *s, const clf_upkeep *u)
{
    return clfi_cl(
        s, clEnqueueWriteBuffer(s->queue, s->upkeep.block, CL_TRUE, 0, sizeof *u, u, 0, NULL, NULL),
        "clEnqueueWriteBuffer");
}

clf_status clfi_upkeep_begin(clf_scheduler *s, clf_upkeep *u, const uint32_t *roots, uint32_t slots)
{
    const clfi_buffers *b = &s->buffers;
    clfi_upkeep *k = &s->upkeep;
    const cl_uint zero = 0;
    CLFI_TRY(clfi_upkeep_complete(s));
    if (k->program == NULL)
        CLFI_TRY(compile(s));
    *u = (clf_upkeep){.workers = s->options.workers,
                      .lanes = s->options.lanes,
                      .chunk = CLF_CHUNK_FOR(s->options.lanes),
                      .ring_mask = b->ring - 1,
                      .pool_slots = b->pool_slots,
                      .used = s->co.control.fresh,
                      .frame_bytes = s->program.frame_bytes,
                      .frames_at = s->program.frames_at,
                      .classes = s->program.classes,
                      .done_stride = (uint32_t)b->done_stride,
                      .slots = slots,
                      .victims = roots != NULL ? s->cancel.victims : 0,
                      .everything = s->cancel.everything,
                      .shared_top = s->co.control.shared_top,
                      .ready_head = s->co.control.ready_head,
                      .ready_tail = s->co.control.ready_tail,
                      .ready_mask = b->ready_room - 1,
                      .urgent_head = s->co.control.urgent_head,
                      .urgent_tail = s->co.control.urgent_tail};
    CLFI_TRY(make_memory(s, u));
    CLFI_TRY(set_arguments(s));
    CLFI_TRY(clfi_upkeep_write(s, u));
    size_t words = 4 * (size_t)2 * u->used; /* marks and counts */
    cl_int error = CL_SUCCESS;
    if (roots != NULL)
        error = clEnqueueWriteBuffer(s->queue, k->roots, CL_TRUE, 0, roots_bytes(u), roots, 0, NULL,
                                     NULL);
    if (error == CL_SUCCESS)
        error =
            clEnqueueFillBuffer(s->queue, k->scratch, &zero, sizeof zero, 0, words, 0, NULL, NULL);
    CLFI_TRY(clfi_cl(s, error, "clEnqueueFillBuffer"));
    size_t lists = (size_t)u->workers + u->pool_slots + (size_t)u->workers * u->lanes +
                   (u->classes > 1 ? u->used : 0);
    CLFI_TRY(clfi_upkeep_run(s, CLFI_MARK_FREE, lists, 0));
    return clfi_upkeep_run(s, CLFI_COUNT_CHILDREN, u->used, 0);
}

clf_status clfi_live_marks(clf_scheduler *s, uint32_t **marks, uint32_t *used)
{
    clf_upkeep u;
    *marks = NULL;
    CLFI_TRY(clfi_cancel_complete(s));
    *used = s->co.control.fresh;
    if (*used == 0)
        return CLF_OK;
    CLFI_TRY(clfi_upkeep_begin(s, &u, NULL, 0));
    return clfi_upkeep_words(s, &u, 0, marks);
}
