#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# check and gc: what can be wrong with a store and its sets is made, seen, mended or refused, and a second look is clean.
# Cases are called by name (SC2317); single quotes are for inner shells (SC2016); lists of words are split (SC2046, SC2086).
# shellcheck disable=SC2016,SC2046,SC2086,SC2317
# shellcheck source=tests/cmd/findings.sh
. "${0%/*}/findings.sh"

# ---- nothing ----

nothing() {
	local store=$T/none-$PROGRAM
	ok "$NSMGR" --store="$store" check
	is 'what is said without a store' "$out" "nothing is wrong: there is no store $store yet"
	ok "$NSMGR" --store="$store" check -J
	is 'findings' "$(jq '.findings | length' "$T/out")" 0
	ok "$NSMGR" --store="$store" gc
	ok "$NSMGR" --store="$store" check --repair
	no 'check makes a store' test -e "$store"
	mkdir "$store" # as systemd-tmpfiles does
	ok "$NSMGR" --store="$store" check
	is 'what is said of an empty one' "$out" "nothing is wrong with $store"
	rmdir "$store"
	ok "$NSMGR" create "$P.all" --all
	ok "$NSMGR" create "$P.held" --net --pid=/proc/self/ns/pid
	mount -t tmpfs none /run
	ok "$NSMGR" create "$P.named" --net --ip-netns --label=a=b
	ok "$NSMGR" pool fill 2 --net --pid
	is 'what is said aloud' "$("$NSMGR" check)" "nothing is wrong with $NSMGR_STORE"
	clean
	found 0 '' check --repair
	found 0 '' gc
	ok "$NSMGR" pool drain
	ok "$NSMGR" rm "$P.named"
	umount -l /run
}

usage() {
	expect 2 "$NSMGR" check "$P.a"
	like 'what is said' "$err" "*one too many*"
	expect 2 "$NSMGR" gc --repair
	expect 2 "$NSMGR" check -o nothing
	: >"$T/file"
	expect 1 "$NSMGR" --store="$T/file" check
	like 'what is said' "$err" "*no directory*"
}

# ---- handles ----

# The namespace lives in a process: the very same is mounted again.
restored() {
	local net
	ok "$NSMGR" create "$P.a" --net --uts --pid
	needs_ids "$P.a"
	net=$(inode_of "$P.a" net)
	hold "$NSMGR" exec "$P.a"
	lose "$P.a" net
	lose "$P.a" pid
	rm "$NSMGR_STORE/$P.a/pid"
	# A look changes nothing, nor does gc, nor a second repair.
	found 3 "missing $P.a/pid repair
stale $P.a/net repair" check
	found 3 "missing $P.a/pid repair
stale $P.a/net repair" gc
	mends repair "stale $P.a/net
missing $P.a/pid"
	found 0 '' check --repair
	is 'states' "$(states "$P.a")" 'net live pid live uts live '
	is 'the namespace' "$(inode_of "$P.a" net)" "$net"
	ok "$NSMGR" exec "$P.a" true
	release
	wait "$pid"
	# Nobody keeps it: the set would not be what it was made for.
	ok "$NSMGR" create "$P.b" --net --uts
	lose "$P.b" uts
	by_hand "stale $P.b/uts"
	expect 125 "$NSMGR" exec "$P.b" true
	rm -f "$NSMGR_STORE/$P.b/uts"
	by_hand "missing $P.b/uts"
	ok "$NSMGR" rm "$P.b"
	clean
}

