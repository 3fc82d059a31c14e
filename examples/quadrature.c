/* quadrature.c - several roots at once, float arguments and results.
 *
 * usage: quadrature */
#include <math.h>
#include <stdio.h>

#include "common.h"

/* In the order of the cases in the fiber file. */
static const struct {
    const char *text;
    float from, to;
} integral[] = {
    {"4 / (1 + x^2)", 0, 1},
    {"sqrt(x)", 0, 2},
    {"1 / (0.0001 + x^2)", -1, 2},
    {"sin(20 x)", 0, 3},
};
enum { INTEGRALS = sizeof integral / sizeof *integral };

/* Their antiderivatives, in double. */
static double antiderivative(int which, double x)
{
    switch (which) {
    case 0:
        return 4 * atan(x);
    case 1:
        return x * sqrt(x) * 2 / 3;
    case 2:
        return 100 * atan(100 * x);
    default:
        return -cos(20 * x) / 20;
    }
}

int main(int argc, char **argv)
{
    clf_scheduler *s = example_open("quadrature.fib");
    clf_handle root[INTEGRALS];
    int wrong = 0;

    (void)argv;
    if (argc > 1)
        example_die(EXAMPLE_FAILED, "usage: quadrature");

    /* All are started before any is waited for: the first join runs the four trees together. */
    for (int k = 0; k < INTEGRALS; k++) {
        double exact = antiderivative(k, integral[k].to) - antiderivative(k, integral[k].from);
        /* What a float of that size can hold, and not more. */
        float tolerance = (float)(1e-6 * fabs(exact));
        example_check(s, clf_start(s, "integrate", 4,
                                   (clf_arg[]){CLF_INT(k), CLF_ARG(integral[k].from),
                                               CLF_ARG(integral[k].to), CLF_ARG(tolerance)},
                                   &root[k]));
    }
    for (int k = 0; k < INTEGRALS; k++) {
        double exact = antiderivative(k, integral[k].to) - antiderivative(k, integral[k].from);
        cl_float result;

        example_check(s, clf_join(s, root[k], &result, sizeof result, CLF_FOREVER));
        printf("%-18s from %g to %g: %-10.7g  exactly %.7g\n", integral[k].text,
               (double)integral[k].from, (double)integral[k].to, (double)result, exact);
        /* Rounding adds up to more than the tolerance asks for. Written so that a NaN is wrong. */
        if (!(fabs((double)result - exact) <= 1e-5 * fmax(1, fabs(exact))))
            wrong++;
    }
    example_print_stats(s);
    clf_destroy(s);
    if (wrong)
        example_die(EXAMPLE_FAILED, "%d wrong", wrong);
    return 0;
}
