#!/bin/sh
# oclgrind.sh: the legacy tier of the device runtime under Oclgrind, a simulator of OpenCL 1.2 that sees every
# access to memory. Fails on any invalid access or other error that it logs, and on a plain access to a word that another
# work-group accesses by an atomic operation. Its exit status says nothing: the log does.
#
# Its notion of a data race knows no order through atomics, so that it takes all plain data for races that one work-group
# hands to another: frames. What stays of its log here are races with an atomic operation on one side. One kind of them is
# right: the owner of a spawned fiber's frame reads its parent plainly; it was stored by an atomic operation because who
# holds a stale handle may compare it at that time (cl/join.cl), which only reads. Litmus tests race on purpose.
set -eu

if ! command -v oclgrind >/dev/null 2>&1; then
    echo "SKIP: oclgrind is not installed (Debian's package oclgrind)"
    exit 77
fi
case ${CLF_SANITIZER-no} in
no) ;;
*)
    echo "SKIP: a sanitizer's library cannot be preloaded after Oclgrind's"
    exit 77
    ;;
esac

CLFIBER_TIER=legacy
CLF_TEST_PROGRAMS=$(cd "$(dirname "$0")" && pwd)/programs
export CLFIBER_TIER CLF_TEST_PROGRAMS
unset CLFIBER_DEVICE

log=oclgrind.$$.log
out=oclgrind.$$.out
trap 'rm -f "$log" "$log.faults" "$out"' EXIT
failed=0

# Of Oclgrind's log: errors, and races of a plain access with an atomic one. Its records end with an empty line.
faults() {
    awk 'BEGIN { RS = ""; ORS = "\n\n" }
        / data race at global memory/ && (/Kernel: clf_litmus/ || !/ call / || /load i32, [^,]* %parent[0-9]*,/) { next }
        { print }' "$1"
}

try() { # try WORKERS LANES
    rm -f "$log"
    status=0
    oclgrind --data-races --max-errors 100000 --build-options -cl-opt-disable --log "$log" ./tests/smoke "$1" "$2" >"$out" 2>&1 || status=$?
    sed "s/^/workers $1, lanes $2: /" "$out"
    if test "$status" != 0; then
        echo "workers $1, lanes $2: exit status $status"
        failed=1
    fi
    grep -q 'Oclgrind.*tier legacy' "$out" || {
        echo "workers $1, lanes $2: not the legacy tier on Oclgrind"
        failed=1
    }
    faults "$log" >"$log.faults"
    if test -s "$log.faults"; then
        head -n 60 "$log.faults"
        failed=1
    fi
    echo "workers $1, lanes $2: $(grep -c 'data race at' "$log") races, $(grep -c 'data race at' "$log.faults") with an atomic operation"
}

try 2 1
try 2 4
exit $failed
