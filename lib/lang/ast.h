/* ast.h - fibers as trees of statements. Expressions stay runs of tokens in which the names are
 * resolved: what the front end does not understand, it passes on. */
#ifndef CLFI_LANG_AST_H
#define CLFI_LANG_AST_H

#include "source.h"

enum {
    MAX_DEPTH = 400
}; /* of nested statements: what the recursive functions' C stack is made for */

/* How a local lives. Decided by live.c after the statements are lowered. */
enum home {
    HOME_BLOCK,    /* declared inside a statement that never suspends: left alone */
    HOME_REGISTER, /* never live across a suspension */
    HOME_SPILL,    /* live across spawns that may find no frame, nothing else */
    HOME_FRAME,    /* live across a suspension: kept in the frame, used in a register; so are, if
                      the fiber has clones, those live across spawns */
    HOME_IN_PLACE  /* in the frame and used there: arrays, structs, places of results */
};

typedef struct local {
    uint32_t sym, tok;
    uint32_t scope_id;
    const char
        *spec; /* type without stars and dimensions, for a declaration that is assigned later */
    const char *stars;   /* "" or "*" ... */
    const char *suffix;  /* attributes behind the declarator */
    const char *builtin; /* builtin type's name if it is one, without stars and dimensions */
    VEC(range) dims;
    const char *dim_text; /* "[4][2]" */
    uint32_t counted;     /* elements of `int a[] = {...}` */
    uint32_t edit;        /* what tokens that name it have */
    const char *name;     /* in the generated code */
    uint32_t first;       /* the local that had its place in the frame first; 0: itself */
    uint32_t twin;     /* the local, of its type, whose member of the frame it uses; 0: its own */
    uint32_t beside;   /* the next member of the union that the place is, 0: there is none */
    uint32_t in_union; /* of the first: the union's number, 0: the place is none */
    uint8_t home;
    uint8_t ndims; /* with those of a typedef */
    bool is_param, is_struct, is_const;
    bool private_pointer; /* points to private memory */
    bool pointer;
    bool target;  /* receives results of spawn or await */
    bool hoisted; /* declared at a level that suspends */
    bool live_at_entry;
    bool crosses; /* live across a true suspension */
    bool spills;  /* live across a spawn */
    uint32_t target_tok;
    VEC(uint32_t) across; /* blocks of suspensions */
    VEC(uint32_t) uses;   /* tokens; only for hoisted ones */
    VEC(uint32_t) inside; /* in place: blocks that begin with a value that is needed */
} local;

enum verb {
    V_SPAWN,
    V_AWAIT,
    V_START,
    V_JOIN,
    V_TRY_JOIN,
    V_PRIMITIVE,
    V_SLEEP,
    V_HOSTCALL,
    V_CANCEL
};

/* What a primitive does with the variable before its await (primitive.c). */
enum primitive_result {
    GIVES_CODE, /* 0 or why not; without a variable a code ends the fiber */
    GIVES_VALUE /* a number; a failure ends the fiber */
};

/* Something else than a fiber that `await` takes. */
typedef struct primitive {
    const char *name;
    const char *call; /* of the runtime; NULL: not supported yet */
    uint8_t verb;
    uint8_t least, most; /* arguments */
    uint8_t result;
    uint8_t message;    /* the second argument is the place of one */
    const char *timed;  /* what is called with one more argument, a time-out; NULL: there is none */
    const char *object; /* type that the first argument points to */
} primitive;

enum { SENDS = 1, RECEIVES };

/* spawn, await and start with what belongs to them. */
typedef struct action {
    uint8_t verb;
    uint32_t tok;     /* the verb */
    uint32_t callee;  /* fiber index */
    const char *what; /* "spawn fib": for messages */
    VEC(range) args;
    range target;          /* lvalue, empty: none */
    uint32_t target_local; /* 0: none, or (start) any lvalue */
    const char *element;   /* the target is an element of a vector: its type ... */
    int component;         /* ... and number */
    range out;             /* try_join: the local whose value is set; hostcall: the argument */
    uint32_t out_local;
    const primitive *primitive;
    bool timed;      /* the last argument is a time-out */
    bool place_temp; /* working out the place of the result has side effects */
} action;

typedef struct declarator {
    struct declarator *next;
    uint32_t local;
    range init; /* expression, empty: none */
    action *action;
    uint32_t line;
} declarator;

