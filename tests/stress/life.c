/* life.c - one life of the stress test: roots, each a tree with ids of its own, on a scheduler of
 * random shape that grows from next to nothing; every slice has another budget. Roots come and are
 * cancelled in between; at times the scheduler is destroyed between two slices, or while one is in
 * flight, and what had not ended begins anew on another one.
 *
 * Nobody runs twice, whatever happens; of trees that are not cancelled each node runs once, and the
 * results go to their places; at the end nothing is left of anybody. */
#include "stress.h"

enum { MOST_ROOTS = 24, MOST_STEPS = 2000000 };

typedef enum root_state { WAITING, RUNNING, COMPLETE, CANCELLED } root_state;

typedef struct root {
    uint32_t first, depth, ids, kinds;
    bool victim; /* has nodes that wait for ever: has to be cancelled */
    root_state state;
    clf_handle handle;
    uint64_t sum;
    uint32_t turns; /* how many of its nodes lock the mutex */
    unsigned char *there;
} root;

typedef struct life {
    stress *t;
    uint64_t number, random;
    clf_scheduler *s;
    uint32_t longest; /* budgets are below 2 to the power of this */
    uint32_t kill_in; /* steps, 0: not at all */
    uint32_t kills;   /* to come */
    bool orphans;     /* fibers that victims have started may be left */
    uint32_t turns;   /* under the mutex, on this scheduler, of roots that are complete */
    uint32_t roots;
    root root[MOST_ROOTS];
} life;

static uint32_t any(life *l, uint32_t below)
{
    return stress_random(&l->random, below);
}

static void clear_root(life *l, const root *r)
{
    cl_uint zero = 0;
    REQUIRE(clEnqueueFillBuffer(l->t->queue, l->t->marks, &zero, sizeof zero,
                                r->first * sizeof zero, r->ids * sizeof zero, 0, NULL,
                                NULL) == CL_SUCCESS,
            "clEnqueueFillBuffer");
}

/* ---- begin -------------------------------------------------------------------------- */

static void plan_roots(life *l)
{
    uint32_t first = 0;
    unsigned char *there = l->t->there;
    l->roots = 1 + any(l, MOST_ROOTS);
    for (uint32_t i = 0; i < l->roots; i++) {
        root *r = &l->root[i];
        *r = (root){.first = first, .depth = 2 + any(l, 5), .there = there + first};
        r->ids = stress_ids(r->depth);
        r->victim = any(l, 4) == 0;
        r->kinds = any(l, 8);
        if (r->victim)
            r->kinds = (r->kinds & ~STRESS_LOCKS) | STRESS_STUCK;
        first += r->ids;
        memset(r->there, 0, r->ids);
        r->sum = stress_walk(r->there, 0, r->depth);
        for (uint32_t id = 0; id < r->ids && (r->kinds & STRESS_LOCKS); id++)
            r->turns += r->there[id] && (stress_mix(id) >> 32) % 32 == 5;
    }
}

static void open_life(life *l)
{
    static const uint32_t counters[] = {0, 0x7ffffff0u, 0xfffffff0u, 0xffff0000u};
    clf_options o = CLF_OPTIONS_INIT;
    o.workers = any(l, 3) == 0 ? 2 : 2 + any(l, 63);
    o.lanes = any(l, 4) == 0 ? 4 : 1;
    o.mode = o.lanes == 1 && any(l, 6) == 0 ? CLF_SHARED : CLF_STEAL;
    o.frames = any(l, 2) ? 1 : 1 + any(l, 5000);
    o.ring = 2u << any(l, 6);
    o.window = 1 + any(l, any(l, 2) ? 4 : 100);
    o.first_counter = counters[any(l, 4)];
    o.seed = l->random;
    o.slice = 1;
    if (any(l, 2))
        o.inline_depth = CLF_NO_INLINE;
    l->s = stress_open(l->t, &o);
    l->t->schedulers++;
    l->longest = 4 + any(l, 10);
    l->turns = 0;
    l->orphans = false;
    stress_clear(l->t, l->t->state, sizeof(stress_state));
    snprintf(stress_where, sizeof stress_where,
             "life %llu: %u workers, %u lanes, mode %s, frames %u, ring %u, window %u, counters "
             "from 0x%x, slices below 2^%u; %u roots",
             (unsigned long long)l->number, (unsigned)o.workers, (unsigned)o.lanes,
             clf_mode_name(o.mode), (unsigned)o.frames, (unsigned)o.ring, (unsigned)o.window,
             (unsigned)o.first_counter, (unsigned)l->longest, (unsigned)l->roots);
}

