/* mutex.h - only runtimes with fibers have it: boost.cpp. */
#define mutex_solve TASK_NO_COUNTERPART
