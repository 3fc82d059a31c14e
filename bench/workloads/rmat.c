/* rmat.c - host side of rmat: a generated graph (Chakrabarti, Zhan, Faloutsos, 2004). */
#include <stdio.h>
#include <stdlib.h>

#include "../graph.h"

static uint64_t next(uint64_t *state)
{
    uint64_t x = *state += UINT64_C(0x9e3779b97f4a7c15);

    x = (x ^ x >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
    x = (x ^ x >> 27) * UINT64_C(0x94d049bb133111eb);
    return x ^ x >> 31;
}

/* A bit of both vertices per round: the four quarters of the matrix have 57, 19, 19 and 5 percent.
 */
static void draw(uint32_t scale, uint64_t *state, uint32_t pair[2])
{
    pair[0] = pair[1] = 0;
    for (uint32_t i = 0; i < scale; i++) {
        uint64_t r = next(state) % 100;

        pair[0] = pair[0] << 1 | (r >= 76);
        pair[1] = pair[1] << 1 | ((r >= 57 && r < 76) || r >= 95);
    }
}

static int parse(char *numbers, bench_problem *problem, char *error, size_t size)
{
    uint32_t scale = 0, factor = 16, *pair;
    const bench_blank blank[] = {{"SCALE", 1, 25, &scale}, {"FACTOR", 1, 32, &factor}};
    uint64_t state = 1;
    size_t count;
    int failed;

    if (bench_parse_numbers(numbers, blank, 2, &problem->as.graph.width, error, size))
        return -1;
    count = (size_t)factor << scale;
    pair = malloc(2 * count * sizeof *pair);
    for (size_t i = 0; pair && i < count; i++)
        draw(scale, &state, pair + 2 * i);
    failed = !pair || bench_graph_make(&problem->as.graph, 1u << scale, pair, count);
    free(pair);
    if (failed)
        snprintf(error, size, "no memory for a graph of %zu edges", count);
    return failed ? -1 : 0;
}

const bench_workload bench_rmat = {
    .name = "rmat",
    .synopsis = "rmat:SCALE[,FACTOR]",
    .about =
        "the same search of a generated graph with 2^SCALE vertices and FACTOR (16) times as many "
        "edges; width=1 does without vectors",
    .numbers = "16",
    .parse = parse,
    BENCH_GRAPH_MEMBERS,
};
