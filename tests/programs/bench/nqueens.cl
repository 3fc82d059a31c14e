/* nqueens.cl - all ways to place n queens, a fiber per node of the bitmask search tree down to
 * depth `cutoff`; below it one fiber searches on alone.
 *
 * Solutions and nodes are counted per lane, so that no counter is shared and a fiber needs no
 * result.
 */

typedef struct {
    clf_header h;
    uint columns;     /* taken */
    uint left, right; /* attacked along the diagonals, as seen from the next row */
    uint open;        /* columns to try yet */
} clf_frame_queens;

typedef struct {
    uint none;
} clf_spill_queens;

#define CLF_FIBERS(F) F(queens)
#define CLF_RESULT_queens(R)
#define CLF_ARGS_queens(A) A(uint, columns) A(uint, left) A(uint, right) A(uint, open)
#define CLF_ENV(V, P)      V(uint, all) V(uint, cutoff) P(__global ulong, counts)

/* Counts of one lane: a cache line. */
#define COUNT_SLOT  8
#define COUNT_FOUND 0
#define COUNT_NODES 1

#pragma clfiber runtime

/* Solutions below a node; the stack is explicit because OpenCL C does not recurse. */
static ulong search(uint all, uint columns, uint left, uint right)
{
    uint4 row[32]; /* columns, left, right, open */
    uint depth = 0;
    ulong found = 0; /* 19 queens have more solutions than a uint holds */

    if (columns == all)
        return 1;
    row[0] = (uint4)(columns, left, right, all & ~(columns | left | right));
    for (;;) {
        uint4 at = row[depth];
        uint bit;

        if (at.w == 0) {
            if (depth-- == 0)
                return found;
            continue;
        }
        bit = at.w & -at.w;
        row[depth].w = at.w ^ bit;
        if ((at.x | bit) == all) {
            found++;
            continue;
        }
        at.x |= bit;
        at.y = (at.y | bit) << 1;
        at.z = (at.z | bit) >> 1;
        at.w = all & ~(at.x | at.y | at.z);
        row[++depth] = at;
    }
}

static void clf_segment_queens(clf_worker *w, uint self, __global clf_frame_queens *f, uint at)
{
    uint columns = f->columns, left = f->left, right = f->right;
    uint all = w->env.all, kids = 0, open;

    switch (at) {
    case 0: {
        __global ulong *count =
            w->env.counts + (clf_worker_id(w) * CLF_LANES + clf_lane_id(w)) * COUNT_SLOT;

        count[COUNT_NODES]++;
        if (popcount(columns) == w->env.cutoff) {
            count[COUNT_FOUND] += search(all, columns, left, right);
            clf_return_void(w, self, &f->h);
            return;
        }
        if (f->open == 0) {
            clf_return_void(w, self, &f->h);
            return;
        }
    }
        /* fall through */
    case 1:
        open = f->open;
        while (open) {
            uint bit = open & -open, c = clf_take(w);
            __global clf_frame_queens *child;

            if (c == CLF_NIL) {
                f->open = open;
                clf_park(w, self, &f->h, kids, 1);
                return;
            }
            open ^= bit;
            child = CLF_FRAME(w, queens, c);
            child->columns = columns | bit;
            child->left = (left | bit) << 1;
            child->right = (right | bit) >> 1;
            child->open = all & ~(child->columns | child->left | child->right);
            clf_spawn(w, c, CLF_FN_queens, self, CLF_NO_PLACE);
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
