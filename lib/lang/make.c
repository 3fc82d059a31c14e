/* make.c - children: their frames, arguments and places of results; or a call of their clone. */
#include "emit.h"

#include <string.h>

static const fiber *callee_of(writer *w, const action *a)
{
    return &w->p->f->program->fibers.at[a->callee];
}

static const char *fiber_name(writer *w, const fiber *fi)
{
    return w->p->f->symbols.at[fi->sym].s;
}

bool clfi_lang_runs_inline(writer *w, const action *a)
{
    return a != NULL && (a->verb == V_SPAWN || a->verb == V_AWAIT) &&
           callee_of(w, a)->depth > w->p->clone;
}

/* ---- places of results -------------------------------------------------------------- */

static bool is_whole(range lvalue)
{
    return lvalue.end - lvalue.first == 1;
}

/* `r[i]`, `p.x`, or the element of a vector, which has an address by its vector's alone. */
static void put_pointer(writer *w, const action *a, range lvalue, const char *space)
{
    printer *p = w->p;
    if (a->element == NULL) {
        clfi_lang_put(p, "&");
        clfi_lang_put_range(p, lvalue);
        return;
    }
    range vector = {lvalue.first, lvalue.end - 2};
    clfi_lang_putf(p, "(%s %s *)&", space, a->element);
    clfi_lang_put_range(p, vector);
    clfi_lang_putf(p, " + %d", a->component);
}

static void put_address(writer *w, const action *a, range lvalue, const local *v)
{
    printer *p = w->p;
    if (is_whole(lvalue)) {
        clfi_lang_putf(p, "CLF_PLACE(%s, %s)", w->n[N_F], clfi_lang_member_name(p->f, v));
        return;
    }
    clfi_lang_putf(p, "CLF_PLACE_OF(%s, ", w->n[N_F]);
    put_pointer(w, a, lvalue, "__global");
    clfi_lang_put(p, ")");
}

void clfi_lang_put_place(writer *w, const action *a, range lvalue, uint32_t index)
{
    if (index == 0)
        clfi_lang_put(w->p, "CLF_NO_PLACE");
    else if (a->place_temp)
        clfi_lang_put(w->p, "clf_p1");
    else
        put_address(w, a, lvalue, local_at(w->p->f, index));
}

/* A place that is worked out once. */
static void put_place_temp(writer *w, const action *a, const char *in)
{
    printer *p = w->p;
    if (!a->place_temp)
        return;
    clfi_lang_sync_line(p, tok_at(p->f, a->target.first)->line);
    clfi_lang_putf(p, "%sclf_p1 = ", in);
    put_address(w, a, a->target, local_at(p->f, a->target_local));
    clfi_lang_put(p, ";\n");
}

/* Whether the source shows that the place has the result's type. The child writes its result as its
 * own type. */
static bool same_type(writer *w, const action *a)
{
    const fiber *callee = callee_of(w, a);
    if (a->target_local == 0 || a->verb == V_START || callee->is_void)
        return true;
    const local *v = local_at(w->p->f, a->target_local);
    return a->element != NULL ||
           (v->builtin != NULL && callee->result_builtin != NULL && v->ndims == 0) ||
           (is_whole(a->target) && strcmp(v->spec, callee->result) == 0);
}

void clfi_lang_put_sizeof(writer *w, range lvalue)
{
    printer *p = w->p;
    clfi_lang_put(p, "sizeof(");
    for (uint32_t i = lvalue.first; i < lvalue.end; i++) {
        if (is_punct(p->f, i, '[')) {
            clfi_lang_put(p, "[0]");
            i = skip_at(p->f, i);
        } else {
            clfi_lang_put_range(p, (range){i, i + 1});
        }
    }
    clfi_lang_put(p, ")");
}

/* Where it does not, the compiler is made to compare the sizes at least. */
static void put_size_check(writer *w, const action *a, const char *in)
{
    clfi_lang_putf(w->p, "%stypedef char clf_result_fits_its_place[", in);
    clfi_lang_put_sizeof(w, a->target);
    clfi_lang_putf(w->p, " == sizeof(%s) ? 1 : -1];\n", callee_of(w, a)->result);
}

/* ---- a child with a frame of its own ------------------------------------------------ */

static void put_args(writer *w, const action *a, const char *child)
{
    printer *p = w->p;
    const fiber *callee = callee_of(w, a);
    for (uint32_t k = 0; k < a->args.n && k < callee->params; k++) {
        clfi_lang_sync_line(p, tok_at(p->f, a->args.at[k].first)->line);
        clfi_lang_putf(p, "%s->%s = ", child, local_at(p->f, callee->first_param + k)->name);
        clfi_lang_put_range(p, a->args.at[k]);
        clfi_lang_put(p, ";\n");
    }
}

