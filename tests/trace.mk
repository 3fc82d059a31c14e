# Traces: what is written is what viewers take, and right.

check_PROGRAMS += tests/test_trace
tests_test_trace_LDADD = $(scheduler_ldadd)
dist_check_SCRIPTS += tests/trace/trace.sh
EXTRA_DIST += tests/trace/check.py tests/trace/schema.json

# The interface of the last release, for .ci/abi.
EXTRA_DIST += tests/abi/clfiber.abi tests/abi/stub.py
