#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# Set-up of what create makes: maps, clocks, names, loopback, propagation, sysctls, /proc.
# Cases are called by name (SC2317); single quotes are for inner shells (SC2016); lists of words are split (SC2046, SC2086);
# names are plain (SC2012).
# shellcheck disable=SC2012,SC2016,SC2046,SC2086,SC2317
# shellcheck source=tests/cmd/lib.sh
. "${0%/*}/lib.sh"

# map_of SET uid|gid: the lines of the map as the initial user namespace sees them, with single blanks
map_of() {
	local line
	"$NSMGR" exec --preserve-credentials "$1" cat "/proc/self/${2}_map" | while read -r line; do
		echo $line
	done
}

# refused PATTERN OPTION...: status 2, a message that matches, and no set
refused() {
	local pattern=$1
	shift
	expect 2 "$NSMGR" create "$P.no" "$@"
	like "what is said of $*" "$err" "$pattern"
	[ ! -e "$NSMGR_STORE/$P.no" ] || fail "$* made a set"
}

# create_fails PATTERN OPTION...: the same with status 1, from the kernel
create_fails() {
	local pattern=$1
	shift
	expect 1 "$NSMGR" create "$P.no" "$@"
	like "what is said of $*" "$err" "nsmgr: cannot create '$P.no': $pattern"
	[ ! -e "$NSMGR_STORE/$P.no" ] || fail "$* made a set"
	is 'stages left' "$(stages_in "$NSMGR_STORE")" ''
}

maps_default() {
	local own
	own=$(awk '{ print $1, $1, $3 }' /proc/self/uid_map)
	ok "$NSMGR" create "$P.m" --user
	is 'the default uid_map' "$(map_of "$P.m" uid)" "$own"
	is 'the default gid_map' "$(map_of "$P.m" gid)" "$own"
	ok "$NSMGR" exec "$P.m" id -u
	is 'uid inside' "$out" 0
}

maps_given() {
	ok "$NSMGR" create "$P.r" --user --map-root-user
	is 'uid_map of --map-root-user' "$(map_of "$P.r" uid)" '0 0 1'
	is 'gid_map of --map-root-user' "$(map_of "$P.r" gid)" '0 0 1'
	ok "$NSMGR" create "$P.c" --user --map-current-user
	is 'uid_map of --map-current-user' "$(map_of "$P.c" uid)" '0 0 1'
	ok "$NSMGR" create "$P.u" --user --map-users=0:100000:65536 --map-users=70000:300000:10 --map-groups=0:200000:65536
	is 'uid_map of --map-users' "$(map_of "$P.u" uid)" $'0 100000 65536\n70000 300000 10'
	is 'gid_map of --map-groups' "$(map_of "$P.u" gid)" '0 200000 65536'
	ok "$NSMGR" exec "$P.u" id
	like 'the ids inside' "$out" 'uid=0(root) gid=0(root)*'
}

# KERNEL R21: at most 340 lines; no overlap, no empty range, all of them found before anything is made.
maps_bad() {
	local i lines=()
	refused '*overlaps*' --user --map-users=0:0:10 --map-users=5:100:10
	refused '*overlaps*' --user --map-groups=0:0:10 --map-groups=20:9:10
	refused '*empty*' --user --map-users=0:0:0
	refused '*too long*' --user --map-users=4294967000:0:1000
	refused "*'0:0'*INNER:OUTER:COUNT*" --user --map-users=0:0
	refused "*'0:0:1:'*" --user --map-users=0:0:1:
	refused "*'0:0:99999999999'*" --user --map-users=0:0:99999999999
	refused "*' 0:0:1'*" --user "--map-users= 0:0:1"
	refused "*'+0:0:1'*" --user --map-users=+0:0:1
	refused '*set-up needs --user*' --net --map-root-user
	for ((i = 0; i < 341; i++)); do
		lines+=("--map-users=$i:$i:1")
	done
	refused '*at most 340 lines*' --user "${lines[@]}"
	unset 'lines[340]'
	ok "$NSMGR" create "$P.l" --user "${lines[@]}" --map-groups=0:0:1
	is 'lines of the map' "$(map_of "$P.l" uid | wc -l)" 340
}