bool clfi_lang_asks_host(const action *a)
{
    return a->verb == V_SLEEP || a->verb == V_HOSTCALL || a->verb == V_CANCEL || a->timed;
}

const char *clfi_lang_argument_bytes(writer *w, const action *a)
{
    front *f = w->p->f;
    if (a->args.n < 2)
        return "0";
    return clfi_lang_arena_printf(f->arena, "sizeof(%s)", local_at(f, a->out_local)->spec);
}

/* What a request asks for and brings along. */
static void put_asked(writer *w, const action *a, const char *in)
{
    printer *p = w->p;
    clfi_lang_sync_line(p, tok_at(p->f, a->tok)->line);
    clfi_lang_putf(p, "%s%s(%s, %s, ", in, a->verb == V_CANCEL ? "clf_cancel" : "clf_ask",
                   w->n[N_W], w->n[N_C]);
    clfi_lang_put_range(p, a->args.at[a->timed ? a->args.n - 1 : 0]);
    clfi_lang_put(p, ");\n");
    if (a->verb != V_HOSTCALL || a->args.n < 2)
        return;
    clfi_lang_putf(p, "%sCLF_CALL_ARGUMENT(%s, %s, %s) = ", in, w->n[N_W], w->n[N_C],
                   local_at(p->f, a->out_local)->spec);
    clfi_lang_put_range(p, a->out);
    clfi_lang_put(p, ";\n");
}

static void put_take(writer *w, const block *park, const char *in)
{
    const action *a = park->action;
    printer *p = w->p;
    const char *const *n = w->n;
    const char *deeper = clfi_lang_arena_printf(p->f->arena, "%s    ", in);
    clfi_lang_putf(p, "%s%s = ", in, n[N_C]);
    if (a->verb == V_HOSTCALL)
        clfi_lang_putf(p, "clf_call_take(%s, %s)", n[N_W], clfi_lang_argument_bytes(w, a));
    else if (clfi_lang_asks_host(a))
        clfi_lang_putf(p, "clf_request_take(%s)", n[N_W]);
    else
        clfi_lang_putf(p, "clf_take_for(%s, %s)", n[N_W], fiber_name(w, callee_of(w, a)));
    clfi_lang_putf(p, ";\n%sif (%s == CLF_NIL) {\n", in, n[N_C]);
    clfi_lang_put_stores(w, park, deeper);
    clfi_lang_put_spilled(w, park, true, deeper);
    clfi_lang_putf(p, "%sclf_park(%s, %s, &%s->h, %s, %u);\n%sreturn;\n%s}\n", deeper, n[N_W],
                   n[N_SELF], n[N_F], clfi_lang_kids(p), park->park, deeper, in);
}

static void put_start(writer *w, const action *a, const char *in)
{
    printer *p = w->p;
    const char *const *n = w->n;
    const char *name = fiber_name(w, callee_of(w, a));
    bool kept = a->target.first < a->target.end;
    clfi_lang_put(p, in);
    if (kept)
        clfi_lang_put_range(p, a->target);
    else
        clfi_lang_putf(p, "clf_detach(%s, &%s->h,", n[N_W], n[N_F]);
    clfi_lang_putf(p, "%sclf_start_fiber(%s, %s, CLF_FN_%s)%s;\n", kept ? " = " : " ", n[N_W],
                   n[N_C], name, kept ? "" : ")");
}

static void put_launch(writer *w, const action *a, const char *in)
{
    printer *p = w->p;
    const char *const *n = w->n;
    const char *name = fiber_name(w, callee_of(w, a));
    if (a->verb == V_AWAIT && !clfi_lang_runs_inline(w, a))
        return; /* after what has to be stored */
    clfi_lang_sync_line(p, tok_at(p->f, a->tok)->line);
    if (a->verb == V_START) {
        put_start(w, a, in);
    } else if (a->verb == V_AWAIT) {
        clfi_lang_putf(p, "%sclf_launch(%s, %s, CLF_FN_%s);\n", in, n[N_W], n[N_C], name);
    } else {
        clfi_lang_putf(p, "%sclf_spawn(%s, %s, CLF_FN_%s, %s, ", in, n[N_W], n[N_C], name,
                       n[N_SELF]);
        clfi_lang_put_place(w, a, a->target, a->target_local);
        clfi_lang_putf(p, ");\n%s%s++;\n", in, n[N_KIDS]);
    }
}

