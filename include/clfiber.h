/* clfiber.h - fibers on OpenCL devices: the public interface, all of it.
 *
 * A fiber is a cooperative, stackless task that runs on an OpenCL device. A scheduler owns the
 * device-side frames, the work-stealing deques (one per worker, a worker is a work-group) and the
 * join handles of the fibers that the host started. It runs fibers in slices: bounded kernel
 * launches between which the host drains results, feeds new fibers and grows buffers.
 *
 * The contract of every function
 *  - It returns a clf_status. CLF_OK is 0; positive values are outcomes that are no errors
 * (CLF_PENDING, CLF_TIMEOUT, CLF_INTERRUPTED); negative values are errors: OpenCL's keep their
 * numbers, the library's own start at CLF_BAD_ARGUMENT. clf_status_name() and clf_status_text()
 * describe each.
 *  - After an error, clf_message() has a sentence for humans that names the offending value and the
 * remedy. The object is as it was before the call unless the function says otherwise.
 *  - Output parameters are written on CLF_OK only, unless the function says otherwise. A null
 * pointer where one is needed is CLF_BAD_ARGUMENT, never a crash.
 *  - The library never prints, exits or aborts, installs no handler and starts no thread of its
 * own but for clf_thread_start.
 *  - Thread safety: any function may be called from any thread at any time, also several on one
 * scheduler: each waits until the others have done their work, but not while a slice runs. What the
 * scheduler returned a pointer to is the exception: clf_build_log, clf_generated_source and the
 * strings of a program are gone with the next clf_program_build, and everything with clf_destroy,
 * which must be the last call. clf_interrupt may be called in signal handlers, too.
 */
#ifndef CLFIBER_H
#define CLFIBER_H

#include <stddef.h>
#include <stdint.h>

#ifndef CL_TARGET_OPENCL_VERSION
#define CL_TARGET_OPENCL_VERSION 300
#endif
#include <CL/cl.h>

