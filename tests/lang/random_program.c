/* random_program.c - see random_program.h. One generator writes both versions at once. */
#include "random_program.h"
#include "random_generator.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static uint32_t any(generator *g)
{
    g->state = g->state * 6364136223846793005u + 1442695040888963407u;
    return (uint32_t)(g->state >> 33);
}

int upto(generator *g, int n)
{
    return (int)(any(g) % (uint32_t)n);
}

static void add(text *t, const char *s, size_t n)
{
    if (t->n + n + 1 > t->room) {
        t->room = (t->n + n + 1) * 2;
        t->s = realloc(t->s, t->room);
        if (t->s == NULL)
            abort();
    }
    memcpy(t->s + t->n, s, n);
    t->n += n;
    t->s[t->n] = '\0';
}

/* Into both versions. */
void put(generator *g, const char *format, ...)
{
    char line[2048];
    va_list args;
    va_start(args, format);
    int n = vsnprintf(line, sizeof line, format, args);
    va_end(args);
    add(&g->fibers, line, (size_t)n);
    add(&g->serial, line, (size_t)n);
}

void both(generator *g, const char *fiber, const char *serial)
{
    add(&g->fibers, fiber, strlen(fiber));
    add(&g->serial, serial, strlen(serial));
}

/* ---- expressions -------------------------------------------------------------------- */

int usable(const var *v)
{
    return !v->pending && !v->hidden && v->type != 'h';
}

static const var *pick(generator *g, const char *types)
{
    int start = upto(g, g->nvars);
    for (int i = 0; i < g->nvars; i++) {
        const var *v = &g->vars[(start + i) % g->nvars];
        if (usable(v) && strchr(types, v->type) != NULL)
            return v;
    }
    return NULL;
}

static void operand(generator *g, char *out, size_t room, int depth)
{
    const var *v = upto(g, 4) ? pick(g, "ulcvas") : NULL;
    char index[128];
    if (v == NULL) {
        snprintf(out, room, "%uu", any(g) % 100);
        return;
    }
    switch (v->type) {
    case 'v':
        snprintf(out, room, "%s.%c", v->name, "xyzw"[upto(g, 4)]);
        break;
    case 'a':
        if (depth > 0)
            expr(g, index, sizeof index, 0);
        else
            snprintf(index, sizeof index, "%d", upto(g, 4));
        snprintf(out, room, "%s[(%.100s) & 3]", v->name, index);
        break;
    case 's':
        snprintf(out, room, "%s.%s", v->name, upto(g, 2) ? "a" : "b[1]");
        break;
    default:
        snprintf(out, room, "%s", v->name);
    }
}

void expr(generator *g, char *out, size_t room, int depth)
{
    static const char *const ops[] = {"+", "-", "*", "^", "&", "|"};
    char a[256], b[256];
    if (depth <= 0) {
        operand(g, out, room, 0);
        return;
    }
    expr(g, a, sizeof a, depth - 1 - upto(g, 2));
    expr(g, b, sizeof b, depth - 1 - upto(g, 2));
    switch (upto(g, 7)) {
    case 0:
        snprintf(out, room, "((%.200s) > (%.200s) ? 3u : %uu)", a, b, any(g) % 9);
        break;
    case 1:
        snprintf(out, room, "mix%d(%.200s)", g->program, a);
        break;
    default:
        snprintf(out, room, "(%.200s %s %.200s)", a, ops[upto(g, 6)], b);
    }
}

/* ---- statements --------------------------------------------------------------------- */

void indent(generator *g)
{
    for (int i = 0; i < g->depth; i++)
        put(g, "    ");
}

static const char *type_text(char t)
{
    return t == 'u'   ? "uint"
           : t == 'l' ? "ulong"
           : t == 'c' ? "uchar"
           : t == 'v' ? "uint4"
           : t == 's' ? "pair"
                      : "uint";
}

