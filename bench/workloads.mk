# The files of each workload: its host side, its device code, its peers'. list.h has the list itself.

bench_workload_sources = \
	bench/sequence.c \
	bench/sequence.h \
	bench/matrix.c \
	bench/matrix.h \
	bench/flat.c \
	bench/flat.h \
	bench/graph.c \
	bench/graph.h \
	bench/search.c \
	bench/talk.c \
	bench/talk.h \
	bench/tree.c \
	bench/tree.h \
	bench/workloads/mergesort.c \
	bench/workloads/bintree.c \
	bench/workloads/barytree.c \
	bench/workloads/mandelbrot.c \
	bench/workloads/knapsack.c \
	bench/workloads/matmul.c \
	bench/workloads/strassen.c \
	bench/workloads/nbody.c \
	bench/workloads/bfs.c \
	bench/workloads/rmat.c \
	bench/workloads/cilksort.c \
	bench/workloads/empty.c \
	bench/workloads/fib.c \
	bench/workloads/hostcall.c \
	bench/workloads/nqueens.c \
	bench/workloads/sleepers.c \
	bench/workloads/spawnjoin.c \
	bench/workloads/uts.c \
	bench/workloads/mutex.c \
	bench/workloads/channel.c \
	bench/workloads/pingpong.c \
	bench/workloads/yield.c

bench_device_sources = \
	cl/wide/product.h \
	cl/wide/queens.h \
	cl/wide/rsqrt.h \
	cl/wide/sha1.h \
	cl/wide/some.h \
	cl/wide/sort.h \
	bench/workloads/scalar_sort.h \
	bench/workloads/scalar_product.h \
	bench/workloads/mergesort.fib \
	bench/workloads/tree_work.h \
	bench/workloads/bintree.fib \
	bench/workloads/barytree.fib \
	bench/workloads/mandelbrot.fib \
	bench/workloads/knapsack.fib \
	bench/workloads/matmul.fib \
	bench/workloads/strassen.fib \
	bench/workloads/nbody.fib \
	bench/workloads/bfs.fib \
	bench/workloads/rmat.fib \
	bench/workloads/cilksort.fib \
	bench/workloads/empty.fib \
	bench/workloads/fib.fib \
	bench/workloads/hostcall.fib \
	bench/workloads/nqueens.fib \
	bench/workloads/sleepers.fib \
	bench/workloads/spawnjoin.fib \
	bench/workloads/uts.fib \
	bench/workloads/uts_family.fib \
	bench/workloads/mutex.fib \
	bench/workloads/channel.fib \
	bench/workloads/pingpong.fib \
	bench/workloads/yield.fib

bench_peer_headers = \
	bench/place.h \
	bench/list.h \
	bench/problem.h \
	bench/peers/peer.h \
	bench/peers/solve.h \
	bench/peers/uts_leaf.h \
	bench/peers/mergesort.h \
	bench/peers/tree_work.h \
	bench/peers/bintree.h \
	bench/peers/barytree.h \
	bench/peers/mandelbrot.h \
	bench/peers/knapsack.h \
	bench/peers/matmul.h \
	bench/peers/strassen.h \
	bench/peers/nbody.h \
	bench/peers/bfs.h \
	bench/peers/rmat.h \
	bench/peers/cilksort.h \
	bench/peers/empty.h \
	bench/peers/fib.h \
	bench/peers/hostcall.h \
	bench/peers/nqueens.h \
	bench/peers/sleepers.h \
	bench/peers/spawnjoin.h \
	bench/peers/uts.h \
	bench/peers/mutex.h \
	bench/peers/channel.h \
	bench/peers/pingpong.h \
	bench/peers/yield.h
