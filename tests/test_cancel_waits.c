/* test_cancel_waits.c - fibers that are cancelled while they wait: for a mutex, a timer, a host
 * call. They leave all lists; those that wait beside them do not notice. */
#include "clfi.h"
#include "support.h"

static clf_scheduler *s;

static const uint32_t lane_counts[] = {1, 16};

static void check_clean(void)
{
    uint32_t *marks, used, live = 0;
    must(s, clfi_live_marks(s, &marks, &used));
    for (uint32_t i = 0; i < used; i++)
        live += marks[i] != CLF_MARK_FREE;
    free(marks);
    ck_assert_uint_eq(live, 0);
    clf_stats stats = get_stats(s);
    ck_assert_uint_eq(stats.outstanding, 0);
    ck_assert_uint_eq(stats.total.spawned, stats.total.completed);
}

/* Some slices; that all wait by then is fine. */
static void steps(int count)
{
    for (int k = 0; k < count; k++) {
        clf_status status = clf_step(s);
        ck_assert_msg(status >= 0 || status == CLF_DEADLOCK, "%s", clf_message(s));
    }
}

/* ---- a mutex -------------------------------------------------------------------------- */

START_TEST(waiters_of_a_mutex)
{
    s = open_scheduler(OPTIONS(.workers = 2, .lanes = lane_counts[_i], .slice = 4),
                       "cancel_waits.fib");
    cl_mem mutex = bind_words(s, "mutex", 4), flags = bind_words(s, "flags", 2);
    for (int after = 0; after < 40; after += 3) {
        clf_handle holder, kept[2], victim[2];
        write_word(s, flags, 0, 0);
        write_word(s, flags, 1, 0);
        must(s, clf_start(s, "holds", 0, NULL, &holder));
        steps(3);
        for (int k = 0; k < 2; k++) {
            must(s, clf_start(s, "queue_up", 1, &CLF_INT(10), &victim[k]));
            must(s, clf_start(s, "queue_up", 1, &CLF_INT(10), &kept[k]));
        }
        steps(after);
        must(s, clf_cancel(s, victim[0]));
        steps(1);
        must(s, clf_cancel(s, victim[1]));
        steps(1);
        write_word(s, flags, 0, 1);
        cl_int count = 0;
        for (int k = 0; k < 2; k++) {
            must(s, clf_join(s, kept[k], &count, sizeof count, CLF_FOREVER));
            ck_assert_int_eq(count, 10);
            gives(s, CLF_CANCELLED, clf_join(s, victim[k], NULL, 0, CLF_FOREVER));
        }
        must(s, clf_join(s, holder, &count, sizeof count, CLF_FOREVER));
        cl_uint words[2], lock[4];
        read_words(s, flags, words, 2);
        ck_assert_uint_eq(words[1], 20);
        read_words(s, mutex, lock, 4);
        ck_assert_uint_eq(lock[0] | lock[1] | lock[2], 0); /* free, and nobody waits */
        check_clean();
    }
    must_cl(clReleaseMemObject(mutex));
    must_cl(clReleaseMemObject(flags));
    clf_destroy(s);
}
END_TEST

/* ---- timers --------------------------------------------------------------------------- */

START_TEST(sleepers)
{
    s = open_scheduler(OPTIONS(.workers = 2, .lanes = lane_counts[_i]), "sleep");
    cl_mem words = bind_words(s, "words", 300);
    for (int after = 0; after < 5; after++) {
        clf_handle handle[3];
        cl_uint result = 0;
        for (cl_uint k = 0; k < 3; k++) {
            clf_arg args[] = {CLF_ARG(k), CLF_UINT(k == 1 ? 30000000 : 2000), CLF_UINT(3)};
            must(s, clf_start(s, "naps", 3, args, &handle[k]));
        }
        steps(after);
        must(s, clf_cancel(s, handle[1])); /* that would sleep for a minute and a half */
        must(s, clf_join(s, handle[0], &result, sizeof result, CLF_FOREVER));
        must(s, clf_join(s, handle[2], &result, sizeof result, CLF_FOREVER));
        gives(s, CLF_CANCELLED, clf_join(s, handle[1], NULL, 0, CLF_FOREVER));
        must(s, clf_run(s, CLF_FOREVER));
        check_clean();
        ck_assert_uint_eq(s->timers.count, 0);
    }
    must_cl(clReleaseMemObject(words));
    clf_destroy(s);
}
END_TEST

/* ---- host calls ----------------------------------------------------------------------- */

enum { CALLS = 8 };
static clf_hostcall *open_call[CALLS];
static int calls;

static int32_t call_later(clf_hostcall *call, void *user)
{
    (void)user;
    ck_assert_int_lt(calls, CALLS);
    open_call[calls++] = call;
    return CLF_CALL_LATER;
}

/* A call whose fiber was cancelled may still be ended, by hosts that do not know. */
START_TEST(calls_in_progress)
{
    s = open_scheduler(OPTIONS(.workers = 2, .lanes = lane_counts[_i]), "hostcall");
    must(s, clf_hostcall_register(s, 7, call_later, NULL));
    for (int how = 0; how < 3; how++) {
        clf_handle handle[CALLS];
        calls = 0;
        for (cl_uint k = 0; k < CALLS; k++) {
            clf_arg args[] = {CLF_ARG(k), CLF_UINT(7), CLF_UINT(1)};
            must(s, clf_start(s, "asker", 3, args, &handle[k]));
        }
        while (calls < CALLS)
            gives(s, CLF_PENDING, clf_step(s));
        for (int k = 0; k < CALLS && how == 0; k++) /* ended, but not yet back on the device */
            must(s, clf_hostcall_finish(s, open_call[k], 0));
        for (int k = 0; k < CALLS; k += 2)
            must(s, clf_cancel(s, handle[k]));
        if (how == 1)
            steps(1);
        for (int k = 0; k < CALLS && how != 0; k++)
            must(s, clf_hostcall_finish(s, open_call[k], 0));
        for (int k = 0; k < CALLS; k++) {
            cl_ulong result = 1;
            clf_status status = clf_join(s, handle[k], &result, sizeof result, CLF_FOREVER);
            ck_assert_int_eq(status, k % 2 == 0 ? CLF_CANCELLED : CLF_OK);
        }
        check_clean();
    }
    clf_destroy(s);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("cancel_waits");
    TCase *waits = new_case(suite, "waits");
    tcase_add_loop_test(waits, waiters_of_a_mutex, 0, 2);
    tcase_add_loop_test(waits, sleepers, 0, 2);
    tcase_add_loop_test(waits, calls_in_progress, 0, 2);
    return test_main(suite, true);
}