/* A new variable; sometimes of a name that it hides. */
var *declare(generator *g, char type)
{
    if (g->nvars == MOST_VARS)
        return NULL;
    var *v = &g->vars[g->nvars++];
    memset(v, 0, sizeof *v);
    v->type = type;
    snprintf(v->name, sizeof v->name, "v%d", upto(g, 9) + (type == 'h' ? 20 : 0));
    return v;
}

/* Names must differ within a block. */
int fresh(generator *g)
{
    const var *v = &g->vars[g->nvars - 1];
    for (int i = g->block; i < g->nvars - 1; i++)
        if (strcmp(g->vars[i].name, v->name) == 0)
            return 0;
    for (int i = 0; i < g->block; i++)
        if (strcmp(g->vars[i].name, v->name) == 0)
            g->vars[i].hidden++;
    return 1;
}

static void leave_block(generator *g, int from)
{
    while (g->nvars > from) {
        const var *v = &g->vars[--g->nvars];
        for (int i = 0; i < from; i++)
            if (strcmp(g->vars[i].name, v->name) == 0 && g->vars[i].hidden > 0)
                g->vars[i].hidden--;
    }
}

scope open_block(generator *g)
{
    scope here = {g->nvars, g->block};
    put(g, "{\n");
    g->depth++;
    g->block = here.from;
    return here;
}

void close_block(generator *g, scope here)
{
    g->depth--;
    g->block = here.outer;
    leave_block(g, here.from);
    indent(g);
    put(g, "}");
}

static void settle(generator *g)
{
    for (int i = 0; i < g->nvars; i++)
        g->vars[i].pending = 0;
}

int any_pending(const generator *g)
{
    for (int i = 0; i < g->nvars; i++)
        if (g->vars[i].pending)
            return 1;
    return 0;
}

/* The call of a fiber, without spawn or await; its type. */
char call(generator *g, char *out, size_t room, char wanted)
{
    char a[512], b[512];
    int k = upto(g, FIBERS);
    for (int i = 0; i < FIBERS && wanted != 0 && g->result[k] != wanted; i++)
        k = (k + 1) % FIBERS;
    if (wanted != 0 && g->result[k] != wanted)
        return 0;
    expr(g, a, sizeof a, upto(g, 3));
    expr(g, b, sizeof b, upto(g, 2));
    snprintf(out, room, "p%d_%d(d - 1, %.400s, %.400s)", g->program, k, a, b);
    return g->result[k];
}

void put_call(generator *g, const char *verb, const char *text_of_call)
{
    char fiber[2048], serial[2048];
    snprintf(fiber, sizeof fiber, "%s %s", verb, text_of_call);
    snprintf(serial, sizeof serial, "s%s", text_of_call);
    both(g, fiber, serial);
}

void spawn_or_await(generator *g)
{
    char c[1200];
    int await = upto(g, 3) == 0;
    const char *verb = await ? "await" : "spawn";
    int form = upto(g, 5);
    const var *target = NULL;
    indent(g);
    if (form <= 1) {
        char type = g->result[upto(g, FIBERS)];
        var *v = declare(g, type);
        if (v != NULL && fresh(g)) {
            v->pending = 1; /* not in its own initialiser */
            call(g, c, sizeof c, type);
            v->pending = !await;
            put(g, "%s %s = ", type_text(type), v->name);
            put_call(g, verb, c);
            put(g, ";\n");
            return;
        }
        g->nvars -= v != NULL;
    } else if (form == 2 && (target = pick(g, "as")) != NULL && call(g, c, sizeof c, 'u') == 'u') {
        char e[300];
        expr(g, e, sizeof e, 1);
        if (target->type == 'a')
            put(g, "%s[(%s) & 3] = ", target->name, e);
        else
            put(g, "%s.a = ", target->name);
        ((var *)target)->pending = !await;
        put_call(g, verb, c);
        put(g, ";\n");
        return;
    } else if (form == 3 && (target = pick(g, "ulcv")) != NULL && !target->constant &&
               call(g, c, sizeof c, target->type) == target->type) {
        put(g, "%s = ", target->name);
        ((var *)target)->pending = !await;
        put_call(g, verb, c);
        put(g, ";\n");
        return;
    }
    call(g, c, sizeof c, 0);
    put_call(g, verb, c);
    put(g, ";\n");
}

