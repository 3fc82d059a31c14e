/* channel.c - three fibers and a channel: each message that was sent is received once, its receiver
 * sees what was written before it was sent, and nobody is forgotten, also when the channel is
 * closed. */
#include "item.h"

static struct {
    clf_channel channel;
    uint room[1];
    uint wrote[WORKERS]; /* by sender, before it sends */
    uint sent[WORKERS], got[WORKERS];
    uint refused;
    uint over[WORKERS];
} * at;
static bool closes; /* fiber 0 does when its message is sent */

static void setup_channel(uint capacity, bool close)
{
    setup_items();
    at = ex_alloc("at", sizeof *at, sizeof *at, NULL);
    at->channel.capacity = capacity;
    at->channel.bytes = sizeof(uint);
    closes = close;
}

static void setup_room(void)
{
    setup_channel(1, false);
}

static void setup_none(void)
{
    setup_channel(0, false);
}

static void setup_close(void)
{
    setup_channel(1, true);
}

/* What fiber 2 does with an answer: the others send one message each. */
static void receive(clf_frame_item *f)
{
    if (f->h.status != 0) {
        EX_CHECK(closes && f->h.status == (uint)CLF_FAIL_CLOSED);
        at->over[2] = 1;
        return;
    }
    uint from = f->message - 70;
    EX_CHECK(from < 2);
    EX_CHECK(at->wrote[from] == 50 + from);
    at->got[from]++;
    at->over[2] = f->rounds == 2 && !closes;
}

static void answer(clf_worker *w, uint fiber, clf_frame_item *f)
{
    f->rounds++;
    if (fiber == 2) {
        receive(f);
        return;
    }
    EX_CHECK(f->h.status == 0 || (closes && f->h.status == (uint)CLF_FAIL_CLOSED));
    at->sent[fiber] = f->h.status == 0;
    at->over[fiber] = 1;
    if (closes && fiber == 0) {
        EX_CHECK(f->h.status == 0);
        w->code = f->h.code;
        EX_CHECK(!clf_close(w, fiber, &f->h, &at->channel, 0, 1));
    }
}

/* True: the fiber waits. */
static bool ask(clf_worker *w, uint fiber, clf_frame_item *f)
{
    const uint place = offsetof(clf_frame_item, message);
    w->code = f->h.code;
    if (fiber == 2)
        return clf_recv(w, fiber, &f->h, &at->channel, place, sizeof(uint), 0, 1);
    at->wrote[fiber] = 50 + fiber;
    f->message = 70 + fiber;
    return clf_send(w, fiber, &f->h, &at->channel, place, sizeof(uint), 0, 1);
}

/* Until the fiber waits or is over. */
static void go_on(clf_worker *w, uint fiber, bool answered)
{
    clf_frame_item *f = MACHINE_FRAME(item, fiber);
    for (;;) {
        if (answered)
            answer(w, fiber, f);
        if (answered && at->over[fiber])
            break;
        if (ask(w, fiber, f))
            break;
        answered = true;
    }
}

static void thread(unsigned self)
{
    clf_worker worker, *w = &worker;
    machine_enter(w, self);
    go_on(w, self, false);
    for (uint fiber = next_woken(w); fiber != CLF_NIL; fiber = next_woken(w))
        go_on(w, fiber, true);
    machine_leave(w);
}

static uint finish(void)
{
    const clf_channel *c = &at->channel;
    for (uint i = 0; i < WORKERS; i++)
        EX_CHECK(at->over[i]);
    EX_CHECK(at->sent[0] == 1 && at->got[0] == 1);
    EX_CHECK(at->sent[1] == at->got[1] && (closes || at->sent[1] == 1));
    EX_CHECK(c->gate == 0 && c->messages == 0 && c->senders.first == 0 && c->receivers.first == 0);
    return finish_items() | at->sent[1] << 2;
}

const struct ex_scenario ex_channel[] = {
    {"channel", "2 senders, a receiver, room for one", 3, setup_room, thread, NULL, finish, 2, 1, 1,
     200000, 30000, 0, false},
    {"channel-none", "the same without room", 3, setup_none, thread, NULL, finish, 2, 1, 1, 200000,
     30000, 0, false},
    {"channel-close", "one sender closes it: what was sent is received", 3, setup_close, thread,
     NULL, finish, 2, 1, 1, 200000, 30000, 0, false},
    {0},
};
