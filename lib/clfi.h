/* clfi.h - what the files of lib/ share: the scheduler's parts and the functions that work on them.
 *
 * Dependencies go one way: message, status <- device, litmus <- tier, options <- program, env <-
 * buffers <- roots, handles, ready, timers <- requests, live <- cancel <- slice <- run. Functions
 * that can fail return a clf_status and leave a message on the scheduler.
 */
#ifndef CLFI_H
#define CLFI_H

#include "clfiber.h"

#include <pthread.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>

typedef cl_uint uint;
typedef cl_ulong ulong;
#include "layout.h"

#if defined(__GNUC__)
#define CLFI_PRINTF(at, first) __attribute__((format(printf, at, first)))
#else
#define CLFI_PRINTF(at, first)
#endif

/* ---- message.c ---------------------------------------------------------------------- */

#define CLFI_MESSAGE_BYTES 1024

/* Keeps the message on the scheduler (NULL: for the calling thread) and returns `status`. */
clf_status clfi_fail(clf_scheduler *s, clf_status status, const char *format, ...)
    CLFI_PRINTF(3, 4);
/* The same for an OpenCL error of `call`. CL_SUCCESS gives CLF_OK. */
clf_status clfi_cl(clf_scheduler *s, cl_int error, const char *call);
clf_status clfi_no_memory(clf_scheduler *s, size_t bytes, const char *what);

/* ---- lock.c: threads ---------------------------------------------------------------- */

clf_status clfi_lock_make(clf_scheduler *s);
void clfi_lock_free(clf_scheduler *s);
/* The scheduler's lock may be taken several times by one thread. */
clf_scheduler *clfi_lock(clf_scheduler *s);
void clfi_unlock(clf_scheduler *s);
void clfi_leave(clf_scheduler **guard);
/* Something changed that others may wait for: new work, a call that ended. */
void clfi_poke(clf_scheduler *s);
/* Waits for a change, or until a time by clfi_now (0: for long); may return early. The lock is held
 * once, and given up meanwhile. */
void clfi_wait(clf_scheduler *s, double until);
/* Pipes that wake: no end waits. */
bool clfi_pipe_open(int ends[2]);
void clfi_pipe_close(int ends[2]);
void clfi_pipe_fill(const int ends[2]);
void clfi_pipe_drain(const int ends[2]);

/* ---- text.c: strings that grow ------------------------------------------------------ */

typedef struct clfi_text {
    char *data; /* NUL-terminated, or NULL while empty */
    size_t length, room;
    bool failed; /* out of memory: further appends do nothing */
} clfi_text;

void clfi_text_add(clfi_text *t, const char *data, size_t length);
void clfi_text_print(clfi_text *t, const char *format, ...) CLFI_PRINTF(2, 3);
void clfi_text_free(clfi_text *t);
/* What `t` holds, "" if nothing; valid until the next change. */
const char *clfi_text_get(const clfi_text *t);
/* The first line of a compiler's log that says "error", cut to `size`; "" if there is none. */
void clfi_first_error(const char *log, char *line, size_t size);

/* ---- cache.c ------------------------------------------------------------------------ */

/* Builds `text` for the scheduler's device, or takes what was built before from a file. The program
 * is the caller's to release, also after an error; what the compiler said is added to `log`. */
cl_int clfi_build(clf_scheduler *s, const char *text, const char *flags, cl_program *program,
                  clfi_text *log);

/* ---- log.c -------------------------------------------------------------------------- */

/* Appends a compiler's log, with the places that it gives in `source`, the whole text that it was
 * given, put into the files and lines that the text's #line directives name; and with what it says
 * of lines of `user`, the source that was translated (NULL: none), said once, with line and caret.
 */
void clfi_log_add(clfi_text *to, const char *log, const char *source, const char *user);

/* ---- device.c ----------------------------------------------------------------------- */

/* The device that `wanted` (a number, a part of a name, or NULL) names. */
clf_status clfi_device_pick(const char *wanted, cl_device_id *device);
/* A property of the scheduler's device. */
clf_status clfi_device_get(clf_scheduler *s, cl_device_info what, size_t size, void *value);
/* A string that clGetDeviceInfo returns, to be freed. */
clf_status clfi_device_string(clf_scheduler *s, cl_device_info what, char **text);

