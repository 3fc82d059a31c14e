/* test_independent.c - several schedulers in one process: in turns on one device, on one queue, and
 * used by a thread each. Built once more with ThreadSanitizer, as threads_tsan. */
#include "support.h"
#include "tree.h"

#include <pthread.h>

/* ---- in turns ----------------------------------------------------------------------- */

static void check_in_turns(clf_scheduler *a, clf_scheduler *b)
{
    build_program(b, "tree");
    tree t = tree_open(b, 4, 6);
    for (int round = 0; round < 5; round++) {
        clf_handle handle = start_fib(a, 16);
        tree_start(b, &t);
        clf_status left = CLF_PENDING, right = CLF_PENDING;
        while (left == CLF_PENDING || right == CLF_PENDING) {
            left = clf_step(a);
            right = clf_step(b);
            ck_assert(left == CLF_PENDING || left == CLF_OK);
            ck_assert(right == CLF_PENDING || right == CLF_OK);
        }
        cl_long result = 0;
        must(a, clf_join(a, handle, &result, sizeof result, CLF_FOREVER));
        ck_assert_int_eq(result, host_fib(16));
        tree_finish(b, &t);
        tree_reset(b, &t);
    }
    tree_close(&t);
    check_balanced(a);
    check_balanced(b);
}

START_TEST(two_schedulers_take_turns)
{
    clf_scheduler *a = open_scheduler(OPTIONS(.workers = 2, .slice = 100), "fib");
    clf_scheduler *b = open_scheduler(OPTIONS(.workers = 3, .slice = 50, .frames = 1), "fib");
    check_in_turns(a, b);
    clf_destroy(a);
    check_usable(b);
    clf_destroy(b);
}
END_TEST

START_TEST(two_schedulers_on_one_queue)
{
    clf_scheduler *a = open_scheduler(OPTIONS(.workers = 2, .slice = 100), "fib"), *b = NULL;
    must(NULL, clf_create_on(clf_context(a), clf_device(a), clf_queue(a),
                             OPTIONS(.workers = 3, .lanes = 4, .slice = 50), &b));
    check_in_turns(a, b);
    clf_destroy(a); /* b keeps the context and the queue */
    check_usable(b);
    clf_destroy(b);
}
END_TEST

START_TEST(handles_are_no_business_of_another_scheduler)
{
    clf_scheduler *a = open_scheduler(NULL, "fib"), *b = open_scheduler(NULL, "fib");
    clf_handle handle = 0;
    for (int i = 0; i < 5; i++)
        handle = start_fib(a, 10);
    gives(b, CLF_STALE_HANDLE, clf_poll(b, handle));
    cl_long result = 0;
    must(a, clf_join(a, handle, &result, sizeof result, CLF_FOREVER));
    ck_assert_int_eq(result, 55);
    clf_destroy(a);
    check_usable(b);
    clf_destroy(b);
}
END_TEST

/* ---- in threads --------------------------------------------------------------------- */

enum { THREADS = 2, ROUNDS = 3 };

/* What a thread does from start to end; it does not assert, as Check's assertions belong to the
 * first thread. */
typedef struct job {
    pthread_t thread;
    const char *source;
    clf_status status;
    cl_long result[ROUNDS];
    uint64_t spawned;
} job;

static clf_status fib_once(clf_scheduler *s, cl_int n, cl_long *result)
{
    clf_handle handle;
    clf_status status = clf_start(s, "fib", 1, &CLF_ARG(n), &handle);
    return status ? status : clf_join(s, handle, result, sizeof *result, CLF_FOREVER);
}

static clf_status work(job *j)
{
    clf_scheduler *s = NULL;
    clf_options options = {.size = sizeof options, .workers = 2, .slice = 500, .frames = 8};
    clf_stats stats = {.size = sizeof stats};
    clf_status status = clf_get_device(0, NULL, NULL);
    if (status == CLF_OK)
        status = clf_create(&options, &s);
    if (status == CLF_OK)
        status = clf_program_build(s, j->source, NULL);
    for (int i = 0; i < ROUNDS && status == CLF_OK; i++)
        status = fib_once(s, 14 + i, &j->result[i]);
    if (status == CLF_OK && clf_program_build(s, "no program", NULL) == CLF_OK)
        status = CLF_INTERNAL; /* each thread has errors and messages of its own */
    if (status == CLF_OK &&
        clf_create(&(clf_options){.size = 1}, &(clf_scheduler *){NULL}) == CLF_OK)
        status = CLF_INTERNAL;
    if (status == CLF_OK)
        status = clf_get_stats(s, &stats);
    j->spawned = stats.total.spawned;
    clf_destroy(s);
    return status;
}

