/* json.c - results for programs: a line of JSON each. */
#include <string.h>

#include "result.h"

static void string(FILE *out, const char *text)
{
    fputc('"', out);
    for (const unsigned char *c = (const unsigned char *)text; *c; c++)
        if (*c == '"' || *c == '\\')
            fprintf(out, "\\%c", *c);
        else if (*c < 0x20 ||
                 *c >= 0x7f) /* device names are in no known encoding: take it for Latin-1 */
            fprintf(out, "\\u%04x", *c);
        else
            fputc(*c, out);
    fputc('"', out);
}

static void member(FILE *out, const char *name, const char *value)
{
    fprintf(out, ",\"%s\":", name);
    string(out, value);
}

void bench_json_line(FILE *out, const bench_result *r)
{
    const bench_workload *workload = bench_workloads[r->problem->kind];
    unsigned parts = bench_parts(r->problem);

    fputs("{\"workload\":", out);
    string(out, r->problem->name);
    member(out, "runtime", r->runtime);
    member(out, strcmp(r->runtime, "clfiber") == 0 ? "device" : "about", r->about);
    fprintf(out, ",\"workers\":%u,\"lanes\":%u,\"answer\":%llu", r->workers, r->lanes,
            (unsigned long long)r->answer.part[0]);
    if (parts > 1) {
        fputs(",\"parts\":{", out);
        for (unsigned i = 0; i < parts; i++) {
            if (i)
                fputc(',', out);
            string(out, workload->part_name[i]);
            fprintf(out, ":%llu", (unsigned long long)r->answer.part[i]);
        }
        fputc('}', out);
    }
    fprintf(
        out, ",\"verified\":%s,\"runs\":%u,\"seconds\":{\"min\":%.9g,\"median\":%.9g,\"max\":%.9g}",
        r->verified ? "true" : "false", r->runs, r->seconds.min, r->seconds.median, r->seconds.max);
    if (r->vs_seq > 0)
        fprintf(out, ",\"vs_seq\":%.6g", r->vs_seq);
    if (strcmp(r->runtime, "clfiber") == 0) {
        fprintf(out, ",\"fibers\":%llu,\"steals\":%llu,\"slices\":%llu,\"segments\":%llu",
                (unsigned long long)r->fibers, (unsigned long long)r->steals,
                (unsigned long long)r->slices, (unsigned long long)r->segments);
        if (r->rounds)
            fprintf(out, ",\"rounds\":%llu,\"kinds\":%llu", (unsigned long long)r->rounds,
                    (unsigned long long)r->kinds);
        member(out, "mode", clf_mode_name(r->mode));
        member(out, "tier", clf_tier_name(r->tier));
        if (r->slice == CLF_UNLIMITED)
            member(out, "slice", "unlimited");
        else if (r->slice == 0)
            member(out, "slice", "adaptive");
        else
            fprintf(out, ",\"slice\":%u", r->slice);
        fprintf(out,
                ",\"frame_bytes\":%u,\"largest_frame_bytes\":%u,\"frame_classes\":%u"
                ",\"frames\":%u,\"frames_used\":%llu,\"frame_bytes_used\":%llu,\"seed\":%llu",
                r->frame_bytes, r->largest_frame_bytes, r->frame_classes, r->frames,
                (unsigned long long)r->frames_used, (unsigned long long)r->frame_bytes_used,
                (unsigned long long)r->seed);
    } else {
        fputs(",\"fibers\":null,\"steals\":null,\"slices\":null", out);
        fprintf(out, ",\"vs_clfiber\":%.6g", r->vs_ours);
    }
    fputs("}\n", out);
    fflush(out);
}
