# Fibers that do not finish: cancelled, failing, waiting for ever.

EXTRA_DIST += \
	tests/programs/cancel.fib \
	tests/programs/cancel_waits.fib

check_PROGRAMS += \
	tests/test_cancel \
	tests/test_cancel_waits

tests_test_cancel_LDADD = $(scheduler_ldadd)
tests_test_cancel_waits_LDADD = $(scheduler_ldadd)

dist_check_SCRIPTS += tests/dump.sh
tests/dump.log: tools/clfrun$(EXEEXT)