stacked() {
	local file=$NSMGR_STORE/$P.a/uts uts
	: >"$T/kept"
	ok "$NSMGR" create "$P.a" --uts --net --mnt
	needs_ids "$P.a"
	uts=$(inode_of "$P.a" uts)
	mount --bind "$file" "$file"
	mount --bind "$NSMGR_STORE/$P.a/mnt" "$NSMGR_STORE/$P.a/mnt"
	mends repair "stacked $P.a/uts
stacked $P.a/mnt"
	# Another namespace over the right one, and below it.
	mount --bind /proc/self/ns/uts "$file"
	mount --bind /proc/self/ns/net "$file"
	mends repair "foreign $P.a/uts
stacked $P.a/uts"
	is 'mounts' "$(mounts_at "$file")" 1
	is 'the namespace' "$(inode_of "$P.a" uts)" "$uts"
	# The right one over another is not taken off, as nothing else may keep it.
	mount --bind "$file" "$T/kept"
	lose "$P.a" uts
	mount --bind /proc/self/ns/uts "$file"
	mount --bind "$T/kept" "$file"
	umount "$T/kept"
	by_hand "stacked $P.a/uts"
	is 'the namespace' "$(inode_of "$P.a" uts)" "$uts"
	# Another one alone.
	umount "$file"
	by_hand "foreign $P.a/uts"
	ok "$NSMGR" rm "$P.a"
	# Without a record the right one is not known, unless all are the same.
	mkdir "$NSMGR_STORE/$P.b"
	: >"$NSMGR_STORE/$P.b/uts"
	mount --bind /proc/self/ns/uts "$NSMGR_STORE/$P.b/uts"
	mount --bind /proc/self/ns/net "$NSMGR_STORE/$P.b/uts"
	by_hand "foreign $P.b/uts
metadata $P.b/.set
stacked $P.b/uts"
	umount "$NSMGR_STORE/$P.b/uts"
	mount --bind /proc/self/ns/uts "$NSMGR_STORE/$P.b/uts"
	mends repair "metadata $P.b/.set
stacked $P.b/uts"
}

# Sets of which nothing can be used.
unusable() {
	ok "$NSMGR" create "$P.a" --uts --net
	ok "$NSMGR" create "$P.d" --pid
	ok "$NSMGR" create "$P.left" --uts
	umount -l "$NSMGR_STORE/$P.a/"{uts,net}
	kill -KILL "$("$NSMGR" ls -rn -o PID "$P.d")"
	sed -i 's/^boot .*/boot 00000000-0000-4000-8000-000000000000/' "$NSMGR_STORE/$P.left/.set"
	lose "$P.left" uts
	: >"$NSMGR_STORE/$P.left/.labels" # which another verb writes
	collects "stale $P.a/uts
stale $P.a/net
dead $P.d/pid
old $P.left/.set
stale $P.left/uts"
	is 'sets' "$("$NSMGR" ls -q)" ''
	# By hand, perhaps just being made: a repair takes it, gc does not.
	mkdir "$NSMGR_STORE/$P.e" "$NSMGR_STORE/$P.f"
	: >"$NSMGR_STORE/$P.f/net"
	found 3 "empty $P.e repair
metadata $P.f/.set repair
stale $P.f/net repair" gc
	mends repair "empty $P.e
metadata $P.f/.set
stale $P.f/net"
	# What is dead beside something that can be used.
	ok "$NSMGR" create "$P.g" --pid --net
	kill -KILL "$("$NSMGR" ls -rn -t pid -o PID "$P.g")"
	by_hand "dead $P.g/pid"
	ok "$NSMGR" exec --only=net "$P.g" true
}

# A keeper that lives is a way back to the set, and who lives with it is not disturbed.
keeper_lives() {
	local pid
	ok "$NSMGR" create "$P.a" --pid
	pid=$("$NSMGR" ls -rn -o PID "$P.a")
	lose "$P.a" pid
	found 3 "stale $P.a/pid repair" gc
	mends repair "stale $P.a/pid"
	is 'the keeper' "$("$NSMGR" ls -rn -o PID "$P.a")" "$pid"
}

# ---- what is recorded ----

