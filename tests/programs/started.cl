/* started.cl - fibers that fibers start, and the joins that go well and wrong. */
typedef struct {
    clf_header h;
    long n;
} clf_frame_square;
typedef struct {
    uint none;
} clf_spill_square;

typedef struct {
    clf_header h;
    uint id, yields;
} clf_frame_touch;
typedef struct {
    uint none;
} clf_spill_touch;

typedef struct {
    clf_header h;
    uint count;
    uint k;
    ulong sum;
    long r;
    fiber_t who[8];
} clf_frame_squares;
typedef struct {
    uint none;
} clf_spill_squares;

typedef struct {
    clf_header h;
    uint count, first, how;
    uint k;
} clf_frame_crowd;
typedef struct {
    uint none;
} clf_spill_crowd;

typedef struct {
    clf_header h;
    uint late;
    int status;
    long r;
    fiber_t who;
} clf_frame_twice;
typedef struct {
    uint none;
} clf_spill_twice;

typedef struct {
    clf_header h;
    fiber_t who;
    long r;
} clf_frame_stray;
typedef struct {
    uint none;
} clf_spill_stray;

typedef struct {
    clf_header h;
    uint late;
    int r;
    fiber_t who;
} clf_frame_narrow;
typedef struct {
    uint none;
} clf_spill_narrow;

typedef struct {
    clf_header h;
    int code;
    uint late;
    uint r;
    fiber_t who;
} clf_frame_starter;
typedef struct {
    uint none;
} clf_spill_starter;

typedef struct {
    clf_header h;
    int code;
} clf_frame_bad;
typedef struct {
    uint none;
} clf_spill_bad;

typedef struct {
    clf_header h;
    uint letter;
    uint r;
} clf_frame_joiner;
typedef struct {
    uint none;
} clf_spill_joiner;

typedef struct {
    clf_header h;
    uint across;
    fiber_t who;
} clf_frame_knot;
typedef struct {
    uint none;
} clf_spill_knot;

typedef struct {
    clf_header h;
    uint k;
} clf_frame_identity;
typedef struct {
    uint none;
} clf_spill_identity;

typedef struct {
    clf_header h;
    uint worker, lane;
} clf_frame_place;
typedef struct {
    uint none;
} clf_spill_place;

typedef struct {
    clf_header h;
    uint right;
    fiber_t who, r;
} clf_frame_mirror;
typedef struct {
    uint none;
} clf_spill_mirror;

typedef struct {
    clf_header h;
    uint id, late;
    fiber_t who;
} clf_frame_dropper;
typedef struct {
    uint none;
} clf_spill_dropper;

typedef struct {
    clf_header h;
    uint right, same;
    long r;
    fiber_t old, new;
} clf_frame_ghost;
typedef struct {
    uint none;
} clf_spill_ghost;

#define CLF_FIBERS(F)                                                                              \
    F(square)                                                                                      \
    F(touch)                                                                                       \
    F(squares)                                                                                     \
    F(crowd)                                                                                       \
    F(twice) F(stray) F(narrow) F(starter) F(bad) F(joiner) F(knot) F(identity) F(place) F(mirror) \
        F(dropper) F(ghost)
#define CLF_RESULT_square(R) R(long)
#define CLF_ARGS_square(A)   A(long, n)
#define CLF_RESULT_touch(R)
#define CLF_ARGS_touch(A)     A(uint, id) A(uint, yields)
#define CLF_RESULT_squares(R) R(ulong)
#define CLF_ARGS_squares(A)   A(uint, count)
#define CLF_RESULT_crowd(R)
#define CLF_ARGS_crowd(A)     A(uint, count) A(uint, first) A(uint, how)
#define CLF_RESULT_twice(R)   R(int)
#define CLF_ARGS_twice(A)     A(uint, late)
#define CLF_RESULT_stray(R)   R(int)
#define CLF_ARGS_stray(A)     A(fiber_t, who)
#define CLF_RESULT_narrow(R)  R(int)
#define CLF_ARGS_narrow(A)    A(uint, late)
#define CLF_RESULT_starter(R) R(int)
#define CLF_ARGS_starter(A)   A(int, code) A(uint, late)
#define CLF_RESULT_bad(R)     R(uint)
#define CLF_ARGS_bad(A)       A(int, code)
#define CLF_RESULT_joiner(R)  R(int)
#define CLF_ARGS_joiner(A)    A(uint, letter)
#define CLF_RESULT_knot(R)
#define CLF_ARGS_knot(A)       A(uint, across)
#define CLF_RESULT_identity(R) R(fiber_t)
#define CLF_ARGS_identity(A)
#define CLF_RESULT_place(R) R(uint2)
#define CLF_ARGS_place(A)
#define CLF_RESULT_mirror(R) R(uint)
#define CLF_ARGS_mirror(A)
#define CLF_RESULT_dropper(R)
#define CLF_ARGS_dropper(A) A(uint, id) A(uint, late)
#define CLF_RESULT_ghost(R) R(uint)
#define CLF_ARGS_ghost(A)
#define CLF_ENV(V, P) P(__global uint, hits) P(__global fiber_t, mail)

