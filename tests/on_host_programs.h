/* on_host_programs.h - for on_host.c: what is started of each program, and what has to come out. */

static inline ulong host_mix(ulong x)
{
    x += 0x9e3779b97f4a7c15u;
    x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9u;
    x = (x ^ (x >> 27)) * 0x94d049bb133111ebu;
    return x ^ (x >> 31);
}

#if defined(PROGRAM_fib)

#define ENV_VALUES

static uint root_count(void)
{
    return 12;
}

static uint root_params(uint root, uint *fn, uint *words)
{
    *fn = CLF_FN_fib;
    words[0] = 6 + root;
    return 1;
}

static void check_result(uint root, const void *result)
{
    long now = 0, next = 1;
    for (uint i = 0; i < 6 + root; i++) {
        long sum = now + next;
        now = next;
        next = sum;
    }
    CHECK(*(const long *)result == now);
}

static void check_end(void)
{
}

#elif defined(PROGRAM_tree)

enum { FAN = 4, DEPTH = 7, IDS = 21845, ROOTS = 1 };
static uint begun[IDS], ended[IDS], there[IDS];
#define ENV_VALUES , FAN, begun, ended

static uint root_count(void)
{
    return ROOTS;
}

static uint root_params(uint root, uint *fn, uint *words)
{
    *fn = CLF_FN_node;
    words[0] = root;
    words[1] = DEPTH;
    return 2;
}

static ulong walk(uint id, uint depth)
{
    there[id] = 1;
    ulong sum = host_mix(id);
    if (depth == 0 || (id > FAN && (host_mix(id) & 3) == 0))
        return sum;
    for (uint k = 0; k < FAN; k++)
        sum += (k + 2) * walk(id * FAN + k + 1, depth - 1);
    return sum;
}

static void check_result(uint root, const void *result)
{
    CHECK(*(const ulong *)result == walk(root, DEPTH));
}

static void check_end(void)
{
    for (uint id = 0; id < IDS; id++) {
        CHECK(begun[id] == there[id]);
        CHECK(ended[id] == there[id]);
    }
}

#elif defined(PROGRAM_family)

enum { PARENTS = 300, ROUNDS = 6 };
static uint born[PARENTS], resumed[PARENTS * ROUNDS];
#define ENV_VALUES , born, resumed

static uint root_count(void)
{
    return PARENTS;
}

static uint root_params(uint root, uint *fn, uint *words)
{
    *fn = CLF_FN_parent;
    words[0] = root;
    words[1] = 2 + root % 7;
    words[2] = ROUNDS;
    return 3;
}

static void check_result(uint root, const void *result)
{
    CHECK(*(const uint *)result == ROUNDS * (2 + root % 7));
}

static void check_end(void)
{
    for (uint i = 0; i < PARENTS; i++)
        CHECK(born[i] == ROUNDS * (2 + i % 7));
    for (uint i = 0; i < PARENTS * ROUNDS; i++)
        CHECK(resumed[i] == 1);
}

#elif defined(PROGRAM_turns)

enum { TURNS = 40, TURN_ROUNDS = 20, IMPATIENT = 20 };
static uint log_words[1 + TURNS * TURN_ROUNDS], flags[2 * IMPATIENT];
#define ENV_VALUES , TURNS *TURN_ROUNDS, log_words, flags

static uint root_count(void)
{
    return TURNS + IMPATIENT;
}

static uint root_params(uint root, uint *fn, uint *words)
{
    *fn = root < TURNS ? CLF_FN_turns : CLF_FN_impatient;
    words[0] = root < TURNS ? root : 2 * (root - TURNS);
    words[1] = TURN_ROUNDS;
    return root < TURNS ? 2 : 1;
}

static void check_result(uint root, const void *result)
{
    CHECK(*(const uint *)result == (root < TURNS ? root : 111));
}

static void check_end(void)
{
    static uint turn[TURNS][TURN_ROUNDS];
    CHECK(log_words[0] == TURNS * TURN_ROUNDS);
    for (uint i = 1; i <= TURNS * TURN_ROUNDS; i++)
        turn[log_words[i] >> 16][log_words[i] & 0xffff]++;
    for (uint i = 0; i < TURNS; i++)
        for (uint k = 0; k < TURN_ROUNDS; k++)
            CHECK(turn[i][k] == 1);
}

#elif defined(PROGRAM_started)

enum { SQUARES = 150, CROWDS = 10, CROWD = 60 };
static uint hits[CROWDS * CROWD];
static fiber_t mail[8];
#define ENV_VALUES , hits, mail

static uint root_count(void)
{
    return SQUARES + CROWDS;
}

static uint root_params(uint root, uint *fn, uint *words)
{
    if (root < SQUARES) {
        *fn = CLF_FN_squares;
        words[0] = root % 9;
        return 1;
    }
    *fn = CLF_FN_crowd;
    words[0] = CROWD;
    words[1] = (root - SQUARES) * CROWD;
    words[2] = root & 1;
    return 3;
}

static void check_result(uint root, const void *result)
{
    ulong sum = 0;
    for (ulong k = 0; k < root % 9; k++)
        sum += (k + 1) * k * k;
    if (root < SQUARES)
        CHECK(*(const ulong *)result == sum);
}

static void check_end(void)
{
    for (uint i = 0; i < CROWDS * CROWD; i++)
        CHECK(hits[i] == 1);
}

#elif defined(PROGRAM_sleep)

enum { SLEEPERS = 300, NURSES = 100, ROUNDS = 5, DORM = 500 };
static uint words[SLEEPERS + 2 * NURSES + DORM];
#define ENV_VALUES , words

static uint root_count(void)
{
    return SLEEPERS + NURSES + 1;
}

static uint root_params(uint root, uint *fn, uint *params)
{
    bool naps = root < SLEEPERS, nurse = !naps && root < SLEEPERS + NURSES;
    *fn = naps ? CLF_FN_naps : nurse ? CLF_FN_nurse : CLF_FN_dorm;
    params[0] = naps ? root : nurse ? 2 * root - SLEEPERS : SLEEPERS + 2 * NURSES;
    params[1] = naps || nurse ? 10 : DORM;
    params[2] = naps ? ROUNDS : 10;
    return nurse ? 2 : 3;
}

static void check_result(uint root, const void *result)
{
    uint got = *(const uint *)result;
    if (root < SLEEPERS)
        CHECK(got == 100 + root);
    else if (root < SLEEPERS + NURSES)
        CHECK(got == 101 + 2 * root - SLEEPERS);
    else
        CHECK(got == SLEEPERS + 2 * NURSES);
}

static void check_end(void)
{
    for (uint i = 0; i < sizeof words / sizeof *words; i++)
        CHECK(words[i] == (i < SLEEPERS ? ROUNDS : 1));
}

#endif
