/* find.cl - where a worker that has nothing private looks for work, and when it gives up.
 *
 * All of this runs on one work-item per worker (lane 0). What is found is written to
 * ring[bottom...], where the caller counts it in; nothing here waits for anybody.
 */

/* Copies a root from the inbox to a frame. */
static inline void clf_unpack_root(clf_worker *w, uint i, uint index)
{
    __global const uint *from =
        (__global const uint *)(w->inbox + (size_t)i * w->ctl->inbox_stride);
    __global const clf_inbox *root = (__global const clf_inbox *)from;
    __global clf_header *h = clf_frame_at(w, index);
    __global uint *to = (__global uint *)(h + 1);
    h->code = (root->fn << CLF_FN_SHIFT) | (root->urgent ? CLF_URGENT : 0);
    clf_store_relaxed(&h->parent, 0u); /* see the join word in join.cl */
    h->slot = root->slot | CLF_SLOT_ROOT;
    clf_begin(w, index, root->fn);
#ifdef CLF_NAMES
    *clf_name_at(w, index) = *(__global const clf_name *)((__global const char *)from +
                                                          w->ctl->inbox_stride - sizeof(clf_name));
#endif
    for (uint k = 0; k < root->bytes / 4; k++)
        to[k] = from[sizeof(clf_inbox) / 4 + k];
}

/* The class of the frame that a root needs. Its record is there to the end of the slice, whoever
 * claims it. */
static inline uint clf_class_of_root(clf_worker *w, uint i)
{
    if (CLF_CLASSES == 1)
        return 0;
    return clf_class_of(
        ((__global const clf_inbox *)(w->inbox + (size_t)i * w->ctl->inbox_stride))->fn);
}

/* How many of the next n roots need frames of one class. */
static inline uint clf_alike_roots(clf_worker *w, uint head, uint n, uint class_)
{
    for (uint i = 1; CLF_CLASSES > 1 && i < n; i++)
        if (clf_class_of_root(w, head + i) != class_)
            return i;
    return n;
}

/* Takes up to `most` of the roots up to `tail` that the host has started; a frame is found before a
 * root is claimed, so that a claimed one never gets stuck. Returns how many are at ring[bottom...]:
 * urgent ones are not. */
static inline uint clf_take_roots_to(clf_worker *w, uint most, uint tail)
{
    __global clf_control *ctl = w->ctl;
    uint head = clf_load_relaxed(&ctl->inbox_head), kept = 0;
    if (head >= tail || w->inbox_quota == 0)
        return 0;
    uint room = clf_room(w);
    if (room == 0)
        return 0;
    uint share = (tail - head - 1) / w->workers + 1;
    const uint class_ = clf_class_of_root(w, head);
    if (w->nfree[class_] == 0 && !clf_refill(w, class_)) {
        clf_lack(w, class_);
        return 0;
    }
    uint n = min(min(min(share, most), min(room, w->nfree[class_])), w->inbox_quota);
    n = clf_alike_roots(w, head, n, class_);
    /* the roots were written before the slice began; the CAS only makes the claim unique */
    if (clf_cas_acq_rel(&ctl->inbox_head, head, head + n) != head)
        return 0;
    w->inbox_quota -= n;
    w->spawned += n;
    for (uint i = 0; i < n; i++) {
        uint index = clf_list(w, class_)[--w->nfree[class_]];
        clf_unpack_root(w, head + i, index);
        clf_trace_root(w, index);
        if (clf_is_urgent(w, index)) {
            clf_list_urgent(w, index);
            continue;
        }
        clf_store_relaxed(&w->ring[(w->bottom + kept++) & w->mask], index);
    }
    return kept;
}

static inline uint clf_take_roots(clf_worker *w, uint most)
{
    return clf_take_roots_to(w, most, w->ctl->inbox_tail);
}

#ifdef CLF_PRIORITIES

