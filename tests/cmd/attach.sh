#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# attach, rename and create --base: sets of what exists already.
# Cases are called by name (SC2317); single quotes are for inner shells (SC2016).
# shellcheck disable=SC2016,SC2317
# shellcheck source=tests/cmd/lib.sh
. "${0%/*}/lib.sh"

# refused STATUS GLOB COMMAND...
refused() {
	local status=$1 said=$2
	shift 2
	expect "$status" "$@"
	like 'what is said' "$err" "$said"
}

inodes() {
	"$NSMGR" ls -rn -o TYPE,INODE "$@" | sort
}

# LESSONS 13: the namespaces of a container that another tool made, by its pid, outlive it.
by_pid() {
	local type inode
	hold unshare -nui
	ok "$NSMGR" attach "$P.held" "$pid" -nui
	is 'types' "$("$NSMGR" ls -rn -o TYPE "$P.held" | xargs)" 'ipc net uts'
	is 'origins' "$("$NSMGR" ls -rn -o ORIGIN "$P.held" | sort -u)" pinned
	while read -r type inode; do
		is "$type" "$(readlink "/proc/$pid/ns/$type")" "$type:[$inode]"
	done < <(inodes "$P.held")
	release
	wait "$pid"
	ok "$NSMGR" exec "$P.held" true
}

# KERNEL R10: nobody can pin the mount namespace he is in; asked for by name that is said, without types it is left out.
by_self() {
	ok "$NSMGR" attach "$P.self" self
	is 'types' "$("$NSMGR" ls -rn -o TYPE "$P.self" | xargs)" 'cgroup ipc net pid time user uts'
	ok "$NSMGR" exec "$P.self" true
	refused 1 '*mnt: bind:*' "$NSMGR" attach "$P.mnt" self --mnt
	is 'sets' "$("$NSMGR" ls -q)" "$P.self"
}

by_path() {
	ok "$NSMGR" create "$P.a" -nu
	ok "$NSMGR" attach "$P.b" "$NSMGR_STORE/$P.a"
	is 'of a directory' "$(inodes "$P.b")" "$(inodes "$P.a")"
	ok "$NSMGR" attach "$P.c" "$NSMGR_STORE/$P.a/net"
	is 'of a file' "$(inodes "$P.c")" "$(inodes "$P.a" -t net)"
	refused 2 '*not of a type that is asked for*' "$NSMGR" attach "$P.d" "$NSMGR_STORE/$P.a/net" --uts
	refused 2 '*not a namespace*' "$NSMGR" attach "$P.d" /etc/passwd
	refused 2 '*none of these namespaces*' "$NSMGR" attach "$P.d" /etc
	refused 2 '*No such file*' "$NSMGR" attach "$P.d" "$T/nothing"
}

is_dead() { [ "$("$NSMGR" ls -rn -o STATE "$P.d" | xargs)" = 'live dead' ]; }

refusals() {
	refused 2 '*no such process*' "$NSMGR" attach "$P.a" 99999999
	refused 2 '*no such process*' "$NSMGR" attach "$P.a" 99999999999
	refused 2 '*are needed*' "$NSMGR" attach "$P.a"
	refused 2 '*too many operands*' "$NSMGR" attach "$P.a" self more
	refused 2 '*begins with*' "$NSMGR" attach .hidden self
	is 'sets' "$("$NSMGR" ls -q)" ''
	ok "$NSMGR" create "$P.d" --pid --net
	kill -9 "$(keeper_of "$P.d")"
	until_true 'it is dead' is_dead
	for dead in "$NSMGR_STORE/$P.d/pid" "$NSMGR_STORE/$P.d"; do
		refused 2 '*dead: its init has ended*' "$NSMGR" attach "$P.a" "$dead"
	done
	refused 2 '*dead: its init has ended*' "$NSMGR" create "$P.a" --pid="$NSMGR_STORE/$P.d/pid"
	ok "$NSMGR" rm "$P.d"
	is 'sets' "$("$NSMGR" ls -q)" ''
}

renames() {
	local before
	ok "$NSMGR" create "$P.a" --all --hostname=kept
	before=$(inodes "$P.a")
	ok "$NSMGR" rename "$P.a" "$P.b"
	is 'sets' "$("$NSMGR" ls -q)" "$P.b"
	is 'namespaces' "$(inodes "$P.b")" "$before"
	ok "$NSMGR" exec "$P.b" uname -n
	is 'the host name' "$out" kept
	ok "$NSMGR" mv "$P.b" "$P.a"
	ok "$NSMGR" create "$P.c" --uts
	refused 1 '*exists*' "$NSMGR" rename "$P.c" "$P.a"
	refused 1 '*no such set*' "$NSMGR" rename "$P.none" "$P.d"
	refused 2 '*has only letters*' "$NSMGR" rename "$P.c" 'a/b'
	refused 2 '*OLD and NEW*' "$NSMGR" rename "$P.c"
	is 'sets at the end' "$("$NSMGR" ls -q | xargs)" "$P.a $P.c"
}

# What is made beside a base belongs to its user namespace; the rest is the base's.
from_base() {
	local owner
	ok "$NSMGR" create "$P.base" --user --net --uts --hostname=base
	ok "$NSMGR" create "$P.new" "--base=$P.base" --ipc --uts
	owner=$("$NSMGR" ls -rn -o INODE -t user "$P.base")
	is 'what is kept' "$(inodes "$P.new" -t net,user)" "$(inodes "$P.base" -t net,user)"
	is 'owner of what is new' "$("$NSMGR" ls -rn -o OWNER -t ipc,uts "$P.new" | sort -u)" "$owner"
	no 'uts is the same' test "$(inodes "$P.new" -t uts)" = "$(inodes "$P.base" -t uts)"
	ok "$NSMGR" rm "$P.base"
	ok "$NSMGR" exec "$P.new" true
	refused 2 '*no such set*' "$NSMGR" create "$P.x" "--base=$P.none" --net
}

cases() {
	it 'attaches to a process by PID, and outlives it (LESSONS 13)' by_pid
	it 'attaches to itself, but for the mount namespace it is in (KERNEL R10)' by_self
	it 'attaches to a directory of handles and to a file' by_path
	it 'refuses what is no process and no namespace' refusals
	it 'renames in one step, and never replaces' renames
	it 'derives a set from a base, whose user namespace owns what is new' from_base
}

for_both
finish
