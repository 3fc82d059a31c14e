# The vector helpers of cl/wide: installed for users' programs, embedded in clfbench, tested on the device.

widedir = $(pkgdatadir)/wide
wide_DATA = cl/wide/product.h cl/wide/queens.h cl/wide/rsqrt.h cl/wide/sha1.h cl/wide/some.h cl/wide/sort.h
EXTRA_DIST += $(wide_DATA)

check_PROGRAMS += bench/test_wide
bench_test_wide_SOURCES = bench/test_wide.c \
	bench/device.c \
	bench/place.c \
	tools/live.c \
	$(bench_workload_sources) \
	bench/oracle.c \
	bench/uts_tree.c \
	bench/workloads.c \
	bench/peers/peers.c
nodist_bench_test_wide_SOURCES = bench/sources.c
bench_test_wide_CPPFLAGS = $(bench_test_oracle_CPPFLAGS)
bench_test_wide_LDADD = $(bench_test_oracle_LDADD)
bench_test_wide_DEPENDENCIES = $(bench_clfbench_DEPENDENCIES)
