/* options.c - what the user may choose, and what comes of leaving it open. */
#include "clfi.h"
#include "lang/lang.h"

#include <stdlib.h>
#include <string.h>

#define MAX_WORKERS 65536u
#define MAX_LANES   1024u
#define MAX_RING    (1u << 30)
/* On an H200, fib(34) was fastest with these of 1..16 workers per compute unit and 32..256 lanes.
 */
#define GPU_LANES   128u
#define GPU_WORKERS 8u

const char *clf_mode_name(clf_mode mode)
{
    static const char *const names[] = {"steal", "static", "shared"};
    return (unsigned)mode < sizeof names / sizeof *names ? names[mode] : "unknown";
}

static clf_status too_large(clf_scheduler *s, const char *name, uint32_t value, uint32_t most)
{
    if (value <= most)
        return CLF_OK;
    return clfi_fail(s, CLF_BAD_ARGUMENT,
                     "options.%s is %u; it may be 1 to %u, or 0 for the default", name,
                     (unsigned)value, (unsigned)most);
}

clf_status clfi_options_read(clf_scheduler *s, const clf_options *options)
{
    s->options = (clf_options)CLF_OPTIONS_INIT;
    if (options == NULL)
        return CLF_OK;
    /* a smaller size comes from a program that knows fewer members */
    if (options->size < offsetof(clf_options, workers) || options->size > 4096)
        return clfi_fail(
            s, CLF_BAD_ARGUMENT,
            "options.size is %zu, not sizeof(clf_options) = %zu: start from CLF_OPTIONS_INIT",
            options->size, sizeof(clf_options));
    memcpy(&s->options, options,
           options->size < sizeof s->options ? options->size : sizeof s->options);
    s->options.size = sizeof s->options;
    clf_options *o = &s->options;
    CLFI_TRY(too_large(s, "workers", o->workers, MAX_WORKERS));
    CLFI_TRY(too_large(s, "lanes", o->lanes, MAX_LANES));
    CLFI_TRY(too_large(s, "frames", o->frames, CLF_FRAME_MAX - 1));
    CLFI_TRY(too_large(s, "max_frames", o->max_frames, CLF_FRAME_MAX - 1));
    CLFI_TRY(too_large(s, "ring", o->ring, MAX_RING));
    CLFI_TRY(too_large(s, "window", o->window, 1u << 24));
    CLFI_TRY(too_large(s, "slice_ms", o->slice_ms, 60000));
    if (o->inline_depth != CLF_NO_INLINE)
        CLFI_TRY(too_large(s, "inline_depth", o->inline_depth, CLFI_LANG_INLINE_MOST));
    if (o->frames != 0 && o->max_frames != 0 && o->frames > o->max_frames)
        return clfi_fail(s, CLF_BAD_ARGUMENT,
                         "options.frames is %u, more than options.max_frames, %u",
                         (unsigned)o->frames, (unsigned)o->max_frames);
    if (o->debug != 0 && o->debug != CLF_DEBUG && o->debug != CLF_NO_DEBUG)
        return clfi_fail(s, CLF_BAD_ARGUMENT,
                         "options.debug is %u; it may be CLF_DEBUG (1), CLF_NO_DEBUG, or 0 for the "
                         "default",
                         (unsigned)o->debug);
    if ((unsigned)o->mode > CLF_SHARED)
        return clfi_fail(s, CLF_BAD_ARGUMENT,
                         "options.mode is %d; it may be CLF_STEAL, CLF_STATIC or CLF_SHARED",
                         (int)o->mode);
    if ((unsigned)o->tier > CLF_TIER_SERIAL)
        return clfi_fail(s, CLF_BAD_ARGUMENT,
                         "options.tier is %d; it may be CLF_TIER_AUTO to CLF_TIER_SERIAL",
                         (int)o->tier);
    return CLF_OK;
}

static uint32_t power_of_two(uint32_t n)
{
    uint32_t p = 2;
    while (p < n)
        p *= 2;
    return p;
}

