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
        bool about = kind == E_ASK || kind == E_TELL;
        if (kind == E_OWN || kind == E_TRY ||
            (about && !clfi_lang_about_self(f->program->edits.at[e].local)->clones) ||
            (is_name(f, i) && clfi_lang_find_post(f, i) != NULL))
            return false;
        if (tok_at(f, i)->kind == T_DIRECTIVE && !is_pragma(f, i))
            return false;
    }
    for (uint32_t k = fi->first_local; k < fi->end_local; k++)
        if (local_at(f, k)->private_pointer)
            return false;
    return true;
}

/* ---- the depth of fibers without a mark ---------------------------------------------- */

/* Measured with PoCL, doc/design.md: what keeps a program's build from growing by more than half,
 * or a second. A path is a way from a segment through clones that call each other; PoCL follows
 * them all. */
enum { DEPTH_MOST = 10, FIBER_TOKENS = 2000, PROGRAM_TOKENS = 6000, PROGRAM_PATHS = 8192 };
/* Measured on an H200 and an H100: doc/performance.md. */
enum { LANES_TOKENS = 128, LANES_DEPTH = 12 };

enum { SPAWNS = 1, WAITS = 2, LOOPS_ALONE = 4, LOOPS = 8 };

static unsigned kind_of_action(const action *a)
{
    return a == NULL ? 0 : a->verb == V_SPAWN || a->verb == V_AWAIT ? SPAWNS : WAITS;
}

/* What a list of statements does: spawn or await fibers; suspend otherwise; loop without doing
 * either, which may take any time. */
static unsigned deeds(const stmt *s)
{
    unsigned all = 0;
    for (; s != NULL; s = s->next) {
        unsigned own = kind_of_action(s->action) | (s->kind == S_YIELD ? WAITS : 0);
        for (const declarator *d = s->decls; d != NULL; d = d->next)
            own |= kind_of_action(d->action);
        own |= deeds(s->init) | deeds(s->body) | deeds(s->other);
        bool loop = s->kind == S_FOR || s->kind == S_WHILE || s->kind == S_DO;
        all |= own | (loop ? LOOPS : 0) | (loop && !(own & SPAWNS) ? LOOPS_ALONE : 0);
    }
    return all;
}

/* A fiber that waits for something else than fibers gets a frame in any case. One that works for
 * long is worth its frame, and keeps others from its work while it runs inline. */
static uint32_t own_depth(const fiber *fi)
{
    if (fi->cost > FIBER_TOKENS || (deeds(fi->body) & (WAITS | LOOPS_ALONE)) != 0)
        return 0;
    uint32_t depth = FIBER_TOKENS / (fi->cost > 0 ? fi->cost : 1);
    return depth < DEPTH_MOST ? depth : DEPTH_MOST;
}

/* With several lanes all wait for the one whose children take longest. So only those of fibers run
 * inline that do nothing but call each other: tiny, without a loop. */
static uint32_t depth_in_lanes(const fiber *fi)
{
    unsigned all = deeds(fi->body);
    uint32_t depth = own_depth(fi);
    if (fi->cost > LANES_TOKENS || !(all & SPAWNS) || (all & LOOPS))
        return 0;
    if (fi->limited)
        return fi->limit < LANES_DEPTH ? fi->limit : LANES_DEPTH;
    return depth;
}

typedef struct clones {
    front *f;
    uint32_t most;          /* depth of fibers without a mark */
    uint32_t *paths, *next; /* per fiber: to its clones of one depth, and of the next */
    uint32_t *deepest;      /* per fiber: clone that something calls */
    uint32_t tokens, all_paths;
} clones;

static uint32_t add(uint32_t a, uint64_t b)
{
    return a + b < COST_UNKNOWN ? (uint32_t)(a + b) : COST_UNKNOWN;
}

static uint32_t depth_of(const clones *c, const fiber *fi)
{
    return fi->limited || fi->depth < c->most ? fi->depth : c->most;
}

/* Adds the paths from a fiber, its segment or a clone that `paths` lead to, to those it calls. */
static void call_on(clones *c, const fiber *fi, uint32_t paths, uint32_t depth)
{
    program *g = c->f->program;
    for (uint32_t i = 0; paths > 0 && i < fi->actions.n; i++) {
        const action *a = fi->actions.at[i];
        if (kind_of_action(a) == SPAWNS && depth_of(c, &g->fibers.at[a->callee]) >= depth)
            c->next[a->callee] = add(c->next[a->callee], paths);
    }
}

/* Counts clones and paths, if fibers without a mark run inline `most` deep. */
static void count(clones *c, uint32_t most)
{
    program *g = c->f->program;
    size_t bytes = g->fibers.n * sizeof *c->next;
    c->most = most;
    c->tokens = c->all_paths = 0;
    memset(c->deepest, 0, bytes);
    for (uint32_t depth = 1; depth <= CLFI_LANG_INLINE_MOST; depth++) {
        memset(c->next, 0, bytes);
        for (uint32_t k = 0; k < g->fibers.n; k++)
            if (g->fibers.at[k].defined)
                call_on(c, &g->fibers.at[k], depth == 1 ? 1 : c->paths[k], depth);
        for (uint32_t k = 0; k < g->fibers.n; k++) {
            if (c->next[k] == 0)
                continue;
            c->deepest[k] = depth;
            c->tokens = add(c->tokens, g->fibers.at[k].cost);
            c->all_paths = add(c->all_paths, c->next[k]);
        }
        memcpy(c->paths, c->next, bytes);
    }
}

