#!/bin/sh
# run.sh [ARCHIVE] RESULTS-FOLDER [STEP...]: libclfiber on a GPU (or any OpenCL device) of a machine that has a driver
# and nothing else. ARCHIVE was made by bench/gpu/pack.sh; without one, the tree that this script lies in is used.
# Steps, all by default, in this order:
#   info         what the device is and which atomics it passes
#   litmus       the litmus tests of every tier
#   conformance  the suites and the corpus of fiber programs, CLF_GPU_JOBS side by side
#   bench        the workloads with default lanes and workers
#   frames       fib without spawn inlining, a frame for every fiber
#   lanes        the same over lanes 32, 64, 128, 256
#   workers      the same over 1 to 32 workers a compute unit
# Results: a log per step and results.json, a line per row of clfbench, in RESULTS-FOLDER. Exits 1 if a step failed.
# Environment: CLFIBER_DEVICE as for every tool; CLF_GPU_WORKLOADS instead of the list below; CLF_GPU_RUNS (5);
# CLF_GPU_CORPUS_LANES ("1 32 128"); CLF_GPU_JOBS (half as many as there are processors).
set -u
self=$0

fail() {
    echo "run.sh: $*" >&2
    exit 2
}

now() {
    date +%s
}

# A suite, or some of the corpus with some lanes, in a folder of its own; the script calls itself for it.
part() { # part NAME COMMAND...
    name=$1
    shift
    mkdir -p "$results/parts/$name"
    cd "$results/parts/$name" || return 1
    begin=$(now)
    "$@" >log 2>&1
    status=$?
    grep -h 'Checks: \|passed, ' log | sed "s/^/$name: /"
    test $status = 0 || sed "s/^/$name: /" log
    echo "$name: exit status $status after $(($(now) - begin)) s"
    return $status
}

if test "${1-}" = --part; then
    tree=$CLF_GPU_TREE results=$CLF_GPU_RESULTS
    # the words of the line: no name in the tree has a blank
    # shellcheck disable=SC2086
    set -- $2
    case $1 in
    corpus-*)
        name=$1 CORPUS_LANES=$2
        shift 2
        CORPUS_FILES=$* CLFRUN=$tree/bin/clfrun srcdir=$tree
        export CORPUS_LANES CORPUS_FILES CLFRUN srcdir
        part "$name" sh "$tree/tests/clfrun.sh"
        ;;
    *) part "$@" ;;
    esac
    exit
fi

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

step() { # step NAME COMMAND...
    name=$1
    shift
    begin=$(now)
    {
        "$@"
        echo $? >"$results/status"
    } 2>&1 | tee "$results/$name.log"
    status=$(cat "$results/status")
    echo "== $name: $(test "$status" = 0 && echo passed || echo "FAILED ($status)") after $(($(now) - begin)) s"
    test "$status" = 0 || failed="$failed $name"
}

workloads=${CLF_GPU_WORKLOADS:-empty:1000 fib:40 nqueens:16,7 uts:T1L uts:T3L $(
    clfbench --list | sed -n 's/^  *\(cilksort\|bintree\|barytree\):.*/\1/p' |
        sed 's/cilksort/cilksort:100000000/; s/bintree/bintree:22,256,256/; s/barytree/barytree:12,6,256,256/'
)}
bench() { # bench OPTIONS...
    # shellcheck disable=SC2086
    clfbench --runs "${CLF_GPU_RUNS:-5}" --json "$results/one.json" "$@" $workloads
    status=$?
    cat "$results/one.json" >>"$results/results.json"
    rm -f "$results/one.json"
    return $status
}

# One line a part, for xargs. The corpus with each number of lanes in pieces of eight programs.
parts() {
    for suite in "$tree"/tests/test_*; do
        echo "${suite##*/} $suite"
    done
    for lanes in ${CLF_GPU_CORPUS_LANES:-1 32 128}; do
        printf '%s\n' "$tree"/tests/fibers/*.fib | xargs -n 8 echo |
            awk -v lanes="$lanes" '{ print "corpus-" lanes "-" NR, lanes, $0 }'
    done
}

conformance() {
    CLF_TEST_PROGRAMS=$tree/tests/programs CK_TIMEOUT_MULTIPLIER=${CK_TIMEOUT_MULTIPLIER:-10}
    export CLF_TEST_PROGRAMS CK_TIMEOUT_MULTIPLIER CLF_GPU_TREE="$tree" CLF_GPU_RESULTS="$results"
    parts | tr '\n' '\0' | xargs -0 -n 1 -P "${CLF_GPU_JOBS:-$((($(nproc) + 1) / 2))}" sh "$self" --part
}

frames() {
    (
        workloads=fib:40
        bench --inline 0
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

test $# != 0 || set -- info litmus conformance bench lanes workers frames
for name in "$@"; do
    case $name in
    info) step info clfiber-info ;;
    litmus) step litmus clfiber-info --litmus ;;
    conformance | bench | lanes | workers | frames) step "$name" "$name" ;;
    *) fail "there is no step '$name'; the steps are info, litmus, conformance, bench, lanes, workers, frames" ;;
    esac
done
test -z "$failed" || {
    echo "failed:$failed"
    exit 1
}
