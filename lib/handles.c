/* handles.c - the join handles of roots: a table of slots with generations, on the host.
 *
 * A handle is slot + 1 in the low 32 bits and the slot's generation in the high ones. The
 * generation moves on when the handle is freed, so that a handle that was joined is recognised,
 * whatever its slot is used for since. Slots that are done and not drained form a list in the order
 * of completion.
 */
#include "clfi.h"

#include <stdlib.h>
#include <string.h>

#define NONE UINT32_MAX

static clf_status grow(clf_scheduler *s, uint32_t room)
{
    clfi_handles *t = &s->handles;
    clfi_entry *entry = realloc(t->entry, room * sizeof *entry);
    if (entry == NULL)
        return clfi_no_memory(s, room * sizeof *entry, "join handles");
    t->entry = entry;
    unsigned char *result = realloc(t->result, room * t->stride + 1);
    if (result == NULL)
        return clfi_no_memory(s, room * t->stride, "results");
    t->result = result;
    if (t->room == 0)
        t->free_head = t->done_head = t->done_tail = NONE;
    for (uint32_t i = room; i-- > t->room;) {
        t->entry[i] = (clfi_entry){.generation = t->first, .next = t->free_head};
        t->free_head = i;
    }
    t->room = room;
    return CLF_OK;
}

clf_status clfi_handles_reserve(clf_scheduler *s, size_t count)
{
    clfi_handles *t = &s->handles;
    uint64_t need = (uint64_t)t->used + count;
    if (need > CLF_FRAME_MAX)
        return clfi_fail(s, CLF_BAD_ARGUMENT,
                         "%zu more fibers make %llu that are outstanding or not joined; at most %u "
                         "may be",
                         count, (unsigned long long)need, (unsigned)CLF_FRAME_MAX);
    if (need <= t->room)
        return CLF_OK;
    uint64_t room = 2 * (uint64_t)t->room > need ? 2 * (uint64_t)t->room : need + 15;
    return grow(s, (uint32_t)(room < CLF_FRAME_MAX ? room : CLF_FRAME_MAX));
}

uint32_t clfi_handle_new(clf_scheduler *s, uint32_t fiber, bool detached)
{
    clfi_handles *t = &s->handles;
    uint32_t slot = t->free_head;
    clfi_entry *e = &t->entry[slot];
    t->free_head = e->next;
    t->used++;
    *e = (clfi_entry){.generation = e->generation,
                      .state = detached ? CLFI_DETACHED : CLFI_LIVE,
                      .fiber = fiber,
                      .next = NONE,
                      .prev = NONE};
    return slot;
}

clf_handle clfi_handle_of(const clf_scheduler *s, uint32_t slot)
{
    return (clf_handle)s->handles.entry[slot].generation << 32 | (slot + 1);
}

clf_status clfi_handle_find(clf_scheduler *s, clf_handle handle, uint32_t *slot)
{
    const clfi_handles *t = &s->handles;
    uint32_t i = (uint32_t)handle - 1;
    if ((uint32_t)handle != 0 && i < t->room &&
        t->entry[i].generation == (uint32_t)(handle >> 32) &&
        (t->entry[i].state == CLFI_LIVE || t->entry[i].state == CLFI_DONE)) {
        *slot = i;
        return CLF_OK;
    }
    return clfi_fail(s, CLF_STALE_HANDLE,
                     "the join handle 0x%llx was joined or detached already, or never given out by "
                     "this scheduler",
                     (unsigned long long)handle);
}

static void append_done(clfi_handles *t, uint32_t slot)
{
    clfi_entry *e = &t->entry[slot];
    e->prev = t->done_tail;
    e->next = NONE;
    if (t->done_tail != NONE)
        t->entry[t->done_tail].next = slot;
    else
        t->done_head = slot;
    t->done_tail = slot;
}

void clfi_handle_unlist(clf_scheduler *s, uint32_t slot)
{
    clfi_handles *t = &s->handles;
    clfi_entry *e = &t->entry[slot];
    if (e->state != CLFI_DONE || e->drained)
        return;
    if (e->prev != NONE)
        t->entry[e->prev].next = e->next;
    else
        t->done_head = e->next;
    if (e->next != NONE)
        t->entry[e->next].prev = e->prev;
    else
        t->done_tail = e->prev;
    e->drained = true;
    clfi_level(s, t->done_head != NONE);
}

