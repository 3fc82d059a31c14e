/* segment.c - a fiber's blocks as a segment function: doc/abi.md. */
#include "emit.h"

#include <string.h>

typedef struct writer {
    printer *p;
    cfg *c;
    const char *const *n;
    VEC(uint32_t) print; /* the blocks that are printed, in order */
    uint32_t labels;
    bool jumps; /* there is a way back to the switch */
    bool takes;
} writer;

static block *block_at(writer *w, uint32_t i)
{
    return &w->c->blocks.at[i];
}

/* ---- labels ------------------------------------------------------------------------- */

/* Where a jump to the block really leads: past blocks without content. */
static uint32_t thread(writer *w, uint32_t b)
{
    for (int hops = 0; hops < 64; hops++) {
        const block *k = block_at(w, b);
        if (k->first_item != k->end_item || k->term != GO || k->through || k->resumed ||
            k->from != 0 || k->succ.n != 1)
            break;
        b = k->succ.at[0];
    }
    return b;
}

static void jump_to(writer *w, uint32_t *to)
{
    *to = thread(w, *to);
    block_at(w, *to)->jumped = true;
    w->jumps = true;
}

static bool has_reload(writer *w, const block *b)
{
    const action *a = b->action;
    if (b->live.n > 0 || a->place_temp)
        return true;
    for (uint32_t k = 0; k < a->args.n; k++)
        if (a->temp[k])
            return true;
    (void)w;
    return false;
}

static void plan_block(writer *w, block *b, uint32_t next)
{
    if (b->term == GO && !b->through && b->succ.at[0] != next) {
        jump_to(w, &b->succ.at[0]);
    } else if (b->term == BRANCH) {
        if (b->succ.at[0] != next)
            jump_to(w, &b->succ.at[0]);
        if (b->succ.at[1] != next)
            jump_to(w, &b->succ.at[1]);
    } else if (b->term == SWITCH) {
        for (uint32_t k = 0; k < b->succ.n; k++)
            jump_to(w, &b->succ.at[k]);
    } else if (b->term == PARK) {
        w->takes = true;
        if (has_reload(w, b))
            jump_to(w, &b->succ.at[0]);
        block_at(w, b->succ.at[0])->resumed = true;
    }
}

/* Jumps out of native statements are edits; what they lead to may be threaded, too. */
static void plan_edits(writer *w)
{
    front *f = w->p->f;
    const fiber *fi = w->p->fi;
    for (uint32_t i = fi->body_range.first; i < fi->body_range.end; i++) {
        uint32_t e = tok_at(f, i)->edit;
        if (e == 0 || f->program->edits.at[e].kind != E_STMT)
            continue;
        stmt *s = f->program->edits.at[e].stmt;
        if (s->jump == 0)
            continue;
        uint32_t to = s->jump - 1;
        jump_to(w, &to);
        s->jump = to + 1;
    }
}

static void number(writer *w)
{
    for (uint32_t i = 0; i < w->print.n; i++) {
        block *b = block_at(w, w->print.at[i]);
        if (i > 0 && (b->jumped || b->resumed))
            b->label = ++w->labels;
    }
    for (uint32_t i = 0; i < w->print.n; i++) {
        block *b = block_at(w, w->print.at[i]);
        if (b->term == PARK)
            b->park = has_reload(w, b) ? ++w->labels : block_at(w, b->succ.at[0])->label;
    }
    if (w->labels > 0x3fff)
        clfi_lang_error(w->p->f, w->p->fi->name_tok,
                        "the fiber is too large: it has %u resume points, 16383 are possible",
                        w->labels);
}

static void plan(writer *w)
{
    for (uint32_t i = 0; i < w->c->order.n; i++)
        if (block_at(w, w->c->order.at[i])->reached)
            *PUSH(w->p->f->arena, &w->print) = w->c->order.at[i];
    for (uint32_t i = 0; i < w->print.n; i++) {
        uint32_t b = w->print.at[i];
        block_at(w, b)->jumped = false;
        if (suspends(block_at(w, b)))
            block_at(w, block_at(w, b)->succ.at[0])->from = b + 1;
    }
    for (uint32_t i = 0; i < w->print.n; i++)
        plan_block(w, block_at(w, w->print.at[i]),
                   i + 1 < w->print.n ? w->print.at[i + 1] : UINT32_MAX);
    plan_edits(w);
    number(w);
}

/* ---- pieces ------------------------------------------------------------------------- */

