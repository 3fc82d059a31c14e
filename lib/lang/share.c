/* share.c - locals that are never in the frame at the same time have one place there.
 *
 * When a place is taken is what lifetime.c finds out; locals may have one place if no two of them
 * have taken it at any point. Then nothing is written to the place while what is there may be
 * needed by another one, so that a store of one can only destroy what is dead of the other; and who
 * takes it begins with a value of its own, since the point where he reads what he has not written
 * would be his as well.
 *
 * Which ones share is a matter of taste, not of right. First each goes to those of its own type if
 * it can: they are one member of the frame. Then the members that are left have one place as a
 * union, the largest first, whose size and alignment are the device compiler's business: it is
 * never larger than its members one by one. Parameters stay where the host puts them: their places
 * are there for locals of their type.
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
    VEC(candidate) members, places; /* who is the first of its type, of its place */
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

static void take_over(sharing *s, uint32_t first, uint32_t index)
{
    uint64_t *taken = bits_of(s, first);
    const uint64_t *more = bits_of(s, index);
    for (uint32_t i = 0; i < s->t.words; i++)
        taken[i] |= more[i];
}

/* To the first of its type that is free whenever it lives; else others may come to it. */
static void join_twin(sharing *s, const candidate *c)
{
    local *v = local_at(s->f, c->index);
    for (uint32_t i = 0; i < s->members.n && !c->param; i++) {
        const candidate *m = &s->members.at[i];
        if (!alike(local_at(s->f, m->index), v) || meet(s, m->index, c->index))
            continue;
        take_over(s, m->index, c->index);
        v->twin = m->index;
        return;
    }
    *PUSH(s->f->arena, &s->members) = *c;
}

/* A place that is hot must not grow by what is cold. */
static bool may_grow(const candidate *first, const candidate *c)
{
    return first->cold == c->cold || (first->bytes != SIZE_MAX && c->bytes <= first->bytes);
}

static void join_union(sharing *s, const candidate *c)
{
    local *v = local_at(s->f, c->index);
    for (uint32_t i = 0; i < s->places.n; i++) {
        const candidate *m = &s->places.at[i];
        local *first = local_at(s->f, m->index);
        if (!may_grow(m, c) || meet(s, m->index, c->index))
            continue;
        take_over(s, m->index, c->index);
        if (first->in_union == 0)
            first->in_union = ++s->unions;
        v->first = m->index;
        v->beside = first->beside;
        first->beside = c->index;
        return;
    }
    *PUSH(s->f->arena, &s->places) = *c;
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
    for (uint32_t i = 0; i < s.all.n && s.words < MOST_WORDS; i++)
        join_twin(&s, &s.all.at[i]);
    for (uint32_t i = 0; i < s.members.n && s.words < MOST_WORDS; i++)
        if (!s.members.at[i].param)
            join_union(&s, &s.members.at[i]);
    for (uint32_t i = 0; i < s.all.n; i++) {
        local *v = local_at(f, s.all.at[i].index);
        if (v->twin != 0)
            v->first = local_at(f, v->twin)->first != 0 ? local_at(f, v->twin)->first : v->twin;
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
