/* main.c - clfiber-info: which OpenCL devices there are and what the library makes of them. */
#include <argp.h>
#include <stdlib.h>

#include "config.h"
#include "info.h"

/* The exit statuses: usable is 0. */
enum { NOT_USABLE = 1, USAGE = 2 };

const char *argp_program_version = "clfiber-info (" PACKAGE_NAME_AND_VERSION ")";

typedef struct request {
    const char *device;
    bool json;
    uint64_t litmus;
} request;

enum { DEFAULT_ROUNDS = 10000000 };

static const struct argp_option options[] = {
    {"device", 'd', "D", 0,
     "look at this device only: its number, or a part of its name or its platform's", 0},
    {"json", 'j', NULL, 0, "print a JSON object instead of text", 0},
    {"litmus", 'l', "ROUNDS", OPTION_ARG_OPTIONAL,
     "also run the litmus tests of each tier, at least ROUNDS rounds each (default 10000000)", 0},
    {0}};

static const char doc[] =
    "Shows the OpenCL devices, and for each what libclfiber would use: the tier of its atomics and "
    "why, workers, lanes, limits. A small program of fibers is built and run on each.\v"
    "The device marked 'picked' is the one that programs get unless they name another: "
    "$CLFIBER_DEVICE if it is set. The exit status is 0 if that device is usable (and with "
    "--litmus no test of a tier in use saw a forbidden outcome), 1 if not, 2 for a usage error.";

static uint64_t number_of_rounds(const char *arg, struct argp_state *state)
{
    char *end;
    unsigned long long n = strtoull(arg, &end, 10);

    if (arg[0] < '0' || arg[0] > '9' || *end != '\0' || n == 0 || n > UINT32_MAX)
        argp_error(state, "--litmus is '%s'; it has to be a whole number from 1 to 4294967295",
                   arg);
    return n;
}

static error_t parse(int key, char *arg, struct argp_state *state)
{
    request *r = state->input;

    switch (key) {
    case 'd':
        r->device = arg;
        return 0;
    case 'j':
        r->json = true;
        return 0;
    case 'l':
        r->litmus = arg != NULL ? number_of_rounds(arg, state) : DEFAULT_ROUNDS;
        return 0;
    case ARGP_KEY_ARG:
        argp_error(state, "'%s' is one argument too many", arg);
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

int main(int argc, char **argv)
{
    static const struct argp argp = {options, parse, NULL, doc, NULL, NULL, NULL};
    request asked = {0};
    info_report report;
    bool usable;

    argp_err_exit_status = USAGE;
    argp_parse(&argp, argc, argv, 0, NULL, &asked);
    info_gather(asked.device, asked.litmus, &report);
    if (asked.json)
        info_print_json(&report, stdout);
    else
        info_print_text(&report, stdout);
    usable = info_usable(&report) && info_ordered(&report);
    info_free(&report);
    if (fflush(stdout) != 0 || ferror(stdout)) {
        perror("clfiber-info: standard output");
        return NOT_USABLE;
    }
    return usable ? EXIT_SUCCESS : NOT_USABLE;
}
