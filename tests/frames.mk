# Frames of several sizes in one program.

EXTRA_DIST += \
	tests/model/sizes.c \
	tests/programs/frames.fib \
	tests/programs/room.fib
check_PROGRAMS += \
	tests/test_frames \
	tests/test_room
tests_test_frames_SOURCES = tests/test_frames.c tests/frames.c tests/frames.h
tests_test_frames_LDADD = $(objects_ldadd)
tests_test_room_SOURCES = tests/test_room.c tests/frames.c tests/frames.h
tests_test_room_LDADD = $(objects_ldadd)
