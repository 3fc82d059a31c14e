/* control.c - the statements that hold others, if, the loops and switch, with what belongs to them:
 * case labels, break and continue. */
#include "stmt.h"

#include <string.h>

/* The parenthesis behind if, while, switch, for; false: there is none, or it is broken. */
static bool parse_head(parser *p, range *head)
{
    front *f = p->f;
    uint32_t open = p->i + 1;
    if (!is_punct(f, open, '(')) {
        clfi_lang_error(f, open, "expected '(' after '%s'", sym_at(f, p->i)->s);
        p->i = open;
        return false;
    }
    uint32_t close = skip_at(f, open);
    if (tok_at(f, open)->unclosed || close > p->end) {
        p->i = close < p->end ? close : p->end;
        return false;
    }
    *head = (range){open + 1, close};
    p->i = close + 1;
    return true;
}

static void parse_condition(parser *p, stmt *s)
{
    front *f = p->f;
    if (!parse_head(p, &s->expr))
        return;
    if (s->expr.first == s->expr.end)
        clfi_lang_error(f, s->expr.first, "expected a condition");
    clfi_lang_resolve(&p->n, s->expr);
    const token *t = tok_at(f, s->expr.first);
    s->endless = s->expr.end - s->expr.first == 1 &&
                 ((t->kind == T_NUMBER && f->source[t->at] != '0') ||
                  (t->kind == T_NAME && strcmp(f->symbols.at[t->value].s, "true") == 0));
}

/* The statement that if, else and the loops hold. Its declarations are its own. */
static stmt *parse_inner(parser *p)
{
    bool outer = p->in_switch;
    p->in_switch = false;
    if (p->i >= p->end) {
        clfi_lang_error(p->f, p->i, "expected a statement");
        p->in_switch = outer;
        return clfi_lang_new_stmt(p, S_EMPTY, p->i);
    }
    clfi_lang_enter(&p->n);
    stmt *s = clfi_lang_parse_stmt(p);
    clfi_lang_leave(&p->n);
    if (s->kind == S_DIRECTIVE)
        clfi_lang_error(p->f, s->all.first,
                        "a directive cannot stand here in a fiber: put braces around");
    p->in_switch = outer;
    return s;
}

static stmt *parse_if(parser *p)
{
    stmt *s = clfi_lang_new_stmt(p, S_IF, p->i);
    parse_condition(p, s);
    s->endless = false;
    s->body = parse_inner(p);
    if (p->i < p->end && word_at(p->f, p->i) == W_ELSE) {
        p->i++;
        s->other = parse_inner(p);
    }
    return s;
}

static stmt *parse_while(parser *p)
{
    stmt *s = clfi_lang_new_stmt(p, S_WHILE, p->i);
    parse_condition(p, s);
    p->loops++;
    s->body = parse_inner(p);
    p->loops--;
    return s;
}

static stmt *parse_do(parser *p)
{
    stmt *s = clfi_lang_new_stmt(p, S_DO, p->i++);
    p->loops++;
    s->body = parse_inner(p);
    p->loops--;
    if (p->i >= p->end || word_at(p->f, p->i) != W_WHILE) {
        clfi_lang_error(p->f, p->i, "expected 'while' after the body of 'do'");
        return s;
    }
    parse_condition(p, s);
    if (p->i < p->end && is_punct(p->f, p->i, ';'))
        p->i++;
    else
        clfi_lang_expected_semicolon(p, p->i, " after 'do ... while (...)'");
    return s;
}

/* The parts of a for's head. */
static bool split_for(parser *p, range head, uint32_t semicolon[2])
{
    front *f = p->f;
    uint32_t n = 0;
    for (uint32_t i = head.first; i < head.end; i = skip_at(f, i) + 1)
        if (is_punct(f, i, ';')) {
            if (n == 2) {
                clfi_lang_error(f, i, "a third ';' in 'for (...)'");
                return false;
            }
            semicolon[n++] = i;
        }
    if (n != 2)
        clfi_lang_error(f, head.first, "expected two ';' in 'for (...)'");
    return n == 2;
}

