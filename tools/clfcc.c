/* clfcc - translates the fiber language to OpenCL C, or says what is wrong with it. */
#include "config.h"
#include "lang/lang.h"

#include <argp.h>
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const char *argp_program_version = "clfcc (" PACKAGE_NAME_AND_VERSION ")";

enum { OPT_CHECK = 'c', OPT_FRAMES = 'f', OPT_OUT = 'o', OPT_INLINE = 'i' };

typedef struct request {
    const char *file, *out;
    int check, frames;
    clfi_lang_options options;
} request;

typedef struct bytes {
    char *at;
    size_t n;
} bytes;

static unsigned inline_depth(const char *arg, struct argp_state *state)
{
    char *end;
    unsigned long n = strtoul(arg, &end, 10);
    if (strcmp(arg, "marked") == 0)
        return CLFI_LANG_INLINE_MARKED;
    if (strcmp(arg, "auto") == 0)
        return CLFI_LANG_INLINE_AUTO;
    if (strcmp(arg, "lanes") == 0)
        return CLFI_LANG_INLINE_LANES;
    if (arg[0] < '0' || arg[0] > '9' || *end != '\0' || n > CLFI_LANG_INLINE_MOST)
        argp_error(state,
                   "--inline is '%s'; it has to be auto, marked, lanes or a number from 0 to %u",
                   arg, CLFI_LANG_INLINE_MOST);
    return (unsigned)n;
}

