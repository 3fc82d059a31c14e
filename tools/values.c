/* values.c - see values.h. A type is kept as the list of its scalars with their offsets. */
#include "values.h"

#include <ctype.h>
#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

typedef enum kind { SIGNED, UNSIGNED, REAL } kind;

typedef struct leaf {
    kind kind;
    size_t size, offset;
} leaf;

struct value_type {
    leaf *leaves;
    size_t count, room;
    size_t size, align;
};

static const struct {
    const char *name;
    kind kind;
    size_t size;
} scalars[] = {
    {"char", SIGNED, 1},
    {"uchar", UNSIGNED, 1},
    {"unsigned char", UNSIGNED, 1},
    {"short", SIGNED, 2},
    {"ushort", UNSIGNED, 2},
    {"unsigned short", UNSIGNED, 2},
    {"int", SIGNED, 4},
    {"uint", UNSIGNED, 4},
    {"unsigned int", UNSIGNED, 4},
    {"unsigned", UNSIGNED, 4},
    {"long", SIGNED, 8},
    {"ulong", UNSIGNED, 8},
    {"signed char", SIGNED, 1},
    {"unsigned long", UNSIGNED, 8},
    {"size_t", UNSIGNED, 8},
    {"float", REAL, 4},
    {"double", REAL, 8},
};

/* Nobody writes more by hand; arrays in structs in arrays would be many. */
#define MOST_LEAVES 65536u

static int add_leaf(value_type *t, kind k, size_t size, size_t offset)
{
    if (t->count == MOST_LEAVES)
        return -1;
    if (t->count == t->room) {
        size_t room = 2 * t->room + 16;
        leaf *more = realloc(t->leaves, room * sizeof *more);
        if (more == NULL)
            return -1;
        t->leaves = more;
        t->room = room;
    }
    t->leaves[t->count++] = (leaf){k, size, offset};
    return 0;
}

static size_t round_up(size_t n, size_t unit)
{
    return (n + unit - 1) / unit * unit;
}

/* A scalar, or a vector: a scalar's name and 2, 3, 4, 8 or 16; three elements take the room of
 * four. */
static int add_builtin(value_type *t, const char *name, size_t length)
{
    size_t digits = length;
    while (digits > 0 && isdigit((unsigned char)name[digits - 1]))
        digits--;
    unsigned n = digits < length ? (unsigned)atoi(name + digits) : 1;
    if (n != 1 && n != 2 && n != 3 && n != 4 && n != 8 && n != 16)
        return -1;
    for (size_t i = 0; i < sizeof scalars / sizeof *scalars; i++) {
        if (strlen(scalars[i].name) != digits || strncmp(scalars[i].name, name, digits) != 0)
            continue;
        size_t size = scalars[i].size * (n == 3 ? 4 : n);
        size_t at = round_up(t->size, size);
        for (unsigned k = 0; k < n; k++)
            if (add_leaf(t, scalars[i].kind, scalars[i].size, at + k * scalars[i].size))
                return -1;
        t->size = at + size;
        t->align = size > t->align ? size : t->align;
        return 0;
    }
    return -1;
}

static int is_word(char c)
{
    return isalnum((unsigned char)c) || c == '_';
}

/* The `{` of the definition of struct `name`: `struct name {` or `typedef struct [tag] { ... }
 * name`. */
static const char *find_body(const char *name, size_t length, const char *source)
{
    for (const char *p = strstr(source, "struct"); p != NULL; p = strstr(p + 6, "struct")) {
        const char *tag = p + 6 + strspn(p + 6, " \t\n");
        const char *tag_end = tag;
        while (is_word(*tag_end))
            tag_end++;
        const char *open = tag_end + strspn(tag_end, " \t\n");
        if (*open != '{')
            continue;
        const char *close = strchr(open, '}');
        const char *after = close != NULL ? close + 1 + strspn(close + 1, " \t\n") : "";
        if ((size_t)(tag_end - tag) == length && !strncmp(tag, name, length))
            return open;
        if (!strncmp(after, name, length) && !is_word(after[length]))
            return open;
    }
    return NULL;
}

static int add_type(value_type *t, const char *name, size_t length, const char *source, int depth);

/* The declarators `a, b[3]` of one member declaration, each of the type `name`. */
static int add_declarators(value_type *t, const char *name, size_t length, const char *p,
                           const char *end, const char *source, int depth)
{
    while (p < end) {
        unsigned long n = 1;
        const char *comma = memchr(p, ',', (size_t)(end - p));
        const char *stop = comma != NULL ? comma : end;
        const char *bracket = memchr(p, '[', (size_t)(stop - p));
        if (memchr(p, '*', (size_t)(stop - p)) != NULL)
            return -1;
        if (bracket != NULL)
            n = strtoul(bracket + 1, NULL, 0);
        if (n == 0 || n > 4096)
            return -1;
        while (n-- > 0)
            if (add_type(t, name, length, source, depth))
                return -1;
        p = stop + 1;
    }
    return 0;
}

