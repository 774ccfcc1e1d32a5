#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# --TYPE=SOURCE: a path, a PID or @SET is pinned.
# Cases are called by name (SC2317); single quotes are for inner shells (SC2016); lists of words are split (SC2046, SC2086);
# names are plain (SC2012).
# shellcheck disable=SC2012,SC2016,SC2046,SC2086,SC2317
# shellcheck source=tests/cmd/lib.sh
. "${0%/*}/lib.sh"

# A process of unshare(1) with namespaces of its own that stays: $pid.
stranger() {
	hold unshare "$@"
}

# The same with a mount namespace. In one of our own, on Linux 6.18, it can look older than ours, and then nobody can bind it; it
# does not where ours was made, so each processor is tried (KERNEL R11).
young_stranger() {
	local processor
	: >"$T/bound"
	for ((processor = 0; processor < $(getconf _NPROCESSORS_CONF); processor++)); do
		# shellcheck disable=SC2016
		hold sh -c 'taskset -pc "$1" $$ >/dev/null 2>&1; shift; exec unshare --mount "$@"' sh $processor "$@"
		if mount --bind "/proc/$pid/ns/mnt" "$T/bound" 2>/dev/null; then
			umount "$T/bound"
			return
		fi
		release
		wait "$pid"
	done
	fail 'no mount namespace can be bound here'
}

refused() {
	local pattern=$1
	shift
	expect 2 "$NSMGR" create "$P.no" "$@"
	like "what is said of $*" "$err" "$pattern"
	[ ! -e "$NSMGR_STORE/$P.no" ] || fail "$* made a set"
}

by_path() {
	local type count=0
	young_stranger --net --uts --ipc --cgroup --time
	for type in net uts ipc cgroup mnt; do
		ok "$NSMGR" create "$P.$type" "--$type=/proc/$pid/ns/$type"
		is "$type by path" "$type:[$(inode_of "$P.$type" "$type")]" "$(ns_of "$pid" "$type")"
		count=$((count + 1))
	done
	is 'types pinned' $count 5
	ok "$NSMGR" create "$P.time" "--time=/proc/$pid/ns/time_for_children"
	is 'time by path' "time:[$(inode_of "$P.time" time)]" "$(ns_of "$pid" time_for_children)"
	release
	wait "$pid"
	# KERNEL R1: the handle keeps it now.
	ok "$NSMGR" ls -rn -o STATE "$P.net"
	is 'state after the process ended' "$out" live
	ok "$NSMGR" exec "$P.net" readlink /proc/self/ns/net
	is 'what exec enters' "$out" "net:[$(inode_of "$P.net" net)]"
}

by_pid() {
	stranger --net --uts --user --map-root-user
	ok "$NSMGR" create "$P.p" "--net=$pid" "--uts=$pid" "--user=$pid"
	is 'net by PID' "net:[$(inode_of "$P.p" net)]" "$(ns_of "$pid" net)"
	is 'uts by PID' "uts:[$(inode_of "$P.p" uts)]" "$(ns_of "$pid" uts)"
	is 'user by PID' "user:[$(inode_of "$P.p" user)]" "$(ns_of "$pid" user)"
	ok "$NSMGR" exec "$P.p" readlink /proc/self/ns/net
	is 'what exec enters' "$out" "$(ns_of "$pid" net)"
	release
	wait "$pid"
	refused "*net: source: '999999999'*no such process*" --net=999999999
	refused '*net: source*' --net=99999999999999999999
	refused '*neither a path*nor a PID*nor @SET*' --net=word
	refused '*neither a path*' --net=
}

by_set() {
	ok "$NSMGR" create "$P.a" --net --uts
	ok "$NSMGR" create "$P.b" "--net=@$P.a" --ipc
	is 'net by @SET' "$(inode_of "$P.b" net)" "$(inode_of "$P.a" net)"
	ok "$NSMGR" rm "$P.a"
	ok "$NSMGR" exec "$P.b" ip -o link
	like 'a pinned net namespace outlives the other set' "$out" '*lo*'
	refused "*ipc*@$P.a*no such set*" "--ipc=@$P.a"
	refused '*user*no such namespace*' "--user=@$P.b"
	refused '*name*' --net=@../x
	refused '*name*' --net=@
}

# A source of another type is refused by name (LESSONS security 6 and 14: open first, then check the fd).
wrong_type() {
	refused '*uts: source*is a net namespace, not uts*' --uts=/proc/self/ns/net
	refused '*user: source*is a mnt namespace, not user*' --user=/proc/self/ns/mnt
	refused '*net: source*not a namespace*' --net=/etc/passwd
	refused '*net: source*not a namespace*' --net=/proc/self/ns
	refused '*net: source*No such file*' --net=/no/such/file
	mkfifo "$T/$PROGRAM-fifo"
	refused '*net: source*not a namespace*' "--net=$T/$PROGRAM-fifo"
}

recorded() {
	ok "$NSMGR" create "$P.r" --net=/proc/self/ns/net --uts
	ok "$NSMGR" ls -rn -o TYPE,ORIGIN "$P.r"
	is 'origins' "$out" $'net pinned\nuts made'
	like '.set' "$(<"$NSMGR_STORE/$P.r/.set")" "*net $(stat -L -c %i /proc/self/ns/net) * pinned*"
	like '.set' "$(<"$NSMGR_STORE/$P.r/.set")" "*uts $(inode_of "$P.r" uts) * made*"
}

