#!/bin/sh
# trace.sh - traces of programs whose fibers, steals and joins are known, read by python3's parser (check.py).
set -u
top=$(cd "$(dirname "$0")/../.." && pwd)
clfrun=${CLFRUN:-tools/clfrun}
clfbench=${CLFBENCH:-bench/clfbench}
work=trace.$$
mkdir -p "$work"
trap 'rm -rf "$work"' EXIT
failures=0
passed=0
unset CLFIBER_TRACE CLFIBER_TRACE_SAMPLE

command -v python3 >/dev/null || {
    echo "python3, which reads the traces here, is not installed"
    exit 77
}
cat >"$work/fib.fib" <<'FIB'
fiber long fib(int n)
{
    if (n < 2)
        return n;
    long a = spawn fib(n - 1);
    long b = spawn fib(n - 2);
    sync;
    return a + b;
}
FIB
cat >"$work/calls.fib" <<'FIB'
fiber int one(int n)
{
    clf_line line = clf_format("%d\n");
    clf_put_long(&line, n);
    await hostcall(CLF_CALL_PRINT, &line);
    yield;
    return 1;
}

fiber int all(int n)
{
    int sum = 0;
    for (int i = 0; i < n; i++) {
        fiber_t h = start one(i);
        int got = await join(h);
        int more = await one(i);
        sum += got + more;
    }
    await sleep(1000);
    return sum;
}

fiber int turns(int n)
{
    for (int i = 0; i < n; i++)
        yield;
    return n;
}
FIB
cat >"$work/await.fib" <<'FIB'
fiber int tree(int d)
{
    if (d == 0)
        return 1;
    int a = await tree(d - 1);
    int b = await tree(d - 1);
    return a + b;
}

fiber int mixed(int n)
{
    if (n == 0)
        return -1;
    int a = await tree(n % 5);
    int b = await mixed(n - 1);
    return a + b;
}

fiber int chain(int n)
{
    if (n == 0)
        return 0;
    int a = await chain(n - 1);
    return a + 1;
}

fiber int one(int n)
{
    int a = await chain(n);
    return a;
}

fiber int three(int n)
{
    int a = spawn chain(n);
    int b = spawn chain(n);
    int c = spawn chain(n);
    sync;
    return a + b + c;
}
FIB
cat >"$work/fail.fib" <<'FIB'
fiber void bad(int n) { if (n > 0) { await bad(n - 1); } fail 7; }
fiber int caught(int n)
{
    int seen = 0;
    for (int i = 0; i < n; i++) {
        fiber_t h = start bad(i);
        int code = await try_join(h, 0);
        seen += code == 7;
    }
    return seen;
}
FIB

check() { # check WHAT COMMAND...
    what=$1
    shift
    if "$@" >"$work/said" 2>&1; then
        passed=$((passed + 1))
    else
        failures=$((failures + 1))
        echo "$what:"
        cat "$work/said"
    fi
}

# A total of the last trace.
total() { # total NAME
    sed -n "s/^ \"$1\":\([0-9]*\),*$/\1/p" "$work/t.json"
}

# A number that clfrun --stats prints before or behind a word.
figure() { # figure SED_EXPRESSION
    sed -n "s/.*$1.*/\1/p" "$work/err"
}

try() { # try RESULT "CHECK..." CLFRUN_ARGUMENT...
    wanted=$1
    checks=$2
    shift 2
    rm -f "$work/t.json"
    "$clfrun" --stats --trace="$work/t.json" "$@" >"$work/out" 2>"$work/err"
    check "the result of $*" test "$(tail -n 1 "$work/out")" = "$wanted"
    # what clf_get_stats says is what the trace says
    checks="$checks steals_taken=$(figure 'steals \([0-9]*\)') stolen=$(figure '(\([0-9]*\) entries)')"
    checks="$checks segments=$(figure 'segments \([0-9]*\)') slices=$(figure 'slices \([0-9]*\)')"
    checks="$checks completed=$(figure 'fibers \([0-9]*\),')"
    # A list of checks.
    # shellcheck disable=SC2086
    check "the trace of $*" python3 "$top/tests/trace/check.py" "$work/t.json" $checks
}

