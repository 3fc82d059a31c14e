/* strassen.c - host side of strassen: products by Strassen's seven of halves. */
#include "../device.h"
#include "../matrix.h"

/* What is below the leaf is not known before the numbers are. 2048 with leaves of 128 take 1 GB. */
static int parse(char *numbers, bench_problem *problem, char *error, size_t size)
{
    return bench_parse_matrix(numbers, 2048, problem, error, size);
}

static size_t spare_words(const bench_problem *problem)
{
    return bench_strassen_words(problem->as.matmul.n, problem->as.matmul.leaf);
}

static void *make(const bench_problem *problem)
{
    return bench_matrices(problem, spare_words(problem));
}

/* A product is a fiber that runs one more, and the sums of rows are fibers. */
static uint64_t fibers_of(uint32_t n, uint32_t leaf)
{
    uint32_t h = n / 2;

    return bench_strassen_splits(n, leaf) ? 1 + 7 * (1 + fibers_of(h, leaf)) + (h + 31) / 32 : 1;
}

static uint64_t fibers(const bench_problem *problem, const bench_answer *answer)
{
    (void)answer;
    return 1 + fibers_of(problem->as.matmul.n, problem->as.matmul.leaf);
}

static int bind(bench_run *run)
{
    size_t words = spare_words(run->problem) + 1;

    if (bench_matrix_bind(run))
        return -1;
    return bench_buffer(run, 3, "spare", words * sizeof(cl_float), NULL, "sums and products");
}

static clf_status start(bench_run *run, clf_handle *root)
{
    cl_uint n = run->problem->as.matmul.n;

    return clf_start(run->scheduler, "strassen", 1, (clf_arg[]){CLF_ARG(n)}, root);
}

const bench_workload bench_strassen = {
    .name = "strassen",
    .synopsis = "strassen:N[,LEAF]",
    .about = "the same by Strassen's seven products of halves, down to LEAF (128) or an odd size; "
             "width=1 does without explicit vectors",
    .numbers = "512",
    .parse = parse,
    .fibers = fibers,
    .make = make,
    .bind = bind,
    .start = start,
    BENCH_MATRIX_MEMBERS,
};
