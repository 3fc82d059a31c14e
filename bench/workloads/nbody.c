/* nbody.c - host side of nbody: a cluster of stars, and what they pull by direct sums. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "../device.h"
#include "../sequence.h"

/* Parts of the answer. */
enum { RIGHT, ONCE };

/* Direct sums take this many pairs at most: a second or so. */
#define PAIRS ((uint64_t)1 << 27)

/* How far a force may be off, of its own length and of the mean one: with cells opened as they are,
 * the greatest error is a fifth of this. */
#define TOLERANCE 0.01

/* ---- the bodies -------------------------------------------------------------------------------
 */

/* Above 0, below 1. */
static double uniform(uint32_t *state)
{
    return (bench_number((*state)++) + 0.5) / 4294967296.0;
}

/* Plummer's cluster, without what is far out: dense in the middle, thin outside. */
static void place(float *body, uint32_t *state)
{
    double radius, z, angle, across;

    do
        radius = 1 / sqrt(pow(uniform(state), -2.0 / 3.0) - 1);
    while (radius > 7.9);
    z = 2 * uniform(state) - 1;
    angle = 6.283185307179586 * uniform(state);
    across = radius * sqrt(1 - z * z);
    body[0] = (float)(across * cos(angle));
    body[1] = (float)(across * sin(angle));
    body[2] = (float)(radius * z);
    body[3] = (float)(0.5 + uniform(state));
}

static void sum_directly(const bench_problem *problem, uint32_t i, double *force)
{
    const float *input = problem->as.nbody.input, *own = input + 4 * (size_t)i;
    double x = own[0], y = own[1], z = own[2], fx = 0, fy = 0, fz = 0;

    for (const float *b = input; b < input + 4 * (size_t)problem->as.nbody.n; b += 4) {
        double dx = b[0] - x, dy = b[1] - y, dz = b[2] - z;
        double r2 = dx * dx + dy * dy + dz * dz + (double)NBODY_SOFT, f = b[3] / (r2 * sqrt(r2));

        fx += f * dx;
        fy += f * dy;
        fz += f * dz;
    }
    force[0] = fx;
    force[1] = fy;
    force[2] = fz;
    force[3] = sqrt(fx * fx + fy * fy + fz * fz);
}

static int parse(char *numbers, bench_problem *problem, char *error, size_t size)
{
    const bench_blank blank[] = {{"N", 1, 1u << 22, &problem->as.nbody.n},
                                 {"LEAF", 16, 1u << 22, &problem->as.nbody.leaf}};
    uint32_t n, state = 0;
    size_t rows;

    problem->as.nbody.leaf = 64;
    if (bench_parse_numbers(numbers, blank, 2, &problem->as.nbody.width, error, size))
        return -1;
    n = problem->as.nbody.n;
    problem->as.nbody.apart = (uint32_t)(((uint64_t)n * n + PAIRS - 1) / PAIRS);
    rows = (n - 1) / problem->as.nbody.apart + 1;
    problem->as.nbody.input = malloc(4 * sizeof(float) * (size_t)n);
    problem->as.nbody.reference = calloc(rows, 4 * sizeof(double));
    if (!problem->as.nbody.input || !problem->as.nbody.reference) {
        free(problem->as.nbody.input);
        free(problem->as.nbody.reference);
        snprintf(error, size, "no memory for %u bodies", n);
        return -1;
    }
    for (uint32_t i = 0; i < n; i++)
        place(problem->as.nbody.input + 4 * (size_t)i, &state);
    return 0;
}

static void forget(bench_problem *problem)
{
    free(problem->as.nbody.input);
    free(problem->as.nbody.reference);
}

static uint32_t checked(const bench_problem *problem)
{
    return (problem->as.nbody.n - 1) / problem->as.nbody.apart + 1;
}

/* ---- the right answer ---------------------------------------------------------------------------
 */

static unsigned parts(const bench_problem *problem)
{
    (void)problem;
    return 2;
}

static uint64_t times(const bench_problem *problem, uint64_t count)
{
    (void)count;
    return problem->as.nbody.n;
}

static bool known(const bench_problem *problem, bench_answer *answer)
{
    answer->part[RIGHT] = checked(problem);
    answer->part[ONCE] = problem->as.nbody.n;
    return true;
}

