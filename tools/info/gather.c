/* gather.c - asks OpenCL and the library about devices, and runs a few fibers on each. */
#include <stdlib.h>
#include <string.h>

#include "info.h"

/* Touches every part: spawns, joins, steals when there are several workers, a result. */
static const char check_source[] = "fiber int info_fib(int n)\n"
                                   "{\n"
                                   "    if (n < 2)\n"
                                   "        return n;\n"
                                   "    int a = spawn info_fib(n - 1), b = spawn info_fib(n - 2);\n"
                                   "    sync;\n"
                                   "    return a + b;\n"
                                   "}\n";
enum { CHECK_ARGUMENT = 15, CHECK_RESULT = 610 };

const char *info_type_name(cl_device_type type)
{
    if (type & CL_DEVICE_TYPE_GPU)
        return "GPU";
    if (type & CL_DEVICE_TYPE_CPU)
        return "CPU";
    if (type & CL_DEVICE_TYPE_ACCELERATOR)
        return "accelerator";
    return type & CL_DEVICE_TYPE_CUSTOM ? "custom" : "other";
}

static void ask_opencl(info_device *d)
{
    cl_device_id id = d->is.id;
    info_limits *l = &d->limits;

    clGetDeviceInfo(id, CL_DRIVER_VERSION, sizeof d->driver - 1, d->driver, NULL);
    clGetDeviceInfo(id, CL_DEVICE_OPENCL_C_VERSION, sizeof d->c_version - 1, d->c_version, NULL);
    clGetDeviceInfo(id, CL_DEVICE_GLOBAL_MEM_SIZE, sizeof l->global_bytes, &l->global_bytes, NULL);
    clGetDeviceInfo(id, CL_DEVICE_MAX_MEM_ALLOC_SIZE, sizeof l->buffer_bytes, &l->buffer_bytes,
                    NULL);
    clGetDeviceInfo(id, CL_DEVICE_LOCAL_MEM_SIZE, sizeof l->local_bytes, &l->local_bytes, NULL);
    clGetDeviceInfo(id, CL_DEVICE_MAX_WORK_GROUP_SIZE, sizeof l->group_size, &l->group_size, NULL);
    clGetDeviceInfo(id, CL_DEVICE_ADDRESS_BITS, sizeof l->address_bits, &l->address_bits, NULL);
}

static void keep_message(char *to, size_t size, const clf_scheduler *s, const char *otherwise)
{
    const char *message = clf_message(s);

    snprintf(to, size, "%s", *message != '\0' ? message : otherwise);
}

/* The library says in the build log when it cannot keep a program. */
static void ask_cache(const clf_scheduler *s, info_device *d)
{
    const char *why = strstr(clf_build_log(s), "the compiled program cannot be kept");
    const char *named = getenv("CLFIBER_CACHE");

    if (why != NULL)
        snprintf(d->cache, sizeof d->cache, "%.*s", (int)strcspn(why, "\n"), why);
    else if (named != NULL)
        snprintf(d->cache, sizeof d->cache, "%s", named);
}

static bool run_fibers(clf_scheduler *s, info_device *d)
{
    clf_handle root;
    cl_int result = 0;

    if (clf_program_build(s, check_source, NULL) != CLF_OK ||
        clf_start(s, "info_fib", 1, (clf_arg[]){CLF_INT(CHECK_ARGUMENT)}, &root) != CLF_OK ||
        clf_join(s, root, &result, sizeof result, CLF_FOREVER) != CLF_OK) {
        keep_message(d->why, sizeof d->why, s, "a program of fibers does not build or run");
        return false;
    }
    if (result != CHECK_RESULT) {
        snprintf(d->why, sizeof d->why, "info_fib(%d) gave %d instead of %d: do not use the device",
                 CHECK_ARGUMENT, (int)result, CHECK_RESULT);
        return false;
    }
    return true;
}

