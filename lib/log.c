/* log.c - what a device's compiler says, in the user's terms: names of files and numbers of lines.
 *
 * Some compilers (NVIDIA's, driver 580) ignore #line and number the lines of the whole text, as
 * "<kernel>:1781:9: error: ...". Their places are translated here.
 */
#include "clfi.h"

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

void clfi_log_add(clfi_text *to, const char *log, const char *source)
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
