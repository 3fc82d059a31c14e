/* test_faultpoints.c - every OpenCL call and every host allocation of the library fails once, at
 * each point of a number of scenes, and from there on: the call that it hits says so, nothing is
 * lost, the next try comes to the right answer, and the scheduler can be destroyed without a leak.
 *
 * $CLF_FAULTS=all tries all points (make check-faults); otherwise those that are dear are sampled.
 */
#include "clfi.h"
#include "faults/scenes.h"

#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

static bool all;
static atomic_uint *points; /* of all forks together */

static uint32_t stride_of(const fault_scene *scene)
{
    return all ? 1 : scene->stride;
}

/* What the library holds, the test's own included, has to be what it was. */
static void check_held(const fault_scene *scene, long objects, long blocks)
{
    ck_assert_msg(shim_objects() == objects, "%s: %ld OpenCL objects leak after a fault in %s",
                  scene->name, shim_objects() - objects, shim_hit_text());
    ck_assert_msg(shim_blocks() == blocks, "%s: %ld blocks leak after a fault in %s", scene->name,
                  shim_blocks() - blocks, shim_hit_text());
}

/* ---- once ------------------------------------------------------------------------------- */

/* All on one scheduler: what one fault leaves behind, the next play would find. */
static uint32_t fail_once(const fault_scene *scene, shim_kind kind, int code)
{
    uint32_t n = 0, stride = stride_of(scene);
    bool was_hit = true;
    for (uint32_t at = 1; was_hit; at += stride) {
        reset_stage();
        shim_set((shim_fault){.kind = kind, .at = at, .code = code});
        scene->play();
        was_hit = shim_was_hit();
        n += was_hit;
        shim_set((shim_fault){0});
    }
    return n;
}

START_TEST(once)
{
    const fault_scene *scene = &scenes[_i];
    long objects = shim_objects(), blocks = shim_blocks();
    scene->open();
    uint32_t calls = fail_once(scene, SHIM_CALL, 0);
    uint32_t hosts = fail_once(scene, SHIM_HOST, 0);
    uint32_t others = all ? fail_once(scene, SHIM_CALL, CL_OUT_OF_HOST_MEMORY) : 0;
    close_stage();
    check_held(scene, objects, blocks);
    printf("%-24s once: %4u calls, %4u allocations, %4u calls by another error\n", scene->name,
           calls, hosts, others);
    fflush(stdout);
    *points += calls + hosts + others;
}
END_TEST

/* ---- for good ---------------------------------------------------------------------------- */

static bool fail_for_good(const fault_scene *scene, shim_kind kind, uint32_t at)
{
    long objects = shim_objects(), blocks = shim_blocks();
    scene->open();
    reset_stage();
    on.lasting = true;
    shim_set((shim_fault){.kind = kind, .at = at, .lasting = true});
    if (setjmp(on.exit) == 0)
        scene->play();
    bool was_hit = shim_was_hit();
    if (on.s != NULL)
        ck_assert_ptr_nonnull(clf_message(on.s));
    close_stage();
    check_held(scene, objects, blocks);
    shim_set((shim_fault){0});
    on.lasting = false;
    return was_hit;
}

enum { SAMPLES = 4 };

START_TEST(for_good)
{
    const fault_scene *scene = &scenes[_i];
    uint32_t n = 0, stride = all ? 3 : 29 + (uint32_t)_i;
    for (uint32_t at = 1 + (uint32_t)_i % 7; all || n < SAMPLES; at += stride)
        if (fail_for_good(scene, SHIM_CALL, at))
            n++;
        else
            break;
    uint32_t calls = n;
    for (uint32_t at = 1; all || n < calls + SAMPLES / 2; at += stride)
        if (fail_for_good(scene, SHIM_HOST, at))
            n++;
        else
            break;
    printf("%-24s for good: %4u calls, %4u allocations\n", scene->name, calls, n - calls);
    fflush(stdout);
    *points += n;
}
END_TEST

/* ---- the device's memory ------------------------------------------------------------------ */

static bool has_number(const char *text)
{
    return strpbrk(text, "123456789") != NULL;
}

/* From its at-th allocation on the device has no memory left: an error with the counts, again and
 * again, and everything as it was; with memory again, the right answers. */
static bool run_short(uint32_t at)
{
    reset_stage();
    start_mixture();
    shim_set((shim_fault){.kind = SHIM_MEMORY, .at = at, .lasting = true});
    for (int i = 0; i < 3; i++) {
        shim_arm();
        clf_status status = clf_run(on.s, CLF_FOREVER);
        shim_disarm();
        if (status == CLF_OK)
            break;
        ck_assert_msg(status == CLF_LIMIT || status == (clf_status)CL_MEM_OBJECT_ALLOCATION_FAILURE,
                      "%s: %s", clf_status_name(status), clf_message(on.s));
        ck_assert_msg(has_number(clf_message(on.s)), "%s", clf_message(on.s));
        ck_assert_uint_gt(get_stats(on.s).outstanding, 0);
    }
    bool was_hit = shim_was_hit();
    shim_set((shim_fault){0});
    join_mixture();
    return was_hit;
}

