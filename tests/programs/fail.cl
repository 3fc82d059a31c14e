/* fail.cl - fibers that fail, beside others that do not. */
typedef struct {
    clf_header h;
    int code;
} clf_frame_bad;
typedef struct {
    uint none;
} clf_spill_bad;

typedef struct {
    clf_header h;
    uint id;
} clf_frame_good;
typedef struct {
    uint none;
} clf_spill_good;

typedef struct {
    clf_header h;
    int code;
    uint kids, bad;
    uint k;
    uint r[16];
} clf_frame_family;
typedef struct {
    uint none;
} clf_spill_family;

typedef struct {
    clf_header h;
    int code;
    uint depth;
    uint r;
} clf_frame_chain;
typedef struct {
    uint none;
} clf_spill_chain;

typedef struct {
    clf_header h;
    int code;
    uint r;
} clf_frame_watcher;
typedef struct {
    uint none;
} clf_spill_watcher;

typedef struct {
    clf_header h;
    int code;
    uint k;
} clf_frame_quitter;
typedef struct {
    uint none;
} clf_spill_quitter;

#define CLF_FIBERS(F)         F(bad) F(good) F(family) F(chain) F(watcher) F(quitter)
#define CLF_RESULT_bad(R)     R(uint)
#define CLF_ARGS_bad(A)       A(int, code)
#define CLF_RESULT_good(R)    R(uint)
#define CLF_ARGS_good(A)      A(uint, id)
#define CLF_RESULT_family(R)  R(uint)
#define CLF_ARGS_family(A)    A(int, code) A(uint, kids) A(uint, bad)
#define CLF_RESULT_chain(R)   R(uint)
#define CLF_ARGS_chain(A)     A(int, code) A(uint, depth)
#define CLF_RESULT_watcher(R) R(int)
#define CLF_ARGS_watcher(A)   A(int, code)
#define CLF_RESULT_quitter(R) R(uint)
#define CLF_ARGS_quitter(A)   A(int, code)
#define CLF_ENV(V, P)         P(__global uint, hits)

#pragma clfiber runtime

static void clf_segment_bad(clf_worker *w, uint self, __global clf_frame_bad *f, uint at)
{
    if (f->code != 0)
        clf_fail(w, self, &f->h, 0, f->code, 77);
    else
        CLF_RETURN(w, self, f, uint, 5);
}

static void clf_segment_good(clf_worker *w, uint self, __global clf_frame_good *f, uint at)
{
    if (at == 0) {
        clf_yield(w, self, &f->h, 0, 1);
        return;
    }
    atomic_inc(&w->env.hits[f->id]);
    CLF_RETURN(w, self, f, uint, f->id + 100);
}

/* Child number `bad` fails, the other children are good. */
static void clf_segment_family(clf_worker *w, uint self, __global clf_frame_family *f, uint at)
{
    uint kids = 0, c, good = 0;
    switch (at) {
    case 0:
        f->k = 0;
        /* fall through */
    case 1:
        for (; f->k < f->kids; f->k++) {
            c = clf_take(w);
            if (c == CLF_NIL) {
                clf_park(w, self, &f->h, kids, 1);
                return;
            }
            if (f->k == f->bad) {
                CLF_FRAME(w, bad, c)->code = f->code;
                clf_spawn(w, c, CLF_FN_bad, self, CLF_PLACE_OF(f, &f->r[f->k]));
            } else {
                CLF_FRAME(w, good, c)->id = f->k;
                clf_spawn(w, c, CLF_FN_good, self, CLF_PLACE_OF(f, &f->r[f->k]));
            }
            kids++;
        }
        if (clf_sync(w, self, &f->h, kids, 2))
            return;
        /* fall through */
    case 2:
        if (f->h.error) {
            clf_fail_with(w, self, &f->h, f->h.error);
            return;
        }
        for (uint i = 0; i < f->kids; i++)
            good += i == f->bad || f->r[i] == i + 100;
        CLF_RETURN(w, self, f, uint, good);
        return;
    }
}

/* The last of a chain fails, and everybody above it passes that on: even levels spawn, odd ones
 * await. */
static void clf_segment_chain(clf_worker *w, uint self, __global clf_frame_chain *f, uint at)
{
    uint c;
    switch (at) {
    case 0:
        if (f->depth == 0) {
            clf_fail(w, self, &f->h, 0, f->code, 99);
            return;
        }
        /* fall through */
    case 1:
        c = clf_take(w);
        if (c == CLF_NIL) {
            clf_park(w, self, &f->h, 0, 1);
            return;
        }
        CLF_FRAME(w, chain, c)->code = f->code;
        CLF_FRAME(w, chain, c)->depth = f->depth - 1;
        if (f->depth & 1) {
            clf_await(w, c, CLF_FN_chain, self, &f->h, CLF_PLACE(f, r), 0, 3);
            return;
        }
        clf_spawn(w, c, CLF_FN_chain, self, CLF_PLACE(f, r));
        if (clf_sync(w, self, &f->h, 1, 2))
            return;
        /* fall through */
    case 2:
        if (f->h.error) {
            clf_fail_with(w, self, &f->h, f->h.error);
            return;
        }
        CLF_RETURN(w, self, f, uint, 1);
        return;
    case 3:
        if (f->h.status) {
            clf_fail_with(w, self, &f->h, f->h.status);
            return;
        }
        CLF_RETURN(w, self, f, uint, 1);
        return;
    }
}

/* Awaits a fiber and returns the code it failed with, or 0 if it gave its 5. */
static void clf_segment_watcher(clf_worker *w, uint self, __global clf_frame_watcher *f, uint at)
{
    uint c;
    int seen;
    if (at < 2) {
        c = clf_take(w);
        if (c == CLF_NIL) {
            clf_park(w, self, &f->h, 0, 1);
            return;
        }
        CLF_FRAME(w, bad, c)->code = f->code;
        clf_await(w, c, CLF_FN_bad, self, &f->h, CLF_PLACE(f, r), 0, 2);
        return;
    }
    seen = (int)f->h.status;
    if (seen == 0 && f->r != 5)
        seen = -999;
    CLF_RETURN(w, self, f, int, seen);
}

/* Spawns eight good children and fails at once, with all of them outstanding. */
static void clf_segment_quitter(clf_worker *w, uint self, __global clf_frame_quitter *f, uint at)
{
    uint kids = 0, c;
    if (at == 0)
        f->k = 0;
    for (; f->k < 8; f->k++) {
        c = clf_take(w);
        if (c == CLF_NIL) {
            clf_park(w, self, &f->h, kids, 1);
            return;
        }
        CLF_FRAME(w, good, c)->id = f->k;
        clf_spawn(w, c, CLF_FN_good, self, CLF_NO_PLACE);
        kids++;
    }
    clf_fail(w, self, &f->h, kids, f->code, 123);
}
