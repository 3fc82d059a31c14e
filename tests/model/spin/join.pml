/* join.pml - cl/join.cl: a parent and its children, over and over, with stores that become visible late.
 *
 * The parent has KIDS children in each of its rounds. It may hand some in and suspend otherwise first (clf_leave_open,
 * with the bias), then waits (clf_sync). RUNNERS other workers end children. A child writes its result and then
 * decrements pending (acq_rel: its buffer is empty by then); who comes to 0 resumes the parent, which it may do only
 * when that waits, and finds all results of this round. Results carry the round, so that one of the last round is no
 * substitute.
 *
 * BUG_BIAS: no bias. BUG_RELEASE: the decrement does not wait for the result. BUG_LATE: the parent's resume point is
 * written after the bias is off. BUG_WAKE: the parent waits although all children are done.
 */
#ifndef KIDS
#define KIDS 3
#endif
#ifndef RUNNERS
#define RUNNERS 2
#endif
#define ROUNDS 3    /* numbers of rounds, used by turns */
#define BIAS 16

byte pending;
byte round;
bit waits;              /* code word of the parent: it waits at its sync */
byte result[KIDS];      /* round of the result, 0: none */
byte late[KIDS];        /* results that are not visible yet */
bit ready[KIDS];        /* children that were published */
byte running;           /* who runs the parent: 0: nobody, else worker + 1 */

inline resume(me) {
    atomic {
        assert(running == 0 && waits);
        waits = 0;
        running = me + 1
    };
    k = 0;
    do
    :: k < KIDS -> assert(result[k] == round); k++
    :: else -> break
    od;
    k = 0
}

/* One round of the parent, on worker `me`. */
inline segment(me) {
    d_step {
        round = round % ROUNDS + 1;
        k = 0;
        do
        :: k < KIDS -> result[k] = 0; late[k] = 0; k++
        :: else -> break
        od;
        k = 0;
        open = 0
    };
    skip;
    if /* hands the first in and yields, awaits or parks */
    :: true ->
#ifdef BUG_BIAS
        pending = 1;
#else
        pending = BIAS + 1;
#endif
        open = 1;
        ready[0] = 1;
        if /* and all others, before it waits */
        :: pending = pending + KIDS - 1;
            open = 1;
            do
            :: open < KIDS -> ready[open] = 1; open++
            :: else -> break
            od
        :: true
        fi
    :: true
    fi;
    if
    :: open == 0 -> waits = 1; running = 0; pending = KIDS
    :: open != 0 ->
#ifndef BUG_LATE
        waits = 1;
#endif
        running = 0;
#ifdef BUG_BIAS
        atomic { pending = pending + KIDS - open; k = pending };
#else
        atomic { pending = pending + KIDS - open - BIAS; k = pending };
#endif
#ifdef BUG_LATE
        waits = 1;
#endif
#ifndef BUG_WAKE
        if
        :: k == 0 -> k = 0; resume(me); again = 1
        :: else
        fi
#endif
    fi;
    k = open;
    if
    :: !again -> do
        :: k < KIDS -> ready[k] = 1; k++
        :: else -> break
        od
    :: else
    fi;
    k = 0;
    open = 0
}

inline run_child(me, i) {
#ifdef BUG_RELEASE
    late[i] = round;
#else
    late[i] = round;
    late[i] == 0; /* the buffer is empty before an acq_rel operation */
#endif
    atomic { pending = pending - 1; k = pending };
    if
    :: k == 0 -> resume(me); again = 1
    :: else -> k = 0
    fi
}

active proctype memory()
{
    byte i;
end:
    do
    :: atomic { (late[0] != 0 || late[1] != 0
#if KIDS > 2
                || late[2] != 0
#endif
#if KIDS > 3
                || late[3] != 0
#endif
               ) -> i = 0;
           do
           :: i < KIDS && late[i] != 0 -> result[i] = late[i]; late[i] = 0; i = 0; break
           :: i < KIDS - 1 -> i++
           :: else -> i = 0; break
           od }
    od
}

proctype worker(byte me)
{
    byte k, open;
    bit again;
    if
    :: me == 0 -> running = 1; again = 1
    :: else
    fi;
    do
    :: again -> again = 0; segment(me)
    :: !again && ready[0] -> atomic { ready[0] -> ready[0] = 0 }; run_child(me, 0)
    :: !again && ready[1] -> atomic { ready[1] -> ready[1] = 0 }; run_child(me, 1)
#if KIDS > 2
    :: !again && ready[2] -> atomic { ready[2] -> ready[2] = 0 }; run_child(me, 2)
#endif
#if KIDS > 3
    :: !again && ready[3] -> atomic { ready[3] -> ready[3] = 0 }; run_child(me, 3)
#endif
    od
}

init {
    byte i;
    atomic {
        do
        :: i <= RUNNERS -> run worker(i); i++
        :: else -> break
        od
    }
}
