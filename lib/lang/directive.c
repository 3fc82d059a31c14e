/* directive.c - what the front end has to know of the preprocessor, which runs after it: which
 * macros there are, which names they use behind its back, and that no suspension hides in one. */
#include "source.h"

#include <string.h>

typedef struct body {
    front *f;
    uint32_t macro;
    uint32_t params_end; /* tokens of the piece before this one are name and parameters */
} body;

static bool is_word(front *f, uint32_t i, const char *s)
{
    return is_name(f, i) && strcmp(sym_at(f, i)->s, s) == 0;
}

static void check_suspension(front *f, uint32_t i)
{
    uint8_t w = word_at(f, i);
    bool call = (w == W_SPAWN || w == W_AWAIT || w == W_START) && is_name(f, i + 1) &&
                !is_punct(f, i - 1, '.') && !is_punct(f, i - 1, P2('-', '>'));
    bool alone = (w == W_SYNC || w == W_YIELD) && is_punct(f, i + 1, ';');
    if (w == W_FIBER && is_name(f, i + 1) && is_name(f, i + 2) && is_punct(f, i + 3, '('))
        clfi_lang_error_at(f, tok_at(f, i)->at,
                           "a macro cannot hold a fiber: macros are expanded after translation");
    if (call || alone)
        clfi_lang_error_at(f, tok_at(f, i)->at,
                           "a macro cannot hold '%s': macros are expanded after translation",
                           sym_at(f, i)->s);
}

static void note_name(body *b, uint32_t i)
{
    front *f = b->f;
    bool member = is_punct(f, i - 1, '.') || is_punct(f, i - 1, P2('-', '>'));
    uint32_t sym = tok_at(f, i)->value;
    if (member)
        return;
    symbol *y = &f->symbols.at[sym];
    bool type_before = is_name(f, i - 1) && i > b->params_end &&
                       (word_at(f, i - 1) == W_TYPE || word_at(f, i - 1) == W_NONE);
    if (type_before)
        y->declared_in = b->macro; /* `int t = ...`: a variable of the macro's own */
    if (y->declared_in == b->macro)
        return;
    y->in_macro = true;
    if (y->mentions != 0 && f->mentions.at[y->mentions - 1].macro == b->macro)
        return;
    mention m = {b->macro, y->mentions};
    *PUSH(f->arena, &f->mentions) = m;
    y->mentions = f->mentions.n;
}

/* The piece's tokens: define NAME body, or define NAME ( params ) body. */
static void define(front *f)
{
    if (!is_name(f, 1))
        return;
    uint32_t end = 2;
    const token *name = tok_at(f, 1);
    bool call = is_punct(f, 2, '(') && tok_at(f, 2)->at == name->at + name->length;
    if (call)
        while (end < f->tokens.n && !is_punct(f, end++, ')'))
            ;
    macro m = {.symbol = name->value, .call = call, .before = sym_at(f, 1)->macro};
    m.tokens = end + 1 < f->tokens.n ? f->tokens.n - 1 - end : 0;
    *PUSH(f->arena, &f->macros) = m;
    sym_at(f, 1)->macro = f->macros.n;
    body b = {f, f->macros.n, end};
    for (uint32_t i = 3; i < end; i++)
        if (is_name(f, i))
            sym_at(f, i)->param_of = b.macro;
    for (uint32_t i = end; i + 1 < f->tokens.n; i++) {
        if (!is_name(f, i))
            continue;
        check_suspension(f, i);
        if (sym_at(f, i)->param_of == b.macro)
            continue;
        *PUSH(f->arena, &f->macros.at[b.macro - 1].names) = tok_at(f, i)->value;
        note_name(&b, i);
        clfi_lang_note_held(f, name->value, i, sym_at(f, i)->declared_in == b.macro);
    }
}

void clfi_lang_directives(front *f)
{
    uint32_t n = f->tokens.n;
    for (uint32_t i = 0; i < n; i++) {
        if (f->tokens.at[i].kind != T_DIRECTIVE)
            continue;
        token t = f->tokens.at[i];
        uint32_t from = t.at + 1, lines = 1;
        for (uint32_t k = t.at; k < t.at + t.length; k++)
            lines += f->source[k] == '\n';
        clfi_lang_note_line(f, from, t.at + t.length, t.line + lines);
        /* a quick look saves the work for directives other than #define */
        while (from < t.at + t.length && (f->source[from] == ' ' || f->source[from] == '\t'))
            from++;
        if (t.at + t.length - from < 6)
            continue;
        f->includes |= strncmp(f->source + from, "include", 7) == 0;
        if (memcmp(f->source + from, "define", 6) != 0)
            continue;
        front whole = *f;
        memset(&f->tokens, 0, sizeof f->tokens);
        clfi_lang_lex_piece(f, from, t.at + t.length);
        if (is_word(f, 0, "define"))
            define(f);
        f->tokens.at = whole.tokens.at;
        f->tokens.n = whole.tokens.n;
        f->tokens.cap = whole.tokens.cap;
    }
}
