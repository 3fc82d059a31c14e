/* mock_loop.h - behind the segments: runs one root. See mock.h. */
static void mock_segment(clf_worker *w, uint i)
{
    uint fn = w->book[i].fn, at = w->book[i].at;
    w->book[i].state = MOCK_RUNS;
    w->priority = w->book[i].priority;
#define MOCK_CASE(name)      \
    if (fn == CLF_FN_##name) \
        clf_segment_##name(w, i, &w->frames[i].any.name, at);
    CLF_FIBERS(MOCK_CASE)
#undef MOCK_CASE
    w->book[i].priority = w->priority;
    mock_check(w, w->book[i].state != MOCK_RUNS, 9009);
    mock_check(w, w->kids == 0, 9006);
    mock_check(w, w->fuel + w->calls == 0, 9017); /* fuel went from hand to hand */
}

/* A register that is not loaded must not find its value where the segment before left it. */
static void mock_scribble_stack(clf_worker *w)
{
    volatile uint junk[512];
    uint start = mock_random(w);
    for (uint i = 0; i < 512; i++)
        junk[i] = start + i;
}

/* One segment, and those that follow because the fiber waited for a frame. */
static void mock_turn(clf_worker *w, uint i)
{
    __global clf_header *h = &w->frames[i].any.h;
    if (w->book[i].failing) {
        mock_finish(w, i, w->book[i].failing);
        return;
    }
    if (w->book[i].state != MOCK_RUNS) {
        mock_scribble(w->spill, sizeof(mock_spill), w);
        h->error = w->book[i].error;
        w->book[i].error = 0;
        h->status = w->book[i].status;
    }
    do {
        w->parked = w->yielded = CLF_NIL;
        mock_scribble_stack(w);
        mock_segment(w, i);
        if (w->yielded != CLF_NIL)
            mock_ready(w, w->yielded);
    } while (w->parked != CLF_NIL);
}

/* The root's outcome: 0 or its failure code, or a code above 9000 if the generated code broke a
 * rule. */
static uint mock_run(clf_worker *w, uint root, uint fn)
{
    mock_book none = {0};
    w->book[root] = none;
    w->book[root].kind = MOCK_ROOT;
    w->book[root].fn = fn;
    *w->out_code = 9999;
    w->fuel = w->calls = 0;
    mock_ready(w, root);
    for (ulong turns = 0; turns < 50000000 && w->mock_bad == 0; turns++) {
        if (w->nready == 0 && !mock_pass_time(w))
            break;
        /* mostly the newest, so that wide programs stay small, sometimes any */
        uint k = (mock_random(w) & 7) == 0 ? mock_random(w) % w->nready : w->nready - 1;
        uint i = w->ready[k];
        w->ready[k] = w->ready[--w->nready];
        mock_turn(w, i);
    }
    if (w->nready > 0 && w->mock_bad == 0)
        w->mock_bad = 9010;
    return w->mock_bad != 0 ? w->mock_bad : *w->out_code;
}

/* What the host's side of the mock (mock_host.c) calls. */
uint mock_frame_bytes(void);
uint mock_frame_bytes(void)
{
    return sizeof(mock_frame);
}

uint mock_worker_bytes(void);
uint mock_worker_bytes(void)
{
    return sizeof(clf_worker);
}

uint mock_book_bytes(void);
uint mock_book_bytes(void)
{
    return sizeof(mock_book);
}

uint mock_spill_bytes(void);
uint mock_spill_bytes(void)
{
    return sizeof(mock_spill);
}

/* `memory`: frames, books, ready list, free list, results, spill area, outcome, result. */
void mock_init(clf_worker *w, __global void *__global *memory, ulong seed, uint park);
void mock_init(clf_worker *w, __global void *__global *memory, ulong seed, uint park)
{
    w->frames = (__global mock_frame *)memory[0];
    w->book = (__global mock_book *)memory[1];
    w->ready = (__global uint *)memory[2];
    w->free = (__global uint *)memory[3];
    w->results = (__global char *)memory[4];
    w->spill = (__global char *)memory[5];
    w->out_code = (__global uint *)memory[6];
    w->out = (__global char *)memory[7];
    w->random = seed;
    w->park = park;
    w->nready = w->nfree = w->fresh = w->kids = w->mock_bad = 0;
    w->fresh = 1; /* index 0 would look like no joiner */
}

static uint mock_root(clf_worker *w)
{
    uint root = clf_take(w);
    while (root == CLF_NIL)
        root = clf_take(w);
    return root;
}
