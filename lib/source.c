/* source.c - what is handed to the device's compiler: the runtime's first part, the user's types
 * and tables, the rest of the runtime in the place of `#pragma clfiber runtime`, the segment
 * functions, the worker loop.
 */
#include "clfi.h"
#include "device_sources.h"
#include "lang/lang.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* $CLFIBER_CL names a folder whose files are used instead of the embedded ones: for work on the
 * runtime. */
static clf_status add_from_folder(clf_scheduler *s, const char *folder, const char *name,
                                  clfi_text *t)
{
    clfi_text path = {0};
    clfi_text_print(&path, "%s/%s", folder, name);
    FILE *file = path.data != NULL ? fopen(path.data, "r") : NULL;
    if (file == NULL) {
        clfi_fail(s, CLF_BAD_ARGUMENT, "CLFIBER_CL is \"%s\", but %s cannot be read: %s", folder,
                  clfi_text_get(&path), strerror(errno));
        clfi_text_free(&path);
        return CLF_BAD_ARGUMENT;
    }
    char chunk[4096];
    size_t n;
    while ((n = fread(chunk, 1, sizeof chunk, file)) != 0)
        clfi_text_add(t, chunk, n);
    fclose(file);
    clfi_text_free(&path);
    return CLF_OK;
}

static clf_status add_runtime_file(clf_scheduler *s, const char *name, clfi_text *t)
{
    const char *folder = getenv("CLFIBER_CL");
    clfi_text_print(t, "#line 1 \"%s\"\n", name);
    if (folder != NULL && folder[0] != '\0')
        return add_from_folder(s, folder, name, t);
    for (const struct clfi_device_source *d = clfi_device_sources; d->name != NULL; d++)
        if (!strcmp(d->name, name)) {
            clfi_text_add(t, d->text, d->length);
            return CLF_OK;
        }
    return clfi_fail(s, CLF_INTERNAL, "the device source %s is not in the library", name);
}

clf_status clfi_source_runtime(clf_scheduler *s, const char *const *names, clfi_text *t)
{
    for (; *names != NULL; names++)
        CLFI_TRY(add_runtime_file(s, *names, t));
    return CLF_OK;
}

/* A line of the user's source, as the user calls it: #line may say otherwise than "program". */
typedef struct user_line {
    unsigned number;
    const char *file; /* in quotes */
    int length;
} user_line;

/* Follows a `#line number "file"` at `p`: true if there is one. */
static bool follow_line(const char *p, user_line *at)
{
    char *end;
    if (strncmp(p, "#line ", 6) != 0)
        return false;
    unsigned long number = strtoul(p + 6, &end, 10);
    if (end == p + 6 || number > INT32_MAX)
        return false;
    end += strspn(end, " \t");
    size_t length = strcspn(end, "\r\n");
    if (length > 1 && end[0] == '"' && end[length - 1] == '"') {
        at->file = end;
        at->length = (int)length;
    }
    at->number = (unsigned)number;
    return true;
}

/* The line that holds nothing but the pragma; NULL if there is none. *after: the line behind it,
 * *at: which one that is. */
static const char *find_pragma(const char *source, const char **after, user_line *at)
{
    static const char pragma[] = "#pragma clfiber runtime";
    *at = (user_line){1, "\"program\"", 9};
    for (const char *p = source; p != NULL;) {
        const char *end = strchr(p, '\n');
        const char *start = p + strspn(p, " \t");
        at->number += !follow_line(p, at);
        if (!strncmp(start, pragma, sizeof pragma - 1)) {
            const char *rest = start + sizeof pragma - 1;
            rest += strspn(rest, " \t\r");
            if (*rest == '\n' || *rest == '\0') {
                *after = *rest == '\n' ? rest + 1 : rest;
                return p;
            }
        }
        p = end != NULL ? end + 1 : NULL;
    }
    return NULL;
}

/* One word with a dot in it, where the text of a program should be. */
static bool is_file_name(const char *source)
{
    return strchr(source, '.') != NULL && source[strcspn(source, " \t\r\n;{}()\"")] == '\0';
}

