#!/bin/sh
# explore.sh [ARGUMENT...]: builds the explorer (README.md) and runs it. For mutants: the device runtime is that of
# the folder $CLF_MODEL_CL, the program stays in $CLF_MODEL_DIR, only $CLF_MODEL_PARTS of the scenarios are built.
set -eu

here=$(cd "$(dirname "$0")" && pwd)
top=$(cd "$here/../.." && pwd)
cl=${CLF_MODEL_CL:-$top/cl}
cc=${CC:-cc}
dir=${CLF_MODEL_DIR:-explore.$$}
mkdir -p "$dir"
test -n "${CLF_MODEL_DIR-}" || trap 'rm -rf "$dir"' EXIT

case ${CLF_SANITIZER-no} in
no) ;;
*)
    echo "SKIP: the explorer takes the thread sanitizer's place"
    exit 77
    ;;
esac
echo 'unsigned f(unsigned *p) { return __atomic_load_n(p, __ATOMIC_ACQUIRE); }' >"$dir/probe.c"
# shellcheck disable=SC2086
$cc -fsanitize=thread -c -o "$dir/probe.o" "$dir/probe.c" 2>/dev/null || {
    echo "SKIP: $cc has no -fsanitize=thread"
    exit 77
}

# The three lists of files that lib/source.c puts in front of, among and behind the program's text.
tr -d '\n' <"$top/lib/source.c" | grep -o 'static const char \*const [a-z_]*\[\] = {[^}]*}' |
    grep '"[a-z_]*\.cl"' >"$dir/lists"
n=0
for part in before middle behind; do
    n=$((n + 1))
    sed -n "${n}p" "$dir/lists" | tr , '\n' | sed -n 's/.*"\(.*\)".*/#include "\1"/p' >"$dir/device_$part.h"
    test -s "$dir/device_$part.h"
done

# The kernel's buffers: all, those that it gives to workers by their names, and as arguments of a call.
buffers=$(sed -n '/^clf_slice(/,/CLF_ENV/p' "$cl/slice.cl" | tr , '\n' |
    sed -n 's/.*__global [a-z_]* \*\([a-z_]*\).*/\1/p' | sed '/^ctl$/d')
arguments=machine.ctl
: >"$dir/machine_buffers.h"
: >"$dir/machine_worker_buffers.h"
for buffer in $buffers; do
    arguments="$arguments, machine.$buffer"
    echo "MACHINE_BUFFER($buffer)" >>"$dir/machine_buffers.h"
    grep -q "w->$buffer = $buffer;" "$cl/slice.cl" &&
        echo "MACHINE_BUFFER($buffer)" >>"$dir/machine_worker_buffers.h"
done
echo "#define MACHINE_ARGUMENTS $arguments" >"$dir/machine_arguments.h"

# A variable in local memory is the worker's.
sed 's/^ *__local clf_round round;$//; s/&round;/host_round();/' "$cl/slice.cl" >"$dir/slice.cl"

# Code of the front end, if it has been built.
parts='litmus deque pool join kept started mutex objects channel slices lanes urgent timeouts sizes gather'
clfcc=${CLFCC:-tools/clfcc}
translate() { # translate NAME OPTION...
    name=$1
    shift
    "$clfcc" "$@" "$here/$name.fib" >"$dir/translated"
    sed '/^#pragma clfiber runtime/,$d' "$dir/translated" >"$dir/${name}_head.h"
    sed '1,/^#pragma clfiber runtime/d' "$dir/translated" >"$dir/${name}_tail.h"
}
if test -x "$clfcc"; then
    translate fibers
    translate inline --inline=2
    translate wakes
    parts="$parts fibers inline inline_lanes wakes wakes_lanes"
else
    echo "no scenarios with fiber source: there is no $clfcc"
fi

objects=
compile() { # compile NAME FLAG...
    name=$1
    shift
    # shellcheck disable=SC2086
    $cc -std=gnu11 -g -fno-omit-frame-pointer -D__private= "$@" -I"$dir" -I"$here" -I"$here/.." -I"$cl" \
        -c -o "$dir/$name.o" "$here/$name.c"
}
for name in explore search report memory hooks coroutine; do
    objects="$objects $dir/$name.o"
    # A folder that is kept has them from the last time.
    test "$dir/$name.o" -nt "$here/$name.c" || compile $name -O2 -Wall -Wextra
done
for name in ${CLF_MODEL_PARTS:-$parts}; do
    objects="$objects $dir/$name.o"
    compile "$name" -O1 -w -fsanitize=thread
    # Each has a device program of its own.
    objcopy --keep-global-symbol="ex_$name" "$dir/$name.o"
done
# No position-independent code, so that addresses are those of the debug information.
# shellcheck disable=SC2086
$cc -no-pie -o "$dir/explore" $objects
"$dir/explore" "$@"