# Set-up touches only what is made here.
set_up_refused() {
	local own=/proc/self/ns
	refused '*net:*not for a pinned one*' --net=$own/net --no-loopback
	refused '*uts:*not for a pinned one*' --uts=$own/uts --hostname=x
	refused '*uts:*not for a pinned one*' --uts=$own/uts --domainname=x
	refused '*time:*not for a pinned one*' --time=$own/time --monotonic=1
	refused '*mnt:*not for a pinned one*' --mnt=$own/mnt --propagation=slave
	refused '*mnt:*not for a pinned one*' --mnt=$own/mnt --pid --no-proc
	refused '*user:*not for a pinned one*' --user=$own/user --map-root-user
	refused '*user:*not for a pinned one*' --user=$own/user --owner=1:1
	refused '*user:*not for a pinned one*' --user=$own/user --setgroups=deny
	refused '*net:*not for a pinned one*' --net=$own/net --sysctl=net.ipv4.ip_forward=1
	refused '*pid:*not for a pinned one*' --pid=$own/pid --sysctl=kernel.pid_max=4000
	refused '*net:*both new and an existing one*' --net --net=$own/net
	is 'the host name' "$(uname -n)" "$(</proc/sys/kernel/hostname)"
}

# DESIGN, Made or pinned: --all is every type that is not pinned.
all_but_pinned() {
	ok "$NSMGR" create "$P.a" --all --net=/proc/self/ns/net
	ok "$NSMGR" ls -rn -o TYPE,ORIGIN "$P.a"
	is 'number of handles' "$(wc -l <<<"$out")" 8
	like 'origin of net' "$out" '*net pinned*'
	is 'made' "$(grep -c made <<<"$out")" 7
	is 'net' "$(inode_of "$P.a" net)" "$(stat -L -c %i /proc/self/ns/net)"
	ok "$NSMGR" exec "$P.a" true
}

# KERNEL R24: pinned namespaces keep their owner, and exec copes with both orders.
mixed_owners() {
	ok "$NSMGR" create "$P.net" --net
	ok "$NSMGR" create "$P.mix" "--net=@$P.net" --user --uts --map-users=0:100000:1000 --map-groups=0:100000:1000
	ok "$NSMGR" exec "$P.mix" readlink /proc/self/ns/net /proc/self/ns/uts /proc/self/ns/user
	is 'what exec enters' "$out" "$(printf '%s\n' "net:[$(inode_of "$P.net" net)]" "uts:[$(inode_of "$P.mix" uts)]" \
		"user:[$(inode_of "$P.mix" user)]")"
	ok "$NSMGR" ls -rn -t uts -o OWNER "$P.mix"
	is 'owner of uts' "$out" "$(inode_of "$P.mix" user)"
	ok "$NSMGR" ls -rn -t net -o OWNER "$P.mix"
	is 'owner of net' "$out" "$(stat -L -c %i /proc/self/ns/user)"
}

# KERNEL R20: what is made beside a pinned user namespace belongs to that.
made_in_pinned_user() {
	ok "$NSMGR" create "$P.u" --user --map-users=0:100000:1000 --map-groups=0:100000:1000
	ok "$NSMGR" create "$P.n" "--user=@$P.u" --net --pid --mnt
	ok "$NSMGR" ls -rn -t net,pid,mnt -o OWNER "$P.n"
	is 'owners' "$(sort -u <<<"$out")" "$(inode_of "$P.u" user)"
	ok "$NSMGR" exec "$P.n" ip link set lo down
	ok "$NSMGR" exec "$P.n" id -u
	is 'uid inside' "$out" 0
}

pinned_pid() {
	stranger --pid --fork --kill-child
	inner=$(pgrep -P "$pid")
	ok "$NSMGR" create "$P.pid" "--pid=$inner"
	is 'keepers of a pinned set' "$(keeper_of "$P.pid")" ''
	ok "$NSMGR" ls -rn -o STATE,PID "$P.pid"
	is 'state and keeper' "$out" 'live '
	ok "$NSMGR" exec "$P.pid" readlink /proc/self/ns/pid
	is 'what exec enters' "$out" "$(ns_of "$inner" pid)"
	expect 1 "$NSMGR" rm --kill "$P.pid"
	like 'what is said of --kill' "$err" '*pinned, not made by this set*'
	yes 'the process lives' alive "$inner"
	ok "$NSMGR" rm "$P.pid"
	yes 'the process lives after rm' alive "$inner"
	release
	wait "$pid"
}

cases() {
	it 'pins by path, and keeps what its process leaves (KERNEL R1 R7)' by_path
	it 'pins by PID (LESSONS 11)' by_pid
	it 'pins by @SET, and outlives that set (KERNEL R1)' by_set
	it 'refuses a source of another type by name (LESSONS security 6 14)' wrong_type
	it 'records what was made and what was pinned' recorded
	it 'set-up of a pinned type is a usage error' set_up_refused
	it '--all makes every type that is not pinned' all_but_pinned
	it 'enters namespaces of different owners (KERNEL R24, LESSONS 9)' mixed_owners ids
	it 'makes the rest within a pinned user namespace (KERNEL R20)' made_in_pinned_user ids
	it 'never ends what lives in a pinned pid namespace' pinned_pid
}

for_both
finish
