/* stmt.c - the body of a fiber as a tree of statements. After an error the parser goes on behind
 * the next semicolon or at the end of the block. */
#include "ast.h"

#include <string.h>

typedef struct parser {
    names n;
    front *f;
    fiber *fi;
    uint32_t i, end; /* the next token; where the block ends */
    uint32_t depth;
    uint32_t loops, switches;
    bool in_switch; /* the statement list is a switch's own */
} parser;

static stmt *parse_stmt(parser *p);

static stmt *new_stmt(parser *p, uint8_t kind, uint32_t first)
{
    stmt *s = clfi_lang_arena_get(p->f->arena, sizeof *s);
    s->kind = kind;
    s->all.first = first;
    s->all.end = p->i;
    s->conditional = tok_at(p->f, first)->conditional;
    return s;
}

static bool statement_word(uint8_t w)
{
    return w >= W_IF && w <= W_RETURN;
}

/* Behind the token before i, where the semicolon should be. */
static void expected_semicolon(parser *p, uint32_t i, const char *where)
{
    const token *before = tok_at(p->f, i - 1);
    clfi_lang_error_at(p->f, before->at + before->length, "expected ';'%s", where);
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

/* The index of the statement's semicolon, from i; reports if there is none. *ok: the tokens before
 * make sense. */
static uint32_t find_semicolon(parser *p, uint32_t i, bool *ok)
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
        expected_semicolon(p, i, "");
    *ok = false;
    return i;
}

/* Moves behind a statement's semicolon. */
static void end_at(parser *p, uint32_t semicolon)
{
    p->i = semicolon < p->end && is_punct(p->f, semicolon, ';') ? semicolon + 1 : semicolon;
}

/* Where the verb of `lv = spawn f()` stands in the range, at its top level; r.end if there is none.
 */
static uint32_t find_verb(front *f, range r)
{
    for (uint32_t i = r.first; i < r.end; i = skip_at(f, i) + 1)
        if (clfi_lang_is_verb(f, i))
            return i;
    return r.end;
}

static bool has_assignment(front *f, range r)
{
    for (uint32_t i = r.first; i < r.end; i = skip_at(f, i) + 1)
        if (is_punct(f, i, '='))
            return true;
    return false;
}

/* [lv =] verb f(args), all of the range. */
static action *parse_action(parser *p, range r, uint32_t verb, uint32_t declared)
{
    front *f = p->f;
    range target = {r.first, r.first};
    if (verb > r.first)
        target.end = verb - 1;
    if (declared != 0)
        target = (range){local_at(f, declared)->tok, local_at(f, declared)->tok + 1};
    bool assigned = verb == r.first || (is_punct(f, verb - 1, '=') && target.end > target.first);
    uint32_t close = is_punct(f, verb + 2, '(') ? skip_at(f, verb + 2) : verb + 1;
    if (!assigned || has_assignment(f, target) || (close > verb + 1 && close + 1 < r.end)) {
        clfi_lang_error(
            f, verb,
            "'%s' cannot be part of a larger expression: give its result to a variable first",
            sym_at(f, verb)->s);
        return NULL;
    }
    return clfi_lang_parse_action(&p->n, verb, target, declared);
}

/* The end of an initialiser: the comma or the end. */
static uint32_t init_end(front *f, uint32_t i, uint32_t end)
{
    while (i < end && !is_punct(f, i, ','))
        i = skip_at(f, i) + 1;
    return i < end ? i : end;
}

static void parse_init(parser *p, declarator *d, range r)
{
    front *f = p->f;
    if (r.first == r.end) {
        clfi_lang_error(f, r.first, "expected an initialiser");
        return;
    }
    if (clfi_lang_is_verb(f, r.first)) {
        if (local_at(f, d->local)->ndims > 0)
            clfi_lang_error(f, r.first, "an array cannot be the result of a fiber");
        else
            d->action = parse_action(p, r, r.first, d->local);
        return;
    }
    d->init = r;
    clfi_lang_resolve(&p->n, r);
}

