# make check-sanitizers: everything once more under the address, undefined-behaviour and thread sanitizers; or with
# KINDS=..., some of them. Each has a folder of its own.

EXTRA_DIST += tests/sanitizers.sh
.PHONY: check-sanitizers
check-sanitizers:
	CC='$(CC)' $(SHELL) $(srcdir)/tests/sanitizers.sh $(KINDS)
