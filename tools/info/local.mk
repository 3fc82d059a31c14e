# clfiber-info: the devices, and what the library makes of them.

bin_PROGRAMS += tools/clfiber-info
tools_clfiber_info_SOURCES = \
	tools/info/gather.c \
	tools/info/info.h \
	tools/info/json.c \
	tools/info/main.c \
	tools/info/text.c
tools_clfiber_info_CPPFLAGS = $(CLF_PUBLIC_CPPFLAGS)
tools_clfiber_info_LDADD = libclfiber.la $(OPENCL_LIBS)
