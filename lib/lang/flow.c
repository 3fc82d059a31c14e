/* flow.c - the control flow inside statements that never suspend: they are printed as they are, but
 * liveness has to know what happens in them. */
#include "cfg.h"

static void flow_list(lowering *l, stmt *s)
{
    for (; s != NULL; s = s->next)
        clfi_lang_flow(l, s);
}

static void go(lowering *l, uint32_t to)
{
    clfi_lang_edge(l, l->cur, to);
    clfi_lang_begin(l, to);
}

/* Replaces the statement in print. */
static void edit_stmt(lowering *l, stmt *s)
{
    front *f = l->f;
    edit e = {.kind = E_STMT, .stmt = s};
    f->tokens.at[s->all.first].edit = f->program->edits.n;
    *PUSH(f->arena, &f->program->edits) = e;
}

static void flow_decl(lowering *l, stmt *s)
{
    for (declarator *d = s->decls; d != NULL; d = d->next) {
        const local *v = local_at(l->f, d->local);
        for (uint32_t k = 0; k < v->dims.n; k++)
            clfi_lang_events(l, v->dims.at[k], true);
        clfi_lang_events(l, d->init, s->conditional);
    }
}

static void flow_jump(lowering *l, stmt *s)
{
    bool again = s->kind == S_CONTINUE;
    for (uint32_t i = l->targets.n; i-- > 0;) {
        target t = l->targets.at[i];
        if (again && !t.loop)
            continue;
        uint32_t to = again ? t.again : t.leave;
        clfi_lang_edge(l, l->cur, to);
        if (t.lowered) {
            s->jump = to + 1;
            l->c->blocks.at[to].jumped = true;
            edit_stmt(l, s);
        }
        break;
    }
}

/* What follows a jump is not reached by it, unless #if may take the jump out. */
static void after_jump(lowering *l, stmt *s)
{
    uint32_t next = clfi_lang_new_block(l, true);
    if (s->conditional)
        clfi_lang_edge(l, l->cur, next);
    else if (s->kind == S_RETURN || s->kind == S_FAIL)
        l->c->blocks.at[l->cur].term = END;
    clfi_lang_begin(l, next);
}

static void flow_if(lowering *l, stmt *s)
{
    clfi_lang_events(l, s->expr, true);
    uint32_t start = l->cur, end = clfi_lang_new_block(l, true), yes = clfi_lang_new_block(l, true);
    go(l, yes);
    clfi_lang_flow(l, s->body);
    clfi_lang_edge(l, l->cur, end);
    if (s->other != NULL) {
        uint32_t no = clfi_lang_new_block(l, true);
        clfi_lang_edge(l, start, no);
        clfi_lang_begin(l, no);
        clfi_lang_flow(l, s->other);
        clfi_lang_edge(l, l->cur, end);
    } else {
        clfi_lang_edge(l, start, end);
    }
    clfi_lang_begin(l, end);
}

static void flow_body(lowering *l, stmt *s, uint32_t leave, uint32_t again, bool loop)
{
    target t = {leave, again, loop, false};
    *PUSH(l->f->arena, &l->targets) = t;
    if (s != NULL)
        clfi_lang_flow(l, s);
    l->targets.n--;
}

static void flow_while(lowering *l, stmt *s)
{
    uint32_t head = clfi_lang_new_block(l, true), body = clfi_lang_new_block(l, true);
    uint32_t again = clfi_lang_new_block(l, true), end = clfi_lang_new_block(l, true);
    if (s->init != NULL)
        clfi_lang_flow(l, s->init);
    go(l, head);
    clfi_lang_events(l, s->expr, false);
    if (!s->endless)
        clfi_lang_edge(l, l->cur, end);
    go(l, body);
    flow_body(l, s->body, end, again, true);
    go(l, again);
    clfi_lang_events(l, s->step, false);
    clfi_lang_edge(l, l->cur, head);
    clfi_lang_begin(l, end);
}

static void flow_do(lowering *l, stmt *s)
{
    uint32_t body = clfi_lang_new_block(l, true);
    uint32_t again = clfi_lang_new_block(l, true), end = clfi_lang_new_block(l, true);
    go(l, body);
    flow_body(l, s->body, end, again, true);
    go(l, again);
    clfi_lang_events(l, s->expr, false);
    clfi_lang_edge(l, l->cur, body);
    if (!s->endless)
        clfi_lang_edge(l, l->cur, end);
    clfi_lang_begin(l, end);
}

static void flow_cases(lowering *l, stmt *list, uint32_t start, uint32_t end)
{
    bool any_default = false;
    for (stmt *s = list; s != NULL; s = s->next) {
        if (s->kind != S_CASE) {
            clfi_lang_flow(l, s);
            continue;
        }
        uint32_t here = clfi_lang_new_block(l, true);
        any_default |= s->is_default;
        clfi_lang_edge(l, start, here);
        go(l, here);
    }
    if (!any_default)
        clfi_lang_edge(l, start, end);
}

static void flow_switch(lowering *l, stmt *s)
{
    clfi_lang_events(l, s->expr, true);
    uint32_t start = l->cur, end = clfi_lang_new_block(l, true),
             dead = clfi_lang_new_block(l, true);
    target t = {end, 0, false, false};
    clfi_lang_begin(l, dead);
    *PUSH(l->f->arena, &l->targets) = t;
    if (s->body != NULL)
        flow_cases(l, s->body->body, start, end);
    l->targets.n--;
    go(l, end);
}

void clfi_lang_flow(lowering *l, stmt *s)
{
    switch (s->kind) {
    case S_EXPR:
        clfi_lang_events(l, s->expr, s->conditional);
        break;
    case S_DECL:
        flow_decl(l, s);
        break;
    case S_BLOCK:
        flow_list(l, s->body);
        break;
    case S_IF:
        flow_if(l, s);
        break;
    case S_WHILE:
    case S_FOR:
        flow_while(l, s);
        break;
    case S_DO:
        flow_do(l, s);
        break;
    case S_SWITCH:
        flow_switch(l, s);
        break;
    case S_BREAK:
    case S_CONTINUE:
        flow_jump(l, s);
        after_jump(l, s);
        break;
    case S_RETURN:
    case S_FAIL:
        clfi_lang_events(l, s->expr, true);
        edit_stmt(l, s);
        after_jump(l, s);
        break;
    case S_POST:
        clfi_lang_events(l, s->expr, true);
        edit_stmt(l, s);
        break;
    case S_SYNC:
        edit_stmt(l, s); /* without children there is nothing to wait for */
        break;
    default:
        break;
    }
}
