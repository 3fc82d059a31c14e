/* numbering.c - #line: by which file and number the user knows a line of the source. Tools put a
 * #line in front of what they read, generators into what they write; diagnostics and the generated
 * #lines follow it. */
#include "source.h"

#include <string.h>

static bool blank(char c)
{
    return c == ' ' || c == '\t' || c == '\r';
}

void clfi_lang_first_mark(front *f, const char *file)
{
    text spelled = {.arena = f->arena};
    for (const char *c = file; *c != '\0'; c++) {
        if (*c == '"' || *c == '\\')
            clfi_lang_text_puts(&spelled, "\\");
        clfi_lang_text_add(&spelled, (unsigned char)*c < ' ' ? "?" : c, 1);
    }
    line_mark m = {1, 1, clfi_lang_arena_copy(f->arena, file, strlen(file)),
                   spelled.s != NULL ? spelled.s : ""};
    *PUSH(f->arena, &f->marks) = m;
}

/* The name in quotes at `from`; false if there is none. */
static bool read_name(front *f, uint32_t from, uint32_t to, line_mark *m)
{
    const char *s = f->source;
    uint32_t i = from + 1, n = 0;
    if (from >= to || s[from] != '"')
        return false;
    char *name = clfi_lang_arena_get(f->arena, to - from + 1);
    for (; i < to && s[i] != '"'; i++) {
        if ((unsigned char)s[i] < ' ')
            return false;
        if (s[i] == '\\' && i + 1 < to)
            i++;
        name[n++] = s[i];
    }
    if (i >= to)
        return false;
    m->file = name;
    m->spelled = clfi_lang_arena_copy(f->arena, s + from + 1, i - from - 1);
    return true;
}

void clfi_lang_note_line(front *f, uint32_t from, uint32_t to, uint32_t line)
{
    const char *s = f->source;
    line_mark m = f->marks.at[f->marks.n - 1];
    uint64_t number = 0;
    while (from < to && blank(s[from]))
        from++;
    if (to - from > 4 && memcmp(s + from, "line", 4) == 0 && blank(s[from + 4]))
        from += 4;
    while (from < to && blank(s[from]))
        from++;
    uint32_t digits = from;
    while (from < to && s[from] >= '0' && s[from] <= '9' && number <= INT32_MAX)
        number = number * 10 + (uint64_t)(s[from++] - '0');
    if (from == digits || number > INT32_MAX)
        return;
    while (from < to && blank(s[from]))
        from++;
    if (from < to && s[from] != '/' && !read_name(f, from, to, &m))
        return;
    m.line = line;
    m.as_line = (uint32_t)number;
    *PUSH(f->arena, &f->marks) = m;
}

uint32_t clfi_lang_user_line(const front *f, uint32_t line, const line_mark **mark)
{
    uint32_t low = 0, high = f->marks.n;
    while (high - low > 1) {
        uint32_t middle = low + (high - low) / 2;
        if (f->marks.at[middle].line <= line)
            low = middle;
        else
            high = middle;
    }
    const line_mark *m = &f->marks.at[low];
    if (mark != NULL)
        *mark = m;
    return m->as_line + (line - m->line);
}
