#!/bin/sh
# bindings.sh - the C++ and the Python interface have what the header has: bindings.py has the checks.
command -v python3 >/dev/null || {
    echo "python3, which reads the header, is not installed"
    exit 77
}
exec python3 -B "${srcdir:-.}/tests/ecosystem/bindings.py" "${srcdir:-.}"
