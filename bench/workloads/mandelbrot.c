/* mandelbrot.c - host side of mandelbrot: counters. */
#include <stdio.h>

#include "../device.h"

static int parse(char *numbers, bench_problem *problem, char *error, size_t size)
{
    const bench_blank blank[] = {{"SIZE", 1, 65536, &problem->as.mandelbrot.size},
                                 {"LIMIT", 1, 1000000, &problem->as.mandelbrot.limit},
                                 {"LEAF", 1, 65536, &problem->as.mandelbrot.leaf}};

    problem->as.mandelbrot.limit = 256;
    problem->as.mandelbrot.leaf = 32;
    return bench_parse_numbers(numbers, blank, 3, &problem->as.mandelbrot.width, error, size);
}

static unsigned parts(const bench_problem *problem)
{
    (void)problem;
    return 2;
}

static uint64_t times(const bench_problem *problem, uint64_t count)
{
    (void)count;
    return (uint64_t)problem->as.mandelbrot.size * problem->as.mandelbrot.size;
}

static bool known(const bench_problem *problem, bench_answer *answer)
{
    (void)problem;
    (void)answer;
    return false;
}

static double guess(const bench_problem *problem, const bench_answer *answer)
{
    (void)problem;
    return 3e-9 * (double)answer->part[0];
}

static void build_options(const bench_run *run, char *text, size_t size)
{
    snprintf(text, size, "-DMANDELBROT_WIDTH=%u",
             bench_width(run, run->problem->as.mandelbrot.width));
}

static int bind(bench_run *run)
{
    if (bench_bind_uint(run, "size", run->problem->as.mandelbrot.size) ||
        bench_bind_uint(run, "limit", run->problem->as.mandelbrot.limit) ||
        bench_bind_uint(run, "leaf", run->problem->as.mandelbrot.leaf))
        return -1;
    return bench_counts_buffer(run, 0);
}

static clf_status start(bench_run *run, clf_handle *root)
{
    cl_uint zero = 0, size = run->problem->as.mandelbrot.size;

    return clf_start(run->scheduler, "mandelbrot", 4,
                     (clf_arg[]){CLF_ARG(zero), CLF_ARG(zero), CLF_ARG(size), CLF_ARG(size)}, root);
}

static int collect(bench_run *run, bench_answer *answer)
{
    return bench_sum_counts(run, 0, answer);
}

const bench_workload bench_mandelbrot = {
    .name = "mandelbrot",
    .synopsis = "mandelbrot:SIZE[,LIMIT[,LEAF]]",
    .about = "iterations of SIZE x SIZE pixels, LIMIT (256) at most, by quarters down to LEAF (32) "
             "pixels a side; width=1 does without vectors",
    .numbers = "1024",
    .each = "pixel",
    .part_name = {"iterations", "pixels inside"},
    .parse = parse,
    .parts = parts,
    .times = times,
    .known = known,
    .guess = guess,
    .build_options = build_options,
    .bind = bind,
    .start = start,
    .collect = collect,
};
