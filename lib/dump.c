/* dump.c - who is alive and waits for what, as text.
 *
 * Shown are the fibers that wait for no child of their own, each with its parents up to the root,
 * as a debugger shows a stack. Fibers that are suspended in the same places all the way up are
 * shown once, with their number.
 */
#include "clfi.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

enum { MOST_GROUPS = 64, MOST_PARENTS = 16, SHOWN = 3 /* of a group */ };

typedef struct view {
    clf_scheduler *s;
    clf_upkeep u;
    unsigned char *frames; /* as they are on the device */
    uint32_t *marks, *kids, *holders;
    uint32_t *waits; /* frame + 1 of the child that is awaited or the fiber that is joined, or 0 */
} view;

static const clf_header *header(const view *v, uint32_t i)
{
    return (const clf_header *)(const void *)(v->frames + v->u.frames_at +
                                              (size_t)i * v->u.frame_bytes);
}

static bool is_live(const view *v, uint32_t i)
{
    return i < v->u.used && v->marks[i] != CLF_MARK_FREE;
}

static bool is_ended(const clf_header *h)
{
    return (h->slot & CLF_SLOT_STARTED) && h->parent != CLF_JOIN_DETACHED &&
           (h->parent & ~CLF_FRAME_MAX) == CLF_JOIN_DONE;
}

static bool is_detached(const clf_header *h)
{
    return (h->slot & CLF_SLOT_TOP) == CLF_SLOT_STARTED && h->parent == CLF_JOIN_DETACHED;
}

/* ---- looking -------------------------------------------------------------------------- */

static clf_status read_frames(view *v)
{
    size_t bytes = v->u.frames_at + (size_t)v->u.used * v->u.frame_bytes;
    v->frames = malloc(bytes);
    v->waits = calloc(v->u.used, sizeof *v->waits);
    if (v->frames == NULL || v->waits == NULL)
        return clfi_no_memory(v->s, bytes, "a dump");
    return clfi_cl(v->s,
                   clEnqueueReadBuffer(v->s->queue, v->s->buffers.frames, CL_TRUE, 0, bytes,
                                       v->frames, 0, NULL, NULL),
                   "clEnqueueReadBuffer");
}

static clf_status look(view *v)
{
    CLFI_TRY(clfi_upkeep_begin(v->s, &v->u, NULL, 0));
    CLFI_TRY(clfi_upkeep_words(v->s, &v->u, 0, &v->marks));
    CLFI_TRY(clfi_upkeep_words(v->s, &v->u, 1, &v->kids));
    CLFI_TRY(clfi_upkeep_holders(v->s, &v->u, &v->holders));
    CLFI_TRY(clfi_upkeep_run(v->s, CLFI_STAMP, v->u.used, 0));
    CLFI_TRY(read_frames(v));
    for (uint32_t i = 0; i < v->u.used; i++) {
        const clf_header *h = header(v, i);
        if (!is_live(v, i))
            continue;
        uint32_t other = h->parent & CLF_FRAME_MAX;
        bool joined = (h->slot & CLF_SLOT_TOP) == CLF_SLOT_STARTED &&
                      h->parent != CLF_JOIN_DETACHED &&
                      (h->parent & ~CLF_FRAME_MAX) == CLF_JOIN_WAIT;
        bool awaited = !(h->slot & CLF_SLOT_TOP) && (h->slot & CLF_SLOT_AWAITED);
        if ((joined || awaited) && other < v->u.used)
            v->waits[other] = i + 1;
    }
    return CLF_OK;
}

static void forget(view *v)
{
    free(v->frames);
    free(v->marks);
    free(v->kids);
    free(v->holders);
    free(v->waits);
}

/* ---- places --------------------------------------------------------------------------- */

static const char *name_of(const view *v, uint32_t i)
{
    uint32_t fn = header(v, i)->code >> CLF_FN_SHIFT;
    return fn < v->s->program.fibers ? v->s->program.fiber[fn].info.name
           : fn == CLF_FN_FAILING    ? "a failed fiber"
                                     : "?";
}

