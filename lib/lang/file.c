/* file.c - the file scope: finds fibers, the env, typedefs and helper functions; everything else is
 * text that passes through. */
#include "ast.h"
#include "lang.h"

#include <stdlib.h>
#include <string.h>

/* Numbers from 0 on, below CLF_FN_STOPPED of layout.h. */
#define MOST_FIBERS 32766u

static uint32_t last_tok(front *f)
{
    return f->tokens.n - 1;
}

/* Behind the token, or behind its partner if it opens a bracket. */
static uint32_t after(front *f, uint32_t i)
{
    return skip_at(f, i) + 1;
}

/* ---- typedefs ----------------------------------------------------------------------- */

typedef struct base_type {
    uint8_t shape, dims;
    uint32_t alias;
    bool space;
} base_type;

static base_type read_base(front *f, uint32_t first, uint32_t end)
{
    base_type b = {SHAPE_UNKNOWN, 0, 0, false};
    for (uint32_t i = first; i < end; i = after(f, i)) {
        uint8_t w = word_at(f, i);
        if (w == W_TAG)
            b.shape = strcmp(sym_at(f, i)->s, "enum") == 0 ? SHAPE_VALUE : SHAPE_STRUCT;
        else if (w == W_GLOBAL || w == W_CONSTANT || w == W_LOCAL)
            b.space = true;
        else if (w == W_NONE && is_name(f, i) && sym_at(f, i)->shape != SHAPE_UNKNOWN) {
            b.shape = sym_at(f, i)->shape;
            b.dims = sym_at(f, i)->array_dims;
        }
    }
    const char *builtin = clfi_lang_builtin_type(f, (range){first, end});
    if (builtin != NULL) {
        b.shape = SHAPE_VALUE;
        b.alias = clfi_lang_intern(f, builtin, (uint32_t)strlen(builtin));
    }
    return b;
}

/* One name of a typedef: [i, end) is stars, the name, dimensions. */
static void typedef_name(front *f, base_type b, uint32_t i, uint32_t end)
{
    uint32_t stars = 0, dims = 0, name = 0;
    for (; i < end; i = after(f, i)) {
        stars += is_punct(f, i, '*');
        dims += is_punct(f, i, '[');
        if (is_name(f, i) && word_at(f, i) == W_NONE && name == 0)
            name = i;
        if (is_punct(f, i, '('))
            return;
    }
    if (name == 0)
        return;
    symbol *y = sym_at(f, name);
    y->shape = b.shape;
    y->array_dims = (uint8_t)(b.dims + dims);
    y->alias = stars + dims == 0 ? b.alias : 0;
    if (stars > 0)
        y->shape = b.space && stars == 1 ? SHAPE_POINTER : SHAPE_PRIVATE_POINTER;
    else if (y->array_dims > 0)
        y->shape = SHAPE_ARRAY;
}

static void parse_typedef(front *f, uint32_t first, uint32_t end)
{
    /* the declarators start at the last name of the first piece, or at a star before */
    uint32_t comma = first;
    while (comma < end && !is_punct(f, comma, ','))
        comma = after(f, comma);
    uint32_t start = comma, i = first;
    for (; i < comma; i = after(f, i)) {
        if (is_punct(f, i, '*') || is_punct(f, i, '(')) {
            start = i;
            break;
        }
        if (is_name(f, i) && word_at(f, i) == W_NONE)
            start = i;
    }
    base_type b = read_base(f, first, start);
    for (i = start; i < end;) {
        uint32_t stop = i;
        while (stop < end && !is_punct(f, stop, ','))
            stop = after(f, stop);
        typedef_name(f, b, i, stop < end ? stop : end);
        i = stop + 1;
    }
}

/* ---- env ---------------------------------------------------------------------------- */

static void env_member_of(front *f, const decl_specs *specs, uint32_t *i, uint32_t end)
{
    program *p = f->program;
    uint32_t errors = f->errors, index = clfi_lang_declarator(f, specs, i, end);
    if (index == 0)
        return;
    const local *v = local_at(f, index);
    f->tokens.at[v->tok].edit = 0;
    const char *name = f->symbols.at[v->sym].s;
    if (f->symbols.at[v->sym].env_member != 0)
        clfi_lang_error(f, v->tok, "the env has two members '%s'", name);
    if (v->ndims > 0)
        clfi_lang_error(f, v->tok,
                        "'%s': the env cannot hold arrays: bind a buffer to a __global pointer",
                        name);
    else if (v->pointer && (v->private_pointer || strlen(v->stars) != 1))
        clfi_lang_error(f, v->tok, "'%s' must point to __global or __constant memory", name);
    if (f->errors != errors)
        return;
    env_member m = {v->spec, name, v->sym, v->pointer};
    *PUSH(f->arena, &p->env) = m;
    f->symbols.at[v->sym].env_member = p->env.n;
}

