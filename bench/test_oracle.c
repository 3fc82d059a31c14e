/* test_oracle.c - clfbench's own arithmetic: the tables of trees against the formula, plain C and
 * the other peers against the published answers, the order statistics.
 */
#include <check.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>

#include "oracle.h"
#include "place.h"
#include "peers/uts_leaf.h"
#include "peers/peer.h"
#include "sequence.h"
#include "stats.h"
#include "uts_tree.h"
#include "workload.h"

static bench_problem parse(const char *text)
{
    bench_problem problem;
    char error[512] = "";

    ck_assert_msg(bench_parse_problem(text, &problem, error, sizeof error) == 0, "%s: %s", text,
                  error);
    return problem;
}

/* ---- trees: integer tables against double precision ------------------------------------------ */

static const char *const trees[] = {"uts:T1",
                                    "uts:T2",
                                    "uts:T3",
                                    "uts:T4",
                                    "uts:T5",
                                    "uts:T3L",
                                    "uts:geo,shape=expdec,gen_mx=7,b0=3.5",
                                    "uts:hyb,shape=cyclic,gen_mx=9,b0=2",
                                    "uts:geo,shape=fixed,gen_mx=2,b0=100",
                                    "uts:bin,q=0,b0=1"};

static void check_children(const char *name, const uts_tree *tree, uint32_t random, uint32_t depth)
{
    uint32_t table = leaf_uts_children(tree, random, depth);
    uint32_t exact = uts_children_exact(tree, random, depth);

    ck_assert_msg(table == exact, "%s: random %u at depth %u: table %u, formula %u", name, random,
                  depth, table, exact);
}

START_TEST(tables_are_the_formula)
{
    bench_problem problem = parse(trees[_i]);
    const uts_tree *tree = &problem.as.uts;
    uint32_t deepest = tree->geo_depth + 2;
    uint32_t random = 1;

    for (uint32_t depth = 0; depth < deepest; depth++) {
        if (tree->shape == UTS_EXPDEC && tree->type == UTS_GEOMETRIC && depth >= tree->rows)
            break; /* what is this deep is refused before a run */
        for (int i = 0; i < 3000; i++) {
            random = random * 1664525u + 1013904223u;
            check_children(trees[_i], tree, random, depth);
        }
        check_children(trees[_i], tree, 0, depth);
        check_children(trees[_i], tree, 0x7fffffff, depth);
        /* where a table could be off by one: at its thresholds */
        if (depth < tree->rows)
            for (uint32_t k = 0; k < UTS_MAX_CHILDREN; k++) {
                uint32_t threshold = tree->thresholds[(size_t)depth * UTS_ROW + k];

                if (threshold > 0x7fffffff)
                    break;
                check_children(trees[_i], tree, threshold, depth);
                if (threshold > 0)
                    check_children(trees[_i], tree, threshold - 1, depth);
            }
    }
    if (tree->bin_threshold) {
        check_children(trees[_i], tree, tree->bin_threshold, deepest);
        check_children(trees[_i], tree, tree->bin_threshold - 1, deepest);
    }
    bench_forget(&problem);
}
END_TEST

/* ---- peers against published answers --------------------------------------------------------- */

static const char *const problems[] = {
    "fib:0",           "fib:1",           "fib:20",          "nqueens:1",       "nqueens:8",
    "nqueens:10",      "nqueens:10,3",    "nqueens:9,0",     "uts:T1,gen_mx=5", "uts:T1,gen_mx=8",
    "uts:T2",          "uts:T3",          "spawnjoin:1",     "spawnjoin:5000",  "spawnjoin:5000,7",
    "strassen:1",      "strassen:72,10",  "strassen:100,16", "nbody:1",         "nbody:999,32",
    "yield:10,100",    "cilksort:1",      "cilksort:30000",  "cilksort:999,4",  "mergesort:1",
    "mergesort:30000", "mergesort:999,4", "matmul:1",        "matmul:100,16",   "hostcall:7,5",
    "sleepers:9,10",   "empty:1",         "empty:50"};

