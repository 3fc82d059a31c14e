#!/bin/sh
# order.sh: a few of the mutants (mutants.sh), one for each kind of order that the runtime relies on: the explorer of this
# build has to find them.
exec "${SHELL-/bin/sh}" "$(dirname "$0")/mutants.sh" split-store-relaxed split-load-relaxed steal-cas-acquire \
    room-relaxed pool-take-no-acquire join-no-release join-no-acquire started-end-no-release
