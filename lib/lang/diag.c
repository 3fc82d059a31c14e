/* diag.c - diagnostics: collected anywhere, printed in the order of the source with line and caret.
 */
#include "source.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MOST = 200 }; /* more errors than anyone reads */

__attribute__((format(printf, 4, 0))) static void add(front *f, uint32_t byte, bool warning,
                                                      const char *format, va_list args)
{
    char message[512];
    vsnprintf(message, sizeof message, format, args);
    f->errors += !warning;
    if (f->diagnostics.n >= 4 * MOST)
        return;
    diagnostic d = {byte, f->diagnostics.n, warning,
                    clfi_lang_arena_copy(f->arena, message, strlen(message))};
    *PUSH(f->arena, &f->diagnostics) = d;
}

void clfi_lang_error_at(front *f, uint32_t byte, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    add(f, byte, false, format, args);
    va_end(args);
}

void clfi_lang_error(front *f, uint32_t tok, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    add(f, tok_at(f, tok)->at, false, format, args);
    va_end(args);
}

void clfi_lang_warn(front *f, uint32_t tok, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    add(f, tok_at(f, tok)->at, true, format, args);
    va_end(args);
}

void clfi_lang_warn_at(front *f, uint32_t byte, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    add(f, byte, true, format, args);
    va_end(args);
}

static int by_place(const void *a, const void *b)
{
    const diagnostic *x = a, *y = b;
    if (x->at != y->at)
        return x->at < y->at ? -1 : 1;
    return x->order < y->order ? -1 : x->order > y->order;
}

static uint32_t line_of(const front *f, uint32_t at)
{
    uint32_t low = 0, high = f->lines.n;
    while (high - low > 1) {
        uint32_t middle = low + (high - low) / 2;
        if (f->lines.at[middle] <= at)
            low = middle;
        else
            high = middle;
    }
    return low;
}

/* The line, cut if it is very long, and the caret below; tabs stay tabs, so that the caret stands
 * right. */
static void show(const front *f, uint32_t line, uint32_t at, text *out)
{
    enum { LONGEST = 200 };
    char shown[LONGEST + 1], below[LONGEST + 2];
    uint32_t start = f->lines.at[line], n = 0, columns = 0;
    if (at - start > LONGEST)
        start = at - LONGEST / 2;
    for (uint32_t i = start; i < f->length && n < LONGEST; i++) {
        char c = f->source[i];
        if (c == '\n' || c == '\r')
            break;
        shown[n++] = c != '\0' ? c : '?';
        if (i < at && ((unsigned char)c & 0xc0) != 0x80) /* one column a character, not a byte */
            below[columns++] = c == '\t' ? '\t' : ' ';
    }
    shown[n++] = '\n';
    below[columns++] = '^';
    below[columns++] = '\n';
    clfi_lang_text_add(out, shown, n);
    clfi_lang_text_add(out, below, columns);
}

static uint32_t column_of(const front *f, uint32_t line, uint32_t at)
{
    uint32_t column = 1;
    for (uint32_t i = f->lines.at[line]; i < at && i < f->length; i++)
        column += ((unsigned char)f->source[i] & 0xc0) != 0x80;
    return column;
}

void clfi_lang_log_text(front *f, text *out)
{
    uint32_t shown = 0;
    if (f->diagnostics.n > 0)
        qsort(f->diagnostics.at, f->diagnostics.n, sizeof *f->diagnostics.at, by_place);
    for (uint32_t i = 0; i < f->diagnostics.n; i++) {
        const diagnostic *d = &f->diagnostics.at[i];
        if (i > 0 && d[-1].at == d->at && strcmp(d[-1].message, d->message) == 0)
            continue;
        if (++shown > MOST) {
            clfi_lang_text_printf(out, "%s: more errors are not shown\n", f->marks.at[0].file);
            return;
        }
        const line_mark *m;
        uint32_t line = line_of(f, d->at), number = clfi_lang_user_line(f, line + 1, &m);
        clfi_lang_text_printf(out, "%s:%u:%u: %s: %s\n", m->file, number, column_of(f, line, d->at),
                              d->warning ? "warning" : "error", d->message);
        show(f, line, d->at, out);
    }
}
