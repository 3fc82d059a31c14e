/* test_log.c - places in the compiler's messages, for compilers that ignore #line. */
#undef NDEBUG
#include "clfi.h"

#include <check.h>
#include <stdlib.h>

static const char source[] = "one\n"                 /* 1 */
                             "#line 1 \"join.cl\"\n" /* 2 */
                             "first of join.cl\n"    /* 3 */
                             "second of join.cl\n"   /* 4 */
                             "#line 40 \"my.fib\"\n" /* 5 */
                             "forty\n"               /* 6 */
                             "#line 50\n"            /* 7 */
                             "fifty\n"               /* 8 */
                             "#line nonsense\n"      /* 9 */
                             "fifty-two";            /* 10 */

static void check_log(const char *log, const char *wanted)
{
    clfi_text text = {0};
    clfi_log_add(&text, log, source);
    ck_assert_str_eq(clfi_text_get(&text), wanted);
    clfi_text_free(&text);
}

START_TEST(places_of_the_whole_text_are_translated)
{
    check_log("<kernel>:1:2: error: x", "program:1:2: error: x");
    check_log("<kernel>:3:9: error: x\n  x\n", "join.cl:1:9: error: x\n  x\n");
    check_log("<kernel>:4:1: a\n<kernel>:6:7: b", "join.cl:2:1: a\nmy.fib:40:7: b");
    check_log("<kernel>:8:1: a", "my.fib:50:1: a");
    check_log("<kernel>:10:1: a", "my.fib:52:1: a");
}
END_TEST

START_TEST(all_else_stays)
{
    check_log("", "");
    check_log("my.fib:3:4: error: y", "my.fib:3:4: error: y");
    check_log("in <kernel>: no number", "in <kernel>: no number");
    check_log("<kernel>:12", "<kernel>:12");
    check_log("<kernel>:", "<kernel>:");
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("log");
    TCase *c = tcase_create("log");
    tcase_add_test(c, places_of_the_whole_text_are_translated);
    tcase_add_test(c, all_else_stays);
    suite_add_tcase(suite, c);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
