/* names.c - scopes of a fiber, and the names in its expressions. */
#include "ast.h"

#include <string.h>

/* Makes the name mean the local until the scope ends. */
void clfi_lang_bind(names *n, uint32_t index)
{
    front *f = n->f;
    local *v = local_at(f, index);
    symbol *y = &f->symbols.at[v->sym];
    if (y->local != 0 && local_at(f, y->local)->scope_id == n->scope_id)
        clfi_lang_error(f, v->tok, "'%s' is declared twice in the same block", y->s);
    v->scope_id = n->scope_id;
    hidden h = {v->sym, y->local};
    *PUSH(f->arena, &n->undo) = h;
    y->local = index;
    f->tokens.at[v->tok].edit = v->edit;
}

void clfi_lang_enter(names *n)
{
    hidden mark = {n->scope, n->scope_id};
    *PUSH(n->f->arena, &n->undo) = mark;
    n->scope = n->undo.n;
    n->scope_id = ++n->scopes;
}

void clfi_lang_leave(names *n)
{
    while (n->undo.n > n->scope) {
        hidden h = n->undo.at[--n->undo.n];
        n->f->symbols.at[h.sym].local = h.local;
    }
    hidden mark = n->undo.at[--n->undo.n];
    n->scope = mark.sym;
    n->scope_id = mark.local;
}

static bool member(front *f, uint32_t i)
{
    return is_punct(f, i - 1, '.') || is_punct(f, i - 1, P2('-', '>'));
}

/* Whether an operand ends at token i, so that a following & or * is binary. A parenthesis that
 * holds a type is a cast and ends none. */
bool clfi_lang_operand_end(front *f, uint32_t i)
{
    const token *t = tok_at(f, i);
    if (t->kind == T_NUMBER || t->kind == T_STRING || t->kind == T_CHAR || is_punct(f, i, ']'))
        return true;
    if (t->kind == T_NAME) {
        uint8_t w = sym_at(f, i)->word;
        return w == W_NONE || w == W_TYPE || (w >= W_FIBER && w <= W_ENV);
    }
    if (!is_punct(f, i, ')') || t->match >= i)
        return is_punct(f, i, P2('+', '+')) || is_punct(f, i, P2('-', '-')) || is_punct(f, i, '}');
    uint32_t first = t->match + 1;
    uint8_t w = word_at(f, first);
    if (first < i && (w == W_TYPE || w == W_TAG || w == W_CONST || w == W_GLOBAL ||
                      w == W_CONSTANT || w == W_PRIVATE))
        return is_name(f, t->match - 1) && word_at(f, t->match - 1) == W_SIZEOF;
    if (is_name(f, first) && sym_at(f, first)->shape != SHAPE_UNKNOWN &&
        sym_at(f, first)->local == 0)
        return false;
    return !is_punct(f, i - 1, '*');
}

static void set_edit(front *f, uint32_t i, uint8_t kind)
{
    edit e = {.kind = kind};
    f->tokens.at[i].edit = f->program->edits.n;
    *PUSH(f->arena, &f->program->edits) = e;
}

static void resolve_call(names *n, uint32_t i)
{
    static const char *const verbs[] = {"spawn", "await", "start", NULL};
    front *f = n->f;
    symbol *y = sym_at(f, i);
    if (y->word == W_BARRIER)
        clfi_lang_error(f, i, "a fiber cannot use %s: the other work-items run other fibers", y->s);
    if (y->function || y->macro != 0)
        return;
    if (strcmp(y->s, "detach") == 0) {
        if (tok_at(f, i + 1)->match == i + 2)
            clfi_lang_error(f, i, "'detach' takes one argument");
        set_edit(f, i, E_DETACH);
        return;
    }
    if (clfi_lang_resolve_about_self(f, i))
        return;
    if (clfi_lang_resolve_try(f, i))
        return;
    if (y->fiber == 0 && !f->includes && clfi_lang_is_primitive(y->s) &&
        !clfi_lang_is_verb(f, i - 1))
        clfi_lang_error(f, i, "'%s' waits: write 'await %s(...)'", y->s, y->s);
    if (y->fiber == 0 && clfi_lang_find_post(f, i) != NULL)
        clfi_lang_error(f, i, "'%s' is a statement, it cannot be part of an expression", y->s);
    const char *verb = y->fiber != 0 ? clfi_lang_meant(f, i - 1, verbs) : NULL;
    if (verb != NULL)
        clfi_lang_error(f, i - 1, "'%s' means nothing here: did you mean '%s'?",
                        sym_at(f, i - 1)->s, verb);
    else if (y->fiber != 0 && !clfi_lang_is_verb(f, i - 1))
        clfi_lang_error(f, i, "'%s' is a fiber: it is not called but spawned, awaited or started",
                        y->s);
}

