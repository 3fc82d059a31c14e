/* explore.c - which thread goes on, and which of the possible outcomes an operation has.
 *
 * An execution is a list of choices, one per atomic operation: a thread and one of the ways in
 * which its operation can happen (memory.c). Executions are replayed from the start with the last
 * choice changed. Three searches:
 *
 * complete: dynamic partial-order reduction (Flanagan and Godefroid 2005) with sleep sets. Two
 *   operations on a word need to be tried in both orders only if the later one writes and the
 *   earlier one reads: what a load or store could do before another's write, it can also do after
 *   it, by reading, or going to, an older place of the history.
 * bounded: all choices with at most so many preemptions, stale reads and reads of the future.
 * random: seeded; a thread goes on with probability 3/4, and reads the newest with 1/2. Every
 * fourth execution may read the future.
 */
#include "engine.h"

#include <inttypes.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { EVENTS = 1 << 14, SLICES = 4096 };

enum search { COMPLETE, BOUNDED, RANDOM, REPLAY };

struct node {
    uint8_t thread, sleep, backtrack, done;
    uint8_t options, option;
    uint8_t now;      /* options from here on read the future */
    bool only_newest; /* of the others, only the first may be taken */
};

static struct {
    const struct ex_scenario *scenario;
    enum search search;
    bool verbose, naive;
    /* the execution */
    unsigned depth, prefix; /* events so far; of these, given */
    unsigned alive;         /* threads that have not ended, bits */
    unsigned sleep;
    unsigned last;
    unsigned preemptions, stales, futures;
    jmp_buf checks; /* out of between() and finish() */
    bool checking;
    bool failed;
    char message[512];
    uint64_t random;
    bool dreams; /* this execution may read the future */
    struct op *pending[EX_THREADS];
    /* results */
    unsigned long executions, blocked, vain;
    uint64_t events, outcomes;
    uint64_t trail[EX_THREADS]; /* hashes of what each thread has found */
} x;
static struct node nodes[EVENTS];

/* Clocks of the reduction: of a thread, an event, and the reads of a word since. */
static unsigned order[EX_THREADS][EX_THREADS];
struct readers {
    unsigned count[EX_THREADS]; /* of the thread's last reading event, 0: none */
    unsigned event[EX_THREADS];
    unsigned clock[EX_THREADS][EX_THREADS];
};
static struct readers readers[LOCATIONS];
static unsigned steps[EX_THREADS];

/* ---- failing ------------------------------------------------------------------------ */

void ex_fail(const char *format, ...)
{
    if (!x.failed) {
        va_list list;
        va_start(list, format);
        vsnprintf(x.message, sizeof x.message, format, list);
        va_end(list);
        x.failed = true;
    }
    if (ex_in_thread) {
        ex_in_thread = false;
        x.alive &= ~(1u << ex_self);
        coroutine_leave(ex_self); /* for good */
    }
    if (x.checking)
        longjmp(x.checks, 1);
}

/* ---- threads ------------------------------------------------------------------------ */

static void run_thread(unsigned thread)
{
    x.scenario->thread(thread);
    ex_in_thread = false;
    x.alive &= ~(1u << thread);
    coroutine_leave(thread);
}

/* Runs a thread up to its next atomic operation, or its end. */
static void advance(unsigned thread)
{
    ex_self = thread;
    x.pending[thread] = NULL;
    ex_in_thread = true;
    coroutine_enter(thread);
    ex_in_thread = false;
}

void ex_operation(struct op *op)
{
    unsigned self = ex_self;
    x.pending[self] = op;
    ex_in_thread = false;
    coroutine_leave(self);
}

/* ---- the report --------------------------------------------------------------------- */

static const char *order_name(const struct op *op)
{
    static const char *const names[] = {"relaxed", "consume", "acquire",
                                        "release", "acq_rel", "seq_cst"};
    return op->order >= 0 && op->order <= 5 ? names[op->order] : "?";
}

static void print_place(const void *from)
{
    char command[160], line[256];
    snprintf(command, sizeof command, "addr2line -i -s -e /proc/%ld/exe %p 2>/dev/null",
             (long)getpid(), (const void *)((const char *)from - 1));
    FILE *pipe = popen(command, "r");
    if (pipe == NULL)
        return;
    for (int n = 0; fgets(line, sizeof line, pipe) != NULL; n++) {
        line[strcspn(line, " \n")] = '\0';
        if (n < 4 && strncmp(line, "atomics.cl", 10) != 0)
            printf(" %s", line);
    }
    pclose(pipe);
}

