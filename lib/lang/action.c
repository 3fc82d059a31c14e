/* action.c - spawn, await and start: their callee, arguments and the place of their result. */
#include "ast.h"

#include <string.h>

bool clfi_lang_is_verb(front *f, uint32_t i)
{
    uint8_t w = word_at(f, i);
    return (w == W_SPAWN || w == W_AWAIT || w == W_START) && is_name(f, i + 1) &&
           !is_punct(f, i - 1, '.') && !is_punct(f, i - 1, P2('-', '>'));
}

static void split_args(names *n, action *a, uint32_t open)
{
    front *f = n->f;
    uint32_t close = skip_at(f, open), first = open + 1;
    if (first == close)
        return;
    for (uint32_t i = first; i <= close; i++) {
        if (tok_at(f, i)->kind == T_DIRECTIVE)
            clfi_lang_error(f, i, "a directive cannot stand between the arguments of '%s'",
                            sym_at(f, a->tok)->s);
        if (i != close && !is_punct(f, i, ',')) {
            i = skip_at(f, i);
            continue;
        }
        range r = {first, i};
        if (first == i)
            clfi_lang_error(f, i, "expected an argument");
        *PUSH(f->arena, &a->args) = r;
        first = i + 1;
    }
}

static bool check_count(front *f, action *a, uint32_t least, uint32_t most)
{
    uint32_t n = a->args.n;
    if (n >= least && n <= most)
        return true;
    const char *name = sym_at(f, a->tok + 1)->s;
    if (most > least)
        clfi_lang_error(f, a->tok + 1, "'%s' takes %u %s %u arguments, not %u", name, least,
                        most == least + 1 ? "or" : "to", most, n);
    else
        clfi_lang_error(f, a->tok + 1, "'%s' takes %u argument%s, not %u", name, least,
                        least == 1 ? "" : "s", n);
    return false;
}

/* The element that .x or .s3 names, -1 if it is none or several. */
static int component_of(const char *s)
{
    static const char xyzw[] = "xyzw", hex[] = "0123456789abcdef";
    const char *p;
    if (s[0] != '\0' && s[1] == '\0' && (p = strchr(xyzw, s[0])) != NULL)
        return (int)(p - xyzw);
    if ((s[0] == 's' || s[0] == 'S') && s[1] != '\0' && s[2] == '\0') {
        char c = s[1] >= 'A' && s[1] <= 'F' ? (char)(s[1] - 'A' + 'a') : s[1];
        return (p = strchr(hex, c)) != NULL ? (int)(p - hex) : -1;
    }
    return -1;
}

/* A result that goes to an element of a vector: OpenCL C gives it no address, so its number is
 * needed. */
static bool vector_target(front *f, action *a, const local *v, uint32_t dot)
{
    uint32_t elements = 0;
    const char *element = v->builtin != NULL ? clfi_lang_vector_of(v->builtin, &elements) : NULL;
    if (element == NULL)
        return true;
    int c = component_of(sym_at(f, dot + 1)->s);
    if (c < 0 || (uint32_t)c >= elements || dot + 2 != a->target.end) {
        clfi_lang_error(f, dot, "a result can go to one element of a vector, not to '%s'",
                        clfi_lang_range_text(f, (range){dot, a->target.end}));
        return false;
    }
    a->element = element;
    a->component = c;
    return true;
}

/* Steps over [..] and .name behind the local's name; builtin type of what they lead to or NULL. */
static bool target_path(names *n, action *a, const char **type)
{
    front *f = n->f;
    const local *v = local_at(f, a->target_local);
    uint32_t i = a->target.first + 1, dims = 0;
    *type = v->builtin;
    while (i < a->target.end) {
        if (is_punct(f, i, '[') && dims < v->ndims) {
            dims++;
            i = skip_at(f, i) + 1;
        } else if (is_punct(f, i, '.') && is_name(f, i + 1) && dims == v->ndims && !v->pointer) {
            if (!vector_target(f, a, v, i))
                return false;
            *type = a->element;
            return true; /* what follows is a struct's business */
        } else {
            return false;
        }
    }
    if (dims != v->ndims)
        clfi_lang_error(f, a->target.first, "a result cannot go to the whole array '%s'",
                        f->symbols.at[v->sym].s);
    return dims == v->ndims;
}

