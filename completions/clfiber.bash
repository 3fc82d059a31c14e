# Completion for the tools of libclfiber in bash: options as --help lists them, files, fibers of a program.
# Installed once for each tool, by its name.

_clfiber_tools()
{
    local tool=$1 word=$2 previous=$3 file
    COMPREPLY=()
    case $previous in
    -d | --device)
        mapfile -t COMPREPLY < <(compgen -W "$(clfiber-info 2>/dev/null | sed -n 's/^Device \([0-9]*\).*/\1/p')" -- "$word")
        return
        ;;
    -o | --output | --json | --source | --trace | --svg)
        mapfile -t COMPREPLY < <(compgen -f -- "$word")
        return
        ;;
    esac
    if [[ $word == -* ]]; then
        mapfile -t COMPREPLY < <(compgen -W "$("$tool" --help 2>/dev/null | grep -o -e '--[a-z][a-z-]*=\{0,1\}' | sort -u)" -- "$word")
        [[ ${COMPREPLY[0]-} == *= ]] && compopt -o nospace
        return
    fi
    case ${tool##*/} in
    clfbench)
        mapfile -t COMPREPLY < <(compgen -W "$("$tool" --list 2>/dev/null | sed -n '/^Peers/q; s/^  \([a-z]*\):.*/\1:/p' | sort -u)" -- "$word")
        compopt -o nospace
        ;;
    clfrun | clfcc)
        for file in "${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
            if [[ ${tool##*/} == clfrun && $file == *.fib && -f $file ]]; then
                mapfile -t COMPREPLY < <(compgen -W "$(sed -n 's/^fiber .*[ *]\([A-Za-z_][A-Za-z_0-9]*\)(.*/\1/p' "$file")" -- "$word")
                return
            fi
        done
        mapfile -t COMPREPLY < <(
            compgen -f -X '!*.fib' -- "$word"
            compgen -d -S / -- "$word"
        )
        ;;
    esac
}

complete -F _clfiber_tools clfcc clfrun clfiber-info clfbench clftrace