#pragma clfiber runtime

static void clf_segment_square(clf_worker *w, uint self, __global clf_frame_square *f, uint at)
{
    CLF_RETURN(w, self, f, long, f->n * f->n);
}

static void clf_segment_touch(clf_worker *w, uint self, __global clf_frame_touch *f, uint at)
{
    if (f->yields > 0) {
        f->yields--;
        clf_yield(w, self, &f->h, 0, 1);
        return;
    }
    atomic_inc(&w->env.hits[f->id]);
    clf_return_void(w, self, &f->h);
}

static void clf_segment_bad(clf_worker *w, uint self, __global clf_frame_bad *f, uint at)
{
    clf_fail(w, self, &f->h, 0, f->code, 55);
}

/* Starts `count` squares, at most 8, and joins them, the last first: sum of (k + 1) * k². */
static void clf_segment_squares(clf_worker *w, uint self, __global clf_frame_squares *f, uint at)
{
    uint c;
    for (;;)
        switch (at) {
        case 0:
            f->k = 0;
            f->sum = 0;
            /* fall through */
        case 1:
            for (; f->k < f->count; f->k++) {
                c = clf_take(w);
                if (c == CLF_NIL) {
                    clf_park(w, self, &f->h, 0, 1);
                    return;
                }
                CLF_FRAME(w, square, c)->n = f->k;
                f->who[f->k] = clf_start_fiber(w, c, CLF_FN_square);
            }
            /* fall through */
        case 2:
            if (f->k == 0) {
                CLF_RETURN(w, self, f, ulong, f->sum);
                return;
            }
            f->k--;
            if (clf_join(w, self, &f->h, f->who[f->k], CLF_PLACE(f, r), sizeof(long), 0, 3))
                return;
            /* fall through */
        case 3:
            if (f->h.status) {
                clf_fail_with(w, self, &f->h, f->h.status);
                return;
            }
            f->sum += (f->k + 1) * f->r;
            at = 2;
        }
}

/* Starts `count` touches and forgets them: how 0 by a detach at once, 1 by ending. */
static void clf_segment_crowd(clf_worker *w, uint self, __global clf_frame_crowd *f, uint at)
{
    uint c;
    fiber_t who;
    if (at == 0)
        f->k = 0;
    for (; f->k < f->count; f->k++) {
        c = clf_take(w);
        if (c == CLF_NIL) {
            clf_park(w, self, &f->h, 0, 1);
            return;
        }
        CLF_FRAME(w, touch, c)->id = f->first + f->k;
        CLF_FRAME(w, touch, c)->yields = f->k % 3;
        who = clf_start_fiber(w, c, CLF_FN_touch);
        if (f->how == 0)
            clf_detach(w, &f->h, who);
    }
    clf_return_void(w, self, &f->h);
}

/* Joins a square, `late` yields after it was started, then once more. Result: what the second join
 * said, or -1000 if the first one went wrong. */
