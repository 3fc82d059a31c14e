# Model checks of the lock-free code: tests/model/README.md.

dist_check_SCRIPTS += tests/model/explore.sh
EXTRA_DIST += \
	tests/model/README.md \
	tests/model/coroutine.c \
	tests/model/deque.c \
	tests/model/engine.h \
	tests/model/explore.c \
	tests/model/explore.h \
	tests/model/join.c \
	tests/model/litmus.c \
	tests/model/machine.h \
	tests/model/machine_slice.h \
	tests/model/memory.c \
	tests/model/pool.c \
	tests/model/slices.c \
	tests/model/started.c
