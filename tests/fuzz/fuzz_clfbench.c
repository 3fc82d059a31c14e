/* fuzz_clfbench.c - libFuzzer target: clfbench's options and the names of workloads with their
 * numbers, like uts:geo,gen_mx=8.
 *
 * A line that begins with an option's letter and a blank is that option; any other is a workload.
 */
#include <setjmp.h>
#include <stdlib.h>

static jmp_buf refused;
#define exit(code) longjmp(refused, 1)
#include "../../bench/options.c"
#undef exit

#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static int key_of(char letter)
{
    static const int keys[][2] = {
        {'d', KEY_DEVICE},     {'w', KEY_WORKERS}, {'l', KEY_LANES}, {'n', KEY_SLICE},
        {'M', KEY_SLICE_MS},   {'m', KEY_MODE},    {'t', KEY_TIER},  {'f', KEY_FRAMES},
        {'F', KEY_MAX_FRAMES}, {'r', KEY_RING},    {'R', KEY_RUNS},  {'s', KEY_SEED},
        {'i', KEY_INLINE},     {'p', KEY_PEERS},   {'j', KEY_JSON},  {'L', KEY_LIST}};
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++)
        if (keys[i][0] == letter)
            return keys[i][1];
    return 0;
}

/* A refusal says what there is instead. */
static void try_problem(const char *line)
{
    char error[512] = "";
    bench_problem problem;
    if (bench_parse_problem(line, &problem, error, sizeof error)) {
        if (error[0] == '\0')
            abort();
        return;
    }
    if (problem.kind >= BENCH_KINDS || problem.name[0] == '\0')
        abort();
    bench_forget(&problem);
}

/* A function of its own: longjmp spares the caller's variables. */
static void try_option(int key, char *value, struct argp_state *state)
{
    if (setjmp(refused) == 0)
        parse(key, value, state);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    bench_options options = {.scheduler = CLF_OPTIONS_INIT, .runs = 5};
    struct argp_state state = {.input = &options};
    char *text = malloc(size + 1), *next;
    if (!text)
        return 0;
    memcpy(text, data, size);
    text[size] = '\0';
    for (char *line = text; line; line = next) {
        next = strchr(line, '\n');
        if (next)
            *next++ = '\0';
        int key = line[0] != '\0' && line[1] == ' ' ? key_of(line[0]) : 0;
        if (key == 0)
            try_problem(line);
        else
            try_option(key, line + 2, &state);
    }
    free(text);
    return 0;
}
