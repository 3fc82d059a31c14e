/* print.c - tokens to text: the user's own, with the edits that names and statements have got. */
#include "emit.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static void count_lines(printer *p, const char *s, size_t n)
{
    if (p->line == 0)
        return;
    for (size_t i = 0; i < n; i++)
        p->line += s[i] == '\n';
}

static void put_bytes(printer *p, const char *s, size_t n)
{
    clfi_lang_text_add(&p->out, s, n);
    count_lines(p, s, n);
}

void clfi_lang_put(printer *p, const char *s)
{
    put_bytes(p, s, strlen(s));
}

void clfi_lang_putf(printer *p, const char *format, ...)
{
    char buffer[256];
    va_list args, again;
    va_start(args, format);
    va_copy(again, args);
    int n = vsnprintf(buffer, sizeof buffer, format, args);
    if (n >= 0 && (size_t)n < sizeof buffer) {
        put_bytes(p, buffer, (size_t)n);
    } else if (n > 0) {
        char *big = clfi_lang_arena_get(p->f->arena, (size_t)n + 1);
        vsnprintf(big, (size_t)n + 1, format, again);
        put_bytes(p, big, (size_t)n);
    }
    va_end(again);
    va_end(args);
}

void clfi_lang_sync_line(printer *p, uint32_t line)
{
    const line_mark *m;
    uint32_t number = clfi_lang_user_line(p->f, line, &m);
    if (p->file == m->spelled && p->line == number)
        return;
    if (p->file == m->spelled)
        clfi_lang_text_printf(&p->out, "#line %u\n", number);
    else
        clfi_lang_text_printf(&p->out, "#line %u \"%s\"\n", number, m->spelled);
    p->file = m->spelled;
    p->line = number;
}

const char *clfi_lang_kids(printer *p)
{
    return p->has_spawn ? p->names[N_KIDS] : "0";
}

const char *clfi_lang_frame_text(printer *p, const local *v)
{
    return clfi_lang_arena_printf(p->f->arena, "%s->%s", p->names[N_F],
                                  clfi_lang_member_name(p->f, v));
}

const char *clfi_lang_local_text(printer *p, const local *v)
{
    if (v->home != HOME_IN_PLACE || p->clone > 0)
        return v->name;
    return clfi_lang_frame_text(p, v);
}

/* Commas inside braces would end a macro's argument. */
static bool needs_parens(front *f, range r)
{
    for (uint32_t i = r.first; i < r.end; i++) {
        if (is_punct(f, i, ',') || is_punct(f, i, '{'))
            return true;
        if (is_punct(f, i, '('))
            i = skip_at(f, i);
    }
    return false;
}

/* A clone has no child outstanding there, as a fiber has none. */
static void put_clone_return(printer *p, const stmt *s)
{
    if (p->fi->is_void) {
        clfi_lang_putf(p, "return %s(CLF_NIL);", clfi_lang_ran(p));
        return;
    }
    clfi_lang_put(p, "{ *clf_result = (");
    clfi_lang_put_range(p, s->expr);
    clfi_lang_putf(p, "); return %s(CLF_NIL); }", clfi_lang_ran(p));
}

static void put_return(printer *p, const stmt *s)
{
    const char *const *n = p->names;
    if (p->clone > 0) {
        put_clone_return(p, s);
        return;
    }
    if (p->fi->is_void) {
        clfi_lang_putf(p, "{ clf_return_void(%s, %s, &%s->h); return; }", n[N_W], n[N_SELF],
                       n[N_F]);
        return;
    }
    bool parens = needs_parens(p->f, s->expr);
    clfi_lang_putf(p, "{ CLF_RETURN(%s, %s, %s, %s, %s", n[N_W], n[N_SELF], n[N_F], p->fi->result,
                   parens ? "(" : "");
    clfi_lang_put_range(p, s->expr);
    clfi_lang_putf(p, "%s); return; }", parens ? ")" : "");
}