static void parse_env_line(front *f, uint32_t i, uint32_t end)
{
    decl_specs specs;
    i = clfi_lang_specs(f, i, end, &specs);
    if (specs.bad)
        return;
    do {
        uint32_t before = i;
        env_member_of(f, &specs, &i, end);
        while (i < end && !is_punct(f, i, ','))
            i = after(f, i);
        if (i == before)
            return;
    } while (i++ < end);
}

static uint32_t parse_env(front *f, uint32_t first)
{
    program *p = f->program;
    uint32_t open = first + 1, close = skip_at(f, open);
    if (p->has_env)
        clfi_lang_error(f, first, "a second env: there can be one");
    p->has_env = true;
    p->env_tok = first;
    for (uint32_t i = open + 1; i < close;) {
        uint32_t end = i;
        if (tok_at(f, i)->kind == T_DIRECTIVE) {
            clfi_lang_error(f, i++, "a directive cannot stand inside the env");
            continue;
        }
        while (end < close && !is_punct(f, end, ';'))
            end = after(f, end);
        if (end >= close) {
            clfi_lang_error(f, close, "expected ';'");
            end = close;
        }
        if (end > i)
            parse_env_line(f, i, end);
        i = end + 1;
    }
    uint32_t end = close < last_tok(f) ? close + 1 : close;
    if (is_punct(f, end, ';'))
        end++;
    *PUSH(f->arena, &p->cuts) = (range){first, end};
    return end;
}

/* `fiber_local { members };`: what every fiber has of its own. The members are the OpenCL
 * compiler's business. */
static uint32_t parse_own(front *f, uint32_t first)
{
    program *p = f->program;
    uint32_t open = first + 1, close = skip_at(f, open);
    if (p->has_own)
        clfi_lang_error(f, first, "a second fiber_local: there can be one");
    if (tok_at(f, first)->conditional)
        clfi_lang_error(f, first,
                        "fiber_local cannot be under #if: the preprocessor runs after the "
                        "translation");
    if (close == open + 1)
        clfi_lang_error(f, open, "fiber_local has no members");
    p->has_own = close > open + 1;
    p->own = (range){open + 1, close};
    uint32_t end = close < last_tok(f) ? close + 1 : close;
    end += is_punct(f, end, ';');
    *PUSH(f->arena, &p->cuts) = (range){first, end};
    return end;
}

/* ---- fibers ------------------------------------------------------------------------- */

/* The opening parenthesis of a fiber's parameters, 0 if this does not look like a fiber. */
uint32_t clfi_lang_fiber_params(front *f, uint32_t i)
{
    for (i++; i < last_tok(f); i++) {
        if (word_at(f, i) == W_ATTRIBUTE && is_punct(f, i + 1, '(')) {
            i = skip_at(f, i + 1);
            continue;
        }
        if (is_punct(f, i, '(') && is_name(f, i - 1))
            return i;
        if (!is_name(f, i) && !is_punct(f, i, '*'))
            return 0;
    }
    return 0;
}

static void parse_param(front *f, range r)
{
    decl_specs specs;
    uint32_t i = clfi_lang_specs(f, r.first, r.end, &specs);
    if (specs.bad)
        return;
    if (i == r.end && i > r.first) {
        clfi_lang_error(f, r.first, "a parameter needs a type and a name, not '%s' alone",
                        clfi_lang_range_text(f, r));
        return;
    }
    uint32_t index = clfi_lang_declarator(f, &specs, &i, r.end);
    if (index == 0)
        return;
    local *v = local_at(f, index);
    const char *name = f->symbols.at[v->sym].s;
    v->is_param = true;
    v->hoisted = true;
    if (v->dims.n > 0)
        clfi_lang_error(f, v->tok, "'%s': an array cannot be a parameter: write a __global pointer",
                        name);
    else if (v->ndims > 0)
        clfi_lang_error(f, v->tok, "'%s': an array cannot be a parameter", name);
    else if (v->private_pointer)
        clfi_lang_error(
            f, v->tok,
            "'%s' must point to __global or __constant memory: a fiber has no access to the "
            "private memory of another",
            name);
    if (i < r.end && v->dims.n == 0)
        clfi_lang_error(f, i, "expected ',' or ')'");
}

