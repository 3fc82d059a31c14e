/* log.c - what a device's compiler says, in the user's terms.
 *
 * Some compilers (NVIDIA's, driver 580) ignore #line and number the lines of the whole text, as
 * "<kernel>:1781:9: error: ...". Their places are translated here.
 *
 * What the compiler reads is the translation, which has the user's lines, but not their columns,
 * and some of them several times, as fibers have clones. So each thing is said once, as the front
 * end says it: with the user's line, and the column of the name that it is about.
 */
#include "clfi.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#define WHOLE_TEXT "<kernel>:"

/* Reads `#line N "file"`; *file and *length stay as they are if no file is named. */
static bool read_directive(const char *at, unsigned long *line, const char **file, size_t *length)
{
    char *end;
    if (strncmp(at, "#line ", 6) != 0)
        return false;
    unsigned long number = strtoul(at + 6, &end, 10);
    if (end == at + 6)
        return false;
    *line = number;
    end += strspn(end, " \t");
    if (*end == '"') {
        *file = end + 1;
        *length = strcspn(*file, "\"\n");
    }
    return true;
}

/* Adds "file:line:" for line `wanted`, from 1, of the whole text. */
static void add_place(clfi_text *to, const char *source, unsigned long wanted)
{
    const char *file = "program";
    size_t length = strlen(file);
    unsigned long line = 1;
    for (unsigned long n = 1; n < wanted && source != NULL; n++) {
        if (!read_directive(source, &line, &file, &length))
            line++;
        source = strchr(source, '\n');
        source = source != NULL ? source + 1 : NULL;
    }
    clfi_text_print(to, "%.*s:%lu:", (int)length, file, line);
}

/* The log with the places in the whole text translated. */
static void translate_places(clfi_text *to, const char *log, const char *source)
{
    const char *place;
    while ((place = strstr(log, WHOLE_TEXT)) != NULL) {
        char *end;
        const char *digits = place + sizeof WHOLE_TEXT - 1;
        unsigned long line = strtoul(digits, &end, 10);
        clfi_text_add(to, log, (size_t)(place - log));
        if (end == digits || *end != ':') {
            clfi_text_add(to, place, sizeof WHOLE_TEXT - 1);
            log = digits;
        } else {
            add_place(to, source, line);
            log = end + 1;
        }
    }
    clfi_text_print(to, "%s", log);
}

/* ---- what the compiler says, piece by piece ----------------------------------------- */

typedef struct piece {
    const char *file, *kind, *text; /* not terminated */
    size_t file_length, kind_length, text_length;
    unsigned long line;
} piece;

/* ":LINE:COLUMN" behind a file's name. */
static const char *read_place(const char *at, unsigned long *line)
{
    char *end;
    if (at[0] != ':' || !isdigit((unsigned char)at[1]))
        return NULL;
    *line = strtoul(at + 1, &end, 10);
    if (end[0] != ':' || !isdigit((unsigned char)end[1]))
        return NULL;
    return end + 1 + strspn(end + 1, "0123456789");
}

static size_t kind_at(const char *at)
{
    static const char *const kinds[] = {"error: ", "fatal error: ", "warning: ", "note: "};
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
        if (!strncmp(at, kinds[i], strlen(kinds[i])))
            return strlen(kinds[i]);
    return 0;
}

/* "error: FILE:LINE:COLUMN <Spelling=...>: TEXT" of PoCL, or "FILE:LINE:COLUMN: error: TEXT" as
 * from Clang itself; false if the line is neither. */
static bool read_piece(const char *at, piece *p)
{
    const char *end = at + strcspn(at, "\n"), *place = NULL;
    size_t before = kind_at(at);
    p->file = at + before;
    for (const char *c = p->file; c < end && place == NULL; c++)
        if ((place = read_place(c, &p->line)) != NULL)
            p->file_length = (size_t)(c - p->file);
    if (place == NULL || p->file_length == 0)
        return false;
    if (before != 0 && place[0] == ' ' && place[1] == '<')
        place += strcspn(place, ">\n") + 1;
    if (place >= end || strncmp(place, ": ", 2) != 0)
        return false;
    size_t behind = before != 0 ? 0 : kind_at(place + 2);
    p->kind = before != 0 ? at : place + 2;
    p->kind_length = before != 0 ? before : behind;
    p->text = place + 2 + behind;
    p->text_length = p->text < end ? (size_t)(end - p->text) : 0;
    return p->kind_length != 0;
}

