/* roots.c - starting fibers: checks their arguments, makes their handles and keeps the records that
 * the coordinator hands to the device slice by slice. */
#include "clfi.h"

#include <stdlib.h>
#include <string.h>

static clf_status wrong_number(clf_scheduler *s, const clfi_fiber *f, uint32_t nargs)
{
    clfi_text takes = {0};
    uint32_t n = f->info.params;
    clfi_text_print(&takes, "%u argument%s", (unsigned)n, n == 1 ? "" : "s");
    for (uint32_t i = 0; i < n; i++)
        clfi_text_print(&takes, "%s%s %s%s", i == 0 ? " (" : ", ", f->param[i].info.type,
                        f->param[i].info.name, i + 1 == n ? ")" : "");
    clf_status status = clfi_fail(s, CLF_WRONG_COUNT, "fiber %s takes %s, not %u", f->info.name,
                                  clfi_text_get(&takes), (unsigned)nargs);
    clfi_text_free(&takes);
    return status;
}

static clf_status check_arguments(clf_scheduler *s, const clfi_fiber *f, uint32_t nargs,
                                  const clf_arg *args)
{
    const char *name = f->info.name;
    if (nargs != f->info.params)
        return wrong_number(s, f, nargs);
    if (nargs != 0 && args == NULL)
        return clfi_fail(s, CLF_BAD_ARGUMENT, "args is null, but fiber %s takes %u argument%s",
                         name, (unsigned)nargs, nargs == 1 ? "" : "s");
    for (uint32_t i = 0; i < nargs; i++) {
        const clf_param_info *p = &f->param[i].info;
        if (p->is_pointer)
            return clfi_fail(s, CLF_BAD_ARGUMENT,
                             "fiber %s cannot be started by the host: parameter %u, %s %s, is a "
                             "pointer; bind the buffer as an env member",
                             name, (unsigned)i + 1, p->type, p->name);
        if (args[i].value == NULL)
            return clfi_fail(s, CLF_BAD_ARGUMENT,
                             "argument %u of fiber %s (%s %s) has a null value", (unsigned)i + 1,
                             name, p->type, p->name);
        if (args[i].size != p->size)
            return clfi_fail(s, CLF_WRONG_SIZE,
                             "argument %u of fiber %s (%s %s) has %zu bytes; %zu were given",
                             (unsigned)i + 1, name, p->type, p->name, p->size, args[i].size);
    }
    return CLF_OK;
}

static clf_status reserve(clf_scheduler *s, clfi_roots *r, size_t count)
{
    size_t stride = s->buffers.inbox_stride;
    if (r->head == r->tail)
        r->head = r->tail = 0;
    if (count > SIZE_MAX / stride / 4)
        return clfi_fail(s, CLF_BAD_ARGUMENT, "%zu fibers are more than host memory can hold",
                         count);
    size_t need = r->tail + count * stride;
    if (need <= r->room)
        return CLF_OK;
    if (r->head != 0) {
        memmove(r->data, r->data + r->head, r->tail - r->head);
        need -= r->head;
        r->tail -= r->head;
        r->head = 0;
    }
    size_t room = need > 2 * r->room ? need : 2 * r->room;
    unsigned char *data = realloc(r->data, room);
    if (data == NULL)
        return clfi_no_memory(s, room, "root records");
    r->data = data;
    r->room = room;
    return CLF_OK;
}

/* The i-th root's record: header and parameters at the places where they stand in a frame. */
static void append(clf_scheduler *s, clfi_roots *r, const clfi_fiber *f, uint32_t slot,
                   const clf_arg *args, size_t i)
{
    unsigned char *to = r->data + r->tail;
    uint32_t number = (uint32_t)(f - s->program.fiber);
    clf_inbox root = {number, slot, (uint32_t)(f->end - sizeof(clf_header)), r == &s->urgent_roots};
    memset(to, 0, s->buffers.inbox_stride);
    memcpy(to, &root, sizeof root);
    for (uint32_t k = 0; k < f->info.params; k++)
        memcpy(to + sizeof root + f->param[k].offset - sizeof(clf_header),
               (const unsigned char *)args[k].value + i * args[k].size, args[k].size);
    const char *name = s->handles.entry[slot].name;
    if (name != NULL && s->program.name_place != 0)
        memcpy(to + s->buffers.inbox_stride - CLF_NAME_BYTES, name, strlen(name));
    r->tail += s->buffers.inbox_stride;
}

