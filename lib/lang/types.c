/* types.c - the words of C and OpenCL C that the front end knows, and the builtin types' sizes. */
#include "source.h"

#include <stdlib.h>
#include <string.h>

static const struct {
    const char *s;
    uint8_t word;
} words[] = {
    {"fiber", W_FIBER},
    {"spawn", W_SPAWN},
    {"sync", W_SYNC},
    {"await", W_AWAIT},
    {"yield", W_YIELD},
    {"start", W_START},
    {"fail", W_FAIL},
    {"fiber_local", W_OWN},
    {"env", W_ENV},
    {"if", W_IF},
    {"else", W_ELSE},
    {"while", W_WHILE},
    {"do", W_DO},
    {"for", W_FOR},
    {"switch", W_SWITCH},
    {"case", W_CASE},
    {"default", W_DEFAULT},
    {"break", W_BREAK},
    {"continue", W_CONTINUE},
    {"return", W_RETURN},
    {"goto", W_GOTO},
    {"sizeof", W_SIZEOF},
    {"struct", W_TAG},
    {"union", W_TAG},
    {"enum", W_TAG},
    {"typedef", W_TYPEDEF},
    {"static", W_STATIC},
    {"extern", W_STATIC},
    {"auto", W_STORAGE},
    {"register", W_STORAGE},
    {"inline", W_STORAGE},
    {"__inline", W_STORAGE},
    {"kernel", W_STORAGE},
    {"__kernel", W_STORAGE},
    {"const", W_CONST},
    {"__const", W_CONST},
    {"volatile", W_QUALIFIER},
    {"restrict", W_QUALIFIER},
    {"__restrict", W_QUALIFIER},
    {"local", W_LOCAL},
    {"__local", W_LOCAL},
    {"global", W_GLOBAL},
    {"__global", W_GLOBAL},
    {"constant", W_CONSTANT},
    {"__constant", W_CONSTANT},
    {"private", W_PRIVATE},
    {"__private", W_PRIVATE},
    {"__attribute__", W_ATTRIBUTE},
    {"signed", W_TYPE},
    {"unsigned", W_TYPE},
    {"fiber_t", W_TYPE},
    {"barrier", W_BARRIER},
    {"work_group_barrier", W_BARRIER},
};

static const struct {
    const char *s;
    uint8_t bytes;
    bool vectors;
} types[] = {
    {"void", 0, false},     {"bool", 1, false},      {"_Bool", 1, false},   {"char", 1, true},
    {"uchar", 1, true},     {"short", 2, true},      {"ushort", 2, true},   {"int", 4, true},
    {"uint", 4, true},      {"long", 8, true},       {"ulong", 8, true},    {"float", 4, true},
    {"double", 8, true},    {"half", 2, true},       {"size_t", 8, false},  {"ptrdiff_t", 8, false},
    {"intptr_t", 8, false}, {"uintptr_t", 8, false}, {"fiber_t", 8, false},
};

static const struct {
    const char *s;
    uint8_t elements;
} widths[] = {{"2", 2}, {"3", 3}, {"4", 4}, {"8", 8}, {"16", 16}};

static void word(front *f, const char *s, uint8_t w)
{
    uint32_t y = clfi_lang_intern(f, s, (uint32_t)strlen(s));
    f->symbols.at[y].word = w;
}

void clfi_lang_intern_words(front *f)
{
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        word(f, words[i].s, words[i].word);
    for (size_t i = 0; i < sizeof types / sizeof *types; i++) {
        word(f, types[i].s, W_TYPE);
        for (size_t k = 0; types[i].vectors && k < sizeof widths / sizeof *widths; k++) {
            char vector[16]; /* "ushort16" and shorter ones */
            strcpy(stpcpy(vector, types[i].s), widths[k].s);
            word(f, vector, W_TYPE);
        }
    }
}

const char *clfi_lang_vector_of(const char *name, uint32_t *elements)
{
    for (size_t i = 0; i < sizeof types / sizeof *types; i++) {
        size_t n = strlen(types[i].s);
        if (!types[i].vectors || name[0] != types[i].s[0] || strncmp(name, types[i].s, n) != 0)
            continue;
        for (size_t k = 0; k < sizeof widths / sizeof *widths; k++)
            if (strcmp(name + n, widths[k].s) == 0) {
                *elements = widths[k].elements;
                return types[i].s;
            }
    }
    return NULL;
}

size_t clfi_lang_builtin_size(const char *name)
{
    for (size_t i = 0; i < sizeof types / sizeof *types; i++)
        if (name[0] == types[i].s[0] && strcmp(name, types[i].s) == 0)
            return types[i].bytes;
    uint32_t n = 0;
    const char *element = clfi_lang_vector_of(name, &n);
    return element != NULL ? clfi_lang_builtin_size(element) * (n == 3 ? 4 : n) : 0;
}

/* Counts of the words in "unsigned long int" and the like. */
typedef struct spelling {
    int is_unsigned, is_signed, is_char, is_short, is_int, is_long;
    const char *other;
    int others;
} spelling;

static bool spell(spelling *c, const char *s)
{
    if (strcmp(s, "unsigned") == 0)
        c->is_unsigned++;
    else if (strcmp(s, "signed") == 0)
        c->is_signed++;
    else if (strcmp(s, "char") == 0)
        c->is_char++;
    else if (strcmp(s, "short") == 0)
        c->is_short++;
    else if (strcmp(s, "int") == 0)
        c->is_int++;
    else if (strcmp(s, "long") == 0)
        c->is_long++;
    else
        c->other = s, c->others++;
    return c->others <= 1;
}

const char *clfi_lang_builtin_type(front *f, range r)
{
    spelling c = {0};
    for (uint32_t i = r.first; i < r.end; i++) {
        symbol *y = sym_at(f, i);
        if (!is_name(f, i) || is_punct(f, i, '*'))
            return NULL;
        if (y->word == W_CONST || y->word == W_QUALIFIER || y->word == W_STORAGE ||
            y->word == W_PRIVATE)
            continue;
        const char *s = y->word == W_TYPE ? y->s : y->alias != 0 ? f->symbols.at[y->alias].s : NULL;
        if (s == NULL || !spell(&c, s))
            return NULL;
    }
    int sized = c.is_char + c.is_short + c.is_int + c.is_long + c.is_unsigned + c.is_signed;
    if (c.other != NULL)
        return sized == 0 ? strcmp(c.other, "_Bool") == 0 ? "bool" : c.other : NULL;
    if (sized == 0)
        return NULL;
    if (c.is_char)
        return c.is_unsigned ? "uchar" : "char";
    if (c.is_short)
        return c.is_unsigned ? "ushort" : "short";
    if (c.is_long)
        return c.is_unsigned ? "ulong" : "long";
    return c.is_unsigned ? "uint" : "int";
}
