/* corpus.c - see corpus.h. */
#include "lang/corpus.h"
#include "lang/mock_host.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void parse_run(corpus_program *p, char *line)
{
    char *word = strtok(line, " \r");
    snprintf(p->fiber, sizeof p->fiber, "%s", word != NULL ? word : "");
    while ((word = strtok(NULL, " \r")) != NULL && p->nargs < 16)
        snprintf(p->args[p->nargs++], sizeof *p->args, "%s", word);
}

static void parse_header(corpus_program *p)
{
    char line[512];
    const char *source = p->source;
    while (strncmp(source, "// ", 3) == 0) {
        size_t n = strcspn(source, "\n");
        snprintf(line, sizeof line, "%.*s", (int)(n - 3), source + 3);
        if (strncmp(line, "run: ", 5) == 0)
            parse_run(p, line + 5);
        else if (strncmp(line, "env: ", 5) == 0 && p->nenv < 16)
            snprintf(p->env[p->nenv++], sizeof *p->env, "%.120s", line + 5);
        else if (strncmp(line, "expect: ", 8) == 0)
            snprintf(p->expect, sizeof p->expect, "%.250s", line + 8);
        else if (strncmp(line, "fails: ", 7) == 0)
            p->fails = strtol(line + 7, NULL, 0);
        else if (strcmp(line, "scarce") == 0)
            p->scarce = true;
        source += n;
        source += *source == '\n';
    }
}

static int run_text(const char *name, const char *source, size_t length, bool example,
                    corpus_run *run, void *user)
{
    corpus_program p = {.name = name, .source = source, .length = length, .example = example};
    parse_header(&p);
    return run(&p, user);
}

/* Everything between "```c" and "```". */
static int run_examples(const char *top, corpus_run *run, void *user, int *ran)
{
    static const char open[] = "\n```c\n", close[] = "\n```\n";
    char path[2048], name[64];
    int bad = 0;
    snprintf(path, sizeof path, "%s/doc/language.md", top);
    char *page = mock_read_file(path, NULL);
    for (char *at = page; at != NULL && (at = strstr(at, open)) != NULL;) {
        at += sizeof open - 1;
        char *end = strstr(at, close);
        if (end == NULL)
            break;
        snprintf(name, sizeof name, "language.md, example %d", ++*ran);
        end[1] = '\0';
        bad += run_text(name, at, (size_t)(end + 1 - at), true, run, user);
        end[1] = '`';
        at = end;
    }
    free(page);
    return bad;
}

static int is_program(const struct dirent *d)
{
    size_t n = strlen(d->d_name);
    return n > 4 && strcmp(d->d_name + n - 4, ".fib") == 0;
}

static int run_file(const char *folder, const char *name, corpus_run *run, void *user)
{
    char path[2048];
    size_t length;
    snprintf(path, sizeof path, "%s/%s", folder, name);
    char *source = mock_read_file(path, &length);
    int bad = source == NULL ? 1 : run_text(name, source, length, false, run, user);
    free(source);
    return bad;
}

int corpus_each(const char *top, const char *part, corpus_run *run, void *user)
{
    char folder[1024];
    struct dirent **list;
    int bad = 0, ran = 0, examples = 0;
    snprintf(folder, sizeof folder, "%s/tests/fibers", top);
    int n = scandir(folder, &list, is_program, alphasort);
    for (int i = 0; i < n; i++) {
        if (part == NULL || strstr(list[i]->d_name, part) != NULL) {
            bad += run_file(folder, list[i]->d_name, run, user);
            ran++;
        }
        free(list[i]);
    }
    if (n >= 0)
        free(list);
    if (part == NULL)
        bad += run_examples(top, run, user, &examples);
    printf("%d programs, %d examples, %d failed\n", ran, examples, bad);
    return bad + (ran == 0 || (part == NULL && examples == 0));
}
