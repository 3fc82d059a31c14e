/* memory.c - shared memory with C11's release/acquire semantics, as an operational model of views.
 *
 * Every word that is accessed atomically has a history: its writes ("messages") in modification
 * order. A thread has a view: for each word, how far into the history it has looked. A load may
 * read any message not older than the view; a store may go anywhere behind it, but not between a
 * read-modify-write and what that read; a read-modify-write goes right behind what it reads. A
 * release message carries its writer's view (and those of the release sequence that it continues),
 * an acquire joins it. These are the executions of RC11 without fences and sequentially consistent
 * operations, which the runtime has none of.
 *
 * Load buffering, which C11, ARM and GPUs have and RC11 has not: a relaxed load may also return a
 * value that was written to the word in another execution, in the hope that some thread will write
 * it later, without having come to know of the load (by happens-before). An execution whose hopes
 * do not come true never was. This allows more than any machine does, as dependencies count for
 * nothing.
 *
 * Plain accesses are checked for data races by vector clocks, which travel with the views.
 */
#include "engine.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    ARENA = 1 << 17,
    WORDS = ARENA / 4,
    REGIONS = 32,
    MESSAGES = 1 << 14,
    HISTORY = 1 << 10,
    STEP = 1 << 16
};

struct view {
    unsigned words; /* entries of seen[] in use: further ones are 0 */
    uint32_t seen[LOCATIONS];
    uint32_t clock[EX_THREADS];
};

struct message {
    uint32_t when, value;
    bool rmw; /* it follows what it read: nothing may come in between */
    struct view *view;
    unsigned clock[EX_THREADS]; /* the search's, see explore.c */
    bool initial;
};

struct location {
    uint32_t *address;
    unsigned length;
    bool dirty; /* the newest message is a plain write whose value has not been looked at */
    uint16_t history[HISTORY];
};

/* Who accessed a word last, by their own clocks: as in FastTrack, but for all kinds of access. */
struct shadow {
    unsigned epoch;
    int location;
    uint32_t plain_write[EX_THREADS], plain_read[EX_THREADS];
    uint32_t atomic_write[EX_THREADS], atomic_read[EX_THREADS];
};

/* A load that has read the future. */
struct hope {
    unsigned thread;
    int location;
    uint32_t value, seen, clock;
};

enum { HOPES = 4, WISHES = 6 };

static struct hope hopes[HOPES];
static unsigned hope_count;
static bool hopeless;
static struct {
    unsigned count;
    uint32_t value[WISHES];
} wishes[WORDS]; /* what has been written, in any execution */

static char arena[ARENA] __attribute__((aligned(128))), kept[ARENA];
static size_t used;
static struct {
    const char *name;
    char *start;
    size_t bytes, stride;
    const char *const *fields;
} regions[REGIONS];
static unsigned region_count;

static struct shadow shadows[WORDS];
static unsigned epoch;
static struct location locations[LOCATIONS];
static unsigned location_count, thread_count;
static struct message messages[MESSAGES];
static unsigned message_count;
static struct view views[MESSAGES], current[EX_THREADS];
static unsigned view_count;

bool ex_in_thread;
unsigned ex_self;

/* ---- the arena ---------------------------------------------------------------------- */

void *ex_alloc(const char *name, size_t bytes, size_t stride, const char *const *fields)
{
    size_t at = (used + 127) / 128 * 128;
    if (at + bytes > ARENA || region_count == REGIONS) {
        fprintf(stderr, "explore: no room for %s in the arena\n", name);
        exit(2);
    }
    used = at + bytes;
    memset(arena + at, 0, bytes);
    regions[region_count].name = name;
    regions[region_count].start = arena + at;
    regions[region_count].bytes = bytes;
    regions[region_count].stride = stride;
    regions[region_count++].fields = fields;
    return arena + at;
}

void memory_forget(void)
{
    used = region_count = 0;
    memset(wishes, 0, sizeof wishes);
}

void memory_keep(void)
{
    memcpy(kept, arena, used);
}

void memory_restore(void)
{
    memcpy(arena, kept, used);
}

