/* device.c - which OpenCL devices there are, and which one is meant. */
#include "clfi.h"

#include <ctype.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

/* What the ICD loader says when no driver is registered. */
#define NO_PLATFORM (-1001)

typedef struct device_list {
    clf_device_info *info;
    uint32_t count;
} device_list;

clf_status clfi_device_get(clf_scheduler *s, cl_device_info what, size_t size, void *value)
{
    return clfi_cl(s, clGetDeviceInfo(s->device, what, size, value, NULL), "clGetDeviceInfo");
}

clf_status clfi_device_string(clf_scheduler *s, cl_device_info what, char **text)
{
    size_t bytes = 0;
    *text = NULL;
    CLFI_TRY(clfi_cl(s, clGetDeviceInfo(s->device, what, 0, NULL, &bytes), "clGetDeviceInfo"));
    char *copy = malloc(bytes + 1);
    if (copy == NULL)
        return clfi_no_memory(s, bytes + 1, "a device's properties");
    clf_status status = clfi_device_get(s, what, bytes, copy);
    if (status != CLF_OK) {
        free(copy);
        return status;
    }
    copy[bytes] = '\0';
    *text = copy;
    return CLF_OK;
}

static void describe(cl_platform_id platform, cl_device_id device, clf_device_info *info)
{
    cl_uint units = 0;
    *info = (clf_device_info){.id = device, .platform_id = platform};
    clGetPlatformInfo(platform, CL_PLATFORM_NAME, sizeof info->platform - 1, info->platform, NULL);
    clGetDeviceInfo(device, CL_DEVICE_NAME, sizeof info->name - 1, info->name, NULL);
    clGetDeviceInfo(device, CL_DEVICE_VERSION, sizeof info->version - 1, info->version, NULL);
    clGetDeviceInfo(device, CL_DEVICE_TYPE, sizeof info->type, &info->type, NULL);
    clGetDeviceInfo(device, CL_DEVICE_MAX_COMPUTE_UNITS, sizeof units, &units, NULL);
    info->compute_units = units;
}

static clf_status add_platform(device_list *list, cl_platform_id platform)
{
    cl_uint count = 0;
    if (clGetDeviceIDs(platform, CL_DEVICE_TYPE_ALL, 0, NULL, &count) != CL_SUCCESS || count == 0)
        return CLF_OK; /* a platform without devices is none of ours */
    cl_device_id *ids = calloc(count, sizeof *ids);
    clf_device_info *info = realloc(list->info, (list->count + count) * sizeof *info);
    if (info != NULL)
        list->info = info;
    if (ids == NULL || info == NULL) {
        free(ids);
        return clfi_no_memory(NULL, count * sizeof *info, "device names");
    }
    if (clGetDeviceIDs(platform, CL_DEVICE_TYPE_ALL, count, ids, NULL) == CL_SUCCESS)
        for (cl_uint i = 0; i < count; i++)
            describe(platform, ids[i], &list->info[list->count++]);
    free(ids);
    return CLF_OK;
}

static clf_status list_platforms(device_list *list)
{
    cl_uint platforms = 0;
    *list = (device_list){0};
    cl_int error = clGetPlatformIDs(0, NULL, &platforms);
    if (error != CL_SUCCESS && error != NO_PLATFORM)
        return clfi_cl(NULL, error, "clGetPlatformIDs");
    cl_platform_id *ids = calloc(platforms + 1, sizeof *ids);
    if (ids == NULL)
        return clfi_no_memory(NULL, platforms * sizeof *ids, "platforms");
    clf_status status = CLF_OK;
    if (platforms != 0)
        status = clfi_cl(NULL, clGetPlatformIDs(platforms, ids, NULL), "clGetPlatformIDs");
    for (cl_uint i = 0; i < platforms && status == CLF_OK; i++)
        status = add_platform(list, ids[i]);
    free(ids);
    if (status == CLF_OK && list->count == 0)
        status = clfi_fail(
            NULL, CLF_NO_DEVICE,
            "no OpenCL device: the ICD loader found %u platforms%s. Install a driver, for the CPU "
            "Debian's package pocl-opencl-icd, and see that OCL_ICD_VENDORS, if set, is right",
            (unsigned)platforms, error == NO_PLATFORM ? " (its error -1001)" : "");
    if (status != CLF_OK)
        free(list->info);
    return status;
}

/* One thread at a time: PoCL (3.1) tells a second one that comes while it still looks at the
 * machine that there are no devices. */
static clf_status list_devices(device_list *list)
{
    static pthread_mutex_t one_at_a_time = PTHREAD_MUTEX_INITIALIZER;
    pthread_mutex_lock(&one_at_a_time);
    clf_status status = list_platforms(list);
    pthread_mutex_unlock(&one_at_a_time);
    return status;
}

clf_status clf_get_device(uint32_t index, clf_device_info *info, uint32_t *count)
{
    device_list list;
    CLFI_TRY(list_devices(&list));
    clf_status status = CLF_OK;
    if (info != NULL && index >= list.count)
        status =
            clfi_fail(NULL, CLF_BAD_ARGUMENT, "clf_get_device: index %u, but there are %u devices",
                      (unsigned)index, (unsigned)list.count);
    else if (info != NULL)
        *info = list.info[index];
    if (status == CLF_OK && count != NULL)
        *count = list.count;
    free(list.info);
    return status;
}

/* Whether `part` occurs in `text`, case ignored. */
static bool contains(const char *text, const char *part)
{
    size_t n = strlen(part);
    for (; *text != '\0'; text++) {
        size_t i = 0;
        while (i < n && tolower((unsigned char)text[i]) == tolower((unsigned char)part[i]))
            i++;
        if (i == n)
            return true;
    }
    return n == 0;
}

/* Index in the list, or list->count. */
static uint32_t pick(const device_list *list, const char *wanted)
{
    uint32_t i = 0;
    if (wanted == NULL) {
        while (i < list->count && !(list->info[i].type & CL_DEVICE_TYPE_GPU))
            i++;
        return i < list->count ? i : 0;
    }
    char *end;
    unsigned long number = strtoul(wanted, &end, 10);
    if (isdigit((unsigned char)wanted[0]) && *end == '\0')
        return number < list->count ? (uint32_t)number : list->count;
    while (i < list->count && !contains(list->info[i].name, wanted) &&
           !contains(list->info[i].platform, wanted))
        i++;
    return i;
}

clf_status clfi_device_pick(const char *wanted, cl_device_id *device)
{
    device_list list;
    const char *origin = "options.device";
    if (wanted == NULL || wanted[0] == '\0') {
        origin = "CLFIBER_DEVICE";
        wanted = getenv("CLFIBER_DEVICE");
        if (wanted != NULL && wanted[0] == '\0')
            wanted = NULL;
    }
    CLFI_TRY(list_devices(&list));
    uint32_t i = pick(&list, wanted);
    clf_status status = CLF_OK;
    if (i < list.count) {
        *device = list.info[i].id;
    } else {
        clfi_text names = {0};
        for (uint32_t k = 0; k < list.count; k++)
            clfi_text_print(&names, "%s%u: %s, %s", k == 0 ? "" : "; ", (unsigned)k,
                            list.info[k].platform, list.info[k].name);
        status = clfi_fail(NULL, CLF_NO_DEVICE,
                           "%s is \"%s\", which is no device's number or part of a name; %s %s",
                           origin, wanted, list.count == 1 ? "the only one is" : "there are",
                           clfi_text_get(&names));
        clfi_text_free(&names);
    }
    free(list.info);
    return status;
}
