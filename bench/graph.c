/* graph.c - graphs for the workloads that search them: from pairs of vertices, or from a file. */
#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "graph.h"

/* ---- from pairs of vertices -------------------------------------------------------------------
 */

/* The neighbours of each vertex, as they come. */
static void fill(bench_graph *graph, const uint32_t *pair, size_t count)
{
    uint32_t *first = graph->first;

    for (size_t i = 0; i < 2 * count; i++)
        first[pair[i] + 1]++;
    for (uint32_t v = 0; v < graph->vertices; v++)
        first[v + 1] += first[v];
    /* first[v] moves on to where v's neighbours end, which is where v + 1's begin. */
    for (size_t i = 0; i < 2 * count; i++)
        graph->neighbor[first[pair[i]]++] = pair[i ^ 1];
    for (uint32_t v = graph->vertices; v > 0; v--)
        first[v] = first[v - 1];
    first[0] = 0;
}

/* Moves lists that end at end[v] together. */
static void close_ranks(bench_graph *graph, const uint32_t *end)
{
    uint32_t at = 0, begin = 0;

    for (uint32_t v = 0; v < graph->vertices; v++) {
        uint32_t n = end[v] - begin;

        memmove(graph->neighbor + at, graph->neighbor + begin, n * sizeof *end);
        begin = graph->first[v + 1];
        graph->first[v] = at;
        at += n;
    }
    graph->first[graph->vertices] = graph->edges = at;
    graph->neighbor[at] = 0;
}

/* In order, each once, without loops: vertex after vertex puts itself into its neighbours' lists.
 * `list` has room for all edges and one more, `end` for the vertices. */
static void order(bench_graph *graph, uint32_t *list, uint32_t *end)
{
    const uint32_t *first = graph->first;

    memcpy(end, first, graph->vertices * sizeof *end);
    for (uint32_t u = 0; u < graph->vertices; u++)
        for (uint32_t e = first[u]; e < first[u + 1]; e++) {
            uint32_t v = graph->neighbor[e];

            if (v != u && (end[v] == first[v] || list[end[v] - 1] != u))
                list[end[v]++] = u;
        }
    memcpy(graph->neighbor, list, graph->edges * sizeof *list);
    close_ranks(graph, end);
}

/* Searches that go up look at the neighbour first that has the most itself: the level before holds
 * it most likely. And where the search begins. */
static void find_hubs(bench_graph *graph)
{
    const uint32_t *first = graph->first;
    uint32_t widest = 0;

    for (uint32_t v = 0; v < graph->vertices; v++) {
        uint32_t most = 0;

        graph->hub[v] = v;
        for (uint32_t e = first[v]; e < first[v + 1]; e++) {
            uint32_t u = graph->neighbor[e], degree = first[u + 1] - first[u];

            if (degree > most) {
                most = degree;
                graph->hub[v] = u;
            }
        }
        if (first[v + 1] - first[v] <= 1)
            graph->hub[v] |= BENCH_ONLY;
        graph->linked += first[v + 1] > first[v];
        if (first[v + 1] - first[v] > widest) {
            widest = first[v + 1] - first[v];
            graph->source = v;
        }
    }
}

int bench_graph_make(bench_graph *graph, uint32_t vertices, const uint32_t *pair, size_t count)
{
    const size_t edges = 2 * count;
    uint32_t *list = malloc((edges + 1) * sizeof *list);

    graph->vertices = vertices;
    graph->edges = (uint32_t)edges;
    graph->source = graph->linked = 0;
    graph->first = calloc((size_t)vertices + 1, sizeof *graph->first);
    graph->neighbor = malloc((edges + 1) * sizeof *graph->neighbor);
    graph->hub = malloc(vertices * sizeof *graph->hub);
    if (!list || !graph->first || !graph->neighbor || !graph->hub) {
        free(list);
        free(graph->first);
        free(graph->neighbor);
        free(graph->hub);
        return -1;
    }
    fill(graph, pair, count);
    order(graph, list, graph->hub);
    find_hubs(graph);
    free(list);
    return 0;
}

