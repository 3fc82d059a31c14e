/* corpus.c - the corpus (tests/lang/corpus.h) on the device: results and failure codes as the
 * programs say.
 *
 * corpus [LANES...]   with one lane and with 16, or with as many lanes as the arguments say, each
 * with slices that adapt, slices of one segment, one frame and the smallest ring at the start, and
 * several depths of inlining. The examples of doc/language.md run once, with one lane.
 * $CLF_CORPUS_PART    K/N: every Nth program from the Kth on, for several processes side by side.
 *
 * All programs are built in one context: that saves a runtime like PoCL from loading its library of
 * built-in functions for each of them, which takes as long as compiling one. */
#include "clfiber.h"
#include "lang/corpus.h"
#include "../tools/values.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct setting {
    cl_uint lanes, slice, frames, ring, inline_depth;
} setting;

#define MAX_SETTINGS 64

typedef struct plan {
    setting setting[MAX_SETTINGS];
    int settings;
    cl_context context;
    cl_device_id device;
    cl_command_queue queue;
    int part, parts, seen, runs;
} plan;

/* One program with one setting. */
typedef struct trial {
    const corpus_program *program;
    const setting *with;
    clf_scheduler *s;
    cl_mem buffer[16];
    int buffers;
} trial;

static int complain(const trial *t, const char *what, const char *why)
{
    const setting *w = t->with;
    printf("FAIL %s with %u lanes, slices of %u, %u frames, rings of %u, inline %u: %s: %s\n",
           t->program->name, w->lanes, w->slice, w->frames, w->ring, w->inline_depth, what, why);
    return 1;
}

static int library_error(const trial *t, const char *what)
{
    return complain(t, what, clf_message(t->s));
}

/* ---- values ------------------------------------------------------------------------- */

/* The value of the type `param` that `text` gives, to be freed; NULL after a message. */
static void *read_value(const trial *t, const clf_param_info *param, const char *text)
{
    char error[256] = "no such type";
    value_type *type = value_type_find(param->type, t->program->source);
    void *value = calloc(1, param->size + 1);
    if (type == NULL || value_type_size(type) != param->size || value == NULL ||
        value_parse(type, text, value, error, sizeof error) != 0) {
        complain(t, param->name, error);
        free(value);
        value = NULL;
    }
    value_type_free(type);
    return value;
}

/* "(float4)(1,2)" is written as a cast for the mock: here without it. */
static const char *without_cast(const char *text, char bare[128])
{
    const char *open = text[0] == '(' ? strstr(text, ")(") : NULL;
    if (open == NULL)
        return text;
    snprintf(bare, 128, "%.*s", (int)strcspn(open + 2, ")"), open + 2);
    return bare;
}

/* All values that the program gives the env member, apart by commas: those of a struct come member
 * by member, as NAME.MEMBER=VALUE. */
static void env_text(const corpus_program *p, const char *name, char *text, size_t room)
{
    size_t length = strlen(name);
    text[0] = '\0';
    for (int i = 0; i < p->nenv; i++) {
        char bare[128];
        const char *equals = strchr(p->env[i], '=');
        if (strncmp(p->env[i], name, length) != 0 || equals == NULL ||
            strchr("=.", p->env[i][length]) == NULL)
            continue;
        size_t used = strlen(text);
        snprintf(text + used, room - used, "%s%s", used != 0 ? "," : "",
                 without_cast(equals + 1, bare));
    }
}

static int bind_zeroes(trial *t, const clf_param_info *param, const char *text)
{
    size_t bytes = strncmp(text, "zero:", 5) == 0 ? strtoul(text + 5, NULL, 0) : 0;
    void *zero = bytes != 0 && t->buffers < 16 ? calloc(1, bytes) : NULL;
    cl_int error;
    if (zero == NULL)
        return complain(t, param->name, "a pointer takes zero:BYTES");
    cl_mem memory = clCreateBuffer(clf_context(t->s), CL_MEM_READ_WRITE | CL_MEM_COPY_HOST_PTR,
                                   bytes, zero, &error);
    free(zero);
    if (error != CL_SUCCESS)
        return complain(t, param->name, "no buffer");
    t->buffer[t->buffers++] = memory;
    return clf_bind(t->s, param->name, &memory, sizeof memory) == CLF_OK
               ? 0
               : library_error(t, param->name);
}

