/* text.c - the summary of a trace for the terminal. */
#include "trace.h"

#include <stdlib.h>
#include <string.h>

#define MATRIX_MOST 16u /* workers; of more, the pairs that stole most are listed */

double trace_busy(const trace_work *w)
{
    double length = w->span.end - w->span.begin;
    return w->ticks == 0 || w->idle >= w->ticks
               ? 0
               : length * (double)(w->ticks - w->idle) / (double)w->ticks;
}

static const char *s_of(uint64_t n)
{
    return n == 1 ? "" : "s";
}

static double sliced(const trace *t)
{
    double sum = 0;
    for (size_t i = 0; i < t->slices; i++)
        sum += t->slice[i].end - t->slice[i].begin;
    return sum;
}

static double percent(double part, double whole)
{
    return whole > 0 ? 100 * part / whole : 0;
}

static void print_head(const trace *t, FILE *out)
{
    const trace_total *s = &t->total;
    fprintf(out, "%s: %llu worker%s of %llu lane%s, mode %s, atomics %s\n", s->device,
            (unsigned long long)s->workers, s_of(s->workers), (unsigned long long)s->lanes,
            s_of(s->lanes), s->mode, s->tier);
    fprintf(out, "%llu slice%s in %.6f s (%s times); %.6f s from the first to the last\n",
            (unsigned long long)s->slices, s_of(s->slices), sliced(t) * 1e-6, s->clock,
            (t->end - t->begin) * 1e-6);
    fprintf(out, "%llu fiber%s ended, %llu failed; %llu segments\n",
            (unsigned long long)s->completed, s_of(s->completed), (unsigned long long)s->failed,
            (unsigned long long)s->segments);
    fprintf(out, "critical path: %llu segment%s, parallelism %.1f\n", (unsigned long long)s->path,
            s_of(s->path), s->path != 0 ? (double)s->segments / (double)s->path : 0.0);
    fprintf(out,
            "traced: %llu fiber%s from the start, 1 of %llu segments that spawn; %llu segment%s, "
            "%llu dropped\n",
            (unsigned long long)s->starts, s_of(s->starts), (unsigned long long)s->sample,
            (unsigned long long)s->recorded, s_of(s->recorded), (unsigned long long)s->dropped);
}

/* ---- workers ------------------------------------------------------------------------------ */

typedef struct worker {
    double busy;
    uint64_t segments, idle, steals, stolen, lost;
} worker;

static int print_workers(const trace *t, FILE *out)
{
    worker *w = calloc(t->total.workers + 1, sizeof *w);
    double all = sliced(t), busy = 0;
    if (w == NULL)
        return -1;
    for (size_t i = 0; i < t->works; i++) {
        worker *of = &w[t->work[i].worker];
        of->busy += trace_busy(&t->work[i]);
        of->segments += t->work[i].segments;
        of->idle += t->work[i].idle;
    }
    for (size_t i = 0; i < t->steals; i++) {
        w[t->steal[i].thief].steals++;
        w[t->steal[i].thief].stolen += t->steal[i].entries;
        w[t->steal[i].victim].lost += t->steal[i].entries;
    }
    for (uint64_t g = 0; g < t->total.workers; g++)
        busy += w[g].busy;
    fprintf(out, "\nidle share: %.1f %% of the workers' time in slices\n",
            100 - percent(busy, all * (double)t->total.workers));
    fprintf(out, "%6s %8s %12s %12s %9s %9s %9s\n", "worker", "busy", "segments", "idle rounds",
            "steals", "stole", "lost");
    for (uint64_t g = 0; g < t->total.workers && g < 64; g++)
        fprintf(out, "%6llu %6.1f %% %12llu %12llu %9llu %9llu %9llu\n", (unsigned long long)g,
                percent(w[g].busy, all), (unsigned long long)w[g].segments,
                (unsigned long long)w[g].idle, (unsigned long long)w[g].steals,
                (unsigned long long)w[g].stolen, (unsigned long long)w[g].lost);
    if (t->total.workers > 64)
        fprintf(out, "... and %llu more\n", (unsigned long long)(t->total.workers - 64));
    free(w);
    return 0;
}

/* ---- steals ------------------------------------------------------------------------------- */

static void print_matrix(const uint64_t *matrix, uint32_t workers, bool queue, FILE *out)
{
    fprintf(out, "%6s", "thief");
    for (uint32_t v = 0; v < workers; v++)
        fprintf(out, " %8u", v);
    fprintf(out, queue ? " %8s\n" : "\n", "queue");
    for (uint32_t g = 0; g < workers; g++) {
        fprintf(out, "%6u", g);
        for (uint32_t v = 0; v < workers + queue; v++)
            if (v == g)
                fprintf(out, " %8s", ".");
            else
                fprintf(out, " %8llu", (unsigned long long)matrix[g * (workers + 1) + v]);
        fputc('\n', out);
    }
}

typedef struct pair {
    uint32_t thief, victim;
    uint64_t entries;
} pair;

static int by_pair(const void *a, const void *b)
{
    const pair *x = a, *y = b;
    if (x->thief != y->thief)
        return x->thief < y->thief ? -1 : 1;
    return (x->victim > y->victim) - (x->victim < y->victim);
}

static int by_entries(const void *a, const void *b)
{
    const pair *x = a, *y = b;
    return (x->entries < y->entries) - (x->entries > y->entries);
}

