#!/bin/sh
# mutants.sh [NAME...]: makes the mutants of mutants.list, or those of these names, runs the explorer on each and
# prints the score. Exit status 1: one survived, or one that is written down as equivalent was killed.
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

killed=0
equivalent=0
wrong=0

# Changes the copy of the runtime; the expressions are in $dir/sed.
mutate() { # mutate FILE
    rm -rf "$dir/cl"
    cp -r "$top/cl" "$dir/cl"
    chmod -R u+w "$dir/cl"
    cat "$here/weaker.h" >>"$dir/cl/atomics.cl"
    while IFS= read -r expression; do
        cp "$dir/cl/$1" "$dir/before"
        sed -E -z -i "$expression" "$dir/cl/$1"
        if cmp -s "$dir/before" "$dir/cl/$1"; then
            echo "$name: nothing in cl/$1 matches $expression"
            return 1
        fi
    done <"$dir/sed"
}

judge() {
    if ! test -f "$top/cl/$file"; then
        echo "absent      $name: there is no cl/$file"
        return
    fi
    if ! mutate "$file"; then
        wrong=$((wrong + 1))
        return
    fi
    status=0
    CLF_MODEL_CL=$dir/cl CLF_MODEL_DIR=$dir/build CLF_MODEL_PARTS=$parts timeout 300 \
        sh "$here/explore.sh" >"$dir/out" 2>&1 || status=$?
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

echo "$killed killed, $equivalent equivalent, $wrong wrong"
test "$wrong" = 0 && test "$((killed + equivalent))" != 0
