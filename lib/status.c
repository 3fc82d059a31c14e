/* status.c - names and texts of status codes, and the version of the library. */
#include "clfiber.h"

#include <CL/cl_ext.h>

/* name, text: the errors of OpenCL's core, and what the ICD loader says when it finds no driver. */
#define CL_ERROR_LIST(E)                                                                          \
    E(CL_DEVICE_NOT_FOUND, "no OpenCL device of the wanted type was found")                       \
    E(CL_DEVICE_NOT_AVAILABLE, "the device is not available at the moment")                       \
    E(CL_COMPILER_NOT_AVAILABLE, "the device has no OpenCL C compiler")                           \
    E(CL_MEM_OBJECT_ALLOCATION_FAILURE, "the device could not allocate a buffer")                 \
    E(CL_OUT_OF_RESOURCES, "the device is out of resources")                                      \
    E(CL_OUT_OF_HOST_MEMORY, "the OpenCL driver is out of host memory")                           \
    E(CL_PROFILING_INFO_NOT_AVAILABLE, "the event has no profiling information")                  \
    E(CL_MEM_COPY_OVERLAP, "source and destination of a copy overlap")                            \
    E(CL_IMAGE_FORMAT_MISMATCH, "the images have different formats")                              \
    E(CL_IMAGE_FORMAT_NOT_SUPPORTED, "the device does not support the image format")              \
    E(CL_BUILD_PROGRAM_FAILURE, "the OpenCL program could not be built")                          \
    E(CL_MAP_FAILURE, "memory could not be mapped into the host's address space")                 \
    E(CL_MISALIGNED_SUB_BUFFER_OFFSET, "the sub-buffer's offset is not aligned for the device")   \
    E(CL_EXEC_STATUS_ERROR_FOR_EVENTS_IN_WAIT_LIST, "a command in the wait list failed")          \
    E(CL_COMPILE_PROGRAM_FAILURE, "the OpenCL program does not compile")                          \
    E(CL_LINKER_NOT_AVAILABLE, "the device has no OpenCL linker")                                 \
    E(CL_LINK_PROGRAM_FAILURE, "the OpenCL programs could not be linked")                         \
    E(CL_DEVICE_PARTITION_FAILED, "the device could not be partitioned")                          \
    E(CL_KERNEL_ARG_INFO_NOT_AVAILABLE, "the kernel has no argument information")                 \
    E(CL_INVALID_VALUE, "a value given to OpenCL is not valid")                                   \
    E(CL_INVALID_DEVICE_TYPE, "the device type is not valid")                                     \
    E(CL_INVALID_PLATFORM, "the OpenCL platform is not valid")                                    \
    E(CL_INVALID_DEVICE, "the OpenCL device is not valid")                                        \
    E(CL_INVALID_CONTEXT, "the OpenCL context is not valid")                                      \
    E(CL_INVALID_QUEUE_PROPERTIES, "the device does not support the queue's properties")          \
    E(CL_INVALID_COMMAND_QUEUE, "the command queue is not valid")                                 \
    E(CL_INVALID_HOST_PTR, "the host pointer does not fit the flags")                             \
    E(CL_INVALID_MEM_OBJECT, "the memory object is not valid")                                    \
    E(CL_INVALID_IMAGE_FORMAT_DESCRIPTOR, "the image format descriptor is not valid")             \
    E(CL_INVALID_IMAGE_SIZE, "the device does not support images of this size")                   \
    E(CL_INVALID_SAMPLER, "the sampler is not valid")                                             \
    E(CL_INVALID_BINARY, "the program binary is not valid for the device")                        \
    E(CL_INVALID_BUILD_OPTIONS, "the device's compiler does not take the build options")          \
    E(CL_INVALID_PROGRAM, "the OpenCL program is not valid")                                      \
    E(CL_INVALID_PROGRAM_EXECUTABLE, "the OpenCL program was not built for the device")           \
    E(CL_INVALID_KERNEL_NAME, "the OpenCL program has no kernel of that name")                    \
    E(CL_INVALID_KERNEL_DEFINITION, "the kernel is defined differently for different devices")    \
    E(CL_INVALID_KERNEL, "the kernel is not valid")                                               \
    E(CL_INVALID_ARG_INDEX, "the kernel has no argument of that index")                           \
    E(CL_INVALID_ARG_VALUE, "the value of a kernel argument is not valid")                        \
    E(CL_INVALID_ARG_SIZE, "the size of a kernel argument is not the kernel's")                   \
    E(CL_INVALID_KERNEL_ARGS, "a kernel argument has not been set")                               \
    E(CL_INVALID_WORK_DIMENSION, "the number of work dimensions is not valid")                    \
    E(CL_INVALID_WORK_GROUP_SIZE, "the device cannot run the kernel with this work-group size")   \
    E(CL_INVALID_WORK_ITEM_SIZE, "the work-group is too large for the device in one dimension")   \
    E(CL_INVALID_GLOBAL_OFFSET, "the global offset is not valid")                                 \
    E(CL_INVALID_EVENT_WAIT_LIST, "the wait list and its length do not fit, or hold a bad event") \
    E(CL_INVALID_EVENT, "the event is not valid")                                                 \
    E(CL_INVALID_OPERATION, "the object does not allow this operation")                           \
    E(CL_INVALID_GL_OBJECT, "the OpenGL object is not valid")                                     \
    E(CL_INVALID_BUFFER_SIZE, "the buffer's size is zero or more than the device can allocate")   \
    E(CL_INVALID_MIP_LEVEL, "the mip level is not valid")                                         \
    E(CL_INVALID_GLOBAL_WORK_SIZE, "the global work size is not valid")                           \
    E(CL_INVALID_PROPERTY, "a property is not valid or not supported")                            \
    E(CL_INVALID_IMAGE_DESCRIPTOR, "the image descriptor is not valid")                           \
    E(CL_INVALID_COMPILER_OPTIONS, "the device's compiler does not take the options")             \
    E(CL_INVALID_LINKER_OPTIONS, "the device's linker does not take the options")                 \
    E(CL_INVALID_DEVICE_PARTITION_COUNT, "the device cannot be partitioned into so many")         \
    E(CL_INVALID_PIPE_SIZE, "the device does not support pipes of this size")                     \
    E(CL_INVALID_DEVICE_QUEUE, "the device queue is not valid")                                   \
    E(CL_INVALID_SPEC_ID, "the program has no specialization constant of that number")            \
    E(CL_MAX_SIZE_RESTRICTION_EXCEEDED, "a size is above the limit of the kernel argument")       \
    E(CL_PLATFORM_NOT_FOUND_KHR, "no OpenCL driver is installed")