static void print_event(unsigned thread, const struct op *op, const struct effect *e)
{
    static const char *const names[] = {"load", "store", "add", "or", "and", "exchange", "cas"};
    printf("  %4u  thread %u  %-8s %-7s %s", x.depth, thread, names[op->kind], order_name(op),
           memory_name(op->address));
    if (op->kind == OP_CAS)
        printf(" %u -> %u", op->expected, op->value);
    else if (op->kind != OP_LOAD)
        printf(" %u", op->value);
    if (e->read)
        printf(": found %u", op->result);
    if (e->future)
        printf(", from the future");
    if (e->stale && e->read)
        printf(" (stale: the newest is %u)", e->newest);
    else if (e->stale)
        printf(" (behind %u)", op->result);
    printf("  [");
    print_place(op->from);
    printf(" ]\n");
}

/* ---- choosing ----------------------------------------------------------------------- */

/* splitmix64 (Steele, Lea, Flood 2014) */
static uint64_t mix(uint64_t z)
{
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    return z ^ (z >> 31);
}

static uint64_t next_random(void)
{
    return mix(x.random += 0x9e3779b97f4a7c15u);
}

static unsigned lowest(unsigned set)
{
    return (unsigned)__builtin_ctz(set);
}

static unsigned prefer_last(unsigned set)
{
    return set & (1u << x.last) ? x.last : lowest(set);
}

static unsigned random_thread(void)
{
    if ((x.alive & (1u << x.last)) && (next_random() & 3) != 0)
        return x.last;
    unsigned k = (unsigned)(next_random() % (unsigned)__builtin_popcount(x.alive));
    unsigned set = x.alive;
    while (k-- != 0)
        set &= set - 1;
    return lowest(set);
}

/* Sets up a node that is reached for the first time; false: all that could follow has been done. */
static bool new_node(struct node *n)
{
    unsigned awake = x.alive & ~x.sleep;
    n->sleep = (uint8_t)x.sleep;
    n->done = n->option = 0;
    if (awake == 0)
        return false;
    switch (x.search) {
    case COMPLETE:
        n->thread = (uint8_t)prefer_last(awake);
        n->backtrack = (uint8_t)(x.naive ? x.alive : 1u << n->thread);
        break;
    case BOUNDED:
        n->thread = (uint8_t)prefer_last(x.alive);
        n->backtrack = (uint8_t)(x.preemptions < x.scenario->preemptions || n->thread != x.last
                                     ? x.alive
                                     : 1u << n->thread);
        break;
    default:
        n->thread = (uint8_t)random_thread();
        n->backtrack = (uint8_t)(1u << n->thread);
        break;
    }
    return true;
}

/* Counts the ways in which the thread's operation can happen, within the bounds. */
static void count_options(struct node *n)
{
    const struct op *op = x.pending[n->thread];
    unsigned later = 0;
    n->now = (uint8_t)memory_options(n->thread, op);
    n->only_newest = x.search == BOUNDED && x.stales >= x.scenario->stales;
    if (x.search != COMPLETE && x.futures < x.scenario->futures)
        later = memory_futures(op);
    n->options = (uint8_t)(n->now + later);
}

static unsigned random_option(const struct node *n)
{
    if (n->now != n->options && x.dreams && next_random() % 16 == 0)
        return n->now + (unsigned)(next_random() % (n->options - n->now));
    if (n->now == 1 || (next_random() & 1) != 0)
        return 0;
    return (unsigned)(next_random() % n->now);
}

/* The next way to be tried; false: there is none. */
static bool next_option(struct node *n)
{
    unsigned next = n->option + 1u;
    if (n->only_newest && next < n->now)
        next = n->now;
    n->option = (uint8_t)next;
    return next < n->options;
}

/* ---- partial-order reduction -------------------------------------------------------- */

static bool may_read(const struct op *op)
{
    return op->kind != OP_STORE;
}

/* The operation, which writes, could come before reading events of others: has them tried so. */
static void find_races(unsigned thread, int location)
{
    const struct readers *r = &readers[location];
    for (unsigned u = 0; u < x.scenario->threads; u++)
        if (u != thread && r->count[u] > order[thread][u])
            nodes[r->event[u]].backtrack |= (uint8_t)(1u << thread);
}

static void join_order(unsigned thread, const unsigned *clock)
{
    for (unsigned u = 0; u < EX_THREADS; u++)
        if (order[thread][u] < clock[u])
            order[thread][u] = clock[u];
}

static void reduce(unsigned thread, const struct op *op, const struct effect *e)
{
    struct readers *r = &readers[e->location];
    if (op->kind != OP_LOAD) /* a compare-exchange that failed here might not have, earlier */
        find_races(thread, e->location);
    if (e->wrote) {
        for (unsigned u = 0; u < EX_THREADS; u++)
            if (u != thread && r->count[u] != 0)
                join_order(thread, r->clock[u]);
    }
    if (e->read && e->writer_clock != NULL)
        join_order(thread, e->writer_clock);
    order[thread][thread] = ++steps[thread];
    if (e->wrote)
        memcpy(e->clock, order[thread], sizeof order[thread]);
    if (e->read) {
        r->count[thread] = steps[thread];
        r->event[thread] = x.depth;
        memcpy(r->clock[thread], order[thread], sizeof order[thread]);
    }
}

