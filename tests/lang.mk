# The front end's suites. lang_programs and lang_random run generated code on a mock of the fiber ABI (tests/lang),
# compiled by clang: without it they are skipped.

check_PROGRAMS += \
	tests/corpus \
	tests/lang_inline \
	tests/lang_programs \
	tests/lang_random \
	tests/lang_random_device \
	tests/lang_reject \
	tests/lang_tokens \
	tests/lang_unit

lang_mock_sources = tests/lang/mock_host.c tests/lang/mock_host.h
lang_corpus_sources = tests/lang/corpus.c tests/lang/corpus.h $(lang_mock_sources)
tests_corpus_SOURCES = tests/corpus.c tools/values.c tools/values.h $(lang_corpus_sources)
tests_corpus_LDADD = $(LDADD) -ldl
tests_lang_programs_SOURCES = tests/lang_programs.c $(lang_corpus_sources)
tests_lang_programs_LDADD = libclfiber-lang.la -ldl
lang_random_sources = tests/lang/random_program.c tests/lang/random_program.h tests/lang/random_phases.c \
	tests/lang/random_generator.h $(lang_mock_sources)
tests_lang_random_SOURCES = tests/lang_random.c $(lang_random_sources)
tests_lang_random_LDADD = libclfiber-lang.la -ldl
tests_lang_random_device_SOURCES = tests/lang_random_device.c $(lang_random_sources)
tests_lang_random_device_LDADD = libclfiber-lang.la libclfiber.la -ldl
tests_lang_reject_SOURCES = tests/lang_reject.c $(lang_mock_sources)
tests_lang_reject_LDADD = libclfiber-lang.la -ldl
tests_lang_inline_LDADD = libclfiber-lang.la $(CHECK_LIBS)
tests_lang_tokens_LDADD = libclfiber-lang.la $(CHECK_LIBS)
tests_lang_unit_LDADD = libclfiber-lang.la $(CHECK_LIBS)

dist_check_SCRIPTS += tests/clfrun.sh tests/lang_tools.sh
EXTRA_DIST += \
	tests/fibers \
	tests/lang/mock.h \
	tests/lang/mock_inline.h \
	tests/lang/mock_loop.h \
	tests/lang/mock_runtime.h