const char *memory_name(const void *address)
{
    static char text[4][128];
    static unsigned next;
    char *to = text[next++ % 4];
    const char *p = address;
    for (unsigned i = 0; i < region_count; i++) {
        if (p < regions[i].start || p >= regions[i].start + regions[i].bytes)
            continue;
        size_t offset = (size_t)(p - regions[i].start), stride = regions[i].stride;
        const char *field = regions[i].fields ? regions[i].fields[offset % stride / 4] : NULL;
        if (stride == regions[i].bytes && field != NULL)
            snprintf(to, sizeof *text, "%s.%s", regions[i].name, field);
        else if (field != NULL)
            snprintf(to, sizeof *text, "%s[%zu].%s", regions[i].name, offset / stride, field);
        else if (offset % stride != 0)
            snprintf(to, sizeof *text, "%s[%zu]+%zu", regions[i].name, offset / stride,
                     offset % stride);
        else
            snprintf(to, sizeof *text, "%s[%zu]", regions[i].name, offset / stride);
        return to;
    }
    snprintf(to, sizeof *text, "%p", address);
    return to;
}

/* ---- views and clocks --------------------------------------------------------------- */

void memory_reset(unsigned threads)
{
    epoch++;
    hope_count = 0;
    hopeless = false;
    location_count = message_count = view_count = 0;
    thread_count = threads;
    for (unsigned t = 0; t < threads; t++) {
        current[t].words = 0;
        memset(current[t].clock, 0, sizeof current[t].clock);
        current[t].clock[t] = 1;
    }
}

static void widen(struct view *v, unsigned words)
{
    for (; v->words < words; v->words++)
        v->seen[v->words] = 0;
}

static void join(struct view *to, const struct view *from)
{
    if (from == NULL)
        return;
    widen(to, from->words);
    for (unsigned i = 0; i < from->words; i++)
        if (to->seen[i] < from->seen[i])
            to->seen[i] = from->seen[i];
    for (unsigned t = 0; t < thread_count; t++)
        if (to->clock[t] < from->clock[t])
            to->clock[t] = from->clock[t];
}

static struct view *copy_view(const struct view *from)
{
    if (view_count == MESSAGES) {
        ex_fail("the execution is too long: more than %d release operations", MESSAGES);
        view_count = 0;
    }
    struct view *to = &views[view_count++];
    to->words = from->words;
    memcpy(to->seen, from->seen, from->words * sizeof *from->seen);
    memcpy(to->clock, from->clock, sizeof from->clock);
    return to;
}

void memory_barrier(unsigned members)
{
    struct view all = {0};
    for (unsigned t = 0; t < thread_count; t++)
        if (members >> t & 1)
            join(&all, &current[t]);
    for (unsigned t = 0; t < thread_count; t++)
        if (members >> t & 1) {
            join(&current[t], &all);
            current[t].clock[t]++;
        }
}

/* ---- data races --------------------------------------------------------------------- */

static struct shadow *shadow_of(const void *address)
{
    struct shadow *s = &shadows[((const char *)address - arena) / 4];
    if (s->epoch != epoch) {
        memset(s, 0, sizeof *s);
        s->epoch = epoch;
        s->location = -1;
    }
    return s;
}

static void ordered(unsigned thread, const void *address, const uint32_t *clocks, const char *what,
                    const char *earlier)
{
    for (unsigned t = 0; t < thread_count; t++)
        if (clocks[t] > current[thread].clock[t])
            ex_fail("data race: %s of %s by thread %u, not ordered after the %s by thread %u", what,
                    memory_name(address), thread, earlier, t);
}

static void plain_read(const void *address)
{
    struct shadow *s = shadow_of(address);
    ordered(ex_self, address, s->plain_write, "plain read", "plain write");
    ordered(ex_self, address, s->atomic_write, "plain read", "atomic write");
    s->plain_read[ex_self] = current[ex_self].clock[ex_self];
}

static unsigned add_message(struct location *l, unsigned at, uint32_t value);

static void plain_write(void *address)
{
    struct shadow *s = shadow_of(address);
    ordered(ex_self, address, s->plain_write, "plain write", "plain write");
    ordered(ex_self, address, s->plain_read, "plain write", "plain read");
    ordered(ex_self, address, s->atomic_write, "plain write", "atomic write");
    ordered(ex_self, address, s->atomic_read, "plain write", "atomic read");
    s->plain_write[ex_self] = current[ex_self].clock[ex_self];
    if (s->location >= 0) {
        struct location *l = &locations[s->location];
        unsigned m = add_message(l, l->length, 0);
        messages[m].rmw = false;
        messages[m].view = NULL;
        l->dirty = true; /* the store itself comes after this hook */
        current[ex_self].seen[s->location] = messages[m].when;
    }
}

