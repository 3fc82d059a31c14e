# The host library. Everything is compiled once, into a convenience library that tests link with to reach
# internal symbols; libclfiber wraps it and exports clf_* only.

noinst_LTLIBRARIES += libclfiber-internal.la
lib_LTLIBRARIES += libclfiber.la
include_HEADERS += include/clfiber.h
pkgconfig_DATA += lib/clfiber.pc

libclfiber_internal_la_SOURCES = \
	lib/device_sources.h \
	lib/clfi.h \
	lib/bell.c \
	lib/buffers.c \
	lib/cache.c \
	lib/calls.c \
	lib/cancel.c \
	lib/device.c \
	lib/dump.c \
	lib/env.c \
	lib/handles.c \
	lib/hostcall.c \
	lib/live.c \
	lib/litmus.c \
	lib/log.c \
	lib/lock.c \
	lib/message.c \
	lib/notify.c \
	lib/options.c \
	lib/places.c \
	lib/program.c \
	lib/ready.c \
	lib/report.c \
	lib/requests.c \
	lib/room.c \
	lib/roots.c \
	lib/run.c \
	lib/scheduler.c \
	lib/slice.c \
	lib/source.c \
	lib/stats.c \
	lib/status.c \
	lib/text.c \
	lib/thread.c \
	lib/tier.c \
	lib/timers.c \
	lib/trace.c \
	lib/trace.h \
	lib/trace_fibers.c \
	lib/trace_json.c
nodist_libclfiber_internal_la_SOURCES = lib/device_sources.c
libclfiber_internal_la_CPPFLAGS = $(CLF_PUBLIC_CPPFLAGS) -I$(top_srcdir)/lib -I$(top_srcdir)/cl
libclfiber_internal_la_CFLAGS = $(AM_CFLAGS) $(CLF_VISIBILITY_CFLAGS)
libclfiber_internal_la_LIBADD = $(OPENCL_LIBS) -lpthread

libclfiber_la_SOURCES =
libclfiber_la_LIBADD = libclfiber-internal.la $(OPENCL_LIBS)
libclfiber_la_LDFLAGS = $(AM_LDFLAGS) -no-undefined -version-info 0:0:0
EXTRA_DIST += lib/libclfiber.map
if HAVE_VERSION_SCRIPT
libclfiber_la_LDFLAGS += -Wl,--version-script=$(srcdir)/lib/libclfiber.map
EXTRA_libclfiber_la_DEPENDENCIES = lib/libclfiber.map
else
libclfiber_la_LDFLAGS += -export-symbols-regex '^clf_'
endif