/* Those whose answer is computed: plain C says what it is, or another algorithm. */
static const char *const computed[] = {"uts:hyb",         "bintree:9,3,5,0", "bintree:9,3,5,4",
                                       "bintree:0",       "barytree:7",      "mandelbrot:50,99,7",
                                       "mandelbrot:2,10", "knapsack:4",      "knapsack:22,5",
                                       "rmat:1",          "rmat:9",          "rmat:11,3"};

#define COMPUTED ((int)(sizeof computed / sizeof computed[0]))

#define PROBLEMS ((int)(sizeof problems / sizeof problems[0]))

static void check_peers(const bench_problem *problem, const bench_answer *expected)
{
    bench_answer answer;
    double seconds;

    for (int p = 0; bench_peers[p]; p++) {
        peer_result result = bench_run_peer(bench_peers[p], problem, 2, &answer, &seconds);

        if (result == PEER_UNSUPPORTED && strcmp(bench_peers[p]->name, "seq") != 0)
            continue;
        ck_assert_int_eq(result, PEER_OK);
        for (unsigned i = 0; i < bench_parts(problem); i++)
            ck_assert_msg(answer.part[i] == expected->part[i],
                          "%s by %s: part %u is %llu, not %llu", problem->name,
                          bench_peers[p]->name, i, (unsigned long long)answer.part[i],
                          (unsigned long long)expected->part[i]);
    }
}

START_TEST(peers_are_right)
{
    bench_problem problem = parse(problems[_i]);
    bench_answer expected;

    ck_assert_int_eq(bench_known(&problem, &expected), BENCH_LISTED);
    check_peers(&problem, &expected);
    bench_forget(&problem);
}
END_TEST

START_TEST(unlisted_answers_are_computed)
{
    bench_problem problem = parse(computed[_i]);
    bench_answer expected;
    bench_origin origin;
    char error[256];

    ck_assert_int_eq(bench_known(&problem, &expected), BENCH_UNKNOWN);
    ck_assert_int_eq(bench_expect(&problem, &expected, &origin, error, sizeof error), 0);
    ck_assert_int_eq(origin, BENCH_COMPUTED);
    ck_assert_uint_gt(expected.part[0], 0);
    check_peers(&problem, &expected);
    bench_forget(&problem);
}
END_TEST

/* ---- sorted or not ------------------------------------------------------------------------------
 */

static int by_number(const void *a, const void *b)
{
    const uint32_t *x = a, *y = b;

    return (*x > *y) - (*x < *y);
}

/* A number twice, one that is not of the sequence, two in the wrong order: all show. */
START_TEST(unsorted_shows)
{
    uint32_t *block = bench_sequence(100), *numbers = block + 100, before;

    for (uint32_t i = 0; i < 100; i++) {
        ck_assert_uint_eq(bench_number_place(bench_number(i)), i);
        ck_assert_uint_eq(bench_number_place(bench_number(i * 40000000u)), i * 40000000u);
    }
    memcpy(numbers, block, 100 * sizeof *block);
    qsort(numbers, 100, sizeof *numbers, by_number);
    ck_assert_uint_eq(bench_sorted(numbers, 100), 100);
    before = numbers[50];
    numbers[50] = numbers[51];
    ck_assert_uint_eq(bench_sorted(numbers, 100), 99);
    numbers[51] = before;
    ck_assert_uint_eq(bench_sorted(numbers, 100), 99);
    numbers[50] = before;
    numbers[51] = before + 1;
    ck_assert_uint_eq(bench_sorted(numbers, 100), 99);
    free(block);
}
END_TEST

START_TEST(calls_of_fib)
{
    static const struct {
        const char *text;
        uint64_t calls;
    } listed[] = {{"fib:0", 1},         {"fib:1", 1},        {"fib:2", 3},
                  {"fib:20", 21891},    {"fib:30", 2692537}, {"fib:38", 126491971},
                  {"fib:40", 331160281}};

    for (size_t i = 0; i < sizeof listed / sizeof listed[0]; i++) {
        bench_problem problem = parse(listed[i].text);
        bench_answer answer;

        bench_known(&problem, &answer);
        ck_assert_uint_eq(bench_fibers(&problem, &answer), listed[i].calls);
    }
}
END_TEST