/* ---- tier.c ------------------------------------------------------------------------- */

/* Settles s->options.tier: the wanted one if the device passes it, or the first that it passes. */
clf_status clfi_tier_settle(clf_scheduler *s);
/* Compiler options for a tier that litmus tests can be run on; CLF_NO_TIER if the device does not
 * offer it. */
clf_status clfi_tier_offered(clf_scheduler *s, clf_tier tier, char *flags, size_t size);
/* Compiler options that the tier needs, like "-cl-std=CL3.0 -DCLF_TIER=1". */
const char *clfi_tier_flags(const clf_scheduler *s);

/* ---- litmus.c ----------------------------------------------------------------------- */

/* *failure: NULL if the device keeps the tier's promises in a short run, made at the first use in
 * this process; or what is wrong. Lack of memory says nothing about a tier and is an error. */
clf_status clfi_litmus_judge(clf_scheduler *s, clf_tier tier, const char *flags,
                             const char **failure);

/* ---- options.c ---------------------------------------------------------------------- */

/* Copies the caller's options (NULL: all defaults) and checks what can be checked without a device.
 */
clf_status clfi_options_read(clf_scheduler *s, const clf_options *options);
/* Fills in the defaults that depend on the device, checks the rest. */
clf_status clfi_options_settle(clf_scheduler *s);

/* ---- program.c, source.c, report.c -------------------------------------------------- */

typedef struct clfi_param {
    clf_param_info info;
    size_t offset; /* fibers: in the frame */
    bool bound;    /* env: by clf_bind */
    cl_mem memory; /* env pointers: what is bound, retained */
    void *value;   /* env, others: a copy of it */
} clfi_param;

typedef struct clfi_fiber {
    clf_fiber_info info;
    clfi_param *param;
    clf_param_info *public_param;
    size_t spill_size;
    size_t end;    /* bytes from the start of the frame to the end of the parameters */
    uint32_t room; /* bytes that its frame takes in the pool: those of its size class */
} clfi_fiber;

typedef struct clfi_places clfi_places;

typedef struct clfi_program {
    cl_program program;
    clfi_places *places; /* NULL: hand-written segments */
    cl_kernel slice, move_rings, deal, give_results;
    cl_kernel unhook, holders; /* NULL: the program uses no synchronization objects */
    char *report;              /* the names point into it */
    clfi_fiber *fiber;
    uint32_t fibers;
    clfi_param *env;
    uint32_t envs;
    bool env_lost; /* an error has left kernels with arguments other than what is bound */
    uint32_t frame_bytes, spill_bytes;   /* frame_bytes: of a unit */
    uint32_t classes, smallest, largest; /* size classes of frames; units of a frame of each */
    uint32_t frames_at;                  /* bytes in front of the first frame */
    uint32_t name_place; /* bytes from the name to the frame; 0: fibers have no names */
    bool priorities;
    size_t max_result,
        max_args; /* bytes: largest result; largest frame image of parameters behind the header */
} clfi_program;

/* Builds the program; the diagnostics go to log. `user`: what was translated to `source`, NULL:
 * nothing was, the source is by hand. */
clf_status clfi_program_make(clf_scheduler *s, const char *source, const char *user,
                             const char *flags, clfi_program *p);
void clfi_program_free(clfi_program *p);
/* Segments by hand, or what the front end makes of fiber source, in s->generated; its diagnostics
 * in s->log, its places in *places. */
clf_status clfi_source_translate(clf_scheduler *s, const char *source, clfi_places **places);
/* Files of cl/, in order, in `t`; the last name is followed by NULL. */
clf_status clfi_source_runtime(clf_scheduler *s, const char *const *names, clfi_text *t);
/* The texts that make up a program of segments, in order, in `t`. */
clf_status clfi_source_assemble(clf_scheduler *s, const char *source, clfi_text *t);
/* Reads the device's report: words[0..CLF_REPORT_WORDS). */
clf_status clfi_report_read(clf_scheduler *s, const cl_uint *words, clfi_program *p);
clfi_fiber *clfi_program_find(const clfi_program *p, const char *name);

