/* spelling.c - words of the language that are almost what they should be. */
#include "source.h"

#include <string.h>

enum { LONGEST = 12 };

static char lower(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

static uint32_t least(uint32_t a, uint32_t b)
{
    return a < b ? a : b;
}

/* Letters to put in, leave out, change or swap to make one of the other (Damerau 1964), large and
 * small ones alike. */
static uint32_t distance(const char *a, uint32_t na, const char *b, uint32_t nb)
{
    uint32_t d[LONGEST + 1][LONGEST + 1];
    for (uint32_t i = 0; i <= na; i++)
        for (uint32_t k = 0; k <= nb; k++) {
            if (i == 0 || k == 0) {
                d[i][k] = i + k;
                continue;
            }
            uint32_t changed = lower(a[i - 1]) != b[k - 1];
            d[i][k] = least(least(d[i - 1][k], d[i][k - 1]) + 1, d[i - 1][k - 1] + changed);
            if (i > 1 && k > 1 && lower(a[i - 1]) == b[k - 2] && lower(a[i - 2]) == b[k - 1])
                d[i][k] = least(d[i][k], d[i - 2][k - 2] + 1);
        }
    return d[na][nb];
}

const char *clfi_lang_meant(const front *f, uint32_t i, const char *const *words)
{
    const symbol *y = sym_at(f, i);
    if (!is_name(f, i) || y->word != W_NONE || y->macro != 0 || y->function || y->local != 0 ||
        y->fiber != 0 || y->shape != SHAPE_UNKNOWN || y->length > LONGEST)
        return NULL;
    for (; *words != NULL; words++) {
        uint32_t n = (uint32_t)strlen(*words), d = distance(y->s, y->length, *words, n);
        if (d <= (n > 4 ? 2u : 1u) && d < y->length)
            return f->includes ? NULL : *words; /* it may come from there */
    }
    return NULL;
}
