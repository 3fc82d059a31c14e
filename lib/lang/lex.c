/* lex.c - characters to tokens. A directive is one token; comments and line splices are white
 * space; what #if 0 leaves out is skipped, as nothing in it is part of the program. */
#include "source.h"

#include <string.h>

typedef struct lexer {
    front *f;
    uint32_t at, line;
    bool line_start; /* only white space since the line began */
    VEC(uint8_t)
    conditions;           /* open #if: 0 unknown, 1 in a known true group, 2 in a known false one */
    VEC(uint32_t) opened; /* where they start */
    uint32_t false_depth; /* of nested conditionals inside a known false group */
} lexer;

enum { COND_UNKNOWN, COND_TRUE, COND_FALSE };

static int peek(const lexer *x, uint32_t ahead)
{
    uint32_t i = x->at + ahead;
    return i >= x->at && i < x->f->length ? (unsigned char)x->f->source[i] : -1;
}

/* Bytes of a line splice at `i`, 0 if there is none. */
static uint32_t splice(const lexer *x, uint32_t i)
{
    const char *s = x->f->source;
    uint32_t n = x->f->length;
    if (i >= n || s[i] != '\\')
        return 0;
    if (i + 1 < n && s[i + 1] == '\n')
        return 2;
    return i + 2 < n && s[i + 1] == '\r' && s[i + 2] == '\n' ? 3 : 0;
}

static void newline(lexer *x)
{
    x->line++;
    *PUSH(x->f->arena, &x->f->lines) = x->at;
}

/* Steps over one character and the splices behind it. */
static void step(lexer *x)
{
    bool nl = x->f->source[x->at] == '\n';
    x->at++;
    if (nl)
        newline(x);
    for (uint32_t n; (n = splice(x, x->at)) != 0;) {
        x->at += n;
        newline(x);
    }
}

static bool name_char(int c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || c == '$' || c >= 0x80;
}

static bool digit(int c)
{
    return c >= '0' && c <= '9';
}

static void skip_line_comment(lexer *x)
{
    while (peek(x, 0) >= 0 && peek(x, 0) != '\n')
        step(x);
}

static void skip_block_comment(lexer *x)
{
    uint32_t start = x->at;
    step(x);
    step(x);
    while (peek(x, 0) >= 0) {
        if (peek(x, 0) == '*') {
            step(x);
            if (peek(x, 0) == '/') {
                step(x);
                return;
            }
        } else {
            step(x);
        }
    }
    clfi_lang_error_at(x->f, start, "unterminated comment");
}

static void skip_space(lexer *x)
{
    for (;;) {
        int c = peek(x, 0);
        if (c == '\n') {
            step(x);
            x->line_start = true;
        } else if (c == ' ' || (c >= '\t' && c <= '\r')) {
            step(x);
        } else if (splice(x, x->at) != 0) {
            x->at += splice(x, x->at);
            newline(x);
        } else if (c == '/' && peek(x, 1) == '/') {
            skip_line_comment(x);
        } else if (c == '/' && peek(x, 1) == '*') {
            skip_block_comment(x);
        } else {
            return;
        }
    }
}

uint32_t clfi_lang_intern(front *f, const char *s, uint32_t n)
{
    uint32_t hash = 2166136261u;
    for (uint32_t i = 0; i < n; i++)
        hash = (hash ^ (unsigned char)s[i]) * 16777619u;
    if (f->symbols.n * 2 >= f->table_size) {
        uint32_t size = f->table_size ? f->table_size * 4 : 1024;
        f->table = clfi_lang_arena_get(f->arena, size * sizeof *f->table);
        f->table_size = size;
        for (uint32_t i = 1; i < f->symbols.n; i++) {
            symbol *old = &f->symbols.at[i];
            old->next = f->table[old->hash & (size - 1)];
            f->table[old->hash & (size - 1)] = i;
        }
    }
    uint32_t *slot = &f->table[hash & (f->table_size - 1)];
    for (uint32_t i = *slot; i != 0; i = f->symbols.at[i].next) {
        symbol *old = &f->symbols.at[i];
        if (old->hash == hash && old->length == n && memcmp(old->s, s, n) == 0)
            return i;
    }
    if (f->symbols.n == 0)
        PUSH(f->arena, &f->symbols);
    uint32_t index = f->symbols.n;
    symbol *y = PUSH(f->arena, &f->symbols);
    y->s = clfi_lang_arena_copy(f->arena, s, n);
    y->length = n;
    y->hash = hash;
    y->next = *slot;
    *slot = index;
    return index;
}

/* Interns the text of a name, splices taken out. */
static uint32_t intern_token(lexer *x, uint32_t from, uint32_t to)
{
    const char *s = x->f->source + from;
    if (memchr(s, '\\', to - from) == NULL)
        return clfi_lang_intern(x->f, s, to - from);
    char *clean = clfi_lang_arena_get(x->f->arena, to - from + 1);
    uint32_t n = 0;
    for (uint32_t i = from; i < to;) {
        uint32_t gap = splice(x, i);
        i += gap;
        if (gap == 0)
            clean[n++] = x->f->source[i++];
    }
    return clfi_lang_intern(x->f, clean, n);
}

