#compdef clfcc clfrun clfiber-info clfbench clftrace
# Completion for the tools of libclfiber in zsh: options as --help lists them, files, fibers of a program.

local -a fibers
case $service in
clfrun)
    # behind the program: its fibers
    if (( CURRENT > 2 )) && [[ ${words[CURRENT-1]} == *.fib && -f ${words[CURRENT-1]} && ${words[CURRENT]} != -* ]]; then
        fibers=(${(f)"$(sed -n 's/^fiber .*[ *]\([A-Za-z_][A-Za-z_0-9]*\)(.*/\1/p' ${words[CURRENT-1]})"})
        compadd -a fibers
        return
    fi
    _arguments '*:file:_files' --
    ;;
clfbench)
    _arguments "*:workload:($(clfbench --list 2>/dev/null | sed -n '/^Peers/q; s/^  \([a-z]*\):.*/\1/p' | sort -u))" --
    ;;
*)
    _arguments '*:file:_files' --
    ;;
esac
