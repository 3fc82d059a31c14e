/* litmus.cl - small programs of two work-groups whose outcomes tell whether the atomics of this
 * tier order what the runtime needs ordered. Compiled behind atomics.cl alone; run by lib/litmus.c.
 *
 * Work-groups work in pairs; a pair runs the test once on each of its cells. A cell has two
 * locations, x and y, each on a line of its own. What a side saw goes to seen[2 * cell + side]; the
 * host judges. Nobody waits for anybody: before each cell the side that is ahead looks out for
 * the other one, `looks` times in the launch at most, so that they meet where groups run side by
 * side and go on where they do not.
 *
 * `undo` takes the order away: the two accesses of one side swap places, or an atomic step is made
 * of two. It shows that the test would see the weak outcome if there were one.
 */
#define CLF_LITMUS_LINE 32u /* words: a location's distance from the next one */

enum {
    CLF_LITMUS_MESSAGE,   /* a publication: deque entries, results */
    CLF_LITMUS_PLAIN,     /* the same with plain data that the reader has read before: frames */
    CLF_LITMUS_JOIN,      /* both write plainly, then count: the last one sees the other's */
    CLF_LITMUS_LOAD,      /* load buffering */
    CLF_LITMUS_STORE,     /* store buffering: not forbidden, and nothing here relies on it */
    CLF_LITMUS_COHERENCE, /* one location never goes back */
    CLF_LITMUS_CLAIM,     /* of two compare-and-swaps from one value, one wins */
    CLF_LITMUS_LANES      /* plain message passing between lanes; a kernel of its own */
};

/* Widens the gap that `undo` opens. */
static void clf_litmus_pause(__global uint *p)
{
    for (uint k = 0; k < 40; k++)
        clf_load_relaxed(p);
}

static uint clf_litmus_message(__global uint *x, __global uint *y, uint side, uint undo)
{
    if (side == 0) {
        if (undo) {
            clf_store_release(y, 1u);
            clf_litmus_pause(x);
        }
        clf_store_relaxed(x, 1u);
        if (!undo)
            clf_store_release(y, 1u); /* pairs with the acquire below */
        return 0;
    }
    uint flag = clf_load_acquire(y);
    return flag | clf_load_relaxed(x) << 1;
}

static uint clf_litmus_plain(__global uint *x, __global uint *y, uint side, uint undo)
{
    if (side == 0) {
        if (undo) {
            clf_store_release(y, 1u);
            clf_litmus_pause(y);
        }
        *x = 1;
        if (!undo)
            clf_store_release(y, 1u); /* pairs with the acquire below */
        return 0;
    }
    /* May bring the line into a cache that does not hear of the store: the acquire has to deal with
     * it. */
    uint before = *x;
    uint flag = clf_load_acquire(y);
    return flag | *x << 1 | before << 2;
}

static uint clf_litmus_join(__global uint *x, __global uint *y, uint side, uint undo)
{
    __global uint *mine = x + side, *others = x + (1 - side);
    uint before = 0, old = 0;
    if (undo) {
        old = clf_add_acq_rel(y, 1u);
        clf_litmus_pause(y);
    }
    before = *others;
    *mine = 1;
    if (!undo)
        old = clf_add_acq_rel(y, 1u); /* each side's pairs with the other's */
    return old | (old ? *others : 0u) << 1 | before << 2;
}

static uint clf_litmus_load(__global uint *x, __global uint *y, uint side, uint undo)
{
    __global uint *first = side == 0 ? x : y, *second = side == 0 ? y : x;
    uint saw = 0;
    if (undo) {
        clf_store_relaxed(second, 1u);
        clf_litmus_pause(second);
    }
    saw = clf_load_acquire(first);
    if (!undo)
        clf_store_release(second, 1u);
    return saw;
}

static uint clf_litmus_store(__global uint *x, __global uint *y, uint side, uint undo)
{
    __global uint *first = side == 0 ? x : y, *second = side == 0 ? y : x;
    uint saw = 0;
    if (undo) {
        saw = clf_load_acquire(second);
        clf_litmus_pause(second);
    }
    clf_store_release(first, 1u);
    return undo ? saw : clf_load_acquire(second);
}

static uint clf_litmus_coherence(__global uint *x, uint side, uint undo)
{
    if (side == 0) {
        clf_store_relaxed(x, 1u);
        clf_store_relaxed(x, 2u);
        clf_store_relaxed(x, 3u);
        return 0;
    }
    uint first = clf_load_relaxed(x);
    if (undo)
        clf_litmus_pause(x);
    uint second = clf_load_relaxed(x);
    return undo ? second | first << 2 : first | second << 2;
}

