/* options.c - the command line, by argp. Everything is checked before anything runs. */
#include <argp.h>
#include <errno.h>
#include <sched.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "options.h"

#define EXIT_USAGE 2

enum key {
    KEY_DEVICE = 256,
    KEY_WORKERS,
    KEY_LANES,
    KEY_SLICE,
    KEY_SLICE_MS,
    KEY_MODE,
    KEY_TIER,
    KEY_FRAMES,
    KEY_MAX_FRAMES,
    KEY_RING,
    KEY_RUNS,
    KEY_SEED,
    KEY_INLINE,
    KEY_PEERS,
    KEY_SOURCE,
    KEY_JSON,
    KEY_LIST,
    KEY_STARTUP,
    KEY_TRACE,
    KEY_PROGRESS
};

static const struct argp_option known[] = {
    {NULL, 0, NULL, 0, "The scheduler (what is not given is the library's default):", 1},
    {"device", KEY_DEVICE, "D", 0, "device, by number or part of its name", 1},
    {"workers", KEY_WORKERS, "G", 0, "workers; also the number of threads of the peers", 1},
    {"lanes", KEY_LANES, "L", 0, "lanes of a worker", 1},
    {"slice", KEY_SLICE, "N|unlimited", 0, "segments that a worker may run in a slice", 1},
    {"slice-ms", KEY_SLICE_MS, "M", 0, "wanted length of a slice in milliseconds", 1},
    {"mode", KEY_MODE, "MODE", 0, "steal, static or shared", 1},
    {"tier", KEY_TIER, "T", 0, "atomics: auto, c11, fences, nvidia, legacy or serial", 1},
    {"frames", KEY_FRAMES, "N", 0, "frames at the start", 1},
    {"max-frames", KEY_MAX_FRAMES, "N", 0, "frames at the most", 1},
    {"ring", KEY_RING, "N", 0, "entries of a worker's deque at the start", 1},
    {"seed", KEY_SEED, "S", 0, "of the generator that picks whom to steal from", 1},
    {"inline", KEY_INLINE, "D", 0, "how deep children run inline, as calls; 0: not at all", 1},
    {NULL, 0, NULL, 0, "Measuring:", 2},
    {"runs", KEY_RUNS, "R", 0, "timed runs of each workload, after one to warm up (5)", 2},
    {"peers", KEY_PEERS, "LIST", 0, "runtimes to compare with, alternating run by run: seq,omp,tbb",
     2},
    {"source", KEY_SOURCE, "FILE", 0,
     "build FILE, fiber source or segments by hand, instead of the workload's own device code", 2},
    {"json", KEY_JSON, "FILE", 0, "also write results to FILE, a line of JSON each", 2},
    {"startup", KEY_STARTUP, NULL, 0,
     "measure from nothing to the first result instead, in new processes (fib:20)", 2},
    {"progress", KEY_PROGRESS, NULL, 0,
     "show fibers, steals, slices and memory once a second on a terminal, else once a workload", 2},
    {"trace", KEY_TRACE, "FILE", 0,
     "write a trace of all runs of the one workload, for Perfetto or clftrace; slows them down", 2},
    {"list", KEY_LIST, NULL, 0, "list the workloads and the peers of this build", 2},
    {0}};

static const char *const default_workloads[] = {
    "fib:32",          "nqueens:12",       "uts:T1",          "uts:T3",     "spawnjoin:1000000",
    "yield:1000,1000", "cilksort:4194304", "mandelbrot:1024", "matmul:1024"};

/* ---- errors --------------------------------------------------------------------------------- */

static _Noreturn void refuse(const char *format, ...) __attribute__((format(printf, 1, 2)));

static _Noreturn void refuse(const char *format, ...)
{
    va_list args;

    fprintf(stderr, "%s: ", program_invocation_short_name);
    va_start(args, format);
    vfprintf(stderr, format, args);
    va_end(args);
    fputs("\n", stderr);
    exit(EXIT_USAGE);
}

static uint32_t number(const char *option, const char *text, uint32_t min, uint32_t max)
{
    char error[256];
    uint32_t value = 0;

    if (bench_parse_number(text, option, min, max, &value, error, sizeof error))
        refuse("%s", error);
    return value;
}

/* ---- single options ------------------------------------------------------------------------- */

