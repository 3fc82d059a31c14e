/* json.c - the report for programs: one object. */
#include "info.h"

/* Names of devices are in no known encoding: what is not ASCII is taken for Latin-1. */
static void string(FILE *out, const char *text)
{
    fputc('"', out);
    for (const unsigned char *c = (const unsigned char *)text; *c != '\0'; c++)
        if (*c == '"' || *c == '\\')
            fprintf(out, "\\%c", *c);
        else if (*c < 0x20 || *c >= 0x7f)
            fprintf(out, "\\u%04x", (unsigned)*c);
        else
            fputc(*c, out);
    fputc('"', out);
}

static void text_member(FILE *out, const char *name, const char *value)
{
    fprintf(out, ",\n      \"%s\": ", name);
    string(out, value);
}

static void number_member(FILE *out, const char *name, unsigned long long value)
{
    fprintf(out, ",\n      \"%s\": %llu", name, value);
}

static void bool_member(FILE *out, const char *name, bool value)
{
    fprintf(out, ",\n      \"%s\": %s", name, value ? "true" : "false");
}

static void scheduler_members(const info_device *d, FILE *out)
{
    text_member(out, "tier", clf_tier_name(d->options.tier));
    fprintf(out, ",\n      \"tiers\": {");
    for (int i = 0; i < INFO_TIERS; i++) {
        fprintf(out, "%s\"%s\": ", i == 0 ? "" : ", ", clf_tier_name(d->tier[i].tier));
        string(out, d->tier[i].reason);
    }
    fputc('}', out);
    number_member(out, "workers", d->options.workers);
    number_member(out, "lanes", d->options.lanes);
    number_member(out, "frames", d->options.frames);
    number_member(out, "max_frames", d->options.max_frames);
    number_member(out, "frame_bytes", d->frame_bytes);
    number_member(out, "ring", d->options.ring);
    number_member(out, "window", d->options.window);
}

static void litmus_members(const info_device *d, FILE *out)
{
    for (int i = 0; i < INFO_TIERS; i++) {
        if (!d->litmus[i].present)
            continue;
        fprintf(out, ",\n      \"litmus_%s\": [", clf_tier_name(d->tier[i].tier));
        for (int t = 0; t < CLF_LITMUS_TESTS; t++) {
            const clf_litmus_row *r = &d->litmus[i].row[t];

            fprintf(out, "%s\n        {\"test\": ", t == 0 ? "" : ",");
            string(out, r->name);
            fprintf(out,
                    ", \"rounds\": %llu, \"overlapping\": %llu, \"weak\": %llu, "
                    "\"control\": %llu, \"allowed\": %s}",
                    (unsigned long long)r->rounds, (unsigned long long)r->met,
                    (unsigned long long)r->weak, (unsigned long long)r->control,
                    r->allowed ? "true" : "false");
        }
        fputc(']', out);
    }
}

static void device_object(const info_device *d, FILE *out)
{
    fprintf(out, "    {\n      \"number\": %u", (unsigned)d->number);
    text_member(out, "name", d->is.name);
    text_member(out, "platform", d->is.platform);
    text_member(out, "version", d->is.version);
    text_member(out, "opencl_c", d->c_version);
    text_member(out, "driver", d->driver);
    text_member(out, "type", info_type_name(d->is.type));
    number_member(out, "compute_units", d->is.compute_units);
    number_member(out, "address_bits", d->limits.address_bits);
    number_member(out, "global_bytes", d->limits.global_bytes);
    number_member(out, "buffer_bytes", d->limits.buffer_bytes);
    number_member(out, "local_bytes", d->limits.local_bytes);
    number_member(out, "group_size", d->limits.group_size);
    bool_member(out, "picked", d->is_default);
    if (d->has_scheduler)
        scheduler_members(d, out);
    if (d->cache[0] != '\0')
        text_member(out, "cache", d->cache);
    litmus_members(d, out);
    bool_member(out, "usable", d->usable);
    if (!d->usable)
        text_member(out, "why", d->why);
    fputs("\n    }", out);
}

void info_print_json(const info_report *report, FILE *out)
{
    int version = clf_version();

    fprintf(out, "{\n  \"version\": \"%d.%d.%d\",\n  \"usable\": %s,\n", version / 10000,
            version / 100 % 100, version % 100, info_usable(report) ? "true" : "false");
    if (report->error[0] != '\0') {
        fputs("  \"error\": ", out);
        string(out, report->error);
        fputs(",\n", out);
    }
    fputs("  \"devices\": [", out);
    for (uint32_t i = 0; i < report->count; i++) {
        fputs(i == 0 ? "\n" : ",\n", out);
        device_object(&report->device[i], out);
    }
    fputs(report->count != 0 ? "\n  ]\n}\n" : "]\n}\n", out);
}
