/* trace_fibers.c - from the records of a slice to spans of fibers and arrows between them.
 *
 * Which segment of the parent an ended child leads to: the child has read, while its parent could
 * not end, how many segments that one had begun. The first later one that begins without
 * outstanding children has all of them behind it; an awaited child, or a joined fiber, leads to the
 * very next one.
 *
 * A fiber brings along, to its first segment, which segment has made it. If that one was in an
 * earlier slice it is among the makers, which are kept while fibers of their making have not begun.
 */
#include "trace.h"

#include <stdlib.h>
#include <string.h>

#define MOST_MAKERS 65536u

/* ---- fibers that are known ------------------------------------------------------------ */

static uint32_t place_of(const clfi_trace *t, uint32_t id)
{
    uint32_t i = (id * 0x9e3779b9u) & (t->traced_room - 1);
    while (t->traced[i].id != 0 && t->traced[i].id != id)
        i = (i + 1) & (t->traced_room - 1);
    return i;
}

static bool is_known(const clfi_trace *t, uint32_t id)
{
    return t->traced_room != 0 && t->traced[place_of(t, id)].id == id;
}

static clf_status reserve(clf_scheduler *s)
{
    clfi_trace *t = s->trace;
    uint32_t before = t->traced_room, room = before != 0 ? 2 * before : 1024;
    if (2 * (t->traced_count + 1) <= before)
        return CLF_OK;
    clfi_traced *old = t->traced, *fresh = calloc(room, sizeof *fresh);
    if (fresh == NULL)
        return clfi_no_memory(s, room * sizeof *fresh, "traced fibers");
    t->traced = fresh;
    t->traced_room = room;
    for (uint32_t i = 0; i < before; i++)
        if (old[i].id != 0)
            t->traced[place_of(t, old[i].id)] = old[i];
    free(old);
    return CLF_OK;
}

/* Those behind it that were put further because of it move up. */
static void drop(clfi_trace *t, uint32_t hole)
{
    const uint32_t mask = t->traced_room - 1;
    t->traced_count--;
    for (uint32_t i = (hole + 1) & mask; t->traced[i].id != 0; i = (i + 1) & mask) {
        uint32_t home = (t->traced[i].id * 0x9e3779b9u) & mask;
        if (((i - home) & mask) >= ((i - hole) & mask)) {
            t->traced[hole] = t->traced[i];
            hole = i;
        }
    }
    t->traced[hole].id = 0;
}

static const char *name_of(const clf_scheduler *s, uint32_t fn)
{
    return fn < s->program.fibers ? s->program.fiber[fn].info.name : "(failing)";
}

static void put_async(clf_scheduler *s, const clfi_traced *f, const char *phase, uint32_t track,
                      clfi_ns at)
{
    clfi_trace_put(s->trace,
                   "\"ph\":\"%s\",\"cat\":\"fiber\",\"name\":\"%s\",\"id\":\"0x%x\",\"pid\":%d,"
                   "\"tid\":%u,\"ts\":%s,\"args\":{\"segments\":%u}",
                   phase, name_of(s, f->fn), (unsigned)f->id, CLFI_PID_DEVICE, (unsigned)track,
                   clfi_trace_us(at).text, (unsigned)f->segments);
}

/* ---- a segment -------------------------------------------------------------------------- */

static clf_status keep_end(clf_scheduler *s, const clfi_segment *g)
{
    clfi_trace *t = s->trace;
    const clf_trace_event *e = g->event;
    if (t->ended_count == t->ended_room) {
        uint32_t room = t->ended_room != 0 ? 2 * t->ended_room : 256;
        clfi_ended *more = realloc(t->ended, room * sizeof *more);
        if (more == NULL)
            return clfi_no_memory(s, room * sizeof *more, "traced fibers");
        t->ended = more;
        t->ended_room = room;
    }
    t->ended[t->ended_count++] =
        (clfi_ended){e->id, e->parent, e->at_parent, (e->what & CLF_TRACE_AWAITED) != 0, g->span};
    return CLF_OK;
}

static void put_segment(clf_scheduler *s, const clfi_segment *g, uint32_t fn)
{
    const clf_trace_event *e = g->event;
    clfi_trace_put(
        s->trace,
        "\"ph\":\"X\",\"cat\":\"segment\",\"name\":\"%s\",\"pid\":%d,\"tid\":%u,\"ts\":%s,"
        "\"dur\":%s,\"args\":{\"fiber\":%u,\"segment\":%u,\"inlined\":%u}",
        name_of(s, fn), CLFI_PID_DEVICE, (unsigned)g->span.track, clfi_trace_us(g->span.begin).text,
        clfi_trace_us(g->span.end - g->span.begin).text, (unsigned)e->id, (unsigned)e->number,
        (unsigned)e->inlined);
}

static clf_status take_segment(clf_scheduler *s, const clfi_segment *g)
{
    clfi_trace *t = s->trace;
    const clf_trace_event *e = g->event;
    CLFI_TRY(reserve(s));
    uint32_t i = place_of(t, e->id);
    clfi_traced *f = &t->traced[i];
    if (f->id == 0) {
        *f = (clfi_traced){.id = e->id,
                           .fn = e->what >> CLF_FN_SHIFT,
                           .began = g->span.begin,
                           .track = g->span.track};
        t->traced_count++;
        put_async(s, f, "b", f->track, f->began);
    }
    put_segment(s, g, f->fn);
    t->starts += (e->what & CLF_TRACE_STARTS) != 0;
    f->segments = e->number;
    if (!(e->what & CLF_TRACE_ENDS))
        return CLF_OK;
    put_async(s, f, "e", f->track, g->span.end > f->began ? g->span.end : f->began);
    drop(t, i);
    return e->parent != 0 ? keep_end(s, g) : CLF_OK;
}

