/* tier.c - which atomics a device has (cl/atomics.cl): by what it says of itself, then by a probe
 * that is compiled and run, because an empty kernel, and a list of features, can lie.
 */
#include "clfi.h"
#include "device_sources.h"

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

/* Message passing between work-groups, repeated; and a count that must come out whole. out[0]:
 * payloads that were not there although their flag was; out[1]: the count. Nobody waits: a group
 * that sees no flag goes on. */
static const char probe_source[] =
    "#define ROUNDS 1000u\n"
    "__kernel void clf_probe(__global uint *word, __global uint *out)\n"
    "{\n"
    "    uint g = get_group_id(0), n = get_num_groups(0), other = (g + 1) % n;\n"
    "    __global uint *mine = word + g * 64, *theirs = word + other * 64;\n"
    "    for (uint i = 1; i <= ROUNDS; i++) {\n"
    "        clf_store_relaxed(mine, i);\n"
    "        clf_store_release(mine + 32, i);\n"
    "        uint flag = clf_load_acquire(theirs + 32);\n"
    "        if (clf_load_relaxed(theirs) < flag)\n"
    "            clf_add_relaxed(out, 1u);\n"
    "        clf_add_acq_rel(out + 1, 1u);\n"
    "        uint old = clf_load_relaxed(out + 2);\n"
    "        for (uint k = 0; k < 1000000u && clf_cas_acq_rel(out + 2, old, old + 1) != old; k++)\n"
    "            old = clf_load_relaxed(out + 2);\n"
    "    }\n"
    "    clf_or_relaxed(out + 3, 1u << g);\n"
    "}\n";

#define PROBE_GROUPS 4u
#define PROBE_ROUNDS 1000u

/* NULL if the kernel ran and was right, or what was wrong. */
static const char *run_probe(clf_scheduler *s, cl_kernel kernel, size_t groups)
{
    cl_int error, ignored;
    cl_uint zero[PROBE_GROUPS * 64] = {0}, out[4] = {0};
    size_t one = 1;
    cl_mem word = clCreateBuffer(s->context, CL_MEM_READ_WRITE | CL_MEM_COPY_HOST_PTR, sizeof zero,
                                 zero, &error);
    cl_mem result = clCreateBuffer(s->context, CL_MEM_READ_WRITE | CL_MEM_COPY_HOST_PTR, sizeof out,
                                   out, &ignored);
    error |= ignored;
    error |= clSetKernelArg(kernel, 0, sizeof word, &word);
    error |= clSetKernelArg(kernel, 1, sizeof result, &result);
    if (error == CL_SUCCESS)
        error = clEnqueueNDRangeKernel(s->queue, kernel, 1, NULL, &groups, &one, 0, NULL, NULL);
    if (error == CL_SUCCESS)
        error = clEnqueueReadBuffer(s->queue, result, CL_TRUE, 0, sizeof out, out, 0, NULL, NULL);
    if (word != NULL)
        clReleaseMemObject(word);
    if (result != NULL)
        clReleaseMemObject(result);
    if (error != CL_SUCCESS)
        return "its probe does not run";
    bool right = out[0] == 0 && out[1] == groups * PROBE_ROUNDS &&
                 out[2] == groups * PROBE_ROUNDS && out[3] == (1u << groups) - 1;
    return right ? NULL : "its probe gave a wrong result";
}

/* NULL if the device compiles the tier's operations and passes a short run, or why not. */
static const char *passes(clf_scheduler *s, clf_tier tier, const char *flags)
{
    const char *texts[2] = {NULL, probe_source};
    for (const struct clfi_device_source *d = clfi_device_sources; d->name != NULL; d++)
        if (!strcmp(d->name, "atomics.cl"))
            texts[0] = d->text;
    cl_int error = CL_SUCCESS;
    cl_program program = clCreateProgramWithSource(s->context, 2, texts, NULL, &error);
    cl_kernel kernel = NULL;
    const char *reason = "its probe does not compile";
    if (error == CL_SUCCESS)
        error = clBuildProgram(program, 1, &s->device, flags, NULL, NULL);
    if (error == CL_SUCCESS)
        kernel = clCreateKernel(program, "clf_probe", &error);
    if (error == CL_SUCCESS)
        reason = run_probe(s, kernel, tier == CLF_TIER_SERIAL ? 1 : PROBE_GROUPS);
    if (kernel != NULL)
        clReleaseKernel(kernel);
    if (program != NULL)
        clReleaseProgram(program);
    return reason;
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

clf_status clfi_tier_settle(clf_scheduler *s)
{
    CLFI_TRY(read_environment(s));
    clf_tier wanted = s->options.tier;
    clf_tier first = wanted == CLF_TIER_AUTO ? CLF_TIER_C11 : wanted;
    clf_tier last = wanted == CLF_TIER_AUTO ? CLF_TIER_SERIAL : wanted;
    for (clf_tier t = first; t <= last; t++) {
        const char *reason = offers(s->device, t, s->tier_flags, sizeof s->tier_flags);
        if (reason == NULL)
            reason = passes(s, t, s->tier_flags);
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
        return "the device offers it, compiles it and passes its probe";
    if (s->tier_reason[tier] != NULL)
        return s->tier_reason[tier];
    return "not looked at: another one was forced, or comes first";
}

const char *clfi_tier_flags(const clf_scheduler *s)
{
    return s->tier_flags;
}
