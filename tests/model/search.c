/* search.c - which thread goes on, and which of the possible outcomes an operation has.
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

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { SLICES = 4096 };

struct exploration x;
struct node nodes[EVENTS];

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

static unsigned lowest(unsigned set)
{
    return (unsigned)__builtin_ctz(set);
}

/* Threads that can go on. */
static unsigned ready(void)
{
    return x.alive & ~x.waiting;
}

/* Runs all threads that are not before an operation up to their next: those that a barrier has let
 * go, too. */
static void advance_all(void)
{
    for (unsigned set; !x.failed;) {
        set = ready();
        while (set != 0 && x.pending[lowest(set)] != NULL)
            set &= set - 1;
        if (set == 0)
            break;
        advance(lowest(set));
    }
}

unsigned ex_thread(void)
{
    return ex_self;
}

void ex_barrier(unsigned members)
{
    unsigned self = ex_self;
    x.waiting |= 1u << self;
    if ((x.waiting & members) != members) {
        ex_in_thread = false;
        coroutine_leave(self);
        return;
    }
    x.waiting &= ~members;
    memory_barrier(members);
}

void ex_operation(struct op *op)
{
    unsigned self = ex_self;
    x.pending[self] = op;
    ex_in_thread = false;
    coroutine_leave(self);
}

/* ---- choosing ----------------------------------------------------------------------- */

/* splitmix64 (Steele, Lea, Flood 2014) */
uint64_t search_mix(uint64_t z)
{
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    return z ^ (z >> 31);
}

static uint64_t next_random(void)
{
    return search_mix(x.random += 0x9e3779b97f4a7c15u);
}

static unsigned prefer_last(unsigned set)
{
    return set & (1u << x.last) ? x.last : lowest(set);
}

static unsigned random_thread(void)
{
    if ((ready() & (1u << x.last)) && (next_random() & 3) != 0)
        return x.last;
    unsigned set = ready();
    unsigned k = (unsigned)(next_random() % (unsigned)__builtin_popcount(set));
    while (k-- != 0)
        set &= set - 1;
    return lowest(set);
}

/* Sets up a node that is reached for the first time; false: all that could follow has been done. */
static bool new_node(struct node *n)
{
    unsigned awake = ready() & ~x.sleep;
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
        n->thread = (uint8_t)prefer_last(ready());
        n->backtrack = (uint8_t)(x.preemptions < x.scenario->preemptions || n->thread != x.last
                                     ? ready()
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

void search_count(void)
{
    trails = calloc(TRAILS, sizeof *trails);
}

unsigned long search_counted(void)
{
    return trail_count;
}

static void count_trail(void)
{
    uint64_t key = 0;
    for (unsigned t = 0; t < x.scenario->threads; t++)
        key = search_mix(key + x.trail[t]);
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
        report_event(thread, op, &e);
    x.preemptions += thread != x.last && (ready() & (1u << x.last)) != 0;
    x.stales += e.stale;
    x.futures += e.future;
    x.last = thread;
    x.trail[thread] = search_mix(x.trail[thread] + (op->kind == OP_STORE ? 0 : op->result) + 1);
    if (x.search == COMPLETE && !x.naive) {
        reduce(thread, op, &e);
        wake(n, &e);
    }
    x.depth++;
    x.pending[thread] = NULL;
    if (failed_here)
        x.alive &= ~(1u << thread);
    else
        advance(thread);
    advance_all();
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
    x.waiting = 0;
    for (unsigned t = 0; t < x.scenario->threads; t++) {
        coroutine_start(t, run_thread);
        x.pending[t] = NULL;
    }
    advance_all();
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
        if (ready() == 0) {
            ex_fail("a barrier waits for a thread that does not come");
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

void search_execute(void)
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

bool search_backtrack(void)
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

void search_start(const struct ex_scenario *s, enum search search)
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
