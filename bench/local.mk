# clfbench, its workloads and the runtimes it compares with.
