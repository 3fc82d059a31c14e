/* deque.pml - the deque of cl/deque.cl: its owner and THIEVES thieves, for PUSHES entries, with stores that become
 * visible late and out of order.
 *
 * The owner's stores to the ring and to frames wait in a buffer, from which they go to memory in any order; split may
 * be written only after all of them have (release), and then waits itself while the owner goes on and loads top: store
 * buffering. Loads of thieves are in order (acquire). Counters have 4 bits and start next to the wrap.
 *
 * Claims: an entry is taken once, by who sees its frame; none is lost: else somebody would wait for ever.
 *
 * BUG_RELEASE: split does not wait for the entries. BUG_CAS: top is moved without a CAS. BUG_FULL: the ring is full one
 * entry late. BUG_LOWER: the owner takes entries back by lowering split. BUG_POP: the owner pops what is shared.
 */
#ifndef RING
#define RING 2
#endif
#ifndef THIEVES
#define THIEVES 2
#endif
#ifndef PUSHES
#define PUSHES 5
#endif
#define START 14
#define WRAP(x) ((x) & 15)
#define SLOT(x) ((x) & (RING - 1))
#ifdef BUG_FULL
#define CAPACITY (RING + 1)
#else
#define CAPACITY RING
#endif

byte ring[RING];        /* memory */
byte late[RING];        /* stores to it that wait; 0: none */
bit frame[PUSHES + 1];  /* what was written to a frame is visible */
bit late_frame[PUSHES + 1];
byte top = START, split = START;
byte own_split = START; /* as the owner wrote it: visible later */
byte bottom = START;
byte waiting;           /* stores in the buffer, split apart */
bit got[PUSHES + 1];
byte taken;

inline consume(id) {
    atomic {
        assert(id != 0 && !got[id] && frame[id]);
        got[id] = 1;
        taken++
    }
}

/* The owner sees what it wrote itself. */
inline own_consume(id) {
    atomic {
        assert(id != 0 && !got[id]);
        got[id] = 1;
        taken++
    }
}

/* Makes stores visible, in any order. */
active proctype memory()
{
    byte i;
end:
    do
    :: atomic { waiting != 0 -> i = 0;
           do
           :: i < RING && late[i] != 0 -> ring[i] = late[i]; late[i] = 0; waiting--; break
           :: i < RING - 1 -> i++
           :: else -> break
           od; i = 0 }
    :: atomic { waiting != 0 -> i = 1;
           do
           :: late_frame[i] -> frame[i] = 1; late_frame[i] = 0; waiting--; break
           :: i < PUSHES -> i++
           :: else -> break
           od; i = 0 }
    :: own_split != split -> split = own_split
    od
}

inline push(id) {
    atomic {
        waiting = waiting + (late[SLOT(bottom)] == 0);
        late[SLOT(bottom)] = id;
        bottom = WRAP(bottom + 1)
    }
}

/* The owner loads what it wrote itself. */
inline own_load(at, id) {
    id = (late[SLOT(at)] != 0 -> late[SLOT(at)] : ring[SLOT(at)])
}

active proctype owner()
{
    byte made, next, limit = START, t, n, id;
    do
    :: made < PUSHES -> /* clf_take and clf_spawn */
        if
        :: WRAP(limit - bottom) == 0 || WRAP(limit - bottom) > 8 ->
            limit = WRAP(top + CAPACITY - 1);
            if
            :: WRAP(limit + 1 - bottom) < 2 || WRAP(limit + 1 - bottom) > 8 ->
                if /* parks: the kept child goes to the ring */
                :: next != 0 -> push(next); next = 0
                :: else
                fi
            :: else -> goto make
            fi
        :: else ->
make:       skip;
            d_step { made++; late_frame[made] = 1; waiting++ };
            if
            :: next != 0 -> push(next)
            :: else
            fi;
            next = made
        fi
    :: next != 0 -> own_consume(next); next = 0 /* runs the kept child */
    :: next != 0 -> push(next); next = 0               /* resumes a parent instead */
    :: WRAP(bottom - own_split) >= 2 -> /* clf_publish */
        if
        :: top == own_split ->
#ifndef BUG_RELEASE
            waiting == 0 ->
#endif
            own_split = WRAP(own_split + WRAP(bottom - own_split) / 2)
        :: else
        fi
#ifdef BUG_POP
    :: bottom != top ->
#else
    :: bottom != own_split ->
#endif
        d_step { bottom = WRAP(bottom - 1); own_load(bottom, id) };
        own_consume(id);
        id = 0
#ifdef BUG_LOWER
    :: bottom == own_split && own_split != top -> own_split = WRAP(own_split - 1)
#else
    :: bottom == own_split && own_split != top -> /* takes back as a thief */
        t = top;
        n = WRAP(own_split - t);
        if
        :: n != 0 ->
            own_load(t, id);
            waiting == 0 && own_split == split; /* the CAS releases */
            if
            :: atomic { top == t -> top = WRAP(t + 1) }; own_consume(id)
            :: top != t
            fi
        :: else
        fi;
        d_step { t = 0; n = 0; id = 0 }
#endif
    :: taken == PUSHES -> break
    od
}

proctype thief()
{
    byte t, n, a, b;
    do
    :: taken < PUSHES ->
        t = top;
        n = WRAP(split - t);
        if
        :: n == 0 || n > 8
        :: else ->
            n = (n + 1) / 2;
            a = ring[SLOT(t)];
            if
            :: n >= 2 -> n = 2; b = ring[SLOT(t + 1)]
            :: else
            fi;
            if
#ifdef BUG_CAS
            :: top = WRAP(t + n);
#else
            :: atomic { top == t -> top = WRAP(t + n) };
#endif
                consume(a);
                if
                :: n == 2 -> consume(b)
                :: else
                fi
            :: top != t
            fi
        fi;
        d_step { t = 0; n = 0; a = 0; b = 0 }
    :: taken == PUSHES -> break
    od
}

init {
    byte i;
    atomic {
        do
        :: i < THIEVES -> run thief(); i++
        :: else -> break
        od
    }
}
