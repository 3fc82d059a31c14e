/* live.c - which locals live across which suspensions, one local at a time: from each use backwards
 * to the definitions. The work is the size of what is found, not locals times blocks. Then,
 * forwards from each definition, which suspensions have to write the local to the frame. */
#include "cfg.h"

/* Saved state beyond this is no program but an accident: the output would be gigabytes. */
enum { MOST_CROSSINGS = 1000000, MOST_STEPS = 100000000 };

typedef struct spot {
    uint32_t block, next; /* a list per local */
} spot;

typedef struct liveness {
    front *f;
    fiber *fi;
    cfg *c;
    VEC(spot) spots;
    uint32_t *uses, *kills, *writes; /* per local: first spot + 1 */
    uint32_t *seen;                  /* per local: block + 1 whose events were seen last */
    /* per block, the local + 1 that was last found ... */
    uint32_t *live_in, *killing, *crossing, *dirty;
    VEC(uint32_t) work, entered;
    uint64_t crossings, steps;
} liveness;

static void add_spot(liveness *v, uint32_t *list, uint32_t b)
{
    if (*list != 0 && v->spots.at[*list - 1].block == b)
        return;
    spot s = {b, *list};
    *PUSH(v->f->arena, &v->spots) = s;
    *list = v->spots.n;
}

/* Sums the events of a block up: locals used before anything else, killed, written. */
static void sum_up(liveness *v, uint32_t index)
{
    const block *b = &v->c->blocks.at[index];
    for (uint32_t i = b->first_event; i < b->end_event; i++) {
        event e = v->c->events.at[i];
        bool kill = e.kind == EV_DEF || e.kind == EV_DECL;
        bool killed = v->kills[e.local] != 0 && v->spots.at[v->kills[e.local] - 1].block == index;
        if (e.kind == EV_USE && !killed)
            add_spot(v, &v->uses[e.local], index);
        if (kill)
            add_spot(v, &v->kills[e.local], index);
        if (e.kind == EV_DEF || e.kind == EV_WEAK)
            add_spot(v, &v->writes[e.local], index);
    }
}

static void *per(liveness *v, uint32_t n)
{
    return clfi_lang_arena_get(v->f->arena, ((size_t)n + 1) * sizeof(uint32_t));
}

static void cross(liveness *v, uint32_t index, uint32_t b)
{
    if (v->crossing[b] == index)
        return;
    v->crossing[b] = index;
    local *x = local_at(v->f, index);
    block *k = &v->c->blocks.at[b];
    *PUSH(v->f->arena, &k->live) = index;
    if (k->term != CUT)
        *PUSH(v->f->arena, &x->across) = b;
    if (parks(k))
        x->spills = true;
    else
        x->crosses = true;
    v->crossings++;
}

static void enter(liveness *v, uint32_t index, uint32_t b)
{
    if (v->live_in[b] == index)
        return;
    v->live_in[b] = index;
    *PUSH(v->f->arena, &v->work) = b;
    *PUSH(v->f->arena, &v->entered) = b;
}

static void backwards(liveness *v, uint32_t index)
{
    for (uint32_t s = v->kills[index]; s != 0; s = v->spots.at[s - 1].next)
        v->killing[v->spots.at[s - 1].block] = index;
    for (uint32_t s = v->uses[index]; s != 0; s = v->spots.at[s - 1].next)
        enter(v, index, v->spots.at[s - 1].block);
    while (v->work.n > 0) {
        uint32_t b = v->work.at[--v->work.n];
        const block *k = &v->c->blocks.at[b];
        for (uint32_t i = 0; i < k->pred.n; i++) {
            uint32_t p = k->pred.at[i];
            v->steps++;
            if (suspends(&v->c->blocks.at[p]))
                cross(v, index, p);
            if (v->killing[p] != index)
                enter(v, index, p);
        }
    }
}

