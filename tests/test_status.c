/* test_status.c - version, status names and texts. */
#include "config.h"
#include "clfiber.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

START_TEST(version_is_the_packages)
{
    char text[32];

    snprintf(text, sizeof text, "%d.%d.%d", CLF_VERSION_MAJOR, CLF_VERSION_MINOR,
             CLF_VERSION_PATCH);
    ck_assert_str_eq(text, PACKAGE_VERSION);
    ck_assert_int_eq(clf_version(), CLF_VERSION);
}
END_TEST

START_TEST(own_codes_have_names_and_texts)
{
#define IS_KNOWN(code, number, description)         \
    ck_assert_int_eq(code, number);                 \
    ck_assert_str_eq(clf_status_name(code), #code); \
    ck_assert_str_eq(clf_status_text(code), description);
    CLF_STATUS_LIST(IS_KNOWN)
#undef IS_KNOWN
}
END_TEST

/* OpenCL leaves -20..-29 free. */
START_TEST(opencl_codes_have_names_and_texts)
{
    for (int code = -72; code < 0; code++) {
        const char *name = clf_status_name((clf_status)code);

        if (code <= -20 && code >= -29) {
            ck_assert_str_eq(name, "unknown status");
        } else {
            ck_assert_msg(strncmp(name, "CL_", 3) == 0, "%d is %s", code, name);
            ck_assert(clf_status_text((clf_status)code)[0] != '\0');
        }
    }
    ck_assert_str_eq(clf_status_name((clf_status)-5), "CL_OUT_OF_RESOURCES");
    ck_assert_str_eq(clf_status_name((clf_status)-72), "CL_MAX_SIZE_RESTRICTION_EXCEEDED");
    ck_assert_str_eq(clf_status_name((clf_status)-1001), "CL_PLATFORM_NOT_FOUND_KHR");
}
END_TEST

START_TEST(other_numbers_are_unknown)
{
    static const int codes[] = {4, 1000, -73, -1000, -30000, -30022, INT32_MIN, INT32_MAX};

    for (size_t i = 0; i < sizeof codes / sizeof codes[0]; i++) {
        ck_assert_str_eq(clf_status_name((clf_status)codes[i]), "unknown status");
        ck_assert(clf_status_text((clf_status)codes[i])[0] != '\0');
    }
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("status");
    TCase *tcase = tcase_create("status");
    SRunner *runner = srunner_create(suite);

    tcase_add_test(tcase, version_is_the_packages);
    tcase_add_test(tcase, own_codes_have_names_and_texts);
    tcase_add_test(tcase, opencl_codes_have_names_and_texts);
    tcase_add_test(tcase, other_numbers_are_unknown);
    suite_add_tcase(suite, tcase);
    srunner_run_all(runner, CK_ENV);

    int failed = srunner_ntests_failed(runner);

    srunner_free(runner);
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