static void lex_number(lexer *x)
{
    for (;;) {
        int c = peek(x, 0);
        step(x);
        int next = peek(x, 0);
        bool exponent = c == 'e' || c == 'E' || c == 'p' || c == 'P';
        if (exponent && (next == '+' || next == '-'))
            continue;
        if (!name_char(next) && !digit(next) && next != '.')
            return;
    }
}

/* False: it has no end in its line. */
static bool lex_quoted(lexer *x)
{
    uint32_t start = x->at;
    int quote = peek(x, 0);
    step(x);
    for (;;) {
        int c = peek(x, 0);
        if (c < 0 || c == '\n') {
            clfi_lang_error_at(x->f, start,
                               quote == '"' ? "unterminated string" : "unterminated character");
            return false;
        }
        step(x);
        if (c == quote)
            return true;
        if (c == '\\' && peek(x, 0) >= 0 && peek(x, 0) != '\n')
            step(x);
    }
}

static uint32_t lex_punct(lexer *x)
{
    static const char three[][4] = {"<<=", ">>=", "..."};
    static const char two[][3] = {"->", "++", "--", "<<", ">>", "<=", ">=", "==", "!=", "&&",
                                  "||", "*=", "/=", "%=", "+=", "-=", "&=", "^=", "|=", "##"};
    int c[3] = {peek(x, 0), peek(x, 1), peek(x, 2)};
    for (size_t i = 0; i < sizeof three / sizeof *three; i++)
        if (c[0] == three[i][0] && c[1] == three[i][1] && c[2] == three[i][2]) {
            step(x), step(x), step(x);
            return P3(c[0], c[1], c[2]);
        }
    for (size_t i = 0; i < sizeof two / sizeof *two; i++)
        if (c[0] == two[i][0] && c[1] == two[i][1]) {
            step(x), step(x);
            return P2(c[0], c[1]);
        }
    step(x);
    return (uint32_t)c[0];
}

/* To the end of the directive's line; comments may span lines. */
static void lex_directive(lexer *x)
{
    for (;;) {
        int c = peek(x, 0);
        if (c < 0 || c == '\n')
            return;
        if (c == '/' && peek(x, 1) == '*')
            skip_block_comment(x);
        else if (c == '/' && peek(x, 1) == '/')
            skip_line_comment(x);
        else
            step(x);
    }
}

/* The directive's name; *rest is behind it. */
static uint32_t directive_name(const front *f, uint32_t from, uint32_t to, uint32_t *rest)
{
    uint32_t i = from + 1;
    while (i < to && (f->source[i] == ' ' || f->source[i] == '\t'))
        i++;
    uint32_t start = i;
    while (i < to && name_char((unsigned char)f->source[i]))
        i++;
    *rest = i;
    return start;
}

static bool text_is(const front *f, uint32_t from, uint32_t to, const char *s)
{
    return to - from == strlen(s) && memcmp(f->source + from, s, to - from) == 0;
}

/* The value of `#if 0` and `#if 1`; COND_UNKNOWN for other conditions. */
static uint8_t condition(const front *f, uint32_t from, uint32_t to)
{
    while (from < to && (f->source[from] == ' ' || f->source[from] == '\t'))
        from++;
    while (to > from &&
           (f->source[to - 1] == ' ' || f->source[to - 1] == '\t' || f->source[to - 1] == '\r'))
        to--;
    return text_is(f, from, to, "0")   ? COND_FALSE
           : text_is(f, from, to, "1") ? COND_TRUE
                                       : COND_UNKNOWN;
}

/* Keeps track of conditionals. True: the directive is inside a group that #if 0 leaves out. */
static bool conditional(lexer *x, uint32_t from, uint32_t to)
{
    front *f = x->f;
    uint32_t rest;
    uint32_t start = directive_name(f, from, to, &rest);
    bool skipping = x->conditions.n > 0 && x->conditions.at[x->conditions.n - 1] == COND_FALSE;
    if (text_is(f, start, rest, "if") || text_is(f, start, rest, "ifdef") ||
        text_is(f, start, rest, "ifndef")) {
        if (skipping) {
            x->false_depth++;
            return true;
        }
        uint8_t c = text_is(f, start, rest, "if") ? condition(f, rest, to) : COND_UNKNOWN;
        *PUSH(f->arena, &x->conditions) = c;
        *PUSH(f->arena, &x->opened) = from;
    } else if (text_is(f, start, rest, "else") || text_is(f, start, rest, "elif")) {
        if (x->false_depth > 0)
            return true;
        if (x->conditions.n == 0) {
            clfi_lang_error_at(f, from, "'#%.4s' without '#if'", f->source + start);
        } else {
            uint8_t *c = &x->conditions.at[x->conditions.n - 1];
            bool elif = text_is(f, start, rest, "elif");
            *c = *c == COND_TRUE             ? COND_FALSE
                 : *c == COND_FALSE && !elif ? COND_TRUE
                                             : COND_UNKNOWN;
        }
    } else if (text_is(f, start, rest, "endif")) {
        if (x->false_depth > 0) {
            x->false_depth--;
            return true;
        }
        if (x->conditions.n > 0)
            x->conditions.n--, x->opened.n--;
        else
            clfi_lang_error_at(f, from, "'#endif' without '#if'");
    } else {
        return skipping;
    }
    return false;
}

