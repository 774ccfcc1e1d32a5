#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# Every type, alone and with every other: 255 sets, each made, listed, entered and removed.
# Cases are called by name (SC2317); single quotes are for inner shells (SC2016); lists of words are split (SC2046, SC2086);
# names are plain (SC2012).
# shellcheck disable=SC2012,SC2016,SC2046,SC2086,SC2317
# shellcheck source=tests/cmd/lib.sh
. "${0%/*}/lib.sh"

# The ids of the eight namespaces that a command in the set sees, "type:[inode]" in the order of $TYPES.
ids_inside() {
	"$NSMGR" exec "$1" readlink $(printf '/proc/self/ns/%s ' $TYPES)
}

# check_set NAME TYPE...: what is listed, and what exec enters, are exactly these types
check_set() {
	local set=$1 type listed inside inode state
	local -A live=()
	shift
	listed=$("$NSMGR" ls -rn -o TYPE,INODE,STATE "$set") || fail "ls of $*"
	while read -r type inode state; do
		is "state of $type of $*" "$state" live
		is "inode of $type of $*" "$(inode_of "$set" "$type")" "$inode"
		live[$type]=$inode
	done <<<"$listed"
	is "types listed of $*" "${#live[@]}" $#
	inside=$(ids_inside "$set") || fail "exec of $*"
	is "ids seen in $*" "$(wc -l <<<"$inside")" 8
	while IFS=: read -r type inode; do
		if [ -n "${live[$type]:-}" ]; then
			is "$type seen in $*" "$inode" "[${live[$type]}]"
			isnt "$type seen in $*" "$type:$inode" "$(ns_of self "$type")"
		else
			is "$type seen in $*" "$type:$inode" "$(ns_of self "$type")"
		fi
	done <<<"$inside"
}

all_combinations() {
	local mask bit type combinations=0
	for ((mask = 1; mask < 256; mask++)); do
		local chosen=() options=()
		bit=1
		for type in $TYPES; do
			((mask & bit)) && chosen+=("$type") && options+=("--$type")
			bit=$((bit * 2))
		done
		ok "$NSMGR" create "$P.a" "${options[@]}"
		check_set "$P.a" "${chosen[@]}"
		is "keepers of ${chosen[*]}" "$(keeper_of "$P.a" | wc -l)" "$((mask & 16 ? 1 : 0))"
		ok "$NSMGR" rm "$P.a"
		[ ! -e "$NSMGR_STORE/$P.a" ] || fail "a directory is left of ${chosen[*]}"
		is "mounts left of ${chosen[*]}" "$(mounts_below "$NSMGR_STORE")" "$NSMGR_STORE"
		combinations=$((combinations + 1))
	done
	is 'number of combinations' $combinations 255
	is 'keepers left' "$(keeper_of "$P.")" ''
	is 'what is left in the store' "$(sets_in "$NSMGR_STORE")$(stages_in "$NSMGR_STORE")" ''
}

all_at_once() {
	local first
	ok "$NSMGR" create "$P.a" --all
	check_set "$P.a" $TYPES
	first=$(ids_inside "$P.a")
	is 'what a second exec sees' "$(ids_inside "$P.a")" "$first"
	ok "$NSMGR" rm "$P.a"
}

short_options() {
	local letter names=() letters=(C i m n p T U u)
	# shellcheck disable=SC2206
	names=($TYPES)
	for letter in 0 1 2 3 4 5 6 7; do
		ok "$NSMGR" create "$P.s" "-${letters[letter]}"
		check_set "$P.s" "${names[letter]}"
		ok "$NSMGR" rm "$P.s"
	done
	ok "$NSMGR" create "$P.s" -nu --mount
	check_set "$P.s" mnt net uts
	ok "$NSMGR" create "$P.t" -a
	check_set "$P.t" $TYPES
}

# KERNEL R20, R28: what is made along with a user namespace belongs to it, what has none to the caller's.
owners() {
	local type owner own
	own=$(stat -L -c %i /proc/self/ns/user)
	ok "$NSMGR" create "$P.o" --all
	ok "$NSMGR" create "$P.p" --net --uts --pid
	owner=$(inode_of "$P.o" user)
	for type in $TYPES; do
		[ "$type" = user ] && continue
		ok "$NSMGR" ls -rn -t "$type" -o OWNER "$P.o"
		is "owner of $type" "$out" "$owner"
	done
	ok "$NSMGR" ls -rn -t user -o OWNER "$P.o"
	is 'owner of user' "$out" "$own"
	ok "$NSMGR" ls -rn -o OWNER "$P.p"
	is 'owners without user' "$out" "$own"$'\n'"$own"$'\n'"$own"
}

# LESSONS 7: all types pin, whatever the propagation around, and nsenter takes the handles as they are.
others_enter() {
	local type count=0
	# A /proc of the new pid namespace would tell nsenter nothing about itself.
	ok "$NSMGR" create "$P.n" --all --no-proc
	for type in $TYPES; do
		ok nsenter "--${type/mnt/mount}=$NSMGR_STORE/$P.n/$type" readlink "/proc/self/ns/$type"
		is "$type by nsenter" "$out" "$type:[$(inode_of "$P.n" "$type")]"
		count=$((count + 1))
	done
	is 'types entered' $count 8
}

cases() {
	it 'makes, lists, enters and removes all 255 combinations of types (KERNEL R10 R20 R24 R40 R50, LESSONS 7 8 9)' all_combinations
	it '--all enters all eight, and the same ones again' all_at_once
	it 'takes the letters of unshare(1), joined, and --mount' short_options
	it 'gives what it makes to the new user namespace (KERNEL R20)' owners
	it 'makes handles that nsenter takes (LESSONS 7 13)' others_enter ids
}

for_both
finish