/* ---- places.c: where in the user's files fibers are ---------------------------------- */

typedef struct clfi_place {
    const char *what; /* "sync", "await f", what the fiber is suspended in; NULL: its start */
    const char *file;
    uint32_t line;
} clfi_place;

struct clfi_lang;
clfi_places *clfi_places_make(const struct clfi_lang *lang); /* NULL: no memory */
void clfi_places_free(clfi_places *p);
/* The place of a resume point; false: not known. */
bool clfi_place_find(const clfi_places *p, uint32_t fiber, uint32_t at, clfi_place *place);
/* The file that a line of the fiber is in; NULL: not known. */
const char *clfi_place_file(const clfi_places *p, uint32_t fiber, uint32_t line);

/* ---- program.c, again ----------------------------------------------------------------- */

/* Arguments of the slice kernel behind its buffers: the bell, the first env member. */
#define CLFI_BELL_ARG 15
#define CLFI_ENV_ARG  16
/* And of the kernels unhook and holders. */
#define CLFI_UNHOOK_ENV_ARG 5
/* CLF_UNBOUND_ENV if a member is not bound. Sees to it that the kernels have what is. */
clf_status clfi_env_check(clf_scheduler *s);

/* ---- buffers.c ---------------------------------------------------------------------- */

typedef struct clfi_buffers {
    cl_mem control, workers, lanes, rings, free, pool_state, pool_entry, frames, sizes, spill,
        inbox, done, ready, requests, data, results; /* results: made when needed */
    uint32_t frame_count, ring, pool_slots;          /* frame_count: units */
    uint32_t frame_max;                              /* what seems to be possible now */
    uint32_t frame_limit;                            /* what options and device allow */
    uint32_t class_units;                            /* for the frames of one class at most */
    bool passed;                                     /* the slice kernel's arguments are these */
    uint32_t ready_room, request_room, data_room;    /* entries, records, bytes */
    size_t results_room;
    size_t inbox_stride, done_stride, done_place;
    size_t bytes; /* of all */
    uint32_t frame_growths, ring_growths;
} clfi_buffers;

clf_status clfi_buffers_make(clf_scheduler *s);
void clfi_buffers_free(clfi_buffers *b);
/* Sets the slice kernel's arguments if buffers are new. */
clf_status clfi_buffers_pass(clf_scheduler *s);
size_t clfi_frames_bytes(const clf_scheduler *s, uint32_t units);
/* Whether the device has no memory for what was wanted: that is a limit, not an error. */
bool clfi_no_device_memory(clf_status status);
/* Doubles the frames or the rings, as far as the limit allows. *grown: whether there are more now.
 */
clf_status clfi_grow_frames(clf_scheduler *s, bool *grown);
clf_status clfi_grow_rings(clf_scheduler *s, bool *grown);
clf_status clfi_grow_requests(clf_scheduler *s, bool *grown);

/* ---- handles.c: the join handles of roots ------------------------------------------- */

typedef struct clfi_watch clfi_watch;
typedef struct clfi_watcher clfi_watcher;

typedef enum clfi_handle_state { CLFI_FREE, CLFI_LIVE, CLFI_DETACHED, CLFI_DONE } clfi_handle_state;

typedef struct clfi_entry {
    uint32_t generation;
    clfi_handle_state state;
    uint32_t fiber;
    int32_t code;
    uint32_t next; /* free list; or, done and not drained, list in the order of completion */
    uint32_t prev;
    bool drained;
    bool cancelled;         /* clf_cancel was called */
    char *name;             /* that the host gave it; NULL: none */
    clfi_watcher *watchers; /* who wants to know when it completes */
    clf_failure failure;
} clfi_entry;

typedef struct clfi_handles {
    clfi_entry *entry;
    unsigned char *result;
    size_t stride; /* bytes of a result place */
    uint32_t room, used;
    uint32_t free_head;
    uint32_t
        first; /* generation of new slots: a handle of the program before is never one of this */
    uint32_t newest; /* highest generation given out */
    uint32_t done_head, done_tail;
} clfi_handles;

