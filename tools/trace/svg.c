/* svg.c - a timeline: a row for the slices, one for host calls if there are any, one for each track
 * of a worker.
 * What is too small to be seen is left out, so that a large trace makes a picture of moderate size.
 */
#include "trace.h"

#include <stdlib.h>
#include <string.h>

enum { LEFT = 110, RIGHT = 20, TOP = 50, ROW = 22, BAR = 16, WIDTH = 1400, MARKS = 8 };
#define MOST_ROWS   64
#define MOST_ARROWS 3000u

typedef struct drawing {
    const trace *t;
    FILE *out;
    const trace_span *window;
    trace_axis axis;
    uint32_t rows, calls; /* the row of host calls */
    uint32_t *row;        /* of a track: 0 is none yet */
    double *drawn_to;     /* of a row: what ends before is not seen */
} drawing;

static const char *const colours[] = {"#4477aa", "#ee6677", "#228833", "#ccbb44",
                                      "#66ccee", "#aa3377", "#994455", "#997700"};
#define COLOURS      (sizeof colours / sizeof *colours)
#define STEAL_COLOUR "#cc0000"
#define SPAWN_COLOUR "#117733"
#define JOIN_COLOUR  "#333333"

/* A worker in a slice, by how many tenths of its time it had nothing to run. */
static const char *const shades[] = {"#c8d0d8", "#ccd4db", "#d0d8de", "#d5dbe1", "#d9dfe4",
                                     "#dee3e8", "#e3e7eb", "#e8ecef", "#eef0f2", "#f4f5f6"};
enum { SHADES = sizeof shades / sizeof *shades };

static bool is_seen(const drawing *d, double begin, double end)
{
    return begin <= d->window->end && end >= d->window->begin;
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
    double x = trace_axis_x(&d->axis, span->begin), end = trace_axis_x(&d->axis, span->end);
    if (!is_seen(d, span->begin, span->end) || end < d->drawn_to[row] + 0.25)
        return; /* or beneath what is there */
    d->drawn_to[row] = end;
    fprintf(d->out, "<rect x=\"%.2f\" y=\"%d\" width=\"%.2f\" height=\"%d\" fill=\"%s\"><title>", x,
            y_of(row), end - x > 0.3 ? end - x : 0.3, BAR, colour);
    put_text(d->out, title);
    fprintf(d->out, " %.3f us</title></rect>\n", span->end - span->begin);
}

/* ---- rows --------------------------------------------------------------------------------- */

/* First slices, then host calls, then the tracks on which something is drawn. */
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
    d->rows = 1;
    if (t->calls != 0)
        d->calls = d->rows++;
    for (size_t i = 0; i < tracks; i++)
        d->row[i] = d->row[i] != 0 && d->rows < MOST_ROWS ? d->rows++ : 0;
    return 0;
}