/* Looked for when a slice begins and now and then: the others wait until there is nothing else. */
static inline void clf_take_urgent_roots(clf_worker *w)
{
    uint end = w->ctl->inbox_urgent;
    if (clf_load_relaxed(&w->ctl->inbox_head) < end)
        clf_take_roots_to(w, w->mask + 1, end);
}

/* The urgent fiber that runs before the lane's next one, which waits in the deque meanwhile, or
 * that next one, or CLF_NIL. One that has parked goes before all others. With one lane. */
static inline uint clf_next_by_priority(clf_worker *w)
{
    uint next = w->next;
    if (next != CLF_NIL && (w->parked || clf_is_urgent(w, next) ||
                            ((int)(w->limit - w->bottom) <= 0 && clf_room(w) < 2)))
        return next;
    uint index = clf_find_urgent(w);
    if (index == CLF_NIL)
        return next;
    if (next != CLF_NIL)
        clf_push(w, next);
    return index;
}

#define clf_has_urgent(w) ((w)->urgents != 0)

#else

#define clf_take_urgent_roots(w)
#define clf_next_by_priority(w) ((w)->next)
#define clf_has_urgent(w)       false

#endif

/* Takes up to `most` fibers from the yield queue, the longest waiting first; they are put on the
 * ring so that the longest waiting one is popped first. */
static inline uint clf_take_yields(clf_worker *w, uint most)
{
    uint room = clf_room(w);
    uint n = min(min(w->yields, most), room);
    for (uint i = 0; i < n; i++) {
        uint index = w->yield_head;
        w->yield_head = clf_frame_at(w, index)->link;
        clf_store_relaxed(&w->ring[(w->bottom + n - 1 - i) & w->mask], index);
    }
    w->yields -= n;
    return n;
}

/* Reasons to end a slice because somebody lacks room: what others finish makes some. */
#define CLF_WANT_ROOM (CLF_WANT_FRAMES | CLF_WANT_RING | CLF_WANT_REQUESTS)

/* Whether work-groups run one after the other, as far as is known. */
static inline bool clf_take_turns(clf_worker *w)
{
    return CLF_LANES == 1 && w->workers > w->ctl->units;
}

/* Whether to leave what others have where it is, because the slice ends, or because, when this
 * worker began, it did or others had looked for work in vain: workers that take turns would each
 * take a part, run it for a moment, and hold it in the next slice until it is their turn. Who has
 * something of its own runs it, and roots are for all. */
static inline bool clf_stays_out(clf_worker *w)
{
    if (!clf_take_turns(w))
        return false;
    uint want = clf_load_relaxed(&w->ctl->want);
    return (want & CLF_WANT_ROOM) == 0 &&
           (w->late_comer || (want & (CLF_WANT_END | CLF_WANT_CALL)) != 0);
}

/* To be hungry costs the victim a microsecond or two: it makes frames, and lines of memory go from
 * core to core. If all that was stolen since then took no longer, the thief rests before it says
 * again that it is hungry, twice as long from time to time, up to 16 times as long: where children
 * do next to nothing, that is what a second worker costs. What takes longer is asked for at once,
 * whatever came before. */
#if defined(CLF_CLOCK) && CLF_MODE == CLF_MODE_STEAL
#define CLF_POOR      2048u /* ticks, of some 0.4 ns */
#define CLF_POOR_MOST 4u

/* Whether it has nothing to run and does not look at others for it yet. */
static inline bool clf_rests(clf_worker *w)
{
    if (w->rest_until != 0 && clf_clock() >= w->rest_until)
        w->rest_until = 0;
    return w->rest_until != 0;
}

/* What an attempt to steal has brought. */
static inline void clf_note_stolen(clf_worker *w, uint n)
{
    if ((n != 0) == (w->stole_at != 0))
        return;
    ulong now = clf_clock();
    if (n != 0) {
        w->stole_at = now;
        return;
    }
    w->poor = now - w->stole_at < CLF_POOR ? min(w->poor + 1, CLF_POOR_MOST) : 0;
    w->rest_until = w->poor != 0 ? now + ((ulong)CLF_POOR << w->poor) : 0;
    w->stole_at = 0;
}
#define clf_is_resting(w) ((w)->rest_until != 0)
#else
static inline bool clf_rests(clf_worker *w)
{
    return false;
}
#define clf_note_stolen(w, n)
#define clf_is_resting(w) false
#endif

