# Documentation.

dist_doc_DATA += \
	README.md \
	doc/abi.md \
	doc/design.md \
	doc/language.md \
	doc/performance.md \
	doc/porting.md \
	doc/reliability.md \
	doc/threads.md \
	doc/trace.md \
	doc/tutorial.md \
	doc/wide.md
EXTRA_DIST += CONTRIBUTING.md doc/Doxyfile doc/doxygen.awk

# The API reference, in apidoc/html: needs Debian's package doxygen. A warning is an error.
apidoc:
	rm -rf apidoc
	CLF_TOP='$(abs_top_srcdir)' CLF_APIDOC=apidoc doxygen $(srcdir)/doc/Doxyfile
	@test -s apidoc/html/index.html
	@echo 'The reference is apidoc/html/index.html.'
.PHONY: apidoc