metadata() {
	ok "$NSMGR" create "$P.a" --uts --net
	rm "$NSMGR_STORE/$P.a/.set"
	mends repair "metadata $P.a/.set"
	is 'origins' "$("$NSMGR" ls -rn -o ORIGIN "$P.a" | sort -u)" pinned
	echo nonsense >"$NSMGR_STORE/$P.a/.set"
	mends repair "metadata $P.a/.set"
	: >"$NSMGR_STORE/$P.a/ipc"
	mount --bind /proc/self/ns/ipc "$NSMGR_STORE/$P.a/ipc"
	mends repair "metadata $P.a/.set"
	is 'states' "$(states "$P.a")" 'ipc live net live uts live '
	sed -i 's/^boot .*/boot 00000000-0000-4000-8000-000000000000/' "$NSMGR_STORE/$P.a/.set"
	mends repair "old $P.a/.set"
	# What was recorded of the others stays.
	ok "$NSMGR" create "$P.b" --uts
	: >"$NSMGR_STORE/$P.b/ipc"
	mount --bind /proc/self/ns/ipc "$NSMGR_STORE/$P.b/ipc"
	mends repair "metadata $P.b/.set"
	is 'origins' "$("$NSMGR" ls -rn -o TYPE,ORIGIN "$P.b" | tr '\n' ' ')" 'ipc pinned uts made '
	# Labels are recorded nowhere else.
	ok "$NSMGR" label "$P.b" a=b
	clean
	echo nonsense >"$NSMGR_STORE/$P.b/.labels"
	by_hand "metadata $P.b/.labels"
	rm "$NSMGR_STORE/$P.b/.labels"
	mkdir "$NSMGR_STORE/$P.b/.labels"
	by_hand "unsafe $P.b/.labels"
	expect 1 "$NSMGR" rm "$P.b"
	like 'what rm names' "$err" '*.labels*'
	is 'what rm leaves' "$(states "$P.b")" 'ipc live uts live '
	rmdir "$NSMGR_STORE/$P.b/.labels"
	ok "$NSMGR" rm "$P.b"
	clean
}

names() {
	ok "$NSMGR" create "$P.a" --uts
	mkdir "$NSMGR_STORE/-v" "$NSMGR_STORE/.hidden" "$NSMGR_STORE/$P.a/net"
	: >"$NSMGR_STORE/junk"
	ln -s . "$NSMGR_STORE/link"
	: >"$NSMGR_STORE/$P.a/what"
	by_hand "name -v
name .hidden
name $P.a/net
name $P.a/what
name junk
name link"
	rm -r "$NSMGR_STORE/"{-v,.hidden,junk,link} "$NSMGR_STORE/$P.a/"{net,what}
	clean
	# Any bytes: what is printed is one line, and JSON.
	: >"$NSMGR_STORE/"$'x\xff\n\e[1m"'
	expect 3 "$NSMGR" check
	is 'lines' "$(wc -l <"$T/out")" 2
	like 'the name' "$out" '*/x\\xff\\x0a*'
	expect 3 "$NSMGR" check -J
	ok iconv -f UTF-8 -t UTF-8 "$T/out"
	expect 3 "$NSMGR" check -J
	ok jq . "$T/out"
	rm "$NSMGR_STORE"/x*
	: >"$NSMGR_STORE/.store.new"
	# Who only looks makes no file.
	rm "$NSMGR_STORE/.lock"
	found 3 'name .store.new gc' check
	no 'a lock was made' test -e "$NSMGR_STORE/.lock"
	collects 'name .store.new'
}