/* ---- between slices ----------------------------------------------------------------- */

static void start_root(life *l, root *r)
{
    clf_arg args[] = {CLF_UINT(r->first), CLF_UINT(0), CLF_UINT(r->depth), CLF_UINT(r->kinds)};
    clear_root(l, r);
    MUST(l->s, clf_start(l->s, "node", 4, args, &r->handle));
    r->state = RUNNING;
}

static void start_some(life *l)
{
    for (uint32_t i = 0; i < l->roots; i++)
        if (l->root[i].state == WAITING && any(l, 4) == 0)
            start_root(l, &l->root[i]);
}

/* Cancels a victim, if one runs. */
static void cancel_one(life *l)
{
    uint32_t from = any(l, l->roots);
    for (uint32_t i = 0; i < l->roots; i++) {
        root *r = &l->root[(from + i) % l->roots];
        if (r->victim && r->state == RUNNING) {
            if (any(l, 2))
                MUST(l->s, clf_cancel(l->s, r->handle));
            else
                MUST(l->s, clf_cancel_after(l->s, r->handle, any(l, 1000) * 1e-6));
            return;
        }
    }
}

/* Cancels everybody: no fiber is left at once, and those that were not to be cancelled begin anew.
 */
static void cancel_everybody(life *l)
{
    uint32_t used;
    MUST(l->s, clf_cancel_all(l->s));
    REQUIRE(stress_live_frames(l->s, &used) == 0, "frames are in use after clf_cancel_all");
    for (uint32_t i = 0; i < l->roots; i++) {
        root *r = &l->root[i];
        if (r->state != RUNNING || r->victim)
            continue;
        clf_status status = clf_join(l->s, r->handle, NULL, 0, 0);
        REQUIRE(status == CLF_CANCELLED || status == CLF_OK, "joining a cancelled root: %s",
                clf_status_name(status));
        r->state = WAITING;
    }
    stress_clear(l->t, l->t->state, sizeof(stress_state)); /* who held the mutex is gone */
    l->turns = 0;
    l->orphans = false;
}

static void take(life *l, root *r)
{
    uint64_t sum = 0;
    clf_status status = clf_join(l->s, r->handle, &sum, sizeof sum, 0);
    REQUIRE(status == CLF_OK || (status == CLF_CANCELLED && r->victim), "a root: %s: %s",
            clf_status_name(status), clf_message(l->s));
    REQUIRE(status != CLF_OK || sum == r->sum, "the result of root %d is wrong",
            (int)(r - l->root));
    r->state = status == CLF_OK ? COMPLETE : CANCELLED;
    l->turns += r->turns;
    if (status == CLF_CANCELLED) {
        l->t->cancelled++;
        l->orphans = true;
    }
}

/* Takes the roots that have completed. */
static void harvest(life *l)
{
    clf_handle done[MOST_ROOTS];
    size_t count;
    MUST(l->s, clf_drain(l->s, done, MOST_ROOTS, &count));
    for (size_t k = 0; k < count; k++) {
        uint32_t i = 0;
        while (i < l->roots && (l->root[i].state != RUNNING || l->root[i].handle != done[k]))
            i++;
        REQUIRE(i < l->roots, "an unknown root has completed");
        take(l, &l->root[i]);
    }
}

