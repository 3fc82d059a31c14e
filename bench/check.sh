#!/bin/sh
# check.sh: clfbench from outside: right answers on the device, JSON, bad command lines. Runs in the top build folder.
set -eu

clfbench=./bench/clfbench
out=$PWD/bench-check.$$
graph=bench-check.$$.graph
trap 'rm -f "$out" "$out.json" "$out.fib" "$graph"' EXIT
failed=0

wrong() {
    echo "check.sh: $*" >&2
    sed 's/^/    /' "$out" >&2
    failed=1
}

# runs STATUS ARGUMENT...
runs() {
    wanted=$1
    shift
    status=0
    "$clfbench" "$@" >"$out" 2>&1 || status=$?
    test "$status" = "$wanted" || wrong "clfbench $*: exit status $status, not $wanted"
}

# says TEXT: the last run did
says() {
    grep -q -e "$1" "$out" || wrong "the output lacks '$1'"
}

# ---- bad command lines: status 2, and the value is named --------------------------------------------------

refuses() {
    runs 2 "$1" ${2+"$2"}
    says "${3-$1}"
}
refuses fog:1
refuses fib:61
refuses fib:-1
refuses fib:
refuses fib:12x
refuses nqueens:0
refuses nqueens:8,9 fib:1 "'9'"
refuses uts:T9
refuses uts:T1,gen_mx=0
refuses uts:T1,gen_mx=40
refuses uts:bin,q=0.9
refuses uts:geo,nonsense=1
refuses uts:T1,width=3
refuses spawnjoin:0
refuses cilksort:0 fib:1 "'0'"
refuses cilksort:9,4,4
refuses mergesort:9,2 fib:1 "'2'"
refuses matmul:9,width=4 fib:1 'width is 4'
refuses rmat:26 fib:1 "'26'"
refuses knapsack:3 fib:1 "'3'"
refuses strassen:2049 fib:1 "'2049'"
refuses nbody:9,4 fib:1 "'4'"
refuses bintree:5,0,0,5 fib:1 "'5'"
refuses barytree:5,17 fib:1 "'17'"
refuses mandelbrot:, fib:1 'SIZE is missing'
refuses yield:5
refuses pingpong:0 fib:1 "'0'"
refuses hostcall:5
refuses sleepers:0,5
refuses --workers 0 "'0'"
refuses --lanes 4096 "'4096'"
refuses --slice 0 "'0'"
refuses --mode eager "'eager'"
refuses --tier c99 "'c99'"
refuses --peers lace "'lace'"
refuses --runs many "'many'"
refuses --json=/nonexistent/file fib:1 /nonexistent/file
refuses --nonsense
refuses --source=/nonexistent/file fib:1 /nonexistent/file
refuses --source=/dev/null fib:1 'is empty'
runs 2 --source "$0" fib:1 uts:T1
says 'fib:1 and uts:T1 are two'

# ---- no device is needed for these --------------------------------------------------------------------------

runs 0 --help
says --peers
runs 0 --version
says clfbench
runs 0 --list
says spawnjoin
says seq

# ---- on the device ------------------------------------------------------------------------------------------

small='fib:15 fib:0 nqueens:7 nqueens:9,3 nqueens:6,0 uts:T1,gen_mx=5 uts:T1,gen_mx=5,width=1 uts:hyb
       uts:geo,shape=cyclic,gen_mx=4 spawnjoin:3000 spawnjoin:100,7 yield:20,30 hostcall:30,4 sleepers:100,500 rmat:8
       empty:3 rmat:10,3 rmat:9,width=1 mutex:20,30 channel:10,40 pingpong:3,50'
runs 0 --runs 2 --workers 2 --json "$out.json" $small
says 'fib:15 .* 610 yes'
count=$(echo $small | wc -w)
test "$(grep -c ' yes ' "$out")" = "$count" || wrong "not $count right answers"
test "$(grep -c '"runtime":"clfiber".*"verified":true.*"seconds":{"min":' "$out.json")" = "$count" ||
    wrong "not $count right lines of JSON"
runs 0 --runs 1 --frames 1 --ring 2 $small
for slice in 1 100; do
    runs 0 --runs 1 --slice "$slice" fib:8 nqueens:5 uts:T1,gen_mx=3 spawnjoin:50,7 yield:3,4 hostcall:9,3 sleepers:40,100 mutex:3,4 channel:3,4 pingpong:2,4
done
runs 0 --runs 1 --lanes 4 --frames 1 --ring 2 $small
runs 0 --runs 1 --lanes 32 fib:12 nqueens:6 uts:T1,gen_mx=3 spawnjoin:50,7 yield:3,4 hostcall:9,3 sleepers:40,100 mutex:3,4 channel:3,4 pingpong:2,4
runs 0 --runs 1 uts:T1,gen_mx=5,width=2 uts:T1,gen_mx=5,width=4 uts:T1,gen_mx=5,width=8 uts:T1,gen_mx=5,width=16 \
    uts:bin,b0=40,m=17,q=0.05,width=16 uts:bin,b0=9,m=3,q=0.3,width=16 uts:hyb,width=8
