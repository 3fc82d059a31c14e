/* test_device_sources.c - the device runtime is embedded in the library as it stands in cl/. */
#include "device_sources.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The file of cl/ as an allocated string; automake tells tests where the sources are. */
static char *read_source(const char *name, size_t *length)
{
    const char *top = getenv("srcdir");
    char path[1024];

    snprintf(path, sizeof path, "%s/cl/%s", top ? top : ".", name);

    FILE *file = fopen(path, "rb");

    ck_assert_msg(file != NULL, "cannot open %s", path);
    ck_assert_int_eq(fseek(file, 0, SEEK_END), 0);

    long size = ftell(file);

    ck_assert_int_ge(size, 0);
    rewind(file);

    char *text = malloc((size_t)size + 1);

    ck_assert_ptr_nonnull(text);
    *length = fread(text, 1, (size_t)size, file);
    ck_assert_uint_eq(*length, (size_t)size);
    text[*length] = '\0';
    fclose(file);
    return text;
}

START_TEST(texts_are_the_files)
{
    int count = 0;

    for (const struct clfi_device_source *s = clfi_device_sources; s->name; s++, count++) {
        size_t length;
        char *text = read_source(s->name, &length);

        ck_assert_ptr_null(strchr(s->name, '/'));
        ck_assert_uint_eq(s->length, length);
        /* the NUL that ends the text is compared as well */
        ck_assert_msg(memcmp(s->text, text, length + 1) == 0, "%s differs", s->name);
        free(text);
    }
    ck_assert_int_gt(count, 0);
}
END_TEST

START_TEST(names_are_unique)
{
    for (const struct clfi_device_source *s = clfi_device_sources; s->name; s++)
        for (const struct clfi_device_source *t = s + 1; t->name; t++)
            ck_assert_str_ne(s->name, t->name);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("device sources");
    TCase *tcase = tcase_create("device sources");
    SRunner *runner = srunner_create(suite);

    tcase_add_test(tcase, texts_are_the_files);
    tcase_add_test(tcase, names_are_unique);
    suite_add_tcase(suite, tcase);
    srunner_run_all(runner, CK_ENV);

    int failed = srunner_ntests_failed(runner);

    srunner_free(runner);
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
