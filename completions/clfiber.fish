# Completion for the tools of libclfiber in fish: options as --help lists them, fibers of a program.
# Installed once for each tool, by its name.

function __clfiber_options
    $argv[1] --help 2>/dev/null | string match -r -- '--[a-z][a-z-]*=?' | sort -u
end

function __clfiber_fibers
    for word in (commandline -opc)
        if string match -q '*.fib' -- $word; and test -f $word
            sed -n 's/^fiber .*[ *]\([A-Za-z_][A-Za-z_0-9]*\)(.*/\1/p' $word
        end
    end
end

for tool in clfcc clfrun clfiber-info clfbench clftrace
    complete -c $tool -n 'string match -q -- "-*" (commandline -ct)' -f -a "(__clfiber_options $tool)"
end
complete -c clfrun -a '(__clfiber_fibers)'
complete -c clfbench -f -a "(clfbench --list 2>/dev/null | sed -n '/^Peers/q; s/^  \([a-z]*\):.*/\1:/p' | sort -u)"