int clf_version(void)
{
    return CLF_VERSION;
}

const char *clf_status_name(clf_status status)
{
    switch ((int)status) {
#define OWN_NAME(name, number, text) \
    case number:                     \
        return #name;
        CLF_STATUS_LIST(OWN_NAME)
#undef OWN_NAME
#define CL_NAME(name, text) \
    case name:              \
        return #name;
        CL_ERROR_LIST(CL_NAME)
#undef CL_NAME
    default:
        return "unknown status";
    }
}

const char *clf_status_text(clf_status status)
{
    switch ((int)status) {
#define OWN_TEXT(name, number, text) \
    case number:                     \
        return text;
        CLF_STATUS_LIST(OWN_TEXT)
#undef OWN_TEXT
#define CL_TEXT(name, text) \
    case name:              \
        return text;
        CL_ERROR_LIST(CL_TEXT)
#undef CL_TEXT
    default:
        return "a status that neither libclfiber nor OpenCL's core defines";
    }
}

const char *clf_failure_text(int32_t code)
{
    static const struct {
        int32_t code;
        const char *text;
    } own[] = {
        {CLF_FAIL_BAD_HANDLE, "a handle that was joined, detached or never given out"},
        {CLF_FAIL_RESULT_SIZE, "a join into a result of another size than the fiber's"},
        {CLF_FAIL_ZERO, "`fail 0`: a failure needs a code"},
        {CLF_FAIL_NO_RESULT, "the fiber's end was reached without a `return`"},
        {CLF_FAIL_GUARD,
         "the word behind the fiber's frame was overwritten: something wrote past an array"},
        {CLF_FAIL_NOT_LOCKED, "unlock of a mutex that nobody holds"},
        {CLF_FAIL_NOT_HOLDER,
         "unlock by another fiber than the holder, or done by another than the first"},
        {CLF_FAIL_BAD_OBJECT, "a synchronization object that is null or not initialised"},
        {CLF_FAIL_CLOSED, "the channel is closed"},
        {CLF_FAIL_MESSAGE, "a message of another size than the channel's"},
        {CLF_FAIL_OVERFLOW, "more units or fibers than the object can count"},
        {CLF_FAIL_NO_CALL, "the host has registered no function of that number"},
        {CLF_FAIL_CALL_SIZE, "argument or result of a host call has the wrong size"},
        {CLF_FAIL_CALL_IO, "reading, writing or printing failed on the host"},
        {CLF_FAIL_CALL_FILE, "the host has opened no file of that number"},
        {CLF_CANCELLED, "the fiber was cancelled"},
    };
    for (size_t i = 0; i < sizeof own / sizeof *own; i++)
        if (own[i].code == code)
            return own[i].text;
    return "";
}
