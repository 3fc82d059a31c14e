/* slice.cl - the worker loop: one kernel launch runs it once per work-group.
 *
 * Every loop is bounded, by the budget or by the idle limit, and no worker waits for another: a
 * slice ends even where work-groups run strictly one after the other.
 */
#define CLF_POLL 64u /* segments between looks at clf_control.want */
#define CLF_YIELDS_IN_ROW \
    (1u << 18) /* resumed yields without other work after which the host has a turn */

#if CLF_LANES == 1

/* ---- stretches ----------------------------------------------------------------------
 *
 * A change of slices costs as much as 50,000 fibers that run inline, so a slice does not end for
 * the host's sake unless the host is needed: when a worker has run its budget, it goes on for
 * another stretch of that many segments if nothing would come of an end. The host rings a bell
 * where it finds something to do meanwhile; without a bell there is one stretch. So who rings waits
 * no longer than he would if all slices ended after one stretch: there is a worker that ends its
 * stretch at the latest when that slice would have ended, and finds out. Nobody rings for what is
 * to be done at a certain time: for that the host bounds the number of stretches by half of the
 * time left, and doubles it only after slices whose stretches were as long as they were meant to
 * be.
 *
 * Nor do other workers have to wait for an end. If there are more than the device runs at the same
 * time, as many as it can have begun, and one of the others has something to run or could take a
 * root, the slice ends, so that they get their turn. (With fewer, a thread of the device's has no
 * core yet, and to end the slice would not give it one.) Who has left had nothing to run (`left`),
 * and said so when it had looked long enough (CLF_WANT_HELP): then the slice ends if there is
 * something to share. Where it left because no root is left, which says nothing of started fibers,
 * the slice ends.
 */

/* Stretches end for good at so many segments: counters of 32 bits hold what they may add. */
#define CLF_STRETCHED_MOST (1u << 30)

/* Whether a part of what this worker has would keep another one busy. */
static inline bool clf_has_to_share(clf_worker *w)
{
    uint entries = w->bottom - clf_load_relaxed(&w->me->top) + w->yields;
    return entries + (w->next != CLF_NIL) > 1;
}

/* Whether workers wait for one of the device's threads that have something to run, or could take a
 * root that nobody has taken. */
static inline bool clf_others_wait(clf_worker *w)
{
    __global clf_control *ctl = w->ctl;
    uint entered = clf_load_relaxed(&ctl->entered);
    if (entered == w->workers || entered < ctl->units)
        return false;
    return clf_load_relaxed(&ctl->waiting) != 0 ||
           clf_load_relaxed(&ctl->inbox_head) < ctl->inbox_tail;
}

static inline bool clf_host_is_needed(clf_worker *w)
{
    __global clf_control *ctl = w->ctl;
    uint want = clf_load_relaxed(&ctl->want);
    return (want & ~CLF_WANT_HELP) != 0 || (want != 0 && clf_has_to_share(w)) ||
           clf_others_wait(w) || clf_load_relaxed(&ctl->left) != 0 || ctl->expected == 0 ||
           clf_load_relaxed(&ctl->done_tail) != 0 || clf_load_relaxed(&ctl->request_tail) != 0 ||
           clf_load_relaxed(&ctl->record_count) != 0 || *(volatile __global uint *)w->bell != 0;
}

/* With the budget used up: what it is now, or 0: the slice ends. */
CLF_SLOW(uint) clf_next_stretch(clf_worker *w, uint segments)
{
    __global clf_control *ctl = w->ctl;
    if (segments / ctl->budget < ctl->stretches && segments < CLF_STRETCHED_MOST &&
        !clf_host_is_needed(w)) {
        w->ready_left = ctl->ready_quota;
        return segments + ctl->budget;
    }
    clf_store_relaxed(&ctl->ended_at, segments);
    clf_or_relaxed(&ctl->want, CLF_WANT_END);
    return 0;
}

