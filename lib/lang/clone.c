/* clone.c - a fiber as functions that run it inline, as a part of its parent's segment: clone k
 * calls clones k + 1. A clone that cannot go on gives its fiber a frame and returns. doc/design.md,
 * "Spawn inlining", has the whole of it. */
#include "emit.h"

#include <string.h>

typedef struct clone {
    writer w;
    bool *here;   /* per block: control gets there in this clone */
    bool *jumped; /* per block: by a goto */
} clone;

static const char *name_of(writer *w)
{
    return w->p->f->symbols.at[w->p->fi->sym].s;
}

/* Whether the fiber gets a frame at the end of this block in any case. */
static bool always_saved(writer *w, const block *b)
{
    if (b->term == PARK)
        return !clfi_lang_runs_inline(w, b->action);
    if (b->term == CUT && b->action == NULL)
        return w->p->clone ==
               w->p->fi->depth; /* nothing can be called: the less to save the better */
    return b->term == CUT || b->term == YIELD || b->term == JOIN;
}

/* Marks the blocks that this clone gets to, without recursion. */
static void reach(clone *c)
{
    writer *w = &c->w;
    arena *a = w->p->f->arena;
    VEC(uint32_t) work = {0};
    *PUSH(a, &work) = 0;
    c->here[0] = true;
    while (work.n > 0) {
        block *b = block_at(w, work.at[--work.n]);
        b->saved |= suspends(b);
        for (uint32_t k = 0; k < b->succ.n && !always_saved(w, b); k++) {
            uint32_t to = b->succ.at[k];
            if (!c->here[to])
                *PUSH(a, &work) = to;
            c->here[to] = true;
        }
    }
}

static void mark_jumps(clone *c)
{
    writer *w = &c->w;
    front *f = w->p->f;
    const fiber *fi = w->p->fi;
    for (uint32_t i = 0; i < w->print.n; i++) {
        const block *b = block_at(w, w->print.at[i]);
        bool jumps = b->term == BRANCH || b->term == SWITCH || (b->term == GO && !b->through);
        for (uint32_t k = 0; jumps && k < b->succ.n; k++)
            c->jumped[b->succ.at[k]] = true;
    }
    for (uint32_t i = fi->body_range.first; i < fi->body_range.end; i++) {
        const edit *e = &f->program->edits.at[tok_at(f, i)->edit];
        if (e->kind == E_STMT && e->stmt->jump != 0)
            c->jumped[e->stmt->jump - 1] = true;
    }
}

static void plan(clone *c, printer *p)
{
    writer labels = {.p = p, .c = p->fi->cfg, .n = p->names};
    clfi_lang_plan(&labels);
    c->w = (writer){.p = p, .c = p->fi->cfg, .n = p->names};
    c->here = clfi_lang_arena_get(p->f->arena, c->w.c->blocks.n * sizeof *c->here);
    c->jumped = clfi_lang_arena_get(p->f->arena, c->w.c->blocks.n * sizeof *c->jumped);
    reach(c);
    for (uint32_t i = 0; i < labels.print.n; i++)
        if (c->here[labels.print.at[i]])
            *PUSH(p->f->arena, &c->w.print) = labels.print.at[i];
    mark_jumps(c);
}

/* ---- control flow ------------------------------------------------------------------- */

static void put_goto(writer *w, uint32_t to, const char *indent)
{
    clfi_lang_putf(w->p, "%sgoto clf_b%u;\n", indent, to);
}

static void put_branch(writer *w, const block *b, uint32_t next)
{
    printer *p = w->p;
    bool negate = b->succ.at[0] == next;
    clfi_lang_sync_line(p, b->line);
    clfi_lang_put(p, negate ? "        if (!(" : "        if (");
    clfi_lang_put_range(p, b->cond);
    clfi_lang_put(p, negate ? "))\n" : ")\n");
    put_goto(w, b->succ.at[negate ? 1 : 0], "            ");
    if (!negate && b->succ.at[1] != next)
        put_goto(w, b->succ.at[1], "        ");
}

static void put_switch(writer *w, const block *b)
{
    printer *p = w->p;
    clfi_lang_sync_line(p, b->line);
    clfi_lang_put(p, "        switch (");
    clfi_lang_put_range(p, b->cond);
    clfi_lang_put(p, ") {\n");
    for (uint32_t k = 0; k < b->succ.n; k++) {
        const stmt *s = b->case_stmt.at[k];
        if (s != NULL && !s->is_default) {
            clfi_lang_sync_line(p, tok_at(p->f, s->expr.first)->line);
            clfi_lang_put(p, "        case ");
            clfi_lang_put_range(p, s->expr);
        } else {
            clfi_lang_put(p, "        default");
        }
        clfi_lang_put(p, ":\n");
        put_goto(w, b->succ.at[k], "            ");
    }
    clfi_lang_put(p, "        }\n");
}

/* ---- frames, late ------------------------------------------------------------------- */

