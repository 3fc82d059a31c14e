/* yield.cl - many fibers that do nothing but yield to one another: the price of a switch.
 *
 * A fiber counts its rounds in its place, where a round that was lost or run twice shows.
 */

typedef struct {
    clf_header h;
    uint count;
    uint next; /* child to go on with; written when the fiber parks */
} clf_frame_parent;

typedef struct {
    uint none;
} clf_spill_parent;

typedef struct {
    clf_header h;
    uint index;
    uint left; /* rounds to come */
} clf_frame_yielder;

typedef struct {
    uint none;
} clf_spill_yielder;

#define CLF_FIBERS(F) F(parent) F(yielder)
#define CLF_RESULT_parent(R)
#define CLF_ARGS_parent(A) A(uint, count)
#define CLF_RESULT_yielder(R)
#define CLF_ARGS_yielder(A) A(uint, index) A(uint, left)
#define CLF_ENV(V, P)       V(uint, rounds) P(__global uint, places)

#pragma clfiber runtime

static void clf_segment_parent(clf_worker *w, uint self, __global clf_frame_parent *f, uint at)
{
    uint kids = 0, k;

    switch (at) {
    case 0:
        f->next = 0;
        /* fall through */
    case 1:
        for (k = f->next; k < f->count; k++) {
            uint c = clf_take(w);

            if (c == CLF_NIL) {
                f->next = k;
                clf_park(w, self, &f->h, kids, 1);
                return;
            }
            CLF_FRAME(w, yielder, c)->index = k;
            CLF_FRAME(w, yielder, c)->left = w->env.rounds;
            clf_spawn(w, c, CLF_FN_yielder, self, CLF_NO_PLACE);
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
        clf_return_void(w, self, &f->h);
        return;
    }
}

static void clf_segment_yielder(clf_worker *w, uint self, __global clf_frame_yielder *f, uint at)
{
    (void)at; /* each round is the same */
    if (f->left == 0) {
        clf_return_void(w, self, &f->h);
        return;
    }
    f->left--;
    w->env.places[f->index]++;
    clf_yield(w, self, &f->h, 0, 1);
}
