/* cache.c - compiled programs in files, for platforms that keep none themselves: Intel's runtime
 * for CPUs takes 4 s of processor time for a program that it loads from here in 0.01 s.
 *
 * A file holds the key, which is all that a program depends on (its text, flags, device and
 * driver), the compiler's log, and the binary. Its name is a hash of the key; the key itself is
 * compared, so that no other program can be taken for this one. A program that includes files is
 * not kept: they may change. Files appear by rename, so that processes may share a folder, and one
 * that is damaged is made anew. If a file cannot be read or written, the program is built from its
 * source, and the build log says why it is not kept. */
#include "clfi.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <unistd.h>

#define MAGIC      0x31656863616c6663u /* also tells the order of bytes */
#define MOST_FILES 512u
#define MOST_BYTES ((size_t)1 << 30)
#define SUFFIX     ".clfiber"

typedef struct header {
    uint64_t magic, key_bytes, log_bytes, binary_bytes;
    uint64_t sum; /* of the three lengths and all that follows */
} header;

/* FNV-1a of 64 bits (Fowler, Noll, Vo). */
static uint64_t hash(const void *data, size_t size, uint64_t h)
{
    const unsigned char *bytes = data;
    for (size_t i = 0; i < size; i++)
        h = (h ^ bytes[i]) * 0x100000001b3u;
    return h;
}

#define HASH_START 0xcbf29ce484222325u

static uint64_t sum_of(const header *head, const void *content, size_t size)
{
    const uint64_t length[] = {head->key_bytes, head->log_bytes, head->binary_bytes};
    return hash(content, size, hash(length, sizeof length, HASH_START));
}

/* ---- where -------------------------------------------------------------------------- */

/* Those that keep compiled programs themselves. */
static bool platform_caches(const char *platform)
{
    return strstr(platform, "Portable Computing Language") != NULL ||
           strstr(platform, "NVIDIA") != NULL;
}

/* 0, or the error number: why there is no such folder. */
static int make_folders(char *path)
{
    struct stat found;
    int error = 0;
    for (char *slash = strchr(path + 1, '/'); slash != NULL; slash = strchr(slash + 1, '/')) {
        *slash = '\0';
        if (mkdir(path, 0700) != 0 && errno != EEXIST && error == 0)
            error = errno;
        *slash = '/';
    }
    if (mkdir(path, 0700) != 0 && errno != EEXIST && error == 0)
        error = errno;
    if (stat(path, &found) == 0 && S_ISDIR(found.st_mode))
        return 0;
    return error != 0 ? error : ENOTDIR;
}

/* Whether nobody else can have put anything into the folder: a compiled program is code. */
static bool is_ours(const char *path)
{
    struct stat found;
    return stat(path, &found) == 0 && found.st_uid == geteuid() && (found.st_mode & 022) == 0;
}

/* The folder, made if need be; empty if there is to be no cache. A process that has got more rights
 * than its user has none. Not 0: why it cannot be made. */
static int find_folder(const char *platform, clfi_text *folder)
{
    const char *wanted = getenv("CLFIBER_CACHE"), *base = getenv("XDG_CACHE_HOME");
    if (wanted != NULL && !strcmp(wanted, "off"))
        return 0;
    if (geteuid() != getuid() || getegid() != getgid())
        return 0;
    if (wanted != NULL && wanted[0] != '\0')
        clfi_text_print(folder, "%s", wanted);
    else if (platform_caches(platform))
        return 0;
    else if (base != NULL && base[0] == '/')
        clfi_text_print(folder, "%s/clfiber", base);
    else if ((base = getenv("HOME")) != NULL && base[0] == '/')
        clfi_text_print(folder, "%s/.cache/clfiber", base);
    if (folder->data == NULL || folder->failed)
        return 0;
    int error = make_folders(folder->data);
    if (wanted == NULL && error == 0 && !is_ours(folder->data))
        clfi_text_free(folder);
    return error;
}

/* ---- the key ------------------------------------------------------------------------ */

static void add_device(const clf_scheduler *s, cl_device_info what, clfi_text *key)
{
    char text[512] = "";
    clGetDeviceInfo(s->device, what, sizeof text - 1, text, NULL);
    clfi_text_print(key, "%s\n", text);
}

static void make_key(const clf_scheduler *s, const char *platform, const char *text,
                     const char *flags, clfi_text *key)
{
    static const cl_device_info told[] = {CL_DEVICE_NAME, CL_DEVICE_VENDOR, CL_DEVICE_VERSION,
                                          CL_DRIVER_VERSION};
    clfi_text_print(key, "%s\n", platform);
    for (size_t i = 0; i < sizeof told / sizeof *told; i++)
        add_device(s, told[i], key);
    clfi_text_print(key, "%s\n%s", flags, text);
}

