# The tools.

bin_PROGRAMS += tools/clfcc
tools_clfcc_SOURCES = tools/clfcc.c
tools_clfcc_CPPFLAGS = $(CLF_PUBLIC_CPPFLAGS) -I$(top_srcdir)/lib
tools_clfcc_LDADD = libclfiber-lang.la

bin_PROGRAMS += tools/clfrun
tools_clfrun_SOURCES = tools/clfrun.c tools/live.c tools/live.h tools/unjoined.c tools/unjoined.h \
	tools/values.c tools/values.h
tools_clfrun_CPPFLAGS = $(CLF_PUBLIC_CPPFLAGS)
tools_clfrun_LDADD = libclfiber.la $(OPENCL_LIBS)

include tools/info/local.mk
include tools/trace/local.mk
