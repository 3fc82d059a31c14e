/* early.c - warns of results that are read before the sync after which they are there. Only what is
 * plain to see: a variable that is named between its spawn and the next sync of the same block. */
#include "ast.h"

enum { FAR = 400 }; /* tokens that are looked at behind a spawn: the time stays linear */

static uint32_t behind_statement(front *f, uint32_t i, uint32_t end)
{
    while (i < end && !is_punct(f, i, ';'))
        i = skip_at(f, i) + 1;
    return i;
}

/* The spawn whose result goes to the whole of a local. */
static void look_behind(front *f, const action *a, uint32_t first, uint32_t end)
{
    if (a == NULL || a->verb != V_SPAWN || a->target_local == 0 ||
        a->target.end - a->target.first != 1 || local_at(f, a->target_local)->ndims > 0)
        return;
    if (end > first + FAR)
        end = first + FAR;
    for (uint32_t i = first; i < end; i++) {
        uint8_t w = word_at(f, i);
        if (w == W_SYNC || tok_at(f, i)->kind == T_DIRECTIVE)
            return;
        if (w == W_RETURN) /* it waits for the children before it reads anything */
            i = behind_statement(f, i, end);
        if (i >= end || local_of(f, i) != a->target_local)
            continue;
        if (!is_punct(f, i + 1, '='))
            clfi_lang_warn(f, i,
                           "'%s' is read before the sync after which the result of '%s' is there",
                           f->symbols.at[local_at(f, a->target_local)->sym].s, a->what);
        return;
    }
}

static void look_at(front *f, const stmt *first)
{
    uint32_t end = 0;
    for (const stmt *s = first; s != NULL; s = s->next)
        end = s->all.end;
    for (const stmt *s = first; s != NULL; s = s->next) {
        look_behind(f, s->action, s->all.end, end);
        for (const declarator *d = s->decls; d != NULL; d = d->next)
            look_behind(f, d->action, s->all.end, end);
        look_at(f, s->body);
        look_at(f, s->other);
    }
}

void clfi_lang_warn_early(front *f, const fiber *fi)
{
    look_at(f, fi->body);
}
