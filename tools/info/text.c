/* text.c - the report for people. */
#include <string.h>

#include "info.h"

static void line(FILE *out, const char *name, const char *value)
{
    fprintf(out, "  %-18s %s\n", name, value);
}

static void bytes(FILE *out, const char *name, cl_ulong n)
{
    static const char *const unit[] = {"bytes", "KiB", "MiB", "GiB", "TiB"};
    double value = (double)n;
    unsigned u = 0;

    while (value >= 1024 && u + 1 < sizeof unit / sizeof *unit) {
        value /= 1024;
        u++;
    }
    fprintf(out, "  %-18s %.*f %s\n", name, u == 0 || value >= 100 ? 0 : 1, value, unit[u]);
}

static void print_limits(const info_device *d, FILE *out)
{
    bytes(out, "global memory", d->limits.global_bytes);
    bytes(out, "largest buffer", d->limits.buffer_bytes);
    bytes(out, "local memory", d->limits.local_bytes);
    fprintf(out, "  %-18s %zu work-items\n", "largest work-group", d->limits.group_size);
}

static void print_tiers(const info_device *d, FILE *out)
{
    line(out, "atomics tier", clf_tier_name(d->options.tier));
    for (int i = 0; i < INFO_TIERS; i++)
        fprintf(out, "  %c %-16s %s\n", d->tier[i].used ? '*' : ' ', clf_tier_name(d->tier[i].tier),
                d->tier[i].reason);
}

static const char *verdict(const clf_litmus_row *row)
{
    if (row->allowed)
        return "allowed";
    if (row->weak != 0)
        return "FORBIDDEN";
    if (row->met == 0)
        return "no overlap: says nothing";
    return row->control != 0 ? "kept" : "not seen, nor by the control";
}

static void print_litmus(const info_device *d, FILE *out)
{
    for (int i = 0; i < INFO_TIERS; i++) {
        if (!d->litmus[i].present)
            continue;
        fprintf(out, "  litmus tests of %s\n    %-28s %12s %12s %10s %10s\n",
                clf_tier_name(d->tier[i].tier), "test", "rounds", "overlapping", "weak", "control");
        for (int t = 0; t < CLF_LITMUS_TESTS; t++) {
            const clf_litmus_row *r = &d->litmus[i].row[t];

            fprintf(out, "    %-28s %12llu %12llu %10llu %10llu  %s\n", r->name,
                    (unsigned long long)r->rounds, (unsigned long long)r->met,
                    (unsigned long long)r->weak, (unsigned long long)r->control, verdict(r));
        }
    }
}

static void print_defaults(const info_device *d, FILE *out)
{
    const clf_options *o = &d->options;

    fprintf(out, "  %-18s %u\n", "workers", (unsigned)o->workers);
    fprintf(out, "  %-18s %u\n", "lanes", (unsigned)o->lanes);
    fprintf(out, "  %-18s %u, at most %u of %u bytes (these depend on the program)\n", "frames",
            (unsigned)o->frames, (unsigned)o->max_frames, (unsigned)d->frame_bytes);
    fprintf(out, "  %-18s %u entries a worker\n", "ring", (unsigned)o->ring);
}

static void print_device(const info_device *d, FILE *out)
{
    fprintf(out, "\nDevice %u%s\n", (unsigned)d->number, d->is_default ? " (picked)" : "");
    line(out, "name", d->is.name);
    line(out, "platform", d->is.platform);
    line(out, "version", d->is.version);
    line(out, "OpenCL C", d->c_version);
    line(out, "driver", d->driver);
    fprintf(out, "  %-18s %s, %u compute units, %u-bit addresses\n", "type",
            info_type_name(d->is.type), (unsigned)d->is.compute_units,
            (unsigned)d->limits.address_bits);
    print_limits(d, out);
    if (d->has_scheduler) {
        print_tiers(d, out);
        print_defaults(d, out);
        if (d->cache[0] != '\0')
            line(out, "cache", d->cache);
        print_litmus(d, out);
    }
    if (d->usable)
        line(out, "usable", "yes: fibers ran and gave the right result");
    else
        fprintf(out, "  %-18s no: %s\n", "usable", d->why);
}

/* Not when a device's lines have said it already. */
static bool is_news(const info_report *report)
{
    for (uint32_t i = 0; i < report->count; i++)
        if (strcmp(report->device[i].why, report->error) == 0)
            return false;
    return report->error[0] != '\0';
}

void info_print_text(const info_report *report, FILE *out)
{
    int version = clf_version();

    fprintf(out, "libclfiber %d.%d.%d", version / 10000, version / 100 % 100, version % 100);
    if (report->count > 0) /* else the error says why: none at all, or none of that name */
        fprintf(out, ", %u device%s", (unsigned)report->count, report->count == 1 ? "" : "s");
    fputc('\n', out);
    for (uint32_t i = 0; i < report->count; i++)
        print_device(&report->device[i], out);
    if (is_news(report))
        fprintf(out, "\n%s\n", report->error);
}