enum stmt_kind {
    S_EMPTY,
    S_EXPR,
    S_DECL,
    S_BLOCK,
    S_IF,
    S_WHILE,
    S_DO,
    S_FOR,
    S_SWITCH,
    S_CASE, /* a label; the statement follows as a sibling */
    S_BREAK,
    S_CONTINUE,
    S_RETURN,
    S_FAIL,
    S_POST, /* unlock and the like: primitive.c */
    S_SYNC,
    S_YIELD,
    S_ACTION,
    S_DIRECTIVE
};

typedef struct stmt {
    struct stmt *next;
    struct stmt *body,
        *other; /* of a block: first statement; of if: else; of for: init is in `init` */
    struct stmt *init;
    declarator *decls;
    action *action;
    range all;    /* all tokens */
    range expr;   /* condition, returned or failing value, case label's value */
    range step;   /* of for */
    bool endless; /* while (1), for (;;) */
    uint8_t kind;
    bool suspends;
    bool conditional; /* under #if: may or may not be there */
    bool is_default;
    const struct operation *post;
    /* children.c: whether children may be outstanding when it starts; of a loop: when its body ends
     */
    bool kids, back;
    signed char normal[2], leave[2], again[2];
    uint32_t jump; /* break, continue: block in lowered code, + 1; 0: stays as it is */
} stmt;

typedef struct fiber {
    uint32_t sym, name_tok;
    range all; /* with `fiber` and the body */
    range body_range;
    range result_range;
    const char *result; /* type text */
    const char *result_builtin;
    bool is_void;
    bool untyped; /* the result is missing (reported) */
    bool defined, declared;
    uint32_t params;
    bool unclear;                    /* some of them are not understood (reported) */
    uint32_t first_param;            /* locals first_param .. first_param + params - 1 */
    uint32_t first_local, end_local; /* of the body */
    stmt *body;
    uint32_t depth; /* of its clones; 0: it is never run inline */
    uint32_t limit; /* what clf_inline(D) says */
    uint32_t cost;  /* tokens of its body and of all that it calls: cost.c */
    bool limited;
    uint32_t calls;            /* spawns and awaits of it */
    uint32_t levels;           /* so many of its clones in a row are one function: 1, 2, 4 */
    bool ends_alone;           /* it neither spawns nor waits: all are a part of their callers */
    const char *internals[8];  /* names of what the generated code brings along: emit.h */
    bool ends, ends_with_kids; /* whether control can fall off its end, then with children */
    bool used;                 /* spawned, awaited or started */
    uint32_t use_tok;
    VEC(action *) actions;
    struct cfg *cfg;
} fiber;

enum edit_kind {
    E_NONE,
    E_LOCAL,  /* a name of a local */
    E_ENV,    /* env -> w->env */
    E_OWN,    /* fiber_local -> (*clf_own(w, self)) */
    E_ASK,    /* fiber_self() and the like: the whole call */
    E_TELL,   /* set_name( and the like -> clf_set_name(w, self, */
    E_DETACH, /* detach( -> clf_detach(w, &f->h, */
    E_TRY,    /* try_lock( and the like */
    E_OUT,    /* the & of such a call's message, which may live in the frame */
    E_VALUE,  /* the & of a hostcall's argument, which is passed by value: dropped */
    E_STMT    /* first token of a statement that is replaced inside a native one */
};

typedef struct edit {
    uint8_t kind;
    uint32_t local;
    stmt *stmt;
} edit;

typedef struct env_member {
    const char *type, *name;
    uint32_t sym;
    bool is_pointer;
} env_member;

typedef struct program {
    VEC(fiber) fibers;
    VEC(local) locals;  /* 0 is none */
    VEC(edit) edits;    /* 0 is none */
    VEC(range) foreign; /* text outside fibers and env */
    VEC(range) cuts;    /* text that is not passed through: fibers, env */
    VEC(env_member) env;
    uint32_t *spots[3]; /* of live.c, per local: one set for all fibers */
    bool has_env;
    bool waits; /* some fiber uses synchronization objects */
    bool names; /* ... or names */
    bool priorities;
    range own; /* members of the fiber_local */
    bool has_own;
    uint32_t env_tok;
} program;