static void free_slot(clfi_handles *t, uint32_t slot)
{
    clfi_entry *e = &t->entry[slot];
    e->state = CLFI_FREE;
    free(e->name);
    e->name = NULL;
    e->generation = e->generation == UINT32_MAX ? 1 : e->generation + 1;
    t->newest = e->generation > t->newest ? e->generation : t->newest;
    e->next = t->free_head;
    t->free_head = slot;
    t->used--;
}

void clfi_handle_complete(clf_scheduler *s, uint32_t slot, int32_t code, const void *result)
{
    clfi_handles *t = &s->handles;
    clfi_entry *e = &t->entry[slot];
    e->code = code;
    clfi_timer_forget(&s->cancel.deadlines, slot);
    clfi_notify(s, e);
    if (e->state == CLFI_DETACHED) {
        free_slot(t, slot);
        return;
    }
    e->state = CLFI_DONE;
    if (code == 0)
        memcpy(t->result + slot * t->stride, result, s->program.fiber[e->fiber].info.result_size);
    append_done(t, slot);
    clfi_level(s, true);
}

bool clfi_handles_done(const clf_scheduler *s)
{
    return s->handles.room != 0 && s->handles.done_head != NONE;
}

void clfi_handle_drop(clf_scheduler *s, uint32_t slot)
{
    clfi_handle_unlist(s, slot);
    clfi_timer_forget(&s->cancel.deadlines, slot);
    if (s->handles.entry[slot].state == CLFI_LIVE)
        s->handles.entry[slot].state = CLFI_DETACHED;
    else
        free_slot(&s->handles, slot);
}

void clfi_handles_free(clfi_handles *t)
{
    for (uint32_t i = 0; i < t->room && t->used != 0; i++)
        free(t->entry[i].name);
    free(t->entry);
    free(t->result);
    *t = (clfi_handles){0};
}

/* ---- public ------------------------------------------------------------------------- */

clf_status clf_poll(clf_scheduler *s, clf_handle handle)
{
    uint32_t slot = 0;
    CLFI_NEED_SCHEDULER(s);
    CLFI_TRY(clfi_handle_find(s, handle, &slot));
    CLFI_TRY(clfi_slice_collect(s));
    if (s->handles.entry[slot].state == CLFI_DONE)
        return CLF_OK;
    CLFI_TRY(clfi_deadlock_check(s));
    return CLF_PENDING;
}

clf_status clf_detach(clf_scheduler *s, clf_handle handle)
{
    uint32_t slot = 0;
    CLFI_NEED_SCHEDULER(s);
    CLFI_TRY(clfi_handle_find(s, handle, &slot));
    clfi_handle_drop(s, slot);
    return CLF_OK;
}

clf_status clf_drain(clf_scheduler *s, clf_handle *handles, size_t max, size_t *count)
{
    CLFI_NEED_SCHEDULER(s);
    CLFI_NEED(s, count);
    if (handles == NULL && max != 0)
        return clfi_fail(s, CLF_BAD_ARGUMENT, "clf_drain: handles is null, but max is %zu", max);
    CLFI_TRY(clfi_slice_collect(s));
    size_t n = 0;
    while (n < max && clfi_handles_done(s)) {
        uint32_t slot = s->handles.done_head;
        handles[n++] = clfi_handle_of(s, slot);
        clfi_handle_unlist(s, slot);
    }
    *count = n;
    return CLF_OK;
}

clf_status clf_get_failure(const clf_scheduler *s, clf_failure *failure)
{
    clf_scheduler *writable = (clf_scheduler *)s; /* for the message */
    CLFI_NEED_SCHEDULER(writable);
    CLFI_NEED(writable, failure);
    if (s->failure.code == 0)
        return clfi_fail(writable, CLF_BAD_ARGUMENT,
                         "clf_get_failure: no clf_join has returned CLF_FIBER_FAILED yet");
    *failure = s->failure;
    return CLF_OK;
}
