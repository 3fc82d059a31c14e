/* test_mutex.c - what lets one fiber in at a time, under contention: never two, every turn taken
 * once and in order, nobody left behind; for one and several workers, lanes and lengths of slices.
 * A mutex, a semaphore of one unit, an automatic event, a channel with one token. */
#include "objects.h"

typedef struct shared_state {
    clf_mutex lock;
    cl_uint inside, turns, broken, fill;
    clf_semaphore units;
    clf_event token;
    clf_channel channel;
    cl_uint message;
} shared_state;

enum { MUTEX, SEMAPHORE, EVENT, CHANNEL, KINDS };

typedef struct entry {
    cl_uint id, turn, worker;
} entry;

enum { MEMBERS = 50 };

static clf_scheduler *open_members(const object_case *c, cl_uint kind, cl_uint turns, cl_uint pause,
                                   cl_mem *state, cl_mem *ledger)
{
    clf_scheduler *s = open_case(c, "mutex.fib");
    bind_uint(s, "pause", pause);
    bind_uint(s, "kind", kind);
    *state = bind_bytes(s, "state", sizeof(shared_state));
    shared_state start = {.units = CLF_SEMAPHORE_INIT(1),
                          .token = CLF_EVENT_INIT(CLF_EVENT_AUTO),
                          .channel = CLF_CHANNEL_INIT(1, sizeof(cl_uint))};
    start.token.counter.value = 1;
    start.channel.messages = 1;
    start.message = 77; /* the token */
    write_bytes(s, *state, &start, sizeof start);
    *ledger = bind_bytes(s, "ledger", (size_t)MEMBERS * turns * sizeof(entry));
    return s;
}

static void start_members(clf_scheduler *s, cl_uint turns, clf_handle *handles)
{
    for (cl_uint id = 0; id < MEMBERS; id++) {
        clf_arg args[] = {CLF_ARG(id), CLF_ARG(turns)};
        must(s, clf_start(s, "member", 2, args, &handles[id]));
    }
}

/* Each member's turns 0, 1, ... are in the ledger, in this order, and nothing else is. Returns how
 * often the mutex went from worker to worker. */
static size_t check_ledger(clf_scheduler *s, cl_mem ledger, cl_uint turns)
{
    size_t n = (size_t)MEMBERS * turns;
    entry *all = calloc(n, sizeof *all);
    ck_assert_ptr_nonnull(all);
    read_bytes(s, ledger, all, n * sizeof *all);
    cl_uint next[MEMBERS] = {0};
    size_t moves = 0;
    for (size_t i = 0; i < n; i++) {
        ck_assert_uint_lt(all[i].id, MEMBERS);
        ck_assert_uint_eq(all[i].turn, next[all[i].id]);
        next[all[i].id]++;
        moves += i > 0 && all[i].worker != all[i - 1].worker;
    }
    free(all);
    return moves;
}

/* Whether workers contended within slices: between them, the mutex moves once at most for each. */
static bool run_members(const object_case *c, cl_uint kind, cl_uint turns, cl_uint pause)
{
    cl_mem state, ledger;
    clf_scheduler *s = open_members(c, kind, turns, pause, &state, &ledger);
    clf_handle handles[MEMBERS];
    start_members(s, turns, handles);
    for (cl_uint id = 0; id < MEMBERS; id++)
        must(s, clf_join(s, handles[id], NULL, 0, CLF_FOREVER));
    shared_state end;
    read_bytes(s, state, &end, sizeof end);
    ck_assert_uint_eq(end.broken, 0);
    ck_assert_uint_eq(end.turns, MEMBERS * turns);
    ck_assert_uint_eq(end.lock.state | end.lock.queue | end.lock.holder, 0);
    ck_assert_uint_eq(end.units.value, 1);
    ck_assert_uint_eq(end.token.counter.value, 1);
    ck_assert_uint_eq(end.channel.messages, 1);
    ck_assert_uint_eq(end.units.gate | end.token.counter.gate | end.channel.gate, 0);
    size_t moves = check_ledger(s, ledger, turns);
    bool overlap = moves > c->workers * get_stats(s).slices;
    check_balanced(s);
    must_cl(clReleaseMemObject(state));
    must_cl(clReleaseMemObject(ledger));
    bool possible = parallel_workers(s) > 1;
    clf_destroy(s);
    return overlap || !possible;
}

/* What members do between their turns; not where a slice has one segment: a launch each. */
static cl_uint pause_of(const object_case *c)
{
    return c->slice == 1 ? 0 : 3;
}

START_TEST(one_holder_at_a_time)
{
    const object_case *c = wanted_case(_i);
    if (c != NULL)
        run_members(c, MUTEX, case_operations(c, 1) / MEMBERS, pause_of(c));
}
END_TEST

START_TEST(one_unit_at_a_time)
{
    const object_case *c = wanted_case(_i % OBJECT_CASES);
    if (c == NULL)
        return;
    cl_uint operations = case_operations(c, c->slice == CLF_UNLIMITED ? 5 : 2);
    run_members(c, SEMAPHORE + _i / OBJECT_CASES, operations / MEMBERS, pause_of(c));
}
END_TEST

/* With little to do besides, the mutex gathers all members on one worker: a wake-up is on the
 * waker's. And a busy machine may run one worker after the other: several tries. */
START_TEST(two_workers_contend)
{
    static const object_case two = {2, 1, 50000, 0, 0};
    int tries = 3000;
    while (!run_members(&two, _i, 100, 100) && --tries > 0)
        ;
    ck_assert_int_gt(tries, 0);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("mutex");
    TCase *contention = new_case(suite, "contention");
    tcase_add_loop_test(contention, one_holder_at_a_time, 0, OBJECT_CASES);
    tcase_add_loop_test(contention, one_unit_at_a_time, 0, (KINDS - 1) * OBJECT_CASES);
    tcase_add_loop_test(new_case(suite, "overlap"), two_workers_contend, 0, KINDS);
    return test_main(suite, true);
}