static void put_fail(printer *p, const stmt *s)
{
    const char *const *n = p->names;
    if (p->clone > 0)
        clfi_lang_putf(p, "return %s(clf_inline_fails(CLF_LEAVING(%s), CLF_FN_%s, clf_list, ",
                       clfi_lang_ran(p), n[N_W], p->f->symbols.at[p->fi->sym].s);
    else
        clfi_lang_putf(p, "{ clf_fail(%s, %s, &%s->h, %s, ", n[N_W], n[N_SELF], n[N_F],
                       clfi_lang_kids(p));
    clfi_lang_put_range(p, s->expr);
    clfi_lang_putf(p, ", %u)%s", clfi_lang_user_line(p->f, tok_at(p->f, s->all.first)->line, NULL),
                   p->clone > 0 ? ");" : "; return; }");
}

static void put_post(printer *p, const stmt *s)
{
    const char *const *n = p->names;
    const operation *post = s->post;
    clfi_lang_putf(p, "{ if (%s(%s, %s, &%s->h, ", post->call, n[N_W], n[N_SELF], n[N_F]);
    clfi_lang_put_range(p, s->expr);
    clfi_lang_putf(p, ", %s, %u)) return; }", clfi_lang_kids(p),
                   clfi_lang_user_line(p->f, tok_at(p->f, s->all.first)->line, NULL));
}

/* A statement that is something else in the generated code; the last token that is dealt with. */
static uint32_t put_edited_stmt(printer *p, const stmt *s)
{
    switch (s->kind) {
    case S_RETURN:
        put_return(p, s);
        break;
    case S_FAIL:
        put_fail(p, s);
        break;
    case S_POST:
        put_post(p, s);
        break;
    case S_BREAK:
    case S_CONTINUE:
        if (p->clone > 0)
            clfi_lang_putf(p, "goto clf_b%u;", s->jump - 1);
        else
            clfi_lang_putf(p, "{ %s = %u; continue; }", p->names[N_AT],
                           p->fi->cfg->blocks.at[s->jump - 1].label);
        break;
    default:
        clfi_lang_put(p, ";");
        break;
    }
    return s->all.end - 1;
}

