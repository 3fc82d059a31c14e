/* hostcall.c - host calls: the functions that fibers may call, the calls that wait to be ended, and
 * the results on their way back. The records come from requests.c. */
#include "clfi.h"

#include <stdlib.h>
#include <string.h>

/* A call in progress: the public part, then argument and result, each aligned for any type. */
typedef struct clfi_call {
    clf_hostcall call;             /* first: clf_hostcall_finish gets its address */
    struct clfi_call *next, *prev; /* calls to be ended later */
    uint32_t frame, place;
    size_t room; /* bytes behind */
    _Alignas(128) unsigned char bytes[];
} clfi_call;

static size_t aligned(size_t bytes)
{
    return (bytes + 127) / 128 * 128;
}

/* ---- the table of functions --------------------------------------------------------- */

static clfi_call_entry *find(const clfi_calls *c, uint32_t number)
{
    for (uint32_t i = 0; i < c->entries; i++)
        if (c->entry[i].number == number)
            return &c->entry[i];
    return NULL;
}

clf_status clfi_call_register(clf_scheduler *s, uint32_t number, clf_hostcall_function function,
                              void *user)
{
    clfi_calls *c = &s->calls;
    clfi_call_entry *e = find(c, number);
    if (e == NULL && function != NULL) {
        clfi_call_entry *entry = realloc(c->entry, (c->entries + 1) * sizeof *entry);
        if (entry == NULL)
            return clfi_no_memory(s, (c->entries + 1) * sizeof *entry, "host calls");
        c->entry = entry;
        e = &c->entry[c->entries++];
    }
    if (e != NULL)
        *e = (clfi_call_entry){number, function, user};
    return CLF_OK;
}

clf_status clf_hostcall_register(clf_scheduler *s, uint32_t number, clf_hostcall_function function,
                                 void *user)
{
    CLFI_NEED_SCHEDULER(s);
    if (number > 0x3fffffff && (number < CLF_CALL_PRINT || number > CLF_CALL_SEED))
        return clfi_fail(s, CLF_BAD_ARGUMENT,
                         "clf_hostcall_register: number 0x%x; your own go up to 0x3fffffff",
                         (unsigned)number);
    return clfi_call_register(s, number, function, user);
}

/* ---- results ------------------------------------------------------------------------ */

static clf_status reserve_results(clf_scheduler *s, size_t bytes)
{
    clfi_calls *c = &s->calls;
    if (c->count == c->room) {
        uint32_t room = c->room != 0 ? 2 * c->room : 64;
        clf_result *result = realloc(c->result, room * sizeof *result);
        if (result == NULL)
            return clfi_no_memory(s, room * sizeof *result, "results of host calls");
        c->result = result;
        c->room = room;
    }
    if (c->bytes + bytes > c->bytes_room) {
        size_t room = 2 * c->bytes_room > c->bytes + bytes ? 2 * c->bytes_room : c->bytes + bytes;
        unsigned char *data = realloc(c->data, room);
        if (data == NULL)
            return clfi_no_memory(s, room, "results of host calls");
        c->data = data;
        c->bytes_room = room;
    }
    return CLF_OK;
}

/* The fiber goes on in the next slice, with the result if the call succeeded. */
static clf_status finish(clf_scheduler *s, clfi_call *call, int32_t code)
{
    clfi_calls *c = &s->calls;
    size_t size = call->call.result_size, padded = (size + 3) / 4 * 4;
    if (code == 0 && size != 0) {
        CLFI_TRY(reserve_results(s, padded));
        c->result[c->count++] = (clf_result){call->frame, call->place, (uint)size, (uint)c->bytes};
        memset(c->data + c->bytes + size, 0, padded - size);
        memcpy(c->data + c->bytes, call->call.result, size);
        c->bytes += padded;
    }
    return clfi_ready_add(s, call->frame, code);
}

static clf_status make_block(clf_scheduler *s, size_t bytes)
{
    clfi_buffers *b = &s->buffers;
    if (bytes <= b->results_room)
        return CLF_OK;
    size_t room = bytes < 4096 ? 4096 : 2 * bytes;
    cl_int error;
    cl_mem fresh = clCreateBuffer(s->context, CL_MEM_READ_WRITE, room, NULL, &error);
    CLFI_TRY(clfi_cl(s, error, "clCreateBuffer for the results of host calls"));
    if (b->results != NULL)
        clReleaseMemObject(b->results);
    b->bytes += room - b->results_room;
    b->results = fresh;
    b->results_room = room;
    return CLF_OK;
}

static clf_status write_results(clf_scheduler *s, const unsigned char *block, size_t bytes)
{
    cl_kernel k = s->program.give_results;
    size_t count = s->calls.count;
    CLFI_TRY(make_block(s, bytes));
    CLFI_TRY(clfi_cl(
        s,
        clEnqueueWriteBuffer(s->queue, s->buffers.results, CL_TRUE, 0, bytes, block, 0, NULL, NULL),
        "clEnqueueWriteBuffer"));
    cl_int error = clSetKernelArg(k, 0, sizeof s->buffers.frames, &s->buffers.frames);
    error |= clSetKernelArg(k, 1, sizeof s->buffers.results, &s->buffers.results);
    if (error == CL_SUCCESS)
        error = clEnqueueNDRangeKernel(s->queue, k, 1, NULL, &count, NULL, 0, NULL, NULL);
    return clfi_cl(s, error, "handing out the results of host calls");
}

