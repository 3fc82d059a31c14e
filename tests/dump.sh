#!/bin/sh
# dump.sh - the example deadlock gets stuck, and what clfrun says of it is compared line by line; and a run that never
# ends says what it does when it gets SIGQUIT, more than once.
set -u
ulimit -c 0
top=${srcdir:-.}
run=${CLFRUN:-tools/clfrun}
said=dump.$$.said
pid=
trap 'test -z "$pid" || kill "$pid"; rm -f "$said"' EXIT

"$run" -w 1 --lanes 1 --dump-on-error -e lock=zero:32 "$top/examples/deadlock.fib" main 2>"$said"
status=$?
if grep -q 'no OpenCL device' "$said"; then
    cat "$said"
    exit 77
fi
sed -i "s,$top/,," "$said"
if test $status -ne 125 || ! cmp "$said" "$top/examples/deadlock.expected"; then
    echo "clfrun ended with $status; examples/deadlock.expected wants otherwise:"
    diff "$top/examples/deadlock.expected" "$said"
    exit 1
fi

# While it compiles, the signal ends clfrun, or its compiler: then once more, with more patience.
delay=1
wanted=1
while test $wanted -le 2; do
    if test -z "$pid" || ! kill -QUIT "$pid" 2>/dev/null; then
        if test $delay -gt 256; then
            echo "SIGQUIT brought no dump number $wanted:"
            cat "$said"
            exit 1
        fi
        "$run" -w 1 -e hits=zero:64 "$top/tests/programs/cancel.fib" forever 1 2>"$said" &
        pid=$!
        wanted=1
        sleep $delay
        delay=$((2 * delay))
    fi
    test "$(grep -c 'forever in yield, .*cancel.fib:39: can run' "$said")" -lt $wanted || wanted=$((wanted + 1))
    sleep 0.02
done
