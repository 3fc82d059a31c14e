/* machine.h - the device runtime as C, and a small machine to run it on: workers, rings, frames.
 *
 * A scenario file defines its fibers' frames and tables (doc/abi.md), includes this, and then has
 * its segments, and device_behind.h if it needs the worker loop. explore.sh makes device_*.h, the
 * lists of files, from lib/source.c, and machine_buffers.h from the kernel's arguments. Workers
 * have one lane; chunks are of MACHINE_CHUNK frames, few, so that little is needed to have the pool
 * used.
 */
#ifndef CLF_TESTS_MODEL_MACHINE_H
#define CLF_TESTS_MODEL_MACHINE_H

#include "explore.h"

#include <string.h>

#ifndef MACHINE_CHUNK
#define MACHINE_CHUNK 2u
#endif
#undef CLF_CHUNK_FOR
#define CLF_CHUNK_FOR(lanes) MACHINE_CHUNK
/* Words: the explorer looks no closer. */
#define CLF_SIZE_WORD uint
#include "device_middle.h"

/* The kernel's buffers, by its own names: MACHINE_BUFFER(frames) ... */
static struct {
    clf_control *ctl;
#define MACHINE_BUFFER(name) void *name;
#include "machine_buffers.h"
#undef MACHINE_BUFFER
} machine;

enum { MACHINE_RECORD = 64, MACHINE_RESULT = 16 };

#define MACHINE_NAME(type, member) [offsetof(type, member) / 4] = #member
static const char *const machine_control[sizeof(clf_control) / 4] = {
    MACHINE_NAME(clf_control, want),         MACHINE_NAME(clf_control, fresh),
    MACHINE_NAME(clf_control, pool_full[0]), MACHINE_NAME(clf_control, inbox_head),
    MACHINE_NAME(clf_control, done_tail),    MACHINE_NAME(clf_control, lock),
    MACHINE_NAME(clf_control, ran),          MACHINE_NAME(clf_control, progress),
    MACHINE_NAME(clf_control, live),         MACHINE_NAME(clf_control, record_count)};
static const char *const machine_worker[sizeof(clf_worker_state) / 4] = {
    MACHINE_NAME(clf_worker_state, top), MACHINE_NAME(clf_worker_state, split),
    MACHINE_NAME(clf_worker_state, bottom)};
static const char *const machine_frame[CLF_FRAME_BYTES / 4] = {
    MACHINE_NAME(clf_header, code),    MACHINE_NAME(clf_header, parent),
    MACHINE_NAME(clf_header, slot),    MACHINE_NAME(clf_header, error),
    MACHINE_NAME(clf_header, pending), MACHINE_NAME(clf_header, gen),
    MACHINE_NAME(clf_header, link),    MACHINE_NAME(clf_header, status)};

