/* arena.c - see arena.h. Running out jumps to the translation's one exit, so that no other code
 * of the front end has to look at null pointers. */
#include "arena.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* With the address sanitizer, what was not given out is out of bounds. */
#if defined(__has_feature)
#if __has_feature(address_sanitizer)
#define GUARDED
#endif
#elif defined(__SANITIZE_ADDRESS__)
#define GUARDED
#endif
#ifdef GUARDED
#include <sanitizer/asan_interface.h>
#else
#define ASAN_POISON_MEMORY_REGION(at, size)
#define ASAN_UNPOISON_MEMORY_REGION(at, size)
#endif

enum { CHUNK = 64 * 1024, ALIGN = 16 };

#ifdef GUARDED
enum { GAP = ALIGN }; /* between what is given out */
#else
enum { GAP = 0 };
#endif

struct chunk {
    struct chunk *next;
    size_t size;
};

static void fail(arena *a)
{
    longjmp(a->out_of_memory, 1);
}

static void new_chunk(arena *a, size_t need)
{
    size_t size = need + ALIGN + sizeof(struct chunk);
    if (size < need)
        fail(a);
    /* chunks double in size, so that their number stays small */
    if (size < CHUNK)
        size = CHUNK;
    if (size < a->total / 4 && a->limit == 0)
        size = a->total / 4;
    if (a->limit != 0 && (size > a->limit || a->total > a->limit - size))
        fail(a);
    struct chunk *c = malloc(size);
    if (c == NULL)
        fail(a);
    c->next = a->chunks;
    c->size = size;
    a->chunks = c;
    a->total += size;
    a->at = (char *)c + sizeof *c;
    a->left = size - sizeof *c;
    size_t skew = (uintptr_t)a->at % ALIGN;
    if (skew != 0) {
        a->at += ALIGN - skew;
        a->left -= ALIGN - skew;
    }
    ASAN_POISON_MEMORY_REGION(a->at, a->left);
}

void *clfi_lang_arena_get(arena *a, size_t size)
{
    if (size > SIZE_MAX / 2)
        fail(a);
    size_t taken = (size + GAP + ALIGN - 1) / ALIGN * ALIGN;
    if (taken > a->left)
        new_chunk(a, taken);
    void *p = a->at;
    a->at += taken;
    a->left -= taken;
    ASAN_UNPOISON_MEMORY_REGION(p, size);
    memset(p, 0, size);
    return p;
}

void clfi_lang_arena_free(arena *a)
{
    while (a->chunks != NULL) {
        struct chunk *next = a->chunks->next;
        free(a->chunks);
        a->chunks = next;
    }
}

void clfi_lang_vec_room(arena *a, void **at, uint32_t n, uint32_t *cap, size_t size)
{
    if (n < *cap)
        return;
    if (n > UINT32_MAX / 4)
        fail(a);
    uint32_t more = n < 4 ? 8 : n * 2;
    char *p = clfi_lang_arena_get(a, more * size);
    if (n > 0)
        memcpy(p, *at, n * size);
    *at = p;
    *cap = more;
}

static void text_room(text *t, size_t n)
{
    if (t->cap - t->n > n)
        return;
    size_t cap = (t->n + n + 64) * 2;
    char *s = clfi_lang_arena_get(t->arena, cap);
    if (t->n > 0)
        memcpy(s, t->s, t->n);
    t->s = s;
    t->cap = cap;
}

void clfi_lang_text_add(text *t, const char *s, size_t n)
{
    text_room(t, n + 1);
    if (n > 0)
        memcpy(t->s + t->n, s, n);
    t->n += n;
    t->s[t->n] = '\0';
}

void clfi_lang_text_puts(text *t, const char *s)
{
    clfi_lang_text_add(t, s, strlen(s));
}

__attribute__((format(printf, 2, 0))) static void text_vprintf(text *t, const char *format,
                                                               va_list args)
{
    va_list again;
    va_copy(again, args);
    size_t room = t->cap - t->n;
    int n = vsnprintf(t->cap > 0 ? t->s + t->n : NULL, room, format, args);
    if (n >= 0 && (size_t)n >= room) {
        text_room(t, (size_t)n + 1);
        vsnprintf(t->s + t->n, (size_t)n + 1, format, again);
    }
    if (n >= 0)
        t->n += (size_t)n;
    va_end(again);
}

void clfi_lang_text_printf(text *t, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    text_vprintf(t, format, args);
    va_end(args);
}

char *clfi_lang_arena_printf(arena *a, const char *format, ...)
{
    text t = {.arena = a};
    va_list args;
    va_start(args, format);
    text_vprintf(&t, format, args);
    va_end(args);
    return t.s;
}

char *clfi_lang_arena_copy(arena *a, const char *s, size_t n)
{
    char *p = clfi_lang_arena_get(a, n + 1);
    if (n > 0)
        memcpy(p, s, n);
    return p;
}