static void name_rows(const drawing *d)
{
    const uint64_t lanes = d->t->total.lanes;
    char name[64];
    label(d, LEFT - 6, y_of(0) + 12, "end", "slices");
    if (d->calls != 0)
        label(d, LEFT - 6, y_of(d->calls) + 12, "end", "host calls");
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
    int bottom = y_of(d->rows);
    for (int i = 0; i <= MARKS; i++) {
        double x = LEFT + d->axis.width * i / MARKS;
        char text[64];
        fprintf(d->out, "<line x1=\"%.1f\" y1=\"%d\" x2=\"%.1f\" y2=\"%d\" stroke=\"#dddddd\"/>\n",
                x, TOP - 4, x, bottom);
        snprintf(text, sizeof text, "%.3f ms", (trace_axis_time(&d->axis, x) - d->t->begin) * 1e-3);
        label(d, x, bottom + 14, i == MARKS ? "end" : "middle", text);
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
        bar(d, d->calls, &t->call[i].span, "#bb88bb", t->name[t->call[i].name]);
    for (size_t i = 0; i < t->works; i++) {
        const trace_work *w = &t->work[i];
        uint32_t row = d->row[w->worker * t->total.lanes];
        int idle = w->ticks != 0 ? (int)(10 * w->idle / w->ticks) : 0;
        char title[96];
        snprintf(title, sizeof title, "%llu segments, %llu rounds without work,",
                 (unsigned long long)w->segments, (unsigned long long)w->idle);
        if (w->segments != 0 && row != 0)
            bar(d, row, &w->span, shades[idle < SHADES ? idle : SHADES - 1], title);
    }
}

/* Arrows between workers. */
static void draw_arrows(const drawing *d, bool spawns)
{
    const trace *t = d->t;
    size_t step = t->arrows / MOST_ARROWS + 1;
    for (size_t i = 0; i < t->arrows; i += step) {
        const trace_arrow *a = &t->arrow[i];
        if (a->spawn != spawns || a->to < 0 || !is_seen(d, a->from, a->to))
            continue;
        uint32_t from = d->row[a->from_track], to = d->row[a->to_track];
        if (from != 0 && to != 0 && from != to)
            fprintf(d->out, "<line x1=\"%.2f\" y1=\"%d\" x2=\"%.2f\" y2=\"%d\" stroke=\"%s\"/>\n",
                    trace_axis_x(&d->axis, a->from), y_of(from) + BAR / 2,
                    trace_axis_x(&d->axis, a->to), y_of(to) + BAR / 2,
                    spawns ? SPAWN_COLOUR : JOIN_COLOUR);
    }
}

static void draw_marks(const drawing *d)
{
    const trace *t = d->t;
    size_t step = t->steals / MOST_ARROWS + 1;
    fputs("<g stroke-opacity=\"0.5\" stroke-width=\"0.8\">\n", d->out);
    draw_arrows(d, false);
    draw_arrows(d, true);
    fputs("</g>\n<g fill=\"" STEAL_COLOUR "\">\n", d->out);
    for (size_t i = 0; i < t->steals; i += step) {
        const trace_steal *s = &t->steal[i];
        uint32_t row = d->row[s->thief * t->total.lanes];
        if (row != 0 && is_seen(d, s->at, s->at))
            fprintf(d->out,
                    "<circle cx=\"%.2f\" cy=\"%d\" r=\"2\"><title>worker %u took %u of worker %u"
                    "</title></circle>\n",
                    trace_axis_x(&d->axis, s->at), y_of(row) + BAR + 2, (unsigned)s->thief,
                    (unsigned)s->entries, (unsigned)s->victim);
    }
    fputs("</g>\n", d->out);
}

/* Returns where the next one goes. */
static double legend(const drawing *d, double x, const char *colour, int height, const char *text)
{
    int y = y_of(d->rows) + 26;
    fprintf(d->out, "<rect x=\"%.1f\" y=\"%d\" width=\"10\" height=\"%d\" fill=\"%s\"/>\n", x,
            y + (10 - height) / 2, height, colour);
    label(d, x + 14, y + 9, "start", text);
    return x + 30 + 6.0 * (double)strlen(text);
}

static void draw_legend(const drawing *d)
{
    const trace *t = d->t;
    double x = LEFT;
    for (size_t i = 0; i < t->names && i < COLOURS; i++)
        x = legend(d, x, colours[i], 10, t->name[i]);
    x = legend(d, x, shades[0], 10, "at work (paler: in vain)");
    x = legend(d, x, STEAL_COLOUR, 4, "steal");
    x = legend(d, x, SPAWN_COLOUR, 2, "spawn, begins elsewhere");
    legend(d, x, JOIN_COLOUR, 2, "join from elsewhere");
}

int trace_draw(const trace *t, const trace_span *window, FILE *out)
{
    drawing d = {.t = t, .out = out, .window = window};
    char title[256];
    int wrong = find_rows(&d) || trace_axis_make(&d.axis, t, window, LEFT, WIDTH - LEFT - RIGHT);
    if (!wrong) {
        int height = y_of(d.rows) + 50;
        fprintf(out,
                "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%d\" height=\"%d\" "
                "viewBox=\"0 0 %d %d\" font-family=\"sans-serif\" font-size=\"11\" "
                "stroke=\"none\">\n"
                "<rect width=\"100%%\" height=\"100%%\" fill=\"#ffffff\"/>\n",
                WIDTH, height, WIDTH, height);
        snprintf(title, sizeof title, "%.100s: %llu fibers, %llu segments, %llu steals; %s times%s",
                 t->total.device, (unsigned long long)t->total.completed,
                 (unsigned long long)t->total.segments, (unsigned long long)t->total.steals_taken,
                 t->total.clock, d.axis.shortened ? "; pauses between slices are shortened" : "");
        label(&d, LEFT, 24, "start", title);
        draw_axis(&d);
        name_rows(&d);
        draw_work(&d);
        wrong = draw_segments(&d);
        draw_marks(&d);
        draw_legend(&d);
        fputs("</svg>\n", out);
    }
    trace_axis_free(&d.axis);
    free(d.row);
    free(d.drawn_to);
    return wrong;
}
