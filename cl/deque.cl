/* deque.cl - one deque of frame indices per worker: an owner-private tail and a publish-only shared
 * head.
 *
 * A ring of 2^k entries and three free-running counters, top <= split <= bottom, compared by their
 * unsigned differences (so they may wrap): top ... split     shared: anyone takes entries at top, k
 * at once, by a CAS top -> top + k split ... bottom  private: the owner pushes and pops at bottom,
 * without atomics or fences Only the owner moves split, only upwards: publishing. It takes shared
 * entries back the way thieves do.
 *
 * Why this is sound. (1) An entry is written before split is moved over it (release), and a thief
 * reads it after it saw that split (acquire): it reads the entry and the frame behind it as the
 * owner left them. (2) Whoever moves top from t to t+k owns exactly these entries; a thief that
 * read stale or overwritten ones did so because top had moved, so its CAS fails and what it read is
 * dropped. Counters do not come round to the same value while a thief looks: that takes 2^32
 * pushes. (3) A slot is written again only when bottom - top < capacity, by a top that was read
 * with acquire: the CAS that moved it released the reads before it. (4) The owner never races with
 * a thief for one entry without a CAS, as Chase and Lev's does for the last one: entries below
 * split are never popped, those above never stolen. So no sequentially consistent fence is needed
 * anywhere. Lineage: the split deque of Dinan et al. (Scioto) and van Dijk and van de Pol (Lace),
 * without the lowering of split that needs their fences. Model: tests/model.
 */

/* A push without a check: the caller holds a frame from clf_take, which checked. */
static inline void clf_push(clf_worker *w, uint index)
{
    if (clf_is_urgent(w, index)) {
        clf_stage_urgent(w, index);
        return;
    }
#if CLF_LANES == 1
    clf_store_relaxed(&w->ring[w->bottom & w->mask], index);
    w->bottom++;
#else
    uint at = w->round->bottom + clf_local_add(&w->round->pushed, 1);
    clf_store_relaxed(&w->ring[at & w->mask], index);
#endif
}

/* Makes the oldest half of the private entries, two or more, visible if thieves have nothing left
 * here; not more than they will soon want, where what is visible costs more (kept.cl). */
#define CLF_PUBLISH_MOST (CLF_KEEPS ? 32u : 0xffffffffu)
static inline void clf_publish(clf_worker *w)
{
    if (clf_load_relaxed(&w->me->top) == w->split) {
        uint depth = w->bottom - w->split;
        w->deque_high = max(w->deque_high, depth);
        for (uint end = w->split + min(depth >> 1, CLF_PUBLISH_MOST); w->split != end; w->split++)
            clf_expose(w, clf_frame_at(w, clf_load_relaxed(&w->ring[w->split & w->mask])));
        /* release: pairs with the acquire load of split in clf_steal; the entries and their frames
         * come first */
        clf_store_release(&w->me->split, w->split);
        w->publishes++;
    }
}

/* Makes `index` the next frame of this lane. A child that was to be next goes to the deque:
 * clf_take has left one entry for it. */
static inline void clf_run_next(clf_worker *w, uint index)
{
    if (w->next != CLF_NIL)
        clf_push(w, w->next);
    w->next = index;
}

/* Entries top ... top + n - 1 of a ring to this worker's at bottom. */
static inline void clf_copy_entries(clf_worker *w, __global uint *ring, uint top, uint n)
{
    const uint mask = w->mask;
    uint i = 0;
#if CLF_LANES > 1
    /* several loads under way at a time */
    for (; i + 8 <= n; i += 8) {
        uint entry[8];
#pragma unroll
        for (uint k = 0; k < 8; k++)
            entry[k] = clf_load_relaxed(&ring[(top + i + k) & mask]);
#pragma unroll
        for (uint k = 0; k < 8; k++)
            clf_store_relaxed(&w->ring[(w->bottom + i + k) & mask], entry[k]);
    }
#endif
    for (; i < n; i++) {
        uint index = clf_load_relaxed(&ring[(top + i) & mask]);
        clf_store_relaxed(&w->ring[(w->bottom + i) & mask], index);
    }
}

/* Takes up to `most` shared entries of worker `victim`, half of what is there, to ring[bottom...]
 * of this worker, where the caller may count them in. Returns their number. The free slots at
 * bottom are this worker's to write even if the CAS fails. */
