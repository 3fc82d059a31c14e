#!/bin/sh
# spin.sh [--bugs]: checks the models in spin/ with SPIN, in several sizes, and adds up their states. Each size has to be
# searched completely. With --bugs instead: every BUG_ that a model knows has to be found; without it, one of each model.
set -eu

here=$(cd "$(dirname "$0")" && pwd)
cc=${CC:-cc}
if ! command -v spin >/dev/null 2>&1; then
    echo "SKIP: spin is not installed (Debian's package spin)"
    exit 77
fi
case ${CLF_SANITIZER-no} in
no) ;;
*)
    echo "SKIP: the models have nothing to do with the sanitizer"
    exit 77
    ;;
esac
dir=$PWD/spin.$$
mkdir "$dir"
trap 'rm -rf "$dir"' EXIT
cd "$dir"
failed=0
states=0
sizes=0

# Makes and runs the verifier of a model; its report is in $dir/out. States are compressed without loss.
verify() { # verify MODEL DEFINITION...
    model=$1
    shift
    spin -a "$@" "$here/spin/$model.pml" >made 2>&1 || {
        cat made
        exit 1
    }
    # shellcheck disable=SC2086
    $cc -O2 -w -DSAFETY -DCOLLAPSE -DMEMLIM=4000 -o pan pan.c
    ./pan -m3000000 >out 2>&1 || true
    rm -f ./*.trail
}

size() { # size MODEL DEFINITION...
    verify "$@"
    n=$(sed -n 's/ *\([0-9]*\) states, stored.*/\1/p' out)
    if grep -q 'errors: 0' out && ! grep -q 'search not completed\|max search depth too small\|out of memory' out; then
        echo "$*: $n states, all right"
        states=$((states + n))
        sizes=$((sizes + 1))
    else
        echo "$*: FAILED"
        head -n 20 out
        failed=1
    fi
}

bug() { # bug MODEL BUG [DEFINITION...]
    bug_model=$1
    bug_name=$2
    shift 2
    verify "$bug_model" "-DBUG_$bug_name" "$@"
    if grep -q 'errors: 1' out; then
        echo "killed      $bug_model $bug_name: $(sed -n 's/^pan:[0-9]*: \(.*\) (at depth.*/\1/p' out | head -n 1)"
    else
        echo "WRONG       $bug_model $bug_name: not found"
        failed=1
    fi
}

case ${1-} in
--bugs)
    for name in RELEASE CAS FULL LOWER POP; do bug deque $name; done
    for name in BIAS RELEASE LATE WAKE; do bug join $name; done
    for name in PUBLISH SUSPENDED LEVEL RELEASE; do bug kept $name; done
    for name in TAKE GENERATION DROP LATE WAKE; do bug started $name; done
    for name in CAS FREE LINK ORDER STEAL; do bug mutex $name; done
    for name in NEXT YIELD LEFT LIVE STILL CLAIM; do bug slices $name -DFIBERS=3; done
    ;;
*)
    size deque -DRING=2 -DPUSHES=5
    size deque -DRING=2 -DPUSHES=6
    size deque -DRING=4 -DPUSHES=5
    size deque -DRING=2 -DPUSHES=4 -DTHIEVES=3
    size join -DKIDS=4 -DRUNNERS=2
    size join -DKIDS=3 -DRUNNERS=3
    size kept
    size started -DHOLDERS=2
    size mutex -DFIBERS=3 -DROUNDS=4
    size mutex -DFIBERS=4 -DROUNDS=2
    size slices -DFIBERS=3 -DTURNS=1
    bug deque RELEASE
    bug join WAKE
    bug kept LEVEL
    bug started WAKE
    bug mutex FREE
    bug slices LEFT -DFIBERS=3
    echo "$sizes sizes, $states states"
    ;;
esac
exit $failed
