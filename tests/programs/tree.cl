/* tree.cl - an irregular tree in which every fiber has an id of its own and says, by its id, that
 * it began and that it ended. Its result depends on every id below it and on which child each came
 * from. */
typedef struct {
    clf_header h;
    uint id, depth;
    uint k;
    ulong r[4];
} clf_frame_node;
typedef struct {
    uint none;
} clf_spill_node;

/* And fib, for suites that run both on a scheduler without a build in between. */
typedef struct {
    clf_header h;
    int n;
    long a, b;
} clf_frame_fib;
typedef struct {
    uint none;
} clf_spill_fib;

#define CLF_FIBERS(F)      F(node) F(fib)
#define CLF_RESULT_node(R) R(ulong)
#define CLF_ARGS_node(A)   A(uint, id) A(uint, depth)
#define CLF_RESULT_fib(R)  R(long)
#define CLF_ARGS_fib(A)    A(int, n)
#define CLF_ENV(V, P)      V(uint, fan) P(__global uint, begun) P(__global uint, ended)

#pragma clfiber runtime

static ulong mix(ulong x)
{
    x += 0x9e3779b97f4a7c15ul;
    x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9ul;
    x = (x ^ (x >> 27)) * 0x94d049bb133111ebul;
    return x ^ (x >> 31);
}

/* One node in four below the second level has no children, which is what there is to balance. */
static uint children(uint id, uint depth, uint fan)
{
    return depth == 0 || (id > fan && (mix(id) & 3) == 0) ? 0 : fan;
}

static void clf_segment_node(clf_worker *w, uint self, __global clf_frame_node *f, uint at)
{
    uint kids = 0, c, fan;
    ulong sum;
    __global clf_frame_node *child;
    switch (at) {
    case 0:
        atomic_inc(&w->env.begun[f->id]);
        f->k = 0;
        /* fall through */
    case 1:
        fan = children(f->id, f->depth, w->env.fan);
        while (f->k < fan) {
            c = clf_take(w);
            if (c == CLF_NIL) {
                clf_park(w, self, &f->h, kids, 1);
                return;
            }
            child = CLF_FRAME(w, node, c);
            child->id = f->id * fan + f->k + 1;
            child->depth = f->depth - 1;
            clf_spawn(w, c, CLF_FN_node, self, CLF_PLACE_OF(f, &f->r[f->k]));
            f->k++;
            kids++;
        }
        if (clf_sync(w, self, &f->h, kids, 2))
            return;
        /* fall through */
    case 2:
        sum = mix(f->id);
        for (uint i = 0; i < f->k; i++)
            sum += (i + 2) * f->r[i];
        atomic_inc(&w->env.ended[f->id]);
        CLF_RETURN(w, self, f, ulong, sum);
        return;
    }
}

static void clf_segment_fib(clf_worker *w, uint self, __global clf_frame_fib *f, uint at)
{
    uint kids = 0, c;
    switch (at) {
    case 0:
        if (f->n < 2) {
            CLF_RETURN(w, self, f, long, f->n);
            return;
        }
        /* fall through */
    case 1:
        c = clf_take(w);
        if (c == CLF_NIL) {
            clf_park(w, self, &f->h, kids, 1);
            return;
        }
        CLF_FRAME(w, fib, c)->n = f->n - 1;
        clf_spawn(w, c, CLF_FN_fib, self, CLF_PLACE(f, a));
        kids++;
        /* fall through */
    case 2:
        c = clf_take(w);
        if (c == CLF_NIL) {
            clf_park(w, self, &f->h, kids, 2);
            return;
        }
        CLF_FRAME(w, fib, c)->n = f->n - 2;
        clf_spawn(w, c, CLF_FN_fib, self, CLF_PLACE(f, b));
        kids++;
        if (clf_sync(w, self, &f->h, kids, 3))
            return;
        /* fall through */
    case 3:
        if (f->h.error) {
            clf_fail_with(w, self, &f->h, f->h.error);
            return;
        }
        CLF_RETURN(w, self, f, long, f->a + f->b);
        return;
    }
}
