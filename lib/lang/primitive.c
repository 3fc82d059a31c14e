/* primitive.c - the operations of the language that are neither statements of OpenCL C nor calls of
 * fibers: what `await` takes besides fibers, what stands alone and never suspends, what can be part
 * of an expression. Each is a function of the runtime that is called with the worker and the fiber.
 */
#include "ast.h"

#include <string.h>

static const primitive primitives[] = {
    {"join", "clf_join", V_JOIN, 1, 1, GIVES_VALUE, 0, NULL, NULL},
    {"try_join", "clf_join", V_TRY_JOIN, 1, 2, GIVES_CODE, 0, NULL, NULL},
    {"lock", "clf_lock", V_PRIMITIVE, 1, 1, GIVES_CODE, 0, "clf_lock_timed", "clf_mutex"},
    {"acquire", "clf_acquire", V_PRIMITIVE, 2, 2, GIVES_CODE, 0, "clf_acquire_timed",
     "clf_semaphore"},
    {"wait", "clf_wait_event", V_PRIMITIVE, 1, 1, GIVES_CODE, 0, "clf_wait_event_timed",
     "clf_event"},
    {"once", "clf_enter_once", V_PRIMITIVE, 1, 1, GIVES_VALUE, 0, NULL, "clf_once"},
    {"arrive", "clf_arrive", V_PRIMITIVE, 1, 1, GIVES_VALUE, 0, "clf_arrive_timed", "clf_barrier"},
    {"send", "clf_send", V_PRIMITIVE, 2, 2, GIVES_CODE, SENDS, "clf_send_timed", "clf_channel"},
    {"recv", "clf_recv", V_PRIMITIVE, 1, 2, GIVES_CODE, RECEIVES, "clf_recv_timed", "clf_channel"},
    {"sleep", "clf_sleep", V_SLEEP, 1, 1, GIVES_CODE, 0, NULL, NULL},
    {"hostcall", "clf_hostcall", V_HOSTCALL, 1, 2, GIVES_VALUE, 0, NULL, NULL},
};

static const operation posts[] = {
    {"unlock", "clf_unlock", 1, 1, false, true},
    {"release", "clf_release", 2, 2, false, true},
    {"signal", "clf_signal", 1, 1, false, true},
    {"reset", "clf_reset", 1, 1, false, true},
    {"done", "clf_once_done", 1, 1, false, true},
    {"close", "clf_close", 1, 1, false, true},
    {"cancel", "clf_cancel", 1, 1, true, false},
    {"detach", "clf_detach_or_fail", 1, 1, false, false},
};

static const about_self abouts[] = {
    {"fiber_self", "clf_self", 0, 0, true, false},
    {"fiber_worker", "clf_worker_id", 0, 0, false, true},
    {"fiber_lane", "clf_lane_id", 0, 0, false, true},
    {"fiber_name", "clf_name_of", 0, 0, true, false},
    {"fiber_priority", "clf_priority_of", 0, 0, false, false},
    {"set_name", "clf_set_name", 1, 2, true, false},
    {"set_priority", "clf_set_priority", 1, 1, false, false},
};

/* With a message: the names for one in private and one in global memory. */
static const struct {
    const char *name;
    uint8_t args;
    const char *call, *global;
} tries[] = {
    {"try_lock", 1, "clf_try_lock", NULL},
    {"try_acquire", 2, "clf_try_acquire", NULL},
    {"try_wait", 1, "clf_try_wait", NULL},
    {"try_send", 2, "CLF_TRY_SEND_PRIVATE", "CLF_TRY_SEND_GLOBAL"},
    {"try_recv", 2, "CLF_TRY_RECV_PRIVATE", "CLF_TRY_RECV_GLOBAL"},
};

#define COUNT(array) (sizeof(array) / sizeof *(array))

const primitive *clfi_lang_find_primitive(const char *name)
{
    for (size_t i = 0; i < COUNT(primitives); i++)
        if (strcmp(primitives[i].name, name) == 0)
            return &primitives[i];
    return NULL;
}