/* Starts `count` fibers that begin in the same way; the lock is held. */
static clf_status start(clf_scheduler *s, const char *fiber, size_t count, uint32_t nargs,
                        const clf_arg *args, const clf_attributes *how, clf_handle *handles)
{
    clf_fiber_info info;
    CLFI_TRY(clf_find_fiber(s, fiber, &info));
    const clfi_fiber *f = clfi_program_find(&s->program, fiber);
    clfi_roots *r = how->priority == CLF_PRIORITY_URGENT ? &s->urgent_roots : &s->roots;
    CLFI_TRY(check_arguments(s, f, nargs, args));
    CLFI_TRY(clfi_handles_reserve(s, count));
    CLFI_TRY(reserve(s, r, count));
    char *name = NULL;
    if (how->name != NULL && how->name[0] != '\0') {
        name = calloc(1, CLF_NAME_BYTES);
        if (name == NULL)
            return clfi_no_memory(s, CLF_NAME_BYTES, "a fiber's name");
        snprintf(name, CLF_NAME_BYTES, "%s", how->name);
    }
    for (size_t i = 0; i < count; i++) {
        uint32_t slot = clfi_handle_new(s, (uint32_t)(f - s->program.fiber), handles == NULL);
        s->handles.entry[slot].name = name;
        append(s, r, f, slot, args, i);
        if (handles != NULL)
            handles[i] = clfi_handle_of(s, slot);
    }
    s->co.started += count;
    clfi_poke(s);
    return CLF_OK;
}

static const clf_attributes plain = CLF_ATTRIBUTES_INIT;

clf_status clf_start_many(clf_scheduler *s, const char *fiber, size_t count, uint32_t nargs,
                          const clf_arg *args, clf_handle *handles)
{
    CLFI_NEED_SCHEDULER(s);
    CLFI_NEED(s, fiber);
    CLFI_NEED_PROGRAM(s);
    return start(s, fiber, count, nargs, args, &plain, handles);
}

clf_status clf_start(clf_scheduler *s, const char *fiber, uint32_t nargs, const clf_arg *args,
                     clf_handle *handle)
{
    CLFI_NEED_SCHEDULER(s);
    CLFI_NEED(s, fiber);
    CLFI_NEED_PROGRAM(s);
    return start(s, fiber, 1, nargs, args, &plain, handle);
}

clf_status clf_start_as(clf_scheduler *s, const char *fiber, uint32_t nargs, const clf_arg *args,
                        const clf_attributes *attributes, clf_handle *handle)
{
    clf_attributes how = plain;
    CLFI_NEED_SCHEDULER(s);
    CLFI_NEED(s, fiber);
    CLFI_NEED_PROGRAM(s);
    if (attributes != NULL &&
        (attributes->size < offsetof(clf_attributes, priority) || attributes->size > 4096))
        return clfi_fail(s, CLF_BAD_ARGUMENT,
                         "attributes->size is %zu, not sizeof(clf_attributes) = %zu: start from "
                         "CLF_ATTRIBUTES_INIT",
                         attributes->size, sizeof how);
    if (attributes != NULL)
        memcpy(&how, attributes, attributes->size < sizeof how ? attributes->size : sizeof how);
    if (how.priority != CLF_PRIORITY_NORMAL && how.priority != CLF_PRIORITY_URGENT)
        return clfi_fail(s, CLF_BAD_ARGUMENT,
                         "the priority is %d; it may be CLF_PRIORITY_NORMAL (0) or "
                         "CLF_PRIORITY_URGENT (1)",
                         (int)how.priority);
    if (how.priority == CLF_PRIORITY_URGENT && !s->program.priorities)
        return clfi_fail(s, CLF_BAD_ARGUMENT,
                         "the priority is CLF_PRIORITY_URGENT, but the program has no priorities: "
                         "it has to say set_priority, or be built with the option "
                         "-DCLF_PRIORITIES");
    return start(s, fiber, 1, nargs, args, &how, handle);
}
