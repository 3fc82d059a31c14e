/* inline.c - which fibers can run inline, and how deep: doc/design.md, "Spawn inlining". */
#include "emit.h"
#include "lang.h"

#include <string.h>

static bool is_pragma(front *f, uint32_t i)
{
    const token *t = tok_at(f, i);
    const char *s = f->source + t->at + 1;
    while (*s == ' ' || *s == '\t')
        s++;
    return strncmp(s, "pragma", 6) == 0;
}

/* What a clone cannot do: name itself, as it does to hold a lock, before it has a frame; leave
 * parts of its text out, which may hold one half of an #if; keep pointers to its variables while it
 * gets a frame. */
static bool can_run_inline(front *f, const fiber *fi)
{
    for (uint32_t i = fi->body_range.first; i < fi->body_range.end; i++) {
        uint32_t e = tok_at(f, i)->edit;
        uint8_t kind = e != 0 ? f->program->edits.at[e].kind : E_NONE;
        if (kind == E_SELF || kind == E_TRY || (is_name(f, i) && clfi_lang_find_post(f, i) != NULL))
            return false;
        if (tok_at(f, i)->kind == T_DIRECTIVE && !is_pragma(f, i))
            return false;
    }
    for (uint32_t k = fi->first_local; k < fi->end_local; k++)
        if (local_at(f, k)->private_pointer)
            return false;
    return true;
}

/* Tokens that every second clone may add to its callers, all calls together. */
#define FOLD_TOKENS 512

/* A call costs as much as ten short statements: every second clone of a small fiber is compiled
 * into its callers, where a child that ends at once often costs nothing but a comparison. */
static void plan_folds(program *g)
{
    for (uint32_t k = 0; k < g->fibers.n; k++)
        for (uint32_t i = 0; i < g->fibers.at[k].actions.n; i++) {
            const action *a = g->fibers.at[k].actions.at[i];
            if (a->verb == V_SPAWN || a->verb == V_AWAIT)
                g->fibers.at[a->callee].calls++;
        }
    for (uint32_t k = 0; k < g->fibers.n; k++) {
        fiber *fi = &g->fibers.at[k];
        uint64_t tokens = fi->body_range.end - fi->body_range.first;
        fi->folds = fi->calls * tokens <= FOLD_TOKENS;
    }
}

/* Sets the depth of every fiber's clones, before they are lowered. */
void clfi_lang_plan_inline(front *f, uint32_t depth)
{
    program *g = f->program;
    if (depth == 0)
        return;
    for (uint32_t k = 0; k < g->fibers.n; k++) {
        fiber *fi = &g->fibers.at[k];
        fi->depth = fi->defined && fi->used && can_run_inline(f, fi);
    }
    if (depth == CLFI_LANG_INLINE_MARKED)
        depth = 0;
    for (uint32_t k = 0; k < g->fibers.n; k++) {
        fiber *fi = &g->fibers.at[k];
        if (fi->depth > 0)
            fi->depth = fi->limited ? fi->limit : depth;
    }
    plan_folds(g);
}

/* The deepest clone of the program. */
uint32_t clfi_lang_inline_depth(front *f)
{
    uint32_t depth = 0;
    for (uint32_t k = 0; k < f->program->fibers.n; k++)
        if (f->program->fibers.at[k].depth > depth)
            depth = f->program->fibers.at[k].depth;
    return depth;
}