static inline uint clf_steal(clf_worker *w, uint victim, uint most)
{
    __global clf_worker_state *v = &w->all[victim];
    const uint mask = w->mask;
    __global uint *ring = w->rings + (size_t)victim * (mask + 1);
#if CLF_LANES > 1
    /* where acquiring costs a fence: a look without. What it misses will be there the next time. */
    if ((int)(clf_load_relaxed(&v->split) - clf_load_relaxed(&v->top)) <= 0) {
        w->empty += victim != w->id;
        return 0;
    }
#endif
    uint top =
        clf_load_acquire(&v->top); /* pairs with the CAS of other takers: not older than split */
    uint split = clf_load_acquire(&v->split); /* pairs with clf_publish */
    int there = (int)(split - top);
    if (there <= 0) {
        w->empty += victim != w->id;
        return 0;
    }
    uint n = min(min(((uint)there + 1) / 2, most), clf_room(w));
    clf_copy_entries(w, ring, top, n);
    /* acq_rel: acquires what earlier takers saw; releases the reads above to the owner's next push
     * (clf_room) */
    if (n == 0 || clf_cas_acq_rel(&v->top, top, top + n) != top) {
        w->lost += victim != w->id;
        return 0;
    }
    if (victim != w->id) {
        w->taken++;
        w->stolen += n;
        clf_trace_steal(w, victim, n);
    }
    return n;
}

/* xorshift32 (Marsaglia 2003): where to steal next. */
static inline uint clf_random(clf_worker *w)
{
    uint x = w->random;
    x ^= x << 13;
    x ^= x >> 17;
    x ^= x << 5;
    return w->random = x;
}

/* Looks at a few victims; entries found are at ring[bottom...]. With one lane, where work-groups
 * may run one after the other and few of many have work, first at the one that had some. */
static inline uint clf_steal_any(clf_worker *w, uint most, uint victims)
{
    const uint others = w->workers - 1;
    const uint tries = min(others, victims);
    uint n = 0;
    if (CLF_LANES == 1 && others != 1 && w->victim != w->id)
        n = clf_steal(w, w->victim, most);
    for (uint i = 0; i < tries && n == 0; i++) {
        uint victim = others == 1 ? 0 : (uint)(((ulong)clf_random(w) * others) >> 32);
        victim += victim >= w->id;
        n = clf_steal(w, victim, most);
        if (n != 0)
            w->victim = victim;
    }
    return n;
}

/* The shared mode's queue: one stack for all workers behind a try-lock. Nobody waits for the lock:
 * who does not get it goes on with what it has. Its entries lie in the ring behind the last
 * worker's. Moves all private entries there (as far as they fit) and takes up to n back; these are
 * at ring[bottom...]. */
static inline uint clf_shared_exchange(clf_worker *w, uint n)
{
    const uint mask = w->mask;
    __global uint *stack = w->rings + (size_t)w->workers * (mask + 1);
    /* acquire: pairs with the release of the lock below; height and entries are as the last holder
     * left them */
    if (clf_cas_acq_rel(&w->ctl->lock, 0u, 1u) != 0) {
        w->lost++;
        return 0;
    }
    uint height = clf_load_relaxed(&w->ctl->shared_top);
    for (; w->bottom != w->split && height <= mask; height++, w->split++)
        clf_store_relaxed(&stack[height], clf_load_relaxed(&w->ring[w->split & mask]));
    /* nobody else reads these two in this mode */
    clf_store_relaxed(&w->me->top, w->split);
    clf_store_relaxed(&w->me->split, w->split);
    n = min(min(n, height), mask + 1 - (w->bottom - w->split));
    for (uint i = 0; i < n; i++) {
        uint index = clf_load_relaxed(&stack[--height]);
        clf_store_relaxed(&w->ring[(w->bottom + i) & mask], index);
    }
    clf_store_relaxed(&w->ctl->shared_top, height);
    clf_store_release(&w->ctl->lock, 0u);
    w->limit = w->split + mask + 1;
    w->taken += n != 0;
    w->stolen += n;
    if (n != 0) {
        clf_trace_steal(w, w->workers, n);
    }
    w->empty += n == 0;
    return n;
}
