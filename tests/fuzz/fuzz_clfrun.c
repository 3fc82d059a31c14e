/* fuzz_clfrun.c - libFuzzer target: clfrun's options, and the text form of values of any type.
 *
 * The tool itself is included: its functions are static. Lines that begin with an option's letter
 * and a blank are options; `T type` and `S source` say what the last `V text` is read as.
 */
#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>

static jmp_buf refused;
static _Noreturn void refuse(const char *format, ...) __attribute__((format(printf, 1, 2)));

#include <argp.h>
#define argp_error(state, ...) ((void)(state), refuse(__VA_ARGS__))
#define main                   clfrun_main
int clfrun_main(int argc, char **argv);
#include "../../tools/clfrun.c"
#undef main

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* A refusal has a message. */
static _Noreturn void refuse(const char *format, ...)
{
    char text[4096];
    va_list args;
    va_start(args, format);
    int n = vsnprintf(text, sizeof text, format, args);
    va_end(args);
    if (n <= 0)
        abort();
    longjmp(refused, 1);
}

static int key_of(char letter)
{
    static const int keys[][2] = {{'m', OPT_MAX_FRAMES}, {'f', OPT_FRAMES}, {'r', OPT_RING},
                                  {'b', OPT_BUILD},      {'i', OPT_INLINE}, {'F', OPT_FILE},
                                  {'a', ARGP_KEY_ARG}};
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++)
        if (keys[i][0] == letter)
            return keys[i][1];
    return letter;
}

/* What was read, written and read again is the same. */
static void check_value(const char *name, const char *source, const char *text)
{
    char error[256] = "", again[256];
    value_type *type = value_type_find(name, source);
    if (type == NULL)
        return;
    size_t size = value_type_size(type), room = 0;
    unsigned char *value = calloc(2, size + 1), *other = value + size + 1;
    char *written = NULL;
    FILE *out = open_memstream(&written, &room);
    if (value == NULL || out == NULL)
        abort();
    int wrong = value_parse(type, text, value, error, sizeof error);
    if (wrong && error[0] == '\0')
        abort();
    if (!wrong) {
        value_print(type, value, out);
        fflush(out);
        written[strcspn(written, "\n")] = '\0';
        if (value_parse(type, written, other, again, sizeof again) ||
            (strstr(written, "nan") == NULL && memcmp(value, other, size)))
            abort();
    }
    fclose(out);
    free(written);
    free(value);
    value_type_free(type);
}

static void take(char *line, request *r, struct argp_state *state, const char **type,
                 const char **source)
{
    size_t bytes;
    switch (line[0]) {
    case 'T':
        *type = line + 2;
        break;
    case 'S':
        *source = line + 2;
        break;
    case 'V':
        check_value(*type, *source, line + 2);
        break;
    case 'z':
        if (read_size(line + 2, &bytes) == 0 && bytes > SIZE_MAX / 2)
            abort();
        break;
    default:
        if (setjmp(refused) == 0)
            parse_option(key_of(line[0]), line + 2, state);
    }
    (void)r;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static request r;
    struct argp_state state = {.input = &r};
    const char *type = "int", *source = "";
    char *text = malloc(size + 1), *next;
    if (text == NULL)
        return 0;
    memcpy(text, data, size);
    text[size] = '\0';
    memset(&r, 0, sizeof r);
    for (char *line = text; line != NULL; line = next) {
        next = strchr(line, '\n');
        if (next != NULL)
            *next++ = '\0';
        if (line[0] != '\0' && line[1] == ' ')
            take(line, &r, &state, &type, &source);
    }
    if (r.envs > MAX_BINDINGS || r.outs > MAX_BINDINGS || r.files > MAX_BINDINGS || r.args > 256)
        abort();
    free(text);
    return 0;
}
