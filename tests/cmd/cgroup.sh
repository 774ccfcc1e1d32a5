#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# Sets in a cgroup of their own, or in one that exists. Everything is below the root of cgroup2, wherever that is mounted; limits are
# tried with the controllers that are there, of which hugetlb limits nothing that anybody uses.
# Cases are called by name (SC2317); single quotes are for inner shells (SC2016).
# shellcheck disable=SC2016,SC2031,SC2317
if [ -z "${IN_OWN_MOUNTS:-}" ] && unshare -m true 2>/dev/null; then
	IN_OWN_MOUNTS=1 exec unshare -m --propagation private bash "$0" "$@"
fi
# shellcheck source=tests/cmd/lib.sh
. "${0%/*}/lib.sh"

C=$(awk '{ for (i = 7; $i != "-"; i++); } $(i + 1) == "cgroup2" && $4 == "/" { print $5; exit }' /proc/self/mountinfo)
{ [ -n "$C" ] && mkdir "$C/$P.mine" 2>/dev/null; } || skip_all 'no cgroup2 that can be written to'
given=$(<"$C/cgroup.subtree_control")

# What is ours beside the store.
give_back() {
	local controller
	for controller in $(<"$C/cgroup.subtree_control"); do
		[[ " $given " == *" $controller "* ]] || echo "-$controller" >"$C/cgroup.subtree_control"
	done 2>/dev/null
	rmdir "$C/$P.mine" "$C/$P.below" 2>/dev/null
}

# As the harness does, also where it is interrupted.
trap 'status=$?; give_back; (exit $status); leave' EXIT

cgroup_of() { sed -n 's/^0:://p' "/proc/$1/cgroup"; }
has_cgroup() { [ -d "$C/nsmgr/$P.$1" ]; }
has_controller() { grep -qw "$1" "$C/cgroup.controllers"; }
event() { grep -qx "$2" "$C/nsmgr/$P.$1/cgroup.events"; }

# A command of a set is in its cgroup, and nobody else is; its keeper is.
joined() {
	ok "$NSMGR" create "$P.a" --all --cgroup-new
	is 'the keeper is in' "$(cgroup_of "$(keeper_of "$P.a")")" "/nsmgr/$P.a"
	hold "$NSMGR" exec "$P.a"
	is 'nsmgr in front of it is in' "$(cgroup_of "$pid")" "$(cgroup_of $$)"
	is 'processes there' "$(wc -l <"$C/nsmgr/$P.a/cgroup.procs")" 2
	ok "$NSMGR" pids "$P.a"
	is 'its cgroup' "$(cgroup_of "$out")" "/nsmgr/$P.a"
	ok "$NSMGR" exec "$P.a" sed -n 's/^0:://p' /proc/self/cgroup
	is 'the root of its cgroup namespace' "$out" /
	ok "$NSMGR" exec --no-join-cgroup "$P.a" sed -n 's/^0:://p' /proc/self/cgroup
	is 'outside of it' "$out" /../..
	expect 1 "$NSMGR" rm "$P.a"
	like 'refused' "$err" "*'$P.a': pid: remove: 1 process still in it*--kill*"
	yes 'the cgroup is there' has_cgroup a
	ok "$NSMGR" rm --kill "$P.a"
	wait "$pid"
	no 'the cgroup is there' has_cgroup a
}

# LESSONS security 18: no way into a cgroup is left to the command.
no_descriptors() {
	ok "$NSMGR" create "$P.a" --uts --pid --cgroup-new
	ok "$NSMGR" exec "$P.a" sh -c 'cd /proc/self/fd && echo *'
	is 'descriptors of a command' "$out" '0 1 2 3'
	ok "$NSMGR" exec --only=uts "$P.a" sh -c 'cd /proc/self/fd && echo *'
	is 'descriptors of what nsmgr becomes' "$out" '0 1 2 3'
	ok "$NSMGR" rm "$P.a"
}

