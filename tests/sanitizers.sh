#!/bin/sh
# sanitizers.sh [KIND...]: builds the library, tools and tests with each sanitizer, address, undefined and thread, in a
# folder of its own (sanitizer-KIND below the current one), and runs the tests there. make check-sanitizers does.
# $CLF_SANITIZER_TESTS: instead of all tests. $CLF_CONFIGURE_FLAGS: more flags for configure.
set -eu

top=$(cd "$(dirname "$0")/.." && pwd)
jobs=$(getconf _NPROCESSORS_ONLN 2>/dev/null || echo 1)
test $# != 0 || set -- address undefined thread
failed=

for kind in "$@"; do
    mkdir -p "sanitizer-$kind"
    # The static library alone: programs then have the sanitizer's library first.
    # shellcheck disable=SC2086
    (cd "sanitizer-$kind" && { test -f Makefile ||
        "$top/configure" --quiet --disable-shared --enable-sanitizer="$kind" ${CLF_CONFIGURE_FLAGS-}; })
    make -C "sanitizer-$kind" -j "$jobs" check TESTS= >"sanitizer-$kind.log" 2>&1 || {
        tail -n 30 "sanitizer-$kind.log"
        echo "$kind: does not build"
        exit 1
    }
    if test -n "${CLF_SANITIZER_TESTS-}"; then
        make -C "sanitizer-$kind" check TESTS="$CLF_SANITIZER_TESTS" >"sanitizer-$kind.log" 2>&1 || failed="$failed $kind"
    else
        make -C "sanitizer-$kind" check >"sanitizer-$kind.log" 2>&1 || failed="$failed $kind"
    fi
    echo "$kind: $(sed -n 's/^# \([A-Z]*: *[0-9]*\)$/\1/p' "sanitizer-$kind.log" | tr -s ' ' | tr '\n' ' ')"
    grep '^\(FAIL\|ERROR\):' "sanitizer-$kind.log" || true
done
test -z "$failed" || {
    echo "failed:$failed"
    exit 1
}