static void put_jump(writer *w, uint32_t to, const char *indent)
{
    clfi_lang_putf(w->p, "%s%s = %u;\n%scontinue;\n", indent, w->n[N_AT], block_at(w, to)->label,
                   indent);
}

/* `&f->r[i]` and the like for the result of an action. */
static void put_place(writer *w, action *a, range lvalue, uint32_t index)
{
    printer *p = w->p;
    if (index == 0) {
        clfi_lang_put(p, "CLF_NO_PLACE");
        return;
    }
    const local *v = local_at(p->f, index);
    if (a->place_temp) {
        clfi_lang_put(p, "clf_p1");
        return;
    }
    if (lvalue.end - lvalue.first == 1) {
        clfi_lang_putf(p, "CLF_PLACE(%s, %s)", w->n[N_F], v->name);
        return;
    }
    clfi_lang_putf(p, "CLF_PLACE_OF(%s, ", w->n[N_F]);
    if (a->element != NULL) {
        range vector = {lvalue.first, lvalue.end - 2};
        clfi_lang_putf(p, "(__global %s *)&", a->element);
        clfi_lang_put_range(p, vector);
        clfi_lang_putf(p, " + %d)", a->component);
        return;
    }
    clfi_lang_put(p, "&");
    clfi_lang_put_range(p, lvalue);
    clfi_lang_put(p, ")");
}

static void put_temps(writer *w, action *a)
{
    printer *p = w->p;
    for (uint32_t k = 0; k < a->args.n; k++) {
        if (!a->temp[k])
            continue;
        clfi_lang_sync_line(p, tok_at(p->f, a->args.at[k].first)->line);
        clfi_lang_putf(p, "        %s = ", clfi_lang_temp_name(p, a, k));
        clfi_lang_put_range(p, a->args.at[k]);
        clfi_lang_put(p, ";\n");
    }
    if (a->place_temp) {
        a->place_temp = false;
        clfi_lang_sync_line(p, tok_at(p->f, a->target.first)->line);
        clfi_lang_put(p, "        clf_p1 = ");
        put_place(w, a, a->target, a->target_local);
        clfi_lang_put(p, ";\n");
        a->place_temp = true;
    }
}

/* The child writes its result as its own type: where the source does not show that the place has
 * that type, the compiler is made to compare the sizes at least. */
static void put_size_check(writer *w, action *a)
{
    front *f = w->p->f;
    const fiber *callee = &f->program->fibers.at[a->callee];
    if (a->target_local == 0 || a->verb == V_START || callee->is_void)
        return;
    const local *v = local_at(f, a->target_local);
    bool whole = a->target.end - a->target.first == 1;
    if (a->element != NULL ||
        (v->builtin != NULL && callee->result_builtin != NULL && v->ndims == 0) ||
        (whole && strcmp(v->spec, callee->result) == 0))
        return;
    clfi_lang_put(w->p, "            typedef char clf_result_fits_its_place[sizeof(");
    clfi_lang_put_range(w->p, a->target);
    clfi_lang_putf(w->p, ") == sizeof(%s) ? 1 : -1];\n", callee->result);
}

static bool size_check_needed(writer *w, action *a)
{
    size_t before = w->p->out.n;
    uint32_t line = w->p->line;
    put_size_check(w, a);
    bool any = w->p->out.n != before;
    w->p->out.n = before;
    if (w->p->out.s != NULL)
        w->p->out.s[before] = '\0';
    w->p->line = line;
    return any;
}

static void put_args(writer *w, action *a, const char *child)
{
    printer *p = w->p;
    const fiber *callee = &p->f->program->fibers.at[a->callee];
    for (uint32_t k = 0; k < a->args.n && k < callee->params; k++) {
        clfi_lang_sync_line(p, tok_at(p->f, a->args.at[k].first)->line);
        clfi_lang_putf(p, "%s->%s = ", child, local_at(p->f, callee->first_param + k)->name);
        if (a->temp[k])
            clfi_lang_put(p, clfi_lang_temp_name(p, a, k));
        else
            clfi_lang_put_range(p, a->args.at[k]);
        clfi_lang_put(p, ";\n");
    }
}

static bool asks_host(const action *a)
{
    return a->verb == V_SLEEP || a->verb == V_HOSTCALL;
}

