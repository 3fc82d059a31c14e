# The files of each workload: its host side, its device code, its peers'. list.h has the list itself.

bench_workload_sources = \
	bench/workloads/fib.c \
	bench/workloads/nqueens.c \
	bench/workloads/spawnjoin.c \
	bench/workloads/uts.c \
	bench/workloads/yield.c

bench_device_sources = \
	bench/workloads/fib.fib \
	bench/workloads/nqueens.fib \
	bench/workloads/spawnjoin.fib \
	bench/workloads/uts.fib \
	bench/workloads/yield.fib

bench_peer_headers = \
	bench/list.h \
	bench/problem.h \
	bench/peers/peer.h \
	bench/peers/solve.h \
	bench/peers/uts_leaf.h \
	bench/peers/fib.h \
	bench/peers/nqueens.h \
	bench/peers/spawnjoin.h \
	bench/peers/uts.h \
	bench/peers/yield.h
