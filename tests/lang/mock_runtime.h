/* mock_runtime.h - see mock.h */
enum {
#define MOCK_NUMBER(name) CLF_FN_##name,
    CLF_FIBERS(MOCK_NUMBER)
#undef MOCK_NUMBER
        CLF_FN_COUNT
};

typedef union mock_any_frame {
    clf_header h;
#define MOCK_MEMBER(name) clf_frame_##name name;
    CLF_FIBERS(MOCK_MEMBER)
#undef MOCK_MEMBER
} mock_any_frame;

/* As on the device, what the fiber waits for is right in front of its frame. */
typedef struct mock_frame {
    char before[128 - sizeof(clf_wait)];
    clf_wait wait;
    mock_any_frame any;
#ifdef CLF_LOCALS
    clf_locals locals;
#endif
#ifdef CLF_NAMES
    clf_name name;
#endif
} mock_frame;

enum { CLF_FRAME_BYTES = sizeof(mock_frame) };

typedef union mock_spill {
#define MOCK_MEMBER(name) clf_spill_##name name;
    CLF_FIBERS(MOCK_MEMBER)
#undef MOCK_MEMBER
    char bytes[1];
} mock_spill;

#ifndef CLF_ENV
#define CLF_ENV(V, P)
#endif
typedef struct mock_env {
    uint none;
#define MOCK_VALUE(type, name)   type name;
#define MOCK_POINTER(type, name) type *name;
    CLF_ENV(MOCK_VALUE, MOCK_POINTER)
} mock_env;

/* How a frame ended or waits: header.link while the mock has it. */
enum {
    MOCK_FREE,
    MOCK_TAKEN,
    MOCK_READY,
    MOCK_RUNS,
    MOCK_SYNCS,
    MOCK_AWAITS,
    MOCK_JOINS,
    MOCK_WAITS,
    MOCK_DONE
};
enum { MOCK_SPAWNED, MOCK_AWAITED, MOCK_STARTED, MOCK_ROOT };
#define MOCK_LATE 0xfffffffeu /* parent of a frame whose parent has none yet */

/* The mock's own book-keeping, one per frame, apart from the frame. */
typedef struct mock_book {
    uint state, kind, parent, place, fn, at;
    uint outstanding; /* children */
    uint error, status, generation, joiner, failing, detached;
    uint join_place, join_size;
    int priority;
    long time; /* of a time-out */
} mock_book;

#define MOCK_FRAMES (1u << 18)

typedef struct clf_worker {
    __global mock_frame *frames;
    __global mock_book *book;
    __global uint *ready; /* runnable frames, any order */
    __global uint *free;
    __global char *results; /* 64 bytes per frame, for started fibers */
    __global char *spill;
    __global uint *out_code;
    __global char *out; /* the root's result */
    ulong random;
    uint nready, nfree, fresh;
    uint park; /* in 256 takes */
    uint parked, kids, mock_bad;
    uint fuel, calls; /* fuel, from 0 downwards; how often some was granted */
    uint yielded;
    long asked; /* of the host */
    int priority;
    mock_env env;
} clf_worker;

static uint mock_random(clf_worker *w)
{
    w->random = w->random * 6364136223846793005ul + 1442695040888963407ul;
    return (uint)(w->random >> 33);
}

static __global clf_header *clf_frame_at(clf_worker *w, uint i)
{
    return &w->frames[i].any.h;
}

/* Violations of the ABI are reported as the root's failure. */
static void mock_check(clf_worker *w, bool ok, uint code)
{
    if (!ok && w->mock_bad == 0)
        w->mock_bad = code;
}

static void mock_scribble(__global char *p, uint n, clf_worker *w)
{
    for (uint i = 0; i < n; i++)
        p[i] = (char)(0xa5 + i);
    (void)w;
}

static void mock_ready(clf_worker *w, uint i)
{
    w->book[i].state = MOCK_READY;
    w->ready[w->nready++] = i;
}

