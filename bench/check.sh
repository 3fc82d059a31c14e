#!/bin/sh
# check.sh: clfbench from outside: right answers on the device, JSON, bad command lines. Runs in the top build folder.
set -eu

clfbench=./bench/clfbench
out=$PWD/bench-check.$$
trap 'rm -f "$out" "$out.json"' EXIT
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
refuses yield:5
refuses --workers 0 "'0'"
refuses --lanes 4096 "'4096'"
refuses --slice 0 "'0'"
refuses --mode eager "'eager'"
refuses --tier c99 "'c99'"
refuses --peers lace "'lace'"
refuses --runs many "'many'"
refuses --json=/nonexistent/file fib:1 /nonexistent/file
refuses --nonsense

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
       uts:geo,shape=cyclic,gen_mx=4 spawnjoin:3000 spawnjoin:100,7 yield:20,30'
runs 0 --runs 2 --workers 2 --json "$out.json" $small
says 'fib:15 .* 610 yes'
test "$(grep -c ' yes ' "$out")" = 12 || wrong "not 12 right answers"
test "$(grep -c '"runtime":"clfiber".*"verified":true.*"seconds":{"min":' "$out.json")" = 12 ||
    wrong "not 12 right lines of JSON"
for mode in static shared; do
    runs 0 --runs 1 --mode "$mode" --slice 5 $small
done
runs 0 --runs 1 --frames 1 --ring 2 $small
runs 0 --runs 1 --slice 1 fib:8 spawnjoin:50 yield:3,4
runs 0 --runs 1 --lanes 4 $small
runs 0 --runs 1 --peers seq fib:15
says '  seq  .* 610 yes'
runs 0 --startup --runs 1 fib:5
says warm

exit "$failed"
