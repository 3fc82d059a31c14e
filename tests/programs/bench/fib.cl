/* fib.cl - the naive recursion, every call a fiber: nothing but spawning, joining and passing
 * results. */

typedef struct {
    clf_header h;
    int n;
    long a, b;
} clf_frame_fib;

typedef struct {
    uint none;
} clf_spill_fib;

#define CLF_FIBERS(F)     F(fib)
#define CLF_RESULT_fib(R) R(long)
#define CLF_ARGS_fib(A)   A(int, n)

#pragma clfiber runtime

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
