# SPDX-License-Identifier: LGPL-2.1-or-later
# shellcheck shell=bash
# The harness of the command tests, sourced by each script. A script defines cases as functions, names them with `it` in a
# function `cases`, and ends with `for_both` (or `for_front`) and `finish`. A case is a subshell; it fails at the
# first `fail`. Variables: $NSMGR the program under test, $PROGRAM front or full, $T a directory of our own,
# $NSMGR_STORE the store in it, $P what every name of a set begins with, so that keepers can be told from those of others.
#
#   NSMGR_BUILDDIR      where the programs were built (default: the present directory)
#   NSMGR_PROGRAMS      "front full"; NSMGR_ONLY: only cases whose name contains this
#   NSMGR_MUST_WORK=1   what would be skipped fails
#   NSMGR_LACKS         what this place is known to lack, of the words in `needs`: what needs that is skipped, also if all must work

set -u
export LC_ALL=C
umask 022
unset NSMGR_STORE NSMGR_NAME
# shellcheck disable=SC2034 # for the scripts
TYPES='cgroup ipc mnt net pid time user uts'

: "${NSMGR_BUILDDIR:=$PWD}"
FRONT=$NSMGR_BUILDDIR/nsmgr
# The program itself, not libtool's script in front of it, which would have another argv.
FULL=$NSMGR_BUILDDIR/.libs/nsmgr-full
if [ -x "$FULL" ]; then
	export LD_LIBRARY_PATH=$NSMGR_BUILDDIR/.libs${LD_LIBRARY_PATH:+:$LD_LIBRARY_PATH}
else
	FULL=$NSMGR_BUILDDIR/nsmgr-full
fi
export NSMGR_LIBEXEC=${FULL%/*}

passed=0 failed=0 skipped=0

# ---- privilege, and a place of our own ----

# shellcheck source=tests/cmd/needs.sh
. "${BASH_SOURCE[0]%/*}/needs.sh"

{ [ -x "$FRONT" ] && [ -x "$FULL" ]; } || { echo "no programs in $NSMGR_BUILDDIR" >&2; exit 99; }
[ "$(id -u)" = 0 ] || skip_all 'needs root'
unshare -m true 2>/dev/null || skip_all 'needs CAP_SYS_ADMIN'

T=$(mktemp -d "${TMPDIR:-/tmp}/nsmgr-test.XXXXXX") || exit 99
T=$(cd "$T" && pwd -P) || exit 99
chmod 755 "$T" || exit 99
P=c$$
export NSMGR_TEST_MARK=$P.$RANDOM
mkfifo "$T/never" || exit 99
exec {NEVER}<>"$T/never"
trap leave EXIT
trap 'exit 1' HUP INT TERM

# ---- within a case ----

checks=0

fail() {
	printf '%s\n' "$*" | head -c 2000 >"$T/why"
	exit 1
}

skip() {
	printf '%s\n' "$*" >"$T/why"
	exit 77
}

# Runs a command: status in $st, what it said in $out and $err.
# shellcheck disable=SC2034 # for the scripts
run() {
	# The outer redirection is for what the shell says of a command that a signal ended.
	{ "$@" >"$T/out" 2>"$T/err" </dev/null; } 2>/dev/null
	st=$?
	out=$(<"$T/out")
	err=$(<"$T/err")
}

# expect STATUS COMMAND...
expect() {
	local want=$1
	shift
	run "$@"
	checks=$((checks + 1))
	[ "$st" = "$want" ] || fail "status $st instead of $want from: ${*//$NSMGR/nsmgr}: $err${out:+ (said: ${out:0:600})}"
}

ok() { expect 0 "$@"; }

# is WHAT ACTUAL EXPECTED
is() {
	checks=$((checks + 1))
	[ "$2" = "$3" ] || fail "$1 is '$2' instead of '$3'"
}

isnt() {
	checks=$((checks + 1))
	[ "$2" != "$3" ] || fail "$1 is '$2'"
}

# like WHAT TEXT GLOB
like() {
	checks=$((checks + 1))
	# shellcheck disable=SC2053 # a pattern is meant
	[[ $2 == $3 ]] || fail "$1 is '$2', which does not match '$3'"
}

unlike() {
	checks=$((checks + 1))
	# shellcheck disable=SC2053
	[[ $2 != $3 ]] || fail "$1 is '$2', which matches '$3'"
}

# yes WHAT COMMAND..., no WHAT COMMAND...: whether it is so
yes() {
	local what=$1
	shift
	checks=$((checks + 1))
	"$@" || fail "it is not so that $what"
}

no() {
	local what=$1
	shift
	checks=$((checks + 1))
	! "$@" || fail "it is so that $what"
}

# Lets others run for a moment: nothing is ever written to this pipe.
breathe() { read -r -t 0.02 <&"$NEVER"; }

# until_true WHAT COMMAND...: for at most half a minute
until_true() {
	local what=$1 rounds=0
	shift
	checks=$((checks + 1))
	until "$@"; do
		rounds=$((rounds + 1))
		[ $rounds -lt 1500 ] || fail "waited in vain until $what"
		breathe
	done
	true
}

