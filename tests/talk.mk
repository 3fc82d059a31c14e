# Time-outs, and cancelling from fibers.

EXTRA_DIST += \
	tests/objects.sh \
	tests/programs/cancel_fibers.fib \
	tests/programs/once.fib \
	tests/programs/timeouts.fib

check_PROGRAMS += \
	tests/test_cancel_fibers \
	tests/test_timeouts

tests_test_cancel_fibers_LDADD = $(objects_ldadd)
tests_test_timeouts_LDADD = $(objects_ldadd)

# make check-objects: a million operations with each object, from 2 and 64 workers with 1 and 16 lanes, in slices of
# 1 and 7 segments and without a limit. It takes hours; CASES=... chooses (the numbers of tests/objects.c).
.PHONY: check-objects
check-objects: tests/test_channel tests/test_meet tests/test_mutex
	$(SHELL) $(srcdir)/tests/objects.sh $(CASES)