static void parse_params(front *f, fiber *fi, uint32_t open)
{
    uint32_t close = skip_at(f, open), first = open + 1, pieces = 0;
    fi->first_param = f->program->locals.n;
    bool none = first == close || (close == first + 1 && is_name(f, first) &&
                                   strcmp(sym_at(f, first)->s, "void") == 0);
    for (uint32_t i = first; !none && i <= close; i++) {
        if (i != close && !is_punct(f, i, ',')) {
            i = skip_at(f, i);
            continue;
        }
        parse_param(f, (range){first, i});
        pieces++;
        first = i + 1;
    }
    fi->params = f->program->locals.n - fi->first_param;
    fi->unclear = fi->params != pieces;
}

/* `__attribute__((clf_inline(D)))` behind `fiber`; the index behind it. */
static uint32_t parse_inline(front *f, fiber *fi)
{
    uint32_t i = fi->all.first + 1;
    if (word_at(f, i) != W_ATTRIBUTE || !is_punct(f, i + 1, '(') || !is_punct(f, i + 2, '(') ||
        !is_name(f, i + 3) || strcmp(sym_at(f, i + 3)->s, "clf_inline") != 0)
        return i;
    const token *t = tok_at(f, i + 5);
    unsigned long depth = CLFI_LANG_INLINE_MOST + 1;
    if (is_punct(f, i + 4, '(') && skip_at(f, i + 4) == i + 6 && t->kind == T_NUMBER)
        depth = strtoul(clfi_lang_arena_copy(f->arena, f->source + t->at, t->length), NULL, 0);
    if (depth > CLFI_LANG_INLINE_MOST)
        clfi_lang_error(f, i + 3, "clf_inline takes one number, from 0 to %u",
                        CLFI_LANG_INLINE_MOST);
    fi->limited = true;
    fi->limit = (uint32_t)depth;
    return skip_at(f, i + 1) + 1;
}

static void parse_result(front *f, fiber *fi)
{
    decl_specs specs;
    uint32_t end = fi->name_tok, i = parse_inline(f, fi);
    if (i == end) {
        const char *name = sym_at(f, i)->s;
        clfi_lang_error(f, i,
                        "a fiber needs a result type: write 'fiber int %s(...)', or another "
                        "type, or 'fiber void %s(...)'",
                        name, name);
        fi->result = "void";
        fi->untyped = true;
        return;
    }
    i = clfi_lang_specs(f, i, end, &specs);
    fi->result = specs.text;
    fi->result_builtin = specs.builtin;
    fi->result_range = specs.all;
    fi->is_void = specs.builtin != NULL && strcmp(specs.builtin, "void") == 0;
    if (!specs.bad &&
        (i != end || specs.shape == SHAPE_ARRAY || specs.shape >= SHAPE_PRIVATE_POINTER))
        clfi_lang_error(f, i, "a fiber's result is void, a scalar, a vector or a struct");
}

static bool same_signature(front *f, const fiber *a, const fiber *b)
{
    bool same = a->untyped || b->untyped || strcmp(a->result, b->result) == 0;
    if (a->params != b->params || !same)
        return false;
    for (uint32_t i = 0; i < a->params; i++) {
        const local *x = local_at(f, a->first_param + i), *y = local_at(f, b->first_param + i);
        if (strcmp(x->spec, y->spec) != 0 || strcmp(x->stars, y->stars) != 0)
            return false;
    }
    return true;
}

