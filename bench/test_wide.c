/* test_wide.c - the vector helpers of cl/wide on the device, against plain C: sorting and merging
 * with equal numbers, the largest number there is, and all rests of vectors.
 */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "workload.h"

#define MOST 5000

static const char program[] =
    "#include \"sort.h\"\n"
    "env { __global uint *in; __global uint *out; __global uint *spare; };\n"
    "fiber void sort(uint n) { wide_sort(env.in, env.out, env.spare, n); }\n"
    "fiber void merge(uint na, uint nb) { wide_merge(env.in, na, env.in + na, nb, env.out); }\n"
    "fiber uint bound(uint n, uint key) { return wide_lower_bound(env.in, n, key); }\n";

static clf_scheduler *s;
static cl_mem buffer[3];
static uint32_t in[MOST], out[MOST + 16], random_state;

static void must(clf_status status)
{
    ck_assert_msg(status == CLF_OK, "%s: %s", clf_status_name(status), s ? clf_message(s) : "");
}

static void open_wide(void)
{
    static const char *const name[] = {"in", "out", "spare"};
    clf_options options = CLF_OPTIONS_INIT;
    char *text = bench_expand(program);
    clf_status status = clf_create(&options, &s);

    random_state = 1;
    must(status);
    must(clf_program_build(s, text, ""));
    free(text);
    for (int i = 0; i < 3; i++) {
        cl_int error;

        buffer[i] = clCreateBuffer(clf_context(s), CL_MEM_READ_WRITE, sizeof out, NULL, &error);
        ck_assert_int_eq(error, CL_SUCCESS);
        must(clf_bind(s, name[i], &buffer[i], sizeof buffer[i]));
    }
}

static void close_wide(void)
{
    clf_destroy(s);
    for (int i = 0; i < 3; i++)
        clReleaseMemObject(buffer[i]);
}

/* Below `range`, and now and then UINT32_MAX. */
static void fill(uint32_t n, uint32_t range)
{
    for (uint32_t i = 0; i < n; i++) {
        random_state = random_state * 1664525u + 1013904223u;
        in[i] = random_state >> 28 == 0 ? UINT32_MAX : (random_state >> 4) % range;
    }
}

static int by_number(const void *a, const void *b)
{
    const uint32_t *x = a, *y = b;

    return (*x > *y) - (*x < *y);
}

/* Runs the fiber on `in`; what is behind its `n` numbers has to stay as it is. */
static void run(const char *fiber, uint32_t count, const clf_arg *args, uint32_t n)
{
    clf_handle root;

    memset(out, 0xa5, sizeof out);
    ck_assert_int_eq(
        clEnqueueWriteBuffer(clf_queue(s), buffer[0], CL_TRUE, 0, sizeof in, in, 0, NULL, NULL),
        CL_SUCCESS);
    ck_assert_int_eq(
        clEnqueueWriteBuffer(clf_queue(s), buffer[1], CL_TRUE, 0, sizeof out, out, 0, NULL, NULL),
        CL_SUCCESS);
    must(clf_start(s, fiber, count, args, &root));
    must(clf_join(s, root, NULL, 0, CLF_FOREVER));
    ck_assert_int_eq(
        clEnqueueReadBuffer(clf_queue(s), buffer[1], CL_TRUE, 0, sizeof out, out, 0, NULL, NULL),
        CL_SUCCESS);
    for (uint32_t i = n; i < n + 16; i++)
        ck_assert_msg(out[i] == 0xa5a5a5a5u, "%s of %u wrote behind its end", fiber, n);
    qsort(in, n, sizeof *in, by_number);
    for (uint32_t i = 0; i < n; i++)
        ck_assert_msg(out[i] == in[i], "%s of %u: number %u is %u, not %u", fiber, n, i, out[i],
                      in[i]);
}

START_TEST(sorts)
{
    static const uint32_t range[] = {2, 50, UINT32_MAX};

    for (uint32_t n = 0; n <= MOST; n += n < 70 ? 1 : n < 600 ? 37 : 1103)
        for (int r = 0; r < 3; r++) {
            cl_uint count = n;

            fill(n, range[r]);
            run("sort", 1, (clf_arg[]){CLF_ARG(count)}, n);
        }
}
END_TEST

START_TEST(merges)
{
    for (cl_uint na = 0; na <= 100; na += na < 34 ? 1 : 13)
        for (cl_uint nb = 0; nb <= 100; nb += nb < 34 ? 3 : 13) {
            fill(na + nb, nb % 2 ? 9 : 1000);
            qsort(in, na, sizeof *in, by_number);
            qsort(in + na, nb, sizeof *in, by_number);
            run("merge", 2, (clf_arg[]){CLF_ARG(na), CLF_ARG(nb)}, na + nb);
        }
}
END_TEST

START_TEST(finds_bounds)
{
    for (uint32_t i = 0; i < MOST; i++)
        in[i] = i / 3 * 2;
    ck_assert_int_eq(
        clEnqueueWriteBuffer(clf_queue(s), buffer[0], CL_TRUE, 0, sizeof in, in, 0, NULL, NULL),
        CL_SUCCESS);
    for (cl_uint n = 0; n < 20; n++)
        for (cl_uint key = 0; key < 20; key++) {
            cl_uint found = 99, wanted = 0;
            clf_handle root;

            while (wanted < n && in[wanted] < key)
                wanted++;
            must(clf_start(s, "bound", 2, (clf_arg[]){CLF_ARG(n), CLF_ARG(key)}, &root));
            must(clf_join(s, root, &found, sizeof found, CLF_FOREVER));
            ck_assert_uint_eq(found, wanted);
        }
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("wide");
    TCase *tests = tcase_create("wide");
    SRunner *runner;
    int failed;

    tcase_add_checked_fixture(tests, open_wide, close_wide);
    tcase_set_timeout(tests, 60);
    tcase_add_test(tests, sorts);
    tcase_add_test(tests, merges);
    tcase_add_test(tests, finds_bounds);
    suite_add_tcase(suite, tests);
    runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
