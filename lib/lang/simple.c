/* simple.c - statements that end at a semicolon and hold no others: declarations, expressions, and
 * what is assigned the result of a spawn and the like. */
#include "stmt.h"

#include <string.h>

/* Where the verb of `lv = spawn f()` stands in the range, at its top level; r.end if there is none.
 */
static uint32_t find_verb(front *f, range r)
{
    for (uint32_t i = r.first; i < r.end; i = skip_at(f, i) + 1)
        if (clfi_lang_is_verb(f, i))
            return i;
    return r.end;
}

static bool has_assignment(front *f, range r)
{
    for (uint32_t i = r.first; i < r.end; i = skip_at(f, i) + 1)
        if (is_punct(f, i, '='))
            return true;
    return false;
}

/* [lv =] verb f(args), all of the range. */
static action *parse_action(parser *p, range r, uint32_t verb, uint32_t declared)
{
    front *f = p->f;
    range target = {r.first, r.first};
    if (verb > r.first)
        target.end = verb - 1;
    if (declared != 0)
        target = (range){local_at(f, declared)->tok, local_at(f, declared)->tok + 1};
    bool assigned = verb == r.first || (is_punct(f, verb - 1, '=') && target.end > target.first);
    uint32_t close = is_punct(f, verb + 2, '(') ? skip_at(f, verb + 2) : verb + 1;
    if (!assigned || has_assignment(f, target) || (close > verb + 1 && close + 1 < r.end)) {
        clfi_lang_error(
            f, verb,
            "'%s' cannot be part of a larger expression: give its result to a variable first",
            sym_at(f, verb)->s);
        return NULL;
    }
    return clfi_lang_parse_action(&p->n, verb, target, declared);
}

/* The end of an initialiser: the comma or the end. */
static uint32_t init_end(front *f, uint32_t i, uint32_t end)
{
    while (i < end && !is_punct(f, i, ','))
        i = skip_at(f, i) + 1;
    return i < end ? i : end;
}

static void parse_init(parser *p, declarator *d, range r)
{
    front *f = p->f;
    if (r.first == r.end) {
        clfi_lang_error(f, r.first, "expected an initialiser");
        return;
    }
    if (clfi_lang_is_verb(f, r.first)) {
        if (local_at(f, d->local)->ndims > 0)
            clfi_lang_error(f, r.first, "an array cannot be the result of a fiber");
        else
            d->action = parse_action(p, r, r.first, d->local);
        return;
    }
    d->init = r;
    clfi_lang_resolve(&p->n, r);
}

static void check_dims(parser *p, uint32_t index)
{
    front *f = p->f;
    local *v = local_at(f, index);
    for (uint32_t k = 0; k < v->dims.n; k++) {
        range r = v->dims.at[k];
        clfi_lang_resolve(&p->n, r);
        for (uint32_t i = r.first; i < r.end; i++)
            if (local_of(f, i) != 0 && word_at(f, r.first) != W_SIZEOF) {
                clfi_lang_error(f, i, "the size of '%s' is not a constant",
                                f->symbols.at[v->sym].s);
                break;
            }
    }
}

/* The first dimension of `int a[] = {1, 2, 3}`: what is hoisted has no initialiser to count. */
static void count_elements(parser *p, uint32_t index, range init)
{
    front *f = p->f;
    local *v = local_at(f, index);
    if (v->dims.n == 0 || v->dims.at[0].first != v->dims.at[0].end)
        return;
    uint32_t n = 0, open = init.first, close = skip_at(f, open);
    bool counted = open < init.end && is_punct(f, open, '{');
    for (uint32_t i = open + 1; counted && i < close; i = init_end(f, i, close) + 1) {
        counted = !is_punct(f, i, '[');
        n++;
    }
    if (!counted || n == 0)
        clfi_lang_error(f, v->tok, "the array '%s' needs a size", f->symbols.at[v->sym].s);
    v->dim_text = clfi_lang_arena_printf(f->arena, "[%u%s", n, v->dim_text + 1);
    v->counted = n;
}