static error_t parse_option(int key, char *arg, struct argp_state *state)
{
    request *r = state->input;
    switch (key) {
    case OPT_CHECK:
        r->check = 1;
        return 0;
    case OPT_FRAMES:
        r->frames = 1;
        return 0;
    case OPT_INLINE:
        r->options.inline_depth = inline_depth(arg, state);
        return 0;
    case OPT_OUT:
        r->out = arg;
        return 0;
    case ARGP_KEY_ARG:
        if (r->file != NULL)
            argp_error(state, "more than one FILE");
        r->file = arg;
        return 0;
    case ARGP_KEY_END:
        if (r->file == NULL)
            argp_error(state, "FILE is missing");
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

static int complain(const char *what, const char *file)
{
    fprintf(stderr, "clfcc: %s %s: %s\n", what, file, strerror(errno));
    return 2;
}

static int read_all(const char *name, bytes *all)
{
    FILE *in = strcmp(name, "-") == 0 ? stdin : fopen(name, "rb");
    size_t room = 0, got = 0;
    if (in == NULL)
        return complain("cannot open", name);
    do {
        if (all->n + 1 >= room) {
            room = room * 2 + 65536;
            char *bigger = realloc(all->at, room);
            if (bigger == NULL)
                return complain("cannot read", name);
            all->at = bigger;
        }
        got = fread(all->at + all->n, 1, room - all->n, in);
        all->n += got;
    } while (got > 0);
    int failed = ferror(in);
    if (in != stdin)
        fclose(in);
    return failed ? complain("cannot read", name) : 0;
}

static void print_member(const clfi_lang_member *m, const char *where)
{
    char size[32] = "?";
    if (m->bytes > 0)
        snprintf(size, sizeof size, "%zu", m->bytes);
    printf("  %-8s %6s  %s %s%s", where, size, m->type, m->name, m->dims);
    if (m->shares != NULL)
        printf("  in the place of %s", m->shares);
    for (size_t i = 0; i < m->crossings; i++)
        printf("%s%s (line %u)", i == 0 ? "  across " : ", ", m->crossing[i].what,
               m->crossing[i].line);
    printf("\n");
}

static size_t round_up(size_t n, size_t unit)
{
    return (n + unit - 1) / unit * unit;
}

/* The parameters in their order (align 0), or all others of one alignment and kind. False: a size
 * is not known. */
static bool add_members(const clfi_lang_fiber *f, size_t align, int cold, size_t *sum, size_t *most)
{
    bool known = true;
    for (size_t i = 0; i < f->members; i++) {
        const clfi_lang_member *m = &f->member[i];
        bool now = m->is_param ? align == 0 : m->place_align == align && m->is_cold == cold;
        if (m->shares != NULL || !now)
            continue;
        if (m->place_bytes == 0) {
            known = false;
            continue;
        }
        *sum = round_up(*sum, m->place_align) + m->place_bytes;
        *most = m->place_align > *most ? m->place_align : *most;
    }
    return known;
}

/* The header and behind it the members as the emitter puts them. */
static void print_frame_size(const clfi_lang_fiber *f)
{
    size_t sum = 32, most = 4;
    bool known = add_members(f, 0, 0, &sum, &most);
    for (int cold = 0; cold <= 1; cold++)
        for (size_t align = 128; align > 0; align /= 2)
            known = add_members(f, align, cold, &sum, &most) && known;
    if (known)
        printf("  a frame has %zu bytes, 32 of them its header\n", round_up(sum, most));
    else
        printf("  a frame has more than %zu bytes: the sizes of some types are the device "
               "compiler's\n",
               sum);
}

static void print_frames(const clfi_lang *t)
{
    size_t n;
    const clfi_lang_fiber *fibers = clfi_lang_fibers(t, &n);
    for (size_t k = 0; k < n; k++) {
        const clfi_lang_fiber *f = &fibers[k];
        printf("%s %s (line %u)\n", f->result, f->name, f->line);
        for (size_t i = 0; i < f->members; i++) {
            const clfi_lang_member *m = &f->member[i];
            print_member(m, m->is_param ? "param" : m->in_place ? "in place" : "saved");
        }
        for (size_t i = 0; i < f->spilled; i++)
            print_member(&f->spill[i], "spilled");
        print_frame_size(f);
    }
}

static int write_code(const clfi_lang *t, const char *name)
{
    const char *code = clfi_lang_code(t);
    FILE *out = name != NULL ? fopen(name, "w") : stdout;
    if (out == NULL)
        return complain("cannot write", name);
    fputs(code, out);
    int failed = fflush(out) != 0;
    if (out != stdout)
        failed |= fclose(out) != 0;
    return failed ? complain("cannot write", name != NULL ? name : "standard output") : 0;
}

static int translate(const request *r, const bytes *source)
{
    const char *name = strcmp(r->file, "-") == 0 ? "standard input" : r->file;
    clfi_lang *t = clfi_lang_translate(source->at, source->n, name, &r->options);
    if (t == NULL) {
        fprintf(stderr, "clfcc: out of memory\n");
        return 2;
    }
    int rc = clfi_lang_errors(t) > 0;
    fputs(clfi_lang_log(t), stderr);
    if (rc == 0 && r->frames)
        print_frames(t);
    else if (rc == 0 && !r->check)
        rc = write_code(t, r->out);
    clfi_lang_free(t);
    return rc;
}

int main(int argc, char **argv)
{
    static const struct argp_option options[] = {
        {"check", OPT_CHECK, NULL, 0, "print diagnostics only", 0},
        {"frames", OPT_FRAMES, NULL, 0, "print what each fiber keeps in its frame, and why", 0},
        {"inline", OPT_INLINE, "D", 0,
         "let children run inline, as calls, D levels deep; auto: small fibers, and those with "
         "clf_inline(D), marked: only these, lanes: only tiny ones, as on GPUs (0)",
         0},
        {"output", OPT_OUT, "OUT", 0, "write to the file OUT instead of standard output", 0},
        {0},
    };
    static const struct argp argp = {
        options,
        parse_option,
        "FILE",
        "Translates FILE, written in the fiber language, to OpenCL C. FILE may be - for standard "
        "input.\v"
        "The exit status is 1 if FILE has errors, 2 if it cannot be read or for a usage error.",
        NULL,
        NULL,
        NULL};
    request r = {0};
    bytes source = {0};
    argp_err_exit_status = 2;
    argp_parse(&argp, argc, argv, 0, NULL, &r);
    int rc = read_all(r.file, &source);
    if (rc == 0)
        rc = translate(&r, &source);
    free(source.at);
    return rc;
}
