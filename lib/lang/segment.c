/* segment.c - a fiber's blocks as a segment function: doc/abi.md. */
#include "emit.h"

#include <string.h>

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
    } else if (parks(b)) {
        w->takes |= b->term == PARK;
        if (clfi_lang_has_reload(w, b))
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
        if (parks(b))
            b->park = clfi_lang_has_reload(w, b) ? ++w->labels : block_at(w, b->succ.at[0])->label;
    }
    if (w->labels > 0x3fff)
        clfi_lang_error(w->p->f, w->p->fi->name_tok,
                        "the fiber is too large: it has %u resume points, 16383 are possible",
                        w->labels);
}

void clfi_lang_plan(writer *w)
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

/* The local, if any, that gets the outcome of a join or primitive, and its place. */
static uint32_t outcome(const action *a, range *lvalue)
{
    bool receives = a->verb == V_JOIN || receives_result(a);
    *lvalue = receives ? a->target : a->out;
    return receives ? a->target_local : a->out_local;
}

/* 0 and 0 if there is no local. */
static void put_place_and_size(writer *w, action *a, bool ahead)
{
    range lvalue;
    uint32_t index = outcome(a, &lvalue);
    if (ahead && index != 0)
        clfi_lang_put(w->p, "clf_p2");
    else
        clfi_lang_put_place(w, a, lvalue, index);
    clfi_lang_put(w->p, index != 0 ? ", " : ", 0");
    if (index != 0)
        clfi_lang_put_sizeof(w, lvalue);
}

/* Whether what is waited for, or the place of the outcome, changes locals: that has to be done, and
 * once, before these are stored. */
static bool changes_locals(writer *w, const block *b)
{
    range lvalue;
    uint32_t index = outcome(b->action, &lvalue);
    for (uint32_t k = 0; k + b->action->timed < b->action->args.n; k++)
        if (clfi_lang_changes(w->p->f, b->action->args.at[k]))
            return true;
    return index != 0 && clfi_lang_changes(w->p->f, lvalue);
}

static void put_ahead(writer *w, const block *b)
{
    printer *p = w->p;
    const action *a = b->action;
    range lvalue;
    uint32_t index = outcome(a, &lvalue);
    clfi_lang_sync_line(p, b->line);
    if (a->verb == V_PRIMITIVE)
        clfi_lang_putf(p, "        { __global %s *clf_a1 = ", a->primitive->object);
    else
        clfi_lang_put(p, "        { fiber_t clf_a1 = ");
    clfi_lang_put_range(p, a->args.at[0]);
    clfi_lang_put(p, ";\n");
    if (a->verb == V_PRIMITIVE && a->primitive->message == 0 && a->args.n > 1u + a->timed) {
        clfi_lang_put(p, "        uint clf_a2 = ");
        clfi_lang_put_range(p, a->args.at[1]);
        clfi_lang_put(p, ";\n");
    }
    if (index != 0) {
        clfi_lang_put(p, "        uint clf_p2 = ");
        clfi_lang_put_place(w, a, lvalue, index);
        clfi_lang_put(p, ";\n");
    }
}

static void put_join(writer *w, block *b, uint32_t label)
{
    printer *p = w->p;
    const char *const *n = w->n;
    action *a = b->action;
    bool ahead = changes_locals(w, b);
    clfi_lang_sync_line(p, b->line);
    clfi_lang_putf(p, "        if (clf_join(%s, %s, &%s->h, ", n[N_W], n[N_SELF], n[N_F]);
    if (ahead)
        clfi_lang_put(p, "clf_a1");
    else
        clfi_lang_put_range(p, a->args.at[0]);
    clfi_lang_put(p, ", ");
    put_place_and_size(w, a, ahead);
    clfi_lang_putf(p, ", %s, %u))\n            return;%s\n", clfi_lang_kids(p), label,
                   ahead ? " }" : "");
}

static void put_primitive(writer *w, block *b, uint32_t label)
{
    printer *p = w->p;
    const char *const *n = w->n;
    action *a = b->action;
    bool ahead = changes_locals(w, b);
    clfi_lang_sync_line(p, b->line);
    clfi_lang_putf(p, "        if (%s(%s, %s, &%s->h, ",
                   a->timed ? a->primitive->timed : a->primitive->call, n[N_W], n[N_SELF], n[N_F]);
    for (uint32_t k = 0; k + a->timed < a->args.n; k++) {
        if (k == 1 && a->primitive->message != 0)
            continue;
        if (ahead)
            clfi_lang_putf(p, "clf_a%u", k + 1);
        else
            clfi_lang_put_range(p, a->args.at[k]);
        clfi_lang_put(p, ", ");
    }
    if (a->primitive->message != 0) {
        put_place_and_size(w, a, ahead);
        clfi_lang_put(p, ", ");
    }
    if (a->timed)
        clfi_lang_putf(p, "%s, ", n[N_C]);
    clfi_lang_putf(p, "%s, %u))\n            return;%s\n", clfi_lang_kids(p), label,
                   ahead ? " }" : "");
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
        clfi_lang_putf(p, "%s, ", clfi_lang_argument_bytes(w, a));
        clfi_lang_put_place(w, a, a->target, a->target_local);
        if (a->target_local != 0) {
            clfi_lang_put(p, ", ");
            clfi_lang_put_sizeof(w, a->target);
            clfi_lang_put(p, ", ");
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
                   n[N_F], n[N_W], n[N_SELF], n[N_F], n[N_F],
                   clfi_lang_user_line(w->p->f, from->line, NULL));
}

