/* load.c - reads a trace, with jansson. Every member that is used is checked: the file may come
 * from anywhere. */
#include "trace.h"

#include <errno.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

typedef struct reader {
    trace *t;
    char *error;
    size_t size;
    bool failed;
    size_t index; /* of the event that is read */
} reader;

static void complain(reader *r, const char *what)
{
    if (!r->failed)
        snprintf(r->error, r->size, "event %zu: %s", r->index, what);
    r->failed = true;
}

/* ---- members ---------------------------------------------------------------------------- */

static double number(reader *r, const json_t *object, const char *name)
{
    const json_t *value = json_object_get(object, name);
    char text[64];
    if (json_is_number(value) && json_number_value(value) >= 0)
        return json_number_value(value);
    snprintf(text, sizeof text, "\"%s\" is no number from 0 on", name);
    complain(r, text);
    return 0;
}

static uint64_t whole(reader *r, const json_t *object, const char *name)
{
    double value = number(r, object, name);
    return value < 9e15 ? (uint64_t)value : 0;
}

/* Below a limit: what indexes something later. */
static uint32_t below(reader *r, const json_t *object, const char *name, uint64_t limit)
{
    uint64_t value = whole(r, object, name);
    char text[64];
    if (value < limit)
        return (uint32_t)value;
    snprintf(text, sizeof text, "\"%s\" is out of range", name);
    complain(r, text);
    return 0;
}

static const char *string(const json_t *object, const char *name)
{
    const char *value = json_string_value(json_object_get(object, name));
    return value != NULL ? value : "";
}

/* Room for one more member of an array that grows by doubling, at powers of two. */
static void *grow(reader *r, void *array, size_t count, size_t size)
{
    if (r->failed || (count & (count - 1)) != 0)
        return array;
    void *more = realloc(array, (count != 0 ? 2 * count : 1) * size);
    if (more != NULL)
        return more;
    complain(r, "there is no memory for more");
    return array;
}

#define ADD(r, list, count, ...)                                                     \
    do {                                                                             \
        (r)->t->list = grow((r), (r)->t->list, (r)->t->count, sizeof *(r)->t->list); \
        if (!(r)->failed)                                                            \
            (r)->t->list[(r)->t->count++] = __VA_ARGS__;                             \
    } while (0)

static uint32_t name_of(reader *r, const json_t *event)
{
    trace *t = r->t;
    const char *name = string(event, "name");
    for (size_t i = t->names; i-- > 0;)
        if (strcmp(t->name[i], name) == 0)
            return (uint32_t)i;
    char *copy = strdup(name);
    if (copy == NULL)
        complain(r, "there is no memory for more");
    else
        ADD(r, name, names, copy);
    if (r->failed) {
        free(copy);
        return 0;
    }
    return (uint32_t)(t->names - 1);
}

static trace_span span_of(reader *r, const json_t *event)
{
    double begin = number(r, event, "ts");
    trace_span span = {begin, begin + number(r, event, "dur")};
    trace *t = r->t;
    if (t->end == 0 || begin < t->begin)
        t->begin = begin;
    if (span.end > t->end)
        t->end = span.end;
    return span;
}

/* ---- events ----------------------------------------------------------------------------- */

static uint32_t track_of(reader *r, const json_t *event)
{
    return below(r, event, "tid", r->t->total.workers * r->t->total.lanes);
}

static void read_span(reader *r, const json_t *event, const char *category)
{
    const json_t *args = json_object_get(event, "args");
    const uint64_t workers = r->t->total.workers;
    if (strcmp(category, "slice") == 0) {
        ADD(r, slice, slices, span_of(r, event));
    } else if (strcmp(category, "work") == 0) {
        trace_work w = {span_of(r, event), below(r, args, "worker", workers),
                        whole(r, args, "ticks"), whole(r, args, "idle"),
                        whole(r, args, "segments")};
        ADD(r, work, works, w);
    } else if (strcmp(category, "segment") == 0) {
        trace_segment s = {span_of(r, event),         track_of(r, event),
                           name_of(r, event),         whole(r, args, "fiber"),
                           whole(r, args, "segment"), whole(r, args, "inlined")};
        ADD(r, segment, segments, s);
    } else if (strcmp(category, "hostcall") == 0) {
        trace_call c = {span_of(r, event), name_of(r, event)};
        ADD(r, call, calls, c);
    }
}