static void clf_segment_twice(clf_worker *w, uint self, __global clf_frame_twice *f, uint at)
{
    uint c;
    switch (at) {
    case 0:
    case 1:
        c = clf_take(w);
        if (c == CLF_NIL) {
            clf_park(w, self, &f->h, 0, 1);
            return;
        }
        CLF_FRAME(w, square, c)->n = 12;
        f->who = clf_start_fiber(w, c, CLF_FN_square);
        /* fall through */
    case 2:
        if (f->late > 0) {
            f->late--;
            clf_yield(w, self, &f->h, 0, 2);
            return;
        }
        if (clf_join(w, self, &f->h, f->who, CLF_PLACE(f, r), sizeof(long), 0, 3))
            return;
        /* fall through */
    case 3:
        f->status = (int)f->h.status;
        if (clf_join(w, self, &f->h, f->who, CLF_PLACE(f, r), sizeof(long), 0, 4))
            return;
        /* fall through */
    case 4:
        if (f->status != 0 || f->r != 144)
            CLF_RETURN(w, self, f, int, -1000);
        else
            CLF_RETURN(w, self, f, int, (int)f->h.status);
        return;
    }
}

/* Joins a handle that nobody gave out. */
static void clf_segment_stray(clf_worker *w, uint self, __global clf_frame_stray *f, uint at)
{
    if (at == 0 && clf_join(w, self, &f->h, f->who, CLF_PLACE(f, r), sizeof(long), 0, 1))
        return;
    CLF_RETURN(w, self, f, int, (int)f->h.status);
}

/* Joins a square into half the place it needs. */
static void clf_segment_narrow(clf_worker *w, uint self, __global clf_frame_narrow *f, uint at)
{
    uint c;
    switch (at) {
    case 0:
    case 1:
        c = clf_take(w);
        if (c == CLF_NIL) {
            clf_park(w, self, &f->h, 0, 1);
            return;
        }
        CLF_FRAME(w, square, c)->n = 12;
        f->who = clf_start_fiber(w, c, CLF_FN_square);
        f->r = 4321;
        /* fall through */
    case 2:
        if (f->late > 0) {
            f->late--;
            clf_yield(w, self, &f->h, 0, 2);
            return;
        }
        if (clf_join(w, self, &f->h, f->who, CLF_PLACE(f, r), sizeof(int), 0, 3))
            return;
        /* fall through */
    case 3:
        if (f->r != 4321)
            CLF_RETURN(w, self, f, int, 0);
        else
            CLF_RETURN(w, self, f, int, (int)f->h.status);
        return;
    }
}

/* Joins a fiber that fails. Result: the status of the join. */
static void clf_segment_starter(clf_worker *w, uint self, __global clf_frame_starter *f, uint at)
{
    uint c;
    switch (at) {
    case 0:
    case 1:
        c = clf_take(w);
        if (c == CLF_NIL) {
            clf_park(w, self, &f->h, 0, 1);
            return;
        }
        CLF_FRAME(w, bad, c)->code = f->code;
        f->who = clf_start_fiber(w, c, CLF_FN_bad);
        /* fall through */
    case 2:
        if (f->late > 0) {
            f->late--;
            clf_yield(w, self, &f->h, 0, 2);
            return;
        }
        if (clf_join(w, self, &f->h, f->who, CLF_PLACE(f, r), sizeof(uint), 0, 3))
            return;
        /* fall through */
    case 3:
        CLF_RETURN(w, self, f, int, (int)f->h.status);
        return;
    }
}

/* Joins the fiber whose handle is in the mail. */
static void clf_segment_joiner(clf_worker *w, uint self, __global clf_frame_joiner *f, uint at)
{
    if (at == 0 &&
        clf_join(w, self, &f->h, w->env.mail[f->letter], CLF_PLACE(f, r), sizeof(int), 0, 1))
        return;
    CLF_RETURN(w, self, f, int, (int)f->h.status);
}

/* Starts two joiners: across 0: each is to join itself; 1: each the other. */
static void clf_segment_knot(clf_worker *w, uint self, __global clf_frame_knot *f, uint at)
{
    uint c;
    switch (at) {
    case 0:
    case 1:
        c = clf_take(w);
        if (c == CLF_NIL) {
            clf_park(w, self, &f->h, 0, 1);
            return;
        }
        CLF_FRAME(w, joiner, c)->letter = f->across;
        w->env.mail[0] = clf_start_fiber(w, c, CLF_FN_joiner);
        /* fall through */
    case 2:
        c = clf_take(w);
        if (c == CLF_NIL) {
            /* The first one may run now and read its letter: with this many frames the test is
             * void. */
            clf_park(w, self, &f->h, 0, 2);
            return;
        }
        CLF_FRAME(w, joiner, c)->letter = 1 - f->across;
        w->env.mail[1] = clf_start_fiber(w, c, CLF_FN_joiner);
        clf_return_void(w, self, &f->h);
        return;
    }
}

