/* test_nodevice.c - a machine without any OpenCL device: the loader is shown an empty folder of
 * drivers. It looks there once in a process, so each test, a child of its own, sets the folder
 * first. */
#include "support.h"

#include <unistd.h>

static char folder[] = "clf-no-drivers-XXXXXX";

static void hide_drivers(void)
{
    ck_assert_ptr_nonnull(mkdtemp(folder));
    char path[4096];
    ck_assert_ptr_nonnull(getcwd(path, sizeof path - sizeof folder - 2));
    strcat(strcat(path, "/"), folder);
    setenv("OCL_ICD_VENDORS", path, 1);
    setenv("OPENCL_VENDOR_PATH", path, 1);
    unsetenv("OCL_ICD_FILENAMES");
    unsetenv("CLFIBER_DEVICE");
}

static void remove_folder(void)
{
    rmdir(folder);
}

/* It says what to install. */
static void check_message(void)
{
    ck_assert_msg(strstr(clf_message(NULL), "pocl-opencl-icd") != NULL, "says \"%s\"",
                  clf_message(NULL));
}

START_TEST(the_drivers_are_hidden)
{
    cl_uint platforms = 0;
    ck_assert_int_ne(clGetPlatformIDs(0, NULL, &platforms), CL_SUCCESS);
}
END_TEST

START_TEST(no_scheduler_without_a_device)
{
    clf_scheduler *s = (clf_scheduler *)&s;
    gives(NULL, CLF_NO_DEVICE, clf_create(NULL, &s));
    check_message();
    ck_assert_ptr_null(s);
    gives(NULL, CLF_NO_DEVICE, clf_create(OPTIONS(.device = "0"), &s));
    check_message();
    gives(NULL, CLF_NO_DEVICE, clf_create(OPTIONS(.device = "Quantum Abacus"), &s));
    check_message();
    setenv("CLFIBER_DEVICE", "pocl", 1);
    gives(NULL, CLF_NO_DEVICE, clf_create(NULL, &s));
    check_message();
}
END_TEST

START_TEST(no_devices_to_list)
{
    clf_device_info info;
    uint32_t count = 77;
    gives(NULL, CLF_NO_DEVICE, clf_get_device(0, &info, &count));
    check_message();
    gives(NULL, CLF_NO_DEVICE, clf_get_device(0, NULL, NULL));
}
END_TEST

START_TEST(absurd_options_come_first_or_last_but_do_not_crash)
{
    clf_scheduler *s = NULL;
    ck_assert_int_lt(clf_create(OPTIONS(.lanes = 100000), &s), 0);
    ck_assert_ptr_null(s);
    ck_assert_int_lt(clf_create_on(NULL, NULL, NULL, NULL, &s), 0);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("nodevice");
    TCase *none = new_case(suite, "no device");
    tcase_add_checked_fixture(none, hide_drivers, remove_folder);
    tcase_add_test(none, the_drivers_are_hidden);
    tcase_add_test(none, no_scheduler_without_a_device);
    tcase_add_test(none, no_devices_to_list);
    tcase_add_test(none, absurd_options_come_first_or_last_but_do_not_crash);
    return test_main(suite, false);
}