# CVE-2023-25809: the host's cgroups are not to be changed from inside.
own_mounts() {
	ok "$NSMGR" create "$P.a" --mnt --cgroup --cgroup-new
	ok "$NSMGR" exec "$P.a" cat "$C/cgroup.procs"
	yes 'the cgroup that is seen is its own' [ "$(wc -w <<<"$out")" -eq 1 ]
	ok "$NSMGR" exec "$P.a" mkdir "$C/$P.below"
	yes 'one below it is made there' [ -d "$C/nsmgr/$P.a/$P.below" ]
	ok "$NSMGR" exec "$P.a" awk '{ for (i = 7; $i != "-"; i++); } $(i + 1) ~ /^cgroup/ && $6 ~ /^rw/ && $4 != "/"' /proc/self/mountinfo
	is 'what shows more than that and can be written to' "$out" ''
	ok "$NSMGR" exec "$P.a" awk '{ for (i = 7; $i != "-"; i++); } $(i + 1) == "cgroup" && $6 ~ /^rw/' /proc/self/mountinfo
	is 'hierarchies of version 1 that can be written to' "$out" ''
	is 'ours' "$(awk -v c="$C" '$5 == c { n++ } END { print n }' /proc/self/mountinfo)" 1
	yes 'ours can be written to' [ -w "$C/cgroup.procs" ]
	ok "$NSMGR" rm "$P.a"
	no 'the cgroup is there' has_cgroup a
}

# Without a pid namespace the cgroup alone tells who is in the set.
members() {
	ok "$NSMGR" create "$P.a" --uts --cgroup-new
	is 'who is left of making it' "$(<"$C/nsmgr/$P.a/cgroup.procs")" ''
	hold "$NSMGR" exec --only=uts "$P.a"
	ok "$NSMGR" pids "$P.a"
	is 'who is in it' "$out" "$pid"
	unshare -u sh -c 'echo 0 >"$1"; exec "$2" "$3"' sh "$C/nsmgr/$P.a/cgroup.procs" "$NSMGR_BUILDDIR/tests/cmd/witness" "$T/never" victim &
	other=$!
	until_true 'another is in it' grep -qx "$other" "$C/nsmgr/$P.a/cgroup.procs"
	ok "$NSMGR" pids "$P.a"
	is 'who is in it' "$(sort -n <<<"$out" | xargs)" "$(printf '%s\n' "$pid" "$other" | sort -n | xargs)"
	ok "$NSMGR" pids "$P.a" uts
	is 'who is in its uts namespace' "$out" "$pid"
	expect 1 "$NSMGR" rm "$P.a"
	like 'refused' "$err" "*'$P.a': remove: 2 processes still in it:*"
	ok "$NSMGR" kill "$P.a" --wait=30
	wait "$pid" "$other"
	ok "$NSMGR" rm "$P.a"
	no 'the cgroup is there' has_cgroup a
}

# Before Linux 5.14 there is no cgroup.kill: they are ended one by one.
without_kill() {
	local others=() one
	ok "$NSMGR" create "$P.a" --uts --cgroup-new
	mkdir "$C/nsmgr/$P.a/below"
	for one in "" "" /below; do
		spawn sh -c 'echo 0 >"$1"; exec sleep 1000' sh "$C/nsmgr/$P.a$one/cgroup.procs"
		others+=("$pid")
		until_true 'another is in it' grep -qx "$pid" "$C/nsmgr/$P.a$one/cgroup.procs"
	done
	ok strace -f -qq -o "$T/trace" -e trace=openat -P cgroup.kill -e inject=openat:error=ENOENT "$NSMGR" rm --kill "$P.a"
	like 'what is not there' "$(<"$T/trace")" '*cgroup.kill*ENOENT*INJECTED*'
	for one in "${others[@]}"; do
		wait "$one"
		is 'how it ended' $? 137
	done
	no 'the cgroup is there' has_cgroup a
}

# rm --wait waits for who is in the cgroup, and --kill ends whoever is, also below it and frozen.
removed() {
	ok "$NSMGR" create "$P.a" "$P.b" --uts --cgroup-new
	hold "$NSMGR" exec "$P.a"
	"$NSMGR" rm --wait=30 "$P.a" &
	until_true 'rm waits' grep -qs . "/proc/$!/wchan"
	yes 'the set is there' [ -d "$NSMGR_STORE/$P.a" ]
	release
	wait $!
	is 'status of rm' $? 0
	wait "$pid"
	mkdir "$C/nsmgr/$P.b/below"
	hold "$NSMGR" exec "$P.b"
	echo "$pid" >"$C/nsmgr/$P.b/below/cgroup.procs"
	ok "$FULL" freeze "$P.b"
	expect 1 "$NSMGR" rm "$P.b"
	ok "$NSMGR" rm --kill "$P.b"
	wait "$pid"
	is 'how it ended' $? 137
	no 'the cgroup is there' has_cgroup b
	no 'the one above is there' [ -d "$C/nsmgr/$P.b" ]
}

