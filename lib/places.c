/* places.c - where in the user's files fibers are: a table of resume points and lines that the
 * front end has made, kept with the program. Programs of hand-written segments have none. */
#include "clfi.h"
#include "lang/lang.h"

#include <stdlib.h>
#include <string.h>

struct clfi_places {
    clfi_lang_fiber *fiber; /* of these, what is about places */
    size_t fibers;
    clfi_lang_point *point; /* of all */
    clfi_lang_piece *piece;
    char *text; /* strings, those that repeat once */
    size_t length;
};

void clfi_places_free(clfi_places *p)
{
    if (p == NULL)
        return;
    free(p->fiber);
    free(p->point);
    free(p->piece);
    free(p->text);
    free(p);
}

/* The string as the table's own. Without `text` it is only counted. */
static const char *keep(clfi_places *p, const char *string, const char **last)
{
    if (*last != NULL && !strcmp(*last, string))
        return *last;
    size_t bytes = strlen(string) + 1;
    char *to = p->text != NULL ? p->text + p->length : NULL;
    p->length += bytes;
    *last = string;
    if (to == NULL)
        return NULL;
    return *last = memcpy(to, string, bytes);
}

/* Copies all that the front end has, or, without memory for it yet, finds out how much it is. */
static void copy(clfi_places *p, const clfi_lang_fiber *from, size_t *points, size_t *pieces)
{
    const char *file = NULL, *what = NULL;
    *points = *pieces = 0;
    p->length = 0;
    for (size_t i = 0; i < p->fibers; i++) {
        clfi_lang_fiber here = {.points = from[i].points, .pieces = from[i].pieces};
        here.point = p->point != NULL ? p->point + *points : NULL;
        here.piece = p->piece != NULL ? p->piece + *pieces : NULL;
        for (size_t k = 0; k < from[i].points; k++) {
            clfi_lang_point point = from[i].point[k];
            point.file = keep(p, point.file, &file);
            point.what = keep(p, point.what, &what);
            if (p->point != NULL)
                p->point[*points + k] = point;
        }
        for (size_t k = 0; k < from[i].pieces; k++) {
            clfi_lang_piece piece = from[i].piece[k];
            piece.file = keep(p, piece.file, &file);
            if (p->piece != NULL)
                p->piece[*pieces + k] = piece;
        }
        *points += from[i].points;
        *pieces += from[i].pieces;
        here.line = from[i].line;
        if (p->fiber != NULL)
            p->fiber[i] = here;
    }
}

clfi_places *clfi_places_make(const clfi_lang *lang)
{
    size_t points, pieces;
    clfi_places *p = calloc(1, sizeof *p);
    if (p == NULL)
        return NULL;
    const clfi_lang_fiber *fibers = clfi_lang_fibers(lang, &p->fibers);
    copy(p, fibers, &points, &pieces);
    p->fiber = calloc(p->fibers + 1, sizeof *p->fiber);
    p->point = calloc(points + 1, sizeof *p->point);
    p->piece = calloc(pieces + 1, sizeof *p->piece);
    p->text = malloc(p->length + 1);
    if (p->fiber == NULL || p->point == NULL || p->piece == NULL || p->text == NULL) {
        clfi_places_free(p);
        return NULL;
    }
    copy(p, fibers, &points, &pieces);
    return p;
}

/* ---- asking ---------------------------------------------------------------------------- */

const char *clfi_place_file(const clfi_places *p, uint32_t fiber, uint32_t line)
{
    if (p == NULL || fiber >= p->fibers)
        return NULL;
    const clfi_lang_fiber *f = &p->fiber[fiber];
    for (size_t k = 0; k < f->pieces; k++)
        if (line >= f->piece[k].first && line <= f->piece[k].last)
            return f->piece[k].file;
    return NULL;
}

bool clfi_place_find(const clfi_places *p, uint32_t fiber, uint32_t at, clfi_place *place)
{
    if (p == NULL || fiber >= p->fibers)
        return false;
    const clfi_lang_fiber *f = &p->fiber[fiber];
    if (at == 0) {
        *place = (clfi_place){NULL, clfi_place_file(p, fiber, f->line), f->line};
        return place->file != NULL;
    }
    for (size_t k = 0; k < f->points; k++)
        if (f->point[k].at == at) {
            *place = (clfi_place){f->point[k].what, f->point[k].file, f->point[k].line};
            return true;
        }
    return false;
}