/* Entries for up to `most` lanes; with one lane steals may bring more. The lanes that have a fiber
 * wait meanwhile. */
static inline uint clf_find(clf_worker *w, uint most)
{
    uint n = 0;
#if CLF_MODE == CLF_MODE_SHARED
    n = clf_shared_exchange(w, most);
#else
    n = clf_steal(w, w->id, max(most, 8u));
#endif
    if (n == 0)
        n = clf_take_ready_first(w, max(most, CLF_READY_MORE));
    if (n == 0)
        n = clf_take_roots(w, max(most, 8u));
    if (n == 0)
        n = clf_take_yields(w, most);
    if (n == 0)
        n = clf_take_ready(w, max(most, CLF_READY_MORE));
#if CLF_MODE == CLF_MODE_STEAL
    if (n == 0 && w->workers > 1 && !clf_stays_out(w) && !clf_rests(w)) {
        n = clf_steal_any(w, max(most, 8u), most == CLF_LANES ? 4 : 1);
        clf_note_stolen(w, n);
    }
#endif
    return n;
}

/* Lets others have a part of a long yield queue: nobody can steal from the queue itself. Not before
 * roots that wait: what is shared is found first. */
static inline void clf_share_yields(clf_worker *w)
{
#if CLF_MODE == CLF_MODE_STEAL
    if (clf_load_relaxed(&w->ctl->inbox_head) < w->ctl->inbox_tail && w->inbox_quota != 0)
        return;
    if (w->yields < 2 || w->workers == 1 || w->bottom != clf_load_relaxed(&w->me->top))
        return;
    /* at most half of the ring: full of shared entries, it would have no room to take one back */
    w->bottom += clf_take_yields(w, min(min(w->yields / 2, 16u), (w->mask + 1) / 2));
    w->split = w->bottom;
    /* release: pairs with clf_steal, as in clf_publish */
    clf_store_release(&w->me->split, w->split);
    w->publishes++;
#endif
}

/* Makes what a segment or round spawned visible, as the mode wants it. */
static inline void clf_share(clf_worker *w)
{
#if CLF_MODE == CLF_MODE_SHARED
    w->bottom += clf_shared_exchange(w, 1);
#else
    if (w->bottom - w->split >= 2)
        clf_publish(w);
#endif
}

/* Says that this worker has nothing to do, or no longer: others make frames for their children then
 * instead of running them inline. */
static inline void clf_set_hungry(clf_worker *w, uint hungry)
{
    if (w->hungry == hungry)
        return;
    clf_add_relaxed(&w->ctl->busy, w->hungry - hungry);
#if CLF_INLINE_DEPTH > 0
    clf_add_relaxed(&w->ctl->hungry, hungry - w->hungry);
#endif
    w->hungry = hungry;
}

/* How many times the idle limit a worker waits while another one, which runs at the same time, has
 * work: some 0.3 ms on a CPU, as long as it takes to begin a new slice. Whether one does is what
 * `busy` tells: where work-groups run one after the other, nobody waits for one that has not begun.
 * Looking for work keeps many workers of many lanes from memory that the others need. */
#if CLF_LANES == 1
#define CLF_IDLE_TIMES 10u
#else
#define CLF_IDLE_TIMES 1u
#endif

/* Nothing was found. True: leave. No root is left, somebody asks for the host, or it has taken too
 * long; in that case those who still have work are told, so that they may end the slice and have
 * the work shared out anew. */