# Cgroups that those inside made: threaded ones, of which the members cannot be read, and very many of them, one below the other.
hostile() {
	ok "$NSMGR" create "$P.a" "$P.b" --uts --cgroup-new
	mkdir "$C/nsmgr/$P.a/threaded"
	echo threaded >"$C/nsmgr/$P.a/threaded/cgroup.type"
	hold "$NSMGR" exec "$P.a"
	echo "$pid" >"$C/nsmgr/$P.a/threaded/cgroup.threads"
	expect 1 "$NSMGR" rm "$P.a"
	like 'threaded' "$err" "*'$P.a': remove: 1 process still in it: $pid *"
	ok "$NSMGR" rm --kill "$P.a"
	wait "$pid"
	(
		cd "$C/nsmgr/$P.b" || exit
		for ((i = 0; i < 100; i++)); do
			mkdir down && cd down || exit
			[ "$i" != 40 ] || pwd -P >"$T/middle"
		done
		pwd -P >"$T/bottom"
	)
	hold "$NSMGR" exec "$P.b"
	echo "$pid" >"$(<"$T/middle")/cgroup.procs"
	expect 1 "$NSMGR" rm "$P.b"
	like 'in the middle' "$err" "*'$P.b': remove: 1 process still in it: $pid *"
	echo "$pid" >"$(<"$T/bottom")/cgroup.procs"
	expect 1 "$NSMGR" rm "$P.b"
	like 'at the bottom' "$err" "*'$P.b': remove: processes are in cgroups more than 64 below its own*"
	yes 'the set is there' [ -e "$NSMGR_STORE/$P.b/uts" ]
	ok "$NSMGR" rm --kill "$P.b"
	wait "$pid"
	no 'the cgroup is there' has_cgroup b
}

frozen() {
	ok "$NSMGR" create "$P.a" --pid --mnt --cgroup-new
	hold "$NSMGR" exec "$P.a"
	ok "$FULL" freeze "$P.a"
	yes 'it is frozen' event a 'frozen 1'
	ok "$FULL" show "$P.a"
	like 'show' "$out" "*/nsmgr/$P.a (made, frozen)*"
	expect 125 "$NSMGR" exec --timeout=10 "$P.a" true
	is 'a command' "$err" "nsmgr: cannot exec '$P.a': cgroup: it is frozen, and nothing begins in it (cure: nsmgr thaw, or --no-join-cgroup)"
	expect 125 "$NSMGR" exec "$P.a" true
	ok "$NSMGR" exec --no-join-cgroup "$P.a" true
	expect 125 "$NSMGR" exec --sets="$P.a" true
	release
	ok "$FULL" freeze "$P.a"
	yes 'the command is there' alive "$pid"
	ok "$FULL" thaw "$P.a"
	yes 'it is not frozen' event a 'frozen 0'
	wait "$pid"
	is 'its status' $? 0
	ok "$NSMGR" rm "$P.a"
	ok "$NSMGR" create "$P.b" --uts
	expect 1 "$FULL" freeze "$P.b"
	is 'of a set without one' "$err" "nsmgr: cannot freeze '$P.b': cgroup: the set has none (cure: create it with --cgroup-new)"
	expect 1 "$FULL" thaw "$P.none"
	like 'of no set' "$err" '*no such set*'
	expect 2 "$FULL" freeze
	expect 2 "$FULL" freeze "$P.b" --wait=x
	ok "$NSMGR" rm "$P.b"
}

# One that exists is somebody else's.
existing() {
	ok "$NSMGR" create "$P.a" --cgroup --uts --cgroup-path="/$P.mine"
	ok "$NSMGR" create "$P.b" --pid --cgroup-path="$C/$P.mine/"
	is 'the keeper is in' "$(cgroup_of "$(keeper_of "$P.b")")" "/$P.mine"
	ok "$NSMGR" exec "$P.a" sed -n 's/^0:://p' /proc/self/cgroup
	is 'the root of its cgroup namespace' "$out" /
	ok "$NSMGR" run --cgroup --uts --cgroup-path="/$P.mine" sed -n 's/^0:://p' /proc/self/cgroup
	is 'the root of that of run' "$out" /
	expect 1 "$FULL" freeze "$P.a"
	like 'freeze' "$err" '*not made by this set*'
	ok "$FULL" show "$P.a" -J
	like 'show' "$out" "*\"own_cgroup\": {\"path\": \"/$P.mine\", \"origin\": \"pinned\"*"
	ok "$NSMGR" rm "$P.a" "$P.b"
	yes 'it is there' [ -d "$C/$P.mine" ]
	expect 1 "$NSMGR" create "$P.a" --uts --cgroup-path="/$P.none"
	like 'one that is not there' "$err" "*cgroup: '/$P.none': No such file or directory"
	expect 2 "$NSMGR" create "$P.a" --uts --cgroup-path=/a/../b
	expect 2 "$NSMGR" create "$P.a" --uts --cgroup-path="/$P.mine" --pids=3
	like 'limits' "$err" '*limits are set only on a cgroup that the set makes*'
}

