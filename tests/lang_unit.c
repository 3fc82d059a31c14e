/* lang_unit.c - the front end's interface and its limits. */
#include "lang/lang.h"
#include "lang/source.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

/* ---- the interface
 * ------------------------------------------------------------------------------------- */

static clfi_lang *translate(const char *source)
{
    clfi_lang *t = clfi_lang_translate(source, strlen(source), "t.fib", NULL);
    ck_assert_ptr_nonnull(t);
    return t;
}

static clfi_lang *translate_good(const char *source)
{
    clfi_lang *t = translate(source);
    ck_assert_msg(clfi_lang_errors(t) == 0, "%s", clfi_lang_log(t));
    return t;
}

static const clfi_lang_member *member(const clfi_lang_fiber *f, const char *name)
{
    for (size_t i = 0; i < f->members; i++)
        if (strcmp(f->member[i].name, name) == 0)
            return &f->member[i];
    ck_abort_msg("%s is not in the frame", name);
}

static void expect_in_code(clfi_lang *t, const char *s)
{
    ck_assert_msg(strstr(clfi_lang_code(t), s) != NULL, "no '%s' in:\n%s", s, clfi_lang_code(t));
}

typedef struct placed {
    const char *name, *place; /* whose place it has; NULL: one of its own */
} placed;

/* Of the fiber f. */
static clfi_lang *check_places(const char *source, const placed *wanted, size_t n)
{
    clfi_lang *t = translate_good(source);
    size_t fibers;
    const clfi_lang_fiber *f = clfi_lang_fibers(t, &fibers) + fibers - 1;
    for (size_t i = 0; i < n; i++) {
        const char *shares = member(f, wanted[i].name)->shares;
        const char *place = wanted[i].place;
        ck_assert_msg((shares == NULL) == (place == NULL) &&
                          (place == NULL || strcmp(shares, place) == 0),
                      "%s is in the place of %s, not of %s, in\n%s", wanted[i].name,
                      shares != NULL ? shares : "nobody", place != NULL ? place : "nobody", source);
    }
    return t;
}

#define CHECK_PLACES(source, wanted) \
    check_places(source, wanted, sizeof(wanted) / sizeof(wanted)[0])

/* Locals that live across no common suspension have one place in the frame; the others have their
 * own. */
START_TEST(disjoint_lives_share_a_place)
{
    static const placed wanted[] = {{"sum", NULL}, {"i", NULL}, {"p", NULL},   {"k", "i"},
                                    {"q", "p"},    {"r", NULL}, {"late", "n"}, {"more", "i"}};
    clfi_lang *t = CHECK_PLACES(
        "fiber ulong f(uint n)\n{\n    uint sum = 0;\n"
        "    for (uint i = 0; i < n; i++) { uint p = n * i; yield; sum += p; }\n"
        "    for (uint k = 0; k < n; k++) { uint q = n + k; int r = 2; yield; sum += q + r; }\n"
        "    uint late = n * 5; short more = n; yield;\n    return sum + late + more;\n}\n",
        wanted);
    expect_in_code(t, "    uint sum;\n");
    expect_in_code(t, "    union {\n        uint i;\n        short more;\n    } clf_u1;\n");
    expect_in_code(t, "f->clf_u1.i = k;");
    expect_in_code(t, "q = f->p;");
    clfi_lang_free(t);
}
END_TEST

