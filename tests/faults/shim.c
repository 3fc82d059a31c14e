/* shim.c - see shim.h. */
#include "shim.h"

#include "clfiber.h"

#include <errno.h>
#include <stdio.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

static shim_fault fault;
static atomic_uint counted;
static atomic_bool armed, hit;
static const char *_Atomic hit_name;
static char hit_text[80];
static atomic_long objects;

void shim_set(shim_fault f)
{
    fault = f;
    counted = 0;
    hit = false;
    hit_name = "nothing";
}

void shim_arm(void)
{
    armed = true;
}

void shim_disarm(void)
{
    armed = false;
}

bool shim_was_hit(void)
{
    return hit;
}

const char *shim_hit_name(void)
{
    return hit_name;
}

const char *shim_hit_text(void)
{
    return hit ? hit_text : hit_name;
}

long shim_objects(void)
{
    return objects;
}

static bool fails(shim_kind kind, const char *name)
{
    if (!armed || fault.at == 0 || fault.kind != kind)
        return false;
    uint32_t number = ++counted;
    if (number != fault.at && !(fault.lasting && number > fault.at))
        return false;
    if (!hit) {
        snprintf(hit_text, sizeof hit_text, "%s, number %u", name, (unsigned)number);
        hit_name = name;
    }
    hit = true;
    return true;
}

static cl_int code_or(cl_int usual)
{
    return fault.code != 0 ? fault.code : usual;
}

/* ---- OpenCL: calls that return a code ----------------------------------------------- */