/* file.c: finds fibers, env and helper functions */
void clfi_lang_parse_file(front *f);
/* The opening parenthesis of the fiber that starts at token i, 0 if it does not look like one. */
uint32_t clfi_lang_fiber_params(front *f, uint32_t i);
/* decl.c */
typedef struct decl_specs {
    range all;
    bool is_const, is_struct, constant_space, global_space, private_space, bad;
    uint8_t shape, dims; /* of a typedef name */
    const char *text;    /* without const, storage classes and private */
    const char *full;    /* with const */
    const char *builtin;
} decl_specs;
bool clfi_lang_starts_decl(front *f, uint32_t i);
uint32_t clfi_lang_specs(front *f, uint32_t i, uint32_t end, decl_specs *specs);
/* Reads stars, name and dimensions; the local is new. 0: not a declarator (reported). *i is moved
 * behind it. */
uint32_t clfi_lang_declarator(front *f, const decl_specs *specs, uint32_t *i, uint32_t end);
/* Without stars, dimensions and storage of a declaration; "" words apart by one space. */
const char *clfi_lang_range_text(front *f, range r);
/* stmt.c */
void clfi_lang_parse_body(front *f, uint32_t fiber_index);
/* names.c: scopes, and the names in expressions */
typedef struct hidden {
    uint32_t sym, local;
} hidden;
typedef struct names {
    front *f;
    struct fiber *fiber;
    VEC(hidden)
    undo;           /* bindings that inner scopes hide; at each scope's start the scope around it */
    uint32_t scope; /* its height when the scope was entered */
    uint32_t scopes; /* entered so far */
    uint32_t scope_id;
} names;
void clfi_lang_bind(names *n, uint32_t local);
void clfi_lang_enter(names *n);
void clfi_lang_leave(names *n);
void clfi_lang_resolve(names *n, range r);
bool clfi_lang_operand_end(front *f, uint32_t i);
/* action.c: spawn, await or start at token i, whose result goes to the lvalue `target` (may be
 * empty) or to the declared `local` (0: none); NULL after an error. */
bool clfi_lang_is_verb(front *f, uint32_t i);
action *clfi_lang_parse_action(names *n, uint32_t i, range target, uint32_t local);
/* cancel(h) at token i. */
action *clfi_lang_parse_cancel(names *n, uint32_t i);
bool clfi_lang_is_primitive(const char *name);
bool clfi_lang_is_post(const char *name);
/* primitive.c: operations on synchronization objects */
typedef struct operation {
    const char *name, *call;
    uint8_t least, most; /* arguments */
    bool asks;           /* it takes a record for a request to the host */
    bool object;         /* it is about a synchronization object */
} operation;
const primitive *clfi_lang_find_primitive(const char *name);
/* What a fiber asks or tells about itself: a call that gets the worker and the fiber as well. */
typedef struct about_self {
    const char *name, *call;
    uint8_t least, most; /* arguments */
    bool self;           /* the fiber is passed, not the worker alone */
    bool clones;         /* fibers that say it may have clones */
} about_self;
/* The one of that number; the number of the call at token i, -1: it is none. */
const about_self *clfi_lang_about_self(uint32_t number);
int clfi_lang_find_about_self(front *f, uint32_t i);
/* The operation that is a statement of its own at token i, NULL: there is none. */
const operation *clfi_lang_find_post(front *f, uint32_t i);
/* The call at token i, try_lock or the like, that is another one in the generated code: its edit is
 * set. */
bool clfi_lang_resolve_try(front *f, uint32_t i);
/* Likewise for what is about the fiber itself. */
bool clfi_lang_resolve_about_self(front *f, uint32_t i);
/* The name of that other one, as the message lives where it lives. */
const char *clfi_lang_try_name(front *f, uint32_t i);
/* The result is a message, whose place is the variable. */
static inline bool receives_result(const action *a)
{
    return a->verb == V_PRIMITIVE && a->primitive->message == RECEIVES && a->args.n == 1;
}
/* cost.c: sets what all fibers cost */
enum { COST_UNKNOWN = 1 << 20 };
void clfi_lang_measure(front *f);
/* children.c: finds out where children may be outstanding, and with it what suspends */
void clfi_lang_children(front *f, fiber *fi);

/* early.c */
void clfi_lang_warn_early(front *f, const fiber *fi);

static inline local *local_at(front *f, uint32_t i)
{
    return &f->program->locals.at[i];
}

/* The local that token i names, 0: none. */
static inline uint32_t local_of(const front *f, uint32_t i)
{
    uint32_t e = tok_at(f, i)->edit;
    return e != 0 && f->program->edits.at[e].kind == E_LOCAL ? f->program->edits.at[e].local : 0;
}

#endif
