/* test_cancel_fibers.c - fibers that cancel fibers: at every suspension, with their families, too
 * late, and many at once; nothing is left behind. */
#include "objects.h"

enum { CANCELLED = CLF_CANCELLED, MARKS = 15 };

typedef struct shared_state {
    clf_mutex lock;
    clf_semaphore units;
    clf_event go;
    clf_barrier two;
    cl_uint at, ended, alive, broken;
} shared_state;

typedef struct hunt {
    clf_scheduler *s;
    cl_mem state, channel, seen;
} hunt;

/* Nobody has come yet. */
static void begin(hunt *h)
{
    shared_state start = {.two = CLF_BARRIER_INIT(2)};
    clf_channel channel = CLF_CHANNEL_INIT(0, sizeof(cl_int));
    write_bytes(h->s, h->state, &start, sizeof start);
    write_bytes(h->s, h->channel, &channel, sizeof channel);
}

static hunt open_hunt(cl_uint workers, cl_uint lanes, cl_uint slice)
{
    hunt h = {.s = open_scheduler(OPTIONS(.workers = workers, .lanes = lanes, .slice = slice),
                                  "cancel_fibers.fib")};
    h.state = bind_bytes(h.s, "state", sizeof(shared_state));
    h.channel = bind_bytes(h.s, "channel", sizeof(clf_channel));
    h.seen = bind_words(h.s, "seen", MARKS + 1);
    begin(&h);
    return h;
}

/* All fibers have ended, nobody stands in a line, no frame is missing. */
static void check_gone(hunt *h)
{
    shared_state end;
    clf_channel channel;
    must(h->s, clf_run(h->s, CLF_FOREVER));
    check_balanced(h->s);
    read_bytes(h->s, h->state, &end, sizeof end);
    read_bytes(h->s, h->channel, &channel, sizeof channel);
    ck_assert_uint_eq(end.units.gate | end.go.counter.gate | end.two.gate | channel.gate, 0);
    ck_assert_uint_eq(end.units.line[0] | end.go.counter.line[0] | end.two.line[0], 0);
    ck_assert_uint_eq(channel.senders[0] | channel.receivers[0] | end.two.arrived, 0);
    ck_assert_uint_eq(end.lock.queue | (end.lock.state & 0x7fffffffu), 0);
}

static void close_hunt(hunt *h)
{
    must_cl(clReleaseMemObject(h->state));
    must_cl(clReleaseMemObject(h->channel));
    must_cl(clReleaseMemObject(h->seen));
    clf_destroy(h->s);
}

/* The outcome. A helper that the victim has started may be left waiting: it is nobody's, and is
 * cancelled from here. */
static cl_int hunt_once(hunt *h, cl_uint mark, cl_int turns)
{
    clf_handle root;
    cl_int outcome = 0;
    clf_arg args[] = {CLF_ARG(mark), CLF_ARG(turns)};
    begin(h);
    must(h->s, clf_start(h->s, "hunt", 2, args, &root));
    must(h->s, clf_join(h->s, root, &outcome, sizeof outcome, CLF_FOREVER));
    clf_status left = clf_run(h->s, CLF_FOREVER);
    ck_assert(left == CLF_OK || left == CLF_DEADLOCK);
    must(h->s, clf_cancel_all(h->s));
    check_gone(h);
    if (outcome != CANCELLED)
        ck_assert_int_eq(outcome, 4 + 2 + 2 + 1 + 5 + 1 + 3);
    return outcome;
}

/* Behind each mark, until it has been seen there: what comes in time may be quicker now and then.
 */
START_TEST(at_every_suspension)
{
    hunt h = open_hunt(1, 1, 1);
    cl_uint seen[MARKS + 1] = {0}, frames = 0;
    for (cl_uint mark = 0; mark <= MARKS; mark++)
        for (int tries = 0; seen[mark] == 0; tries++) {
            ck_assert_msg(tries < 100, "never cancelled behind mark %u", (unsigned)mark);
            hunt_once(&h, mark, 0);
            read_words(h.s, h.seen, seen, MARKS + 1);
            frames = frames != 0 ? frames : get_stats(h.s).frames;
        }
    ck_assert_uint_eq(get_stats(h.s).frames, frames);
    close_hunt(&h);
}
END_TEST