static void compare_types(front *f, action *a, const char *type, uint32_t tok)
{
    const fiber *callee = &f->program->fibers.at[a->callee];
    if (callee->is_void || type == NULL || callee->result_builtin == NULL ||
        strcmp(type, callee->result_builtin) == 0)
        return;
    clfi_lang_error(
        f, tok, "the result of '%s' is %s, but its place here is %s: they must be the same type",
        sym_at(f, a->tok + 1)->s, callee->result_builtin, type);
}

/* spawn and await write their result into the frame of this fiber, so its place must be one of its
 * locals. */
static bool check_target(names *n, action *a, uint32_t declared)
{
    front *f = n->f;
    uint32_t tok = a->target.first;
    const char *type = NULL;
    clfi_lang_resolve(n, a->target);
    a->target_local = declared != 0 ? declared : local_of(f, tok);
    bool ok = a->target_local != 0;
    uint32_t errors = f->errors;
    if (ok) {
        local *v = local_at(f, a->target_local);
        ok = target_path(n, a, &type);
        if (v->is_const && declared == 0)
            clfi_lang_error(f, tok, "'%s' is const", f->symbols.at[v->sym].s);
        if (ok && !v->target)
            v->target_tok = tok;
        v->target |= ok;
    }
    if (!ok && f->errors == errors)
        clfi_lang_error(
            f, tok,
            "the result of '%s' goes to a local variable of the fiber, or an element or member of "
            "one",
            sym_at(f, a->tok)->s);
    if (ok && (a->verb == V_SPAWN || a->verb == V_AWAIT))
        compare_types(f, a, type, tok);
    return ok;
}

static bool find_callee(front *f, action *a)
{
    symbol *y = sym_at(f, a->tok + 1);
    const char *verb = sym_at(f, a->tok)->s;
    const primitive *p = clfi_lang_find_primitive(y->s);
    if (p != NULL && a->verb == V_AWAIT && y->fiber == 0) {
        if (p->call == NULL) {
            clfi_lang_error(f, a->tok + 1, "not supported yet: %s", y->s);
            return false;
        }
        a->verb = p->verb;
        a->primitive = p;
        f->program->waits |= p->verb == V_PRIMITIVE;
        uint32_t most = p->most + (p->timed != NULL);
        a->timed = p->timed != NULL && a->args.n == most;
        return check_count(f, a, p->least, most);
    }
    if (y->fiber == 0 && y->function) {
        clfi_lang_error(f, a->tok + 1, "'%s' is a function, not a fiber: call it without '%s'",
                        y->s, verb);
        return false;
    }
    if (y->fiber == 0) {
        clfi_lang_error(f, a->tok + 1, "unknown fiber '%s'%s", y->s,
                        y->macro != 0 ? ": it is a macro, which is expanded after translation"
                                      : "");
        return false;
    }
    a->callee = y->fiber - 1;
    fiber *callee = &f->program->fibers.at[a->callee];
    if (!callee->used)
        callee->use_tok = a->tok + 1;
    callee->used = true;
    a->what = clfi_lang_arena_printf(f->arena, "%s %s", verb, y->s);
    if (callee->is_void && a->verb != V_START && a->target.first < a->target.end)
        clfi_lang_error(f, a->target.first, "'%s' is void, there is no result to use", y->s);
    return callee->unclear || check_count(f, a, callee->params, callee->params);
}

static bool is_zero(front *f, uint32_t i)
{
    const token *t = tok_at(f, i);
    return t->kind == T_NUMBER && t->length == 1 && f->source[t->at] == '0';
}

/* try_join(h, &v), recv(&c, &v), send(&c, v): the place of the value. */
static void check_out(names *n, action *a)
{
    front *f = n->f;
    if (a->args.n < 2)
        return;
    range r = a->args.at[1];
    bool sends = a->verb == V_PRIMITIVE && a->primitive->message == SENDS;
    uint32_t skip = sends ? 0 : 1;
    if (!sends && r.end - r.first == 1 &&
        (is_zero(f, r.first) || (is_name(f, r.first) && local_of(f, r.first) == 0)))
        return; /* 0 or NULL: the value is dropped */
    a->out = (range){r.first + skip, r.end};
    a->out_local = sends || is_punct(f, r.first, '&') ? local_of(f, r.first + skip) : 0;
    action path = {.target = a->out, .target_local = a->out_local, .tok = a->tok};
    const char *type;
    if (a->out_local == 0 || !target_path(n, &path, &type) || path.element != NULL) {
        clfi_lang_error(f, r.first,
                        sends ? "the message of '%s' is a local variable, or an element or member "
                                "of one: give it to a variable first"
                              : "the value of '%s' goes to the address of a local variable",
                        sym_at(f, a->tok + 1)->s);
        return;
    }
    local_at(f, a->out_local)->target = true;
    local_at(f, a->out_local)->target_tok = r.first + skip;
}

