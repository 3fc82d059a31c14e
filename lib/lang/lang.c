/* lang.c - the front end from outside: one translation, its results. */
#include "lang.h"

#include "emit.h"

#include <stdlib.h>
#include <string.h>

struct clfi_lang {
    arena arena;
    front front;
    unsigned inline_depth, lanes;
    size_t errors;
    const char *code, *log;
    clfi_lang_fiber *fibers;
    size_t nfibers;
    clfi_lang_param *env;
    size_t nenv;
};

/* From tokens to placed locals; each step is done for what the step before understood. */
static void analyse(front *f, unsigned inline_depth, unsigned lanes)
{
    program *g = f->program;
    clfi_lang_intern_words(f);
    clfi_lang_lex(f);
    clfi_lang_directives(f);
    clfi_lang_match(f);
    clfi_lang_parse_file(f);
    clfi_lang_plan_inline(f, inline_depth, lanes);
    for (uint32_t k = 0; k < g->fibers.n; k++) {
        fiber *fi = &g->fibers.at[k];
        if (!fi->defined)
            continue;
        clfi_lang_children(f, fi);
        clfi_lang_lower(f, fi);
        if (clfi_lang_live(f, fi)) {
            clfi_lang_check_places(f, fi);
            clfi_lang_share(f, fi);
        }
        clfi_lang_name_locals(f, k);
        clfi_lang_check_macros(f, k);
    }
}

static void warn(front *f)
{
    program *g = f->program;
    for (uint32_t k = 0; k < g->fibers.n; k++) {
        const fiber *fi = &g->fibers.at[k];
        if (fi->defined)
            clfi_lang_warn_early(f, fi);
        if (fi->defined && fi->ends && !fi->is_void)
            clfi_lang_warn(f, fi->all.end - 1,
                           "control can reach the end of fiber '%s' without a result",
                           f->symbols.at[fi->sym].s);
    }
}

static int by_line(const void *a, const void *b)
{
    const clfi_lang_crossing *x = a, *y = b;
    return x->line != y->line ? (x->line < y->line ? -1 : 1) : strcmp(x->what, y->what);
}

static const clfi_lang_crossing *crossings(front *f, const fiber *fi, const local *v, size_t *n)
{
    clfi_lang_crossing *all = clfi_lang_arena_get(f->arena, v->across.n * sizeof *all + 1);
    bool parked = v->home == HOME_SPILL || (v->home == HOME_FRAME && !v->crosses && !v->is_param);
    *n = 0;
    for (uint32_t i = 0; i < v->across.n; i++) {
        const block *b = &fi->cfg->blocks.at[v->across.at[i]];
        if (parks(b) != parked)
            continue;
        all[*n].what = clfi_lang_suspension(b);
        all[(*n)++].line = clfi_lang_user_line(f, b->line, NULL);
    }
    if (*n > 1)
        qsort(all, *n, sizeof *all, by_line);
    return all;
}

static clfi_lang_member member_of(front *f, const fiber *fi, const local *v)
{
    clfi_lang_member m = {
        .name = v->name, .is_param = v->is_param, .in_place = v->home == HOME_IN_PLACE};
    m.shares = v->first != 0 ? local_at(f, v->first)->name : NULL;
    m.type = clfi_lang_arena_printf(f->arena, "%s%s%s", v->spec, v->stars[0] != '\0' ? " " : "",
                                    v->stars);
    m.dims = v->dim_text;
    m.bytes = clfi_lang_bytes(f, v);
    m.place_bytes = clfi_lang_place_bytes(f, v);
    m.place_align = clfi_lang_place_align(f, v);
    m.is_cold = is_cold(v);
    m.crossing = crossings(f, fi, v, &m.crossings);
    return m;
}

