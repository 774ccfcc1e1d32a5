#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# show: everything about a set, held to what others say of it.
# Cases are called by name (SC2317); single quotes are for inner shells and jq (SC2016).
# shellcheck disable=SC2016,SC2317
# shellcheck source=tests/cmd/lib.sh
. "${0%/*}/lib.sh"

show() {
	ok "$NSMGR" show "$1" -J
	cp "$T/out" "$T/json"
}

# said JQ: of the last set shown
said() { jq -rc "$1" "$T/json"; }

handles() {
	local type
	ok "$NSMGR" create "$P.a" --all --uts=/proc/self/ns/uts --label=team=core --label=empty=
	show "$P.a"
	is 'name' "$(said .name)" "$P.a"
	is 'created' "$(said .created)" "$("$NSMGR" ls -rn -o CREATED -t net "$P.a")"
	is 'labels' "$(said .labels)" '{"empty":"","team":"core"}'
	for type in $TYPES; do
		is "of $type" "$(said ".handles[] | select(.type == \"$type\") | [.inode, .id, .owner, .parent, .state, .origin, .path]")" \
			"$("$NSMGR" ls -J -t "$type" -o INODE,ID,OWNER,PNS,STATE,ORIGIN,PATH "$P.a" |
				jq -c '.handles[0] | [.inode, .id, .owner, .pns, .state, .origin, .path]')"
	done
	is 'keeper' "$(said .keeper)" "{\"pid\":$(keeper_of "$P.a"),\"alive\":true}"
	is 'unseen' "$(said .unseen)" '[]'
	is 'processes' "$(said .processes)" '[]'
	ok "$NSMGR" show "$P.a"
	like 'as text' "$out" "Name        $P.a
Path        $NSMGR_STORE/$P.a
Created     $(said .created)
Labels      empty=
            team=core
*Keeper      $(keeper_of "$P.a"), alive
*TYPE *
cgroup *
uts * live  pinned *"
	ok "$NSMGR" create "$P.b" --uts
	show "$P.b"
	is 'what a set has not' "$(said '[.clocks, .maps, .devices, .keeper, .cgroup]')" '[null,null,null,null,null]'
	is 'unseen of it' "$(said .unseen)" '[]'
}

names_and_clocks() {
	local offsets
	ok "$NSMGR" create "$P.a" --uts --time --hostname=inside --domainname=example.org --monotonic=-1.5 --boottime=3600.000000001
	show "$P.a"
	is 'names' "$(said '.hostname + " " + .domainname')" \
		"$(nsenter --uts="$NSMGR_STORE/$P.a/uts" sh -c 'echo "$(cat /proc/sys/kernel/hostname /proc/sys/kernel/domainname)"' | xargs)"
	offsets=$("$NSMGR" exec "$P.a" cat /proc/self/timens_offsets | awk '{ printf "%s %.9f\n", $1, $2 + $3 / 1e9 }')
	is 'offsets' "$(said '.clocks | to_entries[] | [.key, .value] | @tsv' | awk '{ printf "%s %.9f\n", $1, $2 }')" "$offsets"
	ok "$NSMGR" show "$P.a"
	like 'as text' "$out" '*Host name   inside
Domain      example.org
Monotonic   -1.500000000 s
Boottime    3600.000000001 s*'
	# LESSONS security 16: whoever is inside gives the name.
	ok "$NSMGR" exec "$P.a" sh -c 'printf "\033[31m\\xe9" >/proc/sys/kernel/hostname'
	ok "$NSMGR" show "$P.a"
	unlike 'what is printed' "$out" $'*\e*'
	show "$P.a"
	isnt 'name in JSON' "$(said .hostname)" null
	ok "$NSMGR" create "$P.b" --time --monotonic=-0.25
	show "$P.b"
	is 'less than a second less' "$(said .clocks.monotonic)" -0.25
}

# triples FILE: a map as in /proc, as jq prints it
triples() { awk '{ printf "%s[%s,%s,%s]", (NR > 1 ? "," : ""), $1, $2, $3 }' "$1"; }

