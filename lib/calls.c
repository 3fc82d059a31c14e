/* calls.c - the host calls that come with the library: print, read, write, clock, seed. */
#include "clfi.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define MOST_FILES 1024u
#define MOST_SPEC  32u /* characters of a conversion */
#define MOST_VALUE 2048u

static int32_t give_long(clf_hostcall *call, int64_t value)
{
    if (call->result_size == 0)
        return 0;
    if (call->result_size != sizeof value)
        return CLF_FAIL_CALL_SIZE;
    memcpy(call->result, &value, sizeof value);
    return 0;
}

/* ---- print -------------------------------------------------------------------------- */

/* The format is put together from what read_conversion let through. */
#if defined(__GNUC__)
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
#endif

/* One value by one conversion; length modifiers are the fiber's and not the host's, so they are
 * dropped. A value of another kind than the conversion wants is converted. */
static void print_value(clfi_text *t, const char *flags, size_t length, char conversion, uint kind,
                        ulong bits)
{
    char spec[MOST_SPEC + 4], out[MOST_VALUE];
    double real = 0;
    float single;
    uint word = (uint)bits;
    memcpy(&single, &word, sizeof single);
    memcpy(&real, &bits, sizeof real);
    if (kind == CLF_LINE_FLOAT)
        real = (double)single;
    bool floats = kind == CLF_LINE_FLOAT || kind == CLF_LINE_DOUBLE;
    int n;
    if (strchr("aAeEfFgG", conversion) != NULL) {
        snprintf(spec, sizeof spec, "%%%.*s%c", (int)length, flags, conversion);
        real = floats ? real : kind == CLF_LINE_LONG ? (double)(int64_t)bits : (double)bits;
        n = snprintf(out, sizeof out, spec, real);
    } else {
        bool character = conversion == 'c';
        snprintf(spec, sizeof spec, "%%%.*s%s%c", (int)length, flags, character ? "" : "ll",
                 conversion);
        if (floats)
            bits = real >= -9e18 && real <= 9e18 ? (ulong)(int64_t)real : 0;
        n = character ? snprintf(out, sizeof out, spec, (int)(unsigned char)bits)
                      : snprintf(out, sizeof out, spec, (unsigned long long)bits);
    }
    if (n > 0)
        clfi_text_add(t, out, (size_t)n < sizeof out ? (size_t)n : sizeof out - 1);
}

#if defined(__GNUC__)
#pragma GCC diagnostic pop
#endif

/* Digits of a width or precision: three at most. */
static size_t digits(const char *s)
{
    return strspn(s, "0123456789");
}

/* What stands after a '%': flags, width and precision in digits, length modifiers, conversion.
 * Returns the characters taken, 0: nothing that can be printed. */
static size_t read_conversion(const char *s, size_t *flags, char *conversion)
{
    size_t i = strspn(s, "-+ #0");
    size_t width = digits(s + i), precision = 0;
    i += width;
    if (s[i] == '.') {
        precision = digits(s + i + 1);
        i += 1 + precision;
    }
    *flags = i;
    i += strspn(s + i, "hlLqjzt");
    *conversion = s[i];
    return i < MOST_SPEC && width <= 3 && precision <= 3 && s[i] != '\0' &&
                   strchr("diouxXcaAeEfFgG", s[i]) != NULL
               ? i + 1
               : 0;
}

static void print_line(clfi_text *t, const clf_line *line)
{
    char format[CLF_LINE_BYTES + 1] = {0};
    memcpy(format, line->format, CLF_LINE_BYTES);
    uint next = 0;
    for (const char *s = format; *s != '\0';) {
        size_t flags, taken;
        char conversion;
        if (*s != '%') {
            clfi_text_add(t, s++, 1);
        } else if (s[1] == '%') {
            clfi_text_add(t, "%", 1);
            s += 2;
        } else if ((taken = read_conversion(s + 1, &flags, &conversion)) == 0 ||
                   next >= line->count || next >= CLF_LINE_VALUES) {
            clfi_text_add(t, s++, 1); /* as it stands */
        } else {
            print_value(t, s + 1, flags, conversion, line->kinds >> 4 * next & 15,
                        line->value[next]);
            next++;
            s += 1 + taken;
        }
    }
}

static int32_t print(clf_hostcall *call, void *user)
{
    const clf_scheduler *s = user;
    clf_line line;
    clfi_text t = {0};
    if (call->argument_size != sizeof line)
        return CLF_FAIL_CALL_SIZE;
    memcpy(&line, call->argument, sizeof line);
    print_line(&t, &line);
    int bad;
    if (s->calls.print != NULL)
        bad = s->calls.print(clfi_text_get(&t), t.length, s->calls.print_user);
    else
        bad = fwrite(clfi_text_get(&t), 1, t.length, s->calls.print_user) != t.length;
    bad |= t.failed;
    int64_t length = (int64_t)t.length;
    clfi_text_free(&t);
    return bad ? CLF_FAIL_CALL_IO : give_long(call, length);
}