#define clf_take_for(w, name) clf_take(w)
static uint clf_take(clf_worker *w)
{
    if ((mock_random(w) & 255) < w->park)
        return CLF_NIL;
    uint i = w->nfree > 0 ? w->free[--w->nfree] : w->fresh < MOCK_FRAMES ? w->fresh++ : CLF_NIL;
    if (i == CLF_NIL) {
        mock_check(w, false, 9001);
        return i;
    }
    mock_scribble((__global char *)&w->frames[i], sizeof(mock_frame), w);
#ifdef CLF_LOCALS
    for (uint k = 0; k < sizeof(clf_locals); k++)
        ((__global char *)&w->frames[i].locals)[k] = 0;
#endif
#ifdef CLF_NAMES
    w->frames[i].name.text[0] = 0;
#endif
    uint generation = w->book[i].generation;
    mock_book none = {0};
    w->book[i] = none;
    w->book[i].generation = generation;
    w->book[i].state = MOCK_TAKEN;
    return i;
}

static void mock_release(clf_worker *w, uint i)
{
    mock_scribble((__global char *)&w->frames[i], sizeof(mock_frame), w);
    w->book[i].state = MOCK_FREE;
    w->book[i].generation++;
    w->free[w->nfree++] = i;
}

static void mock_make(clf_worker *w, uint child, uint fn, uint kind, uint parent, uint place)
{
    mock_check(w, w->book[child].state == MOCK_TAKEN, 9002);
    w->book[child].fn = fn;
    w->book[child].kind = kind;
    w->book[child].parent = parent;
    w->book[child].place = place;
    w->book[child].priority = w->priority;
    mock_ready(w, child);
}

static void clf_spawn(clf_worker *w, uint child, uint fn, uint self, uint place)
{
    mock_make(w, child, fn, MOCK_SPAWNED, self, place);
    w->book[self].outstanding++;
    w->kids++; /* what the segment says is compared with this */
}

static void mock_suspend(clf_worker *w, uint self, uint kids, uint at, uint state)
{
    mock_check(w, w->book[self].state == MOCK_RUNS, 9003);
    mock_check(w, kids == w->kids, 9004);
    w->book[self].state = state;
    w->book[self].at = at;
    w->kids = 0;
}

static void clf_park(clf_worker *w, uint self, __global clf_header *h, uint kids, uint at)
{
    (void)h;
    mock_suspend(w, self, kids, at, MOCK_READY);
    w->parked = self;
}

static bool clf_sync(clf_worker *w, uint self, __global clf_header *h, uint kids, uint at)
{
    mock_check(w, kids == w->kids, 9004);
    if (w->book[self].outstanding == 0 ||
        (kids == 0 && (mock_random(w) & 1) && w->book[self].outstanding == 0)) {
        h->error = w->book[self].error;
        w->book[self].error = 0;
        w->kids = 0;
        return false;
    }
    mock_suspend(w, self, kids, at, MOCK_SYNCS);
    return true;
}

static void clf_await(clf_worker *w, uint child, uint fn, uint self, __global clf_header *h,
                      uint place, uint kids, uint at)
{
    (void)h;
    mock_make(w, child, fn, MOCK_AWAITED, self, place);
    mock_suspend(w, self, kids, at, MOCK_AWAITS);
}

static void clf_yield(clf_worker *w, uint self, __global clf_header *h, uint kids, uint at)
{
    (void)h;
    mock_suspend(w, self, kids, at, MOCK_READY);
    w->yielded = self;
}

static void mock_resume(clf_worker *w, uint i)
{
    if (w->book[i].failing && w->book[i].outstanding > 0)
        return;
    mock_ready(w, i);
}

