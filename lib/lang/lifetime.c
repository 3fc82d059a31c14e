/* lifetime.c - when the places of locals in a fiber's frame are taken.
 *
 * Two locals may have one place if there is no point of the fiber where both have taken it:
 * share.c. A point is half of a block: its body, from where control enters it, and its pause, the
 * suspension at its end, with all that is done for it from the stores before it to the loads after
 * it. A place is taken wherever something may write the local there or what is there may be needed:
 *
 * - A saved local (HOME_FRAME) lives in a register. Its place is written, and read, in the pauses
 * of the suspensions that it lives across only, be it by the segment function or by a clone that
 *   gives its fiber a frame late and stores all that lives there. In between the place is taken if
 * a later suspension does not store the local again because it has not changed: from that
 *   suspension backwards to those that store it, or to the fiber's start for a parameter. A park
 *   stores it on one of two ways; it does not end the walk.
 * - A local in place is read and written by the fiber's own code: in the body of every block that
 *   names it, which for a block that ends in an await or join counts as its pause as well, since
 *   what is waited for is worked out after the stores; and where its value is needed, as live.c has
 *   it, which knows all uses: nothing in place has its address taken (place.c). A declaration is no
 *   use. It ends what was before: the object of each round of a loop is a new one.
 * - So may somebody else write there while the fiber is suspended. The outcome of an await, join,
 *   host call or receive comes in that block's pause, or in its body if the child runs inline; a
 *   message that is sent is named by that block. A spawned child may write its result from the body
 *   of the block that spawns it to the end of the pause of the first sync on each way, also after
 *   the variable's own block has ended, in further rounds of a loop, and if nobody reads it.
 *
 * Nobody else writes: a wait that timed out is as if it had never been (its place is let go before
 * the fiber is resumed), and a child that failed or was cancelled gives no result. A fiber that
 * ends by failing, or is cancelled, runs no more: whatever its children write then, nobody reads.
 * The order of two accesses to one place by different workers is that of spawn, before the child,
 * and of sync, await or join, after it.
 *
 * Clones have all of their locals in registers; the frame that a clone makes is entered in the
 * pause where it leaves off, with that point's lives, and a child without an end is adopted there
 * with its place as if it had been spawned. Guard words (CLFIBER_DEBUG) lie behind all members.
 */
#include "cfg.h"

/* Work beyond this is that of no program that somebody writes; then nobody shares. */
enum { MOST_BITS = 1 << 24 };

typedef struct spot {
    uint32_t block;
    bool stored; /* there */
} spot;

typedef struct visits {
    VEC(spot) over;       /* suspensions that the local lives across */
    VEC(uint32_t) spawns; /* blocks with a spawn that gives it a result */
} visits;

typedef struct walk {
    front *f;
    const fiber *fi;
    const cfg *c;
    lifetimes *t;
    visits *visits; /* per local of the fiber */
    uint32_t *seen; /* per block: the walk that came there last */
    uint32_t walks;
    VEC(uint32_t) work;
} walk;

static uint32_t slot_of(const walk *w, uint32_t index)
{
    const fiber *fi = w->fi;
    if (index >= fi->first_local && index < fi->end_local)
        return fi->params + index - fi->first_local;
    return index - fi->first_param;
}

static void take(walk *w, uint32_t index, uint32_t point)
{
    uint64_t *bits = w->t->bits[slot_of(w, index)];
    if (bits != NULL)
        bits[point / 64] |= (uint64_t)1 << point % 64;
}

static void take_body(walk *w, uint32_t index, uint32_t b)
{
    take(w, index, 2 * b);
}

static void take_pause(walk *w, uint32_t index, uint32_t b)
{
    take(w, index, 2 * b + 1);
}

static void begin_walk(walk *w)
{
    w->walks++;
    w->work.n = 0;
}

static void go_to(walk *w, uint32_t b)
{
    if (w->seen[b] == w->walks)
        return;
    w->seen[b] = w->walks;
    *PUSH(w->f->arena, &w->work) = b;
}

/* ---- what lives across suspensions -------------------------------------------------- */

static visits *visits_of(const walk *w, uint32_t index)
{
    return &w->visits[slot_of(w, index)];
}

static void list_crossings(walk *w)
{
    for (uint32_t b = 0; b < w->c->blocks.n; b++) {
        const block *k = &w->c->blocks.at[b];
        for (uint32_t i = 0; i < k->live.n; i++) {
            spot s = {b, false};
            take_pause(w, k->live.at[i], b);
            *PUSH(w->f->arena, &visits_of(w, k->live.at[i])->over) = s;
        }
        for (uint32_t i = 0; i < k->store.n; i++) {
            visits *v = visits_of(w, k->store.at[i]);
            if (v->over.n > 0 && v->over.at[v->over.n - 1].block == b)
                v->over.at[v->over.n - 1].stored = true;
        }
    }
}

