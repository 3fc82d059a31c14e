/* stmt.h - what the parts of the parser of statements share. */
#ifndef CLFI_LANG_STMT_H
#define CLFI_LANG_STMT_H

#include "ast.h"

typedef struct parser {
    names n;
    front *f;
    fiber *fi;
    uint32_t i, end; /* the next token; where the block ends */
    uint32_t depth;
    uint32_t loops, switches;
    bool in_switch; /* the statement list is a switch's own */
} parser;

/* stmt.c */
stmt *clfi_lang_new_stmt(parser *p, uint8_t kind, uint32_t first);
stmt *clfi_lang_parse_stmt(parser *p);
stmt *clfi_lang_parse_block(parser *p, bool is_switch);
/* Behind the token before i, where the semicolon should be. */
void clfi_lang_expected_semicolon(parser *p, uint32_t i, const char *where);
/* The index of the statement's semicolon, from i; reports if there is none. *ok: the tokens before
 * make sense. */
uint32_t clfi_lang_find_semicolon(parser *p, uint32_t i, bool *ok);
/* Moves behind a statement's semicolon. */
void clfi_lang_end_at(parser *p, uint32_t semicolon);

/* simple.c: what stands between two semicolons; a whole statement with its own */
stmt *clfi_lang_parse_simple(parser *p, range r);
stmt *clfi_lang_parse_simple_statement(parser *p);

/* control.c, word.c: a statement that the word at p->i begins, NULL: it begins none of these */
stmt *clfi_lang_parse_control(parser *p);
stmt *clfi_lang_parse_fiber_word(parser *p);

#endif
