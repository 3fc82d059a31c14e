/* values.h - text to and from the values of OpenCL C types: scalars, vectors, and structs of them.
 */
#ifndef CLFRUN_VALUES_H
#define CLFRUN_VALUES_H

#include <stddef.h>
#include <stdio.h>

typedef struct value_type value_type;

/* The type that `name` is in `source`, where structs may be defined; NULL if it is none that can be
 * written or read as text. Free with value_type_free. */
value_type *value_type_find(const char *name, const char *source);
void value_type_free(value_type *type);
size_t value_type_size(const value_type *type);

/* Reads members apart by commas into `to` (value_type_size bytes). 0, or -1 and what is wrong in
 * `error`. */
int value_parse(const value_type *type, const char *text, void *to, char *error, size_t error_size);
/* Writes members apart by commas: integers in decimal, floats with %.9g, doubles with %.17g. */
void value_print(const value_type *type, const void *value, FILE *out);

#endif
