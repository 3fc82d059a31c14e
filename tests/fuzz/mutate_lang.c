/* mutate_lang.c - for fuzz_lang: changes a source by whole tokens and statements, half of the time,
 * so that what comes out is often a program, or almost one. Bytes alone hardly ever make one. */
#include <ctype.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

size_t LLVMFuzzerMutate(uint8_t *data, size_t size, size_t most);
size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t most, unsigned seed);
const char *__asan_default_options(void);

/* The front end takes its memory by the chunk: those that were given back need not be kept out of
 * use for long, nor filled. */
const char *__asan_default_options(void)
{
    return "quarantine_size_mb=1:max_malloc_fill_size=0";
}

static const char *const pieces[] = {
    "spawn f(n - 1);",
    "int v = spawn f(n);",
    "v = spawn f(v);",
    "a[i] = spawn f(i);",
    "sync;",
    "yield;",
    "int w = await f(n);",
    "w = await f(v);",
    "fiber_t h = start f(n);",
    "n = await join(h);",
    "int e = await try_join(h, &n);",
    "detach(h);",
    "cancel(h);",
    "await sleep(n);",
    "await lock(&env.m);",
    "unlock(&env.m);",
    "await send(&env.c, &n);",
    "fail n;",
    "return n;",
    "if (n > 0) {",
    "else {",
    "for (int i = 0; i < n; i++) {",
    "while (n--) {",
    "do {",
    "} while (n > 1);",
    "switch (n) { case 0:",
    "case 1: default:",
    "break;",
    "continue;",
    "{",
    "}",
    "int a[4];",
    "int a[2][3] = {{0}};",
    "float4 x;",
    "struct s { int p, q[2]; } r;",
    "r.p = spawn f(r.q[0]);",
    "n += a[n & 3];",
    "fiber int f(int n) {",
    "fiber void g(__global int *p, long n);",
    "__attribute__((clf_inline(2)))",
    "env { clf_mutex m; clf_channel c; __global int *data; };",
    "fiber_local { int count; };",
    "fiber_local.count++;",
    "set_name(\"a\", n);",
    "\n#define M(x) (x)\n",
    "\n#define S spawn f(n)\n",
    "\n#if 0\n",
    "\n#if X\n",
    "\n#else\n",
    "\n#endif\n",
    "\n#line 7 \"x\"\n",
    "typedef int t;",
    "int helper(int n) { return n; }",
};

/* xorshift: libFuzzer's seed says which change is made */
static uint32_t next(uint32_t *state)
{
    *state ^= *state << 13;
    *state ^= *state >> 17;
    *state ^= *state << 5;
    return *state;
}

static int in_word(uint8_t c)
{
    return isalnum(c) || c == '_';
}

/* The end of the token, or run of white space, that begins at `at`. */
static size_t token_end(const uint8_t *data, size_t size, size_t at)
{
    size_t end = at + 1;
    if (in_word(data[at]))
        while (end < size && in_word(data[end]))
            end++;
    else if (isspace(data[at]))
        while (end < size && isspace(data[end]))
            end++;
    return end;
}

/* Where some token begins; with `whole`, where some statement may. */
static size_t some_place(const uint8_t *data, size_t size, uint32_t *state, int whole)
{
    size_t at = next(state) % (size + 1);
    while (at > 0 && at < size &&
           (whole ? strchr(";{}\n)", data[at - 1]) == NULL
                  : in_word(data[at - 1]) && in_word(data[at])))
        at--;
    return at;
}

/* Some tokens from `from` on: their length. */
static size_t some_tokens(const uint8_t *data, size_t size, size_t from, uint32_t *state)
{
    size_t end = from;
    for (uint32_t n = 1 + next(state) % 8; n > 0 && end < size; n--)
        end = token_end(data, size, end);
    return end - from;
}

/* Puts what is at `with` in the place of `cut` bytes at `at`. */
static size_t splice(uint8_t *data, size_t size, size_t most, size_t at, size_t cut,
                     const void *with, size_t length)
{
    if (size - cut + length > most)
        return size;
    memmove(data + at + length, data + at + cut, size - at - cut);
    memcpy(data + at, with, length);
    return size - cut + length;
}

static size_t change(uint8_t *data, size_t size, size_t most, uint32_t *state)
{
    uint8_t copy[512];
    size_t from = some_place(data, size, state, 0), at;
    size_t length = some_tokens(data, size, from, state);
    if (length > sizeof copy)
        length = sizeof copy;
    memcpy(copy, data + from, length);
    switch (next(state) % 8) {
    case 0: /* how deep fibers run inline */
        if (size > 0 && isdigit(data[0]))
            data[0] = "0011124689"[next(state) % 10];
        else
            size = splice(data, size, most, 0, 0, "0", 1);
        return size;
    case 1:
        return splice(data, size, most, from, length, "", 0);
    case 2: /* again elsewhere */
        at = some_place(data, size, state, 0);
        return splice(data, size, most, at, 0, copy, length);
    case 3: /* in the place of another token */
        at = some_place(data, size, state, 0);
        return splice(data, size, most, at, at < size ? token_end(data, size, at) - at : 0, copy,
                      length);
    default:
        at = some_place(data, size, state, 1);
        const char *piece = pieces[next(state) % (sizeof pieces / sizeof *pieces)];
        return splice(data, size, most, at, 0, piece, strlen(piece));
    }
}

size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t most, unsigned seed)
{
    uint32_t state = seed * 2654435761u | 1;
    if (next(&state) % 2 == 0)
        return LLVMFuzzerMutate(data, size, most);
    for (uint32_t n = 1 + next(&state) % 3; n > 0; n--)
        size = change(data, size, most, &state);
    return size > 0 ? size : LLVMFuzzerMutate(data, size, most);
}
