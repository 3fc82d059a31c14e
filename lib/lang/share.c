/* share.c - locals whose lives do not overlap have one place in the frame.
 *
 * A saved local is in the frame from the suspension that stores it to the last one that it lives
 * across: what is stored again at each of these, or is left there because it has not changed, is
 * what the local had. So two locals that live across no common suspension may have the same place,
 * if they are of the same type: a store of one can only destroy what is dead of the other. Locals
 * in place (arrays, results of spawn) are in the frame between suspensions as well and keep theirs.
 */
#include "cfg.h"

#include <string.h>

/* Work beyond this is that of no program that somebody writes; then nobody shares. */
enum { MOST_CANDIDATES = 2000, MOST_MEETINGS = 4000000 };

typedef struct places {
    VEC(uint32_t) blocks; /* that end in suspensions which a local lives across */
} places;

typedef struct sharing {
    front *f;
    fiber *fi;
    VEC(uint32_t) leaders; /* locals with a place of their own */
    /* per local of the fiber */
    places *lives;
    uint32_t *met; /* the last one, + 1, that lives where it does, or one in its place */
} sharing;

static bool may_share(const local *v)
{
    return v->hoisted && v->home == HOME_FRAME && !v->is_param && v->ndims == 0 &&
           (v->builtin != NULL || v->stars[0] != '\0');
}

static bool same_text(const char *a, const char *b)
{
    return a == b || (a != NULL && b != NULL && strcmp(a, b) == 0);
}

/* Cold ones stand apart, at the end of the frame. */
static bool alike(const local *a, const local *b)
{
    return a->crosses == b->crosses && same_text(a->spec, b->spec) &&
           same_text(a->stars, b->stars) && same_text(a->suffix, b->suffix);
}

static uint32_t leader_of(const sharing *s, uint32_t index)
{
    const local *v = local_at(s->f, index);
    return v->shares != 0 ? v->shares - 1 : index;
}

static bool is_local(const sharing *s, uint32_t index)
{
    return index >= s->fi->first_local && index < s->fi->end_local;
}

static void list_lives(sharing *s)
{
    const cfg *c = s->fi->cfg;
    for (uint32_t b = 0; b < c->blocks.n; b++)
        for (uint32_t k = 0; k < c->blocks.at[b].live.n; k++) {
            uint32_t index = c->blocks.at[b].live.at[k];
            if (is_local(s, index))
                *PUSH(s->f->arena, &s->lives[index - s->fi->first_local].blocks) = b;
        }
}

/* Marks whose place is taken where the local lives. */
static void meet(sharing *s, uint32_t index)
{
    const places *lives = &s->lives[index - s->fi->first_local];
    for (uint32_t i = 0; i < lives->blocks.n; i++) {
        const block *b = &s->fi->cfg->blocks.at[lives->blocks.at[i]];
        for (uint32_t k = 0; k < b->live.n; k++)
            if (is_local(s, b->live.at[k]))
                s->met[leader_of(s, b->live.at[k]) - s->fi->first_local] = index + 1;
    }
}

/* Those behind it have no place yet: what they meet is found when it is their turn. */
static void place(sharing *s, uint32_t index)
{
    local *v = local_at(s->f, index);
    for (uint32_t i = 0; i < s->leaders.n; i++) {
        uint32_t leader = s->leaders.at[i];
        if (s->met[leader - s->fi->first_local] == index + 1 || !alike(local_at(s->f, leader), v))
            continue;
        v->shares = leader + 1;
        return;
    }
    *PUSH(s->f->arena, &s->leaders) = index;
}

/* How much there is to look at. */
static bool too_much(const sharing *s)
{
    const cfg *c = s->fi->cfg;
    uint64_t meetings = 0;
    for (uint32_t b = 0; b < c->blocks.n; b++)
        meetings += (uint64_t)c->blocks.at[b].live.n * c->blocks.at[b].live.n;
    return meetings > MOST_MEETINGS || s->fi->end_local - s->fi->first_local > MOST_CANDIDATES;
}

void clfi_lang_share(front *f, fiber *fi)
{
    sharing s = {.f = f, .fi = fi};
    const size_t locals = fi->end_local - fi->first_local;
    if (too_much(&s))
        return;
    s.lives = clfi_lang_arena_get(f->arena, (locals + 1) * sizeof *s.lives);
    s.met = clfi_lang_arena_get(f->arena, (locals + 1) * sizeof *s.met);
    list_lives(&s);
    for (uint32_t index = fi->first_local; index < fi->end_local; index++)
        if (may_share(local_at(f, index))) {
            meet(&s, index);
            place(&s, index);
        }
}

const char *clfi_lang_member_name(front *f, const local *v)
{
    return v->shares != 0 ? local_at(f, v->shares - 1)->name : v->name;
}
