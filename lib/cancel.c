/* cancel.c - ending fibers that have not finished: what the host asks for, and what failures bring
 * about.
 *
 * Roots that the device has not seen yet are taken out of the host's own lists. For the others the
 * kernels of cl/cancel.cl run between two slices: nothing on the device moves then. */
#include "clfi.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* log64 of the deepest chain of parents that there can be, with some to spare */
#define MOST_PASSES 16u

bool clfi_cancel_pending(const clf_scheduler *s)
{
    const clfi_timers *t = &s->cancel.deadlines;
    const clfi_cancel *c = &s->cancel;
    return c->step != 0 || c->count != 0 || c->victims != 0 || c->everything ||
           (t->count != 0 && t->heap[0].deadline <= clfi_now()) ||
           (s->co.control.want & CLF_WANT_CANCEL) != 0;
}

/* ---- roots that wait on the host or in the inbox ------------------------------------- */

static bool is_wanted(const clf_scheduler *s, uint32_t slot)
{
    return s->cancel.everything || s->handles.entry[slot].cancelled;
}

/* Takes the cancelled among the records first..end out, completes their handles and returns the new
 * end. */
static size_t sift(clf_scheduler *s, unsigned char *data, size_t first, size_t end)
{
    size_t stride = s->buffers.inbox_stride, kept = first;
    for (size_t at = first; at < end; at += stride) {
        clf_inbox root;
        memcpy(&root, data + at, sizeof root);
        if (is_wanted(s, root.slot)) {
            clfi_handle_complete(s, root.slot, CLF_CANCELLED, NULL);
            continue;
        }
        if (kept != at)
            memmove(data + kept, data + at, stride);
        kept += stride;
    }
    return kept;
}

static clf_status sift_inbox(clf_scheduler *s)
{
    clfi_coordinator *co = &s->co;
    clf_control *c = &co->control;
    size_t stride = s->buffers.inbox_stride;
    size_t first = c->inbox_head * stride, end = c->inbox_tail * stride;
    if (first >= end)
        return CLF_OK;
    size_t kept = sift(s, co->staging, first, end);
    co->sifted |= kept != end;
    co->given -= (uint32_t)((end - kept) / stride);
    c->inbox_tail = (uint32_t)(kept / stride);
    clfi_inbox_count_urgent(s);
    if (co->sifted && kept != first)
        CLFI_TRY(clfi_cl(s,
                         clEnqueueWriteBuffer(s->queue, s->buffers.inbox, CL_TRUE, first,
                                              kept - first, co->staging + first, 0, NULL, NULL),
                         "clEnqueueWriteBuffer"));
    co->sifted = false;
    return CLF_OK;
}

/* ---- fibers on the device ------------------------------------------------------------ */

static clf_status decide(clf_scheduler *s, clf_upkeep *u, uint32_t *turn)
{
    for (*turn = 0; *turn < MOST_PASSES; ++*turn) {
        CLFI_TRY(clfi_upkeep_run(s, CLFI_DECIDE, u->used, *turn));
        CLFI_TRY(clfi_upkeep_read(s, u));
        if (u->broken != 0 || u->undecided == 0)
            break;
        u->undecided = 0;
        CLFI_TRY(clfi_upkeep_write(s, u));
    }
    ++*turn;
    if (u->broken != 0 || u->undecided != 0)
        return clfi_fail(s, CLF_INTERNAL, "%u frames contradict each other, or form a circle",
                         (unsigned)(u->broken + u->undecided));
    return CLF_OK;
}

/* What the host keeps for fibers that are gone: timers, calls, wake-ups. */
static clf_status forget(clf_scheduler *s, const clf_upkeep *u)
{
    uint32_t *gone;
    if (s->timers.count == 0 && s->calls.todo == NULL && s->calls.open == NULL &&
        s->calls.count == 0 && s->ready.count == 0)
        return CLF_OK;
    CLFI_TRY(clfi_upkeep_words(s, u, 1, &gone));
    clfi_timers_drop(&s->timers, gone);
    clfi_calls_drop(s, gone);
    clfi_ready_drop(s, gone);
    free(gone);
    return CLF_OK;
}

/* The join handles to be cancelled as bits, then the fibers that fibers cancel. NULL: out of
 * memory.
 */
