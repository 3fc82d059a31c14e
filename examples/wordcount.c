/* wordcount.c - fibers that read a file: host calls (wordcount.fib).
 *
 * The host opens the file and gives it a number; the fibers read it piece by piece with the call
 * that comes with the library, and print through another. */
#include <ctype.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common.h"

enum { FILE_NUMBER = 0 };

typedef struct counts {
    cl_long lines, words, bytes;
} counts;

/* The same, one byte after the other. */
static counts count_on_host(const char *text, size_t size)
{
    counts all = {0, 0, (cl_long)size};
    int blank = 1;

    for (size_t i = 0; i < size; i++) {
        int now = isspace((unsigned char)text[i]) != 0;

        all.lines += text[i] == '\n';
        all.words += blank && !now;
        blank = now;
    }
    return all;
}

static char *read_all(int file, size_t size)
{
    char *text = malloc(size + 1);

    if (!text || pread(file, text, size, 0) != (ssize_t)size)
        example_die(EXAMPLE_FAILED, "the file cannot be read");
    return text;
}

int main(int argc, char **argv)
{
    clf_scheduler *s = example_open("wordcount.fib");
    char *path = argc > 1 ? argv[1] : example_path("README.md");
    int file = open(path, O_RDONLY);
    off_t end = file < 0 ? -1 : lseek(file, 0, SEEK_END);
    clf_handle root;
    counts found, right;

    if (argc > 2 || end < 0)
        example_die(EXAMPLE_FAILED, "%s",
                    argc > 2 ? "usage: wordcount [FILE]" : "the file cannot be opened");

    example_check(s, clf_hostcall_file(s, FILE_NUMBER, file));
    example_check(s, clf_hostcall_print(s, NULL, stdout));
    example_check(s,
                  clf_start(s, "wordcount", 2,
                            (clf_arg[]){CLF_UINT(FILE_NUMBER), CLF_ARG((cl_ulong){(cl_ulong)end})},
                            &root));
    example_check(s, clf_join(s, root, &found, sizeof found, CLF_FOREVER));
    example_print_stats(s);

    char *text = read_all(file, (size_t)end);

    right = count_on_host(text, (size_t)end);
    free(text);
    if (memcmp(&found, &right, sizeof right) != 0)
        example_die(EXAMPLE_FAILED, "wrong: %lld lines, %lld words, %lld bytes are right",
                    (long long)right.lines, (long long)right.words, (long long)right.bytes);
    if (argc < 2)
        free(path);
    close(file);
    clf_destroy(s);
    return 0;
}