static void ask_scheduler(const clf_scheduler *s, info_device *d)
{
    d->has_scheduler = true;
    d->options.size = sizeof d->options;
    clf_get_options(s, &d->options);
    d->options.device = NULL; /* the scheduler's */
    for (int i = 0; i < INFO_TIERS; i++) {
        clf_tier tier = (clf_tier)(CLF_TIER_C11 + i);
        d->tier[i] = (info_tier){tier, tier == d->options.tier, clf_tier_reason(s, tier)};
    }
}

static void run_litmus(clf_scheduler *s, uint64_t rounds, info_device *d)
{
    for (int i = 0; i < INFO_TIERS; i++)
        d->litmus[i].present =
            clf_litmus(s, (clf_tier)(CLF_TIER_C11 + i), rounds, d->litmus[i].row) == CLF_OK;
}

static void try_device(info_device *d, uint64_t litmus)
{
    clf_options options = CLF_OPTIONS_INIT;
    clf_scheduler *s;
    clf_stats stats = {.size = sizeof stats};
    char number[16];

    snprintf(number, sizeof number, "%u", (unsigned)d->number);
    options.device = number;
    if (clf_create(&options, &s) != CLF_OK) {
        keep_message(d->why, sizeof d->why, NULL, "no scheduler can be made");
        return;
    }
    d->usable = run_fibers(s, d);
    ask_cache(s, d);
    ask_scheduler(s, d);
    if (clf_get_stats(s, &stats) == CLF_OK)
        d->frame_bytes = stats.frame_bytes;
    if (litmus != 0)
        run_litmus(s, litmus, d);
    clf_destroy(s);
}

/* The device that clf_create picks for `wanted`; NULL, with a message in the report, if there is
 * none. */
static cl_device_id picked(const char *wanted, info_report *report)
{
    clf_options options = CLF_OPTIONS_INIT;
    clf_scheduler *s;
    clf_status status;
    cl_device_id id;

    options.device = wanted;
    status = clf_create(&options, &s);
    if (status != CLF_OK) {
        keep_message(report->error, sizeof report->error, NULL, clf_status_text(status));
        return NULL;
    }
    id = clf_device(s);
    clf_destroy(s);
    return id;
}

void info_gather(const char *wanted, uint64_t litmus, info_report *report)
{
    uint32_t count = 0;
    cl_device_id chosen;

    *report = (info_report){0};
    if (clf_get_device(0, NULL, &count) != CLF_OK) {
        keep_message(report->error, sizeof report->error, NULL, "there is no OpenCL device");
        return;
    }
    report->device = calloc(count, sizeof *report->device);
    if (report->device == NULL) {
        snprintf(report->error, sizeof report->error, "out of memory");
        return;
    }
    chosen = picked(wanted, report);
    for (uint32_t i = 0; i < count; i++) {
        info_device *d = &report->device[report->count];

        *d = (info_device){.number = i};
        if (clf_get_device(i, &d->is, NULL) != CLF_OK)
            continue;
        d->is_default = d->is.id == chosen;
        if (wanted != NULL && !d->is_default)
            continue;
        ask_opencl(d);
        try_device(d, litmus);
        report->count++;
    }
}

void info_free(info_report *report)
{
    free(report->device);
    *report = (info_report){0};
}

bool info_usable(const info_report *report)
{
    for (uint32_t i = 0; i < report->count; i++)
        if (report->device[i].is_default)
            return report->device[i].usable;
    return false;
}

bool info_ordered(const info_report *report)
{
    bool ordered = true;

    for (uint32_t i = 0; i < report->count; i++)
        for (int k = 0; k < INFO_TIERS; k++)
            for (int t = 0; t < CLF_LITMUS_TESTS; t++) {
                const info_device *d = &report->device[i];
                const clf_litmus_row *row = &d->litmus[k].row[t];

                if (d->litmus[k].present && d->tier[k].used && !row->allowed)
                    ordered &= row->weak == 0;
            }
    return ordered;
}
