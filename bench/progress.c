/* progress.c - a line on a terminal that says what is going on, and goes away. */
#include <stdarg.h>
#include <unistd.h>

#include "result.h"

static int shown;

void bench_progress(const char *format, ...)
{
    va_list args;

    if (!isatty(STDERR_FILENO))
        return;
    fputs("\r\033[K", stderr); /* to the start, and clear to the end of the line */
    va_start(args, format);
    vfprintf(stderr, format, args);
    va_end(args);
    fflush(stderr);
    shown = 1;
}

void bench_progress_done(void)
{
    if (!shown)
        return;
    fputs("\r\033[K", stderr);
    fflush(stderr);
    shown = 0;
}