/* A primitive's failure is this fiber's own. */
static void put_primitive_check(writer *w, const block *from)
{
    const action *a = from->action;
    const char *const *n = w->n;
    bool coded = a->primitive->result == GIVES_CODE || a->timed;
    if (coded && a->target.first < a->target.end && !receives_result(a))
        return;
    clfi_lang_putf(w->p,
                   "        if ((int)%s->h.status < 0) {\n            clf_fail(%s, %s, &%s->h, 0, "
                   "(int)%s->h.status, %u);\n            return;\n        }\n",
                   n[N_F], n[N_W], n[N_SELF], n[N_F], n[N_F],
                   clfi_lang_user_line(w->p->f, from->line, NULL));
}

static void put_await(writer *w, block *b, uint32_t label)
{
    printer *p = w->p;
    const char *const *n = w->n;
    action *a = b->action;
    const fiber *callee = &p->f->program->fibers.at[a->callee];
    bool inlined = clfi_lang_runs_inline(w, a);
    clfi_lang_sync_line(p, b->line);
    if (inlined)
        clfi_lang_putf(p, "        if (%s != CLF_NIL) {\n            clf_await_made(%s, %s, %s, ",
                       n[N_C], n[N_W], n[N_C], n[N_SELF]);
    else
        clfi_lang_putf(p, "        clf_await(%s, %s, CLF_FN_%s, %s, ", n[N_W], n[N_C],
                       p->f->symbols.at[callee->sym].s, n[N_SELF]);
    clfi_lang_putf(p, "&%s->h, ", n[N_F]);
    clfi_lang_put_place(w, a, a->target, a->target_local);
    clfi_lang_putf(p, ", %s, %u);\n", clfi_lang_kids(p), label);
    if (inlined)
        clfi_lang_putf(p, "            return;\n        }\n        %s->h.status = 0;\n", n[N_F]);
    else
        clfi_lang_put(p, "        return;\n");
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
    if (b->term == JOIN && !clfi_lang_asks_host(b->action) && changes_locals(w, b))
        put_ahead(w, b);
    if (suspends(b) && !parks(b))
        clfi_lang_put_stores(w, b, "        ");
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
        else if (clfi_lang_asks_host(b->action))
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
    else if (from->term == JOIN && clfi_lang_asks_host(from->action))
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
    return parks(b) || b->term == SYNC || b->term == JOIN || b->through ||
           (b->term == AWAIT && clfi_lang_runs_inline(w, b->action)) || b->term == BRANCH ||
           (b->term == GO && b->succ.at[0] == w->print.at[i]);
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
        if (from != NULL && !parks(from))
            clfi_lang_putf(p, " /* after %s, line %u */", clfi_lang_suspension(from),
                           clfi_lang_user_line(p->f, from->line, NULL));
        clfi_lang_put(p, "\n");
    }
    if (from == NULL || parks(from))
        return;
    put_check(w, from, b);
    clfi_lang_put_loads(w, from);
}

/* A fiber that waited for a frame comes back through here: the straight way has nothing to load. */
static void put_parks(writer *w)
{
    printer *p = w->p;
    for (uint32_t i = 0; i < w->print.n; i++) {
        const block *b = block_at(w, w->print.at[i]);
        if (!parks(b) || !clfi_lang_has_reload(w, b))
            continue;
        uint32_t line = clfi_lang_user_line(p->f, b->line, NULL);
        if (b->term == PARK)
            clfi_lang_putf(p, "    case %u: { /* nothing was free for %s, line %u */\n", b->park,
                           b->action->what, line);
        else
            clfi_lang_putf(p, "    case %u: { /* no longer inline, line %u */\n", b->park, line);
        clfi_lang_put_spilled(w, b, false, "        ");
        clfi_lang_put_loads(w, b);
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
            clfi_lang_put_copy(w, v, v->name, clfi_lang_in_frame(w, v), "        ");
    }
}

void clfi_lang_put_segment(printer *p)
{
    writer w = {.p = p, .c = p->fi->cfg, .n = p->names};
    const char *const *n = w.n;
    const char *name = p->f->symbols.at[p->fi->sym].s;
    clfi_lang_plan(&w);
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
            clfi_lang_put_item(&w, b, &w.c->items.at[k]);
        put_term(&w, b, i + 1 < w.print.n ? w.print.at[i + 1] : UINT32_MAX);
    }
    put_parks(&w);
    clfi_lang_put(p, "    default:\n        return;\n    }\n}\n\n");
}
