/* main.c - clftrace: what a trace of libclfiber says, in the terminal or as a picture. */
#include "config.h"
#include "trace.h"

#include <argp.h>
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { EXIT_USAGE = 2 };

const char *argp_program_version = "clftrace (" PACKAGE_NAME_AND_VERSION ")";

typedef struct request {
    const char *file, *svg;
    uint32_t top;
    trace_span window; /* ms */
} request;

/* Milliseconds of --from and --to. */
static double moment(const char *option, const char *text, struct argp_state *state)
{
    char *end;
    double ms = strtod(text, &end);
    if (end == text || *end != '\0' || !(ms >= 0))
        argp_error(state, "%s is '%s'; it has to be milliseconds from the trace's begin", option,
                   text);
    return ms;
}

static error_t parse_option(int key, char *arg, struct argp_state *state)
{
    request *r = state->input;
    char *end;
    switch (key) {
    case 's':
        r->svg = arg;
        return 0;
    case 't':
        r->top = (uint32_t)strtoul(arg, &end, 10);
        if (*end != '\0' || arg[0] < '0' || arg[0] > '9')
            argp_error(state, "--top is '%s'; it has to be a number from 0 on", arg);
        return 0;
    case 'b':
        r->window.begin = moment("--from", arg, state);
        return 0;
    case 'e':
        r->window.end = moment("--to", arg, state);
        return 0;
    case ARGP_KEY_ARG:
        if (r->file != NULL)
            argp_error(state, "one FILE at a time, not '%s' as well", arg);
        r->file = arg;
        return 0;
    case ARGP_KEY_END:
        if (r->file == NULL)
            argp_error(state, "FILE is missing");
        if (r->window.begin >= r->window.end)
            argp_error(state, "--from is not before --to: nothing would be seen");
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

static const struct argp_option options[] = {
    {"svg", 's', "OUT", 0, "draw a timeline to the file OUT instead ('-': standard output)", 0},
    {"from", 'b', "MS", 0, "begin the timeline MS milliseconds from the first slice (0)", 0},
    {"to", 'e', "MS", 0, "end it there (the last slice's end)", 0},
    {"top", 't', "N", 0, "lines of the lists of fibers and steals (10)", 0},
    {0}};

static const char doc[] =
    "Summarises a trace that libclfiber wrote (CLFIBER_TRACE, clfrun --trace): the fibers with the "
    "most segments, who stole from whom, idle times, the critical path.\v"
    "FILE may be '-', standard input. The exit status is 0, 1 if the file is no such trace or "
    "something cannot be written, 2 for a usage error.";

static int complain(const char *file, const char *what)
{
    fprintf(stderr, "clftrace: %s: %s\n", file, what);
    return EXIT_FAILURE;
}

static int draw(const request *r, const trace *t)
{
    FILE *out = strcmp(r->svg, "-") == 0 ? stdout : fopen(r->svg, "w");
    if (out == NULL)
        return complain(r->svg, strerror(errno));
    trace_span window = {t->begin + 1e3 * r->window.begin, t->begin + 1e3 * r->window.end};
    if (trace_draw(t, &window, out) != 0) {
        if (out != stdout)
            fclose(out);
        return complain(r->svg, "there is no memory for the picture");
    }
    int wrong = ferror(out);
    wrong |= out == stdout ? fflush(out) : fclose(out);
    return wrong ? complain(r->svg, "it cannot be written") : 0;
}

int main(int argc, char **argv)
{
    static const struct argp argp = {options, parse_option, "FILE", doc, NULL, NULL, NULL};
    request asked = {.top = 10, .window = {0, INFINITY}};
    trace t;
    char error[256];
    argp_err_exit_status = EXIT_USAGE;
    argp_parse(&argp, argc, argv, 0, NULL, &asked);
    int status = 0;
    if (trace_load(asked.file, &t, error, sizeof error) != 0)
        status = complain(asked.file, error);
    else if (asked.svg != NULL)
        status = draw(&asked, &t);
    else if (trace_print(&t, asked.top, stdout) != 0)
        status = complain(asked.file, "there is no memory for the summary");
    else if (fflush(stdout) != 0)
        status = complain("standard output", strerror(errno));
    trace_free(&t);
    return status;
}
