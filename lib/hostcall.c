/* hostcall.c - host calls: the functions that fibers may call, the calls that wait to be ended, and
 * the results on their way back. The records come from requests.c. */
#include "clfi.h"

#include <stdlib.h>
#include <string.h>

/* A call in progress: the public part, then argument and result, each aligned for any type. */
typedef struct clfi_call {
    clf_hostcall call; /* first: clf_hostcall_finish gets its address */
    struct clfi_call *next, *prev;
    clf_hostcall_function function;
    void *user;
    uint32_t frame; /* CLF_NIL: the fiber was cancelled */
    uint32_t place;
    int32_t code, end_code;
    double began, returned; /* of the function, if there is a trace */
    bool running;           /* its function has not returned */
    bool ended;             /* clf_hostcall_finish was called */
    bool left;   /* ended, but for want of memory its fiber still waits: end_code is the code */
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

void clfi_call_missing(const clf_scheduler *s, char *to, size_t size)
{
    const clfi_calls *c = &s->calls;
    unsigned registered = 0;
    for (uint32_t i = 0; i < c->entries; i++)
        registered += c->entry[i].function != NULL;
    const char *remedy = c->missing == CLF_CALL_PRINT ? "clf_hostcall_print"
                         : c->missing == CLF_CALL_READ || c->missing == CLF_CALL_WRITE
                             ? "clf_hostcall_file"
                             : "clf_hostcall_register";
    snprintf(to, size,
             c->missing < CLF_CALL_PRINT
                 ? "; the last call like this was of number %u, and %u %s known: %s adds it"
                 : "; the last call like this was of number %#x, and %u %s known: %s adds it",
             (unsigned)c->missing, registered, registered == 1 ? "is" : "are", remedy);
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
    bool gives = code == 0 && size != 0;
    if (call->frame == CLF_NIL)
        return CLF_OK; /* the fiber was cancelled */
    if (gives)
        CLFI_TRY(reserve_results(s, padded));
    CLFI_TRY(clfi_ready_add(s, call->frame, code));
    c->waiting--;
    if (gives) {
        c->result[c->count++] = (clf_result){call->frame, call->place, (uint)size, (uint)c->bytes};
        memset(c->data + c->bytes + size, 0, padded - size);
        memcpy(c->data + c->bytes, call->call.result, size);
        c->bytes += padded;
    }
    return CLF_OK;
}

static clf_status make_block(clf_scheduler *s, size_t bytes)
{
    clfi_buffers *b = &s->buffers;
    if (bytes <= b->results_room)
        return CLF_OK;
    size_t room = bytes < 4096 ? 4096 : 2 * bytes;
    cl_int error;
    cl_mem fresh = clCreateBuffer(s->context, CL_MEM_READ_WRITE, room, NULL, &error);
    if (error != CL_SUCCESS)
        return clfi_fail(s, (clf_status)error,
                         "the device cannot allocate %zu bytes for the results of host calls: %s",
                         room, clf_status_name((clf_status)error));
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
    const size_t count = s->calls.count, one = 1; /* local size: as in clfi_enqueue_items */
    CLFI_TRY(make_block(s, bytes));
    CLFI_TRY(clfi_cl(
        s,
        clEnqueueWriteBuffer(s->queue, s->buffers.results, CL_TRUE, 0, bytes, block, 0, NULL, NULL),
        "clEnqueueWriteBuffer"));
    cl_int error = clSetKernelArg(k, 0, sizeof s->buffers.frames, &s->buffers.frames);
    error |= clSetKernelArg(k, 1, sizeof s->buffers.results, &s->buffers.results);
    if (error == CL_SUCCESS)
        error = clEnqueueNDRangeKernel(s->queue, k, 1, NULL, &count, &one, 0, NULL, NULL);
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
    for (uint32_t i = 0; i < c->count; i++) {
        clf_result result = c->result[i];
        result.offset += (uint)head;
        memcpy(block + i * sizeof result, &result, sizeof result);
    }
    memcpy(block + head, c->data, c->bytes);
    clf_status status = write_results(s, block, head + c->bytes);
    free(block);
    if (status != CLF_OK)
        return status; /* once more is no harm: the fibers that get the results still wait */
    c->count = 0;
    c->bytes = 0;
    return CLF_OK;
}

/* ---- calling ------------------------------------------------------------------------ */

static clfi_call *new_call(clf_scheduler *s, size_t room)
{
    clfi_calls *c = &s->calls;
    clfi_call *call = c->spare;
    if (call != NULL && call->room >= room) {
        c->spare = call->next;
        return call;
    }
    call = aligned_alloc(128, aligned(sizeof *call + room));
    if (call != NULL)
        call->room = room;
    return call;
}

static void free_call(clfi_calls *c, clfi_call *call)
{
    call->next = c->spare;
    c->spare = call;
}

static void open_call(clfi_calls *c, clfi_call *call)
{
    call->prev = NULL;
    call->next = c->open;
    if (c->open != NULL)
        c->open->prev = call;
    c->open = call;
}

static void close_call(clfi_calls *c, clfi_call *call)
{
    if (call->next != NULL)
        call->next->prev = call->prev;
    if (call->prev != NULL)
        call->prev->next = call->next;
    else
        c->open = call->next;
}

clf_status clfi_call_serve(clf_scheduler *s, const clf_request *r, const unsigned char *data,
                           size_t data_size)
{
    size_t in = r->value, out = r->size;
    if (in > data_size || r->data > data_size - in)
        return clfi_fail(s, CLF_INTERNAL, "frame %u made a host call with an argument of %zu bytes",
                         (unsigned)r->frame, in);
    const clfi_call_entry *e = find(&s->calls, r->what);
    if (e == NULL || e->function == NULL) {
        s->calls.missing = r->what;
        return clfi_ready_add(s, r->frame, CLF_FAIL_NO_CALL);
    }
    clfi_call *call = new_call(s, aligned(in) + aligned(out));
    if (call == NULL)
        return clfi_no_memory(s, aligned(in) + aligned(out), "a host call");
    call->function = e->function;
    call->user = e->user;
    call->frame = r->frame;
    call->place = r->place;
    call->code = 0;
    call->ended = call->left = false;
    call->next = NULL;
    call->call = (clf_hostcall){.number = r->what,
                                .argument = in != 0 ? call->bytes : NULL,
                                .argument_size = in,
                                .result = out != 0 ? call->bytes + aligned(in) : NULL,
                                .result_size = out};
    memcpy(call->bytes, data + r->data, in);
    memset(call->bytes + aligned(in), 0, out);
    *s->calls.todo_end = call;
    s->calls.todo_end = &call->next;
    s->calls.waiting++;
    return CLF_OK;
}

/* Behind the function's return, or clf_hostcall_finish, whichever comes later. After an error the
 * call is open as before. */
static clf_status end_call(clf_scheduler *s, clfi_call *call, int32_t code)
{
    CLFI_TRY(finish(s, call, code));
    close_call(&s->calls, call);
    free_call(&s->calls, call);
    return CLF_OK;
}

/* Its function cannot be asked again: what cannot be ended now is ended by the next round. */
static clf_status end_or_leave(clf_scheduler *s, clfi_call *call, int32_t code)
{
    clf_status status = end_call(s, call, code);
    if (status == CLF_OK)
        return CLF_OK;
    call->left = true;
    call->end_code = code;
    s->calls.left++;
    return status;
}

static clf_status end_left(clf_scheduler *s)
{
    for (clfi_call *call = s->calls.open, *next; call != NULL && s->calls.left != 0; call = next) {
        next = call->next;
        if (!call->left)
            continue;
        CLFI_TRY(end_call(s, call, call->end_code));
        s->calls.left--;
    }
    return CLF_OK;
}

/* The calls are taken over in one piece: the lock is given up once for all of them. */
clf_status clfi_calls_make(clf_scheduler *s)
{
    clfi_calls *c = &s->calls;
    clf_status status = CLF_OK;
    size_t count = 0;
    CLFI_TRY(end_left(s));
    if (c->todo == NULL)
        return CLF_OK;
    for (clfi_call *call = c->todo; call != NULL; call = call->next)
        count++;
    clfi_call **batch = malloc(count * sizeof *batch);
    if (batch == NULL)
        return clfi_no_memory(s, count * sizeof *batch, "host calls");
    for (size_t i = 0; i < count; i++) {
        batch[i] = c->todo;
        c->todo = batch[i]->next;
        batch[i]->running = true;
        open_call(c, batch[i]);
    }
    c->todo_end = &c->todo;
    const bool traced = s->trace != NULL;
    clfi_unlock(s);
    for (size_t i = 0; i < count; i++) {
        batch[i]->began = traced ? clfi_now() : 0;
        batch[i]->code = batch[i]->function(&batch[i]->call, batch[i]->user);
        batch[i]->returned = traced ? clfi_now() : 0;
    }
    clfi_lock(s);
    for (size_t i = 0; i < count; i++) {
        batch[i]->running = false;
        if (traced)
            clfi_trace_call(s, batch[i]->call.number, batch[i]->began, batch[i]->returned);
        int32_t code = batch[i]->code;
        if (code == CLF_CALL_LATER && batch[i]->ended)
            code = batch[i]->end_code;
        clf_status ended = code != CLF_CALL_LATER ? end_or_leave(s, batch[i], code) : CLF_OK;
        status = status != CLF_OK ? status : ended;
    }
    free(batch);
    return status;
}

bool clfi_call_of(const clf_scheduler *s, uint32_t frame, uint32_t *number)
{
    const clfi_call *list[] = {s->calls.todo, s->calls.open};
    for (int i = 0; i < 2; i++)
        for (const clfi_call *call = list[i]; call != NULL; call = call->next)
            if (call->frame == frame) {
                *number = call->call.number;
                return true;
            }
    return false;
}

clf_status clf_hostcall_finish(clf_scheduler *s, clf_hostcall *call, int32_t code)
{
    CLFI_NEED_SCHEDULER(s);
    CLFI_NEED(s, call);
    clfi_call *c = (clfi_call *)call;
    if (code == CLF_CALL_LATER)
        return clfi_fail(s, CLF_BAD_ARGUMENT,
                         "clf_hostcall_finish: code is CLF_CALL_LATER: nothing would ever end it");
    if (s->trace != NULL)
        clfi_trace_late_call(s, c->call.number, c->began);
    if (!c->running)
        return end_call(s, c, code);
    c->end_code = code;
    c->ended = true;
    return CLF_OK;
}

/* Fibers were cancelled, those whose frames are marked: calls not yet made are not made; those that
 * functions still work on lead nowhere. */
void clfi_calls_drop(clf_scheduler *s, const uint32_t *gone)
{
    clfi_calls *c = &s->calls;
    uint32_t kept = 0;
    for (uint32_t i = 0; i < c->count; i++)
        if (!gone[c->result[i].frame])
            c->result[kept++] = c->result[i];
    c->count = kept;
    clfi_call **link = &c->todo;
    while (*link != NULL) {
        clfi_call *call = *link;
        if (!gone[call->frame]) {
            link = &call->next;
            continue;
        }
        *link = call->next;
        free_call(c, call);
        c->waiting--;
    }
    c->todo_end = link;
    for (clfi_call *call = c->open; call != NULL; call = call->next)
        if (call->frame != CLF_NIL && gone[call->frame]) {
            call->frame = CLF_NIL;
            c->waiting--;
        }
}

static void free_list(clfi_call *call)
{
    while (call != NULL) {
        clfi_call *next = call->next;
        free(call);
        call = next;
    }
}

void clfi_calls_reset(clf_scheduler *s)
{
    clfi_calls *c = &s->calls;
    free_list(c->todo);
    free_list(c->open);
    c->todo = c->open = NULL;
    c->todo_end = &c->todo;
    c->waiting = 0;
    c->left = 0;
    c->count = 0;
    c->bytes = 0;
}

void clfi_calls_free(clf_scheduler *s)
{
    clfi_calls *c = &s->calls;
    clfi_calls_reset(s);
    free_list(c->spare);
    free(c->entry);
    free(c->result);
    free(c->data);
    free(c->file);
    *c = (clfi_calls){0};
}
