/* matmul.h - a recursive matrix product, for the peers. The leaf is the loop nest that compilers
 * turn into SIMD by themselves.
 */
struct matmul {
    uint32_t n, leaf;
    const float *a, *b;
    float *c;
};

/* In size_t: a product of 32-bit numbers may wrap, which would keep the loop from being vectorized.
 */
static void matmul_leaf(size_t n, const float *__restrict a, const float *__restrict b,
                        float *__restrict c, size_t rows, size_t columns, size_t inner)
{
    for (size_t i = 0; i < rows; i++)
        for (size_t k = 0; k < inner; k++)
            for (size_t j = 0; j < columns; j++)
                c[i * n + j] += a[i * n + k] * b[k * n + j];
}

static void matmul_visit(const struct matmul *m, uint32_t row, uint32_t column, uint32_t k,
                         uint32_t rows, uint32_t columns, uint32_t inner)
{
    uint32_t longest = rows > columns ? rows : columns, n = m->n, part;

    longest = longest > inner ? longest : inner;
    part = (longest / 2 + 31) / 32 * 32;
    if (longest <= m->leaf || part >= longest) {
        matmul_leaf(n, m->a + (size_t)row * n + k, m->b + (size_t)k * n + column,
                    m->c + (size_t)row * n + column, rows, columns, inner);
        return;
    }
    TASK_GROUP();
    if (rows == longest) {
        TASK_SPAWN(matmul_visit(m, row, column, k, part, columns, inner));
        TASK_SPAWN(matmul_visit(m, row + part, column, k, rows - part, columns, inner));
    } else if (columns == longest) {
        TASK_SPAWN(matmul_visit(m, row, column, k, rows, part, inner));
        TASK_SPAWN(matmul_visit(m, row, column + part, k, rows, columns - part, inner));
    } else {
        matmul_visit(m, row, column, k, rows, columns, part);
        matmul_visit(m, row, column, k + part, rows, columns, inner - part);
    }
    TASK_WAIT();
}

static void matmul_solve(const bench_problem *problem, void *data, peer_count *counts)
{
    uint32_t n = problem->as.matmul.n;
    float *matrix = (float *)data;
    struct matmul m = {n, problem->as.matmul.leaf, matrix, matrix + (size_t)n * n,
                       matrix + 2 * (size_t)n * n};

    (void)counts;
    matmul_visit(&m, 0, 0, 0, n, n, n);
}
