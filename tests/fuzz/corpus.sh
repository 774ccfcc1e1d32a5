#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# Each fuzz target takes the inputs of its corpus: seeds, and what once was found.

set -u
corpus=${srcdir:?}/tests/fuzz/corpus
status=0
if [ "$(id -u)" -ne 0 ]; then
	echo "SKIPPED: not root"
	[ -z "${NSMGR_MUST_WORK-}" ] || exit 1
	exit 77
fi
if grep -aq '##SIG_AFL_PERSISTENT##' "$NSMGR_BUILDDIR/tests/fuzz/fuzz_text"; then
	echo "SKIPPED: built for AFL++, which tries them itself"
	exit 77
fi
# The leak checker needs a process of its own, which the targets may not have.
export ASAN_OPTIONS=detect_leaks=0
for target in argv config files program seccomp text; do
	program=$NSMGR_BUILDDIR/tests/fuzz/fuzz_$target
	set -- "$corpus/$target"
	if "$program" --help 2>&1 | grep -q libFuzzer; then
		set -- -runs=0 -rss_limit_mb=0 -timeout=20 -close_fd_mask=3 "$(cd "$corpus/$target" && pwd -P)"
	fi
	if timeout -k 5 120 "$program" "$@" >/dev/null 2>&1; then
		echo "ok - $target: $(find "$corpus/$target" -type f | wc -l) inputs"
	else
		echo "not ok - $target: status $?"
		status=1
	fi
done
exit $status
