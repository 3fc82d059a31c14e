#!/bin/sh
# blocks.sh [PAGE...]: every code block of README, doc/, the other README files and the manual pages works as printed.
# blocks.py says how. Pages are given as paths from the top of the sources.
set -u
top=${srcdir:-.}
command -v python3 >/dev/null || {
    echo "python3, which reads the pages, is not installed"
    exit 77
}
case ${CLF_SANITIZER-no} in
no) ;;
*)
    echo "a library built with a sanitizer is static: programs link with it otherwise than the pages say"
    exit 77
    ;;
esac
info=$(tools/clfiber-info 2>&1)
case $info in
*'no OpenCL device'*)
    echo "$info"
    exit 77
    ;;
esac
if test $# = 0; then
    # shellcheck disable=SC2046
    set -- $(cd "$top" && ls README.md CONTRIBUTING.md doc/*.md examples/README.md bench/README.md man/*.[1-9] 2>/dev/null)
fi
exec python3 "$top/tests/ecosystem/blocks.py" "$top" . "$@"
