#!/bin/sh
# manual.sh - the manual pages say what the header and the tools do: manual.py has the checks.
command -v python3 >/dev/null || {
    echo "python3, which reads the pages, is not installed"
    exit 77
}
exec python3 -B "${srcdir:-.}/tests/ecosystem/manual.py" "${srcdir:-.}" .
