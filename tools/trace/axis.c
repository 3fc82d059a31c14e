/* axis.c - where a moment is in the picture: what lies between slices and host calls may be much
 * longer than they are, so that it is shortened: all such gaps together get at most a fifth of the
 * width. */
#include "trace.h"

#include <stdlib.h>

static int by_begin(const void *a, const void *b)
{
    const trace_span *x = a, *y = b;
    return (x->begin > y->begin) - (x->begin < y->begin);
}

/* What is to be seen at full length, within the window: sorted, and without overlaps. */
static size_t gather(const trace *t, const trace_span *window, trace_span *span)
{
    size_t n = 0, merged = 0;
    for (size_t i = 0; i < t->slices + t->calls; i++) {
        span[n] = i < t->slices ? t->slice[i] : t->call[i - t->slices].span;
        if (span[n].begin < window->begin)
            span[n].begin = window->begin;
        if (span[n].end > window->end)
            span[n].end = window->end;
        n += span[n].begin <= span[n].end;
    }
    qsort(span, n, sizeof *span, by_begin);
    for (size_t i = 0; i < n; i++)
        if (merged != 0 && span[i].begin <= span[merged - 1].end) {
            if (span[i].end > span[merged - 1].end)
                span[merged - 1].end = span[i].end;
        } else {
            span[merged++] = span[i];
        }
    return merged;
}

/* Places of the knots, in units of time so far: lengths of spans as they are, of gaps at most
 * `gap`. */
static void place_knots(trace_axis *a, const trace_span *span, size_t spans, double gap)
{
    double x = 0;
    for (size_t i = 0; i < spans; i++) {
        if (i != 0) {
            double between = span[i].begin - span[i - 1].end;
            a->shortened |= between > gap;
            x += between < gap ? between : gap;
        }
        a->knot[a->knots++] = (trace_knot){span[i].begin, x};
        x += span[i].end - span[i].begin;
        a->knot[a->knots++] = (trace_knot){span[i].end, x};
    }
}

int trace_axis_make(trace_axis *a, const trace *t, const trace_span *window, double left,
                    double width)
{
    trace_span *span = calloc(t->slices + t->calls + 1, sizeof *span);
    double sum = 0;
    *a = (trace_axis){.left = left, .width = width};
    if (span == NULL)
        return -1;
    size_t spans = gather(t, window, span);
    a->knot = calloc(2 * spans + 1, sizeof *a->knot);
    if (a->knot == NULL) {
        free(span);
        return -1;
    }
    for (size_t i = 0; i < spans; i++)
        sum += span[i].end - span[i].begin;
    place_knots(a, span, spans, spans > 1 ? sum / (4 * (double)(spans - 1)) : 0);
    free(span);
    double whole = a->knots != 0 ? a->knot[a->knots - 1].x : 0;
    for (size_t i = 0; i < a->knots; i++)
        a->knot[i].x = left + a->knot[i].x * (whole > 0 ? width / whole : 0);
    return 0;
}

void trace_axis_free(trace_axis *a)
{
    free(a->knot);
    a->knot = NULL;
}

/* Between two pairs, by the one number what the other is. */
static double between(double x, double x0, double x1, double y0, double y1)
{
    return x1 > x0 ? y0 + (y1 - y0) * (x - x0) / (x1 - x0) : y0;
}

double trace_axis_x(const trace_axis *a, double time)
{
    size_t low = 0, high = a->knots; /* the first knot behind it is among these */
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (a->knot[middle].time <= time)
            low = middle + 1;
        else
            high = middle;
    }
    if (low == 0)
        return a->left;
    if (low == a->knots)
        return a->left + a->width;
    const trace_knot *k = &a->knot[low];
    return between(time, k[-1].time, k->time, k[-1].x, k->x);
}

double trace_axis_time(const trace_axis *a, double x)
{
    size_t i = 0;
    while (i < a->knots && a->knot[i].x < x)
        i++;
    if (a->knots == 0)
        return 0;
    if (i == 0 || i == a->knots)
        return a->knot[i == 0 ? 0 : i - 1].time;
    const trace_knot *k = &a->knot[i];
    return between(x, k[-1].x, k->x, k[-1].time, k->time);
}
