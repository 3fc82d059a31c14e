#!/bin/sh
# single.sh: PoCL where no two groups ever run side by side: its threaded device with one thread, and its device
# that runs in the caller's thread. Whatever waits for another worker would hang here.
set -eu

failed=0
skipped=0

run() { # run SUITE CASE: the wrapper's environment, with what the caller exported
    status=0
    CK_RUN_CASE=$2 "./tests/$1" || status=$?
    case $status in
    0) ;;
    77) skipped=1 ;;
    *) failed=1 ;;
    esac
}

POCL_MAX_PTHREAD_COUNT=1
export POCL_MAX_PTHREAD_COUNT
echo "== one thread"
run test_once overlap
run test_once "last child"
run test_slice steps
run test_turns order
run test_turns "two workers"
run test_started started
run test_fail fail
run test_growth deep

POCL_DEVICES=basic
export POCL_DEVICES
echo "== the basic device"
run test_once overlap
run test_slice steps
run test_turns "two workers"
run test_growth deep

test "$failed" = 0 || exit 1
test "$skipped" = 0 || exit 77