static void put_framed(writer *w, const block *park, const action *a, const char *in)
{
    printer *p = w->p;
    const char *name = fiber_name(w, callee_of(w, a));
    const char *deeper = clfi_lang_arena_printf(p->f->arena, "%s    ", in);
    bool check = !same_type(w, a);
    put_take(w, park, in);
    if (a->args.n > 1 || check) {
        clfi_lang_putf(p, "%s{\n", in);
        if (check)
            put_size_check(w, a, deeper);
        if (a->args.n > 0)
            clfi_lang_putf(p, "%s__global clf_frame_%s *%s = CLF_FRAME(%s, %s, %s);\n", deeper,
                           name, w->n[N_CHILD], w->n[N_W], name, w->n[N_C]);
        put_args(w, a, clfi_lang_arena_printf(p->f->arena, "%s%s", deeper, w->n[N_CHILD]));
        clfi_lang_putf(p, "%s}\n", in);
    } else if (a->args.n == 1) {
        put_args(w, a,
                 clfi_lang_arena_printf(p->f->arena, "%sCLF_FRAME(%s, %s, %s)", in, w->n[N_W], name,
                                        w->n[N_C]));
    }
    put_place_temp(w, a, in);
    put_launch(w, a, in);
}

/* ---- a child that runs inline ------------------------------------------------------- */

/* Arguments that do something are evaluated in order, as they are when they go to a frame. */
static bool *plan_temps(writer *w, const action *a)
{
    front *f = w->p->f;
    bool *temp = clfi_lang_arena_get(f->arena, a->args.n * sizeof *temp + 1);
    for (uint32_t k = 0; k < a->args.n; k++)
        temp[k] = (a->args.n > 1 || a->place_temp) && !clfi_lang_is_pure(f, a->args.at[k]);
    return temp;
}

static void put_temps(writer *w, const action *a, const bool *temp, const char *in)
{
    printer *p = w->p;
    const fiber *callee = callee_of(w, a);
    for (uint32_t k = 0; k < a->args.n; k++) {
        if (!temp[k])
            continue;
        const char *name = clfi_lang_arena_printf(p->f->arena, "clf_t%u", k + 1);
        clfi_lang_sync_line(p, tok_at(p->f, a->args.at[k].first)->line);
        clfi_lang_putf(p, "%s%s = ", in,
                       clfi_lang_decl_text(p->f, local_at(p->f, callee->first_param + k), name));
        clfi_lang_put_range(p, a->args.at[k]);
        clfi_lang_put(p, ";\n");
    }
}

/* How a clone's caller gets the result. */
enum way {
    NO_RESULT, /* the fiber is void */
    BY_VALUE,  /* in clf_r, to be assigned or dropped */
    BY_POINTER /* where clf_q points */
};

static enum way way_of(writer *w, const action *a)
{
    if (callee_of(w, a)->is_void)
        return NO_RESULT;
    if (w->p->clone == 0 || a->target_local == 0 || (is_whole(a->target) && same_type(w, a)))
        return BY_VALUE;
    return BY_POINTER;
}

static void put_result_room(writer *w, const action *a, enum way way, const char *in)
{
    printer *p = w->p;
    const char *type = callee_of(w, a)->result;
    if (way == BY_VALUE)
        clfi_lang_putf(p, "%s%s clf_r;\n", in, type);
    if (way != BY_POINTER)
        return;
    clfi_lang_sync_line(p, tok_at(p->f, a->target.first)->line);
    clfi_lang_putf(p, "%s__private %s *clf_q = (__private %s *)(", in, type, type);
    put_pointer(w, a, a->target, "__private");
    clfi_lang_put(p, ");\n");
}

/* A segment keeps its fuel with the worker, a clone in a register. */
static void put_fuel(writer *w)
{
    if (w->p->clone > 0)
        clfi_lang_put(w->p, "clf_fuel");
    else
        clfi_lang_putf(w->p, "%s->fuel", w->n[N_W]);
}

static void put_call(writer *w, const action *a, const bool *temp, enum way way, const char *in)
{
    printer *p = w->p;
    bool folds = clfi_lang_folds(callee_of(w, a), p->clone + 1);
    clfi_lang_sync_line(p, tok_at(p->f, a->tok)->line);
    if (folds)
        clfi_lang_putf(p, "%suint clf_left;\n", in);
    clfi_lang_putf(p, "%s%s clf_ran = clf_inline_%s_%u(%s, ", in, folds ? "uint" : "ulong",
                   fiber_name(w, callee_of(w, a)), p->clone + 1, w->n[N_W]);
    put_fuel(w);
    if (folds)
        clfi_lang_put(p, ", &clf_left");
    for (uint32_t k = 0; k < a->args.n; k++) {
        clfi_lang_put(p, ", ");
        if (temp[k])
            clfi_lang_putf(p, "clf_t%u", k + 1);
        else
            clfi_lang_put_range(p, a->args.at[k]);
    }
    clfi_lang_put(p, way == BY_VALUE ? ", &clf_r);\n" : way == BY_POINTER ? ", clf_q);\n" : ");\n");
    clfi_lang_put(p, in);
    put_fuel(w);
    clfi_lang_putf(p, " = %s;\n%s%s = %s;\n", folds ? "clf_left" : "CLF_FUEL_LEFT(clf_ran)", in,
                   w->n[N_C], folds ? "clf_ran" : "CLF_CHILD(clf_ran)");
}