/* The user's line of that file and number; NULL: there is none. */
static const char *find_line(const char *user, const piece *p)
{
    const char *file = "fiber source";
    size_t length = strlen(file);
    unsigned long line = 1;
    while (user != NULL) {
        if (!read_directive(user, &line, &file, &length)) {
            if (line == p->line && length == p->file_length && !strncmp(file, p->file, length))
                return user;
            line++;
        }
        user = strchr(user, '\n');
        user = user != NULL ? user + 1 : NULL;
    }
    return NULL;
}

static bool in_word(char c)
{
    return isalnum((unsigned char)c) || c == '_';
}

/* The column, from 0, of the first name that the text has in quotes; -1: the line has it not, or
 * more than once. */
static int find_column(const char *line, size_t length, const piece *p)
{
    const char *name = memchr(p->text, '\'', p->text_length);
    size_t n = 0;
    int found = -1;
    if (name == NULL || ++name == p->text + p->text_length)
        return -1;
    while (in_word(name[n]) || name[n] == '.')
        n++;
    if (n == 0 || name[n] != '\'')
        return -1;
    for (size_t i = 0; i + n <= length; i++) {
        if (strncmp(line + i, name, n) != 0 || in_word(line[i + n]) ||
            (i > 0 && in_word(line[i - 1])))
            continue;
        if (found >= 0)
            return -1;
        found = (int)i;
    }
    return found;
}

/* Says the piece as the front end would. */
static void say(clfi_text *to, const piece *p, const char *line)
{
    size_t length = strcspn(line, "\r\n");
    int at = find_column(line, length, p), column = 1;
    clfi_text_print(to, "%.*s:%lu:", (int)p->file_length, p->file, p->line);
    for (int i = 0; i < at; i++)
        column += ((unsigned char)line[i] & 0xc0) != 0x80; /* characters, not bytes */
    if (at >= 0)
        clfi_text_print(to, "%d:", column);
    clfi_text_print(to, " %.*s%.*s\n", (int)p->kind_length, p->kind, (int)p->text_length, p->text);
    clfi_text_print(to, "%.*s\n", (int)length, line);
    for (int i = 0; i < at; i++)
        if (((unsigned char)line[i] & 0xc0) != 0x80)
            clfi_text_add(to, line[i] == '\t' ? "\t" : " ", 1);
    if (at >= 0)
        clfi_text_print(to, "^\n");
}

/* Whether `what` is there already, from the start of a line on. */
static bool is_said(const clfi_text *to, const char *what)
{
    for (const char *p = clfi_text_get(to); (p = strstr(p, what)) != NULL; p++)
        if (p == to->data || p[-1] == '\n')
            return true;
    return false;
}

/* Behind the line at `at`, and behind the compiler's picture of the generated line if there is one.
 */
static const char *behind(const char *at)
{
    const char *next = at + strcspn(at, "\n");
    next += *next == '\n';
    const char *caret = next + strcspn(next, "\n");
    caret += *caret == '\n';
    size_t blank = strspn(caret, " \t~");
    if (caret[blank] != '^')
        return next;
    caret += strcspn(caret, "\n");
    return caret + (*caret == '\n');
}

void clfi_log_add(clfi_text *to, const char *log, const char *source, const char *user)
{
    clfi_text places = {0};
    translate_places(&places, log, source);
    const char *at = clfi_text_get(&places), *line;
    piece p;
    while (*at != '\0') {
        if (user == NULL || !read_piece(at, &p) || (line = find_line(user, &p)) == NULL) {
            size_t length = strcspn(at, "\n");
            length += at[length] == '\n';
            clfi_text_add(to, at, length);
            at += length;
            continue;
        }
        clfi_text said = {0};
        say(&said, &p, line);
        if (said.data != NULL && !is_said(to, said.data))
            clfi_text_print(to, "%s", said.data);
        clfi_text_free(&said);
        at = behind(at);
    }
    to->failed |= places.failed;
    clfi_text_free(&places);
}