/* Makes sure that `count` handles can be given out without an error. */
clf_status clfi_handles_reserve(clf_scheduler *s, size_t count);
uint32_t clfi_handle_new(clf_scheduler *s, uint32_t fiber, bool detached);
clf_handle clfi_handle_of(const clf_scheduler *s, uint32_t slot);
/* The entry of a handle that is live or done; else CLF_STALE_HANDLE. */
clf_status clfi_handle_find(clf_scheduler *s, clf_handle handle, uint32_t *slot);
void clfi_handle_complete(clf_scheduler *s, uint32_t slot, int32_t code, const void *result);
void clfi_handle_drop(clf_scheduler *s, uint32_t slot);
void clfi_handle_unlist(clf_scheduler *s, uint32_t slot);
void clfi_handles_free(clfi_handles *t);
/* Whether some have completed and were not drained or joined. */
bool clfi_handles_done(const clf_scheduler *s);

/* ---- notify.c: who is told of completions ------------------------------------------- */

/* The entry has completed. */
void clfi_notify(clf_scheduler *s, clfi_entry *e);
/* Nothing will complete any more. */
void clfi_notify_never(clf_scheduler *s);
/* The same at the scheduler's end, and what is due is told a last time. */
void clfi_notify_last(clf_scheduler *s);
/* Calls what is due, with the lock given up: true, if there was something. */
bool clfi_deliver(clf_scheduler *s);
/* Makes the descriptor of clf_completion_fd readable or not. */
void clfi_level(clf_scheduler *s, bool any);

/* ---- roots.c: fibers that were started and not yet handed to the device ------------- */

typedef struct clfi_roots {
    unsigned char *data; /* records of inbox_stride bytes, head..tail */
    size_t head, tail, room;
} clfi_roots;

/* ---- ready.c: fibers made runnable between slices ------------------------------------ */

typedef struct clfi_ready {
    clf_ready *entry; /* not yet written to the device */
    uint32_t count, room;
} clfi_ready;

/* Entries of the ring for so many frames, a power of two. */
uint32_t clfi_ready_entries(uint32_t frames);
/* Makes a waiting fiber runnable in the next slice; `status` goes to its header. */
clf_status clfi_ready_add(clf_scheduler *s, uint32_t frame, int32_t status);
bool clfi_ready_any(const clf_scheduler *s);
/* Forgets entries not yet written of frames that are gone (gone[frame] != 0). */
void clfi_ready_drop(clf_scheduler *s, const uint32_t *gone);
/* Writes the entries; the control block, which follows, tells the device. Kernels that use
 * clf_ready_push run behind that and before the slice. */
clf_status clfi_ready_flush(clf_scheduler *s);
clf_status clfi_ready_move(clf_scheduler *s, cl_mem to, uint32_t room);

/* ---- hostcall.c, calls.c: what fibers call on the host ---------------------------------- */

typedef struct clfi_call_entry {
    uint32_t number;
    clf_hostcall_function function;
    void *user;
} clfi_call_entry;

typedef struct clfi_calls {
    clfi_call_entry *entry; /* the functions */
    uint32_t entries;
    uint32_t missing;                   /* the number of the last call that found no function */
    struct clfi_call *todo, **todo_end; /* calls to be made */
    struct clfi_call *open;  /* calls being made, or to be ended by clf_hostcall_finish */
    uint32_t waiting;        /* fibers that wait for one of these */
    uint32_t left;           /* of the open ones: ended, to be told to the fiber */
    struct clfi_call *spare; /* memory for the next one */
    clf_result *result;      /* results to be given out before the next slice ... */
    uint32_t count, room;
    unsigned char *data; /* ... and their bytes */
    size_t bytes, bytes_room;
    clf_print_function print;
    void *print_user;
    int *file; /* descriptors by the numbers that fibers know */
    uint32_t files;
} clfi_calls;

clf_status clfi_call_register(clf_scheduler *s, uint32_t number, clf_hostcall_function function,
                              void *user);
clf_status clfi_calls_add_shipped(clf_scheduler *s);
/* What a message of CLF_FAIL_NO_CALL goes on with: the number, how many there are, the remedy. */
void clfi_call_missing(const clf_scheduler *s, char *to, size_t size);
/* Whether the fiber waits for a host call, and for which. */
bool clfi_call_of(const clf_scheduler *s, uint32_t frame, uint32_t *number);
/* Serves one request; `data` is what all of them brought along. */
clf_status clfi_call_serve(clf_scheduler *s, const clf_request *r, const unsigned char *data,
                           size_t data_size);
