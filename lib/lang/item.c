/* item.c - what stands in a block between suspensions. */
#include "emit.h"

#include <string.h>

/* A loop over all elements of an array, as text: "x[clf_i][clf_j]" copied from another array of its
 * type. */
static void put_array_copy(writer *w, const local *v, const char *to, const char *from,
                           const char *indent)
{
    printer *p = w->p;
    text sub = {.arena = p->f->arena};
    clfi_lang_put(p, indent);
    for (uint32_t k = 0; k < v->ndims; k++) {
        const char *s = sub.s != NULL ? sub.s : "";
        clfi_lang_putf(
            p, "for (uint clf_i%u = 0; clf_i%u < sizeof(%s%s) / sizeof(%s%s[0]); clf_i%u++) ", k, k,
            to, s, to, s, k);
        clfi_lang_text_printf(&sub, "[clf_i%u]", k);
    }
    clfi_lang_putf(p, "%s%s = %s%s;\n", to, sub.s, from, sub.s);
}

void clfi_lang_put_copy(writer *w, const local *v, const char *to, const char *from,
                        const char *indent)
{
    if (v->ndims > 0)
        put_array_copy(w, v, to, from, indent);
    else
        clfi_lang_putf(w->p, "%s%s = %s;\n", indent, to, from);
}

static void put_init(writer *w, const declarator *d)
{
    printer *p = w->p;
    const local *v = local_at(p->f, d->local);
    const char *name = clfi_lang_local_text(p, v);
    bool braces = is_punct(p->f, d->init.first, '{');
    clfi_lang_sync_line(p, tok_at(p->f, d->init.first)->line);
    if (!braces && v->ndims == 0) {
        clfi_lang_putf(p, "        %s = ", name);
        clfi_lang_put_range(p, d->init);
        clfi_lang_put(p, ";\n");
        return;
    }
    clfi_lang_putf(p, "        { %s = ", clfi_lang_decl_text(p->f, v, "clf_init"));
    clfi_lang_put_range(p, d->init);
    clfi_lang_put(p, ";\n");
    clfi_lang_put_copy(w, v, name, "clf_init", "            ");
    clfi_lang_put(p, "        }\n");
}

static void put_end(writer *w, uint32_t tok)
{
    printer *p = w->p;
    const char *const *n = w->n;
    const char *name = p->f->symbols.at[p->fi->sym].s;
    uint32_t line = clfi_lang_user_line(p->f, tok_at(p->f, tok)->line, NULL);
    clfi_lang_sync_line(p, tok_at(p->f, tok)->line);
    if (p->clone > 0 && p->fi->is_void)
        clfi_lang_putf(p, "        return %s(CLF_NIL);\n", clfi_lang_ran(p));
    else if (p->clone > 0)
        clfi_lang_putf(p,
                       "        return %s(clf_inline_fails(CLF_LEAVING(%s), CLF_FN_%s, "
                       "clf_list, -31004, %u));\n",
                       clfi_lang_ran(p), n[N_W], name, line);
    else if (p->fi->is_void)
        clfi_lang_putf(p, "        clf_return_void(%s, %s, &%s->h);\n        return;\n", n[N_W],
                       n[N_SELF], n[N_F]);
    else
        clfi_lang_putf(
            p,
            "        clf_fail(%s, %s, &%s->h, %s, -31004, %u); /* the end, without a result */\n"
            "        return;\n",
            n[N_W], n[N_SELF], n[N_F], clfi_lang_kids(p), line);
}

static void put_directive(writer *w, uint32_t tok)
{
    printer *p = w->p;
    const token *t = tok_at(p->f, tok);
    clfi_lang_sync_line(p, t->line);
    clfi_lang_put_source(p, t->at, t->at + t->length);
    clfi_lang_put(p, "\n");
    p->line = 0;
    p->file = NULL; /* it may be under #if, or a #line */
}

static void put_plain(writer *w, const stmt *s)
{
    printer *p = w->p;
    clfi_lang_sync_line(p, tok_at(p->f, s->all.first)->line);
    clfi_lang_put(p, "        ");
    if (s->kind == S_EXPR) {
        clfi_lang_put_range(p, s->expr);
        clfi_lang_put(p, ";");
    } else {
        clfi_lang_put_stmt(p, s, 8);
    }
    clfi_lang_put(p, "\n");
}

void clfi_lang_put_item(writer *w, const block *b, item *it)
{
    printer *p = w->p;
    switch (it->kind) {
    case I_STMT:
        put_plain(w, it->stmt);
        break;
    case I_INIT:
        put_init(w, it->decl);
        break;
    case I_DIRECTIVE:
        put_directive(w, it->tok);
        break;
    case I_MAKE:
        clfi_lang_put_make(w, b, it->action);
        break;
    case I_STATUS:
        clfi_lang_sync_line(p, tok_at(p->f, it->action->target.first)->line);
        clfi_lang_put(p, "        ");
        clfi_lang_put_range(p, it->action->target);
        clfi_lang_putf(p, " = (int)%s->h.status;\n", w->n[N_F]);
        break;
    default:
        put_end(w, it->tok);
        break;
    }
    if (it->conditional)
        p->file = NULL; /* a #line under #if may be left out */
}
