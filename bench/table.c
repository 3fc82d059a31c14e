/* table.c - results for people: one row each, ours first, the peers' below it. */
#include <string.h>

#include "result.h"

#define FORMAT "%-24s %12s %-8s %9s %9s %9s %11s %9s %8s %7s %8s %8s"

/* A number with so many decimals, or '-' where there is none to give. */
static const char *number(char text[32], bool there, int decimals, double value)
{
    if (!there)
        return "-";
    snprintf(text, 32, "%.*f", decimals, value);
    return text;
}

/* Four significant digits, whatever the size. */
static const char *seconds(char text[32], double value)
{
    int digits = value >= 1000   ? 0
                 : value >= 100  ? 1
                 : value >= 10   ? 2
                 : value >= 1    ? 3
                 : value >= 0.01 ? 5
                                 : 6;

    snprintf(text, 32, "%.*f", digits, value);
    return text;
}

void bench_table_head(FILE *out, bool ratios)
{
    fprintf(out, FORMAT "%s\n", "workload", "answer", "verified", "median s", "min s", "max s",
            "fibers", "ns each", "steals", "slices", "B/fiber", "x seq",
            ratios ? "  peer/ours" : "");
    fflush(out);
}

void bench_table_row(FILE *out, const bench_result *r, bool ratios)
{
    bool ours = strcmp(r->runtime, "clfiber") == 0;
    char name[BENCH_NAME + 4], answer[32], text[10][32];
    double times = (double)bench_each(r->problem, r->fibers);

    if (r->unsupported) {
        fprintf(out, "  %-22s has no such operation\n", r->runtime);
        return;
    }
    snprintf(name, sizeof name, "%s%s", ours ? "" : "  ", ours ? r->problem->name : r->runtime);
    snprintf(answer, sizeof answer, "%llu", (unsigned long long)r->answer.part[0]);
    fprintf(out, FORMAT, name, answer, r->verified ? "yes" : "WRONG",
            seconds(text[0], r->seconds.median), seconds(text[1], r->seconds.min),
            seconds(text[2], r->seconds.max), number(text[3], ours, 0, (double)r->fibers),
            number(text[4], times > 0, 2, r->seconds.median * 1e9 / times),
            number(text[5], ours, 0, (double)r->steals),
            number(text[6], ours, 0, (double)r->slices),
            number(text[9], ours && r->frames_used > 0, 0,
                   (double)r->frame_bytes_used / (double)r->frames_used),
            number(text[7], r->vs_seq > 0, 3, r->vs_seq));
    if (ratios)
        fprintf(out, " %10s", number(text[8], r->vs_ours > 0, 2, r->vs_ours));
    fputc('\n', out);
    fflush(out);
}