/* What is in place takes its place from where it is first named to where it is last needed. */
START_TEST(blocks_share_their_places)
{
    static const placed blocks[] = {{"r", "q"}, {"q", NULL}, {"t", "q"}, {"v", NULL}};
    static const placed nested[] = {{"r", NULL}, {"q", NULL}};
    static const placed dead[] = {{"r", NULL}, {"q", NULL}};
    static const placed waited[] = {{"kept", NULL}, {"late", NULL}};
    static const placed loop[] = {{"r", "q"}, {"q", NULL}};
    clfi_lang *t = CHECK_PLACES(
        "fiber uint f(uint n)\n{\n    uint4 v = n;\n"
        "    { uint r[4] = {n}; yield; n += r[0] + v.x; }\n"
        "    { ulong q[3] = {n}; yield; n += q[0]; }\n"
        "    { ulong t[3] = {n}; yield; yield; n += t[1]; }\n    yield;\n    return n + v.y;\n}\n",
        blocks);
    expect_in_code(t, "    union {\n#line 5 \"t.fib\"\n        ulong q[3];\n#line 4\n"
                      "        uint r[4];\n    } clf_u1;\n");
    expect_in_code(t, "n += f->clf_u1.r[0] + v.x;");
    expect_in_code(t, "n += f->clf_u1.q[1];");
    clfi_lang_free(t);
    clfi_lang_free(CHECK_PLACES("fiber uint f(uint n)\n{\n    uint r[4] = {n};\n"
                                "    { ulong q[3] = {n}; yield; n += q[0]; }\n"
                                "    return n + r[1];\n}\n",
                                nested));
    /* a value that nobody needs is written all the same, and between suspensions only */
    clfi_lang_free(CHECK_PLACES("fiber uint f(uint n)\n{\n    uint r[4] = {n}; yield; n += r[0];\n"
                                "    ulong q[3] = {n}; yield; r[2] = n;\n"
                                "    yield;\n    return n + q[1];\n}\n",
                                dead));
    /* what is waited for is worked out when others are stored */
    clfi_lang_free(
        CHECK_PLACES("fiber uint f(uint n)\n{\n    fiber_t kept[2];\n    kept[0] = start f(n);\n"
                     "    yield;\n    fiber_t late = start f(n + 1);\n"
                     "    await join(kept[0]);\n    await join(late);\n    return n;\n}\n",
                     waited));
    /* what the last round left there is not needed in the next one */
    clfi_lang_free(CHECK_PLACES("fiber uint f(uint n)\n{\n    for (uint i = 0; i < n; i++) {\n"
                                "        uint r[4] = {n}; yield; n += r[0];\n"
                                "        ulong q[3] = {n}; yield; n += q[0];\n    }\n"
                                "    return n;\n}\n",
                                loop));
}
END_TEST

/* A child may write its result up to the sync, in the block of the variable or not, wanted or not.
 */