/* What a request asks for and brings along. */
static void put_asked(writer *w, action *a)
{
    printer *p = w->p;
    clfi_lang_sync_line(p, tok_at(p->f, a->tok)->line);
    clfi_lang_putf(p, "        clf_ask(%s, %s, ", w->n[N_W], w->n[N_C]);
    clfi_lang_put_range(p, a->args.at[0]);
    clfi_lang_put(p, ");\n");
    if (a->args.n < 2)
        return;
    clfi_lang_putf(p, "        CLF_CALL_ARGUMENT(%s, %s, %s) = ", w->n[N_W], w->n[N_C],
                   local_at(p->f, a->out_local)->spec);
    clfi_lang_put_range(p, a->out);
    clfi_lang_put(p, ";\n");
}

static void put_make(writer *w, action *a)
{
    if (asks_host(a)) {
        put_asked(w, a);
        return;
    }
    printer *p = w->p;
    const fiber *callee = &p->f->program->fibers.at[a->callee];
    const char *name = p->f->symbols.at[callee->sym].s;
    bool check = size_check_needed(w, a);
    if (a->args.n > 1 || check) {
        clfi_lang_put(p, "        {\n");
        if (check)
            put_size_check(w, a);
        if (a->args.n > 0)
            clfi_lang_putf(p, "            __global clf_frame_%s *%s = CLF_FRAME(%s, %s, %s);\n",
                           name, w->n[N_CHILD], w->n[N_W], name, w->n[N_C]);
        put_args(w, a, clfi_lang_arena_printf(p->f->arena, "            %s", w->n[N_CHILD]));
        clfi_lang_put(p, "        }\n");
    } else if (a->args.n == 1) {
        put_args(w, a,
                 clfi_lang_arena_printf(p->f->arena, "        CLF_FRAME(%s, %s, %s)", w->n[N_W],
                                        name, w->n[N_C]));
    }
    if (a->verb == V_AWAIT)
        return; /* after what has to be stored */
    clfi_lang_sync_line(p, tok_at(p->f, a->tok)->line);
    if (a->verb == V_SPAWN) {
        clfi_lang_putf(p, "        clf_spawn(%s, %s, CLF_FN_%s, %s, ", w->n[N_W], w->n[N_C], name,
                       w->n[N_SELF]);
        put_place(w, a, a->target, a->target_local);
        clfi_lang_putf(p, ");\n        %s++;\n", w->n[N_KIDS]);
        return;
    }
    bool kept = a->target.first < a->target.end;
    clfi_lang_put(p, "        ");
    if (kept)
        clfi_lang_put_range(p, a->target);
    else
        clfi_lang_putf(p, "clf_detach(%s, &%s->h,", w->n[N_W], w->n[N_F]);
    clfi_lang_putf(p, "%sclf_start_fiber(%s, %s, CLF_FN_%s)%s;\n", kept ? " = " : " ", w->n[N_W],
                   w->n[N_C], name, kept ? "" : ")");
}

/* A loop over all elements of an array, as text: "x[clf_i][clf_j]" copied from another array of its
 * type. */
static void put_array_copy(writer *w, const local *v, const char *to, const char *from,
                           const char *indent)
{
    printer *p = w->p;
    text sub = {.arena = p->f->arena};
    clfi_lang_put(p, indent);
    for (uint32_t k = 0; k < v->ndims; k++) {
        const char *s = sub.s != NULL ? sub.s : "";
        clfi_lang_putf(
            p, "for (uint clf_i%u = 0; clf_i%u < sizeof(%s%s) / sizeof(%s%s[0]); clf_i%u++) ", k, k,
            to, s, to, s, k);
        clfi_lang_text_printf(&sub, "[clf_i%u]", k);
    }
    clfi_lang_putf(p, "%s%s = %s%s;\n", to, sub.s, from, sub.s);
}

static void put_copy(writer *w, const local *v, const char *to, const char *from,
                     const char *indent)
{
    if (v->ndims > 0)
        put_array_copy(w, v, to, from, indent);
    else
        clfi_lang_putf(w->p, "%s%s = %s;\n", indent, to, from);
}

