/* lang_inline.c - which fibers the front end gives clones, how deep, and which of these are
 * functions. */
#include "lang/lang.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static clfi_lang *translate_with_clones(const char *source, unsigned depth)
{
    clfi_lang_options options = {.inline_depth = depth};
    clfi_lang *t = clfi_lang_translate(source, strlen(source), "t.fib", &options);
    ck_assert_ptr_nonnull(t);
    ck_assert_msg(clfi_lang_errors(t) == 0, "%s", clfi_lang_log(t));
    return t;
}

/* Clones that an automatic depth gives a fiber. */
static unsigned clones_at(const char *source, const char *name, unsigned depth)
{
    clfi_lang *t = translate_with_clones(source, depth);
    char head[64];
    unsigned n = 0;
    do
        snprintf(head, sizeof head, " clf_inline_%s_%u(clf_worker *", name, ++n);
    while (strstr(clfi_lang_code(t), head) != NULL);
    clfi_lang_free(t);
    return n - 1;
}

static unsigned clones(const char *source, const char *name)
{
    return clones_at(source, name, CLFI_LANG_INLINE_AUTO);
}

static unsigned clones_in_lanes(const char *source, const char *name)
{
    return clones_at(source, name, CLFI_LANG_INLINE_LANES);
}

#define FIB                                                   \
    "long fib(int n)\n{\n    if (n < 2)\n        return n;\n" \
    "    long a = spawn fib(n - 1), b = spawn fib(n - 2);\n    sync;\n    return a + b;\n}\n"
/* f runs `work`, which the text before makes something. */
#define F_WORKS                                                                                 \
    "fiber int f(int n)\n{\n    if (n > 0)\n        spawn f(n - 1);\n    work(n);\n    return " \
    "0;\n}\n"

START_TEST(small_fibers_run_inline)
{
    ck_assert_uint_eq(clones("fiber " FIB, "fib"), 10);
    ck_assert_uint_eq(clones("fiber __attribute__((clf_inline(3))) " FIB, "fib"), 3);
    ck_assert_uint_eq(clones("fiber __attribute__((clf_inline(0))) " FIB, "fib"), 0);
    ck_assert_uint_eq(clones("int work(int n) { return n * n; }\n" F_WORKS, "f"), 10);
    ck_assert_uint_eq(clones("fiber int g(int n) { return n; }\n"
                             "fiber int f(int n) { await g(n); return 0; }\n",
                             "g"),
                      1);
    ck_assert_uint_eq(clones("fiber int f(int n)\n{\n    for (int i = 0; i < n; i++)\n"
                             "        spawn f(i);\n    return n;\n}\n",
                             "f"),
                      10);
}
END_TEST

/* Clones that are functions, not a part of their callers, as bits: bit k - 1 for clone k. */
static unsigned functions(const char *source, const char *name, unsigned depth)
{
    clfi_lang *t = translate_with_clones(source, depth);
    char head[64];
    unsigned bits = 0;
    for (unsigned k = 1; k <= 32; k++) {
        snprintf(head, sizeof head, "\nCLF_CLONE ulong clf_inline_%s_%u(", name, k);
        if (strstr(clfi_lang_code(t), head) != NULL)
            bits |= 1u << (k - 1);
    }
    clfi_lang_free(t);
    return bits;
}

#define SUM    "    n += n * n + n / 3 - n / 5 + n / 7 - n / 11;\n"
#define SUMS   SUM SUM SUM SUM
#define MARKED "fiber __attribute__((clf_inline(9))) "

/* The smaller a fiber, the more of its clones are a part of their callers. */
START_TEST(small_clones_are_a_part_of_their_callers)
{
    ck_assert_uint_eq(functions(MARKED FIB, "fib", CLFI_LANG_INLINE_AUTO), 1 | 1 << 4 | 1 << 8);
    ck_assert_uint_eq(functions(MARKED "int f(int n)\n{\n    int a, b, c;\n    if (n < 2)\n"
                                       "        return n;\n    a = spawn f(n - 1);\n"
                                       "    b = spawn f(n / 2);\n    c = spawn f(n / 3);\n"
                                       "    sync;\n    return a + b + c;\n}\n",
                                "f", CLFI_LANG_INLINE_AUTO),
                      1 | 1 << 2 | 1 << 4 | 1 << 6 | 1 << 8);
    ck_assert_uint_eq(functions(MARKED
                                "int f(int n)\n{\n    int a, b;\n    if (n < 2)\n"
                                "        return n;\n" SUMS SUMS SUMS
                                "    a = spawn f(n - 1);\n    b = spawn f(n / 2);\n    sync;\n"
                                "    return a + b;\n}\n",
                                "f", CLFI_LANG_INLINE_AUTO),
                      0x1ff);
    ck_assert_uint_eq(functions(MARKED
                                "void leaf(int n)\n{\n    (void)n;\n}\n" MARKED
                                "void f(int n)\n{\n    spawn leaf(n);\n    spawn f(n - 1);\n}\n",
                                "leaf", CLFI_LANG_INLINE_AUTO),
                      0);
}
END_TEST

