#!/bin/sh
# mutants.sh [--check] [NAME...]: makes the mutants of mutants.list, or those of these names, runs the explorer on each
# and prints the score. Exit status 1: one survived, one that is written down as equivalent was killed, or one could not
# be made, since its expressions no longer match the source. --check: makes them and runs nothing.
set -eu

here=$(cd "$(dirname "$0")" && pwd)
top=$(cd "$here/../.." && pwd)
case ${CLF_SANITIZER-no} in
no) ;;
*)
    echo "SKIP: the explorer takes the thread sanitizer's place"
    exit 77
    ;;
esac
dir=mutants.$$
mkdir "$dir"
trap 'rm -rf "$dir"' EXIT

only_made=no
if test "${1-}" = --check; then
    only_made=yes
    shift
fi
made=0
killed=0
equivalent=0
wrong=0

# Makes $dir/mutant, the changed text of cl/FILE; the expressions are in $dir/sed.
mutate() { # mutate FILE
    cp "$top/cl/$1" "$dir/mutant" || return 1
    while IFS= read -r expression; do
        sed -E -z "$expression" "$dir/mutant" >"$dir/after" || return 1
        if cmp -s "$dir/mutant" "$dir/after"; then
            echo "WRONG       $name: nothing in cl/$1 matches $expression"
            return 1
        fi
        mv "$dir/after" "$dir/mutant"
    done <"$dir/sed"
}

# The runtime with the mutant in it, and with the operations of weaker.h.
install_mutant() { # install_mutant FILE
    rm -rf "$dir/cl"
    cp -r "$top/cl" "$dir/cl"
    chmod -R u+w "$dir/cl"
    cp "$dir/mutant" "$dir/cl/$1"
    cat "$here/weaker.h" >>"$dir/cl/atomics.cl"
}

judge() {
    if ! mutate "$file"; then
        wrong=$((wrong + 1))
        return
    fi
    made=$((made + 1))
    test "$only_made" = no || return 0
    install_mutant "$file"
    status=0
    CLF_MODEL_CL=$dir/cl CLF_MODEL_DIR=$dir/build CLF_MODEL_PARTS=$parts timeout 300 \
        sh "$here/explore.sh" --brief >"$dir/out" 2>&1 || status=$?
    by=$(sed -n 's/.*FAILED \(.*\)/\1/p' "$dir/out" | head -n 1 | cut -c 1-100)
    if test "$status" = 0 && test -n "$equivalent_because"; then
        echo "equivalent  $name"
        equivalent=$((equivalent + 1))
    elif test "$status" = 1 && test -n "$by" && test -z "$equivalent_because"; then
        echo "killed      $name: $by"
        killed=$((killed + 1))
    else
        echo "WRONG       $name: status $status, ${by:-not found}"
        test "$status" -le 1 || tail -n 5 "$dir/out"
        wrong=$((wrong + 1))
    fi
}

wanted=" $* "
flush() {
    if test -n "$name"; then
        case $wanted in
        '  ' | *" $name "*) judge ;;
        esac
    fi
    name=
    equivalent_because=
    : >"$dir/sed"
}

name=
flush
while IFS= read -r line; do
    value=${line#*: }
    case $line in
    'name: '*)
        flush
        name=$value
        ;;
    'file: '*) file=$value ;;
    'parts: '*) parts=$value ;;
    'equivalent: '*) equivalent_because=$value ;;
    'sed: '*) printf '%s\n' "$value" >>"$dir/sed" ;;
    esac
done <"$here/mutants.list"
flush

if test "$only_made" = yes; then
    echo "$made mutants can be made, $wrong cannot"
else
    echo "$killed killed, $equivalent equivalent, $wrong wrong"
fi
test "$wrong" = 0 && test "$made" != 0
