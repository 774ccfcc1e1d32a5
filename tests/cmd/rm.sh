#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# rm: frees what create made, everywhere, and nothing else.
# Cases are called by name (SC2317); single quotes are for inner shells (SC2016); lists of words are split (SC2046, SC2086);
# names are plain (SC2012).
# shellcheck disable=SC2012,SC2016,SC2046,SC2086,SC2317
# shellcheck source=tests/cmd/lib.sh
. "${0%/*}/lib.sh"

# Whether any process's mount table has one of these inode numbers, or a path of the set.
mounted_anywhere() {
	local pattern=$1
	env -u NSMGR_TEST_MARK grep -Eqs "$pattern" /proc/[0-9]*/mountinfo
}
free_everywhere() { ! mounted_anywhere "$1"; }

# A peer mount namespace, made after the sets, so with copies of their handles: $pid.
peer() {
	hold unshare -m "--propagation=$1"
}

frees() {
	local ids how
	for how in private slave shared unchanged; do
		ok "$NSMGR" create "$P.f" --all
		ok "$NSMGR" ls -rn -o TYPE,INODE "$P.f"
		ids=$(awk '{ printf "%s%s:\\[%s\\]", (NR > 1 ? "|" : ""), $1, $2 }' <<<"$out")
		peer $how
		yes "a peer ($how) has copies" grep -q "$NSMGR_STORE/$P.f/net" "/proc/$pid/mountinfo"
		ok "$NSMGR" rm "$P.f"
		no "paths are left in a mount table ($how)" mounted_anywhere "$NSMGR_STORE/($P.f|.stage)"
		# Others may be given the same inode numbers for a while.
		until_true "ids are in no mount table ($how)" free_everywhere " ($ids) "
		release
		wait "$pid"
	done
}

# KERNEL R5: also copies in a mount namespace of another user.
frees_in_user_namespace() {
	ok "$NSMGR" create "$P.f" --net --uts
	hold unshare -Um --map-root-user --propagation=unchanged
	yes 'the copy is there' grep -q "$NSMGR_STORE/$P.f/net" "/proc/$pid/mountinfo"
	ok "$NSMGR" rm "$P.f"
	no 'it is left' grep -q "$NSMGR_STORE/$P.f" "/proc/$pid/mountinfo"
	no 'it is left under another name' grep -q "$NSMGR_STORE/.stage" "/proc/$pid/mountinfo"
	release
	wait "$pid"
}

names_and_aliases() {
	local verb
	for verb in rm del delete remove; do
		ok "$NSMGR" create "$P.a" "$P.b" --uts
		ok "$NSMGR" $verb "$P.a" "$P.b"
		is "left by $verb" "$(sets_in "$NSMGR_STORE")" ''
	done
	ok "$NSMGR" create "$P.a" "$P.b" --uts
	ok "$NSMGR" rm --all-sets
	is 'left by --all-sets' "$(sets_in "$NSMGR_STORE")$(mounts_below "$NSMGR_STORE" | tail -n +2)" ''
	ok "$NSMGR" rm --all-sets
	expect 2 "$NSMGR" rm --kill --wait "$P.a"
	expect 2 "$NSMGR" rm --wait=x "$P.a"
	expect 2 "$NSMGR" rm --no-such "$P.a"
}

missing() {
	expect 1 "$NSMGR" rm "$P.none"
	is 'what is said' "$err" "nsmgr: cannot rm '$P.none': open: no such set"
	ok "$NSMGR" rm --ignore-missing "$P.none"
	ok "$NSMGR" "--store=$T/none" rm --ignore-missing "$P.none"
	expect 1 "$NSMGR" "--store=$T/none" rm "$P.none"
	no 'rm makes a store' test -e "$T/none"
	ok "$NSMGR" "--store=$T/none" rm --all-sets
}