/* Appends where the fiber is suspended. */
static void put_place(const view *v, clfi_text *t, uint32_t i)
{
    const clf_header *h = header(v, i);
    uint32_t at = h->code & CLF_AT_MASK;
    clfi_place place;
    if (!clfi_place_find(v->s->program.places, h->code >> CLF_FN_SHIFT, at, &place))
        clfi_text_print(t, at == 0 ? "at its start" : "at resume point %u", (unsigned)at);
    else if (at == 0)
        clfi_text_print(t, "at its start, %s:%u", place.file, (unsigned)place.line);
    else
        clfi_text_print(t, "in %s, %s:%u", place.what, place.file, (unsigned)place.line);
}

/* The one that it has got, or been started with; NULL: none. */
static const char *own_name(const view *v, uint32_t i)
{
    const clf_scheduler *s = v->s;
    uint32_t slot = header(v, i)->slot;
    const char *name = NULL;
    if (s->program.name_place != 0)
        name = (const char *)header(v, i) - s->program.name_place;
    else if (slot & CLF_SLOT_ROOT)
        name = s->handles.entry[slot & ~CLF_SLOT_TOP].name;
    return name != NULL && name[0] != '\0' ? name : NULL;
}

static void put_fiber(const view *v, clfi_text *t, uint32_t i)
{
    const char *name = own_name(v, i);
    clfi_text_print(t, "fiber %u.%u %s", (unsigned)i, (unsigned)header(v, i)->gen, name_of(v, i));
    if (name != NULL)
        clfi_text_print(t, " \"%.*s\"", (int)CLF_NAME_BYTES, name);
    if (header(v, i)->code & CLF_URGENT)
        clfi_text_print(t, " (urgent)");
}

/* What it waits for. */
static void put_reason(const view *v, clfi_text *t, uint32_t i)
{
    static const char *const object[] = {
        [CLF_WAITS_LOCK] = "a mutex",           [CLF_WAITS_ACQUIRE] = "a semaphore",
        [CLF_WAITS_EVENT] = "an event",         [CLF_WAITS_BARRIER] = "a barrier",
        [CLF_WAITS_SEND] = "room in a channel", [CLF_WAITS_RECV] = "a message of a channel",
        [CLF_WAITS_ONCE] = "what is done once"};
    const clf_header *h = header(v, i);
    clf_wait wait = {.what = 0};
    uint32_t number;
    if (v->holders != NULL)
        memcpy(&wait, (const char *)header(v, i) - sizeof wait, sizeof wait);
    if (is_ended(h)) {
        clfi_text_print(t, "has ended and is to be joined");
    } else if (v->waits[i] != 0) {
        clfi_text_print(t, "waits for ");
        put_fiber(v, t, v->waits[i] - 1);
    } else if (v->kids[i] != 0 && (h->pending & ~CLF_LOCAL) == v->kids[i]) {
        clfi_text_print(t, "waits for %u %s", (unsigned)v->kids[i],
                        v->kids[i] == 1 ? "child" : "children");
    } else if (wait.what != 0 && wait.what < sizeof object / sizeof *object) {
        clfi_text_print(t, "waits for %s", object[wait.what]);
        if (v->holders[i] != 0 && is_live(v, v->holders[i] - 1)) {
            clfi_text_print(t, " that is held by ");
            put_fiber(v, t, v->holders[i] - 1);
        }
        if (wait.timer == CLF_TIMER_SET)
            clfi_text_print(t, ", or until its time is up");
    } else if (clfi_timer_kind(&v->s->timers, i) == CLFI_TIMER_SLEEP) {
        clfi_text_print(t, "sleeps");
    } else if (clfi_call_of(v->s, i, &number)) {
        clfi_text_print(t, "waits for host call %u", (unsigned)number);
    } else {
        clfi_text_print(t, "can run");
    }
}

/* ---- the list ------------------------------------------------------------------------- */