START_TEST(results_keep_their_places_to_the_sync)
{
#define CHILD "fiber uint g(uint n) { return n; }\n"
    static const placed synced[] = {{"r", NULL}, {"q", "r"}};
    static const placed unsynced[] = {{"r", NULL}, {"q", NULL}, {"p", "r"}};
    static const placed twice[] = {{"r", NULL}, {"q", NULL}};
    static const placed awaited[] = {{"r", NULL}, {"q", NULL}, {"p", "r"}};
    static const placed unchanged[] = {{"r", NULL}, {"x", NULL}};
    static const placed param[] = {{"n", NULL}, {"r", "n"}, {"p", NULL}};
    static const placed kept[] = {{"n", NULL}, {"r", NULL}};
    clfi_lang_free(CHECK_PLACES(CHILD "fiber uint f(void)\n{\n    uint s = 0;\n"
                                      "    { uint r = spawn g(1); sync; s += r; }\n"
                                      "    { uint q = spawn g(2); sync; s += q; }\n"
                                      "    return s;\n}\n",
                                synced));
    clfi_lang_free(CHECK_PLACES(CHILD "fiber uint f(uint n)\n{\n"
                                      "    { uint r = spawn g(1); }\n"
                                      "    { uint q = spawn g(2); sync; n += q; }\n"
                                      "    { uint p = spawn g(2); sync; n += p; }\n"
                                      "    yield;\n    return n;\n}\n",
                                unsynced));
    clfi_lang_free(CHECK_PLACES(CHILD "fiber uint f(uint n)\n{\n"
                                      "    uint r;\n    if (n > 9) {\n        r = spawn g(1);\n"
                                      "    } else {\n        r = spawn g(2);\n"
                                      "        uint q[1] = {n}; yield; n += q[0];\n    }\n"
                                      "    sync;\n    yield;\n    return n;\n}\n",
                                twice));
    clfi_lang_free(CHECK_PLACES(CHILD "fiber uint f(uint n)\n{\n"
                                      "    uint r = await g(1), q = await g(r), p = await g(q);\n"
                                      "    yield;\n    return n + p;\n}\n",
                                awaited));
    /* what has not changed is not stored again */
    clfi_lang_free(CHECK_PLACES(CHILD "fiber uint f(uint n)\n{\n    uint r = await g(n); n += r;\n"
                                      "    uint x = n * 3; yield; r = n; n += r; yield;\n"
                                      "    return n + x;\n}\n",
                                unchanged));
    /* the last thing that a parameter is needed for may be the call that gives its place away */
    clfi_lang_free(CHECK_PLACES(CHILD "fiber uint f(uint n)\n{\n    uint r = spawn g(n);\n"
                                      "    uint p = spawn g(1);\n    sync;\n"
                                      "    return r + p;\n}\n",
                                param));
    clfi_lang_free(CHECK_PLACES(CHILD "fiber uint f(uint n)\n{\n    uint r = spawn g(1);\n"
                                      "    sync;\n    return r + n;\n}\n",
                                kept));
#undef CHILD
}
END_TEST

static const char fib[] =
    "env { uint limit; __global float4 *board; }\n"
    "fiber long fib(int n)\n{\n    if (n < 2)\n        return n;\n"
    "    long a = spawn fib(n - 1);\n    long b = spawn fib(n - 2);\n    int kept = n * 2;\n"
    "    sync;\n    return a + b + kept - kept;\n}\n";

START_TEST(tables)
{
    clfi_lang *t = translate_good(fib);
    size_t n;
    const clfi_lang_fiber *all = clfi_lang_fibers(t, &n);
    ck_assert_uint_eq(n, 1);
    ck_assert_str_eq(all->name, "fib");
    ck_assert_str_eq(all->result, "long");
    ck_assert_uint_eq(all->params, 1);
    ck_assert_str_eq(all->param->type, "int");
    ck_assert_str_eq(all->param->name, "n");
    ck_assert_uint_eq(all->members, 4);
    ck_assert_str_eq(all->member[3].name, "kept");
    ck_assert_int_eq(all->member[3].in_place, 0);
    ck_assert_uint_eq(all->member[3].bytes, 4);
    ck_assert_uint_eq(all->member[3].crossings, 1);
    ck_assert_str_eq(all->member[3].crossing->what, "sync");
    ck_assert_uint_eq(all->member[3].crossing->line, 9);
    const clfi_lang_param *env = clfi_lang_env(t, &n);
    ck_assert_uint_eq(n, 2);
    ck_assert_str_eq(env[1].type, "__global float4");
    ck_assert_int_eq(env[1].is_pointer, 1);
    ck_assert_int_eq(env[0].is_pointer, 0);
    clfi_lang_free(t);
    clfi_lang_free(NULL);
}
END_TEST

START_TEST(tables_in_the_code)
{
    clfi_lang *t = translate_good(fib);
    expect_in_code(t, "#define CLF_FIBERS(F) F(fib)\n");
    expect_in_code(t, "#define CLF_RESULT_fib(R) R(long)\n");
    expect_in_code(t, "#define CLF_ARGS_fib(A) A(int, n)\n");
    expect_in_code(t, "#define CLF_ENV(V, P) V(uint, limit) P(__global float4, board)\n");
    expect_in_code(t, "\n#pragma clfiber runtime\n");
    expect_in_code(t, "static void clf_segment_fib(clf_worker *w, uint self, __global "
                      "clf_frame_fib *f, uint at)\n");
    clfi_lang_free(t);
}
END_TEST