void sync_here(generator *g)
{
    indent(g);
    both(g, "sync;\n", ";\n");
    settle(g);
}

static void assign(generator *g)
{
    static const char *const ops[] = {"=", "=", "+=", "^=", "*=", "-="};
    char e[1024];
    const var *v = pick(g, "ulcvas");
    if (v == NULL || v->constant)
        return;
    expr(g, e, sizeof e, 2);
    indent(g);
    if (v->type == 'v' && upto(g, 2))
        put(g, "%s %s (uint4)(%s);\n", v->name, ops[upto(g, 6)], e);
    else if (v->type == 'v')
        put(g, "%s.%c %s %s;\n", v->name, "xyzw"[upto(g, 4)], ops[upto(g, 6)], e);
    else if (v->type == 'a')
        put(g, "%s[%d] %s %s;\n", v->name, upto(g, 4), ops[upto(g, 6)], e);
    else if (v->type == 's')
        put(g, "%s.b[1] %s %s;\n", v->name, ops[upto(g, 6)], e);
    else
        put(g, "%s %s %s;\n", v->name, ops[upto(g, 6)], e);
}

void declaration(generator *g)
{
    char e[1024], type = "uuulcvas"[upto(g, 8)];
    var *v = declare(g, type);
    if (v == NULL)
        return;
    if (!fresh(g)) {
        g->nvars--;
        return;
    }
    v->pending = 1; /* not in its own initialiser */
    expr(g, e, sizeof e, 1);
    v->pending = 0;
    indent(g);
    if (type == 'v')
        put(g, "uint4 %s = (uint4)(%s, 1u, 2u, 3u);\n", v->name, e);
    else if (type == 'a' && upto(g, 2))
        put(g, "uint %s[4] = {1, %s};\n", v->name, e);
    else if (type == 'a')
        put(g, "uint %s[4]; for (int q = 0; q < 4; q++) %s[q] = %s + q;\n", v->name, v->name, "7u");
    else if (type == 's')
        put(g, "pair %s = {%s, {4, 5}};\n", v->name, e);
    else
        put(g, "%s %s = %s;\n", type_text(type), v->name, e);
}

static void block(generator *g, int n)
{
    scope here = open_block(g);
    statements(g, n);
    if (any_pending(g))
        sync_here(g); /* what is pending in one branch would be unknown behind it */
    close_block(g, here);
}

static void branch(generator *g)
{
    char e[1024];
    int pending[MOST_VARS], n = g->nvars, other = upto(g, 2);
    for (int i = 0; i < n; i++)
        pending[i] = g->vars[i].pending;
    expr(g, e, sizeof e, 1);
    indent(g);
    put(g, "if ((%s) & %d) ", e, 1 + upto(g, 3));
    block(g, 1 + upto(g, 3));
    /* what is pending is so on the other way, too; after an else both ways have ended with a sync
     */
    for (int i = 0; i < n; i++)
        g->vars[i].pending |= pending[i];
    if (other) {
        put(g, " else ");
        block(g, 1 + upto(g, 3));
    }
    put(g, "\n");
}

/* A counter that nothing else changes keeps every loop finite. */
static void loop(generator *g)
{
    int kind = upto(g, 3), times = 1 + upto(g, 3), from = g->nvars;
    char name[16];
    if (g->nvars == MOST_VARS || g->loops == 2)
        return;
    snprintf(name, sizeof name, "i%d", g->counter++);
    if (any_pending(g))
        sync_here(g); /* the body may run again after its own end */
    g->loops++;
    int outer_switch = g->in_switch;
    g->in_switch = 0;
    indent(g);
    put(g,
        kind == 0   ? "for (uint %s = 0; %s < %du; %s++) "
        : kind == 1 ? "uint %s = 0; while (%s++ < %du) "
                    : "uint %s = 0; do ",
        name, name, times, name);
    var *v = &g->vars[g->nvars++];
    memset(v, 0, sizeof *v);
    snprintf(v->name, sizeof v->name, "%s", name);
    v->type = 'u';
    v->constant = 1;
    block(g, 2 + upto(g, 3));
    if (kind == 2)
        put(g, " while (%s++ < %du);", name, times);
    put(g, "\n");
    leave_block(g, from);
    g->loops--;
    g->in_switch = outer_switch;
}

