# make check-sanitizers: everything once more under the address, undefined-behaviour and thread sanitizers; or with
# KINDS=..., some of them. make check-sanitizers-host: the suites that see most of the host library and of the tools, within
# minutes. Each kind has a folder of its own.

EXTRA_DIST += tests/sanitizers.sh
.PHONY: check-sanitizers check-sanitizers-host
KINDS = address undefined thread
check-sanitizers:
	status=0; for kind in $(KINDS); do \
	  CC='$(CC)' $(SHELL) $(srcdir)/tests/sanitizers.sh $$kind || status=1; \
	done; exit $$status

# What the thread sanitizer looks at: several threads on one scheduler, on several, and the coordinator's own.
sanitized_threads = tests/test_independent tests/test_notify
sanitized_host = $(sanitized_threads) tests/lang_inline tests/lang_reject tests/lang_tokens tests/lang_unit tests/test_create \
	tests/test_fail tests/test_hostcall tests/test_log tests/test_null tests/test_owned tests/test_program \
	tests/test_refusals tests/test_stats tests/test_status tests/test_trace \
	tests/lang_tools.sh
check-sanitizers-host:
	CC='$(CC)' $(SHELL) $(srcdir)/tests/sanitizers.sh address,undefined $(sanitized_host)
	CC='$(CC)' $(SHELL) $(srcdir)/tests/sanitizers.sh thread $(sanitized_threads)
