# What goes with the library: tools, documentation, bindings. Suites that need a program that is not there exit 77.

dist_check_SCRIPTS += \
	tests/ecosystem/info.sh \
	tests/ecosystem/tools.sh
