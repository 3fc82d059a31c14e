#!/bin/sh
# tools.sh - what is the same for every tool: --version, --help, --usage, and the exit status of a usage error.
set -u
work=tools.$$
mkdir -p "$work"
trap 'rm -rf "$work"' EXIT
failures=0
passed=0

check() { # check WHAT COMMAND...: passes if the command succeeds
    what=$1
    shift
    if "$@"; then
        passed=$((passed + 1))
    else
        failures=$((failures + 1))
        echo "$tool: $what"
    fi
}

run() { # run WANTED_STATUS ARGUMENT...
    wanted=$1
    shift
    "$tool" "$@" >"$work/out" 2>"$work/err"
    status=$?
    test "$status" = "$wanted" || {
        echo "exit status $status instead of $wanted"
        return 1
    }
}

version=$(sed -n 's/^#define PACKAGE_VERSION "\(.*\)"/\1/p' config.h)
tools='tools/clfcc tools/clfrun tools/clfiber-info bench/clfbench'
test -x tools/clftrace && tools="$tools tools/clftrace" # it needs jansson
for tool in ${CLF_TOOLS:-$tools}; do
    name=${tool##*/}
    check "--version fails" run 0 --version
    check "--version prints '$(cat "$work/out")'" test "$(cat "$work/out")" = "$name (libclfiber $version)"
    check "--help fails" run 0 --help
    check "--help does not begin with usage" grep -q "^Usage: $name" "$work/out"
    check "--help does not name --version" grep -q -e '--version' "$work/out"
    check "--help says nothing of the exit status" grep -q 'exit status' "$work/out"
    check "--usage fails" run 0 --usage
    check "an unknown option does not give 2" run 2 --no-such-option
    check "an unknown option is not named" grep -q no-such-option "$work/err"
done
echo "$passed passed, $failures failed"
[ "$passed" -gt 0 ] && [ "$failures" -eq 0 ]