static clf_status settle_lanes(clf_scheduler *s)
{
    clf_options *o = &s->options;
    size_t most = 0, dimension[16] = {0};
    CLFI_TRY(clfi_device_get(s, CL_DEVICE_MAX_WORK_GROUP_SIZE, sizeof most, &most));
    CLFI_TRY(clfi_device_get(s, CL_DEVICE_MAX_WORK_ITEM_SIZES, sizeof dimension, dimension));
    if (dimension[0] != 0 && dimension[0] < most)
        most = dimension[0];
    if (o->lanes > most)
        return clfi_fail(s, CLF_BAD_ARGUMENT,
                         "options.lanes is %u, but the device %s has at most %zu work-items in a "
                         "work-group",
                         (unsigned)o->lanes, s->device_name, most);
    if (o->lanes == 0)
        o->lanes = s->device_type & CL_DEVICE_TYPE_GPU   ? GPU_LANES
                   : s->device_type & CL_DEVICE_TYPE_CPU ? 1
                                                         : 32;
    if (o->lanes > most)
        o->lanes = most != 0 ? (uint32_t)most : 1;
    /* elsewhere it was not seen to pay */
    if (o->lanes > 1 && o->inline_depth == 0 && !(s->device_type & CL_DEVICE_TYPE_GPU))
        o->inline_depth = CLF_NO_INLINE;
    return CLF_OK;
}

static clf_status settle_serial(clf_scheduler *s)
{
    clf_options *o = &s->options;
    if (o->tier != CLF_TIER_SERIAL)
        return CLF_OK;
    if (o->workers > 1 || o->lanes > 1)
        return clfi_fail(s, CLF_BAD_ARGUMENT,
                         "the serial tier has one worker with one lane, but options ask for %u and "
                         "%u: leave them 0",
                         (unsigned)o->workers, (unsigned)o->lanes);
    o->workers = o->lanes = 1;
    return CLF_OK;
}

static clf_status settle_debug(clf_scheduler *s)
{
    const char *wanted = getenv("CLFIBER_DEBUG");
    if (s->options.debug != 0)
        return CLF_OK;
    s->options.debug = CLF_NO_DEBUG;
    if (wanted == NULL || wanted[0] == '\0' || !strcmp(wanted, "0"))
        return CLF_OK;
    if (strcmp(wanted, "1") != 0)
        return clfi_fail(s, CLF_BAD_ARGUMENT, "CLFIBER_DEBUG is \"%s\"; it may be 1, 0 or unset",
                         wanted);
    s->options.debug = CLF_DEBUG;
    return CLF_OK;
}

clf_status clfi_options_settle(clf_scheduler *s)
{
    clf_options *o = &s->options;
    cl_uint units = 0;
    CLFI_TRY(clfi_device_get(s, CL_DEVICE_MAX_COMPUTE_UNITS, sizeof units, &units));
    s->units = units;
    CLFI_TRY(settle_debug(s));
    CLFI_TRY(settle_serial(s));
    CLFI_TRY(settle_lanes(s));
    if (o->workers == 0 && s->device_type & CL_DEVICE_TYPE_GPU)
        units = units > 512 ? 4096 : GPU_WORKERS * units;
    if (o->workers == 0)
        o->workers = units == 0 ? 1 : units > 4096 ? 4096 : units;
    if (o->slice_ms == 0)
        o->slice_ms = s->device_type & CL_DEVICE_TYPE_GPU ? 100 : 4;
    /* Several lanes keep more at hand: cl/layout.h, CLF_CHUNK_FOR. */
    if (o->frames == 0) {
        uint64_t each = o->lanes > 64 ? 64 * o->lanes : 4096, frames = each * o->workers;
        uint64_t most = o->lanes > 64 ? 1u << 23 : 1u << 22;
        o->frames = (uint32_t)(frames < most ? frames : most);
        if (o->max_frames != 0 && o->frames > o->max_frames)
            o->frames = o->max_frames;
    }
    o->ring = power_of_two(o->ring != 0 ? o->ring : o->lanes > 16 ? 64 * o->lanes : 1024);
    if (o->window == 0)
        o->window = 65536;
    return CLF_OK;
}
