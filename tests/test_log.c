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

static void check_log_of(const char *user, const char *log, const char *wanted)
{
    clfi_text text = {0};
    clfi_log_add(&text, log, source, user);
    ck_assert_str_eq(clfi_text_get(&text), wanted);
    clfi_text_free(&text);
}

static void check_log(const char *log, const char *wanted)
{
    check_log_of(NULL, log, wanted);
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

static const char user[] = "one\n"
                           "#line 40 \"my.fib\"\n"
                           "forty\n"
                           "\treturn \303\244 + c;\r\n"
                           "b + b;\n"
                           "#include \"a.h\"";

/* Columns are those of the user's lines, whichever way the compiler gives its own. */
START_TEST(lines_of_the_user_are_shown)
{
    static const char c[] = "my.fib:41:13: error: no 'c'\n\treturn \303\244 + c;\n\t           ^\n";
    check_log_of(user, "my.fib:41:77: error: no 'c'\n", c);
    check_log_of(user, "my.fib:41:77: error: no 'c'", c);
    check_log_of(user, "error: my.fib:41:77: no 'c'\n", c);
    check_log_of(user, "error: my.fib:41:77 <Spelling=my.fib:41:99>: no 'c'\n", c);
    check_log_of(user, "my.fib:41:77: error: no 'c'\n    w->c;\n      ~^~\n1 error\n",
                 "my.fib:41:13: error: no 'c'\n\treturn \303\244 + c;\n\t           ^\n1 error\n");
    check_log_of(user, "fiber source:1:9: warning: x\n", "fiber source:1: warning: x\none\n");
    check_log_of(user, "my.fib:43:9: fatal error: 'a.h' is not there",
                 "my.fib:43:11: fatal error: 'a.h' is not there\n#include \"a.h\"\n          ^\n");
}
END_TEST

START_TEST(a_name_that_is_not_alone_has_no_column)
{
    check_log_of(user, "my.fib:42:1: error: 'b'\n", "my.fib:42: error: 'b'\nb + b;\n");
    check_log_of(user, "my.fib:40:1: error: 'fort'\n", "my.fib:40: error: 'fort'\nforty\n");
    check_log_of(user, "my.fib:40:1: error: expected 'fo\n",
                 "my.fib:40: error: expected 'fo\nforty\n");
    check_log_of(user, "my.fib:42:1: error: expected ';'\n",
                 "my.fib:42: error: expected ';'\nb + b;\n");
}
END_TEST

/* Clones of a fiber have its lines, too. */
START_TEST(nothing_is_said_twice)
{
    check_log_of(
        user,
        "error: my.fib:40:7: 'forty'\nerror: my.fib:42:7: no\nerror: my.fib:40:99: 'forty'\n"
        "error: my.fib:42:8: no\nerror: my.fib:42:8: none\nDevice d failed\n",
        "my.fib:40:1: error: 'forty'\nforty\n^\nmy.fib:42: error: no\nb + b;\n"
        "my.fib:42: error: none\nb + b;\nDevice d failed\n");
}
END_TEST

/* Files of the runtime, lines that there are not, what is no place. */
START_TEST(what_is_not_of_the_user_stays)
{
    static const char *const same[] = {"join.cl:40:1: error: x\n",
                                       "my.fib:44:1: error: x\n",
                                       "my.fib:40: error: x\n",
                                       "my.fib:40:1: remark: x\n",
                                       "error: my.fib:40:1\n",
                                       "error: my.fib:40:1 <x",
                                       "error: \n",
                                       ":40:1: error: x\n"};
    for (size_t i = 0; i < sizeof same / sizeof *same; i++)
        check_log_of(user, same[i], same[i]);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("log");
    TCase *c = tcase_create("log");
    tcase_add_test(c, places_of_the_whole_text_are_translated);
    tcase_add_test(c, all_else_stays);
    tcase_add_test(c, lines_of_the_user_are_shown);
    tcase_add_test(c, a_name_that_is_not_alone_has_no_column);
    tcase_add_test(c, nothing_is_said_twice);
    tcase_add_test(c, what_is_not_of_the_user_stays);
    suite_add_tcase(suite, c);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
