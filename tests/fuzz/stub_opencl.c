/* stub_opencl.c - an OpenCL for fuzzing: two platforms with three devices that answer what the
 * library asks, contexts and queues, and compilers that always fail. */
#define CL_TARGET_OPENCL_VERSION 300
#define CL_USE_DEPRECATED_OPENCL_1_2_APIS
#include <CL/cl.h>
#include <stdint.h>
#include <string.h>

#define UNUSED(x) ((void)(x))

static char thing; /* what all handles of contexts and queues point to */

static int number_of(cl_device_id device)
{
    return (int)(intptr_t)device - 1;
}

static const char *const names[] = {"cpu-one", "GPU Two (tm)", "accelerator;3"};
static const char *const versions[] = {"OpenCL 3.0 stub", "OpenCL 2.0 stub", "OpenCL 1.2 stub"};
static const char *const vendors[] = {"Stub", "NVIDIA Corporation", ""};
static const cl_device_type types[] = {CL_DEVICE_TYPE_CPU, CL_DEVICE_TYPE_GPU,
                                       CL_DEVICE_TYPE_ACCELERATOR};

static cl_int give(const void *value, size_t bytes, size_t room, void *to, size_t *actual)
{
    if (actual != NULL)
        *actual = bytes;
    if (to == NULL)
        return CL_SUCCESS;
    if (room < bytes)
        return CL_INVALID_VALUE;
    memcpy(to, value, bytes);
    return CL_SUCCESS;
}

static cl_int give_text(const char *text, size_t room, void *to, size_t *actual)
{
    return give(text, strlen(text) + 1, room, to, actual);
}

cl_int clGetPlatformIDs(cl_uint room, cl_platform_id *ids, cl_uint *count)
{
    if (count != NULL)
        *count = 2;
    for (cl_uint i = 0; ids != NULL && i < room && i < 2; i++)
        ids[i] = (cl_platform_id)(intptr_t)(i + 1);
    return CL_SUCCESS;
}

cl_int clGetPlatformInfo(cl_platform_id p, cl_platform_info what, size_t room, void *to,
                         size_t *actual)
{
    UNUSED(what);
    return give_text((intptr_t)p == 1 ? "First" : "Second", room, to, actual);
}

cl_int clGetDeviceIDs(cl_platform_id p, cl_device_type type, cl_uint room, cl_device_id *ids,
                      cl_uint *count)
{
    cl_uint first = (intptr_t)p == 1 ? 0 : 2, n = (intptr_t)p == 1 ? 2 : 1;
    UNUSED(type);
    if (count != NULL)
        *count = n;
    for (cl_uint i = 0; ids != NULL && i < room && i < n; i++)
        ids[i] = (cl_device_id)(intptr_t)(first + i + 1);
    return CL_SUCCESS;
}

cl_int clGetDeviceInfo(cl_device_id device, cl_device_info what, size_t room, void *to,
                       size_t *actual)
{
    const int i = number_of(device);
    const cl_uint units = 4;
    const cl_bool yes = CL_TRUE;
    const size_t group = 256, sizes[3] = {256, 256, 64};
    const cl_ulong memory = (cl_ulong)1 << 30;
    switch (what) {
    case CL_DEVICE_NAME:
        return give_text(names[i], room, to, actual);
    case CL_DEVICE_VERSION:
        return give_text(versions[i], room, to, actual);
    case CL_DEVICE_VENDOR:
        return give_text(vendors[i], room, to, actual);
    case CL_DEVICE_TYPE:
        return give(&types[i], sizeof types[i], room, to, actual);
    case CL_DEVICE_MAX_COMPUTE_UNITS:
        return give(&units, sizeof units, room, to, actual);
    case CL_DEVICE_COMPILER_AVAILABLE:
        return give(&yes, sizeof yes, room, to, actual);
    case CL_DEVICE_MAX_WORK_GROUP_SIZE:
        return give(&group, sizeof group, room, to, actual);
    case CL_DEVICE_MAX_WORK_ITEM_SIZES:
        return give(sizes, sizeof sizes, room, to, actual);
    case CL_DEVICE_MAX_MEM_ALLOC_SIZE:
        return give(&memory, sizeof memory, room, to, actual);
    default:
        return CL_INVALID_VALUE;
    }
}

#define GOOD(name, ...)      \
    cl_int name(__VA_ARGS__) \
    {                        \
        return CL_SUCCESS;   \
    }
#define BAD(name, ...)               \
    cl_int name(__VA_ARGS__)         \
    {                                \
        return CL_INVALID_OPERATION; \
    }