/* Only what must survive a suspension is in the frame, only what must survive a lack of frames is
 * spilled. */
START_TEST(frames_are_small)
{
    clfi_lang *t = translate_good(
        "fiber uint f(uint a) { return a; }\n"
        "fiber uint g(uint8 start, uint n)\n{\n"
        "    uint8 v = start * 3; uint r[8]; uint sum = 0;\n"
        "    for (uint i = 0; i < n; i++) { v += i; r[i] = v.s0; spawn f(r[i] + v.s1); }\n"
        "    uint before = n * n; sum = before;\n"
        "    sync;\n    uint after = n; yield;\n    return n + sum + after;\n}\n");
    size_t n;
    const clfi_lang_fiber *g = &clfi_lang_fibers(t, &n)[1];
    ck_assert_uint_eq(n, 2);
    ck_assert_uint_eq(g->members, 4); /* start, n, sum, after */
    ck_assert_str_eq(g->member[2].name, "sum");
    ck_assert_str_eq(g->member[3].name, "after");
    ck_assert_uint_eq(g->spilled, 3);
    ck_assert_str_eq(g->spill[0].name, "v");
    ck_assert_str_eq(g->spill[1].name, "r");
    ck_assert_str_eq(g->spill[2].name, "i");
    clfi_lang_free(t);
}
END_TEST

START_TEST(leaf_returns_do_not_sync)
{
    clfi_lang *t =
        translate_good("fiber int f(int n) { if (n) { spawn f(0); sync; } return n; }\n");
    const char *code = clfi_lang_code(t), *first = strstr(code, "clf_sync(");
    ck_assert_ptr_nonnull(first);
    ck_assert_ptr_null(strstr(first + 1, "clf_sync("));
    clfi_lang_free(t);
    t = translate_good("fiber int f(int n) { sync; yield; sync; return n; }\n");
    ck_assert_ptr_null(strstr(clfi_lang_code(t), "clf_sync("));
    clfi_lang_free(t);
}
END_TEST

/* What is not changed since it was last stored is not stored again: parameters have their home in
 * the frame. */
START_TEST(only_changes_are_stored)
{
    clfi_lang *t =
        translate_good("fiber int f(int n, int m) { yield; m++; yield; yield; return n + m; }\n");
    const char *code = strstr(clfi_lang_code(t), "clf_segment_f(");
    ck_assert_ptr_null(strstr(code, "f->n = "));
    const char *store = strstr(code, "f->m = m;");
    ck_assert_ptr_nonnull(store);
    ck_assert_ptr_null(strstr(store + 1, "f->m = "));
    clfi_lang_free(t);
}
END_TEST

START_TEST(line_directives_name_the_users_lines)
{
    clfi_lang *t = clfi_lang_translate(fib, strlen(fib), "dir/\"odd\\name", NULL);
    ck_assert_ptr_nonnull(t);
    expect_in_code(t, "#line 2 \"dir/\\\"odd\\\\name\"\nstatic void");
    expect_in_code(t, "#line 8\n        kept = n * 2;");
    clfi_lang_free(t);
    t = clfi_lang_translate(fib, strlen(fib), NULL, NULL);
    expect_in_code(t, "\"fiber source\"");
    clfi_lang_free(t);
}
END_TEST

/* A #line of the user's says where lines come from: for the generated #lines, for `fail` and for
 * messages. */
