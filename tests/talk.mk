# Time-outs, and cancelling from fibers.

EXTRA_DIST += \
	tests/programs/cancel_fibers.fib \
	tests/programs/timeouts.fib

check_PROGRAMS += \
	tests/test_cancel_fibers \
	tests/test_timeouts

tests_test_cancel_fibers_LDADD = $(objects_ldadd)
tests_test_timeouts_LDADD = $(objects_ldadd)