clf_status clfi_source_translate(clf_scheduler *s, const char *source, clfi_places **places)
{
    const char *after;
    user_line behind;
    if (find_pragma(source, &after, &behind) != NULL) {
        clfi_text_print(&s->generated, "%s", source);
        return s->generated.failed ? clfi_no_memory(s, strlen(source), "program text") : CLF_OK;
    }
    uint32_t depth = s->options.inline_depth;
    clfi_lang_options options = {.inline_depth = depth == CLF_NO_INLINE ? 0
                                                 : depth != 0           ? depth
                                                 : s->options.lanes > 1 ? CLFI_LANG_INLINE_LANES
                                                                        : CLFI_LANG_INLINE_AUTO,
                                 .lanes = s->options.lanes};
    clfi_lang *lang = clfi_lang_translate(source, strlen(source), NULL, &options);
    if (lang == NULL)
        return clfi_no_memory(s, strlen(source), "a translation");
    clf_status status = CLF_OK;
    size_t fibers;
    clfi_lang_fibers(lang, &fibers);
    clfi_text_print(&s->log, "%s", clfi_lang_log(lang));
    clfi_text_print(&s->generated, "%s", clfi_lang_code(lang));
    if (s->log.failed || s->generated.failed) {
        status = clfi_no_memory(s, strlen(source), "program text");
    } else if (clfi_lang_errors(lang) != 0) {
        char first[512];
        clfi_first_error(clfi_lang_log(lang), first, sizeof first);
        status = clfi_lang_errors(lang) == 1
                     ? clfi_fail(s, CLF_BUILD_FAILED, "%s (clf_build_log shows the line)", first)
                     : clfi_fail(s, CLF_BUILD_FAILED, "%s (clf_build_log has all %zu errors)",
                                 first, clfi_lang_errors(lang));
    } else if (fibers == 0 && is_file_name(source)) {
        status =
            clfi_fail(s, CLF_BAD_PROGRAM,
                      "the source is \"%.100s\", which looks like a file's name and defines no "
                      "fiber: clf_program_build takes the text of the program",
                      source);
    } else if (fibers == 0) {
        status = clfi_fail(s, CLF_BAD_PROGRAM,
                           "the source defines no fiber: it is neither fiber source "
                           "(doc/language.md) nor segments by "
                           "hand (doc/abi.md)");
    } else if ((*places = clfi_places_make(lang)) == NULL) {
        status = clfi_no_memory(s, strlen(source), "a table of resume points");
    }
    clfi_lang_free(lang);
    return status;
}

clf_status clfi_source_assemble(clf_scheduler *s, const char *source, clfi_text *t)
{
    static const char *const before[] = {"layout.h", "atomics.cl", "types.cl", NULL};
    static const char *const middle[] = {
        "worker.cl", "trace.cl",   "frames.cl",  "guard.cl",   "own.cl",  "kept.cl", "urgent.cl",
        "deque.cl",  "join.cl",    "inline.cl",  "request.cl", "wake.cl", "wait.cl", "mutex.cl",
        "gate.cl",   "counted.cl", "barrier.cl", "channel.cl", NULL};
    static const char *const last[] = {"ready.cl", "find.cl",   "slice.cl", "report.cl",
                                       "sift.cl",  "unhook.cl", NULL};
    const char *after;
    user_line behind;
    const char *pragma = find_pragma(source, &after, &behind);
    if (pragma == NULL)
        return clfi_fail(s, CLF_BAD_PROGRAM,
                         "the source has no line `#pragma clfiber runtime`: it is no fiber program "
                         "(see doc/abi.md)");
    CLFI_TRY(clfi_source_runtime(s, before, t));
    clfi_text_print(t, "#line 1 \"program\"\n");
    clfi_text_add(t, source, (size_t)(pragma - source));
    clfi_text_print(t, "\n");
    CLFI_TRY(clfi_source_runtime(s, middle, t));
    clfi_text_print(t, "#line %u %.*s\n", behind.number, behind.length, behind.file);
    clfi_text_add(t, after, strlen(after));
    clfi_text_print(t, "\n");
    CLFI_TRY(clfi_source_runtime(s, last, t));
    return t->failed ? clfi_no_memory(s, t->length, "program text") : CLF_OK;
}