/* Makes the calls, with the lock given up. */
clf_status clfi_calls_make(clf_scheduler *s);
/* Before a slice: writes the results to the frames. */
clf_status clfi_calls_flush(clf_scheduler *s);
/* Forgets the calls of fibers that were cancelled: gone[frame] is not 0. */
void clfi_calls_drop(clf_scheduler *s, const uint32_t *gone);
/* Drops calls and results of the program before; frees all. */
void clfi_calls_reset(clf_scheduler *s);
void clfi_calls_free(clf_scheduler *s);

/* ---- timers.c ------------------------------------------------------------------------ */

enum { CLFI_TIMER_SLEEP, CLFI_TIMER_TIMEOUT, CLFI_TIMER_NONE };

typedef struct clfi_timer {
    double deadline; /* by clfi_now */
    uint32_t key;    /* the fiber's frame, for s->timers */
    uint32_t kind;   /* CLFI_TIMER_ */
    uint64_t data;
} clfi_timer;

typedef struct clfi_timers {
    clfi_timer *heap; /* nearest first */
    uint32_t *place;  /* key -> place in the heap */
    uint32_t count, room, keys;
} clfi_timers;

/* A key has one timer at most: an earlier one is replaced. */
clf_status clfi_timer_set(clf_scheduler *s, clfi_timers *t, const clfi_timer *timer);
/* What the key's timer is for, CLFI_TIMER_NONE: it has none. */
uint32_t clfi_timer_kind(const clfi_timers *t, uint32_t key);
/* Whether there was one. */
bool clfi_timer_forget(clfi_timers *t, uint32_t key);
/* The nearest timer if it is due, or NULL; to be forgotten once it has been seen to. */
const clfi_timer *clfi_timer_due(const clfi_timers *t, double now);
/* Forgets those of keys that are gone (gone[key] != 0). */
void clfi_timers_drop(clfi_timers *t, const uint32_t *gone);
void clfi_timers_free(clfi_timers *t);

/* ---- requests.c: what fibers asked for ----------------------------------------------- */

uint32_t clfi_request_records(uint32_t frames);
void clfi_requests_prepare(clf_scheduler *s);
/* After a slice: takes the records; after an error, those that are left. */
clf_status clfi_requests_serve(clf_scheduler *s);
/* Before a slice: wakes whose time has come. */
clf_status clfi_timers_serve(clf_scheduler *s);
/* With nothing to run: forgets timers whose fibers no longer wait, if there are no others. */
clf_status clfi_timers_prune(clf_scheduler *s);
/* Whether fibers wait for what the host will do in time. */
bool clfi_waits_for_host(const clf_scheduler *s);
/* When the host next has something to do; 0: no time is set. */
double clfi_next_deadline(const clf_scheduler *s);

/* ---- slice.c: the coordinator ------------------------------------------------------- */

#define CLFI_NOTHING       0u
#define CLFI_ALL_COLLECTED 6u

typedef struct clfi_coordinator {
    clf_control control;    /* as the device left it, or will find it */
    unsigned char *staging; /* inbox records on their way */
    unsigned char *drained; /* done records */
    bool in_flight;         /* a slice was enqueued and not collected */
    cl_event event;         /* of that slice, or of its control block's reading */
    bool is_ahead;          /* that is being read, to: */
    clf_control ahead;
    uint32_t collected; /* steps of its collection that are done */
    uint32_t served;    /* requests of it that were served */
    bool has_grown;     /* something grew in its collection */
    bool sifted;        /* the inbox differs from its copy here: to be written */
    uint64_t launches;  /* slices enqueued */
    uint64_t pruned;    /* launches when clfi_timers_prune last looked */
    double began;       /* when it was enqueued */
    uint32_t given;     /* roots in the inbox or on the device */
    uint32_t budget;    /* of the next slice, while it adapts */
    uint32_t stretches; /* that it may have at most; 0: one */
    uint32_t grown;     /* static mode: slices in which work grew at one worker */
    bool quiet;         /* after the last slice nothing was runnable on the device */
    uint32_t stuck;     /* slices in a row without progress that wanted what cannot grow */
    bool dealt;         /* static mode: the work has been dealt out */
    uint64_t slices;
    double seconds;
    uint64_t started;
    clf_record recent[2 * CLF_RECORDS]; /* failures, newest at recent_next - 1 */
    uint32_t recent_count;
} clfi_coordinator;

