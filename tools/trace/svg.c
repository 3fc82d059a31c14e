/* svg.c - a timeline: a row for the slices, one for host calls, one for each track of a worker.
 * What is too small to be seen is left out, so that a large trace makes a picture of moderate size.
 */
#include "trace.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { LEFT = 110, RIGHT = 20, TOP = 50, ROW = 22, BAR = 16, WIDTH = 1400, MOST_ROWS = 64 };
#define MOST_ARROWS 3000u

typedef struct drawing {
    const trace *t;
    FILE *out;
    double scale; /* pixels per microsecond */
    uint32_t rows;
    uint32_t *row;    /* of a track: 0 is none yet */
    double *drawn_to; /* of a row: what ends before is not seen */
} drawing;

static const char *const colours[] = {"#4477aa", "#ee6677", "#228833", "#ccbb44",
                                      "#66ccee", "#aa3377", "#994455", "#997700"};
#define COLOURS (sizeof colours / sizeof *colours)

static double x_of(const drawing *d, double time)
{
    return LEFT + (time - d->t->begin) * d->scale;
}

static int y_of(uint32_t row)
{
    return TOP + (int)row * ROW;
}

static void put_text(FILE *out, const char *text)
{
    for (; *text != '\0'; text++)
        if (*text == '<' || *text == '&' || *text == '>')
            fprintf(out, "&#%d;", *text);
        else
            fputc((unsigned char)*text < ' ' ? '?' : *text, out);
}

static void label(const drawing *d, double x, double y, const char *anchor, const char *text)
{
    fprintf(d->out, "<text x=\"%.1f\" y=\"%.1f\" text-anchor=\"%s\">", x, y, anchor);
    put_text(d->out, text);
    fputs("</text>\n", d->out);
}

static void bar(drawing *d, uint32_t row, const trace_span *span, const char *colour,
                const char *title)
{
    double x = x_of(d, span->begin), end = x_of(d, span->end);
    if (end < d->drawn_to[row] + 0.25)
        return; /* beneath what is there */
    d->drawn_to[row] = end;
    fprintf(d->out, "<rect x=\"%.2f\" y=\"%d\" width=\"%.2f\" height=\"%d\" fill=\"%s\"><title>", x,
            y_of(row), end - x > 0.3 ? end - x : 0.3, BAR, colour);
    put_text(d->out, title);
    fprintf(d->out, " %.3f us</title></rect>\n", span->end - span->begin);
}

/* ---- rows --------------------------------------------------------------------------------- */

/* Rows 0 and 1 are slices and host calls; then the tracks on which something is drawn. */
static int find_rows(drawing *d)
{
    const trace *t = d->t;
    size_t tracks = t->total.workers * t->total.lanes;
    d->row = calloc(tracks + 1, sizeof *d->row);
    d->drawn_to = calloc(MOST_ROWS + 2, sizeof *d->drawn_to);
    if (d->row == NULL || d->drawn_to == NULL)
        return -1;
    for (size_t i = 0; i < t->works; i++)
        d->row[t->work[i].worker * t->total.lanes] = 1;
    for (size_t i = 0; i < t->segments; i++)
        d->row[t->segment[i].track] = 1;
    d->rows = 2;
    for (size_t i = 0; i < tracks; i++)
        d->row[i] = d->row[i] != 0 && d->rows < MOST_ROWS ? d->rows++ : 0;
    return 0;
}

static void name_rows(const drawing *d)
{
    const uint64_t lanes = d->t->total.lanes;
    char name[64];
    label(d, LEFT - 6, y_of(0) + 12, "end", "slices");
    label(d, LEFT - 6, y_of(1) + 12, "end", "host calls");
    for (uint64_t i = 0; i < d->t->total.workers * lanes; i++) {
        if (d->row[i] == 0)
            continue;
        if (lanes == 1)
            snprintf(name, sizeof name, "worker %llu", (unsigned long long)i);
        else
            snprintf(name, sizeof name, "worker %llu lane %llu", (unsigned long long)(i / lanes),
                     (unsigned long long)(i % lanes));
        label(d, LEFT - 6, y_of(d->row[i]) + 12, "end", name);
    }
}

static void draw_axis(const drawing *d)
{
    double span = d->t->end - d->t->begin, step = pow(10, floor(log10(span > 0 ? span : 1)));
    if (span / step < 4)
        step /= 5;
    int bottom = y_of(d->rows);
    for (double at = 0; at <= span; at += step) {
        double x = LEFT + at * d->scale;
        char text[64];
        fprintf(d->out, "<line x1=\"%.1f\" y1=\"%d\" x2=\"%.1f\" y2=\"%d\" stroke=\"#dddddd\"/>\n",
                x, TOP - 4, x, bottom);
        snprintf(text, sizeof text, "%g ms", at * 1e-3);
        label(d, x, bottom + 14, "middle", text);
    }
}

/* ---- what is in them ------------------------------------------------------------------------ */

static int by_begin(const void *a, const void *b)
{
    const trace_segment *x = *(const trace_segment *const *)a;
    const trace_segment *y = *(const trace_segment *const *)b;
    return (x->span.begin > y->span.begin) - (x->span.begin < y->span.begin);
}

