/* machine.h - the device runtime as C, and a small machine to run it on: workers, rings, frames.
 *
 * A scenario file defines its fibers' frames and tables (doc/abi.md), includes this, and then has
 * its segments and device_behind.h, if it needs the worker loop. The lists of files, device_*.h,
 * are made by explore.sh from lib/source.c. Workers have one lane; chunks are of MACHINE_CHUNK
 * frames, few, so that little is needed to have the pool used.
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
#include "device_middle.h"

static struct {
    clf_control *control;
    clf_worker_state *workers;
    clf_lane_state *lanes;
    uint *rings, *free, *pool_state, *pool_entry;
    char *frames, *spill, *inbox, *done;
} machine;

enum { MACHINE_RECORD = 64, MACHINE_RESULT = 16 };

#define MACHINE_NAME(type, member) [offsetof(type, member) / 4] = #member
static const char *const machine_control[sizeof(clf_control) / 4] = {
    MACHINE_NAME(clf_control, want),      MACHINE_NAME(clf_control, fresh),
    MACHINE_NAME(clf_control, pool_full), MACHINE_NAME(clf_control, inbox_head),
    MACHINE_NAME(clf_control, done_tail), MACHINE_NAME(clf_control, lock),
    MACHINE_NAME(clf_control, ran),       MACHINE_NAME(clf_control, progress),
    MACHINE_NAME(clf_control, live),      MACHINE_NAME(clf_control, record_count)};
static const char *const machine_worker[sizeof(clf_worker_state) / 4] = {
    MACHINE_NAME(clf_worker_state, top), MACHINE_NAME(clf_worker_state, split),
    MACHINE_NAME(clf_worker_state, bottom)};
static const char *const machine_frame[CLF_FRAME_BYTES / 4] = {
    MACHINE_NAME(clf_header, code),    MACHINE_NAME(clf_header, parent),
    MACHINE_NAME(clf_header, slot),    MACHINE_NAME(clf_header, error),
    MACHINE_NAME(clf_header, pending), MACHINE_NAME(clf_header, gen),
    MACHINE_NAME(clf_header, link),    MACHINE_NAME(clf_header, status)};

/* `first`: where the counters of the deques start. */
static inline void machine_setup(uint workers, uint ring, uint frames, uint slots, uint first,
                                 uint roots)
{
    clf_control *c = ex_alloc("control", sizeof *c, sizeof *c, machine_control);
    machine.control = c;
    machine.workers = ex_alloc("worker", workers * sizeof *machine.workers, sizeof *machine.workers,
                               machine_worker);
    machine.lanes = ex_alloc("lane", workers * sizeof *machine.lanes, 4, NULL);
    machine.rings = ex_alloc("ring", (workers + 1) * ring * sizeof(uint), 4, NULL);
    machine.free = ex_alloc("free", workers * CLF_FREE_ROOM * sizeof(uint), 4, NULL);
    machine.pool_state = ex_alloc("pool_state", slots * sizeof(uint), 4, NULL);
    machine.pool_entry = ex_alloc("pool_entry", slots * CLF_CHUNK * sizeof(uint), 4, NULL);
    machine.frames =
        ex_alloc("frame", (size_t)frames * CLF_FRAME_BYTES, CLF_FRAME_BYTES, machine_frame);
    machine.spill = ex_alloc("spill", (size_t)workers * CLF_SPILL_BYTES, 4, NULL);
    machine.inbox = ex_alloc("inbox", (size_t)(roots + 1) * MACHINE_RECORD, MACHINE_RECORD, NULL);
    machine.done = ex_alloc("done", (size_t)(roots + 1) * MACHINE_RECORD, MACHINE_RECORD, NULL);
    c->workers = workers;
    c->ring_mask = ring - 1;
    c->frames = frames;
    c->pool_slots = slots;
    c->budget = 0xffffffffu;
    c->idle_limit = 1;
    c->inbox_stride = c->done_stride = MACHINE_RECORD;
    c->done_place = MACHINE_RESULT;
    c->inbox_tail = c->expected = roots;
    c->inbox_quota = 0xffffffffu;
    for (uint i = 0; i < workers; i++) {
        machine.workers[i].top = machine.workers[i].split = machine.workers[i].bottom = first;
        machine.workers[i].random = i * 2654435761u + 1;
        machine.lanes[i].next = machine.lanes[i].spare = CLF_NIL;
    }
}

#ifdef CLF_MACHINE_UNITS /* scenarios that call parts of the runtime */

/* As clf_slice and clf_enter do. */
static inline void machine_enter(clf_worker *w, uint id)
{
    clf_control *c = machine.control;
    memset(w, 0, sizeof *w);
    w->ctl = c;
    w->all = machine.workers;
    w->id = id;
    w->workers = c->workers;
    w->mask = c->ring_mask;
    w->me = machine.workers + id;
    w->rings = machine.rings;
    w->ring = machine.rings + (size_t)id * (c->ring_mask + 1);
    w->free = machine.free + (size_t)id * CLF_FREE_ROOM;
    w->pool_state = machine.pool_state;
    w->pool_entry = machine.pool_entry;
    w->frames = machine.frames;
    w->spill = machine.spill + (size_t)id * CLF_SPILL_BYTES;
    w->inbox = machine.inbox;
    w->done = machine.done;
    w->next = machine.lanes[id].next;
    w->spare = machine.lanes[id].spare;
    w->bottom = w->limit = w->me->bottom;
    w->split = w->bottom;
    w->nfree = w->me->nfree;
    w->random = w->me->random;
    w->yield_head = w->yield_tail = CLF_NIL;
}

static inline void machine_leave(clf_worker *w)
{
    w->me->bottom = w->bottom;
    w->me->nfree = w->nfree;
    machine.lanes[w->id].next = w->next;
    machine.lanes[w->id].spare = w->spare;
}

/* Gives worker `id` a free list of `n` frames from `frame` on. */
static inline void machine_give(uint id, uint frame, uint n)
{
    for (uint i = 0; i < n; i++)
        machine.free[id * CLF_FREE_ROOM + i] = frame + i;
    machine.workers[id].nfree = n;
}

#else /* scenarios that run whole slices */

static inline void machine_slice(uint id)
{
    host_group = id;
    host_lane = 0;
    clf_slice(machine.control, machine.workers, machine.lanes, machine.rings, machine.free,
              machine.pool_state, machine.pool_entry, machine.frames, machine.spill, machine.inbox,
              machine.done);
}

#endif

#endif
