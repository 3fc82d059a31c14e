# The suites of synchronization objects.

check_LTLIBRARIES += tests/libobjects.la
tests_libobjects_la_SOURCES = tests/objects.c tests/objects.h
objects_ldadd = tests/libobjects.la $(scheduler_ldadd)

EXTRA_DIST += \
	tests/programs/cancel_objects.fib \
	tests/programs/channel.fib \
	tests/programs/meet.fib \
	tests/programs/mutex.fib
check_PROGRAMS += \
	tests/test_cancel_objects \
	tests/test_channel \
	tests/test_meet
tests_test_cancel_objects_LDADD = $(objects_ldadd)
tests_test_channel_LDADD = $(objects_ldadd)
tests_test_meet_LDADD = $(objects_ldadd)
tests_test_mutex_LDADD = $(objects_ldadd)