bool clfi_lang_is_primitive(const char *name)
{
    return clfi_lang_find_primitive(name) != NULL;
}

const operation *clfi_lang_find_post(front *f, uint32_t i)
{
    const symbol *y = sym_at(f, i);
    if (!is_punct(f, i + 1, '(') || tok_at(f, i + 1)->unclosed || y->function || y->macro != 0 ||
        y->fiber != 0 || y->local != 0)
        return NULL;
    for (size_t k = 0; k < COUNT(posts); k++)
        if (strcmp(posts[k].name, y->s) == 0)
            return &posts[k];
    return NULL;
}

bool clfi_lang_is_post(const char *name)
{
    for (size_t k = 0; k < COUNT(posts); k++)
        if (strcmp(posts[k].name, name) == 0)
            return true;
    return false;
}

const about_self *clfi_lang_about_self(uint32_t number)
{
    return &abouts[number];
}

int clfi_lang_find_about_self(front *f, uint32_t i)
{
    for (size_t k = 0; k < COUNT(abouts); k++)
        if (strcmp(sym_at(f, i)->s, abouts[k].name) == 0)
            return (int)k;
    return -1;
}

static uint32_t arguments(front *f, uint32_t open, uint32_t *second)
{
    uint32_t close = skip_at(f, open), n = close > open + 1;
    *second = close;
    for (uint32_t i = open + 1; i < close; i = skip_at(f, i) + 1)
        if (is_punct(f, i, ',') && n++ == 1)
            *second = i + 1;
    return n;
}

static void set_edit(front *f, uint32_t i, uint8_t kind, uint32_t number)
{
    edit e = {.kind = kind, .local = number};
    f->tokens.at[i].edit = f->program->edits.n;
    *PUSH(f->arena, &f->program->edits) = e;
}

bool clfi_lang_resolve_try(front *f, uint32_t i)
{
    const char *name = sym_at(f, i)->s;
    size_t k = 0;
    while (k < COUNT(tries) && strcmp(tries[k].name, name) != 0)
        k++;
    if (k == COUNT(tries))
        return false;
    uint32_t second, n = arguments(f, i + 1, &second);
    if (n != tries[k].args)
        clfi_lang_error(f, i, "'%s' takes %u argument%s, not %u", name, tries[k].args,
                        tries[k].args == 1 ? "" : "s", n);
    else if (tries[k].global != NULL && !is_punct(f, second, '&'))
        clfi_lang_error(f, second, "the message of '%s' is given by its address: &variable", name);
    else if (tries[k].global != NULL)
        set_edit(f, second, E_OUT, 0);
    set_edit(f, i, E_TRY, (uint32_t)k);
    f->program->waits = true;
    return true;
}

bool clfi_lang_resolve_about_self(front *f, uint32_t i)
{
    int k = clfi_lang_find_about_self(f, i);
    if (k < 0)
        return false;
    const about_self *about = &abouts[k];
    uint32_t second, n = arguments(f, i + 1, &second);
    if (n < about->least || n > about->most)
        clfi_lang_error(f, i, "'%s' takes %s", about->name,
                        about->most == 0   ? "no arguments"
                        : about->most == 1 ? "one argument"
                                           : "a text and, perhaps, a number");
    set_edit(f, i, about->most == 0 ? E_ASK : E_TELL, (uint32_t)k);
    f->program->names |= strstr(about->name, "_name") != NULL;
    f->program->priorities |= strstr(about->name, "_priority") != NULL;
    return true;
}

const char *clfi_lang_try_name(front *f, uint32_t i)
{
    uint32_t k = f->program->edits.at[tok_at(f, i)->edit].local, second;
    arguments(f, i + 1, &second);
    if (tries[k].global == NULL)
        return tries[k].call;
    uint32_t index = local_of(f, second + 1);
    const local *v = local_at(f, index);
    bool private = index != 0 && (v->pointer ? v->private_pointer : v->home != HOME_IN_PLACE);
    return private ? tries[k].call : tries[k].global;
}
