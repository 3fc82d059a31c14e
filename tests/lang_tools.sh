#!/bin/sh
# lang_tools.sh - clfrun and clfcc from outside: what every option does, and what is said of bad ones: the exit status,
# and a message that names the value and the remedy. Runs in the top build folder.
set -u
run=${CLFRUN:-tools/clfrun}
cc=${CLFCC:-tools/clfcc}
bench=${CLFBENCH:-bench/clfbench}
work=lang_tools.$$
mkdir -p "$work"
trap 'rm -rf "$work"' EXIT
failures=0
passed=0

cat >"$work/p.fib" <<'END'
typedef struct { char c; double d[2]; short s; } record;
env { __global int *data; int factor; float4 v; record r; };
fiber float third(float x) { return x / 3; }
fiber double fine_third(double x) { return x / 3; }
fiber uchar4 vector(uchar4 v) { return v; }
fiber record next(record r) { r.s++; return r; }
fiber void scale(void) { env.data[1] = env.data[0] * env.factor; }
fiber long add(char a, ulong b) { return a + b; }
fiber int direct(__global int *p) { return *p; }
fiber float member(void) { return env.v.y + env.r.d[1]; }
fiber int child(int n)
{
    fail n;
}
fiber int failing(int n)
{
    int x = await child(n);
    return x;
}
END
printf 'fiber int f(int n)\n{\n    int x = spawn g(n);\n    goto there;\n    return x;\n}\n' >"$work/wrong.fib"
printf 'fiber int f(int n)\n{\n    int x = n;\n    yield;\n    return x + nosuch;\n}\n' >"$work/type.fib"
printf '\003\000\000\000\007\000\000\000' >"$work/in"

complain() {
    failures=$((failures + 1))
    echo "$*"
    head -n 5 "$work/out" "$work/err"
}

# gives STATUS TEXT COMMAND...: the exit status; TEXT is all of the output if it is 0, else in a message
gives() {
    wanted=$1
    text=$2
    shift 2
    "$@" >"$work/out" 2>"$work/err" </dev/null
    status=$?
    passed=$((passed + 1))
    if [ "$status" -ne "$wanted" ]; then
        complain "$*: exit status $status, not $wanted"
    elif [ "$wanted" -eq 0 ]; then
        [ "$(cat "$work/out")" = "$text" ] || complain "$*: not '$text'"
    else
        grep -qF -e "$text" "$work/err" || complain "$*: no '$text'"
    fi
}

"$run" "$work/wrong.fib" f 2 >"$work/first" 2>&1
if grep -q 'no OpenCL device' "$work/first"; then
    cat "$work/first"
    exit 77
fi

p() { # p STATUS TEXT [OPTIONS] -- FIBER ARGUMENTS: with an env
    wanted=$1
    text=$2
    shift 2
    options=
    while [ "$1" != -- ]; do
        options="$options $1"
        shift
    done
    shift
    # shellcheck disable=SC2086
    gives "$wanted" "$text" "$run" --env data=zero:16 --env factor=3 --env v=1,2,3,4 --env r=1,2,3,4 $options -- \
        "$work/p.fib" "$@"
}

# ---- results and arguments: sizes and offsets are the device's
p 0 0.333333343 -- third 1
p 0 0.33333333333333331 -- fine_third 1
p 0 1,2,3,255 -- vector 1,2,3,255
p 0 -1,0.5,1.0000000000000001e+300,8 -- next -1,0.5,1e300,7
p 0 '' -- scale
p 0 -6 -- add -5 18446744073709551615
p 0 5 -- member
p 125 "uchar4 v: '1,2,3,256' does not fit its type, which holds 0 to 255" -- vector 1,2,3,256
p 125 "uchar4 v: '1,2,3' is not 4 numbers apart by commas" -- vector 1,2,3
p 125 "char a: '128' does not fit its type, which holds -128 to 127" -- add 128 1
p 125 "char a: 'x' is not a whole number" -- add x 1
p 125 "ulong b: '-1' does not fit its type, which holds 0 to 18446744073709551615" -- add 1 -1
p 125 "ulong b: '1.5' is not a whole number" -- add 1 1.5
p 125 'fiber add takes 2 arguments (char a, ulong b), not 1' -- add 1
p 125 'fiber add takes 2 arguments (char a, ulong b), not 3' -- add 1 2 3
p 125 'fiber scale takes 0 arguments, not 1' -- scale 1
p 125 'p has the type __global int *: only fibers can pass pointers' -- direct 1
p 125 'the program has no fiber "nosuch"; it has third, fine_third' -- nosuch 1
p 7 'fiber failing failed with code 7 (first in child, '"$work/p.fib:13)" -- failing 7
p 1 'failed with code 512' -- failing 512

