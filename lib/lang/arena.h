/* arena.h - all memory of one translation: given out in pieces, freed at once. */
#ifndef CLFI_LANG_ARENA_H
#define CLFI_LANG_ARENA_H

#include <setjmp.h>
#include <stddef.h>
#include <stdint.h>

struct chunk;

typedef struct arena {
    struct chunk *chunks;
    char *at;
    size_t left;
    size_t total, limit; /* bytes taken from malloc; 0: no limit */
    jmp_buf out_of_memory;
} arena;

/* Zeroed memory, aligned for anything. Does not return when there is none: jumps to out_of_memory.
 */
void *clfi_lang_arena_get(arena *a, size_t size);
void clfi_lang_arena_free(arena *a);

/* A growing array. The elements move when it grows. */
#define VEC(T)           \
    struct {             \
        T *at;           \
        uint32_t n, cap; \
    }
/* Pointer to a new zeroed last element of the array `v` points to. */
#define PUSH(a, v)                                                                   \
    (clfi_lang_vec_room((a), (void **)&(v)->at, (v)->n, &(v)->cap, sizeof *(v)->at), \
     &(v)->at[(v)->n++])
void clfi_lang_vec_room(arena *a, void **at, uint32_t n, uint32_t *cap, size_t size);

/* Text that grows at its end. `s` is NUL-terminated after every call, NULL before the first. */
typedef struct text {
    arena *arena;
    char *s;
    size_t n, cap;
} text;

void clfi_lang_text_add(text *t, const char *s, size_t n);
void clfi_lang_text_puts(text *t, const char *s);
#if defined(__GNUC__)
__attribute__((format(printf, 2, 3)))
#endif
void clfi_lang_text_printf(text *t, const char *format, ...);
#if defined(__GNUC__)
__attribute__((format(printf, 2, 3)))
#endif
char *
clfi_lang_arena_printf(arena *a, const char *format, ...);
char *clfi_lang_arena_copy(arena *a, const char *s, size_t n);

#endif
