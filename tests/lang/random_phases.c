/* random_phases.c - of random programs: blocks side by side, whose variables may have one place in
 * the frame. */
#include "random_generator.h"

#include <stdio.h>
#include <string.h>

/* An array of which one element is a result. */
static void result_in_array(generator *g)
{
    char c[1200], e[1024];
    var *v = declare(g, 'a');
    if (v == NULL)
        return;
    if (!fresh(g)) {
        g->nvars--;
        return;
    }
    v->pending = 1;
    expr(g, e, sizeof e, 1);
    call(g, c, sizeof c, 'u');
    indent(g);
    put(g, "uint %s[4] = {%s, 3, 5};\n", v->name, e);
    indent(g);
    put(g, "%s[%d] = ", v->name, upto(g, 4));
    put_call(g, "spawn", c);
    put(g, ";\n");
}

/* All that the variable holds goes into another one. */
static void fold(generator *g, const char *into, const var *v)
{
    const char *n = v->name;
    indent(g);
    if (v->type == 'a')
        put(g, "%s += %s[0] + %s[1] * 3u + %s[2] * 5u + %s[3] * 7u;\n", into, n, n, n, n);
    else if (v->type == 'v')
        put(g, "%s += %s.x + %s.y * 3u + %s.z * 5u + %s.w * 7u;\n", into, n, n, n, n);
    else if (v->type == 's')
        put(g, "%s += %s.a + %s.b[0] * 3u + %s.b[1] * 5u;\n", into, n, n, n);
    else
        put(g, "%s = %s * 9u + %s;\n", into, into, n);
}

/* One of the first n variables that may be changed. */
static const var *sink(const generator *g, int n)
{
    for (int i = 0; i < n; i++)
        if (usable(&g->vars[i]) && !g->vars[i].constant && strchr("ul", g->vars[i].type) != NULL)
            return &g->vars[i];
    return NULL;
}

/* Of a variable that is in the frame, and is not needed from one time to the next: the last
 * element, or all of it if it is no array. */
static void put_scratch(generator *g, const char *name, int size)
{
    if (size == 1)
        put(g, "%s", name);
    else
        put(g, "%s[%d]", name, size - 1);
}

static void fold_scratch(generator *g, const char *name, int size, const var *into)
{
    if (into == NULL)
        return;
    indent(g);
    put(g, "%s = %s * 5u + ", into->name, into->name);
    put_scratch(g, name, size);
    put(g, ";\n");
}

static void set_scratch(generator *g, const char *name, int size, int how)
{
    char c[1200], e[1024];
    put_scratch(g, name, size);
    put(g, " = ");
    if (how == 0) {
        expr(g, e, sizeof e, 1);
        put(g, "%s;\n", e);
        return;
    }
    call(g, c, sizeof c, 'u');
    put_call(g, how == 1 ? "await" : "spawn", c);
    put(g, ";\n");
    if (how == 2)
        sync_here(g);
}

static void use_scratch(generator *g, const char *name, int size, const var *into)
{
    indent(g);
    set_scratch(g, name, size, upto(g, 3));
    fold_scratch(g, name, size, into);
}

static void declare_scratch(generator *g, const char *name, int size)
{
    const var *into = sink(g, g->nvars);
    indent(g);
    if (size == 1) {
        put(g, "uint %s;\n", name);
        indent(g);
        set_scratch(g, name, size, 1); /* a result: so it is in the frame */
    } else {
        put(g, "uint %s[%d] = {%d};\n", name, size, upto(g, 100));
    }
    indent(g);
    both(g, "yield;\n", ";\n");
    fold_scratch(g, name, size, into);
}

static void declare_in_phase(generator *g)
{
    for (int n = 1 + upto(g, 2); n > 0; n--)
        switch (upto(g, 4)) {
        case 0:
            result_in_array(g);
            break;
        case 1:
            spawn_or_await(g);
            break;
        default:
            declaration(g);
        }
}

/* What the variables of the block hold is needed up to its end, but for results that nobody waits
 * for: children write them when the block has ended. */
static void phase(generator *g, const char *used, int size)
{
    int waits = upto(g, 3);
    indent(g);
    scope here = open_block(g);
    declare_in_phase(g);
    for (int i = 0; i < here.from; i++)
        waits |= g->vars[i].pending;
    if (waits)
        sync_here(g);
    if (used != NULL && upto(g, 3))
        use_scratch(g, used, size, sink(g, here.from));
    statements(g, upto(g, 2));
    indent(g);
    both(g, "yield;\n", ";\n");
    const var *into = sink(g, here.from);
    for (int i = here.from; i < g->nvars && into != NULL; i++)
        if (usable(&g->vars[i]))
            fold(g, into->name, &g->vars[i]);
    if (waits && any_pending(g))
        sync_here(g);
    close_block(g, here);
    put(g, "\n");
}

void phases(generator *g)
{
    char name[16];
    int size = upto(g, 4); /* of what they all use, 0: nothing */
    snprintf(name, sizeof name, "z%d", g->counter++);
    if (size > 0)
        declare_scratch(g, name, size);
    for (int n = 2 + upto(g, 2); n > 0; n--, g->budget -= PHASE_COSTS)
        phase(g, size > 0 ? name : NULL, size);
}