static void read_steal(reader *r, const json_t *event)
{
    const json_t *args = json_object_get(event, "args");
    const uint64_t workers = r->t->total.workers;
    trace_steal s = {number(r, event, "ts"), below(r, args, "thief", workers),
                     below(r, args, "victim", workers + 1),
                     below(r, args, "entries", UINT64_C(1) << 32)};
    ADD(r, steal, steals, s);
}

/* The two ends of an arrow follow each other. */
static void read_arrow(reader *r, const json_t *event, bool begins, bool spawn)
{
    trace *t = r->t;
    trace_arrow j = {.from = number(r, event, "ts"),
                     .from_track = track_of(r, event),
                     .spawn = spawn,
                     .id = whole(r, event, "id")};
    if (begins) {
        j.to = -1;
        ADD(r, arrow, arrows, j);
    } else if (t->arrows != 0 && t->arrow[t->arrows - 1].id == j.id) {
        t->arrow[t->arrows - 1].to = j.from;
        t->arrow[t->arrows - 1].to_track = j.from_track;
    }
}

static void read_event(reader *r, const json_t *event)
{
    const char *phase = string(event, "ph"), *category = string(event, "cat");
    bool spawn = strcmp(category, "spawn") == 0;
    if (strcmp(phase, "X") == 0)
        read_span(r, event, category);
    else if (strcmp(phase, "i") == 0 && strcmp(category, "steal") == 0)
        read_steal(r, event);
    else if ((spawn || strcmp(category, "join") == 0) &&
             (strcmp(phase, "s") == 0 || strcmp(phase, "f") == 0))
        read_arrow(r, event, phase[0] == 's', spawn);
}

static char *copy(reader *r, const json_t *object, const char *name)
{
    char *text = strdup(string(object, name));
    if (text == NULL)
        complain(r, "there is no memory for more");
    return text;
}

static void read_total(reader *r, const json_t *from)
{
    trace_total *t = &r->t->total;
    t->device = copy(r, from, "device");
    t->mode = copy(r, from, "mode");
    t->tier = copy(r, from, "tier");
    t->clock = copy(r, from, "clock");
    t->workers = below(r, from, "workers", (1u << 16) + 1);
    t->lanes = below(r, from, "lanes", 1025);
    t->sample = whole(r, from, "sample");
    t->slices = whole(r, from, "slices");
    t->starts = whole(r, from, "starts");
    t->recorded = whole(r, from, "segments_recorded");
    t->dropped = whole(r, from, "segments_dropped");
    t->steals_dropped = whole(r, from, "steals_dropped");
    t->path = whole(r, from, "critical_path");
    t->segments = whole(r, from, "segments");
    t->completed = whole(r, from, "completed");
    t->failed = whole(r, from, "failed");
    t->steals_taken = whole(r, from, "steals_taken");
    t->stolen = whole(r, from, "stolen");
}

int trace_load(const char *path, trace *t, char *error, size_t size)
{
    reader r = {.t = t, .error = error, .size = size};
    json_error_t wrong;
    FILE *file = strcmp(path, "-") == 0 ? stdin : fopen(path, "r");
    *t = (trace){0};
    if (file == NULL) {
        snprintf(error, size, "it cannot be opened: %s", strerror(errno));
        return -1;
    }
    json_t *root = json_loadf(file, 0, &wrong);
    if (file != stdin)
        fclose(file);
    if (root == NULL) {
        snprintf(error, size, "line %d: %s (a trace is complete when its scheduler was destroyed)",
                 wrong.line, wrong.text);
        return -1;
    }
    const json_t *total = json_object_get(root, "clfiber");
    const json_t *events = json_object_get(root, "traceEvents"), *event;
    if (!json_is_object(total) || !json_is_array(events)) {
        snprintf(error, size, "it is JSON, but not a trace that libclfiber wrote");
        json_decref(root);
        return -1;
    }
    read_total(&r, total);
    json_array_foreach(events, r.index, event)
    {
        read_event(&r, event);
        if (r.failed)
            break;
    }
    json_decref(root);
    return r.failed ? -1 : 0;
}

void trace_free(trace *t)
{
    for (size_t i = 0; i < t->names; i++)
        free(t->name[i]);
    free(t->name);
    free(t->slice);
    free(t->work);
    free(t->segment);
    free(t->steal);
    free(t->call);
    free(t->arrow);
    free(t->total.device);
    free(t->total.mode);
    free(t->total.tier);
    free(t->total.clock);
    *t = (trace){0};
}
