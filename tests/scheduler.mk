# The scheduler's suites. What they share is tests/support.c and tests/tree.c; programs of fibers, segments
# written by hand, are in tests/programs/.

check_LTLIBRARIES += tests/libsupport.la
tests_libsupport_la_SOURCES = \
	tests/support.c tests/support.h \
	tests/tree.c tests/tree.h
tests_libsupport_la_CPPFLAGS = $(AM_CPPFLAGS) -DTEST_PROGRAMS='"$(abs_top_srcdir)/tests/programs"'
scheduler_ldadd = tests/libsupport.la $(LDADD)

EXTRA_DIST += \
	tests/programs/fail.cl \
	tests/programs/family.cl \
	tests/programs/fib.cl \
	tests/programs/meet.cl \
	tests/programs/started.cl \
	tests/programs/tree.cl \
	tests/programs/turns.cl \
	tests/programs/values.cl \
	tests/programs/wide.cl

check_PROGRAMS += \
	tests/test_cache \
	tests/test_create \
	tests/test_fail \
	tests/test_faults \
	tests/test_growth \
	tests/test_independent \
	tests/test_join \
	tests/test_layout \
	tests/test_log \
	tests/test_nodevice \
	tests/test_null \
	tests/test_owned \
	tests/test_program \
	tests/test_slice \
	tests/test_started \
	tests/test_stats \
	tests/test_turns \
	tests/test_values

tests_test_cache_LDADD = $(scheduler_ldadd)
tests_test_cache_LDFLAGS = $(AM_LDFLAGS) \
	-Wl,--wrap=clCreateProgramWithSource \
	-Wl,--wrap=clCreateProgramWithBinary
tests_test_create_LDADD = $(scheduler_ldadd)
tests_test_fail_LDADD = $(scheduler_ldadd)
tests_test_faults_LDADD = $(scheduler_ldadd)
tests_test_growth_LDADD = $(scheduler_ldadd)
tests_test_independent_LDADD = $(scheduler_ldadd) -lpthread
tests_test_join_LDADD = $(scheduler_ldadd) -lpthread
tests_test_layout_CPPFLAGS = $(AM_CPPFLAGS) -DRUNTIME='"$(abs_top_srcdir)/cl"'
tests_test_layout_LDADD = $(scheduler_ldadd)
tests_test_litmus_LDADD = $(scheduler_ldadd)
tests_test_nodevice_LDADD = $(scheduler_ldadd)
tests_test_null_LDADD = $(scheduler_ldadd)
tests_test_once_LDADD = $(scheduler_ldadd)
tests_test_owned_LDADD = $(scheduler_ldadd)
tests_test_program_LDADD = $(scheduler_ldadd)
tests_test_slice_LDADD = $(scheduler_ldadd)
tests_test_started_LDADD = $(scheduler_ldadd)
tests_test_stats_LDADD = $(scheduler_ldadd)
tests_test_turns_LDADD = $(scheduler_ldadd)
tests_test_values_LDADD = $(scheduler_ldadd)

# The internal library is static, so that the linker can put the test between it and OpenCL.
tests_test_faults_LDFLAGS = $(AM_LDFLAGS) \
	-Wl,--wrap=clGetDeviceInfo \
	-Wl,--wrap=clCreateBuffer \
	-Wl,--wrap=clBuildProgram \
	-Wl,--wrap=clCreateKernel \
	-Wl,--wrap=clEnqueueNDRangeKernel \
	-Wl,--wrap=clEnqueueReadBuffer \
	-Wl,--wrap=clFinish

# Once more with the library itself under ThreadSanitizer.
if HAVE_TSAN
check_PROGRAMS += tests/threads_tsan
endif
tests_threads_tsan_SOURCES = tests/test_independent.c $(tests_libsupport_la_SOURCES) \
	$(libclfiber_internal_la_SOURCES) $(libclfiber_lang_la_SOURCES)
nodist_tests_threads_tsan_SOURCES = $(nodist_libclfiber_internal_la_SOURCES)
tests_threads_tsan_CPPFLAGS = $(tests_libsupport_la_CPPFLAGS) $(libclfiber_lang_la_CPPFLAGS)
tests_threads_tsan_CFLAGS = $(AM_CFLAGS) -fsanitize=thread -O1
tests_threads_tsan_LDFLAGS = $(AM_LDFLAGS) -fsanitize=thread
tests_threads_tsan_LDADD = $(OPENCL_LIBS) $(CHECK_LIBS) -lpthread

# Run by scripts, under tools that watch.
EXTRA_PROGRAMS += tests/smoke
tests_smoke_SOURCES = tests/smoke.c
tests_smoke_LDADD = libclfiber-internal.la
EXTRA_DIST += tests/on_host.c tests/on_host_programs.h tests/host_opencl.h
dist_check_SCRIPTS += \
	tests/on_host.sh \
	tests/oclgrind.sh \
	tests/single.sh \
	tests/valgrind.sh
tests/oclgrind.log tests/valgrind.log: tests/smoke$(EXEEXT)
CLEANFILES += tests/smoke$(EXEEXT)
