#!/bin/sh
# sanitizers.sh KIND [SUITE...]: builds the library, tools and tests with a sanitizer, address, undefined, thread or
# address,undefined, in a folder of its own (sanitizer-KIND below the current one), and runs the tests there, or only the
# suites given: then nothing else is built but the library and the tools. $CLF_CONFIGURE_FLAGS: more flags for configure.
set -eu

top=$(cd "$(dirname "$0")/.." && pwd)
jobs=$(getconf _NPROCESSORS_ONLN 2>/dev/null || echo 1)
kind=$1
shift
folder=sanitizer-$kind
log=$PWD/$folder.log

# quietly COMMAND...: its output goes into the log, whose end is shown if it fails.
quietly() {
    "$@" >>"$log" 2>&1 || {
        tail -n 40 "$log"
        echo "$kind: failed: $*"
        return 1
    }
}

# The static library alone: programs then have the sanitizer's library first.
configure() {
    # shellcheck disable=SC2086
    test -f Makefile || "$top/configure" --quiet --disable-shared --enable-sanitizer="$kind" ${CLF_CONFIGURE_FLAGS-}
}

: >"$log"
mkdir -p "$folder"
cd "$folder"
quietly configure

if test $# = 0; then
    quietly make -j "$jobs" check TESTS=
    status=0
    quietly make check || status=1
    echo "$kind: $(sed -n 's/^# \([A-Z]*: *[0-9]*\)$/\1/p' "$log" | tr -s ' ' | tr '\n' ' ')"
    grep '^\(FAIL\|ERROR\):' "$log" || true
    exit $status
fi

programs=
for suite in "$@"; do
    case $suite in
    *.sh) ;;
    *) programs="$programs $suite" ;;
    esac
done
quietly make -j "$jobs" all
# A list of programs.
# shellcheck disable=SC2086
quietly make -j "$jobs" $programs

CLF_SANITIZER=$kind
srcdir=$top
export CLF_SANITIZER srcdir
passed=0
failed=0
skipped=0
for suite in "$@"; do
    case $suite in
    *.sh) set -- sh "$top/$suite" ;;
    *) set -- "./$suite" ;;
    esac
    status=0
    sh "$top/tests/wrapper.sh" "$@" >suite.out 2>&1 || status=$?
    echo "$suite: exit status $status, $(tail -n 1 suite.out)"
    case $status in
    0) passed=$((passed + 1)) ;;
    77) skipped=$((skipped + 1)) ;;
    *) failed=$((failed + 1)) ;;
    esac
    test $status = 0 || cat suite.out
done
echo "$kind: $passed passed, $failed failed, $skipped skipped"
test $failed = 0 && test $skipped = 0
