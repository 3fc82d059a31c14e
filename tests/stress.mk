# Stress with an oracle of identity. make check: 10^8 operations. make soak: a flood of 10^9 fibers with constant memory, and
# then lives for SOAK_SECONDS (an hour); SOAK_FLAGS='--seed N' repeats what the host did.

EXTRA_DIST += tests/programs/stress.fib
tests_stress_stress_SOURCES = tests/stress/stress.c tests/stress/stress.h tests/stress/life.c
tests_stress_stress_CPPFLAGS = $(tests_libsupport_la_CPPFLAGS)
tests_stress_stress_LDADD = libclfiber-internal.la

SOAK_SECONDS = 3600
SOAK_FLOOD = 1e9
.PHONY: soak
soak: tests/stress/stress$(EXEEXT)
	$(LOG_COMPILER) ./tests/stress/stress --flood $(SOAK_FLOOD) --seconds $(SOAK_SECONDS) $(SOAK_FLAGS)

# Whose memory it is that lives leave behind.
EXTRA_PROGRAMS += tests/stress/platform
tests_stress_platform_SOURCES = tests/stress/platform.c
tests_stress_platform_CPPFLAGS = $(AM_CPPFLAGS) -DCL_USE_DEPRECATED_OPENCL_1_2_APIS
tests_stress_platform_LDADD = $(scheduler_ldadd)
tests_stress_platform_LDFLAGS = $(AM_LDFLAGS) -Wl,--wrap=clBuildProgram -Wl,--wrap=clCreateProgramWithSource
CLEANFILES += tests/stress/platform$(EXEEXT)