static void put_chain(const view *v, clfi_text *t, uint32_t i)
{
    put_fiber(v, t, i);
    clfi_text_print(t, " ");
    put_place(v, t, i);
    clfi_text_print(t, ": ");
    put_reason(v, t, i);
    clfi_text_print(t, "\n");
    for (uint32_t depth = 0; !(header(v, i)->slot & CLF_SLOT_TOP); depth++) {
        i = header(v, i)->parent;
        if (!is_live(v, i) || depth == MOST_PARENTS) {
            clfi_text_print(t, "    ...\n");
            return;
        }
        clfi_text_print(t, "    child of ");
        put_fiber(v, t, i);
        clfi_text_print(t, " ");
        put_place(v, t, i);
        clfi_text_print(t, "\n");
    }
    clfi_text_print(t, (header(v, i)->slot & CLF_SLOT_ROOT) ? "    a root\n"
                       : is_detached(header(v, i))          ? "    started, detached\n"
                                                            : "    started\n");
}

/* The same number for fibers that are suspended in the same places all the way up. */
static uint64_t likeness(const view *v, uint32_t i)
{
    uint64_t hash = UINT64_C(0xcbf29ce484222325);
    for (uint32_t depth = 0; depth <= MOST_PARENTS && is_live(v, i); depth++) {
        const clf_header *h = header(v, i);
        uint32_t state = v->waits[i] != 0 ? 1 : v->kids[i] != 0 ? 2 : 3;
        hash = (hash ^ (h->code & ~(CLF_OPEN | CLF_SEEN))) * UINT64_C(0x100000001b3);
        state += is_detached(h) ? 4 : is_ended(h) ? 8 : 0;
        hash = (hash ^ state) * UINT64_C(0x100000001b3);
        if (h->slot & CLF_SLOT_TOP)
            break;
        i = h->parent;
    }
    return hash;
}

/* Waits for no child: shown with its parents, who need no entry of their own. */
static bool is_leaf(const view *v, uint32_t i)
{
    if (!is_live(v, i) || v->kids[i] != 0)
        return false;
    if (v->waits[i] == 0)
        return true;
    return (header(v, v->waits[i] - 1)->slot & CLF_SLOT_TOP) != 0; /* joins */
}

typedef struct group {
    uint64_t likeness;
    uint32_t shown[SHOWN], count;
} group;

static void put_all(const view *v, clfi_text *t)
{
    group groups[MOST_GROUPS];
    uint32_t n = 0, others = 0;
    for (uint32_t i = 0; i < v->u.used; i++) {
        if (!is_leaf(v, i))
            continue;
        uint64_t like = likeness(v, i);
        uint32_t g = 0;
        while (g < n && groups[g].likeness != like)
            g++;
        if (g == MOST_GROUPS) {
            others++;
            continue;
        }
        if (g == n)
            groups[n++] = (group){.likeness = like};
        if (groups[g].count < SHOWN)
            groups[g].shown[groups[g].count] = i;
        groups[g].count++;
    }
    for (uint32_t g = 0; g < n; g++) {
        for (uint32_t k = 0; k < groups[g].count && k < SHOWN; k++)
            put_chain(v, t, groups[g].shown[k]);
        if (groups[g].count > SHOWN)
            clfi_text_print(t, "    and %u more like it\n", (unsigned)groups[g].count - SHOWN);
    }
    if (others != 0)
        clfi_text_print(t, "and %u other fibers\n", (unsigned)others);
}

clf_status clfi_dump_make(clf_scheduler *s)
{
    view v = {.s = s};
    clf_status status = CLF_OK;
    clfi_text_free(&s->dump);
    CLFI_TRY(clfi_cancel_complete(s));
    if (s->co.control.fresh == 0)
        return CLF_OK;
    status = look(&v);
    if (status == CLF_OK)
        put_all(&v, &s->dump);
    if (status == CLF_OK && s->dump.failed)
        status = clfi_no_memory(s, s->dump.length, "a dump");
    forget(&v);
    return status;
}

clf_status clf_dump(clf_scheduler *s, const char **text)
{
    CLFI_NEED_SCHEDULER(s);
    CLFI_NEED(s, text);
    CLFI_NEED_PROGRAM(s);
    clf_status status = clfi_slice_collect(s);
    if (status != CLF_OK && status != CLF_LIMIT)
        return status;
    CLFI_TRY(clfi_dump_make(s));
    *text = clfi_text_get(&s->dump);
    return CLF_OK;
}
