/* place.c - whether a local can live where liveness puts it: what is in the frame has an address in
 * __global memory, which is not what the address of a local is in OpenCL C. */
#include "cfg.h"

const char *clfi_lang_suspension(const block *b)
{
    switch (b->term) {
    case SYNC:
        return "sync";
    case YIELD:
        return "yield";
    default:
        return b->action != NULL ? b->action->what : "suspension";
    }
}

/* " across the sync in line 7": the first true suspension that the local lives across, else the
 * first spawn. */
static const char *why(front *f, const fiber *fi, const local *v)
{
    const block *found = NULL;
    for (uint32_t i = 0; i < v->across.n; i++) {
        const block *b = &fi->cfg->blocks.at[v->across.at[i]];
        bool true_one = b->term != PARK;
        if (found == NULL || (true_one && found->term == PARK) ||
            (true_one == (found->term != PARK) && b->line < found->line))
            found = b;
    }
    if (found == NULL)
        return clfi_lang_arena_printf(f->arena, "gets the result of a fiber (line %u)",
                                      clfi_lang_user_line(f, tok_at(f, v->target_tok)->line, NULL));
    return clfi_lang_arena_printf(f->arena, "lives across '%s' in line %u",
                                  clfi_lang_suspension(found),
                                  clfi_lang_user_line(f, found->line, NULL));
}

/* Subscripts that follow the name. */
static uint32_t subscripts(front *f, uint32_t i)
{
    uint32_t n = 0;
    for (i++; is_punct(f, i, '['); i = skip_at(f, i) + 1)
        n++;
    return n;
}

static bool in_sizeof(front *f, uint32_t i)
{
    return word_at(f, i - 1) == W_SIZEOF ||
           (is_punct(f, i - 1, '(') && word_at(f, i - 2) == W_SIZEOF);
}

static void check_use(front *f, const fiber *fi, const local *v, uint32_t i)
{
    const char *name = f->symbols.at[v->sym].s;
    bool message = f->program->edits.at[tok_at(f, i - 1)->edit].kind == E_OUT;
    if (in_sizeof(f, i) || message)
        return;
    if (clfi_lang_takes_address(f, i))
        clfi_lang_error(f, i,
                        "the address of '%s' cannot be taken: it %s, so it is in the fiber's frame",
                        name, why(f, fi, v));
    else if (v->ndims > 0 && subscripts(f, i) < v->ndims)
        clfi_lang_error(f, i,
                        "the array '%s' cannot be passed on: it %s, so it is in the fiber's frame",
                        name, why(f, fi, v));
}

static void check_local(front *f, const fiber *fi, uint32_t index)
{
    const local *v = local_at(f, index);
    const char *name = f->symbols.at[v->sym].s;
    if (!v->hoisted)
        return;
    if (v->private_pointer && (v->crosses || v->spills))
        clfi_lang_error(
            f, v->tok, "'%s' points to private memory, which is gone after a suspension, but it %s",
            name, why(f, fi, v));
    if (v->home != HOME_IN_PLACE && !(v->home == HOME_FRAME && v->crosses))
        return;
    for (uint32_t k = 0; k < v->uses.n; k++)
        check_use(f, fi, v, v->uses.at[k]);
}

void clfi_lang_check_places(front *f, fiber *fi)
{
    for (uint32_t k = 0; k < fi->params; k++)
        check_local(f, fi, fi->first_param + k);
    for (uint32_t k = fi->first_local; k < fi->end_local; k++)
        check_local(f, fi, k);
}
