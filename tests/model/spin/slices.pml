/* slices.pml - what a run is made of: WORKERS workers in slices that end anywhere, FIBERS fibers, and the host.
 *
 * A fiber is a token that is in one place: with the host (a root not handed over, or a sleeper), in the inbox or the
 * ready list, in a worker's private or shared part, its yield queue, its lane (`next`), or nowhere: it waits until some
 * fiber wakes it. How tokens move within the deque is deque.pml's; here all that matters is that they are found. The
 * last fiber is started by another one and not joined: the run has to wait for it all the same. A worker looks for work
 * in the order of cl/find.cl, and leaves when its budget is used up - after any segment -, when a fiber parks, when it
 * is asked to, or when it finds nothing.
 *
 * Claims: a fiber is run by one worker at a time; a slice for which there is something to run runs something; "left = 0"
 * means that no worker has anything; the host ends the run if and only if all fibers have ended, and sees a deadlock
 * only where all fibers that are left wait.
 *
 * BUG_NEXT: a parked fiber is lost when the slice ends. BUG_YIELD: so are yielded ones. BUG_LEFT: they are not counted.
 * BUG_LIVE: the host does not wait for fibers that were started. BUG_STILL: sleepers are no reason to go on. BUG_CLAIM:
 * a token is claimed after it was looked at.
 */
#ifndef WORKERS
#define WORKERS 2
#endif
#ifndef FIBERS
#define FIBERS 4
#endif
#ifndef TURNS
#define TURNS 2 /* segments that do not end a fiber */
#endif
#define UNMADE 0
#define HOST 1
#define INBOX 2
#define READY 3
#define WAITS 4
#define ENDED 5
#define RUNS 6
#define SLEEPS 7
#define PRIVATE(w) (8 + 4 * (w))
#define SHARED(w) (9 + 4 * (w))
#define YIELDED(w) (10 + 4 * (w))
#define NEXT(w) (11 + 4 * (w))
#define LAST (FIBERS - 1)

#ifdef BUG_LIVE
#define ALL_ENDED done == LAST
#else
#define ALL_ENDED done == LAST && !live
#endif

byte place[FIBERS], turns[FIBERS];
bit want_frames, want_end; /* clf_control.want */
byte done;              /* roots that have ended */
bit live;               /* the started fiber is there */
bit ran, left, work;    /* work: there was something to run when the slice began */
byte inside;            /* workers in the slice */
bit launched[WORKERS];

/* The first token that is at `from`, or the last (down), if none has been found before. */
inline look(from) {
    if
    :: f == FIBERS && !down ->
        f = 0;
        do
        :: f < FIBERS && place[f] == from -> break
        :: f < FIBERS && place[f] != from -> f++
        :: f == FIBERS -> break
        od
    :: f == FIBERS && down ->
        n = FIBERS;
        do
        :: n > 0 && place[n - 1] == from -> f = n - 1; break
        :: n > 0 && place[n - 1] != from -> n--
        :: n == 0 -> break
        od;
        n = 0
    :: else
    fi
}

inline find() {
    if
    :: down = 0
    :: down = 1
    fi;
    d_step {
        f = FIBERS;
        look(NEXT(w));
        look(PRIVATE(w));
        look(SHARED(w));
        look(READY);
        look(INBOX);
        look(YIELDED(w));
        v = 0;
        do
        :: v < WORKERS -> look(SHARED(v)); v++
        :: else -> break
        od;
        v = 0;
        down = 0
    }
}

inline wake_one() {
    v = 0;
    do
    :: v < FIBERS && place[v] == WAITS -> place[v] = PRIVATE(w); break
    :: v < FIBERS -> v++
    :: else -> break
    od;
    v = 0
}

inline segment() {
    ran = 1;
    if
    :: atomic { f == 0 && place[LAST] == UNMADE -> place[LAST] = PRIVATE(w); live = 1 }
    :: d_step { true -> wake_one() }
    :: true
    fi;
    if
    :: atomic { turns[f] < TURNS -> turns[f]++; place[f] = YIELDED(w) }
    :: atomic { turns[f] < TURNS -> turns[f]++; place[f] = WAITS }
    :: atomic { turns[f] < TURNS -> turns[f]++; place[f] = SLEEPS }
    :: atomic { true -> place[f] = NEXT(w); want_frames = 1; out = 1 }
    :: atomic {
            f != 0 || place[LAST] != UNMADE ->
            place[f] = ENDED;
            if
            :: f == LAST -> live = 0
            :: else -> done++
            fi
       }
    fi
}