/* Takes a new declaration or definition in: into the list, or into the one of that name. */
static void add_fiber(front *f, const fiber *fi)
{
    program *p = f->program;
    symbol *y = &f->symbols.at[fi->sym];
    if (y->fiber == 0) {
        *PUSH(f->arena, &p->fibers) = *fi;
        y->fiber = p->fibers.n;
        if (p->fibers.n == MOST_FIBERS + 1)
            clfi_lang_error(f, fi->name_tok,
                            "'%s' is fiber number %u of this program, which can have %u: make two "
                            "programs of it",
                            y->s, MOST_FIBERS + 1, MOST_FIBERS);
        if (clfi_lang_is_primitive(y->s))
            clfi_lang_error(f, fi->name_tok,
                            "'%s' has a meaning of its own after await: choose another name", y->s);
        else if (y->word > W_ENV || y->shape != SHAPE_UNKNOWN)
            clfi_lang_error(f, fi->name_tok,
                            "a fiber cannot be called '%s', which is a %s: choose another name",
                            y->s,
                            y->word == W_TYPE ? "type of OpenCL C"
                            : y->word > W_ENV ? "word of OpenCL C"
                                              : "type of this file");
        return;
    }
    fiber *old = &p->fibers.at[y->fiber - 1];
    if (old->defined && fi->defined)
        clfi_lang_error(f, fi->name_tok, "a second fiber '%s'", y->s);
    else if (!same_signature(f, old, fi))
        clfi_lang_error(f, fi->name_tok, "fiber '%s' is declared differently elsewhere", y->s);
    if (fi->defined && !old->defined)
        *old = *fi;
}

static uint32_t parse_fiber(front *f, uint32_t first, uint32_t open)
{
    fiber fi = {.all = {first, 0}, .name_tok = open - 1, .sym = tok_at(f, open - 1)->value};
    uint32_t close = skip_at(f, open), next = close + 1;
    if (tok_at(f, first)->conditional)
        clfi_lang_error(f, first,
                        "a fiber cannot be under #if: the preprocessor runs after the translation");
    parse_result(f, &fi);
    if (!tok_at(f, open)->unclosed)
        parse_params(f, &fi, open);
    fi.defined = is_punct(f, next, '{');
    if (fi.defined) {
        fi.body_range = (range){next + 1, skip_at(f, next)};
        next = skip_at(f, next);
        next = next < last_tok(f) ? next + 1 : next;
    } else if (is_punct(f, next, ';')) {
        next++;
        if (is_punct(f, next, '{'))
            clfi_lang_error(f, next - 1, "a ';' between the parameters and the body of a fiber");
    } else if (!tok_at(f, open)->unclosed) {
        clfi_lang_error(f, next, "expected '{' or ';' after the parameters of a fiber");
    }
    fi.all.end = next;
    if (!tok_at(f, open)->unclosed)
        add_fiber(f, &fi);
    *PUSH(f->arena, &f->program->cuts) = fi.all;
    return next;
}

/* ---- everything else ---------------------------------------------------------------- */

/* One declaration or function definition of the user's; the index behind it. */
static uint32_t foreign(front *f, uint32_t first)
{
    uint32_t i = first;
    while (i < last_tok(f)) {
        if (is_punct(f, i, ';') || is_punct(f, i, '}')) {
            i++;
            break;
        }
        if (tok_at(f, i)->kind == T_DIRECTIVE && i > first)
            break;
        if (is_punct(f, i, '{') && is_punct(f, i - 1, ')')) {
            i = after(f, i); /* a function's body */
            break;
        }
        if (is_punct(f, i, '(') && is_name(f, i - 1) && i > first + 1 &&
            word_at(f, i - 1) == W_NONE)
            sym_at(f, i - 1)->function = true;
        i = after(f, i);
    }
    i = i < last_tok(f) ? i : last_tok(f);
    for (uint32_t k = first; k < i; k++)
        if (is_name(f, k))
            sym_at(f, k)->outside = true;
    if (word_at(f, first) == W_TYPEDEF)
        parse_typedef(f, first + 1, i - 1);
    *PUSH(f->arena, &f->program->foreign) = (range){first, i};
    return i > first ? i : first + 1;
}

/* Whether a statement, not a declarator, starts behind the token: `struct { ... } yield;` declares.
 */
static bool statement_starts(front *f, uint32_t before)
{
    if (is_punct(f, before, ';') || is_punct(f, before, '{') || is_punct(f, before, ')'))
        return true;
    if (!is_punct(f, before, '}') || tok_at(f, before)->match == 0)
        return false;
    uint32_t opener = tok_at(f, before)->match - 1;
    uint8_t w = word_at(f, opener);
    return !is_name(f, opener) || w == W_ELSE || w == W_DO;
}

/* Whether the text has a variable of its own called env. */
static bool declares_env(front *f, range r)
{
    for (uint32_t i = r.first; i < r.end; i++)
        if (word_at(f, i) == W_ENV && !is_punct(f, i + 1, '.'))
            return true;
    return false;
}