for mode in static shared; do
    runs 0 --runs 1 --mode "$mode" --slice 5 fib:15 nqueens:9,3 uts:hyb spawnjoin:100,7 yield:20,30 hostcall:30,4 \
        sleepers:100,500 rmat:8 mutex:20,30 channel:10,40 pingpong:3,50
done

# Those with vectors inside a fiber, with and without them; sizes that leave rests of vectors and of halves.
wide='cilksort:20001,100 cilksort:17 mergesort:5003,33 bintree:7,3,5 bintree:3,1,1,0 barytree:6 mandelbrot:70,60,9
      knapsack:20,6 matmul:75,20 matmul:3 strassen:72,8 strassen:5 nbody:1 nbody:500,32 nqueens:9,3 nqueens:7,7 nqueens:5,1 nqueens:4,0'
runs 0 --runs 1 --workers 2 $wide
count=$(echo $wide | wc -w)
test "$(grep -c ' yes ' "$out")" = "$count" || wrong "not $count right answers"
runs 0 --runs 1 --slice 7 --frames 1 --ring 2 $wide
runs 0 --runs 1 $(for problem in $wide; do echo "$problem,width=1"; done)
runs 0 --runs 1 bintree:5,3,5,1,width=8 bintree:5,3,5,2,width=8 bintree:5,3,5,3,width=8 bintree:0,3,5,3,width=8 barytree:6,10,width=8
runs 0 --runs 1 --lanes 4 $(for problem in $wide; do echo "$problem,width=1"; done)

# The same workloads as segments by hand: the same answers from frames of the same size, but for what inlining keeps there.
frame_bytes() {
    sed -n 's/.*"runtime":"clfiber".*"largest_frame_bytes":\([0-9]*\).*/\1/p' "$out.json"
}
for problem in fib:12 nqueens:6 uts:T1,gen_mx=3,width=8 spawnjoin:50,7 yield:3,4; do
    segments=${srcdir:-.}/tests/programs/bench/${problem%%:*}.cl
    runs 0 --runs 1 --json "$out.json" "$problem"
    runs 0 --runs 1 --inline 0 --json "$out.json" "$problem"
    language=$(frame_bytes)
    runs 0 --runs 1 --json "$out.json" --source "$segments" "$problem"
    test "$language" -le "$(frame_bytes)" || wrong "$problem: frames of $language bytes, $(frame_bytes) by hand"
done
# Graphs in files: a path of 7 vertices and one apart, from 1 and from 0; what follows two numbers does not matter.
printf '%%%%MatrixMarket matrix coordinate real general\n%% a comment\n8 8 6\n1 2 0.5\n2 3 1\n3 4 1\n4 5 1\n5 6 1\n6 7 1\n' >"$graph"
runs 0 --runs 1 --json "$out.json" "bfs:$graph"
grep -q '"vertices reached":7,' "$out.json" || wrong "bfs of a path: not 7 vertices"
printf '# a path\n0 1\n1\t2 7\n\n2 3\n3 4\n4 5\n5 6\n' >"$graph"
runs 0 --runs 1 --json "$out.json" "bfs:$graph"
grep -q '"vertices reached":7,"sum of levels":23' "$out.json" || wrong "bfs of a path: not 7 vertices at the right levels"
# 510 neighbours of one vertex, and a path of 1490 from one of them backwards: behind a large level, whose successor is
# not listed because many vertices are left, come small ones. The path's vertices find their predecessor second.
awk 'BEGIN { for (v = 1; v <= 500; v++) print 0, v
             for (v = 1991; v <= 2000; v++) print 0, v
             print 1, 1990
             for (v = 1990; v > 501; v--) print v, v - 1 }' >"$graph"
for lanes in 1 4; do
    runs 0 --runs 1 --workers 2 --lanes $lanes --peers seq --json "$out.json" "bfs:$graph"
    test "$(grep -c '"vertices reached":2001,"sum of levels":1114796' "$out.json")" = 2 ||
        wrong "bfs of a star with a path: not 2001 vertices at the right levels"
done
printf '0 1\n1 x\n' >"$graph"
refuses "bfs:$graph" fib:1 "$graph:2: two vertices"
refuses bfs:/nonexistent/graph fib:1 /nonexistent/graph

printf 'fiber long fib(int n)\n{\n    return spawn fib(n);\n}\n' >"$out.fib"
runs 1 --runs 1 --source "$out.fib" fib:3
says "$out.fib"
runs 0 --runs 1 --peers seq fib:15
says '  seq  .* 610 yes'
runs 0 --startup --runs 1 fib:5
says warm

exit "$failed"
