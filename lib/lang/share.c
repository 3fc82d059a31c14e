/* share.c - locals that are never in the frame at the same time have one place there.
 *
 * When a place is taken is what lifetime.c finds out; locals may have one place if no two of them
 * have taken it at any point. Then nothing is written to the place while what is there may be
 * needed by another one, so that a store of one can only destroy what is dead of the other; and who
 * takes it begins with a value of its own, since the point where he reads what he has not written
 * would be his as well.
 *
 * Which ones share is a matter of taste, not of right: the largest come first, each next one goes
 * to the smallest place that is free whenever he takes it, to one of his own type if there is one
 * as good. Those of one type are one member of the frame; a place of several types is a union,
 * whose size and alignment are the device compiler's business. It is never larger than its members
 * one by one. Parameters stay where the host puts them: their places are there for locals of their
 * type.
 */
#include "cfg.h"

#include <stdlib.h>
#include <string.h>

/* Comparing more than this, in words, is work for a program that nobody writes. */
enum { MOST_WORDS = 64000000 };

typedef struct candidate {
    uint32_t index;
    bool param, cold;
    size_t bytes; /* SIZE_MAX: unknown */
} candidate;

typedef struct sharing {
    front *f;
    fiber *fi;
    lifetimes t;
    VEC(candidate) all;
    VEC(uint32_t) firsts; /* of `all`: who have places of their own */
    uint32_t unions;
    uint64_t words;
} sharing;

static bool same_text(const char *a, const char *b)
{
    return a == b || (a != NULL && b != NULL && strcmp(a, b) == 0);
}

static bool alike(const local *a, const local *b)
{
    return same_text(a->spec, b->spec) && same_text(a->stars, b->stars) &&
           same_text(a->suffix, b->suffix) && same_text(a->dim_text, b->dim_text);
}

/* Parameters first, the cold last, large before small, in the order of the source. */
static int by_rank(const void *x, const void *y)
{
    const candidate *a = x, *b = y;
    if (a->param != b->param)
        return a->param ? -1 : 1;
    if (a->cold != b->cold)
        return a->cold ? 1 : -1;
    if (a->bytes != b->bytes)
        return a->bytes > b->bytes ? -1 : 1;
    return a->index < b->index ? -1 : a->index > b->index;
}

static uint64_t *bits_of(const sharing *s, uint32_t index)
{
    const fiber *fi = s->fi;
    bool body = index >= fi->first_local && index < fi->end_local;
    return s->t.bits[body ? fi->params + index - fi->first_local : index - fi->first_param];
}

static bool meet(sharing *s, uint32_t first, uint32_t index)
{
    const uint64_t *a = bits_of(s, first), *b = bits_of(s, index);
    for (uint32_t i = 0; i < s->t.words; i++) {
        s->words++;
        if ((a[i] & b[i]) != 0)
            return true;
    }
    return false;
}

/* The one of the same type in the place, 0: none. */
static uint32_t twin(front *f, uint32_t first, const local *v)
{
    for (uint32_t k = first; k != 0; k = local_at(f, k)->beside)
        if (alike(local_at(f, k), v))
            return k;
    return 0;
}

/* A place must not grow by a cold one, nor where the host knows it. */
static bool may_join(const candidate *first, const candidate *c, uint32_t as)
{
    if (first->param)
        return as != 0;
    return first->cold == c->cold || (first->bytes != SIZE_MAX && c->bytes <= first->bytes);
}

static void join(sharing *s, uint32_t first, uint32_t as, uint32_t index)
{
    local *v = local_at(s->f, index), *place = local_at(s->f, first);
    uint64_t *taken = bits_of(s, first);
    const uint64_t *more = bits_of(s, index);
    for (uint32_t i = 0; i < s->t.words; i++)
        taken[i] |= more[i];
    v->first = first;
    v->twin = as;
    if (as != 0)
        return;
    if (place->in_union == 0)
        place->in_union = ++s->unions;
    v->beside = place->beside;
    place->beside = index;
}

/* Whether it has found a place: twins: of its type. */
static bool find_place(sharing *s, const candidate *c, bool twins)
{
    for (uint32_t i = 0; i < s->firsts.n; i++) {
        const candidate *first = &s->all.at[s->firsts.at[i]];
        uint32_t as = twin(s->f, first->index, local_at(s->f, c->index));
        if ((as != 0) != twins || !may_join(first, c, as) || meet(s, first->index, c->index))
            continue;
        join(s, first->index, as, c->index);
        return true;
    }
    return false;
}

static void list_candidates(sharing *s)
{
    for (uint32_t k = 0; k < locals_of(s->fi); k++) {
        uint32_t index = nth_local(s->fi, k);
        const local *v = local_at(s->f, index);
        if (!in_frame(v))
            continue;
        size_t bytes = clfi_lang_bytes(s->f, v);
        candidate c = {index, v->is_param, is_cold(v), bytes != 0 ? bytes : SIZE_MAX};
        *PUSH(s->f->arena, &s->all) = c;
    }
    if (s->all.n > 1)
        qsort(s->all.at, s->all.n, sizeof *s->all.at, by_rank);
}

void clfi_lang_share(front *f, fiber *fi)
{
    sharing s = {.f = f, .fi = fi};
    if (!clfi_lang_lifetimes(f, fi, &s.t))
        return;
    list_candidates(&s);
    for (uint32_t i = 0; i < s.all.n && s.words < MOST_WORDS; i++) {
        const candidate *c = &s.all.at[i];
        if (c->param || (!find_place(&s, c, true) && !find_place(&s, c, false)))
            *PUSH(f->arena, &s.firsts) = i;
    }
}

/* ---- what others want to know of places --------------------------------------------- */

const char *clfi_lang_member_name(front *f, const local *v)
{
    const local *first = v->first != 0 ? local_at(f, v->first) : v;
    const char *name = v->twin != 0 ? local_at(f, v->twin)->name : v->name;
    if (first->in_union == 0)
        return name;
    return clfi_lang_arena_printf(f->arena, "clf_u%u.%s", first->in_union, name);
}

size_t clfi_lang_place_align(front *f, const local *v)
{
    size_t most = clfi_lang_align(v);
    for (uint32_t k = v->beside; k != 0; k = local_at(f, k)->beside)
        if (clfi_lang_align(local_at(f, k)) > most)
            most = clfi_lang_align(local_at(f, k));
    return most;
}

size_t clfi_lang_place_bytes(front *f, const local *v)
{
    size_t most = clfi_lang_bytes(f, v), align = clfi_lang_place_align(f, v);
    for (uint32_t k = v->beside; k != 0; k = local_at(f, k)->beside)
        if (clfi_lang_bytes(f, local_at(f, k)) == 0)
            return 0;
    return (most + align - 1) / align * align;
}
