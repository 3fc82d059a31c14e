/* tier.c - which atomics a device has (cl/atomics.cl): by what it says of itself, then by a short
 * run of the litmus tests, because an empty kernel, and a list of features, can lie.
 */
#include "clfi.h"

#include <stdlib.h>
#include <string.h>

const char *clf_tier_name(clf_tier tier)
{
    static const char *const names[] = {"auto", "c11", "fences", "nvidia", "legacy", "serial"};
    return (unsigned)tier < sizeof names / sizeof *names ? names[tier] : "unknown";
}

/* The highest OpenCL C that the device compiles with C11 atomics of device scope: 3 or 2, or 0. */
static clf_status c11_version(clf_scheduler *s, int *version)
{
    cl_name_version features[128];
    size_t bytes = 0;
    int found = 0;
    cl_int error =
        clGetDeviceInfo(s->device, CL_DEVICE_OPENCL_C_FEATURES, sizeof features, features, &bytes);
    *version = 0;
    if (error == CL_SUCCESS) {
        for (size_t i = 0; i < bytes / sizeof *features; i++) {
            found |= !strcmp(features[i].name, "__opencl_c_atomic_order_acq_rel") ? 1 : 0;
            found |= !strcmp(features[i].name, "__opencl_c_atomic_scope_device") ? 2 : 0;
        }
        *version = found == 3 ? 3 : 0;
    } else if (error != CL_INVALID_VALUE) { /* which says that it is older than the question */
        return clfi_cl(s, error, "clGetDeviceInfo");
    }
    if (*version == 3)
        return CLF_OK;
    char *text;
    CLFI_TRY(clfi_device_string(s, CL_DEVICE_VERSION, &text));
    *version = !strncmp(text, "OpenCL 2.", 9) ? 2 : 0;
    free(text);
    return CLF_OK;
}

static clf_status is_nvidia(clf_scheduler *s, bool *yes)
{
    char *vendor;
    CLFI_TRY(clfi_device_string(s, CL_DEVICE_VENDOR, &vendor));
    *yes = strstr(vendor, "NVIDIA") != NULL;
    free(vendor);
    return CLF_OK;
}

/* *reason: NULL if the device offers the tier, with the compiler's flags for it, or why it does
 * not. */
static clf_status offers(clf_scheduler *s, clf_tier tier, char *flags, size_t size,
                         const char **reason)
{
    int version = 0;
    bool nvidia = false;
    *reason = NULL;
    switch (tier) {
    case CLF_TIER_C11:
    case CLF_TIER_FENCES:
        CLFI_TRY(c11_version(s, &version));
        snprintf(flags, size, "-cl-std=CL%d.0 -DCLF_TIER=%d", version, (int)tier);
        if (version == 0)
            *reason = "it claims no acquire and release at device scope";
        break;
    case CLF_TIER_NVIDIA:
        CLFI_TRY(is_nvidia(s, &nvidia));
        snprintf(flags, size, "-DCLF_TIER=%d", (int)tier);
        if (!nvidia)
            *reason = "its vendor is not NVIDIA";
        break;
    default:
        snprintf(flags, size, "-cl-std=CL1.2 -DCLF_TIER=%d", (int)tier);
    }
    return CLF_OK;
}

/* Compilers known to break a tier now and then only, so that a short run may miss it; *reason stays
 * if this is none. */
static clf_status recall_faults(clf_scheduler *s, clf_tier tier, const char **reason)
{
    cl_platform_id platform;
    char name[128] = "";
    if (tier != CLF_TIER_C11 || (s->device_type & CL_DEVICE_TYPE_CPU) == 0)
        return CLF_OK;
    CLFI_TRY(
        clfi_cl(s, clGetDeviceInfo(s->device, CL_DEVICE_PLATFORM, sizeof platform, &platform, NULL),
                "clGetDeviceInfo"));
    cl_int error = clGetPlatformInfo(platform, CL_PLATFORM_NAME, sizeof name, name, NULL);
    if (error == CL_SUCCESS && !strncmp(name, "Intel", 5)) /* up to 2026.2: every 500th round */
        *reason =
            "Intel's compiler for CPUs reads plain data before the acquiring load in front of it";
    return CLF_OK;
}

static clf_status read_environment(clf_scheduler *s)
{
    const char *wanted = getenv("CLFIBER_TIER");
    if (s->options.tier != CLF_TIER_AUTO || wanted == NULL || wanted[0] == '\0')
        return CLF_OK;
    for (clf_tier t = CLF_TIER_AUTO; t <= CLF_TIER_SERIAL; t++)
        if (!strcmp(wanted, clf_tier_name(t))) {
            s->options.tier = t;
            return CLF_OK;
        }
    return clfi_fail(
        s, CLF_BAD_ARGUMENT,
        "CLFIBER_TIER is \"%s\"; it may be auto, c11, fences, nvidia, legacy or serial, or unset",
        wanted);
}

clf_status clfi_tier_offered(clf_scheduler *s, clf_tier tier, char *flags, size_t size)
{
    if (tier < CLF_TIER_C11 || tier > CLF_TIER_LEGACY)
        return clfi_fail(s, CLF_BAD_ARGUMENT,
                         "tier is %d (%s); it may be CLF_TIER_C11, CLF_TIER_FENCES, "
                         "CLF_TIER_NVIDIA or CLF_TIER_LEGACY",
                         (int)tier, clf_tier_name(tier));
    const char *reason;
    CLFI_TRY(offers(s, tier, flags, size, &reason));
    if (reason != NULL)
        return clfi_fail(s, CLF_NO_TIER, "the device %s does not offer the atomics tier \"%s\": %s",
                         s->device_name, clf_tier_name(tier), reason);
    return CLF_OK;
}

clf_status clfi_tier_settle(clf_scheduler *s)
{
    CLFI_TRY(read_environment(s));
    clf_tier wanted = s->options.tier;
    clf_tier first = wanted == CLF_TIER_AUTO ? CLF_TIER_C11 : wanted;
    clf_tier last = wanted == CLF_TIER_AUTO ? CLF_TIER_SERIAL : wanted;
    for (clf_tier t = first; t <= last; t++) {
        const char *reason;
        CLFI_TRY(offers(s, t, s->tier_flags, sizeof s->tier_flags, &reason));
        if (reason == NULL)
            CLFI_TRY(recall_faults(s, t, &reason));
        if (reason == NULL)
            CLFI_TRY(clfi_litmus_judge(s, t, s->tier_flags, &reason));
        s->tier_reason[t] = reason;
        if (reason == NULL) {
            s->options.tier = t;
            return CLF_OK;
        }
    }
    return clfi_fail(s, CLF_NO_TIER,
                     "the device %s cannot use the atomics tier \"%s\": %s; leave CLFIBER_TIER and "
                     "options.tier unset to have one picked",
                     s->device_name, clf_tier_name(wanted), s->tier_reason[last]);
}

const char *clf_tier_reason(const clf_scheduler *s, clf_tier tier)
{
    if (s == NULL || tier < CLF_TIER_C11 || tier > CLF_TIER_SERIAL)
        return "there is no such tier";
    if (tier == s->options.tier)
        return "the device offers it, compiles it and passes its litmus tests";
    if (s->tier_reason[tier] != NULL)
        return s->tier_reason[tier];
    return "not looked at: another one was forced, or comes first";
}

const char *clfi_tier_flags(const clf_scheduler *s)
{
    return s->tier_flags;
}
