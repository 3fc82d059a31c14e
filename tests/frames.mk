# Frames of several sizes in one program.

EXTRA_DIST += \
	tests/model/sizes.c \
	tests/programs/frames.fib \
	tests/programs/room.fib
check_PROGRAMS += \
	tests/test_again \
	tests/test_frames \
	tests/test_room
# With calls of OpenCL that fail (tests/faults/local.mk).
tests_test_again_SOURCES = tests/test_again.c tests/frames.c tests/frames.h tests/scatter.c tests/scatter.h \
	tests/faults/shim.c tests/faults/shim.h
tests_test_again_CPPFLAGS = $(AM_CPPFLAGS) -DCL_USE_DEPRECATED_OPENCL_1_2_APIS
tests_test_again_LDADD = $(scheduler_ldadd) -lpthread
tests_test_again_LDFLAGS = $(AM_LDFLAGS) $(fault_wraps)
tests_test_frames_SOURCES = tests/test_frames.c tests/frames.c tests/frames.h
tests_test_frames_LDADD = $(objects_ldadd)
tests_test_room_SOURCES = tests/test_room.c tests/frames.c tests/frames.h tests/scatter.c tests/scatter.h
tests_test_room_LDADD = $(objects_ldadd)