static bool in_unknown_condition(const lexer *x)
{
    for (uint32_t i = 0; i < x->conditions.n; i++)
        if (x->conditions.at[i] == COND_UNKNOWN)
            return true;
    return false;
}

/* Steps over the lines that #if 0 leaves out, up to the directive that ends them. */
static void skip_false_group(lexer *x)
{
    while (peek(x, 0) >= 0) {
        while (peek(x, 0) == ' ' || peek(x, 0) == '\t')
            step(x);
        if (peek(x, 0) == '#') {
            uint32_t start = x->at, line = x->line, lines = x->f->lines.n;
            lex_directive(x);
            uint32_t rest;
            uint32_t name = directive_name(x->f, start, x->at, &rest);
            bool ends = x->false_depth == 0 &&
                        (text_is(x->f, name, rest, "else") || text_is(x->f, name, rest, "elif") ||
                         text_is(x->f, name, rest, "endif"));
            if (ends) {
                x->at = start;
                x->line = line;
                x->f->lines.n = lines;
                return;
            }
            conditional(x, start, x->at);
        }
        while (peek(x, 0) >= 0 && peek(x, 0) != '\n')
            step(x);
        if (peek(x, 0) == '\n')
            step(x);
    }
}

static uint8_t lex_token(lexer *x, int c, bool *unclosed)
{
    if (c == '#' && x->line_start) {
        lex_directive(x);
        return T_DIRECTIVE;
    }
    if (name_char(c)) {
        do
            step(x);
        while (name_char(peek(x, 0)) || digit(peek(x, 0)));
        return T_NAME;
    }
    if (digit(c) || (c == '.' && digit(peek(x, 1)))) {
        lex_number(x);
        return T_NUMBER;
    }
    if (c == '"' || c == '\'') {
        *unclosed = !lex_quoted(x);
        return c == '"' ? T_STRING : T_CHAR;
    }
    if (c == 0)
        clfi_lang_error_at(x->f, x->at, "a zero byte");
    return T_PUNCT;
}

void clfi_lang_lex(front *f)
{
    lexer x = {.f = f, .line = 1, .line_start = true};
    *PUSH(f->arena, &f->lines) = 0;
    for (;;) {
        skip_space(&x);
        int c = peek(&x, 0);
        token t = {.at = x.at, .line = x.line};
        if (c < 0) {
            for (uint32_t k = 0; k < x.opened.n; k++)
                clfi_lang_error_at(f, x.opened.at[k], "unterminated #if");
            *PUSH(f->arena, &f->tokens) = t;
            return;
        }
        t.kind = lex_token(&x, c, &t.unclosed);
        if (t.kind == T_PUNCT)
            t.value = lex_punct(&x);
        t.length = x.at - t.at;
        /* splices behind the token are not part of it */
        while (t.length > 0 && f->source[t.at + t.length - 1] == '\n' && t.kind != T_DIRECTIVE)
            t.length -= t.length > 2 && f->source[t.at + t.length - 2] == '\r' ? 3 : 2;
        if (t.kind == T_NAME)
            t.value = intern_token(&x, t.at, t.at + t.length);
        x.line_start = false;
        if (t.kind == T_DIRECTIVE) {
            conditional(&x, t.at, x.at);
            x.line_start = true;
        }
        t.conditional = in_unknown_condition(&x);
        *PUSH(f->arena, &f->tokens) = t;
        if (t.kind == T_DIRECTIVE && x.conditions.n > 0 &&
            x.conditions.at[x.conditions.n - 1] == COND_FALSE)
            skip_false_group(&x);
    }
}

/* Tokens of bytes from .. to alone, into f->tokens, which the caller has put aside: for the body of
 * a directive. Symbols are the file's; errors are not reported, a macro's body may be any heap of
 * tokens. */
void clfi_lang_lex_piece(front *f, uint32_t from, uint32_t to)
{
    uint32_t length = f->length, lines = f->lines.n, diagnostics = f->diagnostics.n,
             errors = f->errors;
    f->length = to;
    lexer x = {.f = f, .at = from, .line = 1};
    for (;;) {
        skip_space(&x);
        int c = peek(&x, 0);
        token t = {.at = x.at, .line = x.line};
        if (c >= 0) {
            t.kind = lex_token(&x, c, &t.unclosed);
            if (t.kind == T_PUNCT)
                t.value = lex_punct(&x);
            t.length = x.at - t.at;
            if (t.kind == T_NAME)
                t.value = intern_token(&x, t.at, x.at);
        }
        *PUSH(f->arena, &f->tokens) = t;
        if (c < 0)
            break;
        x.line_start = false;
    }
    f->length = length;
    f->lines.n = lines;
    f->diagnostics.n = diagnostics;
    f->errors = errors;
}