printf 'fiber int f(int a, int b)\n{\n    return a * b;\n}\n' >"$work/two.fib"
gives 0 -12 "$run" "$work/two.fib" f -3 4
gives 0 12 "$run" --workers=1 "$work/two.fib" f -3 -4
gives 2 "--workers is '-1'; it has to be a number" "$run" --workers -1 "$work/two.fib" f 3 4
printf 'fiber int f(int n)\n{\n    if (n == 0)\n        return 1;\n    int a = spawn f(n - 1);\n    n += a > 9;\n    sync;\n    return n + a;\n}\n' >"$work/early.fib"
gives 0 1 "$run" "$work/early.fib" f 0
grep -q "early.fib:6:10: warning: 'a' is read before the sync" "$work/err" || complain "no warning"

# ---- options
p 0 3 --device=0 --workers=3 --lanes=2 --slice=unlimited -- add 1 2
p 0 3 --slice=1 --frames=1 --ring=2 -- add 1 2
p 0 3 --stats -- add 1 2
grep -q '^fibers 1, segments 1, slices ' "$work/err" || complain "--stats prints no counters"
p 125 'options.device is "nosuch", which is no device' --device=nosuch -- add 1 2
p 125 'options.lanes is 100000; it may be 1 to 1024' --lanes=100000 -- add 1 2
p 125 'options.workers is 99999999; it may be 1 to' --workers=99999999 -- add 1 2
p 2 "--lanes is 'x'; it has to be a number" --lanes=x -- add 1 2
p 2 "--slice is '-1'; it has to be unlimited or a number" --slice=-1 -- add 1 2
p 2 "--workers is ''; it has to be a number" --workers= -- add 1 2
p 2 'nosuch' --nosuch -- add 1 2
gives 2 'FILE is missing' "$run"
gives 2 'FIBER is missing' "$run" "$work/p.fib"

# ---- env and out
p 0 '' --env=data=file:"$work/in" --out=data="$work/copy" -- scale
[ "$(od -An -tx1 "$work/copy" | tr -d ' ')" = 0300000009000000 ] || complain "--out wrote something else"
p 125 'the env has no member "nosuch"; it has data, factor, v, r' --env=nosuch=3 -- scale
p 125 "env member data is a pointer, so it takes file:PATH or zero:BYTES, not '3'" --env=data=3 -- scale
p 125 'cannot read /nonexistent: No such file' --env=data=file:/nonexistent -- scale
p 125 '--env data=zero:x: zero: takes a number of bytes' --env=data=zero:x -- scale
p 125 "int factor: 'zero:8' is not a whole number" --env=factor=zero:8 -- scale
p 2 "--env 'factor' has to be NAME=VALUE" --env=factor -- scale
p 2 "--out 'data' has to be NAME=PATH" --out=data -- scale
p 125 '--out factor=x: no --env binds a buffer to that name' --out=factor=x -- scale
p 125 'cannot write /nonexistent/x' --out=data=/nonexistent/x -- scale
p 125 "--env data=zero:0: a buffer needs one byte at least, and 'zero:0' has none" --env=data=zero:0 -- scale
p 125 "--env data=file:/dev/null: a buffer needs one byte at least, and the file is empty" --env=data=file:/dev/null -- scale
gives 125 'the env member int factor has no value: give --env factor=VALUE' "$run" --env data=zero:8 "$work/p.fib" scale
gives 125 'the env member data has no buffer: give --env data=zero:BYTES or --env data=file:PATH' "$run" "$work/p.fib" scale

