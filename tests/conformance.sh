#!/bin/sh
# conformance.sh IMPLEMENTATION SUITE...: the suites that run fibers, and the corpus of fiber programs, on another
# OpenCL implementation than the default one. Run in the top build folder, by `make check-IMPLEMENTATION`:
#   intel    Intel's runtime for CPUs, from PyPI (tests/get-intel.sh), which vectorizes across work-items
#   single   PoCL with one thread: no two workers ever run side by side
#   lanes    the corpus on PoCL with 1, 8, 16 and 64 lanes, with and without spawn inlining
# CLF_TEST_LANES says otherwise which lanes the corpus is run with (tests/corpus.c). Two suites run at once where none needs more than a
# thread. Exits 1 if a suite failed, was skipped, or the implementation cannot be had.
set -eu
here=$(cd "$(dirname "$0")" && pwd)

# A part of the work, run by the script itself: a suite, or the corpus with some lanes. Its output and status lie in files.
if test "$1" = --part; then
    status=0
    begin=$(date +%s)
    case $3 in
    lanes-*-*)
        part=${3#lanes-}
        CLF_CORPUS_PART=${part#*-}/2 srcdir=$here/.. ./tests/corpus "${part%-*}"
        ;;
    *) "./$3" ;;
    esac >"$2/$(basename "$3").out" 2>&1 || status=$?
    echo "$status" >"$2/$(basename "$3").status"
    printf '%s: exit status %s after %s s\n' "$3" "$status" $(($(date +%s) - begin))
    exit 0
fi

implementation=$1
shift
at_once=2

case $implementation in
intel)
    sh "$here/get-intel.sh" intel-opencl
    OCL_ICD_VENDORS=$PWD/intel-opencl/vendors
    LD_LIBRARY_PATH=$PWD/intel-opencl/lib${LD_LIBRARY_PATH:+:$LD_LIBRARY_PATH}
    # It keeps no compiled programs; the library does, here from an empty folder on.
    CLFIBER_CACHE=$PWD/intel-opencl/programs
    rm -rf "$CLFIBER_CACHE"
    export OCL_ICD_VENDORS LD_LIBRARY_PATH CLFIBER_CACHE
    wanted='Intel.*OpenCL'
    at_once=1
    ;;
single)
    POCL_MAX_PTHREAD_COUNT=1
    export POCL_MAX_PTHREAD_COUNT
    wanted='Portable Computing Language'
    ;;
lanes)
    wanted='Portable Computing Language'
    set --
    ;;
*)
    echo "conformance.sh: there is no '$implementation'; there are intel, single, lanes" >&2
    exit 2
    ;;
esac

CLF_TEST_PROGRAMS=$here/programs
CK_TIMEOUT_MULTIPLIER=${CLF_TEST_TIMEOUT_MULTIPLIER:-4}
POCL_CACHE_DIR=${CLF_TEST_CACHE:-$PWD/pocl-cache}
export CLF_TEST_PROGRAMS CK_TIMEOUT_MULTIPLIER POCL_CACHE_DIR

out=conformance.$$
mkdir "$out"
trap 'rm -rf "$out"' EXIT
./tools/clfiber-info >"$out/info" 2>&1 || {
    cat "$out/info"
    exit 1
}
grep '^  \(name\|platform\|driver\|atomics tier\) ' "$out/info"
if ! grep -q "^  platform .*$wanted" "$out/info"; then
    echo "conformance.sh: the device is not of the platform '$wanted'"
    exit 1
fi

for lanes in ${CLF_TEST_LANES:-1+inline 8+inline 16 64+inline}; do
    set -- "lanes-$lanes-0" "lanes-$lanes-1" "$@"
done
printf '%s\n' "$@" | xargs -n 1 -P "$at_once" sh "$0" --part "$out"

failed=
for part in "$@"; do
    file=$out/$(basename "$part")
    status=$(cat "$file.status" 2>/dev/null || echo none)
    grep 'Checks: \|passed, ' "$file.out" || true
    if test "$status" != 0; then
        cat "$file.out"
        failed="$failed $part($status)"
    fi
done
if test -n "$failed"; then
    echo "conformance on $implementation: failed:$failed"
    exit 1
fi
echo "conformance on $implementation: passed"
