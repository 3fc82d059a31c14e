# Documentation.

dist_doc_DATA += \
	README.md \
	doc/abi.md \
	doc/design.md \
	doc/language.md \
	doc/performance.md \
	doc/reliability.md \
	doc/threads.md \
	doc/wide.md
