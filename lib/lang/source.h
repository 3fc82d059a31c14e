/* source.h - the source as tokens, symbols and diagnostics: what all parts of the front end share.
 */
#ifndef CLFI_LANG_SOURCE_H
#define CLFI_LANG_SOURCE_H

#include "arena.h"

#include <stdbool.h>

/* Punctuators are coded by their characters. */
#define P2(a, b)    ((uint32_t)(a) | (uint32_t)(b) << 8)
#define P3(a, b, c) (P2(a, b) | (uint32_t)(c) << 16)

enum { T_EOF, T_NAME, T_NUMBER, T_STRING, T_CHAR, T_PUNCT, T_DIRECTIVE };

typedef struct token {
    uint32_t at, length; /* bytes of the source */
    uint32_t line;
    uint32_t value; /* T_NAME: symbol; T_PUNCT: code */
    uint32_t match; /* brackets: index of the partner; of an unclosed one: where it must end at the
                       latest */
    uint32_t edit;  /* what the emitter does about it: 0 nothing, else an index into front.edits */
    uint8_t kind;
    bool unclosed;    /* a bracket without a partner */
    bool conditional; /* inside #if ... #endif */
} token;

typedef struct range {
    uint32_t first, end; /* tokens first .. end - 1 */
} range;

/* What a name means to the parser. */
enum word {
    W_NONE,
    W_FIBER,
    W_SPAWN,
    W_SYNC,
    W_AWAIT,
    W_YIELD,
    W_START,
    W_FAIL,
    W_OWN, /* fiber_local */
    W_ENV,
    W_IF,
    W_ELSE,
    W_WHILE,
    W_DO,
    W_FOR,
    W_SWITCH,
    W_CASE,
    W_DEFAULT,
    W_BREAK,
    W_CONTINUE,
    W_RETURN,
    W_GOTO,
    W_SIZEOF,
    W_TAG, /* struct union enum */
    W_TYPEDEF,
    W_STATIC,  /* static extern */
    W_STORAGE, /* auto register inline kernel: dropped */
    W_CONST,
    W_QUALIFIER, /* volatile restrict */
    W_LOCAL,
    W_GLOBAL,
    W_CONSTANT,
    W_PRIVATE,
    W_ATTRIBUTE,
    W_TYPE, /* a builtin type */
    W_BARRIER
};

/* What a typedef name of the file stands for, as far as the front end cares. */
enum type_shape {
    SHAPE_UNKNOWN,
    SHAPE_VALUE,
    SHAPE_STRUCT,
    SHAPE_ARRAY,
    SHAPE_PRIVATE_POINTER,
    SHAPE_POINTER
};

typedef struct symbol {
    const char *s;
    uint32_t length;
    uint32_t hash;
    uint32_t next;  /* in its hash chain */
    uint32_t local; /* the local variable that the name means here, 0: none */
    uint32_t fiber; /* index + 1 of the fiber of that name */
    uint32_t macro; /* index + 1 of the #define */
    uint32_t
        seen; /* stamp: the last fiber whose text has the name as something else than a member */
    uint32_t global_in; /* stamp: the last fiber that uses the name for something that is not its
                           local */
    uint32_t taken;     /* stamp: the last fiber that has given a local this name */
    uint32_t suffix, suffix_in; /* the last number that was put behind it, in which fiber */
    uint32_t env_member;        /* index + 1 of the member of the env */
    uint32_t param_of;          /* the last macro that has it as a parameter */
    uint32_t declared_in;       /* the macro whose body was last seen to declare it */
    uint32_t mentions; /* macros whose bodies have the name: first of a list in front.mentions */
    uint32_t alias;    /* typedef name: symbol of the builtin type that it stands for, 0: other */
    uint8_t word;
    uint8_t shape; /* enum type_shape, of a typedef name */
    uint8_t array_dims;
    uint16_t holds;   /* a macro: what its text hides from the translation (macro.c) ... */
    uint16_t shields; /* ... and what of it cannot get out */
    bool function;    /* the file has a function of that name */
    bool outside;     /* occurs outside fibers and the env */
    bool in_macro;    /* occurs in the body of a macro, not as its parameter */
} symbol;

typedef struct macro {
    uint32_t symbol;
    bool call;           /* takes arguments */
    uint32_t before;     /* index + 1 of the one of that name before it */
    uint32_t tokens;     /* of its text */
    VEC(uint32_t) names; /* symbols in it that are no parameters */
} macro;

/* env.member in a macro's text. */
typedef struct env_spot {
    uint32_t at, length;
    uint32_t macro, member; /* symbols */
    bool any_member;        /* a parameter of the macro */
    bool live;              /* is translated */
} env_spot;

typedef struct mention {
    uint32_t macro;
    uint32_t next;
} mention;

/* What a #line of the user's says: from the source's line `line` on, lines are called as_line,
 * as_line + 1, ... of a file. */
