# The device runtime. Its files are embedded in the library, in this order, as lib/device_sources.c; the
# library finds them by name (lib/device_sources.h) and assembles programs from them.

# One a line: additions by different hands then merge.
clf_device_sources = \
	cl/layout.h \
	cl/atomics.cl \
	cl/types.cl \
	cl/worker.cl \
	cl/trace.cl \
	cl/frames.cl \
	cl/guard.cl \
	cl/own.cl \
	cl/kept.cl \
	cl/urgent.cl \
	cl/deque.cl \
	cl/join.cl \
	cl/inline.cl \
	cl/wake.cl \
	cl/wait.cl \
	cl/mutex.cl \
	cl/gate.cl \
	cl/counted.cl \
	cl/barrier.cl \
	cl/channel.cl \
	cl/request.cl \
	cl/ready.cl \
	cl/find.cl \
	cl/slice.cl \
	cl/report.cl \
	cl/sift.cl \
	cl/unhook.cl \
	cl/live.cl \
	cl/cancel.cl \
	cl/gather.cl \
	cl/litmus.cl

EXTRA_DIST += $(clf_device_sources) cl/embed.sh
CLEANFILES += lib/device_sources.c

# cl/local.mk is a prerequisite because the list above says what is embedded.
lib/device_sources.c: $(clf_device_sources) cl/embed.sh cl/local.mk
	$(AM_V_at)$(MKDIR_P) lib
	$(AM_V_GEN)srcdir='$(srcdir)' $(SHELL) $(srcdir)/cl/embed.sh $(clf_device_sources) >$@.tmp && \
	  mv $@.tmp $@
