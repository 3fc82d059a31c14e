/* room.c - what the device ran out of: frames, ring entries, room for requests. After a slice that
 * wanted some they grow, or free frames are gathered, or there is an error if nobody can go on.
 */
#include "clfi.h"

/* Slices in a row that got nothing done for want of room. */
#define MOST_STUCK 2u
/* The same if somebody ran: a fiber that waits in a loop of yields for one that lacks a frame would
 * wait for ever. */
#define MOST_PATIENT 1000u

static const char *why_no_more(const clf_scheduler *s)
{
    return s->buffers.frame_max < s->buffers.frame_limit
               ? "the device has no memory for more"
               : "options.max_frames or the device's largest buffer";
}

clf_status clfi_room_limit(clf_scheduler *s)
{
    const clfi_buffers *b = &s->buffers;
    if ((s->co.control.want & CLF_WANT_FRAMES) && s->program.classes > 1)
        return clfi_fail(
            s, CLF_LIMIT,
            "all frames of the size that a fiber needs are in use and no more can be made: there "
            "are %zu bytes of frames, of which %zu may be of one size (the limit: %s); nothing is "
            "lost, but who lacks them cannot go on",
            clfi_frames_bytes(s, b->frame_count),
            clfi_frames_bytes(s, b->class_units < b->frame_max ? b->class_units : b->frame_max),
            why_no_more(s));
    if (s->co.control.want & CLF_WANT_FRAMES)
        return clfi_fail(
            s, CLF_LIMIT,
            "all %u frames of %u bytes are in use and no more can be made (the limit is %u: %s); "
            "nothing is lost, but who lacks them cannot go on",
            (unsigned)b->frame_count, (unsigned)s->program.frame_bytes, (unsigned)b->frame_max,
            why_no_more(s));
    if (s->co.control.want & CLF_WANT_REQUESTS)
        return clfi_fail(s, CLF_LIMIT,
                         "a host call's argument does not fit into the %u bytes that the device "
                         "can set aside for them; nothing is lost, but that fiber cannot go on",
                         (unsigned)b->data_room);
    return clfi_fail(
        s, CLF_LIMIT,
        "a ring of %u entries is full and the device has no room for larger ones; nothing is "
        "lost, but who lacks room cannot go on",
        (unsigned)b->ring);
}

/* What has grown is no longer wanted, so that a second try after an error goes on from there. */
static clf_status grow_wanted(clf_scheduler *s, bool *grown)
{
    static const struct {
        uint32_t want;
        clf_status (*grow)(clf_scheduler *s, bool *grown);
    } kinds[] = {{CLF_WANT_FRAMES, clfi_grow_frames},
                 {CLF_WANT_RING, clfi_grow_rings},
                 {CLF_WANT_REQUESTS, clfi_grow_requests}};
    clfi_coordinator *co = &s->co;
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        bool more = false;
        if (co->control.want & kinds[i].want)
            CLFI_TRY(kinds[i].grow(s, &more));
        if (more)
            co->control.want &= ~kinds[i].want;
        *grown |= more;
    }
    return CLF_OK;
}

/* All free frames go back to the pool, but one of each class for each worker that lacked one: see
 * cl/gather.cl. */
static clf_status gather(clf_scheduler *s)
{
    clf_upkeep u;
    if (s->co.control.fresh == 0)
        return CLF_OK;
    clf_status status = clfi_upkeep_begin(s, &u, NULL, 0);
    if (status !=
        CLF_OK) /* without memory for it, it is left undone; later steps are begun again */
        return clfi_no_device_memory(status) ? CLF_OK : status;
    CLFI_TRY(clfi_upkeep_run(s, CLFI_COLLECT, u.used, 0));
    if (u.classes > 1)
        CLFI_TRY(clfi_upkeep_run(s, CLFI_SORT_FREED, u.used, 0));
    CLFI_TRY(clfi_upkeep_run(s, CLFI_STOW, (size_t)u.workers + u.pool_slots, 0));
    CLFI_TRY(clfi_upkeep_run(s, CLFI_HAND_OUT, 1, 0));
    CLFI_TRY(clfi_upkeep_read(s, &u));
    for (uint32_t c = 0; c < u.classes; c++)
        s->co.control.pool_full[c] = u.filled[c];
    return CLF_OK;
}

/* Somebody may go on although no fiber was made and none has ended: who yields, or passes messages
 * on. */
static uint32_t most_stuck(const clf_scheduler *s)
{
    const clf_control *c = &s->co.control;
    return c->ran > c->parked ? MOST_PATIENT : MOST_STUCK;
}

/* In the first slice that gets stuck workers give back what they have; so the second one tells, and
 * what gathering gives is used in the third. */
clf_status clfi_room_make(clf_scheduler *s)
{
    clfi_coordinator *co = &s->co;
    if (co->stuck == MOST_STUCK)
        s->buffers.frame_max = s->buffers.frame_limit; /* there may be memory again */
    CLFI_TRY(grow_wanted(s, &co->has_grown));
    bool wanted = (co->control.want & (CLF_WANT_FRAMES | CLF_WANT_RING | CLF_WANT_REQUESTS)) != 0;
    bool stuck =
        wanted && !co->has_grown && co->control.progress == 0 && co->control.request_tail == 0;
    if (stuck && co->stuck + 1 == MOST_STUCK && (co->control.want & CLF_WANT_FRAMES))
        CLFI_TRY(gather(s));
    co->stuck = stuck ? co->stuck + 1 : 0;
    co->has_grown = false;
    return CLF_OK;
}

clf_status clfi_room_check(clf_scheduler *s)
{
    if (s->co.stuck <= most_stuck(s))
        return CLF_OK;
    if (!clfi_waits_for_host(s)) {
        s->co.stuck = 0; /* who calls again wants it tried again */
        return clfi_room_limit(s);
    }
    s->co.stuck = MOST_STUCK;
    s->co.quiet = true; /* until one goes on that waits: it may end, and give its frame back */
    return CLF_OK;
}
