/* started.c - a started fiber ends while others join or detach it by handles that may be stale: its
 * result goes to one of them, and its frame is given back once. */
#include "host_opencl.h"
#define CLF_LANES 1
#define CLF_MODE  0u
#include "device_before.h"

typedef struct {
    clf_header h;
    uint n;
} clf_frame_task;
typedef struct {
    uint none;
} clf_spill_task;
typedef struct {
    clf_header h;
    uint r;
} clf_frame_joiner;
typedef struct {
    uint none;
} clf_spill_joiner;
#define CLF_FIBERS(F)      F(task) F(joiner)
#define CLF_RESULT_task(R) R(uint)
#define CLF_ARGS_task(A)
#define CLF_RESULT_joiner(R)
#define CLF_ARGS_joiner(A)

#define CLF_MACHINE_UNITS
#include "machine.h"

enum { TASK = 0, GENERATION = CLF_FRAME_MAX, FRAMES = 8 }; /* joiner of thread t: frame t */

enum { NOTHING, RESULT, REFUSED, DETACHED };
static struct {
    uint got[4], freed;
} * log_of; /* [thread].got[number of the task] */

static void setup(void)
{
    machine_setup(4, 4, 4, FRAMES, 4, 0, 0);
    machine.ctl->fresh = FRAMES;
    clf_frame_task *f = MACHINE_FRAME(task, TASK);
    f->h.code = CLF_FN_task << CLF_FN_SHIFT;
    f->h.slot = CLF_SLOT_STARTED;
    f->h.gen = GENERATION;
    f->h.parent = CLF_JOIN_IDLE | GENERATION;
    f->n = 40;
    /* the joiners are nobody's children: a failure looks for its root */
    for (uint t = 1; t < 4; t++)
        MACHINE_FRAME(joiner, t)->h.slot = CLF_SLOT_ROOT | t;
    log_of = ex_alloc("log", 4 * sizeof *log_of, sizeof *log_of, NULL);
}

/* Notes what a joiner finds when it goes on. */
static void take_result(clf_worker *w, uint joiner, uint number)
{
    clf_frame_joiner *j = MACHINE_FRAME(joiner, joiner);
    if (j->h.status == 0) {
        EX_CHECK(j->r == 41 + number);
        log_of[joiner].got[number] = RESULT;
    } else {
        EX_CHECK(j->h.status == (uint)CLF_FAIL_BAD_HANDLE);
        EX_CHECK(j->r == 0);
        log_of[joiner].got[number] = REFUSED;
    }
}

static void count_freed(clf_worker *w)
{
    for (uint i = 0; i < w->nfree[0]; i++)
        log_of[w->id].freed += w->free[i] == TASK;
}

static void end_task(clf_worker *w)
{
    clf_frame_task *f = MACHINE_FRAME(task, TASK);
    uint number = f->n - 40;
    w->code = f->h.code;
    CLF_RETURN(w, TASK, f, uint, f->n + 1);
    if (w->next != CLF_NIL)
        take_result(w, w->next, number);
    w->next = CLF_NIL;
}

/* True: it waits, and belongs to who ends the task. */
static bool join(clf_worker *w, fiber_t handle, uint number)
{
    clf_frame_joiner *j = MACHINE_FRAME(joiner, w->id);
    w->code = (CLF_FN_joiner << CLF_FN_SHIFT);
    j->r = 0;
    if (clf_join(w, w->id, &j->h, handle, CLF_PLACE(j, r), sizeof j->r, 0, 1))
        return true;
    take_result(w, w->id, number);
    return false;
}

static void detach(clf_worker *w, fiber_t handle)
{
    clf_frame_joiner *j = MACHINE_FRAME(joiner, w->id);
    clf_detach(w, &j->h, handle);
    log_of[w->id].got[0] = DETACHED;
}

static const fiber_t old = {TASK, GENERATION};

/* One ends it, the others join. */
static void two_joiners(unsigned self)
{
    clf_worker worker, *w = &worker;
    machine_enter(w, self);
    if (self == 0)
        end_task(w);
    else
        join(w, old, 0);
    count_freed(w);
    machine_leave(w);
}