busy() {
	local keeper child
	ok "$NSMGR" create "$P.b" --pid --net
	keeper=$(keeper_of "$P.b")
	hold "$NSMGR" exec "$P.b"
	child=$(pgrep -P "$pid")
	expect 1 "$NSMGR" rm "$P.b"
	like 'what is said' "$err" "nsmgr: cannot rm '$P.b': pid: *1 process still in it: $child *--kill*"
	unlike 'what is said' "$err" "*$keeper*"
	ok "$NSMGR" exec "$P.b" true
	ok "$NSMGR" ls -rn -o STATE "$P.b"
	is 'states' "$(sort -u <<<"$out")" live
	# --all-sets removes the others.
	ok "$NSMGR" create "$P.c" --uts
	expect 1 "$NSMGR" rm --all-sets
	is 'sets left' "$("$NSMGR" ls -q)" "$P.b"
	release
	wait "$pid"
	ok "$NSMGR" rm "$P.b"
	yes 'the keeper is gone' gone "$keeper"
}

# What is above the store is visible a second time, here: nothing can be unlinked on which something lies there.
visible_twice() {
	local store=$T/$PROGRAM-above/s
	local -x NSMGR_STORE=$store
	mkdir -p "$T/$PROGRAM-above" "$T/$PROGRAM-again"
	ok "$NSMGR" create "$P.a" --uts
	ok "$NSMGR" create "$P.b" "$P.c" --net --uts
	ok "$NSMGR" create "$P.d" --pid --uts
	ok mount --rbind "$T/$PROGRAM-above" "$T/$PROGRAM-again"
	is 'copies' "$(mounts_below "$T/$PROGRAM-again" | grep -c "/$P\.")" 7
	ok "$NSMGR" rm "$P.a"
	ok "$NSMGR" rm "$P.b" "$P.c"
	ok "$NSMGR" rm "$P.d"
	is 'what lies there' "$(mounts_below "$T/$PROGRAM-again" | sort)" "$(printf '%s\n' "$T/$PROGRAM-again" "$T/$PROGRAM-again/s")"
	is 'what is in the store' "$(sets_in "$store")$(stages_in "$store")" ''
	ok umount -R "$T/$PROGRAM-again"
	ok umount "$store"
}

# A /proc in which nothing of ours is to be found says nothing about the set, least of all that there is none.
foreign_proc() {
	ok "$NSMGR" create "$P.a" --pid --uts
	expect 1 unshare -m sh -c 'mount -t tmpfs none /proc && exec "$0" --store="$1" rm --force --ignore-missing "$2"' \
		"$NSMGR" "$NSMGR_STORE" "$P.a"
	is 'sets' "$(sets_in "$NSMGR_STORE")" "$P.a"
	expect 1 unshare -p -f "$NSMGR" rm -v --ignore-missing "$P.a"
	unlike 'what is said' "$err" '*was not there*'
	is 'sets' "$(sets_in "$NSMGR_STORE")" "$P.a"
	ok "$NSMGR" rm "$P.a"
}

# One who lives in a pid namespace below is inside as well.
busy_below() {
	ok "$NSMGR" create "$P.b" --pid --mnt
	hold "$NSMGR" exec "$P.b" unshare --pid --fork --kill-child
	expect 1 "$NSMGR" rm "$P.b"
	like 'what is said' "$err" '*2 processes still in it*'
	ok "$NSMGR" rm --kill "$P.b"
	wait "$pid"
	is 'what became of the command' $? 137
}

kill_all() {
	local i pids=()
	ok "$NSMGR" create "$P.k" --pid --mnt
	for i in 1 2 3; do
		hold "$NSMGR" exec "$P.k" sh -c 'trap "" TERM HUP INT; exec "$@"' sh
		pids+=("$pid" "$(pgrep -P "$pid")")
	done
	ok "$NSMGR" rm --kill "$P.k"
	for i in 1 3 5; do
		yes 'all have ended when rm returns' gone "${pids[i]}"
	done
	wait
}