maps() {
	local kind file
	ok "$NSMGR" create "$P.a" --user --map-users=0:100000:10 --map-users=10:0:1 --map-groups=0:5:7 --map-projects=0:1:2 --setgroups=deny
	hold "$NSMGR" exec --preserve-credentials "$P.a"
	show "$P.a"
	for kind in users:uid_map groups:gid_map projects:projid_map; do
		file=/proc/$pid/${kind#*:}
		yes "$file has lines" test -n "$(cat "$file")"
		is "${kind%:*}" "$(said ".maps.${kind%:*} | map([.inner, .outer, .count])")" "[$(triples "$file")]"
	done
	is 'setgroups' "$(said .maps.setgroups)" "$(cat "/proc/$pid/setgroups")"
	is 'processes' "$(said '.processes[] | [.pid, .types]')" "[$pid,[\"user\"]]"
	end "$pid"
	# Nobody is in it any more, and the maps are seen all the same.
	show "$P.a"
	is 'users' "$(said '.maps.users | length')" 2
	ok "$NSMGR" show "$P.a"
	like 'as text' "$out" '*Users       0 is 100000 outside, 10 of them
            10 is 0 outside, 1 of them
Groups      0 is 5 outside, 7 of them
Projects    0 is 1 outside, 2 of them
Setgroups   deny*'
}

devices() {
	local net=$NSMGR_STORE/$P.a/net
	ok "$NSMGR" create "$P.a" --net
	ok nsenter --net="$net" sh -c 'ip link add v0 type veth peer name v1 && ip addr add 192.0.2.1/24 dev v0 &&
		ip addr add 2001:db8::1/64 dev v0 nodad && ip addr add 192.0.2.9/32 dev v0 label v0:x && ip link set v0 up'
	# A label can be the name of another device; and one leads to one other end only.
	ok nsenter --net="$net" sh -c 'ip link add v0b type veth peer name v1b && ip addr add 192.0.2.10/32 dev v0 label v0b &&
		ip addr add 192.0.2.11 peer 192.0.2.12/32 dev v1b'
	# Without a link-layer address.
	nsenter --net="$net" sh -c 'ip tuntap add t0 mode tun && ip addr add 192.0.2.20/24 dev t0' 2>/dev/null ||
		nsenter --net="$net" sh -c 'ip link add t0 type wireguard && ip addr add 192.0.2.20/24 dev t0' 2>/dev/null
	show "$P.a"
	nsenter --net="$net" ip -j addr >"$T/truth"
	is 'devices' "$(said '[.devices[] | [.index, .name, .link]]')" "$(jq -c '[.[] | [.ifindex, .ifname, .address]]' "$T/truth")"
	is 'addresses' "$(said '[.devices[] | .addresses | sort]')" \
		"$(jq -c '[.[] | [.addr_info[] | .local + "/" + (.prefixlen | tostring)] | sort]' "$T/truth")"
	# The other end is down.
	is 'states' "$(said '[.devices[] | select(.name | test("^(lo|v0|v1)$")) | .name + " " + .state] | sort | join(",")')" 'lo up,v0 no-carrier,v1 down'
	ok nsenter --net="$net" sh -c 'ip link set v1 up && ip link set v0b up && ip link set v1b up; ip link del t0 2>/dev/null || :'
	show "$P.a"
	is 'states' "$(said '[.devices[].state] | unique | join(",")')" up
	ok "$NSMGR" show "$P.a"
	like 'as text' "$out" '*DEVICE *v0 *up *192.0.2.1/24 *'
	is 'who stays inside' "$("$FULL" pids "$P.a")" ''
}

processes() {
	local tid
	ok "$NSMGR" create "$P.a" --net --pid --uts
	hold "$NSMGR" exec --as=65534:65534 "$P.a"
	inner=$(pgrep -P "$pid")
	show "$P.a"
	is 'pids' "$(said '[.processes[].pid] | join(",")')" "$("$FULL" pids "$P.a" | paste -sd,)"
	is 'of one' "$(said ".processes[] | select(.pid == $inner) | [.uid, .types]")" '[65534,["net","pid","uts"]]'
	is 'its thread' "$(said ".processes[] | select(.pid == $inner) | .tid")" null
	is 'its command' "$(said ".processes[] | select(.pid == $inner) | .command")" "$(tr '\0' ' ' <"/proc/$inner/cmdline" | sed 's/ $//' | cut -c-255)"
	ok "$NSMGR" show "$P.a"
	like 'as text' "$out" "*PID *TID *USER *TYPES *COMMAND*$inner *"
	kill -KILL "$inner"
	end "$pid"
	# A thread that is there without its process: setns(2).
	ok "$NSMGR" create "$P.b" --net --uts
	: >"$T/said"
	spawn "$NSMGR_BUILDDIR/tests/cmd/holder" thread "$NSMGR_STORE/$P.b/net" >"$T/said"
	until_true 'it holds' test -s "$T/said"
	read -r tid _ <"$T/said"
	show "$P.b"
	is 'a thread' "$(said '.processes[] | [.pid, .tid, .types]')" "[$pid,$tid,[\"net\"]]"
	end "$pid"
}

# The cgroup that it was made in.
cgroups() {
	local own mount
	own=$(sed -n 's/^0:://p' /proc/self/cgroup)
	[ -n "$own" ] || skip 'no cgroups of version 2'
	ok "$NSMGR" create "$P.a" --cgroup
	show "$P.a"
	is 'root' "$(said .cgroup)" "$own"
	mount=$(awk '$9 == "cgroup2" || $10 == "cgroup2" || $8 == "cgroup2" { print $5; exit }' /proc/self/mountinfo)
	mkdir "$mount/$own/nsmgr-$P" 2>/dev/null || return 0
	if (echo "$BASHPID" >"$mount/$own/nsmgr-$P/cgroup.procs" && "$NSMGR" create "$P.b" --cgroup --pid && "$NSMGR" create "$P.c" --cgroup) 2>/dev/null; then
		show "$P.b"
		is 'root of one whose keeper is there' "$(said .cgroup)" "${own%/}/nsmgr-$P"
		show "$P.c"
		is 'root of one in which nobody is' "$(said '[.cgroup, .unseen[].what]')" '[null,"cgroup"]'
		ok "$NSMGR" rm "$P.b" "$P.c"
	fi
	rmdir "$mount/$own/nsmgr-$P"
}

# A child that may not ask says so, and nobody waits for one that does not come.
denied() {
	local deny=$NSMGR_BUILDDIR/tests/cmd/deny socket=41 uname=63
	[ "$(uname -m)" = x86_64 ] || skip 'the numbers of system calls are those of x86-64'
	ok "$NSMGR" create "$P.a" --net --uts --user
	ok "$deny" "$socket=97" "$uname=5" -- "$NSMGR" show "$P.a" -J
	is 'what it says' "$(jq -c '[.unseen[] | [.what, .why]]' <<<"$out")" \
		'[["host name","Input/output error"],["devices","Address family not supported by protocol"]]'
	is 'the rest' "$(jq -c '[.hostname, .devices, (.maps.users | length)]' <<<"$out")" '[null,null,1]'
	# Without namespaces to enter: setns.
	ok "$deny" 308=1 -- "$NSMGR" show "$P.a" -J
	is 'what it says' "$(jq -r '[.unseen[].what] | join(",")' <<<"$out")" 'host name,id maps,devices'
	like 'why' "$(jq -r '.unseen[0].why' <<<"$out")" 'Operation not permitted (needs CAP_SYS_ADMIN*'
}

# What is not there is said, with the reason, and the rest is shown.
states() {
	local keeper
	ok "$NSMGR" create "$P.a" --net --uts --pid --user --time --label=a=1
	umount "$NSMGR_STORE/$P.a/net" "$NSMGR_STORE/$P.a/uts"
	mount --bind /proc/self/ns/uts "$NSMGR_STORE/$P.a/uts"
	keeper=$(keeper_of "$P.a")
	kill -KILL "$keeper"
	until_true 'the keeper has ended' gone "$keeper"
	show "$P.a"
	is 'states' "$(said '[.handles[] | .type + " " + .state] | join(",")')" 'net stale,pid dead,time live,user live,uts foreign'
	is 'why' "$(said '[.unseen[] | .what + ": " + .why] | join(", ")')" 'host name: its handle is foreign, devices: its handle is stale'
	is 'the rest' "$(said '[.hostname, .devices, .keeper.alive, .keeper.pid, .clocks.monotonic, .labels.a, (.maps.users | length)]')" \
		'[null,null,false,null,0,"1",1]'
	ok "$NSMGR" show "$P.a"
	like 'as text' "$out" '*Keeper      dead
Not seen    host name: its handle is foreign
*'
	mkdir "$NSMGR_STORE/$P.empty"
	show "$P.empty"
	is 'an empty one' "$(said '[.handles, .created, .labels]')" '[[],null,{}]'
	ok "$NSMGR" show "$P.empty"
	ok "$NSMGR" rm "$P.empty"
	echo damaged >"$NSMGR_STORE/$P.a/.labels"
	show "$P.a"
	is 'damaged labels' "$(said '[.labels, .unseen[0].what]')" '[null,"labels"]'
}

elsewhere() {
	mkdir "$T/$PROGRAM-else"
	hold unshare -m --propagation=private sh -c \
		'"$1" --store="$2/s" create else --pid --net --label=a=1 && shift 2 && exec "$@"' sh "$NSMGR" "$T/$PROGRAM-else"
	ok "$NSMGR" "--store=$T/$PROGRAM-else/s" show else -J
	is 'what is known here' "$(jq -c '[.labels.a, .devices, .keeper, .processes, ([.handles[].state] | unique)]' <<<"$out")" \
		'["1",null,null,null,["elsewhere"]]'
	is 'what is not' "$(jq -c '[.unseen[].what] | sort' <<<"$out")" '["devices","keeper","processes"]'
	ok nsenter -t "$pid" -m "$NSMGR" "--store=$T/$PROGRAM-else/s" show else -J
	is 'what is known there' "$(jq -c '[.devices[0].name, .keeper.alive, .unseen]' <<<"$out")" '["lo",true,[]]'
	ok nsenter -t "$pid" -m "$NSMGR" "--store=$T/$PROGRAM-else/s" rm else --kill
	release
	wait "$pid"
	rm -rf "${T:?}/$PROGRAM-else"
}

ordinary_user() {
	ok "$NSMGR" create "$P.a" --net --uts --pid --user --time --monotonic=5 --map-users=0:7:3 --map-groups=0:0:1
	ok as_nobody show "$P.a" -J
	is 'what nobody sees' "$(jq -c '[(.handles | length), .keeper.alive, .clocks.monotonic, .maps.users[0].outer]' <<<"$out")" '[5,true,5,7]'
	is 'what nobody does not' "$(jq -c '[.unseen[].what] | unique' <<<"$out")" '["devices","host name","processes"]'
	like 'why' "$(jq -r '.unseen[] | select(.what == "devices") | .why' <<<"$out")" '*CAP_SYS_ADMIN*'
	ok as_nobody show "$P.a"
	like 'as text' "$out" '*Not seen    devices: *CAP_SYS_ADMIN*'
	# What is his own he may look into, by way of the user namespace.
	hold setpriv --reuid=65534 --regid=65534 --clear-groups unshare -r -n -u
	ok "$NSMGR" attach "$P.b" "$pid" --user --net --uts
	ok as_nobody show "$P.b" -J
	is 'of his own' "$(jq -c '[.devices[0].name, .devices[0].state, .hostname == $h, .maps.users[0].outer]' --arg h "$(uname -n)" <<<"$out")" \
		'["lo","down",true,65534]'
	end "$pid"
}

refusals() {
	ok "$NSMGR" create "$P.a" --uts
	expect 2 "$NSMGR" show
	expect 2 "$NSMGR" show "$P.a" "$P.a"
	expect 2 "$NSMGR" show .bad
	expect 2 "$NSMGR" show "$P.a" --no-such
	expect 1 "$NSMGR" show "$P.none"
	is 'no such set' "$err" "nsmgr: cannot show '$P.none': open: no such set"
	for how in '' -J; do
		# shellcheck disable=SC2086 # nothing, or an option
		"$NSMGR" show "$P.a" $how >/dev/full 2>"$T/err"
		is "status of show $how into a full device" $? 1
	done
}

cases() {
	it 'tells of handles, labels and the keeper what ls tells' handles all
	it 'names and clocks are those inside' names_and_clocks
	it 'maps are those of the processes inside' maps ids
	it 'devices are those that ip shows' devices
	it 'processes are those of pids' processes all ids
	it 'the root of a cgroup namespace is where it was made' cgroups all
	it 'says what could not be looked at, and why' denied all
	it 'says what is not there, and why (LESSONS 4 8)' states all
	it 'tells of a set that is mounted elsewhere what is known' elsewhere all
	it 'tells an ordinary user what he may see' ordinary_user ids
	it 'refuses what is no set' refusals
}

command -v jq >/dev/null || skip_all 'no jq'
command -v ip >/dev/null || skip_all 'no ip'
copy_programs
for_both
finish