/* env.member in a helper function. */
static void check_foreign_env(front *f, uint32_t i)
{
    if (is_name(f, i + 2) && sym_at(f, i + 2)->env_member != 0)
        clfi_lang_error(f, i,
                        "only fibers can see the env: pass 'env.%s' to this function as an "
                        "argument",
                        sym_at(f, i + 2)->s);
}

/* The words of fibers in the user's own functions. */
static void check_foreign(front *f, range r)
{
    bool no_env = !f->program->has_env || declares_env(f, r);
    for (uint32_t i = r.first; i < r.end; i++) {
        const token *t = tok_at(f, i);
        uint8_t w = word_at(f, i);
        if (t->kind != T_NAME)
            continue;
        const symbol *y = sym_at(f, i);
        if (y->holds != 0)
            clfi_lang_check_held_env(f, i);
        if (w == W_ENV && !no_env && !is_punct(f, i - 1, '.') && !is_punct(f, i - 1, P2('-', '>')))
            check_foreign_env(f, i);
        bool starts = statement_starts(f, i - 1);
        bool call = clfi_lang_is_verb(f, i) && is_punct(f, i + 2, '(') && i > r.first;
        bool alone =
            (w == W_SYNC || w == W_YIELD) && is_punct(f, i + 1, ';') && starts && i > r.first;
        bool failing = w == W_FAIL && tok_at(f, i + 1)->kind == T_NUMBER && starts;
        if (call || alone || failing)
            clfi_lang_error(f, i, "'%s' outside a fiber", y->s);
        else if (is_punct(f, i + 1, '(') && y->fiber != 0 && !y->function && y->macro == 0 &&
                 !is_punct(f, i - 1, '.') && !clfi_lang_is_verb(f, i - 1))
            clfi_lang_error(
                f, i, "'%s' is a fiber: it is not called but spawned, awaited or started", y->s);
        else if (is_punct(f, i + 1, '(') && !y->function && y->macro == 0 &&
                 clfi_lang_find_about_self(f, i) >= 0)
            clfi_lang_error(f, i, "'%s' outside a fiber", y->s);
        else if (w == W_OWN && is_punct(f, i + 1, '.') && f->program->has_own)
            clfi_lang_error(f, i,
                            "only fibers can see fiber_local: pass this function a __global "
                            "pointer to the member");
    }
}

static void check_defined(front *f)
{
    program *p = f->program;
    for (uint32_t k = 0; k < p->fibers.n; k++) {
        const fiber *fi = &p->fibers.at[k];
        if (!fi->defined && fi->used)
            clfi_lang_error(f, fi->name_tok, "fiber '%s' is declared but not defined",
                            f->symbols.at[fi->sym].s);
    }
}

/* `fibre int f(...)`: taken for a fiber once that is said. */
static bool misspelt_fiber(front *f, uint32_t i)
{
    static const char *const words[] = {"fiber", NULL};
    if (!is_name(f, i) || !is_name(f, i + 1) || clfi_lang_fiber_params(f, i) <= i + 2 ||
        clfi_lang_meant(f, i, words) == NULL)
        return false;
    clfi_lang_error(f, i, "'%s' means nothing here: did you mean 'fiber'?", sym_at(f, i)->s);
    return true;
}

static uint32_t item(front *f, uint32_t i)
{
    if (tok_at(f, i)->kind == T_DIRECTIVE)
        return i + 1;
    if (word_at(f, i) == W_FIBER || misspelt_fiber(f, i)) {
        uint32_t open = clfi_lang_fiber_params(f, i);
        if (open > i + 1)
            return parse_fiber(f, i, open);
    }
    if (word_at(f, i) == W_ENV && is_punct(f, i + 1, '{'))
        return parse_env(f, i);
    if (word_at(f, i) == W_OWN && is_punct(f, i + 1, '{'))
        return parse_own(f, i);
    return foreign(f, i);
}

void clfi_lang_parse_file(front *f)
{
    program *p = f->program;
    PUSH(f->arena, &p->locals);
    PUSH(f->arena, &p->edits);
    for (uint32_t i = 0; i < last_tok(f);) {
        uint32_t next = item(f, i);
        i = next > i ? next : i + 1;
    }
    clfi_lang_macros(f);
    for (uint32_t k = 0; k < p->fibers.n; k++)
        if (p->fibers.at[k].defined)
            clfi_lang_parse_body(f, k);
    for (uint32_t k = 0; k < p->foreign.n; k++)
        check_foreign(f, p->foreign.at[k]);
    check_defined(f);
}