static void put_init(writer *w, const declarator *d)
{
    printer *p = w->p;
    const local *v = local_at(p->f, d->local);
    const char *name = clfi_lang_local_text(p, v);
    bool braces = is_punct(p->f, d->init.first, '{');
    clfi_lang_sync_line(p, tok_at(p->f, d->init.first)->line);
    if (!braces && v->ndims == 0) {
        clfi_lang_putf(p, "        %s = ", name);
        clfi_lang_put_range(p, d->init);
        clfi_lang_put(p, ";\n");
        return;
    }
    clfi_lang_putf(p, "        { %s = ", clfi_lang_decl_text(p->f, v, "clf_init"));
    clfi_lang_put_range(p, d->init);
    clfi_lang_put(p, ";\n");
    put_copy(w, v, name, "clf_init", "            ");
    clfi_lang_put(p, "        }\n");
}

static void put_end(writer *w, uint32_t tok)
{
    printer *p = w->p;
    const char *const *n = w->n;
    clfi_lang_sync_line(p, tok_at(p->f, tok)->line);
    if (p->fi->is_void)
        clfi_lang_putf(p, "        clf_return_void(%s, %s, &%s->h);\n        return;\n", n[N_W],
                       n[N_SELF], n[N_F]);
    else
        clfi_lang_putf(
            p,
            "        clf_fail(%s, %s, &%s->h, %s, -31004, %u); /* the end, without a result */\n"
            "        return;\n",
            n[N_W], n[N_SELF], n[N_F], clfi_lang_kids(p),
            clfi_lang_user_line(p->f, tok_at(p->f, tok)->line, NULL));
}

static void put_directive(writer *w, uint32_t tok)
{
    printer *p = w->p;
    const token *t = tok_at(p->f, tok);
    clfi_lang_sync_line(p, t->line);
    clfi_lang_put_source(p, t->at, t->at + t->length);
    clfi_lang_put(p, "\n");
    p->line = 0;
    p->file = NULL; /* it may be under #if, or a #line */
}

static void put_item(writer *w, item *it)
{
    printer *p = w->p;
    switch (it->kind) {
    case I_STMT:
        clfi_lang_sync_line(p, tok_at(p->f, it->stmt->all.first)->line);
        clfi_lang_put(p, "        ");
        if (it->stmt->kind == S_EXPR) {
            clfi_lang_put_range(p, it->stmt->expr);
            clfi_lang_put(p, ";");
        } else {
            clfi_lang_put_stmt(p, it->stmt, 8);
        }
        clfi_lang_put(p, "\n");
        break;
    case I_INIT:
        put_init(w, it->decl);
        break;
    case I_DIRECTIVE:
        put_directive(w, it->tok);
        break;
    case I_TEMPS:
        put_temps(w, it->action);
        break;
    case I_MAKE:
        put_make(w, it->action);
        break;
    case I_STATUS:
        clfi_lang_sync_line(p, tok_at(p->f, it->action->target.first)->line);
        clfi_lang_put(p, "        ");
        clfi_lang_put_range(p, it->action->target);
        clfi_lang_putf(p, " = (int)%s->h.status;\n", w->n[N_F]);
        break;
    default:
        put_end(w, it->tok);
        break;
    }
    if (it->conditional)
        p->file = NULL; /* a #line under #if may be left out */
}

/* ---- suspending and resuming -------------------------------------------------------- */

static const char *in_frame(writer *w, const local *v)
{
    return clfi_lang_arena_printf(w->p->f->arena, "%s->%s", w->n[N_F], v->name);
}

static void put_stores(writer *w, const block *b, const char *indent)
{
    for (uint32_t k = 0; k < b->store.n; k++) {
        const local *v = local_at(w->p->f, b->store.at[k]);
        put_copy(w, v, in_frame(w, v), v->name, indent);
    }
}

static void put_loads(writer *w, const block *b)
{
    for (uint32_t k = 0; k < b->live.n; k++) {
        const local *v = local_at(w->p->f, b->live.at[k]);
        if (v->home == HOME_FRAME)
            put_copy(w, v, v->name, in_frame(w, v), "        ");
    }
}

static bool spills_any(writer *w, const block *b)
{
    const action *a = b->action;
    bool any = a->place_temp;
    for (uint32_t k = 0; k < a->args.n; k++)
        any |= a->temp[k];
    for (uint32_t k = 0; k < b->live.n; k++)
        any |= local_at(w->p->f, b->live.at[k])->home == HOME_SPILL;
    return any;
}

static void put_spilled_temp(printer *p, const char *name, const char *spill, bool out,
                             const char *indent)
{
    if (out)
        clfi_lang_putf(p, "%s%s->%s = %s;\n", indent, spill, name, name);
    else
        clfi_lang_putf(p, "%s%s = %s->%s;\n", indent, name, spill, name);
}

