/* size.c - how large a local is and where it may lie, as far as the source shows: the sizes of the
 * user's types, and of arrays whose dimensions are not plain numbers, are the device compiler's. */
#include "cfg.h"

#include <stdlib.h>

/* Elements of an array if its dimensions are plain numbers, 0 if not. */
static size_t elements(front *f, const local *v)
{
    size_t n = 1;
    if (v->ndims != v->dims.n)
        return 0;
    for (uint32_t k = 0; k < v->dims.n; k++) {
        range r = v->dims.at[k];
        const token *t = tok_at(f, r.first);
        if (k == 0 && v->counted > 0) {
            n *= v->counted;
            continue;
        }
        if (r.end - r.first != 1 || t->kind != T_NUMBER)
            return 0;
        n *= strtoul(clfi_lang_arena_copy(f->arena, f->source + t->at, t->length), NULL, 0);
    }
    return n;
}

static size_t element_bytes(const local *v)
{
    if (v->stars[0] != '\0')
        return 8;
    return v->builtin != NULL ? clfi_lang_builtin_size(v->builtin) : 0;
}

size_t clfi_lang_bytes(front *f, const local *v)
{
    return element_bytes(v) * elements(f, v);
}

size_t clfi_lang_align(const local *v)
{
    size_t n = element_bytes(v);
    return n != 0 ? n : MOST_ALIGN;
}
