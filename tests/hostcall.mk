# Suites of host calls, timers and what notifies the host.
EXTRA_DIST += tests/programs/hostcall.cl tests/programs/sleep.cl
check_PROGRAMS += tests/test_hostcall tests/test_notify tests/test_sleep
tests_test_hostcall_LDADD = $(scheduler_ldadd)
tests_test_notify_LDADD = $(scheduler_ldadd) -lpthread
tests_test_sleep_LDADD = $(scheduler_ldadd)

# Once more with the library itself under ThreadSanitizer.
if HAVE_TSAN
check_PROGRAMS += tests/notify_tsan
endif
tests_notify_tsan_SOURCES = tests/test_notify.c $(tests_libsupport_la_SOURCES) \
	$(libclfiber_internal_la_SOURCES) $(libclfiber_lang_la_SOURCES)
nodist_tests_notify_tsan_SOURCES = $(nodist_libclfiber_internal_la_SOURCES)
tests_notify_tsan_CPPFLAGS = $(tests_threads_tsan_CPPFLAGS)
tests_notify_tsan_CFLAGS = $(tests_threads_tsan_CFLAGS)
tests_notify_tsan_LDFLAGS = $(tests_threads_tsan_LDFLAGS)
tests_notify_tsan_LDADD = $(tests_threads_tsan_LDADD)

# Times fibers beside a crowd of sleeping ones: by hand.
EXTRA_PROGRAMS += tests/crowd
tests_crowd_SOURCES = tests/crowd.c
tests_crowd_LDADD = libclfiber-internal.la
CLEANFILES += tests/crowd$(EXEEXT)