#define NONE(type, name, ...)              \
    type name(__VA_ARGS__, cl_int *error)  \
    {                                      \
        if (error != NULL)                 \
            *error = CL_INVALID_OPERATION; \
        return NULL;                       \
    }
#define ANY(type, name, ...)              \
    type name(__VA_ARGS__, cl_int *error) \
    {                                     \
        if (error != NULL)                \
            *error = CL_SUCCESS;          \
        return (type)(void *)&thing;      \
    }
#pragma GCC diagnostic ignored "-Wunused-parameter"

ANY(cl_context, clCreateContext, const cl_context_properties *p, cl_uint n, const cl_device_id *d,
    void (*f)(const char *, const void *, size_t, void *), void *u)
ANY(cl_command_queue, clCreateCommandQueue, cl_context c, cl_device_id d,
    cl_command_queue_properties p)
NONE(cl_mem, clCreateBuffer, cl_context c, cl_mem_flags f, size_t n, void *p)
NONE(cl_program, clCreateProgramWithSource, cl_context c, cl_uint n, const char **text,
     const size_t *length)
NONE(cl_program, clCreateProgramWithBinary, cl_context c, cl_uint n, const cl_device_id *d,
     const size_t *length, const unsigned char **binary, cl_int *status)
NONE(cl_kernel, clCreateKernel, cl_program p, const char *name)
NONE(cl_event, clCreateUserEvent, cl_context c)
GOOD(clRetainContext, cl_context o)
GOOD(clReleaseContext, cl_context o)
GOOD(clRetainDevice, cl_device_id o)
GOOD(clReleaseDevice, cl_device_id o)
GOOD(clRetainCommandQueue, cl_command_queue o)
GOOD(clReleaseCommandQueue, cl_command_queue o)
GOOD(clRetainMemObject, cl_mem o)
GOOD(clReleaseMemObject, cl_mem o)
GOOD(clRetainEvent, cl_event o)
GOOD(clReleaseEvent, cl_event o)
GOOD(clReleaseProgram, cl_program o)
GOOD(clReleaseKernel, cl_kernel o)
GOOD(clFinish, cl_command_queue q)
BAD(clBuildProgram, cl_program p, cl_uint n, const cl_device_id *d, const char *o,
    void (*f)(cl_program, void *), void *u)
BAD(clGetProgramBuildInfo, cl_program p, cl_device_id d, cl_program_build_info w, size_t n, void *v,
    size_t *r)
BAD(clGetProgramInfo, cl_program p, cl_program_info w, size_t n, void *v, size_t *r)
BAD(clSetKernelArgSVMPointer, cl_kernel k, cl_uint i, const void *v)
BAD(clGetCommandQueueInfo, cl_command_queue q, cl_command_queue_info w, size_t n, void *v,
    size_t *r)
BAD(clGetMemObjectInfo, cl_mem m, cl_mem_info w, size_t n, void *v, size_t *r)
BAD(clGetKernelWorkGroupInfo, cl_kernel k, cl_device_id d, cl_kernel_work_group_info w, size_t n,
    void *v, size_t *r)
BAD(clSetKernelArg, cl_kernel k, cl_uint i, size_t n, const void *v)
BAD(clSetUserEventStatus, cl_event e, cl_int s)
BAD(clWaitForEvents, cl_uint n, const cl_event *e)
BAD(clGetEventProfilingInfo, cl_event e, cl_profiling_info what, size_t n, void *v, size_t *r)
BAD(clEnqueueNDRangeKernel, cl_command_queue q, cl_kernel k, cl_uint d, const size_t *o,
    const size_t *g, const size_t *l, cl_uint n, const cl_event *w, cl_event *e)
BAD(clEnqueueReadBuffer, cl_command_queue q, cl_mem m, cl_bool b, size_t at, size_t s, void *p,
    cl_uint n, const cl_event *w, cl_event *e)
BAD(clEnqueueWriteBuffer, cl_command_queue q, cl_mem m, cl_bool b, size_t at, size_t s,
    const void *p, cl_uint n, const cl_event *w, cl_event *e)
BAD(clEnqueueCopyBuffer, cl_command_queue q, cl_mem a, cl_mem b, size_t x, size_t y, size_t s,
    cl_uint n, const cl_event *w, cl_event *e)
BAD(clEnqueueFillBuffer, cl_command_queue q, cl_mem m, const void *p, size_t l, size_t at, size_t s,
    cl_uint n, const cl_event *w, cl_event *e)

void *clSVMAlloc(cl_context c, cl_svm_mem_flags f, size_t n, cl_uint align)
{
    return NULL;
}

void clSVMFree(cl_context c, void *p)
{
}