# LESSONS security 11 (CVE-2014-8989, CVE-2018-7169)
setgroups() {
	ok "$NSMGR" create "$P.d" --user --setgroups=deny
	ok "$NSMGR" exec "$P.d" cat /proc/self/setgroups
	is 'setgroups' "$out" deny
	ok "$NSMGR" exec "$P.d" id -u
	expect 125 "$NSMGR" exec --as=0:5 "$P.d" true
	like 'what is said of --as' "$err" '*setgroups*Operation not permitted*'
	ok "$NSMGR" create "$P.a" --user --setgroups=allow
	ok "$NSMGR" exec "$P.a" cat /proc/self/setgroups
	is 'setgroups' "$out" allow
	refused "*'maybe'*" --user --setgroups=maybe
}

# KERNEL R28: who unshares owns; 11 is NS_GET_OWNER_UID, seen here through what the owner may do from outside.
owner() {
	local pid
	ok "$NSMGR" create "$P.o" --user --net --owner=12345:12346 --map-users=0:12345:1 --map-groups=0:12346:1
	is 'uid_map' "$(map_of "$P.o" uid)" '0 12345 1'
	ok "$NSMGR" exec "$P.o" id -u
	is 'uid inside' "$out" 0
	hold "$NSMGR" exec "$P.o"
	is 'uid outside' "$(awk '/^Uid/ { print $2 }' "/proc/$pid/status")" 12345
	# Without any capability, uid 12345 enters, for it owns the namespace; 12399 does not.
	ok setpriv --reuid=12345 --regid=12346 --clear-groups nsenter "--target=$pid" --user --preserve-credentials true
	expect 1 setpriv --reuid=12399 --regid=12346 --clear-groups nsenter "--target=$pid" --user --preserve-credentials true
	release
	wait "$pid"
	refused "*'1'*UID:GID*" --user --owner=1
	refused '*UID:GID*' --user --owner=4294967295:0
}

# KERNEL R50
offsets() {
	ok "$NSMGR" create "$P.t" --monotonic=+86400.5 --boottime=-0.25
	ok "$NSMGR" exec "$P.t" awk '{ print $1, $2, $3 }' /proc/self/timens_offsets
	is 'offsets inside' "$out" $'monotonic 86400 500000000\nboottime -1 750000000'
	ok "$NSMGR" ls -rn -o TYPE "$P.t"
	is 'types that offsets imply' "$out" time
	create_fails 'time: offsets: *\(a clock cannot be negative*' --monotonic=-99999999
	refused "*'1e3'*" --monotonic=1e3
	refused "*''*" --boottime=
	refused "*'0.1234567890'*" --boottime=0.1234567890
}

# KERNEL R61
names() {
	local h64 h65
	h64=$(printf 'h%.0s' {1..64})
	h65=${h64}h
	ok "$NSMGR" create "$P.h" "--hostname=$h64" --domainname=dom.example
	ok "$NSMGR" exec "$P.h" uname -n
	is 'host name' "$out" "$h64"
	ok "$NSMGR" exec "$P.h" cat /proc/sys/kernel/domainname
	is 'domain name' "$out" dom.example
	ok "$NSMGR" ls -rn -o TYPE "$P.h"
	is 'types that a name implies' "$out" uts
	refused '*hostname*at most 64 bytes*' "--hostname=$h65"
	refused '*domainname*at most 64 bytes*' "--domainname=$h65"
	ok "$NSMGR" create "$P.e" --hostname=
	ok "$NSMGR" exec "$P.e" cat /proc/sys/kernel/hostname
	is 'empty host name' "$out" ''
	ok "$NSMGR" create "$P.i" --uts
	ok "$NSMGR" exec "$P.i" uname -n
	is 'host name of a plain copy' "$out" "$(uname -n)"
}

# KERNEL R60: lo is down in a new network namespace.
loopback() {
	ok "$NSMGR" create "$P.up" --net
	ok "$NSMGR" exec "$P.up" ip -o link show lo
	like 'lo' "$out" '*LOOPBACK,UP*'
	ok "$NSMGR" create "$P.down" --net --no-loopback
	ok "$NSMGR" exec "$P.down" ip -o link show lo
	unlike 'lo with --no-loopback' "$out" '*,UP*'
	refused '*set-up needs --net*' --uts --no-loopback
}