# What a rename or a removal leaves in /run/netns when it is killed; and what somebody else took away from there.
netns_names() {
	local mark inode
	mount -t tmpfs none /run
	ok "$NSMGR" create "$P.a" --net --uts --ip-netns
	inode=$(inode_of "$P.a" net)
	mark=$(readlink "$NSMGR_STORE/$P.a/.ip-netns.$P.a")
	ln -s "$mark" "$NSMGR_STORE/$P.a/.ip-netns.$P.old"
	: >"/run/netns/$P.old"
	mount --bind "$NSMGR_STORE/$P.a/net" "/run/netns/$P.old"
	found 3 "name $P.a/.ip-netns.$P.old repair" gc
	mends repair "name $P.a/.ip-netns.$P.old"
	is 'names' "$(ls /run/netns)" "$P.a"
	# Gone, but for the file perhaps.
	umount "/run/netns/$P.a"
	mends repair "name $P.a/.ip-netns.$P.a"
	umount "/run/netns/$P.a"
	rm "/run/netns/$P.a"
	mends repair "name $P.a/.ip-netns.$P.a"
	is 'its namespace' "$(stat -L -c %i "/run/netns/$P.a")" "$inode"
	# Another namespace has the name by now: that is somebody else's.
	umount "/run/netns/$P.a"
	mount --bind /proc/self/ns/net "/run/netns/$P.a"
	clean
	umount "/run/netns/$P.a"
	ok "$NSMGR" rm "$P.a"
	is 'names' "$(ls /run/netns)" ''
	umount -l /run
}

# ---- modes and owners ----

unsafe() {
	local set=$NSMGR_STORE/$P.a
	ok "$NSMGR" create "$P.a" --uts
	chmod 666 "$NSMGR_STORE/.lock" "$NSMGR_STORE/.store" "$set/.set"
	chmod 777 "$NSMGR_STORE/.stage" "$set"
	mends repair "unsafe .lock
unsafe .store
unsafe .stage
unsafe $P.a
unsafe $P.a/.set"
	is 'modes' "$(cd "$NSMGR_STORE" && stat -c %a .lock .store .stage "$P.a" "$P.a/.set" | xargs)" '600 644 700 755 644'
	chown 1:1 "$set"
	by_hand "unsafe $P.a"
	lose "$P.a" uts
	by_hand "stale $P.a/uts
unsafe $P.a"
	chown 0:0 "$set"
	collects "stale $P.a/uts"
	rm "$NSMGR_STORE/.lock"
	mkdir "$NSMGR_STORE/.lock"
	by_hand 'unsafe .lock'
	rmdir "$NSMGR_STORE/.lock"
	chmod 777 "$NSMGR_STORE"
	by_hand 'unsafe .'
	chmod 755 "$NSMGR_STORE"
	clean
}

# ---- the store ----

propagation() {
	ok "$NSMGR" create "$P.a" --uts
	mount --make-shared "$NSMGR_STORE"
	mends repair 'propagation .'
	mount --make-shared "$NSMGR_STORE"
	unshare -m --propagation unchanged sh -c 'mount --make-slave "$0" && exec "$1" check -J' "$NSMGR_STORE" "$NSMGR" >"$T/out"
	is 'what is found elsewhere' "$(jq -r '.findings[].kind' "$T/out")" elsewhere
	mount --make-private "$NSMGR_STORE"
	clean
}

covered() {
	ok "$NSMGR" create "$P.a" --uts --pid
	mount --bind "$NSMGR_STORE" "$NSMGR_STORE"
	expect 125 "$NSMGR" exec "$P.a" true
	mends repair 'stacked .'
	ok "$NSMGR" exec "$P.a" true
	mount --bind "$NSMGR_STORE" "$NSMGR_STORE"
	(cd "$NSMGR_STORE" && found 3 'stacked . failed' check --repair) || exit 1
	mount -t tmpfs none "$NSMGR_STORE/$P.a"
	by_hand 'stacked .'
	umount "$NSMGR_STORE/$P.a"
	mends repair 'stacked .'
	# One that is not a copy of it has no .store, and gets none.
	mount -t tmpfs -o mode=755 none "$NSMGR_STORE"
	by_hand 'stacked .'
	mkdir -p "$NSMGR_STORE/$P.b"
	by_hand 'stacked .'
	no 'it is made a store' test -e "$NSMGR_STORE/.store"
	umount "$NSMGR_STORE"
	clean
	ok "$NSMGR" exec "$P.a" true
	# A store below a mount that covers all of it, of the same path.
	ok unshare -m sh -c 'mount -t tmpfs -o mode=755 none "$1" && for once in 1 2; do
		"$0" --store="$1/store" create a --uts && mount -t tmpfs -o mode=755 none "$1" || exit; done
		umount "$1" && "$0" --store="$1/store" check && "$0" --store="$1/store" rm a' "$NSMGR" "$T"
	like 'below another' "$out" 'nothing is wrong with*'
}

