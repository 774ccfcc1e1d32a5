#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# A sample of `make check-faults`: system calls of every verb that changes something, and of those that run commands, fail, or a
# process of it is killed there, and afterwards all is as before, or as after, or one check --repair away from it.
# Cases are called by name (SC2317).
# shellcheck disable=SC2317
# shellcheck source=tests/cmd/lib.sh
. "${0%/*}/lib.sh"

FAULTS=$NSMGR_BUILDDIR/tests/faults/faults
POINTS=8 # of each case, and fewer of those that wait

sample() {
	local cases skipped tried count unmet rest
	run "$FAULTS" --build="$NSMGR_BUILDDIR" --sample="$POINTS"
	[ "$st" != 77 ] || skip "$err"
	is 'bad outcomes' "$(grep 'BAD' <<<"$out")" ''
	is 'what the runner says' "$err" ''
	is 'its status' "$st" 0
	cases=$(grep -c ": [1-9][0-9]* of [0-9]* points;" <<<"$out")
	skipped=$(grep '^SKIPPED: ' <<<"$out")
	[ -z "$skipped" ] || [ "${NSMGR_MUST_WORK:-0}" != 1 ] || fail "$skipped"
	printf '%s' "${skipped:+# ${skipped//$'\n'/$'\n# '}$'\n'}"
	yes "all cases are there ($cases)" test "$((cases + $(grep -c . <<<"$skipped")))" -ge 74
	tried=${out##*$'\n'}
	read -r count _ _ unmet rest <<<"$tried"
	is 'points, and those that no run came to again' "$((count + unmet))" "$((cases * POINTS - 2 * (POINTS - 1)))"
	is 'what else it tells' "$rest" 'not met again, 0 bad outcomes'
	echo "# $tried"
}

# A point can be tried alone, and one that is not there is told.
alone() {
	ok "$FAULTS" --build="$NSMGR_BUILDDIR" --case='create --net' --point=1:1:EINTR
	like 'what is said' "$out" 'good: create --net: EINTR in the manager, call 1, poll: done*1 points tried, 0 not met again, 0 bad outcomes'
	expect 1 "$FAULTS" --build="$NSMGR_BUILDDIR" --case='create --net' --point=1:9999:EINTR
	expect 2 "$FAULTS" --build="$NSMGR_BUILDDIR" --case='create --net' --point=1:1:ENONSENSE
	expect 2 "$FAULTS" --build="$NSMGR_BUILDDIR" --case='no such case'
	expect 2 "$FAULTS" --build="$T"
}

cases() {
	it 'leaves all as before or as after, whatever system call fails and whoever is killed' sample
	it 'tries one point alone' alone
}

ldd "$FRONT" 2>/dev/null | grep -q 'lib[atu][a-z]*san' && { clean; trap - EXIT; echo 'SKIPPED: sanitizers are not made for ptrace' >&2; exit 77; }
for_front
finish
