/* fuzz_lang.c - libFuzzer target: any bytes are translated or diagnosed, within bounds of memory.
 * A digit in front says how deep fibers run inline: 8, as for several lanes, 9, or none, as the
 * front end sees fit.
 *
 *     make fuzz_lang CC=clang
 *     ./fuzz_lang -entropic=0 -max_len=400 -dict=.../tests/fuzz/lang.dict folder \
 *         .../tests/fuzz/corpus/lang
 */
#include "lang/lang.h"

#include <stdint.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static unsigned depth_of(uint8_t digit)
{
    return digit == '9'   ? CLFI_LANG_INLINE_AUTO
           : digit == '8' ? CLFI_LANG_INLINE_LANES
                          : (unsigned)(digit - '0');
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    clfi_lang_options options = {.max_memory = (size_t)256 << 20,
                                 .inline_depth = CLFI_LANG_INLINE_AUTO};
    if (size > 0 && data[0] >= '0' && data[0] <= '9') {
        options.inline_depth = depth_of(data[0]);
        data++;
        size--;
    }
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
