/* macro.c - what hides in macros. They are expanded after translation, so a fiber cannot use one
 * that holds what translation must see; but env.member in one is translated in its definition. */
#include "ast.h"

enum {
    HOLDS_ENV = 1,
    HOLDS_RETURN = 2,
    HOLDS_GOTO = 4,
    HOLDS_BREAK = 8,
    HOLDS_CONTINUE = 16,
    HOLDS_CASE = 32,
    HOLDS_BARRIER = 64,
    HOLDS_STORAGE = 128,
    HOLDS_FAIL = 256,
    HOLDS_ALONE = 512, /* ends with sync or yield: a statement if a semicolon follows */
    HOLDS_VERB = 1024  /* ends with spawn, await or start */
};

static const struct {
    uint16_t bit;
    const char *word;
} words[] = {
    {HOLDS_RETURN, "return"},     {HOLDS_GOTO, "goto"}, {HOLDS_BREAK, "break"},
    {HOLDS_CONTINUE, "continue"}, {HOLDS_CASE, "case"}, {HOLDS_BARRIER, "barrier"},
    {HOLDS_FAIL, "fail"},
};

static bool is_member(const front *f, uint32_t i)
{
    return is_punct(f, i - 1, '.') || is_punct(f, i - 1, P2('-', '>'));
}

/* Bits for token i of a macro's body: i + 1 may be its end. */
static uint16_t bits_of(front *f, uint32_t i)
{
    const token *next = tok_at(f, i + 1);
    bool last = next->kind == T_EOF;
    switch (word_at(f, i)) {
    case W_RETURN:
        return HOLDS_RETURN;
    case W_GOTO:
        return HOLDS_GOTO;
    case W_BREAK:
        return HOLDS_BREAK;
    case W_CONTINUE:
        return HOLDS_CONTINUE;
    case W_CASE:
    case W_DEFAULT:
        return HOLDS_CASE;
    case W_BARRIER:
        return HOLDS_BARRIER;
    case W_STATIC:
    case W_LOCAL:
        return HOLDS_STORAGE;
    case W_FAIL:
        return next->kind == T_NUMBER || next->kind == T_NAME || is_punct(f, i + 1, '(') ||
                       is_punct(f, i + 1, '-')
                   ? HOLDS_FAIL
                   : 0;
    case W_SYNC:
    case W_YIELD:
        return last ? HOLDS_ALONE : 0;
    case W_SPAWN:
    case W_AWAIT:
    case W_START:
        return last ? HOLDS_VERB : 0;
    default:
        return 0;
    }
}

/* A loop or a switch in a macro is the target of the jumps in it. */
static uint16_t shield_of(uint8_t word)
{
    switch (word) {
    case W_FOR:
    case W_WHILE:
    case W_DO:
        return HOLDS_BREAK | HOLDS_CONTINUE;
    case W_SWITCH:
        return HOLDS_BREAK | HOLDS_CASE;
    default:
        return 0;
    }
}

void clfi_lang_note_held(front *f, uint32_t name, uint32_t i, bool own)
{
    symbol *y = &f->symbols.at[name];
    uint8_t w = word_at(f, i);
    if (is_member(f, i) || own)
        return;
    y->shields |= shield_of(w);
    y->holds |= bits_of(f, i) & (uint16_t)~y->shields;
    if (w != W_ENV || !is_punct(f, i + 1, '.') || !is_name(f, i + 2))
        return;
    const token *t = tok_at(f, i);
    env_spot s = {.at = t->at, .length = t->length, .macro = name};
    s.member = tok_at(f, i + 2)->value;
    s.any_member = f->symbols.at[s.member].param_of == f->macros.n;
    *PUSH(f->arena, &f->env_spots) = s;
}

/* Hands the bits of the symbols in `work` on to the macros that mention them, and so on. */
static void spread(front *f, uint32_t sym)
{
    VEC(uint32_t) work = {0};
    *PUSH(f->arena, &work) = sym;
    while (work.n > 0) {
        const symbol *y = &f->symbols.at[work.at[--work.n]];
        for (uint32_t m = y->mentions; m != 0; m = f->mentions.at[m - 1].next) {
            uint32_t outer = f->macros.at[f->mentions.at[m - 1].macro - 1].symbol;
            symbol *o = &f->symbols.at[outer];
            uint16_t more = y->holds & (uint16_t) ~(o->holds | o->shields);
            o->holds |= more;
            if (more != 0)
                *PUSH(f->arena, &work) = outer;
        }
    }
}

/* Which env.member in a macro is one of the env's. A member that is a macro or the macro's own
 * parameter is left to the OpenCL compiler. */
static void settle_env(front *f)
{
    for (uint32_t k = 0; k < f->env_spots.n; k++) {
        env_spot *s = &f->env_spots.at[k];
        const symbol *y = &f->symbols.at[s->member];
        s->live = s->any_member || y->macro != 0 || y->env_member != 0;
        if (!s->live) {
            clfi_lang_warn_at(f, s->at, "the env has no member '%s'; this stays as it is", y->s);
            continue;
        }
        f->env_in_macros = true;
        f->symbols.at[s->macro].holds |= HOLDS_ENV;
    }
}

void clfi_lang_macros(front *f)
{
    if (f->program->has_env)
        settle_env(f);
    for (uint32_t k = 0; k < f->macros.n; k++)
        if (f->symbols.at[f->macros.at[k].symbol].holds != 0)
            spread(f, f->macros.at[k].symbol);
}

/* A macro that a fiber names. */
void clfi_lang_check_held(front *f, uint32_t i)
{
    const symbol *y = sym_at(f, i);
    for (size_t k = 0; k < sizeof words / sizeof *words; k++) {
        if ((y->holds & words[k].bit) == 0)
            continue;
        clfi_lang_error(f, i,
                        "the macro '%s' holds '%s': macros are expanded after translation, so a "
                        "fiber cannot use it; write it out here",
                        y->s, words[k].word);
        return;
    }
    if (y->holds & HOLDS_STORAGE)
        clfi_lang_error(f, i, "the macro '%s' holds static or __local: a fiber cannot use it",
                        y->s);
}

/* `S;` with a macro S for sync or yield, `S f(` with one for a verb. */
bool clfi_lang_hidden_suspension(front *f, range r)
{
    if (r.first == r.end || !is_name(f, r.first))
        return false;
    for (uint32_t i = r.first; i < r.end; i = skip_at(f, i) + 1) {
        const symbol *y = is_name(f, i) ? sym_at(f, i) : NULL;
        if (y == NULL || y->holds == 0 || y->local != 0)
            continue;
        bool alone = (y->holds & HOLDS_ALONE) && r.end - r.first == 1;
        bool verb = (y->holds & HOLDS_VERB) && i + 1 < r.end && is_name(f, i + 1) &&
                    is_punct(f, i + 2, '(');
        if (!alone && !verb)
            continue;
        clfi_lang_error(f, i, "the macro '%s' hides a suspension: write it out here", y->s);
        return true;
    }
    return false;
}

/* Helper functions know no env, neither in macros. */
void clfi_lang_check_held_env(front *f, uint32_t i)
{
    const symbol *y = sym_at(f, i);
    if (y->holds & HOLDS_ENV)
        clfi_lang_error(f, i,
                        "the macro '%s' uses the env, which only fibers can see: pass what this "
                        "function needs as an argument",
                        y->s);
}
