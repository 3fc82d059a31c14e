/* platform.c - whose memory it is that a process keeps of schedulers that come and go: by hand,
 *     make tests/stress/platform && tests/wrapper.sh tests/stress/platform [LIVES]
 * First lives of the library: a scheduler on the same context and queue builds a program, runs a
 * fiber and ends. Then plain OpenCL, without the library: the very text and options that the
 * library gave to clBuildProgram, built, a kernel of it run, and all released. For each the bytes
 * of the heap that are in use more than before, a life, by the C library's own account.
 *
 * The linker puts what is here between the library and OpenCL (tests/stress.mk).
 */
#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "clfiber.h"

#define REQUIRE(condition)                                                  \
    do {                                                                    \
        if (!(condition)) {                                                 \
            fprintf(stderr, "%s:%d: %s\n", __FILE__, __LINE__, #condition); \
            exit(EXIT_FAILURE);                                             \
        }                                                                   \
    } while (0)

static cl_context context;
static cl_device_id device;
static cl_command_queue queue;
static char *text, *flags;

/* ---- what the library gives to OpenCL -------------------------------------------------- */

extern cl_program __real_clCreateProgramWithSource(cl_context c, cl_uint n, const char **lines,
                                                   const size_t *lengths, cl_int *error);
cl_program __wrap_clCreateProgramWithSource(cl_context c, cl_uint n, const char **lines,
                                            const size_t *lengths, cl_int *error);
cl_program __wrap_clCreateProgramWithSource(cl_context c, cl_uint n, const char **lines,
                                            const size_t *lengths, cl_int *error)
{
    /* the last one: before it come the litmus tests */
    free(text);
    text = strdup(lines[0]);
    return __real_clCreateProgramWithSource(c, n, lines, lengths, error);
}

extern cl_int __real_clBuildProgram(cl_program p, cl_uint n, const cl_device_id *d,
                                    const char *options, void (*f)(cl_program, void *), void *u);
cl_int __wrap_clBuildProgram(cl_program p, cl_uint n, const cl_device_id *d, const char *options,
                             void (*f)(cl_program, void *), void *u);
cl_int __wrap_clBuildProgram(cl_program p, cl_uint n, const cl_device_id *d, const char *options,
                             void (*f)(cl_program, void *), void *u)
{
    free(flags);
    flags = strdup(options);
    return __real_clBuildProgram(p, n, d, options, f, u);
}

/* ---- lives ----------------------------------------------------------------------------- */

static void with_library(void)
{
    static const char source[] = "fiber int add(int a, int b)\n{\n    return a + b;\n}\n";
    clf_options options = CLF_OPTIONS_INIT;
    clf_scheduler *s = NULL;
    clf_handle handle;
    clf_arg args[] = {CLF_INT(2), CLF_INT(3)};
    cl_int sum = 0;
    options.workers = 2;
    REQUIRE(clf_create_on(context, device, queue, &options, &s) == CLF_OK);
    REQUIRE(clf_program_build(s, source, NULL) == CLF_OK);
    REQUIRE(clf_start(s, "add", 2, args, &handle) == CLF_OK);
    REQUIRE(clf_join(s, handle, &sum, sizeof sum, CLF_FOREVER) == CLF_OK && sum == 5);
    clf_destroy(s);
}

static void build_and_run(int kernels, int runs)
{
    static const char *const names[] = {"clf_report", "clf_slice", "clf_move_rings", "clf_deal",
                                        "clf_give_results"};
    cl_int error;
    size_t one = 1;
    const char *source = text;
    cl_uint *words = calloc(1, 1 << 20);
    REQUIRE(words != NULL);
    cl_program p = __real_clCreateProgramWithSource(context, 1, &source, NULL, &error);
    REQUIRE(error == CL_SUCCESS);
    REQUIRE(__real_clBuildProgram(p, 1, &device, flags, NULL, NULL) == CL_SUCCESS);
    cl_mem buffer =
        clCreateBuffer(context, CL_MEM_READ_WRITE | CL_MEM_COPY_HOST_PTR, 1 << 20, words, &error);
    REQUIRE(error == CL_SUCCESS);
    for (int i = 0; i < kernels; i++) {
        cl_kernel kernel = clCreateKernel(p, names[i], &error);
        REQUIRE(error == CL_SUCCESS);
        if (i == 0 && runs) {
            REQUIRE(clSetKernelArg(kernel, 0, sizeof buffer, &buffer) == CL_SUCCESS);
            REQUIRE(clEnqueueNDRangeKernel(queue, kernel, 1, NULL, &one, &one, 0, NULL, NULL) ==
                    CL_SUCCESS);
            REQUIRE(clFinish(queue) == CL_SUCCESS);
        }
        REQUIRE(clReleaseKernel(kernel) == CL_SUCCESS);
    }
    REQUIRE(clReleaseMemObject(buffer) == CL_SUCCESS);
    REQUIRE(clReleaseProgram(p) == CL_SUCCESS);
    free(words);
}

static void builds_only(void)
{
    build_and_run(0, 0);
}

static void builds_kernels(void)
{
    build_and_run(5, 0);
}

static void builds_and_runs(void)
{
    build_and_run(5, 1);
}

static double in_use(void)
{
    struct mallinfo2 m = mallinfo2();
    return (double)m.uordblks + (double)m.hblkhd;
}

static void measure(const char *what, void (*life)(void), int lives)
{
    for (int i = 0; i < lives / 4; i++)
        life();
    double before = in_use();
    for (int i = 0; i < lives; i++)
        life();
    printf("%-52s %8.0f bytes a life\n", what, (in_use() - before) / lives);
    fflush(stdout);
}

int main(int argc, char **argv)
{
    int lives = argc > 1 ? atoi(argv[1]) : 40;
    clf_device_info info;
    cl_int error;
    REQUIRE(lives > 0);
    REQUIRE(clf_get_device(0, &info, NULL) == CLF_OK);
    device = info.id;
    context = clCreateContext(NULL, 1, &device, NULL, NULL, &error);
    REQUIRE(error == CL_SUCCESS);
    queue = clCreateCommandQueue(context, device, 0, &error);
    REQUIRE(error == CL_SUCCESS);
    measure("the library's", with_library, lives);
    measure("plain OpenCL: builds the same program", builds_only, lives);
    measure("plain OpenCL: and makes its kernels", builds_kernels, lives);
    measure("plain OpenCL: and runs one", builds_and_runs, lives);
    measure("the library's, again", with_library, lives);
    free(text);
    free(flags);
    clReleaseCommandQueue(queue);
    clReleaseContext(context);
    return EXIT_SUCCESS;
}
