/* test_refusals.c - bad input to every function of the public interface, a case a line: the status,
 * and that the message names what was wrong and what would be right. Nothing else changes: the same
 * scheduler takes all of them and works on. */
#include "support.h"

#include <math.h>

/* What the cases are about. */
static clf_scheduler *s;     /* with a program, mixture.fib, and its env bound */
static clf_scheduler *empty; /* without a program */
static clf_scheduler *loose; /* with a program, and nothing bound */
static clf_scheduler *made;  /* what a case may try to make */
static clf_handle live, joined;
static cl_context context, other_context;
static cl_command_queue queue, other_queue, unordered;
static cl_device_id device;
static cl_mem hits, mutex, foreign;
static cl_mem no_buffer;
static cl_event no_event;

static clf_options options;
static clf_fiber_info fiber_info;
static clf_param_info param_info;
static clf_device_info device_info;
static clf_failure failure;
static clf_stats stats;
static clf_counters counters;
static clf_litmus_row rows[CLF_LITMUS_TESTS];
static uint32_t count;
static size_t index_, drained;
static const char *text;
static cl_event event;
static int descriptor;
static cl_uint word;
static cl_ulong wide;
static const cl_uint numbers[3] = {1, 2, 3};

static int32_t call_back(clf_hostcall *call, void *user)
{
    (void)call;
    (void)user;
    return 0;
}

static void told(clf_scheduler *scheduler, clf_handle handle, void *user)
{
    (void)scheduler;
    (void)handle;
    (void)user;
}

static clf_status create(clf_options o)
{
    o.size = o.size != 0 ? o.size : sizeof o;
    return clf_create(&o, &made);
}

static clf_status create_sized(size_t size)
{
    options = (clf_options){.size = size};
    return clf_create(&options, &made);
}

/* With a variable of the environment. */
static clf_status create_in(const char *variable, const char *value)
{
    setenv(variable, value, 1);
    clf_status status = clf_create(NULL, &made);
    unsetenv(variable);
    return status;
}

static clf_status build_in(const char *variable, const char *value)
{
    setenv(variable, value, 1);
    clf_status status = clf_program_build(empty, "fiber int f(void) { return 1; }", NULL);
    unsetenv(variable);
    return status;
}

static clf_status options_sized(size_t size)
{
    options.size = size;
    return clf_get_options(s, &options);
}

static clf_status stats_sized(size_t size)
{
    stats.size = size;
    return clf_get_stats(s, &stats);
}

static clf_status enqueue_twice(void)
{
    must(s, clf_enqueue_slice(s, 0, NULL, NULL));
    return clf_enqueue_slice(s, 0, NULL, NULL);
}

static clf_status thread_twice(void)
{
    must(empty, clf_thread_start(empty));
    clf_status status = clf_thread_start(empty);
    must(empty, clf_thread_stop(empty));
    clf_handle none;
    gives(empty, CLF_NO_PROGRAM, clf_start(empty, "f", 0, NULL, &none));
    return status == CLF_BUSY ? clf_thread_stop(empty) : status;
}

static clf_status build_busy(void)
{
    return clf_program_build(s, "fiber int f(void) { return 1; }", NULL);
}

#define O(...) create((clf_options){__VA_ARGS__})
#define NODE(...)   \
    (clf_arg[])     \
    {               \
        __VA_ARGS__ \
    }
#define BAD   CLF_BAD_ARGUMENT
#define STALE "joined or detached already"
#define FIRST "call clf_program_build first"