static inline bool clf_give_up(clf_worker *w, uint idle)
{
    __global clf_control *ctl = w->ctl;
    w->idle++;
    clf_trace_idle(w);
    if (!clf_is_resting(w))
        clf_set_hungry(w, 1);
    if (w->late_comer || clf_load_relaxed(&ctl->done_tail) >= ctl->expected ||
        (clf_load_relaxed(&ctl->want) & ~(CLF_WANT_HELP | CLF_WANT_CANCEL)) != 0)
        return true;
    if (idle >= ctl->idle_limit &&
        (idle >= CLF_IDLE_TIMES * ctl->idle_limit || clf_load_relaxed(&ctl->busy) == 0)) {
        clf_or_relaxed(&ctl->want, CLF_WANT_HELP);
        clf_trace_gives_up(w);
        return true;
    }
    /* back off: reads of an own word that cost the others nothing */
    for (uint i = 0; i < (idle & 63); i++)
        clf_load_relaxed(&w->me->split);
    return false;
}

/* Segments after which those who have work end the slice for one that left for want of it: a new
 * slice takes as long as a sixteenth of one, some thousand small segments or a few large ones. */
#define CLF_HELP_MOST  4096u
#define CLF_HELP_LEAST 64u
static inline uint clf_help_after(clf_worker *w)
{
    return max(min(w->ctl->budget / 16, CLF_HELP_MOST), CLF_HELP_LEAST);
}

/* Asked now and then by a worker that has work. Who leaves to have others called back says so: with
 * the slice about to end nobody has a reason to go on. */
static inline bool clf_asked_to_end(clf_worker *w, uint segments)
{
    uint want = clf_load_relaxed(&w->ctl->want);
    w->deque_high = max(w->deque_high, w->bottom - clf_load_relaxed(&w->me->top));
    if ((want & ~(CLF_WANT_HELP | CLF_WANT_CANCEL)) != 0 ||
        ((want & CLF_WANT_CANCEL) != 0 && segments >= w->ctl->patience))
        return true;
    if (want == 0 || segments < clf_help_after(w) ||
        w->bottom - clf_load_relaxed(&w->me->top) + w->yields < 4)
        return false;
    if (CLF_LANES == 1 && (want & CLF_WANT_HELP) != 0)
        clf_or_relaxed(&w->ctl->want, CLF_WANT_CALL);
    return true;
}

/* ---- the ends of a slice ------------------------------------------------------------ */

/* That the worker has begun the slice. */
static inline void clf_count_in(clf_worker *w)
{
    clf_add_relaxed(&w->ctl->entered, 1u);
    if (w->me->laden)
        clf_add_relaxed(&w->ctl->waiting, 0xffffffffu);
}

/* That it leaves, with something to run, as far as its one lane and its lists go, or without. */
static inline void clf_count_out(clf_worker *w, uint laden)
{
    if (laden)
        clf_add_relaxed(&w->ctl->left, 1u);
    laden |= w->next != CLF_NIL;
    if (w->me->laden != laden)
        clf_add_relaxed(&w->ctl->laden, laden - w->me->laden);
    w->me->laden = laden;
}

