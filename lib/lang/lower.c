/* lower.c - statements that suspend, as blocks. What does not suspend stays in one piece (flow.c).
 */
#include "cfg.h"

static void lower(lowering *l, stmt *s);

/* ---- blocks ------------------------------------------------------------------------- */

uint32_t clfi_lang_new_block(lowering *l, bool inner)
{
    uint32_t index = l->c->blocks.n;
    block *b = PUSH(l->f->arena, &l->c->blocks);
    b->inner = inner;
    return index;
}

void clfi_lang_begin(lowering *l, uint32_t index)
{
    cfg *c = l->c;
    block *b = &c->blocks.at[index];
    l->cur = index;
    b->first_event = b->end_event = c->events.n;
    if (b->inner)
        return;
    b->first_item = b->end_item = c->items.n;
    l->print = index;
    *PUSH(l->f->arena, &c->order) = index;
}

void clfi_lang_edge(lowering *l, uint32_t from, uint32_t to)
{
    *PUSH(l->f->arena, &l->c->blocks.at[from].succ) = to;
}

static block *current(lowering *l)
{
    return &l->c->blocks.at[l->cur];
}

static uint32_t new_block(lowering *l)
{
    return clfi_lang_new_block(l, false);
}

static void go_to(lowering *l, uint32_t to)
{
    clfi_lang_edge(l, l->cur, to);
}

/* Ends the block and goes on in the next one. */
static void go_on(lowering *l, uint32_t next)
{
    go_to(l, next);
    clfi_lang_begin(l, next);
}

static item *add_item(lowering *l, uint8_t kind)
{
    item *it = PUSH(l->f->arena, &l->c->items);
    it->kind = kind;
    l->c->blocks.at[l->print].end_item = l->c->items.n;
    return it;
}

/* ---- suspensions -------------------------------------------------------------------- */

/* Ends the block with a suspension; the next one is where the fiber goes on. */
static uint32_t suspend(lowering *l, uint8_t term, action *a, uint32_t tok)
{
    uint32_t next = new_block(l);
    block *b = current(l);
    b->term = term;
    b->action = a;
    b->line = tok_at(l->f, tok)->line;
    l->c->blocks.at[next].resumed = term != PARK && term != CUT;
    go_on(l, next);
    return next;
}

static void range_uses(lowering *l, range r)
{
    clfi_lang_events(l, r, true);
}

/* Whether working out the place of the result has side effects. */
static void plan_place(lowering *l, action *a)
{
    range path = {a->target.first + 1, a->target.end};
    bool twice = l->f->program->fibers.at[a->callee].depth > 0; /* for a child that runs inline */
    for (uint32_t i = path.first; i < path.end; i++)
        if (is_punct(l->f, i, '[')) {
            range subscript = {i + 1, skip_at(l->f, i)};
            if (twice || !clfi_lang_is_pure(l->f, subscript))
                a->place_temp = true;
            i = subscript.end;
        }
}

static bool place_needed(const action *a)
{
    return a->verb != V_START && a->target.first < a->target.end;
}

/* The subscripts of the result's place, and the local as such. */
static void place_events(lowering *l, action *a)
{
    range path = {a->target.first + 1, a->target.end};
    *PUSH(l->f->arena, &local_at(l->f, a->target_local)->uses) = a->target.first;
    range_uses(l, path);
}

/* The frame is taken first: what the arguments do is done once. */
static void lower_take(lowering *l, action *a)
{
    suspend(l, PARK, a, a->tok);
    for (uint32_t k = 0; k < a->args.n; k++)
        range_uses(l, a->args.at[k]);
    if (place_needed(a)) {
        plan_place(l, a);
        place_events(l, a);
    }
    add_item(l, I_MAKE)->action = a;
}

/* Where a fiber that runs inline can be given a frame: doc/design.md. */
static void cut(lowering *l, action *a, uint32_t tok)
{
    if (l->fi->depth > 0)
        suspend(l, CUT, a, tok);
}

/* What the local that gets the result has from now on. */
static void target_event(lowering *l, action *a)
{
    if (a->target_local == 0)
        return;
    bool whole = a->target.end - a->target.first == 1;
    clfi_lang_event(l, a->target_local, whole ? EV_DEF : EV_WEAK);
}

