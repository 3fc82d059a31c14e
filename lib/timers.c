/* timers.c - deadlines: a binary heap, nearest first, of entries with a key of which there is one
 * at a time. */
#include "clfi.h"

#include <stdlib.h>

#define NONE UINT32_MAX

static void put(clfi_timers *t, uint32_t at, clfi_timer timer)
{
    t->heap[at] = timer;
    t->place[timer.key] = at;
}

static void rise(clfi_timers *t, uint32_t at)
{
    clfi_timer timer = t->heap[at];
    while (at != 0 && timer.deadline < t->heap[(at - 1) / 2].deadline) {
        put(t, at, t->heap[(at - 1) / 2]);
        at = (at - 1) / 2;
    }
    put(t, at, timer);
}

static void sink(clfi_timers *t, uint32_t at)
{
    clfi_timer timer = t->heap[at];
    for (;;) {
        uint32_t child = 2 * at + 1;
        if (child + 1 < t->count && t->heap[child + 1].deadline < t->heap[child].deadline)
            child++;
        if (child >= t->count || timer.deadline <= t->heap[child].deadline)
            break;
        put(t, at, t->heap[child]);
        at = child;
    }
    put(t, at, timer);
}

static bool reserve(clfi_timers *t, uint32_t key)
{
    if (t->count == t->room) {
        uint32_t room = t->room != 0 ? 2 * t->room : 64;
        clfi_timer *heap = realloc(t->heap, room * sizeof *heap);
        if (heap == NULL)
            return false;
        t->heap = heap;
        t->room = room;
    }
    if (key >= t->keys) {
        uint32_t keys = key < 32 ? 64 : 2 * key;
        uint32_t *place = realloc(t->place, keys * sizeof *place);
        if (place == NULL)
            return false;
        for (uint32_t i = t->keys; i < keys; i++)
            place[i] = NONE;
        t->place = place;
        t->keys = keys;
    }
    return true;
}

clf_status clfi_timer_set(clf_scheduler *s, clfi_timers *t, const clfi_timer *timer)
{
    if (!reserve(t, timer->key))
        return clfi_no_memory(s, (size_t)t->room * 2 * sizeof *timer, "timers");
    clfi_timer_forget(t, timer->key);
    t->heap[t->count] = *timer;
    rise(t, t->count++);
    return CLF_OK;
}

uint32_t clfi_timer_kind(const clfi_timers *t, uint32_t key)
{
    bool any = key < t->keys && t->place[key] != NONE;
    return any ? t->heap[t->place[key]].kind : CLFI_TIMER_NONE;
}

bool clfi_timer_forget(clfi_timers *t, uint32_t key)
{
    if (key >= t->keys || t->place[key] == NONE)
        return false;
    uint32_t at = t->place[key];
    t->place[key] = NONE;
    if (at != --t->count) {
        t->heap[at] = t->heap[t->count];
        rise(t, at);
        sink(t, at);
    }
    return true;
}

const clfi_timer *clfi_timer_due(const clfi_timers *t, double now)
{
    return t->count != 0 && t->heap[0].deadline <= now ? &t->heap[0] : NULL;
}

void clfi_timers_drop(clfi_timers *t, const uint32_t *gone)
{
    for (uint32_t i = t->count; i-- > 0;)
        if (gone[t->heap[i].key])
            clfi_timer_forget(t, t->heap[i].key);
}

void clfi_timers_free(clfi_timers *t)
{
    free(t->heap);
    free(t->place);
    *t = (clfi_timers){0};
}
