/* family.cl - many parents with a few tiny children each: the joins' last children race. A parent
 * goes round `rounds` times, and says by its id and round that it was resumed. */
typedef struct {
    clf_header h;
    uint id, kids, rounds;
    uint k, round, good;
    ulong r[8];
} clf_frame_parent;
typedef struct {
    uint none;
} clf_spill_parent;

typedef struct {
    clf_header h;
    uint parent, round, k;
} clf_frame_child;
typedef struct {
    uint none;
} clf_spill_child;

#define CLF_FIBERS(F)        F(parent) F(child)
#define CLF_RESULT_parent(R) R(uint)
#define CLF_ARGS_parent(A)   A(uint, id) A(uint, kids) A(uint, rounds)
#define CLF_RESULT_child(R)  R(ulong)
#define CLF_ARGS_child(A)    A(uint, parent) A(uint, round) A(uint, k)
#define CLF_ENV(V, P)        P(__global uint, born) P(__global uint, resumed)

#pragma clfiber runtime

static ulong mix(ulong x)
{
    x += 0x9e3779b97f4a7c15ul;
    x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9ul;
    x = (x ^ (x >> 27)) * 0x94d049bb133111ebul;
    return x ^ (x >> 31);
}

static ulong answer(uint parent, uint round, uint k)
{
    return mix(((ulong)parent << 16) | (round << 8) | k);
}

static void clf_segment_parent(clf_worker *w, uint self, __global clf_frame_parent *f, uint at)
{
    uint kids = 0, c;
    __global clf_frame_child *child;
    for (;;)
        switch (at) {
        case 0:
            f->k = f->round = f->good = 0;
            /* fall through */
        case 1:
            while (f->k < f->kids) {
                c = clf_take(w);
                if (c == CLF_NIL) {
                    clf_park(w, self, &f->h, kids, 1);
                    return;
                }
                child = CLF_FRAME(w, child, c);
                child->parent = f->id;
                child->round = f->round;
                child->k = f->k;
                clf_spawn(w, c, CLF_FN_child, self, CLF_PLACE_OF(f, &f->r[f->k]));
                f->k++;
                kids++;
            }
            if (clf_sync(w, self, &f->h, kids, 2))
                return;
            /* fall through */
        case 2:
            atomic_inc(&w->env.resumed[f->id * f->rounds + f->round]);
            for (uint i = 0; i < f->kids; i++)
                f->good += f->r[i] == answer(f->id, f->round, i);
            f->round++;
            if (f->round == f->rounds) {
                CLF_RETURN(w, self, f, uint, f->good);
                return;
            }
            f->k = 0;
            kids = 0;
            at = 1;
        }
}

static void clf_segment_child(clf_worker *w, uint self, __global clf_frame_child *f, uint at)
{
    atomic_inc(&w->env.born[f->parent]);
    CLF_RETURN(w, self, f, ulong, answer(f->parent, f->round, f->k));
}