static void lower_join(lowering *l, action *a)
{
    cut(l, a, a->tok);
    range_uses(l, a->args.at[0]);
    if (place_needed(a) && a->verb == V_JOIN)
        place_events(l, a);
    if (a->out_local != 0) {
        range path = {a->out.first + 1, a->out.end};
        range_uses(l, path);
    }
    suspend(l, JOIN, a, a->tok);
    if (a->verb == V_JOIN) {
        target_event(l, a);
        return;
    }
    if (a->out_local != 0)
        clfi_lang_event(l, a->out_local, EV_WEAK);
    if (a->target.first < a->target.end) {
        clfi_lang_assign_events(l, a->target, false);
        add_item(l, I_STATUS)->action = a;
    }
}

static void lower_primitive(lowering *l, action *a)
{
    bool result = receives_result(a);
    if (a->timed) { /* as lower_request */
        suspend(l, PARK, a, a->tok);
        range_uses(l, a->args.at[a->args.n - 1]);
        add_item(l, I_MAKE)->action = a;
    } else {
        cut(l, a, a->tok);
    }
    for (uint32_t k = 0; k + a->timed < a->args.n; k++)
        if (k != 1 || a->primitive->message != RECEIVES)
            range_uses(l, a->args.at[k]);
    if (a->out_local != 0 && a->primitive->message == RECEIVES)
        range_uses(l, (range){a->out.first + 1, a->out.end});
    if (result && a->target_local != 0)
        place_events(l, a);
    suspend(l, JOIN, a, a->tok);
    if (result) {
        target_event(l, a);
        return;
    }
    if (a->out_local != 0 && a->primitive->message == RECEIVES)
        clfi_lang_event(l, a->out_local, EV_WEAK);
    if (a->target.first < a->target.end) {
        clfi_lang_assign_events(l, a->target, false);
        add_item(l, I_STATUS)->action = a;
    }
}

/* sleep and hostcall: the record for the request is taken before the arguments are evaluated. */
static void lower_request(lowering *l, action *a)
{
    suspend(l, PARK, a, a->tok);
    for (uint32_t k = 0; k < a->args.n; k++)
        range_uses(l, a->args.at[k]);
    if (place_needed(a)) {
        plan_place(l, a);
        place_events(l, a);
    }
    add_item(l, I_MAKE)->action = a;
    suspend(l, JOIN, a, a->tok);
    target_event(l, a);
}

static void lower_action(lowering *l, action *a)
{
    if (a->verb == V_CANCEL) {
        lower_take(l, a);
        return;
    }
    if (a->verb == V_SLEEP || a->verb == V_HOSTCALL) {
        lower_request(l, a);
        return;
    }
    if (a->verb == V_PRIMITIVE) {
        lower_primitive(l, a);
        return;
    }
    if (a->verb == V_JOIN || a->verb == V_TRY_JOIN) {
        lower_join(l, a);
        return;
    }
    lower_take(l, a);
    if (a->verb == V_AWAIT)
        suspend(l, AWAIT, a, a->tok);
    if (a->verb != V_START)
        target_event(l, a);
    else if (a->target.first < a->target.end)
        clfi_lang_assign_events(l, a->target, false);
}

static void lower_sync(lowering *l, stmt *s)
{
    suspend(l, SYNC, NULL, s->all.first);
}

/* ---- statements --------------------------------------------------------------------- */

/* A statement in one piece. */
static void lower_native(lowering *l, stmt *s)
{
    uint32_t before = l->cur;
    item *it = add_item(l, I_STMT);
    it->stmt = s;
    it->conditional = s->conditional;
    clfi_lang_flow(l, s);
    if (l->cur == before)
        return;
    l->c->blocks.at[before].through = true;
    go_on(l, new_block(l));
}

/* What is declared takes its place in the frame from here on, not from the block's start: share.c.
 * Before a spawn or await a block ends anyway. */
static void split(lowering *l, const declarator *d)
{
    block *b = current(l);
    if (d->action != NULL || b->first_event == b->end_event)
        return;
    b->through = true;
    go_on(l, new_block(l));
}

