#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# memory.sh COMMAND...: runs a command in a mount namespace of its own, in which TMPDIR is a tmpfs, as /run is: there all stores of
# tests are. Its path is short, for it is a part of names that have little room.

dir=$(mktemp -d /tmp/nsmgr-m.XXXXXX) || exit 99
# shellcheck disable=SC2016
TMPDIR=$dir unshare -m --propagation private sh -c 'mount -t tmpfs -o mode=1777 none "$TMPDIR" && exec "$@"' sh "$@"
status=$?
rmdir "$dir"
exit $status
