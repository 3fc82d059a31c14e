# Fuzz targets. With CC=clang, on request: make fuzzers; then for example
#     ./fuzz_lang -entropic=0 -max_len=400 -dict=.../tests/fuzz/lang.dict folder .../tests/fuzz/corpus/lang
#     ./fuzz_clfrun folder .../tests/fuzz/corpus/clfrun
# -entropic=0: with as many features as fuzz_lang has, libFuzzer otherwise spends nine tenths of the time on its statistics.
# What they found stays in tests/fuzz/corpus, which make check replays with any compiler.

EXTRA_DIST += tests/fuzz/corpus tests/fuzz/lang.dict tests/fuzz/log.dict tests/fuzz/replay.c tests/fuzz/stub_opencl.c

fuzz_flags = -g -O1 -fsanitize=fuzzer,address,undefined
fuzz_cppflags = $(CLF_PUBLIC_CPPFLAGS) -I$(top_srcdir)/lib -I$(top_srcdir)/cl -I$(top_srcdir)/bench \
	-I$(top_srcdir)/tools -D_GNU_SOURCE
fuzz_library = $(libclfiber_internal_la_SOURCES) $(libclfiber_lang_la_SOURCES)
fuzz_nodist_library = $(nodist_libclfiber_internal_la_SOURCES)
fuzz_bench = bench/device.c bench/oracle.c bench/place.c bench/uts_tree.c bench/workloads.c bench/peers/peers.c tools/live.c \
	$(bench_workload_sources)

EXTRA_PROGRAMS += fuzz_lang fuzz_clfrun fuzz_clfbench fuzz_scheduler fuzz_texts
.PHONY: fuzzers
fuzzers: fuzz_lang$(EXEEXT) fuzz_clfrun$(EXEEXT) fuzz_clfbench$(EXEEXT) fuzz_scheduler$(EXEEXT) \
	fuzz_texts$(EXEEXT)

# Comparisons are not traced: the words are in lang.dict and in the mutator, and this is 1.5 times as quick.
fuzz_lang_SOURCES = tests/fuzz/fuzz_lang.c tests/fuzz/mutate_lang.c $(libclfiber_lang_la_SOURCES)
fuzz_lang_CPPFLAGS = -I$(top_srcdir)/lib
fuzz_lang_CFLAGS = $(fuzz_flags) -O2 -fno-sanitize-coverage=trace-cmp,stack-depth
fuzz_lang_LDFLAGS = $(fuzz_flags)
fuzz_lang_LDADD =

fuzz_clfrun_SOURCES = tests/fuzz/fuzz_clfrun.c tools/live.c tools/unjoined.c tools/values.c tools/values.h
fuzz_clfrun_CPPFLAGS = $(fuzz_cppflags)
fuzz_clfrun_CFLAGS = $(fuzz_flags)
fuzz_clfrun_LDFLAGS = $(fuzz_flags)
fuzz_clfrun_LDADD = libclfiber.la $(OPENCL_LIBS)

fuzz_clfbench_SOURCES = tests/fuzz/fuzz_clfbench.c $(fuzz_bench)
nodist_fuzz_clfbench_SOURCES = bench/sources.c
fuzz_clfbench_CPPFLAGS = $(fuzz_cppflags)
fuzz_clfbench_CFLAGS = $(fuzz_flags)
fuzz_clfbench_LDFLAGS = $(fuzz_flags)
fuzz_clfbench_LDADD = $(bench_peers) libclfiber.la $(OPENCL_LIBS) $(bench_peers_libs) -lm -lpthread
fuzz_clfbench_DEPENDENCIES = $(bench_peers) libclfiber.la

fuzz_scheduler_SOURCES = tests/fuzz/fuzz_scheduler.c tests/fuzz/stub_opencl.c $(fuzz_library)
nodist_fuzz_scheduler_SOURCES = $(fuzz_nodist_library)
fuzz_scheduler_CPPFLAGS = $(fuzz_cppflags)
fuzz_scheduler_CFLAGS = $(fuzz_flags)
fuzz_scheduler_LDFLAGS = $(fuzz_flags)
fuzz_scheduler_LDADD = -lpthread