static void join_and_detach(unsigned self)
{
    clf_worker worker, *w = &worker;
    machine_enter(w, self);
    if (self == 0)
        end_task(w);
    else if (self == 1)
        join(w, old, 0);
    else
        detach(w, old);
    count_freed(w);
    machine_leave(w);
}

static void two_detach(unsigned self)
{
    clf_worker worker, *w = &worker;
    machine_enter(w, self);
    if (self == 0)
        end_task(w);
    else
        detach(w, old);
    count_freed(w);
    machine_leave(w);
}

/* Thread 1 joins the task and uses the frame again, as a new task or as a child; thread 2 comes
 * with the old handle at any time. */
static void reuse(clf_worker *w, bool as_child)
{
    if (join(w, old, 0) || log_of[1].got[0] != RESULT)
        return;
    uint c = clf_take(w);
    EX_CHECK(c == TASK);
    MACHINE_FRAME(task, c)->n = 41;
    if (as_child) {
        clf_spawn(w, c, CLF_FN_task, 1, CLF_PLACE(MACHINE_FRAME(joiner, 1), r));
        return;
    }
    fiber_t handle = clf_start_fiber(w, c, CLF_FN_task);
    EX_CHECK(handle.frame == TASK && handle.generation == 1);
    end_task(w);
    join(w, handle, 1);
    EX_CHECK(log_of[1].got[1] == RESULT);
}

static void reuse_as_task(unsigned self)
{
    clf_worker worker, *w = &worker;
    machine_enter(w, self);
    if (self == 0)
        end_task(w);
    else if (self == 1)
        reuse(w, false);
    else
        join(w, old, 0);
    count_freed(w);
    machine_leave(w);
}

static void reuse_as_child(unsigned self)
{
    clf_worker worker, *w = &worker;
    machine_enter(w, self);
    if (self == 0)
        end_task(w);
    else if (self == 1)
        reuse(w, true);
    else
        join(w, old, 0);
    count_freed(w);
    machine_leave(w);
}

static uint count(uint what)
{
    uint n = 0;
    for (uint t = 0; t < 4; t++)
        n += log_of[t].got[0] == what;
    return n;
}

static uint freed(void)
{
    uint n = 0;
    for (uint t = 0; t < 4; t++)
        n += log_of[t].freed;
    return n;
}

/* Outcome: who got the result; 0: nobody, as it was detached. */
static uint finish(void)
{
    EX_CHECK(freed() == 1);
    EX_CHECK(count(RESULT) + (count(DETACHED) != 0) >= 1 && count(RESULT) <= 1);
    EX_CHECK(count(RESULT) + count(REFUSED) + count(DETACHED) == machine.ctl->scarce);
    for (uint t = 1; t < 4; t++)
        if (log_of[t].got[0] == RESULT)
            return t;
    return 0;
}

static uint finish_joined(void)
{
    EX_CHECK(count(DETACHED) == 0 && count(RESULT) == 1);
    return finish();
}

static uint finish_child(void)
{
    bool child = log_of[1].got[0] == RESULT && freed() == 0;
    EX_CHECK(count(RESULT) == 1);
    return child ? 0 : 1;
}

/* `scarce`, unused without leaving workers, keeps the number of those who hold the handle. */
static void setup_two(void)
{
    setup();
    machine.ctl->scarce = 2;
}

static void setup_three(void)
{
    setup();
    machine.ctl->scarce = 3;
}

const struct ex_scenario ex_started[] = {
    {"started-join", "one of three joiners gets the result", 4, setup_three, two_joiners, NULL,
     finish_joined, 0, 0, 0, 20000000, 0, 0xe, true},
    {"started-detach", "join or detach", 3, setup_two, join_and_detach, NULL, finish, 0, 0, 0,
     20000000, 0, 3, true},
    {"started-drop", "a frame that two detach is given back once", 3, setup_two, two_detach, NULL,
     finish, 0, 0, 0, 20000000, 0, 1, true},
    {"started-stale", "an old handle of a frame that is used again is refused", 3, setup_two,
     reuse_as_task, NULL, finish_joined, 0, 0, 0, 20000000, 0, 6, true},
    {"started-child", "also when the frame is an ordinary child's", 3, setup_two, reuse_as_child,
     NULL, finish_child, 0, 0, 0, 20000000, 0, 3, true},
    {0},
};
