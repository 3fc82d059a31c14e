/* decl.c - declarations in a fiber: specifiers and declarators, kept as text with what matters
 * noted. */
#include "ast.h"

#include <string.h>

static bool qualifier(uint8_t w)
{
    return w == W_CONST || w == W_QUALIFIER || w == W_LOCAL || w == W_GLOBAL || w == W_CONSTANT ||
           w == W_PRIVATE;
}

static bool starts_type(uint8_t w)
{
    return qualifier(w) || w == W_TAG || w == W_TYPEDEF || w == W_STATIC || w == W_STORAGE ||
           w == W_ATTRIBUTE || w == W_TYPE;
}

static bool plain_name(front *f, uint32_t i)
{
    uint8_t w = word_at(f, i);
    return is_name(f, i) && (w == W_NONE || (w >= W_FIBER && w <= W_ENV));
}

/* Whether a statement that starts here is a declaration. Typedef names are known by what follows
 * them. */
bool clfi_lang_starts_decl(front *f, uint32_t i)
{
    uint8_t w = word_at(f, i);
    if (starts_type(w))
        return true;
    if (!plain_name(f, i) || sym_at(f, i)->local != 0)
        return false;
    if (w >= W_SPAWN && w <= W_FAIL && w != W_FIBER)
        return false;
    if (plain_name(f, i + 1) || qualifier(word_at(f, i + 1)))
        return true;
    uint32_t k = i + 1;
    while (is_punct(f, k, '*') || (k > i + 1 && qualifier(word_at(f, k))))
        k++;
    if (k == i + 1 || !plain_name(f, k))
        return false;
    return is_punct(f, k + 1, '=') || is_punct(f, k + 1, ';') || is_punct(f, k + 1, ',') ||
           is_punct(f, k + 1, '[');
}

static void add_words(front *f, text *t, uint32_t first, uint32_t end)
{
    for (uint32_t i = first; i < end; i++) {
        const token *k = tok_at(f, i);
        if (t->n > 0 && k->kind != T_PUNCT && t->s[t->n - 1] != '(' && t->s[t->n - 1] != '[' &&
            t->s[t->n - 1] != '.')
            clfi_lang_text_puts(t, " ");
        if (k->kind == T_NAME)
            clfi_lang_text_puts(t, sym_at(f, i)->s);
        else
            clfi_lang_text_add(t, f->source + k->at, k->length);
    }
}

const char *clfi_lang_range_text(front *f, range r)
{
    text t = {.arena = f->arena};
    add_words(f, &t, r.first, r.end);
    return t.s != NULL ? t.s : "";
}

typedef struct spec_reader {
    front *f;
    decl_specs *d;
    text text, full;
    bool typed;
} spec_reader;

static void add_spec(spec_reader *r, uint32_t first, uint32_t end)
{
    add_words(r->f, &r->text, first, end);
    add_words(r->f, &r->full, first, end);
}

static void bad_spec(spec_reader *r, uint32_t i, const char *message)
{
    r->d->bad = true;
    clfi_lang_error(r->f, i, "%s", message);
}

/* struct NAME, and types that are defined on the way, which are not for fibers. */
static uint32_t read_tag(spec_reader *r, uint32_t i, uint32_t end)
{
    uint32_t k = i + 1;
    if (k < end && is_name(r->f, k))
        k++;
    add_spec(r, i, k);
    r->typed = true;
    r->d->is_struct = strcmp(sym_at(r->f, i)->s, "enum") != 0;
    if (k < end && is_punct(r->f, k, '{')) {
        bad_spec(r, i, "types are defined at file scope, not in a fiber");
        k = skip_at(r->f, k) + 1;
    }
    return k;
}

static void read_typedef_name(spec_reader *r, uint32_t i)
{
    const symbol *y = sym_at(r->f, i);
    add_spec(r, i, i + 1);
    r->typed = true;
    r->d->shape = y->shape;
    r->d->dims = y->array_dims;
    r->d->is_struct = y->shape == SHAPE_STRUCT;
}

/* One specifier; the index behind it, or i if the specifiers end here. */
static uint32_t read_spec(spec_reader *r, uint32_t i, uint32_t end)
{
    front *f = r->f;
    switch (word_at(f, i)) {
    case W_CONST:
        r->d->is_const = true;
        add_words(f, &r->full, i, i + 1);
        return i + 1;
    case W_STORAGE:
        return i + 1;
    case W_PRIVATE:
        r->d->private_space = true;
        return i + 1;
    case W_STATIC:
        bad_spec(r, i, "a fiber cannot have static or extern variables");
        return i + 1;
    case W_TYPEDEF:
        bad_spec(r, i, "types are defined at file scope, not in a fiber");
        return i + 1;
    case W_LOCAL:
        bad_spec(r, i,
                 "a fiber cannot have variables or pointers in __local memory: it may be resumed "
                 "elsewhere");
        return i + 1;
    case W_GLOBAL:
    case W_CONSTANT:
        r->d->global_space |= word_at(f, i) == W_GLOBAL;
        r->d->constant_space |= word_at(f, i) == W_CONSTANT;
        add_spec(r, i, i + 1);
        return i + 1;
    case W_QUALIFIER:
        add_spec(r, i, i + 1);
        return i + 1;
    case W_ATTRIBUTE: {
        uint32_t k = is_punct(f, i + 1, '(') ? skip_at(f, i + 1) + 1 : i + 1;
        k = k < end ? k : end;
        add_spec(r, i, k);
        return k;
    }
    case W_TAG:
        return r->typed ? i : read_tag(r, i, end);
    case W_TYPE:
        add_spec(r, i, i + 1);
        r->typed = true;
        return i + 1;
    default:
        if (r->typed || !plain_name(f, i))
            return i;
        read_typedef_name(r, i);
        return i + 1;
    }
}