static bool changes(const front *f, uint32_t i)
{
    static const uint32_t ops[] = {
        '=',          P2('+', '+'),      P2('-', '-'),     P2('+', '='), P2('-', '='),
        P2('*', '='), P2('/', '='),      P2('%', '='),     P2('&', '='), P2('|', '='),
        P2('^', '='), P3('<', '<', '='), P3('>', '>', '=')};
    for (size_t k = 0; k < sizeof ops / sizeof *ops; k++)
        if (is_punct(f, i, ops[k]))
            return true;
    return false;
}

/* env.member = ..., also of a part of a member. */
static void check_read_only(front *f, uint32_t i)
{
    uint32_t k = i + 3;
    if (is_punct(f, i - 1, '*')) /* what it points to */
        return;
    while (is_punct(f, k, '.') && is_name(f, k + 1))
        k += 2;
    if (changes(f, k) || is_punct(f, i - 1, P2('+', '+')) || is_punct(f, i - 1, P2('-', '-')))
        clfi_lang_error(f, i,
                        "fibers only read the env: what they write goes to a buffer that a "
                        "member points to");
}

static void resolve_env(names *n, uint32_t i)
{
    front *f = n->f;
    program *p = f->program;
    if (!p->has_env || !is_punct(f, i + 1, '.'))
        return;
    set_edit(f, i, E_ENV);
    if (!is_name(f, i + 2))
        return;
    check_read_only(f, i);
    if (sym_at(f, i + 2)->env_member != 0)
        return;
    clfi_lang_error(f, i + 2, "the env has no member '%s'", sym_at(f, i + 2)->s);
}

static bool check_verb(names *n, uint32_t i)
{
    front *f = n->f;
    uint8_t w = word_at(f, i);
    if ((w != W_SPAWN && w != W_AWAIT && w != W_START) || !is_name(f, i + 1) || member(f, i))
        return false;
    clfi_lang_error(f, i,
                    "'%s' cannot be part of an expression: give its result to a variable first",
                    sym_at(f, i)->s);
    return true;
}

/* A member of the env without `env.`, if the file has no other use for the name and no macro that
 * could put `env.` before it. */
static bool is_bare_member(const front *f, const symbol *y)
{
    bool alone = y->env_member != 0 && y->word == W_NONE && y->fiber == 0 && y->macro == 0 &&
                 !y->function && !y->outside && !y->in_macro && !f->includes;
    for (uint32_t k = 0; k < f->macros.n && alone; k++)
        alone = !f->macros.at[k].call;
    return alone;
}

static void resolve_name(names *n, uint32_t i, uint32_t end)
{
    front *f = n->f;
    symbol *y = sym_at(f, i);
    if (member(f, i) || word_at(f, i - 1) == W_TAG)
        return;
    if (y->local != 0) {
        f->tokens.at[i].edit = local_at(f, y->local)->edit;
        return;
    }
    if (check_verb(n, i))
        return;
    if (y->holds != 0)
        clfi_lang_check_held(f, i);
    if (y->word == W_GOTO)
        clfi_lang_error(f, i, "a fiber cannot use goto");
    else if (y->word == W_STATIC || y->word == W_LOCAL)
        clfi_lang_error(f, i, "'%s' cannot be used in a fiber", y->s);
    else if (((y->word == W_SYNC || y->word == W_YIELD) && !is_punct(f, i + 1, '(')) ||
             (y->word == W_FAIL && (is_name(f, i + 1) || tok_at(f, i + 1)->kind == T_NUMBER)))
        clfi_lang_error(f, i, "'%s' is a statement, it cannot be part of an expression", y->s);
    else if (y->word == W_ENV)
        resolve_env(n, i);
    else if (y->word == W_OWN && is_punct(f, i + 1, '.')) {
        if (!f->program->has_own)
            clfi_lang_error(f, i, "the file has no 'fiber_local { ... };'");
        set_edit(f, i, E_OWN);
    } else if (i + 1 < end && is_punct(f, i + 1, '('))
        resolve_call(n, i);
    else if (y->fiber != 0 && !y->function && y->macro == 0 &&
             !(word_at(f, i - 1) >= W_SPAWN && word_at(f, i - 1) <= W_START))
        clfi_lang_error(f, i, "'%s' is a fiber: it cannot be used as a value", y->s);
    else if (is_bare_member(f, y))
        clfi_lang_error(f, i, "'%s' is a member of the env: write 'env.%s'", y->s, y->s);
}

void clfi_lang_resolve(names *n, range r)
{
    front *f = n->f;
    for (uint32_t i = r.first; i < r.end; i++) {
        if (is_name(f, i))
            resolve_name(n, i, r.end);
        else if (is_punct(f, i, '(') && is_punct(f, i + 1, '{'))
            clfi_lang_error(f, i, "statements inside an expression are not supported in a fiber");
        else if (is_punct(f, i, '^') && is_punct(f, i + 1, '{'))
            clfi_lang_error(f, i, "blocks are not supported in a fiber");
    }
}
