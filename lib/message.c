/* message.c - what a failed call had to say: kept on the scheduler, or for the thread where there
 * is none. */
#include "clfi.h"

#include <string.h>

/* The thread's own: of calls without a scheduler, and a copy of the last that it left, or asked
 * for, on one; so that another thread's call does not change it while it is read. */
static _Thread_local char thread_message[CLFI_MESSAGE_BYTES];
static _Thread_local char copy[CLFI_MESSAGE_BYTES];
static _Thread_local uint64_t copy_of;

clf_status clfi_fail(clf_scheduler *s, clf_status status, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    vsnprintf(s != NULL ? copy : thread_message, CLFI_MESSAGE_BYTES, format, args);
    va_end(args);
    if (s != NULL) {
        memcpy(s->message, copy, sizeof copy);
        copy_of = s->serial;
    }
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
    if (scheduler == NULL)
        return thread_message;
    if (copy_of != scheduler->serial) {
        clf_scheduler *s = clfi_lock((clf_scheduler *)scheduler);
        memcpy(copy, s->message, sizeof copy);
        clfi_unlock(s);
    }
    return copy;
}
