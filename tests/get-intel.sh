#!/bin/sh
# get-intel.sh FOLDER: Intel's OpenCL runtime for CPUs from its packages on PyPI, unpacked into FOLDER, with the file that
# registers it in FOLDER/vendors and its libraries in FOLDER/lib. Does nothing if they are there already. Nothing is
# installed. The packages' licence is Intel's own (FOLDER/licence). Needs python3 with pip and 2 GB of disk meanwhile.
set -eu

version=2026.2.0 # of all but TBB, which has to fit it
if test $# != 1; then
    echo "usage: get-intel.sh FOLDER" >&2
    exit 2
fi
mkdir -p "$1"
folder=$(cd "$1" && pwd)
test ! -f "$folder/vendors/intel.icd" || exit 0

python3 -m pip --version >/dev/null 2>&1 || {
    echo "get-intel.sh: python3 has no pip; install Debian's package python3-pip" >&2
    exit 1
}
work=$folder/unpacking
rm -rf "$work"
mkdir -p "$work/wheels" "$work/files" "$folder/lib" "$folder/vendors" "$folder/licence"
trap 'rm -rf "$work"' EXIT
python3 -m pip download --quiet --disable-pip-version-check --no-deps --only-binary=:all: \
    --platform manylinux_2_28_x86_64 --dest "$work/wheels" \
    "intel-opencl-rt==$version" "intel-cmplr-lib-rt==$version" "intel-cmplr-lic-rt==$version" 'tbb==2023.*' || {
    echo "get-intel.sh: the packages intel-opencl-rt $version and what it needs cannot be had from PyPI" >&2
    exit 1
}
for wheel in "$work"/wheels/*.whl; do
    python3 -m zipfile -e "$wheel" "$work/files"
    rm "$wheel"
done
for package in intel_opencl_rt intel_cmplr_lib_rt tbb; do
    mv "$work/files/$package"-*.data/data/lib/* "$folder/lib"
done
find "$work/files" -iname '*license*' -type f -exec cp {} "$folder/licence" \;
rm -f "$folder"/lib/libOpenCL.so* # the loader is the system's
echo "$folder/lib/libintelocl.so" >"$folder/vendors/intel.icd"
