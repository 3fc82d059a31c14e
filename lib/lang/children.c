/* children.c - where children may be outstanding: a return or a sync where none can be needs no suspension.
 *
 * For each statement: what leaves it, as a function of whether children may be outstanding when it starts. The
 * functions of the parts give that of the whole, so one pass up and one pass down the tree are enough. */
#include "ast.h"

enum { NEVER = -1, NO = 0, YES = 1 };

static signed char either(signed char a, signed char b)
{
    return a > b ? a : b;
}

static void up(stmt *s);

/* A list of statements. For a switch's own list `entry` says what its cases start with. */
static void up_list(stmt *list, signed char out[2], signed char leave[2], signed char again[2], bool cases)
{
    for (int in = 0; in < 2; in++) {
        out[in] = cases ? NEVER : (signed char)in;
        leave[in] = again[in] = NEVER;
    }
    for (stmt *s = list; s != NULL; s = s->next) {
        up(s);
        for (int in = 0; in < 2; in++) {
            signed char state = out[in];
            if (cases && s->kind == S_CASE)
                state = either(state, (signed char)in);
            out[in] = state;
            if (state == NEVER)
                continue;
            leave[in] = either(leave[in], s->leave[state]);
            again[in] = either(again[in], s->again[state]);
            out[in] = s->normal[state];
        }
    }
}

static bool has_default(const stmt *list)
{
    for (; list != NULL; list = list->next)
        if (list->kind == S_CASE && list->is_default)
            return true;
    return false;
}

static void up_switch(stmt *s)
{
    signed char out[2], leave[2];
    if (s->body == NULL)
        return;
    up_list(s->body->body, out, leave, s->again, true);
    for (int in = 0; in < 2; in++) {
        s->normal[in] = either(out[in], leave[in]);
        if (!has_default(s->body->body))
            s->normal[in] = either(s->normal[in], (signed char)in);
    }
}

static void up_loop(stmt *s)
{
    const stmt *b = s->body;
    up(s->body);
    if (s->init != NULL)
        up(s->init);
    s->back = either(b->normal[0], b->again[0]) == YES;
    for (int in = 0; in < 2; in++) {
        int start = s->init != NULL ? s->init->normal[in] : in;
        int head = start == YES || s->back;
        signed char end = either(b->normal[head], b->again[head]);
        signed char test = s->kind == S_DO ? end : (signed char)head;
        s->normal[in] = s->endless ? NEVER : test;
        s->normal[in] = either(s->normal[in], b->leave[head]);
    }
}

static void up_if(stmt *s)
{
    up(s->body);
    if (s->other != NULL)
        up(s->other);
    for (int in = 0; in < 2; in++) {
        const stmt *b = s->body, *o = s->other;
        s->normal[in] = either(b->normal[in], o != NULL ? o->normal[in] : (signed char)in);
        s->leave[in] = either(b->leave[in], o != NULL ? o->leave[in] : NEVER);
        s->again[in] = either(b->again[in], o != NULL ? o->again[in] : NEVER);
    }
}

static bool spawns(const stmt *s)
{
    for (const declarator *d = s->decls; d != NULL; d = d->next)
        if (d->action != NULL && d->action->verb == V_SPAWN)
            return true;
    return s->action != NULL && s->action->verb == V_SPAWN;
}

static void ends(stmt *s, signed char to[2])
{
    for (int in = 0; in < 2; in++) {
        if (!s->conditional)
            s->normal[in] = NEVER;
        if (to != NULL)
            to[in] = (signed char)in;
    }
}

static void up(stmt *s)
{
    for (int in = 0; in < 2; in++) {
        s->normal[in] = spawns(s) ? YES : s->kind == S_SYNC ? NO : (signed char)in;
        s->leave[in] = s->again[in] = NEVER;
    }
    switch (s->kind) {
    case S_BLOCK:
        up_list(s->body, s->normal, s->leave, s->again, false);
        break;
    case S_IF:
        up_if(s);
        break;
    case S_WHILE:
    case S_DO:
    case S_FOR:
        up_loop(s);
        break;
    case S_SWITCH:
        up_switch(s);
        break;
    case S_BREAK:
        ends(s, s->leave);
        break;
    case S_CONTINUE:
        ends(s, s->again);
        break;
    case S_RETURN:
    case S_FAIL:
        ends(s, NULL);
        break;
    default:
        break;
    }
}

/* ---- down --------------------------------------------------------------------------- */

static bool down(stmt *s, signed char in);

static bool down_list(stmt *list, signed char in, bool cases)
{
    bool suspends = false;
    signed char state = cases ? NEVER : in;
    for (stmt *s = list; s != NULL; s = s->next) {
        if (cases && s->kind == S_CASE)
            state = either(state, in);
        suspends |= down(s, state);
        state = state == NEVER ? NEVER : s->normal[state];
    }
    return suspends;
}

static bool has_action(const stmt *s)
{
    for (const declarator *d = s->decls; d != NULL; d = d->next)
        if (d->action != NULL)
            return true;
    return s->action != NULL;
}

/* Marks what suspends. NEVER: the statement is never reached, it counts as without children. */
static bool down(stmt *s, signed char in)
{
    bool suspends = has_action(s) || s->kind == S_YIELD;
    s->kids = in == YES;
    signed char head = in;
    if (s->init != NULL) {
        suspends |= down(s->init, in);
        head = in == NEVER ? NEVER : s->init->normal[in];
    }
    if (s->kind == S_SYNC || s->kind == S_RETURN)
        suspends |= s->kids;
    if (s->kind == S_BLOCK) {
        suspends |= down_list(s->body, in, false);
    } else if (s->kind == S_SWITCH && s->body != NULL) {
        s->body->kids = s->kids;
        s->body->suspends = down_list(s->body->body, in, true);
        suspends |= s->body->suspends;
    } else {
        bool loop = s->kind == S_WHILE || s->kind == S_DO || s->kind == S_FOR;
        if (loop && head == NO && s->back)
            head = YES;
        if (s->body != NULL)
            suspends |= down(s->body, head);
        if (s->other != NULL)
            suspends |= down(s->other, head);
    }
    s->suspends = suspends;
    return suspends;
}

void clfi_lang_children(front *f, fiber *fi)
{
    signed char out[2], leave[2], again[2];
    (void)f;
    up_list(fi->body, out, leave, again, false);
    down_list(fi->body, NO, false);
    fi->ends_with_kids = out[0] == YES;
    fi->ends = out[0] != NEVER;
}
