/* spawnjoin.cl - one fiber creates `count` children and joins them, a batch at a time; a child
 * marks its own place.
 *
 * The mark is added, not stored: a child that ran twice, or for another one, shows in its place.
 */

typedef struct {
    clf_header h;
    uint count, batch;
    uint next; /* child to go on with; written when the fiber suspends */
} clf_frame_parent;

typedef struct {
    uint none;
} clf_spill_parent;

typedef struct {
    clf_header h;
    uint index;
} clf_frame_child;

typedef struct {
    uint none;
} clf_spill_child;

#define CLF_FIBERS(F) F(parent) F(child)
#define CLF_RESULT_parent(R)
#define CLF_ARGS_parent(A) A(uint, count) A(uint, batch)
#define CLF_RESULT_child(R)
#define CLF_ARGS_child(A) A(uint, index)
#define CLF_ENV(V, P)     P(__global uint, places)

#pragma clfiber runtime

static void clf_segment_parent(clf_worker *w, uint self, __global clf_frame_parent *f, uint at)
{
    uint kids = 0, k = at == 0 ? 0 : f->next;

    for (;;) {
        switch (at) {
        case 0:
        case 1: { /* parked between two children: the batch goes on where it was */
            uint end =
                f->count - k > f->batch - k % f->batch ? k + f->batch - k % f->batch : f->count;

            for (; k < end; k++) {
                uint c = clf_take(w);

                if (c == CLF_NIL) {
                    f->next = k;
                    clf_park(w, self, &f->h, kids, 1);
                    return;
                }
                CLF_FRAME(w, child, c)->index = k;
                clf_spawn(w, c, CLF_FN_child, self, CLF_NO_PLACE);
                kids++;
            }
            f->next = k;
            if (clf_sync(w, self, &f->h, kids, 2))
                return;
            at = 2;
            break;
        }
        case 2:
            if (f->h.error) {
                clf_fail_with(w, self, &f->h, f->h.error);
                return;
            }
            if (k == f->count) {
                clf_return_void(w, self, &f->h);
                return;
            }
            kids = 0;
            at = 1;
            break;
        default:
            return;
        }
    }
}

static void clf_segment_child(clf_worker *w, uint self, __global clf_frame_child *f, uint at)
{
    uint index = f->index;

    (void)at;
    w->env.places[index] += (index ^ 0x9e3779b9u) * 0x85ebca6bu | 1u;
    clf_return_void(w, self, &f->h);
}
