/* random_generator.h - what writes random programs: random_program.c and random_phases.c. */
#ifndef RANDOM_GENERATOR_H
#define RANDOM_GENERATOR_H

#include <stddef.h>
#include <stdint.h>

enum {
    FIBERS = 4,
    MOST_VARS = 40,
    BUDGET = 24,     /* of statements, for a function */
    PHASE_COSTS = 9, /* of it */
};

typedef struct text {
    char *s;
    size_t n, room;
} text;

typedef struct var {
    char name[16];
    char type;    /* 'u' uint, 'l' ulong, 'c' uchar, 'v' uint4, 'a' uint array of 4, 's' struct, 'h'
                     handle */
    int pending;  /* receives a result at the next sync: not to be touched */
    int hidden;   /* an inner one of the same name */
    int constant; /* loop counters are not assigned */
} var;

typedef struct generator {
    uint64_t state;
    text fibers, serial;
    var vars[MOST_VARS];
    int nvars;
    int program, fiber;
    int depth, loops, budget, in_switch;
    int counter;         /* names loops' counters */
    int block;           /* the first variable of the innermost block */
    char result[FIBERS]; /* type that each fiber gives */
} generator;

/* A block: its first variable, and that of the one around it. */
typedef struct scope {
    int from, outer;
} scope;

/* A number below n. */
int upto(generator *g, int n);
/* Into both versions; into each its own. */
__attribute__((format(printf, 2, 3))) void put(generator *g, const char *format, ...);
void both(generator *g, const char *fiber, const char *serial);
void indent(generator *g);

/* random_program.c: variables, blocks, expressions and statements */
int usable(const var *v);
int any_pending(const generator *g);
var *declare(generator *g, char type);
int fresh(generator *g);
scope open_block(generator *g);
void close_block(generator *g, scope here);
void expr(generator *g, char *out, size_t room, int depth);
char call(generator *g, char *out, size_t room, char wanted);
void put_call(generator *g, const char *verb, const char *text_of_call);
void spawn_or_await(generator *g);
void sync_here(generator *g);
void declaration(generator *g);
void statements(generator *g, int n);

/* random_phases.c */
void phases(generator *g);

#endif