static void name_file(const clfi_text *folder, const clfi_text *key, clfi_text *path)
{
    uint64_t h = hash(key->data, key->length, HASH_START);
    clfi_text_print(path, "%s/%016llx%016llx" SUFFIX, folder->data, (unsigned long long)h,
                    (unsigned long long)hash(key->data, key->length, ~h));
}

/* ---- reading ------------------------------------------------------------------------ */

/* All of the file behind its header, or NULL: it is not there, not whole, or another program's. */
static unsigned char *read_file(const char *path, const clfi_text *key, header *head)
{
    FILE *file = fopen(path, "rbe");
    unsigned char *data = NULL;
    size_t bytes = 0;
    if (file == NULL)
        return NULL;
    if (fread(head, sizeof *head, 1, file) == 1 && head->magic == MAGIC &&
        head->key_bytes == key->length && head->log_bytes < MOST_BYTES &&
        head->binary_bytes < MOST_BYTES) {
        bytes = (size_t)(head->key_bytes + head->log_bytes + head->binary_bytes);
        data = malloc(bytes + 1);
    }
    bool whole = data != NULL && fread(data, 1, bytes, file) == bytes && fgetc(file) == EOF &&
                 sum_of(head, data, bytes) == head->sum && !memcmp(data, key->data, key->length);
    fclose(file);
    if (whole)
        return data;
    free(data);
    return NULL;
}

static cl_program load(clf_scheduler *s, const char *path, const clfi_text *key, const char *flags,
                       clfi_text *log)
{
    header head;
    unsigned char *data = read_file(path, key, &head);
    cl_int error, status = CL_SUCCESS;
    if (data == NULL)
        return NULL;
    const unsigned char *binary = data + head.key_bytes + head.log_bytes;
    size_t bytes = (size_t)head.binary_bytes;
    cl_program program =
        clCreateProgramWithBinary(s->context, 1, &s->device, &bytes, &binary, &status, &error);
    if (error == CL_SUCCESS && status == CL_SUCCESS)
        error = clBuildProgram(program, 1, &s->device, flags, NULL, NULL);
    if (error == CL_SUCCESS && status == CL_SUCCESS) {
        clfi_text_add(log, (char *)data + head.key_bytes, (size_t)head.log_bytes);
    } else {
        if (program != NULL)
            clReleaseProgram(program);
        program = NULL;
    }
    free(data);
    return program;
}

/* ---- writing ------------------------------------------------------------------------ */

/* The program's binary, to be freed; NULL if the platform gives none. */
static unsigned char *get_binary(cl_program program, size_t *bytes)
{
    cl_uint devices = 0;
    if (clGetProgramInfo(program, CL_PROGRAM_NUM_DEVICES, sizeof devices, &devices, NULL) !=
            CL_SUCCESS ||
        devices != 1 ||
        clGetProgramInfo(program, CL_PROGRAM_BINARY_SIZES, sizeof *bytes, bytes, NULL) !=
            CL_SUCCESS ||
        *bytes == 0 || *bytes >= MOST_BYTES)
        return NULL;
    unsigned char *binary = malloc(*bytes);
    if (binary != NULL && clGetProgramInfo(program, CL_PROGRAM_BINARIES, sizeof binary, &binary,
                                           NULL) != CL_SUCCESS) {
        free(binary);
        binary = NULL;
    }
    return binary;
}

/* Removes the file that was made first, if there are too many. */
static void make_room(const char *folder)
{
    clfi_text path = {0}, oldest = {0};
    struct stat found;
    time_t first = 0;
    size_t files = 0;
    DIR *all = opendir(folder);
    for (struct dirent *d; all != NULL && (d = readdir(all)) != NULL;) {
        size_t length = strlen(d->d_name);
        if (length < sizeof SUFFIX || strcmp(d->d_name + length + 1 - sizeof SUFFIX, SUFFIX) != 0)
            continue;
        files++;
        clfi_text_free(&path);
        clfi_text_print(&path, "%s/%s", folder, d->d_name);
        if (path.failed || stat(path.data, &found) != 0 ||
            (oldest.data != NULL && found.st_mtime >= first))
            continue;
        first = found.st_mtime;
        clfi_text_free(&oldest);
        oldest = path;
        path = (clfi_text){0};
    }
    if (all != NULL)
        closedir(all);
    if (files > MOST_FILES && oldest.data != NULL)
        unlink(oldest.data);
    clfi_text_free(&path);
    clfi_text_free(&oldest);
}

