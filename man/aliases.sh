#!/bin/sh
# aliases.sh FOLDER: for the pages of section 3 in the folder, lines "ALIAS PAGE": functions that a page of another name
# describes, by its line of NAME.
set -eu
for page in "$1"/*.3; do
    name=${page##*/}
    sed -n '/^\.SH NAME/{n;s/ \\-.*//;s/, */\n/g;p;q;}' "$page" | while read -r function; do
        test "$function.3" = "$name" || echo "$function.3 $name"
    done
done