inline leave() {
    d_step {
        v = 0;
        do
        :: v < FIBERS ->
            if
#ifdef BUG_NEXT
            :: place[v] == NEXT(w) -> place[v] = RUNS /* nowhere */
#else
            :: place[v] == NEXT(w) -> left = 1
#endif
            :: place[v] == PRIVATE(w) || place[v] == SHARED(w) -> left = 1
#ifdef BUG_YIELD
            :: place[v] == YIELDED(w) -> place[v] = RUNS /* nowhere */
#else
#ifndef BUG_LEFT
            :: place[v] == YIELDED(w) -> left = 1
#endif
#endif
            :: else
            fi;
            v++
        :: else -> break
        od;
        v = 0;
        f = 0;
        out = 0;
        own = 0;
        inside--
    }
}

proctype worker(byte w)
{
    byte f, v, n;
    bit out, own, down; /* own: it has run a segment */
end:
    do
    :: atomic { launched[w] -> launched[w] = 0 };
        do
        :: out -> break
        :: !out ->
#ifdef BUG_CLAIM
            atomic { find() };
            atomic {
                if
                :: f < FIBERS -> assert(place[f] != RUNS); place[f] = RUNS
                :: else
                fi
            };
#else
            atomic {
                find();
                if
                :: f < FIBERS -> assert(place[f] != RUNS); place[f] = RUNS
                :: else
                fi
            };
#endif
            if
            :: f == FIBERS -> out = 1
            :: else -> segment(); own = 1
            fi;
            d_step {
                v = 0; /* publishes */
                do
                :: v < FIBERS && place[v] == PRIVATE(w) -> place[v] = SHARED(w); break
                :: v < FIBERS -> v++
                :: else -> break
                od;
                v = 0
            };
            if
            :: own -> want_end = 1; out = 1
            :: own && (want_frames || want_end) -> out = 1
            :: true
            fi
        od;
        leave()
    od
}

/* The coordinator: lib/slice.c. */
active proctype host()
{
    byte i, still, sleeping;
    bit runnable, waiting;
    i = 0;
    do
    :: i < WORKERS -> run worker(i); i++
    :: else -> break
    od;
    skip;
    d_step {
        i = 0;
        do
        :: i < LAST -> place[i] = HOST; i++
        :: else -> break
        od
    };
    do
    :: atomic { /* what there is, before the slice */
            runnable = 0;
            waiting = 0;
            sleeping = 0;
            i = 0;
            do
            :: i < FIBERS ->
                if
                :: place[i] >= PRIVATE(0) || place[i] == READY || place[i] == INBOX -> runnable = 1
                :: place[i] == SLEEPS -> sleeping++
                :: place[i] == WAITS -> waiting = 1
                :: else
                fi;
                i++
            :: else -> break
            od;
            i = 0
        };
        assert(still == 0 || !runnable);
        if
        :: ALL_ENDED -> assert(!runnable && !waiting && sleeping == 0); break
        :: else
        fi;
        if
#ifdef BUG_STILL
        :: still >= 2 -> assert(!runnable && sleeping == 0 && waiting); break
#else
        :: still >= 2 && sleeping == 0 -> assert(!runnable && waiting); break
#endif
        :: else
        fi;
        do /* timers run out, roots are handed over: some */
        :: atomic { i < FIBERS && place[i] == SLEEPS -> place[i] = READY; i++; runnable = 1 }
        :: atomic { i < FIBERS && place[i] == HOST -> place[i] = INBOX; i++; runnable = 1 }
        :: i < FIBERS && (place[i] != HOST || still == 0) -> i++
        :: i == FIBERS -> break
        od;
        skip;
        d_step {
            i = 0;
            do
            :: i < WORKERS -> launched[i] = 1; i++
            :: else -> break
            od;
            i = 0;
            inside = WORKERS;
            work = runnable;
            want_frames = 0;
            want_end = 0;
            left = 0;
            ran = 0
        };
        inside == 0;
        assert(ran || !work);
        d_step {
            i = 0;
            do
            :: i < FIBERS ->
                assert(place[i] != RUNS && (left || place[i] < PRIVATE(0)));
                i++
            :: else -> break
            od;
            i = 0;
            still = (ran || want_frames || want_end || still == 2 -> (ran -> 0 : still) : still + 1)
        }
    od
}
