/* pingpong.h - only runtimes with fibers have it: boost.cpp. */
#define pingpong_solve TASK_NO_COUNTERPART