/* Copies to or from the spill area. */
static void put_spilled(writer *w, const block *b, bool out, const char *indent)
{
    printer *p = w->p;
    const action *a = b->action;
    const char *name = p->f->symbols.at[p->fi->sym].s, *s = w->n[N_SPILL];
    if (!spills_any(w, b))
        return;
    clfi_lang_putf(p, "%s__global clf_spill_%s *%s = (__global clf_spill_%s *)%s->spill;\n", indent,
                   name, s, name, w->n[N_W]);
    for (uint32_t k = 0; k < b->live.n; k++) {
        const local *v = local_at(p->f, b->live.at[k]);
        const char *there = clfi_lang_arena_printf(p->f->arena, "%s->%s", s, v->name);
        if (v->home == HOME_SPILL)
            put_copy(w, v, out ? there : v->name, out ? v->name : there, indent);
    }
    for (uint32_t k = 0; k < a->args.n; k++) {
        if (a->temp[k])
            put_spilled_temp(p, clfi_lang_temp_name(p, a, k), s, out, indent);
    }
    if (a->place_temp)
        put_spilled_temp(p, "clf_p1", s, out, indent);
}

/* Of a hostcall. */
static const char *argument_bytes(writer *w, const action *a)
{
    front *f = w->p->f;
    if (a->args.n < 2)
        return "0";
    return clfi_lang_arena_printf(f->arena, "sizeof(%s)", local_at(f, a->out_local)->spec);
}

static void put_take(writer *w, const block *b)
{
    printer *p = w->p;
    const char *const *n = w->n;
    static const char in[] = "            ";
    const action *a = b->action;
    clfi_lang_putf(p, "        %s = ", n[N_C]);
    if (a->verb == V_SLEEP)
        clfi_lang_putf(p, "clf_request_take(%s)", n[N_W]);
    else if (a->verb == V_HOSTCALL)
        clfi_lang_putf(p, "clf_call_take(%s, %s)", n[N_W], argument_bytes(w, a));
    else
        clfi_lang_putf(p, "clf_take(%s)", n[N_W]);
    clfi_lang_putf(p, ";\n        if (%s == CLF_NIL) {\n", n[N_C]);
    put_stores(w, b, in);
    put_spilled(w, b, true, in);
    clfi_lang_putf(p, "%sclf_park(%s, %s, &%s->h, %s, %u);\n%sreturn;\n        }\n", in, n[N_W],
                   n[N_SELF], n[N_F], clfi_lang_kids(p), b->park, in);
}

static void put_join(writer *w, block *b, uint32_t label)
{
    printer *p = w->p;
    const char *const *n = w->n;
    action *a = b->action;
    bool join = a->verb == V_JOIN;
    uint32_t index = join ? a->target_local : a->out_local;
    range lvalue = join ? a->target : a->out;
    clfi_lang_sync_line(p, b->line);
    clfi_lang_putf(p, "        if (clf_join(%s, %s, &%s->h, ", n[N_W], n[N_SELF], n[N_F]);
    clfi_lang_put_range(p, a->args.at[0]);
    clfi_lang_put(p, ", ");
    put_place(w, a, lvalue, index);
    if (index != 0) {
        clfi_lang_put(p, ", sizeof(");
        clfi_lang_put_range(p, lvalue);
        clfi_lang_put(p, ")");
    } else {
        clfi_lang_put(p, ", 0");
    }
    clfi_lang_putf(p, ", %s, %u))\n            return;\n", clfi_lang_kids(p), label);
}

static void put_primitive(writer *w, block *b, uint32_t label)
{
    printer *p = w->p;
    const char *const *n = w->n;
    const action *a = b->action;
    clfi_lang_sync_line(p, b->line);
    clfi_lang_putf(p, "        if (%s(%s, %s, &%s->h, ", a->primitive->call, n[N_W], n[N_SELF],
                   n[N_F]);
    for (uint32_t k = 0; k < a->args.n; k++) {
        clfi_lang_put_range(p, a->args.at[k]);
        clfi_lang_put(p, ", ");
    }
    clfi_lang_putf(p, "%s, %u))\n            return;\n", clfi_lang_kids(p), label);
}