START_TEST(line_directives_of_the_user_are_followed)
{
    clfi_lang *t = translate_good(
        "#line 10 \"a.fib\"\nfiber int f(int n)\n{\n    yield;\n    int kept = n;\n"
        "# 50 \"b \\\"quoted\\\".h\"\n    yield;\n    if (n) {\n#line 90\n        n++;\n"
        "    }\n    fail kept + n;\n}\n");
    size_t n;
    expect_in_code(t, "#line 10 \"a.fib\"\nstatic void");
    expect_in_code(t, "#line 13\n        kept = n;");
    expect_in_code(t, "#line 51\n        if (n)");
    expect_in_code(
        t, "#line 92 \"b \\\"quoted\\\".h\"\n        { clf_fail(w, self, &f->h, 0, kept + n, 92)");
    const clfi_lang_fiber *one = clfi_lang_fibers(t, &n);
    ck_assert_uint_eq(one->line, 10);
    ck_assert_uint_eq(one->member[1].crossing->line, 50);
    clfi_lang_free(t);
    t = translate("\n#line 5\n\nint x; fiber");
    clfi_lang_free(t);
    t = translate("#line 2147483648 \"far.fib\"\nfiber int f(void) { goto x; }\n#line 3 \"no "
                  "end\n#line 4x\n");
    ck_assert_ptr_nonnull(strstr(clfi_lang_log(t), "t.fib:2:21: error"));
    clfi_lang_free(t);
}
END_TEST

START_TEST(text_outside_fibers_passes_through)
{
    clfi_lang *t = translate_good(
        "/* first */\nint start = 3; // sync\nint f(int spawn) { return spawn + start; }\n"
        "fiber void g(void) { }\n#define X 1\nstruct fiber_like { int env; } yield;\n");
    expect_in_code(t, "#line 1 \"t.fib\"\n/* first */\nint start = 3; // sync\nint f(int spawn) { "
                      "return spawn + start; }\n");
    expect_in_code(t, "#line 5 \"t.fib\"\n#define X 1\nstruct fiber_like { int env; } yield;\n");
    clfi_lang_free(t);
}
END_TEST

/* ---- limits
 * -------------------------------------------------------------------------------------------- */

START_TEST(out_of_memory_is_null_or_whole)
{
    size_t length = strlen(fib), worked = 0;
    for (size_t limit = 1; limit < 4000000 && worked < 3; limit += limit / 7 + 1000) {
        clfi_lang_options options = {.max_memory = limit};
        clfi_lang *t = clfi_lang_translate(fib, length, "t.fib", &options);
        if (t == NULL)
            continue;
        ck_assert_uint_eq(clfi_lang_errors(t), 0);
        worked++;
        clfi_lang_free(t);
    }
    ck_assert_uint_eq(worked, 3);
}
END_TEST

/* `n` times `piece` between `head` and `tail`; %d in the piece is the number of it. */
static char *repeated(const char *head, const char *piece, size_t n, const char *tail)
{
    size_t room = strlen(head) + n * (strlen(piece) + 24) + strlen(tail) + 1, at;
    char *s = malloc(room);
    ck_assert_ptr_nonnull(s);
    at = (size_t)snprintf(s, room, "%s", head);
    for (size_t i = 0; i < n; i++) {
        const char *number = strstr(piece, "%d");
        if (number == NULL)
            at += (size_t)snprintf(s + at, room - at, "%s", piece);
        else
            at += (size_t)snprintf(s + at, room - at, "%.*s%zu%s", (int)(number - piece), piece, i,
                                   number + 2);
    }
    snprintf(s + at, room - at, "%s", tail);
    return s;
}

static size_t errors_of(char *source)
{
    clfi_lang *t = clfi_lang_translate(source, strlen(source), "t.fib", NULL);
    ck_assert_ptr_nonnull(t);
    size_t errors = clfi_lang_errors(t);
    clfi_lang_free(t);
    free(source);
    return errors;
}