fuzz_texts_SOURCES = tests/fuzz/fuzz_texts.c tests/fuzz/stub_opencl.c $(fuzz_library)
nodist_fuzz_texts_SOURCES = $(fuzz_nodist_library)
fuzz_texts_CPPFLAGS = $(fuzz_cppflags)
fuzz_texts_CFLAGS = $(fuzz_flags)
fuzz_texts_LDFLAGS = $(fuzz_flags)
fuzz_texts_LDADD = -lpthread

# ---- the corpus once more, as a test -----------------------------------------------------------------

check_PROGRAMS += \
	tests/fuzz/replay_lang \
	tests/fuzz/replay_clfrun \
	tests/fuzz/replay_clfbench \
	tests/fuzz/replay_scheduler \
	tests/fuzz/replay_texts
fuzz_corpus = $(abs_top_srcdir)/tests/fuzz/corpus

tests_fuzz_replay_lang_SOURCES = tests/fuzz/replay.c tests/fuzz/fuzz_lang.c
tests_fuzz_replay_lang_CPPFLAGS = $(fuzz_cppflags) -DCORPUS='"$(fuzz_corpus)/lang"'
tests_fuzz_replay_lang_LDADD = libclfiber-lang.la

tests_fuzz_replay_clfrun_SOURCES = tests/fuzz/replay.c tests/fuzz/fuzz_clfrun.c tools/live.c tools/unjoined.c tools/values.c
tests_fuzz_replay_clfrun_CPPFLAGS = $(fuzz_cppflags) -DCORPUS='"$(fuzz_corpus)/clfrun"'
tests_fuzz_replay_clfrun_LDADD = libclfiber.la $(OPENCL_LIBS)

tests_fuzz_replay_clfbench_SOURCES = tests/fuzz/replay.c tests/fuzz/fuzz_clfbench.c $(fuzz_bench)
nodist_tests_fuzz_replay_clfbench_SOURCES = bench/sources.c
tests_fuzz_replay_clfbench_CPPFLAGS = $(fuzz_cppflags) -DCORPUS='"$(fuzz_corpus)/clfbench"'
tests_fuzz_replay_clfbench_LDADD = $(fuzz_clfbench_LDADD)
tests_fuzz_replay_clfbench_DEPENDENCIES = $(fuzz_clfbench_DEPENDENCIES)

# OpenCL's functions are the stub's: the internal library is static, and what it needs of them is there first.
tests_fuzz_replay_scheduler_SOURCES = tests/fuzz/replay.c tests/fuzz/fuzz_scheduler.c tests/fuzz/stub_opencl.c
tests_fuzz_replay_scheduler_CPPFLAGS = $(fuzz_cppflags) -DCORPUS='"$(fuzz_corpus)/scheduler"'
tests_fuzz_replay_scheduler_LDADD = libclfiber-internal.la

tests_fuzz_replay_texts_SOURCES = tests/fuzz/replay.c tests/fuzz/fuzz_texts.c tests/fuzz/stub_opencl.c
tests_fuzz_replay_texts_CPPFLAGS = $(fuzz_cppflags) -DCORPUS='"$(fuzz_corpus)/texts"'
tests_fuzz_replay_texts_LDADD = libclfiber-internal.la

# What the device's compiler makes of inputs, by hand.
EXTRA_PROGRAMS += tests/fuzz/on_device
tests_fuzz_on_device_SOURCES = tests/fuzz/on_device.c
tests_fuzz_on_device_CPPFLAGS = $(CLF_PUBLIC_CPPFLAGS)
tests_fuzz_on_device_LDADD = libclfiber.la $(OPENCL_LIBS)
CLEANFILES += tests/fuzz/on_device$(EXEEXT)
