/* info.h - what clfiber-info finds out about a device, and who prints it.
 *
 * gather.c fills the structures by the library's public interface and OpenCL's; text.c and json.c
 * print them. A new section is a member here, a function in gather.c and one in each printer.
 */
#ifndef CLF_INFO_H
#define CLF_INFO_H

#include <stdbool.h>
#include <stdio.h>

#include <clfiber.h>

enum { INFO_TIERS = CLF_TIER_SERIAL - CLF_TIER_C11 + 1 };

/* A tier of atomics on one device. */
typedef struct info_tier {
    clf_tier tier;
    bool used;
    const char *reason; /* a part of a sentence */
} info_tier;

/* A tier's litmus tests on one device; absent if the device does not offer or compile the tier. */
typedef struct info_litmus {
    bool present;
    clf_litmus_row row[CLF_LITMUS_TESTS];
} info_litmus;

/* What OpenCL says of the device. */
typedef struct info_limits {
    cl_ulong global_bytes, buffer_bytes, local_bytes;
    size_t group_size;
    cl_uint address_bits;
} info_limits;

typedef struct info_device {
    uint32_t number;
    clf_device_info is;
    char driver[128], c_version[128];
    info_limits limits;
    bool is_default; /* what clf_create picks when nobody names a device */
    bool usable;     /* a program of fibers was built, was run and gave the right result */
    char why[1100];  /* it is not usable */
    /* the rest only if a scheduler could be made */
    bool has_scheduler;
    clf_options options;
    uint32_t frame_bytes; /* of the program that was run */
    char cache[400];      /* where $CLFIBER_CACHE has it kept, or why it is not kept; else "" */
    info_tier tier[INFO_TIERS];
    info_litmus litmus[INFO_TIERS]; /* by tier; only if they were asked for */
} info_device;

typedef struct info_report {
    char error[1100]; /* there is no device, or the one asked for is not there; else "" */
    info_device *device;
    uint32_t count;
} info_report;

/* Looks at all devices, or if `wanted` is not NULL at the one that it names. litmus: rounds of each
 * litmus test, 0: none. */
void info_gather(const char *wanted, uint64_t litmus, info_report *report);
void info_free(info_report *report);

/* Whether a program that names no device (or the device that was asked for) would work. */
bool info_usable(const info_report *report);
/* Whether no litmus test of the tier in use saw a forbidden outcome, on any device. */
bool info_ordered(const info_report *report);

void info_print_text(const info_report *report, FILE *out);
void info_print_json(const info_report *report, FILE *out);

/* "CPU", "GPU", "accelerator", "custom" or "other". */
const char *info_type_name(cl_device_type type);

#endif