START_TEST(deep_nesting_is_an_error)
{
    static const char head[] = "fiber int f(int n)\n{\n", tail[] = "\nreturn n;\n}\n";
    ck_assert_uint_gt(errors_of(repeated(head, "if (n) {", 100000, tail)), 0);
    ck_assert_uint_gt(errors_of(repeated(head, "for (;;) do while (n) ", 100000, tail)), 0);
    ck_assert_uint_gt(errors_of(repeated(head, "{", 100000, tail)), 0);
    ck_assert_uint_gt(errors_of(repeated(head, "n = (", 100000, tail)), 0);
    ck_assert_uint_eq(errors_of(repeated(head, "n = n + ((n));", 1000, tail)), 0);
    ck_assert_uint_gt(errors_of(repeated("", "(", 100000, "")), 0);
    ck_assert_uint_gt(errors_of(repeated(head, "if (n) ; else ", 2000, tail)), 0);
}
END_TEST

START_TEST(too_many_fibers_are_an_error)
{
    static const char one[] = "fiber void f%d(int n) {}\n";
    ck_assert_uint_eq(errors_of(repeated("", one, 32766, "")), 0);
    ck_assert_uint_eq(errors_of(repeated("", one, 32767, "")), 1);
    ck_assert_uint_eq(errors_of(repeated("", one, 33000, "")), 1);
}
END_TEST

static double seconds_of(char *source, size_t *length)
{
    struct timespec a, b;
    *length = strlen(source);
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &a);
    clfi_lang *t = clfi_lang_translate(source, *length, "t.fib", NULL);
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &b);
    ck_assert_ptr_nonnull(t);
    clfi_lang_free(t);
    free(source);
    return (double)(b.tv_sec - a.tv_sec) + (double)(b.tv_nsec - a.tv_nsec) * 1e-9;
}

/* A megabyte of each shape. The limit is for a build with sanitizers on a slow machine; what is
 * meant is 0.5 s. */
START_TEST(time_is_linear)
{
    static const char head[] =
        "fiber int g(int a) { return a; }\nfiber int f(int n)\n{\n    int a = 0;\n",
                      tail[] = "    return n;\n}\n";
    static const struct {
        const char *name, *head, *piece, *tail;
        size_t n;
    } shapes[] = {
        {"many fibers", "",
         "fiber int f%d(int n)\n{\n    if (n < 2)\n        return n;\n    int a = spawn f0(n - "
         "1);\n    sync;\n"
         "    return a + n;\n}\n",
         "", 9000},
        {"a long fiber", head, "    if (n > 3) { a += n; spawn g(a); }\n    sync;\n", tail, 4000},
        {"many statements", head, "    a = n * 3 + (a ^ 5); /* so */\n", tail, 26000},
        {"many variables", head, "    { int x%d = n; yield; a += x%d; }\n", tail, 14000},
        {"all variables live", head, "    int x%d = n; yield;\n",
         "    a = x0 + x1;\n    return a;\n}\n", 8000},
        {"many loops", head, "    for (int i = 0; i < n; i++) a += i;\n", tail, 24000},
        {"comments", "", "/* just a comment that is long enough */\n// and a line\n", tail, 17000},
        {"macros", "", "#define M%d(x) ((x) + 1)\n", "fiber int f(int n) { return n; }\n", 26000},
        {"text", "", "int helper%d(int n) { return n * 2; }\n",
         "fiber int f(int n) { return n; }\n", 24000},
        {"semicolons", "fiber void f(void) {", ";", "}", 1000000},
        {"braces", "fiber void f(void) {", "{}", "}", 500000},
        {"garbage", "fiber void f(void) {", "spawn ) x( ] ; ", "}", 60000},
        {"open brackets", "fiber void f(void) {", "(;", "}", 500000},
        {"verbs", "fiber void f(void) {", "spawn f();", "}", 100000},
        {"env", "env {", "int a%d;\n", "};\nfiber int f(void) { return env.a1; }\n", 75000},
        {"env in macros", "env { int a; };\n", "#define M%d(x) env.a + x\n",
         "fiber int f(int n) { return M1(n); }\n", 35000},
        {"parameters of a macro", "#define M(a", ", p%d", ") p1 p2 p3\n", 120000},
        {"a chain of macros", "#define M return\n", "#define M M%d M\n",
         "fiber int f(int n) { M; }\n", 55000},
        {"line directives", "", "#line %d \"x\"\n", "fiber int f(int n) { return n; }\n", 60000},
        {"cases", "fiber void f(int n) { switch (n) {", "case %d: yield; break;\n", "} }", 40000},
        {"declarators", "fiber int f(int n) { int a = 0", ", x%d = spawn f(n)", "; return a; }",
         40000},
        {"parentheses", "fiber int f(int n) { return n", " + ((((n))))", "; }", 80000},
    };
    for (size_t i = 0; i < sizeof shapes / sizeof *shapes; i++) {
        size_t length;
        double s = seconds_of(
            repeated(shapes[i].head, shapes[i].piece, shapes[i].n, shapes[i].tail), &length);
        if (getenv("LANG_TIMES") != NULL)
            printf("%-20s %7zu bytes %.3f s\n", shapes[i].name, length, s);
        ck_assert_msg(s < 5, "%s: %zu bytes take %.3f s", shapes[i].name, length, s);
    }
}
END_TEST

