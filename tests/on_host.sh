#!/bin/sh
# on_host.sh: the device runtime as C under ThreadSanitizer and the address and undefined sanitizers (on_host.c).
# The runtime's files are put together as lib/source.c does.
set -eu

top=$(cd "$(dirname "$0")/.." && pwd)
cc=${CC:-cc}
dir=on_host.$$
mkdir "$dir"
trap 'rm -rf "$dir"' EXIT

case ${CLF_SANITIZER-no} in
no) ;;
*)
    echo "SKIP: this test brings its own sanitizers"
    exit 77
    ;;
esac
echo 'int main(void) { return 0; }' >"$dir/probe.c"
for kind in thread address,undefined; do
    # shellcheck disable=SC2086
    $cc -fsanitize=$kind -o "$dir/probe" "$dir/probe.c" 2>/dev/null || {
        echo "SKIP: $cc has no -fsanitize=$kind"
        exit 77
    }
done

include() {
    for file in "$@"; do
        printf '#include "%s/cl/%s"\n' "$top" "$file"
    done
}
include atomics.cl worker.cl frames.cl deque.cl join.cl >"$dir/runtime.h"

build() { # build PROGRAM SANITIZERS
    {
        include layout.h types.cl
        sed 's/^#pragma clfiber runtime$/#include "runtime.h"/' "$top/tests/programs/$1.cl"
        include find.cl slice.cl report.cl
    } >"$dir/program_$1.h"
    # shellcheck disable=SC2086
    $cc -std=gnu11 -O1 -g -fno-omit-frame-pointer -fno-sanitize-recover=all -fsanitize=$2 \
        -DPROGRAM_$1 -DPROGRAM="\"program_$1.h\"" -I"$dir" -I"$top/tests" -o "$dir/$1" "$top/tests/on_host.c" -lpthread
}

failed=0
try() { # try PROGRAM WORKERS MODE RING FRAMES BUDGET FIRST
    timeout 120 "$dir/$1" "$2" "$3" "$4" "$5" "$6" "$7" >"$dir/out" 2>&1 || {
        head -n 60 "$dir/out"
        echo "on_host: $kind: $* failed"
        failed=1
        return 0
    }
    echo "$kind: $*: $(tail -n 1 "$dir/out")"
}

steal=0
static=1
shared=2
unlimited=4294967295
for kind in thread address,undefined; do
    for program in fib tree family turns started; do
        build $program $kind
        try $program 3 $steal 2 1 50 4294967295
        try $program 4 $steal 4 4096 7 2147483640
        try $program 2 $steal 1024 1024 $unlimited 0
        try $program 3 $static 2 1 50 0
        try $program 3 $shared 2 1 50 0
        test $kind = thread || continue
        try $program 2 $steal 1024 100000 500 0
        try $program 4 $shared 1024 100000 500 4294967290
    done
done
exit $failed
