# The suites of what a fiber's failure and a dump say - lines and files, guard words, names - and of what fibers have
# of their own.

EXTRA_DIST += \
	tests/programs/faults.fib \
	tests/programs/guard.fib \
	tests/programs/own.fib \
	tests/programs/urgent.fib
check_PROGRAMS += \
	tests/test_guard \
	tests/test_lines \
	tests/test_own \
	tests/test_urgent
tests_test_guard_LDADD = $(scheduler_ldadd)
tests_test_lines_LDADD = $(objects_ldadd)
tests_test_own_LDADD = $(objects_ldadd)
tests_test_urgent_LDADD = $(objects_ldadd)
