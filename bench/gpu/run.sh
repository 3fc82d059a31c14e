#!/bin/sh
# run.sh [ARCHIVE] RESULTS-FOLDER [STEP...]: libclfiber on a GPU (or any OpenCL device) of a machine that has a driver
# and nothing else. ARCHIVE was made by bench/gpu/pack.sh; without one, the tree that this script lies in is used.
# Steps, all by default, in this order:
#   info         what the device is and which atomics it passes
#   litmus       the litmus tests of every tier
#   conformance  the suites and the corpus of fiber programs
#   bench        the workloads with default lanes and workers
#   inline       fib with spawn inlining, which pays for small fibers
#   lanes        the same over lanes 32, 64, 128, 256
#   workers      the same over 1 to 32 workers a compute unit
# Results: a log per step and results.json, a line per row of clfbench, in RESULTS-FOLDER. Exits 1 if a step failed.
# Environment: CLFIBER_DEVICE as for every tool; CLF_GPU_WORKLOADS instead of the list below; CLF_GPU_RUNS (5).
set -u

fail() {
    echo "run.sh: $*" >&2
    exit 2
}

# ---- the tree and the results ------------------------------------------------------------------------

archive=
case ${1-} in
*.tar.gz)
    archive=$1
    shift
    ;;
esac
test $# -ge 1 || fail "usage: run.sh [ARCHIVE.tar.gz] RESULTS-FOLDER [STEP...]"
mkdir -p "$1" || fail "cannot make $1"
results=$(cd "$1" && pwd)
shift
if test -n "$archive"; then
    tree=$(mktemp -d)
    trap 'rm -rf "$tree"' EXIT
    tar -C "$tree" -xzf "$archive" || fail "cannot unpack $archive"
    tree=$tree/clfiber
else
    tree=$(cd "$(dirname "$0")" && pwd)
fi
test -x "$tree/bin/clfbench" || fail "$tree is no tree of pack.sh: name its archive"
PATH=$tree/bin:$PATH
LD_LIBRARY_PATH=$tree/lib${LD_LIBRARY_PATH:+:$LD_LIBRARY_PATH}
export PATH LD_LIBRARY_PATH

# ---- the driver --------------------------------------------------------------------------------------

# Registered drivers are used; NVIDIA's library is looked for as well, where drivers put it: containers often have the
# library without the file that registers it.
folders="/usr/local/nvidia/lib64 /usr/local/nvidia/lib /usr/lib/x86_64-linux-gnu /usr/lib64 /usr/lib
    /usr/local/cuda/lib64 /usr/local/cuda/compat /usr/lib/wsl/lib /run/opengl-driver/lib"

nvidia_library() {
    for folder in $folders; do
        for library in "$folder"/libnvidia-opencl.so.1 "$folder"/libnvidia-opencl.so.[0-9]*; do
            if test -e "$library"; then
                echo "$library"
                return
            fi
        done
    done
    ldconfig -p 2>/dev/null | sed -n 's/.*libnvidia-opencl.* => //p' | head -n 1
}

find_driver() {
    test -z "${OCL_ICD_VENDORS-}" || return 0
    OCL_ICD_VENDORS=$results/vendors
    export OCL_ICD_VENDORS
    mkdir -p "$OCL_ICD_VENDORS"
    cp /etc/OpenCL/vendors/*.icd "$OCL_ICD_VENDORS" 2>/dev/null || :
    library=$(nvidia_library)
    if test -n "$library" && ! grep -qs nvidia "$OCL_ICD_VENDORS"/*.icd; then
        echo "$library" >"$OCL_ICD_VENDORS/nvidia.icd"
        echo "NVIDIA's OpenCL driver is not registered here; using $library"
    fi
}

find_driver
if ! clfiber-info >/dev/null; then
    clfiber-info
    echo "Registered drivers (in $OCL_ICD_VENDORS):"
    grep -s . "$OCL_ICD_VENDORS"/*.icd
    echo "libnvidia-opencl.so was looked for in:" $folders "and ldconfig's list. What there is of drivers:"
    ls -d /dev/nvidia* /usr/lib/x86_64-linux-gnu/libcuda.* /usr/local/nvidia /usr/local/cuda* 2>/dev/null
    exit 1
fi

# ---- steps -------------------------------------------------------------------------------------------

failed=
now() {
    date +%s
}

step() { # step NAME COMMAND...
    name=$1
    shift
    begin=$(now)
    "$@" >"$results/$name.log" 2>&1
    status=$?
    cat "$results/$name.log"
    echo "== $name: $(test $status = 0 && echo passed || echo "FAILED ($status)") after $(($(now) - begin)) s"
    test $status = 0 || failed="$failed $name"
}

workloads=${CLF_GPU_WORKLOADS:-fib:40 nqueens:16,7 uts:T1L uts:T3L $(
    clfbench --list | sed -n 's/^  *\(cilksort\|bintree\|barytree\):.*/\1/p' |
        sed 's/cilksort/cilksort:100000000,128/; s/bintree/bintree:22,256,256,2/; s/barytree/barytree:22,256,256/'
)}
bench() { # bench OPTIONS...
    # shellcheck disable=SC2086
    clfbench --runs "${CLF_GPU_RUNS:-5}" --json "$results/one.json" "$@" $workloads
    status=$?
    cat "$results/one.json" >>"$results/results.json"
    rm -f "$results/one.json"
    return $status
}

conformance() {
    CLF_TEST_PROGRAMS=$tree/tests/programs CK_TIMEOUT_MULTIPLIER=${CK_TIMEOUT_MULTIPLIER:-4}
    export CLF_TEST_PROGRAMS CK_TIMEOUT_MULTIPLIER
    status=0
    for suite in "$tree"/tests/test_*; do
        (cd "$results" && "$suite") || status=1
    done
    (cd "$results" && srcdir=$tree "$tree/tests/corpus") || status=1
    return $status
}

inline() {
    (
        workloads=fib:40
        bench --inline 10
    )
}

lanes() {
    status=0
    for n in 32 64 128 256; do
        bench --lanes $n || status=1
    done
    return $status
}

workers() {
    units=$(clfiber-info --json | sed -n 's/.*"compute_units": \([0-9]*\).*/\1/p' | head -n 1)
    status=0
    for each in 1 2 4 8 16 32; do
        bench --workers $((units * each)) || status=1
    done
    return $status
}

test $# != 0 || set -- info litmus conformance bench lanes workers inline
for name in "$@"; do
    case $name in
    info) step info clfiber-info ;;
    litmus) step litmus clfiber-info --litmus ;;
    conformance | bench | lanes | workers | inline) step "$name" "$name" ;;
    *) fail "there is no step '$name'; the steps are info, litmus, conformance, bench, lanes, workers, inline" ;;
    esac
done
test -z "$failed" || {
    echo "failed:$failed"
    exit 1
}
