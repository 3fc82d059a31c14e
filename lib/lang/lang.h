/* lang.h - the front end of the fiber language: fiber source in, OpenCL C for the fiber ABI out.
 *
 * What is translated, and how, is in doc/language.md and doc/abi.md. The front end depends on libc
 * alone: nothing of OpenCL, nothing of the rest of the library. A translation is a pure function of
 * its source: no globals, so any number of threads may translate at the same time. */
#ifndef CLFI_LANG_H
#define CLFI_LANG_H

#include <limits.h>
#include <stddef.h>

typedef struct clfi_lang clfi_lang;

#define CLFI_LANG_INLINE_AUTO   UINT_MAX
#define CLFI_LANG_INLINE_MARKED (UINT_MAX - 1)
#define CLFI_LANG_INLINE_LANES  (UINT_MAX - 2)
#define CLFI_LANG_INLINE_MOST   32u

typedef struct clfi_lang_options {
    size_t max_memory;     /* bytes that a translation may take; 0: no limit but malloc's */
    unsigned inline_depth; /* how deep spawned and awaited fibers run inline; 0: they do not;
                              CLFI_LANG_INLINE_MARKED: only fibers with clf_inline(D);
                              CLFI_LANG_INLINE_AUTO: small ones, too;
                              CLFI_LANG_INLINE_LANES: tiny ones alone */
    unsigned lanes;        /* of a worker, if it is known; 0: one */
} clfi_lang_options;

/* A parameter of a fiber or a member of the env. */
typedef struct clfi_lang_param {
    const char *type; /* as in the source; for env pointers the pointee with its address space */
    const char *name; /* the member of the frame or of the env */
    int is_pointer;
} clfi_lang_param;

/* A suspension that a frame member lives across. */
typedef struct clfi_lang_crossing {
    const char *what; /* "sync", "await fib", "spawn fib" (for spilled members), ... */
    unsigned line;
} clfi_lang_crossing;

/* Something that lives in the frame, or in the spill area while the fiber waits for a free frame.
 */
typedef struct clfi_lang_member {
    const char *type; /* with stars, without the name */
    const char *name;
    const char *dims;   /* "[4]", "" if it is no array */
    size_t bytes;       /* by OpenCL's sizes of the builtin types; 0: unknown here */
    const char *shares; /* the member that has its place, too; NULL: that is its own ... */
    size_t place_bytes; /* ... and has this size, as above, */
    size_t place_align; /* and alignment */
    int is_param;
    int is_cold;  /* only there for want of frames: at the end */
    int in_place; /* used in the frame itself, there is no copy in a register */
    size_t crossings;
    const clfi_lang_crossing *crossing;
} clfi_lang_member;

/* A resume point: the fiber is resumed there, or waits to be, after `what`. */
typedef struct clfi_lang_point {
    unsigned at;
    const char *what; /* as above */
    const char *file;
    unsigned line;
} clfi_lang_point;

/* Lines of the fiber, as the user counts them, and the file that they are in. */
typedef struct clfi_lang_piece {
    unsigned first, last;
    const char *file;
} clfi_lang_piece;

typedef struct clfi_lang_fiber {
    const char *name;
    const char *result; /* "void", "long", ... */
    unsigned line;
    size_t points;
    const clfi_lang_point *point;
    size_t pieces;
    const clfi_lang_piece *piece;
    size_t params;
    const clfi_lang_param *param;
    size_t members;
    const clfi_lang_member *member;
    size_t spilled;
    const clfi_lang_member *spill;
} clfi_lang_fiber;

/* Translates `length` bytes of source. `filename` (NULL: "fiber source") goes into diagnostics and
 * #line directives. NULL when memory ran out. The source need not outlive the call. Linear in
 * `length` for programs of human shape; a fiber whose saved state would blow the output up is
 * diagnosed. */
clfi_lang *clfi_lang_translate(const char *source, size_t length, const char *filename,
                               const clfi_lang_options *options);
void clfi_lang_free(clfi_lang *lang); /* NULL is ignored */

/* All of the following lives until clfi_lang_free. */
size_t clfi_lang_errors(const clfi_lang *lang);
const char *
clfi_lang_log(const clfi_lang *lang); /* diagnostics, also warnings; "" if there are none */
const char *clfi_lang_code(const clfi_lang *lang); /* the OpenCL C; "" if there are errors */
/* The fibers that are defined, in source order, and the env's members. Complete only without
 * errors. */
const clfi_lang_fiber *clfi_lang_fibers(const clfi_lang *lang, size_t *count);
const clfi_lang_param *clfi_lang_env(const clfi_lang *lang, size_t *count);

#endif
