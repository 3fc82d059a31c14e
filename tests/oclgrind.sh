#!/bin/sh
# oclgrind.sh: the legacy tier of the device runtime under Oclgrind, a simulator of OpenCL 1.2 that sees every
# access to memory. Fails on any invalid access or other error that it logs. Its exit status says nothing: the
# log does. Its notion of a data race knows no order through atomics, so races are not asked for.
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
trap 'rm -f "$log" "$out"' EXIT
failed=0

try() { # try WORKERS LANES
    rm -f "$log"
    status=0
    oclgrind --build-options -cl-opt-disable --log "$log" ./tests/smoke "$1" "$2" >"$out" 2>&1 || status=$?
    sed "s/^/workers $1, lanes $2: /" "$out"
    if test "$status" != 0; then
        echo "workers $1, lanes $2: exit status $status"
        failed=1
    fi
    grep -q 'Oclgrind.*tier legacy' "$out" || {
        echo "workers $1, lanes $2: not the legacy tier on Oclgrind"
        failed=1
    }
    if test -s "$log"; then
        head -n 60 "$log"
        failed=1
    fi
}

try 2 1
try 2 4
exit $failed