static void put_request(writer *w, block *b, uint32_t label)
{
    printer *p = w->p;
    const char *const *n = w->n;
    action *a = b->action;
    clfi_lang_sync_line(p, b->line);
    clfi_lang_putf(p, "        if (%s(%s, %s, &%s->h, %s, ", a->primitive->call, n[N_W], n[N_SELF],
                   n[N_F], n[N_C]);
    if (a->verb == V_HOSTCALL) {
        clfi_lang_putf(p, "%s, ", argument_bytes(w, a));
        put_place(w, a, a->target, a->target_local);
        if (a->target_local != 0) {
            clfi_lang_put(p, ", sizeof(");
            clfi_lang_put_range(p, a->target);
            clfi_lang_put(p, "), ");
        } else {
            clfi_lang_put(p, ", 0, ");
        }
    }
    clfi_lang_putf(p, "%s, %u))\n            return;\n", clfi_lang_kids(p), label);
}

/* A request's failure is this fiber's own, whatever its code. */
static void put_request_check(writer *w, const block *from)
{
    const char *const *n = w->n;
    clfi_lang_putf(w->p,
                   "        if (%s->h.status) {\n            clf_fail(%s, %s, &%s->h, 0, "
                   "(int)%s->h.status, %u);\n            return;\n        }\n",
                   n[N_F], n[N_W], n[N_SELF], n[N_F], n[N_F], from->line);
}

/* A primitive's failure is this fiber's own. */
static void put_primitive_check(writer *w, const block *from)
{
    const action *a = from->action;
    const char *const *n = w->n;
    if (a->primitive->result == GIVES_CODE && a->target.first < a->target.end)
        return;
    clfi_lang_putf(w->p,
                   "        if ((int)%s->h.status < 0) {\n            clf_fail(%s, %s, &%s->h, 0, "
                   "(int)%s->h.status, %u);\n            return;\n        }\n",
                   n[N_F], n[N_W], n[N_SELF], n[N_F], n[N_F], from->line);
}

static void put_await(writer *w, block *b, uint32_t label)
{
    printer *p = w->p;
    const char *const *n = w->n;
    action *a = b->action;
    const fiber *callee = &p->f->program->fibers.at[a->callee];
    clfi_lang_sync_line(p, b->line);
    clfi_lang_putf(p, "        clf_await(%s, %s, CLF_FN_%s, %s, &%s->h, ", n[N_W], n[N_C],
                   p->f->symbols.at[callee->sym].s, n[N_SELF], n[N_F]);
    put_place(w, a, a->target, a->target_local);
    clfi_lang_putf(p, ", %s, %u);\n        return;\n", clfi_lang_kids(p), label);
}

static void put_switch(writer *w, block *b)
{
    printer *p = w->p;
    clfi_lang_sync_line(p, b->line);
    clfi_lang_put(p, "        switch (");
    clfi_lang_put_range(p, b->cond);
    clfi_lang_put(p, ") {\n");
    for (uint32_t k = 0; k < b->succ.n; k++) {
        const stmt *s = b->case_stmt.at[k];
        uint32_t to = block_at(w, b->succ.at[k])->label;
        if (s != NULL && !s->is_default) {
            clfi_lang_sync_line(p, tok_at(p->f, s->expr.first)->line);
            clfi_lang_put(p, "        case ");
            clfi_lang_put_range(p, s->expr);
        } else {
            clfi_lang_put(p, "        default");
        }
        clfi_lang_putf(p, ":\n            %s = %u;\n            continue;\n", w->n[N_AT], to);
    }
    clfi_lang_put(p, "        }\n");
}

static void put_branch(writer *w, block *b, uint32_t next)
{
    printer *p = w->p;
    bool negate = b->succ.at[0] == next;
    uint32_t to = b->succ.at[negate ? 1 : 0];
    clfi_lang_sync_line(p, b->line);
    clfi_lang_put(p, negate ? "        if (!(" : "        if (");
    clfi_lang_put_range(p, b->cond);
    clfi_lang_put(p, negate ? ")) {\n" : ") {\n");
    put_jump(w, to, "            ");
    clfi_lang_put(p, "        }\n");
    if (!negate && b->succ.at[1] != next)
        put_jump(w, b->succ.at[1], "        ");
}

