/* word.c - statements that a word of the fiber language begins: return, fail, sync, yield, and the
 * operations on synchronization objects that do not suspend. */
#include "stmt.h"

static void no_directives(parser *p, range r)
{
    for (uint32_t i = r.first; i < r.end; i++)
        if (tok_at(p->f, i)->kind == T_DIRECTIVE)
            clfi_lang_error(p->f, i, "a directive cannot stand inside this statement of a fiber");
}

static stmt *parse_return(parser *p)
{
    front *f = p->f;
    bool ok;
    uint32_t first = p->i, semicolon = clfi_lang_find_semicolon(p, first + 1, &ok);
    clfi_lang_end_at(p, semicolon);
    stmt *s = clfi_lang_new_stmt(p, S_RETURN, first);
    if (!ok)
        return s;
    s->expr = (range){first + 1, semicolon};
    no_directives(p, s->expr);
    clfi_lang_resolve(&p->n, s->expr);
    bool value = s->expr.first < s->expr.end;
    if (value && p->fi->is_void)
        clfi_lang_error(f, s->expr.first, "a void fiber cannot return a value");
    if (!value && !p->fi->is_void && !p->fi->untyped)
        clfi_lang_error(f, first, "the fiber must return a value of type %s", p->fi->result);
    return s;
}

static stmt *parse_fail(parser *p)
{
    front *f = p->f;
    bool ok;
    uint32_t first = p->i, semicolon = clfi_lang_find_semicolon(p, first + 1, &ok);
    clfi_lang_end_at(p, semicolon);
    stmt *s = clfi_lang_new_stmt(p, S_FAIL, first);
    s->expr = (range){first + 1, semicolon};
    if (!ok)
        return s;
    no_directives(p, s->expr);
    clfi_lang_resolve(&p->n, s->expr);
    const token *t = tok_at(f, s->expr.first);
    if (s->expr.first == s->expr.end)
        clfi_lang_error(f, first, "'fail' needs an error code");
    else if (s->expr.end == s->expr.first + 1 && t->kind == T_NUMBER && t->length == 1 &&
             f->source[t->at] == '0')
        clfi_lang_error(f, s->expr.first, "'fail' needs an error code other than 0");
    return s;
}

/* cancel(h); may have to wait for room, as a start has for a frame. */
static stmt *parse_cancel(parser *p)
{
    uint32_t first = p->i;
    p->i = skip_at(p->f, first + 1) + 2;
    stmt *s = clfi_lang_new_stmt(p, S_ACTION, first);
    s->action = clfi_lang_parse_cancel(&p->n, first);
    if (s->action == NULL)
        s->kind = S_EMPTY;
    return s;
}

/* unlock(&m); and the like. */
static stmt *parse_post(parser *p, const operation *post)
{
    front *f = p->f;
    uint32_t first = p->i, close = skip_at(f, first + 1), n = close > first + 2;
    p->i = close + 2;
    stmt *s = clfi_lang_new_stmt(p, S_POST, first);
    s->post = post;
    f->program->waits |= post->object;
    s->expr = (range){first + 2, close};
    no_directives(p, s->expr);
    clfi_lang_resolve(&p->n, s->expr);
    for (uint32_t i = s->expr.first; i < close; i = skip_at(f, i) + 1)
        n += is_punct(f, i, ',');
    if (n < post->least || n > post->most)
        clfi_lang_error(f, first, "'%s' takes %u argument%s, not %u", post->name, post->least,
                        post->least == 1 ? "" : "s", n);
    return s;
}

static bool is_assignment(front *f, uint32_t i)
{
    const token *t = tok_at(f, i);
    if (t->kind != T_PUNCT)
        return false;
    uint32_t c = t->value;
    return c == '=' || c == '.' || c == '[' || c == ',' || c == P2('-', '>') || c == P2('+', '+') ||
           c == P2('+', '=') || c == P2('-', '=') || c == P2('*', '=') || c == P2('/', '=') ||
           c == P2('&', '=') || c == P2('|', '=') || c == P2('^', '=') || c == P2('%', '=') ||
           c == P3('<', '<', '=') || c == P3('>', '>', '=');
}

static stmt *parse_alone(parser *p, uint8_t kind)
{
    uint32_t first = p->i;
    p->i += 2;
    return clfi_lang_new_stmt(p, kind, first);
}

static stmt *parse_label(parser *p)
{
    clfi_lang_error(p->f, p->i, "a fiber cannot have labels");
    uint32_t first = p->i;
    p->i += 2;
    return clfi_lang_new_stmt(p, S_EMPTY, first);
}

/* Words that stand before a fiber's call, alone, before a value, before parentheses and a
 * statement, before a statement. */
static const char *const verbs[] = {"spawn", "await", "start", NULL};
static const char *const alone[] = {"sync", "yield", "break", "continue", "return", NULL};
static const char *const values[] = {"return", "fail", NULL};
static const char *const heads[] = {"if", "while", "for", "switch", NULL};
static const char *const starts[] = {"else", "do", NULL};
static const char *const otherwise[] = {"else", NULL};

static bool starts_value(front *f, uint32_t i)
{
    uint8_t kind = tok_at(f, i)->kind;
    return kind == T_NUMBER || kind == T_CHAR || is_punct(f, i, '-') || is_punct(f, i, '!') ||
           is_punct(f, i, '~') || (kind == T_NAME && word_at(f, i) <= W_ENV);
}

/* Which of the lists could have the word that was meant at token i, by what follows it; NULL: none
 * of them. */
