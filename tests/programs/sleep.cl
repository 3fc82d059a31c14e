/* sleep.cl - fibers that sleep: once, several times in a row, with a child outstanding, and started
 * ones. Each writes down in words[id] how often it woke. */
typedef struct {
    clf_header h;
    uint id, us, rounds, round;
} clf_frame_naps;
typedef struct {
    uint none;
} clf_spill_naps;

typedef struct {
    clf_header h;
    uint id, us;
    uint child;
} clf_frame_nurse;
typedef struct {
    uint none;
} clf_spill_nurse;

typedef struct {
    clf_header h;
    uint first, count, us;
} clf_frame_dorm;
typedef struct {
    uint none;
} clf_spill_dorm;

#define CLF_FIBERS(F)       F(naps) F(nurse) F(dorm)
#define CLF_RESULT_naps(R)  R(uint)
#define CLF_ARGS_naps(A)    A(uint, id) A(uint, us) A(uint, rounds)
#define CLF_RESULT_nurse(R) R(uint)
#define CLF_ARGS_nurse(A)   A(uint, id) A(uint, us)
#define CLF_RESULT_dorm(R)  R(uint)
#define CLF_ARGS_dorm(A)    A(uint, first) A(uint, count) A(uint, us)
#define CLF_ENV(V, P)       P(__global uint, words)

#pragma clfiber runtime

/* Sleeps `rounds` times. Result: 100 + id. */
static void clf_segment_naps(clf_worker *w, uint self, __global clf_frame_naps *f, uint at)
{
    uint request;
    if (at == 0)
        f->round = 0;
    if (at == 1) {
        if (f->h.status != 0) {
            clf_fail(w, self, &f->h, 0, 77, 1);
            return;
        }
        atomic_inc(&w->env.words[f->id]);
        f->round++;
    }
    if (f->round == f->rounds) {
        CLF_RETURN(w, self, f, uint, 100 + f->id);
        return;
    }
    request = clf_request_take(w);
    if (request == CLF_NIL) {
        clf_park(w, self, &f->h, 0, 2);
        return;
    }
    clf_ask(w, request, f->us);
    clf_sleep(w, self, &f->h, request, 0, 1);
}

/* Sleeps while a child sleeps half as long. */
static void clf_segment_nurse(clf_worker *w, uint self, __global clf_frame_nurse *f, uint at)
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
        CLF_FRAME(w, naps, c)->id = f->id + 1;
        CLF_FRAME(w, naps, c)->us = f->us / 2;
        CLF_FRAME(w, naps, c)->rounds = 1;
        clf_spawn(w, c, CLF_FN_naps, self, CLF_PLACE(f, child));
        kids++;
        /* fall through */
    case 2:
        c = clf_request_take(w);
        if (c == CLF_NIL) {
            clf_park(w, self, &f->h, kids, 2);
            return;
        }
        clf_ask(w, c, f->us);
        clf_sleep(w, self, &f->h, c, kids, 3);
        return;
    case 3:
        atomic_inc(&w->env.words[f->id]);
        if (clf_sync(w, self, &f->h, kids, 4))
            return;
        /* fall through */
    case 4:
        CLF_RETURN(w, self, f, uint, f->child);
        return;
    }
}

/* Starts `count` sleepers that nobody joins. */
static void clf_segment_dorm(clf_worker *w, uint self, __global clf_frame_dorm *f, uint at)
{
    while (f->count != 0) {
        uint c = clf_take(w);
        if (c == CLF_NIL) {
            clf_park(w, self, &f->h, 0, 1);
            return;
        }
        f->count--;
        CLF_FRAME(w, naps, c)->id = f->first + f->count;
        CLF_FRAME(w, naps, c)->us = f->us;
        CLF_FRAME(w, naps, c)->rounds = 1;
        clf_detach(w, &f->h, clf_start_fiber(w, c, CLF_FN_naps));
    }
    CLF_RETURN(w, self, f, uint, f->first);
}
