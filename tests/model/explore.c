/* explore.c - the program: searches, one scenario after the other, and their totals. */
#include "engine.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* True: everything within the bounds was tried. */
static bool search_all(const struct ex_scenario *s)
{
    do {
        search_execute();
        if (x.failed)
            return false;
        if (x.executions + x.blocked + x.vain >= s->limit)
            return false;
    } while (search_backtrack());
    return true;
}

static void search_random(const struct ex_scenario *s, uint64_t seed, unsigned long count)
{
    search_start(s, RANDOM);
    for (unsigned long i = 0; i < count && !x.failed; i++) {
        x.random = search_mix(seed + i * 0x9e3779b97f4a7c15u);
        x.dreams = i % 4 == 3;
        x.prefix = 0;
        search_execute();
    }
}

struct totals {
    uint64_t executions, events;
    bool failed;
};

static void add(struct totals *t)
{
    t->executions += x.executions;
    t->events += x.events;
    if (x.failed) {
        report_failure();
        t->failed = true;
    }
}

static void explore(const struct ex_scenario *s, uint64_t seed, double factor, struct totals *t)
{
    uint64_t outcomes = 0;
    printf("%-18s", s->name);
    fflush(stdout);
    if (s->limit != 0) {
        bool complete = s->preemptions == 0 && s->stales == 0 && s->futures == 0;
        search_start(s, complete ? COMPLETE : BOUNDED);
        bool all = search_all(s);
        printf(" %9lu executions, %s", x.executions,
               !all       ? "cut off"
               : complete ? "complete"
                          : "all within the bounds");
        if (all && !complete)
            printf(" (%u preemptions, %u stale reads, %u of the future)", s->preemptions, s->stales,
                   s->futures);
        if (complete && !all && !x.failed)
            ex_fail("not complete after %lu executions", s->limit);
        outcomes |= x.outcomes;
        add(t);
    }
    if (s->random != 0 && !t->failed) {
        search_random(s, seed, (unsigned long)((double)s->random * factor));
        printf(" %9lu at random", x.executions);
        if (s->limit == 0)
            outcomes = x.outcomes;
        add(t);
    }
    printf("; outcomes %" PRIx64, outcomes);
    if (search_counted() != 0)
        printf("; %lu distinct", search_counted());
    printf("\n");
    if (!t->failed && (s->outcomes & ~outcomes) != 0) {
        printf("FAILED %s: outcomes %" PRIx64 " were to be seen\n", s->name, s->outcomes);
        t->failed = true;
    }
}

/* ---- the program -------------------------------------------------------------------- */

/* The i-th scenario of those that this program has; NULL: there are not so many. */
static const struct ex_scenario *scenario(unsigned i)
{
    static const struct ex_scenario *const lists[] = {
        ex_litmus,       ex_deque,    ex_pool,   ex_join,  ex_kept,        ex_started, ex_mutex,
        ex_objects,      ex_channel,  ex_slices, ex_lanes, ex_fibers,      ex_urgent,  ex_inline,
        ex_inline_lanes, ex_timeouts, ex_sizes,  ex_wakes, ex_wakes_lanes, ex_gather};
    for (unsigned k = 0; k < sizeof lists / sizeof *lists; k++)
        for (const struct ex_scenario *s = lists[k]; s != NULL && s->name != NULL; s++)
            if (i-- == 0)
                return s;
    return NULL;
}

static void list(void)
{
    for (unsigned i = 0; scenario(i) != NULL; i++)
        printf("%-18s %s\n", scenario(i)->name, scenario(i)->claim);
}

static bool chosen(const char *name, char **wanted)
{
    if (*wanted == NULL)
        return true;
    for (; *wanted != NULL; wanted++)
        if (!strncmp(name, *wanted, strlen(*wanted)))
            return true;
    return false;
}

static int replay(char **words)
{
    const struct ex_scenario *s = NULL;
    for (unsigned i = 0; (s = scenario(i)) != NULL; i++)
        if (*words != NULL && !strcmp(s->name, *words))
            break;
    if (s == NULL) {
        fprintf(stderr, "explore: no such scenario\n");
        return 2;
    }
    search_start(s, REPLAY);
    x.verbose = true;
    for (char **w = words + 1; *w != NULL && x.prefix < EVENTS; w++) {
        struct node *n = &nodes[x.prefix++];
        memset(n, 0, sizeof *n);
        n->thread = (uint8_t)((*w)[0] - '0');
        n->option = (*w)[1] == '.' ? (uint8_t)((*w)[2] - 'a' + 1) : 0;
    }
    search_execute();
    printf("%s\n", x.failed ? x.message : "no failure");
    return x.failed;
}

static void usage(void)
{
    puts("usage: explore [--seed N] [--times F] [--naive] [--brief] [SCENARIO...]\n"
         "       explore --list\n"
         "       explore --replay SCENARIO CHOICE...\n"
         "SCENARIO: the beginning of names; all, if there is none. --times: so many times the "
         "random\n"
         "executions. --naive: complete searches without reduction, to compare the outcomes.\n"
         "--brief: tell a failure in a line, without what led there.");
}

int main(int argc, char **argv)
{
    uint64_t seed = 1;
    double factor = 1;
    struct totals totals = {0};
    int i = 1;
    report_crashes();
    for (; i < argc && argv[i][0] == '-'; i++) {
        if (!strcmp(argv[i], "--list")) {
            list();
            return 0;
        } else if (!strcmp(argv[i], "--replay")) {
            return replay(argv + i + 1);
        } else if (!strcmp(argv[i], "--naive")) {
            x.naive = true;
        } else if (!strcmp(argv[i], "--brief")) {
            x.brief = true;
        } else if (!strcmp(argv[i], "--count")) {
            search_count();
        } else if (!strcmp(argv[i], "--seed") && i + 1 < argc) {
            seed = strtoull(argv[++i], NULL, 0);
        } else if (!strcmp(argv[i], "--times") && i + 1 < argc) {
            factor = strtod(argv[++i], NULL);
        } else {
            usage();
            return !!strcmp(argv[i], "--help") * 2;
        }
    }
    const struct ex_scenario *s;
    for (unsigned k = 0; (s = scenario(k)) != NULL && !totals.failed; k++)
        if (chosen(s->name, argv + i))
            explore(s, seed, factor, &totals);
    printf("%" PRIu64 " executions, %" PRIu64 " atomic operations%s\n", totals.executions,
           totals.events, totals.failed ? ", one failed" : "");
    return totals.failed;
}