static uint8_t home_of(const local *x, bool inlined)
{
    bool big = x->ndims > 0 || x->is_struct;
    if (x->target || (x->crosses && big))
        return HOME_IN_PLACE;
    if (x->crosses || x->is_param || (x->spills && inlined))
        return HOME_FRAME;
    return x->spills ? HOME_SPILL : HOME_REGISTER;
}

static void dirty(liveness *v, uint32_t index, uint32_t b)
{
    if (v->dirty[b] == index)
        return;
    v->dirty[b] = index;
    *PUSH(v->f->arena, &v->work) = b;
}

/* From the writes on: the first true suspension on every way stores the value; a fiber that waits
 * for a frame stores it, too, but one that does not has it in its register only. */
static void forwards(liveness *v, uint32_t index)
{
    for (uint32_t s = v->writes[index]; s != 0; s = v->spots.at[s - 1].next)
        dirty(v, index, v->spots.at[s - 1].block);
    while (v->work.n > 0) {
        uint32_t b = v->work.at[--v->work.n];
        block *k = &v->c->blocks.at[b];
        v->steps++;
        if (suspends(k) && v->crossing[b] == index)
            *PUSH(v->f->arena, &k->store) = index;
        if (suspends(k) && !parks(k))
            continue;
        for (uint32_t i = 0; i < k->succ.n; i++)
            if (v->live_in[k->succ.at[i]] == index)
                dirty(v, index, k->succ.at[i]);
    }
}

/* A local that crosses no true suspension may be written through its address, or as an array by a
 * function: it is stored wherever the fiber parks. */
static void store_everywhere(liveness *v, uint32_t index)
{
    for (uint32_t i = 0; i < local_at(v->f, index)->across.n; i++)
        *PUSH(v->f->arena, &v->c->blocks.at[local_at(v->f, index)->across.at[i]].store) = index;
}

static void keep_inside(liveness *v, local *x)
{
    for (uint32_t i = 0; i < v->entered.n; i++)
        *PUSH(v->f->arena, &x->inside) = v->entered.at[i];
}

static bool one_local(liveness *v, uint32_t index)
{
    local *x = local_at(v->f, index);
    if (!x->hoisted)
        return true;
    v->entered.n = 0;
    backwards(v, index);
    x->home = home_of(x, v->fi->depth > 0);
    x->live_at_entry = v->live_in[0] == index;
    if (x->home == HOME_FRAME && !x->crosses && !x->is_param)
        store_everywhere(v, index);
    else if (x->home == HOME_FRAME)
        forwards(v, index);
    else if (x->home == HOME_IN_PLACE)
        keep_inside(v, x);
    return v->crossings < MOST_CROSSINGS && v->steps < MOST_STEPS;
}

bool clfi_lang_live(front *f, fiber *fi)
{
    cfg *c = fi->cfg;
    liveness v = {.f = f, .fi = fi, .c = c};
    uint32_t locals = f->program->locals.n, blocks = c->blocks.n;
    bool ok = true;
    for (int k = 0; k < 3; k++)
        if (f->program->spots[k] == NULL)
            f->program->spots[k] = per(&v, locals);
    v.uses = f->program->spots[0];
    v.kills = f->program->spots[1];
    v.writes = f->program->spots[2];
    v.live_in = per(&v, blocks);
    v.killing = per(&v, blocks);
    v.crossing = per(&v, blocks);
    v.dirty = per(&v, blocks);
    for (uint32_t b = 0; b < blocks; b++)
        if (c->blocks.at[b].reached)
            sum_up(&v, b);
    for (uint32_t k = 0; k < fi->params && ok; k++)
        ok = one_local(&v, fi->first_param + k);
    for (uint32_t k = fi->first_local; k < fi->end_local && ok; k++)
        ok = one_local(&v, k);
    if (!ok)
        clfi_lang_error(
            f, fi->name_tok,
            "fiber '%s' is too large: too many variables live across too many suspensions",
            f->symbols.at[fi->sym].s);
    return ok;
}
