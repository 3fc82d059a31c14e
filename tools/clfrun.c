/* clfrun - runs one fiber of a program and prints its result. */
#include "clfiber.h"
#include "config.h"
#include "live.h"
#include "unjoined.h"
#include "values.h"

#include <argp.h>
#include <errno.h>
#include <signal.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Exit statuses beside the fiber's own failure code. */
enum { EXIT_BROKEN = 125, EXIT_USAGE = 2 };

#define MAX_BINDINGS 64

const char *argp_program_version = "clfrun (" PACKAGE_NAME_AND_VERSION ")";

typedef struct request {
    const char *file, *fiber;
    const char *arg[256];
    uint32_t args;
    const char *env[MAX_BINDINGS], *out[MAX_BINDINGS];
    uint32_t envs, outs;
    clf_options options;
    const char *opened[MAX_BINDINGS];
    uint32_t files;
    const char *build_options;
    int stats;
    int dump_on_error;
} request;

typedef struct binding {
    char name[64];
    cl_mem memory;
    size_t bytes;
} binding;

typedef struct run {
    const request *request;
    char *source;
    clf_scheduler *scheduler;
    binding bound[MAX_BINDINGS];
    uint32_t bindings;
    int descriptor[MAX_BINDINGS];
    uint32_t descriptors;
} run;

/* ---- options ------------------------------------------------------------------------ */

static uint32_t number(const char *text, const char *name, struct argp_state *state)
{
    char *end;
    errno = 0;
    unsigned long n = strtoul(text, &end, 10);
    if (text[0] == '-' || end == text || *end != '\0' || errno != 0 || n > UINT32_MAX)
        argp_error(state, "--%s is '%s'; it has to be %sa number from 0 to %u", name, text,
                   strcmp(name, "slice") ? "" : "unlimited or ", UINT32_MAX);
    return (uint32_t)n;
}

/* `clfrun f.fib f -3`: getopt takes the number for options, so it is told that there are none from
 * there on. The arguments with a "--" put in, to be freed; NULL: nothing to do. */
static char **end_options_at_number(int argc, char **argv)
{
    static char end[] = "--";
    for (int i = 3; i < argc && strcmp(argv[i], "--"); i++) {
        if (argv[i][0] != '-' || argv[i][1] == '\0' || !strchr("0123456789.", argv[i][1]) ||
            argv[i - 1][0] == '-')
            continue;
        char **more = calloc((size_t)argc + 2, sizeof *more);
        if (more == NULL)
            return NULL;
        memcpy(more, argv, (size_t)i * sizeof *more);
        more[i] = end;
        memcpy(more + i + 1, argv + i, (size_t)(argc - i) * sizeof *more);
        return more;
    }
    return NULL;
}

enum {
    OPT_ENV = 'e',
    OPT_OUT = 'o',
    OPT_STATS = 's',
    OPT_DUMP = 999,
    OPT_FRAMES = 1000,
    OPT_RING,
    OPT_BUILD,
    OPT_MAX_FRAMES,
    OPT_INLINE,
    OPT_FILE,
    OPT_TRACE,
    OPT_TRACE_SAMPLE
};