static int bind_all(trial *t)
{
    uint32_t count = 0;
    clf_param_info param;
    clf_get_env(t->s, 0, NULL, &count);
    for (uint32_t i = 0; i < count; i++) {
        char text[2048];
        if (clf_get_env(t->s, i, &param, NULL) != CLF_OK)
            return library_error(t, "clf_get_env");
        env_text(t->program, param.name, text, sizeof text);
        if (param.is_pointer) {
            if (bind_zeroes(t, &param, text) != 0)
                return 1;
            continue;
        }
        void *value = read_value(t, &param, text);
        clf_status status =
            value != NULL ? clf_bind(t->s, param.name, value, param.size) : CLF_BAD_ARGUMENT;
        free(value);
        if (status != CLF_OK)
            return library_error(t, param.name);
    }
    return 0;
}

/* ---- a run -------------------------------------------------------------------------- */

static int compare(const trial *t, const clf_fiber_info *info, const void *result)
{
    char *text = NULL;
    size_t length;
    value_type *type = value_type_find(info->result_type, t->program->source);
    FILE *out = type != NULL ? open_memstream(&text, &length) : NULL;
    if (out != NULL) {
        value_print(type, result, out);
        fclose(out);
    }
    value_type_free(type);
    if (text != NULL)
        text[strcspn(text, "\n")] = '\0';
    int bad = text == NULL || strcmp(text, t->program->expect) != 0;
    if (bad)
        complain(t, "result", text != NULL ? text : "cannot be printed");
    free(text);
    return bad;
}

static int join(const trial *t, const clf_fiber_info *info, clf_handle handle)
{
    unsigned char result[1024];
    clf_failure failure;
    if (info->result_size > sizeof result)
        return complain(t, "result", "too large");
    clf_status status = clf_join(t->s, handle, info->result_size != 0 ? result : NULL,
                                 info->result_size, CLF_FOREVER);
    if (status == CLF_OK && t->program->fails == 0)
        return info->result_size != 0 ? compare(t, info, result) : 0;
    if (status == CLF_FIBER_FAILED && t->program->fails != 0 &&
        clf_get_failure(t->s, &failure) == CLF_OK && failure.code == t->program->fails)
        return 0;
    return complain(t, "ended", status == CLF_OK ? "without failing" : clf_message(t->s));
}

static int start(const trial *t, const clf_fiber_info *info, clf_handle *handle)
{
    clf_arg arg[16];
    void *value[16] = {NULL};
    int bad = (int)info->params != t->program->nargs
                  ? complain(t, t->program->fiber, "has another number of parameters")
                  : 0;
    for (uint32_t i = 0; i < info->params && !bad; i++) {
        char bare[128];
        value[i] = read_value(t, &info->param[i], without_cast(t->program->args[i], bare));
        arg[i] = (clf_arg){value[i], info->param[i].size};
        bad = value[i] == NULL;
    }
    if (!bad && clf_start(t->s, info->name, info->params, arg, handle) != CLF_OK)
        bad = library_error(t, "clf_start");
    for (int i = 0; i < 16; i++)
        free(value[i]);
    return bad;
}

static int swallow(const char *line, size_t length, void *user)
{
    (void)line;
    (void)length;
    (void)user;
    return 0;
}

static int run_built(trial *t)
{
    clf_fiber_info info;
    clf_handle handle;
    if (clf_hostcall_print(t->s, swallow, NULL) != CLF_OK)
        return library_error(t, "clf_hostcall_print");
    if (clf_find_fiber(t->s, t->program->fiber, &info) != CLF_OK)
        return library_error(t, "clf_find_fiber");
    if (bind_all(t) != 0 || start(t, &info, &handle) != 0)
        return 1;
    return join(t, &info, handle);
}

