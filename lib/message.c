/* message.c - what a failed call had to say: kept on the scheduler, or for the thread where there
 * is none. */
#include "clfi.h"

static _Thread_local char thread_message[CLFI_MESSAGE_BYTES];

clf_status clfi_fail(clf_scheduler *s, clf_status status, const char *format, ...)
{
    char *message = s != NULL ? s->message : thread_message;
    va_list args;
    va_start(args, format);
    vsnprintf(message, CLFI_MESSAGE_BYTES, format, args);
    va_end(args);
    return status;
}

clf_status clfi_cl(clf_scheduler *s, cl_int error, const char *call)
{
    if (error == CL_SUCCESS)
        return CLF_OK;
    return clfi_fail(s, (clf_status)error, "%s failed: %s (%d), %s", call,
                     clf_status_name((clf_status)error), (int)error,
                     clf_status_text((clf_status)error));
}

clf_status clfi_no_memory(clf_scheduler *s, size_t bytes, const char *what)
{
    return clfi_fail(s, CLF_NO_MEMORY, "no host memory for %zu bytes of %s", bytes, what);
}

const char *clf_message(const clf_scheduler *scheduler)
{
    return scheduler != NULL ? scheduler->message : thread_message;
}
