#!/bin/sh
# clfrun.sh - the corpus tests/fibers/*.fib on the device, through clfrun: results and failure codes as the first lines
# of each program say (see tests/lang_programs.c), with one lane and with several, slices of one segment and unlimited,
# and with one frame and the smallest ring at the start; and the examples of doc/language.md.
set -u
top=${srcdir:-.}
run=${CLFRUN:-tools/clfrun}
work=clfrun.$$
mkdir -p "$work"
trap 'rm -rf "$work"' EXIT
failures=0
passed=0
last_line=no

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
    # The examples print lines of their own before the result.
    [ "$last_line" = no ] || printed=$(tail -n 1 "$work/out")
    if [ "$status" -eq "$wanted" ] && [ "$printed" = "$expect" ]; then
        passed=$((passed + 1))
    else
        failures=$((failures + 1))
        echo "$file with $*: exit $status (wanted $wanted), printed '$(cat "$work/out")' (wanted '$expect')"
        head -n 5 "$work/err"
    fi
}

# For tests/conformance.sh and bench/gpu/run.sh: the corpus alone, or the files of it that CORPUS_FILES names, with as
# many lanes as it says.
if [ -n "${CORPUS_LANES-}" ]; then
    for file in ${CORPUS_FILES:-"$top"/tests/fibers/*.fib}; do
        check "$file" --lanes "$CORPUS_LANES"
        check "$file" --lanes "$CORPUS_LANES" --slice 1 --frames 1 --ring 2
        check "$file" --lanes "$CORPUS_LANES" --inline 2
        check "$file" --lanes "$CORPUS_LANES" --inline 4 --slice 2000 --frames 500 --ring 128
    done
    echo "corpus with $CORPUS_LANES lanes: $passed passed, $failures failed"
    [ "$passed" -gt 0 ] && [ "$failures" -eq 0 ]
    exit
fi

for file in "$top"/tests/fibers/*.fib; do
    check "$file" --lanes 1
    check "$file" --lanes 1 --inline 0 --slice 1 --frames 1 --ring 2
    check "$file" --lanes 1 --inline 1 --slice 100 --frames 1 --ring 64
    check "$file" --lanes 16 --slice unlimited --frames 1 --ring 2
    check "$file" --lanes 16 --slice 1
done

# The examples of the language's reference.
awk -v folder="$work" '/^```c$/ { file = folder "/example" ++n ".fib"; next } /^```$/ { file = "" } file { print > file }' \
    "$top/doc/language.md"
examples=0
last_line=yes
for file in "$work"/example*.fib; do
    check "$file" --lanes 1
    examples=$((examples + 1))
done
[ "$examples" -ge 16 ] || {
    echo "doc/language.md has $examples examples"
    failures=$((failures + 1))
}
echo "$passed passed, $failures failed"
[ "$passed" -gt 0 ] && [ "$failures" -eq 0 ]
