# What goes with the library: tools, documentation, bindings. Suites that need a program that is not there exit 77.

dist_check_SCRIPTS += \
	tests/ecosystem/bindings.sh \
	tests/ecosystem/blocks.sh \
	tests/ecosystem/editors.sh \
	tests/ecosystem/info.sh \
	tests/ecosystem/live.sh \
	tests/ecosystem/manual.sh \
	tests/ecosystem/symbols.sh \
	tests/ecosystem/test_python.sh \
	tests/ecosystem/text.sh \
	tests/ecosystem/tools.sh
EXTRA_DIST += \
	tests/ecosystem/bindings.py \
	tests/ecosystem/blocks.py \
	tests/ecosystem/header.py \
	tests/ecosystem/live.py \
	tests/ecosystem/manual.py \
	tests/ecosystem/test_python.py \
	tests/ecosystem/text.py \
	tests/ecosystem/consumer

# The C++ interface.
include_HEADERS += include/clfiber.hpp
EXTRA_DIST += tests/ecosystem/test_cxx.cpp examples/total.cpp examples/total.fib
if HAVE_CXX
check_PROGRAMS += tests/ecosystem/test_cxx examples/total
endif
tests_ecosystem_test_cxx_SOURCES = tests/ecosystem/test_cxx.cpp
tests_ecosystem_test_cxx_CPPFLAGS = $(CLF_PUBLIC_CPPFLAGS) -DTEST_PROGRAMS='"$(abs_top_srcdir)/tests/programs"'
tests_ecosystem_test_cxx_CXXFLAGS = $(AM_CXXFLAGS) -std=c++17
tests_ecosystem_test_cxx_LDADD = libclfiber.la $(OPENCL_LIBS)
examples_total_SOURCES = examples/total.cpp
examples_total_CPPFLAGS = $(examples_cppflags)
examples_total_CXXFLAGS = $(AM_CXXFLAGS) -std=c++17
examples_total_LDADD = $(examples_ldadd)

# The Python interface: a module by itself, in the folder of the Python that configure found, or that --with-pythondir
# names.
EXTRA_DIST += examples/total.py
if HAVE_PYTHON
pyclfiberdir = $(CLF_PYTHONDIR)
dist_pyclfiber_DATA = python/clfiber.py
else
EXTRA_DIST += python/clfiber.py
endif
