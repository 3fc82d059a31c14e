# The suites of what a fiber's failure and a dump say: lines and files, guard words, names.

EXTRA_DIST += \
	tests/programs/faults.fib \
	tests/programs/guard.fib
check_PROGRAMS += \
	tests/test_guard \
	tests/test_lines
tests_test_guard_LDADD = $(scheduler_ldadd)
tests_test_lines_LDADD = $(objects_ldadd)