waits() {
	local rm
	ok "$NSMGR" create "$P.w" --pid
	hold "$NSMGR" exec "$P.w"
	held=$pid
	expect 1 "$NSMGR" rm --wait=0.05 "$P.w"
	like 'what is said when it is over' "$err" '*1 process still in it*'
	ok "$NSMGR" exec "$P.w" true
	spawn "$NSMGR" rm --wait "$P.w"
	rm=$pid
	asleep() { grep -q '^State:.S' "/proc/$rm/status"; }
	until_true 'rm waits' asleep
	yes 'the set is there while rm waits' test -d "$NSMGR_STORE/$P.w"
	release
	wait "$held"
	wait "$rm"
	is 'status of rm' $? 0
	no 'the set is left' test -e "$NSMGR_STORE/$P.w"
	# Interrupted while it waits, it leaves the set as it was.
	ok "$NSMGR" create "$P.w" --pid
	hold "$NSMGR" exec "$P.w"
	held=$pid
	spawn "$NSMGR" rm --wait=60 "$P.w"
	rm=$pid
	until_true 'rm waits' asleep
	kill -TERM "$rm"
	wait "$rm"
	is 'status of an interrupted rm' $? 143
	ok "$NSMGR" exec "$P.w" true
	release
	wait "$held"
	ok "$NSMGR" rm "$P.w"
	is 'what is left' "$(stages_in "$NSMGR_STORE")" ''
}

# LESSONS 4: what is broken can be removed.
broken() {
	local keeper
	ok "$NSMGR" create "$P.a" "$P.b" "$P.c" "$P.d" "$P.e" --net --uts
	umount "$NSMGR_STORE/$P.a/net"
	ok "$NSMGR" rm "$P.a"
	rm "$NSMGR_STORE/$P.b/.set"
	ok "$NSMGR" rm "$P.b"
	echo nonsense >"$NSMGR_STORE/$P.c/.set"
	ok "$NSMGR" rm "$P.c"
	umount "$NSMGR_STORE/$P.d/net"
	mount --bind /proc/self/ns/net "$NSMGR_STORE/$P.d/net"
	ok "$NSMGR" rm "$P.d"
	# LESSONS 2: a stack goes whole.
	mount --bind /proc/self/ns/net "$NSMGR_STORE/$P.e/net"
	mount --bind /proc/self/ns/uts "$NSMGR_STORE/$P.e/net"
	ok "$NSMGR" rm "$P.e"
	is 'mounts left' "$(mounts_below "$NSMGR_STORE")" "$NSMGR_STORE"
	mkdir "$NSMGR_STORE/$P.hand"
	ok "$NSMGR" rm "$P.hand"
	# Whose a pid namespace is nobody knows without a record: it is let be, and told of.
	ok "$NSMGR" create "$P.f" --pid --uts
	keeper=$(keeper_of "$P.f")
	: >"$NSMGR_STORE/$P.f/.set"
	ok "$NSMGR" rm "$P.f"
	is 'what is said' "$err" "nsmgr: no record tells whether '$P.f' made its pid namespace: that lives on, with process $keeper as its init"
	yes 'its keeper lives' alive "$keeper"
	kill -9 "$keeper"
	is 'sets left' "$(sets_in "$NSMGR_STORE")" ''
}

# CVE-2015-1335: no link is followed, nothing outside is touched.
links() {
	local victim=$T/$PROGRAM-victim
	ok "$NSMGR" create "$P.a" --uts
	mkdir "$victim"
	: >"$victim/net"
	mount --bind /proc/self/ns/net "$victim/net"
	ln -s "$victim" "$NSMGR_STORE/$P.link"
	expect 1 "$NSMGR" rm "$P.link"
	like 'what is said of a link' "$err" '*not a set*'
	mkdir "$NSMGR_STORE/$P.in"
	ln -s "$victim/net" "$NSMGR_STORE/$P.in/net"
	expect 1 "$NSMGR" rm "$P.in"
	expect 125 "$NSMGR" exec "$P.in" true
	mkdir "$NSMGR_STORE/$P.dir"
	mkdir "$NSMGR_STORE/$P.dir/net"
	expect 1 "$NSMGR" rm "$P.dir"
	: >"$NSMGR_STORE/$P.file"
	expect 1 "$NSMGR" rm "$P.file"
	yes 'what is outside stays mounted' is_mounted "$victim/net"
	yes 'the link stays' test -L "$NSMGR_STORE/$P.link"
	rm -r "$NSMGR_STORE/$P.link" "$NSMGR_STORE/$P.in" "$NSMGR_STORE/$P.dir" "$NSMGR_STORE/$P.file"
	umount "$victim/net"
	rm -r "$victim"
}

