/* fuzz_texts.c - libFuzzer target: what devices send. A compiler's log, a fiber's line to be
 * printed, the report on a program: the first byte says which. */
#include "clfi.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* What is behind the first line of dashes, which is cut off; NULL: there is none. */
static char *behind_dashes(char *text)
{
    char *dashes = text != NULL ? strstr(text, "\n---\n") : NULL;
    if (dashes == NULL)
        return NULL;
    *dashes = '\0';
    return dashes + 5;
}

/* A log, behind a line of dashes the text that was compiled, behind another one the user's if it
 * is not the same. */
static void log_text(char *text)
{
    char line[64];
    clfi_text out = {0};
    char *source = behind_dashes(text), *user = behind_dashes(source);
    clfi_log_add(&out, text, source != NULL ? source : "", user != NULL ? user : source);
    if (text[0] != '\0' && clfi_text_get(&out)[0] == '\0')
        abort(); /* whatever a compiler says, the user sees something */
    clfi_first_error(clfi_text_get(&out), line, sizeof line);
    clfi_text_free(&out);
}

static int swallow(const char *line, size_t length, void *user)
{
    (void)user;
    return strlen(line) > length;
}

static void print_text(const uint8_t *data, size_t size)
{
    static clf_scheduler s;
    static clfi_call_entry entry;
    clf_line line = {0};
    int64_t printed = -1;
    if (s.calls.entries == 0) {
        clfi_lock_make(&s);
        clf_hostcall_print(&s, swallow, NULL);
        entry = s.calls.entry[0];
    }
    memcpy(&line, data, size < sizeof line ? size : sizeof line);
    clf_hostcall call = {.number = CLF_CALL_PRINT,
                         .argument = &line,
                         .argument_size = sizeof line,
                         .result = &printed,
                         .result_size = sizeof printed};
    if (entry.function(&call, entry.user) != 0 || printed < 0)
        abort();
}

static void report(const uint8_t *data, size_t size)
{
    static cl_uint words[CLF_REPORT_WORDS];
    static clf_scheduler s;
    const size_t most = sizeof words - 8;
    clfi_program p = {0};
    memset(words, 0, sizeof words);
    words[0] = CLF_REPORT_MAGIC;
    memcpy(words + 2, data, size < most ? size : most);
    if (clfi_report_read(&s, words, &p) == CLF_OK)
        for (uint32_t i = 0; i < p.fibers; i++)
            if (clfi_program_find(&p, p.fiber[i].info.name) == NULL)
                abort();
    clfi_program_free(&p);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size == 0)
        return 0;
    char *text = malloc(size);
    if (text == NULL)
        return 0;
    memcpy(text, data + 1, size - 1);
    text[size - 1] = '\0';
    switch (data[0]) {
    case 'l':
        log_text(text);
        break;
    case 'p':
        print_text(data + 1, size - 1);
        break;
    case 'r':
        report(data + 1, size - 1);
        break;
    }
    free(text);
    return 0;
}
