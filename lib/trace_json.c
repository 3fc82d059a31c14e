/* trace_json.c - events in the Trace Event Format, which chrome://tracing and Perfetto read: an
 * object with the list traceEvents, and behind it what concerns the whole trace. */
#include "trace.h"

#include <string.h>

void clfi_trace_put(clfi_trace *t, const char *format, ...)
{
    va_list args;
    if (t->file == NULL)
        return;
    fputs(t->any ? ",\n{" : "\n{", t->file);
    t->any = true;
    va_start(args, format);
    vfprintf(t->file, format, args);
    va_end(args);
    if (fputc('}', t->file) == EOF) {
        fclose(t->file);
        t->file = NULL;
    }
}

clfi_us clfi_trace_us(clfi_ns ns)
{
    clfi_us us;
    snprintf(us.text, sizeof us.text, "%lld.%03d", (long long)(ns / 1000), (int)(ns % 1000));
    return us;
}

void clfi_trace_string(FILE *file, const char *text)
{
    fputc('"', file);
    for (const unsigned char *c = (const unsigned char *)text; *c != '\0'; c++)
        if (*c == '"' || *c == '\\')
            fprintf(file, "\\%c", *c);
        else if (*c < ' ' || *c >= 0x7f) /* names of devices come in any encoding */
            fprintf(file, "\\u%04x", *c);
        else
            fputc(*c, file);
    fputc('"', file);
}

void clfi_trace_name(clfi_trace *t, uint32_t pid, int64_t tid, const char *format, ...)
{
    char name[64];
    va_list args;
    va_start(args, format);
    vsnprintf(name, sizeof name, format, args);
    va_end(args);
    bool process = tid < 0;
    long long thread = process ? 0 : (long long)tid;
    clfi_trace_put(
        t, "\"ph\":\"M\",\"name\":\"%s\",\"pid\":%u,\"tid\":%lld,\"args\":{\"name\":\"%s\"}",
        process ? "process_name" : "thread_name", (unsigned)pid, thread, name);
    clfi_trace_put(
        t, "\"ph\":\"M\",\"name\":\"%s\",\"pid\":%u,\"tid\":%lld,\"args\":{\"sort_index\":%lld}",
        process ? "process_sort_index" : "thread_sort_index", (unsigned)pid, thread,
        process ? (long long)pid : thread);
}

/* Where an arrow touches a span: within it, or a viewer takes the next one. */
static clfi_ns just_before(const clfi_span *span)
{
    return span->end > span->begin ? span->end - 1 : span->begin;
}

/* The clocks of two workers are mapped onto the same time, but not by the same measure: what came
 * first may seem to have come later. Then the arrow is upright, at the earlier place. */
void clfi_trace_flow(clfi_trace *t, const char *name, const clfi_span *from, uint32_t from_id,
                     const clfi_segment *to, bool into_end)
{
    clfi_ns end = into_end ? just_before(&to->span) : to->span.begin, begin = just_before(from);
    unsigned long long id = ++t->flows;
    if (begin > end)
        begin = end;
    clfi_trace_put(t,
                   "\"ph\":\"s\",\"cat\":\"%s\",\"name\":\"%s\",\"id\":%llu,\"pid\":%d,\"tid\":%u,"
                   "\"ts\":%s,\"args\":{\"fiber\":%u}",
                   name, name, id, CLFI_PID_DEVICE, (unsigned)from->track,
                   clfi_trace_us(begin).text, (unsigned)from_id);
    clfi_trace_put(
        t,
        "\"ph\":\"f\",\"bp\":\"e\",\"cat\":\"%s\",\"name\":\"%s\",\"id\":%llu,\"pid\":%d,"
        "\"tid\":%u,\"ts\":%s,\"args\":{\"fiber\":%u}",
        name, name, id, CLFI_PID_DEVICE, (unsigned)to->span.track, clfi_trace_us(end).text,
        (unsigned)to->event->id);
}

static void put_count(FILE *file, const char *name, uint64_t value)
{
    fprintf(file, ",\n \"%s\":%llu", name, (unsigned long long)value);
}

void clfi_trace_foot(clf_scheduler *s)
{
    clfi_trace *t = s->trace;
    const clf_options *o = &s->options;
    FILE *f = t->file;
    int version = clf_version();
    fprintf(f,
            "\n],\n\"displayTimeUnit\":\"ns\",\n\"clfiber\":{\n \"library\":\"%d.%d.%d\",\n "
            "\"device\":",
            version / 10000, version / 100 % 100, version % 100);
    clfi_trace_string(f, s->device_name);
    fprintf(f,
            ",\n \"mode\":\"%s\",\n \"tier\":\"%s\",\n \"clock\":\"%s\",\n"
            " \"clock_says\":\"slices: %s; inside of a slice: each worker's ticks (segments run, "
            "and rounds "
            "without work), mapped linearly\"",
            clf_mode_name(o->mode), clf_tier_name(o->tier), t->device_clock ? "device" : "host",
            t->device_clock ? "the device's times, by profiling events"
                            : "host times, because the queue has no profiling");
    put_count(f, "workers", o->workers);
    put_count(f, "lanes", o->lanes);
    put_count(f, "sample", t->head != NULL ? t->head->sample : 0);
    put_count(f, "slices", t->slices);
    put_count(f, "starts", t->starts);
    put_count(f, "segments_recorded", t->recorded);
    put_count(f, "segments_dropped", t->dropped);
    put_count(f, "steals_recorded", t->steals);
    put_count(f, "steals_dropped", t->steals_dropped);
    put_count(f, "critical_path", t->longest);
    put_count(f, "segments", t->total[CLF_COUNT_SEGMENTS]);
    put_count(f, "spawned", t->total[CLF_COUNT_SPAWNED]);
    put_count(f, "completed", t->total[CLF_COUNT_COMPLETED]);
    put_count(f, "failed", t->total[CLF_COUNT_FAILED]);
    put_count(f, "steals_taken", t->total[CLF_COUNT_TAKEN]);
    put_count(f, "steals_lost", t->total[CLF_COUNT_LOST]);
    put_count(f, "steals_empty", t->total[CLF_COUNT_EMPTY]);
    put_count(f, "stolen", t->total[CLF_COUNT_STOLEN]);
    put_count(f, "idle_rounds", t->total[CLF_COUNT_IDLE]);
    fputs("\n}}\n", f);
}
