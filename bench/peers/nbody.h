/* nbody.h - Barnes and Hut's forces, for the peers: bench/workloads/nbody.fib has the same. The
 * loops over a group's bodies are such that compilers turn them into SIMD by themselves.
 */
#define NBODY_TAKEN 4096

struct nbody_cell {
    float centre[4], size2;
    uint32_t first, count, kids;
};

struct nbody {
    uint32_t n, leaf;
    const float (*input)[4];
    float (*body)[4], (*force)[4];
    uint32_t *id, *cells;
    struct nbody_cell *cell;
};

/* ---- the tree ---- */

static inline uint32_t nbody_eighth(const float *b, const float *middle)
{
    return (uint32_t)((b[0] >= middle[0]) | (b[1] >= middle[1]) << 1 | (b[2] >= middle[2]) << 2);
}

static inline void nbody_copy(float *to, const float *from)
{
    for (int i = 0; i < 4; i++)
        to[i] = from[i];
}

static void nbody_split(const float (*from)[4], const uint32_t *from_id, float (*to)[4],
                        uint32_t *to_id, uint32_t n, const float *middle, uint32_t *start)
{
    uint32_t at[8] = {0, 0, 0, 0, 0, 0, 0, 0};

    for (uint32_t i = 0; i < n; i++)
        at[nbody_eighth(from[i], middle)]++;
    start[0] = 0;
    for (uint32_t k = 0; k < 8; k++) {
        start[k + 1] = start[k] + at[k];
        at[k] = start[k];
    }
    for (uint32_t i = 0; i < n; i++) {
        uint32_t place = at[nbody_eighth(from[i], middle)]++;

        nbody_copy(to[place], from[i]);
        to_id[place] = from_id[i];
    }
}

static inline void nbody_add(float *sum, const float *b)
{
    for (int i = 0; i < 3; i++)
        sum[i] += b[i] * b[3];
    sum[3] += b[3];
}

static void nbody_finish(struct nbody_cell *c, const float *sum, float side, uint32_t first,
                         uint32_t count, uint32_t kids)
{
    for (int i = 0; i < 3; i++)
        c->centre[i] = sum[i] / sum[3];
    c->centre[3] = sum[3];
    c->size2 = side * side;
    c->first = first;
    c->count = count;
    c->kids = kids;
}

static void nbody_leaf(const struct nbody *s, uint32_t index, uint32_t half, uint32_t first,
                       uint32_t n, float side)
{
    float sum[4] = {0, 0, 0, 0};
    uint32_t from = half * s->n + first;

    for (uint32_t i = 0; i < n; i++) {
        nbody_add(sum, s->body[from + i]);
        nbody_copy(s->body[first + i], s->body[from + i]);
        s->id[first + i] = s->id[from + i];
    }
    nbody_finish(&s->cell[index], sum, side, first, n, 0);
}

/* A corner of the cube, not an array: tasks take copies of it. */
struct nbody_middle {
    float at[3];
};

static inline struct nbody_middle nbody_moved(struct nbody_middle middle, uint32_t which, float by)
{
    for (uint32_t i = 0; i < 3; i++)
        middle.at[i] += which >> i & 1 ? by : -by;
    return middle;
}

static void nbody_build(const struct nbody *s, uint32_t index, uint32_t first, uint32_t n,
                        uint32_t depth, struct nbody_middle middle)
{
    uint32_t half = depth & 1, kids = 0, kid, next, start[9];
    uint32_t from = half * s->n + first, to = (1 - half) * s->n + first;
    float side = NBODY_CUBE / (float)(1u << depth), sum[4] = {0, 0, 0, 0};

    if (n <= NBODY_CELL || depth == NBODY_DEEPEST) {
        nbody_leaf(s, index, half, first, n, side);
        return;
    }
    nbody_split(s->body + from, s->id + from, s->body + to, s->id + to, n, middle.at, start);
    for (uint32_t k = 0; k < 8; k++)
        kids += start[k + 1] > start[k];
    kid = next = __atomic_fetch_add(s->cells, kids, __ATOMIC_RELAXED);
    {
        TASK_GROUP();
        for (uint32_t k = 0; k < 8; k++) {
            uint32_t begin = start[k], count = start[k + 1] - start[k];
            struct nbody_middle inner = nbody_moved(middle, k, side / 4);

            if (count == 0)
                continue;
            TASK_SPAWN(nbody_build(s, next, first + begin, count, depth + 1, inner));
            next++;
        }
        TASK_WAIT();
    }
    for (uint32_t k = 0; k < kids; k++)
        nbody_add(sum, s->cell[kid + k].centre);
    nbody_finish(&s->cell[index], sum, side, kid, 0, kids);
}

/* ---- the walk ---- */

struct nbody_group {
    float x[NBODY_GROUP], y[NBODY_GROUP], z[NBODY_GROUP];
    float fx[NBODY_GROUP], fy[NBODY_GROUP], fz[NBODY_GROUP];
};

