/* litmus.c - the explorer's own tests: small programs whose outcomes under RC11 are known. Each has
 * to show all of its outcomes and no others, so that too strong a memory is found as well as too
 * weak a one. */
#include "explore.h"

static struct words {
    uint32_t x, y, z, data;
    uint32_t r[8];
} * m;

static const char *const names[] = {"x",  "y",  "z",  "data", "r0", "r1",
                                    "r2", "r3", "r4", "r5",   "r6", "r7"};

static void setup(void)
{
    m = ex_alloc("m", sizeof *m, sizeof *m, names);
}

#define LOAD(p, order)      __atomic_load_n(&m->p, __ATOMIC_##order)
#define STORE(p, v, order)  __atomic_store_n(&m->p, v, __ATOMIC_##order)
#define ADD(p, v, order)    __atomic_fetch_add(&m->p, v, __ATOMIC_##order)
#define CAS(p, e, d, order) cas(&m->p, e, d, __ATOMIC_##order)
#define BIT(n)              ((uint64_t)1 << (n))

static inline uint32_t cas(uint32_t *p, uint32_t expected, uint32_t desired, const int order)
{
    __atomic_compare_exchange_n(p, &expected, desired, false, order, __ATOMIC_RELAXED);
    return expected;
}

static unsigned two_bits(void)
{
    return m->r[0] | m->r[1] << 1;
}

/* store buffering: both may read 0 */
static void sb(unsigned self)
{
    if (self == 0) {
        STORE(x, 1, RELEASE);
        m->r[0] = LOAD(y, ACQUIRE);
    } else {
        STORE(y, 1, RELEASE);
        m->r[1] = LOAD(x, ACQUIRE);
    }
}

/* message passing: with release and acquire, never the flag (r0) without the data (r1) */
static void mp(unsigned self)
{
    if (self == 0) {
        STORE(x, 1, RELAXED);
        STORE(y, 1, RELEASE);
    } else {
        m->r[0] = LOAD(y, ACQUIRE);
        m->r[1] = LOAD(x, RELAXED);
    }
}

static void mp_relaxed_store(unsigned self)
{
    if (self == 0) {
        STORE(x, 1, RELAXED);
        STORE(y, 1, RELAXED);
    } else {
        m->r[0] = LOAD(y, ACQUIRE);
        m->r[1] = LOAD(x, RELAXED);
    }
}

static void mp_relaxed_load(unsigned self)
{
    if (self == 0) {
        STORE(x, 1, RELAXED);
        STORE(y, 1, RELEASE);
    } else {
        m->r[0] = LOAD(y, RELAXED);
        m->r[1] = LOAD(x, RELAXED);
    }
}

/* message passing of plain data: not a race, as it is read only behind the flag */
static void mp_plain(unsigned self)
{
    if (self == 0) {
        m->data = 7;
        STORE(y, 1, RELEASE);
    } else if (LOAD(y, ACQUIRE)) {
        EX_CHECK(m->data == 7);
        m->r[0] = 1;
    }
}

/* through a relaxed add by a third thread, which continues the release sequence: who reads the sum
 * sees the data. Without the first store an add makes 1, which says nothing. */
static void release_sequence(unsigned self)
{
    if (self == 0) {
        m->data = 7;
        STORE(y, 10, RELEASE);
    } else if (self == 1) {
        ADD(y, 1, RELAXED);
    } else {
        uint32_t found = LOAD(y, ACQUIRE);
        m->r[0] = found == 0 ? 0 : found == 1 ? 1 : found == 10 ? 2 : 3;
        if (found >= 10)
            EX_CHECK(m->data == 7);
    }
}

static unsigned first_word(void)
{
    return m->r[0];
}

/* coherence: one word is never seen to go back; r0 r1 in {00, 01, 02, 11, 12, 22} */
static void corr(unsigned self)
{
    if (self == 0) {
        STORE(x, 1, RELAXED);
        STORE(x, 2, RELAXED);
    } else {
        m->r[0] = LOAD(x, RELAXED);
        m->r[1] = LOAD(x, RELAXED);
    }
}

static unsigned base_three(void)
{
    return m->r[0] + 3 * m->r[1];
}

/* two writers of a word: two readers need not agree on time, but on the order; never 12 and 21 */
static void corr2(unsigned self)
{
    switch (self) {
    case 0:
        STORE(x, 1, RELAXED);
        break;
    case 1:
        STORE(x, 2, RELAXED);
        break;
    case 2:
        m->r[0] = LOAD(x, RELAXED);
        m->r[1] = LOAD(x, RELAXED);
        break;
    default:
        m->r[2] = LOAD(x, RELAXED);
        m->r[3] = LOAD(x, RELAXED);
        break;
    }
}

static unsigned disagree(void)
{
    bool up = m->r[0] == 1 && m->r[1] == 2, down = m->r[0] == 2 && m->r[1] == 1;
    bool up2 = m->r[2] == 1 && m->r[3] == 2, down2 = m->r[2] == 2 && m->r[3] == 1;
    if ((up && down2) || (down && up2))
        return 3;
    return up || down ? 1 : up2 || down2 ? 2 : 0;
}

/* independent reads of independent writes: acquire loads may disagree on the order of two words */
static void iriw(unsigned self)
{
    switch (self) {
    case 0:
        STORE(x, 1, RELEASE);
        break;
    case 1:
        STORE(y, 1, RELEASE);
        break;
    case 2:
        m->r[0] = LOAD(x, ACQUIRE);
        m->r[1] = LOAD(y, ACQUIRE);
        break;
    default:
        m->r[2] = LOAD(y, ACQUIRE);
        m->r[3] = LOAD(x, ACQUIRE);
        break;
    }
}