# A name is given once; what is there is left alone, and nothing of the failed set stays.
taken() {
	mkdir -p "$C/nsmgr/$P.a"
	expect 1 "$NSMGR" create "$P.a" --net --cgroup-new
	like 'refused' "$err" "*cgroup: 'nsmgr/$P.a': there is one of that name*"
	yes 'it is there' has_cgroup a
	rmdir "$C/nsmgr/$P.a"
	ok "$NSMGR" create "$P.a" --net --cgroup-new
	expect 1 "$NSMGR" --store="$T/other" create "$P.a" --net --cgroup-new
	like 'another store' "$err" '*there is one of that name*'
	expect 1 "$NSMGR" create "$P.a" --net --cgroup-new
	like 'again' "$err" '*a set of that name exists*'
	ok "$NSMGR" create "$P.a" --net --cgroup-new --exist-ok
	ok "$NSMGR" rename "$P.a" "$P.b"
	ok "$NSMGR" exec "$P.b" sed -n 's/^0:://p' /proc/self/cgroup
	is 'of a renamed set' "$out" "/nsmgr/$P.a"
	ok "$NSMGR" rm "$P.b"
	no 'the cgroup is there' has_cgroup a
	expect 1 "$NSMGR" create cgroup.procs --net --cgroup-new
	like 'that of a file' "$err" "*'nsmgr/cgroup.procs': the kernel has a file of that name there*"
	expect 1 "$NSMGR" create "$P.c" --net --sysctl=net.ipv4.ip_forward=x --cgroup-new
	no 'that of a set that failed is there' has_cgroup c
}

# A creator that is killed leaves what the next one sweeps.
killed() {
	local stage
	mkdir -p "$NSMGR_STORE"
	ok "$NSMGR" create "$P.a" --uts --cgroup-new
	ok "$NSMGR" create "$P.b" --pid --cgroup-new
	# As if rm had been killed behind its first step, and create before its last.
	stage=$NSMGR_STORE/.stage/abcdefghijkl
	mkdir -m 700 "$stage"
	mv -T "$NSMGR_STORE/$P.b" "$stage/set"
	ok "$NSMGR" create "$P.c" --uts
	no 'the cgroup is there' has_cgroup b
	yes 'that of another is there' has_cgroup a
	# Behind its claim, before and after the cgroup was made.
	mkdir -m 700 "$stage"
	mkdir "$stage/set"
	echo "aaaabbbbcccc nsmgr/$P.d" >"$stage/set/.cgroup"
	mkdir "$C/nsmgr/$P.d"
	ok "$NSMGR" rm "$P.c"
	no 'the one without a mark is there' has_cgroup d
	mkdir -m 700 "$stage"
	mkdir "$stage/set"
	echo "aaaabbbbcccc nsmgr/$P.a" >"$stage/set/.cgroup"
	ok "$NSMGR" create "$P.c" --uts
	yes 'that of another set is there' has_cgroup a
	ok "$NSMGR" rm "$P.a" "$P.c"
}

