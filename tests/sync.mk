# The suites of synchronization objects.

check_LTLIBRARIES += tests/libobjects.la
tests_libobjects_la_SOURCES = tests/objects.c tests/objects.h
objects_ldadd = tests/libobjects.la $(scheduler_ldadd)

EXTRA_DIST += tests/programs/mutex.fib
check_PROGRAMS += tests/test_mutex
tests_test_mutex_LDADD = $(objects_ldadd)
