# The test suites: one executable per file, run through tests/wrapper.sh. How they run is in Makefile.am.

check_PROGRAMS += \
	tests/test_device_sources \
	tests/test_status

include tests/alone.mk
include tests/scheduler.mk
include tests/faults/local.mk
include tests/conformance.mk
include tests/lang.mk
include tests/fuzz/local.mk
include tests/model.mk
include tests/sanitizers.mk
include tests/hostcall.mk
include tests/ecosystem.mk
include tests/sync.mk
include tests/talk.mk
include tests/cancel.mk
include tests/frames.mk
include tests/guard.mk
include tests/trace.mk
include tests/stress.mk
