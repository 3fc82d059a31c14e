#!/bin/sh
# info.sh - clfiber-info: its text, its JSON, and its exit status with a usable device, a tier that the device has not,
# a device that is not there, and without any driver.
set -u
info=${CLF_INFO:-tools/clfiber-info}
work=info.$$
mkdir -p "$work/no-drivers"
trap 'rm -rf "$work"' EXIT
failures=0
passed=0

command -v python3 >/dev/null || {
    echo "python3, which reads the JSON here, is not installed"
    exit 77
}

check() { # check WHAT COMMAND...
    what=$1
    shift
    if "$@"; then
        passed=$((passed + 1))
    else
        failures=$((failures + 1))
        echo "$what"
        cat "$work/out" "$work/err"
    fi
}

run() { # run WANTED_STATUS COMMAND...
    wanted=$1
    shift
    "$@" >"$work/out" 2>"$work/err"
    test $? = "$wanted"
}

json() { # json EXPRESSION: holds of the object r in the output
    python3 - "$1" "$work/out" <<'PYTHON'
import json, sys
r = json.load(open(sys.argv[2]))
sys.exit(not eval(sys.argv[1]))
PYTHON
}

hidden() { # hidden COMMAND...: where no driver is registered
    env -u OCL_ICD_FILENAMES OCL_ICD_VENDORS="$PWD/$work/no-drivers" OPENCL_VENDOR_PATH="$PWD/$work/no-drivers" "$@"
}

check "without a driver the status is not 1" run 1 hidden "$info"
check "without a driver -1001 is not explained" grep -q 'error -1001.*pocl-opencl-icd' "$work/out"
check "without a driver the JSON is wrong" run 1 hidden "$info" --json
check "without a driver the JSON is wrong" \
    json 'not r["usable"] and r["devices"] == [] and "pocl-opencl-icd" in r["error"]'

if ! run 0 "$info" && grep -q 'no OpenCL device' "$work/out"; then
    cat "$work/out"
    exit 77
fi
check "the default device is not usable" run 0 "$info"
check "no device is picked" grep -q '^Device [0-9]* (picked)$' "$work/out"
check "no tier is in use" grep -q '^  \* ' "$work/out"
check "the device is not said to be usable" grep -q '^  usable  *yes' "$work/out"
check "the status of --json" run 0 "$info" --json
check "the JSON is incomplete" json 'r["usable"] and [d["usable"] for d in r["devices"] if d["picked"]] == [True]'
check "the JSON has no limits" json 'all(d["global_bytes"] >= d["buffer_bytes"] > 0 and d["workers"] > 0 and d["lanes"] > 0
    and d["tier"] in d["tiers"] and d["frame_bytes"] % 16 == 0 for d in r["devices"] if d["usable"])'

check "the serial tier" run 0 env CLFIBER_TIER=serial "$info" --json
check "the serial tier has one worker" json 'all((d["tier"], d["workers"], d["lanes"]) == ("serial", 1, 1)
    for d in r["devices"] if d["usable"])'
check "a wrong tier is taken" run 1 env CLFIBER_TIER=steampunk "$info" --json
check "a wrong tier is not named" json 'not r["usable"] and all("steampunk" in d["why"] for d in r["devices"])'
check "a device that is not there" run 1 "$info" --device 'Quantum Abacus' --json
check "a device that is not there is not named" json 'r["devices"] == [] and "Quantum Abacus" in r["error"]'
check "device 0" run 0 "$info" --device 0 --json
check "device 0 alone" json '[d["number"] for d in r["devices"]] == [0]'
check "the variable" run 1 env CLFIBER_DEVICE=4711 "$info"
check "the variable is not named" grep -q 'CLFIBER_DEVICE is "4711"' "$work/out"
check "a cache that cannot be" run 0 env CLFIBER_CACHE=/dev/null/cache "$info"
check "it is not said why nothing is kept" grep -q "^  cache .*'/dev/null/cache': Not a directory" "$work/out"
check "litmus tests" run 0 "$info" --litmus=20000 --json
check "the litmus tests' outcomes" json 'all(len(d["litmus_" + d["tier"]]) == 8 and
    all(t["rounds"] >= 20000 and (t["weak"] == 0 or t["allowed"]) for t in d["litmus_" + d["tier"]]) for d in r["devices"])'
check "litmus tests as text" run 0 "$info" --litmus=1
check "a litmus test has no line" grep -q 'claim by compare-and-swap' "$work/out"
check "litmus rounds of zero" run 2 "$info" --litmus=0
check "litmus rounds that are no number" run 2 "$info" --litmus=many
check "an argument" run 2 "$info" superfluous
check "an output that takes nothing" run 1 sh -c "exec '$info' --json >/dev/full"
echo "$passed passed, $failures failed"
[ "$passed" -gt 0 ] && [ "$failures" -eq 0 ]