START_TEST(in_lanes_only_tiny_fibers_do)
{
    ck_assert_uint_eq(clones_in_lanes("fiber " FIB, "fib"), 10);
    ck_assert_uint_eq(clones_in_lanes("fiber __attribute__((clf_inline(3))) " FIB, "fib"), 3);
    ck_assert_uint_eq(clones_in_lanes("fiber __attribute__((clf_inline(12))) " FIB, "fib"), 12);
    ck_assert_uint_eq(clones_in_lanes("fiber __attribute__((clf_inline(16))) " FIB, "fib"), 12);
    ck_assert_uint_eq(functions("fiber " FIB, "fib", CLFI_LANG_INLINE_LANES), 0x155);
    ck_assert_uint_eq(clones_in_lanes("int work(int n) { return n * n; }\n" F_WORKS, "f"), 10);
    ck_assert_uint_eq(clones_in_lanes("#define FEW(n) n += n * n; n += n * n; n += n * n\n"
                                      "#define MORE(n) FEW(n); FEW(n); FEW(n); FEW(n)\n"
                                      "#define work(n) MORE(n); MORE(n)\n" F_WORKS,
                                      "f"),
                      0);
    ck_assert_uint_eq(clones_in_lanes("fiber int g(int n) { return n; }\n"
                                      "fiber int f(int n) { await g(n); return 0; }\n",
                                      "g"),
                      0);
    ck_assert_uint_eq(clones_in_lanes("fiber int f(int n)\n{\n    for (int i = 0; i < n; i++)\n"
                                      "        spawn f(i);\n    return n;\n}\n",
                                      "f"),
                      0);
}
END_TEST

START_TEST(work_of_unknown_length_keeps_its_frame)
{
    ck_assert_uint_eq(clones("int work(int n) { while (n > 3) n /= 2; return n; }\n" F_WORKS, "f"),
                      0);
    ck_assert_uint_eq(clones("#define work(n) do n--; while (n > 3)\n" F_WORKS, "f"), 0);
    ck_assert_uint_eq(clones("int loop(int n) { for (;;) if (n++ == 7) return n; }\n"
                             "#define twice loop\n__attribute__((noinline)) int work(int n) "
                             "{ return twice(twice(n)); }\n" F_WORKS,
                             "f"),
                      0);
    ck_assert_uint_eq(clones("int work(int n);\n" F_WORKS, "f"), 0);
    ck_assert_uint_eq(clones("int work(int n) { return n ? work(n - 1) : 0; }\n" F_WORKS, "f"), 0);
    ck_assert_uint_eq(clones("#include \"work.h\"\n" F_WORKS, "f"), 0);
    ck_assert_uint_eq(clones("#define work(n) (n)\n#include \"more.h\"\n" F_WORKS, "f"), 10);
    ck_assert_uint_eq(clones("#define work(n) unseen(n)\n#include \"more.h\"\n" F_WORKS, "f"), 0);
    ck_assert_uint_eq(clones("fiber int f(int n)\n{\n    if (n > 0)\n        spawn f(n - 1);\n"
                             "    do\n        n -= 3;\n    while (n > 0);\n    return n;\n}\n",
                             "f"),
                      0);
    ck_assert_uint_eq(clones("fiber int f(int n)\n{\n    if (n > 0)\n        spawn f(n - 1);\n"
                             "    yield;\n    return n;\n}\n",
                             "f"),
                      0);
}
END_TEST

/* Many calls make many paths, much text many tokens: few clones then. */
START_TEST(the_budget_bounds_clones)
{
    char source[1 << 16], one[64];
    size_t n = (size_t)snprintf(source, sizeof source,
                                "fiber int f(int n)\n{\n    if (n < 1) return n;\n");
    for (int i = 0; i < 8; i++)
        n += (size_t)snprintf(source + n, sizeof source - n, "    spawn f(n - %d);\n", i + 1);
    snprintf(source + n, sizeof source - n, "    return n;\n}\n");
    ck_assert_uint_eq(clones(source, "f"), 4); /* 8 + 64 + 512 + 4096 paths */
    n = (size_t)snprintf(source, sizeof source,
                         "#define FEW(n) n += n * n; n += n * n\n"
                         "fiber int f(int n)\n{\n    if (n > 0)\n        spawn f(n - 1);\n");
    for (int i = 0; i < 40; i++)
        n += (size_t)snprintf(source + n, sizeof source - n, "    FEW(n);\n");
    snprintf(source + n, sizeof source - n, "    return n;\n}\n");
    ck_assert_uint_eq(clones(source, "f"), 3); /* of some 600 tokens */
    n = 0;
    for (int i = 0; i < 60; i++)
        n += (size_t)snprintf(source + n, sizeof source - n,
                              "fiber int f%d(int n)\n{\n    if (n > 0)\n        spawn f%d(n - 1);\n"
                              "    return n * n * n + n * n + n;\n}\n",
                              i, i);
    ck_assert_uint_ge(clones(source, "f0"), 1);
    ck_assert_uint_le(clones(source, "f0"), 3);
    snprintf(one, sizeof one, "f%d", 59);
    ck_assert_uint_eq(clones(source, one), clones(source, "f0"));
}
END_TEST

int main(void)
{
    Suite *s = suite_create("inlining");
    TCase *c = tcase_create("clones");
    tcase_add_test(c, small_fibers_run_inline);
    tcase_add_test(c, small_clones_are_a_part_of_their_callers);
    tcase_add_test(c, in_lanes_only_tiny_fibers_do);
    tcase_add_test(c, work_of_unknown_length_keeps_its_frame);
    tcase_add_test(c, the_budget_bounds_clones);
    suite_add_tcase(s, c);
    SRunner *r = srunner_create(s);
    srunner_run_all(r, CK_ENV);
    int failed = srunner_ntests_failed(r);
    srunner_free(r);
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
