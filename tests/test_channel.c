/* test_channel.c - a channel under contention: every message once, whole, and in its sender's
 * order, for channels without room, with little and with plenty; closing ends every receiver. */
#include "objects.h"

enum { PRODUCERS = 20, CONSUMERS = 12 };

static const cl_uint capacities[] = {0, 1, 16};
enum { CAPACITIES = sizeof capacities / sizeof *capacities };

typedef struct message {
    cl_uint producer, number;
    cl_ulong check;
} message;

typedef struct buffers {
    cl_mem channel, seen, latest;
} buffers;

static buffers bind_all(clf_scheduler *s, cl_uint capacity, cl_uint numbers)
{
    clf_channel start = CLF_CHANNEL_INIT(capacity, sizeof(message));
    buffers b;
    bind_uint(s, "producers", PRODUCERS);
    bind_uint(s, "numbers", numbers);
    b.channel = bind_bytes(s, "channel", CLF_CHANNEL_BYTES(capacity, sizeof(message)));
    b.seen = bind_words(s, "seen", (size_t)PRODUCERS * numbers);
    b.latest = bind_words(s, "latest", (size_t)CONSUMERS * PRODUCERS);
    write_bytes(s, b.channel, &start, sizeof start);
    return b;
}

static void release_all(const buffers *b)
{
    must_cl(clReleaseMemObject(b->channel));
    must_cl(clReleaseMemObject(b->seen));
    must_cl(clReleaseMemObject(b->latest));
}

static cl_uint join_all(clf_scheduler *s, const clf_handle *handles, cl_uint n)
{
    cl_uint sum = 0;
    for (cl_uint i = 0; i < n; i++) {
        cl_uint result = 0;
        must(s, clf_join(s, handles[i], &result, sizeof result, CLF_FOREVER));
        sum += result;
    }
    return sum;
}

START_TEST(every_message_once)
{
    const object_case *c = wanted_case(_i % OBJECT_CASES);
    if (c == NULL)
        return;
    cl_uint share = c->slice == CLF_UNLIMITED && _i >= OBJECT_CASES ? 5 : 1;
    cl_uint numbers = case_operations(c, share) / PRODUCERS;
    clf_scheduler *s = open_case(c, "channel.fib");
    buffers b = bind_all(s, capacities[_i / OBJECT_CASES], numbers);
    clf_handle consumers[CONSUMERS], producers[PRODUCERS];
    for (cl_uint i = 0; i < CONSUMERS; i++)
        must(s, clf_start(s, "consumer", 1, &CLF_ARG(i), &consumers[i]));
    for (cl_uint i = 0; i < PRODUCERS; i++)
        must(s, clf_start(s, "producer", 1, &CLF_ARG(i), &producers[i]));
    ck_assert_uint_eq(join_all(s, producers, PRODUCERS), PRODUCERS * numbers);
    must(s, clf_start(s, "closer", 0, NULL, NULL));
    ck_assert_uint_eq(join_all(s, consumers, CONSUMERS), PRODUCERS * numbers);
    check_all_once(s, b.seen, (size_t)PRODUCERS * numbers, "message");
    clf_channel end;
    read_bytes(s, b.channel, &end, sizeof end);
    ck_assert_uint_eq(end.gate | end.messages | end.senders[0] | end.receivers[0], 0);
    check_balanced(s);
    release_all(&b);
    clf_destroy(s);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("channel");
    TCase *contention = new_case(suite, "contention");
    tcase_add_loop_test(contention, every_message_once, 0, CAPACITIES * OBJECT_CASES);
    return test_main(suite, true);
}