static bool build_short(uint32_t at)
{
    shim_set((shim_fault){.kind = SHIM_MEMORY, .at = at, .lasting = true});
    shim_arm();
    clf_status status = clf_program_build(on.s, on.source, NULL);
    shim_disarm();
    if (status == CLF_OK)
        return false;
    ck_assert_int_eq(status, CL_MEM_OBJECT_ALLOCATION_FAILURE);
    ck_assert_msg(has_number(clf_message(on.s)), "%s", clf_message(on.s));
    shim_set((shim_fault){0});
    reset_stage();
    start_mixture();
    join_mixture();
    return true;
}

START_TEST(no_device_memory)
{
    uint32_t runs = 0, builds = 0;
    open_usual();
    while (run_short(runs + 1))
        runs++;
    on.source = read_program("mixture.fib");
    while (build_short(builds + 1))
        builds++;
    close_stage();
    printf("no device memory: from %u allocations of runs, %u of builds on\n", runs, builds);
    ck_assert_uint_ge(runs, 5);
    ck_assert_uint_ge(builds, 10);
    *points += runs + builds;
}
END_TEST

/* ---- every segment ------------------------------------------------------------------------ */

/* That many segments, then what may come between slices, then the rest. False: there were not so
 * many. */
static bool stop_after(uint32_t segments, bool end_all)
{
    const char *text;
    clf_status status = CLF_PENDING;
    reset_stage();
    start_mixture();
    for (uint64_t ran = 0; ran < segments && status == CLF_PENDING;
         ran = get_stats(on.s).total.segments) {
        on.s->options.slice = segments - (uint32_t)ran;
        status = clf_step(on.s);
        ck_assert_msg(status >= 0, "%s", clf_message(on.s));
    }
    bool was_stopped = status == CLF_PENDING;
    on.s->options.slice = CLF_UNLIMITED;
    must(on.s, clf_dump(on.s, &text));
    if (end_all) {
        must(on.s, clf_cancel_all(on.s));
        must(on.s, clf_run(on.s, CLF_FOREVER));
        check_nothing_left();
    } else {
        join_mixture();
    }
    return was_stopped;
}

START_TEST(every_segment)
{
    uint32_t segments = 1;
    open_usual();
    on.s->options.workers = 1; /* then a budget is exact */
    while (stop_after(segments, _i == 1))
        segments++;
    close_stage();
    printf("stopped at each of %u segments, then %s\n", segments,
           _i == 1 ? "cancelled" : "run to the right end");
    ck_assert_uint_ge(segments, 60);
}
END_TEST

/* ---- the first use of a device -------------------------------------------------------------- */

/* In a process that has not seen the device yet: it looks for drivers, compiles and runs the litmus
 * tests. True: the fault came. */
static bool first_use(shim_kind kind, uint32_t at)
{
    int how = 0;
    pid_t child = fork();
    ck_assert_int_ge(child, 0);
    if (child == 0) {
        long objects = shim_objects(), blocks = shim_blocks();
        shim_set((shim_fault){.kind = kind, .at = at});
        play_first_use();
        bool clean = shim_objects() == objects && shim_blocks() == blocks;
        _exit(!clean ? 2 : shim_was_hit() ? 0 : 1);
    }
    ck_assert_int_eq(waitpid(child, &how, 0), child);
    ck_assert_msg(WIFEXITED(how) && WEXITSTATUS(how) < 2, "%s number %u: a leak or worse",
                  kind == SHIM_CALL ? "call" : "allocation", at);
    return WEXITSTATUS(how) == 0;
}

START_TEST(at_first_use)
{
    uint32_t calls = 0, hosts = 0;
    for (uint32_t at = 1; first_use(SHIM_CALL, at); at += all ? 1 : 17)
        calls++;
    for (uint32_t at = 1; first_use(SHIM_HOST, at); at += all ? 1 : 5)
        hosts++;
    printf("the first use of a device: %u calls, %u allocations\n", calls, hosts);
    *points += calls + hosts;
}
END_TEST

int main(void)
{
    const char *wanted = getenv("CLF_FAULTS");
    all = wanted != NULL && !strcmp(wanted, "all");
    points = mmap(NULL, sizeof *points, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (points == MAP_FAILED)
        return EXIT_FAILURE;
    setenv("CLFIBER_CACHE", "off", 1); /* scenes that want one have their own */
    Suite *suite = suite_create("faultpoints");
    tcase_add_loop_test(new_case(suite, "once"), once, 0, scene_count);
    tcase_add_loop_test(new_case(suite, "for good"), for_good, 0, scene_count);
    TCase *others = new_case(suite, "others");
    tcase_add_test(others, no_device_memory);
    tcase_add_loop_test(others, every_segment, 0, 2);
    tcase_add_test(others, at_first_use);
    int status = test_main(suite, true);
    printf("%u fault points\n", *points);
    if (status == EXIT_SUCCESS && *points < 1000) {
        printf("fewer than 1000\n");
        status = EXIT_FAILURE;
    }
    return status;
}
