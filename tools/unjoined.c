/* unjoined.c - see unjoined.h. The library's dump lists the fibers that are left; its lines are
 * counted here. */
#include "unjoined.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

enum { NAMED = 3 };

typedef struct leftover {
    unsigned long count;
    unsigned named;
    char names[400];
} leftover;

/* Notes the fiber that a line of the dump begins with: `fiber 3.1 child "kid" ...`. */
static void note(leftover *l, const char *line)
{
    const char *name = strchr(line + strlen("fiber "), ' ') + 1;
    size_t length = strcspn(name, " \n"), used = strlen(l->names);
    if (!strncmp(name + length, " \"", 2))
        length += 3 + strcspn(name + length + 2, "\"\n");
    l->count++;
    if (l->named++ < NAMED)
        snprintf(l->names + used, sizeof l->names - used, "%s%.*s", used > 0 ? ", " : "",
                 (int)length, name);
}

void unjoined_warn(clf_scheduler *s, FILE *to)
{
    static const char more[] = "    and ", begun[] = "    started\n";
    const char *text, *fiber = NULL;
    bool counts = false;
    leftover l = {0};
    if (clf_dump(s, &text) != CLF_OK)
        return;
    for (const char *line = text; *line != '\0'; line += strcspn(line, "\n") + 1) {
        if (!strncmp(line, more, sizeof more - 1)) {
            l.count += counts ? strtoul(line + sizeof more - 1, NULL, 10) : 0;
            continue;
        }
        counts = fiber != NULL && !strncmp(line, begun, sizeof begun - 1);
        if (counts)
            note(&l, fiber);
        fiber = !strncmp(line, "fiber ", strlen("fiber ")) ? line : NULL;
        if (strchr(line, '\n') == NULL)
            break;
    }
    if (l.count > 0)
        fprintf(to,
                "clfrun: warning: %lu started fiber%s neither joined nor detached: %s%s: say "
                "'await join(h)' or 'detach(h)'\n",
                l.count, l.count == 1 ? " was" : "s were", l.names, l.count > NAMED ? ", ..." : "");
}
