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
# A variable in local memory is the group's.
sed 's/^ *__local clf_round round;$//; s/&round;/host_round();/' "$top/cl/slice.cl" >"$dir/slice.h"
include atomics.cl worker.cl trace.cl frames.cl guard.cl own.cl kept.cl urgent.cl deque.cl join.cl inline.cl request.cl >"$dir/runtime.h"

build() { # build PROGRAM MODE LANES SANITIZERS [FLAG]
    {
        include layout.h types.cl
        sed 's/^#pragma clfiber runtime$/#include "runtime.h"/' "$top/tests/programs/$1.cl"
        include ready.cl find.cl
        echo '#include "slice.h"'
        include report.cl
    } >"$dir/program_$1.h"
    what="$4: $1, mode $2, $3 lanes${5+, $5}"
    # shellcheck disable=SC2086
    $cc -std=gnu11 -O1 -g -w -fno-omit-frame-pointer -fno-sanitize-recover=all -fsanitize=$4 \
        -DPROGRAM_$1 -DPROGRAM="\"program_$1.h\"" -DCLF_MODE=$2 -DCLF_LANES=$3 ${5-} -I"$dir" -I"$top/tests" \
        -o "$dir/run" "$top/tests/on_host.c" -lpthread
}

failed=0
try() { # try WORKERS RING FRAMES BUDGET FIRST
    if timeout 120 "$dir/run" "$@" >"$dir/out" 2>&1; then
        echo "$what: $*: $(tail -n 1 "$dir/out")"
    else
        head -n 60 "$dir/out"
        echo "on_host: $what: $* failed"
        failed=1
    fi
}

steal=0
static=1
shared=2
unlimited=4294967295

for program in fib tree family turns started sleep; do
    build $program $steal 1 thread
    try 3 2 1 50 4294967295
    try 4 4 4096 7 2147483640
    try 2 1024 1024 $unlimited 0
done
for program in tree family turns started sleep; do
    build $program $steal 4 thread
    try 2 2 1 50 4294967295
done
for program in tree family; do
    build $program $shared 1 thread
    try 3 2 1 50 0
    try 4 1024 100000 500 4294967290
done
build tree $static 1 thread
try 3 2 1 50 0
build turns $shared 4 thread
try 2 2 1 50 0
build sleep $shared 1 thread
try 3 2 1 50 4294967295
# With a trace whose records soon have no more room.
build started $steal 1 thread -DCLF_TRACE=64
try 3 2 1 50 4294967295
try 4 4 4096 7 2147483640
build family $steal 4 thread -DCLF_TRACE=64
try 2 2 1 50 4294967295
build tree $steal 4 address,undefined -DCLF_TRACE=64
try 2 2 1 50 4294967295
build started $steal 1 address,undefined
try 3 2 1 50 4294967295
build tree $steal 4 address,undefined
try 2 2 1 50 4294967295
exit $failed
