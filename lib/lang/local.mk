# The fiber language's front end. It depends on nothing of OpenCL and on nothing of lib/.

noinst_LTLIBRARIES += libclfiber-lang.la
libclfiber_lang_la_SOURCES = \
	lib/lang/action.c \
	lib/lang/arena.c \
	lib/lang/arena.h \
	lib/lang/ast.h \
	lib/lang/bracket.c \
	lib/lang/cfg.h \
	lib/lang/children.c \
	lib/lang/clone.c \
	lib/lang/control.c \
	lib/lang/cost.c \
	lib/lang/decl.c \
	lib/lang/diag.c \
	lib/lang/directive.c \
	lib/lang/early.c \
	lib/lang/emit.c \
	lib/lang/emit.h \
	lib/lang/events.c \
	lib/lang/file.c \
	lib/lang/flow.c \
	lib/lang/inline.c \
	lib/lang/item.c \
	lib/lang/lang.c \
	lib/lang/lang.h \
	lib/lang/lex.c \
	lib/lang/lifetime.c \
	lib/lang/live.c \
	lib/lang/lower.c \
	lib/lang/macro.c \
	lib/lang/make.c \
	lib/lang/names.c \
	lib/lang/numbering.c \
	lib/lang/place.c \
	lib/lang/points.c \
	lib/lang/primitive.c \
	lib/lang/print.c \
	lib/lang/save.c \
	lib/lang/segment.c \
	lib/lang/share.c \
	lib/lang/simple.c \
	lib/lang/size.c \
	lib/lang/source.h \
	lib/lang/spelling.c \
	lib/lang/stmt.c \
	lib/lang/stmt.h \
	lib/lang/types.c \
	lib/lang/unique.c \
	lib/lang/word.c
libclfiber_lang_la_CPPFLAGS = -I$(top_srcdir)/lib/lang
libclfiber_lang_la_CFLAGS = $(AM_CFLAGS) $(CLF_VISIBILITY_CFLAGS)
libclfiber_internal_la_LIBADD += libclfiber-lang.la