static void lower_decl(lowering *l, stmt *s)
{
    for (declarator *d = s->decls; d != NULL; d = d->next) {
        local *v = local_at(l->f, d->local);
        split(l, d);
        v->hoisted = true;
        if (!s->conditional)
            clfi_lang_event(l, d->local, EV_DECL);
        if (d->action != NULL) {
            lower_action(l, d->action);
        } else if (d->init.first < d->init.end) {
            clfi_lang_events(l, d->init, true);
            clfi_lang_event(l, d->local, s->conditional ? EV_WEAK : EV_DEF);
            item *it = add_item(l, I_INIT);
            it->decl = d;
            it->conditional = s->conditional;
        }
    }
}

static void lower_list(lowering *l, stmt *s)
{
    for (; s != NULL; s = s->next)
        lower(l, s);
}

static void branch(lowering *l, range cond, uint32_t yes, uint32_t no)
{
    clfi_lang_events(l, cond, true);
    block *b = current(l);
    b->term = BRANCH;
    b->cond = cond;
    b->line = tok_at(l->f, cond.first)->line;
    go_to(l, yes);
    go_to(l, no);
}

static void lower_if(lowering *l, stmt *s)
{
    uint32_t yes = new_block(l), end = new_block(l), no = s->other != NULL ? new_block(l) : end;
    branch(l, s->expr, yes, no);
    clfi_lang_begin(l, yes);
    lower(l, s->body);
    if (s->other != NULL) {
        go_to(l, end);
        clfi_lang_begin(l, no);
        lower(l, s->other);
    }
    go_on(l, end);
}

static void lower_body(lowering *l, stmt *s, uint32_t leave, uint32_t again, bool loop)
{
    target t = {leave, again, loop, true};
    bool outermost = true;
    for (uint32_t i = 0; i < l->targets.n; i++)
        outermost &= !l->targets.at[i].loop;
    *PUSH(l->f->arena, &l->targets) = t;
    if (loop && outermost)
        cut(l, NULL, s->all.first); /* before the body has more to be saved */
    if (loop)
        lower(l, s);
    else
        lower_list(l, s);
    l->targets.n--;
}

static void step_events(lowering *l, stmt *s)
{
    if (s->step.first == s->step.end)
        return;
    stmt *step = clfi_lang_arena_get(l->f->arena, sizeof *step);
    step->kind = S_EXPR;
    step->expr = step->all = s->step;
    clfi_lang_events(l, s->step, false);
    add_item(l, I_STMT)->stmt = step;
}

static void lower_while(lowering *l, stmt *s)
{
    if (s->init != NULL)
        lower(l, s->init);
    uint32_t head = new_block(l), body = new_block(l), again = new_block(l), end = new_block(l);
    go_on(l, head);
    if (s->endless)
        go_to(l, body);
    else
        branch(l, s->expr, body, end);
    clfi_lang_begin(l, body);
    lower_body(l, s->body, end, again, true);
    go_on(l, again);
    step_events(l, s);
    go_to(l, head);
    clfi_lang_begin(l, end);
}

static void lower_do(lowering *l, stmt *s)
{
    uint32_t body = new_block(l), again = new_block(l), end = new_block(l);
    go_on(l, body);
    lower_body(l, s->body, end, again, true);
    go_on(l, again);
    if (s->endless)
        go_to(l, body);
    else
        branch(l, s->expr, body, end);
    clfi_lang_begin(l, end);
}

static void lower_switch(lowering *l, stmt *s)
{
    clfi_lang_events(l, s->expr, true);
    uint32_t start = l->cur, end = new_block(l), dead = new_block(l);
    block *b = current(l);
    b->term = SWITCH;
    b->stmt = s;
    b->cond = s->expr;
    b->line = tok_at(l->f, s->expr.first)->line;
    target t = {end, 0, false, true};
    *PUSH(l->f->arena, &l->targets) = t;
    clfi_lang_begin(l, dead);
    bool any_default = false;
    for (stmt *k = s->body->body; k != NULL; k = k->next) {
        if (k->kind != S_CASE) {
            lower(l, k);
            continue;
        }
        uint32_t here = new_block(l);
        any_default |= k->is_default;
        if (k->conditional)
            clfi_lang_error(l->f, k->all.first,
                            "a case label of a switch that suspends cannot be under #if");
        clfi_lang_edge(l, start, here);
        *PUSH(l->f->arena, &l->c->blocks.at[start].case_stmt) = k;
        go_on(l, here);
    }
    if (!any_default) {
        clfi_lang_edge(l, start, end);
        *PUSH(l->f->arena, &l->c->blocks.at[start].case_stmt) = NULL;
    }
    l->targets.n--;
    go_on(l, end);
}

