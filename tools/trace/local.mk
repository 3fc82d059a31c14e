# clftrace: what a trace says. It reads JSON with jansson; without that library it is left out.

if HAVE_JANSSON
bin_PROGRAMS += tools/clftrace
endif
tools_clftrace_SOURCES = \
	tools/trace/axis.c \
	tools/trace/load.c \
	tools/trace/main.c \
	tools/trace/svg.c \
	tools/trace/text.c \
	tools/trace/trace.h
tools_clftrace_CPPFLAGS = $(JANSSON_CFLAGS)
tools_clftrace_LDADD = $(JANSSON_LIBS) -lm
