#!/bin/sh
# live.sh - what clfrun --stats and clfbench --progress show on a terminal and in a pipe (live.py).
set -u
command -v python3 >/dev/null || {
    echo "python3, which has the terminal here, is not installed"
    exit 77
}
exec python3 "${srcdir:-.}/tests/ecosystem/live.py" tools/clfrun bench/clfbench
