# Suites of host calls, timers and what notifies the host.
EXTRA_DIST += tests/programs/hostcall.cl tests/programs/sleep.cl
check_PROGRAMS += tests/test_hostcall tests/test_sleep
tests_test_hostcall_LDADD = $(scheduler_ldadd) -lpthread
tests_test_sleep_LDADD = $(scheduler_ldadd)
