#!/bin/sh
# test_python.sh - the Python module, with PyOpenCL. The library under test is the one that was just built.
python=${PYTHON:-python3}
top=${srcdir:-.}
case ${CLF_SANITIZER-no} in
no | undefined) ;;
*)
    echo "a library built with the $CLF_SANITIZER sanitizer cannot be loaded into Python"
    exit 77
    ;;
esac
"$python" -c 'import pyopencl, numpy' || {
    echo "PyOpenCL is not installed: install Debian's package python3-pyopencl"
    exit 77
}
CLFIBER_LIBRARY=$PWD/.libs/libclfiber.so
test -f "$CLFIBER_LIBRARY" || {
    echo "this build has no shared library, which Python needs"
    exit 77
}
PYTHONPATH=$top/python
EXAMPLES_DIR=$top/examples
export CLFIBER_LIBRARY PYTHONPATH EXAMPLES_DIR
"$python" -B "$top/tests/ecosystem/test_python.py" "$top" || exit
"$python" -B "$top/examples/total.py" 300000
