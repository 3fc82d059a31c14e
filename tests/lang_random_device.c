/* lang_random_device.c - random fiber programs on the device against themselves as serial C.
 *
 * The programs are those of lang_random.c (other seeds). Many of them are built as one; their roots
 * run at the same time, each batch once with all that the device has and once with slices of one
 * segment and hardly any frames. $CLF_RANDOM_DEVICE_PROGRAMS says how many programs,
 * $CLF_SEED where the seeds start. */
#include "clfiber.h"
#include "lang/lang.h"
#include "lang/random_program.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { BATCH = 5 }; /* the time that PoCL takes grows faster than the program */

typedef struct batch {
    uint64_t seed;
    int n;
    uint32_t expected[BATCH];
} batch;

static int complain(const batch *b, const char *what, const clf_scheduler *s)
{
    printf("FAIL seeds from %llu: %s: %s\n%.2000s", (unsigned long long)b->seed, what,
           clf_message(s), s != NULL ? clf_build_log(s) : "");
    return b->n;
}

/* Compiling takes nearly all of the time: the optimizer has its turn in one batch of four. */
static const char *build_options(const batch *b)
{
    return b->seed / BATCH % 4 == 0 ? NULL : "-cl-opt-disable";
}

static int start_all(const batch *b, clf_scheduler *s, clf_handle *handles)
{
    for (int i = 0; i < b->n; i++) {
        char fiber[32];
        cl_int d = RANDOM_DEPTH;
        cl_uint x = (cl_uint)i;
        cl_ulong y = RANDOM_Y;
        const clf_arg args[] = {CLF_ARG(d), CLF_ARG(x), CLF_ARG(y)};
        snprintf(fiber, sizeof fiber, "p%d_0", i);
        if (clf_start(s, fiber, 3, args, &handles[i]) != CLF_OK)
            return -1;
    }
    return 0;
}

static int join_all(const batch *b, clf_scheduler *s, const clf_handle *handles, const char *how)
{
    int bad = 0;
    for (int i = 0; i < b->n; i++) {
        cl_uint got = 0;
        clf_status status = clf_join(s, handles[i], &got, sizeof got, CLF_FOREVER);
        if (status == CLF_OK && got == b->expected[i])
            continue;
        printf("FAIL program with seed %llu, %s: %s, result %u, expected %u\n",
               (unsigned long long)(b->seed + (uint64_t)i), how,
               status == CLF_OK ? "CLF_OK" : clf_message(s), got, b->expected[i]);
        bad++;
    }
    return bad;
}

static int run_on_device(const batch *b, const char *fibers, const clf_options *options,
                         const char *how)
{
    clf_scheduler *s = NULL;
    clf_handle handles[BATCH];
    int bad;
    if (clf_create(options, &s) != CLF_OK)
        return complain(b, "no scheduler", NULL);
    if (clf_program_build(s, fibers, build_options(b)) != CLF_OK)
        bad = complain(b, "does not build", s);
    else if (start_all(b, s, handles) != 0)
        bad = complain(b, "does not start", s);
    else
        bad = join_all(b, s, handles, how);
    clf_destroy(s);
    return bad;
}

/* The serial versions' results; they are compiled with the mock, whose fibers are not used. */
static int expect(const char *folder, batch *b, const char *fibers, const char *serial)
{
    clfi_lang *t = clfi_lang_translate(fibers, strlen(fibers), "random.fib", NULL);
    mock_program *p = t != NULL && clfi_lang_errors(t) == 0
                          ? mock_build(folder, clfi_lang_code(t), serial)
                          : NULL;
    for (int i = 0; p != NULL && i < b->n; i++)
        b->expected[i] = random_expected(p, i);
    int good = p != NULL;
    mock_free(p);
    clfi_lang_free(t);
    return good;
}

static int run_batch(const char *folder, uint64_t seed, int n)
{
    batch b = {.seed = seed, .n = n};
    char *fibers, *serial;
    int bad;
    random_programs(seed, n, &fibers, &serial);
    random_keep("/tmp/clf-random.fib", fibers);
    if (!expect(folder, &b, fibers, serial)) {
        printf("FAIL seeds from %llu: no serial version\n", (unsigned long long)seed);
        bad = n;
    } else {
        clf_options plain = CLF_OPTIONS_INIT, scarce = CLF_OPTIONS_INIT, wide = CLF_OPTIONS_INIT;
        plain.lanes = scarce.lanes = 1;
        wide.lanes = 4;
        scarce.slice = scarce.frames = 1;
        scarce.ring = 2;
        scarce.inline_depth =
            CLF_NO_INLINE; /* with slices of one segment there is no room for it */
        bad = run_on_device(&b, fibers, &plain, "plainly");
        bad += run_on_device(&b, fibers, &scarce, "with slices of 1 and 1 frame");
        wide.inline_depth = 2;
        bad += run_on_device(&b, fibers, &wide, "on 4 lanes, inline");
    }
    free(fibers);
    free(serial);
    return bad;
}

int main(void)
{
    const char *top = getenv("srcdir");
    char mock[1024];
    long programs = random_setting("CLF_RANDOM_DEVICE_PROGRAMS", 60),
         seed = random_setting("CLF_SEED", 1) + 1000000, bad = 0;
    clf_scheduler *s = NULL; /* kept to the end: PoCL need not load its built-in functions again */
    if (!mock_available()) {
        printf("SKIP: no clang\n");
        return 77;
    }
    if (clf_create(NULL, &s) == CLF_NO_DEVICE) {
        printf("SKIP: %s\n", clf_message(NULL));
        return 77;
    }
    snprintf(mock, sizeof mock, "%s/tests/lang", top != NULL ? top : ".");
    char *real = realpath(mock, NULL);
    for (long i = 0; i < programs; i += BATCH) {
        long n = programs - i < BATCH ? programs - i : BATCH;
        bad += run_batch(real, (uint64_t)(seed + i), (int)n);
    }
    free(real);
    clf_destroy(s);
    printf("%ld programs, seeds %ld to %ld, %ld failed\n", programs, seed, seed + programs - 1,
           bad);
    return bad > 0;
}
