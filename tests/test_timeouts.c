/* test_timeouts.c - waits that end after a time: time-outs that race with wake-ups, by their
 * ledgers; and timers that outlive what they were set for. */
#include "objects.h"

typedef struct shared_state {
    clf_mutex lock;
    clf_semaphore units;
    clf_event token;
    clf_barrier barrier;
    cl_uint inside, turns, broken, misses, owned, passed;
} shared_state;

typedef struct entry {
    cl_uint id, turn;
} entry;

typedef struct timed {
    clf_scheduler *s;
    cl_mem state, ledger, channel, seen;
    clf_handle handle[64];
} timed;

enum { MEMBERS = 30, KINDS = 3, TIMED_OUT = -31021 };

/* Slices that end anywhere, and one that ends only when everybody waits. */
static const object_case cases[] = {
    {2, 1, 1, 0, 0},  {2, 1, 7, 0, 0},   {64, 1, CLF_UNLIMITED, 0, 0},
    {2, 16, 7, 1, 2}, {64, 16, 1, 0, 0}, {2, 1, 200, 0, 0},
};
enum { CASES = sizeof cases / sizeof *cases };

static timed open_timed(const object_case *c, cl_uint kind, size_t entries, cl_uint capacity)
{
    timed t = {.s = open_case(c, "timeouts.fib")};
    bind_uint(t.s, "kind", kind);
    bind_uint(t.s, "members", MEMBERS);
    t.state = bind_bytes(t.s, "state", sizeof(shared_state));
    t.ledger = bind_bytes(t.s, "ledger", entries * sizeof(entry));
    t.channel = bind_bytes(t.s, "channel", CLF_CHANNEL_BYTES(capacity, sizeof(cl_uint)));
    t.seen = bind_words(t.s, "seen", entries);
    shared_state start = {.units = CLF_SEMAPHORE_INIT(3),
                          .token = CLF_EVENT_INIT(CLF_EVENT_AUTO),
                          .barrier = CLF_BARRIER_INIT(MEMBERS)};
    start.token.counter.value = 1;
    clf_channel channel = CLF_CHANNEL_INIT(capacity, sizeof(cl_uint));
    write_bytes(t.s, t.state, &start, sizeof start);
    write_bytes(t.s, t.channel, &channel, sizeof channel);
    return t;
}

static void close_timed(timed *t)
{
    check_balanced(t->s);
    must_cl(clReleaseMemObject(t->state));
    must_cl(clReleaseMemObject(t->ledger));
    must_cl(clReleaseMemObject(t->channel));
    must_cl(clReleaseMemObject(t->seen));
    clf_destroy(t->s);
}

static void start_all(timed *t, const char *fiber, cl_uint turns, cl_uint first, cl_uint n)
{
    for (cl_uint id = 0; id < n; id++) {
        clf_arg args[] = {CLF_ARG(id), CLF_ARG(turns)};
        must(t->s, clf_start(t->s, fiber, 2, args, &t->handle[first + id]));
    }
}

/* How often they were told that their time was up. */
static cl_uint join_all(timed *t, cl_uint first, cl_uint n)
{
    cl_uint sum = 0, misses = 0;
    for (cl_uint k = first; k < first + n; k++, sum += misses)
        must(t->s, clf_join(t->s, t->handle[k], &misses, sizeof misses, CLF_FOREVER));
    return sum;
}

/* What every object is when nobody waits for it. */
static shared_state check_state(timed *t)
{
    shared_state end;
    read_bytes(t->s, t->state, &end, sizeof end);
    ck_assert_uint_eq(end.broken, 0);
    ck_assert_uint_eq(end.lock.state | end.lock.queue | end.lock.holder, 0);
    ck_assert_uint_eq(end.units.value, 3);
    ck_assert_uint_eq(end.token.counter.value, 1);
    ck_assert_uint_eq(end.units.gate | end.token.counter.gate | end.barrier.gate, 0);
    ck_assert_uint_eq(end.units.line[0] | end.token.counter.line[0], 0);
    ck_assert_uint_eq(end.barrier.line[0] | end.barrier.arrived | end.inside | end.owned, 0);
    return end;
}