/* ---- joins ------------------------------------------------------------------------------ */

static int compare(const void *a, const void *b)
{
    const clf_trace_event *x = ((const clfi_segment *)a)->event;
    const clf_trace_event *y = ((const clfi_segment *)b)->event;
    if (x->id != y->id)
        return x->id < y->id ? -1 : 1;
    return (x->number > y->number) - (x->number < y->number);
}

/* The first segment of this slice of fiber `id` with at least this number; NULL: none. */
static clfi_segment *find(const clfi_trace *t, uint32_t id, uint32_t number)
{
    uint32_t low = 0, high = t->segments;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        const clf_trace_event *e = t->segment[middle].event;
        if (e->id < id || (e->id == id && e->number < number))
            low = middle + 1;
        else
            high = middle;
    }
    return low < t->segments && t->segment[low].event->id == id ? &t->segment[low] : NULL;
}

/* True: nothing more will come of it. */
static bool lead(clfi_trace *t, const clfi_ended *ended)
{
    const clfi_segment *end = t->segment + t->segments;
    const clfi_segment *g = find(t, ended->parent, ended->at_parent + 1);
    for (; g != NULL && g < end && g->event->id == ended->parent; g++)
        if (ended->awaited || !(g->event->what & CLF_TRACE_OPEN)) {
            clfi_trace_flow(t, "join", &ended->span, ended->id, g, false);
            return true;
        }
    if (is_known(t, ended->parent))
        return false;
    /* it went on in the segment that ran then, and ended there */
    g = find(t, ended->parent, ended->at_parent);
    if (g != NULL && g->event->number == ended->at_parent)
        clfi_trace_flow(t, "join", &ended->span, ended->id, g, true);
    return true;
}

/* ---- spawns ----------------------------------------------------------------------------- */

static int compare_makers(const void *a, const void *b)
{
    const clfi_maker *x = a, *y = b;
    if (x->id != y->id)
        return x->id < y->id ? -1 : 1;
    return (x->number > y->number) - (x->number < y->number);
}

static void lead_to(clfi_trace *t, const clfi_segment *first)
{
    const clf_trace_event *e = first->event;
    clfi_segment *g = find(t, e->maker, e->at_maker);
    if (g != NULL && g->event->number == e->at_maker) {
        g->made -= g->made != 0;
        clfi_trace_flow(t, "spawn", &g->span, e->maker, first, false);
        return;
    }
    clfi_maker key = {.id = e->maker, .number = e->at_maker}, *m = NULL;
    if (t->makers != 0)
        m = bsearch(&key, t->maker, t->makers, sizeof key, compare_makers);
    if (m == NULL)
        return; /* its record was dropped */
    m->made -= m->made != 0;
    clfi_trace_flow(t, "spawn", &m->span, e->maker, first, false);
}

/* Makers with fibers that were dropped, or will never begin, stay: of too many none is kept. */
static clf_status keep_makers(clf_scheduler *s)
{
    clfi_trace *t = s->trace;
    uint32_t kept = 0;
    for (uint32_t i = 0; i < t->makers; i++)
        if (t->maker[i].made != 0)
            t->maker[kept++] = t->maker[i];
    t->makers = kept < MOST_MAKERS ? kept : 0;
    for (uint32_t i = 0; i < t->segments; i++) {
        const clfi_segment *g = &t->segment[i];
        if (g->made == 0)
            continue;
        if (t->makers == t->maker_room) {
            uint32_t room = t->maker_room != 0 ? 2 * t->maker_room : 256;
            clfi_maker *more = realloc(t->maker, room * sizeof *more);
            if (more == NULL)
                return clfi_no_memory(s, room * sizeof *more, "traced fibers");
            t->maker = more;
            t->maker_room = room;
        }
        t->maker[t->makers++] = (clfi_maker){g->event->id, g->event->number, g->made, g->span};
    }
    if (t->makers != 0)
        qsort(t->maker, t->makers, sizeof *t->maker, compare_makers);
    return CLF_OK;
}

clf_status clfi_trace_fibers(clf_scheduler *s)
{
    clfi_trace *t = s->trace;
    if (t->segments != 0)
        qsort(t->segment, t->segments, sizeof *t->segment, compare);
    for (uint32_t i = 0; i < t->segments; i++)
        CLFI_TRY(take_segment(s, &t->segment[i]));
    uint32_t kept = 0;
    for (uint32_t i = 0; i < t->ended_count; i++)
        if (!lead(t, &t->ended[i]))
            t->ended[kept++] = t->ended[i];
    t->ended_count = kept;
    for (uint32_t i = 0; i < t->segments; i++)
        if (t->segment[i].event->maker != 0)
            lead_to(t, &t->segment[i]);
    return keep_makers(s);
}

void clfi_trace_forget(clf_scheduler *s)
{
    clfi_trace *t = s->trace;
    for (uint32_t i = 0; i < t->traced_room; i++)
        if (t->traced[i].id != 0)
            put_async(s, &t->traced[i], "e", t->traced[i].track, t->last_end);
    if (t->traced_room != 0)
        memset(t->traced, 0, t->traced_room * sizeof *t->traced);
    t->traced_count = 0;
    t->ended_count = 0;
    t->makers = 0;
}