static uint32_t resume_point(writer *w, const block *b)
{
    return parks(b) ? b->park : block_at(w, b->succ.at[0])->label;
}

/* What is handed to clf_save may have no value yet, a result that is to come, say, and compilers
 * take an argument without a value for something that cannot happen: numbers, vectors and pointers
 * get a first value, what may be a struct goes by its address. */
static bool by_pointer(const local *v)
{
    return v->ndims == 0 && v->stars[0] == '\0' &&
           (v->builtin == NULL || strcmp(v->builtin, "fiber_t") == 0);
}

/* A variable as an argument of clf_save. */
static void put_saved(writer *w, const local *v)
{
    clfi_lang_putf(w->p, ", %s%s", by_pointer(v) ? "&" : "", v->name);
}

/* Gives the fiber a frame: a call of what put_save has printed. */
static void put_leave(writer *w, const block *b, const char *condition)
{
    printer *p = w->p;
    clfi_lang_putf(p, "        %sreturn %s(clf_save_%s_%u(CLF_LEAVING(%s), clf_list", condition,
                   clfi_lang_ran(p), name_of(w), resume_point(w, b), w->n[N_W]);
    if (b->term == AWAIT)
        clfi_lang_putf(p, ", %s", w->n[N_C]);
    for (uint32_t k = 0; k < b->live.n; k++)
        put_saved(w, local_at(p->f, b->live.at[k]));
    clfi_lang_put(p, "));\n");
}

static const char *how_saved(const block *b)
{
    return b->term == SYNC    ? "syncs"
           : b->term == AWAIT ? "awaits"
           : b->term == YIELD ? "yields"
                              : "goes_on";
}

/* The first half of a function that gives the fiber a frame to be resumed at `at`; all clones share
 * it. `child`: one that it waits for. */
static void put_save_head(writer *w, uint32_t at, bool child)
{
    clfi_lang_putf(w->p, "CLF_SAVE uint clf_save_%s_%u(clf_worker *%s, uint clf_list", name_of(w),
                   at, w->n[N_W]);
    if (child)
        clfi_lang_putf(w->p, ", uint %s", w->n[N_C]);
}

static void put_save_parameter(writer *w, const local *v)
{
    if (by_pointer(v))
        clfi_lang_putf(w->p, ", __private %s *%s", v->spec, v->name);
    else
        clfi_lang_putf(w->p, ", %s", clfi_lang_decl_text(w->p->f, v, v->name));
}

static void put_save_take(writer *w)
{
    const char *const *n = w->n;
    const char *name = name_of(w);
    clfi_lang_putf(
        w->p,
        ")\n{\n    uint %s = clf_take_late_for(%s, %s);\n    __global clf_frame_%s *%s = "
        "CLF_FRAME(%s, %s, %s);\n",
        n[N_SELF], n[N_W], name, name, n[N_F], n[N_W], name, n[N_SELF]);
}

static void put_save_store(writer *w, const local *v)
{
    const char *from =
        by_pointer(v) ? clfi_lang_arena_printf(w->p->f->arena, "*%s", v->name) : v->name;
    clfi_lang_put_copy(w, v, clfi_lang_in_frame(w, v), from, "    ");
}

static void put_save_end(writer *w, const char *how, uint32_t at, bool child)
{
    const char *const *n = w->n;
    clfi_lang_putf(w->p, "    clf_late_%s(%s, %s, &%s->h, CLF_FN_%s, clf_list", how, n[N_W],
                   n[N_SELF], n[N_F], name_of(w));
    if (child)
        clfi_lang_putf(w->p, ", %s", n[N_C]);
    clfi_lang_putf(w->p, ", %u);\n    return %s;\n}\n\n", at, n[N_SELF]);
}

/* To be resumed behind this block. */
static void put_save(writer *w, const block *b)
{
    uint32_t at = resume_point(w, b);
    put_save_head(w, at, b->term == AWAIT);
    for (uint32_t k = 0; k < b->live.n; k++)
        put_save_parameter(w, local_at(w->p->f, b->live.at[k]));
    put_save_take(w);
    for (uint32_t k = 0; k < b->live.n; k++)
        put_save_store(w, local_at(w->p->f, b->live.at[k]));
    put_save_end(w, how_saved(b), at, b->term == AWAIT);
}

/* To begin, with its arguments. */
static void put_save_start(writer *w)
{
    const fiber *fi = w->p->fi;
    put_save_head(w, 0, false);
    for (uint32_t k = 0; k < fi->params; k++)
        put_save_parameter(w, local_at(w->p->f, fi->first_param + k));
    put_save_take(w);
    for (uint32_t k = 0; k < fi->params; k++)
        put_save_store(w, local_at(w->p->f, fi->first_param + k));
    put_save_end(w, "goes_on", 0, false);
}

