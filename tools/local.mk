# clfcc and clfiber-info.

bin_PROGRAMS += tools/clfcc
tools_clfcc_SOURCES = tools/clfcc.c
tools_clfcc_CPPFLAGS = $(CLF_PUBLIC_CPPFLAGS) -I$(top_srcdir)/lib
tools_clfcc_LDADD = libclfiber-lang.la