static int add_struct(value_type *t, const char *name, size_t length, const char *source, int depth)
{
    const char *p = find_body(name, length, source);
    value_type inner = {.align = 1};
    if (p == NULL || depth > 8)
        return -1;
    for (p++; *p != '}' && *p != '\0';) {
        p += strspn(p, " \t\n");
        const char *semicolon = strchr(p, ';');
        if (*p == '}' || semicolon == NULL)
            break;
        /* the type: words up to the one that is declared */
        const char *type_end = p, *q = p;
        while (is_word(*q)) {
            const char *word_end = q;
            while (is_word(*word_end))
                word_end++;
            const char *next = word_end + strspn(word_end, " \t\n");
            if (!is_word(*next))
                break;
            type_end = word_end;
            q = next;
        }
        const char *type = p;
        if (!strncmp(type, "struct ", 7))
            type += 7;
        if (type_end <= type || add_declarators(&inner, type, (size_t)(type_end - type), q,
                                                semicolon, source, depth + 1)) {
            free(inner.leaves);
            return -1;
        }
        p = semicolon + 1;
    }
    size_t at = round_up(t->size, inner.align);
    int wrong = 0;
    for (size_t i = 0; i < inner.count && !wrong; i++)
        wrong =
            add_leaf(t, inner.leaves[i].kind, inner.leaves[i].size, at + inner.leaves[i].offset);
    free(inner.leaves);
    if (wrong)
        return -1;
    t->size = at + round_up(inner.size, inner.align);
    t->align = inner.align > t->align ? inner.align : t->align;
    return 0;
}

static int add_type(value_type *t, const char *name, size_t length, const char *source, int depth)
{
    if (length > 7 && !strncmp(name, "struct ", 7)) {
        name += 7;
        length -= 7;
    }
    if (!add_builtin(t, name, length))
        return 0;
    return add_struct(t, name, length, source, depth);
}

value_type *value_type_find(const char *name, const char *source)
{
    value_type *t = calloc(1, sizeof *t);
    if (t == NULL)
        return NULL;
    t->align = 1;
    if (!strncmp(name, "const ", 6))
        name += 6;
    if (add_type(t, name, strlen(name), source, 0)) {
        value_type_free(t);
        return NULL;
    }
    return t;
}

void value_type_free(value_type *t)
{
    if (t != NULL)
        free(t->leaves);
    free(t);
}

size_t value_type_size(const value_type *t)
{
    return t->size;
}

/* ---- text --------------------------------------------------------------------------- */

static int parse_leaf(const leaf *l, const char *text, char **end, unsigned char *to)
{
    errno = 0;
    if (l->kind == REAL) {
        double d = strtod(text, end);
        float f = (float)d;
        memcpy(to, l->size == 4 ? (void *)&f : (void *)&d, l->size);
        return errno != 0 && (d > 1 || d < -1);
    }
    uint64_t bits;
    if (l->kind == SIGNED) {
        int64_t v = strtoll(text, end, 0);
        int64_t high = l->size == 8 ? INT64_MAX : ((int64_t)1 << (8 * l->size - 1)) - 1;
        if (errno != 0 || v > high || v < -high - 1)
            return 1;
        bits = (uint64_t)v;
    } else {
        bits = strtoull(text, end, 0);
        if (errno != 0 || text[strspn(text, " \t\n\v\f\r")] == '-' ||
            (l->size < 8 && bits >> (8 * l->size) != 0))
            return 1;
    }
    for (size_t i = 0; i < l->size; i++)
        to[i] =
            (unsigned char)(bits >>
                            (8 *
                             i)); /* OpenCL devices that matter are little-endian, as is the host */
    return 0;
}

int value_parse(const value_type *t, const char *text, void *to, char *error, size_t error_size)
{
    const char *p = text;
    for (size_t i = 0; i < t->count; i++) {
        char *end = (char *)p;
        if (parse_leaf(&t->leaves[i], p, &end, (unsigned char *)to + t->leaves[i].offset)) {
            const leaf *l = &t->leaves[i];
            unsigned long long most = ~0ull >> (64 - 8 * l->size + (l->kind == SIGNED));
            if (l->kind == REAL)
                snprintf(error, error_size, "'%s' does not fit its type", text);
            else
                snprintf(error, error_size,
                         "'%s' does not fit its type, which holds %s%llu to %llu", text,
                         l->kind == SIGNED ? "-" : "", l->kind == SIGNED ? most + 1 : 0, most);
            return -1;
        }
        end += end != p ? strspn(end, t->leaves[i].kind == REAL ? "fF" : "uUlL") : 0;
        if (end == p || *end != (i + 1 < t->count ? ',' : '\0')) {
            if (t->count == 1)
                snprintf(error, error_size, "'%s' is not a %s", text,
                         t->leaves[0].kind == REAL ? "number" : "whole number");
            else
                snprintf(error, error_size, "'%s' is not %zu numbers apart by commas", text,
                         t->count);
            return -1;
        }
        p = end + 1;
    }
    return 0;
}

void value_print(const value_type *t, const void *value, FILE *out)
{
    for (size_t i = 0; i < t->count; i++) {
        const leaf *l = &t->leaves[i];
        const unsigned char *at = (const unsigned char *)value + l->offset;
        uint64_t bits = 0;
        for (size_t k = 0; k < l->size; k++)
            bits |= (uint64_t)at[k] << (8 * k);
        if (i != 0)
            fputc(',', out);
        if (l->kind == REAL && l->size == 4) {
            float f;
            memcpy(&f, at, sizeof f);
            fprintf(out, "%.9g", (double)f);
        } else if (l->kind == REAL) {
            double d;
            memcpy(&d, at, sizeof d);
            fprintf(out, "%.17g", d);
        } else if (l->kind == UNSIGNED) {
            fprintf(out, "%llu", (unsigned long long)bits);
        } else {
            unsigned unused = (unsigned)(64 - 8 * l->size);
            fprintf(out, "%lld", (long long)((int64_t)(bits << unused) >> unused));
        }
    }
    fputc('\n', out);
}