# KERNEL R12: / is private before anything is mounted, or what the option says.
propagation() {
	local how want
	for how in :private private:private shared:shared slave:private,slave unchanged:shared; do
		want=${how#*:}
		how=${how%:*}
		mkdir "$T/$PROGRAM-prop"
		ok unshare -m --propagation=shared sh -c '"$1" --store="$2/s" create m --mnt $3 &&
			"$1" --store="$2/s" exec m findmnt -n -o PROPAGATION /' sh "$NSMGR" "$T/$PROGRAM-prop" \
			"${how:+--propagation=$how}"
		is "propagation of --propagation=$how" "$out" "$want"
		rm -rf "${T:?}/$PROGRAM-prop"
	done
	refused "*'rprivate'*" --mnt --propagation=rprivate
	refused '*set-up needs --mnt*' --uts --propagation=private
}

no_leak_of_mounts() {
	ok "$NSMGR" create "$P.s" --mnt --pid
	mkdir "$T/leak"
	ok "$NSMGR" exec "$P.s" mount -t tmpfs none "$T/leak"
	is 'mounts on the host' "$(mounts_at "$T/leak")" 0
	ok "$NSMGR" exec "$P.s" stat -f -c %T "$T/leak"
	is 'what is seen inside' "$out" tmpfs
	ok "$NSMGR" rm "$P.s"
	rmdir "$T/leak"
}

sysctls() {
	local msgmax forward
	msgmax=$(</proc/sys/kernel/msgmax)
	forward=$(</proc/sys/net/ipv4/ip_forward)
	ok "$NSMGR" create "$P.y" --net --ipc --sysctl=net.ipv4.ip_forward=1 --sysctl=kernel.msgmax=4321 \
		--sysctl=fs.mqueue.msg_max=11 --sysctl=net.ipv4.ip_local_port_range='20000 30000'
	ok "$NSMGR" exec "$P.y" sh -c 'cd /proc/sys && cat net/ipv4/ip_forward kernel/msgmax fs/mqueue/msg_max net/ipv4/ip_local_port_range'
	is 'values inside' "$out" $'1\n4321\n11\n20000\t30000'
	is 'msgmax outside' "$(</proc/sys/kernel/msgmax)" "$msgmax"
	is 'ip_forward outside' "$(</proc/sys/net/ipv4/ip_forward)" "$forward"
	# KERNEL section 9: with shifted maps, ipc keys are written by uid 0 inside.
	ok "$NSMGR" create "$P.z" --user --ipc --net --map-users=0:100000:1000 --map-groups=0:100000:1000 \
		--sysctl=kernel.shmmni=77 --sysctl=net.ipv4.ip_forward=1 --sysctl=user.max_net_namespaces=5
	ok "$NSMGR" exec "$P.z" sh -c 'cd /proc/sys && cat kernel/shmmni net/ipv4/ip_forward user/max_net_namespaces'
	is 'values inside, shifted' "$out" $'77\n1\n5'
}

# KERNEL section 9: written from outside, pid_max would be the host's.
pid_max() {
	local host
	host=$(</proc/sys/kernel/pid_max)
	ok "$NSMGR" create "$P.pm" --pid --mnt --sysctl=kernel.pid_max=4000
	ok "$NSMGR" exec "$P.pm" cat /proc/sys/kernel/pid_max
	is 'pid_max inside' "$out" 4000
	is 'pid_max of the host' "$(</proc/sys/kernel/pid_max)" "$host"
}

# LESSONS security 1 (CVE-2022-0811): an allow-list, one write each, nothing joined or split.
sysctls_refused() {
	refused '*not a key of a namespace*' --all --sysctl=kernel.core_pattern=x
	refused '*not a key of a namespace*' --all --sysctl=vm.overcommit_memory=1
	refused '*use --hostname*' --all --sysctl=kernel.hostname=x
	refused '*use --hostname*' --all --sysctl=kernel.domainname=x
	refused '*malformed key*' --all --sysctl=net..ipv4=1
	refused '*malformed key*' --all --sysctl=net./../kernel/core_pattern=1
	refused '*malformed key*' --all --sysctl='net.ipv4.ip_forward+x=1'
	refused '*no newline*' --all --sysctl=$'net.ipv4.ip_forward=1\n2'
	refused '*KEY=VALUE*' --all --sysctl=net.ipv4.ip_forward
	refused '*set-up needs --net*' --ipc --sysctl=net.ipv4.ip_forward=1
	refused '*set-up needs --pid*' --net --sysctl=kernel.pid_max=4000
	create_fails 'net: sysctl*net.no.such*\(this kernel does not have it)' --net --sysctl=net.no.such=1
	create_fails 'net: sysctl*Invalid argument*' --net --sysctl=net.ipv4.ip_forward=banana
}

no_proc() {
	ok "$NSMGR" create "$P.np" --pid --mnt --no-proc
	ok "$NSMGR" exec "$P.np" sh -c 'cat /proc/1/cmdline | tr "\0" " "'
	unlike 'pid 1 in the /proc that was left' "$out" 'nsmgr: *'
	refused '*set-up needs --mnt*' --pid --no-proc
}

# The ranges of /etc/subuid and /etc/subgid, behind what is mapped already; files of our own over those.
map_auto() {
	[ -e /etc/subuid ] && [ -e /etc/subgid ] || skip 'no /etc/subuid'
	printf 'other:1:2\nroot:100000:65536\n' >"$T/subuid"
	printf '0:300000:1000\n' >"$T/subgid"
	ok unshare -m --propagation private bash -c '
		mount --bind "$1/subuid" /etc/subuid && mount --bind "$1/subgid" /etc/subgid && program=$2 set=$3 store=$1/own || exit
		nsmgr() { "$program" --store="$store" "$@"; }
		nsmgr create "$set" --user --map-auto && nsmgr create "$set.2" --user --map-users=0:5:1 --map-groups=0:6:1 --map-auto || exit
		for one in "$set" "$set.2"; do
			nsmgr exec --preserve-credentials "$one" cat /proc/self/uid_map /proc/self/gid_map || exit
		done
		! nsmgr create "$set.3" --user --map-users=0:5:1 --map-groups=1:6:1 --map-auto || exit
		nsmgr rm "$set" "$set.2" && umount "$store" && rm -r "$store"' bash "$T" "$NSMGR" "$P.a"
	is 'the maps' "$(tr -s ' ' <<<"$out" | sed 's/^ //')" "0 100000 65536
0 300000 1000
0 5 1
1 100000 65536
0 6 1
1 300000 1000"
	like 'what is said where it does not fit' "$err" "nsmgr: cannot create '$P.a.3': user: map: *range 0:300000:1000 overlaps another"
}

cases() {
	it 'maps the own extents identically without a map option (KERNEL section 9)' maps_default
	it 'writes the maps that are asked for' maps_given ids
	it '--map-auto takes the ranges that are given to us' map_auto ids
	it 'refuses bad maps with status 2, and takes 340 lines (KERNEL R21)' maps_bad ids
	it '--setgroups is written before the group map (CVE-2018-7169, LESSONS security 11)' setgroups ids
	it '--owner owns the user namespace outside (KERNEL R28)' owner ids
	it 'offsets clocks, and says what the kernel refuses (KERNEL R50)' offsets
	it 'sets names of up to 64 bytes (KERNEL R61)' names
	it 'brings loopback up unless told otherwise (KERNEL R60)' loopback
	it 'sets the propagation that is asked for (KERNEL R12)' propagation
	it 'mounts inside do not reach the host (KERNEL R12)' no_leak_of_mounts
	it 'writes sysctls of net, ipc and user as the one who may (KERNEL section 9)' sysctls ids
	it 'pid_max is of the new namespace and never of the host (KERNEL section 9)' pid_max
	it 'refuses sysctls that are not of a namespace made here (CVE-2022-0811, LESSONS security 1)' sysctls_refused
	it '--no-proc leaves /proc as it is' no_proc
}

for_both
finish
