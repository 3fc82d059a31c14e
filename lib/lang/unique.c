/* unique.c - names. All locals that suspensions drag out of their blocks meet in one scope, with
 * the names that the generated code needs, and must not hide what the fiber uses of the rest of the
 * program. */
#include "emit.h"

#include <stdio.h>
#include <string.h>

static const char *const plain[INTERNALS] = {"w", "self", "f", "at", "kids", "c", "child", "spill"};

/* Stamps the names of a fiber: all that occur, and those that are not its locals'. */
static void stamp(front *f, const fiber *fi, uint32_t mark)
{
    for (uint32_t i = fi->body_range.first; i < fi->body_range.end; i++) {
        if (!is_name(f, i))
            continue;
        symbol *y = sym_at(f, i);
        y->seen = mark;
        bool member = is_punct(f, i - 1, '.') || is_punct(f, i - 1, P2('-', '>'));
        if (!member && local_of(f, i) == 0)
            y->global_in = mark;
    }
}

static const char *internal_name(front *f, const char *s, uint32_t mark)
{
    uint32_t sym = clfi_lang_intern(f, s, (uint32_t)strlen(s));
    const symbol *y = &f->symbols.at[sym];
    bool fixed = f->env_in_macros && s == plain[N_W]; /* macros call it clf_w */
    if (!fixed && y->global_in != mark && !y->in_macro && y->macro == 0)
        return y->s;
    return clfi_lang_arena_printf(f->arena, "clf_%s", s);
}

/* The name with a number that nothing in the fiber is called. */
static const char *numbered(front *f, uint32_t sym, uint32_t mark)
{
    char name[256];
    for (;;) {
        symbol *y = &f->symbols.at[sym];
        y->suffix = y->suffix_in == mark ? y->suffix + 1 : 2;
        y->suffix_in = mark;
        int n = snprintf(name, sizeof name, "%.*s_%u", 200, y->s, (unsigned)y->suffix);
        uint32_t other = clfi_lang_intern(f, name, (uint32_t)n);
        symbol *o = &f->symbols.at[other];
        if (o->seen == mark || o->taken == mark || o->macro != 0 || o->fiber != 0 || o->function ||
            o->in_macro)
            continue;
        o->taken = mark;
        return o->s;
    }
}

static bool is_internal(const char *s, const char **internals)
{
    for (int k = 0; k < INTERNALS; k++)
        if (strcmp(s, internals[k]) == 0)
            return true;
    return strncmp(s, "clf_", 4) == 0;
}

static void name_local(front *f, local *v, uint32_t mark, const char **internals)
{
    symbol *y = &f->symbols.at[v->sym];
    bool member = v->home == HOME_FRAME || v->home == HOME_IN_PLACE;
    bool clash = is_internal(y->s, internals) || (member && strcmp(y->s, "h") == 0);
    if (v->hoisted)
        clash |= y->taken == mark || y->global_in == mark;
    if (!clash) {
        v->name = y->s;
        if (v->hoisted)
            y->taken = mark;
        return;
    }
    v->name = numbered(f, v->sym, mark);
}

void clfi_lang_name_locals(front *f, uint32_t index)
{
    fiber *fi = &f->program->fibers.at[index];
    const char **internals = fi->internals;
    uint32_t mark = index + 1;
    stamp(f, fi, mark);
    for (int k = 0; k < INTERNALS; k++)
        internals[k] = internal_name(f, plain[k], mark);
    for (uint32_t k = 0; k < fi->params; k++)
        name_local(f, local_at(f, fi->first_param + k), mark, internals);
    for (uint32_t k = fi->first_local; k < fi->end_local; k++)
        name_local(f, local_at(f, k), mark, internals);
}

/* ---- macros that use locals by name ------------------------------------------------- */

typedef struct search {
    front *f;
    uint32_t mark;
    uint32_t budget; /* of steps, for the whole fiber: what is not found by then is not worth it */
} search;

/* A macro that the fiber uses and that mentions the symbol, itself or through others; 0: none. */
static uint32_t find_macro(search *s, uint32_t sym, uint32_t depth)
{
    front *f = s->f;
    for (uint32_t m = f->symbols.at[sym].mentions; m != 0; m = f->mentions.at[m - 1].next) {
        uint32_t user = f->mentions.at[m - 1].macro;
        uint32_t name = f->macros.at[user - 1].symbol;
        if (s->budget == 0)
            return 0;
        s->budget--;
        if (f->symbols.at[name].global_in == s->mark)
            return user;
        uint32_t outer = depth < 16 && name != sym ? find_macro(s, name, depth + 1) : 0;
        if (outer != 0)
            return outer;
    }
    return 0;
}

void clfi_lang_check_macros(front *f, uint32_t index)
{
    const fiber *fi = &f->program->fibers.at[index];
    search s = {f, index + 1, 100000};
    for (uint32_t k = 0; k < fi->params + (fi->end_local - fi->first_local); k++) {
        const local *v =
            local_at(f, k < fi->params ? fi->first_param + k : fi->first_local + k - fi->params);
        uint32_t user = v->hoisted ? find_macro(&s, v->sym, 0) : 0;
        if (user != 0)
            clfi_lang_error(
                f, v->tok,
                "the macro '%s' uses '%s' by its name, which translation may change: make it a "
                "parameter of the macro",
                f->symbols.at[f->macros.at[user - 1].symbol].s, f->symbols.at[v->sym].s);
    }
}
