/* mock_host.c - see mock_host.h. The program is compiled to a shared object by clang, as OpenCL C
 * for the host's own processor, and loaded. */
#include "mock_host.h"

#include <dlfcn.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

enum { FRAMES = 1 << 18, HEAP = 1 << 20 };

struct mock_program {
    void *object;
    void *memory[8];
    void *worker;
    void *heap;
};

static const char *compiler(void)
{
    const char *name = getenv("CLANG");
    return name != NULL && name[0] != '\0' ? name : "clang";
}

static int run(const char *const *argv, int quiet)
{
    pid_t child = fork();
    if (child == 0) {
        if (quiet && freopen("/dev/null", "w", stdout) == NULL)
            _exit(127);
        execvp(argv[0], (char *const *)argv);
        _exit(127);
    }
    int status = -1;
    while (child > 0 && waitpid(child, &status, 0) < 0 && errno == EINTR)
        ;
    return child > 0 && WIFEXITED(status) ? WEXITSTATUS(status) : 127;
}

int mock_available(void)
{
    const char *const argv[] = {compiler(), "--version", NULL};
    return run(argv, 1) == 0;
}

char *mock_read_file(const char *name, size_t *length)
{
    FILE *in = fopen(name, "rb");
    char *all = NULL;
    size_t n = 0, got = 0;
    if (in == NULL)
        return NULL;
    do {
        all = realloc(all, n + 65537);
        if (all == NULL)
            abort();
        got = fread(all + n, 1, 65536, in);
        n += got;
    } while (got > 0);
    fclose(in);
    all[n] = '\0';
    if (length != NULL)
        *length = n;
    return all;
}

static void include(FILE *out, const char *folder, const char *name)
{
    fprintf(out, "#include \"%s/%s\"\n", folder, name);
}

/* The program with the mock around and inside. */
static int write_program(FILE *out, const char *folder, const char *code, const char *entry)
{
    static const char pragma[] = "\n#pragma clfiber runtime\n";
    const char *middle = strstr(code, pragma);
    if (middle == NULL)
        return 0;
    include(out, folder, "mock.h");
    fwrite(code, 1, (size_t)(middle - code), out);
    fprintf(out, "\n");
    include(out, folder, "mock_runtime.h");
    include(out, folder, "mock_inline.h");
    fputs(middle + sizeof pragma - 1, out);
    include(out, folder, "mock_loop.h");
    fputs(entry, out);
    return ferror(out) == 0;
}

static int compile(const char *source, const char *object)
{
    const char *const argv[] = {compiler(),
                                "-x",
                                "cl",
                                "-cl-std=CL1.2",
                                "-Xclang",
                                "-fdeclare-opencl-builtins",
                                "-Xclang",
                                "-finclude-default-header",
                                "-target",
                                "x86_64-pc-linux-gnu",
                                "-O0",
                                "-fPIC",
                                "-shared",
                                "-w",

                                "-Werror=return-type",
                                "-o",
                                object,
                                source,
                                NULL};
    return run(argv, 0) == 0;
}

static void *load(const char *folder, const char *code, const char *entry)
{
    char source[] = "/tmp/clf-mock-XXXXXX.cl", object[sizeof source + 4];
    int fd = mkstemps(source, 3);
    void *loaded = NULL;
    if (fd < 0)
        return NULL;
    snprintf(object, sizeof object, "%s.so", source);
    FILE *out = fdopen(fd, "w");
    int written = out != NULL && write_program(out, folder, code, entry);
    if (out != NULL)
        written &= fclose(out) == 0;
    if (written && compile(source, object))
        loaded = dlopen(object, RTLD_NOW | RTLD_LOCAL);
    if (loaded == NULL && getenv("MOCK_KEEP") != NULL)
        fprintf(stderr, "kept %s\n", source);
    else
        unlink(source);
    unlink(object);
    return loaded;
}

void *mock_symbol(mock_program *p, const char *name)
{
    void *found = dlsym(p->object, name);
    if (found == NULL) {
        fprintf(stderr, "mock: no function %s\n", name);
        abort();
    }
    return found;
}

static size_t size_of(mock_program *p, const char *name)
{
    uint32_t (*f)(void);
    void *s = mock_symbol(p, name);
    memcpy(&f, &s, sizeof f);
    return f();
}

static void *get(size_t n)
{
    void *m = NULL;
    if (posix_memalign(&m, 128, n + 128) != 0)
        abort();
    return m;
}

mock_program *mock_build(const char *folder, const char *code, const char *entry)
{
    mock_program *p = calloc(1, sizeof *p);
    if (p == NULL)
        abort();
    p->object = load(folder, code, entry);
    if (p->object == NULL) {
        free(p);
        return NULL;
    }
    p->memory[0] = get(size_of(p, "mock_frame_bytes") * FRAMES);
    p->memory[1] = get(size_of(p, "mock_book_bytes") * FRAMES);
    p->memory[2] = get(4 * FRAMES);
    p->memory[3] = get(4 * FRAMES);
    p->memory[4] = get((size_t)64 * FRAMES);
    p->memory[5] = get(size_of(p, "mock_spill_bytes"));
    p->memory[6] = get(4);
    p->memory[7] = get(128);
    p->worker = get(size_of(p, "mock_worker_bytes"));
    p->heap = get(HEAP);
    return p;
}

void mock_free(mock_program *p)
{
    if (p == NULL)
        return;
    for (int i = 0; i < 8; i++)
        free(p->memory[i]);
    free(p->worker);
    free(p->heap);
    dlclose(p->object);
    free(p);
}

uint32_t mock_call(mock_program *p, const char *entry, uint64_t seed, uint32_t park,
                   unsigned char result[128])
{
    void (*init)(void *, void **, uint64_t, uint32_t);
    uint32_t (*call)(void *, void *);
    void *s = mock_symbol(p, "mock_init");
    memcpy(&init, &s, sizeof init);
    s = mock_symbol(p, entry);
    memcpy(&call, &s, sizeof call);
    memset(p->heap, 0, HEAP);
    memset(p->memory[1], 0, 64 * size_of(p, "mock_book_bytes"));
    init(p->worker, p->memory, seed, park);
    uint32_t code = call(p->worker, p->heap);
    memcpy(result, p->memory[7], 128);
    return code;
}
