#!/bin/sh
# consumer.sh LIBDIR VERSION: compiles consumer.c against an installed libclfiber as its users do, with the
# shared and with the static library, and looks at what the shared one exports. Run by make installcheck.
set -eu
libdir=$1
version=$2
here=$(cd "$(dirname "$0")" && pwd)
pc=${PKG_CONFIG:-pkg-config}
cc=${CC:-cc}
PKG_CONFIG_PATH=$libdir/pkgconfig${PKG_CONFIG_PATH:+:$PKG_CONFIG_PATH}
export PKG_CONFIG_PATH

dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT

die() {
    echo "consumer.sh: $*" >&2
    exit 1
}

# $cc and the flags are lists of words.
# shellcheck disable=SC2046,SC2086
build() { # build NAME LIBRARY...
    name=$1
    shift
    $cc ${CFLAGS-} $("$pc" --cflags clfiber) -o "$dir/$name" "$here/consumer.c" "$@"
}

found=$("$pc" --modversion clfiber)
test "$found" = "$version" || die "pkg-config finds version $found instead of $version"
tried=

if test -e "$libdir/libclfiber.so"; then
    # shellcheck disable=SC2046
    build shared $("$pc" --libs clfiber)
    LD_LIBRARY_PATH=$libdir "$dir/shared" || die "the program with the shared library failed"
    # shellcheck disable=SC2086
    symbols=$(${NM:-nm} -D --defined-only "$libdir/libclfiber.so") || die "nm failed"
    others=$(printf '%s\n' "$symbols" |
        awk '{ sub(/@.*/, "", $NF) } $NF !~ /^clf_/ && $NF !~ /^CLFIBER_/ { print $NF }')
    case $symbols in
    *clf_version*) ;;
    *) die "libclfiber.so does not export clf_version" ;;
    esac
    case ${CFLAGS-} in
    *-fsanitize=*) ;; # the sanitizer's run-time library adds symbols of its own
    *) test -z "$others" || die "libclfiber.so exports more than clf_*: $others" ;;
    esac
    tried="$tried shared"
fi
if test -e "$libdir/libclfiber.a"; then
    # What --static adds to --libs, without asking for a static libOpenCL.
    # shellcheck disable=SC2046
    build static "$libdir/libclfiber.a" $("$pc" --static --libs clfiber | sed 's/-lclfiber//')
    "$dir/static" || die "the program with the static library failed"
    tried="$tried static"
fi
test -n "$tried" || die "no library in $libdir"
echo "consumer.sh: works with pkg-config:$tried"