static void mock_deliver(clf_worker *w, uint target, uint joiner)
{
    uint size = 0;
#define MOCK_SIZE(type) size = sizeof(type);
#define MOCK_CASE(name)                        \
    if (w->book[target].fn == CLF_FN_##name) { \
        CLF_RESULT_##name(MOCK_SIZE)           \
    }
    CLF_FIBERS(MOCK_CASE)
#undef MOCK_CASE
    w->book[joiner].status = w->book[target].status;
    if (w->book[target].status == 0 && w->book[joiner].join_place != CLF_NO_PLACE) {
        if (size != w->book[joiner].join_size)
            w->book[joiner].status = (uint)-31002;
        else
            for (uint i = 0; i < size; i++)
                ((__global char *)&w->frames[joiner].any)[w->book[joiner].join_place + i] =
                    w->results[target * 64 + i];
    }
    mock_release(w, target);
}

static void mock_finish(clf_worker *w, uint self, uint status)
{
    mock_book b = w->book[self];
    mock_check(w, b.outstanding == 0, 9005);
    mock_check(w, w->kids == 0, 9006);
    if (b.kind == MOCK_ROOT) {
        *w->out_code = status;
        mock_release(w, self);
    } else if (b.kind == MOCK_STARTED) {
        w->book[self].status = status;
        w->book[self].state = MOCK_DONE;
        if (b.detached) {
            mock_release(w, self);
        } else if (b.joiner != 0) {
            uint joiner = b.joiner - 1;
            mock_deliver(w, self, joiner);
            mock_resume(w, joiner);
        }
    } else {
        mock_release(w, self);
        if (b.kind == MOCK_AWAITED) {
            w->book[b.parent].status = status;
            mock_resume(w, b.parent);
        } else {
            if (status != 0 && w->book[b.parent].error == 0)
                w->book[b.parent].error = status;
            if (--w->book[b.parent].outstanding == 0 && w->book[b.parent].state == MOCK_SYNCS)
                mock_resume(w, b.parent);
        }
    }
}

static __global char *mock_place(clf_worker *w, uint self)
{
    mock_book b = w->book[self];
    if (b.kind == MOCK_ROOT)
        return w->out;
    if (b.kind == MOCK_STARTED)
        return w->results + self * 64;
    return b.place == CLF_NO_PLACE ? w->results + self * 64
                                   : (__global char *)&w->frames[b.parent].any + b.place;
}

#define CLF_RETURN(w, self, f, type, value)                                  \
    do {                                                                     \
        type clf_value = (value);                                            \
        mock_check(w, (f) == (__global void *)&(w)->frames[self].any, 9007); \
        *(__global type *)mock_place(w, self) = clf_value;                   \
        mock_finish(w, self, 0);                                             \
    } while (0)

static void clf_return_void(clf_worker *w, uint self, __global clf_header *h)
{
    (void)h;
    mock_finish(w, self, 0);
}

static void mock_fail(clf_worker *w, uint self, uint kids, uint code)
{
    mock_check(w, kids == w->kids, 9004);
    w->kids = 0;
    if (w->book[self].outstanding == 0) {
        mock_finish(w, self, code);
        return;
    }
    w->book[self].failing = code;
    w->book[self].state = MOCK_SYNCS;
}

static void clf_fail(clf_worker *w, uint self, __global clf_header *h, uint kids, int code,
                     uint line)
{
    (void)h;
    mock_check(w, line != 0, 9008);
    mock_fail(w, self, kids, (uint)code);
}

static void clf_fail_with(clf_worker *w, uint self, __global clf_header *h, uint code)
{
    (void)h;
    mock_fail(w, self, 0, code);
}

static fiber_t clf_start_fiber(clf_worker *w, uint child, uint fn)
{
    fiber_t t = {child, w->book[child].generation};
    mock_make(w, child, fn, MOCK_STARTED, 0, CLF_NO_PLACE);
    return t;
}