static inline void clf_enter(clf_worker *w, __global clf_lane_state *lane)
{
    if (w->lane == 0)
        clf_count_in(w);
    w->late_comer = clf_take_turns(w) && (clf_load_relaxed(&w->ctl->want) &
                                          (CLF_WANT_END | CLF_WANT_CALL | CLF_WANT_HELP)) != 0;
    w->next = lane->next;
    w->spare = lane->spare;
    w->parked = lane->parked;
    w->parks = 0;
#ifdef CLF_WAITING
    w->wakes = 0;
#endif
#if CLF_LANES > 1
    w->queue = CLF_NIL;
    w->queued = 0;
#endif
    w->spawned = w->completed = w->failed = w->started = w->ended = 0;
    w->fuel = w->granted = w->inlined = w->inline_most = w->late = w->hungry = 0;
    w->giving = w->paused = 0;
    w->alone = CLF_ALONE_BEFORE;
    if (w->lane == 0)
        clf_add_relaxed(&w->ctl->busy, 1u);
    w->credit = 0;
    w->taken = w->lost = w->empty = w->stolen = w->publishes = w->idle = 0;
    w->rounds = w->kinds = 0;
    w->bottom = w->me->bottom;
    w->split = clf_load_relaxed(&w->me->split);
    w->limit = w->bottom; /* clf_take looks */
    for (uint c = 0; c < CLF_CLASSES; c++)
        w->nfree[c] = w->me->nfree[c];
    w->wanted = w->me->wanted;
    w->lacks = 0;
    w->held = w->me->held;
    w->held_high = (int)w->held > 0 ? w->held : 0;
    w->deque_high = w->bottom - clf_load_relaxed(&w->me->top);
    w->random = w->me->random;
    w->victim = w->id;
#ifdef CLF_CLOCK
    w->stole_at = w->rest_until = 0;
    w->poor = 0;
#endif
    w->yield_head = w->me->yield_head;
    w->yield_tail = w->me->yield_tail;
    w->yields = w->me->yields;
#ifdef CLF_PRIORITIES
    w->urgent_head = w->me->urgent_head;
    w->urgent_tail = w->me->urgent_tail;
    w->urgents = w->me->urgents;
    w->staged = CLF_NIL;
#endif
    w->inbox_quota = w->ctl->inbox_quota;
    w->ready_left = w->ctl->ready_quota;
    w->ready_open = clf_load_relaxed(&w->ctl->ready_head) != w->ctl->ready_tail;
}

static inline void clf_leave_lane(clf_worker *w, __global clf_lane_state *lane)
{
    lane->next = w->next;
    lane->spare = w->spare;
    lane->parked = w->parked;
    clf_trace_leave_lane(w);
    if (w->next != CLF_NIL)
        clf_add_relaxed(&w->ctl->left, 1u);
}

/* Lane 0 only; the lanes' own counters have been summed up into its. */
static inline void clf_leave_worker(clf_worker *w, uint segments)
{
    __global ulong *count = w->me->counter;
    clf_set_hungry(w, 0);
    clf_add_relaxed(&w->ctl->busy, 0xffffffffu);
    clf_trace_leave(w);
    for (uint c = 0; c < CLF_CLASSES; c++)
        if (clf_is_scarce(w, c))
            while (w->nfree[c] != 0 && clf_pool_put(w, c, min(w->nfree[c], CLF_CHUNK)))
                ;
    /* What others take from here afterwards is counted too: "nothing left" is certain, "something"
     * is not. */
    clf_count_out(w, w->bottom != clf_load_relaxed(&w->me->top) || w->yields != 0 ||
                         clf_has_urgent(w));
    clf_add_relaxed(&w->ctl->ran, segments);
    if (w->parks != 0)
        clf_add_relaxed(&w->ctl->parked, w->parks);
    clf_add_relaxed(&w->ctl->progress, w->spawned + w->completed);
    if (w->started != w->ended)
        clf_add_relaxed(&w->ctl->live, w->started - w->ended);
    w->me->bottom = w->bottom;
    for (uint c = 0; c < CLF_CLASSES; c++)
        w->me->nfree[c] = w->nfree[c];
    w->me->wanted = w->wanted;
    w->me->lacks = w->lacks;
    w->me->held = w->held;
    w->me->random = w->random;
    w->me->yield_head = w->yield_head;
    w->me->yield_tail = w->yield_tail;
    w->me->yields = w->yields;
#ifdef CLF_PRIORITIES
    w->me->urgent_head = w->urgent_head;
    w->me->urgent_tail = w->urgent_tail;
    w->me->urgents = w->urgents;
#endif
    count[CLF_COUNT_SEGMENTS] += segments;
    count[CLF_COUNT_SPAWNED] += w->spawned;
    count[CLF_COUNT_COMPLETED] += w->completed;
    count[CLF_COUNT_FAILED] += w->failed;
    count[CLF_COUNT_TAKEN] += w->taken;
    count[CLF_COUNT_LOST] += w->lost;
    count[CLF_COUNT_EMPTY] += w->empty;
    count[CLF_COUNT_STOLEN] += w->stolen;
    count[CLF_COUNT_PUBLISHES] += w->publishes;
    count[CLF_COUNT_IDLE] += w->idle;
    count[CLF_COUNT_STARTED] += w->started;
    count[CLF_COUNT_ENDED] += w->ended;
    count[CLF_COUNT_ROUNDS] += w->rounds;
    count[CLF_COUNT_KINDS] += w->kinds;
    count[CLF_COUNT_DEQUE_HIGH] = max(count[CLF_COUNT_DEQUE_HIGH], (ulong)w->deque_high);
    count[CLF_COUNT_FRAMES_HIGH] = max(count[CLF_COUNT_FRAMES_HIGH], (ulong)w->held_high);
}