static void describe_fiber(front *f, const fiber *fi, clfi_lang_fiber *out)
{
    const uint32_t locals = locals_of(fi);
    clfi_lang_param *params = clfi_lang_arena_get(f->arena, fi->params * sizeof *params + 1);
    clfi_lang_member *members = clfi_lang_arena_get(f->arena, locals * sizeof *members + 1);
    clfi_lang_member *spill = clfi_lang_arena_get(f->arena, locals * sizeof *spill + 1);
    out->name = f->symbols.at[fi->sym].s;
    out->result = fi->result;
    out->line = clfi_lang_user_line(f, tok_at(f, fi->name_tok)->line, NULL);
    clfi_lang_describe_places(f, fi, out);
    out->params = fi->params;
    out->param = params;
    out->member = members;
    out->spill = spill;
    for (uint32_t k = 0; k < locals; k++) {
        const local *v = local_at(f, nth_local(fi, k));
        if (k < fi->params) {
            params[k].type = clfi_lang_arena_printf(f->arena, "%s%s%s", v->spec,
                                                    v->stars[0] ? " " : "", v->stars);
            params[k].name = v->name;
            params[k].is_pointer = v->pointer;
        }
        if (v->home == HOME_FRAME || v->home == HOME_IN_PLACE)
            members[out->members++] = member_of(f, fi, v);
        else if (v->home == HOME_SPILL)
            spill[out->spilled++] = member_of(f, fi, v);
    }
}

static void describe(clfi_lang *t)
{
    front *f = &t->front;
    program *g = f->program;
    t->fibers = clfi_lang_arena_get(f->arena, g->fibers.n * sizeof *t->fibers + 1);
    t->env = clfi_lang_arena_get(f->arena, g->env.n * sizeof *t->env + 1);
    for (uint32_t k = 0; k < g->fibers.n; k++)
        if (g->fibers.at[k].defined)
            describe_fiber(f, &g->fibers.at[k], &t->fibers[t->nfibers++]);
    for (uint32_t k = 0; k < g->env.n; k++) {
        const env_member *m = &g->env.at[k];
        t->env[t->nenv++] = (clfi_lang_param){m->type, m->name, m->is_pointer};
    }
}

static void translate(clfi_lang *t)
{
    front *f = &t->front;
    text code = {.arena = f->arena}, log = {.arena = f->arena};
    analyse(f, t->inline_depth, t->lanes);
    if (f->errors == 0)
        clfi_lang_emit(f, &code);
    if (f->errors == 0) {
        warn(f);
        describe(t);
    }
    clfi_lang_log_text(f, &log);
    t->errors = f->errors;
    t->code = f->errors == 0 && code.s != NULL ? code.s : "";
    t->log = log.s != NULL ? log.s : "";
}

/* All that may run out of memory. A function of its own: longjmp spares the caller's variables. */
static int guarded(clfi_lang *t, const char *source, size_t length, const char *filename)
{
    front *f = &t->front;
    if (setjmp(t->arena.out_of_memory) != 0)
        return 0;
    f->arena = &t->arena;
    f->source = clfi_lang_arena_copy(f->arena, source, length);
    f->length = (uint32_t)length;
    clfi_lang_first_mark(f, filename != NULL ? filename : "fiber source");
    f->program = clfi_lang_arena_get(f->arena, sizeof *f->program);
    translate(t);
    return 1;
}

clfi_lang *clfi_lang_translate(const char *source, size_t length, const char *filename,
                               const clfi_lang_options *options)
{
    if (length > UINT32_MAX / 4)
        return NULL;
    clfi_lang *t = calloc(1, sizeof *t);
    if (t == NULL)
        return NULL;
    t->arena.limit = options != NULL ? options->max_memory : 0;
    t->inline_depth = options != NULL ? options->inline_depth : 0;
    t->lanes = options != NULL ? options->lanes : 0;
    if (guarded(t, source, length, filename))
        return t;
    clfi_lang_free(t);
    return NULL;
}

void clfi_lang_free(clfi_lang *t)
{
    if (t == NULL)
        return;
    clfi_lang_arena_free(&t->arena);
    free(t);
}

size_t clfi_lang_errors(const clfi_lang *t)
{
    return t->errors;
}

const char *clfi_lang_log(const clfi_lang *t)
{
    return t->log;
}

const char *clfi_lang_code(const clfi_lang *t)
{
    return t->code;
}

const clfi_lang_fiber *clfi_lang_fibers(const clfi_lang *t, size_t *count)
{
    *count = t->nfibers;
    return t->fibers;
}

const clfi_lang_param *clfi_lang_env(const clfi_lang *t, size_t *count)
{
    *count = t->nenv;
    return t->env;
}