static bool clf_join(clf_worker *w, uint self, __global clf_header *h, fiber_t t, uint place,
                     uint size, uint kids, uint at)
{
    mock_check(w, kids == w->kids, 9004);
    w->kids = 0;
    w->book[self].join_place = place;
    w->book[self].join_size = size;
    if (t.frame >= w->fresh || w->book[t.frame].generation != t.generation ||
        w->book[t.frame].kind != MOCK_STARTED) {
        h->status = (uint)-31001;
        return false;
    }
    if (w->book[t.frame].state == MOCK_DONE) {
        mock_deliver(w, t.frame, self);
        h->status = w->book[self].status;
        return false;
    }
    w->book[t.frame].joiner = self + 1;
    mock_suspend(w, self, 0, at, MOCK_JOINS);
    return true;
}

static void clf_detach(clf_worker *w, __global clf_header *h, fiber_t t)
{
    (void)h;
    if (w->book[t.frame].generation != t.generation)
        return;
    if (w->book[t.frame].state == MOCK_DONE)
        mock_release(w, t.frame);
    else
        w->book[t.frame].detached = 1;
}

static bool clf_detach_or_fail(clf_worker *w, uint self, __global clf_header *h, fiber_t t,
                               uint kids, uint line)
{
    if (w->book[t.frame].generation != t.generation) {
        clf_fail(w, self, h, kids, -31001, line);
        return true;
    }
    clf_detach(w, h, t);
    return false;
}

static fiber_t clf_self(clf_worker *w, uint self)
{
    fiber_t t = {self, w->book[self].generation};
    return t;
}

#ifdef CLF_LOCALS
#define clf_own(w, self) (&(w)->frames[self].locals)
#endif

#ifdef CLF_NAMES
#define clf_name_of(w, self) ((w)->frames[self].name)

static void clf_set_name_and_number(clf_worker *w, uint self, __constant const char *text,
                                    long number)
{
    uint n = 0;
    for (; n < CLF_NAME_BYTES - 3 && text[n] != 0; n++)
        w->frames[self].name.text[n] = text[n];
    if (number >= 0) {
        w->frames[self].name.text[n++] = ' ';
        w->frames[self].name.text[n++] = (char)('0' + number % 10);
    }
    w->frames[self].name.text[n] = 0;
}

static void clf_set_name(clf_worker *w, uint self, __constant const char *text)
{
    clf_set_name_and_number(w, self, text, -1);
}
#endif

#ifdef CLF_PRIORITIES
#define clf_priority_of(w)     ((w)->priority)
#define clf_set_priority(w, p) ((w)->priority = (p))
#endif

static uint clf_worker_id(clf_worker *w)
{
    (void)w;
    return 0;
}

static uint clf_lane_id(clf_worker *w)
{
    (void)w;
    return 0;
}

/* ---- requests to the host ------------------------------------------------------------ */

static uint clf_request_take(clf_worker *w)
{
    return (mock_random(w) & 255) < w->park ? CLF_NIL : 7;
}

/* Fibers that could run end; others have ended by themselves before, as it were. */
static void clf_cancel(clf_worker *w, uint request, fiber_t t)
{
    mock_check(w, request == 7, 9013);
    if (t.frame < w->fresh && w->book[t.frame].generation == t.generation &&
        w->book[t.frame].kind == MOCK_STARTED && w->book[t.frame].state == MOCK_READY &&
        w->book[t.frame].outstanding == 0)
        w->book[t.frame].failing = (uint)CLF_FAIL_CANCELLED;
}

/* The argument goes where frames have their results that are never used. */
#define MOCK_ARGUMENT(w) ((w)->results + (MOCK_FRAMES - 4) * 64)

static uint clf_call_take(clf_worker *w, uint bytes)
{
    mock_check(w, bytes <= 4 * 64, 9012);
    mock_scribble(MOCK_ARGUMENT(w), 4 * 64, w);
    return clf_request_take(w);
}

#define CLF_CALL_ARGUMENT(w, request, type) (*(__global type *)MOCK_ARGUMENT(w))

static void clf_ask(clf_worker *w, uint request, long what)
{
    mock_check(w, request == 7, 9013);
    w->asked = what;
}

