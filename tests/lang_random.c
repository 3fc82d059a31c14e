/* lang_random.c - random fiber programs against themselves as serial C (spawn = call).
 *
 * Each program is written twice: as fibers, which the front end translates and the mock of the ABI
 * runs under random schedules with random lack of frames, and as plain functions. Both are compiled
 * together, many programs at a time, with children inline to a depth of 0, 1 or 4 in turns.
 * $CLF_RANDOM_PROGRAMS says how many, $CLF_SEED where the seeds start, $CLF_RANDOM_DEPTH gives all
 * of them one depth.
 * lang_random_device.c has the device do it. */
#include "lang/lang.h"
#include "lang/random_program.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { BATCH = 60, SCHEDULES = 4 };

/* Functions that start the roots, for mock_call. */
static char *entries(const char *serial, int n)
{
    size_t room = strlen(serial) + (size_t)n * 512 + 1, at;
    char *s = malloc(room);
    if (s == NULL)
        abort();
    at = (size_t)snprintf(s, room, "%s", serial);
    for (int i = 0; i < n; i++)
        at += (size_t)snprintf(
            s + at, room - at,
            "uint entry_%d(clf_worker *w, __global char *heap);\n"
            "uint entry_%d(clf_worker *w, __global char *heap)\n{\n    uint root = mock_root(w);\n"
            "    (void)heap;\n    CLF_FRAME(w, p%d_0, root)->d = %d;\n"
            "    CLF_FRAME(w, p%d_0, root)->x = %d;\n    CLF_FRAME(w, p%d_0, root)->y = %d;\n"
            "    return mock_run(w, root, CLF_FN_p%d_0);\n}\n",
            i, i, i, RANDOM_DEPTH, i, i, i, RANDOM_Y, i);
    return s;
}

static int compare(mock_program *p, int number, uint64_t seed, uint64_t program_seed,
                   unsigned depth)
{
    static const uint32_t parks[SCHEDULES] = {0, 30, 128, 220};
    char name[32];
    uint32_t got, expected = random_expected(p, number);
    snprintf(name, sizeof name, "entry_%d", number);
    for (int i = 0; i < SCHEDULES; i++) {
        unsigned char result[128];
        uint32_t code = mock_call(p, name, seed + (uint64_t)i, parks[i], result);
        memcpy(&got, result, 4);
        if (code == 0 && got == expected)
            continue;
        printf("FAIL program with seed %llu, depth %u, schedule %d: code %u, result %u, "
               "expected %u\n",
               (unsigned long long)program_seed, depth, i, code, got, expected);
        return 1;
    }
    return 0;
}

static int run_batch(const char *folder, uint64_t seed, int n, unsigned depth)
{
    char *fibers, *serial;
    int bad = 0;
    random_programs(seed, n, &fibers, &serial);
    random_keep("/tmp/clf-random.fib", fibers);
    clfi_lang_options options = {.inline_depth = depth};
    clfi_lang *t = clfi_lang_translate(fibers, strlen(fibers), "random.fib", &options);
    if (t == NULL || clfi_lang_errors(t) > 0) {
        printf("FAIL seeds from %llu: %s\n", (unsigned long long)seed,
               t != NULL ? clfi_lang_log(t) : "no memory");
        bad = n;
    } else {
        char *entry = entries(serial, n);
        mock_program *p = mock_build(folder, clfi_lang_code(t), entry);
        for (int i = 0; p != NULL && i < n; i++)
            bad += compare(p, i, seed * 31 + (uint64_t)i, seed + (uint64_t)i, depth);
        if (p == NULL)
            printf("FAIL seeds from %llu: does not compile\n", (unsigned long long)seed), bad = n;
        mock_free(p);
        free(entry);
    }
    clfi_lang_free(t);
    free(fibers);
    free(serial);
    return bad;
}

int main(void)
{
    const char *top = getenv("srcdir");
    static const unsigned depths[] = {0, 1, 4};
    char mock[1024];
    long programs = random_setting("CLF_RANDOM_PROGRAMS", 2000),
         seed = random_setting("CLF_SEED", 1), depth = random_setting("CLF_RANDOM_DEPTH", -1),
         bad = 0;
    if (!mock_available()) {
        printf("SKIP: no clang\n");
        return 77;
    }
    snprintf(mock, sizeof mock, "%s/tests/lang", top != NULL ? top : ".");
    char *real = realpath(mock, NULL);
    for (long i = 0; i < programs; i += BATCH) {
        long n = programs - i < BATCH ? programs - i : BATCH;
        bad += run_batch(real, (uint64_t)(seed + i), (int)n,
                         depth >= 0 ? (unsigned)depth : depths[i / BATCH % 3]);
    }
    free(real);
    printf("%ld programs, seeds %ld to %ld, %ld failed\n", programs, seed, seed + programs - 1,
           bad);
    return bad > 0;
}