static void check_dims(parser *p, uint32_t index)
{
    front *f = p->f;
    local *v = local_at(f, index);
    for (uint32_t k = 0; k < v->dims.n; k++) {
        range r = v->dims.at[k];
        clfi_lang_resolve(&p->n, r);
        for (uint32_t i = r.first; i < r.end; i++)
            if (local_of(f, i) != 0 && word_at(f, r.first) != W_SIZEOF) {
                clfi_lang_error(f, i, "the size of '%s' is not a constant",
                                f->symbols.at[v->sym].s);
                break;
            }
    }
}

/* The first dimension of `int a[] = {1, 2, 3}`: what is hoisted has no initialiser to count. */
static void count_elements(parser *p, uint32_t index, range init)
{
    front *f = p->f;
    local *v = local_at(f, index);
    if (v->dims.n == 0 || v->dims.at[0].first != v->dims.at[0].end)
        return;
    uint32_t n = 0, open = init.first, close = skip_at(f, open);
    bool counted = open < init.end && is_punct(f, open, '{');
    for (uint32_t i = open + 1; counted && i < close; i = init_end(f, i, close) + 1) {
        counted = !is_punct(f, i, '[');
        n++;
    }
    if (!counted || n == 0)
        clfi_lang_error(f, v->tok, "the array '%s' needs a size", f->symbols.at[v->sym].s);
    v->dim_text = clfi_lang_arena_printf(f->arena, "[%u%s", n, v->dim_text + 1);
    v->counted = n;
}

static declarator *parse_declarators(parser *p, decl_specs *specs, uint32_t i, uint32_t end)
{
    front *f = p->f;
    declarator *first = NULL, **last = &first;
    while (i < end) {
        uint32_t index = clfi_lang_declarator(f, specs, &i, end);
        if (index != 0) {
            declarator *d = clfi_lang_arena_get(f->arena, sizeof *d);
            d->local = index;
            d->line = tok_at(f, local_at(f, index)->tok)->line;
            *last = d;
            last = &d->next;
            check_dims(p, index);
            clfi_lang_bind(&p->n, index);
            range init = {i, i};
            if (i < end && is_punct(f, i, '=')) {
                init = (range){i + 1, init_end(f, i + 1, end)};
                parse_init(p, d, init);
                i = init.end;
            }
            count_elements(p, index, init);
        }
        uint32_t stop = init_end(f, i, end);
        if (index != 0 && stop != i)
            clfi_lang_error(f, i, "expected ',' or ';'");
        i = stop + 1;
        if (i == end && stop < end)
            clfi_lang_error(f, i, "expected the name of a variable");
    }
    return first;
}

static stmt *parse_decl(parser *p, range r)
{
    stmt *s = new_stmt(p, S_DECL, r.first);
    decl_specs specs;
    uint32_t i = clfi_lang_specs(p->f, r.first, r.end, &specs);
    for (uint32_t k = r.first; k < i; k++)
        if (is_name(p->f, k) && sym_at(p->f, k)->holds != 0)
            clfi_lang_check_held(p->f, k);
    if (i == r.end && !specs.bad)
        clfi_lang_error(p->f, r.first, "the declaration declares nothing");
    s->decls = parse_declarators(p, &specs, i, r.end);
    return s;
}

/* A declaration, an expression, or an assignment of a spawn and the like: all of the range, no
 * semicolon. */
static stmt *parse_simple(parser *p, range r)
{
    front *f = p->f;
    if (r.first == r.end)
        return new_stmt(p, S_EMPTY, r.first);
    if (clfi_lang_hidden_suspension(f, r))
        return new_stmt(p, S_EMPTY, r.first);
    if (clfi_lang_starts_decl(f, r.first))
        return parse_decl(p, r);
    uint32_t verb = find_verb(f, r);
    if (verb < r.end) {
        stmt *s = new_stmt(p, S_ACTION, r.first);
        s->action = parse_action(p, r, verb, 0);
        if (s->action == NULL)
            s->kind = S_EMPTY;
        return s;
    }
    stmt *s = new_stmt(p, S_EXPR, r.first);
    s->expr = r;
    clfi_lang_resolve(&p->n, r);
    return s;
}