clf_status clf_hostcall_print(clf_scheduler *s, clf_print_function function, void *user)
{
    CLFI_NEED_SCHEDULER(s);
    bool any = function != NULL || user != NULL;
    CLFI_TRY(clfi_call_register(s, CLF_CALL_PRINT, any ? print : NULL, s));
    s->calls.print = function;
    s->calls.print_user = user;
    return CLF_OK;
}

/* ---- files -------------------------------------------------------------------------- */

static bool file_range(const clf_hostcall *call, const clf_scheduler *s, clf_file_range *range,
                       int *descriptor, int32_t *code)
{
    *code = CLF_FAIL_CALL_SIZE;
    if (call->argument_size < sizeof *range)
        return false;
    memcpy(range, call->argument, sizeof *range);
    *code = CLF_FAIL_CALL_FILE;
    if (range->file >= s->calls.files || s->calls.file[range->file] < 0)
        return false;
    *descriptor = s->calls.file[range->file];
    *code = CLF_FAIL_CALL_IO;
    return range->offset <= (ulong)INT64_MAX - range->bytes;
}

static int32_t read_file(clf_hostcall *call, void *user)
{
    clf_file_range range;
    int descriptor;
    int32_t code;
    if (!file_range(call, user, &range, &descriptor, &code))
        return code;
    if (call->result_size < sizeof(int64_t) || range.bytes > call->result_size - sizeof(int64_t))
        return CLF_FAIL_CALL_SIZE;
    unsigned char *to = (unsigned char *)call->result + sizeof(int64_t);
    int64_t done = 0;
    while (done < range.bytes) {
        ssize_t n =
            pread(descriptor, to + done, (size_t)(range.bytes - done), (off_t)range.offset + done);
        if (n < 0 && errno != EINTR)
            return CLF_FAIL_CALL_IO;
        if (n == 0)
            break;
        done += n > 0 ? n : 0;
    }
    memcpy(call->result, &done, sizeof done);
    return 0;
}

static int32_t write_file(clf_hostcall *call, void *user)
{
    clf_file_range range;
    int descriptor;
    int32_t code;
    if (!file_range(call, user, &range, &descriptor, &code))
        return code;
    if (range.bytes > call->argument_size - sizeof range)
        return CLF_FAIL_CALL_SIZE;
    const unsigned char *from = (const unsigned char *)call->argument + sizeof range;
    int64_t done = 0;
    while (done < range.bytes) {
        ssize_t n = pwrite(descriptor, from + done, (size_t)(range.bytes - done),
                           (off_t)range.offset + done);
        if (n < 0 && errno != EINTR)
            return CLF_FAIL_CALL_IO;
        done += n > 0 ? n : 0;
    }
    return give_long(call, done);
}

clf_status clf_hostcall_file(clf_scheduler *s, uint32_t number, int descriptor)
{
    CLFI_NEED_SCHEDULER(s);
    clfi_calls *c = &s->calls;
    if (number >= MOST_FILES)
        return clfi_fail(s, CLF_BAD_ARGUMENT, "clf_hostcall_file: number %u; it may be 0 to %u",
                         (unsigned)number, MOST_FILES - 1);
    if (descriptor != -1 && fcntl(descriptor, F_GETFD) == -1)
        return clfi_fail(s, CLF_BAD_ARGUMENT,
                         "clf_hostcall_file: descriptor %d is not an open file; -1 takes a file "
                         "away",
                         descriptor);
    if (number >= c->files) {
        int *file = realloc(c->file, (number + 1) * sizeof *file);
        if (file == NULL)
            return clfi_no_memory(s, (number + 1) * sizeof *file, "files");
        for (uint32_t i = c->files; i <= number; i++)
            file[i] = -1;
        c->file = file;
        c->files = number + 1;
    }
    c->file[number] = descriptor;
    CLFI_TRY(clfi_call_register(s, CLF_CALL_READ, read_file, s));
    return clfi_call_register(s, CLF_CALL_WRITE, write_file, s);
}

/* ---- clock and seed ----------------------------------------------------------------- */

static int32_t clock_now(clf_hostcall *call, void *user)
{
    struct timespec t;
    (void)user;
    clock_gettime(CLOCK_REALTIME, &t);
    return give_long(call, (int64_t)t.tv_sec * 1000000000 + t.tv_nsec);
}

static int32_t random_seed(clf_hostcall *call, void *user)
{
    (void)user;
    unsigned char *to = call->result;
    for (size_t done = 0; done < call->result_size; done += 256) {
        size_t n = call->result_size - done < 256 ? call->result_size - done : 256;
        if (getentropy(to + done, n) != 0)
            return CLF_FAIL_CALL_IO;
    }
    return 0;
}

clf_status clfi_calls_add_shipped(clf_scheduler *s)
{
    CLFI_TRY(clfi_call_register(s, CLF_CALL_CLOCK, clock_now, NULL));
    return clfi_call_register(s, CLF_CALL_SEED, random_seed, NULL);
}
