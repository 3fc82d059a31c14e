/* compare.c - measures one problem. Ours and the peers take turns, run by run, so that what
 * disturbs the machine disturbs everybody.
 */
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "compare.h"
#include "device.h"
#include "live.h"
#include "oracle.h"

/* Sequential runs that take less are measured unasked, for the table's column "x seq". */
#define CHEAP_SECONDS 1.0

/* One runtime's turn after turn. peer NULL: ours. */
struct contestant {
    const bench_peer *peer;
    bench_result *result;
    double seconds[BENCH_MAX_RUNS];
};

struct contest {
    const bench_problem *problem;
    const bench_workload *workload;
    const bench_options *options;
    bench_answer expected;
    bench_run run;
    struct contestant contestant[BENCH_MAX_PEERS + 2];
    size_t count;
    bench_result seq; /* measured unasked */
    clf_stats last;   /* of our last turn */
};

static int complain(const bench_problem *problem, const char *runtime, const char *error)
{
    bench_progress_done();
    live_clear();
    fprintf(stderr, "clfbench: %s: %s: %s\n", problem->name, runtime, error);
    return -1;
}

/* ---- right or wrong ------------------------------------------------------------------------- */

static void judge(const struct contest *contest, bench_result *result, const bench_answer *answer)
{
    const bench_workload *workload = contest->workload;
    unsigned parts = bench_parts(contest->problem);

    for (unsigned i = 0; i < parts; i++) {
        char text[256];

        if (answer->part[i] == contest->expected.part[i])
            continue;
        /* One wrong run stays in the row; right ones after it do not make it good. */
        if (result->verified)
            result->answer = *answer;
        result->verified = false;
        snprintf(text, sizeof text, "wrong: %s is %llu, has to be %llu", workload->part_name[i],
                 (unsigned long long)answer->part[i],
                 (unsigned long long)contest->expected.part[i]);
        complain(contest->problem, result->runtime, text);
    }
    if (result->verified)
        result->answer = *answer;
}

/* That the answer is right does not mean that every fiber ran once. */
static void judge_fibers(const struct contest *contest, bench_result *result, uint64_t completed)
{
    uint64_t expected = bench_fibers(contest->problem, &contest->expected);
    char text[256];

    if (expected == 0 || completed == expected)
        return;
    result->verified = false;
    snprintf(text, sizeof text, "wrong: %llu fibers completed, have to be %llu",
             (unsigned long long)completed, (unsigned long long)expected);
    complain(contest->problem, result->runtime, text);
}

/* ---- turns ---------------------------------------------------------------------------------- */

static int take_our_turn(struct contest *contest, struct contestant *who, double *seconds)
{
    bench_result *result = who->result;
    bench_answer answer;
    clf_stats stats;

    if (bench_once(&contest->run, &answer, seconds, &stats))
        return complain(contest->problem, "clfiber", contest->run.error);
    judge(contest, result, &answer);
    judge_fibers(contest, result, stats.total.completed);
    contest->last = stats;
    result->fibers = stats.total.completed;
    result->steals = stats.total.steals_taken;
    result->segments = stats.total.segments;
    result->rounds = stats.total.rounds;
    result->kinds = stats.total.kinds;
    result->slices = stats.slices;
    result->frame_bytes = stats.frame_bytes;
    result->frames = stats.frames;
    result->largest_frame_bytes = stats.largest_frame_bytes;
    result->frame_classes = stats.frame_classes;
    result->frames_used = stats.total.frames_high;
    result->frame_bytes_used = stats.frame_bytes_used;
    return 0;
}

/* Threads of some runtimes go on spinning for a while when their work is done. */
static void settle(void)
{
    nanosleep(&(struct timespec){.tv_nsec = 10000000}, NULL);
}

static int take_turn(struct contest *contest, struct contestant *who, double *seconds)
{
    bench_answer answer;

    if (!who->peer)
        return take_our_turn(contest, who, seconds);
    switch (
        bench_run_peer(who->peer, contest->problem, contest->options->threads, &answer, seconds)) {
    case PEER_OK:
        break;
    case PEER_UNSUPPORTED:
        who->result->unsupported = true;
        return 0;
    case PEER_NO_MEMORY:
        return complain(contest->problem, who->peer->name, "out of memory");
    }
    settle();
    judge(contest, who->result, &answer);
    return 0;
}