static stmt *parse_simple_statement(parser *p)
{
    bool ok;
    uint32_t first = p->i, semicolon = find_semicolon(p, first, &ok);
    end_at(p, semicolon);
    if (p->i == first)
        p->i++;
    if (!ok)
        return new_stmt(p, S_EMPTY, first);
    stmt *s = parse_simple(p, (range){first, semicolon});
    s->all.end = p->i;
    return s;
}

static stmt *parse_list(parser *p, uint32_t end, bool in_switch)
{
    uint32_t outer_end = p->end;
    bool outer_switch = p->in_switch;
    stmt *first = NULL, **last = &first;
    p->end = end < outer_end ? end : outer_end;
    while (p->i < p->end) {
        p->in_switch = in_switch;
        *last = parse_stmt(p);
        last = &(*last)->next;
    }
    p->end = outer_end;
    p->in_switch = outer_switch;
    return first;
}

static stmt *parse_block(parser *p, bool is_switch)
{
    uint32_t open = p->i, close = skip_at(p->f, open);
    clfi_lang_enter(&p->n);
    p->i = open + 1;
    stmt *body = parse_list(p, close, is_switch);
    clfi_lang_leave(&p->n);
    p->i = close < p->end ? close + 1 : p->end;
    stmt *s = new_stmt(p, S_BLOCK, open);
    s->body = body;
    return s;
}

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
        return new_stmt(p, S_EMPTY, p->i);
    }
    clfi_lang_enter(&p->n);
    stmt *s = parse_stmt(p);
    clfi_lang_leave(&p->n);
    if (s->kind == S_DIRECTIVE)
        clfi_lang_error(p->f, s->all.first,
                        "a directive cannot stand here in a fiber: put braces around");
    p->in_switch = outer;
    return s;
}

static stmt *parse_if(parser *p)
{
    stmt *s = new_stmt(p, S_IF, p->i);
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
    stmt *s = new_stmt(p, S_WHILE, p->i);
    parse_condition(p, s);
    p->loops++;
    s->body = parse_inner(p);
    p->loops--;
    return s;
}

static stmt *parse_do(parser *p)
{
    stmt *s = new_stmt(p, S_DO, p->i++);
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
        expected_semicolon(p, p->i, " after 'do ... while (...)'");
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
    s->init = parse_simple(p, (range){head.first, semicolon[0]});
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
    stmt *s = new_stmt(p, S_FOR, p->i);
    clfi_lang_enter(&p->n);
    s->init = new_stmt(p, S_EMPTY, p->i);
    parse_for_head(p, s);
    p->loops++;
    s->body = parse_inner(p);
    p->loops--;
    clfi_lang_leave(&p->n);
    return s;
}

static stmt *parse_switch(parser *p)
{
    stmt *s = new_stmt(p, S_SWITCH, p->i);
    parse_condition(p, s);
    s->endless = false;
    if (p->i >= p->end || !is_punct(p->f, p->i, '{')) {
        clfi_lang_error(p->f, p->i, "expected '{' after 'switch (...)'");
        return s;
    }
    p->switches++;
    s->body = parse_block(p, true);
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
        return new_stmt(p, S_EMPTY, first);
    }
    p->i = colon + 1;
    stmt *s = new_stmt(p, S_CASE, first);
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
        expected_semicolon(p, p->i, kind == S_BREAK ? " after 'break'" : " after 'continue'");
    return new_stmt(p, allowed ? kind : S_EMPTY, first);
}

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
    uint32_t first = p->i, semicolon = find_semicolon(p, first + 1, &ok);
    end_at(p, semicolon);
    stmt *s = new_stmt(p, S_RETURN, first);
    if (!ok)
        return s;
    s->expr = (range){first + 1, semicolon};
    no_directives(p, s->expr);
    clfi_lang_resolve(&p->n, s->expr);
    bool value = s->expr.first < s->expr.end;
    if (value && p->fi->is_void)
        clfi_lang_error(f, s->expr.first, "a void fiber cannot return a value");
    if (!value && !p->fi->is_void)
        clfi_lang_error(f, first, "the fiber must return a value of type %s", p->fi->result);
    return s;
}

