/* mock_host.h - builds generated code on the mock of the ABI (mock.h) and runs it in this process.
 */
#ifndef MOCK_HOST_H
#define MOCK_HOST_H

#include <stddef.h>
#include <stdint.h>

typedef struct mock_program mock_program;

/* Whether there is a compiler for the mock (clang, or what $CLANG names). */
int mock_available(void);
/* Compiles `code` (from the front end) with `entry` behind it: functions `uint NAME(clf_worker *w,
 * global void *heap)`. `folder` holds mock.h. NULL after a message on standard error. */
mock_program *mock_build(const char *folder, const char *code, const char *entry);
void mock_free(mock_program *p);
/* Calls an entry function on a fresh worker. *result gets the first 8 bytes of the root's result.
 */
uint32_t mock_call(mock_program *p, const char *entry, uint64_t seed, uint32_t park,
                   unsigned char result[128]);
/* Any function of the program. */
void *mock_symbol(mock_program *p, const char *name);
char *mock_read_file(const char *name, size_t *length);

#endif
