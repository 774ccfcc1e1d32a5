#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# What kernels from 5.10 on lack, denied one at a time and all together: the way round it is run, and does the same.
# Cases are called by name (SC2317); lists of words are split (SC2086).
# shellcheck disable=SC2086,SC2317
# shellcheck source=tests/cmd/lib.sh
. "${0%/*}/lib.sh"

DENY=$NSMGR_BUILDDIR/tests/cmd/deny
case $(uname -m) in
x86_64) ioctl=16 getrandom=318 open_by_handle_at=304 statx=332 renameat2=316 ;;
aarch64 | riscv64) ioctl=29 getrandom=278 open_by_handle_at=265 statx=291 renameat2=276 ;;
*)
	clean
	trap - EXIT
	echo "SKIPPED: the numbers of system calls of $(uname -m) are not known here" >&2
	exit 77
	;;
esac
ENOSYS=38 ENOTTY=25 EINVAL=22

# A whole life of a set with every type, with processes in it.
life() {
	local set=$P.$1 inodes keeper
	shift
	ok "$DENY" "$@" -- "$NSMGR" create "$set" --all --hostname=old
	inodes=$("$NSMGR" ls -rn -o TYPE,INODE "$set")
	ok "$DENY" "$@" -- "$NSMGR" ls -rn -o TYPE,INODE "$set"
	is 'what ls says' "$out" "$inodes"
	ok "$DENY" "$@" -- "$NSMGR" ls -rn -o STATE "$set"
	is 'states' "$(sort -u <<<"$out")" live
	ok "$DENY" "$@" -- "$NSMGR" exec "$set" uname -n
	is 'the host name' "$out" old
	keeper=$(keeper_of "$set")
	hold "$NSMGR" exec "$set"
	expect 1 "$DENY" "$@" -- "$NSMGR" rm "$set"
	like 'what rm says' "$err" '*1 process still in it*--kill*'
	unlike 'what rm says' "$err" "* $keeper *"
	ok "$DENY" "$@" -- "$NSMGR" rm --kill "$set"
	until_true 'the keeper is gone' gone "$keeper"
	wait "$pid"
	is 'sets' "$("$NSMGR" ls -q)" ''
}

pid_from_pidns() { life a $ioctl:0x8004b706=$ENOTTY; }
ns_id() { life b $ioctl:0x8008b70d=$ENOTTY $ioctl:0x8008b705=$ENOTTY; }
pidfd_ioctls() { life c $ioctl:0xff0a=$ENOTTY; }
close_range() { life d 436=$ENOSYS; }
close_range_flag() { life e 436=$EINVAL; }
statmount() { life f 457=$ENOSYS; }
handles() { life g $open_by_handle_at=$ENOSYS; }
random() { life h $getrandom=$ENOSYS; }
all() {
	life i $ioctl:0x8004b706=$ENOTTY $ioctl:0x8008b70d=$ENOTTY $ioctl:0x8008b705=$ENOTTY $ioctl:0xff0a=$ENOTTY \
		436=$ENOSYS 457=$ENOSYS $open_by_handle_at=$ENOSYS $getrandom=$ENOSYS
}

# Those that every kernel from 5.10 on has, but a filter may not let through, and that have another way.
verbs() {
	local deny=("$DENY" "$1=$ENOSYS" --)
	life "v$1" "$1=$ENOSYS"
	ok "${deny[@]}" "$NSMGR" create "$P.a" --pid --uts --net
	ok "${deny[@]}" "$NSMGR" exec "$P.a" true
	ok "${deny[@]}" "$NSMGR" rename "$P.a" "$P.b"
	ok "${deny[@]}" "$NSMGR" attach "$P.c" "$(keeper_of "$P.a")" --uts
	ok "${deny[@]}" "$NSMGR" label "$P.b" k=v
	ok "${deny[@]}" "$NSMGR" pool fill 1 --pid
	ok "${deny[@]}" "$NSMGR" create "$P.d" --from-pool --pid
	ok "${deny[@]}" "$NSMGR" run --pid --mnt true
	mkdir "$NSMGR_STORE/$P.e"
	ok "${deny[@]}" "$NSMGR" check --repair -rn -o KIND,STATE
	like 'what is mended' "$out" '*empty mended*'
	ok "${deny[@]}" "$NSMGR" rm "$P.b" "$P.c" "$P.d"
}

# A sysfs of the command's own takes mounts over as they are, for which there is no other call.
no_sysfs() {
	ok "$NSMGR" create "$P.s" --net
	expect 125 "$DENY" "$1=$ENOSYS" -- "$NSMGR" exec --sysfs "$P.s" true
	like 'what exec says' "$err" "nsmgr: cannot exec '$P.s': sysfs: *: Function not implemented"
}

openat2() { verbs 437; }
open_tree() { verbs 428 && no_sysfs 428; }
move_mount() { verbs 429 && no_sysfs 429; }
mount_setattr() { verbs 442; }
clone3() { verbs 435; }
faccessat2() { verbs 439; }

# And those without which there is no way: the call that is missing is told, and nothing is left.
refused() {
	local call
	ok "$NSMGR" create "$P.a" --uts
	for call in 434 $statx $renameat2; do
		expect 1 "$DENY" "$call=$ENOSYS" -- "$NSMGR" create "$P.b" --pid --uts
		like "what is said without call $call" "$err" "nsmgr: cannot create '$P.b': *: Function not implemented*"
		is "lines without call $call" "$(wc -l <<<"$err")" 1
		is "sets without call $call" "$(sets_in "$NSMGR_STORE")" "$P.a"
		is "stages without call $call" "$(stages_in "$NSMGR_STORE")" ''
		is "keepers without call $call" "$(keeper_of "$P.b")" ''
	done
	ok "$NSMGR" exec "$P.a" true
}

cases() {
	it 'lives without NS_GET_PID_FROM_PIDNS, before Linux 6.11 (KERNEL R41)' pid_from_pidns
	it 'lives without 64-bit ids, before Linux 6.18 (KERNEL R8)' ns_id
	it 'lives without ioctls of pidfds, before Linux 6.11 (KERNEL R71)' pidfd_ioctls
	it 'lives without close_range, before Linux 5.9' close_range
	it 'lives without its close-on-exec flag, before Linux 5.11' close_range_flag
	it 'lives without statmount, before Linux 6.8' statmount
	it 'lives without file handles of namespaces, before Linux 6.18 (KERNEL R9)' handles
	it 'lives without getrandom' random
	it 'lives without all of them' all
	it 'does all without openat2' openat2
	it 'does all without open_tree' open_tree
	it 'does all without move_mount' move_mount
	it 'does all without mount_setattr' mount_setattr
	it 'does all without clone3' clone3
	it 'does all without faccessat2' faccessat2
	it 'names what is missing where there is no other way' refused
}

for_both
finish