/* Bytes that are no text, and text that ends anywhere. */
START_TEST(odd_bytes_are_survived)
{
    static const char with_nul[] = "fiber int f(int n) { return n; \0 }\n",
                      cr[] = "fiber int f(int n)\r\n{\r\n    yield;\r\n    return n;\r\n}";
    static const char *const texts[] = {"fiber int \xff\xfe(int n) { return n; }",
                                        "'",
                                        "\"",
                                        "\\",
                                        "#",
                                        "#line",
                                        "#line 3 \"",
                                        "/*",
                                        "//",
                                        "fiber",
                                        "env",
                                        "env {",
                                        "#define",
                                        "#define M(",
                                        "fiber int f(int n) { \x80\x81 = 3; }"};
    clfi_lang *t = clfi_lang_translate(with_nul, sizeof with_nul - 1, "t.fib", NULL);
    ck_assert_ptr_nonnull(strstr(clfi_lang_log(t), "t.fib:1:32: error: a zero byte"));
    clfi_lang_free(t);
    t = translate_good(cr);
    clfi_lang_free(t);
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        t = translate(texts[i]);
        clfi_lang_free(t);
    }
    for (size_t n = 0; n < sizeof fib; n++) { /* every beginning of a program */
        t = clfi_lang_translate(fib, n, "t.fib", NULL);
        ck_assert_ptr_nonnull(t);
        clfi_lang_free(t);
    }
}
END_TEST

/* Whatever the bytes are, the answer is a translation or diagnostics. libFuzzer does this better
 * (tests/fuzz). */
START_TEST(noise_is_survived)
{
    static const char *const words[] = {"fiber ",
                                        "int ",
                                        "f",
                                        "(",
                                        ")",
                                        "{",
                                        "}",
                                        ";",
                                        "spawn ",
                                        "await ",
                                        "sync;",
                                        "yield;",
                                        "return ",
                                        "if (",
                                        "else ",
                                        "for (",
                                        "while (",
                                        "do ",
                                        "switch (",
                                        "case 1:",
                                        "default:",
                                        "break;",
                                        "continue;",
                                        "n",
                                        " = ",
                                        "[",
                                        "]",
                                        ",",
                                        "1",
                                        "\n#if A\n",
                                        "\n#else\n",
                                        "\n#endif\n",
                                        "fail ",
                                        "start ",
                                        "env ",
                                        "*",
                                        "&",
                                        "\"",
                                        "/*",
                                        "*/",
                                        "fiber int f(int n) {",
                                        "int x = spawn f(n);",
                                        "join(",
                                        "fiber_t ",
                                        "__global ",
                                        "const ",
                                        ".",
                                        "...",
                                        "typedef ",
                                        "struct "};
    uint32_t random = 12345;
    for (int i = 0; i < 3000; i++) {
        char s[4096] = "fiber int f(int n) { ";
        size_t at = strlen(s);
        for (int k = 0; k < 60; k++) {
            random = random * 1664525 + 1013904223;
            const char *w = words[(random >> 16) % (sizeof words / sizeof *words)];
            at += (size_t)snprintf(s + at, sizeof s - at, "%s", w);
        }
        clfi_lang *t = translate(s);
        clfi_lang_free(t);
    }
}
END_TEST

