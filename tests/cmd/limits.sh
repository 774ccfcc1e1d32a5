#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# Where there is not enough of something (namespaces, inodes, descriptors, memory), create says so in one line and leaves nothing;
# with just enough it works.
# Cases are called by name (SC2317); single quotes are for inner shells (SC2016); lists of words are split (SC2046, SC2086).
# shellcheck disable=SC2016,SC2046,SC2086,SC2317
# shellcheck source=tests/cmd/lib.sh
. "${0%/*}/lib.sh"

# What there is in the store beside what the first use of it leaves.
remains() {
	[ -d "$1" ] || return 0
	sets_in "$1"
	stages_in "$1"
	find "$1" -mindepth 1 -maxdepth 1 -name '.*' ! -name .lock ! -name .stage ! -name .store
	mounts_below "$1" | grep -vx "$1"
	keepers "nsmgr: $P."
}

# grows WHAT FIRST LAST PATTERN COMMAND...: fails with ever more of it until it works: at least once each. The command gets the
# amount as its last argument.
grows() {
	local what=$1 n=$2 last=$3 pattern=$4 refused=0
	shift 4
	for (( ; n <= last; n++)); do
		run "$@" "$n"
		[ "$st" != 0 ] || break
		is "status with $what $n" "$st" 1
		like "what is said with $what $n" "$err" "$pattern"
		is "lines with $what $n" "$(wc -l <<<"$err")" 1
		is "what is left with $what $n" "$(remains "$NSMGR_STORE")" ''
		refused=$((refused + 1))
	done
	is "status with $what $n: $err" "$st" 0
	yes "it was refused before ($refused)" test $refused -gt 0
}

# The limits of a user namespace are its own: KERNEL R73. The inner shell looks for what is left, as its mounts are not seen here.
in_user_namespace() {
	unshare -Urm bash -c '
		mount -t tmpfs -o mode=755 none "$4" && cd "$4" && echo "$3" >/proc/sys/user/max_"$2"_namespaces || exit 99
		"$1" --store="$4/s" create a --"$2"
		status=$?
		[ $status = 0 ] || [ -z "$(ls s)$(ls s/.stage)$(grep "$4/s/" /proc/self/mountinfo)" ] || exit 98
		[ $status != 0 ] || "$1" --store="$4/s" exec a true || exit 97
		"$1" --store="$4/s" rm --ignore-missing a || exit 96
		exit $status' - "$NSMGR" "$@" "$T/small"
}

namespaces() {
	local type
	unshare -Ur true 2>/dev/null || skip 'no user namespaces'
	for type in $TYPES; do
		grows "max_${type}_namespaces" 0 3 \
			"nsmgr: cannot create 'a': *No space left on device*limit: /proc/sys/user/max_${type}_namespaces*" \
			in_user_namespace "$type"
	done
}

# A tmpfs of so many inodes as a store.
with_inodes() {
	unshare -m bash -c '
		mount -t tmpfs -o mode=755,nr_inodes="$2" none "$3" && cd "$3" || exit 99
		"$1" --store="$3" create a --all
		status=$?
		[ $status = 0 ] || [ -z "$(ls; ls .stage 2>/dev/null; grep " $3/" /proc/self/mountinfo)" ] || exit 98
		[ $status != 0 ] || "$1" --store="$3" exec a true || exit 97
		[ $status != 0 ] || "$1" --store="$3" rm a || exit 96
		exit $status' - "$NSMGR" "$1" "$T/small"
}

inodes() { grows 'inodes' 2 24 "nsmgr: cannot create 'a': *No space left on device*" with_inodes; }

with_descriptors() { prlimit --nofile="$1" "$NSMGR" create "$P.a" --all; }

# The least with which the program itself is loaded.
least_descriptors() {
	local n=3
	until prlimit --nofile="$n" "$NSMGR" rm --ignore-missing "$P.none" >/dev/null 2>&1 || [ $? != 127 ]; do
		n=$((n + 1))
	done
	echo $n
}

descriptors() {
	ok "$NSMGR" create "$P.first" --uts
	ok "$NSMGR" rm "$P.first"
	grows 'descriptors' $(least_descriptors) 40 "nsmgr: cannot create '$P.a': *" with_descriptors
	ok "$NSMGR" exec "$P.a" true
	ok "$NSMGR" rm "$P.a"
}

# With too few to see what a set has, rm refuses, and the keeper stays where it is found again.
descriptors_of_rm() {
	local n refused=0
	ok "$NSMGR" create "$P.a" --pid --uts
	for ((n = $(least_descriptors); n <= 40; n++)); do
		run prlimit --nofile="$n" "$NSMGR" rm "$P.a"
		[ "$st" != 0 ] || break
		is "status with $n" "$st" 1
		like "what is said with $n" "$err" "nsmgr: cannot rm '$P.a': *"
		is "keepers with $n" "$(keeper_of "$P.a" | wc -w)" 1
		ok "$NSMGR" exec "$P.a" true
		refused=$((refused + 1))
	done
	is 'status at last' "$st" 0
	yes "it was refused before ($refused)" test $refused -gt 0
	is 'what is left' "$(remains "$NSMGR_STORE")" ''
}

cases() {
	it 'names the limit of each type of namespace, and works with just enough (KERNEL R73)' namespaces
	it 'leaves nothing on a file system without inodes' inodes
	it 'create leaves nothing without descriptors' descriptors
	it 'rm takes a keeper away or leaves it in its set, with ever more descriptors' descriptors_of_rm
}

mkdir "$T/small" || exit 99
for_both
finish
