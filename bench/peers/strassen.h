/* strassen.h - Strassen's products of halves, for the peers; the leaf and the sums are loops that
 * compilers turn into SIMD by themselves. bench/workloads/strassen.fib has the same.
 */
#define STRASSEN_ROWS  32
#define STRASSEN_NONE  4
#define STRASSEN_MINUS 8

static const uint8_t strassen_left[7][2] = {{0, 3}, {2, 3}, {0, 4}, {3, 4},
                                            {0, 1}, {2, 8}, {1, 11}};
static const uint8_t strassen_right[7][2] = {{0, 3}, {0, 4}, {1, 11}, {2, 8},
                                             {3, 4}, {0, 1}, {2, 3}};

/* A part of a matrix: its first number, and how far apart its rows are. */
struct strassen_part {
    const float *at;
    size_t row;
};

static inline struct strassen_part strassen_quarter(struct strassen_part m, size_t which, size_t h)
{
    m.at += (which >> 1 & 1) * h * m.row + (which & 1) * h;
    return m;
}

/* One operand of a product: a quarter, or a sum or difference of two, which goes to `out`. */
static struct strassen_part strassen_operand(struct strassen_part m, const uint8_t *which, size_t h,
                                             float *__restrict out)
{
    struct strassen_part x = strassen_quarter(m, which[0], h), sum = {out, h};
    struct strassen_part y = strassen_quarter(m, which[1] & 3, h);
    float sign = which[1] & STRASSEN_MINUS ? -1.0f : 1.0f;

    if (which[1] == STRASSEN_NONE)
        return x;
    for (size_t i = 0; i < h; i++)
        for (size_t j = 0; j < h; j++)
            out[i * h + j] = x.at[i * x.row + j] + sign * y.at[i * y.row + j];
    return sum;
}

static void strassen_leaf(struct strassen_part a, struct strassen_part b, float *__restrict c,
                          size_t row, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        for (size_t j = 0; j < n; j++)
            c[i * row + j] = 0;
        for (size_t k = 0; k < n; k++)
            for (size_t j = 0; j < n; j++)
                c[i * row + j] += a.at[i * a.row + k] * b.at[k * b.row + j];
    }
}

static void strassen_sum(const float *m, size_t apart, float *__restrict c, size_t row, size_t h,
                         size_t first)
{
    size_t end = first + STRASSEN_ROWS < h ? first + STRASSEN_ROWS : h;

    for (size_t i = first; i < end; i++) {
        float *__restrict up = c + i * row, *__restrict down = c + (i + h) * row;
        const float *m1 = m + i * h, *m2 = m1 + apart, *m3 = m2 + apart, *m4 = m3 + apart;
        const float *m5 = m4 + apart, *m6 = m5 + apart, *m7 = m6 + apart;

        for (size_t j = 0; j < h; j++) {
            up[j] = m1[j] + m4[j] - m5[j] + m7[j];
            up[h + j] = m3[j] + m5[j];
            down[j] = m2[j] + m4[j];
            down[h + j] = m1[j] - m2[j] + m3[j] + m6[j];
        }
    }
}

static void strassen_visit(struct strassen_part a, struct strassen_part b, float *c, size_t row,
                           uint32_t n, uint32_t leaf, float *spare);

static void strassen_product(uint32_t k, struct strassen_part a, struct strassen_part b, uint32_t h,
                             uint32_t leaf, float *spare)
{
    size_t words = (size_t)h * h;
    struct strassen_part left = strassen_operand(a, strassen_left[k], h, spare + words);
    struct strassen_part right = strassen_operand(b, strassen_right[k], h, spare + 2 * words);

    strassen_visit(left, right, spare, h, h, leaf, spare + 3 * words);
}

static void strassen_visit(struct strassen_part a, struct strassen_part b, float *c, size_t row,
                           uint32_t n, uint32_t leaf, float *spare)
{
    uint32_t h = n / 2;
    size_t apart = 3 * (size_t)h * h + bench_strassen_words(h, leaf);

    if (!bench_strassen_splits(n, leaf)) {
        strassen_leaf(a, b, c, row, n);
        return;
    }
    {
        TASK_GROUP();
        for (uint32_t k = 0; k < 7; k++)
            TASK_SPAWN(strassen_product(k, a, b, h, leaf, spare + k * apart));
        TASK_WAIT();
    }
    {
        TASK_GROUP();
        for (uint32_t first = 0; first < h; first += STRASSEN_ROWS)
            TASK_SPAWN(strassen_sum(spare, apart, c, row, h, first));
        TASK_WAIT();
    }
}

static void strassen_solve(const bench_problem *problem, void *data, peer_count *counts)
{
    uint32_t n = problem->as.matmul.n;
    size_t words = (size_t)n * n;
    float *matrix = (float *)data;
    struct strassen_part a = {matrix, n}, b = {matrix + words, n};

    (void)counts;
    strassen_visit(a, b, matrix + 2 * words, n, n, problem->as.matmul.leaf, matrix + 3 * words);
}