static void parse_for_head(parser *p, stmt *s)
{
    front *f = p->f;
    range head;
    uint32_t semicolon[2];
    if (!parse_head(p, &head) || !split_for(p, head, semicolon))
        return;
    s->init = clfi_lang_parse_simple(p, (range){head.first, semicolon[0]});
    s->init->all = (range){head.first, semicolon[0] + 1};
    s->expr = (range){semicolon[0] + 1, semicolon[1]};
    s->step = (range){semicolon[1] + 1, head.end};
    s->endless = s->expr.first == s->expr.end;
    clfi_lang_resolve(&p->n, s->expr);
    clfi_lang_resolve(&p->n, s->step);
    for (uint32_t i = head.first; i < head.end; i++)
        if (tok_at(f, i)->kind == T_DIRECTIVE)
            clfi_lang_error(f, i, "a directive cannot stand inside 'for (...)' in a fiber");
}

static stmt *parse_for(parser *p)
{
    stmt *s = clfi_lang_new_stmt(p, S_FOR, p->i);
    clfi_lang_enter(&p->n);
    s->init = clfi_lang_new_stmt(p, S_EMPTY, p->i);
    parse_for_head(p, s);
    p->loops++;
    s->body = parse_inner(p);
    p->loops--;
    clfi_lang_leave(&p->n);
    return s;
}

static stmt *parse_switch(parser *p)
{
    stmt *s = clfi_lang_new_stmt(p, S_SWITCH, p->i);
    parse_condition(p, s);
    s->endless = false;
    if (p->i >= p->end || !is_punct(p->f, p->i, '{')) {
        clfi_lang_error(p->f, p->i, "expected '{' after 'switch (...)'");
        return s;
    }
    p->switches++;
    s->body = clfi_lang_parse_block(p, true);
    p->switches--;
    return s;
}

/* The colon of a case label: conditional expressions have colons, too. */
static uint32_t find_colon(parser *p, uint32_t i)
{
    uint32_t questions = 0;
    for (; i < p->end && !is_punct(p->f, i, ';') && !is_punct(p->f, i, '{');
         i = skip_at(p->f, i) + 1) {
        if (is_punct(p->f, i, '?'))
            questions++;
        else if (is_punct(p->f, i, ':') && questions-- == 0)
            return i;
    }
    return p->end;
}

static stmt *parse_case(parser *p)
{
    front *f = p->f;
    uint32_t first = p->i, colon = find_colon(p, first + 1);
    bool is_default = word_at(f, first) == W_DEFAULT;
    if (!p->in_switch)
        clfi_lang_error(f, first, "'%s' must stand directly in the block of its switch",
                        sym_at(f, first)->s);
    if (colon >= p->end) {
        clfi_lang_error(f, first, "expected ':' after '%s'", sym_at(f, first)->s);
        p->i = first + 1;
        return clfi_lang_new_stmt(p, S_EMPTY, first);
    }
    p->i = colon + 1;
    stmt *s = clfi_lang_new_stmt(p, S_CASE, first);
    s->is_default = is_default;
    s->expr = (range){first + 1, colon};
    clfi_lang_resolve(&p->n, s->expr);
    if (!p->in_switch)
        s->kind = S_EMPTY;
    return s;
}

static stmt *parse_jump(parser *p, uint8_t kind)
{
    front *f = p->f;
    uint32_t first = p->i++;
    bool allowed = p->loops > 0 || (kind == S_BREAK && p->switches > 0);
    if (!allowed)
        clfi_lang_error(f, first, "'%s' outside a loop%s", sym_at(f, first)->s,
                        kind == S_BREAK ? " or switch" : "");
    if (p->i < p->end && is_punct(f, p->i, ';'))
        p->i++;
    else
        clfi_lang_expected_semicolon(p, p->i,
                                     kind == S_BREAK ? " after 'break'" : " after 'continue'");
    return clfi_lang_new_stmt(p, allowed ? kind : S_EMPTY, first);
}

stmt *clfi_lang_parse_control(parser *p)
{
    switch (word_at(p->f, p->i)) {
    case W_IF:
        return parse_if(p);
    case W_WHILE:
        return parse_while(p);
    case W_DO:
        return parse_do(p);
    case W_FOR:
        return parse_for(p);
    case W_SWITCH:
        return parse_switch(p);
    case W_CASE:
    case W_DEFAULT:
        return parse_case(p);
    case W_BREAK:
        return parse_jump(p, S_BREAK);
    case W_CONTINUE:
        return parse_jump(p, S_CONTINUE);
    case W_ELSE:
        clfi_lang_error(p->f, p->i, "'else' without 'if'");
        p->i++;
        return clfi_lang_new_stmt(p, S_EMPTY, p->i - 1);
    default:
        return NULL;
    }
}