/* ---- order statistics -------------------------------------------------------------------------
 */

START_TEST(medians)
{
    double odd[] = {3, 1, 2}, even[] = {4, 1, 3, 2}, one[] = {7};
    bench_times times = bench_summarize(odd, 3);

    ck_assert_double_eq(times.min, 1);
    ck_assert_double_eq(times.median, 2);
    ck_assert_double_eq(times.max, 3);
    ck_assert_double_eq(bench_summarize(even, 4).median, 2.5);
    ck_assert_double_eq(bench_summarize(one, 1).median, 7);
}
END_TEST

/* ---- threads on cores --------------------------------------------------------------------------
 */

#ifdef __linux__
/* Each test has a process of its own: nothing is known yet. */
START_TEST(threads_have_cores)
{
    cpu_set_t before, after;

    unsetenv("POCL_AFFINITY");
    ck_assert_int_eq(sched_getaffinity(0, sizeof before, &before), 0);
    bench_place_thread(1); /* nobody has asked for it */
    ck_assert_int_eq(sched_getaffinity(0, sizeof after, &after), 0);
    ck_assert(CPU_EQUAL(&before, &after));
    bench_place_device();
    if (!getenv("POCL_AFFINITY"))
        return; /* one core, or not all may be used */
    for (unsigned i = 0; i < 2; i++) {
        bench_place_thread(i);
        ck_assert_int_eq(sched_getcpu(), (int)i);
    }
    bench_place_anywhere();
    ck_assert_int_eq(sched_getaffinity(0, sizeof after, &after), 0);
    ck_assert(CPU_EQUAL(&before, &after));
}
END_TEST

/* Who has said something is not overruled. */
START_TEST(cores_as_the_user_says)
{
    cpu_set_t before, after;

    setenv("POCL_AFFINITY", "0", 1);
    ck_assert_int_eq(sched_getaffinity(0, sizeof before, &before), 0);
    bench_place_device();
    ck_assert_str_eq(getenv("POCL_AFFINITY"), "0");
    bench_place_thread(0);
    ck_assert_int_eq(sched_getaffinity(0, sizeof after, &after), 0);
    ck_assert(CPU_EQUAL(&before, &after));
}
END_TEST

/* Neither is who has given this process some of the cores. */
START_TEST(cores_that_were_chosen)
{
    cpu_set_t one, after;

    unsetenv("POCL_AFFINITY");
    CPU_ZERO(&one);
    CPU_SET((size_t)sched_getcpu(), &one);
    ck_assert_int_eq(sched_setaffinity(0, sizeof one, &one), 0);
    bench_place_device();
    ck_assert_ptr_null(getenv("POCL_AFFINITY"));
    setenv("POCL_AFFINITY", "1", 1);
    bench_place_thread((unsigned)sched_getcpu() + 1);
    bench_place_anywhere();
    ck_assert_int_eq(sched_getaffinity(0, sizeof after, &after), 0);
    ck_assert(CPU_EQUAL(&one, &after));
}
END_TEST
#endif

int main(void)
{
    Suite *suite = suite_create("oracle");
    TCase *tests = tcase_create("oracle");
    SRunner *runner;
    int failed;

    tcase_set_timeout(tests, 60);
    tcase_add_loop_test(tests, tables_are_the_formula, 0, (int)(sizeof trees / sizeof trees[0]));
    tcase_add_loop_test(tests, peers_are_right, 0, PROBLEMS);
    tcase_add_loop_test(tests, unlisted_answers_are_computed, 0, COMPUTED);
    tcase_add_test(tests, unsorted_shows);
    tcase_add_test(tests, calls_of_fib);
    tcase_add_test(tests, medians);
#ifdef __linux__
    tcase_add_test(tests, threads_have_cores);
    tcase_add_test(tests, cores_as_the_user_says);
    tcase_add_test(tests, cores_that_were_chosen);
#endif
    suite_add_tcase(suite, tests);
    runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
