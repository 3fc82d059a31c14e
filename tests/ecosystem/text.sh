#!/bin/sh
# text.sh - links and spelling: text.py has the checks.
command -v python3 >/dev/null || {
    echo "python3, which reads the pages, is not installed"
    exit 77
}
exec python3 -B "${srcdir:-.}/tests/ecosystem/text.py" "${srcdir:-.}"