/* Enqueues one slice; none is in flight. `end`: when somebody wants to go on, 0: when there is
 * something new; now: the slice has one stretch. */
clf_status clfi_slice_enqueue(clf_scheduler *s, cl_uint num_events, const cl_event *wait_list,
                              cl_event *event, double end);
/* Waits for the slice in flight, takes completions, grows what ran out. CLF_LIMIT. */
clf_status clfi_slice_collect(clf_scheduler *s);
/* CLF_DEADLOCK: fibers are alive, but after the last slice none was runnable and nothing can make
 * one so. */
clf_status clfi_deadlock_check(clf_scheduler *s);
/* Fibers that have not ended: roots waiting or running, and started ones. */
bool clfi_outstanding(const clf_scheduler *s);
/* Whether a slice would find something to run. */
bool clfi_runnable(const clf_scheduler *s);
double clfi_now(void);
/* Roots that the device has not seen yet. */
size_t clfi_waiting_roots(const clf_scheduler *s);
/* Tells the device how many of the roots in the inbox are urgent: the first ones. */
void clfi_inbox_count_urgent(clf_scheduler *s);
/* Takes over the roots in the first `n` done records. */
clf_status clfi_slice_drain(clf_scheduler *s, uint32_t n);

/* ---- live.c: kernels that look after fibers between slices --------------------------- */

typedef enum clfi_upkeep_kernel {
    CLFI_MARK_FREE,
    CLFI_STAMP,
    CLFI_COUNT_CHILDREN,
    CLFI_VICTIMS,
    CLFI_TARGET,
    CLFI_DECIDE,
    CLFI_SETTLE,
    CLFI_LIST_WAITERS,
    CLFI_REQUEUE,
    CLFI_SORT_FREED,
    CLFI_PLAN,
    CLFI_REFUND,
    CLFI_COLLECT,
    CLFI_STOW,
    CLFI_HAND_OUT,
    CLFI_UPKEEP_KERNELS
} clfi_upkeep_kernel;

typedef struct clfi_upkeep {
    cl_program program; /* made when it is first needed, for all programs of the scheduler */
    cl_kernel kernel[CLFI_UPKEEP_KERNELS];
    cl_mem block, scratch, roots, late; /* late: frames whose time is up */
    size_t scratch_bytes, roots_bytes, late_bytes;
    bool
        leaving; /* fibers have left objects for the ready list, which the host does not know yet */
} clfi_upkeep;

/* Sets *u up for the fibers that there are, marks free frames and counts children. `roots`: bits of
 * the join handles to cancel, `slots` of them, slots / 32 + 1 words, and behind them what is in
 * s->cancel.victim; or NULL. No slice is in flight. */
clf_status clfi_upkeep_begin(clf_scheduler *s, clf_upkeep *u, const uint32_t *roots,
                             uint32_t slots);
/* Enqueues a kernel with that many work-items or, unless it is one, some more, in groups of the
 * same size every time: left to itself, an implementation may choose one for each number of items
 * and compile the kernel anew for it. */
cl_int clfi_enqueue_items(clf_scheduler *s, cl_kernel kernel, size_t items);
/* Runs one of the kernels with at least that many work-items. */
clf_status clfi_upkeep_run(clf_scheduler *s, clfi_upkeep_kernel kernel, size_t items,
                           uint32_t turn);
/* Takes fibers that are gone out of synchronization objects, if the program uses any. */
clf_status clfi_upkeep_unhook(clf_scheduler *s, const clf_upkeep *u, uint32_t turn);
/* Of the fibers in `frames` that wait for objects, those whose wait is still the one that a timer
 * was set for: makes them leave (CLF_LATE_LEAVES), or tells them by turning the other entries into
 * CLF_NIL (CLF_LATE_LOOK). */
