/* events.c - what an expression does to the locals of the fiber, as far as its tokens show: uses,
 * full definitions, and everything in between, which counts as "perhaps". */
#include "cfg.h"

#include <ctype.h>

void clfi_lang_event(lowering *l, uint32_t index, uint8_t kind)
{
    if (index == 0 || !local_at(l->f, index)->hoisted)
        return;
    event e = {index, kind};
    *PUSH(l->f->arena, &l->c->events) = e;
    l->c->blocks.at[l->cur].end_event = l->c->events.n;
}

/* A plain = is not among them. */
static bool compound_assignment(front *f, uint32_t i)
{
    const token *t = tok_at(f, i);
    if (t->kind != T_PUNCT || t->length < 2 || t->value == P2('=', '=') ||
        t->value == P2('!', '=') || t->value == P2('<', '=') || t->value == P2('>', '='))
        return false;
    return f->source[t->at + t->length - 1] == '=' || t->value == P2('+', '+') ||
           t->value == P2('-', '-');
}

/* Behind the subscripts, members and closing parentheses that follow the name at i. *path: there
 * are some. */
static uint32_t behind_path(front *f, uint32_t i, uint32_t end, bool *path)
{
    *path = false;
    for (i++; i < end;) {
        if (is_punct(f, i, '[')) {
            *path = true;
            i = skip_at(f, i) + 1;
        } else if (is_punct(f, i, '.')) {
            *path = true;
            i += 2;
        } else if (is_punct(f, i, ')')) {
            i++;
        } else {
            break;
        }
    }
    return i;
}

/* Whether the address of the local at i, or of a part of it, is taken. */
bool clfi_lang_takes_address(front *f, uint32_t i)
{
    uint32_t k = i - 1;
    const local *v = local_at(f, local_of(f, i));
    if (v->pointer && v->ndims == 0 &&
        (is_punct(f, i + 1, '[') || is_punct(f, i + 1, P2('-', '>'))))
        return false; /* of what it points to */
    while (is_punct(f, k, '(') && (k == 0 || !is_name(f, k - 1) || word_at(f, k - 1) == W_SIZEOF))
        k--;
    return is_punct(f, k, '&') && (k == 0 || !clfi_lang_operand_end(f, k - 1)) &&
           f->program->edits.at[tok_at(f, k)->edit].kind != E_VALUE;
}

static bool incremented_before(front *f, uint32_t i)
{
    uint32_t k = i - 1;
    while (is_punct(f, k, '('))
        k--;
    return is_punct(f, k, P2('+', '+')) || is_punct(f, k, P2('-', '-'));
}

/* Whether a call of that name may be a macro's, whose arguments may be assigned to. */
static bool macro_like(const symbol *y)
{
    if (y->macro != 0)
        return true;
    if (y->function || y->word != W_NONE)
        return false;
    for (const char *s = y->s; *s != '\0'; s++)
        if (islower((unsigned char)*s))
            return false;
    return true;
}

static void name_events(lowering *l, uint32_t i, uint32_t end, bool in_macro)
{
    front *f = l->f;
    uint32_t index = local_of(f, i);
    local *v = local_at(f, index);
    bool path;
    if (!v->hoisted)
        return;
    *PUSH(f->arena, &v->uses) = i;
    uint32_t next = behind_path(f, i, end, &path);
    bool pointee = is_punct(f, i - 1, '*') && !clfi_lang_operand_end(f, i - 2);
    bool written = next < end && is_punct(f, next, '=') && !pointee;
    bool updated = (next < end && compound_assignment(f, next)) || incremented_before(f, i) ||
                   in_macro || clfi_lang_takes_address(f, i);
    if (!written || updated || (path && v->pointer))
        clfi_lang_event(l, index, EV_USE);
    if (written || updated)
        clfi_lang_event(l, index, EV_WEAK);
}

static void scan(lowering *l, range r)
{
    front *f = l->f;
    uint32_t macro_end = 0;
    for (uint32_t i = r.first; i < r.end; i++) {
        if (!is_name(f, i))
            continue;
        if (local_of(f, i) != 0)
            name_events(l, i, r.end, i < macro_end);
        else if (is_punct(f, i + 1, '(') && macro_like(sym_at(f, i)) &&
                 skip_at(f, i + 1) > macro_end)
            macro_end = skip_at(f, i + 1);
    }
}

/* One part of a comma expression: `x = e` defines x after e. */
static void part_events(lowering *l, range r, bool conditional)
{
    front *f = l->f;
    uint32_t index = r.first < r.end ? local_of(f, r.first) : 0;
    bool whole = index != 0 && is_punct(f, r.first + 1, '=') && r.first + 1 < r.end &&
                 local_at(f, index)->ndims == 0;
    if (!whole) {
        scan(l, r);
        return;
    }
    scan(l, (range){r.first + 2, r.end});
    if (local_at(f, index)->hoisted)
        *PUSH(f->arena, &local_at(f, index)->uses) = r.first;
    clfi_lang_event(l, index, conditional ? EV_WEAK : EV_DEF);
}

void clfi_lang_events(lowering *l, range r, bool conditional)
{
    uint32_t first = r.first;
    for (uint32_t i = r.first; i < r.end; i = skip_at(l->f, i) + 1)
        if (is_punct(l->f, i, ',')) {
            part_events(l, (range){first, i}, conditional);
            first = i + 1;
        }
    part_events(l, (range){first, r.end}, conditional);
}

void clfi_lang_assign_events(lowering *l, range r, bool conditional)
{
    front *f = l->f;
    uint32_t index = r.first < r.end ? local_of(f, r.first) : 0;
    if (index == 0 || r.end - r.first > 1) {
        scan(l, r);
        clfi_lang_event(l, index, EV_WEAK);
        return;
    }
    if (local_at(f, index)->hoisted)
        *PUSH(f->arena, &local_at(f, index)->uses) = r.first;
    clfi_lang_event(l, index, conditional ? EV_WEAK : EV_DEF);
}

bool clfi_lang_changes(front *f, range r)
{
    for (uint32_t i = r.first; i < r.end; i++)
        if (is_punct(f, i, '=') || is_punct(f, i, P2('+', '+')) || is_punct(f, i, P2('-', '-')) ||
            compound_assignment(f, i))
            return true;
    return false;
}

static bool pure_name(front *f, uint32_t i, uint32_t end)
{
    const symbol *y = sym_at(f, i);
    bool member = is_punct(f, i - 1, '.');
    bool call = i + 1 < end && is_punct(f, i + 1, '(');
    if (member || local_of(f, i) != 0)
        return true;
    uint32_t e = tok_at(f, i)->edit;
    if (e != 0)
        return f->program->edits.at[e].kind == E_ENV;
    return y->macro == 0 && (!call || y->word == W_SIZEOF);
}

/* Whether it does not matter if the expression is evaluated before or after the fiber waits for a
 * frame: no side effects, no memory but the fiber's own, no work to speak of. */
bool clfi_lang_is_pure(front *f, range r)
{
    for (uint32_t i = r.first; i < r.end; i++) {
        const token *t = tok_at(f, i);
        if (t->kind == T_NAME && !pure_name(f, i, r.end))
            return false;
        if (t->kind == T_STRING || t->kind == T_DIRECTIVE)
            return false;
        if (t->kind != T_PUNCT)
            continue;
        bool unary = i == r.first || !clfi_lang_operand_end(f, i - 1);
        if (t->value == '=' || compound_assignment(f, i) || t->value == '[' || t->value == '{' ||
            t->value == P2('-', '>') || ((t->value == '*' || t->value == '&') && unary))
            return false;
    }
    return r.end - r.first <= 24;
}