static bool write_all(int descriptor, const header *head, const clfi_text *content)
{
    FILE *file = fdopen(descriptor, "wb");
    if (file == NULL) {
        close(descriptor);
        return false;
    }
    bool good = fwrite(head, sizeof *head, 1, file) == 1 &&
                fwrite(content->data, 1, content->length, file) == content->length;
    return fclose(file) == 0 && good;
}

/* 0, or the error number: why it could not be written. */
static int store(const clfi_text *folder, const char *path, const clfi_text *key,
                 cl_program program, const clfi_text *log)
{
    header head = {.magic = MAGIC, .key_bytes = key->length, .log_bytes = log->length};
    clfi_text content = {0}, temporary = {0};
    size_t bytes = 0;
    int error = 0;
    unsigned char *binary = get_binary(program, &bytes);
    clfi_text_add(&content, key->data, key->length);
    clfi_text_add(&content, clfi_text_get(log), log->length);
    if (binary != NULL)
        clfi_text_add(&content, (char *)binary, bytes);
    clfi_text_print(&temporary, "%s/making-XXXXXX", folder->data);
    if (binary != NULL && !content.failed && !temporary.failed) {
        head.binary_bytes = bytes;
        head.sum = sum_of(&head, content.data, content.length);
        int descriptor = mkstemp(temporary.data);
        if (descriptor < 0) {
            error = errno;
        } else if (!write_all(descriptor, &head, &content) || rename(temporary.data, path) != 0) {
            error = errno;
            unlink(temporary.data);
        }
        make_room(folder->data);
    }
    free(binary);
    clfi_text_free(&content);
    clfi_text_free(&temporary);
    return error;
}

/* ---- building ----------------------------------------------------------------------- */

static void fetch_log(const clf_scheduler *s, cl_program program, clfi_text *log)
{
    size_t bytes = 0;
    if (clGetProgramBuildInfo(program, s->device, CL_PROGRAM_BUILD_LOG, 0, NULL, &bytes) !=
            CL_SUCCESS ||
        bytes < 2)
        return;
    char *text = malloc(bytes);
    if (text != NULL && clGetProgramBuildInfo(program, s->device, CL_PROGRAM_BUILD_LOG, bytes, text,
                                              NULL) == CL_SUCCESS)
        clfi_text_add(log, text, strnlen(text, bytes));
    free(text);
}

/* A folder that the user has named should be of use; the other one may be. */
static void say_not_kept(const clfi_text *folder, int error, clfi_text *log)
{
    bool named = getenv("CLFIBER_CACHE") != NULL;
    clfi_text_print(log, "%s: %s: the compiled program cannot be kept in the folder '%s': %s%s\n",
                    named ? "CLFIBER_CACHE" : "clfiber", named ? "warning" : "note", folder->data,
                    strerror(error), named ? "" : " (CLFIBER_CACHE names another one)");
}

cl_int clfi_build(clf_scheduler *s, const char *text, const char *flags, cl_program *program,
                  clfi_text *log)
{
    clfi_text folder = {0}, key = {0}, path = {0};
    char platform[256] = "";
    cl_platform_id id = NULL;
    cl_int error = CL_SUCCESS;
    if (clGetDeviceInfo(s->device, CL_DEVICE_PLATFORM, sizeof id, &id, NULL) == CL_SUCCESS)
        clGetPlatformInfo(id, CL_PLATFORM_NAME, sizeof platform - 1, platform, NULL);
    int refused = find_folder(platform, &folder);
    if (folder.data != NULL && !folder.failed) {
        make_key(s, platform, text, flags, &key);
        if (!key.failed && strstr(text, "include") == NULL)
            name_file(&folder, &key, &path);
    }
    bool cached = path.data != NULL && !path.failed;
    *program = cached ? load(s, path.data, &key, flags, log) : NULL;
    if (*program == NULL) {
        *program = clCreateProgramWithSource(s->context, 1, &text, NULL, &error);
        if (error == CL_SUCCESS) {
            error = clBuildProgram(*program, 1, &s->device, flags, NULL, NULL);
            fetch_log(s, *program, log);
        }
        if (error == CL_SUCCESS && cached && !log->failed && refused == 0)
            refused = store(&folder, path.data, &key, *program, log);
        if (error == CL_SUCCESS && cached && refused != 0)
            say_not_kept(&folder, refused, log);
    }
    clfi_text_free(&folder);
    clfi_text_free(&key);
    clfi_text_free(&path);
    return error;
}