static int run_with(const plan *p, const corpus_program *program, const setting *with)
{
    trial t = {.program = program, .with = with};
    clf_options options = CLF_OPTIONS_INIT;
    options.lanes = with->lanes;
    options.slice = with->slice;
    options.frames = with->frames;
    options.ring = with->ring;
    options.inline_depth = with->inline_depth;
    if (clf_create_on(p->context, p->device, p->queue, &options, &t.s) != CLF_OK)
        return complain(&t, "no scheduler", clf_message(NULL));
    int bad = clf_program_build(t.s, program->source, NULL) == CLF_OK
                  ? run_built(&t)
                  : library_error(&t, "does not build");
    clf_destroy(t.s);
    for (int i = 0; i < t.buffers; i++)
        clReleaseMemObject(t.buffer[i]);
    return bad;
}

static int run_program(const corpus_program *program, void *user)
{
    plan *p = user;
    int bad = 0, first = program->scarce, settings = program->example ? 1 : p->settings;
    if (p->seen++ % p->parts != p->part)
        return 0;
    if (program->scarce)
        settings = 2; /* the second setting of each plan */
    for (int i = first; i < settings; i++) {
        bad += run_with(p, program, &p->setting[i]);
        p->runs++;
    }
    return bad;
}

/* ---- the plan ----------------------------------------------------------------------- */

static void add(plan *p, cl_uint lanes, cl_uint slice, cl_uint frames, cl_uint ring, cl_uint depth)
{
    if (p->settings < MAX_SETTINGS)
        p->setting[p->settings++] = (setting){lanes, slice, frames, ring, depth};
}

static void plan_default(plan *p)
{
    add(p, 1, 0, 0, 0, 0);
    add(p, 1, 1, 1, 2, CLF_NO_INLINE);
    add(p, 1, 100, 1, 64, 1);
    add(p, 16, CLF_UNLIMITED, 1, 2, 0);
    add(p, 16, 1, 0, 0, 0);
}

static void plan_lanes(plan *p, cl_uint lanes, bool inlined)
{
    add(p, lanes, 0, 0, 0, 0);
    add(p, lanes, 1, 1, 2, 0);
    if (inlined)
        add(p, lanes, 2000, 500, 128, 4);
}

static int make_plan(plan *p, int argc, char **argv)
{
    const char *part = getenv("CLF_CORPUS_PART");
    p->parts = 1;
    if (part != NULL &&
        (sscanf(part, "%d/%d", &p->part, &p->parts) != 2 || p->part < 0 || p->part >= p->parts)) {
        printf("CLF_CORPUS_PART is '%s'; it has to be K/N with K from 0 to N-1\n", part);
        return -1;
    }
    for (int i = 1; i < argc; i++) {
        char *end;
        long lanes = strtol(argv[i], &end, 10);
        bool inlined = strcmp(end, "+inline") == 0;
        if (lanes < 1 || lanes > 1024 || (*end != '\0' && !inlined)) {
            printf("'%s' is no number of lanes\n", argv[i]);
            return -1;
        }
        plan_lanes(p, (cl_uint)lanes, inlined);
    }
    if (argc < 2)
        plan_default(p);
    return 0;
}

int main(int argc, char **argv)
{
    static plan p;
    const char *top = getenv("srcdir");
    clf_scheduler *first = NULL; /* keeps the context that all others use */
    if (make_plan(&p, argc, argv) != 0)
        return 2;
    clf_status status = clf_create(NULL, &first);
    if (status != CLF_OK) {
        printf("%s: %s\n", status == CLF_NO_DEVICE ? "SKIP" : "FAIL", clf_message(NULL));
        return status == CLF_NO_DEVICE ? 77 : 1;
    }
    p.context = clf_context(first);
    p.device = clf_device(first);
    p.queue = clf_queue(first);
    int bad = corpus_each(top != NULL ? top : ".", NULL, run_program, &p);
    clf_destroy(first);
    printf("corpus: %d passed, %d failed\n", p.runs - bad, bad);
    return bad > 0 || p.runs == 0;
}
