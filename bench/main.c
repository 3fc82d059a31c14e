/* main.c - clfbench: runs workloads as fibers, checks their answers, prints what they took. */
#include <argp.h>
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#ifdef HAVE_CONFIG_H
#include "config.h"
#endif
#include "compare.h"
#include "device.h"
#include "place.h"
#include "startup.h"

#ifdef PACKAGE_NAME_AND_VERSION
const char *argp_program_version = "clfbench (" PACKAGE_NAME_AND_VERSION ")";
#else
const char *argp_program_version = "clfbench";
#endif

static void list(void)
{
    puts("Workloads:");
    for (int kind = 0; kind < BENCH_KINDS; kind++)
        printf("  %-24s %s\n", bench_workloads[kind]->synopsis, bench_workloads[kind]->about);
    puts("Peers:");
    for (size_t i = 0; bench_peers[i]; i++)
        printf("  %-24s %s\n", bench_peers[i]->name, bench_peers[i]->about);
}

static void on_signal(int signal)
{
    (void)signal;
    bench_interrupt();
}

/* The first Ctrl-C ends the run after its slice; a second one ends the program. */
static void catch_signals(void)
{
    struct sigaction action = {.sa_handler = on_signal, .sa_flags = (int)SA_RESETHAND};

    sigemptyset(&action.sa_mask);
    sigaction(SIGINT, &action, NULL);
    sigaction(SIGTERM, &action, NULL);
}

static void print_setting(const bench_result *ours)
{
    char slice[32] = "adaptive slices";

    if (ours->slice == CLF_UNLIMITED)
        snprintf(slice, sizeof slice, "unlimited slices");
    else if (ours->slice)
        snprintf(slice, sizeof slice, "slices of %u", ours->slice);
    printf("%s: %u worker%s of %u lane%s, mode %s, atomics %s, %s\n", ours->about, ours->workers,
           ours->workers == 1 ? "" : "s", ours->lanes, ours->lanes == 1 ? "" : "s",
           clf_mode_name(ours->mode), clf_tier_name(ours->tier), slice);
}

/* A runtime that failed or was wrong once does not keep the other workloads from running. */
static int run_all(const bench_options *options, FILE *json)
{
    bool ratios = options->peers[0] != NULL, headed = false;
    int failures = 0;

    for (size_t i = 0; ratios && options->peers[i]; i++)
        printf("%s: %s, %u thread%s\n", options->peers[i]->name, options->peers[i]->about,
               options->peers[i]->parallel ? options->threads : 1,
               options->peers[i]->parallel && options->threads > 1 ? "s" : "");
    for (size_t i = 0; i < options->count && !bench_interrupted(); i++) {
        bench_comparison comparison;

        if (bench_compare(&options->problems[i], options, &comparison)) {
            failures++;
            continue;
        }
        if (!headed) {
            print_setting(&comparison.ours);
            bench_table_head(stdout, ratios);
            headed = true;
        }
        bench_table_row(stdout, &comparison.ours, ratios);
        failures += !comparison.ours.verified;
        if (json)
            bench_json_line(json, &comparison.ours);
        for (size_t p = 0; p < comparison.peers; p++) {
            bench_table_row(stdout, &comparison.peer[p], ratios);
            failures += !comparison.peer[p].verified;
            if (json && !comparison.peer[p].unsupported)
                bench_json_line(json, &comparison.peer[p]);
        }
    }
    return failures;
}

int main(int argc, char **argv)
{
    bench_options options;
    FILE *json = NULL;
    int failures;

    bench_place_device();
    bench_parse_options(argc, argv, &options);
    if (options.list) {
        list();
        bench_free_options(&options);
        return EXIT_SUCCESS;
    }
    if (options.startup) {
        failures = bench_startup(&options);
        bench_free_options(&options);
        return failures ? EXIT_FAILURE : EXIT_SUCCESS;
    }
    if (options.json && !(json = fopen(options.json, "w"))) {
        fprintf(stderr, "clfbench: cannot write %s: %s\n", options.json, strerror(errno));
        bench_free_options(&options);
        return 2;
    }
    catch_signals();
    failures = run_all(&options, json);
    bench_end();
    if (json && fclose(json)) {
        fprintf(stderr, "clfbench: cannot write %s: %s\n", options.json, strerror(errno));
        failures++;
    }
    bench_free_options(&options);
    return failures ? EXIT_FAILURE : EXIT_SUCCESS;
}
