/* stmt.c - the body of a fiber as a tree of statements. After an error the parser goes on behind
 * the next semicolon or at the end of the block. */
#include "stmt.h"

stmt *clfi_lang_new_stmt(parser *p, uint8_t kind, uint32_t first)
{
    stmt *s = clfi_lang_arena_get(p->f->arena, sizeof *s);
    s->kind = kind;
    s->all.first = first;
    s->all.end = p->i;
    s->conditional = tok_at(p->f, first)->conditional;
    return s;
}

void clfi_lang_expected_semicolon(parser *p, uint32_t i, const char *where)
{
    const token *before = tok_at(p->f, i - 1);
    clfi_lang_error_at(p->f, before->at + before->length, "expected ';'%s", where);
}

static bool statement_word(uint8_t w)
{
    return w >= W_IF && w <= W_RETURN;
}

/* `int a = 3 int b`: a declaration begins where an expression has just ended. */
static bool type_after_operand(front *f, uint32_t i)
{
    uint8_t w = word_at(f, i);
    const token *before = tok_at(f, i - 1);
    if (w != W_TYPE && w != W_TAG && w != W_CONST && w != W_GLOBAL)
        return false;
    if (before->kind == T_NAME)
        return f->symbols.at[before->value].local != 0;
    if (before->kind == T_PUNCT && before->value == ')')
        return before->match > 0 && word_at(f, before->match - 1) != W_ATTRIBUTE &&
               clfi_lang_operand_end(f, i - 1);
    return before->kind == T_NUMBER || is_punct(f, i - 1, ']');
}

uint32_t clfi_lang_find_semicolon(parser *p, uint32_t i, bool *ok)
{
    front *f = p->f;
    *ok = true;
    for (uint32_t first = i; i < p->end; i++) {
        const token *t = tok_at(f, i);
        if (t->unclosed) {
            *ok = false;
            if (t->kind != T_PUNCT)
                return i + 1; /* a literal without an end: so is the statement */
            if (t->value == ')' || t->value == ']')
                clfi_lang_error(f, i, "unmatched '%c'", (int)t->value);
            if (t->match > i)
                i = t->match - 1;
            continue;
        }
        if (is_punct(f, i, ';'))
            return i;
        if (statement_word(word_at(f, i)) || (i > first && type_after_operand(f, i)))
            break;
        i = skip_at(f, i);
    }
    if (*ok)
        clfi_lang_expected_semicolon(p, i, "");
    *ok = false;
    return i;
}

void clfi_lang_end_at(parser *p, uint32_t semicolon)
{
    p->i = semicolon < p->end && is_punct(p->f, semicolon, ';') ? semicolon + 1 : semicolon;
}

static stmt *parse_list(parser *p, uint32_t end, bool in_switch)
{
    uint32_t outer_end = p->end;
    bool outer_switch = p->in_switch;
    stmt *first = NULL, **last = &first;
    p->end = end < outer_end ? end : outer_end;
    while (p->i < p->end) {
        p->in_switch = in_switch;
        *last = clfi_lang_parse_stmt(p);
        last = &(*last)->next;
    }
    p->end = outer_end;
    p->in_switch = outer_switch;
    return first;
}

stmt *clfi_lang_parse_block(parser *p, bool is_switch)
{
    uint32_t open = p->i, close = skip_at(p->f, open);
    clfi_lang_enter(&p->n);
    p->i = open + 1;
    stmt *body = parse_list(p, close, is_switch);
    clfi_lang_leave(&p->n);
    p->i = close < p->end ? close + 1 : p->end;
    stmt *s = clfi_lang_new_stmt(p, S_BLOCK, open);
    s->body = body;
    return s;
}

static stmt *parse_directive(parser *p)
{
    uint32_t first = p->i++;
    return clfi_lang_new_stmt(p, S_DIRECTIVE, first);
}

static stmt *too_deep(parser *p)
{
    bool ok;
    uint32_t first = p->i;
    clfi_lang_error(p->f, first, "statements are nested more than %d deep", MAX_DEPTH);
    if (is_punct(p->f, p->i, '{'))
        p->i = skip_at(p->f, p->i) + 1;
    else
        clfi_lang_end_at(p, clfi_lang_find_semicolon(p, p->i + 1, &ok));
    if (p->i > p->end)
        p->i = p->end;
    return clfi_lang_new_stmt(p, S_EMPTY, first);
}

/* A fiber where a statement should be: most likely a brace is missing before it. */
static stmt *parse_nested_fiber(parser *p, uint32_t open)
{
    front *f = p->f;
    uint32_t first = p->i, next = skip_at(f, open) + 1;
    clfi_lang_error(f, first, "a fiber inside a fiber: is there a '}' missing before it?");
    p->i = is_punct(f, next, '{') ? skip_at(f, next) + 1 : next + 1;
    return clfi_lang_new_stmt(p, S_EMPTY, first);
}

static stmt *parse_any(parser *p)
{
    front *f = p->f;
    stmt *s = NULL;
    uint32_t open = word_at(f, p->i) == W_FIBER ? clfi_lang_fiber_params(f, p->i) : 0;
    if (open > p->i + 2 && sym_at(f, p->i)->local == 0)
        return parse_nested_fiber(p, open);
    if (tok_at(f, p->i)->kind == T_DIRECTIVE)
        return parse_directive(p);
    if (is_punct(f, p->i, '{'))
        return clfi_lang_parse_block(p, false);
    if (is_name(f, p->i))
        s = clfi_lang_parse_control(p);
    if (s == NULL && is_name(f, p->i))
        s = clfi_lang_parse_fiber_word(p);
    if (s != NULL)
        return s;
    if (tok_at(f, p->i)->kind == T_PUNCT && tok_at(f, p->i)->value == '}') {
        clfi_lang_error(f, p->i, "unmatched '}'");
        p->i++;
        return clfi_lang_new_stmt(p, S_EMPTY, p->i - 1);
    }
    return clfi_lang_parse_simple_statement(p);
}

stmt *clfi_lang_parse_stmt(parser *p)
{
    uint32_t first = p->i;
    if (p->depth >= MAX_DEPTH)
        return too_deep(p);
    p->depth++;
    stmt *s = parse_any(p);
    p->depth--;
    if (p->i > p->end)
        p->i = p->end;
    if (p->i <= first && first < p->end)
        p->i = first + 1; /* whatever it was */
    s->all.end = p->i;
    return s;
}

void clfi_lang_parse_body(front *f, uint32_t index)
{
    fiber *fi = &f->program->fibers.at[index];
    parser p = {.n = {.f = f, .fiber = fi}, .f = f, .fi = fi};
    p.n.scope_id = 0;
    fi->first_local = f->program->locals.n;
    clfi_lang_enter(&p.n);
    for (uint32_t k = 0; k < fi->params; k++)
        clfi_lang_bind(&p.n, fi->first_param + k);
    p.i = fi->body_range.first;
    p.end = fi->body_range.end;
    fi->body = parse_list(&p, p.end, false);
    clfi_lang_leave(&p.n);
    fi->end_local = f->program->locals.n;
}
