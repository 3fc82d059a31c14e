/* nqueens.h - all ways to place n queens, for the peers; the algorithm of workloads/nqueens.fib. */
/* Solutions below a node: columns taken, and diagonals as seen from the next row. */
static inline uint64_t leaf_queens(uint32_t all, uint32_t columns, uint32_t left, uint32_t right)
{
    struct {
        uint32_t columns, left, right, open;
    } row[32]; /* an explicit stack, as on the device, where nothing recurses */
    uint32_t depth = 0;
    uint64_t solutions = 0;

    if (columns == all)
        return 1;
    row[0].columns = columns;
    row[0].left = left;
    row[0].right = right;
    row[0].open = all & ~(columns | left | right);
    for (;;) {
        uint32_t bit, next;

        if (row[depth].open == 0) {
            if (depth-- == 0)
                return solutions;
            continue;
        }
        bit = row[depth].open & -row[depth].open;
        row[depth].open ^= bit;
        next = row[depth].columns | bit;
        if (next == all) {
            solutions++;
            continue;
        }
        row[depth + 1].columns = next;
        row[depth + 1].left = (row[depth].left | bit) << 1;
        row[depth + 1].right = (row[depth].right | bit) >> 1;
        row[depth + 1].open = all & ~(next | row[depth + 1].left | row[depth + 1].right);
        depth++;
    }
}

#ifdef TASK_SEQUENTIAL

static void queens(uint32_t all, uint32_t columns, uint32_t left, uint32_t right, peer_count *count)
{
    uint32_t open = all & ~(columns | left | right);

    count->part[1]++;
    if (columns == all)
        count->part[0]++;
    while (open) {
        uint32_t bit = open & -open;

        open ^= bit;
        queens(all, columns | bit, (left | bit) << 1, (right | bit) >> 1, count);
    }
}

/* Recursion is the fastest search, with a cutoff or without one. */
static void nqueens_solve(const bench_problem *problem, void *data, peer_count *counts)
{
    uint32_t all = (UINT32_C(1) << problem->as.nqueens.n) - 1;

    (void)data;
    queens(all, 0, 0, 0, counts);
}

#else

struct board {
    uint32_t all, cutoff, columns, left, right, depth;
};

static void queens(struct board at, peer_count *counts)
{
    peer_count *mine = &counts[TASK_THREAD()];
    uint32_t open = at.all & ~(at.columns | at.left | at.right);

    mine->part[1]++;
    if (at.depth == at.cutoff) {
        mine->part[0] += leaf_queens(at.all, at.columns, at.left, at.right);
        return;
    }
    if (!open)
        return;
    TASK_GROUP();
    while (open) {
        uint32_t bit = open & -open;
        struct board next = {
            at.all,      at.cutoff, at.columns | bit, (at.left | bit) << 1, (at.right | bit) >> 1,
            at.depth + 1};

        open ^= bit;
        TASK_SPAWN(queens(next, counts));
    }
    TASK_WAIT();
}

static void nqueens_solve(const bench_problem *problem, void *data, peer_count *counts)
{
    uint32_t all = (UINT32_C(1) << problem->as.nqueens.n) - 1;
    struct board root = {all, problem->as.nqueens.cutoff, 0, 0, 0, 0};

    (void)data;
    queens(root, counts);
}

#endif