# fib(12) makes 465 fibers; all but the root come from the one that joins them; its longest chain is of 2 * 12 - 1 segments.
all="sample=1 starts=465 fibers=465 spawns=464 fib=12 joins=464 alike=1 critical_path=23 segments_dropped=0 clock=device"
try 144 "$all" --trace-sample=1 --inline=0 "$work/fib.fib" fib 12
try 144 "$all slices>5 steals_taken>0" --trace-sample=1 --workers=2 --slice=30 --inline=0 "$work/fib.fib" fib 12
try 144 "$all lanes=4" --trace-sample=1 --lanes=4 --slice=20 --inline=0 "$work/fib.fib" fib 12
try 144 "starts>0 fibers>=1" --trace-sample=1 --inline=4 "$work/fib.fib" fib 12
try 144 "sample=50 starts>5 joins>5 critical_path=23" --trace-sample=50 --inline=0 "$work/fib.fib" fib 12
# What is only ever awaited is one chain: its path is all of its segments, wherever clones of fibers are cut. Three chains
# that one segment begins go on from where their fourth call was: the last one is 4 and 4 calls later than the first.
for how in "--inline=4 --workers=1" "--inline=10 --workers=1" "--inline=10 --workers=3 --slice=30" "--inline=10 --lanes=4 --slice=40"; do
    # shellcheck disable=SC2086
    try 185 "" --trace-sample=1 $how "$work/await.fib" mixed 30
    check "the path of an await chain, $how" python3 "$top/tests/trace/check.py" "$work/t.json" critical_path="$(total segments)"
done
try 40 "" --workers=1 --inline=4 "$work/await.fib" one 40
one=$(total segments)
try 120 "critical_path=$((one + 2 * 4))" --workers=1 --inline=4 "$work/await.fib" three 40
# The records of a slice have no room for all: the rest is dropped and counted.
try 6765 "sample=1 segments_dropped>1000 critical_path=39" --trace-sample=1 --slice=unlimited --workers=1 --inline=0 "$work/fib.fib" fib 20
# Started, joined and awaited fibers, host calls, a sleep; failures.
try 10 "starts=11 joins>=10 calls=10 late_calls=0" --trace-sample=1 --inline=0 "$work/calls.fib" all 5
# All kinds of events are in that one: it is what the format's schema wants, which refuses a span without a length.
for python in python3 /usr/bin/python3; do
    "$python" -c 'import jsonschema' 2>/dev/null && break
    python=
done
if test -n "$python"; then
    check "the schema" "$python" - "$top/tests/trace/schema.json" "$work/t.json" <<'PYTHON'
import json
import sys
import jsonschema
schema, trace = (json.load(open(name, encoding='utf-8')) for name in sys.argv[1:])
validator = jsonschema.Draft7Validator(schema)
wrong = [f'{list(e.absolute_path)}: {e.message}' for e in validator.iter_errors(trace)]
kinds = {e['ph'] for e in trace['traceEvents']}
assert not wrong and kinds >= set('MXCbesf'), (wrong[:5], kinds)
del next(e for e in trace['traceEvents'] if e['ph'] == 'X')['dur']
assert not validator.is_valid(trace)
PYTHON
else
    echo "python3-jsonschema is not installed: traces were not held against the schema"
