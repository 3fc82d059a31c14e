/* text.c - strings that grow. */
#include "clfi.h"

#include <stdlib.h>
#include <string.h>

static bool reserve(clfi_text *t, size_t more)
{
    size_t need = t->length + more + 1;
    if (t->failed || need < more)
        return false;
    if (need > t->room) {
        size_t room = need > 2 * t->room ? need : 2 * t->room;
        char *data = realloc(t->data, room);
        if (data == NULL) {
            t->failed = true;
            return false;
        }
        t->data = data;
        t->room = room;
    }
    return true;
}

void clfi_text_add(clfi_text *t, const char *data, size_t length)
{
    if (!reserve(t, length))
        return;
    memcpy(t->data + t->length, data, length);
    t->length += length;
    t->data[t->length] = '\0';
}

void clfi_text_print(clfi_text *t, const char *format, ...)
{
    va_list args, again;
    va_start(args, format);
    va_copy(again, args);
    int n = vsnprintf(NULL, 0, format, args);
    if (n >= 0 && reserve(t, (size_t)n)) {
        vsnprintf(t->data + t->length, (size_t)n + 1, format, again);
        t->length += (size_t)n;
    }
    va_end(again);
    va_end(args);
}

void clfi_text_free(clfi_text *t)
{
    free(t->data);
    *t = (clfi_text){0};
}

const char *clfi_text_get(const clfi_text *t)
{
    return t->data != NULL ? t->data : "";
}

void clfi_first_error(const char *log, char *line, size_t size)
{
    const char *error = strstr(log, "error:"); /* not the file error.fib */
    if (error == NULL)
        error = strstr(log, "error");
    line[0] = '\0';
    if (error == NULL)
        return;
    const char *start = error;
    while (start > log && start[-1] != '\n')
        start--;
    snprintf(line, size, "%.*s", (int)strcspn(start, "\n"), start);
}
