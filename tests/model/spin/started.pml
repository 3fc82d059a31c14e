/* started.pml - join words of started fibers (cl/join.cl): FRAMES frames that are used again and again, HOLDERS fibers
 * that join or detach by handles which may be stale.
 *
 * Generations have 2 bits; as with the 30 of the device, a handle is used before its generation comes round. Result and
 * status are written late, but before the CAS that says so (release).
 *
 * Claims: a result goes to one fiber at most, and to one whose handle is of that very task; a frame is given back once,
 * and not while somebody waits for it; a stale handle is refused; who waits is resumed (no invalid end state).
 *
 * BUG_TAKE: the result is taken without a CAS. BUG_GENERATION: it does not change. BUG_DROP: two may detach.
 * BUG_LATE: the word is written before the result. BUG_WAKE: a joiner that came first is forgotten.
 */
#ifndef FRAMES
#define FRAMES 1
#endif
#ifndef HOLDERS
#define HOLDERS 2
#endif
#ifndef ENDERS
#define ENDERS 1
#endif
#define CHILD 0
#define IDLE 16
#define DONE 32
#define WAIT 48
#define DETACHED 63

byte word[FRAMES], gen[FRAMES];
bit used[FRAMES], unended[FRAMES];
byte task[FRAMES];          /* which task is there: 0..7, counted per frame */
byte result[FRAMES];        /* task + 1, 0: not written or not visible yet */
byte handle_gen[HOLDERS], handle_task[HOLDERS], handle_frame[HOLDERS];
bit holds[HOLDERS], waits[HOLDERS], resumed[HOLDERS];
byte got[HOLDERS];          /* task + 1 */

inline give_back(f) {
    d_step {
        assert(used[f] && !unended[f]);
#ifndef BUG_GENERATION
        gen[f] = (gen[f] + 1) & 3;
#endif
        word[f] = CHILD;
        result[f] = 0;
        used[f] = 0
    }
}

/* A handle whose generation would come round keeps its frame from being used. */
inline too_old(f) {
    d_step {
        old = 0;
        i = 0;
        do /* and nobody waits for what was in it */
        :: i < HOLDERS && waits[i] && !resumed[i] && handle_frame[i] == f -> assert(false)
        :: i < HOLDERS && holds[i] && handle_frame[i] == f && ((task[f] + 1 - handle_task[i]) & 7) >= 4 -> old = 1; break
        :: i < HOLDERS -> i++
        :: else -> break
        od;
        i = 0
    }
}

/* Starts tasks and hands out the handle to any number of holders. */
active proctype starter()
{
    byte f, i;
    bit old;
end:
    do
    :: f < FRAMES && !used[f] ->
        too_old(f);
        if
        :: old -> old = 0
        :: else ->
            d_step {
                used[f] = 1;
                task[f] = (task[f] + 1) & 7;
                word[f] = IDLE + gen[f]
            };
            i = 0;
            do
            :: i < HOLDERS && !holds[i] && !waits[i] ->
                atomic {
                    handle_gen[i] = gen[f];
                    handle_frame[i] = f;
                    handle_task[i] = task[f];
                    holds[i] = 1
                };
                i++
            :: i < HOLDERS -> i++
            :: else -> break
            od;
            i = 0;
            unended[f] = 1
        fi
    :: f < FRAMES && !used[f] -> /* an ordinary child, ended at once */
        used[f] = 1;
        word[f] = CHILD + 5;
        word[f] = CHILD;
        used[f] = 0
    :: f = (f + 1) % FRAMES
    od
}

active [ENDERS] proctype ender()
{
    byte f, g, found;
end:
    do
    :: atomic { unended[f] -> unended[f] = 0; g = gen[f] };
#ifdef BUG_LATE
        atomic { found = word[f]; if :: found == IDLE + g -> word[f] = DONE + g :: else fi };
        result[f] = task[f] + 1;
#else
        result[f] = task[f] + 1;
        atomic { found = word[f]; if :: found == IDLE + g -> word[f] = DONE + g :: else fi };
#endif
        if
        :: found == IDLE + g
        :: found == DETACHED -> give_back(f)
        :: found != IDLE + g && found != DETACHED ->
            assert(found >= WAIT && found < WAIT + HOLDERS);
            found = found - WAIT;
            got[found] = result[f];
#ifndef BUG_WAKE
            resumed[found] = 1;
#endif
            give_back(f)
        fi;
        d_step { found = 0; g = 0 }
    :: f = (f + 1) % FRAMES
    od
}

proctype holder(byte me)
{
    byte found, f, g;
end:
    do
    :: atomic { holds[me] -> f = handle_frame[me]; g = handle_gen[me] };
        if
        :: true -> /* join */
            atomic {
                found = word[f];
                if
                :: found == IDLE + g -> word[f] = WAIT + me; holds[me] = 0; waits[me] = 1
                :: else
                fi
            };
            if
            :: waits[me] -> /* the holder's label is no end state here: it has to be resumed */
                resumed[me];
                assert(got[me] == handle_task[me] + 1);
                d_step { resumed[me] = 0; waits[me] = 0; got[me] = 0 }
            :: else ->
                if
                :: found == DONE + g ->
#ifdef BUG_TAKE
                    word[f] = DETACHED;
#else
                    atomic { found = word[f]; if :: found == DONE + g -> word[f] = DETACHED :: else fi };
#endif
                    if
                    :: found == DONE + g ->
                        assert(result[f] == handle_task[me] + 1);
                        give_back(f)
                    :: else
                    fi
                :: else
                fi;
                holds[me] = 0
            fi
        :: true -> /* detach */
            atomic {
                found = word[f];
                if
                :: found == IDLE + g -> word[f] = DETACHED; holds[me] = 0
                :: else
                fi
            };
            if
            :: found == DONE + g ->
#ifndef BUG_DROP
                atomic { found = word[f]; if :: found == DONE + g -> word[f] = DETACHED :: else fi };
#endif
                if
                :: found == DONE + g -> give_back(f)
                :: else
                fi
            :: else
            fi;
            holds[me] = 0
        :: true -> skip /* later */
        fi;
        d_step { found = 0; f = 0; g = 0 }
    od
}

init {
    byte i;
    atomic {
        do
        :: i < HOLDERS -> run holder(i); i++
        :: else -> break
        od
    }
}