static unsigned four_bits(void)
{
    return m->r[0] | m->r[1] << 1 | m->r[2] << 2 | m->r[3] << 3;
}

/* 2+2W: both words may end with the first of the two writes (x = y = 1) */
static void two_writes(unsigned self)
{
    if (self == 0) {
        STORE(x, 1, RELAXED);
        STORE(y, 2, RELAXED);
    } else {
        STORE(y, 1, RELAXED);
        STORE(x, 2, RELAXED);
    }
}

static unsigned last_writes(void)
{
    return (m->x - 1) | (m->y - 1) << 1;
}

/* load buffering: only where the future may be read */
static void lb(unsigned self)
{
    if (self == 0) {
        m->r[0] = LOAD(x, RELAXED);
        STORE(y, 1, RELAXED);
    } else {
        m->r[1] = LOAD(y, RELAXED);
        STORE(x, 1, RELAXED);
    }
}

/* the same with one release and acquire: the future cannot be read by those who told of it */
static void lb_ordered(unsigned self)
{
    if (self == 0) {
        m->r[0] = LOAD(x, RELAXED);
        STORE(y, 1, RELEASE);
    } else {
        m->r[1] = LOAD(y, ACQUIRE);
        STORE(x, 1, RELAXED);
    }
}

/* one of three exchanges 0: each value can be the one that is left */
static void unique(unsigned self)
{
    m->r[self] = CAS(x, 0, self + 1, ACQ_REL);
}

static unsigned winner(void)
{
    unsigned n = 0;
    for (unsigned t = 0; t < 3; t++)
        n += m->r[t] == 0;
    EX_CHECK(n == 1);
    EX_CHECK(m->r[m->x - 1] == 0);
    return m->x - 1;
}

/* additions are never lost, and see each other in some order */
static void adds(unsigned self)
{
    m->r[self] = ADD(x, 1, RELAXED);
}

static unsigned permutation(void)
{
    EX_CHECK(m->x == 3);
    EX_CHECK((1u << m->r[0] | 1u << m->r[1] | 1u << m->r[2]) == 7);
    return m->r[0] * 2 + (m->r[1] > m->r[2]);
}

/* a compare-exchange that fails may do so because of an old value: r0 = 1, r1 = 0 though 2 is newer
 */
static void stale_failure(unsigned self)
{
    if (self == 0) {
        STORE(x, 1, RELAXED);
        STORE(x, 2, RELAXED);
        STORE(y, 1, RELEASE);
    } else {
        m->r[0] = CAS(x, 2, 3, RELAXED);
    }
}

/* a store may be late, but not come between an addition and what that read: x = 6 or 5, r0 = 0 */
static void add_and_store(unsigned self)
{
    if (self == 0)
        m->r[0] = ADD(x, 1, RELAXED);
    else
        STORE(x, 5, RELAXED);
}

static unsigned late_store(void)
{
    if (m->r[0] == 5)
        EX_CHECK(m->x == 6);
    else
        EX_CHECK(m->r[0] == 0 && m->x == 5);
    return m->r[0] == 5;
}

/* two chains of message passing: what was acquired is released on */
static void transitive(unsigned self)
{
    if (self == 0) {
        m->data = 7;
        STORE(x, 1, RELEASE);
    } else if (self == 1) {
        if (LOAD(x, ACQUIRE))
            STORE(y, 1, RELEASE);
    } else if (LOAD(y, ACQUIRE)) {
        EX_CHECK(m->data == 7);
        m->r[0] = 1;
    }
}

#define COMPLETE(name, claim, threads, body, finish, outcomes)                                \
    {                                                                                         \
        name, claim, threads, setup, body, 0, finish, 0, 0, 0, 10000000, 1000, outcomes, true \
    }

const struct ex_scenario ex_litmus[] = {
    COMPLETE("litmus-sb", "store buffering is seen", 2, sb, two_bits, 15),
    COMPLETE("litmus-mp", "message passing works", 2, mp, two_bits, 13),
    COMPLETE("litmus-mp-store", "and fails with a relaxed store", 2, mp_relaxed_store, two_bits,
             15),
    COMPLETE("litmus-mp-load", "and with a relaxed load", 2, mp_relaxed_load, two_bits, 15),
    COMPLETE("litmus-mp-plain", "plain data behind a flag", 2, mp_plain, two_bits, 3),
    COMPLETE("litmus-sequence", "release sequences", 3, release_sequence, first_word, 15),
    COMPLETE("litmus-corr", "coherence of reads", 2, corr, base_three,
             BIT(0) | BIT(3) | BIT(6) | BIT(4) | BIT(7) | BIT(8)),
    COMPLETE("litmus-corr2", "one order of writes per word", 4, corr2, disagree, 7),
    COMPLETE("litmus-iriw", "no order between words", 4, iriw, four_bits, 0xffff),
    COMPLETE("litmus-2+2w", "writes of two words cross", 2, two_writes, last_writes, 15),
    COMPLETE("litmus-lb", "no load buffering", 2, lb, two_bits, 7),
    {"litmus-future", "load buffering where it is asked for", 2, setup, lb, 0, two_bits, 2, 2, 1,
     10000000, 1000, 15, true},
    {"litmus-lb-order", "not against release and acquire", 2, setup, lb_ordered, 0, two_bits, 2, 2,
     1, 10000000, 1000, 7, true},
    COMPLETE("litmus-unique", "one exchange of three", 3, unique, winner, 7),
    COMPLETE("litmus-adds", "additions", 3, adds, permutation, 63),
    COMPLETE("litmus-failure", "failing exchanges read old values", 2, stale_failure, first_word,
             7),
    COMPLETE("litmus-late", "stores and additions", 2, add_and_store, late_store, 3),
    COMPLETE("litmus-chain", "release and acquire are transitive", 3, transitive, two_bits, 3),
    {0},
};