clf_status clfi_upkeep_late(clf_scheduler *s, uint32_t *frames, uint32_t count, uint32_t late);
/* Reads what a kernel before has left, if an error prevented it: before their memory is used anew.
 */
clf_status clfi_upkeep_complete(clf_scheduler *s);
/* Who holds what each fiber waits for: frame + 1, or 0; NULL: the program uses no objects. */
clf_status clfi_upkeep_holders(clf_scheduler *s, const clf_upkeep *u, uint32_t **tickets);
/* A word per frame from scratch (layout.h), to be freed: 0 marks, 1 children or gone. */
clf_status clfi_upkeep_words(clf_scheduler *s, const clf_upkeep *u, uint32_t part,
                             uint32_t **words);
/* What the kernels have left in *u, and back. */
clf_status clfi_upkeep_read(clf_scheduler *s, clf_upkeep *u);
clf_status clfi_upkeep_write(clf_scheduler *s, const clf_upkeep *u);
void clfi_upkeep_free(clfi_upkeep *k);
/* The marks of all frames that were ever used, CLF_MARK_FREE or 0, to be freed. */
clf_status clfi_live_marks(clf_scheduler *s, uint32_t **marks, uint32_t *used);

/* ---- room.c ------------------------------------------------------------------------- */

/* After a slice: makes room for what it wanted. It can be called again after an error. */
clf_status clfi_room_make(clf_scheduler *s);
/* CLF_LIMIT if nobody can go on for want of room, nor will when its time has come. */
clf_status clfi_room_check(clf_scheduler *s);
/* CLF_LIMIT, with what has run out. */
clf_status clfi_room_limit(clf_scheduler *s);

/* ---- cancel.c ----------------------------------------------------------------------- */

typedef struct clfi_cancel {
    uint32_t *slot; /* join handles whose roots are to be cancelled; may have completed since */
    uint32_t count, room;
    uint32_t *victim; /* fibers that fibers cancel: frame and generation of each */
    uint32_t victims, victim_room;
    bool everything;
    clfi_timers deadlines; /* by join handle's slot */
    uint32_t step;         /* of a cancellation that an error has stopped half-way; 0: none */
    uint32_t turn;         /* its own: passes made, ... */
    uint32_t taken;        /* ... how many of `slot` it is about ... */
    clf_upkeep work;       /* ... and what the device's kernels know of it */
} clfi_cancel;

/* Whether something is to be cancelled before the next slice. */
bool clfi_cancel_pending(const clf_scheduler *s);
/* Cancels what was asked for, and the children of fibers that failed. No slice is in flight. */
clf_status clfi_cancel_apply(clf_scheduler *s);
/* Goes on with what an error has stopped half-way: before the kernels' memory is used otherwise. */
clf_status clfi_cancel_complete(clf_scheduler *s);

/* ---- bell.c ------------------------------------------------------------------------- */

void clfi_bell_make(clf_scheduler *s);
void clfi_bell_free(clf_scheduler *s);
/* Makes it that argument of the slice kernel. */
cl_int clfi_bell_pass(clf_scheduler *s, cl_uint argument);
/* The slice in flight is to end. Any thread, any signal handler. */
void clfi_bell_ring(clf_scheduler *s);
/* Before a slice. */
void clfi_bell_still(clf_scheduler *s);

/* ---- dump.c ------------------------------------------------------------------------- */

/* Writes down in s->dump who waits for what. No slice is in flight. */
clf_status clfi_dump_make(clf_scheduler *s);

/* ---- run.c -------------------------------------------------------------------------- */

/* One step towards the end of all fibers: makes host calls, runs a slice, or waits while there is
 * nothing to run, until `end` (0: no end) at most. The lock is held once, and given up while it
 * waits. */
clf_status clfi_advance(clf_scheduler *s, double end);

/* ---- trace.c ------------------------------------------------------------------------- */

typedef struct clfi_trace clfi_trace;

