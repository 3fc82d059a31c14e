/* points.c - where in the user's files a fiber is, for whoever finds it suspended or failed: its
 * resume points, and which of its lines are in which file. After the program is emitted: labels are
 * known then. */
#include "lang.h"

#include "emit.h"

static void add(front *f, clfi_lang_fiber *out, clfi_lang_point *to, uint32_t at, const block *b)
{
    const line_mark *m;
    to[out->points].at = at;
    to[out->points].what = clfi_lang_suspension(b);
    to[out->points].line = clfi_lang_user_line(f, b->line, &m);
    to[out->points++].file = m->file;
}

static void describe_points(front *f, const fiber *fi, clfi_lang_fiber *out)
{
    const cfg *c = fi->cfg;
    clfi_lang_point *points = clfi_lang_arena_get(f->arena, 2 * c->order.n * sizeof *points + 1);
    for (uint32_t i = 0; i < c->order.n; i++) {
        const block *b = &c->blocks.at[c->order.at[i]];
        const block *from = b->from != 0 ? &c->blocks.at[b->from - 1] : NULL;
        if (!b->reached)
            continue;
        if (b->label != 0 && from != NULL && !parks(from))
            add(f, out, points, b->label, from);
        if (parks(b) && b->park != 0)
            add(f, out, points, b->park, b);
    }
    out->point = points;
}

/* The pieces of the source that the fiber's #line directives cut it into. */
static void describe_pieces(front *f, const fiber *fi, clfi_lang_fiber *out)
{
    uint32_t first = tok_at(f, fi->all.first)->line, last = tok_at(f, fi->all.end - 1)->line;
    clfi_lang_piece *pieces = clfi_lang_arena_get(f->arena, f->marks.n * sizeof *pieces + 1);
    for (uint32_t k = 0; k < f->marks.n; k++) {
        const line_mark *m = &f->marks.at[k];
        uint32_t from = m->line > first ? m->line : first;
        uint32_t to = k + 1 < f->marks.n && m[1].line <= last ? m[1].line - 1 : last;
        if (from > to || m->line > last)
            continue;
        clfi_lang_piece piece = {m->as_line + (from - m->line), m->as_line + (to - m->line),
                                 m->file};
        pieces[out->pieces++] = piece;
    }
    out->piece = pieces;
}

void clfi_lang_describe_places(front *f, const fiber *fi, clfi_lang_fiber *out)
{
    describe_points(f, fi, out);
    describe_pieces(f, fi, out);
}