static stmt *parse_fail(parser *p)
{
    front *f = p->f;
    bool ok;
    uint32_t first = p->i, semicolon = find_semicolon(p, first + 1, &ok);
    end_at(p, semicolon);
    stmt *s = new_stmt(p, S_FAIL, first);
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

/* unlock(&m); and the like. */
static stmt *parse_post(parser *p, const operation *post)
{
    front *f = p->f;
    uint32_t first = p->i, close = skip_at(f, first + 1), n = close > first + 2;
    p->i = close + 2;
    stmt *s = new_stmt(p, S_POST, first);
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
    return new_stmt(p, kind, first);
}

static stmt *parse_directive(parser *p)
{
    uint32_t first = p->i++;
    return new_stmt(p, S_DIRECTIVE, first);
}

static stmt *parse_label(parser *p)
{
    clfi_lang_error(p->f, p->i, "a fiber cannot have labels");
    uint32_t first = p->i;
    p->i += 2;
    return new_stmt(p, S_EMPTY, first);
}

/* The words of fibers, where they start a statement. NULL: it is an ordinary statement. */
static stmt *parse_fiber_word(parser *p)
{
    front *f = p->f;
    const symbol *y = sym_at(f, p->i);
    if (y->local != 0)
        return NULL;
    if (y->word == W_SYNC && is_punct(f, p->i + 1, ';'))
        return parse_alone(p, S_SYNC);
    if (y->word == W_YIELD && is_punct(f, p->i + 1, ';'))
        return parse_alone(p, S_YIELD);
    if ((y->word == W_SYNC || y->word == W_YIELD) &&
        (is_name(f, p->i + 1) || tok_at(f, p->i + 1)->kind == T_DIRECTIVE ||
         is_punct(f, p->i + 1, '}') || is_punct(f, p->i + 1, '{'))) {
        expected_semicolon(p, p->i + 1, y->word == W_SYNC ? " after 'sync'" : " after 'yield'");
        p->i++;
        return new_stmt(p, S_EMPTY, p->i - 1);
    }
    bool call = is_punct(f, p->i + 1, '(') && (y->function || y->macro != 0);
    if (y->word == W_FAIL && !call && !is_assignment(f, p->i + 1))
        return parse_fail(p);
    const operation *post = clfi_lang_find_post(f, p->i);
    if (post != NULL && is_punct(f, skip_at(f, p->i + 1) + 1, ';'))
        return parse_post(p, post);
    if (is_punct(f, p->i + 1, ':') && (y->word == W_NONE || y->word <= W_ENV))
        return parse_label(p);
    return NULL;
}

static stmt *parse_word(parser *p)
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
    case W_RETURN:
        return parse_return(p);
    case W_ELSE:
        clfi_lang_error(p->f, p->i, "'else' without 'if'");
        p->i++;
        return new_stmt(p, S_EMPTY, p->i - 1);
    default:
        return parse_fiber_word(p);
    }
}

static stmt *too_deep(parser *p)
{
    bool ok;
    uint32_t first = p->i;
    clfi_lang_error(p->f, first, "statements are nested more than %d deep", MAX_DEPTH);
    if (is_punct(p->f, p->i, '{'))
        p->i = skip_at(p->f, p->i) + 1;
    else
        end_at(p, find_semicolon(p, p->i + 1, &ok));
    if (p->i > p->end)
        p->i = p->end;
    return new_stmt(p, S_EMPTY, first);
}

/* A fiber where a statement should be: most likely a brace is missing before it. */
static stmt *parse_nested_fiber(parser *p, uint32_t open)
{
    front *f = p->f;
    uint32_t first = p->i, next = skip_at(f, open) + 1;
    clfi_lang_error(f, first, "a fiber inside a fiber: is there a '}' missing before it?");
    p->i = is_punct(f, next, '{') ? skip_at(f, next) + 1 : next + 1;
    return new_stmt(p, S_EMPTY, first);
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
        return parse_block(p, false);
    if (is_name(f, p->i))
        s = parse_word(p);
    if (s != NULL)
        return s;
    if (tok_at(f, p->i)->kind == T_PUNCT && tok_at(f, p->i)->value == '}') {
        clfi_lang_error(f, p->i, "unmatched '}'");
        p->i++;
        return new_stmt(p, S_EMPTY, p->i - 1);
    }
    return parse_simple_statement(p);
}

static stmt *parse_stmt(parser *p)
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
