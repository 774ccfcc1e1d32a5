#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# holders: each kind of thing that keeps a namespace alive is made, and has to be found by its numbers.
# Cases are called by name (SC2317); single quotes are for inner shells (SC2016).
# shellcheck disable=SC2016,SC2317
# shellcheck source=tests/cmd/lib.sh
. "${0%/*}/lib.sh"

HOLDER=$NSMGR_BUILDDIR/tests/cmd/holder

# Whoever unshares a mount namespace beside us gets copies of our mounts: only those of one that is ours are compared.

# held SET TYPE KIND COLUMNS [FILTER]: these columns of the holders of that kind
held() {
	ok "$NSMGR" holders -J -o +MNTNS,USER,INODE "$1" "$2"
	[ -z "$err" ] || like 'what is said' "$err" '*could not be looked into*' # process 1, on some systems
	held=$(jq -r --arg kind "$3" ".holders[] | select(.kind == \$kind) | ${5:-.} | [$4] | map(. // \"\") | join(\" \")" <<<"$out" | sort)
}

# start MODE PATH: runs the holder; its pid in $pid, what it said in $tid and $fd
start() {
	: >"$T/said"
	spawn "$HOLDER" "$@" >"$T/said"
	until_true 'it holds' test -s "$T/said"
	read -r tid fd <"$T/said"
}

processes() {
	ok "$NSMGR" create "$P.a" --net --uts
	held "$P.a" net process .pid
	is 'processes' "$held" ''
	hold "$NSMGR" exec "$P.a"
	held "$P.a" net process '.type, .pid, .user, .inode, .fd, .path'
	is 'a process' "$held" "net $pid root $(inode_of "$P.a" net)  "
	like 'its command' "$(jq -r --argjson pid "$pid" '.holders[] | select(.pid == $pid) | .command' <<<"$out")" 'sh -c *'
	ok "$NSMGR" holders -rn -o TYPE,KIND,PID "$P.a"
	like 'both types' "$out" "*uts process $pid*"
	expect 1 "$NSMGR" holders "$P.a" pid
	expect 1 "$NSMGR" holders "$P.none"
	expect 2 "$NSMGR" holders
	expect 2 "$NSMGR" holders "$P.a" none
	expect 2 "$NSMGR" holders 'net:[12'
	end "$pid"
}

threads() {
	ok "$NSMGR" create "$P.a" --net
	start thread "$NSMGR_STORE/$P.a/net"
	held "$P.a" net thread '.pid, .tid'
	is 'a thread' "$held" "$pid $tid"
	held "$P.a" net process .pid
	is 'processes' "$held" ''
	end "$pid"
}

for_children() {
	ok "$NSMGR" create "$P.p" --pid --time
	hold nsenter --no-fork "--pid=$NSMGR_STORE/$P.p/pid"
	held "$P.p" pid children .pid
	is 'one whose children are to be in it' "$held" "$pid"
	end "$pid"
	start children "$T"
	inner=$(readlink "/proc/$pid/ns/time_for_children")
	ok "$NSMGR" holders -rn -o TYPE,KIND,PID "$inner"
	is 'of a namespace without a name' "$out" "time children $pid"
	end "$pid"
}

descriptors() {
	ok "$NSMGR" create "$P.a" --net --uts
	hold sh -c 'exec 7<"$1" && shift && exec "$@"' sh "$NSMGR_STORE/$P.a/uts"
	held "$P.a" uts fd '.pid, .fd'
	is 'a descriptor' "$held" "$pid 7"
	held "$P.a" net fd '.pid, .fd'
	is 'of the other namespace' "$held" ''
	end "$pid"
	start descriptor "$NSMGR_STORE/$P.a/net"
	held "$P.a" net fd '.pid, .tid, .fd'
	is 'one that only a thread has' "$held" "$pid $tid $fd"
	end "$pid"
}

sockets() {
	ok "$NSMGR" create "$P.a" --net
	start socket "$NSMGR_STORE/$P.a/net"
	held "$P.a" net socket '.pid, .fd'
	is 'a socket' "$held" "$pid $fd"
	# The name goes, the namespace stays: who is it? (LESSONS 1)
	inner="net:[$(inode_of "$P.a" net)]"
	ok "$NSMGR" rm "$P.a"
	ok "$NSMGR" holders -rn -o KIND,PID,FD "$inner"
	is 'what is left' "$out" "socket $pid $fd"
	end "$pid"
	# The number may be another namespace's by now, but nothing of that is ours.
	ok "$NSMGR" holders -rn -o PID "$inner"
	no 'it is still held' grep -qx "$pid" <<<"$out"
}