fi
try 10 "starts=1 segments=11 critical_path=11" --trace-sample=1 --inline=0 "$work/calls.fib" turns 10
try 4 "starts=11 failed=4 joins>=10" --trace-sample=1 --inline=0 "$work/fail.fib" caught 4
# Without an option, by the environment.
CLFIBER_TRACE=$work/e.json CLFIBER_TRACE_SAMPLE=1 "$clfrun" --inline=0 "$work/fib.fib" fib 5 >"$work/out"
check "a trace by the environment" python3 "$top/tests/trace/check.py" "$work/e.json" starts=15 joins=14
CLFIBER_TRACE=$work/s.json CLFIBER_TRACE_SAMPLE=many "$clfrun" "$work/fib.fib" fib 5 >"$work/out" 2>"$work/err"
check "a bad sample does not give 125" test $? = 125
check "a bad sample is not named" grep -q 'CLFIBER_TRACE_SAMPLE is "many"' "$work/err"
check "clfbench --trace fails" "$clfbench" --runs=1 --trace="$work/b.json" fib:15
check "a trace of clfbench" python3 "$top/tests/trace/check.py" "$work/b.json" completed=3946 roots_ended=2
check "clfbench --trace takes two workloads" sh -c "! '$clfbench' --trace='$work/c.json' fib:5 nqueens:4"

# ---- clftrace: what it says is what clf_get_stats said --------------------------------------------

if test -x "${CLFTRACE:=tools/clftrace}"; then
    "$clfrun" --stats --workers=2 --slice=30 --trace="$work/t.json" --trace-sample=1 --inline=0 "$work/fib.fib" fib 14 >"$work/out" 2>"$work/err"
    check "clftrace fails" sh -c "'$CLFTRACE' '$work/t.json' >'$work/summary'"
    # the columns behind the thief's number, for each row of the matrix
    sum=$(awk '/^ thief/ { on = 1; next } on && NF == 0 { exit }
        on { for (i = 2; i <= NF; i++) if ($i != ".") n += $i } END { print n + 0 }' "$work/summary")
    check "the matrix of steals adds up to $sum" test "$sum" = "$(figure '(\([0-9]*\) entries)')"
    check "there were no steals to look at" test "$sum" -gt 0
    check "steals" grep -q "^steals: $(figure 'steals \([0-9]*\)') took $sum entries (0 not recorded)" "$work/summary"
    check "the critical path" grep -q '^critical path: 27 segments, parallelism 67.7$' "$work/summary"
    check "fibers by segments" grep -q '^fib  *1219  *1828  *0 ' "$work/summary"
    check "the idle share" grep -q '^idle share: [0-9.]* %' "$work/summary"
    check "clftrace --svg fails" "$CLFTRACE" --svg="$work/t.svg" "$work/t.json"
    check "the picture" python3 - "$work/t.svg" <<'PYTHON'
import sys
import xml.etree.ElementTree as tree
root = tree.parse(sys.argv[1]).getroot()
names = [t.text for t in root.iter('{http://www.w3.org/2000/svg}text')]
bars = list(root.iter('{http://www.w3.org/2000/svg}rect'))
width = float(root.get('width'))
assert 'host calls' not in names and any('pauses' in n for n in names), names
assert all(n in names for n in ('slices', 'worker 0', 'worker 1', 'fib')), names
assert len(bars) > 100, len(bars)
assert all(0 <= float(b.get('x', 0)) <= width for b in bars)
PYTHON
    "$CLFTRACE" --from=0.01 --to=1e6 --svg="$work/part.svg" "$work/t.json"
    check "a part has the bars of before" sh -c "test \$(grep -c '<rect' '$work/part.svg') -lt \$(grep -c '<rect' '$work/t.svg')"
    check "an empty part is drawn" sh -c "! '$CLFTRACE' --from=2 --to=1 --svg=- '$work/t.json' >'$work/out'"
    echo '{"traceEvents": []}' >"$work/no.json"
    echo '{"traceEvents": [' >"$work/half.json"
    for file in no half; do
        "$CLFTRACE" "$work/$file.json" >"$work/out" 2>"$work/err"
        check "$file.json does not give 1" test $? = 1
        check "$file.json is not named" grep -q "$file.json: " "$work/err"
    done
else
    echo "clftrace was not built: jansson is missing"
fi

echo "$passed passed, $failures failed"
[ "$passed" -gt 0 ] && [ "$failures" -eq 0 ]