static cl_uint turns_of(const object_case *c)
{
    return c->slice == 1 ? 5 : 12;
}

START_TEST(one_at_a_time)
{
    const object_case *c = &cases[_i / KINDS];
    cl_uint turns = turns_of(c), next[MEMBERS] = {0};
    timed t = open_timed(c, (cl_uint)_i % KINDS, (size_t)MEMBERS * turns, 0);
    start_all(&t, "member", turns, 0, MEMBERS);
    ck_assert_uint_ne(join_all(&t, 0, MEMBERS), 0);
    ck_assert_uint_eq(check_state(&t).turns, MEMBERS * turns);
    entry *all = calloc((size_t)MEMBERS * turns, sizeof *all);
    ck_assert_ptr_nonnull(all);
    read_bytes(t.s, t.ledger, all, (size_t)MEMBERS * turns * sizeof *all);
    for (cl_uint i = 0; i < MEMBERS * turns; i++) {
        ck_assert_uint_lt(all[i].id, MEMBERS);
        ck_assert_uint_eq(all[i].turn, next[all[i].id]++);
    }
    free(all);
    close_timed(&t);
}
END_TEST

START_TEST(units_are_kept)
{
    const object_case *c = &cases[_i];
    timed t = open_timed(c, 0, 1, 0);
    start_all(&t, "owner", turns_of(c), 0, MEMBERS);
    ck_assert_uint_ne(join_all(&t, 0, MEMBERS), 0);
    check_state(&t);
    close_timed(&t);
}
END_TEST

START_TEST(rounds_are_full)
{
    const object_case *c = &cases[_i];
    cl_uint rounds = turns_of(c);
    timed t = open_timed(c, 0, 1, 0);
    enum { COMERS = 6 };
    shared_state start = {.barrier = CLF_BARRIER_INIT(COMERS),
                          .units = CLF_SEMAPHORE_INIT(3),
                          .token = CLF_EVENT_INIT(CLF_EVENT_AUTO)};
    start.token.counter.value = 1;
    write_bytes(t.s, t.state, &start, sizeof start);
    bind_uint(t.s, "members", COMERS);
    start_all(&t, "comer", rounds, 0, COMERS);
    ck_assert_uint_ne(join_all(&t, 0, COMERS), 0);
    shared_state end = check_state(&t);
    ck_assert_uint_eq(end.turns, rounds); /* one came last in each */
    ck_assert_uint_eq(end.passed, rounds * COMERS);
    close_timed(&t);
}
END_TEST

START_TEST(messages_once)
{
    static const cl_uint capacities[] = {0, 1, 16};
    enum { CONSUMERS = 7 };
    const object_case *c = &cases[_i];
    cl_uint numbers = turns_of(c);
    timed t = open_timed(c, 0, (size_t)MEMBERS * numbers, capacities[_i % 3]);
    start_all(&t, "consumer", numbers, MEMBERS, CONSUMERS);
    start_all(&t, "producer", numbers, 0, MEMBERS);
    cl_uint misses = join_all(&t, 0, MEMBERS);
    must(t.s, clf_start(t.s, "closer", 0, NULL, NULL));
    ck_assert_uint_ne(join_all(&t, MEMBERS, CONSUMERS) + misses, 0);
    check_all_once(t.s, t.seen, (size_t)MEMBERS * numbers, "message");
    clf_channel end;
    read_bytes(t.s, t.channel, &end, sizeof end);
    ck_assert_uint_eq(end.gate | end.messages | end.senders[0] | end.receivers[0], 0);
    close_timed(&t);
}
END_TEST

/* ---- timers that outlive what they were for -------------------------------------------- */

