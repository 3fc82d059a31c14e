/* turns.cl - yields: fibers that take turns and write down the order, one that yields to a child of
 * its own, one that goes on until the host stops it, and an await that has to return while other
 * children wait. */
typedef struct {
    clf_header h;
    uint id, rounds, round;
} clf_frame_turns;
typedef struct {
    uint none;
} clf_spill_turns;

typedef struct {
    clf_header h;
    uint found;
} clf_frame_polite;
typedef struct {
    uint none;
} clf_spill_polite;

typedef struct {
    clf_header h;
    uint word;
} clf_frame_setter;
typedef struct {
    uint none;
} clf_spill_setter;

typedef struct {
    clf_header h;
    uint word, most;
    uint round;
} clf_frame_until;
typedef struct {
    uint none;
} clf_spill_until;

typedef struct {
    clf_header h;
    uint word;
    uint first, second, alone;
} clf_frame_impatient;
typedef struct {
    uint step;
} clf_spill_impatient;

#define CLF_FIBERS(F)        F(turns) F(polite) F(setter) F(until) F(impatient)
#define CLF_RESULT_turns(R)  R(uint)
#define CLF_ARGS_turns(A)    A(uint, id) A(uint, rounds)
#define CLF_RESULT_polite(R) R(uint)
#define CLF_ARGS_polite(A)
#define CLF_RESULT_setter(R)    R(uint)
#define CLF_ARGS_setter(A)      A(uint, word)
#define CLF_RESULT_until(R)     R(uint)
#define CLF_ARGS_until(A)       A(uint, word) A(uint, most)
#define CLF_RESULT_impatient(R) R(uint)
#define CLF_ARGS_impatient(A)   A(uint, word)
/* log[0] counts the entries, of which there is room for so many; an entry is id << 16 | round. flag
 * words are set by `setter` or by the host. */
#define CLF_ENV(V, P) V(uint, room) P(__global uint, log) P(__global uint, flag)

#pragma clfiber runtime

static void note(clf_worker *w, uint id, uint round)
{
    uint entry = atomic_inc(&w->env.log[0]);
    if (entry < w->env.room)
        w->env.log[1 + entry] = id << 16 | round;
}

static void clf_segment_turns(clf_worker *w, uint self, __global clf_frame_turns *f, uint at)
{
    if (at == 0)
        f->round = 0;
    note(w, f->id, f->round);
    f->round++;
    if (f->round < f->rounds)
        clf_yield(w, self, &f->h, 0, 1);
    else
        CLF_RETURN(w, self, f, uint, f->id);
}

static void clf_segment_setter(clf_worker *w, uint self, __global clf_frame_setter *f, uint at)
{
    atomic_inc(&w->env.flag[f->word]);
    CLF_RETURN(w, self, f, uint, 1000 + f->word);
}

/* Result: whether the child had run when the yield came back. */
static void clf_segment_polite(clf_worker *w, uint self, __global clf_frame_polite *f, uint at)
{
    uint kids = 0, c;
    switch (at) {
    case 0:
    case 1:
        c = clf_take(w);
        if (c == CLF_NIL) {
            clf_park(w, self, &f->h, kids, 1);
            return;
        }
        CLF_FRAME(w, setter, c)->word = 0;
        clf_spawn(w, c, CLF_FN_setter, self, CLF_NO_PLACE);
        kids++;
        clf_yield(w, self, &f->h, kids, 2);
        return;
    case 2:
        f->found = atomic_or(&w->env.flag[0], 0);
        if (clf_sync(w, self, &f->h, kids, 3))
            return;
        /* fall through */
    case 3:
        CLF_RETURN(w, self, f, uint, f->found);
        return;
    }
}

/* Yields until the flag is set, `most` times at most. Result: whether it was. */
static void clf_segment_until(clf_worker *w, uint self, __global clf_frame_until *f, uint at)
{
    if (at == 0)
        f->round = 0;
    uint set = atomic_or(&w->env.flag[f->word], 0) != 0;
    if (set || f->round++ == f->most)
        CLF_RETURN(w, self, f, uint, set);
    else
        clf_yield(w, self, &f->h, 0, 1);
}

/* Two children wait for a flag that a third one sets, which alone is awaited; and it is this fiber
 * that lets the second of them go, after the await. Result: 111 when all three saw what they
 * should. */
static void clf_segment_impatient(clf_worker *w, uint self, __global clf_frame_impatient *f,
                                  uint at)
{
    uint kids = 0, c;
    __global clf_frame_until *child;
    __global clf_spill_impatient *spill = (__global clf_spill_impatient *)w->spill;
    uint step = at == 1 ? spill->step : 0;
    switch (at) {
    case 0:
    case 1:
        for (; step < 3; step++) {
            c = clf_take(w);
            if (c == CLF_NIL) {
                spill->step = step;
                clf_park(w, self, &f->h, kids, 1);
                return;
            }
            if (step == 2)
                break;
            child = CLF_FRAME(w, until, c);
            child->word = f->word + step;
            child->most = 1000000;
            clf_spawn(w, c, CLF_FN_until, self,
                      step == 0 ? CLF_PLACE(f, first) : CLF_PLACE(f, second));
            kids++;
        }
        CLF_FRAME(w, setter, c)->word = f->word;
        clf_await(w, c, CLF_FN_setter, self, &f->h, CLF_PLACE(f, alone), kids, 2);
        return;
    case 2:
        if (f->h.status != 0 || f->alone != 1000 + f->word)
            f->alone = 0;
        atomic_inc(&w->env.flag[f->word + 1]);
        if (clf_sync(w, self, &f->h, kids, 3))
            return;
        /* fall through */
    case 3:
        CLF_RETURN(w, self, f, uint, f->first + 10 * f->second + (f->alone ? 100 : 0));
        return;
    }
}
