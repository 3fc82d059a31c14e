#!/bin/sh
# order.sh: a few of the mutants (mutants.sh), one for each kind of order that the runtime relies on: the explorer of this
# build has to find them. All others have to be made: a mutant whose expression no longer matches shows nothing.
set -eu
here=$(dirname "$0")
"${SHELL-/bin/sh}" "$here/mutants.sh" --check
exec "${SHELL-/bin/sh}" "$here/mutants.sh" split-store-relaxed split-load-relaxed steal-cas-acquire \
    room-relaxed pool-take-no-acquire join-no-release join-no-acquire started-end-no-release
