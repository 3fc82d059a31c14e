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