void clfi_lang_put_saves(printer *p)
{
    clone c = {0};
    for (p->clone = p->fi->depth; p->clone > 0; p->clone--)
        plan(&c, p);
    p->file = NULL;
    clfi_lang_sync_line(p, tok_at(p->f, p->fi->name_tok)->line);
    put_save_start(&c.w);
    for (uint32_t i = 0; i < c.w.c->order.n; i++) {
        const block *b = block_at(&c.w, c.w.c->order.at[i]);
        if (b->saved && b->reached)
            put_save(&c.w, b);
    }
}

static void put_term(writer *w, const block *b, uint32_t next)
{
    printer *p = w->p;
    if (suspends(b))
        clfi_lang_sync_line(p, b->line);
    if (suspends(b) && always_saved(w, b)) {
        put_leave(w, b, "");
        return;
    }
    switch (b->term) {
    case GO:
        if (!b->through && b->succ.at[0] != next)
            put_goto(w, b->succ.at[0], "        ");
        break;
    case BRANCH:
        put_branch(w, b, next);
        break;
    case SWITCH:
        put_switch(w, b);
        break;
    case PARK:
        put_leave(w, b,
                  clfi_lang_arena_printf(
                      p->f->arena, "if (clf_list != CLF_NIL || !CLF_MAY_CALL(%s))\n            ",
                      w->n[N_W]));
        break;
    case SYNC:
        put_leave(w, b, "if (clf_list != CLF_NIL)\n            ");
        break;
    case AWAIT:
        put_leave(
            w, b,
            clfi_lang_arena_printf(p->f->arena, "if (%s != CLF_NIL)\n            ", w->n[N_C]));
        break;
    default:
        break;
    }
}

/* ---- the function ------------------------------------------------------------------- */

bool clfi_lang_folds(const fiber *fi, uint32_t depth)
{
    return fi->levels > 1 && (fi->ends_alone || (depth - 1) % fi->levels != 0);
}

const char *clfi_lang_ran(const printer *p)
{
    return clfi_lang_folds(p->fi, p->clone) ? "CLF_FOLDED" : "CLF_RAN";
}

/* A clone that is a function asks for fuel first: here it has nothing to keep meanwhile but its
 * arguments. */
static void put_ask(writer *w)
{
    printer *p = w->p;
    clfi_lang_putf(
        p,
        "    if (!CLF_MAY_RUN(%s))\n        return CLF_RAN(clf_save_%s_0(CLF_LEAVING(%s), "
        "CLF_NIL",
        w->n[N_W], name_of(w), w->n[N_W]);
    for (uint32_t k = 0; k < p->fi->params; k++)
        put_saved(w, local_at(p->f, p->fi->first_param + k));
    clfi_lang_put(p, "));\n");
}

static void put_head(writer *w)
{
    printer *p = w->p;
    front *f = p->f;
    const fiber *fi = p->fi;
    bool folds = clfi_lang_folds(fi, p->clone);
    clfi_lang_putf(p, "%s clf_inline_%s_%u(clf_worker *%s, uint clf_fuel%s",
                   folds ? "CLF_FOLD uint" : "CLF_CLONE ulong", name_of(w), p->clone, w->n[N_W],
                   folds ? ", __private uint *clf_left" : "");
    for (uint32_t k = 0; k < fi->params; k++) {
        const local *v = local_at(f, fi->first_param + k);
        clfi_lang_putf(p, ", %s", clfi_lang_decl_text(f, v, v->name));
    }
    if (!fi->is_void)
        clfi_lang_putf(p, ", __private %s *clf_result", fi->result);
    clfi_lang_putf(p, ")\n{\n    uint clf_list = CLF_NIL, %s;\n", w->n[N_C]);
    for (uint32_t k = fi->first_local; k < fi->end_local; k++) {
        const local *v = local_at(f, k);
        if (v->hoisted)
            clfi_lang_putf(p, "    %s%s;\n", clfi_lang_decl_text(f, v, v->name),
                           v->ndims == 0 && !by_pointer(v) ? " = 0" : "");
    }
    if (!folds)
        put_ask(w);
}

void clfi_lang_put_clone(printer *p, uint32_t depth)
{
    clone c;
    writer *w = &c.w;
    p->clone = depth;
    plan(&c, p);
    p->file = NULL;
    clfi_lang_sync_line(p, tok_at(p->f, p->fi->name_tok)->line);
    put_head(w);
    for (uint32_t i = 0; i < w->print.n; i++) {
        uint32_t index = w->print.at[i];
        block *b = block_at(w, index);
        if (c.jumped[index])
            clfi_lang_putf(p, "    clf_b%u:;\n", index);
        for (uint32_t k = b->first_item; k < b->end_item; k++)
            clfi_lang_put_item(w, b, &w->c->items.at[k]);
        put_term(w, b, i + 1 < w->print.n ? w->print.at[i + 1] : UINT32_MAX);
    }
    clfi_lang_putf(p, "    return %s(CLF_NIL);\n}\n\n", clfi_lang_ran(p));
    p->clone = 0;
}
