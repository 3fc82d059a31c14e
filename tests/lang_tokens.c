/* lang_tokens.c - the front end's lexer: tokens, directives, brackets, names of types. */
#include "lang/lang.h"
#include "lang/source.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static arena memory;
static front f;

static void lex(const char *source)
{
    clfi_lang_arena_free(&memory);
    memset(&memory, 0, sizeof memory);
    memset(&f, 0, sizeof f);
    f.arena = &memory;
    f.source = source;
    f.length = (uint32_t)strlen(source);
    clfi_lang_first_mark(&f, "test");
    clfi_lang_intern_words(&f);
    clfi_lang_lex(&f);
    clfi_lang_match(&f);
}

static void free_lexed(void)
{
    clfi_lang_arena_free(&memory);
    memset(&memory, 0, sizeof memory);
}

static const char *spelled(uint32_t i)
{
    static char s[128];
    const token *t = tok_at(&f, i);
    snprintf(s, sizeof s, "%.*s", (int)t->length, f.source + t->at);
    return s;
}

static void expect(uint32_t i, int kind, const char *s, uint32_t line)
{
    ck_assert_uint_lt(i, f.tokens.n);
    ck_assert_int_eq(tok_at(&f, i)->kind, kind);
    ck_assert_str_eq(spelled(i), s);
    ck_assert_uint_eq(tok_at(&f, i)->line, line);
}

START_TEST(tokens_of_all_kinds)
{
    lex("int a1_$ = 0x1fUL + .5e-3f; \"s\\\"t\" 'c' '\\'' ...->\n<<=x");
    const char *const all[] = {"int",        "a1_$", "=",     "0x1fUL", "+",  ".5e-3f", ";",
                               "\"s\\\"t\"", "'c'",  "'\\''", "...",    "->", "<<=",    "x"};
    const int kinds[] = {T_NAME,   T_NAME, T_PUNCT, T_NUMBER, T_PUNCT, T_NUMBER, T_PUNCT,
                         T_STRING, T_CHAR, T_CHAR,  T_PUNCT,  T_PUNCT, T_PUNCT,  T_NAME};
    for (uint32_t i = 0; i < sizeof all / sizeof *all; i++)
        expect(i, kinds[i], all[i], i < 12 ? 1 : 2);
    ck_assert_int_eq(tok_at(&f, 14)->kind, T_EOF);
    ck_assert_uint_eq(f.errors, 0);
    ck_assert_int_eq(word_at(&f, 0), W_TYPE);
}
END_TEST

START_TEST(numbers_end_where_they_should)
{
    lex("1e+5-3 0x1p-2+x 1.f.x 3..2 08uL");
    const char *const all[] = {"1e+5", "-", "3", "0x1p-2", "+", "x", "1.f.x", "3..2", "08uL"};
    for (uint32_t i = 0; i < sizeof all / sizeof *all; i++)
        ck_assert_str_eq(spelled(i), all[i]);
}
END_TEST

START_TEST(comments_and_splices_are_space)
{
    lex("a/* x\ny */b // rest \\\nstill comment\nc\\\nd e\\\r\n  f");
    expect(0, T_NAME, "a", 1);
    expect(1, T_NAME, "b", 2);
    ck_assert_str_eq(sym_at(&f, 2)->s, "cd"); /* one name across a splice */
    ck_assert_uint_eq(tok_at(&f, 2)->line, 4);
    ck_assert_str_eq(sym_at(&f, 3)->s, "e");
    ck_assert_str_eq(spelled(3), "e");
    expect(4, T_NAME, "f", 6);
    ck_assert_uint_eq(f.errors, 0);
}
END_TEST

START_TEST(directives_are_one_token)
{
    lex("a\n  #define X /* ( \n */ 1 \\\n + 2 // {\nb # c");
    expect(0, T_NAME, "a", 1);
    ck_assert_int_eq(tok_at(&f, 1)->kind, T_DIRECTIVE);
    ck_assert_uint_eq(tok_at(&f, 1)->line, 2);
    expect(2, T_NAME, "b", 5);
    expect(3, T_PUNCT, "#", 5);
    ck_assert_uint_eq(f.errors, 0);
}
END_TEST