/* Who sleeps on after the event: all but those whose next operation would now read what it wrote.
 */
static void wake(const struct node *n, const struct effect *e)
{
    x.sleep = (n->sleep | n->done) & ~(1u << n->thread);
    if (!e->wrote)
        return;
    for (unsigned set = x.sleep & x.alive; set != 0; set &= set - 1) {
        unsigned u = lowest(set);
        if (may_read(x.pending[u]) && memory_location(x.pending[u]->address) == e->location)
            x.sleep &= ~(1u << u);
    }
}

/* A sleeping thread's operation is not done in this execution, but its races count. */
static void find_races_of_sleepers(void)
{
    for (unsigned set = x.alive; set != 0; set &= set - 1) {
        unsigned u = lowest(set);
        if (x.pending[u]->kind != OP_LOAD)
            find_races(u, memory_location(x.pending[u]->address));
    }
}

/* ---- distinct executions ------------------------------------------------------------ */

/* How many executions differ in what some thread found: with --count, to judge the reduction. */
enum { TRAILS = 1 << 22 };
static uint64_t *trails;
static unsigned long trail_count;

static void count_trail(void)
{
    uint64_t key = 0;
    for (unsigned t = 0; t < x.scenario->threads; t++)
        key = mix(key + x.trail[t]);
    key |= 1;
    size_t at = key >> 42;
    while (trails[at] != 0 && trails[at] != key)
        at = (at + 1) % TRAILS;
    if (trails[at] == 0 && trail_count < TRAILS / 2) {
        trails[at] = key;
        trail_count++;
    }
}

/* ---- one execution ------------------------------------------------------------------ */

static void step(struct node *n)
{
    unsigned thread = n->thread;
    struct op *op = x.pending[thread];
    struct effect e;
    bool given = x.depth < x.prefix;
    count_options(n);
    if (!given && x.search == RANDOM)
        n->option = (uint8_t)random_option(n);
    if (n->option >= n->options) {
        fprintf(stderr, "explore: a replayed execution went another way\n");
        abort();
    }
    bool failed_before = x.failed;
    memory_execute(thread, op, n->option, &e);
    bool failed_here = x.failed && !failed_before;
    if (x.verbose)
        print_event(thread, op, &e);
    x.preemptions += thread != x.last && (x.alive & (1u << x.last)) != 0;
    x.stales += e.stale;
    x.futures += e.future;
    x.last = thread;
    x.trail[thread] = mix(x.trail[thread] + (op->kind == OP_STORE ? 0 : op->result) + 1);
    if (x.search == COMPLETE && !x.naive) {
        reduce(thread, op, &e);
        wake(n, &e);
    }
    x.depth++;
    if (!failed_here)
        advance(thread);
    else
        x.alive &= ~(1u << thread);
}

static void start_threads(void)
{
    memory_reset(x.scenario->threads);
    memset(order, 0, sizeof order);
    memset(readers, 0, sizeof readers);
    memset(steps, 0, sizeof steps);
    x.sleep = 0;
    x.last = 0;
    x.alive = (1u << x.scenario->threads) - 1;
    for (unsigned t = 0; t < x.scenario->threads; t++) {
        coroutine_start(t, run_thread);
        advance(t);
    }
}

/* A kernel: all threads from their start to their end. False: given up. What fails while a read of
 * the future has not come true may never have been: the others go on until it has. */
static bool run_threads(void)
{
    start_threads();
    while (x.alive != 0 && !(x.failed && memory_hopes() == 0)) {
        if (memory_hopes() == HOPELESS)
            break;
        if (x.depth == EVENTS) {
            ex_fail("no end after %d operations", EVENTS);
            break;
        }
        struct node *n = &nodes[x.depth];
        if (x.depth >= x.prefix && !new_node(n)) {
            find_races_of_sleepers();
            x.blocked++;
            return false;
        }
        step(n);
    }
    if (memory_hopes() == 0)
        return true;
    x.failed = false;
    x.vain++;
    return false;
}

/* The host's part after a kernel; true: another one. */
static bool next_slice(void)
{
    bool more = false;
    x.checking = true;
    if (setjmp(x.checks) == 0)
        more = x.scenario->between != NULL && x.scenario->between();
    x.checking = false;
    return more;
}

static void check_end(void)
{
    x.checking = true;
    if (setjmp(x.checks) == 0 && x.scenario->finish != NULL) {
        unsigned outcome = x.scenario->finish();
        x.outcomes |= (uint64_t)1 << outcome;
        if (x.scenario->only && !(x.scenario->outcomes >> outcome & 1))
            ex_fail("outcome %u, which cannot be", outcome);
    }
    x.checking = false;
}