static uint32_t *wanted(clf_scheduler *s)
{
    const clfi_cancel *c = &s->cancel;
    const size_t words = s->handles.room / 32 + 1;
    uint32_t *bits = calloc(words + (size_t)2 * c->victims, sizeof *bits);
    if (bits != NULL && c->victims != 0)
        memcpy(bits + words, c->victim, (size_t)2 * c->victims * sizeof *bits);
    for (uint32_t i = 0; i < c->count && bits != NULL; i++)
        if (s->handles.entry[c->slot[i]].cancelled)
            bits[c->slot[i] / 32] |= UINT32_C(1) << c->slot[i] % 32;
    return bits;
}

/* Up to here nothing has changed but scratch memory: it can be begun again. */
static clf_status doom(clf_scheduler *s)
{
    clf_upkeep *u = &s->cancel.work;
    uint32_t *roots = wanted(s);
    if (roots == NULL)
        return clfi_no_memory(s, s->handles.room / 8 + (size_t)8 * s->cancel.victims,
                              "what is to be cancelled");
    s->cancel.taken = s->cancel.count;
    clf_status status = clfi_upkeep_begin(s, u, roots, s->handles.room);
    free(roots);
    CLFI_TRY(status);
    if (u->victims != 0)
        CLFI_TRY(clfi_upkeep_run(s, CLFI_VICTIMS, u->victims, 0));
    CLFI_TRY(clfi_upkeep_run(s, CLFI_TARGET, u->used, 0));
    CLFI_TRY(decide(s, u, &s->cancel.turn));
    return clfi_upkeep_run(s, CLFI_SETTLE, u->used, s->cancel.turn);
}

static clf_status list_waiters(clf_scheduler *s)
{
    return s->program.unhook == NULL
               ? CLF_OK
               : clfi_upkeep_run(s, CLFI_LIST_WAITERS, s->cancel.work.used, s->cancel.turn);
}

static clf_status unhook(clf_scheduler *s)
{
    return clfi_upkeep_unhook(s, &s->cancel.work, s->cancel.turn);
}

static clf_status requeue(clf_scheduler *s)
{
    return clfi_upkeep_run(s, CLFI_REQUEUE, (size_t)s->cancel.work.workers + 1, s->cancel.turn);
}

static clf_status sort(clf_scheduler *s)
{
    return s->program.classes == 1
               ? CLF_OK
               : clfi_upkeep_run(s, CLFI_SORT_FREED, s->cancel.work.used, s->cancel.turn);
}

static clf_status plan(clf_scheduler *s)
{
    return clfi_upkeep_run(s, CLFI_PLAN, 1, s->cancel.turn);
}

static clf_status refund(clf_scheduler *s)
{
    return clfi_upkeep_run(s, CLFI_REFUND, s->cancel.work.pool_slots, s->cancel.turn);
}

static clf_status account(clf_scheduler *s)
{
    clfi_coordinator *co = &s->co;
    clf_upkeep *u = &s->cancel.work;
    CLFI_TRY(clfi_upkeep_read(s, u));
    CLFI_TRY(forget(s, u));
    co->control.shared_top = u->shared_top;
    co->control.ready_tail = u->ready_tail;
    co->control.urgent_tail = u->urgent_tail;
    for (uint32_t c = 0; c < s->program.classes; c++)
        co->control.pool_full[c] += u->filled[c];
    co->control.live -= u->started;
    if (u->ended != 0) { /* whoever lacked a frame may have one now: see clfi_room_check */
        co->stuck = 0;
        co->quiet = false;
    }
    return CLF_OK;
}

static clf_status drain(clf_scheduler *s)
{
    return clfi_slice_drain(s, s->cancel.work.done);
}

/* Each step changes the device once, at its end: after an error the next call goes on there. */
static clf_status end_fibers(clf_scheduler *s)
{
    static clf_status (*const steps[])(clf_scheduler * s) = {
        doom, list_waiters, unhook, requeue, sort, plan, refund, account, drain};
    clfi_cancel *c = &s->cancel;
    for (; c->step < sizeof steps / sizeof *steps; c->step++)
        CLFI_TRY(steps[c->step](s));
    c->step = 0;
    return CLF_OK;
}