/* The first env_spot that does not start before the byte. */
static uint32_t spot_from(const front *f, uint32_t byte)
{
    uint32_t low = 0, high = f->env_spots.n;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        if (f->env_spots.at[middle].at < byte)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

void clfi_lang_put_source(printer *p, uint32_t from, uint32_t to)
{
    const front *f = p->f;
    for (uint32_t k = spot_from(f, from); k < f->env_spots.n && f->env_spots.at[k].at < to; k++) {
        const env_spot *s = &f->env_spots.at[k];
        if (!s->live)
            continue;
        put_bytes(p, f->source + from, s->at - from);
        clfi_lang_put(p, "clf_w->env");
        from = s->at + s->length;
    }
    put_bytes(p, f->source + from, to - from);
}

static void put_source(printer *p, uint32_t i)
{
    const token *t = tok_at(p->f, i);
    if (t->kind == T_DIRECTIVE)
        clfi_lang_put_source(p, t->at, t->at + t->length);
    else
        put_bytes(p, p->f->source + t->at, t->length);
    if (t->kind == T_DIRECTIVE) { /* it may be a #line, and may be left out */
        p->line = 0;
        p->file = NULL;
    }
}

static void put_about_self(printer *p, uint32_t i, const edit *e)
{
    const about_self *about = clfi_lang_about_self(e->local);
    bool two = false;
    for (uint32_t k = i + 2; k < skip_at(p->f, i + 1); k = skip_at(p->f, k) + 1)
        two |= is_punct(p->f, k, ',');
    clfi_lang_putf(p, "%s%s(%s%s%s%s", about->call, two ? "_and_number" : "", p->names[N_W],
                   about->self ? ", " : "", about->self ? p->names[N_SELF] : "",
                   e->kind == E_ASK ? ")" : ", ");
}

/* One token or, if an edit covers more, several; the last one that is dealt with. */
static uint32_t put_token(printer *p, uint32_t i)
{
    const char *const *n = p->names;
    const edit *e = &p->f->program->edits.at[tok_at(p->f, i)->edit];
    switch (e->kind) {
    case E_LOCAL:
        clfi_lang_put(p, clfi_lang_local_text(p, local_at(p->f, e->local)));
        return i;
    case E_ENV:
        clfi_lang_putf(p, "%s->env", n[N_W]);
        return i;
    case E_OWN:
        clfi_lang_putf(p, "(*clf_own(%s, %s))", n[N_W], n[N_SELF]);
        return i;
    case E_ASK:
    case E_TELL:
        put_about_self(p, i, e);
        return e->kind == E_ASK ? i + 2 : i + 1;
    case E_DETACH:
        if (p->clone > 0)
            clfi_lang_putf(p, "clf_detach(%s, 0, ", n[N_W]);
        else
            clfi_lang_putf(p, "clf_detach(%s, &%s->h, ", n[N_W], n[N_F]);
        return i + 1;
    case E_TRY:
        clfi_lang_putf(p, "%s(%s, %s, ", clfi_lang_try_name(p->f, i), n[N_W], n[N_SELF]);
        return i + 1;
    case E_VALUE:
        return i;
    case E_STMT:
        return put_edited_stmt(p, e->stmt);
    default:
        put_source(p, i);
        return i;
    }
}

/* White space of an expression: one space, or its line ends. */
static void put_flat_gap(printer *p, uint32_t from, uint32_t to)
{
    uint32_t lines = 0;
    for (uint32_t k = from; k < to; k++)
        lines += p->f->source[k] == '\n';
    for (uint32_t k = 0; k < lines; k++)
        clfi_lang_put(p, "\n");
    clfi_lang_put(p, lines > 0 ? "            " : from < to ? " " : "");
}

static uint32_t end_of(front *f, uint32_t i)
{
    return tok_at(f, i)->at + tok_at(f, i)->length;
}

void clfi_lang_put_range(printer *p, range r)
{
    front *f = p->f;
    for (uint32_t i = r.first; i < r.end; i++) {
        uint32_t last = put_token(p, i);
        if (last + 1 < r.end)
            put_flat_gap(p, end_of(f, last), tok_at(f, last + 1)->at);
        i = last;
    }
}

/* Columns before the first word of the line that holds the token. */
static uint32_t indent_of(const front *f, const token *t)
{
    uint32_t start = f->lines.at[t->line - 1], n = 0;
    while (start + n < t->at && (f->source[start + n] == ' ' || f->source[start + n] == '\t'))
        n++;
    return n;
}

/* White space and comments as they are, lines indented as the statement is now. */
static void put_gap(printer *p, uint32_t from, uint32_t to, uint32_t base, uint32_t indent)
{
    static const char spaces[] = "                                ";
    const char *s = p->f->source;
    for (uint32_t k = from; k < to;) {
        uint32_t start = k;
        while (k < to && s[k] != '\n')
            k++;
        put_bytes(p, s + start, k - start);
        if (k == to)
            break;
        clfi_lang_put(p, "\n");
        k++;
        for (uint32_t n = 0; n < base && k < to && (s[k] == ' ' || s[k] == '\t'); n++)
            k++;
        if (!(k < to && (s[k] == '\n' || s[k] == '\r')))
            put_bytes(p, spaces, indent < sizeof spaces ? indent : sizeof spaces - 1);
    }
}

void clfi_lang_put_stmt(printer *p, const stmt *s, uint32_t indent)
{
    front *f = p->f;
    uint32_t base = indent_of(f, tok_at(f, s->all.first));
    for (uint32_t i = s->all.first; i < s->all.end; i++) {
        uint32_t last = put_token(p, i);
        if (last + 1 < s->all.end)
            put_gap(p, end_of(f, last), tok_at(f, last + 1)->at, base, indent);
        i = last;
    }
}
