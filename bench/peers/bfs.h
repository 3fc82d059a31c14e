/* bfs.h - breadth-first search, level by level, for the peers. */
#define BFS_CHUNK 64
#define BFS_BATCH 64

struct bfs {
    const bench_graph *graph;
    uint32_t *level, *now, *next, depth;
    uint32_t *count; /* of `next` */
};

/* Whether this call is the one that reaches v. */
static inline int bfs_take(uint32_t *level, uint32_t depth)
{
    uint32_t before = __atomic_load_n(level, __ATOMIC_RELAXED);

    if (before != 0)
        return 0;
#ifdef TASK_SEQUENTIAL
    *level = depth;
    return 1;
#else
    return __atomic_compare_exchange_n(level, &before, depth, 0, __ATOMIC_RELAXED,
                                       __ATOMIC_RELAXED);
#endif
}

static inline void bfs_put(const struct bfs *s, const uint32_t *batch, uint32_t count)
{
    uint32_t at = __atomic_fetch_add(s->count, count, __ATOMIC_RELAXED);

    for (uint32_t k = 0; k < count; k++)
        s->next[at + k] = batch[k];
}

static void bfs_expand(const struct bfs *s, uint32_t at, uint32_t end)
{
    uint32_t batch[BFS_BATCH], count = 0;

    for (; at < end; at++) {
        uint32_t v = s->now[at];

        for (uint32_t e = s->graph->first[v]; e < s->graph->first[v + 1]; e++) {
            uint32_t u = s->graph->neighbor[e];

            if (!bfs_take(&s->level[u], s->depth))
                continue;
            batch[count++] = u;
            if (count == BFS_BATCH) {
                bfs_put(s, batch, count);
                count = 0;
            }
        }
    }
    bfs_put(s, batch, count);
}

static void bfs_level(const struct bfs *s, uint32_t n)
{
    TASK_GROUP();
    for (uint32_t at = 0; at < n; at += BFS_CHUNK) {
        uint32_t end = n - at > BFS_CHUNK ? at + BFS_CHUNK : n;

        TASK_SPAWN(bfs_expand(s, at, end));
    }
    TASK_WAIT();
}

static void bfs_solve(const bench_problem *problem, void *data, peer_count *counts)
{
    uint32_t *level = (uint32_t *)data, vertices = problem->as.graph.vertices, n = 1, count;
    struct bfs s = {&problem->as.graph,           level, level + vertices,
                    level + 2 * (size_t)vertices, 1,     &count};

    (void)counts;
    level[problem->as.graph.source] = 1;
    s.now[0] = problem->as.graph.source;
    while (n > 0) {
        uint32_t *swap = s.now;

        count = 0;
        s.depth++;
        bfs_level(&s, n);
        n = count;
        s.now = s.next;
        s.next = swap;
    }
}
