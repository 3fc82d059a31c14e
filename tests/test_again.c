/* test_again.c - who called in vain calls again: what was begun when an error came is done then,
 * and what has changed since counts.
 *
 * OpenCL calls fail by tests/faults/shim.c. */
#include "clfi.h"
#include "faults/shim.h"
#include "scatter.h"

/* ---- gathering free frames ---------------------------------------------------------- */

enum { MOST = 24, BEFORE_GATHERING = 2 };

/* Frames that lie with the other worker are needed; the at-th call fails on the way. What came of
 * the first try. */
static clf_status play_gathering(uint32_t at, cl_uint small)
{
    cl_ulong result = 0;
    clf_handle handle;
    clf_arg args[] = {CLF_UINT(MOST - 1), CLF_UINT(3)};
    ck_assert_uint_eq(run_many("many_tiny", small), small);
    scatter(ALL_LISTED, 1, at);
    must(s, clf_start(s, "many_large", 2, args, &handle));
    shim_set((shim_fault){.kind = SHIM_CALL, .at = at, .code = CL_MEM_OBJECT_ALLOCATION_FAILURE});
    shim_arm();
    clf_status status = clf_run(s, CLF_FOREVER);
    shim_disarm();
    const bool was_hit = shim_was_hit();
    if (status != CLF_OK) {
        ck_assert_msg(was_hit, "%s", clf_message(s));
        must(s, clf_run(s, CLF_FOREVER));
    }
    must(s, clf_join(s, handle, &result, sizeof result, CLF_FOREVER));
    ck_assert_uint_eq(result, MOST - 1);
    scatter(ALL_LISTED, 1, at + 500);
    return status;
}

/* An error behind the step that finds no memory to gather with is the error: it is not said that
 * all frames are in use, since that is not known. */
START_TEST(gathering_is_begun_again)
{
    uint32_t limits = 0, errors = 0;
    open_frames(OPTIONS(.workers = 2, .max_frames = MOST, .slice = 100));
    const cl_uint small = (cl_uint)s->buffers.class_units / s->program.smallest - 1;
    play_gathering(0, small); /* compiles what is needed */
    bool was_hit = true;
    uint32_t alike = 0; /* kernels' arguments in a row: of hundreds that are set at once some do */
    for (uint32_t at = 1; was_hit; at += alike < 2 ? 1 : 7) {
        clf_status status = play_gathering(at, small);
        was_hit = shim_was_hit();
        alike = strcmp(shim_hit_name(), "clSetKernelArg") == 0 ? alike + 1 : 0;
        if (!was_hit || strcmp(shim_hit_name(), "clEnqueueNDRangeKernel") != 0)
            continue;
        limits += status == CLF_LIMIT;
        errors += status == (clf_status)CL_MEM_OBJECT_ALLOCATION_FAILURE;
    }
    printf("kernels that failed: %u times an error, %u times a limit\n", errors, limits);
    ck_assert_uint_le(limits, BEFORE_GATHERING);
    ck_assert_uint_ge(errors, 4);
    check_words();
    check_balanced(s);
    close_frames();
}
END_TEST

/* ---- memory that comes back --------------------------------------------------------- */

static const char waiting[] =
    "typedef struct {\n"
    "    clf_event first, second;\n"
    "} shared_state;\n"
    "env {\n"
    "    __global shared_state *state;\n"
    "};\n"
    "fiber int hour(int n)\n" /* a time-out that nobody takes back, then a wait for good */
    "{\n"
    "    int e = await wait(&env.state->first, 3600000000l);\n"
    "    await wait(&env.state->second);\n"
    "    return e + n;\n"
    "}\n"
    "fiber int opener(int n)\n"
    "{\n"
    "    signal(&env.state->first);\n"
    "    return n;\n"
    "}\n"
    "fiber int sitter(int n)\n"
    "{\n"
    "    await wait(&env.state->second);\n"
    "    return n;\n"
    "}\n"
    "fiber int last(int n)\n"
    "{\n"
    "    signal(&env.state->second);\n"
    "    return n;\n"
    "}\n";

static cl_mem state;

static void set_events(void)
{
    clf_event events[2] = {CLF_EVENT_INIT(CLF_EVENT_MANUAL), CLF_EVENT_INIT(CLF_EVENT_MANUAL)};
    must_cl(clEnqueueWriteBuffer(clf_queue(s), state, CL_TRUE, 0, sizeof events, events, 0, NULL,
                                 NULL));
}

static clf_handle start_number(const char *fiber, cl_int n)
{
    clf_handle handle;
    must(s, clf_start(s, fiber, 1, &CLF_INT(n), &handle));
    return handle;
}

static void joins(clf_handle handle, cl_int n)
{
    cl_int result = -1;
    must(s, clf_join(s, handle, &result, sizeof result, CLF_FOREVER));
    ck_assert_int_eq(result, n);
}

/* Nobody can go on, and the last of the timers turns out to be of no use: there are no frames for
 * the others, and no memory for more. Later there is. */
START_TEST(memory_comes_back)
{
    enum { SITTERS = 200 };
    clf_handle hour, others[SITTERS + 2];
    s = NULL;
    must(NULL, clf_create(OPTIONS(.workers = 1, .frames = 2), &s));
    must(s, clf_program_build(s, waiting, NULL));
    state = bind_words(s, "state", 2 * sizeof(clf_event) / sizeof(cl_uint));
    set_events();
    hour = start_number("hour", 1); /* the memory to look after timers is there from here on */
    start_number("opener", 0);
    gives(s, CLF_DEADLOCK, clf_run(s, CLF_FOREVER));
    must(s, clf_cancel_all(s));
    set_events();
    hour = start_number("hour", 1);
    gives(s, CLF_TIMEOUT, clf_run(s, 0.02));
    others[0] = start_number("opener", 2);
    for (cl_int i = 0; i < SITTERS; i++)
        others[1 + i] = start_number("sitter", 3 + i);
    others[SITTERS + 1] = start_number("last", 3 + SITTERS);
    shim_set((shim_fault){.kind = SHIM_MEMORY, .at = 1, .lasting = true});
    shim_arm();
    for (int i = 0; i < 3; i++)
        gives(s, CLF_LIMIT, clf_run(s, CLF_FOREVER));
    shim_disarm();
    ck_assert(shim_was_hit());
    shim_set((shim_fault){0});
    must(s, clf_run(s, CLF_FOREVER));
    joins(hour, 1);
    for (cl_int i = 0; i < SITTERS + 2; i++)
        joins(others[i], 2 + i);
    check_balanced(s);
    must_cl(clReleaseMemObject(state));
    clf_destroy(s);
}
END_TEST

int main(void)
{
    /* so that workers run one after the other, and the first one finds the roots */
    setenv("POCL_MAX_PTHREAD_COUNT", "1", 1);
    Suite *suite = suite_create("again");
    TCase *again = new_case(suite, "again");
    tcase_add_test(again, gathering_is_begun_again);
    tcase_add_test(again, memory_comes_back);
    return test_main(suite, true);
}
