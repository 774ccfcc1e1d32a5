#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# check and gc: what killed processes leave, keepers, limits, other users, and stores that others change meanwhile.
# Cases are called by name (SC2317); single quotes are for inner shells (SC2016); lists of words are split (SC2046, SC2086).
# shellcheck disable=SC2016,SC2046,SC2086,SC2317
# shellcheck source=tests/cmd/findings.sh
. "${0%/*}/findings.sh"

DENY=$NSMGR_BUILDDIR/tests/cmd/deny

# ---- what the killed leave ----

stages() {
	local keeper
	command -v strace >/dev/null || skip 'strace is missing'
	ok "$NSMGR" create "$P.first" --uts
	run strace -qq -o /dev/null -e trace=renameat2 -e inject=renameat2:error=EIO:signal=KILL:when=1 \
		"$NSMGR" create "$P.k" --pid --net
	keeper=$(keeper_of "$P.k")
	yes 'a keeper is left' test -n "$keeper"
	mkdir -p "$NSMGR_STORE/.stage/held/set" "$NSMGR_STORE/.stage/half/set"
	: >"$NSMGR_STORE/.stage/half/set/net"
	exec {lock}<"$NSMGR_STORE/.stage/held"
	flock -x "$lock"
	run "$NSMGR" check -J
	is 'status' $st 3
	is 'findings' "$(jq -r '.findings[] | .kind + " " + .state' "$T/out")" 'stage gc
stage gc'
	yes 'the keeper lives' alive "$keeper"
	ok "$NSMGR" gc
	until_true 'the keeper has ended' gone "$keeper"
	is 'stages' "$(stages_in "$NSMGR_STORE")" held
	exec {lock}<&-
	collects 'stage .stage/held'
	# Something in the way is told.
	mkdir -p "$NSMGR_STORE/.stage/odd/set/dir/below"
	found 3 'stage .stage/odd failed' gc
	rm -r "$NSMGR_STORE/.stage/odd/set/dir"
	collects 'stage .stage/odd'
	: >"$NSMGR_STORE/.stage/file"
	by_hand 'name .stage/file'
	rm "$NSMGR_STORE/.stage/file"
}