static int print_pairs(const trace *t, uint32_t top, FILE *out)
{
    pair *p = calloc(t->steals + 1, sizeof *p);
    size_t n = 0;
    if (p == NULL)
        return -1;
    for (size_t i = 0; i < t->steals; i++)
        p[i] = (pair){t->steal[i].thief, t->steal[i].victim, t->steal[i].entries};
    qsort(p, t->steals, sizeof *p, by_pair);
    for (size_t i = 0; i < t->steals; i++)
        if (n != 0 && by_pair(&p[n - 1], &p[i]) == 0)
            p[n - 1].entries += p[i].entries;
        else
            p[n++] = p[i];
    qsort(p, n, sizeof *p, by_entries);
    for (size_t i = 0; i < n && i < top; i++)
        fprintf(out, "%6u took %8llu from %u\n", (unsigned)p[i].thief,
                (unsigned long long)p[i].entries, (unsigned)p[i].victim);
    free(p);
    return 0;
}

static int print_steals(const trace *t, uint32_t top, FILE *out)
{
    uint64_t entries = 0;
    bool queue = false;
    for (size_t i = 0; i < t->steals; i++) {
        entries += t->steal[i].entries;
        queue = queue || t->steal[i].victim == t->total.workers;
    }
    fprintf(out, "\nsteals: %zu took %llu entries (%llu not recorded); columns: from whom\n",
            t->steals, (unsigned long long)entries, (unsigned long long)t->total.steals_dropped);
    if (t->steals == 0)
        return 0;
    if (t->total.workers > MATRIX_MOST)
        return print_pairs(t, top, out);
    const uint32_t workers = (uint32_t)t->total.workers;
    uint64_t matrix[MATRIX_MOST * (MATRIX_MOST + 1)] = {0};
    for (size_t i = 0; i < t->steals; i++)
        matrix[t->steal[i].thief * (workers + 1) + t->steal[i].victim] += t->steal[i].entries;
    print_matrix(matrix, workers, queue, out);
    return 0;
}

/* ---- fibers ------------------------------------------------------------------------------- */

/* A fiber, or all fibers of a name. */
typedef struct fiber {
    uint64_t id;
    uint32_t name;
    uint64_t segments, inlined, fibers;
    double time;
} fiber;

static int by_id(const void *a, const void *b)
{
    const fiber *x = a, *y = b;
    return (x->id > y->id) - (x->id < y->id);
}

static int by_segments(const void *a, const void *b)
{
    const fiber *x = a, *y = b;
    if (x->segments + x->inlined != y->segments + y->inlined)
        return x->segments + x->inlined < y->segments + y->inlined ? 1 : -1;
    return by_id(a, b);
}

static void add(fiber *to, const fiber *f)
{
    to->segments += f->segments;
    to->inlined += f->inlined;
    to->time += f->time;
}

/* One entry for each fiber, in the order of their ids. */
static size_t gather(const trace *t, fiber *f)
{
    size_t n = 0;
    for (size_t i = 0; i < t->segments; i++) {
        const trace_segment *s = &t->segment[i];
        f[i] = (fiber){s->fiber, s->name, 1, s->inlined, 1, s->span.end - s->span.begin};
    }
    qsort(f, t->segments, sizeof *f, by_id);
    for (size_t i = 0; i < t->segments; i++)
        if (n != 0 && f[n - 1].id == f[i].id)
            add(&f[n - 1], &f[i]);
        else
            f[n++] = f[i];
    return n;
}

static void print_names(const fiber *name, size_t names, uint32_t top, const trace *t, FILE *out)
{
    fprintf(out, "\nfibers by segments, of those that were traced:\n%-24s %9s %12s %12s %10s\n",
            "name", "fibers", "segments", "ran inline", "ms");
    for (size_t i = 0; i < names && i < top && name[i].segments != 0; i++)
        fprintf(out, "%-24s %9llu %12llu %12llu %10.3f\n", t->name[name[i].name],
                (unsigned long long)name[i].fibers, (unsigned long long)name[i].segments,
                (unsigned long long)name[i].inlined, name[i].time * 1e-3);
}

static int print_fibers(const trace *t, uint32_t top, FILE *out)
{
    fiber *f = calloc(t->segments + 1, sizeof *f), *name = calloc(t->names + 1, sizeof *name);
    if (f == NULL || name == NULL) {
        free(f);
        free(name);
        return -1;
    }
    size_t n = gather(t, f);
    for (size_t i = 0; i < t->names; i++)
        name[i].name = (uint32_t)i;
    for (size_t i = 0; i < n; i++) {
        add(&name[f[i].name], &f[i]);
        name[f[i].name].fibers++;
    }
    qsort(name, t->names, sizeof *name, by_segments);
    print_names(name, t->names, top, t, out);
    qsort(f, n, sizeof *f, by_segments);
    fprintf(out, "\nsingle fibers:\n");
    for (size_t i = 0; i < n && i < top; i++)
        fprintf(out, "%-24s %9llu %12llu %12llu %10.3f\n", t->name[f[i].name],
                (unsigned long long)f[i].id, (unsigned long long)f[i].segments,
                (unsigned long long)f[i].inlined, f[i].time * 1e-3);
    free(f);
    free(name);
    return 0;
}

static void print_calls(const trace *t, FILE *out)
{
    double time = 0;
    for (size_t i = 0; i < t->calls; i++)
        time += t->call[i].span.end - t->call[i].span.begin;
    if (t->calls != 0)
        fprintf(out, "\nhost calls: %zu, %.3f ms\n", t->calls, time * 1e-3);
}

int trace_print(const trace *t, uint32_t top, FILE *out)
{
    print_head(t, out);
    if (print_workers(t, out) || print_steals(t, top, out))
        return -1;
    if (t->segments != 0 && print_fibers(t, top, out))
        return -1;
    print_calls(t, out);
    return 0;
}
