/* wide.cl - one fiber with any number of children; what has to survive a park is in the spill, not
 * in the frame. `leaf` is also good as a root of its own, as are the deep ones: a chain by spawn, a
 * chain by await. */
typedef struct {
    clf_header h;
    uint first, count;
} clf_frame_wide;
typedef struct {
    uint next;
} clf_spill_wide;

typedef struct {
    clf_header h;
    uint id;
} clf_frame_leaf;
typedef struct {
    uint none;
} clf_spill_leaf;

typedef struct {
    clf_header h;
    uint depth;
    ulong below;
} clf_frame_deep;
typedef struct {
    uint none;
} clf_spill_deep;

typedef struct {
    clf_header h;
    uint depth;
    ulong below;
} clf_frame_plunge;
typedef struct {
    uint none;
} clf_spill_plunge;

#define CLF_FIBERS(F)        F(wide) F(leaf) F(deep) F(plunge)
#define CLF_RESULT_wide(R)   R(uint)
#define CLF_ARGS_wide(A)     A(uint, first) A(uint, count)
#define CLF_RESULT_leaf(R)   R(ulong)
#define CLF_ARGS_leaf(A)     A(uint, id)
#define CLF_RESULT_deep(R)   R(ulong)
#define CLF_ARGS_deep(A)     A(uint, depth)
#define CLF_RESULT_plunge(R) R(ulong)
#define CLF_ARGS_plunge(A)   A(uint, depth)
#define CLF_ENV(V, P)        P(__global uint, hits)

#pragma clfiber runtime

static ulong mix(ulong x)
{
    x += 0x9e3779b97f4a7c15ul;
    x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9ul;
    x = (x ^ (x >> 27)) * 0x94d049bb133111ebul;
    return x ^ (x >> 31);
}

static void clf_segment_wide(clf_worker *w, uint self, __global clf_frame_wide *f, uint at)
{
    uint kids = 0, next = 0, c;
    switch (at) {
    case 1:
        next = ((__global clf_spill_wide *)w->spill)->next;
        /* fall through */
    case 0:
        while (next < f->count) {
            c = clf_take(w);
            if (c == CLF_NIL) {
                ((__global clf_spill_wide *)w->spill)->next = next;
                clf_park(w, self, &f->h, kids, 1);
                return;
            }
            CLF_FRAME(w, leaf, c)->id = f->first + next;
            clf_spawn(w, c, CLF_FN_leaf, self, CLF_NO_PLACE);
            next++;
            kids++;
        }
        if (clf_sync(w, self, &f->h, kids, 2))
            return;
        /* fall through */
    case 2:
        CLF_RETURN(w, self, f, uint, f->count);
        return;
    }
}

static void clf_segment_leaf(clf_worker *w, uint self, __global clf_frame_leaf *f, uint at)
{
    atomic_inc(&w->env.hits[f->id]);
    CLF_RETURN(w, self, f, ulong, mix(f->id));
}

static void clf_segment_deep(clf_worker *w, uint self, __global clf_frame_deep *f, uint at)
{
    uint kids = 0, c;
    switch (at) {
    case 0:
        if (f->depth == 0) {
            CLF_RETURN(w, self, f, ulong, 0);
            return;
        }
        /* fall through */
    case 1:
        c = clf_take(w);
        if (c == CLF_NIL) {
            clf_park(w, self, &f->h, kids, 1);
            return;
        }
        CLF_FRAME(w, deep, c)->depth = f->depth - 1;
        clf_spawn(w, c, CLF_FN_deep, self, CLF_PLACE(f, below));
        kids++;
        if (clf_sync(w, self, &f->h, kids, 2))
            return;
        /* fall through */
    case 2:
        CLF_RETURN(w, self, f, ulong, f->below + f->depth);
        return;
    }
}

static void clf_segment_plunge(clf_worker *w, uint self, __global clf_frame_plunge *f, uint at)
{
    uint c;
    switch (at) {
    case 0:
        if (f->depth == 0) {
            CLF_RETURN(w, self, f, ulong, 0);
            return;
        }
        /* fall through */
    case 1:
        c = clf_take(w);
        if (c == CLF_NIL) {
            clf_park(w, self, &f->h, 0, 1);
            return;
        }
        CLF_FRAME(w, plunge, c)->depth = f->depth - 1;
        clf_await(w, c, CLF_FN_plunge, self, &f->h, CLF_PLACE(f, below), 0, 2);
        return;
    case 2:
        CLF_RETURN(w, self, f, ulong, f->below + f->depth);
        return;
    }
}