/* Of a fiber that has a frame: the result that is there. */
static void put_keep(writer *w, const action *a)
{
    printer *p = w->p;
    if (is_whole(a->target) && same_type(w, a)) {
        clfi_lang_putf(p, "%s = clf_r;\n",
                       clfi_lang_frame_text(p, local_at(p->f, a->target_local)));
        return;
    }
    clfi_lang_putf(p, "CLF_KEEP(%s, ", w->n[N_F]);
    clfi_lang_put_place(w, a, a->target, a->target_local);
    clfi_lang_putf(p, ", %s, clf_r);\n", callee_of(w, a)->result);
}

/* Of a fiber that has a frame: a child that did not end has got one, too. */
static void put_adopt(writer *w, const action *a)
{
    printer *p = w->p;
    clfi_lang_putf(p, "%s += clf_adopt(%s, %s, %s, ", w->n[N_KIDS], w->n[N_W], w->n[N_C],
                   w->n[N_SELF]);
    clfi_lang_put_place(w, a, a->target, a->target_local);
    clfi_lang_put(p, ");\n");
}

/* Of a clone: the child is kept in mind for when this fiber gets a frame. */
static void put_hang(writer *w, const action *a, enum way way)
{
    printer *p = w->p;
    const char *name = fiber_name(w, p->fi);
    bool waits = a->verb == V_AWAIT;
    if (waits)
        clfi_lang_putf(p, "clf_hang_awaited(%s, %s, ", w->n[N_W], w->n[N_C]);
    else
        clfi_lang_putf(p, "clf_list = clf_hang(%s, %s, clf_list, ", w->n[N_W], w->n[N_C]);
    if (a->target_local == 0) {
        clfi_lang_put(p, "CLF_NO_PLACE);\n");
        return;
    }
    const local *v = local_at(p->f, a->target_local);
    clfi_lang_putf(p, "CLF_PLACE_IN(%s, %s)", name, clfi_lang_member_name(p->f, v));
    if (way == BY_POINTER)
        clfi_lang_putf(p, " + CLF_BYTES_BETWEEN(&%s, clf_q)", v->name);
    clfi_lang_put(p, ");\n");
}

static void put_inline(writer *w, const action *a, const char *in)
{
    printer *p = w->p;
    const bool *temp = plan_temps(w, a);
    enum way way = way_of(w, a);
    bool assigns = way == BY_VALUE && a->target_local != 0;
    bool adopts = p->clone > 0 || a->verb == V_SPAWN;
    put_temps(w, a, temp, in);
    put_result_room(w, a, way, in);
    if (p->clone == 0)
        put_place_temp(w, a, in);
    put_call(w, a, temp, way, in);
    if (assigns) {
        clfi_lang_putf(p, "%sif (%s == CLF_NIL)\n%s    ", in, w->n[N_C], in);
        if (p->clone == 0)
            put_keep(w, a);
        else
            clfi_lang_putf(p, "%s = clf_r;\n", local_at(p->f, a->target_local)->name);
    }
    if (!adopts)
        return;
    if (assigns)
        clfi_lang_putf(p, "%selse\n%s    ", in, in);
    else
        clfi_lang_putf(p, "%sif (%s != CLF_NIL)\n%s    ", in, w->n[N_C], in);
    if (p->clone == 0)
        put_adopt(w, a);
    else
        put_hang(w, a, way);
}

void clfi_lang_put_make(writer *w, const block *b, action *a)
{
    static const char in[] = "        ", deeper[] = "            ";
    printer *p = w->p;
    const block *park = block_at(w, b->from - 1);
    if (clfi_lang_asks_host(a)) {
        put_take(w, park, in);
        put_asked(w, a, in);
        put_place_temp(w, a, in);
    } else if (!clfi_lang_runs_inline(w, a)) {
        put_framed(w, park, a, in);
    } else if (p->clone > 0) {
        clfi_lang_put(p, "        {\n");
        put_inline(w, a, deeper);
        clfi_lang_put(p, "        }\n");
    } else {
        clfi_lang_putf(p, "        if (clf_inlines(%s)) {\n", w->n[N_W]);
        put_inline(w, a, deeper);
        clfi_lang_put(p, "        } else {\n");
        put_framed(w, park, a, deeper);
        clfi_lang_put(p, "        }\n");
    }
}