/* 1 / sqrt(x) as wide/rsqrt.h has it: C's sqrtf() may set errno, which keeps loops scalar. */
static inline float nbody_rsqrt(float x)
{
    union {
        float number;
        uint32_t bits;
    } y;

    y.number = x;
    y.bits = 0x5f3759dfu - (y.bits >> 1);
    for (int i = 0; i < 3; i++)
        y.number *= 1.5f - 0.5f * x * y.number * y.number;
    return y.number;
}

static inline void nbody_pull(struct nbody_group *__restrict g, const float *source)
{
    float x = source[0], y = source[1], z = source[2], mass = source[3];

    for (int k = 0; k < NBODY_GROUP; k++) {
        float dx = x - g->x[k], dy = y - g->y[k], dz = z - g->z[k];
        float r = nbody_rsqrt(dx * dx + dy * dy + dz * dz + NBODY_SOFT), f = mass * r * r * r;

        g->fx[k] += f * dx;
        g->fy[k] += f * dy;
        g->fz[k] += f * dz;
    }
}

static inline float nbody_apart(float lo, float at, float hi)
{
    float d = lo - at > at - hi ? lo - at : at - hi;

    return d > 0 ? d * d : 0;
}

static void nbody_visit(const struct nbody *s, struct nbody_group *g, const float *lo,
                        const float *hi)
{
    uint32_t stack[8 * NBODY_DEEPEST], top = 0;

    stack[top++] = 0;
    while (top > 0) {
        const struct nbody_cell *c = &s->cell[stack[--top]];
        float apart = 0;

        for (int i = 0; i < 3; i++)
            apart += nbody_apart(lo[i], c->centre[i], hi[i]);
        if (c->size2 < NBODY_OPEN * NBODY_OPEN * apart)
            nbody_pull(g, c->centre);
        else if (c->kids == 0)
            for (uint32_t k = 0; k < c->count; k++)
                nbody_pull(g, s->body[c->first + k]);
        else
            for (uint32_t k = c->kids; k > 0; k--)
                stack[top++] = c->first + k - 1;
    }
}

/* The places that a group lacks are filled with its first body. */
static void nbody_walk(const struct nbody *s, uint32_t first, uint32_t n)
{
    struct nbody_group g;
    float lo[3], hi[3];

    for (int i = 0; i < 3; i++)
        lo[i] = hi[i] = s->body[first][i];
    for (uint32_t k = 0; k < NBODY_GROUP; k++) {
        const float *b = s->body[k < n ? first + k : first];

        g.x[k] = b[0];
        g.y[k] = b[1];
        g.z[k] = b[2];
        g.fx[k] = g.fy[k] = g.fz[k] = 0;
        for (int i = 0; i < 3; i++) {
            lo[i] = b[i] < lo[i] ? b[i] : lo[i];
            hi[i] = b[i] > hi[i] ? b[i] : hi[i];
        }
    }
    nbody_visit(s, &g, lo, hi);
    for (uint32_t k = 0; k < n; k++) {
        float *f = s->force[s->id[first + k]];

        f[0] = g.fx[k];
        f[1] = g.fy[k];
        f[2] = g.fz[k];
        f[3]++;
    }
}

static void nbody_forces(const struct nbody *s, uint32_t first, uint32_t n)
{
    TASK_GROUP();
    uint32_t half = (n / 2 + NBODY_GROUP - 1) / NBODY_GROUP * NBODY_GROUP;

    if (n > s->leaf) {
        TASK_SPAWN(nbody_forces(s, first, half));
        TASK_SPAWN(nbody_forces(s, first + half, n - half));
        TASK_WAIT();
        return;
    }
    for (uint32_t k = 0; k < n; k += NBODY_GROUP)
        nbody_walk(s, first + k, n - k < NBODY_GROUP ? n - k : NBODY_GROUP);
}

static void nbody_take_in(const struct nbody *s, uint32_t first)
{
    uint32_t end = first + NBODY_TAKEN < s->n ? first + NBODY_TAKEN : s->n;

    for (uint32_t i = first; i < end; i++) {
        nbody_copy(s->body[i], s->input[i]);
        s->id[i] = i;
    }
}

static void nbody_solve(const bench_problem *problem, void *data, peer_count *counts)
{
    uint32_t n = problem->as.nbody.n;
    float(*row)[4] = (float(*)[4])data;
    struct nbody s = {n,   problem->as.nbody.leaf, row, row + n, row + 3 * (size_t)n, NULL, NULL,
                      NULL};
    struct nbody_middle middle = {{0, 0, 0}};

    (void)counts;
    s.cell = (struct nbody_cell *)(void *)(row + 4 * (size_t)n);
    s.id = (uint32_t *)(void *)(s.cell + 3 * (size_t)n);
    s.cells = s.id + 2 * (size_t)n;
    {
        const struct nbody *all = &s;
        TASK_GROUP();
        for (uint32_t first = 0; first < n; first += NBODY_TAKEN)
            TASK_SPAWN(nbody_take_in(all, first));
        TASK_WAIT();
    }
    *s.cells = 1; /* the root */
    nbody_build(&s, 0, 0, n, 0, middle);
    nbody_forces(&s, 0, n);
}
