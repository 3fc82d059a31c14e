/* ready.c - fibers that become runnable between slices: the host's side of the ready list
 * (cl/ready.cl).
 *
 * Entries are gathered here and written to the device when the next slice is launched, in one or
 * two pieces.
 */
#include "clfi.h"

#include <stdlib.h>
#include <string.h>

static uint32_t room_for(uint32_t frames)
{
    uint32_t room = 64;
    while (room < frames)
        room *= 2;
    return room;
}

uint32_t clfi_ready_entries(uint32_t frames)
{
    return room_for(frames);
}

clf_status clfi_ready_add(clf_scheduler *s, uint32_t frame, int32_t status)
{
    clfi_ready *r = &s->ready;
    if (frame >= s->buffers.frame_count)
        return clfi_fail(s, CLF_INTERNAL, "frame %u of %u was to be made runnable", (unsigned)frame,
                         (unsigned)s->buffers.frame_count);
    if (r->count == r->room) {
        uint32_t room = r->room != 0 ? 2 * r->room : 256;
        clf_ready *entry = realloc(r->entry, room * sizeof *entry);
        if (entry == NULL)
            return clfi_no_memory(s, room * sizeof *entry, "the ready list");
        r->entry = entry;
        r->room = room;
    }
    r->entry[r->count++] = (clf_ready){frame, (uint)status};
    clfi_poke(s);
    return CLF_OK;
}

void clfi_ready_drop(clf_scheduler *s, const uint32_t *gone)
{
    clfi_ready *r = &s->ready;
    uint32_t kept = 0;
    for (uint32_t i = 0; i < r->count; i++)
        if (!gone[r->entry[i].frame])
            r->entry[kept++] = r->entry[i];
    r->count = kept;
}

/* Whether fibers are in the list that no worker has taken yet. */
bool clfi_ready_any(const clf_scheduler *s)
{
    return s->ready.count != 0 || s->co.control.ready_head != s->co.control.ready_tail;
}

clf_status clfi_ready_flush(clf_scheduler *s)
{
    clfi_ready *r = &s->ready;
    clf_control *c = &s->co.control;
    const uint32_t room = s->buffers.ready_room;
    c->ready_mask = room - 1;
    if (r->count > room - (c->ready_tail - c->ready_head))
        return clfi_fail(s, CLF_INTERNAL, "%u fibers were made runnable, but there are %u frames",
                         (unsigned)r->count, (unsigned)s->buffers.frame_count);
    uint32_t done = 0;
    clf_status status = CLF_OK;
    while (done < r->count && status == CLF_OK) {
        uint32_t at = c->ready_tail & c->ready_mask, n = r->count - done;
        n = n < room - at ? n : room - at;
        status =
            clfi_cl(s,
                    clEnqueueWriteBuffer(s->queue, s->buffers.ready, CL_TRUE, at * sizeof *r->entry,
                                         n * sizeof *r->entry, r->entry + done, 0, NULL, NULL),
                    "clEnqueueWriteBuffer");
        n = status == CLF_OK ? n : 0;
        c->ready_tail += n;
        done += n;
    }
    r->count -= done;
    if (r->count != 0)
        memmove(r->entry, r->entry + done, r->count * sizeof *r->entry);
    return status;
}

/* Copies the entries, which keep their counters, to a larger ring. */
clf_status clfi_ready_move(clf_scheduler *s, cl_mem to, uint32_t room)
{
    const clf_control *c = &s->co.control;
    const clfi_buffers *b = &s->buffers;
    const size_t size = sizeof(clf_ready);
    for (uint32_t i = c->ready_head; i != c->ready_tail;) {
        uint32_t from_at = i & (b->ready_room - 1), to_at = i & (room - 1);
        uint32_t n = c->ready_tail - i;
        n = n < b->ready_room - from_at ? n : b->ready_room - from_at;
        n = n < room - to_at ? n : room - to_at;
        CLFI_TRY(clfi_cl(s,
                         clEnqueueCopyBuffer(s->queue, b->ready, to, from_at * size, to_at * size,
                                             n * size, 0, NULL, NULL),
                         "clEnqueueCopyBuffer"));
        i += n;
    }
    return CLF_OK;
}