static inline void clf_work(clf_worker *w, __global clf_lane_state *lane)
{
    const uint mask = w->mask;
    uint budget = w->ctl->budget, segments = 0, poll = CLF_POLL, idle = 0, quiet = 0;
    clf_enter(w, lane);
    clf_take_urgent_roots(w);
    w->bottom += clf_take_ready_first(w, CLF_READY_FIRST);
    while (segments < budget || (budget = clf_next_stretch(w, segments)) != 0) {
        uint index = clf_next_by_priority(w);
        if (index == CLF_NIL) {
            if (w->bottom == w->split) {
                uint yields = w->yields;
                w->bottom += clf_find(w, 1);
                if (clf_has_urgent(w))
                    continue;
                if (w->bottom == w->split) {
                    if (clf_give_up(w, ++idle))
                        break;
                    continue;
                }
                quiet = w->yields < yields ? quiet + 1 : 0;
                if (quiet >= CLF_YIELDS_IN_ROW)
                    break;
            }
            index = clf_load_relaxed(&w->ring[--w->bottom & mask]);
        }
        idle = 0;
        clf_set_hungry(w, 0);
        w->next = CLF_NIL;
        w->inline_most = min(budget - segments, CLF_INLINE_MOST) - 1;
        w->help_after = clf_help_after(w) - min(segments, clf_help_after(w));
        w->giving = w->paused = w->parked = 0;
        uint bottom = w->bottom;
        clf_run_segment(w, index);
        clf_turn_late(w, bottom);
        segments += 1 + clf_end_inlined(w);
        clf_share_urgent(w);
        if (w->parked && !w->paused) {
            w->parks = 1;
            break;
        }
        clf_share(w);
        if (segments >= poll || w->paused) {
            poll = segments + CLF_POLL;
            clf_share_yields(w);
            clf_take_urgent_roots(w);
            w->bottom += clf_take_ready(w, CLF_READY_MORE);
            if (clf_asked_to_end(w, segments))
                break;
            if (w->spare != CLF_NIL && w->nfree[clf_class_at(w, w->spare)] < 2 * CLF_CHUNK)
                clf_release_frame(w, clf_unspare(w));
        }
    }
    clf_leave_lane(w, lane);
    clf_leave_worker(w, segments);
}

#else

/* How many segments each lane may run. With entries for most lanes a new round is better: it fills
 * those whose chain is short. With few, the worker is one of those that the rest waits for. */
static inline uint clf_chain(uint lanes, uint room, uint budget)
{
    if (lanes >= CLF_LANES / 2)
        return 1;
    return max(1u, min(min((uint)CLF_CHAIN, room / (4 * CLF_LANES)), 1 + budget / CLF_LANES));
}

/* Frames of the class that clones get and that are fewest, or so many of any as there is room for.
 */
static inline uint clf_least_avail(clf_worker *w)
{
    uint least = w->round->room;
    for (uint c = 0; c < CLF_CLASSES; c++)
        if (CLF_CLASSES == 1 || (CLF_CLONED >> c & 1) != 0)
            least = min(least, w->round->avail[c]);
    return least;
}

/* How many of the frames are each lane's own. Clones run only in rounds in which the lanes can have
 * as many as a clone of the deepest level may need, and some more. */
static inline void clf_share_credit(clf_worker *w, uint budget)
{
    __local clf_round *r = w->round;
    r->credit = r->most = 0;
#if CLF_INLINE_DEPTH > 0
    uint each = min(clf_least_avail(w) / CLF_LANES, (uint)CLF_INLINE_DEPTH + 8);
    if (each >= CLF_INLINE_DEPTH + 2) {
        r->credit = each;
        r->most = clf_may_inline(w) ? min(budget / CLF_LANES, CLF_INLINE_MOST) : 0;
    }
#else
    (void)budget;
#endif
    /* With credit, what all may take leaves of every class what the credit promises. */
    r->common =
        (CLF_CLASSES == 1 || r->credit != 0 ? clf_least_avail(w) : r->room) - r->credit * CLF_LANES;
}

/* Puts urgent fibers where the lanes that need one find them first. */
static inline void clf_urgent_first(clf_worker *w, uint need)
{
#ifdef CLF_PRIORITIES
    for (uint room = clf_room(w); need != 0 && room > CLF_LANES; need--, room--) {
        uint index = clf_find_urgent(w);
        if (index == CLF_NIL)
            break;
        clf_store_relaxed(&w->ring[w->bottom++ & w->mask], index);
    }
#endif
}

/* Lane 0 at the start of a round: entries for the lanes that have none, frames and ring space for
 * their children, or the decision to end. */
