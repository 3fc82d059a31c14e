/* emit.h - printing: text that knows which line of the user's file the OpenCL compiler will think
 * it is in. */
#ifndef CLFI_LANG_EMIT_H
#define CLFI_LANG_EMIT_H

#include "cfg.h"

/* Names that the generated code brings along; if the fiber uses one for something else, it gets a
 * prefix. */
enum internal { N_W, N_SELF, N_F, N_AT, N_KIDS, N_C, N_CHILD, N_SPILL, INTERNALS };

typedef struct temp {
    const char *type; /* "int", "__global uint *" */
    uint32_t ordinal; /* among those of that type in an action */
} temp;

typedef struct printer {
    front *f;
    fiber *fi;
    text out;
    uint32_t line;    /* of the user's file, as the OpenCL compiler counts; 0: unknown */
    const char *file; /* which one, in the spelling of the last #line; NULL: in doubt */
    const char *names[INTERNALS];
    bool has_spawn; /* the fiber counts children */
    VEC(temp) temps;
} printer;

/* print.c */
void clfi_lang_put(printer *p, const char *s);
#if defined(__GNUC__)
__attribute__((format(printf, 2, 3)))
#endif
void clfi_lang_putf(printer *p, const char *format, ...);
/* At the start of a line: makes the compiler believe that it is in the user's line. */
void clfi_lang_sync_line(printer *p, uint32_t line);
/* Bytes of the source as they are, but for the env in macros. */
void clfi_lang_put_source(printer *p, uint32_t from, uint32_t to);
/* An expression: comments are dropped, lines are kept. */
void clfi_lang_put_range(printer *p, range r);
/* A whole statement as it stands, moved to `indent` columns. */
void clfi_lang_put_stmt(printer *p, const stmt *s, uint32_t indent);
const char *clfi_lang_local_text(printer *p, const local *v);
const char *clfi_lang_kids(printer *p);

/* unique.c: names for locals and internals */
void clfi_lang_name_locals(front *f, uint32_t fiber_index);
void clfi_lang_check_macros(front *f, uint32_t fiber_index);

/* segment.c */
void clfi_lang_put_segment(printer *p);
void clfi_lang_plan_temps(printer *p);
const char *clfi_lang_temp_name(printer *p, const action *a, uint32_t arg);
const char *clfi_lang_place_name(const action *a);

/* emit.c */
void clfi_lang_emit(front *f, text *out);
const char *clfi_lang_decl_text(front *f, const local *v, const char *name);

#endif
