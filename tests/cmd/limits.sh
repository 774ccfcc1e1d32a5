#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# Where there is not enough of something (namespaces, inodes, descriptors, memory), create says so in one line and leaves nothing;
# with just enough it works.
# Cases are called by name (SC2317); single quotes are for inner shells (SC2016); lists of words are split (SC2046, SC2086).
# shellcheck disable=SC2016,SC2046,SC2086,SC2317
# shellcheck source=tests/cmd/lib.sh
. "${0%/*}/lib.sh"

# What there is in the store beside what the first use of it leaves.
remains() {
	[ -d "$1" ] || return 0
	sets_in "$1"
	stages_in "$1"
	find "$1" -mindepth 1 -maxdepth 1 -name '.*' ! -name .lock ! -name .stage ! -name .store
	mounts_below "$1" | grep -vx "$1"
	keepers "nsmgr: $P."
}

# grows WHAT FIRST LAST PATTERN COMMAND...: fails with ever more of it until it works: at least once each. The command gets the
# amount as its last argument.
grows() {
	local what=$1 n=$2 last=$3 pattern=$4 refused=0
	shift 4
	for (( ; n <= last; n++)); do
		run "$@" "$n"
		[ "$st" != 0 ] || break
		is "status with $what $n" "$st" 1
		like "what is said with $what $n" "$err" "$pattern"
		is "lines with $what $n" "$(wc -l <<<"$err")" 1
		is "what is left with $what $n" "$(remains "$NSMGR_STORE")" ''
		refused=$((refused + 1))
	done
	is "status with $what $n: $err" "$st" 0
	yes "it was refused before ($refused)" test $refused -gt 0
}

# The limits of a user namespace are its own: KERNEL R73. The inner shell looks for what is left, as its mounts are not seen here.
in_user_namespace() {
	unshare -Urm bash -c '
		mount -t tmpfs -o mode=755 none "$4" && cd "$4" && echo "$3" >/proc/sys/user/max_"$2"_namespaces || exit 99
		"$1" --store="$4/s" create a --"$2"
		status=$?
		[ $status = 0 ] || [ -z "$(ls s)$(ls s/.stage)$(grep "$4/s/" /proc/self/mountinfo)" ] || exit 98
		[ $status != 0 ] || "$1" --store="$4/s" exec a true || exit 97
		"$1" --store="$4/s" rm --ignore-missing a || exit 96
		exit $status' - "$NSMGR" "$@" "$T/small"
}

namespaces() {
	local type
	unshare -Ur true 2>/dev/null || skip 'no user namespaces'
	for type in $TYPES; do
		grows "max_${type}_namespaces" 0 3 \
			"nsmgr: cannot create 'a': *No space left on device*limit: /proc/sys/user/max_${type}_namespaces*" \
			in_user_namespace "$type"
	done
}

# A tmpfs of so many inodes as a store.
with_inodes() {
	unshare -m bash -c '
		mount -t tmpfs -o mode=755,nr_inodes="$2" none "$3" && cd "$3" || exit 99
		"$1" --store="$3" create a --all
		status=$?
		[ $status = 0 ] || [ -z "$(ls; ls .stage 2>/dev/null; grep " $3/" /proc/self/mountinfo)" ] || exit 98
		[ $status != 0 ] || "$1" --store="$3" exec a true || exit 97
		[ $status != 0 ] || "$1" --store="$3" rm a || exit 96
		exit $status' - "$NSMGR" "$1" "$T/small"
}

inodes() { grows 'inodes' 2 24 "nsmgr: cannot create 'a': *No space left on device*" with_inodes; }

# The same with so many pages: what is recorded of a set takes one.
with_pages() {
	unshare -m bash -c '
		mount -t tmpfs -o mode=755,size="$2"k none "$3" && cd "$3" || exit 99
		"$1" --store="$3" create a --uts
		status=$?
		[ $status = 0 ] || [ -z "$(ls; ls .stage 2>/dev/null; grep " $3/" /proc/self/mountinfo)" ] || exit 98
		[ $status != 0 ] || "$1" --store="$3" exec a true || exit 97
		if [ $status = 0 ]; then
			dd if=/dev/zero of=junk bs=4k 2>/dev/null
			said=$("$1" --store="$3" label a k=v 2>&1) && exit 96
			[[ $said == "nsmgr: cannot label "*": No space left on device"* ]] || exit 95
			[ -z "$("$1" --store="$3" label a)$(ls .stage)" ] || exit 94
			"$1" --store="$3" rm a || exit 93
		fi
		exit $status' - "$NSMGR" $(($1 * 4)) "$T/small"
}

pages() { grows 'pages' 1 8 "nsmgr: cannot create 'a': *No space left on device*" with_pages; }

