/* fuzz_lang.c - libFuzzer target: any bytes are translated or diagnosed, within bounds of memory.
 *
 *     make fuzz_lang CC=clang
 *     ./fuzz_lang -dict=.../tests/fuzz/lang.dict corpus/ .../tests/fibers .../tests/fibers/reject
 */
#include "lang/lang.h"

#include <stdint.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    clfi_lang_options options = {.max_memory = (size_t)256 << 20};
    clfi_lang *t = clfi_lang_translate((const char *)data, size, "fuzz", &options);
    size_t count = 0;
    if (t == NULL)
        return 0;
    /* errors and code exclude each other, and errors are never silent */
    if ((clfi_lang_errors(t) > 0) != (clfi_lang_code(t)[0] == '\0'))
        abort();
    if (clfi_lang_errors(t) > 0 && clfi_lang_log(t)[0] == '\0')
        abort();
    clfi_lang_fibers(t, &count);
    clfi_lang_free(t);
    return 0;
}