CLF_APART clf_round_begin(clf_worker *w, uint *segments, uint *idle)
{
    __local clf_round *r = w->round;
    __global clf_control *ctl = w->ctl;
    uint need = r->need;
    *segments += r->more;
    uint held = CLF_LANES - need; /* lanes that still have a fiber */
    clf_take_urgent_roots(w);
    w->bottom += clf_take_ready_first(w, need);
    clf_urgent_first(w, need);
    uint n = min(need, w->bottom - w->split);
    r->over = *segments >= ctl->budget;
    if (r->over) {
        clf_store_relaxed(&ctl->ended_at, *segments);
        clf_or_relaxed(&ctl->want, CLF_WANT_END);
    } else if (*segments != 0 && clf_asked_to_end(w, *segments)) {
        r->over = 1;
    }
    if (need != 0 && n == 0 && !r->over) {
        w->bottom += clf_find(w, need);
        clf_urgent_first(w, need);
        n = min(w->bottom - w->split, need);
    }
    if (n + held == 0 && !r->over) {
        r->over = clf_give_up(w, ++*idle);
    } else {
        *idle = 0;
        clf_set_hungry(w, 0);
    }
    if (r->over)
        n = 0;
    *segments += n + (r->over ? 0 : held);
    /* who has nothing to run leaves what there is to the others: it may be the last */
    clf_move_begin(w, n + held != 0);
    w->bottom -= n;
    r->given = n;
    r->base = w->bottom;
    r->bottom = w->bottom;
    /* as in clf_room, but for all lanes: one entry for each segment stays for clf_run_next */
    uint room = clf_room(w);
    r->chain = clf_chain(n + held, room, *segments < ctl->budget ? ctl->budget - *segments : 0);
    r->room = room > CLF_LANES * r->chain ? room - CLF_LANES * r->chain : 0;
    for (uint c = 0; c < CLF_CLASSES; c++) {
        r->nfree[c] = w->nfree[c];
        r->avail[c] = CLF_CLASSES == 1 ? min(w->nfree[c], r->room) : w->nfree[c];
        r->keep[c] = min((uint)(CLF_LANES * CLF_CHAIN), (uint)CLF_FREE_ROOM - w->nfree[c]);
        r->taken[c] = r->freed[c] = 0;
    }
    clf_share_credit(w, *segments < ctl->budget ? ctl->budget - *segments : 0);
    r->need = r->asked = r->pushed = r->parked = r->more = r->kinds = 0;
    r->queues = r->queued = 0;
#ifdef CLF_PRIORITIES
    r->stagers = 0;
#endif
}

/* Every lane at the end of a round: the frames that were given back go behind those not taken. */
CLF_APART clf_keep_freed(clf_worker *w)
{
    __local clf_round *r = w->round;
    for (uint c = 0; c < CLF_CLASSES; c++) {
        const uint end = r->nfree[c] - min(r->taken[c], r->avail[c]);
        const uint n = min(r->freed[c], r->keep[c]);
        for (uint i = w->lane; i < n; i += CLF_LANES)
            clf_list(w, c)[end + i] = r->release[c][i];
    }
}

/* Lane 0 at the end of a round: takes up what the lanes did. */
CLF_APART clf_round_end(clf_worker *w)
{
    __local clf_round *r = w->round;
    bool short_of_ring = r->credit == 0;
    uint dry = 0;
    w->bottom += r->pushed;
    for (uint c = 0; c < CLF_CLASSES; c++) {
        w->nfree[c] += min(r->freed[c], r->keep[c]) - min(r->taken[c], r->avail[c]);
        if ((CLF_CLASSES == 1 || r->taken[c] > r->avail[c]) && r->dry[c])
            dry |= 1u << c;
        if (CLF_CLASSES > 1 && r->taken[c] != 0)
            w->wanted |= 1u << c;
    }
    short_of_ring &= CLF_CLASSES == 1 ? r->avail[0] < r->nfree[0] : r->asked > r->common;
    w->parks += r->parked;
    w->rounds += r->kinds != 0;
    w->kinds += popcount(r->kinds);
    clf_take_up_queues(w);
#ifdef CLF_PRIORITIES
    clf_take_up_urgent(w);
    clf_share_urgent(w);
#endif
    /* A parked fiber tries again in the next round, unless what it lacks is not to be had on the
     * device: ring space, or frames although lane 0 has tried to refill. */
    if (r->parked && short_of_ring)
        clf_or_relaxed(&w->ctl->want, CLF_WANT_RING);
    else if (r->parked && dry != 0)
        for (uint c = 0; c < CLF_CLASSES; c++)
            if ((dry >> c & 1) != 0)
                clf_lack(w, c);
    clf_share(w);
    clf_share_yields(w);
}

static inline void clf_sum_lanes(clf_worker *w)
{
    __local clf_round *r = w->round;
    clf_local_add(&r->sum[0], w->spawned);
    clf_local_add(&r->sum[1], w->completed);
    clf_local_add(&r->sum[2], w->failed);
    clf_local_add(&r->sum[3], w->started);
    clf_local_add(&r->sum[4], w->ended);
}