# Something that is no handle is not ours to delete: the set stays whole.
odd_file() {
	ok "$NSMGR" create "$P.o" --uts
	echo precious >"$NSMGR_STORE/$P.o/notes"
	expect 1 "$NSMGR" rm "$P.o"
	like 'what is said' "$err" "*'notes' in it is no handle*"
	ok "$NSMGR" exec "$P.o" true
	is 'the file' "$(<"$NSMGR_STORE/$P.o/notes")" precious
	rm "$NSMGR_STORE/$P.o/notes"
	ok "$NSMGR" rm "$P.o"
}

# exec holds a shared lock while it joins a pid set: rm never pulls it away half-entered.
race_with_exec() {
	local i status
	for i in {1..30}; do
		ok "$NSMGR" create "$P.r" --all
		"$NSMGR" exec "$P.r" true 2>"$T/race" &
		pid=$!
		run "$NSMGR" rm --kill "$P.r"
		is 'status of rm' "$st" 0
		wait "$pid"
		status=$?
		case $status in
		0 | 137) ;;
		125) like 'what exec says' "$(<"$T/race")" "nsmgr: cannot exec '$P.r': *no such set*" ;;
		*) fail "status $status of exec: $(<"$T/race")" ;;
		esac
	done
}

# Two removing the same: one of them does, and nothing is left.
race_of_two() {
	local i first second
	for i in {1..20}; do
		ok "$NSMGR" create "$P.r" --net --pid
		"$NSMGR" rm "$P.r" 2>/dev/null &
		pid=$!
		"$NSMGR" rm "$P.r" 2>/dev/null
		second=$?
		wait "$pid"
		first=$?
		is 'statuses' $((first + second)) 1
		is 'mounts' "$(mounts_below "$NSMGR_STORE")" "$NSMGR_STORE"
	done
}

# Without descriptors to look with, nobody is taken for gone.
few_descriptors() {
	local n
	ok "$NSMGR" create "$P.few" --pid --net
	hold "$NSMGR" exec "$P.few"
	for n in {4..16}; do
		expect 1 bash -c 'ulimit -n "$1"; exec "$2" rm "$3"' bash "$n" "$NSMGR" "$P.few"
		yes "the set is there after a try with $n descriptors" test -d "$NSMGR_STORE/$P.few"
		yes "who is inside lives after a try with $n descriptors" alive "$pid"
	done
	release
	wait "$pid"
	ok "$NSMGR" rm "$P.few"
}