static void step(life *l)
{
    uint32_t power = any(l, 8) == 0 ? any(l, l->longest + 1) : l->longest;
    l->s->options.slice = 1 + any(l, 1u << power);
    clf_status status = clf_step(l->s);
    l->t->slices++;
    bool stuck = l->orphans;
    for (uint32_t i = 0; i < l->roots; i++)
        stuck = stuck || (l->root[i].victim && l->root[i].state == RUNNING);
    REQUIRE(status == CLF_OK || status == CLF_PENDING || (status == CLF_DEADLOCK && stuck),
            "clf_step: %s: %s", clf_status_name(status), clf_message(l->s));
    harvest(l);
    if (status == CLF_DEADLOCK || any(l, 16) == 0)
        cancel_one(l);
    if (any(l, 256) == 0)
        cancel_everybody(l);
}

/* ---- ends --------------------------------------------------------------------------- */

static void check_roots(life *l, bool over)
{
    const root *last = &l->root[l->roots - 1];
    stress_read(l->t, l->t->marks, l->t->words, (last->first + last->ids) * sizeof(cl_uint));
    for (uint32_t i = 0; i < l->roots; i++) {
        const root *r = &l->root[i];
        if (r->state == WAITING)
            continue;
        uint64_t once =
            stress_check_marks(l->t->words + r->first, r->there, r->ids, r->state == COMPLETE);
        if (over)
            l->t->operations += once;
    }
}

/* The scheduler goes as it is, perhaps in the middle of a slice. */
static void kill_life(life *l)
{
    clf_status status = any(l, 2) ? clf_enqueue_slice(l->s, 0, NULL, NULL) : CLF_OK;
    REQUIRE(status == CLF_OK, "clf_enqueue_slice: %s", clf_message(l->s));
    clf_destroy(l->s);
    check_roots(l, false);
    for (uint32_t i = 0; i < l->roots; i++)
        if (l->root[i].state == RUNNING)
            l->root[i].state = WAITING;
    l->t->killed++;
    open_life(l);
}

static void end_life(life *l)
{
    stress_state end;
    uint32_t used;
    if (l->orphans)
        MUST(l->s, clf_cancel_all(l->s));
    MUST(l->s, clf_run(l->s, CLF_FOREVER));
    check_roots(l, true);
    REQUIRE(stress_live_frames(l->s, &used) == 0, "frames are in use, but no fiber is alive");
    clf_stats stats = {.size = sizeof stats};
    MUST(l->s, clf_get_stats(l->s, &stats));
    REQUIRE(stats.outstanding == 0 && stats.total.spawned == stats.total.completed,
            "%llu fibers were made, %llu ended", (unsigned long long)stats.total.spawned,
            (unsigned long long)stats.total.completed);
    stress_read(l->t, l->t->state, &end, sizeof end);
    REQUIRE(end.broken == 0 && end.inside == 0, "two fibers held the mutex at one time");
    REQUIRE(end.turns == l->turns, "%u turns under the mutex, not %u", (unsigned)end.turns,
            (unsigned)l->turns);
    REQUIRE((end.lock.state | end.lock.queue | end.lock.holder | end.never.line[0]) == 0,
            "somebody is left in a line");
    clf_destroy(l->s);
}

static bool all_over(const life *l)
{
    for (uint32_t i = 0; i < l->roots; i++)
        if (l->root[i].state < COMPLETE)
            return false;
    return true;
}

void stress_life(stress *t, uint64_t number)
{
    life l = {.t = t, .number = number, .random = number};
    plan_roots(&l);
    l.kills = any(&l, 3) == 0 ? 1 + any(&l, 3) : 0;
    open_life(&l);
    l.kill_in = 1 + any(&l, 100);
    for (uint32_t steps = 0; !all_over(&l); steps++) {
        REQUIRE(steps < MOST_STEPS, "no end after %u slices", (unsigned)steps);
        if (l.kills > 0 && --l.kill_in == 0) {
            kill_life(&l);
            l.kills--;
            l.kill_in = 1 + any(&l, 100);
        }
        start_some(&l);
        step(&l);
    }
    end_life(&l);
    stress_where[0] = '\0';
}