# ---- what does not translate or compile is the user's file and line
gives 125 "cannot read $work/none.fib: No such file" "$run" "$work/none.fib" f 1
gives 125 "$work/wrong.fib:3:19: error: unknown fiber 'g'" "$run" "$work/wrong.fib" f 1
grep -q "$work/wrong.fib:4:5: error: a fiber cannot use goto" "$work/err" || complain "not all errors are shown"
gives 125 "$work/type.fib:5:" "$run" "$work/type.fib" f 1
printf 'fiber long f(int n)\n{\n    if (n < 2)\n        return n;\n    long a = spawn f(n - 1);\n    sync;\n    return a + nowhere;\n}\n' >"$work/name.fib"
gives 125 "$work/name.fib:7:16: error: " "$run" "$work/name.fib" f 1
[ "$(grep -c 'error: ' "$work/err")" = 1 ] || complain "an error is said for each clone"
gives 1 "$work/type.fib:5:" "$bench" --source "$work/type.fib" fib:1
gives 1 "$work/wrong.fib:3:19: error" "$bench" --source "$work/wrong.fib" fib:1
printf 'fiber int f(int n) { return n; }\000' >"$work/nul.fib"
gives 125 "nul.fib has a NUL byte" "$run" "$work/nul.fib" f 1

# ---- clfcc
gives 1 "$work/wrong.fib:3:19: error: unknown fiber 'g'" "$cc" "$work/wrong.fib"
gives 1 "$work/wrong.fib:4:5: error: a fiber cannot use goto" "$cc" --check "$work/wrong.fib"
gives 2 'cannot open /nonexistent' "$cc" /nonexistent
gives 2 'cannot write /nonexistent/x' "$cc" -o /nonexistent/x "$work/p.fib"
gives 2 'FILE is missing' "$cc"
gives 0 '' "$cc" --check "$work/p.fib"
gives 0 '' "$cc" --output="$work/p.cl" "$work/p.fib"
"$cc" "$work/p.fib" | cmp - "$work/p.cl" || complain "-o differs from standard output"
cat >"$work/frames.fib" <<'END'
typedef struct { int a; } thing;
fiber int g(int n) { return n; }
fiber int f(int n, float4 v)
{
    uint kept = n, gone = 5;
    int r[4];
    r[0] = spawn g(gone);
    sync;
    yield;
    return r[0] + kept + v.x;
}
fiber void h(thing t) { yield; g_of(t); }
END
gives 0 "int g (line 2)
  param         4  int n
  a frame has 36 bytes, 32 of them its header
int f (line 3)
  param         4  int n
  param        16  float4 v  across sync (line 8), yield (line 9)
  saved         4  uint kept  across sync (line 8), yield (line 9)
  in place     16  int r[4]  across sync (line 8), yield (line 9)
  spilled       4  uint gone  across spawn g (line 7)
  a frame has 96 bytes, 32 of them its header
void h (line 12)
  param         ?  thing t  across yield (line 12)
  a frame has more than 32 bytes: the sizes of some types are the device compiler's" "$cc" --frames "$work/frames.fib"

cat >"$work/left.fib" <<'END'
fiber int child(int n) { set_name("kid", n); if (n & 1) yield; return n; }
fiber void sleeper(void) { await sleep(300000000); }
fiber int careless(int n)
{
    for (int i = 0; i < n; i++) {
        fiber_t h = start child(i);
        start child(i);
    }
    start sleeper();
    yield;
    return n;
}
fiber int careful(int n)
{
    fiber_t h = start child(n), g = start sleeper();
    detach(g);
    int x = await join(h);
    return x;
}
END
# warns TEXT ARGUMENT...: of fibers that nobody joins, once; nothing if TEXT is empty
warns() {
    warning=$1
    shift
    gives 0 "$2" "$run" "$work/left.fib" "$@"
    [ "$(grep '^clfrun' "$work/err")" = "$warning" ] || complain "$*: not '$warning'"
}
warns '' careful 4
warns "clfrun: warning: 1 started fiber was neither joined nor detached: child \"kid 0\": say 'await join(h)' or 'detach(h)'" \
    careless 1
warns "clfrun: warning: 5 started fibers were neither joined nor detached: child \"kid 0\", child \"kid 1\", \
child \"kid 2\", ...: say 'await join(h)' or 'detach(h)'" careless 5

echo "$passed checks, $failures failed"
[ "$failures" -eq 0 ]