static double guess(const bench_problem *problem, const bench_answer *answer)
{
    (void)answer;
    return 2e-6 * problem->as.nbody.n;
}

/* The forces by direct sums; they are computed when the first run is judged. */
static double mean_force(const bench_problem *problem)
{
    double *reference = problem->as.nbody.reference, sum = 0;
    uint32_t rows = checked(problem);

    for (uint32_t i = 0; i < rows; i++) {
        if (reference[4 * (size_t)i + 3] == 0)
            sum_directly(problem, i * problem->as.nbody.apart, reference + 4 * (size_t)i);
        sum += reference[4 * (size_t)i + 3];
    }
    return sum / rows;
}

static void judge_forces(const bench_problem *problem, const float *force, bench_answer *answer)
{
    const double *reference = problem->as.nbody.reference;
    double mean = mean_force(problem);

    for (uint32_t i = 0; i < problem->as.nbody.n; i++)
        answer->part[ONCE] += force[4 * (size_t)i + 3] == 1.0f;
    for (uint32_t i = 0; i < checked(problem); i++) {
        const float *is = force + 4 * (size_t)i * problem->as.nbody.apart;
        const double *wanted = reference + 4 * (size_t)i;
        double x = is[0] - wanted[0], y = is[1] - wanted[1], z = is[2] - wanted[2];

        answer->part[RIGHT] +=
            sqrt(x * x + y * y + z * z) <= TOLERANCE * (wanted[3] + mean) && is[3] == 1.0f;
    }
}

/* ---- the peers' memory: bodies three times, forces, cells, numbers
 * ------------------------------- */

static void *make(const bench_problem *problem)
{
    size_t n = problem->as.nbody.n;
    float *memory = bench_zeroes((4 * 16 + 3 * 32 + 2 * 4) * n + 4);

    for (size_t i = 0; memory && i < 4 * n; i++)
        memory[i] = problem->as.nbody.input[i];
    return memory;
}

static void judge(const bench_problem *problem, const void *data, bench_answer *answer)
{
    judge_forces(problem, (const float *)data + 12 * (size_t)problem->as.nbody.n, answer);
}

/* ---- on the device ----------------------------------------------------------------------------
 */

static void build_options(const bench_run *run, char *text, size_t size)
{
    snprintf(text, size, "-DNBODY_WIDTH=%u", bench_width(run, run->problem->as.nbody.width));
}

static int bind(bench_run *run)
{
    const bench_problem *problem = run->problem;
    size_t n = problem->as.nbody.n, row = (n + NBODY_GROUP - 1) / NBODY_GROUP * NBODY_GROUP;

    if (bench_bind_uint(run, "n", (uint32_t)n) || bench_bind_uint(run, "row", (uint32_t)row) ||
        bench_bind_uint(run, "leaf", problem->as.nbody.leaf) ||
        bench_buffer(run, 0, "input", 16 * n, problem->as.nbody.input, "the bodies") ||
        bench_buffer(run, 1, "body", 2 * 16 * row, NULL, "the bodies in order") ||
        bench_buffer(run, 2, "id", 2 * 4 * row + 4, NULL, "their places") ||
        bench_buffer(run, 3, "cells", 3 * 32 * n, NULL, "the cells") ||
        bench_buffer(run, 4, "force", 16 * n, NULL, "the forces"))
        return -1;
    return 0;
}

static clf_status start(bench_run *run, clf_handle *root)
{
    return clf_start(run->scheduler, "nbody", 0, NULL, root);
}

static int collect(bench_run *run, bench_answer *answer)
{
    float *force = bench_read(run, 4);

    if (!force)
        return -1;
    judge_forces(run->problem, force, answer);
    free(force);
    return 0;
}

const bench_workload bench_nbody = {
    .name = "nbody",
    .synopsis = "nbody:N[,LEAF]",
    .about = "forces of N bodies on each other by Barnes and Hut: a fiber per cell of the tree, "
             "then one per LEAF "
             "(64) bodies; width=1 does without vectors",
    .numbers = "16384",
    .each = "body",
    .part_name = {"right forces", "forces computed once"},
    .parse = parse,
    .parts = parts,
    .times = times,
    .forget = forget,
    .known = known,
    .guess = guess,
    .make = make,
    .judge = judge,
    .build_options = build_options,
    .bind = bind,
    .start = start,
    .collect = collect,
};