static void switch_statement(generator *g)
{
    char e[1024];
    int outer = g->in_switch;
    if (any_pending(g))
        sync_here(g);
    expr(g, e, sizeof e, 1);
    indent(g);
    put(g, "switch ((%s) & 3) {\n", e);
    for (int k = 0; k < 3; k++) {
        indent(g);
        put(g, k == 2 && upto(g, 2) ? "default: " : "case %d: ", k);
        g->in_switch = 1;
        block(g, 1 + upto(g, 2));
        g->in_switch = outer;
        put(g, upto(g, 3) ? " break;\n" : "\n");
    }
    indent(g);
    put(g, "}\n");
}

static void leave(generator *g)
{
    char e[1024], f[300];
    expr(g, e, sizeof e, 1);
    int what = upto(g, 4);
    if (what < 3 && g->loops == 0 && !(g->in_switch && what == 1))
        what = 3;
    if (any_pending(g))
        sync_here(g);
    indent(g);
    if (what == 0 && g->loops > 0) {
        put(g, "if ((%s) & 1) continue;\n", e);
    } else if (what == 1) {
        put(g, "if (((%s) & 3) == 2) break;\n", e);
    } else {
        expr(g, f, sizeof f, 1);
        char type = g->result[g->fiber];
        put(g,
            type == 'v' ? "if (((%s) & 7) == 5) return (uint4)(%s, 1u, 2u, 3u);\n"
                        : "if (((%s) & 7) == 5) return %s;\n",
            e, f);
    }
}

/* A fiber of its own, and its join; the serial version runs it at once and keeps the value. */
static void start_join(generator *g)
{
    char c[1200], fiber[2400], serial[2400];
    char type = call(g, c, sizeof c, 0);
    var *h = declare(g, 'h');
    if (h == NULL)
        return;
    if (!fresh(g)) {
        g->nvars--;
        return;
    }
    indent(g);
    snprintf(fiber, sizeof fiber, "fiber_t %s = start %s;\n", h->name, c);
    snprintf(serial, sizeof serial, "%s %s = s%s;\n", type_text(type), h->name, c);
    both(g, fiber, serial);
    statements(g, 1 + upto(g, 2));
    char name[16];
    snprintf(name, sizeof name, "%s", h->name);
    var *v = declare(g, type);
    if (v != NULL && !fresh(g)) {
        g->nvars--;
        v = NULL;
    }
    indent(g);
    if (v == NULL) {
        snprintf(fiber, sizeof fiber, "detach(%s);\n", name);
        both(g, fiber, ";\n");
        return;
    }
    snprintf(fiber, sizeof fiber, "%s %s = await join(%s);\n", type_text(type), v->name, name);
    snprintf(serial, sizeof serial, "%s %s = %s;\n", type_text(type), v->name, name);
    both(g, fiber, serial);
}

static void statement(generator *g)
{
    g->budget--;
    switch (upto(g, 16)) {
    case 0:
    case 1:
    case 2:
        spawn_or_await(g);
        break;
    case 3:
    case 4:
        sync_here(g);
        break;
    case 5:
        indent(g);
        both(g, "yield;\n", ";\n");
        break;
    case 6:
    case 7:
        declaration(g);
        break;
    case 8:
        if (g->depth < 5)
            branch(g);
        break;
    case 9:
        if (g->depth < 4)
            loop(g);
        break;
    case 10:
        if (g->depth < 4)
            switch_statement(g);
        break;
    case 11:
        leave(g);
        break;
    case 12:
        if (g->depth < 3)
            start_join(g);
        break;
    case 13:
        if (g->depth < 4)
            phases(g);
        break;
    default:
        assign(g);
    }
}

void statements(generator *g, int n)
{
    for (int i = 0; i < n && g->budget > 0; i++)
        statement(g);
}

