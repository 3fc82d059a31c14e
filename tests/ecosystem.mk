# What goes with the library: tools, documentation, bindings. Suites that need a program that is not there exit 77.

dist_check_SCRIPTS += \
	tests/ecosystem/blocks.sh \
	tests/ecosystem/info.sh \
	tests/ecosystem/manual.sh \
	tests/ecosystem/tools.sh
EXTRA_DIST += \
	tests/ecosystem/blocks.py \
	tests/ecosystem/header.py \
	tests/ecosystem/manual.py