static int take_turns(struct contest *contest)
{
    unsigned runs = contest->options->runs;
    double warm_up;

    bench_progress("%s: warming up", contest->problem->name);
    if (take_turn(contest, &contest->contestant[0], &warm_up))
        return -1;
    for (unsigned r = 0; r < runs; r++)
        for (size_t c = 0; c < contest->count; c++) {
            struct contestant *who = &contest->contestant[c];

            if (who->result->unsupported)
                continue;
            if (!contest->options->progress)
                bench_progress("%s: run %u of %u, %s", contest->problem->name, r + 1, runs,
                               who->result->runtime);
            if (take_turn(contest, who, &who->seconds[r]))
                return -1;
            if (bench_interrupted())
                return complain(contest->problem, who->result->runtime, "interrupted");
        }
    return 0;
}

/* ---- the contest ---------------------------------------------------------------------------- */

static void enter(struct contest *contest, const bench_peer *peer, bench_result *result)
{
    struct contestant *who = &contest->contestant[contest->count++];
    const bench_options *options = contest->options;

    who->peer = peer;
    who->result = result;
    *result = (bench_result){.problem = contest->problem,
                             .runtime = peer ? peer->name : "clfiber",
                             .about = peer ? peer->about : "",
                             .workers = peer && peer->parallel ? options->threads : 1,
                             .lanes = 1,
                             .runs = options->runs,
                             .verified = true,
                             .seed = options->scheduler.seed,
                             .mode = options->scheduler.mode,
                             .slice = options->scheduler.slice};
}

static void name_device(struct contest *contest, bench_comparison *comparison)
{
    const clf_options *options = &contest->run.options;

    snprintf(comparison->device, sizeof comparison->device, "%s",
             options->device ? options->device : "");
    comparison->ours.about = comparison->device;
    comparison->ours.workers = options->workers;
    comparison->ours.lanes = options->lanes;
    comparison->ours.tier = options->tier;
}

/* Medians, and from them the ratios. */
static void conclude(struct contest *contest, bench_comparison *comparison)
{
    double seq = 0, ours = 0;

    for (size_t c = 0; c < contest->count; c++) {
        struct contestant *who = &contest->contestant[c];

        if (who->result->unsupported)
            continue;
        who->result->seconds = bench_summarize(who->seconds, contest->options->runs);
        if (!who->peer)
            ours = who->result->seconds.median;
        else if (strcmp(who->peer->name, "seq") == 0)
            seq = who->result->seconds.median;
    }
    for (size_t c = 0; c < contest->count; c++) {
        bench_result *result = contest->contestant[c].result;

        if (result->unsupported)
            continue;
        result->vs_seq = seq / result->seconds.median;
        if (contest->contestant[c].peer) {
            result->vs_ours = result->seconds.median / ours;
            result->fibers = comparison->ours.fibers; /* for the time "each" */
        }
    }
}

static int hold(struct contest *contest, bench_comparison *comparison)
{
    bench_origin origin;
    char error[512];
    bool has_seq = false;

    bench_progress("%s: finding the right answer", contest->problem->name);
    if (bench_expect(contest->problem, &contest->expected, &origin, error, sizeof error))
        return complain(contest->problem, "seq", error);

    bench_progress("%s: building", contest->problem->name);
    if (bench_open(&contest->run, contest->problem, &contest->options->scheduler,
                   &contest->options->source))
        return complain(contest->problem, "clfiber", contest->run.error);
    contest->run.live = contest->options->progress;
    enter(contest, NULL, &comparison->ours);
    name_device(contest, comparison);
    for (size_t i = 0; contest->options->peers[i]; i++) {
        enter(contest, contest->options->peers[i], &comparison->peer[i]);
        comparison->peers++;
        has_seq |= contest->options->peers[i] == bench_find_peer("seq");
    }
    if (!has_seq && bench_guess_seconds(contest->problem, &contest->expected) < CHEAP_SECONDS)
        enter(contest, bench_find_peer("seq"), &contest->seq);
    if (take_turns(contest))
        return -1;
    conclude(contest, comparison);
    bench_progress_done();
    live_clear();
    if (contest->options->progress && !live_possible())
        live_print(&contest->last, contest->problem->name);
    return 0;
}

int bench_compare(const bench_problem *problem, const bench_options *options,
                  bench_comparison *comparison)
{
    static struct contest contest; /* large, and only one at a time */
    int result;

    memset(&contest, 0, sizeof contest);
    memset(comparison, 0, sizeof *comparison);
    contest.problem = problem;
    contest.workload = bench_workloads[problem->kind];
    contest.options = options;
    result = hold(&contest, comparison);
    bench_close(&contest.run);
    return result;
}
