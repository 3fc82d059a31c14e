/* common.c - files, statuses and buffers for the examples. */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common.h"

void example_die(int status, const char *format, ...)
{
    va_list list;

    va_start(list, format);
    vfprintf(stderr, format, list);
    va_end(list);
    fputc('\n', stderr);
    exit(status);
}

char *example_read_file(const char *path)
{
    FILE *file = fopen(path, "rb");
    char *text = NULL;
    size_t length = 0, size = 0;

    if (!file)
        example_die(EXAMPLE_FAILED, "%s cannot be opened", path);
    do {
        size = size ? 2 * size : 4096;
        text = realloc(text, size);
        if (!text)
            example_die(EXAMPLE_FAILED, "out of memory");
        length += fread(text + length, 1, size - 1 - length, file);
    } while (length == size - 1);
    if (ferror(file))
        example_die(EXAMPLE_FAILED, "%s cannot be read", path);
    fclose(file);
    text[length] = '\0';
    return text;
}

char *example_path(const char *name)
{
    const char *folder = getenv("EXAMPLES_DIR");
    char *path;
    size_t size;

    if (!folder)
        folder = EXAMPLES_DIR;
    size = strlen(folder) + strlen(name) + 2;
    path = malloc(size);
    if (!path)
        example_die(EXAMPLE_FAILED, "out of memory");
    snprintf(path, size, "%s/%s", folder, name);
    return path;
}

clf_scheduler *example_open(const char *name)
{
    clf_scheduler *scheduler;
    clf_status status = clf_create(NULL, &scheduler);
    char *path, *source;

    if (status != CLF_OK)
        example_die(status == CLF_NO_DEVICE ? EXAMPLE_SKIPPED : EXAMPLE_FAILED, "%s",
                    clf_message(NULL));
    path = example_path(name);
    source = example_read_file(path);
    /* The message says that the program is wrong, the build log where. */
    if (clf_program_build(scheduler, source, NULL) != CLF_OK)
        example_die(EXAMPLE_FAILED, "%s: %s\n%s", path, clf_message(scheduler),
                    clf_build_log(scheduler));
    free(source);
    free(path);
    return scheduler;
}

void example_check(const clf_scheduler *scheduler, clf_status status)
{
    if (status != CLF_OK)
        example_die(EXAMPLE_FAILED, "%s: %s", clf_status_name(status), clf_message(scheduler));
}

cl_mem example_buffer(clf_scheduler *scheduler, const char *name, size_t size, const void *data)
{
    cl_int error;
    cl_mem buffer = clCreateBuffer(clf_context(scheduler), CL_MEM_READ_WRITE, size, NULL, &error);

    if (error == CL_SUCCESS && data)
        error = clEnqueueWriteBuffer(clf_queue(scheduler), buffer, CL_TRUE, 0, size, data, 0, NULL,
                                     NULL);
    if (error != CL_SUCCESS)
        example_die(EXAMPLE_FAILED, "a buffer of %zu bytes: %s", size,
                    clf_status_name((clf_status)error));
    example_check(scheduler, clf_bind(scheduler, name, &buffer, sizeof buffer));
    return buffer;
}

void example_take_buffer(clf_scheduler *scheduler, cl_mem buffer, size_t size, void *data)
{
    cl_int error =
        clEnqueueReadBuffer(clf_queue(scheduler), buffer, CL_TRUE, 0, size, data, 0, NULL, NULL);

    if (error != CL_SUCCESS)
        example_die(EXAMPLE_FAILED, "reading a buffer: %s", clf_status_name((clf_status)error));
    clReleaseMemObject(buffer);
}

void example_print_stats(clf_scheduler *scheduler)
{
    clf_stats stats = {.size = sizeof stats};

    example_check(scheduler, clf_get_stats(scheduler, &stats));
    printf("%llu fibers in %.3f s on the device, %llu of them stolen by another worker\n",
           (unsigned long long)stats.total.completed, stats.device_seconds,
           (unsigned long long)stats.total.stolen);
}

long example_number(int argc, char **argv, long low, long high, long otherwise)
{
    char *end;
    long number;

    if (argc < 2)
        return otherwise;
    number = strtol(argv[1], &end, 10);
    if (argc > 2 || end == argv[1] || *end || number < low || number > high)
        example_die(EXAMPLE_FAILED, "usage: %s [NUMBER]   a number from %ld to %ld, default %ld",
                    argv[0], low, high, otherwise);
    return number;
}