/* ---- atomic operations -------------------------------------------------------------- */

int memory_location(uint32_t *address)
{
    if ((char *)address < arena || (char *)address >= arena + ARENA) {
        fprintf(stderr, "FAILED at an atomic operation on memory that is not from ex_alloc\n");
        exit(1);
    }
    struct shadow *s = shadow_of(address);
    if (s->location < 0) {
        if (location_count == LOCATIONS) {
            fprintf(stderr, "explore: more than %d atomic words\n", LOCATIONS);
            abort();
        }
        s->location = (int)location_count;
        struct location *l = &locations[location_count++];
        l->address = address;
        l->length = 0;
        l->dirty = false;
        struct message *m = &messages[add_message(l, 0, *address)];
        m->rmw = false;
        m->view = NULL;
        m->initial = true;
        for (unsigned t = 0; t < thread_count; t++)
            widen(&current[t], location_count);
    }
    struct location *l = &locations[s->location];
    if (l->dirty) {
        messages[l->history[l->length - 1]].value = *address;
        l->dirty = false;
    }
    return s->location;
}

/* Makes a message at place `at` of the history. */
static unsigned add_message(struct location *l, unsigned at, uint32_t value)
{
    if (message_count == MESSAGES || l->length == HISTORY) {
        ex_fail("the execution is too long: %u writes, %u of %s", message_count, l->length,
                memory_name(l->address));
        message_count = 0;
        l->length = at = 0;
    }
    struct message *m = &messages[message_count];
    uint32_t before = at != 0 ? messages[l->history[at - 1]].when : 0;
    m->when = at == l->length ? before + (at != 0 ? STEP : 0)
                              : before + (messages[l->history[at]].when - before) / 2;
    m->value = value;
    m->initial = false;
    memmove(l->history + at + 1, l->history + at, (l->length - at) * sizeof *l->history);
    l->history[at] = (uint16_t)message_count;
    l->length++;
    return message_count++;
}

/* Way number `option` in which the operation can happen: the place in the history of what it reads,
 * or for a store of what it follows. Way 0 is the newest. -1: there are not so many. *writes:
 * whether it writes then. */
static int place_of(unsigned thread, const struct op *op, unsigned option, bool *writes)
{
    int number = memory_location(op->address);
    const struct location *l = &locations[number];
    uint32_t seen = current[thread].seen[number];
    for (int at = (int)l->length - 1; at >= 0 && messages[l->history[at]].when >= seen; at--) {
        bool newest = at == (int)l->length - 1;
        bool gap = newest || !messages[l->history[at + 1]].rmw;
        bool equal = messages[l->history[at]].value == op->expected;
        *writes = op->kind != OP_LOAD && (op->kind != OP_CAS || equal);
        if (*writes && !gap)
            continue;
        if (option-- == 0)
            return at;
    }
    return -1;
}

unsigned memory_options(unsigned thread, const struct op *op)
{
    bool writes;
    unsigned n = 0;
    while (n < OPTIONS && place_of(thread, op, n, &writes) >= 0)
        n++;
    return n;
}

/* ---- reading the future ------------------------------------------------------------- */

static size_t word_of(const void *address)
{
    return (size_t)((const char *)address - arena) / 4;
}

unsigned memory_futures(const struct op *op)
{
    if (op->kind != OP_LOAD || op->order != __ATOMIC_RELAXED || hope_count == HOPES)
        return 0;
    return wishes[word_of(op->address)].count;
}

unsigned memory_hopes(void)
{
    return hopeless ? HOPELESS : hope_count;
}

static void add_wish(const void *address, uint32_t value)
{
    size_t word = word_of(address);
    unsigned n = wishes[word].count;
    for (unsigned i = 0; i < n; i++)
        if (wishes[word].value[i] == value)
            return;
    if (n < WISHES)
        wishes[word].value[wishes[word].count++] = value;
}

/* The thread has read what is not there: it must not meet the word again before it is. */
static uint32_t hope(unsigned thread, const struct op *op, int number, unsigned k)
{
    struct hope *h = &hopes[hope_count++];
    h->thread = thread;
    h->location = number;
    h->value = wishes[word_of(op->address)].value[k];
    h->seen = current[thread].seen[number];
    h->clock = current[thread].clock[thread];
    return h->value;
}

