# Frames of several sizes in one program.

EXTRA_DIST += \
	tests/model/sizes.c \
	tests/programs/frames.fib \
	tests/programs/room.fib
check_PROGRAMS += \
	tests/test_frames \
	tests/test_room
tests_test_frames_LDADD = $(objects_ldadd)
tests_test_room_LDADD = $(objects_ldadd)
