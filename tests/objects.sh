#!/bin/sh
# objects.sh [CASE...]: a million operations with each synchronization object, in the cases of objects.c with these
# numbers, by default in all; says how long each took. $CLF_TEST_OPERATIONS may ask for fewer. For make check-objects,
# which calls it in the build folder.
set -eu

here=$(cd "$(dirname "$0")" && pwd)
srcdir=${srcdir:-$here/..}
CLF_TEST_OPERATIONS=${CLF_TEST_OPERATIONS:-1000000}
CLF_TEST_TIMEOUT_MULTIPLIER=${CLF_TEST_TIMEOUT_MULTIPLIER:-100}
export srcdir CLF_TEST_OPERATIONS CLF_TEST_TIMEOUT_MULTIPLIER
test $# != 0 || set -- 0 1 2 3 5 6 7 8 9 10 11 12

failed=0
for case in "$@"; do
    for tests in mutex/contention channel/contention meet/rounds meet/once; do
        if CLF_TEST_CASE=$case CK_RUN_CASE=${tests#*/} sh "$here/wrapper.sh" "tests/test_${tests%/*}" >objects.$$ 2>&1; then
            echo "case $case: $tests: $(tail -n 1 objects.$$)"
        else
            cat objects.$$
            echo "case $case: $tests failed"
            failed=1
        fi
    done
done
rm -f objects.$$
exit $failed