static void *run_job(void *argument)
{
    job *j = argument;
    j->status = work(j);
    return NULL;
}

START_TEST(a_scheduler_per_thread)
{
    char *source = read_program("fib");
    job jobs[THREADS] = {{.source = NULL}};
    uint64_t calls = 0; /* of fib(14) to fib(16): 2·F(n + 1) − 1 each */
    for (int i = 0; i < ROUNDS; i++)
        calls += (uint64_t)(2 * host_fib(15 + i) - 1);
    for (int t = 0; t < THREADS; t++) {
        jobs[t].source = source;
        ck_assert_int_eq(pthread_create(&jobs[t].thread, NULL, run_job, &jobs[t]), 0);
    }
    for (int t = 0; t < THREADS; t++) {
        ck_assert_int_eq(pthread_join(jobs[t].thread, NULL), 0);
        ck_assert_msg(jobs[t].status == CLF_OK, "%s", clf_status_name(jobs[t].status));
        for (int i = 0; i < ROUNDS; i++)
            ck_assert_int_eq(jobs[t].result[i], host_fib(14 + i));
        ck_assert_uint_eq(jobs[t].spawned, calls);
    }
    free(source);
}
END_TEST

/* The message of a failed clf_create belongs to the thread that failed. */
static void *fail_to_create(void *named)
{
    clf_scheduler *s = NULL;
    clf_status status =
        clf_create(&(clf_options){.size = sizeof(clf_options), .lanes = 100000}, &s);
    *(bool *)named = status == CLF_BAD_ARGUMENT && strstr(clf_message(NULL), "100000") != NULL;
    return NULL;
}

START_TEST(messages_without_a_scheduler_are_the_thread_s)
{
    clf_scheduler *s = NULL;
    refuses(NULL, CLF_BAD_ARGUMENT, "70000", clf_create(OPTIONS(.workers = 70000), &s));
    pthread_t thread;
    bool named = false;
    ck_assert_int_eq(pthread_create(&thread, NULL, fail_to_create, &named), 0);
    ck_assert_int_eq(pthread_join(thread, NULL), 0);
    ck_assert(named);
    ck_assert_ptr_nonnull(strstr(clf_message(NULL), "70000"));
}
END_TEST

/* clf_interrupt alone may be called at any time. */
typedef struct racing {
    clf_scheduler *scheduler;
    _Atomic bool stop;
} racing;

static void *keep_interrupting(void *argument)
{
    racing *h = argument;
    while (!h->stop)
        clf_interrupt(h->scheduler);
    return NULL;
}

START_TEST(interrupts_race_with_runs)
{
    racing h = {.scheduler = open_scheduler(OPTIONS(.workers = 2, .slice = 20), "fib")};
    clf_scheduler *s = h.scheduler;
    pthread_t thread;
    clf_handle handle = start_fib(s, 16);
    ck_assert_int_eq(pthread_create(&thread, NULL, keep_interrupting, &h), 0);
    clf_status status = CLF_INTERRUPTED;
    for (int i = 0; i < 100000 && status == CLF_INTERRUPTED; i++)
        status = clf_run(s, CLF_FOREVER);
    h.stop = true;
    ck_assert_int_eq(pthread_join(thread, NULL), 0);
    ck_assert(status == CLF_OK || status == CLF_INTERRUPTED);
    if (clf_run(s, CLF_FOREVER) == CLF_INTERRUPTED)
        must(s, clf_run(s, CLF_FOREVER));
    cl_long result = 0;
    must(s, clf_join(s, handle, &result, sizeof result, CLF_FOREVER));
    ck_assert_int_eq(result, host_fib(16));
    clf_destroy(s);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("independent");
    TCase *turns = new_case(suite, "turns");
    tcase_add_test(turns, two_schedulers_take_turns);
    tcase_add_test(turns, two_schedulers_on_one_queue);
    tcase_add_test(turns, handles_are_no_business_of_another_scheduler);
    TCase *threads = new_case(suite, "threads");
    tcase_add_test(threads, a_scheduler_per_thread);
    tcase_add_test(threads, messages_without_a_scheduler_are_the_thread_s);
    tcase_add_test(threads, interrupts_race_with_runs);
    return test_main(suite, true);
}