uint32_t clfi_lang_specs(front *f, uint32_t i, uint32_t end, decl_specs *d)
{
    spec_reader r = {.f = f, .d = d, .text = {.arena = f->arena}, .full = {.arena = f->arena}};
    memset(d, 0, sizeof *d);
    d->all.first = i;
    while (i < end && is_name(f, i)) {
        uint32_t k = read_spec(&r, i, end);
        if (k == i)
            break;
        i = k;
    }
    d->all.end = i;
    if (!r.typed && !d->bad)
        bad_spec(&r, i, "expected a type");
    d->text = r.text.s != NULL ? r.text.s : "int";
    d->full = r.full.s != NULL ? r.full.s : "int";
    range words = {d->all.first, i};
    d->builtin = clfi_lang_builtin_type(f, words);
    if (d->builtin == NULL && (d->global_space || d->constant_space)) {
        while (words.first < words.end && qualifier(word_at(f, words.first)))
            words.first++;
        d->builtin = clfi_lang_builtin_type(f, words);
    }
    return i;
}

static uint32_t read_dims(front *f, local *v, uint32_t i, uint32_t end)
{
    text t = {.arena = f->arena};
    while (i < end && is_punct(f, i, '[')) {
        uint32_t close = skip_at(f, i);
        range r = {i + 1, close};
        if (close >= end)
            close = end - 1, r.end = end;
        *PUSH(f->arena, &v->dims) = r;
        add_words(f, &t, i, close + 1);
        i = close + 1;
    }
    v->dim_text = t.s != NULL ? t.s : "";
    return i;
}

static uint32_t read_suffix(front *f, local *v, uint32_t i, uint32_t end)
{
    uint32_t first = i;
    while (i < end && word_at(f, i) == W_ATTRIBUTE)
        i = is_punct(f, i + 1, '(') ? skip_at(f, i + 1) + 1 : i + 1;
    i = i < end ? i : end;
    v->suffix = first < i ? clfi_lang_range_text(f, (range){first, i}) : "";
    return i;
}

/* The address space rules of variables. */
static void check_space(front *f, const decl_specs *d, local *v, uint32_t stars)
{
    bool space = d->global_space || d->constant_space;
    v->pointer = stars > 0 || d->shape == SHAPE_POINTER || d->shape == SHAPE_PRIVATE_POINTER;
    v->private_pointer = (stars == 1 && !space) || stars > 1 || d->shape == SHAPE_PRIVATE_POINTER;
    if (space && !v->pointer && !d->bad)
        clfi_lang_error(f, v->tok, "'%s' cannot be in %s memory: a fiber's variables are its own",
                        f->symbols.at[v->sym].s, d->global_space ? "__global" : "__constant");
}

uint32_t clfi_lang_declarator(front *f, const decl_specs *d, uint32_t *at, uint32_t end)
{
    uint32_t i = *at, stars = 0;
    text star = {.arena = f->arena};
    for (; i < end && (is_punct(f, i, '*') || qualifier(word_at(f, i))); i++)
        if (is_punct(f, i, '*')) {
            clfi_lang_text_puts(&star, "*");
            stars++;
        }
    *at = i;
    if (i >= end || !plain_name(f, i)) {
        clfi_lang_error(f, i,
                        is_punct(f, i, '(') ? "this kind of declarator is not supported in a fiber"
                                            : "expected the name of a variable");
        return 0;
    }
    uint32_t index = f->program->locals.n;
    local *v = PUSH(f->arena, &f->program->locals);
    v->tok = i;
    v->sym = tok_at(f, i)->value;
    v->stars = star.s != NULL ? star.s : "";
    v->spec = stars > 0 ? d->full : d->text;
    v->is_struct = d->is_struct && stars == 0;
    v->is_const = d->is_const && stars == 0;
    v->builtin = stars == 0 ? d->builtin : NULL;
    i = read_dims(f, v, i + 1, end);
    v->ndims = (uint8_t)(stars > 0 ? 0 : d->dims);
    v->ndims = (uint8_t)(v->ndims + (v->dims.n < 8 ? v->dims.n : 8));
    i = read_suffix(f, v, i, end);
    check_space(f, d, v, stars);
    v->edit = f->program->edits.n;
    edit e = {.kind = E_LOCAL, .local = index};
    *PUSH(f->arena, &f->program->edits) = e;
    *at = i;
    if (i < end && is_punct(f, i, '(')) {
        clfi_lang_error(f, i, "a function cannot be declared in a fiber");
        *at = skip_at(f, i) + 1;
    }
    return index;
}
