/* bfs.c - host side of bfs: which file. */
#include "../graph.h"

static int parse(char *numbers, bench_problem *problem, char *error, size_t size)
{
    return bench_graph_read(&problem->as.graph, numbers, error, size);
}

const bench_workload bench_bfs = {
    .name = "bfs",
    .synopsis = "bfs:FILE",
    .about = "breadth-first search of a graph, as undirected, from the vertex with the most "
             "neighbours; FILE "
             "is in Matrix Market form or a list of edges, counted from 0",
    .numbers = "",
    .parse = parse,
    BENCH_GRAPH_MEMBERS,
};