# shellcheck source=tests/cmd/processes.sh
. "${BASH_SOURCE[0]%/*}/processes.sh"

# ---- cases ----

end_marked() {
	local left
	for left in $(marked); do
		kill -KILL "$left" 2>/dev/null
	done
	checks=0
	(until_true 'all ended' none_marked) || echo "processes of $P do not end" >&2
}

is_empty() { [ -z "$(sets_in "$1")$(stages_in "$1")" ]; }

# Empties a store of ours, whatever a case has left there; by hand where rm does not, which is a failure.
empty_store() {
	local mount
	[ -d "$1/.stage" ] || return 0
	is_empty "$1" && return 0
	"$FULL" --store="$1" rm --all-sets --force >/dev/null 2>&1
	"$FULL" --store="$1" rm --all-sets --force --kill >/dev/null 2>&1
	"$FULL" --store="$1" rm --ignore-missing --force "$P.none" >/dev/null 2>&1
	is_empty "$1" && return 0
	mounts_below "$1" | while read -r mount; do
		[ "$mount" = "$1" ] || umount -l "$(printf '%b' "$mount")"
	done
	rm -rf "${1:?}"/* "$1"/.stage/*
	return 1
}

# After a failure: what it left beside the store is not the next one's.
scrub() {
	local place
	for place in "$T"/*/.store "$T"/*/*/.store; do
		place=${place%/.store}
		[ "$place" = "$NSMGR_STORE" ] || [ ! -d "$place" ] || empty_store "$place"
	done
	mounts_below "$T" | while read -r place; do
		case $place in
		"$T/front" | "$T/front/"* | "$T/full" | "$T/full/"*) ;;
		*) umount -l "$place" ;;
		esac
	done
}

# it 'does something (RULE)' FUNCTION [NEED...]: what the place has to give for it, of the words in `needs`
it() {
	local name="$PROGRAM: $1" status why
	[[ -z ${NSMGR_ONLY:-} || $1 == *"$NSMGR_ONLY"* ]] || return 0
	if lacking "${@:3}" && { [ -n "${NSMGR_LACKS+1}" ] || [ "${NSMGR_MUST_WORK:-0}" != 1 ]; }; then
		skip_case "$name" "needs ${needs[$missing]}"
		return
	fi
	: >"$T/why"
	(
		checks=0
		"$2"
		[ $checks -gt 0 ] || fail 'nothing was asserted'
		none_marked || until_true 'its processes have ended' none_marked
	)
	status=$?
	why=$(<"$T/why")
	if [ $status = 0 ] && [ -n "$(stages_in "$NSMGR_STORE")" ]; then
		status=1 why='a stage is left'
	fi
	end_marked
	[ $status = 0 ] || scrub
	if ! empty_store "$NSMGR_STORE" && [ $status = 0 ]; then
		status=1 why="the store cannot be emptied"
	fi
	case $status in
	0) passed=$((passed + 1)) && echo "ok - $name" ;;
	77)
		if [ "${NSMGR_MUST_WORK:-0}" = 1 ]; then
			failed=$((failed + 1))
			echo "not ok - $name: skipped: $why"
		else
			skip_case "$name" "$why"
		fi
		;;
	*)
		failed=$((failed + 1))
		echo "not ok - $name: ${why:-ended with $status}"
		;;
	esac
}

use() {
	PROGRAM=$1
	NSMGR=$FULL
	[ "$1" = full ] || NSMGR=$FRONT
	export NSMGR_STORE=$T/$1
}

for_front() {
	use front
	cases
}

for_both() {
	local program
	for program in ${NSMGR_PROGRAMS:-front full}; do
		use "$program"
		cases
	done
}

# ---- the end ----

left() {
	failed=$((failed + 1))
	echo "not ok - leaves nothing behind: $*"
}

clean() {
	local store pid left
	for store in "$T"/*/.store; do
		store=${store%/.store}
		[ -d "$store" ] || continue
		empty_store "$store" || left "sets in $store: $(sets_in "$store")"
		umount "$store" 2>/dev/null
	done
	end_marked
	left=$(mounts_below "$T")
	[ -z "$left" ] || left "mounts: $left"
	for store in $left; do
		umount -l "$store"
	done
	for pid in $(keepers "nsmgr: $P."); do
		left "keeper $pid"
		kill -KILL "$pid"
	done
	exec {NEVER}<&-
	rm -rf --one-file-system "$T"
	[ ! -e "$T" ] || left "$T"
}

leave() {
	local status=$?
	trap '' HUP INT TERM
	trap - EXIT
	[ "${finished:-}" ] || { clean; echo "${0##*/} was interrupted" >&2; }
	[ $status = 0 ] && status=1
	exit $status
}

finish() {
	finished=1
	trap '' HUP INT TERM
	clean
	trap - EXIT
	[ $((passed + failed + skipped)) -gt 0 ] || failed=1
	echo "$passed passed, $failed failed$([ $skipped = 0 ] || echo ", $skipped skipped")"
	[ $failed = 0 ] || exit 1
	[ $passed -gt 0 ] || exit 77
	exit 0
}