#define CALL(name, params, args)                                                            \
    extern cl_int __real_##name params;                                                     \
    cl_int __wrap_##name params;                                                            \
    cl_int __wrap_##name params                                                             \
    {                                                                                       \
        return fails(SHIM_CALL, #name) ? code_or(CL_OUT_OF_RESOURCES) : __real_##name args; \
    }

CALL(clGetPlatformIDs, (cl_uint room, cl_platform_id *ids, cl_uint *count), (room, ids, count))
CALL(clGetPlatformInfo, (cl_platform_id p, cl_platform_info what, size_t n, void *v, size_t *r),
     (p, what, n, v, r))
CALL(clGetDeviceIDs,
     (cl_platform_id p, cl_device_type t, cl_uint room, cl_device_id *ids, cl_uint *count),
     (p, t, room, ids, count))
CALL(clGetDeviceInfo, (cl_device_id d, cl_device_info what, size_t n, void *v, size_t *r),
     (d, what, n, v, r))
CALL(clGetCommandQueueInfo,
     (cl_command_queue q, cl_command_queue_info what, size_t n, void *v, size_t *r),
     (q, what, n, v, r))
CALL(clGetMemObjectInfo, (cl_mem m, cl_mem_info what, size_t n, void *v, size_t *r),
     (m, what, n, v, r))
CALL(clGetProgramBuildInfo,
     (cl_program p, cl_device_id d, cl_program_build_info what, size_t n, void *v, size_t *r),
     (p, d, what, n, v, r))
CALL(clGetKernelWorkGroupInfo,
     (cl_kernel k, cl_device_id d, cl_kernel_work_group_info what, size_t n, void *v, size_t *r),
     (k, d, what, n, v, r))
CALL(clBuildProgram,
     (cl_program p, cl_uint n, const cl_device_id *d, const char *o, void (*f)(cl_program, void *),
      void *u),
     (p, n, d, o, f, u))
CALL(clGetProgramInfo, (cl_program p, cl_program_info what, size_t n, void *v, size_t *r),
     (p, what, n, v, r))
CALL(clSetKernelArgSVMPointer, (cl_kernel k, cl_uint i, const void *v), (k, i, v))
CALL(clSetKernelArg, (cl_kernel k, cl_uint i, size_t n, const void *v), (k, i, n, v))
CALL(clWaitForEvents, (cl_uint n, const cl_event *list), (n, list))

extern cl_int __real_clFinish(cl_command_queue q);
cl_int __wrap_clFinish(cl_command_queue q);
/* A device that is lost for good has stopped: nothing is on its way any more. */
cl_int __wrap_clFinish(cl_command_queue q)
{
    bool bad = fails(SHIM_CALL, "clFinish");
    if (bad && !fault.lasting)
        return code_or(CL_OUT_OF_RESOURCES);
    cl_int code = __real_clFinish(q);
    return bad ? code_or(CL_OUT_OF_RESOURCES) : code;
}

extern cl_int __real_clSetUserEventStatus(cl_event e, cl_int status);
cl_int __wrap_clSetUserEventStatus(cl_event e, cl_int status);
/* Nor does anything wait for an event there. */
cl_int __wrap_clSetUserEventStatus(cl_event e, cl_int status)
{
    bool bad = fails(SHIM_CALL, "clSetUserEventStatus");
    if (bad && !fault.lasting)
        return code_or(CL_OUT_OF_RESOURCES);
    cl_int code = __real_clSetUserEventStatus(e, status);
    return bad ? code_or(CL_OUT_OF_RESOURCES) : code;
}

/* ---- commands, which may make an event ----------------------------------------------- */

#define COMMAND(name, params, args)                     \
    extern cl_int __real_##name params;                 \
    cl_int __wrap_##name params;                        \
    cl_int __wrap_##name params                         \
    {                                                   \
        if (fails(SHIM_CALL, #name))                    \
            return code_or(CL_OUT_OF_RESOURCES);        \
        cl_int code = __real_##name args;               \
        objects += code == CL_SUCCESS && event != NULL; \
        return code;                                    \
    }

COMMAND(clEnqueueNDRangeKernel,
        (cl_command_queue q, cl_kernel k, cl_uint d, const size_t *o, const size_t *g,
         const size_t *l, cl_uint n, const cl_event *list, cl_event *event),
        (q, k, d, o, g, l, n, list, event))
COMMAND(clEnqueueReadBuffer,
        (cl_command_queue q, cl_mem m, cl_bool wait, size_t at, size_t size, void *to, cl_uint n,
         const cl_event *list, cl_event *event),
        (q, m, wait, at, size, to, n, list, event))
COMMAND(clEnqueueWriteBuffer,
        (cl_command_queue q, cl_mem m, cl_bool wait, size_t at, size_t size, const void *from,
         cl_uint n, const cl_event *list, cl_event *event),
        (q, m, wait, at, size, from, n, list, event))
COMMAND(clEnqueueCopyBuffer,
        (cl_command_queue q, cl_mem from, cl_mem to, size_t from_at, size_t to_at, size_t size,
         cl_uint n, const cl_event *list, cl_event *event),
        (q, from, to, from_at, to_at, size, n, list, event))
COMMAND(clEnqueueFillBuffer,
        (cl_command_queue q, cl_mem m, const void *pattern, size_t length, size_t at, size_t size,
         cl_uint n, const cl_event *list, cl_event *event),
        (q, m, pattern, length, at, size, n, list, event))

/* ---- objects -------------------------------------------------------------------------- */

#define MAKE(type, name, params, args)                  \
    extern type __real_##name params;                   \
    type __wrap_##name params;                          \
    type __wrap_##name params                           \
    {                                                   \
        if (fails(SHIM_CALL, #name)) {                  \
            if (code != NULL)                           \
                *code = code_or(CL_OUT_OF_HOST_MEMORY); \
            return NULL;                                \
        }                                               \
        type made = __real_##name args;                 \
        objects += made != NULL;                        \
        return made;                                    \
    }

MAKE(cl_context, clCreateContext,
     (const cl_context_properties *p, cl_uint n, const cl_device_id *d,
      void (*f)(const char *, const void *, size_t, void *), void *u, cl_int *code),
     (p, n, d, f, u, code))
MAKE(cl_command_queue, clCreateCommandQueue,
     (cl_context c, cl_device_id d, cl_command_queue_properties p, cl_int *code), (c, d, p, code))
MAKE(cl_program, clCreateProgramWithSource,
     (cl_context c, cl_uint n, const char **text, const size_t *length, cl_int *code),
     (c, n, text, length, code))
MAKE(cl_program, clCreateProgramWithBinary,
     (cl_context c, cl_uint n, const cl_device_id *d, const size_t *length,
      const unsigned char **binary, cl_int *status, cl_int *code),
     (c, n, d, length, binary, status, code))
MAKE(cl_kernel, clCreateKernel, (cl_program p, const char *name, cl_int *code), (p, name, code))
MAKE(cl_event, clCreateUserEvent, (cl_context c, cl_int *code), (c, code))

extern cl_mem __real_clCreateBuffer(cl_context c, cl_mem_flags f, size_t n, void *p, cl_int *code);
cl_mem __wrap_clCreateBuffer(cl_context c, cl_mem_flags f, size_t n, void *p, cl_int *code);
cl_mem __wrap_clCreateBuffer(cl_context c, cl_mem_flags f, size_t n, void *p, cl_int *code)
{
    if (fails(SHIM_CALL, "clCreateBuffer") || fails(SHIM_MEMORY, "clCreateBuffer")) {
        if (code != NULL)
            *code = code_or(CL_MEM_OBJECT_ALLOCATION_FAILURE);
        return NULL;
    }
    cl_mem made = __real_clCreateBuffer(c, f, n, p, code);
    objects += made != NULL;
    return made;
}

extern void *__real_clSVMAlloc(cl_context c, cl_svm_mem_flags f, size_t n, cl_uint align);
void *__wrap_clSVMAlloc(cl_context c, cl_svm_mem_flags f, size_t n, cl_uint align);
void *__wrap_clSVMAlloc(cl_context c, cl_svm_mem_flags f, size_t n, cl_uint align)
{
    if (fails(SHIM_CALL, "clSVMAlloc") || fails(SHIM_MEMORY, "clSVMAlloc"))
        return NULL;
    void *made = __real_clSVMAlloc(c, f, n, align);
    objects += made != NULL;
    return made;
}

extern void __real_clSVMFree(cl_context c, void *p);
void __wrap_clSVMFree(cl_context c, void *p);
void __wrap_clSVMFree(cl_context c, void *p)
{
    objects -= p != NULL;
    __real_clSVMFree(c, p);
}

/* A retain that fails does nothing; a release that fails has released all the same: what else
 * could the library do about it? */
#define COUNTED(type, kind)                                                                \
    extern cl_int __real_clRetain##kind(type object), __real_clRelease##kind(type object); \
    cl_int __wrap_clRetain##kind(type object), __wrap_clRelease##kind(type object);        \
    cl_int __wrap_clRetain##kind(type object)                                              \
    {                                                                                      \
        if (fails(SHIM_CALL, "clRetain" #kind))                                            \
            return code_or(CL_OUT_OF_RESOURCES);                                           \
        cl_int code = __real_clRetain##kind(object);                                       \
        objects += code == CL_SUCCESS;                                                     \
        return code;                                                                       \
    }                                                                                      \
    cl_int __wrap_clRelease##kind(type object)                                             \
    {                                                                                      \
        cl_int code = __real_clRelease##kind(object);                                      \
        objects -= code == CL_SUCCESS;                                                     \
        return fails(SHIM_CALL, "clRelease" #kind) ? code_or(CL_OUT_OF_RESOURCES) : code;  \
    }

COUNTED(cl_context, Context)
COUNTED(cl_device_id, Device)
COUNTED(cl_command_queue, CommandQueue)
COUNTED(cl_mem, MemObject)
COUNTED(cl_event, Event)
COUNTED(cl_program, Program)
COUNTED(cl_kernel, Kernel)

/* ---- host memory ---------------------------------------------------------------------- */

/* Blocks that the library has made: others, of the tests and their library, are not looked at. */
enum { PLACES = 1 << 16 };
static void *place[PLACES];
static long blocks;
static pthread_mutex_t places = PTHREAD_MUTEX_INITIALIZER;
static char taken_away;

long shim_blocks(void)
{
    return blocks;
}

static uint32_t first_place(const void *block)
{
    return (uint32_t)((uintptr_t)block / 16 * 2654435761u) % PLACES;
}

/* The table is never full: the library holds some hundred blocks. */
static void put(void *block)
{
    uint32_t i = first_place(block);
    pthread_mutex_lock(&places);
    while (place[i] != NULL && place[i] != &taken_away)
        i = (i + 1) % PLACES;
    place[i] = block;
    blocks++;
    pthread_mutex_unlock(&places);
}

static bool take(const void *block)
{
    pthread_mutex_lock(&places);
    uint32_t i = first_place(block);
    while (place[i] != NULL && place[i] != block)
        i = (i + 1) % PLACES;
    bool there = place[i] == block;
    if (there) {
        place[i] = place[(i + 1) % PLACES] == NULL ? NULL : &taken_away;
        blocks--;
    }
    pthread_mutex_unlock(&places);
    return there;
}

#define ALLOCATE(name, params, args)      \
    extern void *__real_##name params;    \
    void *__wrap_##name params;           \
    void *__wrap_##name params            \
    {                                     \
        if (fails(SHIM_HOST, #name)) {    \
            errno = ENOMEM;               \
            return NULL;                  \
        }                                 \
        void *block = __real_##name args; \
        if (armed && block != NULL)       \
            put(block);                   \
        return block;                     \
    }

ALLOCATE(malloc, (size_t n), (n))
ALLOCATE(calloc, (size_t count, size_t n), (count, n))
ALLOCATE(aligned_alloc, (size_t align, size_t n), (align, n))

extern void *__real_realloc(void *old, size_t n);
void *__wrap_realloc(void *old, size_t n);
void *__wrap_realloc(void *old, size_t n)
{
    if (fails(SHIM_HOST, "realloc")) {
        errno = ENOMEM;
        return NULL;
    }
    bool ours = old != NULL ? take(old) : armed;
    void *block = __real_realloc(old, n);
    if (ours && (block != NULL || old != NULL))
        put(block != NULL ? block : old);
    return block;
}

extern void __real_free(void *block);
void __wrap_free(void *block);
void __wrap_free(void *block)
{
    if (block != NULL)
        take(block);
    __real_free(block);
}

extern int __real_pthread_create(pthread_t *t, const pthread_attr_t *a, void *(*f)(void *),
                                 void *u);
int __wrap_pthread_create(pthread_t *t, const pthread_attr_t *a, void *(*f)(void *), void *u);
int __wrap_pthread_create(pthread_t *t, const pthread_attr_t *a, void *(*f)(void *), void *u)
{
    return fails(SHIM_HOST, "pthread_create") ? EAGAIN : __real_pthread_create(t, a, f, u);
}

extern int __real_pipe(int ends[2]);
int __wrap_pipe(int ends[2]);
int __wrap_pipe(int ends[2])
{
    if (!fails(SHIM_HOST, "pipe"))
        return __real_pipe(ends);
    errno = EMFILE;
    return -1;
}