START_TEST(if_0_is_left_out)
{
    lex("a\n#if 0\nfiber { \" '\n#if X\n#else\n#endif\n#else\nb\n#endif\n#if 1\nc\n#else\nd "
        "(\n#endif\n#ifdef Y\ne\n#endif\nx");
    const char *const names[] = {"a", "b", "c", "e", "x"};
    uint32_t k = 0;
    for (uint32_t i = 0; i < f.tokens.n; i++)
        if (tok_at(&f, i)->kind == T_NAME) {
            ck_assert_uint_lt(k, 5);
            ck_assert_str_eq(spelled(i), names[k]);
            ck_assert_int_eq(tok_at(&f, i)->conditional, k == 3);
            k++;
        }
    ck_assert_uint_eq(k, 5);
    ck_assert_uint_eq(f.errors, 0);
}
END_TEST

START_TEST(brackets_have_partners)
{
    lex("f(a[1], {(2)})");
    ck_assert_uint_eq(tok_at(&f, 1)->match, 12);
    ck_assert_uint_eq(tok_at(&f, 12)->match, 1);
    ck_assert_uint_eq(tok_at(&f, 3)->match, 5);
    ck_assert_uint_eq(tok_at(&f, 7)->match, 11);
    ck_assert_uint_eq(f.errors, 0);
    lex("{ f((x; y ] }");
    ck_assert_uint_eq(f.errors, 2);
    ck_assert_uint_eq(tok_at(&f, 0)->match, f.tokens.n - 2);
    lex("#if A\nif (x) {\n#else\nif (y) {\n#endif\n}");
    ck_assert_uint_eq(f.errors, 0);
}
END_TEST

START_TEST(unterminated_things)
{
    lex("a /* b");
    ck_assert_uint_eq(f.errors, 1);
    lex("\"abc\n'd\n");
    ck_assert_uint_eq(f.errors, 2);
    lex("a \\");
    ck_assert_uint_eq(f.errors, 0);
    lex("#define X \\");
    ck_assert_uint_eq(f.errors, 0);
    lex("");
    ck_assert_uint_eq(f.tokens.n, 1);
}
END_TEST

START_TEST(builtin_types)
{
    static const struct {
        const char *s, *type;
    } cases[] = {{"unsigned", "uint"},
                 {"unsigned long int", "ulong"},
                 {"short unsigned int", "ushort"},
                 {"const char", "char"},
                 {"signed", "int"},
                 {"float4", "float4"},
                 {"long long", "long"},
                 {"volatile uchar16", "uchar16"},
                 {"_Bool", "bool"},
                 {"void", "void"}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        lex(cases[i].s);
        ck_assert_str_eq(clfi_lang_builtin_type(&f, (range){0, f.tokens.n - 1}), cases[i].type);
    }
    lex("struct s");
    ck_assert_ptr_null(clfi_lang_builtin_type(&f, (range){0, 2}));
    ck_assert_uint_eq(clfi_lang_builtin_size("float3"), 16);
    ck_assert_uint_eq(clfi_lang_builtin_size("ulong16"), 128);
    ck_assert_uint_eq(clfi_lang_builtin_size("nothing"), 0);
}
END_TEST

int main(void)
{
    Suite *s = suite_create("front end, tokens");
    TCase *c = tcase_create("tokens");
    tcase_add_checked_fixture(c, NULL, free_lexed);
    tcase_add_test(c, tokens_of_all_kinds);
    tcase_add_test(c, numbers_end_where_they_should);
    tcase_add_test(c, comments_and_splices_are_space);
    tcase_add_test(c, directives_are_one_token);
    tcase_add_test(c, if_0_is_left_out);
    tcase_add_test(c, brackets_have_partners);
    tcase_add_test(c, unterminated_things);
    tcase_add_test(c, builtin_types);
    suite_add_tcase(s, c);
    SRunner *r = srunner_create(s);
    srunner_run_all(r, CK_ENV);
    int failed = srunner_ntests_failed(r);
    srunner_free(r);
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
