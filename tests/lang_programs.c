/* lang_programs.c - the corpus (tests/lang/corpus.h): each program is translated, compiled on the
 * mock of the ABI and run under several random schedules. */
#include "lang/corpus.h"
#include "lang/lang.h"
#include "lang/mock_host.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void entry_env(char *out, size_t room, const corpus_program *h)
{
    size_t at = 0;
    for (int k = 0; k < h->nenv; k++) {
        const char *equals = strchr(h->env[k], '=');
        int n = equals != NULL ? (int)(equals - h->env[k]) : 0;
        size_t used = strlen(out);
        if (n > 0 && strncmp(equals + 1, "zero:", 5) == 0) {
            snprintf(out + used, room - used, "    w->env.%.*s = (__global void *)(heap + %zu);\n",
                     n, h->env[k], at);
            at += (strtoul(equals + 6, NULL, 0) + 127) / 128 * 128;
        } else if (n > 0) {
            snprintf(out + used, room - used, "    w->env.%.*s = %s;\n", n, h->env[k], equals + 1);
        }
    }
}

static const clfi_lang_fiber *find(const clfi_lang *t, const char *name)
{
    size_t n;
    const clfi_lang_fiber *all = clfi_lang_fibers(t, &n);
    for (size_t i = 0; i < n; i++)
        if (strcmp(all[i].name, name) == 0)
            return &all[i];
    return NULL;
}

/* The function that starts the root, and one that compares its result. */
static void write_entry(char *out, size_t room, const clfi_lang_fiber *f, const corpus_program *h)
{
    snprintf(out, room,
             "uint mock_entry(clf_worker *w, __global char *heap);\n"
             "uint mock_entry(clf_worker *w, __global char *heap)\n{\n    uint root = "
             "mock_root(w);\n    (void)heap;\n");
    for (int k = 0; k < h->nargs && (size_t)k < f->params; k++) {
        size_t used = strlen(out);
        snprintf(out + used, room - used, "    CLF_FRAME(w, %s, root)->%s = %s;\n", f->name,
                 f->param[k].name, h->args[k]);
    }
    entry_env(out, room, h);
    size_t used = strlen(out);
    snprintf(out + used, room - used, "    return mock_run(w, root, CLF_FN_%s);\n}\n", f->name);
}

static void print_integer(char *out, size_t room, const char *type, const unsigned char *r,
                          size_t bytes)
{
    int64_t v = 0;
    memcpy(&v, r, bytes);
    if (type[0] != 'u' && bytes < 8)
        v = (int64_t)((uint64_t)v << (64 - 8 * bytes)) >> (64 - 8 * bytes);
    if (type[0] == 'u' || strcmp(type, "size_t") == 0)
        snprintf(out, room, "%llu", (unsigned long long)v);
    else
        snprintf(out, room, "%lld", (long long)v);
}

static void print_one(char *out, size_t room, const char *type, const unsigned char *r)
{
    static const struct {
        const char *name;
        size_t bytes;
    } sizes[] = {{"char", 1}, {"uchar", 1}, {"bool", 1}, {"short", 2}, {"ushort", 2},
                 {"int", 4},  {"uint", 4},  {"long", 8}, {"ulong", 8}, {"size_t", 8}};
    if (strcmp(type, "float") == 0) {
        float v;
        memcpy(&v, r, 4);
        snprintf(out, room, "%.9g", (double)v);
    } else if (strcmp(type, "double") == 0) {
        double v;
        memcpy(&v, r, 8);
        snprintf(out, room, "%.17g", v);
    }
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++)
        if (strcmp(type, sizes[i].name) == 0)
            print_integer(out, room, type, r, sizes[i].bytes);
}

/* Only what roots of the corpus return: scalars, and vectors of 4-byte elements. */
static void print_result(char *out, size_t room, const char *type, const unsigned char *r)
{
    char element[16];
    size_t letters = strcspn(type, "0123456789");
    int n = type[letters] != '\0' ? atoi(type + letters) : 1;
    snprintf(element, sizeof element, "%.*s", (int)letters, type);
    out[0] = '\0';
    for (int i = 0; i < n; i++) {
        size_t used = strlen(out);
        if (i > 0)
            snprintf(out + used, room - used, ",");
        used = strlen(out);
        print_one(out + used, room - used, n > 1 ? element : type, r + 4 * i);
    }
}

static int run_schedules(mock_program *p, const corpus_program *h, const char *type,
                         const char *name)
{
    static const uint32_t parks[] = {0, 0, 40, 128, 220};
    for (size_t i = 0; i < sizeof parks / sizeof *parks; i++) {
        unsigned char result[128];
        char text[256] = "";
        uint32_t code = mock_call(p, "mock_entry", i * 7919 + 1, parks[i], result);
        if (code == 0)
            print_result(text, sizeof text, type, result);
        if (code != (uint32_t)h->fails ||
            (code == 0 && strcmp(type, "void") != 0 && strcmp(text, h->expect) != 0)) {
            printf("FAIL %s (schedule %zu): %s %s, expected %s %s\n", name, i,
                   code ? "code" : "result",
                   code ? (snprintf(text, sizeof text, "%d", (int)code), text) : text,
                   h->fails ? "code" : "result", h->fails ? "as given" : h->expect);
            return 1;
        }
    }
    return 0;
}

static int run_inlined(const char *folder, const corpus_program *h, unsigned depth)
{
    char entry[8192];
    clfi_lang_options options = {.inline_depth = depth};
    clfi_lang *t = clfi_lang_translate(h->source, h->length, h->name, &options);
    int bad = 1;
    const clfi_lang_fiber *f = t != NULL ? find(t, h->fiber) : NULL;
    if (t == NULL || clfi_lang_errors(t) > 0 || f == NULL || (size_t)h->nargs != f->params) {
        printf("FAIL %s: does not translate, or no fiber '%s' with %d parameters\n%s", h->name,
               h->fiber, h->nargs, t != NULL ? clfi_lang_log(t) : "");
    } else {
        write_entry(entry, sizeof entry, f, h);
        mock_program *p = mock_build(folder, clfi_lang_code(t), entry);
        bad = p == NULL ? 1 : run_schedules(p, h, f->result, h->name);
        if (p == NULL)
            printf("FAIL %s: does not compile\n", h->name);
        mock_free(p);
    }
    if (bad > 0)
        printf("  with children inline to depth %u\n", depth);
    clfi_lang_free(t);
    return bad;
}

/* `user` is the mock's folder. */
static int run_program(const corpus_program *program, void *user)
{
    static const unsigned depths[] = {0, 1, 4};
    int bad = 0;
    for (size_t i = 0; i < sizeof depths / sizeof *depths && bad == 0; i++)
        bad = run_inlined(user, program, depths[i]);
    return bad;
}

/* lang_programs [PART]: all of the corpus, or the programs with PART in their files' names. */
int main(int argc, char **argv)
{
    const char *top = getenv("srcdir");
    char mock[1024];
    if (!mock_available()) {
        printf("SKIP: no clang\n");
        return 77;
    }
    top = top != NULL ? top : ".";
    snprintf(mock, sizeof mock, "%s/tests/lang", top);
    char *real = realpath(mock, NULL);
    int bad = corpus_each(top, argc > 1 ? argv[1] : NULL, run_program, real);
    free(real);
    return bad > 0;
}