/* Whether the options or the environment ask for one. */
bool clfi_trace_wanted(const clf_scheduler *s);
/* Begins a trace if one is wanted. */
clf_status clfi_trace_open(clf_scheduler *s);
void clfi_trace_close(clf_scheduler *s);
/* Records of a worker, for programs that are built; 0: there is no trace. */
uint32_t clfi_trace_records(const clf_scheduler *s);
/* The kernel's argument behind the env. */
clf_status clfi_trace_argument(clf_scheduler *s);
/* There is a new program, or counters that begin anew. */
void clfi_trace_program(clf_scheduler *s);
void clfi_trace_reset(clf_scheduler *s);
/* Of a scheduler with a trace: a slice is over; a call's function has run, by clfi_now; a call has
 * ended that was to end later. */
clf_status clfi_trace_slice(clf_scheduler *s, cl_event event);
void clfi_trace_call(clf_scheduler *s, uint32_t number, double began, double ended);
void clfi_trace_late_call(clf_scheduler *s, uint32_t number, double began);

/* ---- the scheduler ------------------------------------------------------------------ */

struct clf_scheduler {
    char message[CLFI_MESSAGE_BYTES];
    clf_options options; /* with defaults; options.device is device_name */
    char *device_name;
    cl_context context;
    cl_device_id device;
    cl_command_queue queue;
    cl_device_type device_type;
    cl_uint units; /* compute units of the device */
    char tier_flags[64];
    const char *tier_reason[CLF_TIER_SERIAL + 1]; /* why not; NULL: used, or not looked at */
    clfi_text log, generated, dump;
    bool has_program;
    clfi_program program;
    clfi_buffers buffers;
    clfi_handles handles;
    clfi_roots roots, urgent_roots;
    clfi_ready ready;
    clfi_timers timers;
    clfi_calls calls;
    clfi_coordinator co;
    clfi_upkeep upkeep;
    clfi_cancel cancel;
    clfi_trace *trace; /* NULL: there is none */
    clf_failure failure;
    atomic_bool interrupted;
    atomic_uint *bell;     /* NULL: the device has no memory that the host may write meanwhile */
    uint64_t serial;       /* no two schedulers of a process have the same */
    pthread_mutex_t mutex; /* of all that is not atomic */
    pthread_cond_t changed;
    uint32_t depth;   /* how often the holder has the lock */
    uint32_t waiters; /* threads that wait on `changed` */
    uint64_t pokes;
    int wake[2];  /* pipe that ends the wait of the thread that polls it */
    bool polling; /* there is one */
    int level[2]; /* pipe of clf_completion_fd; -1: not made */
    bool level_full;
    clfi_watch *due, **due_end; /* to be told */
    pthread_t thread;           /* the coordinator's own, if there is one */
    bool has_thread, thread_stop;
    clf_status thread_status; /* why it rests ... */
    uint64_t thread_rests;    /* ... while this is `pokes` */
    char thread_message[CLFI_MESSAGE_BYTES];
};

/* Holds the scheduler's lock to the end of the block. */
#if defined(__GNUC__)
#define CLFI_GUARD(s) \
    __attribute__((cleanup(clfi_leave), unused)) clf_scheduler *clfi_guard = clfi_lock(s)
#else
#error libclfiber needs a compiler with __attribute__((cleanup)): gcc or clang
#endif

/* Checks for the null pointers that every entry point excludes; takes the lock. */
#define CLFI_NEED(s, pointer)                                                              \
    do {                                                                                   \
        if ((pointer) == NULL)                                                             \
            return clfi_fail((s), CLF_BAD_ARGUMENT, "%s: " #pointer " is null", __func__); \
    } while (0)
#define CLFI_NEED_SCHEDULER(s)                                                           \
    do {                                                                                 \
        if ((s) == NULL)                                                                 \
            return clfi_fail(NULL, CLF_BAD_ARGUMENT, "%s: scheduler is null", __func__); \
    } while (0);                                                                         \
    CLFI_GUARD(s)
#define CLFI_NEED_PROGRAM(s)                                                                \
    do {                                                                                    \
        if (!(s)->has_program)                                                              \
            return clfi_fail((s), CLF_NO_PROGRAM,                                           \
                             "%s: no program yet: call clf_program_build first", __func__); \
    } while (0)

/* Passes a failure on. */
#define CLFI_TRY(call)                   \
    do {                                 \
        clf_status clfi_status = (call); \
        if (clfi_status != CLF_OK)       \
            return clfi_status;          \
    } while (0)

#endif
