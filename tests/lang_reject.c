/* lang_reject.c - the corpus in tests/fibers/reject: programs with mistakes, and beside each (.err)
 * exactly what the front end says. With UPDATE_ERR set the .err files are written instead: look at
 * the difference. */
#include "lang/lang.h"
#include "lang/mock_host.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int save(const char *name, const char *text)
{
    FILE *out = fopen(name, "w");
    int bad = out == NULL || fputs(text, out) < 0;
    if (out != NULL)
        bad |= fclose(out) != 0;
    return bad;
}

/* The first line that differs, for a short message. */
static void show_difference(const char *name, const char *got, const char *expected)
{
    size_t i = 0, line = 0;
    for (; got[i] != '\0' && got[i] == expected[i]; i++)
        if (got[i] == '\n')
            line = i + 1;
    printf("FAIL %s: says     %.*s\n", name, (int)strcspn(got + line, "\n"), got + line);
    printf("     %s: expected %.*s\n", name, (int)strcspn(expected + line, "\n"), expected + line);
}

static int check(const char *folder, const char *name)
{
    char path[2048], err[2048];
    size_t length;
    snprintf(path, sizeof path, "%s/%s", folder, name);
    snprintf(err, sizeof err, "%.*s.err", (int)(strlen(path) - 4), path);
    char *source = mock_read_file(path, &length), *expected = mock_read_file(err, NULL);
    clfi_lang *t = source != NULL ? clfi_lang_translate(source, length, name, NULL) : NULL;
    int bad = t == NULL;
    if (t != NULL && getenv("UPDATE_ERR") != NULL)
        bad = save(err, clfi_lang_log(t));
    else if (t != NULL && (expected == NULL || strcmp(clfi_lang_log(t), expected) != 0)) {
        show_difference(name, clfi_lang_log(t), expected != NULL ? expected : "");
        bad = 1;
    }
    if (t != NULL && (clfi_lang_errors(t) == 0 || clfi_lang_code(t)[0] != '\0')) {
        printf("FAIL %s: is accepted\n", name);
        bad = 1;
    }
    clfi_lang_free(t);
    free(source);
    free(expected);
    return bad;
}

static int is_program(const struct dirent *d)
{
    size_t n = strlen(d->d_name);
    return n > 4 && strcmp(d->d_name + n - 4, ".fib") == 0;
}

int main(void)
{
    const char *top = getenv("srcdir");
    char folder[1024];
    struct dirent **list;
    int bad = 0;
    snprintf(folder, sizeof folder, "%s/tests/fibers/reject", top != NULL ? top : ".");
    int n = scandir(folder, &list, is_program, alphasort);
    for (int i = 0; i < n; i++) {
        bad += check(folder, list[i]->d_name);
        free(list[i]);
    }
    if (n >= 0)
        free(list);
    printf("%d programs, %d failed\n", n, bad);
    return bad > 0 || n <= 0;
}