static uint64_t parse_seed(const char *text)
{
    char *end;
    unsigned long long value;

    errno = 0;
    value = strtoull(text, &end, 0);
    if (text[0] < '0' || text[0] > '9' || *end || errno)
        refuse("--seed is '%s'; it has to be a whole number below 2^64", text);
    return value;
}

static clf_mode parse_mode(const char *text)
{
    for (clf_mode mode = CLF_STEAL; mode <= CLF_SHARED; mode++)
        if (strcmp(text, clf_mode_name(mode)) == 0)
            return mode;
    refuse("--mode is '%s'; it has to be steal, static or shared", text);
}

static clf_tier parse_tier(const char *text)
{
    for (clf_tier tier = CLF_TIER_AUTO; tier <= CLF_TIER_SERIAL; tier++)
        if (strcmp(text, clf_tier_name(tier)) == 0)
            return tier;
    refuse("--tier is '%s'; it has to be auto, c11, fences, nvidia, legacy or serial", text);
}

static void parse_peers(char *list, bench_options *options)
{
    size_t count = 0;
    char *rest = NULL;

    for (char *name = strtok_r(list, ",", &rest); name; name = strtok_r(NULL, ",", &rest)) {
        const bench_peer *peer = bench_find_peer(name);

        if (!peer && (strcmp(name, "omp") == 0 || strcmp(name, "tbb") == 0))
            refuse("--peers: this build has no '%s'; install %s and configure again", name,
                   strcmp(name, "tbb") == 0 ? "oneTBB (Debian: libtbb-dev)"
                                            : "an OpenMP runtime (Debian: libgomp1 or libomp-dev)");
        if (!peer)
            refuse("--peers: there is no runtime '%s'; there are seq, omp and tbb", name);
        for (size_t i = 0; i < count; i++)
            if (options->peers[i] == peer)
                refuse("--peers names '%s' twice", name);
        options->peers[count++] = peer;
    }
    options->peers[count] = NULL;
    if (count == 0)
        refuse("--peers is empty; it takes a list of seq, omp and tbb");
}

/* Puts a #line in front of the file's text: then diagnostics name the file and its lines. */
static void name_lines(bench_file *source)
{
    size_t length = strlen(source->text);
    char *named = malloc(2 * strlen(source->name) + length + sizeof "#line 1 \"\"\n"), *to = named;

    if (!named)
        refuse("out of memory");
    to += sprintf(to, "#line 1 \"");
    for (const char *c = source->name; *c; c++) {
        if (*c == '"' || *c == '\\')
            *to++ = '\\';
        *to++ = (unsigned char)*c < ' ' ? '?' : *c;
    }
    sprintf(to, "\"\n%s", source->text);
    free(source->text);
    source->text = named;
}

static void read_source(const char *name, bench_file *source)
{
    FILE *file = fopen(name, "r");
    size_t size = 0;
    ssize_t length;

    if (!file)
        refuse("--source: cannot read %s: %s", name, strerror(errno));
    free(source->text);
    *source = (bench_file){.name = name};
    errno = 0;
    length = getdelim(&source->text, &size, '\0', file);
    if (length < 0 && errno)
        refuse("--source: cannot read %s: %s", name, strerror(errno));
    fclose(file);
    if (length <= 0)
        refuse("--source: %s is empty", name);
    if (source->text[length - 1] == '\0')
        refuse("--source: %s is not a text: it holds a NUL", name);
    name_lines(source);
}

/* One file is one workload's. */
static void check_source(const bench_options *options)
{
    for (size_t i = 1; options->source.text && i < options->count; i++)
        if (options->problems[i].kind != options->problems[0].kind)
            refuse("--source is for one workload, but %s and %s are two", options->problems[0].name,
                   options->problems[i].name);
}

static void add_problem(const char *text, bench_options *options)
{
    char error[512];
    bench_problem *larger;

    larger = realloc(options->problems, (options->count + 1) * sizeof *larger);
    if (!larger)
        refuse("out of memory");
    options->problems = larger;
    if (bench_parse_problem(text, &options->problems[options->count], error, sizeof error))
        refuse("%s: %s", text, error);
    options->count++;
}

/* ---- argp ----------------------------------------------------------------------------------- */

