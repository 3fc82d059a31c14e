/* channel.h - only runtimes with fibers have it: boost.cpp. */
#define channel_solve TASK_NO_COUNTERPART