static uint clf_litmus_claim(__global uint *x, uint undo)
{
    if (!undo)
        return clf_cas_acq_rel(x, 0u, 1u) == 0;
    uint found = clf_load_relaxed(x);
    clf_litmus_pause(x);
    clf_store_relaxed(x, 1u);
    return found == 0;
}

__kernel void clf_litmus(__global uint *words, __global uint *meet, __global uint *seen, uint test,
                         uint undo, uint cells, uint looks)
{
    const uint group = get_group_id(0), pair = group / 2, side = group & 1;
    __global uint *mine = meet + group * CLF_LITMUS_LINE;
    __global uint *others = meet + (group ^ 1) * CLF_LITMUS_LINE;
    uint met = 0;
    for (uint i = 0; i < cells; i++) {
        const uint cell = pair * cells + i;
        __global uint *x = words + (size_t)cell * 2 * CLF_LITMUS_LINE, *y = x + CLF_LITMUS_LINE;
        uint other = 0, saw = 0;
        clf_store_relaxed(mine, i + 1);
        for (; looks != 0 && other < i + 1; looks--)
            other = clf_load_relaxed(others);
        met += other == i + 1;
        /* who comes first differs from cell to cell */
        for (uint k = (i * 7 + side * 13) % 11; k != 0; k--)
            other += clf_load_relaxed(mine) > cells;
        switch (test) {
        case CLF_LITMUS_MESSAGE:
            saw = clf_litmus_message(x, y, side, undo);
            break;
        case CLF_LITMUS_PLAIN:
            saw = clf_litmus_plain(x, y, side, undo);
            break;
        case CLF_LITMUS_JOIN:
            saw = clf_litmus_join(x, y, side, undo);
            break;
        case CLF_LITMUS_LOAD:
            saw = clf_litmus_load(x, y, side, undo);
            break;
        case CLF_LITMUS_STORE:
            saw = clf_litmus_store(x, y, side, undo);
            break;
        case CLF_LITMUS_COHERENCE:
            saw = clf_litmus_coherence(x, side, undo);
            break;
        case CLF_LITMUS_CLAIM:
            saw = clf_litmus_claim(x, undo);
            break;
        }
        seen[2 * cell + side] = saw;
    }
    mine[1] = met; /* read by the host, after the launch */
}

/* Message passing between lanes of two work-groups: the last lane of one writes plainly, and lane 0
 * publishes after a barrier; lane 0 of the other group acquires, and its last lane reads after a
 * barrier. Barriers stand in uniform control flow only. */
__kernel void clf_litmus_lanes(__global uint *words, __global uint *meet, __global uint *seen,
                               uint test, uint undo, uint cells, uint looks)
{
    const uint group = get_group_id(0), pair = group / 2, side = group & 1;
    const uint lane = get_local_id(0), last = get_local_size(0) - 1;
    __global uint *mine = meet + group * CLF_LITMUS_LINE;
    __global uint *others = meet + (group ^ 1) * CLF_LITMUS_LINE;
    __local uint flag;
    uint met = 0;
    for (uint i = 0; i < cells; i++) {
        const uint cell = pair * cells + i;
        __global uint *x = words + (size_t)cell * 2 * CLF_LITMUS_LINE, *y = x + CLF_LITMUS_LINE;
        uint before = 0, other = 0;
        if (lane == 0) {
            clf_store_relaxed(mine, i + 1);
            for (; looks != 0 && other < i + 1; looks--)
                other = clf_load_relaxed(others);
            met += other == i + 1;
        }
        barrier(CLK_LOCAL_MEM_FENCE | CLK_GLOBAL_MEM_FENCE);
        if (lane == last && side == 1)
            before = *x;
        if (lane == last && side == 0 && !undo)
            *x = 1;
        barrier(CLK_LOCAL_MEM_FENCE | CLK_GLOBAL_MEM_FENCE);
        if (lane == 0 && side == 0)
            clf_store_release(y, 1u); /* of the last lane's store as well */
        if (lane == 0 && side == 1)
            flag = clf_load_acquire(y);
        barrier(CLK_LOCAL_MEM_FENCE | CLK_GLOBAL_MEM_FENCE);
        if (lane == last && side == 0 && undo)
            *x = 1;
        if (lane == last)
            seen[2 * cell + side] = side == 1 ? flag | *x << 1 | before << 2 : 0;
        barrier(CLK_LOCAL_MEM_FENCE | CLK_GLOBAL_MEM_FENCE);
    }
    if (lane == 0)
        mine[1] = met;
}