static void lower_return(lowering *l, stmt *s)
{
    if (s->kids)
        lower_sync(l, s);
    lower_native(l, s);
}

static bool is_jump(const stmt *s)
{
    return s->kind == S_BREAK || s->kind == S_CONTINUE;
}

/* break and continue of a loop that is in blocks itself. */
static void lower_jump(lowering *l, stmt *s)
{
    for (uint32_t i = l->targets.n; i-- > 0;) {
        target t = l->targets.at[i];
        if (s->kind == S_CONTINUE && !t.loop)
            continue;
        go_to(l, s->kind == S_CONTINUE ? t.again : t.leave);
        break;
    }
    clfi_lang_begin(l, new_block(l));
}

static void lower_suspending(lowering *l, stmt *s)
{
    switch (s->kind) {
    case S_BLOCK:
        lower_list(l, s->body);
        break;
    case S_DECL:
        lower_decl(l, s);
        break;
    case S_ACTION:
        lower_action(l, s->action);
        break;
    case S_SYNC:
        lower_sync(l, s);
        break;
    case S_YIELD:
        suspend(l, YIELD, NULL, s->all.first);
        break;
    case S_RETURN:
        lower_return(l, s);
        break;
    case S_IF:
        lower_if(l, s);
        break;
    case S_WHILE:
    case S_FOR:
        lower_while(l, s);
        break;
    case S_DO:
        lower_do(l, s);
        break;
    case S_SWITCH:
        lower_switch(l, s);
        break;
    default:
        break;
    }
}

static void lower(lowering *l, stmt *s)
{
    if (s->suspends && s->conditional) {
        clfi_lang_error(
            l->f, s->all.first,
            "a fiber cannot suspend under #if: the preprocessor runs after the translation");
        return;
    }
    if (s->kind == S_DIRECTIVE) {
        add_item(l, I_DIRECTIVE)->tok = s->all.first;
    } else if (s->kind == S_EMPTY || (s->kind == S_SYNC && !s->kids)) {
        return;
    } else if (s->kind == S_DECL) {
        lower_decl(l, s);
    } else if (is_jump(s) && !s->conditional) {
        lower_jump(l, s);
    } else if (s->suspends) {
        lower_suspending(l, s);
    } else {
        lower_native(l, s);
    }
}

static void lower_end(lowering *l)
{
    fiber *fi = l->fi;
    if (fi->ends) {
        if (fi->ends_with_kids)
            suspend(l, SYNC, NULL, fi->all.end - 1);
        add_item(l, I_END)->tok = fi->all.end - 1;
    }
    current(l)->term = END;
}

/* Marks what can be reached, without recursion. */
static void reach(front *f, cfg *c)
{
    VEC(uint32_t) work = {0};
    *PUSH(f->arena, &work) = 0;
    c->blocks.at[0].reached = true;
    while (work.n > 0) {
        uint32_t index = work.at[--work.n];
        for (uint32_t k = 0; k < c->blocks.at[index].succ.n; k++) {
            uint32_t to = c->blocks.at[index].succ.at[k];
            *PUSH(f->arena, &c->blocks.at[to].pred) = index;
            if (!c->blocks.at[to].reached) {
                c->blocks.at[to].reached = true;
                *PUSH(f->arena, &work) = to;
            }
        }
    }
}

void clfi_lang_lower(front *f, fiber *fi)
{
    cfg *c = clfi_lang_arena_get(f->arena, sizeof *c);
    lowering l = {.f = f, .fi = fi, .c = c};
    fi->cfg = c;
    uint32_t entry = new_block(&l);
    clfi_lang_begin(&l, entry);
    lower_list(&l, fi->body);
    lower_end(&l);
    reach(f, c);
}