# A mount namespace with so many mounts left: KERNEL 9.
with_mounts() {
	local -x NSMGR_STORE=$T/small/s
	mount -t tmpfs -o mode=755 none "$T/small"
	run "$NSMGR_BUILDDIR/tests/cmd/fill" "$T/crowd" "$1" bash -c '
		"$1" create a --uts --net
		status=$?
		[ $status = 0 ] || [ -z "$(ls "$2"; ls "$2/.stage" 2>/dev/null; grep " $2/" /proc/self/mountinfo)" ] || exit 98
		[ $status != 0 ] || { "$1" exec a true && "$1" rm a; } || exit 97
		exit $status' - "$NSMGR" "$NSMGR_STORE"
	umount -l "$T/small"
}

mounts() {
	local n
	[ "$(cat /proc/sys/fs/mount-max)" -le 200000 ] || skip 'fs.mount-max is too high to be reached'
	mkdir "$T/crowd"
	for n in 0 1 2; do
		with_mounts $n
		is "status with $n mounts: $out" "$st" 1
		like "what is said with $n mounts" "$err" "nsmgr: cannot create 'a': *No space left on device*"
		is "lines with $n mounts" "$(wc -l <<<"$err")" 1
	done
	like 'the limit' "$err" '*/proc/sys/fs/mount-max*'
	with_mounts 3
	is "status with 3 mounts: $err" "$st" 0
	rmdir "$T/crowd"
}

# hierarchy TYPE [CONTROLLER]: where it is mounted
hierarchy() {
	awk -v t="$1" -v c="${2-}" '{ for (i = 7; $i != "-"; i++); }
		$(i + 1) == t && (c == "" || index("," $(i + 3) ",", "," c ",")) { print $5; exit }' /proc/self/mountinfo
}

# A cgroup of our own in which processes can be limited, $PIDS: of version 1, or of 2 where that has the controller.
limited_cgroup() {
	local controller=pids at
	PIDS='' given='' mounted=''
	trap give_back EXIT
	at=$(hierarchy cgroup $controller)
	if [ -z "$at" ]; then
		at=$(hierarchy cgroup2)
		if [ -z "$at" ]; then
			at=$T/small
			mount -t cgroup2 none "$at" 2>/dev/null || skip 'no cgroups can be mounted'
			mounted=$at
		fi
		grep -qw $controller "$at/cgroup.controllers" || skip 'cgroups have no limit of processes'
		if ! grep -qw $controller "$at/cgroup.subtree_control"; then
			echo "+$controller" 2>/dev/null >"$at/cgroup.subtree_control" || skip 'no cgroup is given the limit of processes'
			given=$at/cgroup.subtree_control
		fi
	fi
	mkdir "$at/$P.$PROGRAM" 2>/dev/null || skip 'no cgroup of pids can be made'
	PIDS=$at/$P.$PROGRAM
	[ -e "$PIDS/$controller.max" ] || fail "no limit of processes in $PIDS"
}

# Also after a failure.
give_back() {
	local rounds=0
	if [ -n "$PIDS" ]; then
		kill -KILL $(<"$PIDS/cgroup.procs") 2>/dev/null
		until rmdir "$PIDS" 2>/dev/null || [ $((rounds++)) -eq 500 ]; do breathe; done
	fi
	[ -z "$given" ] || echo -pids >"$given"
	[ -z "$mounted" ] || umount "$mounted"
}

# In a cgroup with so many processes. The keeper is one of them.
with_pids() {
	local n=$1
	shift
	echo "$n" >"$PIDS/pids.max"
	run bash -c 'echo $$ >"$0/cgroup.procs" && exec "$@"' "$PIDS" "$@"
}

processes() {
	local n refused=0 verb
	limited_cgroup
	ok "$NSMGR" create "$P.e" --pid
	for verb in "run --pid -- /bin/true" "exec $P.e -- /bin/true" "create $P.a --pid --net"; do
		for n in 1 2 3 4 5; do
			with_pids $n "$NSMGR" $verb
			[ "$st" != 0 ] || break
			is "status of $verb with $n" "$st" $([ "${verb%% *}" = create ] && echo 1 || echo 125)
			like "what $verb says with $n" "$err" "nsmgr: cannot ${verb%% *}*: *Resource temporarily unavailable*"
			is "lines of $verb with $n" "$(wc -l <<<"$err")" 1
			is "sets after $verb with $n" "$(sets_in "$NSMGR_STORE")" "$P.e"
			is "stages after $verb with $n" "$(stages_in "$NSMGR_STORE")" ''
			refused=$((refused + 1))
		done
		is "status of $verb: $err" "$st" 0
	done
	yes "there was too little ($refused)" test $refused -ge 3
	ok "$NSMGR" rm "$P.a" "$P.e"
	is_unused() { [ -z "$(cat "$PIDS/cgroup.procs")" ]; }
	until_true 'the cgroup is empty' is_unused
}