clf_status clfi_calls_flush(clf_scheduler *s)
{
    clfi_calls *c = &s->calls;
    size_t head = c->count * sizeof *c->result;
    if (c->count == 0)
        return CLF_OK;
    unsigned char *block = malloc(head + c->bytes);
    if (block == NULL)
        return clfi_no_memory(s, head + c->bytes, "results of host calls");
    for (uint32_t i = 0; i < c->count; i++)
        c->result[i].offset += (uint)head;
    memcpy(block, c->result, head);
    memcpy(block + head, c->data, c->bytes);
    clf_status status = write_results(s, block, head + c->bytes);
    free(block);
    c->count = 0;
    c->bytes = 0;
    return status;
}

/* ---- calling ------------------------------------------------------------------------ */

static clfi_call *new_call(clf_scheduler *s, size_t room)
{
    clfi_calls *c = &s->calls;
    if (c->spare != NULL && c->spare->room >= room) {
        clfi_call *call = c->spare;
        c->spare = NULL;
        return call;
    }
    clfi_call *call = aligned_alloc(128, aligned(sizeof *call + room));
    if (call != NULL)
        call->room = room;
    return call;
}

static void free_call(clf_scheduler *s, clfi_call *call)
{
    free(s->calls.spare);
    s->calls.spare = call;
}

static void keep(clfi_call **list, clfi_call *call)
{
    call->prev = NULL;
    call->next = *list;
    if (*list != NULL)
        (*list)->prev = call;
    *list = call;
}

static void unkeep(clfi_call **list, clfi_call *call)
{
    if (call->next != NULL)
        call->next->prev = call->prev;
    if (call->prev != NULL)
        call->prev->next = call->next;
    else
        *list = call->next;
}

clf_status clfi_call_serve(clf_scheduler *s, const clf_request *r, const unsigned char *data,
                           size_t data_size)
{
    size_t in = r->value, out = r->size;
    if (in > data_size || r->data > data_size - in)
        return clfi_fail(s, CLF_INTERNAL, "frame %u made a host call with an argument of %zu bytes",
                         (unsigned)r->frame, in);
    const clfi_call_entry *e = find(&s->calls, r->what);
    if (e == NULL || e->function == NULL)
        return clfi_ready_add(s, r->frame, CLF_FAIL_NO_CALL);
    clfi_call *call = new_call(s, aligned(in) + aligned(out));
    if (call == NULL)
        return clfi_no_memory(s, aligned(in) + aligned(out), "a host call");
    call->frame = r->frame;
    call->place = r->place;
    call->call = (clf_hostcall){.number = r->what,
                                .argument = in != 0 ? call->bytes : NULL,
                                .argument_size = in,
                                .result = out != 0 ? call->bytes + aligned(in) : NULL,
                                .result_size = out};
    memcpy(call->bytes, data + r->data, in);
    memset(call->bytes + aligned(in), 0, out);
    keep(&s->calls.later, call); /* before: another thread may end it before the function returns */
    int32_t code = e->function(&call->call, e->user);
    if (code == CLF_CALL_LATER)
        return CLF_OK;
    unkeep(&s->calls.later, call);
    clf_status status = finish(s, call, code);
    free_call(s, call);
    return status;
}

static clfi_call *find_call(clfi_call *list, const clf_hostcall *call)
{
    while (list != NULL && &list->call != call)
        list = list->next;
    return list;
}

/* The host's functions may still end calls of fibers that were cancelled. */
void clfi_calls_drop(clf_scheduler *s, const uint32_t *gone)
{
    clfi_calls *c = &s->calls;
    uint32_t kept = 0;
    for (uint32_t i = 0; i < c->count; i++)
        if (!gone[c->result[i].frame])
            c->result[kept++] = c->result[i];
    c->count = kept;
    for (clfi_call *call = c->later, *next; call != NULL; call = next) {
        next = call->next;
        if (gone[call->frame]) {
            unkeep(&c->later, call);
            keep(&c->dropped, call);
        }
    }
}

clf_status clf_hostcall_finish(clf_scheduler *s, clf_hostcall *call, int32_t code)
{
    CLFI_NEED_SCHEDULER(s);
    CLFI_NEED(s, call);
    clfi_call *found = find_call(s->calls.later, call);
    clfi_call *dropped = find_call(s->calls.dropped, call);
    if (found == NULL && dropped == NULL)
        return clfi_fail(s, CLF_BAD_ARGUMENT,
                         "clf_hostcall_finish: the call has ended, or its function has not "
                         "returned CLF_CALL_LATER");
    if (code == CLF_CALL_LATER)
        return clfi_fail(s, CLF_BAD_ARGUMENT,
                         "clf_hostcall_finish: code is CLF_CALL_LATER: nothing would ever end it");
    if (dropped != NULL) {
        unkeep(&s->calls.dropped, dropped);
        free(dropped);
        return CLF_OK;
    }
    unkeep(&s->calls.later, found);
    clf_status status = finish(s, found, code);
    free(found);
    return status;
}

static void free_calls(clfi_call **list)
{
    while (*list != NULL) {
        clfi_call *call = *list;
        *list = call->next;
        free(call);
    }
}

void clfi_calls_reset(clf_scheduler *s)
{
    clfi_calls *c = &s->calls;
    free_calls(&c->later);
    free_calls(&c->dropped);
    c->count = 0;
    c->bytes = 0;
}

void clfi_calls_free(clf_scheduler *s)
{
    clfi_calls *c = &s->calls;
    clfi_calls_reset(s);
    free(c->spare);
    free(c->entry);
    free(c->result);
    free(c->data);
    free(c->file);
    *c = (clfi_calls){0};
}