static void put_term(writer *w, block *b, uint32_t next)
{
    printer *p = w->p;
    const char *const *n = w->n;
    uint32_t label = suspends(b) ? block_at(w, b->succ.at[0])->label : 0;
    if (suspends(b) && b->term != PARK)
        put_stores(w, b, "        ");
    switch (b->term) {
    case GO:
        if (!b->through && b->succ.at[0] != next)
            put_jump(w, b->succ.at[0], "        ");
        break;
    case BRANCH:
        put_branch(w, b, next);
        break;
    case SWITCH:
        put_switch(w, b);
        break;
    case SYNC:
        clfi_lang_sync_line(p, b->line);
        clfi_lang_putf(p, "        if (clf_sync(%s, %s, &%s->h, %s, %u))\n            return;\n",
                       n[N_W], n[N_SELF], n[N_F], clfi_lang_kids(p), label);
        break;
    case AWAIT:
        put_await(w, b, label);
        break;
    case YIELD:
        clfi_lang_sync_line(p, b->line);
        clfi_lang_putf(p, "        clf_yield(%s, %s, &%s->h, %s, %u);\n        return;\n", n[N_W],
                       n[N_SELF], n[N_F], clfi_lang_kids(p), label);
        break;
    case JOIN:
        if (b->action->verb == V_PRIMITIVE)
            put_primitive(w, b, label);
        else if (asks_host(b->action))
            put_request(w, b, label);
        else
            put_join(w, b, label);
        break;
    default:
        break;
    }
}

/* A failure of what was waited for ends this fiber, too. */
static void put_check(writer *w, const block *from, const block *b)
{
    printer *p = w->p;
    const char *const *n = w->n;
    bool sync = from->term == SYNC;
    bool checked =
        sync || from->term == AWAIT || (from->term == JOIN && from->action->verb == V_JOIN);
    if (p->has_spawn && (sync || from->term == JOIN) && b->term != END)
        clfi_lang_putf(p, "        %s = 0;\n", n[N_KIDS]);
    if (from->term == JOIN && from->action->verb == V_PRIMITIVE)
        put_primitive_check(w, from);
    if (from->term == JOIN && asks_host(from->action))
        put_request_check(w, from);
    if (checked)
        clfi_lang_putf(
            p,
            "        if (%s->h.%s) {\n            clf_fail_with(%s, %s, &%s->h, %s->h.%s);\n"
            "            return;\n        }\n",
            n[N_F], sync ? "error" : "status", n[N_W], n[N_SELF], n[N_F], n[N_F],
            sync ? "error" : "status");
}

static bool falls_into(writer *w, uint32_t i)
{
    if (i == 0)
        return false;
    const block *b = block_at(w, w->print.at[i - 1]);
    return b->term == PARK || b->term == SYNC || b->term == JOIN || b->through ||
           b->term == BRANCH || (b->term == GO && b->succ.at[0] == w->print.at[i]);
}

static void put_start(writer *w, uint32_t i)
{
    printer *p = w->p;
    block *b = block_at(w, w->print.at[i]);
    const block *from = b->from != 0 ? block_at(w, b->from - 1) : NULL;
    if (b->label != 0) {
        if (falls_into(w, i))
            clfi_lang_put(p, "        /* fall through */\n");
        clfi_lang_putf(p, "    case %u:", b->label);
        if (from != NULL && from->term != PARK)
            clfi_lang_putf(p, " /* after %s, line %u */", clfi_lang_suspension(from),
                           clfi_lang_user_line(p->f, from->line, NULL));
        clfi_lang_put(p, "\n");
    }
    if (from == NULL)
        return;
    if (from->term == PARK) {
        put_take(w, from);
    } else {
        put_check(w, from, b);
        put_loads(w, from);
    }
}

/* A fiber that waited for a frame comes back through here: the straight way has nothing to load. */
static void put_parks(writer *w)
{
    printer *p = w->p;
    for (uint32_t i = 0; i < w->print.n; i++) {
        const block *b = block_at(w, w->print.at[i]);
        if (b->term != PARK || !has_reload(w, b))
            continue;
        clfi_lang_putf(p, "    case %u: { /* nothing was free for %s, line %u */\n", b->park,
                       b->action->what, clfi_lang_user_line(p->f, b->line, NULL));
        put_spilled(w, b, false, "        ");
        put_loads(w, b);
        put_jump(w, b->succ.at[0], "        ");
        clfi_lang_put(p, "    }\n");
    }
}

/* ---- the function ------------------------------------------------------------------- */

