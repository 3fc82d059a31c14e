# The fiber language's suites. The mock of the ABI (tests/lang) is compiled with clang at run time.

lang_ldadd = libclfiber-lang.la $(CHECK_LIBS) -ldl -lm
lang_cppflags = $(AM_CPPFLAGS) -I$(top_srcdir)/lib/lang -D_GNU_SOURCE
lang_mock = tests/lang/mock_host.c tests/lang/mock_host.h

check_PROGRAMS += tests/lang_programs tests/lang_random tests/lang_reject tests/lang_unit
tests_lang_programs_SOURCES = tests/lang_programs.c $(lang_mock)
tests_lang_programs_CPPFLAGS = $(lang_cppflags)
tests_lang_programs_LDADD = $(lang_ldadd)
tests_lang_random_SOURCES = tests/lang_random.c $(lang_mock)
tests_lang_random_CPPFLAGS = $(lang_cppflags)
tests_lang_random_LDADD = $(lang_ldadd)
tests_lang_reject_SOURCES = tests/lang_reject.c $(lang_mock)
tests_lang_reject_CPPFLAGS = $(lang_cppflags)
tests_lang_reject_LDADD = $(lang_ldadd)
tests_lang_unit_SOURCES = tests/lang_unit.c $(lang_mock)
tests_lang_unit_CPPFLAGS = $(lang_cppflags)
tests_lang_unit_LDADD = $(lang_ldadd)

# Built on request: clang -fsanitize=fuzzer,address with the sources of lib/lang.
EXTRA_DIST += tests/fuzz/fuzz_lang.c tests/fuzz/lang.dict

dist_check_SCRIPTS += tests/clfrun.sh
EXTRA_DIST += tests/fibers tests/lang/mock.h tests/lang/mock_loop.h tests/lang/mock_runtime.h
