/* machine_host.h - the coordinator's part on the machine of machine.h, in the simplest way: between
 * slices it takes completions and lets rings and frames grow. For scenarios that run whole slices.
 */

/* The largest ring. */
#ifndef MACHINE_RINGS
#define MACHINE_RINGS 16u
#endif

/* What the host knows; `seen`: roots that have ended. */
static struct host {
    uint seen[8], drained, still, slices;
} * host;
static uint roots, frames_most;

static uint expected_result(uint root);

static void drain(void)
{
    clf_control *c = machine.ctl;
    for (; host->drained < c->done_tail; host->drained++) {
        char *record = (char *)machine.done + (size_t)host->drained * MACHINE_RECORD;
        clf_done *d = (clf_done *)record;
        EX_CHECK(d->slot < roots && d->code == 0);
        EX_CHECK(host->seen[d->slot]++ == 0);
        EX_CHECK(*(uint *)(record + MACHINE_RESULT) == expected_result(d->slot));
    }
}

static void grow_rings(void)
{
    static uint from[256];
    clf_control *c = machine.ctl;
    uint mask = 2 * c->ring_mask + 1;
    EX_CHECK(mask < MACHINE_RINGS);
    memcpy(from, machine.rings, (c->workers + 1) * (c->ring_mask + 1) * sizeof(uint));
    for (host_group = 0; host_group <= c->workers; host_group++)
        clf_move_rings(c, machine.workers, from, c->ring_mask, machine.rings, mask);
    c->ring_mask = mask;
}

/* What workers tell each other of who has work is settled: nobody is busy or hungry, all who were
 * waited for have come, and who holds something to run is counted. */
static void check_told(void)
{
    const clf_control *c = machine.ctl;
    uint laden = 0;
    for (uint i = 0; i < c->workers; i++) {
        const clf_worker_state *w = MACHINE_WORKER(i);
        laden += w->laden;
        if (CLF_LANES == 1 && (w->yields != 0 || MACHINE_LANE(i)->next != CLF_NIL))
            EX_CHECK(w->laden == 1);
    }
    EX_CHECK(c->laden == laden && c->waiting == 0);
    EX_CHECK(c->busy == 0 && c->hungry == 0);
    EX_CHECK(c->entered == c->workers);
}

static bool between(void)
{
    clf_control *c = machine.ctl;
    check_told();
    drain();
    host->slices++;
    if (host->drained == roots && c->live == 0)
        return false;
    host->still = c->ran == 0 ? host->still + 1 : 0;
    EX_CHECK(host->still < 3); /* work is there, and is found: no deadlock */
    if (c->want & CLF_WANT_RING)
        grow_rings();
    if (c->want & CLF_WANT_FRAMES)
        c->frames = c->frames + 2 <= frames_most ? c->frames + 2 : frames_most;
    c->want = c->ran = c->progress = c->left = c->entered = 0;
    c->waiting = c->laden;
    return true;
}

static void host_setup(uint workers, uint ring, uint frames, uint most, uint budget, uint first,
                       uint roots_)
{
    machine_setup(workers, ring, MACHINE_RINGS, most, 16, first, roots_);
#if CLF_LANES > 1
    machine_rounds = ex_alloc("round", workers * sizeof *machine_rounds, 4, NULL);
#endif
    machine.ctl->frames = frames;
    machine.ctl->budget = budget;
    host = ex_alloc("host", sizeof *host, sizeof *host, NULL);
    roots = roots_;
    frames_most = most;
}

/* A root with two parameters of 32 bits. */
static void host_root(uint root, uint fn, uint first, uint second)
{
    clf_inbox *in = (clf_inbox *)((char *)machine.inbox + (size_t)root * MACHINE_RECORD);
    uint *words = (uint *)(in + 1);
    in->fn = fn;
    in->slot = root;
    in->bytes = 8;
    words[0] = first;
    words[1] = second;
}

/* At the end every frame is free: in a worker's list, put aside, in the pool, or never used. */
static void check_frames(void)
{
    const clf_control *c = machine.ctl;
    uint n = c->frames - c->fresh;
    for (uint i = 0; i < c->workers; i++)
        n += MACHINE_WORKER(i)->nfree[0];
    for (uint i = 0; i < c->workers * CLF_LANES; i++)
        for (uint f = MACHINE_LANE(i)->spare; f != CLF_NIL && n <= c->frames; n++)
            f = ((clf_header *)((char *)machine.frames + CLF_FRAMES_AT +
                                (size_t)f * CLF_FRAME_BYTES))
                    ->link;
    for (uint i = 0; i < c->pool_slots; i++)
        n += ((uint *)machine.pool_state)[i];
    EX_CHECK(n == c->frames);
}

/* Nothing is left over. Outcome: bit 0: something was stolen, 1: a thief lost a race, 2: several
 * slices. */
static uint host_finish(void)
{
    const clf_control *c = machine.ctl;
    EX_CHECK(c->done_tail == roots && c->live == 0);
    ulong count[CLF_COUNTERS] = {0};
    for (uint i = 0; i < c->workers; i++) {
        const clf_worker_state *w = MACHINE_WORKER(i);
        for (uint k = 0; k < CLF_COUNTERS; k++)
            count[k] += w->counter[k];
        EX_CHECK(w->top == w->bottom && w->yields == 0);
    }
    for (uint i = 0; i < c->workers * CLF_LANES; i++)
        EX_CHECK(MACHINE_LANE(i)->next == CLF_NIL);
    check_frames();
    EX_CHECK(count[CLF_COUNT_SPAWNED] == count[CLF_COUNT_COMPLETED]);
    return (count[CLF_COUNT_TAKEN] != 0) | (count[CLF_COUNT_LOST] != 0) << 1 |
           (host->slices > 1) << 2;
}
