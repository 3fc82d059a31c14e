/* cost.c - how much code a fiber is, with all that it calls: by this inline.c decides how deep it
 * runs inline.
 *
 * Counted are tokens: of the body, and of the functions and macros that it uses, each as often as
 * it is used, since compilers may well put a copy of them everywhere. What cannot be told is
 * COST_UNKNOWN: a function with a loop, which may take any time; what comes from an #include, which
 * the translation does not see. */
#include "ast.h"

#include <string.h>

enum { MOST_CALLS = 50 }; /* of functions within functions: what the C stack is made for */

/* A function's body; a name may have several, under #if. */
typedef struct body {
    range r;
    uint32_t next; /* index + 1 of another one of that name */
} body;

typedef struct measure {
    front *f;
    VEC(body) bodies;
    uint32_t *first; /* per symbol: index + 1 of a body */
    uint32_t *cost;  /* per symbol: what its uses cost, + 1 */
    uint32_t depth;
} measure;

static uint32_t cost_of_symbol(measure *m, uint32_t sym);

static uint32_t add(uint32_t a, uint32_t b)
{
    return a + b < COST_UNKNOWN ? a + b : COST_UNKNOWN;
}

/* ---- where functions are ------------------------------------------------------------ */

/* The name before the parameters that end before token i, 0: that is no function. */
static uint32_t name_before(front *f, uint32_t i)
{
    while (is_punct(f, i - 1, ')') && tok_at(f, i - 1)->match > 1) {
        uint32_t name = tok_at(f, i - 1)->match - 1;
        if (is_name(f, name) && word_at(f, name) == W_NONE)
            return name;
        if (word_at(f, name) != W_ATTRIBUTE)
            return 0;
        i = name;
    }
    return 0;
}

static void find_bodies(measure *m)
{
    front *f = m->f;
    for (uint32_t k = 0; k < f->program->foreign.n; k++) {
        range r = f->program->foreign.at[k];
        if (r.end < r.first + 4 || !is_punct(f, r.end - 1, '}') || tok_at(f, r.end - 1)->unclosed)
            continue;
        uint32_t open = tok_at(f, r.end - 1)->match, name = name_before(f, open);
        if (name <= r.first)
            continue;
        uint32_t *first = &m->first[tok_at(f, name)->value];
        body b = {{open + 1, r.end - 1}, *first};
        *PUSH(f->arena, &m->bodies) = b;
        *first = m->bodies.n;
    }
}

/* ---- what they cost ----------------------------------------------------------------- */

/* The name at token i of a fiber's or a function's body. */
static uint32_t cost_of_name(measure *m, uint32_t i)
{
    front *f = m->f;
    const symbol *y = sym_at(f, i);
    uint32_t sym = tok_at(f, i)->value;
    if (local_of(f, i) != 0 || is_punct(f, i - 1, '.') || is_punct(f, i - 1, P2('-', '>')))
        return 0;
    if (m->first[sym] != 0 || y->macro != 0)
        return cost_of_symbol(m, sym);
    bool unseen = y->function || (f->includes && y->fiber == 0 && y->word == W_NONE);
    return unseen && is_punct(f, i + 1, '(') ? COST_UNKNOWN : 0;
}

static bool is_loop(uint8_t word)
{
    return word == W_FOR || word == W_WHILE || word == W_DO || word == W_GOTO;
}

static uint32_t cost_of_range(measure *m, range r, bool loops)
{
    front *f = m->f;
    uint32_t cost = 0;
    for (uint32_t i = r.first; i < r.end && cost < COST_UNKNOWN; i++) {
        if (tok_at(f, i)->kind == T_DIRECTIVE)
            continue;
        cost = add(cost, 1);
        if (is_name(f, i))
            cost = add(cost, is_loop(word_at(f, i)) && !loops ? COST_UNKNOWN : cost_of_name(m, i));
    }
    return cost;
}

/* A macro's text is not kept as tokens, the names in it are. */
static uint32_t cost_of_macro(measure *m, const macro *x)
{
    front *f = m->f;
    uint32_t cost = x->tokens;
    for (uint32_t k = 0; k < x->names.n && cost < COST_UNKNOWN; k++) {
        uint32_t sym = x->names.at[k];
        const symbol *y = &f->symbols.at[sym];
        if (is_loop(y->word))
            return COST_UNKNOWN;
        if (m->first[sym] != 0 || y->macro != 0)
            cost = add(cost, cost_of_symbol(m, sym));
        else if (y->function || (f->includes && y->word == W_NONE))
            return COST_UNKNOWN;
    }
    return cost;
}

static uint32_t cost_of_symbol(measure *m, uint32_t sym)
{
    front *f = m->f;
    uint32_t cost = 0;
    if (m->cost[sym] != 0)
        return m->cost[sym] - 1;
    if (m->depth == MOST_CALLS)
        return COST_UNKNOWN;
    m->cost[sym] = COST_UNKNOWN + 1; /* that of a function that calls itself */
    m->depth++;
    for (uint32_t k = m->first[sym]; k != 0; k = m->bodies.at[k - 1].next)
        cost = add(cost, cost_of_range(m, m->bodies.at[k - 1].r, false));
    for (uint32_t k = f->symbols.at[sym].macro; k != 0; k = f->macros.at[k - 1].before)
        cost = add(cost, cost_of_macro(m, &f->macros.at[k - 1]));
    m->depth--;
    m->cost[sym] = cost + 1;
    return cost;
}

void clfi_lang_measure(front *f)
{
    program *g = f->program;
    measure m = {.f = f};
    m.first = clfi_lang_arena_get(f->arena, f->symbols.n * sizeof *m.first);
    m.cost = clfi_lang_arena_get(f->arena, f->symbols.n * sizeof *m.cost);
    find_bodies(&m);
    for (uint32_t k = 0; k < g->fibers.n; k++)
        if (g->fibers.at[k].defined)
            g->fibers.at[k].cost = cost_of_range(&m, g->fibers.at[k].body_range, true);
}
