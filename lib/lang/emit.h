/* emit.h - printing: text that knows which line of the user's file the OpenCL compiler will think
 * it is in. */
#ifndef CLFI_LANG_EMIT_H
#define CLFI_LANG_EMIT_H

#include "cfg.h"

/* Names that the generated code brings along; if the fiber uses one for something else, it gets a
 * prefix. */
enum internal { N_W, N_SELF, N_F, N_AT, N_KIDS, N_C, N_CHILD, N_SPILL, INTERNALS };

typedef struct printer {
    front *f;
    fiber *fi;
    text out;
    uint32_t line;    /* of the user's file, as the OpenCL compiler counts; 0: unknown */
    const char *file; /* which one, in the spelling of the last #line; NULL: in doubt */
    const char *names[INTERNALS];
    bool has_spawn; /* the fiber counts children */
    uint32_t clone; /* depth of the clone that is printed, 0: the segment function */
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
const char *clfi_lang_frame_text(printer *p, const local *v);
const char *clfi_lang_kids(printer *p);

/* unique.c: names for locals and internals */
void clfi_lang_name_locals(front *f, uint32_t fiber_index);
void clfi_lang_check_macros(front *f, uint32_t fiber_index);

/* A fiber's function in the making: the segment function, or a clone. */
typedef struct writer {
    printer *p;
    cfg *c;
    const char *const *n; /* names of the internals */
    VEC(uint32_t) print;  /* the blocks that are printed, in order */
    uint32_t labels;
    bool jumps; /* there is a way back to the switch */
    bool takes;
} writer;

static inline block *block_at(writer *w, uint32_t i)
{
    return &w->c->blocks.at[i];
}

/* item.c: what stands between suspensions */
void clfi_lang_put_item(writer *w, const block *b, item *it);
void clfi_lang_put_copy(writer *w, const local *v, const char *to, const char *from,
                        const char *indent);

/* make.c: children */
void clfi_lang_put_make(writer *w, const block *b, action *a);
/* The place of a result; index: of the local that gets it, 0: none. */
void clfi_lang_put_place(writer *w, const action *a, range lvalue, uint32_t index);
/* Its size: subscripts may do something and stay out of it. */
void clfi_lang_put_sizeof(writer *w, range lvalue);
/* Whether the action is a request to the host; bytes of a hostcall's argument, as text. */
bool clfi_lang_asks_host(const action *a);
const char *clfi_lang_argument_bytes(writer *w, const action *a);
/* Whether the child of this action is run inline here. */
bool clfi_lang_runs_inline(writer *w, const action *a);

/* save.c: locals that are in registers, on their way to and from the frame */
const char *clfi_lang_in_frame(writer *w, const local *v);
bool clfi_lang_has_reload(writer *w, const block *b);
void clfi_lang_put_stores(writer *w, const block *b, const char *indent);
void clfi_lang_put_loads(writer *w, const block *b);
/* Copies to or from the spill area. */
void clfi_lang_put_spilled(writer *w, const block *b, bool out, const char *indent);

/* segment.c */
void clfi_lang_put_segment(printer *p);
/* Finds the labels; before anything of the fiber is printed. */
void clfi_lang_plan(writer *w);

/* inline.c: which fibers have clones, and how deep; clone.c: their text */
void clfi_lang_plan_inline(front *f, uint32_t depth, uint32_t lanes);
uint32_t clfi_lang_inline_depth(front *f);
void clfi_lang_put_saves(printer *p);
void clfi_lang_put_clone(printer *p, uint32_t depth);
/* Whether that clone is a part of its callers; how the clone that is printed returns. */
bool clfi_lang_folds(const fiber *fi, uint32_t depth);
const char *clfi_lang_ran(const printer *p);

/* points.c: resume points, and the files of the fiber's lines */
struct clfi_lang_fiber;
void clfi_lang_describe_places(front *f, const fiber *fi, struct clfi_lang_fiber *out);

/* emit.c */
void clfi_lang_emit(front *f, text *out);
const char *clfi_lang_decl_text(front *f, const local *v, const char *name);

#endif