/* name; whose message; the status; what the message names; what would be right; the call */
#define CASES(C)                                                                                   \
    C(workers_many, NULL, BAD, "65537", "1 to 65536", O(.workers = 65537))                         \
    C(workers_most, NULL, BAD, "4294967295", "1 to 65536", O(.workers = UINT32_MAX))               \
    C(lanes_many, NULL, BAD, "1025", "1 to 1024", O(.lanes = 1025))                                \
    C(lanes_most, NULL, BAD, "options.lanes", "0 for the default", O(.lanes = UINT32_MAX))         \
    C(frames_most, NULL, BAD, "options.frames", "0 for the default", O(.frames = UINT32_MAX))      \
    C(max_frames, NULL, BAD, "options.max_frames", "it may be", O(.max_frames = UINT32_MAX))       \
    C(frames_above, NULL, BAD, "100", "99", O(.frames = 100, .max_frames = 99))                    \
    C(ring_large, NULL, BAD, "1073741825", "1 to 1073741824", O(.ring = (1u << 30) + 1))           \
    C(window_large, NULL, BAD, "16777217", "1 to 16777216", O(.window = (1u << 24) + 1))           \
    C(slice_ms, NULL, BAD, "60001", "1 to 60000", O(.slice_ms = 60001))                            \
    C(inline_deep, NULL, BAD, "33", "1 to 32", O(.inline_depth = 33))                              \
    C(mode_three, NULL, BAD, "3", "CLF_STEAL", O(.mode = (clf_mode)3))                             \
    C(mode_minus, NULL, BAD, "-1", "CLF_STATIC", O(.mode = (clf_mode)-1))                          \
    C(tier_six, NULL, BAD, "6", "CLF_TIER_AUTO", O(.tier = (clf_tier)6))                           \
    C(tier_minus, NULL, BAD, "-1", "CLF_TIER_SERIAL", O(.tier = (clf_tier)-1))                     \
    C(serial_workers, NULL, BAD, "2", "leave them 0", O(.tier = CLF_TIER_SERIAL, .workers = 2))    \
    C(serial_lanes, NULL, BAD, "4", "leave them 0", O(.tier = CLF_TIER_SERIAL, .lanes = 4))        \
    C(size_zero, NULL, BAD, "options.size is 0", "CLF_OPTIONS_INIT", create_sized(0))              \
    C(size_small, NULL, BAD, "options.size is 8", "CLF_OPTIONS_INIT", create_sized(8))             \
    C(size_large, NULL, BAD, "4097", "CLF_OPTIONS_INIT", create_sized(4097))                       \
    C(device_name, NULL, CLF_NO_DEVICE, "nobody's", " 0: ", O(.device = "nobody's"))               \
    C(device_number, NULL, CLF_NO_DEVICE, "99", " 0: ", O(.device = "99"))                         \
    C(device_minus, NULL, CLF_NO_DEVICE, "-1", " 0: ", O(.device = "-1"))                          \
    C(device_huge, NULL, CLF_NO_DEVICE, "99999999999999999999",                                    \
      " 0: ", O(.device = "99999999999999999999"))                                                 \
    C(env_device, NULL, CLF_NO_DEVICE, "CLFIBER_DEVICE is \"nobody\"",                             \
      " 0: ", create_in("CLFIBER_DEVICE", "nobody"))                                               \
    C(env_device_number, NULL, CLF_NO_DEVICE, "77", " 0: ", create_in("CLFIBER_DEVICE", "77"))     \
    C(env_tier, NULL, BAD, "CLFIBER_TIER is \"best\"", "auto, c11",                                \
      create_in("CLFIBER_TIER", "best"))                                                           \
    C(env_tier_case, NULL, BAD, "\"C11\"", "or unset", create_in("CLFIBER_TIER", "C11"))           \
    C(env_folder, empty, BAD, "/no/such", "cannot be read", build_in("CLFIBER_CL", "/no/such"))    \
    C(create_nowhere, NULL, BAD, "scheduler", "null", clf_create(NULL, NULL))                      \
    C(create_on_nowhere, NULL, BAD, "scheduler", "null",                                           \
      clf_create_on(context, device, queue, NULL, NULL))                                           \
    C(on_no_context, NULL, BAD, "context", "null",                                                 \
      clf_create_on(NULL, device, queue, NULL, &made))                                             \
    C(on_no_device, NULL, BAD, "device", "null", clf_create_on(context, NULL, queue, NULL, &made)) \
    C(on_no_queue, NULL, BAD, "queue", "null", clf_create_on(context, device, NULL, NULL, &made))  \
    C(on_other_queue, NULL, BAD, "queue", "another context",                                       \
      clf_create_on(context, device, other_queue, NULL, &made))                                    \
    C(on_unordered, NULL, BAD, "out-of-order", "in-order",                                         \
      clf_create_on(context, device, unordered, NULL, &made))                                      \
    C(on_bad_options, NULL, BAD, "4711", "1 to 1024",                                              \
      clf_create_on(context, device, queue, OPTIONS(.lanes = 4711), &made))                        \
    C(options_null, s, BAD, "options", "null", clf_get_options(s, NULL))                           \
    C(options_zero, s, BAD, "is 0", "sizeof(clf_options)", options_sized(0))                       \
    C(options_large, s, BAD, "5000", "sizeof(clf_options)", options_sized(5000))                   \
    C(build_null, s, BAD, "source", "null", clf_program_build(s, NULL, NULL))                      \
    C(build_nothing, empty, CLF_BAD_PROGRAM, "no fiber", "doc/language.md",                        \
      clf_program_build(empty, "", NULL))                                                          \
    C(build_no_fiber, empty, CLF_BAD_PROGRAM, "no fiber", "doc/abi.md",                            \
      clf_program_build(empty, "int f(int n) { return n; }", NULL))                                \
    C(build_file_name, empty, CLF_BAD_PROGRAM, "\"sum/fib.fib\"", "takes the text",                \
      clf_program_build(empty, "sum/fib.fib", NULL))                                               \
    C(build_unclosed, empty, CLF_BUILD_FAILED, "fiber source:1", "clf_build_log",                  \
      clf_program_build(empty, "fiber int f(int n) { return n;", NULL))                            \
    C(build_line, empty, CLF_BUILD_FAILED, "fiber source:3", "clf_build_log",                      \
      clf_program_build(empty, "fiber int f(int n)\n{\n    int x = spawn g(n);\n}\n", NULL))       \
    C(build_named, empty, CLF_BUILD_FAILED, "mine.fib:7", "clf_build_log",                         \
      clf_program_build(empty, "#line 7 \"mine.fib\"\nfiber int f(void) { await g(); }", NULL))    \
    C(build_unknown, empty, CLF_BUILD_FAILED, "undeclared", "clf_build_log",                       \
      clf_program_build(empty, "fiber int f(void) { return nowhere; }", NULL))                     \
    C(build_option, empty, CLF_BUILD_FAILED, "-no-such", "build options",                          \
      clf_program_build(empty, "fiber int f(void) { return 1; }", "-no-such"))                     \
    C(build_pragma, empty, CLF_BUILD_FAILED, "does not compile", "clf_build_log",                  \
      clf_program_build(empty, "#pragma clfiber runtime\n", NULL))                                 \
    C(build_busy, s, CLF_BUSY, "outstanding", "clf_run first", build_busy())                       \
    C(fiber_index, s, BAD, "99", "the program has", clf_get_fiber(s, 99, &fiber_info, &count))     \
    C(fiber_early, empty, CLF_NO_PROGRAM, "clf_get_fiber", FIRST,                                  \
      clf_get_fiber(empty, 0, &fiber_info, &count))                                                \
    C(env_index, s, BAD, "99", "has 3 members", clf_get_env(s, 99, &param_info, &count))           \
    C(env_early, empty, CLF_NO_PROGRAM, "clf_get_env", FIRST,                                      \
      clf_get_env(empty, 0, &param_info, &count))                                                  \
    C(find_unknown, s, CLF_UNKNOWN_FIBER, "nobody", "it has node, asks",                           \
      clf_find_fiber(s, "nobody", &fiber_info))                                                    \
    C(find_case, s, CLF_UNKNOWN_FIBER, "\"Node\"", "node", clf_find_fiber(s, "Node", &fiber_info)) \
    C(find_empty, s, CLF_UNKNOWN_FIBER, "\"\"", "node", clf_find_fiber(s, "", &fiber_info))        \
    C(find_null, s, BAD, "name", "null", clf_find_fiber(s, NULL, &fiber_info))                     \
    C(find_nowhere, s, BAD, "info", "null", clf_find_fiber(s, "node", NULL))                       \
    C(find_early, empty, CLF_NO_PROGRAM, "clf_find_fiber", FIRST,                                  \
      clf_find_fiber(empty, "node", &fiber_info))                                                  \
    C(bind_null_name, s, BAD, "name", "null", clf_bind(s, NULL, &word, 4))                         \
    C(bind_null_value, s, BAD, "value", "null", clf_bind(s, "bias", NULL, 4))                      \
    C(bind_unknown, s, CLF_UNKNOWN_ENV, "nothing", "hits, mutex, bias",                            \
      clf_bind(s, "nothing", &word, 4))                                                            \
    C(bind_small, s, CLF_WRONG_SIZE, "3 bytes", "uint has 4", clf_bind(s, "bias", &word, 3))       \
    C(bind_none, s, CLF_WRONG_SIZE, "0 bytes", "uint has 4", clf_bind(s, "bias", &word, 0))        \
    C(bind_large, s, CLF_WRONG_SIZE, "8 bytes", "uint has 4", clf_bind(s, "bias", &wide, 8))       \
    C(bind_pointer, s, CLF_WRONG_SIZE, "4 bytes", "cl_mem", clf_bind(s, "hits", &word, 4))         \
    C(bind_no_buffer, s, BAD, "hits", "null", clf_bind(s, "hits", &no_buffer, sizeof no_buffer))   \
    C(bind_foreign, s, (clf_status)CL_INVALID_CONTEXT, "hits", "this context",                     \
      clf_bind(s, "hits", &foreign, sizeof foreign))                                               \
    C(bind_early, empty, CLF_NO_PROGRAM, "clf_bind", FIRST, clf_bind(empty, "bias", &word, 4))     \
    C(start_null, s, BAD, "fiber", "null", clf_start(s, NULL, 0, NULL, NULL))                      \
    C(start_unknown, s, CLF_UNKNOWN_FIBER, "nobody", "node",                                       \
      clf_start(s, "nobody", 0, NULL, NULL))                                                       \
    C(start_early, empty, CLF_NO_PROGRAM, "clf_start: no program", FIRST,                          \
      clf_start(empty, "node", 0, NULL, NULL))                                                     \
    C(start_few, s, CLF_WRONG_COUNT, "not 1", "takes 2",                                           \
      clf_start(s, "node", 1, NODE(CLF_UINT(1)), NULL))                                            \
    C(start_none, s, CLF_WRONG_COUNT, "not 0", "takes 2", clf_start(s, "node", 0, NULL, NULL))     \
    C(start_many_args, s, CLF_WRONG_COUNT, "not 3", "takes 2",                                     \
      clf_start(s, "node", 3, NODE(CLF_UINT(1), CLF_UINT(1), CLF_UINT(1)), NULL))                  \
    C(start_no_args, s, BAD, "args is null", "takes 2", clf_start(s, "node", 2, NULL, NULL))       \
    C(start_no_value, s, BAD, "argument 2", "null",                                                \
      clf_start(s, "node", 2, NODE(CLF_UINT(1), {NULL, 4}), NULL))                                 \
    C(start_small, s, CLF_WRONG_SIZE, "3 were given", "has 4 bytes",                               \
      clf_start(s, "node", 2, NODE({&word, 3}, CLF_UINT(1)), NULL))                                \
    C(start_long, s, CLF_WRONG_SIZE, "8 were given", "argument 2",                                 \
      clf_start(s, "node", 2, NODE(CLF_UINT(1), CLF_LONG(1)), NULL))                               \
    C(start_size_none, s, CLF_WRONG_SIZE, "0 were given", "has 4 bytes",                           \
      clf_start(s, "node", 2, NODE({&word, 0}, CLF_UINT(1)), NULL))                                \
    C(start_many_null, s, BAD, "fiber", "null", clf_start_many(s, NULL, 1, 0, NULL, NULL))         \
    C(start_too_many, s, BAD, "1099511627776", "at most",                                          \
      clf_start_many(s, "naps", (size_t)1 << 40, 1, NODE({numbers, 4}), NULL))                     \
    C(run_nan, s, BAD, "nan", "CLF_FOREVER", clf_run(s, (double)NAN))                              \
    C(run_early, empty, CLF_NO_PROGRAM, "clf_run", FIRST, clf_run(empty, 1))                       \
    C(run_unbound, loose, CLF_UNBOUND_ENV, "hits", "call clf_bind", clf_run(loose, CLF_FOREVER))   \
    C(step_unbound, loose, CLF_UNBOUND_ENV, "hits", "call clf_bind", clf_step(loose))              \
    C(step_early, empty, CLF_NO_PROGRAM, "clf_step", FIRST, clf_step(empty))                       \
    C(enqueue_unbound, loose, CLF_UNBOUND_ENV, "hits", "call clf_bind",                            \
      clf_enqueue_slice(loose, 0, NULL, NULL))                                                     \
    C(enqueue_early, empty, CLF_NO_PROGRAM, "clf_enqueue_slice", FIRST,                            \
      clf_enqueue_slice(empty, 0, NULL, NULL))                                                     \
    C(enqueue_no_list, s, BAD, "num_events is 1", "null", clf_enqueue_slice(s, 1, NULL, NULL))     \
    C(enqueue_no_events, s, BAD, "num_events is 0", "not null",                                    \
      clf_enqueue_slice(s, 0, &no_event, NULL))                                                    \
    C(enqueue_null_event, s, BAD, "wait_list[0]", "null",                                          \
      clf_enqueue_slice(s, 1, &no_event, NULL))                                                    \
    C(enqueue_busy, s, CLF_BUSY, "in flight", "clf_step or clf_run", enqueue_twice())              \
    C(join_stale, s, CLF_STALE_HANDLE, "0x", STALE, clf_join(s, joined, NULL, 0, 0))               \
    C(join_zero, s, CLF_STALE_HANDLE, "0x0", "never given out", clf_join(s, 0, NULL, 0, 0))        \
    C(join_forged, s, CLF_STALE_HANDLE, "0xfffffffffffffff0", STALE,                               \
      clf_join(s, 0xfffffffffffffff0u, NULL, 0, 0))                                                \
    C(join_nan, s, BAD, "nan", "CLF_FOREVER", clf_join(s, live, NULL, 0, (double)NAN))             \
    C(join_no_place, s, BAD, "size is 4", "null", clf_join(s, live, NULL, 4, 0))                   \
    C(join_small, s, CLF_WRONG_SIZE, "size is 3", "(uint) has 4 bytes",                            \
      clf_join(s, live, &word, 3, 0))                                                              \
    C(join_large, s, CLF_WRONG_SIZE, "size is 8", "(uint) has 4 bytes",                            \
      clf_join(s, live, &wide, 8, 0))                                                              \
    C(join_early, empty, CLF_NO_PROGRAM, "clf_join", FIRST, clf_join(empty, 1, NULL, 0, 0))        \
    C(poll_stale, s, CLF_STALE_HANDLE, "0x", STALE, clf_poll(s, joined))                           \
    C(poll_zero, s, CLF_STALE_HANDLE, "0x0", STALE, clf_poll(s, 0))                                \
    C(wait_no_handles, s, BAD, "handles", "null", clf_wait_any(s, NULL, 1, &index_, 0))            \
    C(wait_no_index, s, BAD, "index", "null", clf_wait_any(s, &live, 1, NULL, 0))                  \
    C(wait_none, s, BAD, "count is 0", "nothing to wait for",                                      \
      clf_wait_any(s, &live, 0, &index_, 0))                                                       \
    C(wait_stale, s, CLF_STALE_HANDLE, "0x", STALE, clf_wait_any(s, &joined, 1, &index_, 0))       \
    C(wait_nan, s, BAD, "nan", "CLF_FOREVER", clf_wait_any(s, &live, 1, &index_, (double)NAN))     \
    C(wait_early, empty, CLF_NO_PROGRAM, "clf_wait_any", FIRST,                                    \
      clf_wait_any(empty, &live, 1, &index_, 0))                                                   \
    C(drain_no_count, s, BAD, "count", "null", clf_drain(s, &live, 1, NULL))                       \
    C(drain_no_place, s, BAD, "max is 7", "null", clf_drain(s, NULL, 7, &drained))                 \
    C(detach_stale, s, CLF_STALE_HANDLE, "0x", STALE, clf_detach(s, joined))                       \
    C(cancel_stale, s, CLF_STALE_HANDLE, "0x", STALE, clf_cancel(s, joined))                       \
    C(cancel_early, empty, CLF_NO_PROGRAM, "clf_cancel", FIRST, clf_cancel(empty, 1))              \
    C(after_stale, s, CLF_STALE_HANDLE, "0x", STALE, clf_cancel_after(s, joined, 1))               \
    C(after_nan, s, BAD, "nan", "CLF_FOREVER", clf_cancel_after(s, live, (double)NAN))             \
    C(after_early, empty, CLF_NO_PROGRAM, "clf_cancel_after", FIRST,                               \
      clf_cancel_after(empty, 1, 1))                                                               \
    C(all_early, empty, CLF_NO_PROGRAM, "clf_cancel_all", FIRST, clf_cancel_all(empty))            \
    C(dump_null, s, BAD, "text", "null", clf_dump(s, NULL))                                        \
    C(dump_early, empty, CLF_NO_PROGRAM, "clf_dump", FIRST, clf_dump(empty, &text))                \
    C(completion_null, s, BAD, "function", "null", clf_on_completion(s, live, NULL, NULL))         \
    C(completion_stale, s, CLF_STALE_HANDLE, "0x", STALE,                                          \
      clf_on_completion(s, joined, told, NULL))                                                    \
    C(event_no_handles, s, BAD, "handles", "null", clf_completion_event(s, NULL, 1, &event))       \
    C(event_no_place, s, BAD, "event", "null", clf_completion_event(s, &live, 1, NULL))            \
    C(event_none, s, BAD, "count is 0", "nothing to wait for",                                     \
      clf_completion_event(s, &live, 0, &event))                                                   \
    C(event_stale, s, CLF_STALE_HANDLE, "0x", STALE, clf_completion_event(s, &joined, 1, &event))  \
    C(fd_null, s, BAD, "descriptor", "null", clf_completion_fd(s, NULL))                           \
    C(thread_none, s, BAD, "no thread", "clf_thread_start first", clf_thread_stop(s))              \
    C(thread_twice, empty, BAD, "no thread", "clf_thread_start first", thread_twice())             \
    C(failure_null, s, BAD, "failure", "null", clf_get_failure(s, NULL))                           \
    C(failure_none, s, BAD, "clf_join", "CLF_FIBER_FAILED yet", clf_get_failure(s, &failure))      \
    C(call_number, s, BAD, "0x40000000", "0x3fffffff",                                             \
      clf_hostcall_register(s, 0x40000000u, call_back, NULL))                                      \
    C(call_number_most, s, BAD, "0xffffffff", "0x3fffffff",                                        \
      clf_hostcall_register(s, UINT32_MAX, call_back, NULL))                                       \
    C(finish_null, s, BAD, "call", "null", clf_hostcall_finish(s, NULL, 0))                        \
    C(file_number, s, BAD, "1024", "0 to 1023", clf_hostcall_file(s, 1024, 0))                     \
    C(file_closed, s, BAD, "9999", "-1 takes a file away", clf_hostcall_file(s, 3, 9999))          \
    C(file_minus, s, BAD, "-7", "-1 takes a file away", clf_hostcall_file(s, 3, -7))               \
    C(stats_null, s, BAD, "stats", "null", clf_get_stats(s, NULL))                                 \
    C(stats_zero, s, BAD, "is 0", "sizeof(clf_stats)", stats_sized(0))                             \
    C(stats_large, s, BAD, "5000", "sizeof(clf_stats)", stats_sized(5000))                         \
    C(stats_early, empty, CLF_NO_PROGRAM, "clf_get_stats", FIRST, clf_get_stats(empty, &stats))    \
    C(worker_far, s, BAD, "worker 2", "there are 2", clf_get_worker_counters(s, 2, &counters))     \
    C(worker_null, s, BAD, "counters", "null", clf_get_worker_counters(s, 0, NULL))                \
    C(worker_early, empty, CLF_NO_PROGRAM, "clf_get_worker_counters", FIRST,                       \
      clf_get_worker_counters(empty, 0, &counters))                                                \
    C(reset_early, empty, CLF_NO_PROGRAM, "clf_reset_stats", FIRST, clf_reset_stats(empty))        \
    C(device_index, NULL, BAD, "index 99", "there are", clf_get_device(99, &device_info, NULL))    \
    C(litmus_null, s, BAD, "rows", "null", clf_litmus(s, CLF_TIER_LEGACY, 1, NULL))                \
    C(litmus_none, s, BAD, "rounds is 0", "1 or more", clf_litmus(s, CLF_TIER_LEGACY, 0, rows))    \
    C(litmus_auto, s, BAD, "0 (auto)", "CLF_TIER_C11", clf_litmus(s, CLF_TIER_AUTO, 1, rows))      \
    C(litmus_serial, s, BAD, "5 (serial)", "CLF_TIER_LEGACY",                                      \
      clf_litmus(s, CLF_TIER_SERIAL, 1, rows))                                                     \
    C(litmus_tier, s, BAD, "9", "CLF_TIER_NVIDIA", clf_litmus(s, (clf_tier)9, 1, rows))