mounts() {
	local inside
	ok "$NSMGR" create "$P.a" --net
	held "$P.a" net handle .path
	is 'its own handle' "$held" "$NSMGR_STORE/$P.a/net"
	ok "$NSMGR" create "$P.b" "--net=@$P.a"
	held "$P.a" net handle .path
	is 'handles of two sets' "$held" "$(printf '%s\n' "$NSMGR_STORE/$P.a/net" "$NSMGR_STORE/$P.b/net")"
	: >"$T/elsewhere"
	mount --bind "$NSMGR_STORE/$P.a/net" "$T/elsewhere"
	held "$P.a" net mount '.path, .mntns'
	is 'another mount' "$held" "$T/elsewhere $(stat -L -c %i /proc/self/ns/mnt)"
	umount "$T/elsewhere"
	hold unshare -m
	inside=$(stat -L -c %i "/proc/$pid/ns/mnt")
	held "$P.a" net copy '.path, .pid, .mntns' "select(.mntns == $inside)"
	is 'copies, with who is there' "$held" "$(printf '%s\n' "$NSMGR_STORE/$P.a/net $pid $inside" "$NSMGR_STORE/$P.b/net $pid $inside")"
	end "$pid"
	held "$P.a" net copy .path "select(.mntns == $inside)"
	is 'copies' "$held" ''
	# KERNEL R5: a mount namespace in which nobody lives has copies, too.
	ok "$NSMGR" create "$P.m" --mnt
	held "$P.a" net copy '.path, .pid, .mntns' "select(.mntns == $(inode_of "$P.m" mnt))"
	is 'copies where nobody is' "$held" \
		"$(for inside in a b; do echo "$NSMGR_STORE/$P.$inside/net  $(inode_of "$P.m" mnt)"; done)"
}

file_systems() {
	ok "$NSMGR" create "$P.p" --pid --ipc
	mkdir "$T/proc" "$T/mqueue"
	nsenter "--pid=$NSMGR_STORE/$P.p/pid" mount -t proc proc "$T/proc"
	nsenter "--ipc=$NSMGR_STORE/$P.p/ipc" mount -t mqueue mqueue "$T/mqueue"
	held "$P.p" pid proc .path
	# Other tests' mount namespaces may have copies.
	is 'a proc file system' "$(sort -u <<<"$held")" "$T/proc"
	held "$P.p" ipc mqueue .path
	is 'message queues' "$(sort -u <<<"$held")" "$T/mqueue"
	hold unshare -m
	umount "$T/proc" "$T/mqueue"
	held "$P.p" pid proc '.path, .pid' "select(.pid == $pid)"
	is 'a proc file system elsewhere' "$held" "$T/proc $pid"
	held "$P.p" ipc mqueue '.path, .pid' "select(.pid == $pid)"
	is 'message queues elsewhere' "$held" "$T/mqueue $pid"
	end "$pid"
	rmdir "$T/proc" "$T/mqueue"
}

relations() {
	local nested
	ok "$NSMGR" create "$P.u" --user --net --pid
	held "$P.u" user owned .path
	is 'what it owns' "$held" "$(printf '%s\n' "net:[$(inode_of "$P.u" net)]" "pid:[$(inode_of "$P.u" pid)]")"
	hold "$NSMGR" exec "$P.u" unshare --user --pid --fork
	nested=$(pgrep -P "$(pgrep -P "$pid")")
	held "$P.u" user child .path
	is 'a user namespace made in it' "$held" "$(readlink "/proc/$nested/ns/user")"
	held "$P.u" pid child .path
	is 'a pid namespace made in it' "$held" "$(readlink "/proc/$nested/ns/pid")"
	ok "$NSMGR" kill -s KILL --wait=30 "$P.u"
	wait "$pid"
}

zombies() {
	ok "$NSMGR" create "$P.p" --pid
	hold "$NSMGR" exec "$P.p"
	inner=$(pgrep -P "$pid")
	kill -STOP "$pid"
	until_true 'the parent is stopped' is_stopped "$pid"
	kill -KILL "$inner"
	until_true 'it is a zombie' grep -qs '^State:.Z' "/proc/$inner/status"
	held "$P.p" pid zombie .pid
	is 'a zombie' "$held" "$inner"
	ok "$NSMGR" pids "$P.p"
	is 'who is in it' "$out" ''
	kill -KILL "$pid"
	wait "$pid"
}

ordinary_user() {
	ok "$NSMGR" create "$P.a" --net
	hold "$NSMGR" exec "$P.a"
	ok as_nobody holders -rn -o KIND,PATH "$P.a"
	is 'what is seen' "$out" "handle $NSMGR_STORE/$P.a/net"
	like 'what is said' "$err" '*processes could not be looked into*'
	ok as_nobody holders -v "$P.a"
	like 'what nobody can see' "$err" '*io_uring*'
	end "$pid"
}

# What is open in a process that goes just then is no directory any more: fdopendir(3) fails, for no want of memory.
gone_meanwhile() {
	command -v strace >/dev/null || skip 'strace is missing'
	ok "$NSMGR" create "$P.a" --net
	hold "$NSMGR" exec "$P.a"
	ok strace -qq -o "$T/calls" -P "/proc/$pid/fd" -e trace=fstat,newfstatat -e inject=fstat,newfstatat:error=ENOENT \
		"$NSMGR" holders -rn -o KIND,PID "$P.a" net
	like 'the process' "$out" "*process $pid*"
	like 'the call that failed' "$(<"$T/calls")" '*ENOENT*INJECTED*'
	end "$pid"
}

cases() {
	it 'finds processes' processes
	it 'finds threads that are not where their process is' threads
	it 'finds what is waiting for children' for_children
	it 'finds descriptors, of threads as well' descriptors
	it 'finds sockets, also when the name has gone (LESSONS 1)' sockets all
	it 'finds handles, mounts and copies (KERNEL R5)' mounts
	it 'finds file systems of a pid and an ipc namespace (KERNEL R1)' file_systems
	it 'finds namespaces below it, and those it owns' relations all
	it 'finds who was not reaped' zombies
	it 'goes on where a process goes meanwhile' gone_meanwhile
	it 'tells an ordinary user what is hidden' ordinary_user ids
}

copy_programs
for_both
finish