/* ---- functions ---------------------------------------------------------------------- */

static void head(generator *g, int k)
{
    char fiber[256], serial[256];
    const char *type = type_text(g->result[k]);
    snprintf(fiber, sizeof fiber, "fiber %s p%d_%d(int d, uint x, ulong y)", type, g->program, k);
    snprintf(serial, sizeof serial, "static %s sp%d_%d(int d, uint x, ulong y)", type, g->program,
             k);
    both(g, fiber, serial);
}

static void add_param(generator *g, const char *name, char type)
{
    var *v = &g->vars[g->nvars++];
    memset(v, 0, sizeof *v);
    snprintf(v->name, sizeof v->name, "%s", name);
    v->type = type;
}

static void function(generator *g, int k)
{
    char e[1024];
    int vector = g->result[k] == 'v';
    g->fiber = k;
    g->nvars = g->loops = g->in_switch = g->block = 0;
    g->depth = 1;
    g->budget = BUDGET;
    head(g, k);
    put(g, "\n{\n    if (d <= 0)\n        return %s;\n",
        vector ? "(uint4)(x, 2u, (uint)y, 4u)" : "x * 3u + (uint)y");
    add_param(g, "x", 'u');
    add_param(g, "y", 'l');
    statements(g, 6 + upto(g, 8));
    if (any_pending(g) && upto(g, 2))
        sync_here(g);
    if (any_pending(g)) {
        /* the value of a return is worked out after its sync */
        settle(g);
    }
    expr(g, e, sizeof e, 2);
    put(g, vector ? "    return (uint4)(%s, x, 5u, (uint)y);\n}\n\n" : "    return %s;\n}\n\n", e);
}

static void program(generator *g, int number)
{
    static const char results[] = "uuulcv";
    g->program = number;
    g->counter = 0;
    char mix[128];
    int n = snprintf(mix, sizeof mix,
                     "static uint mix%d(uint x)\n{\n    return x * 2654435761u >> 7;\n}\n", number);
    add(&g->fibers, mix, (size_t)n);
    g->result[0] = 'u';
    for (int k = 1; k < FIBERS; k++)
        g->result[k] = results[upto(g, 6)];
    for (int k = 0; k < FIBERS; k++) {
        head(g, k);
        put(g, ";\n");
    }
    for (int k = 0; k < FIBERS; k++)
        function(g, k);
}

/* The plain function that the host calls. */
static void serial_entry(text *t, int i)
{
    char s[256];
    int n = snprintf(s, sizeof s,
                     "uint serial_%d(void);\nuint serial_%d(void)\n{\n    return sp%d_0(%d, %d, "
                     "%d);\n}\n",
                     i, i, i, RANDOM_DEPTH, i, RANDOM_Y);
    add(t, s, (size_t)n);
}

void random_programs(uint64_t seed, int n, char **fibers, char **serial)
{
    generator g = {0};
    static const char types[] = "typedef struct {\n    uint a, b[2];\n} pair;\n";
    add(&g.fibers, types, sizeof types - 1);
    add(&g.serial, "", 0);
    for (int i = 0; i < n; i++) {
        g.state = (seed + (uint64_t)i) * 0x9e3779b97f4a7c15u;
        program(&g, i);
        serial_entry(&g.serial, i);
    }
    *fibers = g.fibers.s;
    *serial = g.serial.s;
}

uint32_t random_expected(mock_program *p, int i)
{
    char name[32];
    uint32_t (*serial)(void);
    snprintf(name, sizeof name, "serial_%d", i);
    void *s = mock_symbol(p, name);
    memcpy(&serial, &s, sizeof serial);
    return serial();
}

long random_setting(const char *name, long otherwise)
{
    const char *s = getenv(name);
    return s != NULL && s[0] != '\0' ? strtol(s, NULL, 0) : otherwise;
}

void random_keep(const char *name, const char *content)
{
    FILE *out = getenv("MOCK_KEEP") != NULL ? fopen(name, "w") : NULL;
    if (out == NULL)
        return;
    fputs(content, out);
    fclose(out);
}