/* The handle by which this fiber knows itself. */
static void clf_segment_identity(clf_worker *w, uint self, __global clf_frame_identity *f, uint at)
{
    CLF_RETURN(w, self, f, fiber_t, clf_self(w, self));
}

static void clf_segment_place(clf_worker *w, uint self, __global clf_frame_place *f, uint at)
{
    uint2 where;
    where.x = clf_worker_id(w);
    where.y = clf_lane_id(w);
    CLF_RETURN(w, self, f, uint2, where);
}

/* Whether a started fiber knows itself by the handle that its starter got. */
static void clf_segment_mirror(clf_worker *w, uint self, __global clf_frame_mirror *f, uint at)
{
    uint c;
    switch (at) {
    case 0:
    case 1:
        c = clf_take(w);
        if (c == CLF_NIL) {
            clf_park(w, self, &f->h, 0, 1);
            return;
        }
        f->who = clf_start_fiber(w, c, CLF_FN_identity);
        if (clf_join(w, self, &f->h, f->who, CLF_PLACE(f, r), sizeof(fiber_t), 0, 2))
            return;
        /* fall through */
    case 2:
        f->right =
            f->h.status == 0 && f->r.frame == f->who.frame && f->r.generation == f->who.generation;
        CLF_RETURN(w, self, f, uint, f->right);
        return;
    }
}

/* Starts a fiber and gives it up `late` yields later, when it may have ended. */
static void clf_segment_dropper(clf_worker *w, uint self, __global clf_frame_dropper *f, uint at)
{
    uint c;
    if (at < 2) {
        c = clf_take(w);
        if (c == CLF_NIL) {
            clf_park(w, self, &f->h, 0, 1);
            return;
        }
        CLF_FRAME(w, touch, c)->id = f->id;
        CLF_FRAME(w, touch, c)->yields = 1;
        f->who = clf_start_fiber(w, c, CLF_FN_touch);
    }
    if (f->late > 0) {
        f->late--;
        clf_yield(w, self, &f->h, 0, 2);
        return;
    }
    clf_detach(w, &f->h, f->who);
    clf_return_void(w, self, &f->h);
}

/* Uses the handle of a fiber that was joined, when another one may have its frame: 1 if that did
 * nothing and the other one was joined all the same; 2 more if it had the frame. */
static void clf_segment_ghost(clf_worker *w, uint self, __global clf_frame_ghost *f, uint at)
{
    uint c;
    switch (at) {
    case 0:
    case 1:
        c = clf_take(w);
        if (c == CLF_NIL) {
            clf_park(w, self, &f->h, 0, 1);
            return;
        }
        CLF_FRAME(w, square, c)->n = 3;
        f->old = clf_start_fiber(w, c, CLF_FN_square);
        if (clf_join(w, self, &f->h, f->old, CLF_PLACE(f, r), sizeof(long), 0, 2))
            return;
        /* fall through */
    case 2:
        f->right = f->h.status == 0 && f->r == 9;
        /* fall through */
    case 3:
        c = clf_take(w);
        if (c == CLF_NIL) {
            clf_park(w, self, &f->h, 0, 3);
            return;
        }
        CLF_FRAME(w, square, c)->n = 5;
        f->new = clf_start_fiber(w, c, CLF_FN_square);
        f->same = f->new.frame == f->old.frame;
        clf_detach(w, &f->h, f->old);
        f->r = 0;
        if (clf_join(w, self, &f->h, f->old, CLF_PLACE(f, r), sizeof(long), 0, 4))
            return;
        /* fall through */
    case 4:
        f->right &= f->h.status != 0 && f->r == 0;
        if (clf_join(w, self, &f->h, f->new, CLF_PLACE(f, r), sizeof(long), 0, 5))
            return;
        /* fall through */
    case 5:
        f->right &= f->h.status == 0 && f->r == 25;
        CLF_RETURN(w, self, f, uint, f->right + 2 * f->same);
        return;
    }
}
