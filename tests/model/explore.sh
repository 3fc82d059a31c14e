#!/bin/sh
# explore.sh [ARGUMENT...]: builds the explorer (README.md) and runs it. The device runtime is that of ../../cl, or
# of the folder $CLF_MODEL_CL: for mutants.
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

# The lists of files that lib/source.c puts in front of, among and behind the program's text.
for part in before middle behind; do
    tr -d '\n' <"$top/lib/source.c" | sed "s/.* $part\\[\\] = {\\([^}]*\\)}.*/\\1/" | tr , '\n' |
        sed -n 's/.*"\(.*\)".*/#include "\1"/p' >"$dir/device_$part.h"
    test -s "$dir/device_$part.h"
done

objects=
compile() { # compile NAME FLAG...
    name=$1
    shift
    # shellcheck disable=SC2086
    $cc -std=gnu11 -g -fno-omit-frame-pointer "$@" -I"$dir" -I"$here" -I"$here/.." -I"$cl" \
        -c -o "$dir/$name.o" "$here/$name.c"
    objects="$objects $dir/$name.o"
}
for name in explore memory coroutine; do
    compile $name -O2 -Wall -Wextra
done
for name in litmus deque; do
    compile $name -O1 -w -fsanitize=thread
done
# No position-independent code, so that addresses are those of the debug information.
# shellcheck disable=SC2086
$cc -no-pie -o "$dir/explore" $objects
"$dir/explore" "$@"