static void empty_objects(timed *t)
{
    shared_state none = {.token = CLF_EVENT_INIT(CLF_EVENT_AUTO)};
    write_bytes(t->s, t->state, &none, sizeof none);
}

/* The wait was over before its time; the same fiber's next ones, with and without a time-out, and
 * its sleep, are not ended by the old timer. */
START_TEST(later_waits_are_safe)
{
    static const cl_long first[] = {0, 300, 3000000000};
    timed t = open_timed(&(object_case){2, _i % 2 ? 16 : 1, 50, 0, 0}, 0, 1, 0);
    cl_long us = first[_i / 2];
    cl_int code = -1, tries = 0;
    do {
        empty_objects(&t);
        run_fiber(t.s, "outlives", ((clf_arg[]){CLF_ARG(us), CLF_LONG(2000)}), &code);
        must(t.s, clf_run(t.s, CLF_FOREVER));
    } while (code == TIMED_OUT && us < 1000 && ++tries < 1000); /* of the first wait: once more */
    ck_assert_int_eq(code, 0);
    close_timed(&t);
}
END_TEST

/* A timer that is of no use any more hides no deadlock, one that will end a wait is none. */
START_TEST(deadlock_is_seen)
{
    const cl_long hour = 3600000000;
    timed t = open_timed(&cases[1], 0, 1, 0);
    clf_handle h;
    const char *text;
    empty_objects(&t);
    must(t.s, clf_start(t.s, "never", 1, &CLF_ARG(hour), &h));
    gives(t.s, CLF_DEADLOCK, clf_join(t.s, h, NULL, 0, CLF_FOREVER));
    clf_handle waits;
    must(t.s, clf_start(t.s, "patient", 1, &CLF_ARG(hour), &waits));
    gives(t.s, CLF_TIMEOUT, clf_join(t.s, waits, NULL, 0, 0.05));
    must(t.s, clf_dump(t.s, &text));
    ck_assert_msg(strstr(text, "waits for an event, or until its time is up\n") != NULL, "%s",
                  text);
    ck_assert_msg(strstr(text, "waits for an event\n") != NULL, "%s", text);
    must(t.s, clf_cancel(t.s, waits));
    gives(t.s, CLF_CANCELLED, clf_join(t.s, waits, NULL, 0, CLF_FOREVER));
    gives(t.s, CLF_DEADLOCK, clf_join(t.s, h, NULL, 0, CLF_FOREVER));
    must(t.s, clf_cancel(t.s, h));
    gives(t.s, CLF_CANCELLED, clf_join(t.s, h, NULL, 0, CLF_FOREVER));
    close_timed(&t);
}
END_TEST

/* A time-out that is not needed costs the host nothing: there is room for 256 records. */
START_TEST(records_are_given_back)
{
    timed t = open_timed(&(object_case){1, _i ? 16 : 1, CLF_UNLIMITED, 1, 2}, 0, 1, 0);
    cl_uint locked = 0;
    run_fiber(t.s, "undisturbed", ((clf_arg[]){CLF_UINT(20000)}), &locked);
    ck_assert_uint_eq(locked, 20000);
    ck_assert_uint_lt(get_stats(t.s).slices, 10);
    close_timed(&t);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("timeouts");
    TCase *races = new_case(suite, "races");
    tcase_add_loop_test(races, one_at_a_time, 0, CASES * KINDS);
    tcase_add_loop_test(races, units_are_kept, 0, CASES);
    tcase_add_loop_test(races, rounds_are_full, 0, CASES);
    tcase_add_loop_test(races, messages_once, 0, CASES);
    TCase *timers = new_case(suite, "timers");
    tcase_add_loop_test(timers, later_waits_are_safe, 0, 6);
    tcase_add_test(timers, deadlock_is_seen);
    tcase_add_loop_test(timers, records_are_given_back, 0, 2);
    return test_main(suite, true);
}