#ifdef __cplusplus
extern "C" {
#endif

#if defined(__GNUC__)
#define CLF_API __attribute__((visibility("default")))
#else
#define CLF_API
#endif

/* ---- version ------------------------------------------------------------------------ */

#define CLF_VERSION_MAJOR 0
#define CLF_VERSION_MINOR 1
#define CLF_VERSION_PATCH 0
#define CLF_VERSION       (CLF_VERSION_MAJOR * 10000 + CLF_VERSION_MINOR * 100 + CLF_VERSION_PATCH)

/* The version of the library that is linked, coded like CLF_VERSION. Thread-safe. */
CLF_API int clf_version(void);

/* ---- status ------------------------------------------------------------------------- */

/* name, number, text */
#define CLF_STATUS_LIST(S)                                                                  \
    S(CLF_OK, 0, "success")                                                                 \
    S(CLF_PENDING, 1, "the fiber has not completed yet")                                    \
    S(CLF_TIMEOUT, 2, "the time-out passed first; the run can be continued")                \
    S(CLF_INTERRUPTED, 3, "clf_interrupt was called; the run can be continued")             \
    S(CLF_BAD_ARGUMENT, -30001, "an argument is null or out of range")                      \
    S(CLF_NO_MEMORY, -30002, "host memory is exhausted")                                    \
    S(CLF_NO_DEVICE, -30003, "no OpenCL device was found, or none that matches")            \
    S(CLF_NO_COMPILER, -30004, "the device has no OpenCL C compiler")                       \
    S(CLF_NO_TIER, -30005, "the device does not pass the forced atomics tier, or any tier") \
    S(CLF_BUILD_FAILED, -30006, "the program does not compile; see clf_build_log")          \
    S(CLF_BAD_PROGRAM, -30007, "the program compiles but is not a fiber program")           \
    S(CLF_BAD_LAYOUT, -30008, "host and device disagree about a shared structure")          \
    S(CLF_NO_PROGRAM, -30009, "no program has been built on this scheduler")                \
    S(CLF_UNKNOWN_FIBER, -30010, "the program has no fiber of that name")                   \
    S(CLF_UNKNOWN_ENV, -30011, "the program's env has no member of that name")              \
    S(CLF_UNBOUND_ENV, -30012, "a member of the program's env has not been bound")          \
    S(CLF_WRONG_COUNT, -30013, "the number of arguments is not the fiber's")                \
    S(CLF_WRONG_SIZE, -30014, "a size in bytes differs from the program's")                 \
    S(CLF_STALE_HANDLE, -30015, "the join handle was joined already or never given out")    \
    S(CLF_BUSY, -30016, "fibers are outstanding")                                           \
    S(CLF_LIMIT, -30017, "frames or ring space reached their limit; the state is whole")    \
    S(CLF_FIBER_FAILED, -30018, "the fiber ended with a failure code; see clf_get_failure") \
    S(CLF_DEADLOCK, -30019, "fibers are alive but none can ever run")                       \
    S(CLF_CANCELLED, -30020, "the fiber was cancelled")                                     \
    S(CLF_INTERNAL, -30021, "a broken invariant of the library: please report it")

typedef enum clf_status {
#define CLF_STATUS_ENUM(name, number, text) name = number,
    CLF_STATUS_LIST(CLF_STATUS_ENUM)
#undef CLF_STATUS_ENUM
        CLF_STATUS_RANGE = -0x7fffffff /* an OpenCL error is passed on as it is */
} clf_status;

/* "CLF_TIMEOUT", "CL_OUT_OF_RESOURCES", ...; "unknown status" for other numbers. Static strings.
 * Thread-safe. */
CLF_API const char *clf_status_name(clf_status status);
/* One line on what the status means. Static strings. Thread-safe. */
CLF_API const char *clf_status_text(clf_status status);

/* ---- the scheduler ------------------------------------------------------------------ */

typedef struct clf_scheduler clf_scheduler;

typedef enum clf_mode {
    CLF_STEAL = 0,  /* a deque per worker, idle workers steal (the default) */
    CLF_STATIC = 1, /* work is dealt out once and never moves: for comparison */
    CLF_SHARED = 2  /* one queue for all workers: for comparison */
} clf_mode;

typedef enum clf_tier {
    CLF_TIER_AUTO = 0,   /* the first of the following that the device passes (the default) */
    CLF_TIER_C11 = 1,    /* OpenCL C 2.0/3.0 atomics with acquire/release at device scope */
    CLF_TIER_FENCES = 2, /* the same, relaxed, with fences of their own */
    CLF_TIER_NVIDIA = 3, /* PTX loads, stores and fences of gpu scope */
    CLF_TIER_LEGACY = 4, /* OpenCL C 1.2 atomic_*() and mem_fence() */
    CLF_TIER_SERIAL = 5  /* plain memory operations, one worker with one lane */
} clf_tier;

#define CLF_UNLIMITED UINT32_MAX
#define CLF_NO_INLINE UINT32_MAX
#define CLF_DEBUG     1u
#define CLF_NO_DEBUG  UINT32_MAX

/* Zero in a member means the default. Start from CLF_OPTIONS_INIT: `size` tells the library which
 * members exist. */
typedef struct clf_options {
    size_t size; /* sizeof(clf_options) */
    const char
        *device;       /* number as in clfiber-info, or part of a platform's or device's name, case
                          ignored; default: $CLFIBER_DEVICE, else a GPU if there is one, else the first */
    uint32_t workers;  /* work-groups per slice, 1..65536; default: compute units, on GPUs 8 times
                          as many (at most 4096) */
    uint32_t lanes;    /* work-items per work-group, 1..1024; default: 1 on CPUs, 128 on GPUs */
    uint32_t slice;    /* segments that a worker may run per slice, CLF_UNLIMITED: until idle;
                          default: adapts to slice_ms */
    uint32_t slice_ms; /* wanted length of a slice in milliseconds while `slice` is 0; default 4,
                          on GPUs 100: there a launch leaves more workers idle at its ends. One that
                          nobody needs the end of may be up to 32 times as long, if the device has
                          fine-grained shared virtual memory */
    uint32_t frames;   /* frames at the start, of the smallest size class if a program has several;
                          default 4096 a worker, more with more than 64 lanes */
    uint32_t max_frames; /* so many fibers may be alive, whatever their sizes are; growth stops where
                            each size class has as much memory as so many of the largest fiber take;
                            default: what the device can allocate in one buffer */
    uint32_t ring;   /* entries per deque at the start, rounded up to a power of two, at least 2;
                        default 1024, with more than 16 lanes 64 a lane */
    uint32_t window; /* roots handed to the device and not completed at one time; default 65536 */
    clf_mode mode;   /* default CLF_STEAL */
    clf_tier tier;   /* default: $CLFIBER_TIER (a name of clf_tier_name), else CLF_TIER_AUTO */
    uint64_t seed;   /* of the generator that picks steal victims; 0 is a seed like any other */
    uint32_t
        first_counter; /* where the deques' free-running counters start: lets tests cross 2^32 */
    uint32_t inline_depth; /* how deep children run inline, as calls, until they have to wait:
                              1..32, or CLF_NO_INLINE; default: by their size, and as
                              clf_inline(D) says; with several lanes tiny fibers alone, and
                              those on GPUs only */
    uint32_t
        debug; /* CLF_DEBUG or CLF_NO_DEBUG; default: $CLFIBER_DEBUG, 1 or 0, else CLF_NO_DEBUG.
                  With it, a word behind every fiber's variables is looked at whenever the fiber
                  is resumed or ends, and one that has overwritten it fails with CLF_FAIL_GUARD
                */
    const char *trace; /* a file to which a trace in the Trace Event Format (JSON) is written, for
                          Perfetto, chrome://tracing and clftrace; default: $CLFIBER_TRACE, else
                          none. Complete when the scheduler is destroyed; if the file cannot be
                          written any more, the trace ends there */
    uint32_t trace_sample; /* fibers spawned in every so manieth segment of a worker are traced, 1:
                              all; default: $CLFIBER_TRACE_SAMPLE, else all as long as the workers'
                              records have room, then fewer */
} clf_options;

#define CLF_OPTIONS_INIT                                                                         \
    {                                                                                            \
        sizeof(clf_options), NULL, 0, 0, 0, 0, 0, 0, 0, 0, CLF_STEAL, CLF_TIER_AUTO, 0, 0, 0, 0, \
            NULL, 0                                                                              \
    }

/* Makes a scheduler on a device picked by options->device, $CLFIBER_DEVICE or default, with a
 * context and an in-order queue of its own. options may be NULL. On an error *scheduler is NULL and
 * clf_message(NULL) has the calling thread's message. Errors: CLF_NO_DEVICE, CLF_NO_COMPILER,
 * CLF_NO_TIER, CLF_BAD_ARGUMENT. */
CLF_API clf_status clf_create(const clf_options *options, clf_scheduler **scheduler);

/* The same on the user's context, device and queue, all three retained until clf_destroy. The queue
 * must be in-order and belong to both. options->device is ignored. */
CLF_API clf_status clf_create_on(cl_context context, cl_device_id device, cl_command_queue queue,
                                 const clf_options *options, clf_scheduler **scheduler);

/* Waits for a slice in flight, then frees all; outstanding fibers are dropped. NULL is ignored. */
CLF_API void clf_destroy(clf_scheduler *scheduler);

/* What the last failed call on the scheduler had to say, the calling thread's own if it had one
 * there last; never NULL, "" at first. With NULL: the calling thread's last failed clf_create or
 * clf_create_on. Valid until the thread's next call of the library. */
CLF_API const char *clf_message(const clf_scheduler *scheduler);

/* The device in use and the options as they came out, defaults filled in (device points into the
 * scheduler). `slice` is the budget of the last slice, max_frames what the program's frames allow.
 * options->size is set by the caller. */
CLF_API clf_status clf_get_options(const clf_scheduler *scheduler, clf_options *options);
/* Why the tier is in use on this scheduler's device, or is not: a part of a sentence, like "its
 * vendor is not NVIDIA". Static strings. */
CLF_API const char *clf_tier_reason(const clf_scheduler *scheduler, clf_tier tier);
CLF_API cl_context clf_context(const clf_scheduler *scheduler);
CLF_API cl_device_id clf_device(const clf_scheduler *scheduler);
CLF_API cl_command_queue clf_queue(const clf_scheduler *scheduler);

/* ---- programs ----------------------------------------------------------------------- */

/* Builds `source` (NUL-terminated fiber source: the fiber language, doc/language.md, or segments by
 * hand, doc/abi.md) and makes it the scheduler's program; the one before is dropped, with its env.
 * build_options go to clBuildProgram, may be NULL. A line `#line 1 "name"` at the top of the source
 * (or another #line anywhere) says what diagnostics are to call the lines behind it, those of the
 * device's compiler too; without one the file is "fiber source". Errors: CLF_BUSY while fibers are
 * outstanding; CLF_BUILD_FAILED (the program before stays); CLF_BAD_PROGRAM; CLF_BAD_LAYOUT. */
CLF_API clf_status clf_program_build(clf_scheduler *scheduler, const char *source,
                                     const char *build_options);

/* Diagnostics of the last clf_program_build, also after success (warnings); "" if there are none.
 */
CLF_API const char *clf_build_log(const clf_scheduler *scheduler);

/* The OpenCL C that the last clf_program_build handed to the device's compiler, without the
 * runtime. */
CLF_API const char *clf_generated_source(const clf_scheduler *scheduler);

typedef struct clf_param_info {
    const char *type; /* as spelled in the source */
    const char *name;
    size_t size;    /* bytes, by the device's compiler */
    int is_pointer; /* env: bind a cl_mem. Fibers with pointer parameters cannot be started by the
                       host */
} clf_param_info;

typedef struct clf_fiber_info {
    const char *name;
    const char *result_type; /* "void" if there is none */
    size_t result_size;      /* bytes, 0 for void */
    size_t frame_size;       /* bytes of this fiber's frame */
    uint32_t params;         /* how many */
    const clf_param_info *param;
} clf_fiber_info;

/* The fibers and env members of the program in source order; strings live as long as the program.
 * *count gets the number. index past the end: CLF_BAD_ARGUMENT. `info`/`count` may be NULL. */
CLF_API clf_status clf_get_fiber(const clf_scheduler *scheduler, uint32_t index,
                                 clf_fiber_info *info, uint32_t *count);
CLF_API clf_status clf_get_env(const clf_scheduler *scheduler, uint32_t index, clf_param_info *info,
                               uint32_t *count);
/* The fiber of that name. CLF_UNKNOWN_FIBER names the known ones in its message. */
CLF_API clf_status clf_find_fiber(clf_scheduler *scheduler, const char *name, clf_fiber_info *info);
/* What a frame of the fiber takes in memory: the bytes of its size class. */
CLF_API clf_status clf_get_frame_bytes(clf_scheduler *scheduler, uint32_t index, uint32_t *bytes);

/* Binds the env member `name`: `value` points to `size` bytes of a scalar, vector or struct,
 * copied; for a pointer member to a cl_mem (size sizeof(cl_mem)), retained. May be called again
 * between runs. */
CLF_API clf_status clf_bind(clf_scheduler *scheduler, const char *name, const void *value,
                            size_t size);

/* ---- fibers ------------------------------------------------------------------------- */

typedef uint64_t clf_handle; /* a join handle: a slot and its generation; 0 is never one */

typedef struct clf_arg {
    const void *value; /* the argument, or for clf_start_many the first of an array of them */
    size_t size;       /* bytes of one; must be the parameter's */
} clf_arg;

#define CLF_ARG(lvalue) ((clf_arg){&(lvalue), sizeof(lvalue)})
#define CLF_INT(x)      ((clf_arg){&(cl_int){(x)}, sizeof(cl_int)})
#define CLF_UINT(x)     ((clf_arg){&(cl_uint){(x)}, sizeof(cl_uint)})
#define CLF_LONG(x)     ((clf_arg){&(cl_long){(x)}, sizeof(cl_long)})
#define CLF_FLOAT(x)    ((clf_arg){&(cl_float){(x)}, sizeof(cl_float)})

/* Starts a root fiber: its arguments are copied, it runs in the next slice. handle may be NULL: the
 * fiber is then detached, its result dropped; its failure is still counted in clf_stats. */
CLF_API clf_status clf_start(clf_scheduler *scheduler, const char *fiber, uint32_t nargs,
                             const clf_arg *args, clf_handle *handle);

/* Starts `count` fibers; args[k].value is an array of `count` elements of args[k].size bytes.
 * handles: `count` of them, or NULL. All are started or none. */
CLF_API clf_status clf_start_many(clf_scheduler *scheduler, const char *fiber, size_t count,
                                  uint32_t nargs, const clf_arg *args, clf_handle *handles);

/* What a fiber's name may have, with the 0 at its end; longer ones are cut. On the device a name is
 * a value of the type clf_name, which this is for hosts. */
#define CLF_NAME_BYTES 24u
typedef struct clf_name {
    char text[24]; /* CLF_NAME_BYTES; "": none */
} clf_name;

typedef enum clf_priority {
    CLF_PRIORITY_NORMAL = 0,
    CLF_PRIORITY_URGENT = 1 /* goes before all that are not: doc/language.md */
} clf_priority;

/* How a fiber begins. Start from CLF_ATTRIBUTES_INIT. */
typedef struct clf_attributes {
    size_t size;      /* sizeof(clf_attributes) */
    const char *name; /* for dumps and messages, copied; NULL: none. The fiber knows it, too, if
                         the program says fiber_name or set_name anywhere */
    clf_priority priority; /* urgent only in programs that say set_priority anywhere, or are built
                              with the option -DCLF_PRIORITIES: others do without what it costs */
} clf_attributes;

#define CLF_ATTRIBUTES_INIT                               \
    {                                                     \
        sizeof(clf_attributes), NULL, CLF_PRIORITY_NORMAL \
    }

/* As clf_start, for a fiber with a name or a priority; attributes NULL: as clf_start. Urgent roots
 * are handed to the device before others, as far as options.window allows. CLF_BAD_ARGUMENT: the
 * program knows no priorities. */
CLF_API clf_status clf_start_as(clf_scheduler *scheduler, const char *fiber, uint32_t nargs,
                                const clf_arg *args, const clf_attributes *attributes,
                                clf_handle *handle);

#define CLF_FOREVER (-1.0)

/* Runs slices until no fiber is runnable and none is outstanding, or `seconds` passed (CLF_TIMEOUT,
 * checked between slices), or clf_interrupt was called. CLF_FOREVER for no limit. Errors:
 * CLF_UNBOUND_ENV, CLF_LIMIT, CLF_DEADLOCK, an OpenCL error. */
CLF_API clf_status clf_run(clf_scheduler *scheduler, double seconds);

/* Runs one slice and waits for it; while no fiber can run, waits for one that sleeps or for a host
 * call instead, for slice_ms at most. CLF_OK: nothing is outstanding any more; CLF_PENDING: there
 * is more to do. */
CLF_API clf_status clf_step(clf_scheduler *scheduler);

/* Enqueues one slice on the scheduler's queue and returns; the wait list and the event are OpenCL's
 * (event may be NULL; the caller releases it). The next call on the scheduler that needs the
 * results waits for the slice. CLF_BUSY: one is in flight already, also if it was enqueued but its
 * event could not be retained, which is OpenCL's error. CLF_PENDING is not returned. */
CLF_API clf_status clf_enqueue_slice(clf_scheduler *scheduler, cl_uint num_events,
                                     const cl_event *wait_list, cl_event *event);

/* Makes a clf_run, clf_join or clf_wait_any in progress, or else the next one, return
 * CLF_INTERRUPTED after its current slice. Any thread, any signal handler. */
CLF_API void clf_interrupt(clf_scheduler *scheduler);

/* Runs slices until the fiber has completed; copies its result (`size` must be the fiber's
 * result_size; result NULL and size 0 drop it) and frees the handle. CLF_FIBER_FAILED or
 * CLF_CANCELLED: the handle is freed as well; CLF_TIMEOUT, CLF_INTERRUPTED and errors of the call
 * leave it. */
CLF_API clf_status clf_join(clf_scheduler *scheduler, clf_handle handle, void *result, size_t size,
                            double seconds);

/* Whether the fiber has completed: CLF_OK (join will not run slices) or CLF_PENDING. Runs nothing,
 * but waits for a slice that is in flight. */
CLF_API clf_status clf_poll(clf_scheduler *scheduler, clf_handle handle);

/* Runs slices until one of the fibers has completed; *index says which. */
CLF_API clf_status clf_wait_any(clf_scheduler *scheduler, const clf_handle *handles, size_t count,
                                size_t *index, double seconds);

/* Takes up to `max` handles of fibers that completed and were not yet drained or joined, in the
 * order of completion; each is still to be joined. Runs nothing, but waits for a slice that is in
 * flight. *count may be 0. */
CLF_API clf_status clf_drain(clf_scheduler *scheduler, clf_handle *handles, size_t max,
                             size_t *count);

/* Gives the handle up; the fiber goes on. */
CLF_API clf_status clf_detach(clf_scheduler *scheduler, clf_handle handle);

/* Cancels a root fiber: before the next slice it ends where it is suspended, with all its
 * unfinished descendants; fibers that these have started live on. The handle stays: clf_join on it
 * returns CLF_CANCELLED, or what the fiber came to if it had ended already. Runs nothing and waits
 * for nothing. To get out of a CLF_DEADLOCK or CLF_LIMIT, too. */
CLF_API clf_status clf_cancel(clf_scheduler *scheduler, clf_handle handle);

/* The same `seconds` from now, unless it has completed or been detached by then; a later call moves
 * the deadline, CLF_FOREVER takes it away. */
CLF_API clf_status clf_cancel_after(clf_scheduler *scheduler, clf_handle handle, double seconds);

/* Cancels all fibers, detached and started ones as well, at once. Join handles that fibers hold of
 * one another are void from then on. Waits for a slice that is in flight. */
CLF_API clf_status clf_cancel_all(clf_scheduler *scheduler);

/* Lists the fibers that are alive, as text: name, whether it is urgent, line, what each waits for
 * and who holds it, its parents up to the root. Like ones are counted, long lists cut. Waits for a
 * slice that is in flight. *text is the scheduler's, valid until the next dump; after CLF_DEADLOCK
 * it is about the deadlock.
 */
CLF_API clf_status clf_dump(clf_scheduler *scheduler, const char **text);

/* ---- completions and threads -------------------------------------------------------- */

/* Called once when the fiber has completed, by the thread that finds it out, between slices and
 * without any lock: it may call the library, but not clf_destroy. The handle is still to be joined,
 * which then does not wait. */
typedef void (*clf_completion_function)(clf_scheduler *scheduler, clf_handle handle, void *user);
/* If the fiber has completed already, the function is called before this one returns. Not called if
 * the scheduler ends first. */
CLF_API clf_status clf_on_completion(clf_scheduler *scheduler, clf_handle handle,
                                     clf_completion_function function, void *user);

/* A user event of the scheduler's context, for wait lists: complete when all of the fibers are;
 * CLF_FIBER_FAILED is its status if one of them failed, CLF_CANCELLED if the scheduler ends first.
 * One that OpenCL does not let be set is set by a later call of the library. The caller releases
 * it. Somebody has to run slices meanwhile: another thread, or clf_thread_start. */
CLF_API clf_status clf_completion_event(clf_scheduler *scheduler, const clf_handle *handles,
                                        size_t count, cl_event *event);

/* A descriptor for poll, select or epoll: readable while clf_drain would give a handle. Not to be
 * read or closed; it is the scheduler's. */
CLF_API clf_status clf_completion_fd(clf_scheduler *scheduler, int *descriptor);

/* Starts a thread of the library's that runs slices whenever there is something to run: the program
 * goes on and joins, polls or is notified later. clf_run, clf_join and clf_wait_any then only wait.
 * What stops the thread's work (CLF_LIMIT, CLF_UNBOUND_ENV, an OpenCL error) is what they return;
 * it tries again when that was returned or something has changed. CLF_BUSY: there is one already.
 */
CLF_API clf_status clf_thread_start(clf_scheduler *scheduler);
/* Ends it after its current slice; fibers stay as they are. clf_destroy does so, too. */
CLF_API clf_status clf_thread_stop(clf_scheduler *scheduler);

/* Where and how a fiber failed. */
typedef struct clf_failure {
    int32_t code;      /* what `fail` was given, or the runtime's own (clf_failure_text) */
    const char *fiber; /* name of the fiber that failed first; "" if it is no longer known */
    uint32_t at; /* line of the `fail` in the source, or resume point of hand-written segments */
    uint32_t worker;  /* that ran it */
    uint64_t value;   /* what the failing operation was about: a handle, an index; 0 if nothing */
    const char *file; /* that the line is in (see clf_program_build); "" if `at` is no line */
    clf_name name;    /* of the fiber that failed first */
} clf_failure;

/* Codes with which the runtime ends fibers; more below, of host calls and of synchronization
 * objects. */
#define CLF_FAIL_BAD_HANDLE  (-31001) /* a handle that was joined, detached or never given out */
#define CLF_FAIL_RESULT_SIZE (-31002) /* join into a result of another size than the fiber's */
#define CLF_FAIL_ZERO        (-31003) /* `fail 0` */
#define CLF_FAIL_NO_RESULT   (-31004) /* the fiber's end was reached without a `return` */
#define CLF_FAIL_GUARD \
    (-31005) /* the guard word behind its frame was overwritten (options.debug) */

/* What a failure code of the runtime's own means, CLF_FAIL_NOT_HOLDER say, as a part of a sentence;
 * "" for other codes. Static strings. Thread-safe. */
CLF_API const char *clf_failure_text(int32_t code);

/* The failure behind the last CLF_FIBER_FAILED that clf_join returned. */
CLF_API clf_status clf_get_failure(const clf_scheduler *scheduler, clf_failure *failure);

/* ---- host calls ---------------------------------------------------------------------- */

/* A fiber's `long r = await hostcall(number, &argument)` waits while the host runs the function
 * that is registered under that number: between slices, in the thread that runs the slices (or
 * later, in any: CLF_CALL_LATER), without any lock. */
typedef struct clf_hostcall {
    uint32_t number;
    const void *argument; /* as the fiber gave it, aligned for any type; NULL if there is none */
    size_t argument_size;
    void *result;       /* for the function to fill: what the fiber gets, zeroed before */
    size_t result_size; /* of the variable that takes the result; 0 if there is none */
} clf_hostcall;

/* Returns 0, or a code with which the fiber fails, or CLF_CALL_LATER: then `call` stays valid, and
 * the fiber waits, until clf_hostcall_finish. May call the library, but not clf_destroy. */
typedef int32_t (*clf_hostcall_function)(clf_hostcall *call, void *user);
#define CLF_CALL_LATER INT32_MIN

/* Registers a function under a number of the user's choice, up to 0x3fffffff, or in the place of
 * one that comes with the library. NULL removes it. A fiber that calls a number without a function
 * fails with CLF_FAIL_NO_CALL. */
CLF_API clf_status clf_hostcall_register(clf_scheduler *scheduler, uint32_t number,
                                         clf_hostcall_function function, void *user);

/* Ends a call whose function returned, or will return, CLF_CALL_LATER, with the code that it would
 * have returned; its result has been written. Once for each such call, from any thread, before the
 * scheduler or its program ends. */
CLF_API clf_status clf_hostcall_finish(clf_scheduler *scheduler, clf_hostcall *call, int32_t code);

/* The calls that come with the library. Clock and seed are always there: the wall-clock time in
 * nanoseconds since 1970 (a long), bytes of the operating system's random generator (any result).
 * Print and files are there when the host says where to:
 *  - print: the argument is a clf_line, made by clf_format and clf_put_long and others; the result,
 * if wanted, is the number of bytes, a long. Lines of one fiber come in its order.
 *  - read: the argument is a clf_file_range; the result a long, bytes read, at the end of the file
 * fewer than wanted, and behind it room for them.
 *  - write: the argument is a clf_file_range and behind it the bytes; the result a long. */
#define CLF_CALL_PRINT 0x40000001u
#define CLF_CALL_READ  0x40000002u
#define CLF_CALL_WRITE 0x40000003u
#define CLF_CALL_CLOCK 0x40000004u
#define CLF_CALL_SEED  0x40000005u

/* Codes with which fibers fail because of a host call. */
#define CLF_FAIL_NO_CALL   (-31031) /* the host has registered no function of that number */
#define CLF_FAIL_CALL_SIZE (-31032) /* argument or result of a host call has the wrong size */
#define CLF_FAIL_CALL_IO   (-31033) /* reading, writing or printing failed on the host */
#define CLF_FAIL_CALL_FILE (-31034) /* the host has opened no file of that number */

/* Where printed lines go; returns 0, or not if it failed. */
typedef int (*clf_print_function)(const char *line, size_t length, void *user);
/* With `print` NULL, `user` is a FILE *. Both NULL: nowhere any more. */
CLF_API clf_status clf_hostcall_print(clf_scheduler *scheduler, clf_print_function print,
                                      void *user);
/* Lets fibers read and write at offsets of an open file, by a number below 1024 that the host
 * chooses. The descriptor stays the caller's; -1 takes the file away. */
CLF_API clf_status clf_hostcall_file(clf_scheduler *scheduler, uint32_t number, int descriptor);

/* ---- synchronization objects --------------------------------------------------------- */

/* What fibers share in buffers: the device's types of these names (doc/language.md), for hosts that
 * make such buffers. The members are the runtime's. Nobody but fibers may touch an object while
 * fibers are outstanding. */

typedef struct clf_mutex { /* all zero: free */
    cl_uint state, queue, holder, fill;
} clf_mutex;

typedef struct clf_semaphore {
    cl_uint value; /* units at the start */
    cl_uint gate, line[2];
} clf_semaphore;

#define CLF_SEMAPHORE_INIT(units) \
    {                             \
        (units), 0,               \
        {                         \
            0, 0                  \
        }                         \
    }

#define CLF_EVENT_MANUAL 0u /* set until it is reset */
#define CLF_EVENT_AUTO   1u /* reset by the fiber that it lets pass */

typedef struct clf_event { /* all zero: unset, CLF_EVENT_MANUAL */
    clf_semaphore counter;
    cl_uint mode, fill[3];
} clf_event;

#define CLF_EVENT_INIT(mode)           \
    {                                  \
        CLF_SEMAPHORE_INIT(0), (mode), \
        {                              \
            0, 0, 0                    \
        }                              \
    }

typedef struct clf_once { /* all zero: not done */
    clf_event done;
    cl_uint begun, fill[3];
} clf_once;

typedef struct clf_barrier {
    cl_uint gate;
    cl_uint fibers; /* that have to come */
    cl_uint arrived, fill, line[2], fill1[2];
} clf_barrier;

#define CLF_BARRIER_INIT(fibers)   \
    {                              \
        0, (fibers), 0, 0, {0, 0}, \
        {                          \
            0, 0                   \
        }                          \
    }

typedef struct clf_channel { /* behind it: room for capacity * bytes */
    cl_uint gate, closed;
    cl_uint capacity; /* messages; 0: a sender waits for its receiver */
    cl_uint bytes;    /* of a message */
    cl_uint oldest, messages, senders[2], receivers[2], fill[6];
} clf_channel;

#define CLF_CHANNEL_INIT(capacity, bytes)                \
    {                                                    \
        0, 0, (capacity), (bytes), 0, 0, {0, 0}, {0, 0}, \
        {                                                \
            0                                            \
        }                                                \
    }
/* Bytes of a channel with its messages. */
#define CLF_CHANNEL_BYTES(capacity, bytes) (sizeof(clf_channel) + (size_t)(capacity) * (bytes))

/* Codes with which fibers fail because of an object. */
#define CLF_FAIL_NOT_LOCKED (-31010) /* unlock of a mutex that nobody holds */
#define CLF_FAIL_NOT_HOLDER (-31011) /* unlock of a mutex that another fiber holds */
#define CLF_FAIL_BAD_OBJECT (-31012) /* null, or not initialised */
#define CLF_FAIL_CLOSED     (-31013) /* the channel is closed (and, for recv, empty) */
#define CLF_FAIL_MESSAGE    (-31014) /* a message of another size than the channel's */
#define CLF_FAIL_OVERFLOW   (-31015) /* more units or fibers than the object can count */

/* ---- statistics --------------------------------------------------------------------- */

/* One worker's counters, or the sum (for high-water marks the maximum) of all. Counted since the
 * program was built or clf_reset_stats was called. */
typedef struct clf_counters {
    uint64_t segments;     /* run */
    uint64_t spawned;      /* frames made, roots and started fibers included */
    uint64_t completed;    /* fibers ended */
    uint64_t failed;       /* of these, with a failure code of their own */
    uint64_t steals_taken; /* attempts that took entries from another worker */
    uint64_t steals_lost;  /* attempts that lost the race for them */
    uint64_t steals_empty; /* attempts that found nothing */
    uint64_t stolen;       /* entries taken by steals */
    uint64_t publishes;    /* times private entries were made visible */
    uint64_t idle_rounds;  /* rounds of looking for work in vain */
    uint64_t deque_high;   /* most entries in a deque */
    uint64_t frames_high; /* most frames in use by a worker's fibers at the end of a segment; in the
                             sum: frames ever used */
    uint64_t rounds; /* with several lanes: batches of segments, one a lane, run side by side */
    uint64_t
        kinds; /* sum over all rounds of the kinds of segment begun in each: a kind is a fiber
                  and a resume point, counted in 32 classes; kinds / rounds is the divergence */
} clf_counters;

typedef struct clf_stats {
    size_t size; /* sizeof(clf_stats), set by the caller */
    clf_counters total;
    uint64_t slices;
    double device_seconds;  /* host time between enqueue and end of the slices */
    uint64_t started;       /* roots */
    uint64_t outstanding;   /* roots not completed */
    uint32_t frames;        /* room for frames now, all of the smallest size class */
    uint32_t frame_bytes;   /* of one, of the smallest size class */
    uint32_t ring;          /* entries per deque now */
    uint32_t frame_growths; /* how often frames, and rings, grew */
    uint32_t ring_growths;
    uint64_t device_bytes;        /* of all buffers */
    uint64_t frame_bytes_used;    /* by total.frames_high: what fibers took when most were alive */
    uint32_t largest_frame_bytes; /* of one, of the largest size class */
    uint32_t frame_classes;
} clf_stats;

CLF_API clf_status clf_get_stats(clf_scheduler *scheduler, clf_stats *stats);
CLF_API clf_status clf_get_worker_counters(clf_scheduler *scheduler, uint32_t worker,
                                           clf_counters *counters);
CLF_API clf_status clf_reset_stats(clf_scheduler *scheduler);

/* ---- devices ------------------------------------------------------------------------ */

typedef struct clf_device_info {
    char platform[128];
    char name[128];
    char version[128];
    cl_device_id id;
    cl_platform_id platform_id;
    cl_device_type type;
    uint32_t compute_units;
} clf_device_info;

/* The devices in the order of their numbers. CLF_NO_DEVICE if there is none: the message of the
 * calling thread (clf_message(NULL)) says what to install. Thread-safe. info/count may be NULL. */
CLF_API clf_status clf_get_device(uint32_t index, clf_device_info *info, uint32_t *count);

/* One litmus test's outcome: two work-groups touch shared words in a certain order, many times
 * over, and one outcome must not occur if that order holds between them. */
typedef struct clf_litmus_row {
    const char *name; /* "message passing", ...: a static string */
    uint64_t rounds;  /* that were run */
    uint64_t met; /* rounds for which the two sides found each other running: 0 where groups run one
                     after another, and then the test says nothing */
    uint64_t weak;    /* rounds with the outcome that must not occur */
    uint64_t control; /* the same outcome in an eighth of the rounds with the order taken away: more
                         than 0 shows that the test sees it */
    int allowed;      /* not 0: nothing in the runtime relies on this one, `weak` may be anything */
} clf_litmus_row;

#define CLF_LITMUS_TESTS 8

/* Runs the litmus tests of one atomics tier (not auto or serial) on the scheduler's device, at
 * least `rounds` rounds each, and fills rows[0..CLF_LITMUS_TESTS). Waits for a slice in flight;
 * fibers and program stay as they are. CLF_NO_TIER: the device does not offer the tier; OpenCL's
 * error: it does not compile there. A short run of the same tests decides at the first use of a
 * device in a process which tiers are used at all. */
CLF_API clf_status clf_litmus(clf_scheduler *scheduler, clf_tier tier, uint64_t rounds,
                              clf_litmus_row *rows);

/* "c11", "fences", "nvidia", "legacy", "serial" or "auto"; "steal", "static" or "shared".
 * Thread-safe. */
CLF_API const char *clf_tier_name(clf_tier tier);
CLF_API const char *clf_mode_name(clf_mode mode);

#ifdef __cplusplus
}
#endif
#endif
