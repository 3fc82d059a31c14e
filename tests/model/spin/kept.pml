/* kept.pml - cl/kept.cl: counts of children that are moved without atomic operations, and what ends that.
 *
 * A tree of NODES fibers, node i with the children 2i and 2i + 1. A fiber that begins spawns its children and waits for
 * them in a sync; a leaf may suspend in another way once, and then goes on wherever it likes. Any fiber in the private part of
 * a deque may be published at any time, not only the oldest. The worker that made the children counts by a load and a store
 * while `kept` says so, which takes it two steps; all others by one. Left out: results, which join.pml has, places in
 * the deque, and stores that are late, but for those of BUG_RELEASE.
 *
 * Claimed: nobody but the worker that spawned them counts so; a fiber is resumed once, when its children have ended; all end.
 *
 * BUG_PUBLISH: who is published is not exposed. BUG_SUSPENDED: nor who suspends otherwise. BUG_LEVEL: the parent is
 * exposed, its own parent is not. BUG_RELEASE: what is published may be seen before its parent's count is changed.
 */
#ifndef NODES
#define NODES 5
#endif
#ifndef WORKERS
#define WORKERS 2
#endif
#define LEAF(i) (2 * (i) > NODES)
#define NOBODY  7

mtype = { absent, private, shared, runs, waits, done };
mtype state[NODES + 1];
byte at[NODES + 1];      /* the worker that a fiber is with, if it is private or runs */
byte pending[NODES + 1];
bit kept[NODES + 1];
byte maker[NODES + 1];   /* the worker that spawned its children */
bit late[NODES + 1];     /* kept is 0, but that is not visible yet */
bit turned[NODES + 1];   /* a leaf that has suspended */

/* clf_expose of `self`. */
inline expose() {
    p = self / 2;
    do
    :: p != 0 && kept[p] && !late[p] ->
        assert(maker[p] == me);
#ifdef BUG_RELEASE
        late[p] = 1;
#else
        kept[p] = 0;
#endif
#ifdef BUG_LEVEL
        break;
#endif
        p = p / 2
    :: else -> break
    od;
    p = 0
}

/* A worker that has nothing in hand: one of its private fibers is published or goes on, or it takes a shared one. */
inline look() {
    if
    :: state[self] == private ->
        if
        :: true ->
#ifndef BUG_PUBLISH
            expose();
#endif
            state[self] = shared
        :: true -> state[self] = runs; running = self
        fi
    :: atomic { state[self] == shared -> state[self] = runs; at[self] = me }; running = self
    :: else /* somebody else was faster */
    fi
}

/* The fiber `self` ends: its parent is next if it was the last child. */
inline finish() {
    state[self] = done;
    p = self / 2;
    running = 0;
    if
    :: p == 0
    :: p != 0 && kept[p] ->
        assert(maker[p] == me);
        count = pending[p];
        pending[p] = count - 1;
        count = count - 1;
        resume()
    :: p != 0 && !kept[p] ->
        atomic { pending[p] = pending[p] - 1; count = pending[p] };
        resume()
    fi;
    p = 0;
    count = 0
}

inline resume() {
    if
    :: count == 0 -> atomic {
        assert(state[p] == waits && state[2 * p] == done && state[2 * p + 1] == done);
        state[p] = runs;
        at[p] = me;
        turned[p] = 1
       };
       running = p
    :: else
    fi
}

/* A segment of the fiber `self`. */
inline segment() {
    if
    :: !LEAF(self) && !turned[self] -> atomic {
        state[2 * self] = private;
        at[2 * self] = me;
        state[2 * self + 1] = private;
        at[2 * self + 1] = me;
        maker[self] = me;
        pending[self] = 2;
        kept[self] = 1;
        state[self] = waits;
        at[self] = NOBODY
       };
       running = 0
    :: LEAF(self) && !turned[self] ->
        turned[self] = 1;
#ifndef BUG_SUSPENDED
        expose();
#endif
        state[self] = shared;
        running = 0
    :: LEAF(self) || turned[self] -> finish()
    fi
}

#ifdef BUG_RELEASE
active proctype memory()
{
end:
    do
    :: atomic { late[1] -> late[1] = 0; kept[1] = 0 }
    :: atomic { late[2] -> late[2] = 0; kept[2] = 0 }
    :: atomic { late[3] -> late[3] = 0; kept[3] = 0 }
    od
}
#endif

#define FOUND(i) ((state[i] == private && at[i] == me) || state[i] == shared)

proctype worker(byte me)
{
    byte self, running, p, count;
    do
    :: running != 0 -> self = running; segment()
    :: running == 0 ->
        if
        :: FOUND(1) -> self = 1
        :: FOUND(2) -> self = 2
        :: FOUND(3) -> self = 3
        :: FOUND(4) -> self = 4
        :: FOUND(5) -> self = 5
#if NODES > 5
        :: FOUND(6) -> self = 6
        :: FOUND(7) -> self = 7
#endif
        :: state[1] == done -> break
        fi;
        look()
    od
}

init {
    byte i = 1;
    atomic {
        do
        :: i <= NODES -> state[i] = absent; at[i] = NOBODY; i++
        :: else -> break
        od;
        state[1] = shared;
        i = 0;
        do
        :: i < WORKERS -> run worker(i); i++
        :: else -> break
        od
    }
}
