/* env.c - what the host binds for the fibers to read: arguments of the slice kernel behind the
 * runtime's own. */
#include "clfi.h"

#include <stdlib.h>
#include <string.h>

clf_status clf_get_env(const clf_scheduler *s, uint32_t index, clf_param_info *info,
                       uint32_t *count)
{
    clf_scheduler *writable = (clf_scheduler *)s; /* for the message */
    CLFI_NEED_SCHEDULER(writable);
    CLFI_NEED_PROGRAM(writable);
    if (info != NULL && index >= s->program.envs)
        return clfi_fail(writable, CLF_BAD_ARGUMENT,
                         "clf_get_env: index %u, but the program's env has %u members",
                         (unsigned)index, (unsigned)s->program.envs);
    if (info != NULL)
        *info = s->program.env[index].info;
    if (count != NULL)
        *count = s->program.envs;
    return CLF_OK;
}

static clf_status unknown_member(clf_scheduler *s, const char *name)
{
    clfi_text names = {0};
    for (uint32_t i = 0; i < s->program.envs; i++)
        clfi_text_print(&names, "%s%s", i == 0 ? "" : ", ", s->program.env[i].info.name);
    clf_status status =
        clfi_fail(s, CLF_UNKNOWN_ENV, "clf_bind: the env has no member \"%.100s\"; it has %s", name,
                  s->program.envs != 0 ? clfi_text_get(&names) : "none at all");
    clfi_text_free(&names);
    return status;
}

/* Not every driver looks at the context when an argument is set. */
static cl_int check_context(const clf_scheduler *s, cl_mem memory)
{
    cl_context context = NULL;
    cl_int error = clGetMemObjectInfo(memory, CL_MEM_CONTEXT, sizeof context, &context, NULL);
    return error == CL_SUCCESS && context != s->context ? CL_INVALID_CONTEXT : error;
}

/* For all kernels that get the env. */
static cl_int set_argument(clf_scheduler *s, uint32_t member, size_t size, const void *value)
{
    cl_int error = clSetKernelArg(s->program.slice, CLFI_ENV_ARG + member, size, value);
    if (error == CL_SUCCESS && s->program.unhook != NULL)
        error = clSetKernelArg(s->program.unhook, CLFI_UNHOOK_ENV_ARG + member, size, value);
    if (error == CL_SUCCESS && s->program.holders != NULL)
        error = clSetKernelArg(s->program.holders, CLFI_UNHOOK_ENV_ARG + member, size, value);
    return error;
}

static clf_status bind_memory(clf_scheduler *s, clfi_param *p, uint32_t member, cl_mem memory)
{
    if (memory == NULL)
        return clfi_fail(s, CLF_BAD_ARGUMENT, "clf_bind: the cl_mem for env member \"%s\" is null",
                         p->info.name);
    cl_int error = check_context(s, memory);
    if (error == CL_SUCCESS)
        error = clRetainMemObject(memory);
    if (error == CL_SUCCESS) {
        error = set_argument(s, member, sizeof memory, &memory);
        if (error != CL_SUCCESS)
            clReleaseMemObject(memory);
        s->program.env_lost |= error != CL_SUCCESS;
    }
    if (error != CL_SUCCESS)
        return clfi_fail(
            s, (clf_status)error,
            "clf_bind: the value for env member \"%s\" is no cl_mem of this context: %s",
            p->info.name, clf_status_name((clf_status)error));
    if (p->memory != NULL)
        clReleaseMemObject(p->memory);
    p->memory = memory;
    return CLF_OK;
}

static clf_status bind_value(clf_scheduler *s, clfi_param *p, uint32_t member, const void *value)
{
    size_t size = p->info.size;
    if (p->value == NULL)
        p->value = malloc(size);
    if (p->value == NULL)
        return clfi_no_memory(s, size, "an env member");
    cl_int error = set_argument(s, member, size, value);
    s->program.env_lost |= error != CL_SUCCESS;
    CLFI_TRY(clfi_cl(s, error, "clSetKernelArg"));
    memcpy(p->value, value, size);
    return CLF_OK;
}

clf_status clf_bind(clf_scheduler *s, const char *name, const void *value, size_t size)
{
    CLFI_NEED_SCHEDULER(s);
    CLFI_NEED(s, name);
    CLFI_NEED(s, value);
    CLFI_NEED_PROGRAM(s);
    uint32_t i = 0;
    while (i < s->program.envs && strcmp(s->program.env[i].info.name, name))
        i++;
    if (i == s->program.envs)
        return unknown_member(s, name);
    clfi_param *p = &s->program.env[i];
    size_t wanted = p->info.is_pointer ? sizeof(cl_mem) : p->info.size;
    if (size != wanted)
        return clfi_fail(s, CLF_WRONG_SIZE, "clf_bind: \"%s\" was given %zu bytes; %s%s has %zu",
                         name, size, p->info.type,
                         p->info.is_pointer ? " * takes a cl_mem, which" : "", wanted);
    if (p->info.is_pointer) {
        cl_mem memory;
        memcpy(&memory, value, sizeof memory);
        CLFI_TRY(bind_memory(s, p, i, memory));
    } else {
        CLFI_TRY(bind_value(s, p, i, value));
    }
    p->bound = true;
    clfi_poke(s);
    return CLF_OK;
}

/* Sets the arguments to what is bound. */
static clf_status restore(clf_scheduler *s)
{
    for (uint32_t i = 0; i < s->program.envs; i++) {
        const clfi_param *p = &s->program.env[i];
        size_t size = p->info.is_pointer ? sizeof p->memory : p->info.size;
        const void *value = p->info.is_pointer ? (const void *)&p->memory : p->value;
        CLFI_TRY(clfi_cl(s, set_argument(s, i, size, value), "clSetKernelArg"));
    }
    s->program.env_lost = false;
    return CLF_OK;
}

clf_status clfi_env_check(clf_scheduler *s)
{
    for (uint32_t i = 0; i < s->program.envs; i++)
        if (!s->program.env[i].bound)
            return clfi_fail(s, CLF_UNBOUND_ENV,
                             "env member \"%s\" is not bound: call clf_bind for it",
                             s->program.env[i].info.name);
    return s->program.env_lost ? restore(s) : CLF_OK;
}