static bool clf_sleep(clf_worker *w, uint self, __global clf_header *h, uint request, uint kids,
                      uint at)
{
    (void)h;
    mock_check(w, request == 7, 9013);
    mock_suspend(w, self, kids, at, MOCK_READY);
    w->book[self].status = 0;
    w->yielded = self;
    return true;
}

/* The host of the mock knows three calls: the clock, which stands still, print, which says nothing,
 * and 5, which gives back its argument. */
static bool clf_hostcall(clf_worker *w, uint self, __global clf_header *h, uint request, uint bytes,
                         uint place, uint size, uint kids, uint at)
{
    clf_sleep(w, self, h, request, kids, at);
    __global char *to = (__global char *)&w->frames[self].any + place;
    if (w->asked == CLF_CALL_CLOCK) {
        mock_check(w, bytes == 0, 9014);
        *(__global long *)to = 1800000000000000000;
    } else if (w->asked == CLF_CALL_PRINT) {
        mock_check(w, bytes == sizeof(clf_line), 9015);
    } else if (w->asked == 5) {
        for (uint i = 0; i < size && place != CLF_NO_PLACE; i++)
            to[i] = i < bytes ? MOCK_ARGUMENT(w)[i] : 0;
    } else {
        w->book[self].status = (uint)CLF_FAIL_NO_CALL;
    }
    return true;
}

/* ---- synchronization objects: the runtime's own code, for one worker ----------------- */

#ifdef CLF_WAITING
#define CLF_TIER       5
#define CLF_SLOW(type) static type
#include "../../cl/atomics.cl"

static void clf_prepare(clf_worker *w, uint self, __global clf_header *h, uint kids, uint at)
{
    (void)h;
    mock_suspend(w, self, kids, at, MOCK_WAITS);
}

static bool clf_go_on(clf_worker *w, uint self, __global clf_header *h, uint status)
{
    h->status = status;
    w->book[self].state = MOCK_RUNS;
    return false;
}

static void clf_wake(clf_worker *w, uint i)
{
    mock_check(w, w->book[i].state == MOCK_WAITS, 9011);
    w->book[i].status = clf_frame_at(w, i)->status;
    mock_ready(w, i);
}

static void clf_request_timeout(clf_worker *w, uint self, uint request)
{
    mock_check(w, request == 7, 9013);
    w->book[self].time = w->asked;
}

static void clf_request_drop(clf_worker *w, uint request)
{
    mock_check(w, request == 7, 9013);
}

#include "../../cl/wait.cl"
#include "../../cl/mutex.cl"
#include "../../cl/gate.cl"
#include "../../cl/counted.cl"
#include "../../cl/barrier.cl"
#include "../../cl/channel.cl"
#include "../../cl/sift.cl"

/* Time passes when nobody can run: the shortest time-out. False: nobody waits for one. */
static bool mock_pass_time(clf_worker *w)
{
    __global uint *list = (__global uint *)(w->results + (MOCK_FRAMES - 64) * 64);
    __global clf_upkeep *u = (__global clf_upkeep *)(list + 2);
    __global clf_ready *ready = (__global clf_ready *)(u + 1);
    uint first = 0;
    for (uint i = 1; i < w->fresh; i++)
        if (w->book[i].state == MOCK_WAITS && clf_wait_of(w, i)->timer == CLF_TIMER_SET &&
            (first == 0 || w->book[i].time < w->book[first].time))
            first = i;
    if (first == 0)
        return false;
    list[0] = first;
    u->waiters = 1;
    u->late = CLF_LATE_LEAVES;
    u->ready_tail = 0;
    u->ready_mask = 255;
    clf_sift_all(w, u, list, ready);
    for (uint k = 0; k < u->ready_tail; k++) {
        clf_frame_at(w, ready[k].frame)->status = ready[k].status;
        clf_wake(w, ready[k].frame);
    }
    return true;
}
#else
#define mock_pass_time(w) false
#endif
