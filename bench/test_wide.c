/* test_wide.c - the vector helpers of cl/wide on the device, against plain C: sorting and merging
 * with equal numbers, the largest number there is, and all rests of vectors.
 */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "peers/uts_leaf.h"
#include "workload.h"

#define MOST 5000

static const char program[] =
    "#include \"sort.h\"\n"
    "env { __global uint *in; __global uint *out; __global uint *spare; };\n"
    "fiber void sort(uint n) { wide_sort(env.in, env.out, env.spare, n); }\n"
    "fiber void merge(uint na, uint nb) { wide_merge(env.in, na, env.in + na, nb, env.out); }\n"
    "fiber uint bound(uint n, uint key) { return wide_lower_bound(env.in, n, key); }\n"
    "#include \"product.h\"\n"
    "fiber void product(uint rows, uint columns, uint inner) {\n"
    "    __global float *a = (__global float *)env.in, *c = (__global float *)env.out;\n"
    "    wide_product(a, 70, a + 700, 71, c, 72, rows, columns, inner);\n}\n"
    "#include \"rsqrt.h\"\n"
    "fiber void rsqrt_all(uint n) {\n"
    "    for (uint k = 0; k < n; k += 16)\n"
    "        vstore16(wide_rsqrt16(vload16(0, (__global float *)env.in + k)), 0,\n"
    "                 (__global float *)env.out + k);\n}\n"
    "#define WIDE_SHA1_WIDTH 16\n"
    "#include \"sha1.h\"\n"
    "fiber void sha1_each(uint width) {\n"
    "    uint out[5 * 20];\n"
    "    __global const uint *in = env.in;\n"
    "    if (width == 8)\n"
    "        wide_sha1_each8(vload8(0, in), vload8(2, in), vload8(4, in), vload8(6, in),\n"
    "                        vload8(8, in), vload8(10, in), 20, out);\n"
    "    else\n"
    "        wide_sha1_each16(vload16(0, in), vload16(1, in), vload16(2, in), vload16(3, in),\n"
    "                         vload16(4, in), vload16(5, in), 20, out);\n"
    "    for (uint i = 0; i < 5; i++)\n"
    "        for (uint k = 0; k < width; k++)\n"
    "            env.out[16 * i + k] = out[20 * i + k];\n}\n";

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

/* Sends `in` and `out` to the device, runs the fiber, gets `out` back. */
static void run_plain(const char *fiber, uint32_t count, const clf_arg *args)
{
    cl_command_queue queue = clf_queue(s);
    clf_handle root;

    ck_assert_int_eq(
        clEnqueueWriteBuffer(queue, buffer[0], CL_TRUE, 0, sizeof in, in, 0, NULL, NULL),
        CL_SUCCESS);
    ck_assert_int_eq(
        clEnqueueWriteBuffer(queue, buffer[1], CL_TRUE, 0, sizeof out, out, 0, NULL, NULL),
        CL_SUCCESS);
    must(clf_start(s, fiber, count, args, &root));
    must(clf_join(s, root, NULL, 0, CLF_FOREVER));
    ck_assert_int_eq(
        clEnqueueReadBuffer(queue, buffer[1], CL_TRUE, 0, sizeof out, out, 0, NULL, NULL),
        CL_SUCCESS);
}

static float number(const uint32_t *words, uint32_t i)
{
    float f;

    memcpy(&f, words + i, sizeof f);
    return f;
}

static void put(uint32_t *words, uint32_t i, float f)
{
    memcpy(words + i, &f, sizeof f);
}

/* Small whole numbers, rows of 70, 71 and 72; what is beside the product stays as it is. */
START_TEST(multiplies)
{
    for (cl_uint rows = 0; rows <= 10; rows++)
        for (cl_uint columns = 0; columns <= 70; columns += columns < 34 ? 3 : 9) {
            cl_uint inner = (rows + columns) % 9;

            fill(MOST, 17);
            for (uint32_t i = 0; i < MOST; i++) {
                put(in, i, (float)(int)(in[i] % 17) - 8);
                put(out, i, (float)(i % 5));
            }
            run_plain("product", 3, (clf_arg[]){CLF_ARG(rows), CLF_ARG(columns), CLF_ARG(inner)});
            for (uint32_t i = 0; i < 12 * 72; i++) {
                float wanted = (float)(i % 5);

                for (uint32_t k = 0; i / 72 < rows && i % 72 < columns && k < inner; k++)
                    wanted += number(in, i / 72 * 70 + k) * number(in, 700 + k * 71 + i % 72);
                ck_assert_msg(number(out, i) == wanted, "%u x %u x %u: number %u is %g, not %g",
                              rows, columns, inner, i, (double)number(out, i), (double)wanted);
            }
        }
}
END_TEST

START_TEST(takes_roots)
{
    cl_uint n = 4992;

    for (uint32_t i = 0; i < n; i++)
        in[i] = i * 408000u + 0x01000000u; /* from 2^-125 on */
    run_plain("rsqrt_all", 1, (clf_arg[]){CLF_ARG(n)});
    for (uint32_t i = 0; i < n; i++) {
        double y = (double)number(out, i), one = y * y * (double)number(in, i);

        ck_assert_msg(one > 1 - 1e-6 && one < 1 + 1e-6, "1 / sqrt(%g) is %g", (double)number(in, i),
                      y);
    }
}
END_TEST

START_TEST(hashes)
{
    for (int round = 0; round < 8; round++) {
        cl_uint width = round % 2 ? 16 : 8;

        fill(96, UINT32_MAX);
        run_plain("sha1_each", 1, (clf_arg[]){CLF_ARG(width)});
        for (uint32_t k = 0; k < width; k++) {
            uint32_t state[5], hash[5];

            for (int i = 0; i < 5; i++)
                state[i] = in[16 * i + k];
            leaf_sha1_child(state, in[80 + k], hash);
            for (int i = 0; i < 5; i++)
                ck_assert_uint_eq(out[16 * i + k], hash[i]);
        }
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
    tcase_add_test(tests, multiplies);
    tcase_add_test(tests, takes_roots);
    tcase_add_test(tests, hashes);
    suite_add_tcase(suite, tests);
    runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
