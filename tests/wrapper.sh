#!/bin/sh
# wrapper.sh PROGRAM [ARGUMENT...]: runs a test in an environment that does not depend on the user's.
# automake calls it in the top build folder. A program that cannot run here exits 77 and says why.
#
# What a person may set:
#   CLF_TEST_DEVICE              the device that the tests use (as CLFIBER_DEVICE), instead of the default
#   CLF_TEST_CACHE               folder for what PoCL compiled, instead of one in the build folder
#   CLF_TEST_TIMEOUT_MULTIPLIER  stretches every test's time-out, for slow machines; default 1,
#                                10 in a build with a sanitizer
set -eu

for name in $(env | sed -n 's/^\(CLFIBER_[A-Za-z0-9_]*\)=.*/\1/p; s/^\(POCL_[A-Za-z0-9_]*\)=.*/\1/p'); do
    unset "$name"
done
if test -n "${CLF_TEST_DEVICE-}"; then
    CLFIBER_DEVICE=$CLF_TEST_DEVICE
    export CLFIBER_DEVICE
fi

# Programs that PoCL compiled for tests stay in the build folder, or where several builds share them: PoCL
# finds them by a hash of all that went into them.
POCL_CACHE_DIR=${CLF_TEST_CACHE:-$PWD/pocl-cache}
mkdir -p "$POCL_CACHE_DIR"
export POCL_CACHE_DIR

LC_ALL=C
export LC_ALL

here=$(cd "$(dirname "$0")" && pwd)
slow=1
case ${CLF_SANITIZER-no} in
no) ;;
*) slow=10 ;;
esac
CK_TIMEOUT_MULTIPLIER=${CLF_TEST_TIMEOUT_MULTIPLIER:-$slow}
export CK_TIMEOUT_MULTIPLIER

# OpenCL drivers leak and race on their own account: what is theirs is listed beside this script.
# LLVM puts a signal stack of its own in place of the sanitizer's, which a thread that ends would then unmap.
ASAN_OPTIONS=${ASAN_OPTIONS:-detect_leaks=1:use_sigaltstack=0}
# The leak checker crashes now and then on the thread-local memory of PoCL's threads: use_tls=0.
LSAN_OPTIONS=${LSAN_OPTIONS:-suppressions=$here/lsan.supp:print_suppressions=0:use_tls=0}
TSAN_OPTIONS=${TSAN_OPTIONS:-suppressions=$here/tsan.supp:ignore_noninstrumented_modules=1}
UBSAN_OPTIONS=${UBSAN_OPTIONS:-print_stacktrace=1}
export ASAN_OPTIONS LSAN_OPTIONS TSAN_OPTIONS UBSAN_OPTIONS

# make may run several at once. Those that need two workers at work at one time get the processors for themselves.
if command -v flock >/dev/null 2>&1; then
    exec 9>processors.lock
    case " ${CLF_SUITES_ALONE-} " in
    *" ${1#./} "*) flock -x 9 ;;
    *) flock -s 9 ;;
    esac
fi

begin=$(date +%s)
status=0
"$@" 9>&- || status=$?
echo "took $(($(date +%s) - begin)) s"
exit $status
