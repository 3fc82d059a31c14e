# Fibers that do not finish: cancelled, failing, waiting for ever.

EXTRA_DIST += \
	tests/programs/cancel.fib

check_PROGRAMS += \
	tests/test_cancel

tests_test_cancel_LDADD = $(scheduler_ldadd)
