/* fuzz_scheduler.c - libFuzzer target: options and environment of a scheduler, on an OpenCL of its
 * own (stub_opencl.c) that has three devices and compiles nothing.
 *
 * The bytes: clf_options but for its pointer, then $CLFIBER_DEVICE, $CLFIBER_TIER, $CLFIBER_CL and
 * options.device, each ended by a newline. */
#include "clfi.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void set(const char *name, const char *value)
{
    if (value[0] != '\0')
        setenv(name, value, 1);
    else
        unsetenv(name);
}

/* Creation fails with a message, or gives options that are within what is promised. */
static void create(const clf_options *options)
{
    static const char source[] = "#pragma clfiber runtime\n";
    clf_scheduler *s;
    clf_options now = {.size = sizeof now};
    if (clf_create(options, &s) != CLF_OK) {
        if (s != NULL || clf_message(NULL)[0] == '\0')
            abort();
        return;
    }
    if (clf_get_options(s, &now) != CLF_OK || now.workers < 1 || now.workers > 65536 ||
        now.lanes < 1 || now.lanes > 1024 || now.ring < 2 || (now.ring & (now.ring - 1)) != 0 ||
        now.frames < 1 || now.window < 1 || now.slice_ms < 1 || now.device == NULL ||
        now.mode > CLF_SHARED || now.tier < CLF_TIER_C11 || now.tier > CLF_TIER_SERIAL)
        abort();
    if (clf_program_build(s, source, "-DX") == CLF_OK || clf_message(s)[0] == '\0')
        abort();
    clf_destroy(s);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    clf_options options = CLF_OPTIONS_INIT;
    const size_t from = offsetof(clf_options, workers), bytes = sizeof options - from;
    const char *text[4] = {"", "", "", ""};
    char *copy = malloc(size + 1);
    if (copy == NULL || size < bytes) {
        free(copy);
        return 0;
    }
    memcpy((char *)&options + from, data, bytes);
    memcpy(copy, data + bytes, size - bytes);
    copy[size - bytes] = '\0';
    char *rest = copy;
    for (int i = 0; i < 4 && rest != NULL; i++)
        text[i] = strsep(&rest, "\n");
    set("CLFIBER_DEVICE", text[0]);
    set("CLFIBER_TIER", text[1]);
    set("CLFIBER_CL", text[2]);
    options.device = text[3];
    create(&options);
    free(copy);
    return 0;
}
