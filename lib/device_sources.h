/* device_sources.h - the files of cl/, embedded in the library at build time by cl/embed.sh. */
#ifndef CLFI_DEVICE_SOURCES_H
#define CLFI_DEVICE_SOURCES_H

#include <stddef.h>

struct clfi_device_source {
    const char *name; /* without folder, like "deque.cl"; NULL ends the table */
    const char *text; /* the file as it is, and a NUL behind it */
    size_t length;    /* bytes, without that NUL */
};

/* In the order of cl/local.mk. */
extern const struct clfi_device_source clfi_device_sources[];

#endif