static inline void clf_work(clf_worker *w, __global clf_lane_state *lane)
{
    const uint mask = w->mask;
    const uint rounds = w->ctl->budget;
    __local clf_round *r = w->round;
    uint segments = 0, idle = 0;
    clf_enter(w, lane);
    if (w->lane == 0) {
        r->need = r->more = 0;
        for (uint i = 0; i < 5; i++)
            r->sum[i] = 0;
        clf_trace_first_round(w);
    }
    barrier(CLK_LOCAL_MEM_FENCE);
    for (uint round = 0; round < rounds; round++) {
        uint rank = 0;
        bool wants = w->next == CLF_NIL;
        clf_trace_round(w, round);
        if (wants)
            rank = clf_local_add(&r->need, 1);
        barrier(CLK_LOCAL_MEM_FENCE | CLK_GLOBAL_MEM_FENCE);
        if (w->lane == 0)
            clf_round_begin(w, &segments, &idle);
        barrier(CLK_LOCAL_MEM_FENCE | CLK_GLOBAL_MEM_FENCE);
        uint over = r->over;
        if (wants && rank < r->given)
            w->next = clf_load_relaxed(&w->ring[(r->base + rank) & mask]);
        clf_move(w);
        /* all have read their entries before children take the slots */
        barrier(CLK_LOCAL_MEM_FENCE | CLK_GLOBAL_MEM_FENCE);
        if (w->lane == 0)
            clf_move_end(w);
        if (over)
            break;
        for (uint i = 0; i < CLF_CHAIN && w->spare != CLF_NIL; i++)
            clf_release_frame(w, clf_unspare(w));
        if (w->next != CLF_NIL)
            clf_run_chain(w, w->next);
        barrier(CLK_LOCAL_MEM_FENCE | CLK_GLOBAL_MEM_FENCE);
        clf_keep_freed(w);
        if (w->lane == 0)
            clf_round_end(w);
    }
    clf_leave_lane(w, lane);
    clf_sum_lanes(w);
    barrier(CLK_LOCAL_MEM_FENCE);
    if (w->lane == 0) {
        w->spawned = r->sum[0];
        w->completed = r->sum[1];
        w->failed = r->sum[2];
        w->started = r->sum[3];
        w->ended = r->sum[4];
        clf_leave_worker(w, segments + r->more);
    }
}

#endif

/* Nothing can be vectorized across the work-items of a work-group of one. Intel's compiler for CPUs
 * tries all the same, for ten times as long as all the rest of its work takes. */
#if CLF_LANES == 1 && defined(cl_intel_vec_len_hint)
#define CLF_ALONE __attribute__((intel_vec_len_hint(1)))
#else
#define CLF_ALONE
#endif

#define CLF_VALUE(type, name)   , type clf_env_##name
#define CLF_POINTER(type, name) , type *clf_env_##name
__kernel CLF_ALONE __attribute__((reqd_work_group_size(CLF_LANES, 1, 1))) void
clf_slice(__global clf_control *ctl, __global clf_worker_state *workers,
          __global clf_lane_state *lanes, __global uint *rings, __global uint *free,
          __global uint *pool_state, __global uint *pool_entry, __global char *frames,
          __global clf_size_word *sizes, __global char *spill, __global char *inbox,
          __global char *done, __global clf_ready *ready, __global clf_request *requests,
          __global char *data,
          __global uint *bell CLF_ENV(CLF_VALUE, CLF_POINTER) CLF_TRACE_PARAMETER)
#undef CLF_VALUE
#undef CLF_POINTER
{
    clf_worker worker, *w = &worker;
    w->ctl = ctl;
    w->all = workers;
    w->id = get_group_id(0);
    w->lane = get_local_id(0);
    w->workers = ctl->workers;
    w->mask = ctl->ring_mask;
    w->me = workers + w->id;
    w->rings = rings;
    w->ring = rings + (size_t)w->id * (ctl->ring_mask + 1);
    w->free = free + (size_t)w->id * CLF_CLASSES * CLF_FREE_ROOM;
    w->pool_state = pool_state;
    w->pool_entry = pool_entry;
    w->frames = frames;
    w->sizes = sizes;
    w->spill = spill + ((size_t)w->id * CLF_LANES + w->lane) * CLF_SPILL_BYTES;
    w->inbox = inbox;
    w->done = done;
    w->ready = ready;
    w->requests = requests;
    w->data = data;
    w->bell = bell;
#define CLF_BOUND(type, name) w->env.name = clf_env_##name;
    CLF_ENV(CLF_BOUND, CLF_BOUND)
#undef CLF_BOUND
#if CLF_LANES > 1
    __local clf_round round;
    w->round = &round;
#endif
    clf_trace_enter(w, trace);
    clf_work(w, lanes + (size_t)w->id * CLF_LANES + w->lane);
}