repaired() {
	ok "$NSMGR" create "$P.a" --uts --cgroup-new
	ok "$NSMGR" create "$P.b" --uts --cgroup-new
	ok "$NSMGR" --store="$T/other" create "$P.c" --uts --cgroup-new
	ok "$FULL" check
	rmdir "$C/nsmgr/$P.a"
	expect 125 "$NSMGR" exec "$P.a" true
	like 'exec' "$err" "*the set's cgroup is gone*check --repair*"
	ok "$NSMGR" exec --no-join-cgroup "$P.a" true
	ok "$FULL" show "$P.a"
	like 'show' "$out" "*/nsmgr/$P.a (made, gone)*"
	umount "$NSMGR_STORE/$P.b/uts"
	rm -r "${NSMGR_STORE:?}/$P.b"
	expect 3 "$FULL" check
	like 'check' "$out" "*cgroup nsmgr/$P.b was made for a set that is gone*"
	like 'check' "$out" "*its cgroup nsmgr/$P.a is gone*"
	ok "$FULL" check --repair
	no 'the one without a set is there' has_cgroup b
	ok "$NSMGR" exec "$P.a" sed -n 's/^0:://p' /proc/self/cgroup
	is 'the one that was lost' "$out" "/nsmgr/$P.a"
	ok "$FULL" check
	yes 'that of another store is there' has_cgroup c
	ok "$NSMGR" --store="$T/other" rm "$P.c"
	ok "$NSMGR" rm "$P.a"
}

options() {
	local bad
	for bad in --cpu=x --cpu=0 --cpu=-1 --memory=x --memory=0 --memory=1Q --memory=99999999999G --pids=0 --pids=x --cgroup-set=x \
		--cgroup-set=memory.max= --cgroup-set=cgroup.procs=1 --cgroup-set=../x.y=1 --cgroup-path=; do
		expect 2 "$NSMGR" create "$P.a" --uts "$bad"
	done
	expect 125 "$NSMGR" run --uts --cgroup-new true
	like 'run' "$err" '*a set without a name has no cgroup of its own*'
	ok "$NSMGR" run --uts --cgroup-new --name="$P.a" sed -n 's/^0:://p' /proc/self/cgroup
	is 'run --name' "$out" "/nsmgr/$P.a"
	no 'its cgroup is there' has_cgroup a
	expect 1 "$NSMGR" pool fill 1 --uts --cgroup-new
	like 'pool' "$err" '*a set with a cgroup cannot be made in advance*'
	expect 1 "$NSMGR" create "$P.a" --uts --cgroup-set=nothing.max=1
	like 'no controller' "$err" "*cgroup: 'nothing.max': the nothing controller is not in this kernel; --cgroup-optional*"
	no 'its cgroup is there' has_cgroup a
	ok "$NSMGR" create "$P.a" --uts --cgroup-set=nothing.max=1 --cgroup-optional -v
	like 'told by -v' "$err" '*going on without a limit: the nothing controller*'
	is 'how often that is told' "$(grep -c 'without a limit' <<<"$err")" 1
	yes 'its cgroup is there' has_cgroup a
	ok "$NSMGR" rm "$P.a"
	has_controller memory || {
		expect 1 "$NSMGR" create "$P.a" --uts --memory=1G
		like 'version 1' "$err" "*the memory controller is *"
	}
	# Nobody has cgroup2 where nothing is mounted for it.
	ok env NSMGR_STORE="$T/own" unshare -m sh -c 'umount -l "$2"; umount -l /sys/fs/cgroup 2>/dev/null; ! "$0" create "$1" --uts --cgroup-new &&
		"$0" create "$1" --uts --cgroup-new --cgroup-optional && "$0" exec "$1" true && "$0" rm "$1"' "$NSMGR" "$P.a" "$C"
	like 'without cgroup2' "$err" '*cgroup2 cannot be found here*'
}

