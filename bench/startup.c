/* startup.c - measures from nothing to the first result, each time in a new process.
 *
 * An OpenCL implementation loads its compiler and fills its caches once in a process, so that a
 * second scheduler there starts faster than any user's first one. The parent never touches OpenCL:
 * what it forks starts from nothing.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "device.h"
#include "oracle.h"
#include "startup.h"
#include "stats.h"

/* What a child sends home. */
struct report {
    double create, build, run, total;
    bool failed;
    char error[512];
};

static void measure(const bench_problem *problem, const bench_answer *expected,
                    const bench_options *options, struct report *report)
{
    double start = bench_now();
    bench_answer answer;
    clf_stats stats;
    bench_run run;

    report->failed = bench_open(&run, problem, &options->scheduler, &options->source) ||
                     bench_once(&run, &answer, &report->run, &stats);
    report->total = bench_now() - start;
    report->create = run.create_seconds;
    report->build = run.build_seconds;
    snprintf(report->error, sizeof report->error, "%s", run.error);
    if (!report->failed && answer.part[0] != expected->part[0]) {
        report->failed = true;
        snprintf(report->error, sizeof report->error, "wrong: %llu, has to be %llu",
                 (unsigned long long)answer.part[0], (unsigned long long)expected->part[0]);
    }
    bench_close(&run);
}

static int measure_in_child(const bench_problem *problem, const bench_answer *expected,
                            const bench_options *options, struct report *report)
{
    int ends[2];
    ssize_t got;
    pid_t child;

    if (pipe(ends)) {
        perror("clfbench: pipe");
        return -1;
    }
    fflush(NULL);
    child = fork();
    if (child < 0) {
        perror("clfbench: fork");
        close(ends[0]);
        close(ends[1]);
        return -1;
    }
    if (child == 0) {
        close(ends[0]);
        memset(report, 0, sizeof *report);
        measure(problem, expected, options, report);
        _exit(write(ends[1], report, sizeof *report) != (ssize_t)sizeof *report);
    }
    close(ends[1]);
    got = read(ends[0], report, sizeof *report); /* less than a pipe's atomic size */
    close(ends[0]);
    waitpid(child, NULL, 0);
    if (got != (ssize_t)sizeof *report) {
        fprintf(stderr, "clfbench: %s: the process that was to run it ended early\n",
                problem->name);
        return -1;
    }
    if (report->failed) {
        fprintf(stderr, "clfbench: %s: %s\n", problem->name, report->error);
        return -1;
    }
    return 0;
}

static int startup(const bench_problem *problem, const bench_options *options)
{
    static double part[4][BENCH_MAX_RUNS];
    static const char *const name[4] = {"total", "create", "build", "run"};
    bench_answer expected;
    bench_origin origin;
    struct report report;
    char error[512];

    if (bench_expect(problem, &expected, &origin, error, sizeof error)) {
        fprintf(stderr, "clfbench: %s\n", error);
        return -1;
    }
    /* The first one may fill the implementation's cache of programs: it is shown apart. */
    if (measure_in_child(problem, &expected, options, &report))
        return -1;
    printf("%-24s first  %.3f s = create %.3f + build %.3f + run %.3f\n", problem->name,
           report.total, report.create, report.build, report.run);
    for (unsigned r = 0; r < options->runs; r++) {
        if (measure_in_child(problem, &expected, options, &report))
            return -1;
        part[0][r] = report.total;
        part[1][r] = report.create;
        part[2][r] = report.build;
        part[3][r] = report.run;
    }
    for (int i = 0; i < 4; i++) {
        bench_times times = bench_summarize(part[i], options->runs);

        printf("%-24s %-6s median %.3f s, min %.3f, max %.3f\n", i ? "" : "  warm", name[i],
               times.median, times.min, times.max);
    }
    return 0;
}

int bench_startup(const bench_options *options)
{
    for (size_t i = 0; i < options->count; i++)
        if (startup(&options->problems[i], options))
            return 1;
    return 0;
}