typedef struct line_mark {
    uint32_t line, as_line;
    const char *file;    /* for diagnostics */
    const char *spelled; /* as between the quotes of a #line */
} line_mark;

typedef struct diagnostic {
    uint32_t at;
    uint32_t order;
    bool warning;
    const char *message;
} diagnostic;

struct fiber;
struct local;
struct edit;

typedef struct front {
    arena *arena;
    const char *source;
    uint32_t length;
    VEC(token) tokens;   /* the last one is T_EOF */
    VEC(symbol) symbols; /* 0 is none */
    uint32_t *table;     /* of symbols, by hash */
    uint32_t table_size;
    VEC(macro) macros;
    VEC(mention) mentions;
    VEC(env_spot) env_spots; /* in the order of the source */
    bool env_in_macros;      /* one of them is live */
    bool includes;           /* there is text that the translation does not see */
    VEC(uint32_t) lines;     /* offset of each line's start */
    VEC(line_mark) marks;    /* the first one is the source's own name */
    VEC(diagnostic) diagnostics;
    uint32_t errors;
    struct program *program;
} front;

/* lex.c */
void clfi_lang_lex(front *f);
void clfi_lang_lex_piece(front *f, uint32_t from, uint32_t to);
uint32_t clfi_lang_intern(front *f, const char *s, uint32_t n);

/* directive.c */
void clfi_lang_directives(front *f);

/* macro.c: token i of a macro's text, while that is in f->tokens; `own`: a variable of its own */
void clfi_lang_note_held(front *f, uint32_t name, uint32_t i, bool own);
void clfi_lang_macros(front *f);
void clfi_lang_check_held(front *f, uint32_t i);
void clfi_lang_check_held_env(front *f, uint32_t i);
bool clfi_lang_hidden_suspension(front *f, range r);

/* numbering.c: #line */
void clfi_lang_first_mark(front *f, const char *file);
/* Notes what the directive says, if it is a #line: `line` is the one behind it. */
void clfi_lang_note_line(front *f, uint32_t from, uint32_t to, uint32_t line);
/* The number that the user knows the source's line by; *mark: with it, the file. */
uint32_t clfi_lang_user_line(const front *f, uint32_t line, const line_mark **mark);

/* bracket.c: finds partners, reports brackets without */
void clfi_lang_match(front *f);

/* diag.c: at a byte of the source, at a token */
#if defined(__GNUC__)
__attribute__((format(printf, 3, 4)))
#endif
void clfi_lang_error_at(front *f, uint32_t byte, const char *format, ...);
#if defined(__GNUC__)
__attribute__((format(printf, 3, 4)))
#endif
void clfi_lang_error(front *f, uint32_t tok, const char *format, ...);
#if defined(__GNUC__)
__attribute__((format(printf, 3, 4)))
#endif
void clfi_lang_warn(front *f, uint32_t tok, const char *format, ...);
#if defined(__GNUC__)
__attribute__((format(printf, 3, 4)))
#endif
void clfi_lang_warn_at(front *f, uint32_t byte, const char *format, ...);
void clfi_lang_log_text(front *f, text *out);

/* spelling.c: the one of the words (NULL ends them) that the name at token i is a slip of the pen
 * for; NULL: none, or the name has a meaning of its own, as far as can be seen. */
const char *clfi_lang_meant(const front *f, uint32_t i, const char *const *words);

/* types.c */
void clfi_lang_intern_words(front *f);
size_t clfi_lang_builtin_size(const char *name);
/* The element type of a builtin vector type and its number of elements; NULL if it is none. */
const char *clfi_lang_vector_of(const char *name, uint32_t *elements);
/* A builtin type from its words: "unsigned int" is uint; NULL if the range is not a builtin type
 * alone. */
const char *clfi_lang_builtin_type(front *f, range r);

/* Small questions. */
static inline const token *tok_at(const front *f, uint32_t i)
{
    return &f->tokens.at[i < f->tokens.n ? i : f->tokens.n - 1];
}

static inline bool is_punct(const front *f, uint32_t i, uint32_t code)
{
    const token *t = tok_at(f, i);
    return t->kind == T_PUNCT && t->value == code;
}

static inline bool is_name(const front *f, uint32_t i)
{
    return tok_at(f, i)->kind == T_NAME;
}

static inline symbol *sym_at(const front *f, uint32_t i)
{
    return &f->symbols.at[tok_at(f, i)->value];
}

static inline uint8_t word_at(const front *f, uint32_t i)
{
    return is_name(f, i) ? sym_at(f, i)->word : W_NONE;
}

/* The token's partner: the index to go on from after a bracket. */
static inline uint32_t skip_at(const front *f, uint32_t i)
{
    const token *t = tok_at(f, i);
    return t->kind == T_PUNCT && t->match > i ? t->match : i;
}

#endif
