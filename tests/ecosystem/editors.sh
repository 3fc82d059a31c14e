#!/bin/sh
# editors.sh - completion in bash, and in fish and zsh if they are there; and where vim, ctags and clang-format are installed what they make of a .fib file.
set -u
top=$(cd "${srcdir:-.}" && pwd)
work=editors.$$
mkdir -p "$work/bin"
trap 'rm -rf "$work"' EXIT
failures=0
passed=0

command -v bash >/dev/null || {
    echo "bash is not installed"
    exit 77
}

check() { # check WHAT COMMAND...
    what=$1
    shift
    if "$@" >"$work/out" 2>&1; then
        passed=$((passed + 1))
    else
        failures=$((failures + 1))
        echo "$what"
        cat "$work/out"
    fi
}

for tool in tools/clfcc tools/clfrun tools/clfiber-info tools/clftrace bench/clfbench; do
    test -x "$tool" || continue
    printf '#!/bin/sh\nexec "%s" "$@"\n' "$PWD/$tool" >"$work/bin/${tool##*/}"
    chmod +x "$work/bin/${tool##*/}"
done
PATH=$PWD/$work/bin:$PATH

# offers WANTED WORD...: what is offered for the last word holds WANTED. Outside of a completion there is no compopt.
offers() {
    wanted=$1
    shift
    bash -c '
        . "$0"
        compopt() { :; }
        COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1))
        _clfiber_tools "$1" "${COMP_WORDS[COMP_CWORD]}" "${COMP_WORDS[COMP_CWORD-1]}"
        printf "%s\n" "${COMPREPLY[@]}"' "$top/completions/clfiber.bash" "$@" >"$work/offers"
    cat "$work/offers"
    grep -qx -e "$wanted" "$work/offers"
}
check "an option of clfrun" offers '--stats' clfrun --st
check "an option with a value" offers '--workers=' clfrun --w
check "a fiber of the program" offers fib clfrun "$top/tests/fibers/fib.fib" f
check "a workload of clfbench" offers 'fib:' clfbench f
check "a device" offers 0 clfrun --device ''
check "an option of clfiber-info" offers '--json' clfiber-info --j
test -x tools/clftrace && check "an option of clftrace" offers '--svg=' clftrace --s
check "a file" offers "$top/tests/fibers/fib.fib" clfcc "$top/tests/fibers/fib."

fish_offers() { # fish_offers WANTED LINE
    fish --no-config -c "source $top/completions/clfiber.fish; complete -C '$2'" >"$work/offers"
    cat "$work/offers"
    grep -q -x -e "$1" "$work/offers"
}
if command -v fish >/dev/null; then
    check "fish: an option" fish_offers '--stats' 'clfrun --st'
    check "fish: a fiber of the program" fish_offers fib "clfrun $top/tests/fibers/fib.fib f"
    check "fish: a workload" fish_offers 'fib:' 'clfbench f'
fi
command -v zsh >/dev/null && check "zsh: the script" zsh -n "$top/completions/clfiber.zsh"

if command -v ctags >/dev/null && ctags --version | grep -q Universal; then
    ctags --options="$top/editors/fib.ctags" -x "$top/examples/quicksort.fib" >"$work/tags" 2>&1
    check "ctags: a fiber" grep -q '^quicksort *fiber' "$work/tags"
    check "ctags: a helper" grep -q '^insertion_sort *helper' "$work/tags"
fi

if command -v vim >/dev/null; then
    cp "$top/examples/quicksort.fib" "$work/q.fib"
    vim -es -u NONE --cmd "set runtimepath^=$top/editors/vim" --cmd 'filetype on' --cmd 'syntax on' "$work/q.fib" \
        -c 'call search("^fiber void")' -c 'let a = synIDattr(synID(line("."), 1, 1), "name")' \
        -c 'call search("spawn quick")' -c 'let b = synIDattr(synID(line("."), col("."), 1), "name")' \
        -c "call writefile([&filetype, a, b], '$work/vim')" -c 'qa!' </dev/null >/dev/null 2>&1
    check "vim: type of the file and colours: $(cat "$work/vim" 2>&1)" \
        test "$(tr '\n' ' ' <"$work/vim")" = "clfiber clfiberWord clfiberWord "
fi

if command -v clang-format >/dev/null; then
    for file in "$top"/tests/fibers/*.fib; do
        clang-format "$file" | cmp -s - "$file" || echo "$file"
    done >"$work/changed"
    check "clang-format changes fiber programs: $(head -n 3 "$work/changed")" test ! -s "$work/changed"
fi
echo "$passed passed, $failures failed"
[ "$passed" -gt 0 ] && [ "$failures" -eq 0 ]
