/* search.c - the host side of the workloads that search a graph breadth first. */
#include <stdio.h>
#include <stdlib.h>

#include "device.h"
#include "graph.h"

#define CHUNK 64 /* vertices of a level that one fiber expands, as the peers' tasks do */

void bench_graph_forget(bench_problem *problem)
{
    free(problem->as.graph.first);
    free(problem->as.graph.neighbor);
    free(problem->as.graph.hub);
}

unsigned bench_graph_parts(const bench_problem *problem)
{
    (void)problem;
    return 3;
}

uint64_t bench_graph_times(const bench_problem *problem, uint64_t count)
{
    (void)count;
    return problem->as.graph.edges;
}

/* ---- the right answer ---------------------------------------------------------------------------
 */

/* Of every vertex its level, 0 for those that were not reached. The marks tell them apart. */
static void judge(const bench_graph *graph, const uint32_t *level, bench_answer *answer)
{
    for (uint32_t v = 0; v < graph->vertices; v++) {
        answer->part[0] += level[v] != 0;
        answer->part[1] += level[v];
        answer->part[2] += (uint64_t)level[v] * bench_mark(v);
    }
}

bool bench_graph_known(const bench_problem *problem, bench_answer *answer)
{
    (void)problem;
    (void)answer;
    return false;
}

/* With one queue, where everybody else goes level by level. */
int bench_graph_compute(const bench_problem *problem, bench_answer *answer, char *error,
                        size_t size)
{
    const bench_graph *graph = &problem->as.graph;
    uint32_t *level = calloc(graph->vertices, 2 * sizeof *level), *queue, head = 0, tail = 0;

    if (!level) {
        snprintf(error, size, "no memory for a sequential run of %s", problem->name);
        return -1;
    }
    queue = level + graph->vertices;
    queue[tail++] = graph->source;
    level[graph->source] = 1;
    while (head < tail) {
        uint32_t v = queue[head++];

        for (uint32_t e = graph->first[v]; e < graph->first[v + 1]; e++)
            if (level[graph->neighbor[e]] == 0) {
                level[graph->neighbor[e]] = level[v] + 1;
                queue[tail++] = graph->neighbor[e];
            }
    }
    judge(graph, level, answer);
    free(level);
    return 0;
}

double bench_graph_guess(const bench_problem *problem, const bench_answer *answer)
{
    (void)answer;
    return 5e-9 * problem->as.graph.edges;
}

/* ---- the peers' memory: levels, two queues ------------------------------------------------------
 */

void *bench_graph_data(const bench_problem *problem)
{
    return bench_zeroes(3 * sizeof(uint32_t) * (size_t)problem->as.graph.vertices);
}

void bench_graph_judge(const bench_problem *problem, const void *data, bench_answer *answer)
{
    judge(&problem->as.graph, data, answer);
}

/* ---- on the device ------------------------------------------------------------------------------
 */

void bench_graph_build_options(const bench_run *run, char *text, size_t size)
{
    snprintf(text, size, "-DBFS_WIDTH=%u", bench_width(run, run->problem->as.graph.width));
}

int bench_graph_bind(bench_run *run)
{
    const bench_graph *graph = &run->problem->as.graph;
    const size_t word = sizeof(cl_uint), vertices = graph->vertices;

    if (bench_bind_uint(run, "vertices", graph->vertices) ||
        bench_bind_uint(run, "linked", graph->linked) || bench_bind_uint(run, "chunk", CHUNK) ||
        bench_bind_uint(run, "large", BFS_LARGE) || bench_bind_uint(run, "pulled", BFS_PULLED) ||
        bench_input(run, 0, "first", (vertices + 1) * word, graph->first, "the vertices") ||
        bench_input(run, 1, "neighbor", ((size_t)graph->edges + 1) * word, graph->neighbor,
                    "the edges") ||
        bench_bind_uint(run, "only", BENCH_ONLY) ||
        bench_input(run, 5, "hub", vertices * word, graph->hub, "the hubs") ||
        bench_buffer(run, 2, "level", vertices * word, NULL, "the levels") ||
        bench_buffer(run, 3, "queue", 2 * vertices * word, NULL, "the queues") ||
        bench_buffer(run, 4, "count", 3 * word, NULL, "the queues' lengths"))
        return -1;
    return 0;
}

clf_status bench_graph_start(bench_run *run, clf_handle *root)
{
    cl_uint source = run->problem->as.graph.source;

    return clf_start(run->scheduler, "bfs", 1, (clf_arg[]){CLF_ARG(source)}, root);
}

int bench_graph_collect(bench_run *run, bench_answer *answer)
{
    uint32_t *level = bench_read(run, 2);

    if (!level)
        return -1;
    judge(&run->problem->as.graph, level, answer);
    free(level);
    return 0;
}