/* Bodies of a fiber with the column of the warning, 0: none. */
START_TEST(early_reads_are_warned_of)
{
    static const struct {
        const char *body;
        int column;
    } c[] = {{"int a = spawn f(n); n += a; sync; return n;", 47},
             {"int a; a = spawn f(n); if (a > n) n = 1; sync; return a;", 49},
             {"{ int a = spawn f(n); while (n < a) n++; sync; } return n;", 55},
             {"int a = spawn f(n); sync; n += a; return n;", 0},
             {"int a = spawn f(n); return a + n;", 0},
             {"int a = spawn f(n); if (n > 2) return a; n = 3; return n;", 0},
             {"int a = spawn f(n); if (n > 2) { sync; } n = a; return n;", 0},
             {"int a = spawn f(n); a = 2; return a;", 0},
             {"int a = await f(n); n += a; return n;", 0},
             {"int a[2]; a[0] = spawn f(n); a[1] = n; sync; return a[0];", 0},
             {"fiber_t h = start f(n); int a = await join(h); return a;", 0},
             {"int a = spawn f(n); { int a = 3; n += a; } sync; return a + n;", 0}};
    for (size_t i = 0; i < sizeof c / sizeof *c; i++) {
        char source[256], warning[64];
        snprintf(source, sizeof source, "fiber int f(int n) { %s }\n", c[i].body);
        snprintf(warning, sizeof warning, "t.fib:1:%d: warning: 'a' is read before", c[i].column);
        clfi_lang *t = clfi_lang_translate(source, strlen(source), "t.fib", NULL);
        const char *log = clfi_lang_log(t);
        ck_assert_msg(c[i].column != 0 ? strncmp(log, warning, strlen(warning)) == 0
                                       : log[0] == '\0',
                      "%s: says %s", c[i].body, log);
        clfi_lang_free(t);
    }
}
END_TEST

int main(void)
{
    Suite *s = suite_create("front end");
    TCase *c = tcase_create("interface");
    tcase_add_test(c, tables);
    tcase_add_test(c, disjoint_lives_share_a_place);
    tcase_add_test(c, blocks_share_their_places);
    tcase_add_test(c, results_keep_their_places_to_the_sync);
    tcase_add_test(c, tables_in_the_code);
    tcase_add_test(c, frames_are_small);
    tcase_add_test(c, leaf_returns_do_not_sync);
    tcase_add_test(c, only_changes_are_stored);
    tcase_add_test(c, line_directives_name_the_users_lines);
    tcase_add_test(c, line_directives_of_the_user_are_followed);
    tcase_add_test(c, text_outside_fibers_passes_through);
    tcase_add_test(c, early_reads_are_warned_of);
    suite_add_tcase(s, c);
    c = tcase_create("limits");
    tcase_set_timeout(c, 60);
    tcase_add_test(c, out_of_memory_is_null_or_whole);
    tcase_add_test(c, deep_nesting_is_an_error);
    tcase_add_test(c, too_many_fibers_are_an_error);
    tcase_add_test(c, time_is_linear);
    tcase_add_test(c, odd_bytes_are_survived);
    tcase_add_test(c, noise_is_survived);
    suite_add_tcase(s, c);
    SRunner *r = srunner_create(s);
    srunner_run_all(r, CK_ENV);
    int failed = srunner_ntests_failed(r);
    srunner_free(r);
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