/* After 0, 1, 2, ... turns, until it has ended before that. */
START_TEST(after_every_turn)
{
    hunt h = open_hunt(2, _i ? 16 : 1, _i ? 1 : 3);
    int ended = 0;
    for (cl_int turns = 0; ended < 2; turns += 1 + turns / 8) {
        ended += hunt_once(&h, 0, turns) != CANCELLED;
        ck_assert_int_lt(turns, 200000);
    }
    close_hunt(&h);
}
END_TEST

static const cl_uint lane_counts[] = {1, 16};

START_TEST(with_its_family)
{
    hunt h = open_hunt(2, lane_counts[_i], 40);
    cl_int outcome = 0, depth = 7;
    for (int k = 0; k < 2; k++) {
        begin(&h);
        run_fiber(h.s, "family", ((clf_arg[]){CLF_ARG(depth)}), &outcome);
        ck_assert_int_eq(outcome, CANCELLED);
        check_gone(&h);
        shared_state end;
        read_bytes(h.s, h.state, &end, sizeof end);
        ck_assert_uint_eq(end.alive, 255);
        ck_assert_uint_eq(end.ended, 1 + 4 + 16 + 64); /* of depths 7, 5, 3 and 1 */
    }
    close_hunt(&h);
}
END_TEST

START_TEST(one_that_is_none)
{
    hunt h = open_hunt(2, lane_counts[_i], 40);
    cl_int outcome = 0;
    run_fiber(h.s, "too_late", ((clf_arg[]){CLF_INT(5)}), &outcome);
    ck_assert_int_eq(outcome, 5 + 8);
    run_fiber_sized(h.s, "watch_suicide", 0, NULL, &outcome, sizeof outcome);
    ck_assert_int_eq(outcome, CANCELLED);
    run_fiber_sized(h.s, "detached", 0, NULL, &outcome, sizeof outcome);
    check_gone(&h);
    close_hunt(&h);
}
END_TEST

START_TEST(many_at_once)
{
    static const object_case cases[] = {{2, 1, CLF_UNLIMITED, 0, 0},
                                        {2, 1, 7, 1, 2},
                                        {64, 1, 20, 0, 0},
                                        {2, 16, 3, 1, 2},
                                        {64, 16, CLF_UNLIMITED, 0, 0}};
    const object_case *c = &cases[_i];
    hunt h = open_hunt(c->workers, c->lanes, c->slice);
    cl_int sum = 0;
    for (int k = 0; k < 3; k++) {
        clf_handle crowd[8];
        for (int i = 0; i < 8; i++)
            must(h.s, clf_start(h.s, "crowd", 1, (clf_arg[]){CLF_INT(64)}, &crowd[i]));
        for (int i = 0; i < 8; i++) {
            cl_int cancelled = 0;
            must(h.s, clf_join(h.s, crowd[i], &cancelled, sizeof cancelled, CLF_FOREVER));
            sum += cancelled;
        }
        check_gone(&h);
    }
    ck_assert_int_ne(sum, 0);
    close_hunt(&h);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("cancel_fibers");
    TCase *sweep = new_case(suite, "sweep");
    tcase_add_test(sweep, at_every_suspension);
    tcase_add_loop_test(sweep, after_every_turn, 0, 2);
    TCase *families = new_case(suite, "families");
    tcase_add_loop_test(families, with_its_family, 0, 2);
    tcase_add_loop_test(families, one_that_is_none, 0, 2);
    tcase_add_loop_test(new_case(suite, "crowds"), many_at_once, 0, 5);
    return test_main(suite, true);
}