# With the controllers that are there.
limits() {
	if has_controller hugetlb && [ -e /sys/kernel/mm/hugepages/hugepages-2048kB ]; then
		ok "$NSMGR" create "$P.a" --uts --cgroup-set=hugetlb.2MB.max=4194304 --cgroup-set=cgroup.max.depth=3
		is 'the limit' "$(<"$C/nsmgr/$P.a/hugetlb.2MB.max")" 4194304
		is 'that of the core' "$(<"$C/nsmgr/$P.a/cgroup.max.depth")" 3
		ok "$FULL" show "$P.a"
		like 'show' "$out" '*hugetlb.2MB.max 4194304*'
		expect 1 "$NSMGR" create "$P.b" --uts --cgroup-set=hugetlb.2MB.max=x
		like 'a bad value' "$err" "*cgroup: 'hugetlb.2MB.max': 'x' is refused: Invalid argument"
		expect 1 "$NSMGR" create "$P.b" --uts --cgroup-set=hugetlb.2MB.none=1
		like 'no such file' "$err" '*no such file of a cgroup*'
		no 'the cgroup of the failed one is there' has_cgroup b
		ok "$NSMGR" rm "$P.a"
	fi
	if has_controller pids; then
		ok "$NSMGR" create "$P.a" --pid --mnt --pids=4
		is 'the limit' "$(<"$C/nsmgr/$P.a/pids.max")" 4
		run "$NSMGR" exec "$P.a" sh -c 'for i in 1 2 3 4 5; do cat "$0" & done' "$T/never"
		isnt 'starting more' "$st" 0
		yes 'the limit was hit' [ "$(sed -n 's/^max //p' "$C/nsmgr/$P.a/pids.events")" -gt 0 ]
		ok "$NSMGR" rm --kill "$P.a"
	fi
	if has_controller memory; then
		ok "$NSMGR" create "$P.a" --uts --memory=32M --cgroup-set=memory.oom.group=1
		is 'the limit' "$(<"$C/nsmgr/$P.a/memory.max")" 33554432
		expect 137 "$NSMGR" exec "$P.a" sh -c 'x=aaaaaaaaaaaaaaaa; while :; do x=$x$x; done'
		yes 'the limit was hit' grep -q '^oom_kill [1-9]' "$C/nsmgr/$P.a/memory.events"
		ok "$NSMGR" rm "$P.a"
	fi
	if has_controller cpu; then
		ok "$NSMGR" create "$P.a" --uts --cpu=0.5 --cgroup-set=cpu.weight=50
		is 'the limit' "$(<"$C/nsmgr/$P.a/cpu.max")" '50000 100000'
		is 'the weight' "$(<"$C/nsmgr/$P.a/cpu.weight")" 50
		ok "$NSMGR" rm "$P.a"
	fi
	[ "$checks" -gt 0 ] || skip 'no controller of these is on cgroup2'
}

# What cannot be opened is not missing; nor is it gone without.
too_few_descriptors() {
	local n before
	before=$(ls "$C")
	for n in {4..40}; do
		run bash -c 'ulimit -n "$0" && exec "$@"' "$n" "$NSMGR" create "$P.a" --uts --cgroup-new --cgroup-optional
		[ "$st" != 0 ] || break
		unlike "what is said with $n descriptors" "$err" '*cannot be found*'
	done
	is 'status with enough' "$st" 0
	yes 'the cgroup is there' has_cgroup a
	ok "$NSMGR" rm "$P.a"
	is 'cgroups' "$(ls "$C")" "$before"
}

# A mount of cgroups that another one lies upon, and one of which the table has more than can be read.
odd_mounts() {
	mkdir "$T/upon" "$T/long"
	mount -t cgroup2 none "$T/upon" && mount -t tmpfs none "$T/upon" || skip 'no cgroup2'
	echo data >"$T/upon/file"
	ok "$NSMGR" create "$P.a" --mnt --cgroup
	ok "$NSMGR" exec "$P.a" sh -c 'read -r line <"$1" && [ "$line" = data ] && echo more >"$1"' sh "$T/upon/file"
	ok "$NSMGR" rm "$P.a"
	umount "$T/upon" && umount "$T/upon"
	mount -t cgroup2 "$(printf '%4000s' '')" "$T/long"
	expect 1 "$NSMGR" create "$P.a" --mnt --cgroup
	like 'what create says' "$err" "nsmgr: cannot create '$P.a': mnt: mount cgroup: *more than 8 KiB*cure: umount*"
	umount "$T/long"
	rmdir "$T/upon" "$T/long"
}

cases() {
	it 'covers no other mount, and passes over none' odd_mounts machine
	it 'has commands and the keeper in a cgroup of its own (KERNEL R63)' joined
	it 'leaves no descriptor to a command (LESSONS security 18)' no_descriptors
	it 'shows the host no writable cgroups inside (LESSONS security 17)' own_mounts
	it 'finds processes by the cgroup' members all
	it 'waits for and ends processes by the cgroup' removed
	it 'ends processes without cgroup.kill, before Linux 5.14' without_kill
	it 'is emptied and removed, whatever those inside made in it' hostile
	it 'freezes and thaws' frozen
	it 'goes into a cgroup that exists' existing
	it 'takes a name of nobody else' taken
	it 'sweeps what killed processes left' killed
	it 'checks and repairs cgroups' repaired
	it 'refuses what cannot be' options machine
	it 'does not take want of descriptors for want of cgroups' too_few_descriptors
	it 'limits' limits
}

for_both
give_back
finish