#define MACHINE_WORKER(id) (&((clf_worker_state *)machine.workers)[id])
#define MACHINE_LANE(id)   (&((clf_lane_state *)machine.lanes)[id])
#define MACHINE_FRAME(name, index) \
    ((clf_frame_##name *)((char *)machine.frames + CLF_FRAMES_AT + (size_t)(index)*CLF_FRAME_BYTES))

/* `ring`: entries; `rings`: for which there is room; `first`: where the counters of the deques
 * start. */
static inline void machine_setup(uint workers, uint ring, uint rings, uint frames, uint slots,
                                 uint first, uint roots)
{
    memset(&machine, 0, sizeof machine);
    clf_control *c = ex_alloc("control", sizeof *c, sizeof *c, machine_control);
    machine.ctl = c;
    machine.workers = ex_alloc("worker", workers * sizeof(clf_worker_state),
                               sizeof(clf_worker_state), machine_worker);
    machine.lanes = ex_alloc("lane", workers * CLF_LANES * sizeof(clf_lane_state), 4, NULL);
    machine.rings = ex_alloc("ring", (workers + 2) * rings * sizeof(uint), 4, NULL);
    machine.free = ex_alloc("free", workers * CLF_CLASSES * CLF_FREE_ROOM * sizeof(uint), 4, NULL);
    machine.pool_state = ex_alloc("pool_state", slots * sizeof(uint), 4, NULL);
    machine.pool_entry = ex_alloc("pool_entry", slots * CLF_CHUNK * sizeof(uint), 4, NULL);
    machine.frames = ex_alloc("frame", CLF_FRAMES_AT + (size_t)frames * CLF_FRAME_BYTES,
                              CLF_FRAME_BYTES, machine_frame);
    machine.spill = ex_alloc("spill", (size_t)workers * CLF_LANES * CLF_SPILL_BYTES, 4, NULL);
    machine.inbox = ex_alloc("inbox", (size_t)(roots + 1) * MACHINE_RECORD, MACHINE_RECORD, NULL);
    machine.done = ex_alloc("done", (size_t)(roots + 1) * MACHINE_RECORD, MACHINE_RECORD, NULL);
    /* What was added to the kernel since, and is not needed here. */
#define MACHINE_BUFFER(name)  \
    if (machine.name == NULL) \
        machine.name = ex_alloc(#name, 1024, 4, NULL);
#include "machine_buffers.h"
#undef MACHINE_BUFFER
    c->workers = workers;
    c->ring_mask = ring - 1;
    c->frames = frames;
    c->pool_slots = slots;
    c->class_units = 0xffffffffu;
    c->budget = 0xffffffffu;
    c->idle_limit = 1;
    c->inbox_stride = c->done_stride = MACHINE_RECORD;
    c->done_place = MACHINE_RESULT;
    c->inbox_tail = c->expected = roots;
    c->inbox_quota = 0xffffffffu;
    for (uint i = 0; i < workers; i++) {
        clf_worker_state *w = MACHINE_WORKER(i);
        w->top = w->split = w->bottom = first;
        w->random = i * 2654435761u + 1;
    }
    for (uint i = 0; i < workers * CLF_LANES; i++)
        MACHINE_LANE(i)->next = MACHINE_LANE(i)->spare = CLF_NIL;
}

#ifdef CLF_MACHINE_UNITS /* scenarios that call parts of the runtime */

/* As clf_slice and clf_enter do. */
static inline void machine_enter(clf_worker *w, uint id)
{
    clf_control *c = machine.ctl;
    memset(w, 0, sizeof *w);
#define MACHINE_BUFFER(name) w->name = machine.name;
#include "machine_worker_buffers.h"
#undef MACHINE_BUFFER
    w->ctl = c;
    w->all = machine.workers;
    w->id = id;
    w->workers = c->workers;
    w->mask = c->ring_mask;
    w->me = MACHINE_WORKER(id);
    w->ring = (uint *)machine.rings + (size_t)id * (c->ring_mask + 1);
    w->free = (uint *)machine.free + (size_t)id * CLF_CLASSES * CLF_FREE_ROOM;
    w->spill = (char *)machine.spill + (size_t)id * CLF_SPILL_BYTES;
    w->next = MACHINE_LANE(id)->next;
    w->spare = MACHINE_LANE(id)->spare;
    w->bottom = w->limit = w->me->bottom;
    w->split = w->bottom;
    for (uint c = 0; c < CLF_CLASSES; c++)
        w->nfree[c] = w->me->nfree[c];
    w->random = w->me->random;
    w->yield_head = w->yield_tail = CLF_NIL;
    w->inbox_quota = c->inbox_quota;
}

static inline void machine_leave(clf_worker *w)
{
    w->me->bottom = w->bottom;
    for (uint c = 0; c < CLF_CLASSES; c++)
        w->me->nfree[c] = w->nfree[c];
    MACHINE_LANE(w->id)->next = w->next;
    MACHINE_LANE(w->id)->spare = w->spare;
}

/* Gives worker `id` a free list of `n` frames from `frame` on. */
static inline void machine_give(uint id, uint frame, uint n)
{
    for (uint i = 0; i < n; i++)
        ((uint *)machine.free)[id * CLF_CLASSES * CLF_FREE_ROOM + i] = frame + i;
    MACHINE_WORKER(id)->nfree[0] = n;
}

#endif

#endif