static void put_locals(writer *w)
{
    printer *p = w->p;
    front *f = p->f;
    const fiber *fi = p->fi;
    bool counts = p->has_spawn;
    if (counts || w->takes)
        clfi_lang_putf(p, "    uint %s%s%s%s;\n", counts ? w->n[N_KIDS] : "", counts ? " = 0" : "",
                       counts && w->takes ? ", " : "", w->takes ? w->n[N_C] : "");
    for (uint32_t k = 0; k < fi->params + (fi->end_local - fi->first_local); k++) {
        const local *v =
            local_at(f, k < fi->params ? fi->first_param + k : fi->first_local + k - fi->params);
        if (v->hoisted && v->home != HOME_IN_PLACE && (v->uses.n > 0 || !v->is_param))
            clfi_lang_putf(p, "    %s;\n", clfi_lang_decl_text(f, v, v->name));
    }
    for (uint32_t k = 0; k < p->temps.n; k++)
        clfi_lang_putf(p, "    %s clf_t%u;\n", p->temps.at[k].type, k + 1);
    for (uint32_t k = 0; k < fi->actions.n; k++)
        if (fi->actions.at[k]->place_temp) {
            clfi_lang_put(p, "    uint clf_p1;\n");
            break;
        }
}

static void put_entry(writer *w)
{
    printer *p = w->p;
    for (uint32_t k = 0; k < p->fi->params; k++) {
        const local *v = local_at(p->f, p->fi->first_param + k);
        if (v->home == HOME_FRAME && v->live_at_entry)
            put_copy(w, v, v->name, in_frame(w, v), "        ");
    }
}

void clfi_lang_put_segment(printer *p)
{
    writer w = {.p = p, .c = p->fi->cfg, .n = p->names};
    const char *const *n = w.n;
    const char *name = p->f->symbols.at[p->fi->sym].s;
    plan(&w);
    p->file = NULL;
    clfi_lang_sync_line(p, tok_at(p->f, p->fi->name_tok)->line);
    clfi_lang_putf(p,
                   "static void clf_segment_%s(clf_worker *%s, uint %s, __global clf_frame_%s *%s, "
                   "uint %s)\n{\n",
                   name, n[N_W], n[N_SELF], name, n[N_F], n[N_AT]);
    put_locals(&w);
    clfi_lang_putf(p, w.jumps ? "\n    for (;;) switch (%s) {\n" : "\n    switch (%s) {\n",
                   n[N_AT]);
    clfi_lang_put(p, "    case 0:\n");
    put_entry(&w);
    for (uint32_t i = 0; i < w.print.n; i++) {
        block *b = block_at(&w, w.print.at[i]);
        put_start(&w, i);
        for (uint32_t k = b->first_item; k < b->end_item; k++)
            put_item(&w, &w.c->items.at[k]);
        put_term(&w, b, i + 1 < w.print.n ? w.print.at[i + 1] : UINT32_MAX);
    }
    put_parks(&w);
    clfi_lang_put(p, "    default:\n        return;\n    }\n}\n\n");
}

/* ---- temporaries -------------------------------------------------------------------- */

static uint32_t temp_of(printer *p, const char *type, uint32_t ordinal)
{
    for (uint32_t k = 0; k < p->temps.n; k++)
        if (p->temps.at[k].ordinal == ordinal && strcmp(p->temps.at[k].type, type) == 0)
            return k;
    temp t = {type, ordinal};
    *PUSH(p->f->arena, &p->temps) = t;
    return p->temps.n - 1;
}

/* Actions share their temporaries: those of one are never needed at another. */
void clfi_lang_plan_temps(printer *p)
{
    front *f = p->f;
    for (uint32_t i = 0; i < p->fi->actions.n; i++) {
        action *a = p->fi->actions.at[i];
        const fiber *callee = &f->program->fibers.at[a->callee];
        for (uint32_t k = 0; a->temp != NULL && k < a->args.n && k < callee->params; k++) {
            if (!a->temp[k])
                continue;
            const local *v = local_at(f, callee->first_param + k);
            const char *type = clfi_lang_arena_printf(f->arena, "%s%s%s", v->spec,
                                                      v->stars[0] ? " " : "", v->stars);
            uint32_t ordinal = 0;
            for (uint32_t j = 0; j < k; j++)
                ordinal += a->temp[j] && strcmp(p->temps.at[a->temp_name[j] - 1].type, type) == 0;
            a->temp_name[k] = temp_of(p, type, ordinal) + 1;
        }
    }
}

const char *clfi_lang_temp_name(printer *p, const action *a, uint32_t arg)
{
    return clfi_lang_arena_printf(p->f->arena, "clf_t%u", a->temp_name[arg]);
}
