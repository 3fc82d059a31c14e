/* save.c - locals that live in registers, on their way to the frame or the spill area, and back. */
#include "emit.h"

const char *clfi_lang_in_frame(writer *w, const local *v)
{
    return clfi_lang_frame_text(w->p, v);
}

/* Whether a fiber that comes back to where it parked has anything to load. */
bool clfi_lang_has_reload(writer *w, const block *b)
{
    for (uint32_t k = 0; k < b->live.n; k++)
        if (local_at(w->p->f, b->live.at[k])->home != HOME_IN_PLACE)
            return true;
    return false;
}

void clfi_lang_put_stores(writer *w, const block *b, const char *indent)
{
    for (uint32_t k = 0; k < b->store.n; k++) {
        const local *v = local_at(w->p->f, b->store.at[k]);
        clfi_lang_put_copy(w, v, clfi_lang_in_frame(w, v), v->name, indent);
    }
}

void clfi_lang_put_loads(writer *w, const block *b)
{
    for (uint32_t k = 0; k < b->live.n; k++) {
        const local *v = local_at(w->p->f, b->live.at[k]);
        if (v->home == HOME_FRAME)
            clfi_lang_put_copy(w, v, v->name, clfi_lang_in_frame(w, v), "        ");
    }
}

static bool spills_any(writer *w, const block *b)
{
    bool any = false;
    for (uint32_t k = 0; k < b->live.n; k++)
        any |= local_at(w->p->f, b->live.at[k])->home == HOME_SPILL;
    return any;
}

void clfi_lang_put_spilled(writer *w, const block *b, bool out, const char *indent)
{
    printer *p = w->p;
    const char *name = p->f->symbols.at[p->fi->sym].s, *s = w->n[N_SPILL];
    if (!spills_any(w, b))
        return;
    clfi_lang_putf(p, "%s__global clf_spill_%s *%s = (__global clf_spill_%s *)%s->spill;\n", indent,
                   name, s, name, w->n[N_W]);
    for (uint32_t k = 0; k < b->live.n; k++) {
        const local *v = local_at(p->f, b->live.at[k]);
        const char *there = clfi_lang_arena_printf(p->f->arena, "%s->%s", s, v->name);
        if (v->home == HOME_SPILL)
            clfi_lang_put_copy(w, v, out ? there : v->name, out ? v->name : there, indent);
    }
}