pools() {
	local dir entries one
	ok "$NSMGR" pool fill 3 --pid --uts
	dir=$(cd "$NSMGR_STORE" && echo .pool/*)
	mapfile -t entries < <(cd "$NSMGR_STORE" && ls -d "$dir"/*)
	umount -l "$NSMGR_STORE/${entries[0]}/uts"
	kill -KILL "$(sed -n 's/^keeper //p' "$NSMGR_STORE/${entries[1]}/.set")"
	mkdir "$NSMGR_STORE/.pool/0123456789abcdef"
	collects "pool ${entries[0]}
pool ${entries[1]}
pool .pool/0123456789abcdef"
	is 'ready sets' "$("$NSMGR" pool ls -J | jq '.pools[].ready')" 1
	ok "$NSMGR" create "$P.a" --from-pool --pid --uts
	# A set of other types than its pool.
	ok "$NSMGR" pool fill 1 --pid --uts
	one=$(cd "$NSMGR_STORE" && ls -d "$dir"/*)
	umount -l "$NSMGR_STORE/$one/uts"
	rm "$NSMGR_STORE/$one/uts"
	collects "pool $one"
	ok "$NSMGR" pool fill 1 --net=/proc/self/ns/net --uts --hostname=--ipc
	clean
	ok "$NSMGR" pool drain
}

# What only the user can judge is named, and keeps nobody from looking at the rest.
odd_pools() {
	local dir one
	ok "$NSMGR" pool fill 1 --uts
	dir=$(cd "$NSMGR_STORE" && echo .pool/*)
	one=$(cd "$NSMGR_STORE" && echo "$dir"/*)
	: >"$NSMGR_STORE/.pool/qq"
	: >"$NSMGR_STORE/$dir/file"
	mkdir -p "$NSMGR_STORE/.pool/dir/.config" "$NSMGR_STORE/.pool/large" "$NSMGR_STORE/.pool/link"
	ln -s /dev/zero "$NSMGR_STORE/.pool/link/.config"
	truncate -s 10M "$NSMGR_STORE/.pool/large/.config"
	umount -l "$NSMGR_STORE/$one/uts"
	: >"$NSMGR_STORE/$one/foreign"
	by_hand "pool .pool/qq
pool .pool/dir
pool .pool/large
pool .pool/link
pool $dir/file
pool $one"
	rm -r "$NSMGR_STORE/.pool/qq" "$NSMGR_STORE/.pool/"{dir,large,link} "$NSMGR_STORE/$dir/file" "$NSMGR_STORE/$one/foreign"
	collects "pool $one"
	ok "$NSMGR" pool fill 1 --uts
	one=$(cd "$NSMGR_STORE" && echo "$dir"/*)
	rm "$NSMGR_STORE/$one/.set"
	collects "pool $one"
	ok "$NSMGR" pool drain
}

# ---- keepers ----

# orphan NAME: all but the keeper of a set is lost
orphan() {
	ok "$NSMGR" create "$1" --pid "${@:2}"
	keeper=$("$NSMGR" ls -rn -t pid -o PID "$1")
	umount -l "$NSMGR_STORE/$1/"*
	rm -r "${NSMGR_STORE:?}/$1"
}

keeper_left() {
	local keeper other
	ok "$NSMGR" create "$P.stays" --pid
	other=$("$NSMGR" ls -rn -o PID "$P.stays")
	orphan "$P.a"
	found 3 "keeper /proc/$keeper repair" gc
	mends repair "keeper /proc/$keeper"
	yes 'it has ended' gone "$keeper"
	# No filter in the way makes it another's.
	orphan "$P.b" --all
	is 'status where faccessat2 is forbidden' "$("$DENY" 439=1 -- "$NSMGR" check -rn -o PATH; echo $?)" "/proc/$keeper"$'\n'3
	mends repair "keeper /proc/$keeper"
	yes 'the other lives' alive "$other"
}

# Nobody is ended who is of use to somebody.
keeper_of_use() {
	local keeper held fake
	ok "$NSMGR" create "$P.a" --pid
	keeper=$("$NSMGR" ls -rn -o PID "$P.a")
	hold "$NSMGR" exec "$P.a"
	umount -l "$NSMGR_STORE/$P.a/pid"
	rm -r "${NSMGR_STORE:?}/$P.a"
	found 0 '' check --repair
	nsenter -t "$keeper" -p sh -c 'sleep 1000 </dev/null >/dev/null 2>&1 &'
	release
	wait "$pid"
	by_hand "keeper /proc/$keeper"
	yes 'it lives' alive "$keeper"
	kill -KILL $(<"/proc/$keeper/task/$keeper/children")
	mends repair "keeper /proc/$keeper"
	# A descriptor, a mount elsewhere, a set that pins it.
	orphan "$P.b"
	exec {held}<"/proc/$keeper/ns/pid"
	found 0 '' check --repair
	: >"$T/pinned"
	mount --bind "/proc/$keeper/ns/pid" "$T/pinned"
	exec {held}<&-
	found 0 '' check --repair
	umount "$T/pinned"
	found 3 "keeper /proc/$keeper repair" check
	ok "$NSMGR" attach "$P.c" "$keeper" --pid
	found 0 '' check --repair
	yes 'it lives' alive "$keeper"
	ok "$NSMGR" rm "$P.c"
	mends repair "keeper /proc/$keeper"
	# That of a command, what only looks like one, and that of another store.
	hold "$NSMGR" run --pid --
	spawn bash -c 'exec -a "nsmgr: fake" sleep 1000'
	fake=$pid
	ok "$NSMGR" --store="$T/other-$PROGRAM" create "$P.d" --pid
	clean
	found 0 '' check --repair
	ok "$NSMGR" --store="$T/other-$PROGRAM" rm "$P.d"
	umount "$T/other-$PROGRAM"
	end "$fake"
	release
}

# ---- limits ----

limits() {
	ok "$NSMGR" create "$P.a" --uts
	run unshare -U --map-root-user sh -c 'echo 1 >/proc/sys/user/max_uts_namespaces && exec "$0" check -J' "$NSMGR"
	is 'status' $st 3
	is 'the limit' "$(jq -r '.findings[] | select(.kind == "limit") | .type + " " + .path + " " + .state' "$T/out")" \
		'uts /proc/sys/user/max_uts_namespaces hand'
	mkdir "$T/small"
	mount -t tmpfs -o nr_inodes=20,size=1m none "$T/small"
	ok "$NSMGR" --store="$T/small/store" create "$P.s" --uts --net
	found 0 '' --store="$T/small/store" check
	(cd "$T/small" && : >a && : >b && : >c && : >d && : >e && : >f && : >g && : >h && : >i && : >j && : >k) 2>/dev/null
	run "$NSMGR" --store="$T/small/store" check -J
	is 'status' $st 3
	like 'the limit' "$(jq -r '.findings[] | .kind + " " + .problem' "$T/out")" 'limit * inodes are left of *'
	rm "$T/small/"?
	ok "$NSMGR" --store="$T/small/store" rm "$P.s"
	umount "$T/small/store"
	umount "$T/small"
	rmdir "$T/small"
}

# ---- others ----

# Anybody may look; what could not be looked at is said.
nobody() {
	[ -d "$T/bin" ] || copy_programs
	ok "$NSMGR" create "$P.a" --uts --pid
	run as_nobody check
	is 'status of an ordinary user' $st 0
	like 'what it says' "$err" "*could not look into '$NSMGR_STORE/.stage'*"
	umount -l "$NSMGR_STORE/$P.a/uts"
	run as_nobody check --repair -J
	is 'status of a repair' $st 3
	is 'what it finds' "$(jq -r '.findings[].kind' "$T/out")" stale
	is 'states' "$(states "$P.a")" 'pid live uts stale '
}

# gc leaves everything alone that anybody can use.
gc_is_safe() {
	local before
	ok "$NSMGR" create "$P.all" --all
	ok "$NSMGR" create "$P.partly" --uts --net
	ok "$NSMGR" create "$P.dead" --pid --net
	ok "$NSMGR" create "$P.gone" --uts
	ok "$NSMGR" pool fill 1 --pid
	kill -KILL "$("$NSMGR" ls -rn -t pid -o PID "$P.dead")"
	lose "$P.partly" uts
	lose "$P.gone" uts
	mkdir "$NSMGR_STORE/$P.hand"
	: >"$NSMGR_STORE/$P.hand/uts"
	mount --bind /proc/self/ns/uts "$NSMGR_STORE/$P.hand/uts"
	before=$("$NSMGR" ls -J -o name,type,inode,state,origin "$P.all" "$P.partly" "$P.dead" "$P.hand"
		"$NSMGR" pool ls
		mounts_below "$NSMGR_STORE")
	expect 3 "$NSMGR" gc
	is 'what is left' "$("$NSMGR" ls -J -o name,type,inode,state,origin
		"$NSMGR" pool ls
		mounts_below "$NSMGR_STORE")" "$before"
	ok "$NSMGR" pool drain
}

# ---- stores that change ----

# writer N: makes, renames, enters and removes one set, over and over, until it is told to stop
writer() {
	until [ -e "$T/stop" ]; do
		"$NSMGR" create "$P.w$1" --pid --net && "$NSMGR" rename "$P.w$1" "$P.v$1" && "$NSMGR" exec "$P.v$1" true &&
			"$NSMGR" rm "$P.v$1" && "$NSMGR" create "$P.w$1" --all && "$NSMGR" rm "$P.w$1" || exit 1
	done
}

# The same with ready sets.
filler() {
	until [ -e "$T/stop" ]; do
		"$NSMGR" pool fill 2 --uts --pid && "$NSMGR" create "$P.p" --from-pool --uts --pid && "$NSMGR" pool drain &&
			"$NSMGR" rm "$P.p" || exit 1
	done
}

# What others do is no finding, and a repair does nothing to it.
busy() {
	local writer writers=() look
	rm -f "$T/stop"
	ok "$NSMGR" create "$P.stays" --uts
	for writer in 'writer 1' 'writer 2' filler; do
		($writer) >"$T/said.${writer// /}" 2>&1 &
		writers+=($!)
	done
	# shellcheck disable=SC2034
	for look in {1..6}; do
		for writer in "${writers[@]}"; do
			yes 'it is still changed' alive "$writer"
		done
		found 0 '' check
		found 0 '' check --repair
		found 0 '' gc
	done
	: >"$T/stop"
	for writer in "${writers[@]}"; do
		ok wait "$writer"
	done
	is 'what writers say' "$(cat "$T"/said.*)" ''
	is 'states' "$(states "$P.stays")" 'uts live '
	ok "$NSMGR" pool drain
}

# Killed at a system call, a moment that does not depend on how fast the machine is.
killed() {
	local moment verb call n kills=0 cut=0
	command -v strace >/dev/null || skip 'strace is missing'
	ok "$NSMGR" create "$P.stays" --all
	for moment in create:{openat:{20,34,48},mkdirat:{1,2},mknodat:3,mount:{1,5,8},sendto:3,renameat2:1,fchmod:2} \
		rm:{renameat2:1,umount2:{1,3},unlinkat:{1,4,9}} check:{umount2:1,unlinkat:{1,2}}; do
		IFS=: read -r verb call n <<<"$moment"
		[ $verb = create ] || ok "$NSMGR" create "$P.k" --all
		if [ $verb = check ]; then # of a stage that it clears away
			mkdir "$NSMGR_STORE/.stage/left"
			mv "$NSMGR_STORE/$P.k" "$NSMGR_STORE/.stage/left/set"
		fi
		case $verb in
		create) set -- create "$P.k" --all ;;
		rm) set -- rm "$P.k" ;;
		check) set -- check --repair ;;
		esac
		run strace -qq -o /dev/null -e trace="$call" -e "inject=$call:signal=KILL:when=$n" "$NSMGR" "$@"
		kills=$((kills + (st == 137)))
		[ -z "$(stages_in "$NSMGR_STORE")" ] || cut=$((cut + 1))
		expect 0 "$NSMGR" check --repair
		clean
		is "stages after $moment" "$(stages_in "$NSMGR_STORE")" ''
		is "states after $moment" "$(states "$P.stays")" "$(printf '%s live ' $TYPES)"
		ok "$NSMGR" rm --ignore-missing "$P.k"
	done
	yes "there were kills ($kills), and something was left ($cut)" test $kills -ge 12 -a $cut -ge 8
}

cases() {
	it 'stages of the killed are removed with their keepers' stages
	it 'ready sets that cannot be given out are removed' pools
	it 'what is odd in a pool is named' odd_pools
	it 'a keeper without a set is ended' keeper_left
	it 'a keeper that somebody uses is not' keeper_of_use
	it 'limits that are nearly reached are told' limits
	it 'an ordinary user sees what may be seen' nobody ids
	it 'gc takes nothing that can be used' gc_is_safe
	it 'a store that others change has no findings' busy
	it 'whatever is killed, a repair leads back to a store that is well' killed
}

for_front
finish
