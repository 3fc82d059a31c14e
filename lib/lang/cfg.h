/* cfg.h - a fiber as basic blocks that end where it suspends or jumps.
 *
 * Statements that never suspend stay whole: in the generated code they are one item of a block. For
 * the sake of liveness their insides are blocks, too (`inner`), which are never printed. */
#ifndef CLFI_LANG_CFG_H
#define CLFI_LANG_CFG_H

#include "ast.h"

enum item_kind {
    I_STMT,      /* a statement as it is, with edits */
    I_INIT,      /* a declaration's initialiser, as an assignment */
    I_DIRECTIVE, /* a line for the preprocessor */
    I_MAKE,      /* take a frame, write the arguments, spawn or start; or run the child inline */
    I_STATUS,    /* try_join: assign the outcome */
    I_END        /* control falls off the end of the fiber */
};

typedef struct item {
    uint8_t kind;
    bool conditional;
    stmt *stmt;
    declarator *decl;
    action *action;
    uint32_t tok;
} item;

enum term {
    GO,     /* to the block in succ[0]; of a block before a statement with insides: just on */
    BRANCH, /* cond: succ[0], else succ[1] */
    SWITCH,
    PARK, /* succ[0] takes a frame, or waits for one */
    CUT,  /* goes on, but a fiber that runs inline may get a frame to be resumed here */
    SYNC,
    AWAIT,
    YIELD,
    JOIN,
    END
};

enum event_kind {
    EV_USE,
    EV_DEF,  /* a new value, the old one is dead */
    EV_WEAK, /* perhaps a new value, or a part of one */
    EV_DECL  /* comes to life without a value */
};

typedef struct event {
    uint32_t local;
    uint8_t kind;
} event;

typedef struct block {
    uint32_t first_event, end_event;
    uint32_t first_item, end_item;
    uint8_t term;
    bool inner, through;  /* through: what follows GO is an inner block, in print the next block */
    bool reached, jumped; /* jumped: needs a label for jumps */
    bool resumed;         /* a fiber is resumed here */
    range cond;
    action *action;
    stmt *stmt; /* of SWITCH; of SYNC and YIELD, for its line */
    uint32_t line;
    uint32_t from;  /* resumed or behind a park: the block + 1 that suspends */
    uint32_t label; /* case number */
    uint32_t park;  /* of PARK and CUT: case number of the way back */
    bool saved;     /* a clone gives the fiber a frame here: clone.c */
    VEC(uint32_t) succ, pred;
    VEC(uint32_t) cases; /* SWITCH: succ[i] belongs to case_stmt[i] */
    VEC(stmt *) case_stmt;
    VEC(uint32_t) live;  /* locals that live across the suspension at the end */
    VEC(uint32_t) store; /* of these, what has to be written to the frame */
} block;

typedef struct cfg {
    VEC(block) blocks;
    VEC(uint32_t) order; /* of the blocks in print */
    VEC(item) items;
    VEC(event) events;
} cfg;

static inline bool suspends(const block *b)
{
    return b->term >= PARK && b->term <= JOIN;
}

/* Suspends only now and then, and has no outcome to look at. */
static inline bool parks(const block *b)
{
    return b->term == PARK || b->term == CUT;
}

typedef struct target {
    uint32_t leave, again; /* blocks */
    bool loop, lowered;
} target;

typedef struct lowering {
    front *f;
    fiber *fi;
    cfg *c;
    uint32_t cur;   /* the block that grows */
    uint32_t print; /* the block in print that items go to */
    VEC(target) targets;
} lowering;

/* lower.c */
void clfi_lang_lower(front *f, fiber *fi);
uint32_t clfi_lang_new_block(lowering *l, bool inner);
void clfi_lang_begin(lowering *l, uint32_t b);
void clfi_lang_edge(lowering *l, uint32_t from, uint32_t to);
/* flow.c: the insides of statements that do not suspend */
void clfi_lang_flow(lowering *l, stmt *s);
/* events.c */
void clfi_lang_events(lowering *l, range r, bool conditional);
void clfi_lang_event(lowering *l, uint32_t local, uint8_t kind);
/* Events of an assignment to the lvalue, its own subscripts included. */
void clfi_lang_assign_events(lowering *l, range lvalue, bool conditional);
bool clfi_lang_is_pure(front *f, range r);
/* Whether the expression assigns to something, by an operator. */
bool clfi_lang_changes(front *f, range r);
bool clfi_lang_takes_address(front *f, uint32_t i);
/* live.c: decides where each local lives; place.c: and whether it can */
bool clfi_lang_live(front *f, fiber *fi);
void clfi_lang_check_places(front *f, fiber *fi);
const char *clfi_lang_suspension(const block *b);
/* lifetime.c: when the places of locals in the frame are taken, a bit for each half of a block */
typedef struct lifetimes {
    uint32_t words;  /* per local */
    uint64_t **bits; /* per local of the fiber, parameters first; NULL: it is not in the frame */
} lifetimes;
/* False: that is too much to look at. */
bool clfi_lang_lifetimes(front *f, const fiber *fi, lifetimes *t);
static inline uint32_t locals_of(const fiber *fi)
{
    return fi->params + (fi->end_local - fi->first_local);
}
/* Parameters first. */
static inline uint32_t nth_local(const fiber *fi, uint32_t k)
{
    return k < fi->params ? fi->first_param + k : fi->first_local + k - fi->params;
}
static inline bool in_frame(const local *v)
{
    return v->home == HOME_IN_PLACE || v->home == HOME_FRAME;
}
/* Is only there for want of frames; such members stand apart, at the end. */
static inline bool is_cold(const local *v)
{
    return v->home == HOME_FRAME && !v->crosses && !v->is_param;
}
/* share.c: which locals have one place in the frame; what it is called */
void clfi_lang_share(front *f, fiber *fi);
const char *clfi_lang_member_name(front *f, const local *v);
size_t clfi_lang_place_bytes(front *f, const local *v); /* of the first one; 0: unknown */
size_t clfi_lang_place_align(front *f, const local *v);
/* size.c: as far as the source shows: 0, and the largest alignment, if it does not */
enum { MOST_ALIGN = 128 };
size_t clfi_lang_bytes(front *f, const local *v);
size_t clfi_lang_align(const local *v);

#endif
