/* matmul.c - host side of matmul: products by halves. */
#include "../matrix.h"

static int parse(char *numbers, bench_problem *problem, char *error, size_t size)
{
    return bench_parse_matrix(numbers, 16384, problem, error, size);
}

static void *make(const bench_problem *problem)
{
    return bench_matrices(problem, 0);
}

static clf_status start(bench_run *run, clf_handle *root)
{
    cl_uint zero = 0, n = run->problem->as.matmul.n;

    return clf_start(run->scheduler, "matmul", 6,
                     (clf_arg[]){CLF_ARG(zero), CLF_ARG(zero), CLF_ARG(zero), CLF_ARG(n),
                                 CLF_ARG(n), CLF_ARG(n)},
                     root);
}

const bench_workload bench_matmul = {
    .name = "matmul",
    .synopsis = "matmul:N[,LEAF]",
    .about = "product of two N x N matrices of floats, by halves down to LEAF (128); width=1 does "
             "without explicit vectors",
    .numbers = "512",
    .parse = parse,
    .make = make,
    .bind = bench_matrix_bind,
    .start = start,
    BENCH_MATRIX_MEMBERS,
};