static void execute(void)
{
    x.depth = 0;
    x.preemptions = x.stales = x.futures = 0;
    x.failed = false;
    memset(x.trail, 0, sizeof x.trail);
    memory_restore();
    unsigned slices = 0;
    do {
        if (!run_threads())
            return;
        if (++slices == SLICES)
            ex_fail("no end after %d slices", SLICES);
    } while (!x.failed && next_slice());
    x.executions++;
    x.events += x.depth;
    if (trails != NULL)
        count_trail();
    if (!x.failed)
        check_end();
}

/* Changes the last choice that can be changed; false: there is none. */
static bool backtrack(void)
{
    for (unsigned depth = x.depth; depth-- != 0;) {
        struct node *n = &nodes[depth];
        if (next_option(n)) {
            x.prefix = depth + 1;
            return true;
        }
        n->done |= (uint8_t)(1u << n->thread);
        unsigned left = n->backtrack & ~n->done & ~n->sleep;
        if (left != 0) {
            n->thread = (uint8_t)lowest(left);
            n->option = 0;
            x.prefix = depth + 1;
            return true;
        }
    }
    return false;
}

/* ---- searches ----------------------------------------------------------------------- */

static void print_failure(void)
{
    printf("FAILED %s: %s\n", x.scenario->name, x.message);
    x.prefix = x.depth;
    x.verbose = true;
    x.search = REPLAY;
    execute();
    printf("schedule, to be passed to --replay:\n%s", x.scenario->name);
    for (unsigned i = 0; i < x.prefix; i++)
        printf("%c%u%s", i % 40 == 0 && i != 0 ? '\n' : ' ', nodes[i].thread,
               nodes[i].option == 0 ? "" : (char[]){'.', (char)('a' + nodes[i].option - 1), 0});
    printf("\n");
}

static void start(const struct ex_scenario *s, enum search search)
{
    x.scenario = s;
    x.search = search;
    x.verbose = false;
    x.executions = x.blocked = x.vain = 0;
    x.events = x.outcomes = 0;
    x.prefix = 0;
    trail_count = 0;
    if (trails != NULL)
        memset(trails, 0, TRAILS * sizeof *trails);
    memory_forget();
    s->setup();
    memory_keep();
}

/* True: everything within the bounds was tried. */
static bool search_all(const struct ex_scenario *s)
{
    do {
        execute();
        if (x.failed)
            return false;
        if (x.executions + x.blocked + x.vain >= s->limit)
            return false;
    } while (backtrack());
    return true;
}

static void search_random(const struct ex_scenario *s, uint64_t seed, unsigned long count)
{
    start(s, RANDOM);
    for (unsigned long i = 0; i < count && !x.failed; i++) {
        x.random = mix(seed + i * 0x9e3779b97f4a7c15u);
        x.dreams = i % 4 == 3;
        x.prefix = 0;
        execute();
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
        print_failure();
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
        start(s, complete ? COMPLETE : BOUNDED);
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
    if (trails != NULL)
        printf("; %lu distinct", trail_count);
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
    static const struct ex_scenario *const lists[] = {ex_litmus, ex_deque,   ex_pool,
                                                      ex_join,   ex_started, ex_slices};
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
    start(s, REPLAY);
    x.verbose = true;
    for (char **w = words + 1; *w != NULL && x.prefix < EVENTS; w++) {
        struct node *n = &nodes[x.prefix++];
        memset(n, 0, sizeof *n);
        n->thread = (uint8_t)((*w)[0] - '0');
        n->option = (*w)[1] == '.' ? (uint8_t)((*w)[2] - 'a' + 1) : 0;
    }
    execute();
    printf("%s\n", x.failed ? x.message : "no failure");
    return x.failed;
}

static void usage(void)
{
    puts("usage: explore [--seed N] [--times F] [--naive] [SCENARIO...]\n"
         "       explore --list\n"
         "       explore --replay SCENARIO CHOICE...\n"
         "SCENARIO: the beginning of names; all, if there is none. --times: so many times the "
         "random\n"
         "executions. --naive: complete searches without reduction, to compare the outcomes.");
}

int main(int argc, char **argv)
{
    uint64_t seed = 1;
    double factor = 1;
    struct totals totals = {0};
    int i = 1;
    for (; i < argc && argv[i][0] == '-'; i++) {
        if (!strcmp(argv[i], "--list")) {
            list();
            return 0;
        } else if (!strcmp(argv[i], "--replay")) {
            return replay(argv + i + 1);
        } else if (!strcmp(argv[i], "--naive")) {
            x.naive = true;
        } else if (!strcmp(argv[i], "--count")) {
            trails = calloc(TRAILS, sizeof *trails);
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
