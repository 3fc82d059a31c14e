#!/bin/sh
# clfrun.sh - through clfrun, the programs of tests/fibers that have an env, fail, or return more than an integer:
# results and failure codes as the first lines of each program say (tests/lang/corpus.h). tests/corpus runs all of them.
set -u
top=${srcdir:-.}
run=${CLFRUN:-tools/clfrun}
work=clfrun.$$
mkdir -p "$work"
trap 'rm -rf "$work"' EXIT
failures=0
passed=0

"$run" --lanes 1 "$top/tests/fibers/fib.fib" fib 2 >"$work/first" 2>&1
if grep -q 'no OpenCL device' "$work/first"; then
    cat "$work/first"
    exit 77
fi

# The values of a struct member by member (s.a=3, s.b=1.5) are clfrun's s=3,1.5; vectors lose their cast.
env_options() {
    awk -F': ' '/^\/\/ env: / {
        split($2, pair, "="); name = pair[1]; value = substr($2, length(name) + 2)
        sub(/^\([a-z0-9]*\)\(/, "", value); sub(/\)$/, "", value)
        sub(/\..*/, "", name)
        if (name in seen) all[name] = all[name] "," value
        else { seen[name] = 1; all[name] = value; order[++n] = name }
    } END { for (i = 1; i <= n; i++) print "--env=" order[i] "=" all[order[i]] }' "$1"
}

check() { # FILE OPTIONS...
    file=$1
    shift
    fiber=$(sed -n 's,^// run: ,,p' "$file")
    expect=$(sed -n 's,^// expect: ,,p' "$file")
    fails=$(sed -n 's,^// fails: ,,p' "$file")
    # shellcheck disable=SC2046,SC2086
    "$run" "$@" $(env_options "$file") -- "$file" $fiber >"$work/out" 2>"$work/err"
    status=$?
    wanted=0
    [ -z "$fails" ] || wanted=$(((fails % 256 + 256) % 256))
    printed=$(cat "$work/out")
    if [ "$status" -eq "$wanted" ] && [ "$printed" = "$expect" ]; then
        passed=$((passed + 1))
    else
        failures=$((failures + 1))
        echo "$file with $*: exit $status (wanted $wanted), printed '$(cat "$work/out")' (wanted '$expect')"
        head -n 5 "$work/err"
    fi
}

for file in $(grep -lE '^// (env|fails|expect: .*[,.])' "$top"/tests/fibers/*.fib); do
    check "$file" --lanes 1
done
echo "$passed passed, $failures failed"
[ "$passed" -gt 0 ] && [ "$failures" -eq 0 ]