# With so much address space: from what the program itself is loaded with.
memory() {
	local size=200000 refused=0
	run prlimit --as=$size "$NSMGR" rm --ignore-missing "$P.none"
	while [ "$st" != 0 ]; do
		size=$((size + size / 16))
		run prlimit --as=$size "$NSMGR" rm --ignore-missing "$P.none"
	done
	ok "$NSMGR" create "$P.l" --uts --pid
	for ((size -= size / 8; ; size += 131072)); do
		run prlimit --as=$size "$NSMGR" create "$P.a" --all --hostname=h
		[ "$st" != 0 ] || break
		is "sets with $size" "$(sets_in "$NSMGR_STORE")" "$P.l"
		is "stages with $size" "$(stages_in "$NSMGR_STORE")" ''
		is "keepers with $size" "$(keeper_of "$P.a")" ''
		refused=$((refused + 1))
		[ "$st" = 1 ] || continue # not even loaded
		like "what is said with $size" "$err" "nsmgr: *memory*"
		is "lines with $size" "$(wc -l <<<"$err")" 1
	done
	yes "there was too little ($refused)" test $refused -gt 0
	ok "$NSMGR" exec "$P.a" true
	ok "$NSMGR" rm "$P.a" "$P.l"
}

with_descriptors() { prlimit --nofile="$1" "$NSMGR" create "$P.a" --all; }

# The least with which the program itself is loaded.
least_descriptors() {
	local n=3
	until prlimit --nofile="$n" "$NSMGR" rm --ignore-missing "$P.none" >/dev/null 2>&1 || [ $? != 127 ]; do
		n=$((n + 1))
	done
	echo $n
}

descriptors() {
	ok "$NSMGR" create "$P.first" --uts
	ok "$NSMGR" rm "$P.first"
	grows 'descriptors' $(least_descriptors) 40 "nsmgr: cannot create '$P.a': *" with_descriptors
	ok "$NSMGR" exec "$P.a" true
	ok "$NSMGR" rm "$P.a"
}

# With too few to see what a set has, rm refuses, and the keeper stays where it is found again.
descriptors_of_rm() {
	local n refused=0
	ok "$NSMGR" create "$P.a" --pid --uts
	for ((n = $(least_descriptors); n <= 40; n++)); do
		run prlimit --nofile="$n" "$NSMGR" rm "$P.a"
		[ "$st" != 0 ] || break
		is "status with $n" "$st" 1
		like "what is said with $n" "$err" "nsmgr: cannot rm '$P.a': *"
		is "keepers with $n" "$(keeper_of "$P.a" | wc -w)" 1
		ok "$NSMGR" exec "$P.a" true
		refused=$((refused + 1))
	done
	is 'status at last' "$st" 0
	yes "it was refused before ($refused)" test $refused -gt 0
	is 'what is left' "$(remains "$NSMGR_STORE")" ''
}

# The others: each works or is refused in one line, and nothing has changed then.
descriptors_of_others() {
	local n least verb status want refused=0
	ok "$NSMGR" create "$P.a" --uts --net
	least=$(least_descriptors)
	for verb in "exec $P.a -- /bin/true" "run --uts -- /bin/true" "ls $P.a" "label $P.a k=v" "attach $P.b $$ --uts" \
		"rename $P.a $P.c"; do
		case $verb in
		exec* | run*) want=125 ;;
		*) want=1 ;;
		esac
		for ((n = least; n <= 40; n++)); do
			run prlimit --nofile="$n" "$NSMGR" $verb
			status=$st
			[ "$status" != 0 ] || break
			[ "$status" != 127 ] || continue # the program that it hands over to, or the command, cannot be loaded
			is "status of $verb with $n" "$status" $want
			like "what $verb says with $n" "$err" "nsmgr: *"
			is "lines of $verb with $n" "$(wc -l <<<"$err")" 1
			is "sets after $verb with $n" "$(sets_in "$NSMGR_STORE" | sort | xargs)" "$([ "${verb%% *}" = rename ] && echo "$P.a $P.b" || echo "$P.a")"
			is "stages after $verb with $n" "$(stages_in "$NSMGR_STORE")" ''
			refused=$((refused + 1))
		done
		is "status of $verb: $err" "$status" 0
	done
	yes "there was too little ($refused)" test $refused -ge 6
	is 'the label' "$("$NSMGR" label -rn "$P.c")" 'k v'
	ok "$NSMGR" rm "$P.b" "$P.c"
}

cases() {
	it 'names the limit of each type of namespace, and works with just enough (KERNEL R73)' namespaces
	it 'leaves nothing on a file system without inodes' inodes
	it 'leaves nothing on a file system without room' pages
	it 'names the limit of mounts, and works with just enough' mounts
	it 'leaves nothing without processes' processes
	# A sanitizer takes terabytes of addresses.
	ldd "$FULL" | grep -q 'lib[atu][a-z]*san' || it 'leaves nothing without memory' memory
	it 'create leaves nothing without descriptors' descriptors
	it 'other verbs say so in one line, and change nothing' descriptors_of_others
	it 'rm takes a keeper away or leaves it in its set, with ever more descriptors' descriptors_of_rm
}

mkdir "$T/small" || exit 99
for_both
finish
