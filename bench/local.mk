# clfbench, its workloads and the runtimes it compares with.

bin_PROGRAMS += bench/clfbench

include bench/workloads.mk

bench_clfbench_SOURCES = \
	bench/compare.c \
	bench/compare.h \
	bench/device.c \
	bench/device.h \
	bench/json.c \
	bench/main.c \
	bench/options.c \
	bench/options.h \
	bench/place.c \
	bench/oracle.c \
	bench/oracle.h \
	bench/progress.c \
	bench/result.h \
	bench/sources.h \
	bench/startup.c \
	bench/startup.h \
	bench/stats.c \
	bench/stats.h \
	bench/table.c \
	bench/uts_tree.c \
	bench/uts_tree.h \
	bench/workload.h \
	bench/workloads.c \
	$(bench_workload_sources) \
	$(bench_peer_headers) \
	bench/peers/peers.c \
	tools/live.c \
	tools/live.h
nodist_bench_clfbench_SOURCES = bench/sources.c
bench_clfbench_CPPFLAGS = $(CLF_PUBLIC_CPPFLAGS) -I$(top_srcdir)/bench -I$(top_srcdir)/tools -D_GNU_SOURCE
# clfbench makes its own OpenCL buffers: it needs the ICD loader as any user's program that does.
bench_clfbench_LDADD = $(bench_peers) libclfiber.la $(OPENCL_LIBS) $(bench_peers_libs) -lm -lpthread
bench_clfbench_DEPENDENCIES = $(bench_peers) libclfiber.la
EXTRA_DIST += bench/README.md

# ---- device code -------------------------------------------------------------------------------------

EXTRA_DIST += $(bench_device_sources)
CLEANFILES += bench/sources.c

# The same workloads as segments by hand: what clfbench --source takes to see what the front end costs.
bench_segments = \
	tests/programs/bench/fib.cl \
	tests/programs/bench/nqueens.cl \
	tests/programs/bench/spawnjoin.cl \
	tests/programs/bench/uts.cl \
	tests/programs/bench/yield.cl
EXTRA_DIST += $(bench_segments)

# The library's embedding, under names of our own.
bench/sources.c: $(bench_device_sources) cl/embed.sh bench/local.mk
	$(AM_V_at)$(MKDIR_P) bench
	$(AM_V_GEN)srcdir='$(srcdir)' $(SHELL) $(srcdir)/cl/embed.sh $(bench_device_sources) | \
	  sed 's/clfi_device_source/bench_device_source/g; s/"device_sources\.h"/"sources.h"/; s,from the files of cl/,from bench/workloads,' >$@.tmp && \
	  mv $@.tmp $@

# ---- peers -------------------------------------------------------------------------------------------

# Compiled by rules of their own: the flags that make the comparison fair have to come after the user's.
bench_peer_flags = -O3 -march=native
bench_peers = bench/peers/seq.o
bench_peers_libs =
EXTRA_DIST += bench/peers/seq.c bench/peers/omp.c bench/peers/tbb.cpp
CLEANFILES += bench/peers/seq.o bench/peers/omp.o bench/peers/tbb.o

bench/peers/seq.o: bench/peers/seq.c $(bench_peer_headers)
	$(AM_V_at)$(MKDIR_P) bench/peers
	$(AM_V_GEN)$(CC) $(DEFS) $(DEFAULT_INCLUDES) $(CPPFLAGS) $(AM_CFLAGS) $(CFLAGS) \
	  $(bench_peer_flags) -c -o $@ $(srcdir)/bench/peers/seq.c

if HAVE_OPENMP
bench_peers += bench/peers/omp.o
bench_peers_libs += $(OPENMP_CFLAGS)
endif
bench/peers/omp.o: bench/peers/omp.c $(bench_peer_headers)
	$(AM_V_at)$(MKDIR_P) bench/peers
	$(AM_V_GEN)$(CC) $(DEFS) -D_GNU_SOURCE $(DEFAULT_INCLUDES) $(CPPFLAGS) $(AM_CFLAGS) $(CFLAGS) \
	  $(bench_peer_flags) $(OPENMP_CFLAGS) -c -o $@ $(srcdir)/bench/peers/omp.c

if HAVE_TBB
bench_peers += bench/peers/tbb.o
bench_peers_libs += $(TBB_LIBS) -lstdc++
endif
bench/peers/tbb.o: bench/peers/tbb.cpp $(bench_peer_headers)
	$(AM_V_at)$(MKDIR_P) bench/peers
	$(AM_V_GEN)$(CXX) $(DEFS) $(DEFAULT_INCLUDES) $(CPPFLAGS) $(TBB_CFLAGS) $(AM_CXXFLAGS) $(CXXFLAGS) \
	  $(bench_peer_flags) -c -o $@ $(srcdir)/bench/peers/tbb.cpp

if HAVE_BOOST_FIBER
bench_peers += bench/peers/boost.o
bench_peers_libs += $(BOOST_FIBER_LIBS) -lstdc++
endif
EXTRA_DIST += bench/peers/boost.cpp
CLEANFILES += bench/peers/boost.o
bench/peers/boost.o: bench/peers/boost.cpp $(bench_peer_headers)
	$(AM_V_at)$(MKDIR_P) bench/peers
	$(AM_V_GEN)$(CXX) $(DEFS) $(DEFAULT_INCLUDES) $(CPPFLAGS) $(AM_CXXFLAGS) $(CXXFLAGS) \
	  $(bench_peer_flags) -c -o $@ $(srcdir)/bench/peers/boost.cpp

# ---- tests -------------------------------------------------------------------------------------------

check_PROGRAMS += bench/test_oracle
dist_check_SCRIPTS += bench/check.sh

# All of clfbench but its main program.
bench_test_oracle_SOURCES = bench/test_oracle.c \
	bench/device.c \
	bench/place.c \
	bench/oracle.c \
	bench/stats.c \
	bench/uts_tree.c \
	bench/workloads.c \
	$(bench_workload_sources) \
	bench/peers/peers.c \
	tools/live.c
nodist_bench_test_oracle_SOURCES = bench/sources.c
bench_test_oracle_CPPFLAGS = $(bench_clfbench_CPPFLAGS) $(CHECK_CFLAGS)
bench_test_oracle_LDADD = $(bench_clfbench_LDADD) $(CHECK_LIBS)
bench_test_oracle_DEPENDENCIES = $(bench_clfbench_DEPENDENCIES)

include bench/report.mk
include bench/wide.mk
