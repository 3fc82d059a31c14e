#!/bin/sh
# symbols.sh - the shared library exports what the header declares with CLF_API, all of it and nothing else, and every
# name under a version of lib/libclfiber.map. A function that goes away or a helper that gets out breaks programs.
# And the fuzz targets' OpenCL, tests/fuzz/stub_opencl.c, has all that the library asks of one: nothing else builds them.
set -u
top=${srcdir:-.}
library=${CLF_LIBRARY:-.libs/libclfiber.so}
test -e "$library" || {
    echo "there is no shared library here"
    exit 77
}
case ${CLF_SANITIZER-no} in
no) ;;
*)
    echo "the sanitizer adds symbols of its own"
    exit 77
    ;;
esac
work=symbols.$$
mkdir -p "$work"
trap 'rm -rf "$work"' EXIT
tr '\n' ' ' <"$top/include/clfiber.h" | grep -o 'CLF_API [^;{]*;' | sed 's/.*[ *]\(clf_[a-z_]*\)(.*/\1/' | sort >"$work/header"
${NM:-nm} -D --defined-only "$library" | awk '$2 != "A" { print $NF }' | sort >"$work/versioned"
sed 's/@.*//' "$work/versioned" >"$work/exported"
test "$(wc -l <"$work/header")" -gt 20 || {
    echo "0 passed, 1 failed: the header was not understood"
    exit 1
}
if ! diff "$work/header" "$work/exported" >"$work/diff"; then
    echo "< only in the header, > only exported:"
    cat "$work/diff"
    echo "0 passed, 1 failed"
    exit 1
fi
if grep -v '@@CLFIBER_[0-9]' "$work/versioned"; then
    echo "0 passed, 1 failed: these have no version"
    exit 1
fi
${NM:-nm} -D --undefined-only "$library" | awk '$NF ~ /^cl[A-Z]/ { print $NF }' | sed 's/@.*//' | sort >"$work/asked"
${NM:-nm} --defined-only tests/fuzz/replay_texts-stub_opencl.o | awk '{ print $NF }' | sort >"$work/stub"
test -s "$work/asked" && test -z "$(comm -23 "$work/asked" "$work/stub" | tee "$work/missing")" || {
    echo "tests/fuzz/stub_opencl.c lacks:"
    cat "$work/missing"
    echo "0 passed, 1 failed"
    exit 1
}
echo "$(wc -l <"$work/header") passed, 0 failed"