/* The greatest depth that the program's size allows; clones that nobody calls are not made. */
static void plan_by_size(front *f, bool lanes)
{
    program *g = f->program;
    size_t bytes = g->fibers.n * sizeof(uint32_t) + 1;
    clones c = {.f = f};
    c.paths = clfi_lang_arena_get(f->arena, bytes);
    c.next = clfi_lang_arena_get(f->arena, bytes);
    c.deepest = clfi_lang_arena_get(f->arena, bytes);
    clfi_lang_measure(f);
    for (uint32_t k = 0; k < g->fibers.n; k++) {
        fiber *fi = &g->fibers.at[k];
        if (fi->depth > 0)
            fi->depth = lanes ? depth_in_lanes(fi) : fi->limited ? fi->limit : own_depth(fi);
    }
    uint32_t most = DEPTH_MOST;
    for (; most > 0; most--) {
        count(&c, most);
        if (c.tokens <= PROGRAM_TOKENS && c.all_paths <= PROGRAM_PATHS)
            break;
    }
    for (uint32_t k = 0; k < g->fibers.n; k++) {
        fiber *fi = &g->fibers.at[k];
        if (!fi->limited)
            fi->depth = most > 0 ? c.deepest[k] : 0;
    }
}

/* ---- clones that are a part of their callers ------------------------------------------ */

/* Tokens that all calls of a fiber's clones may bring into their callers together. */
enum { FOLD_TOKENS = 512, FOLD_MORE_TOKENS = 768 };

/* Tokens of a clone, with those that are called in it down to so many levels. */
static uint64_t tokens_of(const program *g, const fiber *fi, uint32_t levels)
{
    uint64_t all = fi->body_range.end - fi->body_range.first;
    for (uint32_t i = 0; levels > 1 && all <= FOLD_MORE_TOKENS && i < fi->actions.n; i++) {
        const action *a = fi->actions.at[i];
        if (kind_of_action(a) == SPAWNS)
            all += tokens_of(g, &g->fibers.at[a->callee], levels - 1);
    }
    return all;
}

static uint32_t levels_of(const program *g, const fiber *fi, bool lanes)
{
    if (!lanes && fi->calls * tokens_of(g, fi, 3) <= FOLD_MORE_TOKENS)
        return 4;
    return fi->calls * tokens_of(g, fi, 1) <= FOLD_TOKENS ? 2 : 1;
}

/* A call costs as much as ten short statements: every second clone of a small fiber is compiled
 * into its callers, where a child that ends at once often costs nothing but a comparison; with one
 * lane, of a smaller one three of four are. (Powers of two: the fibers of a program that call each
 * other all have a function in common levels.) Of one that neither spawns, waits nor loops every
 * clone is: that adds no more at any depth. */
static void plan_folds(program *g, bool lanes)
{
    for (uint32_t k = 0; k < g->fibers.n; k++)
        for (uint32_t i = 0; i < g->fibers.at[k].actions.n; i++) {
            const action *a = g->fibers.at[k].actions.at[i];
            if (a->verb == V_SPAWN || a->verb == V_AWAIT)
                g->fibers.at[a->callee].calls++;
        }
    for (uint32_t k = 0; k < g->fibers.n; k++) {
        fiber *fi = &g->fibers.at[k];
        fi->levels = levels_of(g, fi, lanes);
        fi->ends_alone = fi->defined && deeds(fi->body) == 0;
    }
}

static void plan_marked(program *g, uint32_t depth)
{
    for (uint32_t k = 0; k < g->fibers.n; k++) {
        fiber *fi = &g->fibers.at[k];
        if (fi->depth > 0)
            fi->depth = fi->limited ? fi->limit : depth;
    }
}

/* Sets the depth of every fiber's clones, before they are lowered. */
void clfi_lang_plan_inline(front *f, uint32_t depth, uint32_t lanes)
{
    program *g = f->program;
    if (depth == 0)
        return;
    for (uint32_t k = 0; k < g->fibers.n; k++) {
        fiber *fi = &g->fibers.at[k];
        fi->depth = fi->defined && fi->used && can_run_inline(f, fi);
    }
    if (depth == CLFI_LANG_INLINE_AUTO || depth == CLFI_LANG_INLINE_LANES)
        plan_by_size(f, depth == CLFI_LANG_INLINE_LANES);
    else
        plan_marked(g, depth == CLFI_LANG_INLINE_MARKED ? 0 : depth);
    plan_folds(g, lanes > 1 || depth == CLFI_LANG_INLINE_LANES);
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
