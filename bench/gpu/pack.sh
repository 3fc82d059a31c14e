#!/bin/sh
# pack.sh BUILD-FOLDER ARCHIVE: puts into ARCHIVE (.tar.gz) all that bench/gpu/run.sh needs on a machine that has a
# driver and nothing else: the library, the tools, clfbench, the conformance suites with their programs, the ICD
# loader and what else the programs are linked with. The build folder has been made, `make check TESTS=` too.
set -eu

if test $# != 2 || ! test -f "$1/Makefile"; then
    echo "usage: pack.sh BUILD-FOLDER ARCHIVE.tar.gz" >&2
    exit 2
fi
build=$(cd "$1" && pwd)
top=$(cd "$(dirname "$0")/../.." && pwd)
case $2 in
/*) archive=$2 ;;
*) archive=$PWD/$2 ;;
esac
stage=$(mktemp -d)
trap 'rm -rf "$stage"' EXIT
tree=$stage/clfiber
mkdir -p "$tree/lib" "$tree/tests"

make -s -C "$build" install DESTDIR="$stage/installed" prefix=/i bindir=/i/bin libdir=/i/lib >/dev/null
cp -R "$stage/installed/i/bin" "$tree/bin"
cp -P "$stage/installed/i/lib"/libclfiber.so* "$tree/lib"

cp -R "$top/tests/programs" "$top/tests/fibers" "$tree/tests"
cp "$top/tests/clfrun.sh" "$tree/tests"
for suite in $(make -s -C "$build" print-device-suites); do
    cp "$build/$suite" "$tree/tests"
done
cp "$top/bench/gpu/run.sh" "$tree"

# Everything the programs are linked with but the C library itself, which is the machine's own.
for program in "$tree"/bin/* "$tree"/tests/test_*; do
    LD_LIBRARY_PATH=$tree/lib ldd "$program" 2>/dev/null || :
done | sed -n 's,.*=> \(/[^ ]*\) .*,\1,p' | sort -u | while IFS= read -r library; do
    case ${library##*/} in
    libc.so.* | libm.so.* | libpthread.so.* | libdl.so.* | ld-linux* | libclfiber.so.*) ;;
    *) cp -L "$library" "$tree/lib" ;;
    esac
done

tar -C "$stage" -czf "$archive" clfiber
echo "$archive: $(wc -c <"$archive") bytes"
