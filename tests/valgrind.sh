#!/bin/sh
# valgrind.sh: the library under valgrind's memcheck. Fails on a block that is definitely lost, or an invalid
# access, whose stack goes through the library; what an OpenCL driver does on its own threads is not ours.
set -eu

if ! command -v valgrind >/dev/null 2>&1; then
    echo "SKIP: valgrind is not installed (Debian's package valgrind)"
    exit 77
fi
case ${CLF_SANITIZER-no} in
no) ;;
*)
    echo "SKIP: a build with a sanitizer does not run under valgrind"
    exit 77
    ;;
esac

CLF_TEST_PROGRAMS=$(cd "$(dirname "$0")" && pwd)/programs
export CLF_TEST_PROGRAMS

# The first run fills PoCL's cache, so that its compiler does not have to run under memcheck. It runs under valgrind too:
# there the processor looks like another one, for which PoCL compiles anew.
valgrind --tool=none -q ./tests/smoke 2 1 || exit $?

log=valgrind.$$.log
trap 'rm -f "$log"' EXIT
status=0
valgrind --leak-check=full --show-leak-kinds=definite --errors-for-leak-kinds=none \
    --num-callers=40 --log-file="$log" ./tests/smoke 2 1 || status=$?
if test "$status" != 0; then
    tail -n 40 "$log"
    echo "exit status $status under valgrind"
    exit 1
fi
grep -q 'LEAK SUMMARY\|All heap blocks were freed' "$log" || {
    echo "valgrind did not finish its log"
    exit 1
}

# The library's own files, as valgrind names them.
ours=$(cd "$(dirname "$0")/../lib" && find . -name '*.c' | sed 's,.*/,,' | tr '\n' ' ')

# A report is a paragraph; ours is one in which the first frame outside of valgrind's own replacements is a
# function of the library: what OpenCL allocates on our behalf is checked by its reference counts (test_owned).
awk -v files="$ours" '
BEGIN { split(files, list); for (i in list) own[list[i]] = 1 }
function ends_report() {
    if (report != "" && (report ~ /definitely lost/ || report ~ /Invalid|uninitialised|overlap/) && ours)
        { printf "%s\n", report; bad = 1 }
    report = ""; ours = 0; first = 1
}
{ line = $0; sub(/^==[0-9]+== ?/, "", line) }
line == "" { ends_report(); next }
{
    report = report line "\n"
    if (line ~ /^ +(at|by) 0x/ && line !~ /vgpreload|vg_replace|\/libc\.so/ && first) {
        first = 0
        file = line
        sub(/.*\(/, "", file)
        sub(/:.*/, "", file)
        if (line ~ /: clfi?_/ || file in own) ours = 1
    }
}
END { ends_report(); exit bad }
' "$log"