#if CLF_LANES > 1

/* Every lane after its segments: what it has for the yield queue is for lane 0 to take up. */
static inline void clf_hand_in_queue(clf_worker *w)
{
    if (w->queue == CLF_NIL)
        return;
    w->round->last_queued[clf_local_add(&w->round->queues, 1)] = w->queue;
    clf_local_add(&w->round->queued, w->queued);
    w->queue = CLF_NIL;
    w->queued = 0;
}

/* Lane 0 at the end of a round: appends the lanes' lists to the queue. */
static inline void clf_take_up_queues(clf_worker *w)
{
    __local clf_round *r = w->round;
    for (uint i = 0; i < r->queues; i++) {
        __global clf_header *last = clf_frame_at(w, r->last_queued[i]);
        if (w->yields == 0 && i == 0)
            w->yield_head = last->link;
        else
            clf_frame_at(w, w->yield_tail)->link = last->link;
        last->link = CLF_NIL;
        w->yield_tail = r->last_queued[i];
    }
    w->yields += r->queued;
}

#endif

/* ---- running ------------------------------------------------------------------------ */

CLF_APART clf_run_segment(clf_worker *w, uint index)
{
    __global clf_header *h = clf_frame_at(w, index);
    w->code = h->code;
    clf_trace_begin(w, index);
    switch (clf_guard_stops(w, index, h) ? CLF_FN_STOPPED : w->code >> CLF_FN_SHIFT) {
#define CLF_CASE(name)                                                                      \
    case CLF_FN_##name:                                                                     \
        clf_segment_##name(w, index, (__global clf_frame_##name *)h, w->code &CLF_AT_MASK); \
        break;
        CLF_FIBERS(CLF_CASE)
#undef CLF_CASE
    case CLF_FN_FAILING:
        clf_end_failed(w, index, h);
        break;
    }
    clf_trace_finish(w);
}

#if CLF_LANES > 1

/* A lane's part of a round: a segment, and if that is the last one that a parent has waited for,
 * the parent's next one. */
CLF_APART clf_run_chain(clf_worker *w, uint index)
{
    __local clf_round *r = w->round;
    const uint most = r->chain;
    const uint code = clf_frame_at(w, index)->code;
    uint ran = 0;
    w->credit = r->credit;
    w->inline_most = r->most;
    clf_local_or(&r->kinds, 1u << (((code >> CLF_FN_SHIFT) * 5 + (code & CLF_AT_MASK)) & 31));
    w->parked = 0;
    do {
        w->next = CLF_NIL;
        w->resumes = 0;
        clf_run_segment(w, index);
        index = w->next;
        ran++;
    } while (w->resumes && index != CLF_NIL && ran < most);
    ran += clf_end_inlined(w);
    if (ran > 1)
        clf_local_add(&r->more, ran - 1);
    if (w->parked)
        clf_local_add(&r->parked, 1);
    clf_hand_in_queue(w);
#ifdef CLF_PRIORITIES
    clf_hand_in_urgent(w);
#endif
}

#endif