static declarator *parse_declarators(parser *p, decl_specs *specs, uint32_t i, uint32_t end)
{
    front *f = p->f;
    declarator *first = NULL, **last = &first;
    while (i < end) {
        uint32_t index = clfi_lang_declarator(f, specs, &i, end);
        if (index != 0) {
            declarator *d = clfi_lang_arena_get(f->arena, sizeof *d);
            d->local = index;
            d->line = tok_at(f, local_at(f, index)->tok)->line;
            *last = d;
            last = &d->next;
            check_dims(p, index);
            clfi_lang_bind(&p->n, index);
            range init = {i, i};
            if (i < end && is_punct(f, i, '=')) {
                init = (range){i + 1, init_end(f, i + 1, end)};
                parse_init(p, d, init);
                i = init.end;
            }
            count_elements(p, index, init);
        }
        uint32_t stop = init_end(f, i, end);
        if (index != 0 && stop != i)
            clfi_lang_error(f, i, "expected ',' or ';'");
        i = stop + 1;
        if (i == end && stop < end)
            clfi_lang_error(f, i, "expected the name of a variable");
    }
    return first;
}

/* `auto x = ...`: in OpenCL C that is no type. */
static bool lacks_type(front *f, range r)
{
    return word_at(f, r.first) == W_STORAGE && strcmp(sym_at(f, r.first)->s, "auto") == 0 &&
           is_name(f, r.first + 1) && is_punct(f, r.first + 2, '=');
}

static stmt *parse_untyped(parser *p, stmt *s, range r)
{
    front *f = p->f;
    uint32_t verb = r.first + 3;
    const char *name = sym_at(f, r.first + 1)->s, *type = NULL;
    const symbol *y = sym_at(f, verb + 1);
    if (clfi_lang_is_verb(f, verb) && word_at(f, verb) == W_START)
        type = "fiber_t";
    else if (clfi_lang_is_verb(f, verb) && y->fiber != 0 &&
             !f->program->fibers.at[y->fiber - 1].is_void)
        type = f->program->fibers.at[y->fiber - 1].result;
    clfi_lang_error(f, r.first, "'auto' gives '%s' no type in OpenCL C: write %s%s%s in its place",
                    name, type != NULL ? "'" : "", type != NULL ? type : "the type",
                    type != NULL ? "'" : "");
    decl_specs specs = {.all = {r.first, r.first + 1}, .bad = true, .text = "int", .full = "int"};
    s->decls = parse_declarators(p, &specs, r.first + 1, r.end);
    return s;
}

static stmt *parse_decl(parser *p, range r)
{
    stmt *s = clfi_lang_new_stmt(p, S_DECL, r.first);
    decl_specs specs;
    if (lacks_type(p->f, r))
        return parse_untyped(p, s, r);
    uint32_t i = clfi_lang_specs(p->f, r.first, r.end, &specs);
    for (uint32_t k = r.first; k < i; k++)
        if (is_name(p->f, k) && sym_at(p->f, k)->holds != 0)
            clfi_lang_check_held(p->f, k);
    if (i == r.end && !specs.bad)
        clfi_lang_error(p->f, r.first, "the declaration declares nothing");
    s->decls = parse_declarators(p, &specs, i, r.end);
    return s;
}

/* A declaration, an expression, or an assignment of a spawn and the like: all of the range, no
 * semicolon. */
stmt *clfi_lang_parse_simple(parser *p, range r)
{
    front *f = p->f;
    if (r.first == r.end)
        return clfi_lang_new_stmt(p, S_EMPTY, r.first);
    if (clfi_lang_hidden_suspension(f, r))
        return clfi_lang_new_stmt(p, S_EMPTY, r.first);
    if (clfi_lang_starts_decl(f, r.first))
        return parse_decl(p, r);
    uint32_t verb = find_verb(f, r);
    if (verb < r.end) {
        stmt *s = clfi_lang_new_stmt(p, S_ACTION, r.first);
        s->action = parse_action(p, r, verb, 0);
        if (s->action == NULL)
            s->kind = S_EMPTY;
        return s;
    }
    stmt *s = clfi_lang_new_stmt(p, S_EXPR, r.first);
    s->expr = r;
    clfi_lang_resolve(&p->n, r);
    return s;
}

stmt *clfi_lang_parse_simple_statement(parser *p)
{
    bool ok;
    uint32_t first = p->i, semicolon = clfi_lang_find_semicolon(p, first, &ok);
    clfi_lang_end_at(p, semicolon);
    if (p->i == first)
        p->i++;
    if (!ok)
        return clfi_lang_new_stmt(p, S_EMPTY, first);
    stmt *s = clfi_lang_parse_simple(p, (range){first, semicolon});
    s->all.end = p->i;
    return s;
}