# What holds the namespaces is found by identity, after the names have gone.
reported() {
	local process
	ok "$NSMGR" create "$P.a" "$P.b" "$P.c" --net --uts
	hold "$NSMGR" exec "$P.a"
	process=$pid
	exec {fd}<"$NSMGR_STORE/$P.b/net"
	ok "$NSMGR" attach "$P.d" "$NSMGR_STORE/$P.c"
	local net_a net_b uts_a
	net_a=$(inode_of "$P.a" net) uts_a=$(inode_of "$P.a" uts) net_b=$(inode_of "$P.b" net)
	ok "$NSMGR" rm "$P.a" "$P.b" "$P.c" --report
	is 'what is printed' "$out" ''
	is 'namespaces that live on' "$(sed -n "s/^nsmgr: rm: '$P.\(.*\)': \([a-z]*\) lives on: .*/\1 \2/p" "$T/err" | sort | xargs)" \
		'a net a uts b net c net c uts'
	like 'a process' "$err" "*'$P.a': net lives on: process $process (*) (nsmgr holders 'net:\[$net_a\]')*"
	like 'a process' "$err" "*'$P.a': uts lives on: process $process (*) (nsmgr holders 'uts:\[$uts_a\]')*"
	like 'a descriptor' "$err" "*'$P.b': net lives on: fd $fd of * (nsmgr holders 'net:\[$net_b\]')*"
	like 'a handle' "$err" "*'$P.c': net lives on: handle $NSMGR_STORE/$P.d/net*"
	ok "$FULL" holders "net:[$net_a]" -rn -o KIND,PID
	is 'the hint' "$out" "process $process"
	exec {fd}<&-
	end "$process"
	ok "$NSMGR" rm "$P.d" --report
	unlike 'what is gone' "$err" '*lives on*'
	# A file system of its message queues, of a set that is named twice.
	ok "$NSMGR" create "$P.q" --ipc
	mkdir "$T/mqueue"
	nsenter "--ipc=$NSMGR_STORE/$P.q/ipc" mount -t mqueue mqueue "$T/mqueue"
	expect 1 "$NSMGR" rm "$P.q" "$P.q" --report
	like 'message queues' "$err" "*'$P.q': ipc lives on: mqueue $T/mqueue*"
	umount "$T/mqueue"
	rmdir "$T/mqueue"
	# One of its processes, of whom none is left.
	ok "$NSMGR" create "$P.r" --pid
	mkdir "$T/proc"
	ok "$NSMGR" exec "$P.r" mount -t proc proc "$T/proc"
	ok "$NSMGR" rm "$P.r" --report
	like 'processes' "$err" "*'$P.r': pid lives on: proc $T/proc*"
	umount "$T/proc"
	rmdir "$T/proc"
	# Many that hold one, a set that is refused, one that is not there.
	ok "$NSMGR" create "$P.e" --net
	exec {fd}<"$NSMGR_STORE/$P.e/net"
	exec {fd2}<&$fd {fd3}<&$fd {fd4}<&$fd {fd5}<&$fd
	ok "$NSMGR" create "$P.f" --pid
	hold "$NSMGR" exec "$P.f"
	expect 1 "$NSMGR" rm "$P.e" "$P.f" "$P.none" --report
	like 'many' "$err" "*'$P.e': net lives on: fd *, fd *, fd *, [0-9]* more (nsmgr holders*"
	unlike 'the refused one' "$err" "*'$P.f': pid lives on*"
	exec {fd}<&- {fd2}<&- {fd3}<&- {fd4}<&- {fd5}<&-
	release
	wait "$pid"
	ok "$NSMGR" rm --all-sets --report
	unlike 'what nobody is in' "$err" '*lives on*'
}

cases() {
	it 'never takes an inhabited set for an empty one, however few descriptors there are' few_descriptors
	it 'frees in every mount namespace (KERNEL R5, LESSONS 1, moby#27277)' frees
	it 'frees copies that another user namespace owns (KERNEL R5 R13)' frees_in_user_namespace
	it 'takes names, aliases and --all-sets' names_and_aliases
	it 'a missing set is a failure unless told otherwise' missing
	it 'refuses a set with processes and lists them' busy
	it 'takes no foreign /proc for a missing set' foreign_proc
	it 'frees where the store is visible a second time (KERNEL R5)' visible_twice
	it 'counts those in pid namespaces below' busy_below
	it '--kill: all have ended when it returns' kill_all
	it '--wait waits, for a time if told so' waits
	it 'removes stale, stacked, half-made and hand-made sets (LESSONS 2 4)' broken
	it 'follows no link and unmounts nothing outside (CVE-2015-1335, LESSONS security 15)' links
	it 'what is no handle stays, and the set with it' odd_file
	it 'exec enters wholly or not at all while rm comes' race_with_exec
	it 'of two that remove, one does' race_of_two
	it 'tells what holds the namespaces of removed sets (LESSONS 1)' reported
}

for_both
finish
