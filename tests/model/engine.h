/* engine.h - between the parts of the explorer: memory.c has what an operation may read and does,
 * search.c which is next. */
#ifndef CLF_TESTS_MODEL_ENGINE_H
#define CLF_TESTS_MODEL_ENGINE_H

#include "explore.h"

#include <setjmp.h>

enum { LOCATIONS = 160, OPTIONS = 64 };

enum { EVENTS = 1 << 14 };

enum kind { OP_LOAD, OP_STORE, OP_ADD, OP_OR, OP_AND, OP_EXCHANGE, OP_CAS };

/* An atomic operation that a thread is about to do. */
struct op {
    enum kind kind;
    uint32_t *address;
    uint32_t value, expected;
    int order, fail_order; /* as the compiler passes them: 0 relaxed .. 5 sequentially consistent */
    uint32_t result;       /* what was found */
    const void *from;      /* return address */
};

/* What it did, for the search. */
struct effect {
    int location;
    bool read, wrote, stale, future;
    uint32_t newest;              /* value, when stale */
    const unsigned *writer_clock; /* of the write that was read; NULL: initial */
    unsigned *clock;              /* of the write that was done */
};

/* memory.c */
extern bool ex_in_thread;            /* the device code is running: its accesses count */
extern unsigned ex_self;             /* thread that runs */
void memory_reset(unsigned threads); /* all former accesses happen before all later ones */
void memory_restore(void);           /* contents as setup() left them */
void memory_keep(void);              /* these are they */
void memory_forget(void);            /* the next scenario's memory starts empty */
int memory_location(uint32_t *address);
unsigned memory_options(unsigned thread, const struct op *op); /* ways in which it can happen, */
unsigned memory_futures(const struct op *op); /* and by reading what is not yet written */
unsigned
memory_hopes(void); /* reads of the future that have not come true; HOPELESS: they cannot */
enum { HOPELESS = 1000 };
void memory_execute(unsigned thread, struct op *op, unsigned option, struct effect *effect);
void memory_barrier(unsigned members); /* what they did comes before what they will do */
void memory_direct(struct op *op);     /* outside of threads */
void memory_access(void *address, size_t bytes, bool writes); /* plainly */
const char *memory_name(const void *address);

/* search.c: the search that is under way, and the choices of the last execution */
enum search { COMPLETE, BOUNDED, RANDOM, REPLAY };

struct node {
    uint8_t thread, sleep, backtrack, done;
    uint8_t options, option;
    uint8_t now;      /* options from here on read the future */
    bool only_newest; /* of the others, only the first may be taken */
};

struct exploration {
    const struct ex_scenario *scenario;
    enum search search;
    bool verbose, naive, brief;
    /* the execution */
    unsigned depth, prefix; /* events so far; of these, given */
    unsigned alive;         /* threads that have not ended, bits */
    unsigned waiting;       /* of these, at a barrier */
    unsigned sleep;
    unsigned last;
    unsigned preemptions, stales, futures;
    jmp_buf checks; /* out of between() and finish() */
    bool checking;
    bool failed;
    char message[512];
    uint64_t random;
    bool dreams; /* this execution may read the future */
    struct op *pending[EX_THREADS];
    /* results */
    unsigned long executions, blocked, vain;
    uint64_t events, outcomes;
    uint64_t trail[EX_THREADS]; /* hashes of what each thread has found */
};
extern struct exploration x;
extern struct node nodes[EVENTS];

void ex_operation(struct op *op); /* called by a thread: returns when it has been done */
void search_start(const struct ex_scenario *s, enum search search);
void search_execute(void);
bool search_backtrack(void); /* changes the last choice that can be changed; false: there is none */
void search_count(void);     /* counts distinct executions from now on */
unsigned long search_counted(void);
uint64_t search_mix(uint64_t z);

/* report.c */
void report_event(unsigned thread, const struct op *op, const struct effect *e);
void report_failure(void);
void report_crashes(void); /* from now on */

/* coroutine.c */
void coroutine_start(unsigned thread, void (*run)(unsigned));
void coroutine_enter(unsigned thread); /* from the scheduler: until the thread leaves */
void coroutine_leave(unsigned thread); /* from the thread: back to the scheduler */

#endif