static int draw_segments(drawing *d)
{
    const trace *t = d->t;
    const trace_segment **order = calloc(t->segments + 1, sizeof *order);
    if (order == NULL)
        return -1;
    for (size_t i = 0; i < t->segments; i++)
        order[i] = &t->segment[i];
    qsort(order, t->segments, sizeof *order, by_begin);
    memset(d->drawn_to, 0, (MOST_ROWS + 2) * sizeof *d->drawn_to);
    for (size_t i = 0; i < t->segments; i++) {
        const trace_segment *s = order[i];
        char title[256];
        snprintf(title, sizeof title, "%.120s, fiber %llu, segment %llu:", t->name[s->name],
                 (unsigned long long)s->fiber, (unsigned long long)s->number);
        if (d->row[s->track] != 0)
            bar(d, d->row[s->track], &s->span, colours[s->name % COLOURS], title);
    }
    free(order);
    return 0;
}

static void draw_work(drawing *d)
{
    const trace *t = d->t;
    for (size_t i = 0; i < t->slices; i++)
        bar(d, 0, &t->slice[i], i % 2 ? "#888888" : "#aaaaaa", "slice");
    for (size_t i = 0; i < t->calls; i++)
        bar(d, 1, &t->call[i].span, "#bb88bb", t->name[t->call[i].name]);
    for (size_t i = 0; i < t->works; i++) {
        uint32_t row = d->row[t->work[i].worker * t->total.lanes];
        if (t->work[i].segments != 0 && row != 0)
            bar(d, row, &t->work[i].span, "#e4e4e4", "at work");
    }
}

static void draw_marks(const drawing *d)
{
    const trace *t = d->t;
    size_t step = t->arrows / MOST_ARROWS + 1;
    fputs("<g stroke=\"#000000\" stroke-opacity=\"0.25\" stroke-width=\"0.6\">\n", d->out);
    for (size_t i = 0; i < t->arrows; i += step) {
        const trace_arrow *j = &t->arrow[i];
        uint32_t from = d->row[j->from_track], to = d->row[j->to_track];
        if (j->to >= 0 && from != 0 && to != 0 && from != to)
            fprintf(d->out, "<line x1=\"%.2f\" y1=\"%d\" x2=\"%.2f\" y2=\"%d\"/>\n",
                    x_of(d, j->from), y_of(from) + BAR / 2, x_of(d, j->to), y_of(to) + BAR / 2);
    }
    fputs("</g>\n<g fill=\"#cc0000\">\n", d->out);
    step = t->steals / MOST_ARROWS + 1;
    for (size_t i = 0; i < t->steals; i += step) {
        uint32_t row = d->row[t->steal[i].thief * t->total.lanes];
        if (row != 0)
            fprintf(
                d->out,
                "<circle cx=\"%.2f\" cy=\"%d\" r=\"2\"><title>took %u from %u</title></circle>\n",
                x_of(d, t->steal[i].at), y_of(row) + BAR + 2, (unsigned)t->steal[i].entries,
                (unsigned)t->steal[i].victim);
    }
    fputs("</g>\n", d->out);
}

static void draw_legend(const drawing *d)
{
    const trace *t = d->t;
    double x = LEFT;
    int y = y_of(d->rows) + 26;
    for (size_t i = 0; i < t->names && i < COLOURS; i++) {
        fprintf(d->out, "<rect x=\"%.1f\" y=\"%d\" width=\"10\" height=\"10\" fill=\"%s\"/>\n", x,
                y, colours[i]);
        label(d, x + 14, y + 9, "start", t->name[i]);
        x += 30 + 7.0 * (double)strlen(t->name[i]);
    }
    label(d, x, y + 9, "start", "red: steals; lines: spawns and joins between workers");
}

int trace_draw(const trace *t, FILE *out)
{
    drawing d = {.t = t, .out = out};
    char title[256];
    d.scale = (WIDTH - LEFT - RIGHT) / (t->end > t->begin ? t->end - t->begin : 1);
    int wrong = find_rows(&d);
    if (!wrong) {
        int height = y_of(d.rows) + 50;
        fprintf(out,
                "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%d\" height=\"%d\" "
                "viewBox=\"0 0 %d %d\" font-family=\"sans-serif\" font-size=\"11\">\n"
                "<rect width=\"100%%\" height=\"100%%\" fill=\"#ffffff\"/>\n",
                WIDTH, height, WIDTH, height);
        snprintf(title, sizeof title, "%.100s: %llu fibers, %llu segments, %llu steals; %s times",
                 t->total.device, (unsigned long long)t->total.completed,
                 (unsigned long long)t->total.segments, (unsigned long long)t->total.steals_taken,
                 t->total.clock);
        label(&d, LEFT, 24, "start", title);
        draw_axis(&d);
        name_rows(&d);
        draw_work(&d);
        wrong = draw_segments(&d);
        draw_marks(&d);
        draw_legend(&d);
        fputs("</svg>\n", out);
    }
    free(d.row);
    free(d.drawn_to);
    return wrong;
}