static error_t parse_option(int key, char *arg, struct argp_state *state)
{
    request *r = state->input;
    switch (key) {
    case 'd':
        r->options.device = arg;
        return 0;
    case 'w':
        r->options.workers = number(arg, "workers", state);
        return 0;
    case 'l':
        r->options.lanes = number(arg, "lanes", state);
        return 0;
    case 'n':
        r->options.slice = strcmp(arg, "unlimited") ? number(arg, "slice", state) : CLF_UNLIMITED;
        return 0;
    case OPT_FRAMES:
        r->options.frames = number(arg, "frames", state);
        return 0;
    case OPT_MAX_FRAMES:
        r->options.max_frames = number(arg, "max-frames", state);
        return 0;
    case OPT_RING:
        r->options.ring = number(arg, "ring", state);
        return 0;
    case OPT_INLINE:
        r->options.inline_depth = number(arg, "inline", state);
        if (r->options.inline_depth == 0)
            r->options.inline_depth = CLF_NO_INLINE;
        return 0;
    case OPT_TRACE:
        r->options.trace = arg;
        return 0;
    case OPT_TRACE_SAMPLE:
        r->options.trace_sample = number(arg, "trace-sample", state);
        return 0;
    case OPT_BUILD:
        r->build_options = arg;
        return 0;
    case OPT_DUMP:
        r->dump_on_error = 1;
        return 0;
    case OPT_STATS:
        r->stats = 1;
        return 0;
    case OPT_ENV:
        if (r->envs == MAX_BINDINGS || strchr(arg, '=') == NULL)
            argp_error(state,
                       "--env '%s' has to be NAME=VALUE, NAME=file:PATH or NAME=zero:BYTES, at "
                       "most %d times",
                       arg, MAX_BINDINGS);
        r->env[r->envs++] = arg;
        return 0;
    case OPT_OUT:
        if (r->outs == MAX_BINDINGS || strchr(arg, '=') == NULL)
            argp_error(state, "--out '%s' has to be NAME=PATH, at most %d times", arg,
                       MAX_BINDINGS);
        r->out[r->outs++] = arg;
        return 0;
    case OPT_FILE:
        if (r->files == MAX_BINDINGS || strchr(arg, '=') == NULL)
            argp_error(state, "--file '%s' has to be NUMBER=PATH, at most %d times", arg,
                       MAX_BINDINGS);
        r->opened[r->files++] = arg;
        return 0;
    case ARGP_KEY_ARG:
        if (r->file == NULL)
            r->file = arg;
        else if (r->fiber == NULL)
            r->fiber = arg;
        else if (r->args < 256)
            r->arg[r->args++] = arg;
        else
            argp_error(state, "more than 256 arguments");
        return 0;
    case ARGP_KEY_END:
        if (r->fiber == NULL)
            argp_error(state, "%s is missing", r->file == NULL ? "FILE" : "FIBER");
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

static const struct argp_option options[] = {
    {"device", 'd', "D", 0,
     "number or part of the name of the device (default: $CLFIBER_DEVICE, or picked)", 0},
    {"workers", 'w', "G", 0, "work-groups", 0},
    {"lanes", 'l', "L", 0, "work-items per work-group", 0},
    {"slice", 'n', "N", 0, "segments per worker and slice, or 'unlimited' (default: adapts)", 0},
    {"frames", OPT_FRAMES, "N", 0, "frames at the start", 0},
    {"max-frames", OPT_MAX_FRAMES, "N", 0, "limit of their growth", 0},
    {"ring", OPT_RING, "N", 0, "entries per deque at the start", 0},
    {"inline", OPT_INLINE, "D", 0,
     "how deep children run inline, as calls; 0: not at all (default: small fibers, and "
     "those marked with clf_inline)",
     0},
    {"build-options", OPT_BUILD, "TEXT", 0, "for the device's compiler, like -DN=3", 0},
    {"env", OPT_ENV, "NAME=VALUE", 0,
     "bind an env member: numbers apart by commas, or for a pointer file:PATH (a buffer with the "
     "file's bytes) or "
     "zero:BYTES",
     1},
    {"file", OPT_FILE, "NUMBER=PATH", 0,
     "let fibers read and write that file by that number, with host calls", 1},
    {"out", OPT_OUT, "NAME=PATH", 0, "write that buffer to a file afterwards", 1},
    {"stats", OPT_STATS, NULL, 0,
     "print counters to standard error; on a terminal also once a second, as the run goes", 2},
    {"trace", OPT_TRACE, "FILE", 0,
     "write a trace for Perfetto, chrome://tracing or clftrace (default: $CLFIBER_TRACE)", 2},
    {"trace-sample", OPT_TRACE_SAMPLE, "N", 0,
     "trace the fibers that are spawned in every Nth segment; 1: all (default: adapts)", 2},
    {"dump-on-error", OPT_DUMP, NULL, 0,
     "if the run ends with an error, list the fibers that are alive and what they wait for; "
     "SIGQUIT "
     "(Ctrl-\\) does so at any time",
     2},
    {0}};

static const char doc[] =
    "Runs the fiber FIBER of the program in FILE ('-': standard input) and prints its result: "
    "integers in decimal, "
    "floats with %.9g, doubles with %.17g, vectors and structs as members apart by commas. Lines "
    "that "
    "fibers print (CLF_CALL_PRINT) go to standard output, too.\v"
    "From the first negative number on, or from '--', all that follows are arguments. The exit "
    "status is 0; or the fiber's "
    "failure code (its low eight "
    "bits, 1 if they are 0), with a message; 2 for a usage error, 125 for any other.";

/* ---- errors ------------------------------------------------------------------------- */

static int complain(const char *format, ...) __attribute__((format(printf, 1, 2)));
static int complain(const char *format, ...)
{
    va_list args;
    fputs("clfrun: ", stderr);
    va_start(args, format);
    vfprintf(stderr, format, args);
    va_end(args);
    fputc('\n', stderr);
    return EXIT_BROKEN;
}

static int library_error(const run *r)
{
    return complain("%s", clf_message(r->scheduler));
}

/* ---- files -------------------------------------------------------------------------- */

/* The bytes of a file with a NUL behind them, to be freed. */
static char *read_file(const char *path, size_t *bytes)
{
    FILE *file = strcmp(path, "-") ? fopen(path, "rb") : stdin;
    char *data = NULL;
    size_t room = 0, n = 0;
    if (file == NULL)
        return NULL;
    for (;;) {
        if (n + 1 >= room) {
            char *more = realloc(data, room = 2 * room + 4096);
            if (more == NULL)
                break;
            data = more;
        }
        size_t got = fread(data + n, 1, room - n - 1, file);
        n += got;
        if (got == 0)
            break;
    }
    int failed = ferror(file) || data == NULL;
    if (file != stdin)
        fclose(file);
    if (failed) {
        free(data);
        return NULL;
    }
    data[n] = '\0';
    *bytes = n;
    return data;
}

/* The program behind a #line that names its file: in diagnostics the lines are the file's. NULL: no
 * memory. */
static char *named_source(const char *path, const char *text)
{
    const char *name = strcmp(path, "-") ? path : "standard input";
    char *named = malloc(2 * strlen(name) + strlen(text) + sizeof "#line 1 \"\"\n");
    if (named == NULL)
        return NULL;
    char *to = named + sprintf(named, "#line 1 \"");
    for (; *name != '\0'; name++) {
        if (*name == '"' || *name == '\\')
            *to++ = '\\';
        *to++ = (unsigned char)*name < ' ' ? '?' : *name;
    }
    sprintf(to, "\"\n%s", text);
    return named;
}

/* ---- env ---------------------------------------------------------------------------- */

/* A number of bytes that can be asked for; 0, or -1. */
static int read_size(const char *text, size_t *bytes)
{
    char *end;
    errno = 0;
    unsigned long long n = strtoull(text, &end, 0);
    if (text[0] < '0' || text[0] > '9' || *end != '\0' || errno != 0 || n > SIZE_MAX / 2)
        return -1;
    *bytes = (size_t)n;
    return 0;
}

static int bind_buffer(run *r, const char *name, const char *value)
{
    size_t bytes = 0;
    char *content = NULL;
    cl_int error = CL_SUCCESS;
    if (!strncmp(value, "file:", 5)) {
        content = read_file(value + 5, &bytes);
        if (content == NULL)
            return complain("cannot read %s: %s", value + 5, strerror(errno));
    } else if (!strncmp(value, "zero:", 5)) {
        if (read_size(value + 5, &bytes) != 0)
            return complain("--env %s=%s: zero: takes a number of bytes", name, value);
        content = calloc(1, bytes + 1);
        if (content == NULL)
            return complain("--env %s=%s: no memory", name, value);
    } else {
        return complain("env member %s is a pointer, so it takes file:PATH or zero:BYTES, not '%s'",
                        name, value);
    }
    if (bytes == 0) { /* every element of it would be out of bounds */
        free(content);
        return complain("--env %s=%s: a buffer needs one byte at least, and %s", name, value,
                        value[0] == 'z' ? "'zero:0' has none" : "the file is empty");
    }
    binding *b = &r->bound[r->bindings++];
    snprintf(b->name, sizeof b->name, "%s", name);
    b->bytes = bytes;
    b->memory = clCreateBuffer(clf_context(r->scheduler), CL_MEM_READ_WRITE | CL_MEM_COPY_HOST_PTR,
                               bytes, content, &error);
    free(content);
    if (error != CL_SUCCESS)
        return complain("no buffer for env member %s: %s", name,
                        clf_status_name((clf_status)error));
    return clf_bind(r->scheduler, name, &b->memory, sizeof b->memory) == CLF_OK ? 0
                                                                                : library_error(r);
}

/* Reads `text` as a value of `param`'s type; the value is to be freed. */
static int read_value(run *r, const clf_param_info *param, const char *text, const char *what,
                      void **value)
{
    char error[256];
    value_type *type = value_type_find(param->type, r->source);
    *value = NULL;
    if (type == NULL || value_type_size(type) != param->size) {
        value_type_free(type);
        return strchr(param->type, '*') != NULL
                   ? complain("%s has the type %s: only fibers can pass pointers; make it a member "
                              "of the env",
                              what, param->type)
                   : complain("%s has the type %s, for which clfrun knows no text form", what,
                              param->type);
    }
    *value = calloc(1, param->size + 1);
    int wrong = *value == NULL || value_parse(type, text, *value, error, sizeof error);
    value_type_free(type);
    if (!wrong)
        return 0;
    free(*value);
    *value = NULL;
    return complain("%s %s: %s", param->type, what, error);
}

static int find_env(run *r, const char *name, clf_param_info *param)
{
    uint32_t count = 0;
    clf_get_env(r->scheduler, 0, NULL, &count);
    for (uint32_t i = 0; i < count; i++)
        if (clf_get_env(r->scheduler, i, param, NULL) == CLF_OK && !strcmp(param->name, name))
            return 0;
    /* lets the library say which members there are */
    return clf_bind(r->scheduler, name, "", 1) == CLF_OK ? 0 : library_error(r);
}

/* Whether one of the NAME=... in `list` is for `name`. */
static int is_named(const char *const *list, uint32_t n, const char *name)
{
    size_t length = strlen(name);
    for (uint32_t i = 0; i < n; i++)
        if (!strncmp(list[i], name, length) && list[i][length] == '=')
            return 1;
    return 0;
}

/* What is missing or too much is said before the run, not after. */
static int check_bindings(run *r)
{
    const request *q = r->request;
    uint32_t count = 0;
    clf_param_info param;
    clf_get_env(r->scheduler, 0, NULL, &count);
    for (uint32_t i = 0; i < count; i++)
        if (clf_get_env(r->scheduler, i, &param, NULL) == CLF_OK &&
            !is_named(q->env, q->envs, param.name))
            return param.is_pointer
                       ? complain("the env member %s has no buffer: give --env %s=zero:BYTES or "
                                  "--env %s=file:PATH",
                                  param.name, param.name, param.name)
                       : complain("the env member %s %s has no value: give --env %s=VALUE",
                                  param.type, param.name, param.name);
    for (uint32_t i = 0; i < q->outs; i++) {
        int found = 0;
        for (uint32_t k = 0; k < r->bindings && !found; k++)
            found = is_named(&q->out[i], 1, r->bound[k].name);
        if (!found)
            return complain("--out %s: no --env binds a buffer to that name", q->out[i]);
    }
    return 0;
}

static int bind_all(run *r)
{
    for (uint32_t i = 0; i < r->request->envs; i++) {
        char name[64];
        clf_param_info param;
        void *value;
        const char *text = r->request->env[i], *equals = strchr(text, '=');
        snprintf(name, sizeof name, "%.*s", (int)(equals - text), text);
        int wrong = find_env(r, name, &param);
        if (wrong)
            return wrong;
        if (param.is_pointer) {
            wrong = bind_buffer(r, name, equals + 1);
        } else {
            wrong = read_value(r, &param, equals + 1, name, &value);
            if (!wrong && clf_bind(r->scheduler, name, value, param.size) != CLF_OK)
                wrong = library_error(r);
            free(value);
        }
        if (wrong)
            return wrong;
    }
    return check_bindings(r);
}

static int write_out(run *r, const char *text)
{
    const char *path = strchr(text, '=') + 1;
    size_t length = (size_t)(path - 1 - text);
    for (uint32_t i = r->bindings; i-- > 0;) { /* the last one of a name counts */
        binding *b = &r->bound[i];
        if (strlen(b->name) != length || strncmp(b->name, text, length) != 0)
            continue;
        char *data = malloc(b->bytes + 1);
        FILE *file = data != NULL ? fopen(path, "wb") : NULL;
        int good =
            file != NULL && clEnqueueReadBuffer(clf_queue(r->scheduler), b->memory, CL_TRUE, 0,
                                                b->bytes, data, 0, NULL, NULL) == CL_SUCCESS;
        good = good && fwrite(data, 1, b->bytes, file) == b->bytes;
        if (file != NULL)
            good = fclose(file) == 0 && good;
        free(data);
        return good ? 0 : complain("cannot write %s: %s", path, strerror(errno));
    }
    return 0; /* check_bindings knows all names */
}

/* ---- host calls --------------------------------------------------------------------- */

/* A fiber's line takes the place of the line that --stats renews. */
static int print_line(const char *line, size_t length, void *user)
{
    live_clear();
    return fwrite(line, 1, length, user) != length;
}

static int open_files(run *r)
{
    for (uint32_t i = 0; i < r->request->files; i++) {
        const char *text = r->request->opened[i], *path = strchr(text, '=') + 1;
        char *end;
        unsigned long n = strtoul(text, &end, 10);
        if (end == text || *end != '=' || text[0] == '-' || n > UINT32_MAX)
            return complain("--file %s: '%.*s' is not a number", text, (int)(path - 1 - text),
                            text);
        int descriptor = open(path, O_RDWR);
        if (descriptor < 0)
            descriptor = open(path, O_RDONLY);
        if (descriptor < 0)
            return complain("cannot open %s: %s", path, strerror(errno));
        r->descriptor[r->descriptors++] = descriptor;
        if (clf_hostcall_file(r->scheduler, (uint32_t)n, descriptor) != CLF_OK)
            return library_error(r);
    }
    return clf_hostcall_print(r->scheduler, print_line, stdout) == CLF_OK ? 0 : library_error(r);
}

/* ---- the run ------------------------------------------------------------------------ */

static int print_result(run *r, const clf_fiber_info *info, const void *result)
{
    if (info->result_size == 0)
        return 0;
    value_type *type = value_type_find(info->result_type, r->source);
    if (type == NULL || value_type_size(type) != info->result_size) {
        value_type_free(type);
        return complain("the result has the type %s, for which clfrun knows no text form",
                        info->result_type);
    }
    value_print(type, result, stdout);
    value_type_free(type);
    return 0;
}

static void print_dump(run *r)
{
    const char *text;
    if (clf_dump(r->scheduler, &text) == CLF_OK)
        fprintf(stderr, "%s", text[0] != '\0' ? text : "no fiber is alive\n");
}

/* SIGQUIT asks for a dump: the run is interrupted and goes on behind it. */
static clf_scheduler *to_dump;
static volatile sig_atomic_t dump_wanted;

static void on_quit(int signal_number)
{
    (void)signal_number;
    dump_wanted = 1;
    clf_interrupt(to_dump);
}

static clf_status wait_for(run *r, clf_handle handle, void *result, size_t size)
{
    if (r->request->stats)
        return live_join(r->scheduler, handle, result, size, r->request->fiber);
    return clf_join(r->scheduler, handle, result, size, CLF_FOREVER);
}

static clf_status join_with_dumps(run *r, clf_handle handle, void *result, size_t size)
{
    struct sigaction action = {.sa_handler = on_quit}, before;
    to_dump = r->scheduler;
    sigaction(SIGQUIT, &action, &before);
    clf_status joined = wait_for(r, handle, result, size);
    while (joined == CLF_INTERRUPTED && dump_wanted) {
        dump_wanted = 0;
        live_clear();
        print_dump(r);
        joined = wait_for(r, handle, result, size);
    }
    sigaction(SIGQUIT, &before, NULL);
    live_clear();
    return joined;
}

static int join(run *r, const clf_fiber_info *info, clf_handle handle)
{
    void *result = calloc(1, info->result_size + 1);
    clf_failure failure;
    int status = 0;
    if (result == NULL)
        return complain("no memory for the result");
    clf_status joined =
        join_with_dumps(r, handle, info->result_size != 0 ? result : NULL, info->result_size);
    if (joined == CLF_OK) {
        status = print_result(r, info, result);
    } else {
        status = library_error(r);
        if (joined == CLF_FIBER_FAILED && clf_get_failure(r->scheduler, &failure) == CLF_OK)
            status = (failure.code & 0xff) != 0 ? failure.code & 0xff : 1;
        if (r->request->dump_on_error)
            print_dump(r);
    }
    free(result);
    return status;
}

static int start_and_join(run *r)
{
    const request *q = r->request;
    clf_fiber_info info;
    clf_handle handle;
    clf_arg args[256];
    int status = 0;
    uint32_t n = 0;
    if (clf_find_fiber(r->scheduler, q->fiber, &info) != CLF_OK)
        return library_error(r);
    if (q->args != info.params) { /* lets the library say which ones it takes */
        clf_start(r->scheduler, q->fiber, q->args, NULL, NULL);
        return library_error(r);
    }
    for (; n < q->args && status == 0; n++) {
        void *value;
        status = read_value(r, &info.param[n], q->arg[n], info.param[n].name, &value);
        args[n] = (clf_arg){value, info.param[n].size};
    }
    if (status == 0 && clf_start(r->scheduler, q->fiber, q->args, args, &handle) != CLF_OK)
        status = library_error(r);
    if (status == 0)
        status = join(r, &info, handle);
    while (n-- > 0)
        free((void *)args[n].value);
    return status;
}

static void print_stats(run *r)
{
    clf_stats s = {.size = sizeof s};
    if (clf_get_stats(r->scheduler, &s) != CLF_OK)
        return;
    char sizes[32];
    int n = snprintf(sizes, sizeof sizes, "%u", (unsigned)s.frame_bytes);
    if (s.largest_frame_bytes != s.frame_bytes)
        snprintf(sizes + n, sizeof sizes - (size_t)n, " to %u", (unsigned)s.largest_frame_bytes);
    fprintf(stderr,
            "fibers %llu, segments %llu, slices %llu in %.6f s, steals %llu (%llu entries), frames "
            "%u of %s bytes (%llu used, %.1f bytes per fiber), ring %u\n",
            (unsigned long long)s.total.completed, (unsigned long long)s.total.segments,
            (unsigned long long)s.slices, s.device_seconds,
            (unsigned long long)s.total.steals_taken, (unsigned long long)s.total.stolen,
            (unsigned)s.frames, sizes, (unsigned long long)s.total.frames_high,
            s.total.frames_high > 0 ? (double)s.frame_bytes_used / (double)s.total.frames_high : 0,
            (unsigned)s.ring);
}

static int build_and_run(run *r)
{
    char *named = named_source(r->request->file, r->source);
    if (named == NULL)
        return complain("no memory for %s", r->request->file);
    clf_status built = clf_program_build(r->scheduler, named, r->request->build_options);
    free(named);
    if (built == CLF_BUILD_FAILED) {
        fputs(clf_build_log(r->scheduler), stderr);
        return complain("%s does not compile", r->request->file);
    }
    if (built != CLF_OK)
        return library_error(r);
    if (strstr(clf_build_log(r->scheduler), ": warning: ") != NULL)
        fputs(clf_build_log(r->scheduler), stderr);
    int status = bind_all(r);
    if (status == 0)
        status = open_files(r);
    if (status == 0)
        status = start_and_join(r);
    for (uint32_t i = 0; i < r->request->outs && status == 0; i++)
        status = write_out(r, r->request->out[i]);
    fflush(stdout); /* the result goes first, also into a pipe */
    if (status == 0 && strstr(r->source, "start") != NULL)
        unjoined_warn(r->scheduler, stderr);
    if (r->request->stats)
        print_stats(r);
    return status;
}

int main(int argc, char **argv)
{
    static const struct argp argp = {options, parse_option, "FILE FIBER [ARG...]", doc, NULL,
                                     NULL,    NULL};
    request asked = {.options = CLF_OPTIONS_INIT};
    run r = {.request = &asked};
    size_t bytes;
    argp_err_exit_status = EXIT_USAGE;
    char **numbers = end_options_at_number(argc, argv);
    argp_parse(&argp, argc + (numbers != NULL), numbers != NULL ? numbers : argv, 0, NULL, &asked);
    free(numbers);
    r.source = read_file(asked.file, &bytes);
    if (r.source == NULL)
        return complain("cannot read %s: %s", asked.file, strerror(errno));
    int status;
    if (strlen(r.source) != bytes)
        status = complain("%s has a NUL byte: it is no program text", asked.file);
    else if (clf_create(&asked.options, &r.scheduler) != CLF_OK)
        status = library_error(&r);
    else
        status = build_and_run(&r);
    clf_destroy(r.scheduler);
    for (uint32_t i = 0; i < r.descriptors; i++)
        close(r.descriptor[i]);
    for (uint32_t i = 0; i < r.bindings; i++)
        if (r.bound[i].memory != NULL)
            clReleaseMemObject(r.bound[i].memory);
    free(r.source);
    return status;
}
