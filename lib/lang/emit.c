/* emit.c - the generated program: the user's text, frames, tables, the place of the runtime,
 * segments. */
#include "emit.h"

#include <string.h>

/* `uint8 x[4]` */
const char *clfi_lang_decl_text(front *f, const local *v, const char *name)
{
    return clfi_lang_arena_printf(f->arena, "%s %s%s%s%s%s", v->spec, v->stars, name, v->dim_text,
                                  v->suffix[0] != '\0' ? " " : "", v->suffix);
}

/* ---- the user's text ---------------------------------------------------------------- */

/* Bytes from .. to, from the first line on that is not blank. */
static void put_piece(printer *p, uint32_t from, uint32_t to, uint32_t line)
{
    const char *s = p->f->source;
    uint32_t start = from;
    for (uint32_t k = from; k < to && (s[k] == ' ' || (s[k] >= '\t' && s[k] <= '\r')); k++)
        if (s[k] == '\n') {
            start = k + 1;
            line++;
        }
    uint32_t k = start;
    while (k < to && (s[k] == ' ' || (s[k] >= '\t' && s[k] <= '\r')))
        k++;
    if (k == to)
        return;
    while (to > k && (s[to - 1] == ' ' || (s[to - 1] >= '\t' && s[to - 1] <= '\r')))
        to--;
    clfi_lang_sync_line(p, line);
    clfi_lang_put_source(p, start, to);
    clfi_lang_text_puts(&p->out, "\n");
    p->line = 0;
    p->file = NULL; /* it may hold #line itself */
}

static void put_text(printer *p)
{
    front *f = p->f;
    uint32_t at = 0, line = 1;
    for (uint32_t k = 0; k < f->program->cuts.n; k++) {
        range cut = f->program->cuts.at[k];
        const token *first = tok_at(f, cut.first), *last = tok_at(f, cut.end - 1);
        put_piece(p, at, first->at, line);
        at = last->at + last->length;
        line = last->line;
        for (uint32_t i = last->at; i < at; i++)
            line += f->source[i] == '\n';
    }
    put_piece(p, at, f->length, line);
    clfi_lang_put(p, "\n");
}

/* ---- frames ------------------------------------------------------------------------- */

static void put_member(printer *p, const local *v, const char *indent)
{
    /* a type of the user's that the compiler does not know should be reported in the user's line */
    if (v->builtin == NULL || v->ndims > 0)
        clfi_lang_sync_line(p, tok_at(p->f, v->tok)->line);
    clfi_lang_putf(p, "%s%s;\n", indent, clfi_lang_decl_text(p->f, v, v->name));
}

/* What has this place: one member, or several as a union. */
static void put_place(printer *p, const local *v)
{
    front *f = p->f;
    if (v->in_union == 0) {
        put_member(p, v, "    ");
        return;
    }
    clfi_lang_put(p, "    union {\n");
    for (const local *m = v; m != NULL; m = m->beside != 0 ? local_at(f, m->beside) : NULL)
        put_member(p, m, "        ");
    clfi_lang_putf(p, "    } clf_u%u;\n", v->in_union);
}

/* Locals by alignment, so that there are no holes. `cold`: what is only there for want of frames.
 */
static void put_members(printer *p, bool cold)
{
    front *f = p->f;
    const fiber *fi = p->fi;
    for (size_t align = MOST_ALIGN; align > 0; align /= 2)
        for (uint32_t k = fi->first_local; k < fi->end_local; k++) {
            const local *v = local_at(f, k);
            if (in_frame(v) && v->first == 0 && is_cold(v) == cold &&
                clfi_lang_place_align(f, v) == align)
                put_place(p, v);
        }
}

/* The parameters in order, for the host; then the others. */
static void put_frame(printer *p)
{
    front *f = p->f;
    const fiber *fi = p->fi;
    const char *name = f->symbols.at[fi->sym].s;
    clfi_lang_put(p, "typedef struct {\n    clf_header h;\n");
    for (uint32_t k = 0; k < fi->params; k++)
        put_member(p, local_at(f, fi->first_param + k), "    ");
    put_members(p, false);
    put_members(p, true);
    clfi_lang_putf(p, "} clf_frame_%s;\n", name);
}

static void put_spill(printer *p)
{
    front *f = p->f;
    const fiber *fi = p->fi;
    bool any = false;
    clfi_lang_put(p, "typedef struct {\n");
    for (uint32_t k = fi->first_local; k < fi->end_local; k++) {
        const local *v = local_at(f, k);
        if (v->hoisted && v->home == HOME_SPILL) {
            put_member(p, v, "    ");
            any = true;
        }
    }
    if (!any)
        clfi_lang_put(p, "    uint none;\n");
    clfi_lang_putf(p, "} clf_spill_%s;\n\n", f->symbols.at[fi->sym].s);
}

/* ---- tables ------------------------------------------------------------------------- */

