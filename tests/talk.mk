# Time-outs, and cancelling from fibers.

EXTRA_DIST += tests/programs/timeouts.fib
check_PROGRAMS += tests/test_timeouts
tests_test_timeouts_LDADD = $(objects_ldadd)
