/* engine.h - between the parts of the explorer: memory.c has what an operation may read and does,
 * explore.c which is next. */
#ifndef CLF_TESTS_MODEL_ENGINE_H
#define CLF_TESTS_MODEL_ENGINE_H

#include "explore.h"

enum { LOCATIONS = 160, OPTIONS = 64 };

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
const char *memory_name(const void *address);

/* explore.c */
void ex_operation(struct op *op); /* called by a thread: returns when it has been done */

/* coroutine.c */
void coroutine_start(unsigned thread, void (*run)(unsigned));
void coroutine_enter(unsigned thread); /* from the scheduler: until the thread leaves */
void coroutine_leave(unsigned thread); /* from the thread: back to the scheduler */

#endif