static void put_table(printer *p, const fiber *fi)
{
    front *f = p->f;
    const char *name = f->symbols.at[fi->sym].s;
    if (fi->is_void)
        clfi_lang_putf(p, "#define CLF_RESULT_%s(R)\n", name);
    else
        clfi_lang_putf(p, "#define CLF_RESULT_%s(R) R(%s)\n", name, fi->result);
    clfi_lang_putf(p, "#define CLF_ARGS_%s(A)", name);
    for (uint32_t k = 0; k < fi->params; k++) {
        const local *v = local_at(f, fi->first_param + k);
        clfi_lang_putf(p, " A(%s%s%s, %s)", v->spec, v->stars[0] ? " " : "", v->stars, v->name);
    }
    clfi_lang_put(p, "\n");
}

static void put_env(printer *p)
{
    front *f = p->f;
    if (!f->program->has_env)
        return;
    clfi_lang_put(p, "#define CLF_ENV(V, P)");
    for (uint32_t k = 0; k < f->program->env.n; k++) {
        const env_member *m = &f->program->env.at[k];
        clfi_lang_putf(p, " %s(%s, %s)", m->is_pointer ? "P" : "V", m->type, m->name);
    }
    clfi_lang_put(p, "\n");
}

/* The members of the fiber_local, as they stand. */
static void put_own(printer *p)
{
    front *f = p->f;
    range r = f->program->own;
    const token *last = tok_at(f, r.end - 1);
    clfi_lang_put(p, "#define CLF_LOCALS\ntypedef struct {\n");
    clfi_lang_sync_line(p, tok_at(f, r.first)->line);
    clfi_lang_put(p, "    ");
    clfi_lang_put_source(p, tok_at(f, r.first)->at, last->at + last->length);
    clfi_lang_put(p, "\n} clf_locals;\n");
    p->line = 0;
    p->file = NULL;
}

static void put_tables(printer *p)
{
    front *f = p->f;
    program *g = f->program;
    clfi_lang_put(p, "#define CLF_FIBERS(F)");
    for (uint32_t k = 0; k < g->fibers.n; k++)
        if (g->fibers.at[k].defined)
            clfi_lang_putf(p, " F(%s)", f->symbols.at[g->fibers.at[k].sym].s);
    clfi_lang_put(p, "\n");
    for (uint32_t k = 0; k < g->fibers.n; k++)
        if (g->fibers.at[k].defined)
            put_table(p, &g->fibers.at[k]);
    put_env(p);
    if (g->waits)
        clfi_lang_put(p, "#define CLF_WAITING\n");
    if (g->names)
        clfi_lang_put(p, "#define CLF_NAMES\n");
    if (g->priorities)
        clfi_lang_put(p, "#ifndef CLF_PRIORITIES\n#define CLF_PRIORITIES\n#endif\n");
    if (g->has_own)
        put_own(p);
}

static void put_cloned(printer *p, uint32_t depth)
{
    front *f = p->f;
    clfi_lang_putf(p, "#define CLF_INLINE_DEPTH %u\n#define CLF_CLONES(F)", depth);
    for (uint32_t k = 0; k < f->program->fibers.n; k++)
        if (f->program->fibers.at[k].depth > 0)
            clfi_lang_putf(p, " F(%s)", f->symbols.at[f->program->fibers.at[k].sym].s);
    clfi_lang_put(p, "\n");
}

static void set_fiber(printer *p, uint32_t k)
{
    front *f = p->f;
    p->fi = &f->program->fibers.at[k];
    memcpy(p->names, p->fi->internals, sizeof p->names);
    p->has_spawn = false;
    for (uint32_t i = 0; i < p->fi->actions.n; i++)
        p->has_spawn |= p->fi->actions.at[i]->verb == V_SPAWN;
}

void clfi_lang_emit(front *f, text *out)
{
    printer p = {.f = f, .out = *out};
    program *g = f->program;
    put_text(&p);
    for (uint32_t k = 0; k < g->fibers.n; k++)
        if (g->fibers.at[k].defined) {
            set_fiber(&p, k);
            put_frame(&p);
            put_spill(&p);
        }
    put_tables(&p);
    uint32_t depth = clfi_lang_inline_depth(f);
    if (depth > 0)
        put_cloned(&p, depth);
    clfi_lang_put(&p, "\n#pragma clfiber runtime\n\n");
    for (uint32_t k = 0; k < g->fibers.n; k++)
        if (g->fibers.at[k].depth > 0) {
            set_fiber(&p, k);
            clfi_lang_put_saves(&p);
        }
    for (; depth > 0; depth--)
        for (uint32_t k = 0; k < g->fibers.n; k++)
            if (g->fibers.at[k].depth >= depth) {
                set_fiber(&p, k);
                clfi_lang_put_clone(&p, depth);
            }
    for (uint32_t k = 0; k < g->fibers.n; k++)
        if (g->fibers.at[k].defined) {
            set_fiber(&p, k);
            clfi_lang_put_segment(&p);
        }
    *out = p.out;
}