# The whole mount is gone, or what tells of it.
unmounted() {
	local store=$T/un-$PROGRAM
	(
		export NSMGR_STORE=$store
		ok "$NSMGR" create "$P.u" --uts
		[ -n "$("$NSMGR" ls -rn -o ID "$P.u" | tr -d '[:space:]"')" ] || {
			"$NSMGR" rm "$P.u"
			umount "$store"
			skip 'this kernel gives namespaces no ids'
		}
		hold "$NSMGR" exec "$P.u"
		umount -l "$store"
		found 3 "stale $P.u/uts repair
unmounted . repair" check
		mends repair "stale $P.u/uts
unmounted ."
		ok "$NSMGR" exec "$P.u" true
		release
		wait "$pid"
		rm "$store/.store"
		mends repair 'unmounted .'
		echo junk >"$store/.store"
		mends repair 'unmounted .'
		is 'mounts' "$(mounts_at "$store")" 1
		ok "$NSMGR" rm "$P.u"
		# A store made by hand, that is no mount of its own.
		umount "$store"
		rm "$store/.store"
		mkdir "$store/$P.h"
		: >"$store/$P.h/uts"
		mount --bind /proc/self/ns/uts "$store/$P.h/uts"
		found 3 "metadata $P.h/.set repair
unmounted . hand" check
		umount "$store/$P.h/uts"
		rm -r "$store"
	) || exit $?
	checks=$((checks + 1))
}

# What lies in a directory that is no store is somebody else's.
no_store() {
	local store=$T/no-$PROGRAM
	local -x NSMGR_STORE=$store
	mkdir -p "$store/empty" "$store/hand"
	: >"$store/hand/net"
	: >"$store/file"
	by_hand 'unmounted .'
	found 3 'unmounted . hand' gc
	like 'what is said' "$("$NSMGR" check -J | jq -r '.findings[].problem')" 'no store of nsmgr: *'
	is 'what is in it' "$(cd "$store" && find . | sort | tr '\n' ' ')" '. ./empty ./file ./hand ./hand/net '
	is 'mounts' "$(mounts_at "$store")" 0
	rm -r "$store"
}

elsewhere() {
	ok "$NSMGR" create "$P.a" --uts --pid
	for verb in 'check' 'check --repair' gc; do
		run unshare -m "$NSMGR" $verb -J
		is "status of $verb" $st 3
		is "what $verb finds" "$(jq -r '.findings[] | .kind + " " + .state' "$T/out")" 'elsewhere hand'
		like 'the cure' "$(jq -r '.findings[].repair' "$T/out")" 'nsenter -t * -m nsmgr *'
	done
	clean
	run unshare --pid --fork "$NSMGR" check
	like 'what is said with the /proc of others' "$err" '*keepers*not looked for: /proc is that of another pid namespace'
	is 'states' "$(states "$P.a")" 'pid live uts live '
}

cases() {
	it 'a store that is well, or not there, is no finding' nothing
	it 'a bad command line or place is told from a finding' usage
	it 'a lost handle is mounted again if its namespace lives, and left to the user if not' restored
	it 'mounts on each other are one again, the right one' stacked
	it 'a set of which nothing can be used is removed' unusable
	it 'a keeper that lives brings its handle back' keeper_lives
	it 'what is recorded is written anew from what is there' metadata
	it 'names and files that are none of ours are told' names
	it 'names in /run/netns are one, and the right one' netns_names
	it 'modes are mended, owners are told' unsafe ids
	it 'a shared store is made private' propagation
	it 'what covers the store is unmounted, unless it is in use' covered
	it 'a store that lost its mount is mounted' unmounted
	it 'what is no store is not touched' no_store
	it 'a store of another mount namespace is not touched' elsewhere
}

for_front
finish
