# What another OpenCL implementation, or a device, has to pass: the suites that run fibers. bench/gpu/pack.sh takes them
# along; tests/conformance.sh runs them on implementations that packages bring.

conformance_suites = \
	tests/test_create \
	tests/test_fail \
	tests/test_growth \
	tests/test_guard \
	tests/test_join \
	tests/test_lines \
	tests/test_litmus \
	tests/test_once \
	tests/test_own \
	tests/test_owned \
	tests/test_program \
	tests/test_slice \
	tests/test_started \
	tests/test_stats \
	tests/test_turns \
	tests/test_urgent \
	tests/test_values

.PHONY: print-conformance
print-conformance:
	@echo $(conformance_suites)

# A device has to pass these as well, which take longer.
device_suites = $(conformance_suites) \
	tests/test_cancel \
	tests/test_cancel_objects \
	tests/test_cancel_waits \
	tests/test_channel \
	tests/test_hostcall \
	tests/test_meet \
	tests/test_mutex \
	tests/test_sleep \
	tests/test_timeouts

.PHONY: print-device-suites
print-device-suites:
	@echo $(device_suites)
EXTRA_DIST += bench/gpu/pack.sh bench/gpu/run.sh

# Not part of `make check`: they take minutes, and the first downloads 350 MB.
EXTRA_DIST += tests/conformance.sh tests/get-intel.sh
conformance_programs = $(conformance_suites) tests/corpus $(bin_PROGRAMS)
.PHONY: check-intel check-single check-lanes
# With one thread no two workers ever meet, so that the rounds of litmus tests only wait.
check-intel check-single check-lanes: $(conformance_programs)
	CLF_TEST_CACHE='$(CLF_TEST_CACHE)' CLF_TEST_LANES='$(CLF_TEST_LANES)' $(SHELL) $(srcdir)/tests/conformance.sh \
	  $(subst check-,,$@) $(if $(findstring single,$@),$(filter-out tests/test_litmus,$(conformance_suites)),$(conformance_suites))