/* Puts a live root down to be cancelled. */
static clf_status want(clf_scheduler *s, uint32_t slot)
{
    clfi_cancel *c = &s->cancel;
    if (s->handles.entry[slot].state != CLFI_LIVE || s->handles.entry[slot].cancelled)
        return CLF_OK;
    if (c->count == c->room) {
        uint32_t room = 2 * c->room + 16;
        uint32_t *more = realloc(c->slot, room * sizeof *more);
        if (more == NULL)
            return clfi_no_memory(s, room * sizeof *more, "the handles to be cancelled");
        c->slot = more;
        c->room = room;
    }
    c->slot[c->count++] = slot;
    s->handles.entry[slot].cancelled = true;
    return CLF_OK;
}

/* A fiber's deadline is forgotten when it completes or is detached. */
static clf_status take_due(clf_scheduler *s)
{
    clfi_timers *deadlines = &s->cancel.deadlines;
    double now = deadlines->count != 0 ? clfi_now() : 0;
    for (const clfi_timer *t; (t = clfi_timer_due(deadlines, now)) != NULL;) {
        CLFI_TRY(want(s, t->key));
        clfi_timer_forget(deadlines, t->key);
    }
    return CLF_OK;
}

/* What was asked for since is for the next time. */
static void forget_wanted(clf_scheduler *s, uint32_t taken, bool everything)
{
    clfi_cancel *c = &s->cancel;
    c->count -= taken;
    if (c->count != 0)
        memmove(c->slot, c->slot + taken, c->count * sizeof *c->slot);
    c->victims = 0; /* there are no new ones before a slice has run */
    c->everything &= !everything;
    s->co.control.want &= ~CLF_WANT_CANCEL;
    clfi_poke(s); /* fibers have ended, and it may be that no slice follows */
}

clf_status clfi_cancel_complete(clf_scheduler *s)
{
    if (s->cancel.step == 0)
        return CLF_OK;
    CLFI_TRY(end_fibers(s));
    forget_wanted(s, s->cancel.taken, s->cancel.work.everything);
    return CLF_OK;
}

clf_status clfi_cancel_apply(clf_scheduler *s)
{
    CLFI_TRY(clfi_cancel_complete(s));
    if (!clfi_cancel_pending(s))
        return CLF_OK;
    CLFI_TRY(take_due(s));
    s->roots.tail = sift(s, s->roots.data, s->roots.head, s->roots.tail);
    s->urgent_roots.tail =
        sift(s, s->urgent_roots.data, s->urgent_roots.head, s->urgent_roots.tail);
    CLFI_TRY(sift_inbox(s));
    if (s->co.control.fresh != 0)
        CLFI_TRY(end_fibers(s));
    forget_wanted(s, s->cancel.count, true);
    return CLF_OK;
}

/* ---- public ------------------------------------------------------------------------- */

clf_status clf_cancel(clf_scheduler *s, clf_handle handle)
{
    uint32_t slot = 0;
    CLFI_NEED_SCHEDULER(s);
    CLFI_NEED_PROGRAM(s);
    CLFI_TRY(clfi_handle_find(s, handle, &slot));
    CLFI_TRY(want(s, slot));
    clfi_poke(s);
    return CLF_OK;
}

clf_status clf_cancel_after(clf_scheduler *s, clf_handle handle, double seconds)
{
    uint32_t slot = 0;
    CLFI_NEED_SCHEDULER(s);
    CLFI_NEED_PROGRAM(s);
    CLFI_TRY(clfi_handle_find(s, handle, &slot));
    if (isnan(seconds))
        return clfi_fail(s, CLF_BAD_ARGUMENT,
                         "clf_cancel_after: seconds is nan; it may be 0 or more, or CLF_FOREVER");
    clfi_timer timer = {.deadline = clfi_now() + seconds, .key = slot};
    if (seconds < 0 || s->handles.entry[slot].state != CLFI_LIVE)
        clfi_timer_forget(&s->cancel.deadlines, slot);
    else
        CLFI_TRY(clfi_timer_set(s, &s->cancel.deadlines, &timer));
    clfi_poke(s);
    return CLF_OK;
}

clf_status clf_cancel_all(clf_scheduler *s)
{
    CLFI_NEED_SCHEDULER(s);
    CLFI_NEED_PROGRAM(s);
    clf_status status = clfi_slice_collect(s);
    if (status != CLF_OK && status != CLF_LIMIT) /* out of frames is no reason not to */
        return status;
    for (uint32_t i = 0; i < s->handles.room; i++)
        s->handles.entry[i].cancelled |= s->handles.entry[i].state == CLFI_LIVE;
    s->cancel.everything = true;
    status = clfi_cancel_apply(s);
    clfi_poke(s);
    return status;
}