/* hostcall(number, &v): a variable with a type that can be named, copied to the host. */
static void check_argument(front *f, action *a)
{
    if (a->args.n < 2)
        return;
    range r = a->args.at[1];
    bool address = is_punct(f, r.first, '&');
    uint32_t name = r.first + address;
    a->out = (range){name, r.end};
    a->out_local = r.end - name == 1 ? local_of(f, name) : 0;
    const local *v = local_at(f, a->out_local);
    if (a->out_local == 0 || v->ndims > 0 || v->pointer) {
        clfi_lang_error(f, r.first,
                        "the argument of 'hostcall' is the address of a local variable, a number, "
                        "vector or struct, that is copied to the host");
        return;
    }
    if (!address)
        return;
    edit e = {.kind = E_VALUE};
    f->tokens.at[r.first].edit = f->program->edits.n;
    *PUSH(f->arena, &f->program->edits) = e;
}

action *clfi_lang_parse_cancel(names *n, uint32_t i)
{
    front *f = n->f;
    action *a = clfi_lang_arena_get(f->arena, sizeof *a);
    a->verb = V_CANCEL;
    a->tok = i;
    a->what = "cancel";
    split_args(n, a, i + 1);
    for (uint32_t k = 0; k < a->args.n; k++)
        clfi_lang_resolve(n, a->args.at[k]);
    if (a->args.n == 1)
        return a;
    clfi_lang_error(f, i, "'cancel' takes 1 argument, not %u", a->args.n);
    return NULL;
}

action *clfi_lang_parse_action(names *n, uint32_t i, range target, uint32_t declared)
{
    front *f = n->f;
    if (clfi_lang_is_verb(f, i + 1)) {
        clfi_lang_error(f, i + 1, "'%s' takes the fiber itself: leave '%s' out", sym_at(f, i)->s,
                        sym_at(f, i + 1)->s);
        return NULL;
    }
    if (word_at(f, i) == W_AWAIT && is_punct(f, i + 2, ';') && sym_at(f, i + 1)->local != 0) {
        const char *name = sym_at(f, i + 1)->s;
        clfi_lang_error(f, i + 1,
                        "'%s' is a variable: to wait for what it stands for write "
                        "'await join(%s)'",
                        name, name);
        return NULL;
    }
    if (!is_punct(f, i + 2, '(')) {
        clfi_lang_error(f, i + 2, "expected '(' after '%s %s'", sym_at(f, i)->s,
                        sym_at(f, i + 1)->s);
        return NULL;
    }
    if (tok_at(f, i + 2)->unclosed)
        return NULL;
    action *a = clfi_lang_arena_get(f->arena, sizeof *a);
    uint8_t w = word_at(f, i);
    a->verb = w == W_SPAWN ? V_SPAWN : w == W_AWAIT ? V_AWAIT : V_START;
    a->tok = i;
    a->target = target;
    a->what = clfi_lang_arena_printf(f->arena, "%s %s", sym_at(f, i)->s, sym_at(f, i + 1)->s);
    split_args(n, a, i + 2);
    bool ok = find_callee(f, a);
    for (uint32_t k = 0; k < a->args.n; k++)
        clfi_lang_resolve(n, a->args.at[k]);
    if (a->verb == V_TRY_JOIN || (a->verb == V_PRIMITIVE && a->primitive->message != 0))
        check_out(n, a);
    if (a->verb == V_HOSTCALL)
        check_argument(f, a);
    if (!ok)
        return NULL;
    if (target.first < target.end && a->verb == V_SLEEP)
        clfi_lang_error(f, target.first, "'sleep' gives no value");
    if (target.first < target.end) {
        if (a->verb == V_SPAWN || a->verb == V_AWAIT || a->verb == V_JOIN ||
            a->verb == V_HOSTCALL || receives_result(a))
            ok = check_target(n, a, declared);
        else
            clfi_lang_resolve(n, target);
    }
    if (!ok)
        return NULL;
    if (a->verb == V_START || a->verb == V_TRY_JOIN ||
        (a->verb == V_PRIMITIVE && !receives_result(a)))
        a->target_local = declared;
    if (a->verb <= V_START || a->verb == V_SLEEP || a->verb == V_HOSTCALL)
        *PUSH(f->arena, &n->fiber->actions) = a;
    return a;
}
