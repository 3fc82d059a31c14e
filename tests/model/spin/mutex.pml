/* mutex.pml - cl/mutex.cl: FIBERS fibers, each on a worker of its own, lock and unlock a mutex ROUNDS times.
 *
 * `state` is 0, or HELD with the newest of those that came while it was held (a list through their links); `queue` are
 * the older ones, oldest first, and the holder's. What a fiber writes before its CAS is there when that is seen.
 *
 * Claims: one holder at a time; it is the one that waited longest (by the order in which they came into the word);
 * nobody is forgotten: else there would be an invalid end state, as everybody stops after its rounds.
 *
 * BUG_CAS: a newcomer stores. BUG_FREE: the holder frees the mutex without a CAS. BUG_LINK: the link is written after
 * the CAS. BUG_ORDER: the newest is served first. BUG_STEAL: the hand-over frees the mutex.
 */
#ifndef FIBERS
#define FIBERS 3
#endif
#ifndef ROUNDS
#define ROUNDS 2
#endif
#define HELD 16

byte state, queue, holder;
byte link[FIBERS + 1];
bit granted[FIBERS + 1];
byte inside;
chan order = [FIBERS] of { byte }; /* who came, oldest first */

inline take_list() {
    d_step { /* the newcomers belong to the holder now: clf_oldest_first */
        list = 0;
        do
        :: newest != 0 -> next = link[newest]; link[newest] = list; list = newest; newest = next
        :: else -> break
        od;
        next = 0
    }
}

inline pass(me) {
    first = queue;
    if
    :: first != 0
    :: first == 0 ->
        found = state;
        do
        :: atomic {
                state == found ->
                if
                :: found == HELD -> state = 0
                :: else -> state = HELD
                fi;
                break
           }
        :: state != found -> found = state
        od;
        if
        :: found == HELD -> goto freed
        :: else ->
            newest = found - HELD;
#ifdef BUG_ORDER
            list = newest;
#else
            take_list();
#endif
            first = list
        fi
    fi;
    queue = link[first];
    holder = first;
    atomic { order ? next; assert(next == first); next = 0 };
#ifdef BUG_STEAL
    state = 0;
#endif
    granted[first] = 1;
freed:
    skip;
    d_step { first = 0; found = 0; list = 0; newest = 0; next = 0 }
}

proctype fiber(byte me)
{
    byte round, found, first, list, newest, next;
    do
    :: round < ROUNDS ->
        if
        :: atomic { state == 0 -> state = HELD } /* clf_mutex_take */
        :: state != 0 ->
            found = state;
            do /* clf_mutex_wait */
            :: true ->
#ifndef BUG_LINK
                link[me] = found & 15;
#endif
                if
                :: atomic {
#ifndef BUG_CAS
                    state == found ->
#else
                    true ->
#endif
                        if
                        :: found == 0 -> state = HELD
                        :: else -> state = HELD + me; order ! me
                        fi
                   };
                   break
#ifndef BUG_CAS
                :: state != found -> found = state
#endif
                fi
            od;
#ifdef BUG_LINK
            link[me] = found & 15;
#endif
            if
            :: found != 0 -> granted[me]; granted[me] = 0; assert(holder == me)
            :: else
            fi;
            found = 0
        fi;
        holder = me;
        inside++;
        assert(inside == 1);
        inside--;
        holder = 0;
        if /* clf_unlock */
#ifdef BUG_FREE
        :: queue == 0 && state == HELD -> state = 0
        :: queue != 0 || state != HELD -> pass(me)
#else
        :: atomic { queue == 0 && state == HELD -> state = 0 }
        :: queue != 0 || state != HELD -> pass(me)
#endif
        fi;
        round++
    :: else -> break
    od
}

init {
    byte i;
    atomic {
        i = 1;
        do
        :: i <= FIBERS -> run fiber(i); i++
        :: else -> break
        od
    }
}