/* From the suspensions that rely on what is there back to those that put it there. */
static void walk_saved(walk *w, uint32_t index)
{
    const visits *v = visits_of(w, index);
    begin_walk(w);
    for (uint32_t i = 0; i < v->over.n; i++)
        if (!v->over.at[i].stored && w->c->blocks.at[v->over.at[i].block].term != CUT)
            go_to(w, v->over.at[i].block);
    while (w->work.n > 0) {
        uint32_t b = w->work.at[--w->work.n];
        const block *k = &w->c->blocks.at[b];
        take_body(w, index, b);
        for (uint32_t i = 0; i < k->pred.n; i++) {
            const block *before = &w->c->blocks.at[k->pred.at[i]];
            if (!suspends(before) || parks(before))
                go_to(w, k->pred.at[i]);
        }
    }
}

/* ---- in place ------------------------------------------------------------------------ */

static bool waits_for_action(const block *b)
{
    return b->term == AWAIT || b->term == JOIN;
}

static bool is_in_place(const walk *w, uint32_t index)
{
    return index != 0 && local_at(w->f, index)->home == HOME_IN_PLACE;
}

static void take_both(walk *w, uint32_t index, uint32_t b)
{
    take_body(w, index, b);
    take_pause(w, index, b);
}

static void take_named(walk *w, uint32_t b)
{
    const block *k = &w->c->blocks.at[b];
    for (uint32_t i = k->first_event; i < k->end_event; i++) {
        event e = w->c->events.at[i];
        if (e.kind == EV_DECL || !is_in_place(w, e.local))
            continue;
        take_body(w, e.local, b);
        if (waits_for_action(k))
            take_pause(w, e.local, b);
    }
    if (!waits_for_action(k))
        return;
    if (is_in_place(w, k->action->target_local))
        take_both(w, k->action->target_local, b);
    if (is_in_place(w, k->action->out_local))
        take_both(w, k->action->out_local, b);
}

static void list_spawns(walk *w, uint32_t b)
{
    const block *k = &w->c->blocks.at[b];
    for (uint32_t i = k->first_item; i < k->end_item; i++) {
        const item *it = &w->c->items.at[i];
        if (it->kind == I_MAKE && it->action->verb == V_SPAWN && it->action->target_local != 0)
            *PUSH(w->f->arena, &visits_of(w, it->action->target_local)->spawns) = b;
    }
}

/* As long as a child may write its result there. */
static void walk_results(walk *w, uint32_t index)
{
    const visits *v = visits_of(w, index);
    begin_walk(w);
    for (uint32_t i = 0; i < v->spawns.n; i++)
        go_to(w, v->spawns.at[i]);
    while (w->work.n > 0) {
        uint32_t b = w->work.at[--w->work.n];
        const block *k = &w->c->blocks.at[b];
        take_both(w, index, b);
        for (uint32_t i = 0; i < k->succ.n && k->term != SYNC; i++)
            go_to(w, k->succ.at[i]);
    }
}

static void walk_in_place(walk *w, uint32_t index)
{
    const local *v = local_at(w->f, index);
    for (uint32_t i = 0; i < v->inside.n; i++)
        take_body(w, index, v->inside.at[i]);
    walk_results(w, index);
}

/* ---- all of it ----------------------------------------------------------------------- */

static bool make_room(walk *w)
{
    const uint32_t locals = locals_of(w->fi);
    uint64_t bits = 0;
    w->t->words = w->c->blocks.n / 32 + 1;
    w->t->bits = clfi_lang_arena_get(w->f->arena, (locals + 1) * sizeof *w->t->bits);
    for (uint32_t k = 0; k < locals; k++) {
        if (!in_frame(local_at(w->f, nth_local(w->fi, k))))
            continue;
        bits += (uint64_t)w->t->words * 64;
        if (bits > MOST_BITS)
            return false;
        w->t->bits[k] = clfi_lang_arena_get(w->f->arena, w->t->words * sizeof **w->t->bits);
    }
    w->visits = clfi_lang_arena_get(w->f->arena, (locals + 1) * sizeof *w->visits);
    w->seen = clfi_lang_arena_get(w->f->arena, (w->c->blocks.n + 1) * sizeof *w->seen);
    return true;
}

bool clfi_lang_lifetimes(front *f, const fiber *fi, lifetimes *t)
{
    walk w = {.f = f, .fi = fi, .c = fi->cfg, .t = t};
    if (!make_room(&w))
        return false;
    list_crossings(&w);
    for (uint32_t b = 0; b < fi->cfg->blocks.n; b++)
        if (fi->cfg->blocks.at[b].reached) {
            take_named(&w, b);
            list_spawns(&w, b);
        }
    for (uint32_t k = 0; k < locals_of(fi); k++) {
        uint32_t index = nth_local(fi, k);
        if (local_at(f, index)->home == HOME_FRAME)
            walk_saved(&w, index);
        else if (local_at(f, index)->home == HOME_IN_PLACE)
            walk_in_place(&w, index);
    }
    return true;
}
