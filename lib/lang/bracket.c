/* bracket.c - partners of brackets. A bracket without one is reported once, here, and gets an end
 * that lets the parser go on behind its statement. Branches of #if may each open the same brace: at
 * #else the brackets that the branch before has opened are forgotten. */
#include "source.h"

#include <string.h>

typedef struct matcher {
    front *f;
    VEC(uint32_t) open;
    VEC(uint32_t) conditions; /* height of `open` at each #if */
} matcher;

static uint32_t closer_of(uint32_t code)
{
    return code == '(' ? ')' : code == '[' ? ']' : '}';
}

/* Where a parenthesis that is never closed must end: at the statement's end. */
static uint32_t last_end(const front *f, uint32_t i, uint32_t end)
{
    uint32_t from = i;
    for (uint32_t steps = 0; i < end; i++, steps++) {
        if (is_punct(f, i, ';') || (i > from && is_punct(f, i, '{')) || steps > 10000)
            return i;
    }
    return end;
}

static void unclosed(matcher *m, uint32_t i, uint32_t end)
{
    token *t = &m->f->tokens.at[i];
    t->unclosed = true;
    t->match = t->value == '{' ? end : last_end(m->f, i + 1, end);
    clfi_lang_error(m->f, i, "unterminated '%c'", (int)t->value);
}

static void forget(matcher *m, uint32_t height, uint32_t end)
{
    while (m->open.n > height) {
        token *t = &m->f->tokens.at[m->open.at[--m->open.n]];
        t->match = end;
    }
}

static void directive(matcher *m, uint32_t i)
{
    const token *t = tok_at(m->f, i);
    const char *s = m->f->source + t->at + 1, *end = m->f->source + t->at + t->length;
    while (s < end && (*s == ' ' || *s == '\t'))
        s++;
    size_t n = (size_t)(end - s);
    if (n >= 2 && memcmp(s, "if", 2) == 0) {
        *PUSH(m->f->arena, &m->conditions) = m->open.n;
    } else if (m->conditions.n > 0 && n >= 4 &&
               (memcmp(s, "else", 4) == 0 || memcmp(s, "elif", 4) == 0)) {
        forget(m, m->conditions.at[m->conditions.n - 1], i);
    } else if (m->conditions.n > 0 && n >= 5 && memcmp(s, "endif", 5) == 0) {
        m->conditions.n--;
    }
}

static void close(matcher *m, uint32_t i)
{
    token *t = &m->f->tokens.at[i];
    /* a brace closes whatever parentheses are open inside; a parenthesis never closes a brace */
    uint32_t n = m->open.n;
    while (n > 0) {
        uint32_t code = m->f->tokens.at[m->open.at[n - 1]].value;
        if (closer_of(code) == t->value)
            break;
        if (code == '{') {
            n = 0;
            break;
        }
        n--;
    }
    if (n == 0) {
        t->unclosed = true;
        return;
    }
    while (m->open.n > n)
        unclosed(m, m->open.at[--m->open.n], i);
    uint32_t opener = m->open.at[--m->open.n];
    m->f->tokens.at[opener].match = i;
    t->match = opener;
}

void clfi_lang_match(front *f)
{
    matcher m = {.f = f};
    for (uint32_t i = 0; i < f->tokens.n; i++) {
        const token *t = &f->tokens.at[i];
        if (t->kind == T_DIRECTIVE)
            directive(&m, i);
        if (t->kind != T_PUNCT)
            continue;
        if (t->value == '(' || t->value == '[' || t->value == '{')
            *PUSH(f->arena, &m.open) = i;
        else if (t->value == ')' || t->value == ']' || t->value == '}')
            close(&m, i);
    }
    while (m.open.n > 0)
        unclosed(&m, m.open.at[--m.open.n], f->tokens.n - 1);
}