static void meets(unsigned thread, int number)
{
    for (unsigned i = 0; i < hope_count; i++)
        if (hopes[i].thread == thread && hopes[i].location == number)
            hopeless = true;
}

/* A write that does not know of the load may be what that read. */
static void come_true(unsigned thread, int number, const struct message *m)
{
    for (unsigned i = 0; i < hope_count;) {
        struct hope *h = &hopes[i];
        if (h->location == number && h->thread != thread && h->value == m->value &&
            m->when > h->seen && current[thread].clock[h->thread] < h->clock) {
            current[h->thread].seen[number] = m->when;
            *h = hopes[--hope_count];
        } else {
            i++;
        }
    }
}

/* ---- what an operation does --------------------------------------------------------- */

static uint32_t changed(const struct op *op, uint32_t found)
{
    switch (op->kind) {
    case OP_ADD:
        return found + op->value;
    case OP_OR:
        return found | op->value;
    case OP_AND:
        return found & op->value;
    default:
        return op->value;
    }
}

static bool acquires(int order)
{
    return order == __ATOMIC_ACQUIRE || order >= __ATOMIC_ACQ_REL || order == __ATOMIC_CONSUME;
}

static bool releases(int order)
{
    return order >= __ATOMIC_RELEASE;
}

static void write_message(unsigned thread, const struct op *op, int number, int at,
                          struct effect *effect)
{
    struct location *l = &locations[number];
    struct view *mine = &current[thread];
    struct message *before = &messages[l->history[at]];
    bool newest = at == (int)l->length - 1;
    bool rmw = op->kind != OP_STORE;
    struct message *m = &messages[add_message(l, (unsigned)at + 1, changed(op, before->value))];
    mine->seen[number] = m->when;
    m->rmw = rmw;
    m->view = NULL;
    if (releases(op->order)) {
        m->view = copy_view(mine);
        if (rmw)
            join(m->view, before->view);
        mine->clock[thread]++;
    } else if (rmw && before->view != NULL) {
        m->view = before->view; /* continues the release sequence */
    }
    if (newest)
        *op->address = m->value;
    effect->wrote = true;
    effect->clock = m->clock;
    add_wish(op->address, m->value);
    come_true(thread, number, m);
}

void memory_execute(unsigned thread, struct op *op, unsigned option, struct effect *effect)
{
    bool writes;
    int number = memory_location(op->address);
    int at = place_of(thread, op, option, &writes);
    struct location *l = &locations[number];
    struct shadow *s = shadow_of(op->address);
    struct view *mine = &current[thread];

    effect->location = number;
    effect->read = op->kind != OP_STORE;
    effect->wrote = effect->stale = false;
    effect->future = at < 0;
    effect->writer_clock = NULL;
    meets(thread, number);
    ordered(thread, op->address, s->plain_write, "atomic access", "plain write");
    if (at < 0) {
        op->result = hope(thread, op, number, option - memory_options(thread, op));
        s->atomic_read[thread] = mine->clock[thread];
        return;
    }
    struct message *found = &messages[l->history[at]];
    effect->stale = at != (int)l->length - 1;
    effect->newest = messages[l->history[l->length - 1]].value;
    effect->writer_clock = found->initial ? NULL : found->clock;
    effect->clock = NULL;
    op->result = found->value;
    if (writes)
        ordered(thread, op->address, s->plain_read, "atomic write", "plain read");
    if (effect->read) {
        if (mine->seen[number] < found->when)
            mine->seen[number] = found->when;
        if (acquires(op->kind == OP_CAS && !writes ? op->fail_order : op->order))
            join(mine, found->view);
        s->atomic_read[thread] = mine->clock[thread];
    }
    if (writes) {
        s->atomic_write[thread] = mine->clock[thread];
        write_message(thread, op, number, at, effect);
    }
}

void memory_direct(struct op *op)
{
    op->result = *op->address;
    if (op->kind != OP_LOAD && (op->kind != OP_CAS || op->result == op->expected))
        *op->address = changed(op, op->result);
}

/* ---- plain accesses ----------------------------------------------------------------- */

void memory_access(void *address, size_t bytes, bool writes)
{
    char *at = address;
    if (!ex_in_thread || at < arena || at >= arena + ARENA)
        return;
    for (char *word = at - (uintptr_t)at % 4; word < at + bytes; word += 4)
        if (writes)
            plain_write(word);
        else
            plain_read(word);
}
