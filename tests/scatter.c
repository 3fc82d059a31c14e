/* scatter.c - see scatter.h. */
#include "scatter.h"

#include "clfi.h"

/* Where free frames can be: in workers' lists, chained in lanes, in slots of the pool. */
typedef struct places {
    uint32_t chunk, classes;
    clf_worker_state *workers;
    clf_lane_state *lanes;
    cl_uint *free, *state, *entry;
    size_t worker_bytes, lane_bytes, free_bytes, state_bytes, entry_bytes;
} places;

static void *read_all(cl_mem memory, size_t bytes)
{
    void *data = malloc(bytes);
    ck_assert_ptr_nonnull(data);
    must_cl(clEnqueueReadBuffer(s->queue, memory, CL_TRUE, 0, bytes, data, 0, NULL, NULL));
    return data;
}

static void write_all(cl_mem memory, void *data, size_t bytes)
{
    must_cl(clEnqueueWriteBuffer(s->queue, memory, CL_TRUE, 0, bytes, data, 0, NULL, NULL));
    free(data);
}

static places read_places(void)
{
    const clf_options *o = &s->options;
    const clfi_buffers *b = &s->buffers;
    places p = {.chunk = CLF_CHUNK_FOR(o->lanes), .classes = s->program.classes};
    p.worker_bytes = o->workers * sizeof *p.workers;
    p.lane_bytes = (size_t)o->workers * o->lanes * sizeof *p.lanes;
    p.free_bytes = (size_t)o->workers * p.classes * 3 * p.chunk * sizeof *p.free;
    p.state_bytes = b->pool_slots * sizeof *p.state;
    p.entry_bytes = (size_t)b->pool_slots * p.chunk * sizeof *p.entry;
    p.workers = read_all(b->workers, p.worker_bytes);
    p.lanes = read_all(b->lanes, p.lane_bytes);
    p.free = read_all(b->free, p.free_bytes);
    p.state = read_all(b->pool_state, p.state_bytes);
    p.entry = read_all(b->pool_entry, p.entry_bytes);
    return p;
}

static void write_places(places *p)
{
    const clfi_buffers *b = &s->buffers;
    write_all(b->workers, p->workers, p->worker_bytes);
    write_all(b->lanes, p->lanes, p->lane_bytes);
    write_all(b->free, p->free, p->free_bytes);
    write_all(b->pool_state, p->state, p->state_bytes);
    write_all(b->pool_entry, p->entry, p->entry_bytes);
}

static void put_into_list(places *p, uint32_t g, cl_uint class_, cl_uint index)
{
    clf_worker_state *w = &p->workers[g];
    p->free[((size_t)g * p->classes + class_) * 3 * p->chunk + w->nfree[class_]++] = index;
}

static void put_into_chain(places *p, uint32_t lane, cl_uint index)
{
    const size_t at = s->program.frames_at + (size_t)index * s->program.frame_bytes;
    must_cl(clEnqueueWriteBuffer(s->queue, s->buffers.frames, CL_TRUE,
                                 at + offsetof(clf_header, link), 4, &p->lanes[lane].spare, 0, NULL,
                                 NULL));
    p->lanes[lane].spare = index;
}

static bool put_into_slot(places *p, uint32_t slot, cl_uint class_, cl_uint index)
{
    cl_uint n = p->state[slot] & CLF_SLOT_COUNT;
    if (n == p->chunk || (n != 0 && p->state[slot] >> CLF_SLOT_SHIFT != class_))
        return false;
    p->entry[(size_t)slot * p->chunk + n] = index;
    p->state[slot] = class_ << CLF_SLOT_SHIFT | (n + 1);
    s->co.control.pool_full[class_] += n == 0;
    return true;
}

void scatter(int way, uint32_t g, cl_ulong seed)
{
    const uint32_t workers = s->options.workers, lanes = s->options.lanes;
    places p = read_places();
    const cl_uint used = s->co.control.fresh, slots = s->buffers.pool_slots;
    unsigned char *sizes = read_all(s->buffers.sizes, used);
    for (uint32_t i = 0; i < workers; i++)
        memset(p.workers[i].nfree, 0, sizeof p.workers[i].nfree);
    for (uint32_t i = 0; i < workers * lanes; i++)
        p.lanes[i].spare = CLF_NIL;
    memset(p.state, 0, p.state_bytes);
    memset(s->co.control.pool_full, 0, sizeof s->co.control.pool_full);
    cl_uint next = 0;
    for (cl_uint i = 0; i < used; i++) {
        const cl_uint class_ = sizes[i];
        const cl_ulong dice = mix(seed + i);
        if (class_ == CLF_INSIDE)
            continue;
        if (way != ANYWHERE && class_ == 0 && next < slots && put_into_slot(&p, next, class_, i)) {
            next++;
            continue;
        }
        if (way == ANYWHERE)
            g = (uint32_t)(dice >> 8) % workers;
        if (way == ANYWHERE && dice % 3 == 0 &&
            put_into_slot(&p, (cl_uint)(dice >> 8) % slots, class_, i))
            continue;
        if (way != ALL_CHAINED && dice % 3 < 2 && p.workers[g].nfree[class_] < 2 * p.chunk)
            put_into_list(&p, g, class_, i);
        else
            put_into_chain(&p, g * lanes + (uint32_t)(dice >> 16) % lanes, i);
    }
    free(sizes);
    write_places(&p);
}

cl_ulong run_many(const char *fiber, cl_uint n)
{
    cl_ulong result = 0;
    clf_arg args[] = {CLF_ARG(n), CLF_UINT(3)};
    run_fiber(s, fiber, args, &result);
    return result;
}