/* ---- from a file --------------------------------------------------------------------------------
 */

struct reader {
    const char *name;
    FILE *file;
    bool market, sized; /* Matrix Market; its line of sizes was read */
    unsigned long line;
    uint32_t *pair, vertices;
    size_t count, capacity;
};

static int add_pair(struct reader *r, unsigned long a, unsigned long b)
{
    if (r->count == r->capacity) {
        size_t capacity = r->capacity ? 2 * r->capacity : 4096;
        uint32_t *larger = realloc(r->pair, 2 * capacity * sizeof *larger);

        if (!larger)
            return -1;
        r->pair = larger;
        r->capacity = capacity;
    }
    r->pair[2 * r->count] = (uint32_t)a;
    r->pair[2 * r->count + 1] = (uint32_t)b;
    r->count++;
    return 0;
}

static int complain(const struct reader *r, char *error, size_t size, const char *what)
{
    snprintf(error, size, "%s:%lu: %s", r->name, r->line, what);
    return -1;
}

/* Two numbers; what follows, a weight say, does not matter. */
static bool two_numbers(const char *text, unsigned long *a, unsigned long *b)
{
    char *end;

    errno = 0;
    while (isspace((unsigned char)*text))
        text++;
    if (!isdigit((unsigned char)*text))
        return false;
    *a = strtoul(text, &end, 10);
    while (isspace((unsigned char)*end))
        end++;
    if (!isdigit((unsigned char)*end))
        return false;
    *b = strtoul(end, &end, 10);
    return !errno && (*end == '\0' || isspace((unsigned char)*end));
}

static int read_line(struct reader *r, const char *text, char *error, size_t size)
{
    const unsigned long limit = 1ul << 28;
    unsigned long a, b;

    r->line++;
    if (r->line == 1 && strncmp(text, "%%MatrixMarket", 14) == 0) {
        r->market = true;
        return strstr(text, "coordinate") ? 0
                                          : complain(r, error, size, "no matrix of coordinates");
    }
    text += strspn(text, " \t\r\n");
    if (*text == '#' || *text == '%' || *text == '\0')
        return 0;
    if (!two_numbers(text, &a, &b))
        return complain(r, error, size, "two vertices are expected");
    if (a > limit || b > limit)
        return complain(r, error, size, "a vertex is above 2^28");
    if (r->market && !r->sized) {
        r->sized = true;
        r->vertices = (uint32_t)(a > b ? a : b);
        return 0;
    }
    if (r->market) {
        if (a < 1 || b < 1 || a > r->vertices || b > r->vertices)
            return complain(r, error, size, "a vertex is outside of the matrix");
        a--;
        b--;
    }
    if (a >= r->vertices)
        r->vertices = (uint32_t)a + 1;
    if (b >= r->vertices)
        r->vertices = (uint32_t)b + 1;
    return add_pair(r, a, b) ? complain(r, error, size, "out of memory") : 0;
}

int bench_graph_read(bench_graph *graph, const char *name, char *error, size_t size)
{
    struct reader r = {.name = name, .file = fopen(name, "r")};
    char *text = NULL;
    size_t room = 0;
    int failed = 0;

    if (!r.file) {
        snprintf(error, size, "cannot read %s: %s", name, strerror(errno));
        return -1;
    }
    while (!failed && getline(&text, &room, r.file) >= 0)
        failed = read_line(&r, text, error, size);
    if (!failed && (r.count == 0 || r.count >= 1u << 30))
        failed = complain(&r, error, size, r.count ? "too many edges" : "there is no edge");
    if (!failed && bench_graph_make(graph, r.vertices, r.pair, r.count))
        failed = complain(&r, error, size, "out of memory");
    free(text);
    free(r.pair);
    fclose(r.file);
    return failed;
}