#define FUNCTION(name, on, status, value, remedy, ...) \
    static clf_status case_##name(void)                \
    {                                                  \
        return __VA_ARGS__;                            \
    }
CASES(FUNCTION)

static const struct refusal {
    const char *name;
    clf_scheduler *const *on; /* NULL: the calling thread's message */
    clf_status status;
    const char *value, *remedy;
    clf_status (*call)(void);
} refusals[] = {
#define ON_NULL NULL
#define ENTRY(name, on, status, value, remedy, ...) \
    {#name, ON_##on, (status), value, remedy, case_##name},
#define ON_s     &s
#define ON_empty &empty
#define ON_loose &loose
    CASES(ENTRY)};
enum { REFUSALS = sizeof refusals / sizeof *refusals };
_Static_assert(REFUSALS >= 100, "at least a hundred");

/* ---- running them -------------------------------------------------------------------------- */

static void open_all(void)
{
    cl_int code;
    unsetenv("CLFIBER_DEVICE");
    unsetenv("CLFIBER_TIER");
    s = open_scheduler(OPTIONS(.workers = 2, .slice = 1), "mixture.fib");
    hits = bind_words(s, "hits", 64);
    mutex = bind_words(s, "mutex", 4);
    bind_uint(s, "bias", 3);
    must(NULL, clf_create(NULL, &empty));
    loose = open_scheduler(NULL, "mixture.fib");
    clf_arg args[] = {CLF_UINT(0), CLF_UINT(2)};
    must(s, clf_start(s, "node", 2, args, &joined));
    must(s, clf_join(s, joined, NULL, 0, CLF_FOREVER));
    must(s, clf_start(s, "node", 2, args, &live));
    must(loose, clf_start(loose, "node", 2, args, NULL));
    context = clf_context(s);
    device = clf_device(s);
    queue = clf_queue(s);
    other_context = clCreateContext(NULL, 1, &device, NULL, NULL, &code);
    must_cl(code);
    other_queue = clCreateCommandQueue(other_context, device, 0, &code);
    must_cl(code);
    unordered =
        clCreateCommandQueue(context, device, CL_QUEUE_OUT_OF_ORDER_EXEC_MODE_ENABLE, &code);
    must_cl(code);
    foreign = clCreateBuffer(other_context, CL_MEM_READ_WRITE, 64, NULL, &code);
    must_cl(code);
}

static void close_all(void)
{
    cl_uint sum = 0;
    must(s, clf_join(s, live, &sum, sizeof sum, CLF_FOREVER));
    ck_assert_uint_eq(sum, 7 * 6 / 2 + 4 * 3);
    check_balanced(s);
    must_cl(clReleaseMemObject(hits));
    must_cl(clReleaseMemObject(mutex));
    must_cl(clReleaseMemObject(foreign));
    must_cl(clReleaseCommandQueue(unordered));
    must_cl(clReleaseCommandQueue(other_queue));
    must_cl(clReleaseContext(other_context));
    clf_destroy(s);
    clf_destroy(empty);
    clf_destroy(loose);
}

static bool is_right(const struct refusal *r)
{
    made = (clf_scheduler *)&made;
    clf_status status = r->call();
    const char *message = clf_message(r->on != NULL ? *r->on : NULL);
    bool right = status == r->status && strstr(message, r->value) != NULL &&
                 strstr(message, r->remedy) != NULL;
    if (!right)
        printf("%s: returned %s (wanted %s): \"%s\" should name \"%s\" and \"%s\"\n", r->name,
               clf_status_name(status), clf_status_name(r->status), message, r->value, r->remedy);
    if (made != NULL && made != (clf_scheduler *)&made) {
        printf("%s: made a scheduler all the same\n", r->name);
        clf_destroy(made);
        return false;
    }
    return right;
}

START_TEST(all_say_what_and_why)
{
    int wrong = 0;
    open_all();
    for (int i = 0; i < REFUSALS; i++)
        wrong += !is_right(&refusals[i]);
    close_all();
    printf("%d cases of bad input\n", (int)REFUSALS);
    fflush(stdout);
    ck_assert_int_eq(wrong, 0);
}
END_TEST

/* ---- without a scheduler --------------------------------------------------------------------- */

START_TEST(no_function_needs_a_scheduler)
{
    clf_handle handle = 1;
    const clf_status all[] = {clf_get_options(NULL, &options),
                              clf_program_build(NULL, "", NULL),
                              clf_get_fiber(NULL, 0, NULL, NULL),
                              clf_get_env(NULL, 0, NULL, NULL),
                              clf_find_fiber(NULL, "f", &fiber_info),
                              clf_bind(NULL, "x", &word, 4),
                              clf_start(NULL, "f", 0, NULL, NULL),
                              clf_start_many(NULL, "f", 1, 0, NULL, NULL),
                              clf_run(NULL, 0),
                              clf_step(NULL),
                              clf_enqueue_slice(NULL, 0, NULL, NULL),
                              clf_join(NULL, 1, NULL, 0, 0),
                              clf_poll(NULL, 1),
                              clf_wait_any(NULL, &handle, 1, &index_, 0),
                              clf_drain(NULL, &handle, 1, &drained),
                              clf_detach(NULL, 1),
                              clf_cancel(NULL, 1),
                              clf_cancel_after(NULL, 1, 0),
                              clf_cancel_all(NULL),
                              clf_dump(NULL, &text),
                              clf_on_completion(NULL, 1, told, NULL),
                              clf_completion_event(NULL, &handle, 1, &event),
                              clf_completion_fd(NULL, &descriptor),
                              clf_thread_start(NULL),
                              clf_thread_stop(NULL),
                              clf_get_failure(NULL, &failure),
                              clf_hostcall_register(NULL, 1, call_back, NULL),
                              clf_hostcall_finish(NULL, NULL, 0),
                              clf_hostcall_print(NULL, NULL, NULL),
                              clf_hostcall_file(NULL, 1, 0),
                              clf_get_stats(NULL, &stats),
                              clf_get_worker_counters(NULL, 0, &counters),
                              clf_reset_stats(NULL),
                              clf_litmus(NULL, CLF_TIER_C11, 1, rows)};
    for (size_t i = 0; i < sizeof all / sizeof *all; i++)
        ck_assert_msg(all[i] == CLF_BAD_ARGUMENT, "number %zu: %d", i, (int)all[i]);
    ck_assert_str_eq(clf_message(NULL), "clf_litmus: scheduler is null");
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("refusals");
    tcase_add_test(new_case(suite, "cases"), all_say_what_and_why);
    tcase_add_test(new_case(suite, "no scheduler"), no_function_needs_a_scheduler);
    return test_main(suite, true);
}