static const char *const *words_before(front *f, uint32_t i)
{
    uint8_t next = word_at(f, i + 1);
    if (is_name(f, i + 1) && is_punct(f, i + 2, '(') &&
        (sym_at(f, i + 1)->fiber != 0 || clfi_lang_is_primitive(sym_at(f, i + 1)->s)))
        return verbs;
    if (is_punct(f, i + 1, ';'))
        return alone;
    if (is_punct(f, i + 1, '(') && !tok_at(f, i + 1)->unclosed) {
        uint32_t behind = skip_at(f, i + 1) + 1;
        return is_punct(f, behind, ';')                         ? values
               : is_name(f, behind) || is_punct(f, behind, '{') ? heads
                                                                : NULL;
    }
    if (is_punct(f, i + 1, '{') || (next >= W_IF && next <= W_GOTO))
        return starts;
    return starts_value(f, i + 1) ? values : NULL;
}

/* `snyc;`, `awiat f(n);`, `retrun n;`: almost a statement. */
static stmt *parse_misspelt(parser *p)
{
    front *f = p->f;
    bool ok;
    uint32_t i = p->i;
    const char *const *words = words_before(f, i);
    const char *meant = words != NULL ? clfi_lang_meant(f, i, words) : NULL;
    if (meant == NULL && words == values && is_name(f, i + 1))
        meant = clfi_lang_meant(f, i, words = otherwise);
    if (meant == NULL)
        return NULL;
    clfi_lang_error(f, i, "'%s' means nothing here: did you mean '%s'?", sym_at(f, i)->s, meant);
    p->i = i + 1;
    if (words == verbs)
        p->i = skip_at(f, i + 2) + 1;
    else if (words == heads)
        p->i = skip_at(f, i + 1) + 1;
    else if (words == values)
        clfi_lang_end_at(p, clfi_lang_find_semicolon(p, i + 1, &ok));
    if ((words == verbs || words == alone) && is_punct(f, p->i, ';'))
        p->i++;
    if (words == heads)
        p->i = is_punct(f, p->i, '{') ? skip_at(f, p->i) + 1 : p->i;
    while (words == heads && word_at(f, p->i) == W_ELSE && p->i < p->end) {
        p->i++;
        clfi_lang_parse_stmt(p);
    }
    return clfi_lang_new_stmt(p, S_EMPTY, i);
}

/* `join h;`, `detach h;`: as a declaration it would only be a second 'h'. */
static stmt *parse_bare(parser *p)
{
    front *f = p->f;
    const symbol *y = sym_at(f, p->i);
    if (!is_name(f, p->i + 1) || !is_punct(f, p->i + 2, ';') || sym_at(f, p->i + 1)->local == 0 ||
        y->shape != SHAPE_UNKNOWN || y->macro != 0 || f->includes)
        return NULL;
    bool waits = clfi_lang_is_primitive(y->s);
    if (!waits && !clfi_lang_is_post(y->s))
        return NULL;
    const char *about = sym_at(f, p->i + 1)->s;
    clfi_lang_error(f, p->i, "'%s' takes what it is about in parentheses: write '%s%s(%s);'", y->s,
                    waits ? "await " : "", y->s, about);
    p->i += 3;
    return clfi_lang_new_stmt(p, S_EMPTY, p->i - 3);
}

stmt *clfi_lang_parse_fiber_word(parser *p)
{
    front *f = p->f;
    const symbol *y = sym_at(f, p->i);
    if (y->word == W_RETURN)
        return parse_return(p);
    if (y->local != 0)
        return NULL;
    if (y->word == W_SYNC && is_punct(f, p->i + 1, ';'))
        return parse_alone(p, S_SYNC);
    if (y->word == W_YIELD && is_punct(f, p->i + 1, ';'))
        return parse_alone(p, S_YIELD);
    if ((y->word == W_SYNC || y->word == W_YIELD) &&
        (is_name(f, p->i + 1) || tok_at(f, p->i + 1)->kind == T_DIRECTIVE ||
         is_punct(f, p->i + 1, '}') || is_punct(f, p->i + 1, '{'))) {
        clfi_lang_expected_semicolon(p, p->i + 1,
                                     y->word == W_SYNC ? " after 'sync'" : " after 'yield'");
        p->i++;
        return clfi_lang_new_stmt(p, S_EMPTY, p->i - 1);
    }
    bool call = is_punct(f, p->i + 1, '(') && (y->function || y->macro != 0);
    if ((y->word == W_SYNC || y->word == W_YIELD) && !call && !f->includes &&
        tok_at(f, p->i + 1)->match == p->i + 2 && is_punct(f, p->i + 3, ';')) {
        clfi_lang_error(f, p->i, "'%s' is a statement, not a function: write '%s;'", y->s, y->s);
        p->i += 4;
        return clfi_lang_new_stmt(p, S_EMPTY, p->i - 4);
    }
    if (y->word == W_FAIL && !call && !is_assignment(f, p->i + 1))
        return parse_fail(p);
    const operation *post = clfi_lang_find_post(f, p->i);
    if (post != NULL && is_punct(f, skip_at(f, p->i + 1) + 1, ';'))
        return post->asks ? parse_cancel(p) : parse_post(p, post);
    if (is_punct(f, p->i + 1, ':') && (y->word == W_NONE || y->word <= W_ENV))
        return parse_label(p);
    stmt *bare = parse_bare(p);
    return bare != NULL ? bare : parse_misspelt(p);
}