static error_t parse(int key, char *arg, struct argp_state *state)
{
    bench_options *options = state->input;
    clf_options *scheduler = &options->scheduler;

    switch (key) {
    case KEY_DEVICE:
        scheduler->device = arg;
        break;
    case KEY_WORKERS:
        scheduler->workers = number("--workers", arg, 1, 65536);
        break;
    case KEY_LANES:
        scheduler->lanes = number("--lanes", arg, 1, 1024);
        break;
    case KEY_SLICE:
        scheduler->slice = strcmp(arg, "unlimited") == 0
                               ? CLF_UNLIMITED
                               : number("--slice", arg, 1, CLF_UNLIMITED - 1);
        break;
    case KEY_SLICE_MS:
        scheduler->slice_ms = number("--slice-ms", arg, 1, 60000);
        break;
    case KEY_MODE:
        scheduler->mode = parse_mode(arg);
        break;
    case KEY_TIER:
        scheduler->tier = parse_tier(arg);
        break;
    case KEY_FRAMES:
        scheduler->frames = number("--frames", arg, 1, UINT32_MAX / 2);
        break;
    case KEY_MAX_FRAMES:
        scheduler->max_frames = number("--max-frames", arg, 1, UINT32_MAX / 2);
        break;
    case KEY_RING:
        scheduler->ring = number("--ring", arg, 2, UINT32_C(1) << 30);
        break;
    case KEY_SEED:
        scheduler->seed = parse_seed(arg);
        break;
    case KEY_INLINE:
        scheduler->inline_depth = number("--inline", arg, 0, 32);
        if (scheduler->inline_depth == 0)
            scheduler->inline_depth = CLF_NO_INLINE;
        break;
    case KEY_RUNS:
        options->runs = number("--runs", arg, 1, BENCH_MAX_RUNS);
        break;
    case KEY_PEERS:
        parse_peers(arg, options);
        break;
    case KEY_SOURCE:
        read_source(arg, &options->source);
        break;
    case KEY_JSON:
        options->json = arg;
        break;
    case KEY_PROGRESS:
        options->progress = true;
        break;
    case KEY_TRACE:
        scheduler->trace = arg;
        break;
    case KEY_LIST:
        options->list = true;
        break;
    case KEY_STARTUP:
        options->startup = true;
        break;
    case ARGP_KEY_ARG:
        add_problem(arg, options);
        break;
    default:
        return ARGP_ERR_UNKNOWN;
    }
    return 0;
}

/* Cores that this process may use. */
static unsigned cores(void)
{
    cpu_set_t set;

    return sched_getaffinity(0, sizeof set, &set) == 0 ? (unsigned)CPU_COUNT(&set) : 1;
}

void bench_parse_options(int argc, char **argv, bench_options *options)
{
    static const struct argp argp = {
        known,
        parse,
        "[WORKLOAD...]",
        "Runs workloads as fibers on an OpenCL device, checks their answers and prints what they "
        "took.\v"
        "A workload is a name and numbers, like fib:32 or uts:T1,gen_mx=8; --list describes them. "
        "Without "
        "any, a small set runs. The exit status is 0 if all answers were right, 1 if one was "
        "wrong or could not be computed, 2 if the command line was not understood.",
        NULL,
        NULL,
        NULL};

    argp_err_exit_status = EXIT_USAGE;
    *options = (bench_options){.scheduler = CLF_OPTIONS_INIT, .runs = 5};
    argp_parse(&argp, argc, argv, 0, NULL, options);
    options->threads = options->scheduler.workers ? options->scheduler.workers : cores();
    if (options->threads > 1024)
        options->threads = 1024;
    if (options->count == 0 && options->startup)
        add_problem("fib:20", options);
    if (options->count == 0 && !options->list)
        for (size_t i = 0; i < sizeof default_workloads / sizeof default_workloads[0]; i++)
            add_problem(default_workloads[i], options);
    check_source(options);
    if (options->scheduler.trace && options->count > 1)
        refuse("--trace is for one workload, but %s and %s are two", options->problems[0].name,
               options->problems[1].name);
}

void bench_free_options(bench_options *options)
{
    for (size_t i = 0; i < options->count; i++)
        bench_forget(&options->problems[i]);
    free(options->problems);
    options->problems = NULL;
    free(options->source.text);
    options->source.text = NULL;
}
