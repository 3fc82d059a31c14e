#!/bin/sh
# conformance.sh IMPLEMENTATION SUITE...: the suites that run fibers, and the corpus of fiber programs, on another
# OpenCL implementation than the default one. Run in the top build folder, by `make check-IMPLEMENTATION`:
#   intel    Intel's runtime for CPUs, from PyPI (tests/get-intel.sh), which vectorizes across work-items
#   single   PoCL with one thread: no two workers ever run side by side
#   lanes    the corpus on PoCL with 1, 8, 16 and 64 lanes, with and without spawn inlining
# Exits 1 if a suite failed, was skipped, or the implementation cannot be had.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
implementation=$1
shift
wanted=

case $implementation in
intel)
    sh "$here/get-intel.sh" intel-opencl
    OCL_ICD_VENDORS=$PWD/intel-opencl/vendors
    LD_LIBRARY_PATH=$PWD/intel-opencl/lib${LD_LIBRARY_PATH:+:$LD_LIBRARY_PATH}
    export OCL_ICD_VENDORS LD_LIBRARY_PATH
    wanted='Intel.*OpenCL'
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

./tools/clfiber-info >conformance.out 2>&1 || {
    cat conformance.out
    exit 1
}
grep '^  \(name\|platform\|driver\|atomics tier\) ' conformance.out
if ! grep -q "^  platform .*$wanted" conformance.out; then
    echo "conformance.sh: the device is not of the platform '$wanted'"
    exit 1
fi
rm -f conformance.out

failed=
for suite in "$@"; do
    status=0
    "./$suite" || status=$?
    test $status = 0 || failed="$failed $suite($status)"
done
for lanes in ${CLF_TEST_LANES:-1 8 16 64}; do
    status=0
    CORPUS_LANES=$lanes srcdir=$here/.. sh "$here/clfrun.sh" || status=$?
    test $status = 0 || failed="$failed corpus-with-$lanes-lanes($status)"
done
if test -n "$failed"; then
    echo "conformance on $implementation: failed:$failed"
    exit 1
fi
echo "conformance on $implementation: passed"
