/* bfs.h - breadth-first search, level by level, for the peers: bench/workloads/bfs.fib has the
 * same. */
#define BFS_CHUNK 64
#define BFS_BATCH 64

struct bfs {
    const bench_graph *graph;
    uint32_t *level, *now, *next, depth;
    uint32_t *count; /* of `next` */
    int listed;      /* whether there is `next`: not if that is a large level as well */
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

/* Neighbours of the source: all are new, and each is there once. */
static void bfs_begin(const struct bfs *s, uint32_t e, uint32_t end)
{
    const uint32_t base = s->graph->first[s->graph->source];

    for (; e < end; e++) {
        s->level[s->graph->neighbor[e]] = s->depth;
        if (s->listed)
            s->next[e - base] = s->graph->neighbor[e];
    }
}

static void bfs_first_level(const struct bfs *s)
{
    uint32_t last = s->graph->first[s->graph->source + 1];
    TASK_GROUP();

    for (uint32_t e = s->graph->first[s->graph->source]; e < last; e += BFS_PULLED) {
        uint32_t end = last - e > BFS_PULLED ? e + BFS_PULLED : last;

        TASK_SPAWN(bfs_begin(s, e, end));
    }
    TASK_WAIT();
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

/* Whether v has a neighbour of the level before. What others write meanwhile is not that. */
static int bfs_adjoins(const struct bfs *s, uint32_t v)
{
    uint32_t most = s->graph->hub[v];

    if (__atomic_load_n(&s->level[most & ~BENCH_ONLY], __ATOMIC_RELAXED) == s->depth - 1)
        return 1;
    if (most & BENCH_ONLY)
        return 0;
    for (uint32_t e = s->graph->first[v]; e < s->graph->first[v + 1]; e++)
        if (__atomic_load_n(&s->level[s->graph->neighbor[e]], __ATOMIC_RELAXED) == s->depth - 1)
            return 1;
    return 0;
}

static void bfs_pull(const struct bfs *s, uint32_t v, uint32_t end)
{
    uint32_t batch[BFS_BATCH], count = 0, found = 0;

    for (; v < end; v++) {
        if (s->level[v] != 0 || !bfs_adjoins(s, v))
            continue;
        __atomic_store_n(&s->level[v], s->depth, __ATOMIC_RELAXED);
        found++;
        if (!s->listed)
            continue;
        batch[count++] = v;
        if (count == BFS_BATCH) {
            bfs_put(s, batch, count);
            count = 0;
        }
    }
    if (s->listed)
        bfs_put(s, batch, count);
    else
        __atomic_fetch_add(s->count, found, __ATOMIC_RELAXED);
}

static void bfs_pull_level(const struct bfs *s)
{
    uint32_t vertices = s->graph->vertices;
    TASK_GROUP();

    for (uint32_t at = 0; at < vertices; at += BFS_PULLED) {
        uint32_t end = vertices - at > BFS_PULLED ? at + BFS_PULLED : vertices;

        TASK_SPAWN(bfs_pull(s, at, end));
    }
    TASK_WAIT();
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
    const bench_graph *graph = &problem->as.graph;
    const uint32_t vertices = graph->vertices, large = vertices / BFS_LARGE;
    uint32_t *level = (uint32_t *)data, left = graph->linked - 1, count, n;
    struct bfs s = {graph, level, level + vertices, level + 2 * (size_t)vertices, 2, &count, 0};

    (void)counts;
    n = graph->first[graph->source + 1] - graph->first[graph->source];
    level[graph->source] = 1;
    s.listed = n <= large;
    bfs_first_level(&s);
    while (n > 0) {
        uint32_t *swap = s.now;
        int expands = s.listed && n <= large;

        s.now = s.next;
        s.next = swap;
        s.depth++;
        left -= n;
        count = 0;
        s.listed = n <= large || left <= large;
        if (expands)
            bfs_level(&s, n);
        else
            bfs_pull_level(&s);
        n = count;
    }
}
