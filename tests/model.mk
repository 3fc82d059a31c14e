# Model checks of the lock-free code: tests/model/README.md. make mutants: what they would find.

dist_check_SCRIPTS += \
	tests/model/explore.sh \
	tests/model/order.sh \
	tests/model/spin.sh
EXTRA_DIST += \
	tests/model/README.md \
	tests/model/channel.c \
	tests/model/coroutine.c \
	tests/model/deque.c \
	tests/model/engine.h \
	tests/model/explore.c \
	tests/model/explore.h \
	tests/model/fibers.c \
	tests/model/fibers.fib \
	tests/model/gather.c \
	tests/model/hooks.c \
	tests/model/inline.c \
	tests/model/inline.fib \
	tests/model/inline_lanes.c \
	tests/model/item.h \
	tests/model/item_fiber.h \
	tests/model/join.c \
	tests/model/kept.c \
	tests/model/lanes.c \
	tests/model/litmus.c \
	tests/model/machine.h \
	tests/model/machine_host.h \
	tests/model/machine_slice.h \
	tests/model/memory.c \
	tests/model/mutex.c \
	tests/model/mutants.list \
	tests/model/mutants.sh \
	tests/model/objects.c \
	tests/model/pool.c \
	tests/model/report.c \
	tests/model/search.c \
	tests/model/slices.c \
	tests/model/urgent.c \
	tests/model/started.c \
	tests/model/timeouts.c \
	tests/model/turns.h \
	tests/model/wakes.c \
	tests/model/wakes.fib \
	tests/model/wakes_lanes.c \
	tests/model/weaker.h \
	tests/model/spin/deque.pml \
	tests/model/spin/join.pml \
	tests/model/spin/kept.pml \
	tests/model/spin/mutex.pml \
	tests/model/spin/slices.pml \
	tests/model/spin/started.pml

.PHONY: mutants
mutants: tools/clfcc$(EXEEXT)
	CC='$(CC)' $(SHELL) $(srcdir)/tests/model/mutants.sh
	CC='$(CC)' $(SHELL) $(srcdir)/tests/model/spin.sh --bugs
