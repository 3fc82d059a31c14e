/* tier.c - which atomics a device has (cl/atomics.cl): by what it says of itself, then by a short
 * run of the litmus tests, because an empty kernel, and a list of features, can lie.
 */
#include "clfi.h"

#include <stdlib.h>
#include <string.h>

const char *clf_tier_name(clf_tier tier)
{
    static const char *const names[] = {"auto", "c11", "nvidia", "legacy", "serial"};
    return (unsigned)tier < sizeof names / sizeof *names ? names[tier] : "unknown";
}

/* The highest OpenCL C that the device compiles with C11 atomics of device scope: 3 or 2, or 0. */
static int c11_version(cl_device_id device)
{
    cl_name_version features[128];
    size_t bytes = 0;
    int found = 0;
    if (clGetDeviceInfo(device, CL_DEVICE_OPENCL_C_FEATURES, sizeof features, features, &bytes) ==
        CL_SUCCESS) {
        for (size_t i = 0; i < bytes / sizeof *features; i++) {
            found |= !strcmp(features[i].name, "__opencl_c_atomic_order_acq_rel") ? 1 : 0;
            found |= !strcmp(features[i].name, "__opencl_c_atomic_scope_device") ? 2 : 0;
        }
        if (found == 3)
            return 3;
    }
    char *version = clfi_device_string(device, CL_DEVICE_VERSION);
    bool two = version != NULL && !strncmp(version, "OpenCL 2.", 9);
    free(version);
    return two ? 2 : 0;
}

static bool is_nvidia(cl_device_id device)
{
    char *vendor = clfi_device_string(device, CL_DEVICE_VENDOR);
    bool yes = vendor != NULL && strstr(vendor, "NVIDIA") != NULL;
    free(vendor);
    return yes;
}

/* NULL if the device offers the tier, with the compiler's flags for it, or why it does not. */
static const char *offers(cl_device_id device, clf_tier tier, char *flags, size_t size)
{
    int version = 0;
    switch (tier) {
    case CLF_TIER_C11:
        version = c11_version(device);
        snprintf(flags, size, "-cl-std=CL%d.0 -DCLF_TIER=1", version);
        return version != 0 ? NULL : "it claims no acquire and release at device scope";
    case CLF_TIER_NVIDIA:
        snprintf(flags, size, "-DCLF_TIER=2");
        return is_nvidia(device) ? NULL : "its vendor is not NVIDIA";
    case CLF_TIER_LEGACY:
        snprintf(flags, size, "-cl-std=CL1.2 -DCLF_TIER=3");
        return NULL;
    default:
        snprintf(flags, size, "-cl-std=CL1.2 -DCLF_TIER=4");
        return NULL;
    }
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
        "CLFIBER_TIER is \"%s\"; it may be auto, c11, nvidia, legacy or serial, or unset", wanted);
}

clf_status clfi_tier_offered(clf_scheduler *s, clf_tier tier, char *flags, size_t size)
{
    if (tier < CLF_TIER_C11 || tier > CLF_TIER_LEGACY)
        return clfi_fail(s, CLF_BAD_ARGUMENT,
                         "tier is %d (%s); it may be CLF_TIER_C11, CLF_TIER_NVIDIA or "
                         "CLF_TIER_LEGACY",
                         (int)tier, clf_tier_name(tier));
    const char *reason = offers(s->device, tier, flags, size);
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
        const char *reason = offers(s->device, t, s->tier_flags, sizeof s->tier_flags);
        if (reason == NULL)
            reason = clfi_litmus_failure(s, t, s->tier_flags);
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
